//! Needs, supplies, demands, capabilities, purchases among members (链团).

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::visit::NeedType;
use jinqiao_events::kinds::{DataClass, RecordKey};
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::industry::Industry;
use jinqiao_events::value::money::AmountKind;
use jinqiao_events::value::occurred::Occurred;

use super::books::told;
use super::{Ask, Figure, Key, Measure};

/// Days within which a need without a date of its own is to be resolved (江门: 一周内反馈).
const NEED_DUE_DAYS: i32 = 7;

const fn sort(need: NeedType) -> &'static str {
    match need {
        NeedType::Talent => "人才",
        NeedType::Capital => "资金、资本",
        NeedType::Technology => "技术",
        NeedType::Market => "市场",
        NeedType::Policy => "政策",
        NeedType::Land => "用地",
        NeedType::Supply => "供应商、采购",
        NeedType::Asset => "资产",
        NeedType::PartyBuilding => "党建",
        NeedType::Other => "其他",
    }
}

/// Needs of enterprises and chambers; those about party building are a figure of their own.
fn counts(need: NeedType) -> bool {
    need != NeedType::PartyBuilding
}

fn sorts<'a>(ask: &Ask<'a>) -> BTreeMap<&'a RecordKey, NeedType> {
    told!(ask, until, NeedDeclared).map(|(_, event)| (&event.need, event.need_type)).collect()
}

pub(super) const NEEDS_DECLARED: Figure = Figure {
    name: "needs_declared",
    label: ("企业诉求（分类别）", "needs declared, by kind"),
    filter: ("登记的诉求，党建类除外；按诉求编号", "needs declared, party building apart; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, NeedDeclared).filter(|(_, event)| counts(event.need_type)) {
            out.add_in(sort(event.need_type), &event.need, row);
        }
    }),
    of: None,
};

pub(super) const NEEDS_MET: Figure = Figure {
    name: "needs_met",
    label: ("诉求得到满足（分类别）", "needs met, by kind"),
    filter: (
        "办结且得到满足的诉求，党建类除外；按诉求编号",
        "needs resolved and met, party building apart; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        let sorts = sorts(ask);
        for (row, event) in told!(ask, NeedResolved).filter(|(_, event)| event.met) {
            if let Some(need) = sorts.get(&event.need).copied().filter(|need| counts(*need)) {
                out.add_in(sort(need), &event.need, row);
            }
        }
    }),
    of: None,
};

/// By when a need is to be resolved: the latest date said for it, else a week after it was declared.
fn due_days(ask: &Ask<'_>) -> BTreeMap<RecordKey, i32> {
    let mut due: BTreeMap<RecordKey, i32> = told!(ask, until, NeedDeclared)
        .map(|(row, event)| (event.need.clone(), row.occurred.day_number() + NEED_DUE_DAYS))
        .collect();
    let said = told!(ask, until, NeedStatusChanged).filter_map(|(_, event)| Some((&event.need, event.due?)));
    due.extend(said.map(|(need, date)| (need.clone(), date.day_number())));
    due
}

pub(super) const NEEDS_OVERDUE: Figure = Figure {
    name: "needs_overdue",
    label: ("诉求超期未办结（分承办单位）", "needs overdue, by owner"),
    filter: (
        "期末仍未办结且已过办理期限（未注明的按一周）的诉求；按诉求编号",
        "needs open past their date (a week where none is said); by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        let resolved: BTreeSet<&RecordKey> =
            told!(ask, until, NeedResolved).map(|(_, event)| &event.need).collect();
        let (due, end) = (due_days(ask), Occurred::nearest_day(ask.end()).day_number());
        for (row, event) in told!(ask, NeedDeclared).filter(|(_, event)| counts(event.need_type)) {
            if !resolved.contains(&event.need) && due.get(&event.need).is_some_and(|due| *due < end) {
                let owner =
                    event.owner.as_ref().map_or_else(|| "未交办".to_owned(), |owner| ask.party(owner).label);
                out.add_in(owner, &event.need, row);
            }
        }
    }),
    of: None,
};

pub(super) const SUPPLIES_OFFERED: Figure = Figure {
    name: "supplies_offered",
    label: ("发布供给（分类别）", "supplies offered, by kind"),
    filter: ("发布的供给；按供给编号", "supplies offered; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, SupplyOffered) {
            out.add_in(sort(event.need_type), &event.supply, row);
        }
    }),
    of: None,
};

pub(super) const DEMANDS_POSTED: Figure = Figure {
    name: "demands_posted",
    label: ("发布需求（分类别）", "demands posted, by kind"),
    filter: ("发布的需求；按需求编号", "demands posted; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, DemandPosted) {
            out.add_in(sort(event.need_type), &event.demand, row);
        }
    }),
    of: None,
};

pub(super) const DEMANDS_COVERED: Figure = Figure {
    name: "demands_covered",
    label: ("有本地供给的需求（补链覆盖）", "demands that somebody here could meet"),
    filter: (
        "发布的需求中，已有他人发布同类别、同行业供给的；按需求编号",
        "demands for which another party offers the same kind in the same industry; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        let mut offers: BTreeMap<(NeedType, Industry), BTreeSet<String>> = BTreeMap::new();
        for (_, event) in told!(ask, until, SupplyOffered) {
            if let Some(industry) = event.industry {
                offers.entry((event.need_type, industry)).or_default().insert(ask.party(&event.party).id);
            }
        }
        for (row, event) in told!(ask, DemandPosted) {
            let who = event.industry.and_then(|industry| offers.get(&(event.need_type, industry)));
            let own = ask.party(&event.party).id;
            if who.is_some_and(|who| who.iter().any(|other| *other != own)) {
                out.add_in(sort(event.need_type), &event.demand, row);
            }
        }
    }),
    of: Some(|ask| i128::try_from(told!(ask, DemandPosted).count()).unwrap_or_default()),
};

pub(super) const CAPABILITIES_ASSESSED: Figure = Figure {
    name: "capabilities_assessed",
    label: ("产品服务摸底评估的会员", "members assessed for what they can deliver"),
    filter: ("有摸底评估登记的单位；同一家记一次", "parties assessed, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        told!(ask, CapabilityAssessed).for_each(|(row, event)| out.add(ask.party(&event.party), row));
    }),
    of: None,
};

pub(super) const PURCHASES: Figure = Figure {
    name: "member_purchases",
    label: ("链团采购额", "purchases among members"),
    filter: (
        "链团采购登记之和，分商会；每笔一条",
        "purchases among members, added up, by chamber; each record once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Purchase, |ask, out| {
        for (row, event) in told!(ask, MemberPurchaseMade) {
            let chamber = event.chamber.as_ref().map(|chamber| ask.party(chamber).label);
            let label = ask.party(&event.buyer).and(&ask.party(&event.seller)).label;
            let key = Key { id: row.id.to_string(), label };
            out.add(Some(chamber.unwrap_or_else(|| "未注明商会".into())), key, &event.amount, row);
        }
    }),
    of: None,
};

pub(super) const PURCHASE_PAIRS: Figure = Figure {
    name: "member_purchase_pairs",
    label: ("链团采购的买卖对", "buyer–seller pairs"),
    filter: (
        "链团采购的采购方与供应方；同一对记一次，方向不同为两对",
        "buyers with sellers; the same pair once, the other way round another",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Pairs, |ask, out| {
        for (row, event) in told!(ask, MemberPurchaseMade) {
            out.add(ask.party(&event.buyer).and(&ask.party(&event.seller)), row);
        }
    }),
    of: None,
};
