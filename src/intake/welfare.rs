//! 捐赠与结对台账: gifts of money and goods, pairings with villages and schools, purchases that help. Three tables, each
//! with amounts of its own kind.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered};
use jinqiao_events::kinds::welfare::{
    BeneficiaryType, CashDonated, ConsumptionPurchased, GoodsDonated, PairingSigned, SalesChannel,
    WelfareActivityHeld,
};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::value::credit_code::CreditCode;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::money::AmountKind;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Value, json};

use super::form::{Context, Entry, Form, Item, Reading, Table, face};
use super::heading::Column;
use super::line::{Line, RowFault};

const DATE: Column = Column::required("日期", &["捐赠日期", "采购日期", "活动日期"]);
const ACTIVITY: Column = Column::optional("活动名称", &["公益活动", "活动", "项目名称"]);
const DONOR: Column = Column::required("捐赠单位", &["捐赠企业", "捐赠方", "捐款单位", "捐赠人"]);
const RECIPIENT: Column = Column::optional("受赠单位", &["受赠方", "受助单位", "捐赠对象", "受赠对象"]);
const CASH: Column = Column::optional(
    "捐款金额",
    &["捐款", "现金", "捐款额", "捐款数额", "捐赠金额", "捐资金额", "捐赠资金", "捐赠现金", "现金捐赠"],
);
const GOODS: Column = Column::optional("捐赠物资", &["物资", "捐物", "捐赠物品", "物品", "物资内容"]);
const WORTH: Column = Column::optional(
    "物资折价",
    &["折价", "物资折款", "折合金额", "物资价值", "折价金额", "折合价值", "物资折合", "折款"],
);
const PROGRAMME: Column = Column::optional("所属行动", &["行动", "所属工作", "专项行动"]);
const GIFTS: Table = &[&DATE, &ACTIVITY, &DONOR, &RECIPIENT, &CASH, &GOODS, &WORTH, &PROGRAMME];
const GIFT_FIELDS: &[(&str, &Column)] = &[
    ("welfare_activity", &ACTIVITY),
    ("donor", &DONOR),
    ("beneficiary", &RECIPIENT),
    ("amount", &CASH),
    ("goods", &GOODS),
];

const CHAMBER: Column = Column::required("商会名称", &["结对商会", "商会", "帮扶商会", "帮扶单位"]);
const BENEFICIARY: Column = Column::required("结对对象", &["帮扶对象", "结对村", "对象名称", "结对单位"]);
const CODE: Column = Column::optional("统一社会信用代码", &["信用代码", "对象代码"]);
const SORT: Column = Column::optional("对象类型", &["类型", "对象类别"]);
const SIGNED: Column = Column::required("签约日期", &["结对日期", "签约时间", "结对时间", "签订日期"]);
const AGREED: Column = Column::optional("是否签订协议", &["签订协议", "协议", "是否签约"]);
const PAIRINGS: Table = &[&CHAMBER, &BENEFICIARY, &CODE, &SORT, &SIGNED, &AGREED];
const PAIRING_FIELDS: &[(&str, &Column)] =
    &[("chamber", &CHAMBER), ("beneficiary", &BENEFICIARY), ("identifier", &CODE), ("name", &BENEFICIARY)];

const BUYER: Column = Column::required("采购单位", &["采购方", "购买单位", "采购企业", "采购商会"]);
const PRODUCT: Column = Column::optional("产品", &["产品名称", "采购产品", "采购内容"]);
const AMOUNT: Column = Column::required("金额", &["采购金额", "购买金额"]);
const CHANNEL: Column = Column::optional("渠道", &["采购渠道", "方式", "购买方式"]);
const PURCHASES: Table = &[&DATE, &BUYER, &PRODUCT, &AMOUNT, &CHANNEL];
const PURCHASE_FIELDS: &[(&str, &Column)] = &[("buyer", &BUYER), ("amount", &AMOUNT), ("goods", &PRODUCT)];

/// The ledger of welfare, with its figures.
#[derive(Debug, Default)]
pub(super) struct Welfare {
    activities: BTreeSet<RecordKey>,
    fen: BTreeMap<&'static str, i128>,
    by_channel: BTreeMap<&'static str, i128>,
    paired: BTreeSet<PartyRef>,
    agreed: BTreeSet<PartyRef>,
}

