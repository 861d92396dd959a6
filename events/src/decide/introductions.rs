//! The way of an introduction (引荐): proposed, consented by both, met, with an outcome; it ends early when a side
//! declines or time runs out. Its id is the id of the event that proposed it.

use super::avoidance::{Pair, pair, pairs_of};
use super::layered::{Layered, layers};
use super::memberships::two_sides;
use super::{Draft, Refusal, Registry, Rule};
use crate::kinds::Event;
use crate::kinds::introduction::{IntroductionProposed, MeetingHeld};
use crate::log::Recorded;
use crate::value::ids::{EventId, PartyId};
use crate::value::party_ref::PartyRef;

/// Every introduction, and which is under way between which two.
#[derive(Debug, Default)]
pub struct Introductions {
    introductions: Layered<EventId, Introduction>,
    open: Layered<Pair, EventId>,
}

#[derive(Debug, Clone)]
struct Introduction {
    sides: Pair,
    /// Who agreed, in the order of `sides`.
    consents: (bool, bool),
    met: bool,
    /// Declined or expired.
    ended: bool,
}

impl Rule for Introductions {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, registry: &Registry) -> Result<(), Refusal> {
        match &draft.event {
            Event::IntroductionProposed(event) => self.may_propose(event, registry),
            Event::IntroductionConsented(event) => self.may_consent(event.introduction, &event.side, registry),
            Event::IntroductionDeclined(event) => {
                let introduction = self.before_meeting(event.introduction)?;
                introduction.side("side", &event.side, registry).map(drop)
            }
            Event::IntroductionExpired(event) => self.before_meeting(event.introduction).map(drop),
            Event::MeetingHeld(event) => self.may_meet(event, registry),
            Event::OutcomeReported(event) => self.may_report(event.introduction),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, registry: &Registry) {
        match &recorded.event {
            Event::IntroductionProposed(event) => {
                let (Some(a), Some(b)) = (registry.resolve(&event.a), registry.resolve(&event.b)) else { return };
                let sides = pair(a, b);
                let introduction = Introduction { sides, consents: (false, false), met: false, ended: false };
                self.introductions.insert(recorded.id, introduction);
                self.open.insert(sides, recorded.id);
            }
            Event::IntroductionConsented(event) => self.change(event.introduction, |introduction| {
                match introduction.side("side", &event.side, registry) {
                    Ok(Side::First) => introduction.consents.0 = true,
                    Ok(Side::Second) => introduction.consents.1 = true,
                    Err(_) => {}
                }
            }),
            Event::IntroductionDeclined(event) => self.end(event.introduction),
            Event::IntroductionExpired(event) => self.end(event.introduction),
            Event::MeetingHeld(event) => {
                event.introduction.into_iter().for_each(|id| self.change(id, |introduction| introduction.met = true));
            }
            Event::OutcomeReported(event) => self.close(event.introduction),
            _ => {}
        }
    }

    layers!(introductions, open);
}

/// Which of the two a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Second,
}

impl Introduction {
    /// Which side the reference means.
    fn side(&self, field: &'static str, party: &PartyRef, registry: &Registry) -> Result<Side, Refusal> {
        let id = registry.canonical(registry.required(field, party)?);
        if id == registry.canonical(self.sides.0) {
            Ok(Side::First)
        } else if id == registry.canonical(self.sides.1) {
            Ok(Side::Second)
        } else {
            Err(Refusal::invalid(
                "not_a_side",
                &format!("/body/{field}"),
                "该主体不是这次引荐的任何一方；请核对引荐编号与主体",
                "the party is no side of this introduction; check the introduction's id and the party",
            ))
        }
    }
}

impl Introductions {
    fn change(&mut self, id: EventId, change: impl FnOnce(&mut Introduction)) {
        if let Some(mut introduction) = self.introductions.get(&id).cloned() {
            change(&mut introduction);
            self.introductions.insert(id, introduction);
        }
    }

    fn end(&mut self, id: EventId) {
        self.change(id, |introduction| introduction.ended = true);
        self.close(id);
    }

