//! The funnel of suggestions (推荐漏斗): of the pairs that lists showed, how many were introduced, agreed, met, led to
//! something, met again; each pair once, by the kind of list (who was offered whom). What was due and did not follow
//! is the figure `follow_up_gaps`.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::DataClass;
use jinqiao_events::kinds::introduction::{IntroductionProposed, Outcome};
use jinqiao_events::log::Recorded;
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::ids::{EventId, PartyId};
use jinqiao_events::value::party_ref::PartyRef;

use super::books::told;
use super::introductions::sort_of;
use super::{Ask, Figure, Key, Keys, Measure};

/// Two parties, the smaller id first.
type Pair = (PartyId, PartyId);

/// A pair that a list showed: which kind of list, and the pair as a key.
#[derive(Debug, Clone)]
struct Shown {
    list: String,
    key: Key,
    first: Pair,
    day: jiff::civil::Date,
}

fn pair_of(ask: &Ask<'_>, a: &PartyRef, b: &PartyRef) -> Option<Pair> {
    let (a, b) = (ask.resolve(a)?, ask.resolve(b)?);
    (a != b).then_some((a.min(b), a.max(b)))
}

fn key(ask: &Ask<'_>, (a, b): Pair) -> Key {
    ask.party(&PartyRef::Party(a)).and(&ask.party(&PartyRef::Party(b)))
}

/// The pairs that lists had shown by the end of the period, each by the first list that did.
fn shown(ask: &Ask<'_>) -> BTreeMap<Pair, Shown> {
    let mut shown: BTreeMap<Pair, Shown> = BTreeMap::new();
    for (row, event) in told!(ask, until, MatchListIssued) {
        for candidate in &event.candidates {
            let Some(first) = pair_of(ask, &event.party, candidate) else { continue };
            let list = list(ask, &event.party, candidate);
            let day = row.occurred.last_day();
            shown.entry(first).or_insert_with(|| Shown { list, key: key(ask, first), first, day });
        }
    }
    shown
}

/// Which kind of list offers such a candidate to such a party.
fn list(ask: &Ask<'_>, party: &PartyRef, candidate: &PartyRef) -> String {
    format!("向{}推荐{}", sort_of(ask, party), sort_of(ask, candidate))
}

/// Introductions of pairs that a list had shown before, by their id.
fn adopted(ask: &Ask<'_>) -> BTreeMap<EventId, Shown> {
    let shown = shown(ask);
    let proposed = told!(ask, until, IntroductionProposed);
    let before = |(row, event): (&Recorded, &IntroductionProposed)| {
        let one = shown.get(&pair_of(ask, &event.a, &event.b)?)?;
        (one.day <= row.occurred.last_day()).then(|| (row.id, one.clone()))
    };
    proposed.filter_map(before).collect()
}

/// Hands in rows about introductions that a list led to.
fn of_adopted<'a>(ask: &Ask<'a>, rows: impl Iterator<Item = (&'a Recorded, EventId)>, out: &mut Keys) {
    let adopted = adopted(ask);
    for (row, introduction) in rows {
        if let Some(one) = adopted.get(&introduction) {
            out.add_in(one.list.as_str(), one.key.clone(), row);
        }
    }
}

