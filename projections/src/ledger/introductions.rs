//! Introductions (引荐): where each one stands.

use std::collections::BTreeMap;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::introduction::{Channel, IntroductionProposed, Outcome};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::{ids::EventId, ids::PartyId, party_ref::PartyRef};
use serde::Serialize;

use crate::register::{Noted, Register};

/// Where an introduction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 已提出: nobody has answered.
    Proposed,
    /// 一方同意.
    HalfConsented,
    /// 双方同意: they may meet.
    Consented,
    /// 已见面.
    Met,
    /// 已有结果.
    Concluded,
    /// 已谢绝.
    Declined,
    /// 已过期.
    Expired,
    /// 双方已非两家: its sides were merged, or a registration was voided, so nobody answers until they are two
    /// parties again.
    Moot,
}

/// An answer of one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Answer {
    /// The side, as written.
    pub side: PartyRef,
    /// When and where.
    pub noted: Noted,
}

/// One introduction and everything that came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Introduction {
    /// Its id: that of the event that proposed it.
    pub id: EventId,
    /// One side, as written.
    pub a: PartyRef,
    /// The other side, as written.
    pub b: PartyRef,
    /// By which way it came about.
    pub channel: Channel,
    /// Who introduces, as written.
    pub introducer: Option<PartyRef>,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// Positions of the events behind the reason.
    pub evidence: Vec<Position>,
    /// When it was proposed.
    pub proposed: Noted,
    /// Consents, in log order.
    pub consents: Vec<Answer>,
    /// The side that declined.
    pub declined: Option<Answer>,
    /// When it expired.
    pub expired: Option<Noted>,
    /// When they met, by this introduction.
    pub meetings: Vec<Noted>,
    /// What came of it, the latest report.
    pub outcome: Option<(Outcome, Noted)>,
}

impl Introduction {
    fn new(id: EventId, event: &IntroductionProposed, proposed: Noted) -> Self {
        Self {
            id,
            a: event.a.clone(),
            b: event.b.clone(),
            channel: event.channel,
            introducer: event.introducer.clone(),
            reason: event.reason.clone(),
            evidence: event.evidence.clone(),
            proposed,
            consents: Vec::new(),
            declined: None,
            expired: None,
            meetings: Vec::new(),
            outcome: None,
        }
    }

    /// Whether the party is one of the two sides and has consented.
    #[must_use]
    pub fn has_consented(&self, register: &Register, party: PartyId) -> bool {
        let party = Some(register.canonical(party));
        self.consents.iter().any(|answer| register.resolve(&answer.side) == party)
    }

    /// Whether the sides are no longer two parties.
    fn is_moot(&self, register: &Register) -> bool {
        let (a, b) = (register.resolve(&self.a), register.resolve(&self.b));
        a.is_none() || b.is_none() || a == b
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self, register: &Register) -> State {
        let consented =
            |side: &PartyRef| register.resolve(side).is_some_and(|party| self.has_consented(register, party));
        if self.outcome.is_some() {
            State::Concluded
        } else if !self.meetings.is_empty() {
            State::Met
        } else if self.declined.is_some() {
            State::Declined
        } else if self.expired.is_some() {
            State::Expired
        } else if self.is_moot(register) {
            State::Moot
        } else {
            match (consented(&self.a), consented(&self.b)) {
                (true, true) => State::Consented,
                (true, false) | (false, true) => State::HalfConsented,
                (false, false) => State::Proposed,
            }
        }
    }
}

/// All introductions by id.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(transparent)]
pub(super) struct Introductions(pub(super) BTreeMap<EventId, Introduction>);

impl Introductions {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        let answer = |side: &PartyRef| Answer { side: side.clone(), noted };
        match &recorded.event {
            Event::IntroductionProposed(e) => {
                self.0.insert(recorded.id, Introduction::new(recorded.id, e, noted));
            }
            Event::IntroductionConsented(e) => {
                self.change(e.introduction, |i| i.consents.push(answer(&e.side)))
            }
            Event::IntroductionDeclined(e) => {
                self.change(e.introduction, |i| i.declined = Some(answer(&e.side)))
            }
            Event::IntroductionExpired(e) => self.change(e.introduction, |i| i.expired = Some(noted)),
            Event::MeetingHeld(e) => {
                if let Some(introduction) = e.introduction {
                    self.change(introduction, |i| i.meetings.push(noted));
                }
            }
            Event::OutcomeReported(e) => {
                self.change(e.introduction, |i| i.outcome = Some((e.outcome, noted)))
            }
            _ => {}
        }
    }

    /// An answer to an introduction that was voided is dropped with it.
    fn change(&mut self, id: EventId, change: impl FnOnce(&mut Introduction)) {
        if let Some(introduction) = self.0.get_mut(&id) {
            change(introduction);
        }
    }
}
