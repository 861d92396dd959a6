//! 回避: two parties that must not be introduced to each other. Always honoured, in either direction and under
//! whichever of their merged entries it was set.
//!
//! Facts that happened without us (a meeting without introduction) are recorded all the same.

use std::collections::BTreeSet;

use super::layered::{Layered, layers};
use super::memberships::two_sides;
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::Event;
use crate::log::Recorded;
use crate::value::ids::{EventId, PartyId};
use crate::value::party_ref::PartyRef;

/// What was said of 回避, and the pair of every introduction. As everywhere, what was said is kept under the
/// entries that it was said of, and read as the merges of the moment have it.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Avoidance {
    said: Layered<Pair, Vec<Saying>>,
    introduced: Layered<EventId, Pair>,
    count: u64,
}

/// That 回避 was set, or lifted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
struct Saying {
    /// Later ones are greater.
    number: u64,
    is_set: bool,
}

/// Two entries of the register, smaller first: the pair has no direction.
pub(super) type Pair = (PartyId, PartyId);

/// The pair of two entries.
pub(super) fn pair(one: PartyId, other: PartyId) -> Pair {
    (one.min(other), one.max(other))
}

/// Every pair that means the same two parties after merges.
pub(super) fn pairs_of((one, other): Pair, roll: &Roll) -> Vec<Pair> {
    let others = roll.entries_of(other);
    let ones = roll.entries_of(one).into_iter();
    ones.flat_map(|one| others.iter().map(move |other| pair(one, *other))).collect()
}

impl Rule for Avoidance {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::DoNotIntroduceSet(event) => self.may_set(&event.a, &event.b, roll),
            Event::DoNotIntroduceLifted(event) => self.may_lift(&event.a, &event.b, roll),
            Event::IntroductionProposed(event) => {
                self.may_introduce(resolved_pair(&event.a, &event.b, roll), roll)
            }
            Event::IntroductionConsented(event) => {
                self.may_introduce(self.introduced.get(&event.introduction).copied(), roll)
            }
            Event::MeetingHeld(event) => {
                let introduced = event.introduction.and_then(|id| self.introduced.get(&id));
                self.may_introduce(introduced.copied(), roll)
            }
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll) {
        match &recorded.event {
            Event::DoNotIntroduceSet(event) => {
                self.say(resolved_pair(&event.a, &event.b, roll), true);
            }
            Event::DoNotIntroduceLifted(event) => {
                self.say(resolved_pair(&event.a, &event.b, roll), false);
            }
            Event::IntroductionProposed(event) => {
                if let Some(pair) = resolved_pair(&event.a, &event.b, roll) {
                    self.introduced.insert(recorded.id, pair);
                }
            }
            _ => {}
        }
    }

    layers! { said, introduced }
}

fn resolved_pair(a: &PartyRef, b: &PartyRef, roll: &Roll) -> Option<Pair> {
    Some(pair(roll.entry_of(a)?, roll.entry_of(b)?))
}

impl Avoidance {
    fn say(&mut self, pair: Option<Pair>, is_set: bool) {
        self.count += 1;
        let saying = Saying { number: self.count, is_set };
        if let Some(pair) = pair {
            self.said.update(pair, |sayings| sayings.push(saying));
        }
    }

    /// Whether 回避 stands between the two. A lift takes back what was set under the same two entries; only if
    /// there was nothing, it meant the others: so of two that were set before a merge, one lift leaves one
    /// standing. The views read it in the same way.
    fn stands(&self, pair: Pair, roll: &Roll) -> bool {
        let pairs: BTreeSet<Pair> = pairs_of(pair, roll).into_iter().collect();
        let mut said: Vec<(Saying, Pair)> = Vec::new();
        for pair in pairs {
            said.extend(self.said.get(&pair).into_iter().flatten().map(|saying| (*saying, pair)));
        }
        said.sort_unstable();
        let mut standing = BTreeSet::new();
        for (saying, pair) in said {
            if saying.is_set {
                standing.insert(pair);
            } else if !standing.remove(&pair) {
                standing.clear();
            }
        }
        !standing.is_empty()
    }

    fn may_set(&self, a: &PartyRef, b: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
        let pair = pair(roll.required("a", a)?, roll.required("b", b)?);
        two_sides("b", a, b, roll)?;
        if self.stands(pair, roll) {
            return Err(Refusal::conflict(
                "avoidance_set",
                "/body/b",
                "这两方之间已设定回避，无需重复设定",
                "these two are not to be introduced already; nothing to do",
            ));
        }
        Ok(())
    }

