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
    Detail = "详情与引荐", "Details, introduce";
    UnderWay = "引荐进行中", "introduction under way";
    Try = "试探", "try";
    TryWhy = "按得分排在二十行的清单之外，由试探名额列入：每十个名额留一个给名次靠后的，按主体和日期抽取，免得清单总是那几家。", "Its score puts it beyond a list of 20 lines, which shows it as a try: one line in ten is drawn, by party and day, from those further down, so that lists are not always the same few.";
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
    Introducers = "可请谁牵线（引荐前须征得双方同意）", "Who could introduce them (both sides are asked first)";
    EvidenceEvents = "依据的事件", "Events behind it";
    NextSteps = "下一步", "Next steps";
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
    ArticleTitle = "报道点到的 60 项", "What the article names";
    ArticleNote = "每一项由哪些事件记录、由哪个指标给出；报道写有数字的，与日志对照。",
        "For each: the events that record it and the figure that gives it back; where the article prints a number, beside the log.";
    ArticleNamed = "报道点到", "Named";
    ArticleSaid = "报道", "Article";
    ClaimsTitle = "公开表述对账", "Published claims";
    ClaimsNote = "含随程序附带的报道表述；结论只对照日志中已登记的事件。",
        "Claims of the article that ships with the program are among them; verdicts are by what is recorded.";
    Verdict = "结论", "Verdict";
    Claimed = "表述", "Claimed";
    InLog = "记录", "Log";
    ClaimText = "原文", "In the words of";

    // Ways from every page.
    PlaceRecord = "登记", "Record";
    PlaceWork = "待办", "To do";
    PlaceImports = "导入", "Imports";
    PlaceReport = "统计", "Figures";

    PlaceNeeds = "诉求", "Needs";
    PlaceChains = "链团", "Chains";
    PlaceDormant = "商会活力", "Vitality";

    // Projects.
    ProjectsTitle = "项目", "Projects";
    ProjectsNote = "意向、框架、合同与到位资金是不同的金额，从不相加。",
        "Intent, framework, contract and arrived money are different amounts and are never added.";
    ProjectKey = "编号", "Key";
    Stage = "阶段", "Stage";
    Signed = "签约", "Signed";
    Arrived = "到位", "Arrived";
    Light = "灯", "Light";
    SigningsTitle = "签约与首次签约认定", "Signings, and how each counts";
    MoneyTitle = "资金", "Money";
    FixedAssets = "其中固定资产", "Of it fixed assets";
    WorkingCapital = "其中流动资金", "Of it working capital";
    ArrivedShare = "资金到位率", "Share arrived";
    LifeNone = "签约之后还没有登记过阶段。", "No stage was recorded after the signing.";
    LifeTitle = "生命周期", "Life cycle";
    ClocksTitle = "时限", "Clocks";
    ClockRun = "自 {} 起，{} 天", "since {}, {} days";
    CreditTitle = "项目归属", "Whose it is";
    CreditRules = "认定规则", "Rules";
    DossierTitle = "卷宗", "Dossier";
    Backfilled = "补录，迟 {} 天", "recorded {} days later";

    // Chambers' vitality.
    DormantTitle = "商会活力与沉睡预警", "How chambers do";
    DormantNote = "时限按现行规则数据计算；日志里没有依据的，标为未知，不亮红灯。",
        "Clocks run by dated rules; what the log knows nothing of is unknown, never red.";
    DistrictsWith = "有镇街商会登记的区（市）", "districts with a registered township chamber";
    TownshipsRegistered = "镇街商会登记 / 镇街单位", "township chambers registered / units";
    TownshipsTitle = "各区（市）镇街商会登记", "Township chambers by district";
    CleanUpTitle = "清理整顿", "Cleared away";
    DemonstrationsTitle = "示范点", "Demonstration points";
    LeadTime = "预警比认定提前 {} 个月（中位数）", "Lights warned {} months ahead (median)";
    FalseAlarms = "曾亮红灯而后恢复：{} 家", "Were red and recovered: {}";

    // Chains.
    ChainsTitle = "链团与产业链", "Chains and purchases among members";
    ChainsNote = "会员优先采购会员的产品和服务；缺环由谁补、谁认识他们，都附事件。",
        "Members buy from members first; gaps name who could fill them and who knows those, with events.";
    PurchasesTitle = "会员采购", "Purchases among members";
    PurchasePairs = "买卖对", "Pairs";
    FromMembers = "向会员采购", "From members";
    BoughtAll = "会员全部采购", "All purchases";
    MembersShare = "比重", "Share";
    FirmsAssessed = "已摸底评估 {} 家企业", "{} firms were assessed";
    ChainsKnown = "产业链", "Industry chains";
    ChainFilled = "{} 家企业，{} 个环节中 {} 个有企业", "{} enterprises; of {} segments {} have a firm";
    ChainGap = "缺环", "gap";
    ChainDemands = "可对接的需求", "Demands that it could meet";
    ChainCouldFill = "可补", "Could fill it";
    ChainNear = "同行业", "Same trade";
    ChainKnownBy = "认识：", "Known by";

    // Needs and follow-up.
    NeedsTitle = "诉求、直通车与后续跟进", "Needs, suggestions and follow-up";
    NeedsNote = "红灯：超过承诺期限；黄灯：下一步已到时限。", "Red: what was promised is overdue. Yellow: the next step is.";
    NeedsCount = "诉求（{}）", "Needs ({})";
    MedianDays = "办结中位 {} 天", "{} days at the median";
    NeedWhat = "诉求", "Need";
    NeedOwner = "承办", "Owner";
    NeedDue = "时限", "Due";
    NeedNotMet = "未能满足", "not met";
    DaysTaken = "{} 天", "{} days";
    SuggestionsTitle = "直通车建议（{}）", "Suggestions ({})";
    GapsTitle = "见面后三十天没有下文（{} / {}）", "Met, and nothing for thirty days ({} of {})";
    DelegationsWaiting = "待跟进的考察", "Delegations to follow up";

    // Recording.
    RecordTitle = "登记一件事", "Record an event";
    RecordPick = "选择发生了什么；每一种都有一张表单。", "Choose what happened: each kind has a form.";
    RecordKind = "登记：{}", "Record: {}";
    Record = "登记", "Record";
    RecordOther = "换一种", "Another kind";
    RecordedNow = "已登记。", "Recorded.";
    RecordRefused = "还没有登记：请改正标出的地方，填过的内容都还在。",
        "Not recorded yet: put right what is marked; what you typed is still there.";
    RequiredMark = "（必填）", "(required)";
    HintParty = "全称、统一社会信用代码，或登记册编号", "Full name, credit code, or id in the register";
    HintDate = "写到知道的程度：2020、2020-05 或 2020-05-17", "As precise as it is known: 2020, 2020-05 or 2020-05-17";
    HintMoney = "如 67亿元、1,500万、120.50元", "Such as 120.50 (yuan), with the Chinese words for ten thousand or a hundred million behind it if you like";
    HintLines = "每行一个", "One a line";
    HintJson = "JSON 内容", "JSON";
    FaultMissing = "这一项必须填写。", "This must be filled in.";
    FaultNotWhole = "这里只能填整数。", "Only a whole number fits here.";
    FaultNotJson = "这不是合格的 JSON；请核对括号和引号。", "This is no JSON: check brackets and quotes.";

    // The work list.
    WorkTitle = "待办", "To do";
    WorkNote = "名称只由人确认，不会自动归并；更正建议采纳之前，日志以原记录为准。",
        "Names are confirmed by people, never merged by themselves; until a correction is made, the log stands.";
    WorkCorrections = "更正建议（{}）", "Proposed corrections ({})";
    WorkDuplicates = "可能重复的项目（{}）", "Projects that may be one ({})";
    WorkDuplicate = "是同一项目", "One project";
    WorkDistinct = "不是同一项目", "Two projects";
    WorkMore = "先列出 {} 项，共 {} 项；处理后列出其余", "{} of {} are shown; the others follow once these are answered";
    WorkBranches = "待确认的分支机构（{}）", "Branches to confirm ({})";
    WorkLinks = "待挂接的名称（{}）", "Names to link ({})";
    WorkCandidates = "可能是", "May mean";
    WorkBranchOf = "「{}」的分支机构", "A branch of {}";
    WorkRegister = "登记为新主体", "Register it";
    WorkLink = "就是它", "This one";
    WorkConfirm = "确认隶属", "Confirm";
    WorkAccept = "采纳", "Follow";
    WorkDecline = "不予更正", "Decline";

    // Imports.
    ImportsTitle = "导入的文件", "Imported files";
    ImportsNote = "撤销只作废事件，不删除；同一文件可以重新导入。",
        "Taking an import back voids its events and deletes nothing; the file can be imported again.";
    ImportsNone = "还没有导入过文件：jinqiao import 文件 --as 表单", "No file was imported yet: jinqiao import FILE --as FORM";
    ImportFile = "文件", "File";
    ImportForm = "表单", "Form";
    ImportAdded = "增加事件", "Events added";
    ImportVoided = "已作废", "Void";
    ImportUndone = "已撤销", "taken back";
    ImportUndoneNote = "这次导入已撤销，作废 {} 个事件。", "This import was taken back: {} events are void.";
    ImportStands = "仍然有效的事件（{}）", "Events that still count ({})";
    ImportDepends = "依赖它的事件（{}）", "Events that rest on it ({})";
    ImportDependsNote = "撤销导入不会动这些事件；请逐条核对是否还成立。",
        "Taking the import back leaves these as they are: look at each.";
    UndoTitle = "撤销这次导入", "Take this import back";
    UndoNote = "它增加的事件将全部作废，列表、指标和推荐随即不再计入。",
        "All events that it added become void: lists, figures and matches count them no more.";
    UndoReason = "原因", "Why";
    Undo = "撤销导入", "Take it back";

    // When something goes wrong.
    WrongForm = "表单没有发完整；请返回上一页重试。", "The form did not arrive whole: go back and try again.";
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
            include_str!("posted.rs"),
            include_str!("project.rs"),
            include_str!("vitality.rs"),
            include_str!("record.rs"),
            include_str!("work.rs"),
            include_str!("imports.rs"),
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
