//! Welfare: pairings (with and without an agreement), beneficiaries, activities, gifts, purchases that help.

use std::collections::BTreeMap;

use jinqiao_events::kinds::DataClass;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::welfare::{BeneficiaryType, PairingSigned, SalesChannel};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::money::AmountKind;
use jinqiao_events::value::party_ref::PartyRef;

use super::books::told;
use super::{Ask, Figure, Key, Measure};

/// The pairings of the period that still stand at its end.
fn standing<'a>(ask: &Ask<'a>) -> Vec<(&'a Recorded, &'a PairingSigned)> {
    let pair = |chamber: &PartyRef, other: &PartyRef| ask.party(chamber).and(&ask.party(other)).id;
    let mut ended: BTreeMap<String, Position> = BTreeMap::new();
    for (row, event) in told!(ask, until, PairingEnded) {
        ended.insert(pair(&event.chamber, &event.beneficiary), row.position);
    }
    told!(ask, PairingSigned)
        .filter(|(row, event)| {
            ended.get(&pair(&event.chamber, &event.beneficiary)).is_none_or(|ended| *ended < row.position)
        })
        .collect()
}

/// What sort of beneficiary: as said, else by what it is registered as.
fn sort(ask: &Ask<'_>, party: &PartyRef, said: Option<BeneficiaryType>) -> &'static str {
    match (said, ask.sort(party)) {
        (Some(BeneficiaryType::PoorVillage), _) => "贫困村",
        (Some(BeneficiaryType::WeakVillage), _) => "经济薄弱村",
        (Some(BeneficiaryType::School), _) | (None, Some(OrgKind::School)) => "学校",
        (None, Some(OrgKind::Village)) => "村（类型未注明）",
        (Some(BeneficiaryType::Other), _) | (None, _) => "其他",
    }
}

pub(super) const CHAMBERS_PAIRED: Figure = Figure {
    name: "chambers_paired",
    label: ("结对帮扶商会（建立结对关系）", "chambers paired"),
    filter: (
        "期末仍结对的商协会，不论是否签订协议；同一家记一次",
        "chambers whose pairings stand, with or without an agreement; each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, event) in standing(ask) {
            let part = sort(ask, &event.beneficiary, event.beneficiary_type);
            out.add_in(part, ask.party(&event.chamber), row);
        }
    }),
    of: None,
};

pub(super) const CHAMBERS_PAIRED_BY_AGREEMENT: Figure = Figure {
    name: "chambers_paired_by_agreement",
    label: ("结对帮扶商会（签订协议）", "chambers paired by agreement"),
    filter: (
        "期末仍结对、且签订了协议的商协会；同一家记一次",
        "chambers whose pairings stand and were agreed in writing; each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in standing(ask).into_iter().filter(|(_, event)| event.agreement_signed) {
            let part = sort(ask, &event.beneficiary, event.beneficiary_type);
            out.add_in(part, ask.party(&event.chamber), row);
        }
    }),
    of: None,
};

pub(super) const BENEFICIARIES: Figure = Figure {
    name: "beneficiaries",
    label: ("帮扶对象（分类型）", "beneficiaries, by sort"),
    filter: ("期末仍结对的村、学校等；同一对象记一次", "villages, schools and others paired; each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in standing(ask) {
            let part = sort(ask, &event.beneficiary, event.beneficiary_type);
            out.add_in(part, ask.party(&event.beneficiary), row);
        }
    }),
    of: None,
};

pub(super) const WELFARE_ACTIVITIES: Figure = Figure {
    name: "welfare_activities",
    label: ("公益活动", "welfare activities"),
    filter: ("已举办的公益活动；按活动编号", "welfare activities held; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        told!(ask, WelfareActivityHeld).for_each(|(row, event)| out.add(&event.welfare_activity, row));
    }),
    of: None,
};

/// One gift is one record.
fn gift(ask: &Ask<'_>, row: &Recorded, giver: &PartyRef) -> Key {
    Key { id: row.id.to_string(), label: ask.party(giver).label }
}

pub(super) const CASH_DONATED: Figure = Figure {
    name: "cash_donated",
    label: ("捐款", "cash donated"),
    filter: ("捐款登记之和；每笔一条，捐物折价不计入", "cash gifts, each a record; goods are not in it"),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::DonatedCash, |ask, out| {
        for (row, event) in told!(ask, CashDonated) {
            out.add(None, gift(ask, row, &event.donor), &event.amount, row);
        }
    }),
    of: None,
};

pub(super) const GOODS_DONATED: Figure = Figure {
    name: "goods_donated",
    label: ("捐物折价", "goods donated, valued"),
    filter: (
        "捐物登记的折价之和；每笔一条，捐款不计入",
        "what goods given are worth, each a record; cash is not in it",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::DonatedGoods, |ask, out| {
        for (row, event) in told!(ask, GoodsDonated) {
            out.add(None, gift(ask, row, &event.donor), &event.amount, row);
        }
    }),
    of: None,
};

pub(super) const CONSUMPTION: Figure = Figure {
    name: "consumption",
    label: ("消费帮扶（购买贫困地区产品）", "purchases that help"),
    filter: (
        "消费帮扶登记之和；每笔一条，分线上、线下",
        "purchases that help, each a record; on line and off",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Money(AmountKind::Consumption, |ask, out| {
        for (row, event) in told!(ask, ConsumptionPurchased) {
            let part = match event.channel {
                Some(SalesChannel::Online) => "线上",
                Some(SalesChannel::Offline) => "线下",
                None => "渠道未注明",
            };
            out.add(Some(part.into()), gift(ask, row, &event.buyer), &event.amount, row);
        }
    }),
    of: None,
};

pub(super) const WELFARE_BY_PROGRAMME: Figure = Figure {
    name: "welfare_by_programme",
    label: ("公益帮扶事项（分行动）", "welfare records, by programme"),
    filter: (
        "结对、公益活动、捐赠、消费帮扶登记；每条一次，分所属行动",
        "pairings, activities, gifts and purchases, by programme",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Records, |ask, out| {
        use jinqiao_events::kinds::Kind;
        let kinds = [
            Kind::PairingSigned,
            Kind::WelfareActivityHeld,
            Kind::CashDonated,
            Kind::GoodsDonated,
            Kind::ConsumptionPurchased,
        ];
        for row in kinds.into_iter().flat_map(|kind| ask.within(kind)) {
            for programme in &row.programmes {
                out.add_in(programme.as_str(), &row.position, row);
            }
        }
    }),
    of: None,
};