const fn figure(
    name: &'static str,
    label: (&'static str, &'static str),
    filter: (&'static str, &'static str),
    measure: fn(&Ask<'_>, &mut Keys),
) -> Figure {
    let measure = Measure::Distinct(Counter::Times, measure);
    Figure { name, label, filter, class: DataClass::Ordinary, measure, of: None }
}

pub(super) const SHOWN: Figure = figure(
    "suggestions_shown",
    ("推荐（分清单类别）", "suggestions shown, by kind of list"),
    ("发出的推荐清单上的双方；每一对记一次", "pairs on lists that were handed out, each once"),
    |ask, out| {
        let shown = shown(ask);
        for (row, event) in told!(ask, MatchListIssued) {
            for candidate in &event.candidates {
                let pair = pair_of(ask, &event.party, candidate);
                if let Some(one) = pair.and_then(|pair| shown.get(&pair)) {
                    out.add_in(one.list.as_str(), one.key.clone(), row);
                }
            }
        }
    },
);

pub(super) const ADOPTED: Figure = figure(
    "suggestions_adopted",
    ("推荐采纳（分清单类别）", "suggestions adopted, by kind of list"),
    (
        "先上过推荐清单、后提出引荐的双方；每一对记一次",
        "pairs shown on a list and introduced afterwards, each once",
    ),
    |ask, out| {
        of_adopted(ask, told!(ask, IntroductionProposed).map(|(row, _)| (row, row.id)), out);
    },
);

pub(super) const CONSENTED: Figure = figure(
    "suggestions_consented",
    ("推荐双方同意（分清单类别）", "suggestions both sides agreed to, by kind of list"),
    (
        "经推荐提出、双方都同意的引荐；每一对记一次",
        "introductions from a list that both sides agreed to, each pair once",
    ),
    |ask, out| {
        let mut sides: BTreeMap<EventId, BTreeSet<PartyId>> = BTreeMap::new();
        for (_, event) in told!(ask, until, IntroductionConsented) {
            sides.entry(event.introduction).or_default().extend(ask.resolve(&event.side));
        }
        let both = |id: &EventId| sides.get(id).is_some_and(|sides| sides.len() >= 2);
        let rows = told!(ask, IntroductionConsented).map(|(row, event)| (row, event.introduction));
        of_adopted(ask, rows.filter(|(_, id)| both(id)), out);
    },
);

pub(super) const MET: Figure = figure(
    "suggestions_met",
    ("推荐见面（分清单类别）", "suggestions that led to a meeting, by kind of list"),
    ("经推荐提出的引荐中见了面的；每一对记一次", "introductions from a list whose sides met, each pair once"),
    |ask, out| {
        let rows = told!(ask, MeetingHeld).filter_map(|(row, event)| Some((row, event.introduction?)));
        of_adopted(ask, rows, out);
    },
);

pub(super) const CONVERTED: Figure = figure(
    "suggestions_converted",
    ("推荐成果（分清单类别）", "suggestions that led to something, by kind of list"),
    (
        "经推荐提出的引荐中达成意向或成交的；每一对记一次",
        "introductions from a list with an intent or a deal, each pair once",
    ),
    |ask, out| {
        let fruitful = told!(ask, OutcomeReported)
            .filter(|(_, event)| matches!(event.outcome, Outcome::Intent | Outcome::Deal));
        of_adopted(ask, fruitful.map(|(row, event)| (row, event.introduction)), out);
    },
);

pub(super) const MET_AGAIN: Figure = figure(
    "suggestions_met_again",
    ("推荐二次见面（分清单类别）", "suggestions whose sides met again, by kind of list"),
    ("经推荐见面后又见面的双方；每一对记一次", "pairs from a list that met a second time, each once"),
    |ask, out| {
        let adopted = adopted(ask);
        let by_pair: BTreeMap<Pair, &Shown> = adopted.values().map(|one| (one.first, one)).collect();
        let introduced: BTreeSet<Pair> = told!(ask, until, MeetingHeld)
            .filter_map(|(_, event)| adopted.get(&event.introduction?))
            .map(|one| one.first)
            .collect();
        let mut met: BTreeSet<Pair> = BTreeSet::new();
        for (row, event) in told!(ask, until, MeetingHeld) {
            let Some(pair) = pair_of(ask, &event.a, &event.b).filter(|pair| introduced.contains(pair)) else {
                continue;
            };
            if !met.insert(pair)
                && ask.holds(row)
                && let Some(one) = by_pair.get(&pair)
            {
                out.add_in(one.list.as_str(), one.key.clone(), row);
            }
        }
    },
);