    fn may_lift(&self, a: &PartyRef, b: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
        let pair = pair(roll.required("a", a)?, roll.required("b", b)?);
        if self.stands(pair, roll) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "avoidance_not_set",
            "/body/b",
            "这两方之间没有设定回避，无可解除；请核对两方",
            "nothing keeps these two from being introduced; check the two sides",
        ))
    }

    fn may_introduce(&self, pair: Option<Pair>, roll: &Roll) -> Result<(), Refusal> {
        if pair.is_some_and(|pair| self.stands(pair, roll)) {
            return Err(Refusal::conflict(
                "do_not_introduce",
                "/body",
                "这两方之间设有回避，不得引荐；确需引荐，请先解除回避",
                "these two must not be introduced to each other; lift that first if it no longer holds",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{between, enterprise, event, given, id, merged, org, unmerged};
    use super::*;

    fn set(a: &str, b: &str) -> Event {
        between("do_not_introduce_set", ("a", a), ("b", b))
    }

    fn lifted(a: &str, b: &str) -> Event {
        between("do_not_introduce_lifted", ("a", a), ("b", b))
    }

    fn proposed(a: &str, b: &str) -> Event {
        between("introduction_proposed", ("a", a), ("b", b))
    }

    fn after(story: impl IntoIterator<Item = Event>) -> Vec<Event> {
        ["A", "B", "C"].map(enterprise).into_iter().chain(story).collect()
    }

    #[test]
    fn avoidance_stands_between_two_registered_parties_once() {
        given(after([])).when(set("A", "B")).then_recorded(|_| {});
        given(after([set("A", "B")])).when(set("A", "C")).then_recorded(|_| {});
        given(after([set("A", "B")])).when(set("B", "A")).then_refused_at("avoidance_set", "/body/b");
        given(after([])).when(set("A", "A")).then_refused_at("self_edge", "/body/b");
        given(after([merged("A", "B")])).when(set("A", "B")).then_refused("self_edge");
        let loose = event("do_not_introduce_set", &format!(r#"{{"a":"{}","b":"某某厂"}}"#, org("A")));
        given(after([])).when(loose).then_refused_at("party_unknown", "/body/b");
    }

    #[test]
    fn only_what_is_set_is_lifted_from_either_side() {
        given(after([set("A", "B")])).when(lifted("B", "A")).then_recorded(|_| {});
        given(after([])).when(lifted("A", "B")).then_refused_at("avoidance_not_set", "/body/b");
        let story = after([set("A", "B"), lifted("B", "A")]);
        given(story.clone()).when(lifted("A", "B")).then_refused("avoidance_not_set");
        given(story).when(proposed("A", "B")).then_recorded(|_| {});
    }

    #[test]
    fn no_introduction_is_proposed_across_avoidance_in_either_direction() {
        given(after([set("A", "B")])).when(proposed("A", "B")).then_refused("do_not_introduce");
        given(after([set("A", "B")])).when(proposed("B", "A")).then_refused("do_not_introduce");
        given(after([set("A", "B")])).when(proposed("A", "C")).then_recorded(|_| {});
    }

    #[test]
    fn avoidance_holds_for_merged_entries_and_is_not_lost_after() {
        let together = after([set("A", "B"), merged("B", "C")]);
        given(together.clone()).when(proposed("A", "C")).then_refused("do_not_introduce");
        given(together.clone()).when(set("C", "A")).then_refused("avoidance_set");
        let apart = [together, vec![unmerged("B", "C")]].concat();
        given(apart.clone()).when(proposed("A", "C")).then_recorded(|_| {});
        given(apart).when(proposed("A", "B")).then_refused("do_not_introduce");
    }

    #[test]
    fn of_two_set_before_a_merge_one_lift_leaves_one_standing() {
        let two = || after([set("A", "B"), set("A", "C"), merged("B", "C"), lifted("A", "B")]);
        given(two()).when(proposed("A", "C")).then_refused("do_not_introduce");
        let both = || [two(), vec![lifted("A", "C")]].concat();
        given(both()).when(proposed("A", "C")).then_recorded(|_| {});
        given(both()).when(lifted("A", "B")).then_refused("avoidance_not_set");
        let apart = || [two(), vec![unmerged("B", "C")]].concat();
        given(apart()).when(proposed("A", "B")).then_recorded(|_| {});
        given(apart()).when(proposed("A", "C")).then_refused("do_not_introduce");
    }

    #[test]
    fn a_lift_under_another_entry_holds_while_the_two_are_one() {
        let together = || after([set("A", "B"), merged("B", "C"), lifted("C", "A")]);
        given(together()).when(proposed("A", "B")).then_recorded(|_| {});
        let apart = [together(), vec![unmerged("B", "C")]].concat();
        given(apart).when(proposed("A", "B")).then_refused("do_not_introduce");
    }

    #[test]
    fn avoidance_set_later_stops_an_introduction_under_way_but_not_a_meeting_that_happened_without_it() {
        let consent = |side: &str| {
            let body = format!(r#"{{"introduction":"{}","side":"{}"}}"#, id(4), org(side));
            event("introduction_consented", &body)
        };
        let met =
            |by: &str| event("meeting_held", &format!(r#"{{"a":"{}","b":"{}"{by}}}"#, org("A"), org("B")));
        let by_introduction = format!(r#","introduction":"{}""#, id(4));
        given(after([proposed("A", "B"), set("A", "B")])).when(consent("A")).then_refused("do_not_introduce");
        let story = after([proposed("A", "B"), consent("A"), consent("B")]);
        given(story.clone()).when(met(&by_introduction)).then_recorded(|_| {});
        let story = [story, vec![set("B", "A")]].concat();
        given(story.clone()).when(met(&by_introduction)).then_refused("do_not_introduce");
        given(story).when(met("")).then_recorded(|_| {});
    }
}
