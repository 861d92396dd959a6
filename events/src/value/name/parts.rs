//! Names taken apart, and short names matched to full ones, both only to propose.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::normalise;
use crate::value::region::leading_region_bytes;

/// What a company form, chamber form or institution form ends in; the longest match counts.
const FORMS: &str = "有限责任公司 股份有限公司 集团有限公司 集团有限责任公司 集团股份有限公司 控股有限公司 控股集团有限公司 \
(集团)有限公司 (集团)股份有限公司 (集团)有限责任公司 有限公司 合伙企业(有限合伙) 中心(有限合伙) (有限合伙) (普通合伙) \
合伙企业 控股集团 集团公司 总公司 分公司 公司 集团 企业 株式会社 有限会社 股份经济合作社 经济合作社 专业合作社 \
农民专业合作社 合作社 联合会 联谊会 促进会 研究会 基金会 商会 总商会 协会 学会 分会 办事处 事务所 研究院 研究所 \
委员会 村民委员会 中心 工作室 商行 商店 经营部 门市部 厂 店 co.,ltd. co.,ltd inc. ltd. gmbh";

/// Words with which the description of a trade begins.
const TRADES: &str = "建设 建筑 建材 工程 装饰 装修 装配 金属 五金 铝业 铝材 铝模 钢铁 钢构 机械 机器 机电 精工 精密 重工 设备 装备 \
仪器 仪表 电气 电器 电子 电力 电缆 线缆 光电 微电子 半导体 芯片 集成电路 软件 信息 网络 数据 数字 智能 科技 技术 通信 通讯 物联 \
互联网 人工智能 区块链 自动化 汽车 汽配 轨道 船舶 海洋 航空 航运 港口 物流 仓储 多式联运 运输 供应链 货运 国际 进出口 贸易 商贸 \
商业 实业 产业 企业 投资 资本 资产 基金 证券 银行 保险 担保 财富 金融 控股 置业 地产 房地产 物业 园区 酒店 餐饮 旅游 文化 传媒 \
广告 影视 教育 培训 咨询 管理 服务 人力资源 法律 会计 税务 知识产权 设计 印刷 包装 纸业 家居 家具 家纺 纺织 服饰 服装 制衣 鞋业 \
橡塑 橡胶 塑料 塑胶 化工 化学 涂料 材料 新材料 高分子 复合材料 水泥 混凝土 陶瓷 玻璃 石材 新能源 能源 光伏 风电 电池 环保 环境 \
节能 水务 水产 渔业 渔具 养殖 农业 农产品 种业 园艺 园林 绿化 食品 饮料 酒业 茶业 粮油 冷链 医疗 医药 制药 药业 生物 健康 康养 \
养老 器械 锁业 模板 爬架 模具 轴承 阀门 泵业 门窗 照明 灯饰 珠宝 工艺 体育 玩具 日化 化妆品 超市 零售 电商 跨境 矿业 石油 石化 \
燃气 热力 检测 认证 测绘 勘察 安防 消防 安全";

/// [`TRADES`] by their first character: names are taken apart with every import, and most characters begin none.
static TRADES_BY_START: LazyLock<HashMap<char, Vec<&str>>> = LazyLock::new(|| {
    let mut by_start = HashMap::<char, Vec<&str>>::new();
    for word in TRADES.split_whitespace() {
        by_start.entry(word.chars().next().unwrap_or_default()).or_default().push(word);
    }
    by_start
});

/// [`FORMS`] by their last character.
static FORMS_BY_END: LazyLock<HashMap<char, Vec<&str>>> = LazyLock::new(|| {
    let mut by_end = HashMap::<char, Vec<&str>>::new();
    for form in FORMS.split_whitespace() {
        by_end.entry(form.chars().next_back().unwrap_or_default()).or_default().push(form);
    }
    by_end
});

/// The parts of a normalised name; a part that is not there is empty. Joined they are the name again, except
/// for brackets around a region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameParts {
    /// 行政区划, at the start or in brackets: `青岛`, `山东省青岛市`.
    pub region: String,
    /// 字号, the name proper: `琅屿`. Never empty unless the name is.
    pub trade_name: String,
    /// 行业: `建设工程`.
    pub industry_words: String,
    /// 组织形式, at the end: `有限公司`.
    pub form: String,
}

