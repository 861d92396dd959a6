//! Every text of the pages, a pair each: Chinese, English. Words of the vocabulary are in [`vocabulary`].
//!
//! A text with numbers or names in it holds `{}` where they go; [`Text::with`] fills them in.

use crate::config::Lang;

pub mod vocabulary;

macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        /// A text of the pages.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each name is told by the pair of sentences beside it")]
        pub enum Text { $($name),* }

        impl Text {
            /// Every text.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The text in that language.
            #[must_use]
            pub fn say(self, lang: Lang) -> &'static str {
                match self { $(Self::$name => lang.pick($zh, $en)),* }
            }
        }
    };
}

texts! {
    // The frame of every page.
    Brand = "金桥", "Jinqiao";
    BrandLine = "招商撮合", "introductions with reasons";
    OtherLanguage = "English", "中文";
    ToContent = "跳到正文", "Skip to content";
    Demo = "示例数据：城市、企业与往来均为虚构", "Demo data: city, companies and dealings are invented";
    Footer = "截至第 {} 号事件。推荐只是建议，由人决定；每条理由都能点开背后的事件。",
        "Up to event {}. Lists propose, people decide; every reason opens to the events behind it.";
    FooterEmpty = "日志里还没有事件。", "The log has no events yet.";

    // Finding a party.
    FindTitle = "查找单位", "Find a party";
    FindLabel = "名称、简称、拼音首字母或统一社会信用代码", "Name, short name, pinyin initials or credit code";
    FindShort = "名称、拼音或信用代码", "Name, pinyin or credit code";
    FindKind = "类别", "Kind";
    AnyKind = "全部类别", "Any kind";
    Find = "查找", "Find";
    Found = "找到 {} 个", "{} found";
    FoundMany = "先列出最相近的 {} 个；请输入更多字缩小范围", "The {} closest are shown; type more to narrow it down";
    FoundNone = "没有找到「{}」。可试试简称、拼音首字母，或换一个类别。",
        "Nothing found for \"{}\". Try a short name, pinyin initials, or another kind.";
    Name = "名称", "Name";
    Kind = "类别", "Kind";
    District = "地区", "District";
    Industry = "行业", "Industry";
    Chambers = "所属商会", "Chambers";
    Closed = "已注销", "closed";
    EventsRecorded = "事件", "events";
    EnterprisesKnown = "企业", "enterprises";
    ChambersKnown = "商协会", "chambers";
    OthersKnown = "其他单位", "other parties";
    NewestEvent = "最近登记", "last recorded";
    StartFromChambers = "从商协会看起", "Start from a chamber";
    StartFromActive = "往来最多的企业", "Most active enterprises";
    MembersCount = "会员 {} 家", "{} members";
    TiesCount = "往来 {} 次", "{} contacts";
    NothingYet = "还没有登记任何单位。可先导入名录：jinqiao import 文件 --as enterprises",
        "Nobody is registered yet. Import a register first: jinqiao import FILE --as enterprises";

    // One party.
    SeeMatches = "看推荐清单", "Match list";
    Identity = "基本信息", "Identity";
    Identifiers = "标识", "Identifiers";
    ShortNames = "简称", "Short names";
    FormerNames = "曾用名", "Former names";
    MergedEntries = "已归并", "Merged entries";
    ChamberType = "商会类型", "Chamber type";
    HomePlace = "原籍地", "Home place";
    Founded = "成立", "Founded";
    LegallyRegistered = "依法登记", "Legally registered";
    Registered = "入册", "Entered the register";
    ClosedOn = "注销", "Closed";
    Products = "主要产品", "Products";
    Memberships = "加入的商会", "Memberships";
    Members = "会员", "Members";
    MembersMore = "另有 {} 家会员未列出", "{} more members are not shown";
    Since = "自", "Since";
    Offices = "任职", "Offices";
    PersonShort = "人员 {}", "person {}";
    Needs = "诉求", "Needs";
    NeedText = "内容", "Text";
    NeedState = "状态", "State";
    NeedOpen = "待办", "open";
    NeedMet = "已满足", "met";
    NeedUnmet = "已关闭，未满足", "closed, not met";
    Introductions = "引荐", "Introductions";
    IntroducedTo = "与谁", "With";
    History = "往来", "History";
    HistoryCount = "共 {} 条，新登记的在前", "{} in all, latest recorded first";
    HistoryNone = "还没有往来。", "Nothing yet.";
    Older = "更早的", "Older";
    Newest = "回到最新", "Newest";
    Date = "日期", "Date";
    What = "事项", "What";
    WithWhom = "与谁", "With whom";
    About = "内容", "About";
    EventColumn = "事件", "Event";
    EventNumber = "第 {} 号", "event {}";
    AndMore = "等 {} 家", "and others, {} in all";

    // The picture of a party's ties.
    Network = "往来图", "Network";
    NetworkOf = "{} 的往来图：{} 家", "Ties of {}: {} parties";
    NetworkNote = "内圈联系最紧，外圈次之；点圆点可看那一家。", "Closest ties on the inner ring. Every dot is a link.";
    NetworkNone = "还没有能画出的往来。", "No ties to draw yet.";
    TieDeal = "交易、合作", "deals, joint projects";
    TieContact = "走访、见面", "visits, meetings";
    TieBelonging = "会员、任职", "membership, office";
    TieOccasion = "同场活动", "same occasion";
    TieTimes = "{}，{} 次", "{}, {} times";

    // The match list.
    MatchesTitle = "推荐清单", "Match list";
    MatchesOf = "{} 的推荐清单", "Match list of {}";
    MatchesLine = "截至 {}，在 {} 家有理由的候选中取前 {} 家", "As of {}: the best {2} of {1} candidates with a reason";
    With = "推荐对象", "With";
    Enterprises = "企业", "Enterprises";
    ChambersWord = "商协会", "Chambers";
    Top = "列出", "Lines";
    AsOf = "截至日期", "As of";
    Show = "更新", "Update";
    Rank = "序号", "No.";
    Candidate = "候选", "Candidate";
    Score = "得分", "Score";
    Reasons = "理由", "Reasons";
    EvidenceMore = "等 {} 条", "{} in all";
    Detail = "为什么", "Why";
    UnderWay = "引荐进行中", "introduction under way";
    MatchesNone = "截至这一天，没有找到有理由引荐的对象。", "As of that day nobody could be found with a reason.";
    WhyNotOther = "想问某一家为什么不在清单上？", "Wondering why somebody is not on the list?";
    WhyNotAsk = "查原因", "Ask why";
    WhyNotChoose = "请选择是哪一家", "Which one is meant?";
    HowScored = "得分是各条理由之和；条向右为加分，向左为减分。", "A score is the sum of its reasons: bars to the right add, bars to the left take away.";
    Print = "可用浏览器的打印功能打印或存为 PDF。", "Print or save as PDF from the browser.";

    // One pair.
    PairTitle = "{} 与 {}", "{} and {}";
    PairRank = "在清单上排第 {}，共 {} 家候选", "No. {} of {} candidates on the list";
    PairNotListed = "不在推荐清单上", "Not on the match list";
    WhyFor = "为什么推荐", "What speaks for it";
    WhyAgainst = "为什么不推荐", "What speaks against it";
    Term = "理由", "Reason";
    Sentence = "说明", "In words";
    Points = "分值（百万分之一）", "Points (millionths)";
    Total = "合计", "Total";
    NoTerm = "没有找到把两家连起来的往来。", "Nothing was found that leads from one to the other.";
    EvidenceEvents = "依据的事件", "Events behind it";
    OtherWay = "反过来看", "The other way round";
    BackToList = "返回推荐清单", "Back to the match list";

    // One event.
    EventTitle = "第 {} 号事件", "Event {}";
    Occurred = "发生时间", "Occurred";
    RecordedAt = "登记时间", "Recorded";
    RecordedBy = "登记人", "Recorded by";
    Organisation = "登记单位", "Recorded for";
    Source = "来源", "Source";
    SourceRow = "{}，{} 第 {} 行", "{}, {} row {}";
    Programmes = "所属工作", "Programmes";
    Key = "防重键", "Idempotency key";
    EventId = "编号", "Id";
    Body = "内容", "Body";
    RawJson = "原始 JSON", "Raw JSON";
    Previous = "上一号", "Previous";
    Next = "下一号", "Next";
    VoidedBy = "此事件已作废：{}", "This event is void: {}";
    CorrectedBy = "此事件已更正：{}", "This event was corrected: {}";
    Yes = "是", "yes";
    No = "否", "no";

    // Figures and claims.
    ReportTitle = "统计指标", "Figures";
    Figure = "指标", "Figure";
    Value = "数值", "Value";
    Rough = "约述", "Roughly";
    EvidenceCount = "依据条数", "Events";
    Counts = "口径", "What counts";
    From = "起", "From";
    To = "止", "To";
    Parts = "分项", "Parts";
    Adds = "计入", "Adds";
    KeysMore = "只列前 {} 项，共 {} 项；其余见接口的 JSON", "The first {} of {} are shown; the JSON form has all";
    LeftOut = "金额类别或币种不同，未计入", "Another kind of amount or currency: left out";
    BackToReport = "返回统计指标", "Back to the figures";
    PeriodBackwards = "起始日期晚于截止日期，请核对。", "The period ends before it begins: check the dates.";
    DuplicatesTitle = "项目查重", "Projects that may be one";
    DuplicatesNote = "{} 个项目中有 {} 对待查看；是否重复由人判断，登记“项目查重”后不再列出。",
        "Of {} projects, {} pairs wait to be looked at; a person decides, and what was decided is listed no more.";
    DuplicatesNone = "没有待查看的重复项目。", "No pair waits to be looked at.";
    OriginalProject = "原项目", "Original";
    LikeProject = "可能重复", "May be it again";
    AgreesIn = "相同之处", "They agree in";
    ClaimsTitle = "公开表述对账", "Published claims";
    ClaimsNote = "含随程序附带的报道表述；结论只对照日志中已登记的事件。",
        "Claims of the article that ships with the program are among them; verdicts are by what is recorded.";
    Verdict = "结论", "Verdict";
    Claimed = "表述", "Claimed";
    InLog = "记录", "Log";
    ClaimText = "原文", "In the words of";

    // When something goes wrong.
    NotFoundTitle = "没有找到", "Not found";
    NoSuchPage = "没有这个地址。请从首页查找。", "There is no such address. Start from the home page.";
    NoSuchParty = "登记册里没有编号为「{}」的单位。请按名称查找。",
        "The register knows no party \"{}\". Find it by name.";
    NoSuchEvent = "没有第「{}」号事件。", "There is no event \"{}\".";
    WrongTitle = "输入有误", "That cannot be read";
    WrongDate = "看不懂日期「{}」；请写成 2017、2017-08 或 2017-08-05。",
        "\"{}\" is no date; write 2017, 2017-08 or 2017-08-05.";
    WrongWith = "推荐对象只能是企业或商协会，不能是「{}」。", "\"{}\": lists are made with enterprises or chambers only.";
    WrongTop = "列出的数目须在 1 与 {} 之间，不能是「{}」。", "The number of lines is between 1 and {}, not \"{}\".";
    WrongBefore = "页码「{}」有误；请回到最新一页。", "\"{}\" is no place in the history; go back to the newest.";
    FailedTitle = "暂时打不开", "Something went wrong";
    Failed = "页面出错，已记入日志。请稍后重试；若一再出现，请联系管理员。",
        "This page failed and the failure was logged. Try again in a moment; tell the administrator if it stays.";
}

