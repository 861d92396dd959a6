//! Introductions: by channel, by sides, and what came of them.

use std::collections::BTreeMap;

use jinqiao_events::kinds::DataClass;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::introduction::{Channel, IntroductionProposed, Outcome};
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::party_ref::PartyRef;

use super::books::told;
use super::{Ask, Figure, Key, Measure};

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::MatchList => "引擎推荐",
        Channel::IndustryChain => "产业链招商",
        Channel::FirmBringsFirm => "以企招企",
        Channel::ChamberBringsFirm => "以商招商",
        Channel::Other => "其他",
    }
}

pub(super) fn sort_of(ask: &Ask<'_>, party: &PartyRef) -> &'static str {
    match ask.sort(party) {
        Some(OrgKind::Enterprise) => "企业",
        Some(OrgKind::Chamber) => "商会",
        Some(_) => "其他",
        None => "未挂接",
    }
}

fn between(ask: &Ask<'_>, event: &IntroductionProposed) -> String {
    let mut sides = [sort_of(ask, &event.a), sort_of(ask, &event.b)];
    sides.sort_unstable();
    sides.join("—")
}

fn pair(ask: &Ask<'_>, id: EventId, event: &IntroductionProposed) -> Key {
    let label = ask.party(&event.a).and(&ask.party(&event.b)).label;
    Key { id: id.to_string(), label }
}

pub(super) const INTRODUCTIONS_BY_CHANNEL: Figure = Figure {
    name: "introductions_by_channel",
    label: ("提出引荐（分途径）", "introductions proposed, by channel"),
    filter: ("提出的引荐；每次引荐记一次", "introductions proposed, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        for (row, event) in told!(ask, IntroductionProposed) {
            out.add_in(channel(event.channel), pair(ask, row.id, event), row);
        }
    }),
    of: None,
};

pub(super) const INTRODUCTIONS_CONVERTED: Figure = Figure {
    name: "introductions_converted",
    label: ("引荐成果（分途径）", "introductions that led to something, by channel"),
    filter: (
        "结果为达成意向或成交的引荐；每次引荐记一次",
        "introductions with an intent or a deal as outcome, each once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        let proposed: BTreeMap<EventId, &IntroductionProposed> =
            told!(ask, until, IntroductionProposed).map(|(row, event)| (row.id, event)).collect();
        for (row, event) in told!(ask, OutcomeReported) {
            let Some(proposal) = proposed.get(&event.introduction) else { continue };
            if matches!(event.outcome, Outcome::Intent | Outcome::Deal) {
                out.add_in(channel(proposal.channel), pair(ask, event.introduction, proposal), row);
            }
        }
    }),
    of: None,
};

pub(super) const INTRODUCTIONS_BY_SIDES: Figure = Figure {
    name: "introductions_by_sides",
    label: ("提出引荐（分双方类别）", "introductions proposed, by sides"),
    filter: (
        "提出的引荐，分企业—企业、商会—商会等；每次引荐记一次",
        "introductions proposed, by the sorts of the two sides",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        for (row, event) in told!(ask, IntroductionProposed) {
            out.add_in(between(ask, event), pair(ask, row.id, event), row);
        }
    }),
    of: None,
};
