//! Visits: members visited, delegations in and out, and what followed.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::DataClass;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::visit::{DelegationVisited, Direction, FollowUp};
use jinqiao_events::log::Recorded;
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;

use super::books::told;
use super::{Ask, Figure, Key, Measure};

/// Days after which a meeting with nothing behind it is a gap (后续跟进缺失).
const FOLLOW_UP_DAYS: i32 = 30;

fn tours<'a>(
    ask: &Ask<'a>,
    direction: Direction,
) -> impl Iterator<Item = (&'a Recorded, &'a DelegationVisited)> {
    told!(ask, DelegationVisited).filter(move |(_, event)| event.direction == direction)
}

fn place(event: &DelegationVisited) -> String {
    event.place.clone().unwrap_or_else(|| "地点未注明".into())
}

pub(super) const MEMBER_VISITS: Figure = Figure {
    name: "member_visits",
    label: ("走访会员（分商会）", "visits to members, by chamber"),
    filter: ("走访登记；按走访编号", "visits recorded; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        for (row, event) in told!(ask, MemberVisited) {
            out.add_in(ask.party(&event.chamber).label, &event.visit, row);
        }
    }),
    of: None,
};

pub(super) const MEMBERS_VISITED: Figure = Figure {
    name: "members_visited",
    label: ("走访覆盖的会员企业", "members visited"),
    filter: (
        "走访过的企业；同一家记一次；分母为商会现有会员企业",
        "enterprises visited, each once; out of all members of chambers",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        told!(ask, MemberVisited).for_each(|(row, event)| out.add(ask.party(&event.member), row));
    }),
    of: Some(|ask| {
        let register = ask.register();
        let chambers = register.parties().filter(|party| party.kind == OrgKind::Chamber);
        let members: BTreeSet<_> = chambers
            .flat_map(|chamber| register.members_of(chamber.id))
            .filter(|membership| membership.joined.occurred.last_day() <= ask.end())
            .map(|membership| membership.member)
            .collect();
        i128::try_from(members.len()).unwrap_or_default()
    }),
};

pub(super) const INBOUND_TOURS: Figure = Figure {
    name: "inbound_tours",
    label: ("来青考察（分来源地）", "inbound tours, by origin"),
    filter: ("来访的考察团；按考察编号", "delegations that came; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        tours(ask, Direction::Inbound)
            .for_each(|(row, event)| out.add_in(place(event), &event.delegation, row));
    }),
    of: None,
};

pub(super) const INBOUND_ORIGINS: Figure = Figure {
    name: "inbound_origins",
    label: ("来青考察的来源地", "origins of inbound tours"),
    filter: ("来访考察团的来源地；同一地记一个", "places from which delegations came, each once"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Items, |ask, out| {
        for (row, event) in tours(ask, Direction::Inbound) {
            if let Some(place) = &event.place {
                out.add(place, row);
            }
        }
    }),
    of: None,
};

pub(super) const OUTBOUND_TOURS: Figure = Figure {
    name: "outbound_tours",
    label: ("外出考察（分目的地）", "outbound tours, by destination"),
    filter: ("外出的考察团；按考察编号", "delegations that went; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        tours(ask, Direction::Outbound)
            .for_each(|(row, event)| out.add_in(place(event), &event.delegation, row));
    }),
    of: None,
};

pub(super) const VISITORS: Figure = Figure {
    name: "delegation_visitors",
    label: ("考察团人次", "heads of delegations"),
    filter: ("考察团登记的人数之和；每团一项", "heads recorded, added up; each delegation once"),
    class: DataClass::Ordinary,
    measure: Measure::Total(Counter::Attendances, |ask, out| {
        for (row, event) in told!(ask, DelegationVisited) {
            if let Some(visitors) = event.visitors {
                let part = match event.direction {
                    Direction::Inbound => "来访",
                    Direction::Outbound => "外出",
                };
                out.add(Some(part.into()), &event.delegation, visitors, row);
            }
        }
    }),
    of: None,
};

pub(super) const FOLLOW_UPS: Figure = Figure {
    name: "delegation_follow_ups",
    label: ("考察后续跟进（分状态）", "delegations, by follow-up"),
    filter: ("登记了后续跟进状态的考察团；按考察编号", "delegations with a follow-up state; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Times, |ask, out| {
        for (row, event) in told!(ask, DelegationVisited) {
            let part = match event.follow_up {
                Some(FollowUp::Pending) => "待跟进",
                Some(FollowUp::Revisited) => "已回访",
                Some(FollowUp::Talking) => "洽谈中",
                Some(FollowUp::Dropped) => "不再跟进",
                None => "未注明",
            };
            out.add_in(part, &event.delegation, row);
        }
    }),
    of: None,
};

/// The pairs that met in the period: last meeting, and every meeting.
fn met<'a>(ask: &Ask<'a>) -> BTreeMap<Key, (&'a Recorded, Vec<&'a Recorded>)> {
    let mut met: BTreeMap<Key, (&Recorded, Vec<&Recorded>)> = BTreeMap::new();
    for (row, event) in told!(ask, MeetingHeld) {
        let (last, all) = met.entry(ask.pair(&event.a, &event.b)).or_insert_with(|| (row, Vec::new()));
        if row.occurred.day_number() > last.occurred.day_number() {
            *last = row;
        }
        all.push(row);
    }
    met
}

/// The days on which an event named both of a pair that met, and those of the outcomes of their introductions.
fn dealings(ask: &Ask<'_>) -> BTreeMap<String, BTreeSet<i32>> {
    let mut others: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut introduced: BTreeMap<EventId, String> = BTreeMap::new();
    for (_, event) in told!(ask, MeetingHeld) {
        let (a, b, pair) = (ask.party(&event.a), ask.party(&event.b), ask.pair(&event.a, &event.b));
        others.entry(a.id).or_default().push((b.id, pair.id.clone()));
        introduced.extend(event.introduction.map(|introduction| (introduction, pair.id)));
    }
    let mut days: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
    for row in ask.everything_until() {
        let mut named = BTreeSet::new();
        row.event.each_party(&mut |party| named.extend([ask.party(party).id]));
        let both = named.iter().filter_map(|one| others.get(one)).flatten();
        for (_, pair) in both.filter(|(other, _)| named.contains(other)) {
            days.entry(pair.clone()).or_default().insert(row.occurred.day_number());
        }
    }
    for (row, event) in told!(ask, until, OutcomeReported) {
        if let Some(pair) = introduced.get(&event.introduction) {
            days.entry(pair.clone()).or_default().insert(row.occurred.day_number());
        }
    }
    days
}

pub(super) const FOLLOW_UP_GAPS: Figure = Figure {
    name: "follow_up_gaps",
    label: ("见面后无后续（30天）", "pairs that met, then nothing for 30 days"),
    filter: (
        "期内见过面、末次见面后30天内没有任何登记涉及双方、且期末已满30天的；同一对记一次",
        "pairs that met and whom nothing names together in the 30 days after they last did; each pair once",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Pairs, |ask, out| {
        let days = dealings(ask);
        let end = Occurred::nearest_day(ask.end()).day_number();
        for (pair, (last, meetings)) in met(ask) {
            let met = last.occurred.day_number();
            let due = met + FOLLOW_UP_DAYS;
            let followed = days.get(&pair.id).is_some_and(|days| days.range(met + 1..=due).next().is_some());
            if due <= end && !followed {
                meetings.into_iter().for_each(|row| out.add(pair.clone(), row));
            }
        }
    }),
    of: None,
};