impl Text {
    /// The text with its gaps filled in: `{}` by the next value, `{2}` by the third. Values go in as they are,
    /// so a name that holds `{}` stays what it is.
    #[must_use]
    pub fn with(self, lang: Lang, values: &[&str]) -> String {
        let mut filled = String::new();
        let mut next = 0;
        let mut rest = self.say(lang);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((place, behind)) = after.split_once('}') else {
                break;
            };
            let at = place.parse().unwrap_or_else(|_| {
                next += 1;
                next - 1
            });
            filled.push_str(before);
            filled.push_str(values.get(at).copied().unwrap_or_default());
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_han(text: &str) -> bool {
        text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        for text in Text::ALL {
            let (zh, en) = (text.say(Lang::Zh), text.say(Lang::En));
            if *text == Text::OtherLanguage {
                continue;
            }
            assert!(has_han(zh), "{text:?} has no Chinese: {zh}");
            assert!(!en.trim().is_empty() && !has_han(en), "{text:?} has no English: {en}");
            assert_eq!(
                zh.matches('{').count(),
                en.matches('{').count(),
                "{text:?} fills other gaps in English"
            );
        }
    }

    #[test]
    fn every_text_is_used() {
        let pages = [
            include_str!("context.rs"),
            include_str!("duplicates.rs"),
            include_str!("ego.rs"),
            include_str!("event.rs"),
            include_str!("failure.rs"),
            include_str!("find.rs"),
            include_str!("frame.rs"),
            include_str!("matches.rs"),
            include_str!("pair.rs"),
            include_str!("party.rs"),
            include_str!("party/history.rs"),
            include_str!("report.rs"),
        ];
        for text in Text::ALL {
            let said = format!("Text::{text:?}");
            let is_said =
                |page: &&str| page.split(&said).skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric));
            assert!(pages.iter().any(is_said), "{said} is said nowhere");
        }
    }

    #[test]
    fn gaps_are_filled_in_the_order_of_the_language() {
        let values = ["2020-05-17", "40", "20"];
        assert_eq!(
            Text::MatchesLine.with(Lang::Zh, &values),
            "截至 2020-05-17，在 40 家有理由的候选中取前 20 家"
        );
        assert_eq!(
            Text::MatchesLine.with(Lang::En, &values),
            "As of 2020-05-17: the best 20 of 40 candidates with a reason"
        );
        assert_eq!(Text::EventTitle.with(Lang::En, &["{}"]), "Event {}");
    }
}