/// Takes a name apart as well as rules can: the organisational form at the very end, the longest first;
/// regions at the very start or alone in brackets; the trade from the first word that describes one. What
/// looks like a region or a trade inside the 字号 stays there.
#[must_use]
pub fn core(name: &str) -> NameParts {
    let (mut rest, mut region) = take_bracketed_region(&normalise(name));
    let form = split_form(&rest).map_or(String::new(), |place| rest.split_off(place));
    let taken = leading_regions(&rest);
    if region.is_empty() {
        region = rest.get(..taken).unwrap_or_default().to_owned();
    }
    let stem = rest.split_off(taken);
    let (trade_name, industry_words) = match trade_start(&stem) {
        0 => (stem.as_str(), ""),
        place => stem.split_at_checked(place).unwrap_or((&stem, "")),
    };
    NameParts { region, trade_name: trade_name.to_owned(), industry_words: industry_words.to_owned(), form }
}

/// [`NameParts::may_be_short_of`] for names that are at hand as text.
#[must_use]
pub fn may_be_short_of(short: &str, full: &str) -> bool {
    core(short).may_be_short_of(&core(full))
}

impl NameParts {
    /// Whether this short name may stand for the full one: it names no other region and no other form, and its
    /// 字号 and trade words are the full name's from the left, with words left out or cut short (`琅屿建设` for
    /// `青岛琅屿建设工程有限公司`, `粤创` for `深圳粤创控股集团`). Only a proposal: several full names may fit, and a
    /// person decides. Equal names are not short for each other.
    #[must_use]
    pub fn may_be_short_of(&self, full: &NameParts) -> bool {
        let regions_agree = self.region.is_empty() || same_place(&self.region, &full.region);
        self != full && regions_agree && full.form.contains(&self.form) && self.stem_may_be_short_of(full)
    }

    fn stem_may_be_short_of(&self, full: &NameParts) -> bool {
        let stem = format!("{}{}", self.trade_name, self.industry_words);
        match stem.strip_prefix(&full.trade_name) {
            Some(words) => !stem.is_empty() && is_subsequence(words, &full.industry_words),
            // Where no trade was recognised the 字号 is somewhere at the start of the stem.
            None => {
                full.industry_words.is_empty()
                    && stem.chars().count() >= 2
                    && full.trade_name.starts_with(&stem)
            }
        }
    }
}

/// Whether one of two regions names the other with more or less detail: 青岛, 青岛市, 山东省青岛市.
fn same_place(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.replace(['省', '市', '区', '县'], "");
    let (one, other) = (bare(one), bare(other));
    !other.is_empty() && (one.contains(&other) || other.contains(&one))
}

fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|wanted| rest.any(|character| character == wanted))
}

/// Takes the first pair of brackets with nothing but a region inside out of the name.
fn take_bracketed_region(name: &str) -> (String, String) {
    for (open, _) in name.match_indices('(') {
        let inside = name.get(open + 1..).and_then(|rest| rest.split_once(')'));
        if let (Some(before), Some((inside, after))) = (name.get(..open), inside)
            && !inside.is_empty()
            && region_bytes(inside) == inside.len()
        {
            return (format!("{before}{after}"), inside.to_owned());
        }
    }
    (name.to_owned(), String::new())
}

/// Where the form begins, if the name ends in one and has anything before it.
fn split_form(name: &str) -> Option<usize> {
    let forms = FORMS_BY_END.get(&name.chars().next_back()?)?;
    let places = forms.iter().filter_map(|form| Some(name.strip_suffix(form)?.len()));
    places.filter(|place| *place > 0).min()
}

/// How many leading bytes name regions, leaving something that can be a 字号.
fn leading_regions(name: &str) -> usize {
    let taken = region_bytes(name);
    let is_trade_name = |rest: &str| rest.chars().count() >= 2 && trade_start(rest) > 0;
    [taken, leading_region_bytes(name)]
        .into_iter()
        .find(|bytes| name.get(*bytes..).is_some_and(is_trade_name))
        .unwrap_or(0)
}

/// How many leading bytes name one region after the other.
fn region_bytes(name: &str) -> usize {
    let mut rest = name;
    while let Some((_, after)) =
        rest.split_at_checked(leading_region_bytes(rest)).filter(|(head, _)| !head.is_empty())
    {
        rest = after;
    }
    name.len() - rest.len()
}

/// Where the description of the trade begins: at the first word of a trade from the third character on. A stem
/// that is all trade (first word at 0) answers 0; one without any, its length.
fn trade_start(stem: &str) -> usize {
    let begins_trade = |(place, first): (usize, char)| {
        let words = TRADES_BY_START.get(&first)?;
        let rest = stem.get(place..)?;
        words.iter().any(|word| rest.starts_with(word)).then_some(place)
    };
    let mut starts = stem.char_indices().enumerate().filter(|(index, _)| *index != 1);
    starts.find_map(|(_, start)| begins_trade(start)).unwrap_or(stem.len())
}

#[cfg(test)]
mod tests;