impl Form for Welfare {
    fn tables(&self) -> &'static [Table] {
        &[GIFTS, PAIRINGS, PURCHASES]
    }

    fn read(&mut self, table: usize, line: Line<'_>, _context: &Context<'_>) -> Result<Reading, RowFault> {
        match table {
            0 => gift(&line),
            1 => pairing(&line),
            _ => purchase(&line),
        }
        .map(Reading::of)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a form looks at its own kinds only")]
    fn tally(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::WelfareActivityHeld(event) => {
                    self.activities.extend([event.welfare_activity.clone()]);
                }
                Event::CashDonated(event) => self.add(AmountKind::DonatedCash, event.amount.fen().get()),
                Event::GoodsDonated(event) => self.add(AmountKind::DonatedGoods, event.amount.fen().get()),
                Event::ConsumptionPurchased(event) => {
                    let fen = event.amount.fen().get();
                    self.add(AmountKind::Consumption, fen);
                    let channel = match event.channel {
                        Some(SalesChannel::Online) => "线上",
                        Some(SalesChannel::Offline) => "线下",
                        None => "未注明",
                    };
                    *self.by_channel.entry(channel).or_default() += i128::from(fen);
                }
                Event::PairingSigned(event) => {
                    self.paired.insert(event.chamber.clone());
                    self.agreed.extend(event.agreement_signed.then(|| event.chamber.clone()));
                }
                _ => {}
            }
        }
    }

    fn totals(&self, register: &Register) -> Vec<(&'static str, Value)> {
        let distinct = |parties: &BTreeSet<PartyRef>| {
            parties.iter().map(|party| face(party, register)).collect::<BTreeSet<_>>().len()
        };
        vec![
            ("welfare_activities", json!(self.activities.len())),
            ("money_fen", json!(self.fen)),
            ("consumption_by_channel_fen", json!(self.by_channel)),
            ("chambers_paired", json!(distinct(&self.paired))),
            ("chambers_paired_with_agreement", json!(distinct(&self.agreed))),
        ]
    }
}

impl Welfare {
    fn add(&mut self, kind: AmountKind, fen: i64) {
        *self.fen.entry(kind.label_zh()).or_default() += i128::from(fen);
    }
}

fn gift(line: &Line<'_>) -> Result<Entry, RowFault> {
    let (date, donor) = (line.date(&DATE)?, line.name(&DONOR)?);
    let beneficiary = line.parse::<OrgName>(&RECIPIENT)?;
    let to = beneficiary.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut items = Vec::new();
    let activity = activity(line, date, &mut items)?;
    let programmes: Vec<String> = line.list(&PROGRAMME);
    let at = activity.as_ref().map_or_else(|| date.to_string(), ToString::to_string);
    let key = format!("gift:{at}:{donor}:{to}");
    let (donor, beneficiary) = (PartyRef::Name(donor), beneficiary.map(PartyRef::Name));
    let mut sorts = String::new();
    if line.text(&CASH).is_some() {
        let amount = line.money(&CASH, AmountKind::DonatedCash)?.ok_or_else(|| unstated(line, &CASH))?;
        let (donor, beneficiary, welfare_activity) = (donor.clone(), beneficiary.clone(), activity.clone());
        let event = CashDonated { donor, beneficiary, amount, welfare_activity };
        items.push(Item::new(format!("{key}:cash"), event, date).of_programmes(&programmes));
        sorts.push_str(":cash");
    }
    if line.text(&WORTH).is_some() || line.text(&GOODS).is_some() {
        let amount = line.money(&WORTH, AmountKind::DonatedGoods)?.ok_or_else(|| unstated(line, &WORTH))?;
        let event =
            GoodsDonated { donor, beneficiary, goods: line.text(&GOODS), amount, welfare_activity: activity };
        items.push(Item::new(format!("{key}:goods"), event, date).of_programmes(&programmes));
        sorts.push_str(":goods");
    }
    if sorts.is_empty() {
        return Err(line.fault(&CASH, "amount_missing", "捐款金额和物资折价都没有填写；请至少填写一项"));
    }
    Ok(Entry { key: format!("{key}{sorts}"), items, fields: GIFT_FIELDS, unknown: Vec::new() })
}

fn unstated(line: &Line<'_>, column: &Column) -> RowFault {
    line.fault(column, "amount_missing", "金额没有确定；请补上金额")
}