    /// Lets the two be introduced anew.
    fn close(&mut self, id: EventId) {
        let sides = self.introductions.get(&id).map(|introduction| introduction.sides);
        if let Some(sides) = sides.filter(|sides| self.open.get(sides) == Some(&id)) {
            self.open.remove(sides);
        }
    }

    /// The introduction, unless it ended.
    fn under_way(&self, id: EventId) -> Result<&Introduction, Refusal> {
        let introduction = self.introductions.get(&id).ok_or_else(|| {
            Refusal::missing(
                "introduction_unknown",
                "/body/introduction",
                format!("没有编号为 {id} 的引荐；请核对编号，它是「提出引荐」那条记录的编号"),
                format!("no introduction {id}; its id is that of the event that proposed it"),
            )
        })?;
        if introduction.ended {
            return Err(Refusal::conflict(
                "introduction_ended",
                "/body/introduction",
                "这次引荐已谢绝或过期；如双方仍愿见面，请重新提出引荐",
                "the introduction was declined or expired; propose a new one if both still want to meet",
            ));
        }
        Ok(introduction)
    }

    fn before_meeting(&self, id: EventId) -> Result<&Introduction, Refusal> {
        let introduction = self.under_way(id)?;
        if introduction.met {
            return Err(Refusal::conflict(
                "already_met",
                "/body/introduction",
                "双方已经见面，不能再谢绝或过期；请登记引荐结果",
                "the two have met, so it can no longer be declined or expire; report the outcome",
            ));
        }
        Ok(introduction)
    }

    fn may_propose(&self, event: &IntroductionProposed, registry: &Registry) -> Result<(), Refusal> {
        let a = open_party("a", &event.a, registry)?;
        let b = open_party("b", &event.b, registry)?;
        two_sides("b", &event.a, &event.b, registry)?;
        if pairs_of(pair(a, b), registry).iter().any(|same| self.open.contains(same)) {
            return Err(Refusal::conflict(
                "introduction_open",
                "/body/b",
                "这两方之间已有一次引荐正在进行；请先登记它的结果，或登记谢绝、过期",
                "an introduction of these two is under way; bring it to its end first",
            ));
        }
        Ok(())
    }

    fn may_consent(&self, id: EventId, side: &PartyRef, registry: &Registry) -> Result<(), Refusal> {
        let introduction = self.under_way(id)?;
        let consented = match introduction.side("side", side, registry)? {
            Side::First => introduction.consents.0,
            Side::Second => introduction.consents.1,
        };
        if consented {
            return Err(Refusal::conflict(
                "already_consented",
                "/body/side",
                "这一方已经同意过，无需重复登记",
                "this side has consented already; nothing to do",
            ));
        }
        Ok(())
    }

    fn may_meet(&self, event: &MeetingHeld, registry: &Registry) -> Result<(), Refusal> {
        two_sides("b", &event.a, &event.b, registry)?;
        let Some(id) = event.introduction else { return Ok(()) };
        let introduction = self.under_way(id)?;
        introduction.side("a", &event.a, registry)?;
        introduction.side("b", &event.b, registry)?;
        if introduction.consents == (true, true) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "consent_missing",
            "/body/introduction",
            "双方尚未都同意引荐；请先登记双方同意，再登记见面",
            "not both sides have consented; record their consent before the meeting",
        ))
    }

    fn may_report(&self, id: EventId) -> Result<(), Refusal> {
        if self.under_way(id)?.met {
            return Ok(());
        }
        Err(Refusal::conflict(
            "not_met",
            "/body/introduction",
            "双方还没有见面；请先登记见面，再登记引荐结果",
            "the two have not met yet; record the meeting before its outcome",
        ))
    }
}

fn open_party(field: &'static str, party: &PartyRef, registry: &Registry) -> Result<PartyId, Refusal> {
    let id = registry.required(field, party)?;
    if registry.is_closed(id) {
        return Err(Refusal::conflict(
            "party_closed",
            &format!("/body/{field}"),
            "该主体已注销，不能再引荐；请另选对象",
            "the party is closed and cannot be introduced; choose another",
        ));
    }
    Ok(id)
}
