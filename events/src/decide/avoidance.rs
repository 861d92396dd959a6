//! 回避: two parties that must not be introduced to each other. Always honoured, in either direction and under
//! whichever of their merged entries it was set.
//!
//! Facts that happened without us (a meeting without introduction) are recorded all the same.

use super::layered::{Layered, layers};
use super::memberships::two_sides;
use super::{Draft, Refusal, Registry, Rule};
use crate::kinds::Event;
use crate::log::Recorded;
use crate::value::ids::{EventId, PartyId};
use crate::value::party_ref::PartyRef;

/// The pairs that stand under 回避, and the pair of every introduction.
#[derive(Debug, Default)]
pub struct Avoidance {
    pairs: Layered<Pair, ()>,
    introduced: Layered<EventId, Pair>,
}

/// Two entries of the register, smaller first: the pair has no direction.
pub(super) type Pair = (PartyId, PartyId);

/// The pair of two entries.
pub(super) fn pair(one: PartyId, other: PartyId) -> Pair {
    (one.min(other), one.max(other))
}

/// Every pair that means the same two parties after merges.
pub(super) fn pairs_of((one, other): Pair, registry: &Registry) -> Vec<Pair> {
    let others = registry.entries_of(other);
    let ones = registry.entries_of(one).into_iter();
    ones.flat_map(|one| others.iter().map(move |other| pair(one, *other))).collect()
}

impl Rule for Avoidance {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, registry: &Registry) -> Result<(), Refusal> {
        match &draft.event {
            Event::DoNotIntroduceSet(event) => self.may_set(&event.a, &event.b, registry),
            Event::DoNotIntroduceLifted(event) => self.may_lift(&event.a, &event.b, registry),
            Event::IntroductionProposed(event) => {
                self.may_introduce(resolved_pair(&event.a, &event.b, registry), registry)
            }
            Event::IntroductionConsented(event) => {
                self.may_introduce(self.introduced.get(&event.introduction).copied(), registry)
            }
            Event::MeetingHeld(event) => {
                let introduced = event.introduction.and_then(|id| self.introduced.get(&id));
                self.may_introduce(introduced.copied(), registry)
            }
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, registry: &Registry) {
        match &recorded.event {
            Event::DoNotIntroduceSet(event) => {
                if let Some(pair) = resolved_pair(&event.a, &event.b, registry) {
                    self.pairs.insert(pair, ());
                }
            }
            Event::DoNotIntroduceLifted(event) => {
                let pair = resolved_pair(&event.a, &event.b, registry);
                for same in pair.into_iter().flat_map(|pair| pairs_of(pair, registry)) {
                    self.pairs.remove(same);
                }
            }
            Event::IntroductionProposed(event) => {
                if let Some(pair) = resolved_pair(&event.a, &event.b, registry) {
                    self.introduced.insert(recorded.id, pair);
                }
            }
            _ => {}
        }
    }

    layers!(pairs, introduced);
}

fn resolved_pair(a: &PartyRef, b: &PartyRef, registry: &Registry) -> Option<Pair> {
    Some(pair(registry.resolve(a)?, registry.resolve(b)?))
}

impl Avoidance {
    fn stands(&self, pair: Pair, registry: &Registry) -> bool {
        pairs_of(pair, registry).iter().any(|same| self.pairs.contains(same))
    }

    fn may_set(&self, a: &PartyRef, b: &PartyRef, registry: &Registry) -> Result<(), Refusal> {
        let pair = pair(registry.required("a", a)?, registry.required("b", b)?);
        two_sides("b", a, b, registry)?;
        if self.stands(pair, registry) {
            return Err(Refusal::conflict(
                "avoidance_set",
                "/body/b",
                "这两方之间已设定回避，无需重复设定",
                "these two are not to be introduced already; nothing to do",
            ));
        }
        Ok(())
    }

    fn may_lift(&self, a: &PartyRef, b: &PartyRef, registry: &Registry) -> Result<(), Refusal> {
        let pair = pair(registry.required("a", a)?, registry.required("b", b)?);
        if self.stands(pair, registry) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "avoidance_not_set",
            "/body/b",
            "这两方之间没有设定回避，无可解除；请核对两方",
            "nothing keeps these two from being introduced; check the two sides",
        ))
    }

    fn may_introduce(&self, pair: Option<Pair>, registry: &Registry) -> Result<(), Refusal> {
        if pair.is_some_and(|pair| self.stands(pair, registry)) {
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