/// The activity of a gift: the first gift at it records it.
fn activity(line: &Line<'_>, date: Occurred, items: &mut Vec<Item>) -> Result<Option<RecordKey>, RowFault> {
    let Some(title) = line.text(&ACTIVITY) else { return Ok(None) };
    let key = line.record_key(&ACTIVITY, format!("{title} {date}"))?;
    let event = WelfareActivityHeld {
        welfare_activity: key.clone(),
        title,
        organisers: Vec::new(),
        beneficiaries: Vec::new(),
        place: None,
    };
    items.push(Item::new(format!("activity:{key}"), event, date).optional());
    Ok(Some(key))
}

fn pairing(line: &Line<'_>) -> Result<Entry, RowFault> {
    let (chamber, beneficiary) = (line.name(&CHAMBER)?, line.name(&BENEFICIARY)?);
    let code: Option<CreditCode> = line.parse(&CODE)?;
    let date = line.date(&SIGNED)?;
    let sort = line.text(&SORT).map(|text| sort_named(&text));
    let mut items = Vec::new();
    let mut party = PartyRef::Name(beneficiary.clone());
    if let Some(code) = code {
        let identifier = Identifier::Uscc(code.clone());
        party = PartyRef::Identifier(identifier.clone());
        let event = registration(&beneficiary, identifier, sort, &code);
        items.push(Item::new(format!("party:{code}"), event, line.page.as_of).dated_by_file().optional());
    }
    let key = format!("pairing:{chamber}:{beneficiary}");
    let event = PairingSigned {
        chamber: PartyRef::Name(chamber),
        beneficiary: party,
        beneficiary_type: sort,
        agreement_signed: agreed(line),
        document: None,
    };
    items.push(Item::new(key.clone(), event, date));
    Ok(Entry { key, items, fields: PAIRING_FIELDS, unknown: Vec::new() })
}

/// A village or school with a code of its own enters the register with its pairing.
fn registration(
    name: &OrgName,
    identifier: Identifier,
    sort: Option<BeneficiaryType>,
    code: &CreditCode,
) -> OrgRegistered {
    let kind = match sort {
        Some(BeneficiaryType::School) => OrgKind::School,
        _ if code.to_string().starts_with("N2") => OrgKind::Village,
        Some(BeneficiaryType::PoorVillage | BeneficiaryType::WeakVillage) => OrgKind::Village,
        Some(BeneficiaryType::Other) | None => OrgKind::Other,
    };
    OrgRegistered {
        name: name.as_str().to_owned(),
        kind,
        identifier,
        region: None,
        industry: None,
        short_names: Vec::new(),
        chamber_type: None,
        home_place: None,
        products: Vec::new(),
    }
}

/// Whether an agreement was signed. A list without that column gives the day of signing, which says so.
fn agreed(line: &Line<'_>) -> bool {
    if line.page.heading.index(&AGREED).is_none() {
        return true;
    }
    let text = line.text(&AGREED).unwrap_or_default();
    let no = text.is_empty() || text.starts_with(['否', '未', '没', '×', '✗', 'N', 'n']);
    !no
}

fn sort_named(text: &str) -> BeneficiaryType {
    if text.contains("贫困") {
        BeneficiaryType::PoorVillage
    } else if text.contains("薄弱") {
        BeneficiaryType::WeakVillage
    } else if text.contains('学') {
        BeneficiaryType::School
    } else {
        BeneficiaryType::Other
    }
}

fn purchase(line: &Line<'_>) -> Result<Entry, RowFault> {
    let (date, buyer) = (line.date(&DATE)?, line.name(&BUYER)?);
    let amount = line.money(&AMOUNT, AmountKind::Consumption)?.ok_or_else(|| unstated(line, &AMOUNT))?;
    let goods = line.text(&PRODUCT);
    let product = goods.as_deref().unwrap_or_default();
    let key = format!("consumption:{date}:{buyer}:{product}:{}", amount.fen().get());
    let channel = line.text(&CHANNEL).and_then(|text| match text.contains("线上") || text.contains("电商")
    {
        true => Some(SalesChannel::Online),
        false => text.contains("线下").then_some(SalesChannel::Offline),
    });
    let event = ConsumptionPurchased {
        buyer: PartyRef::Name(buyer),
        seller: None,
        goods,
        amount,
        channel,
        platform: None,
    };
    let items = vec![Item::new(key.clone(), event, date)];
    Ok(Entry { key, items, fields: PURCHASE_FIELDS, unknown: Vec::new() })
}
