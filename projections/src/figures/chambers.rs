//! Chambers: founded, put in order, cleared away, registered; branches and demonstration points.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::DataClass;
use jinqiao_events::kinds::chamber::DemonstrationKind;
use jinqiao_events::kinds::identity::{ChamberType, OrgKind};
use jinqiao_events::log::Recorded;
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::region::{Level, Region};

use super::books::told;
use super::{Ask, Figure, Key, Measure};
use crate::register::Party;

/// Township-level units of the city (统计用区划代码 2023: 98 街道, 36 镇, 7 others): what 所有镇(街道)商会 is held against.
const TOWNSHIP_UNITS: i128 = 141;

pub(super) const CHAMBERS_FOUNDED: Figure = Figure {
    name: "chambers_founded",
    label: ("新建商会", "chambers founded"),
    filter: ("召开成立大会的商协会；同一家记一次", "chambers founded, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        told!(ask, ChamberFounded).for_each(|(row, event)| out.add(ask.party(&event.chamber), row));
    }),
    of: None,
};

pub(super) const CHAMBERS_RECTIFIED: Figure = Figure {
    name: "chambers_rectified",
    label: ("规范提升商会", "chambers put in order"),
    filter: ("登记规范提升的商协会；同一家记一次", "chambers that put their house in order, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        told!(ask, ChamberRectified).for_each(|(row, event)| out.add(ask.party(&event.chamber), row));
    }),
    of: None,
};

pub(super) const DORMANT_CLEARED: Figure = Figure {
    name: "dormant_chambers_cleared",
    label: ("清理僵尸商会", "dormant chambers cleared away"),
    filter: (
        "曾列入僵尸商会、期内清理注销的；同一家记一次",
        "chambers dissolved that had been flagged dormant, each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        let flagged: BTreeSet<String> =
            told!(ask, until, ChamberFlaggedDormant).map(|(_, event)| ask.party(&event.chamber).id).collect();
        for (row, event) in told!(ask, ChamberDissolved) {
            let chamber = ask.party(&event.chamber);
            if flagged.contains(&chamber.id) {
                out.add(chamber, row);
            }
        }
    }),
    of: None,
};

pub(super) const BRANCHES: Figure = Figure {
    name: "branches",
    label: ("商会分会", "branches of chambers"),
    filter: ("设立的分会；同一分会记一个", "branches set up, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, BranchEstablished) {
            out.add_in(ask.party(&event.chamber).label, ask.party(&event.branch), row);
        }
    }),
    of: None,
};

/// Township and street chambers that were registered by law, with their entry of the register.
fn township_chambers<'a>(ask: &Ask<'a>) -> Vec<(&'a Recorded, &'a Party)> {
    let registered = told!(ask, ChamberLegallyRegistered).filter_map(|(row, event)| {
        let party = ask.register().party(ask.resolve(&event.chamber)?)?;
        (party.chamber_type == Some(ChamberType::Township)).then_some((row, party))
    });
    registered.collect()
}

/// The district or county that a place belongs to, after renumbering.
fn district(region: Region) -> Option<Region> {
    let current = region.current();
    (current.level() == Level::County).then_some(current)
}

/// Districts with a township chamber that still stands and was not registered by law by the end of the period.
fn districts_in_want(ask: &Ask<'_>) -> BTreeSet<Region> {
    let done: BTreeSet<PartyId> = told!(ask, until, ChamberLegallyRegistered)
        .filter_map(|(_, event)| ask.resolve(&event.chamber))
        .collect();
    let register = ask.register();
    let is_in_want = |party: &&Party| {
        party.chamber_type == Some(ChamberType::Township)
            && party.merged_into.is_none()
            && party.registered.occurred.last_day() <= ask.end()
            && party.closed.is_none_or(|closed| closed.occurred.last_day() > ask.end())
            && !done.contains(&party.id)
    };
    register.parties().filter(is_in_want).filter_map(|party| party.region.and_then(district)).collect()
}

pub(super) const DISTRICTS_REGISTERED: Figure = Figure {
    name: "districts_with_registered_chambers",
    label: ("镇街商会全部完成登记的区（市）", "districts whose township chambers are all registered"),
    filter: (
        "期内有镇街商会依法登记、且期末没有未登记镇街商会的区（市），按登记的所在地；同一区（市）记一个",
        "districts where township chambers were registered by law and none is left to be; each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        let in_want = districts_in_want(ask);
        for (row, party) in township_chambers(ask) {
            let place = party.region.and_then(district);
            if let Some(region) = place.filter(|region| !in_want.contains(region)) {
                out.add(Key { id: region.code().into(), label: region.name_zh().into() }, row);
            }
        }
    }),
    of: None,
};

pub(super) const TOWNSHIP_CHAMBERS: Figure = Figure {
    name: "township_chambers_registered",
    label: ("依法登记的镇街商会（分区市）", "township chambers registered, by district"),
    filter: (
        "依法登记的镇街商会；同一家记一次；分母为全市141个镇街单位（2023年统计区划）",
        "township chambers registered by law, each once; out of 141 township units (2023)",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, party) in township_chambers(ask) {
            let part = party.region.and_then(district).map_or("所在地未注明", Region::name_zh);
            out.add_in(part, ask.party(&PartyRef::Party(party.id)), row);
        }
    }),
    of: Some(|_| TOWNSHIP_UNITS),
};

pub(super) const STANDARD_DEMONSTRATIONS: Figure = Figure {
    name: "standard_demonstrations",
    label: ("商会规范化示范点", "demonstration points of good order"),
    filter: ("命名的规范化示范点；同一单位记一个", "points named for good order; each organisation once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in told!(ask, DemonstrationDesignated) {
            if event.demonstration == DemonstrationKind::Standardisation {
                out.add(ask.party(&event.party), row);
            }
        }
    }),
    of: None,
};

pub(super) const CHAMBERS_BY_BOND: Figure = Figure {
    name: "chambers_by_bond",
    label: ("商会（行业相通、地缘相亲）", "chambers, by what holds them together"),
    filter: (
        "登记的商协会，分类型；归并后同一家记一次",
        "chambers registered, by type; each once after merges",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        let mut labels: BTreeMap<ChamberType, &str> = BTreeMap::new();
        labels.extend([
            (ChamberType::HomePlace, "异地商会（地缘）"),
            (ChamberType::Trade, "行业商会（行业）"),
            (ChamberType::Township, "镇街商会"),
            (ChamberType::General, "综合性商会"),
        ]);
        for (row, event) in told!(ask, OrgRegistered).filter(|(_, event)| event.kind == OrgKind::Chamber) {
            let part = event.chamber_type.and_then(|bond| labels.get(&bond).copied()).unwrap_or("类型未注明");
            out.add_in(part, ask.party(&PartyRef::Party(event.identifier.party_id())), row);
        }
    }),
    of: None,
};
