//! The ledger: who met, signed, bought and asked for what, when, with the position behind everything.
//!
//! It keeps references as they were written; [`Register`] says at reading time who they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::ids::{EventId, PartyId};
use serde::{Serialize, Serializer};

use crate::register::{Face, Noted, Register};

pub mod activities;
pub mod avoidance;
pub mod introductions;
pub mod issued;
pub mod needs;
pub mod offers;
pub mod projects;
pub mod proposals;
pub mod purchases;
pub mod suggestions;

pub use activities::{Activity, Delegation};
pub use introductions::{Introduction, State};
pub use issued::IssuedList;
pub use needs::Need;
pub use offers::Offer;
pub use projects::{Project, Sum};
pub use proposals::ProposedCorrection;
pub use purchases::Purchase;
pub use suggestions::Suggestion;

/// Everything that pages and figures ask of the past.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Ledger {
    /// Asked for one face at a time and written by every event, so in no order but when it is told.
    #[serde(serialize_with = "in_order")]
    history: HashMap<Face, Vec<Position>>,
    introductions: introductions::Introductions,
    issued: issued::Issued,
    avoidance: avoidance::Avoidance,
    activities: activities::Activities,
    projects: projects::Projects,
    purchases: Vec<Purchase>,
    needs: needs::Needs,
    suggestions: suggestions::Suggestions,
    proposals: proposals::Proposals,
    offers: offers::Offers,
    voided: Vec<Amendment>,
    corrected: Vec<Amendment>,
}

/// A void or a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Amendment {
    /// The event that is voided or corrected.
    pub event: EventId,
    /// Why.
    pub reason: String,
    /// The event that says so.
    pub noted: Noted,
}

impl Ledger {
    /// Takes in an event. Logarithmic for each party that it names.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub fn apply(&mut self, recorded: &Recorded) {
        self.remember(recorded);
        self.introductions.apply(recorded);
        self.issued.apply(recorded);
        self.avoidance.apply(recorded);
        self.activities.apply(recorded);
        self.projects.apply(recorded);
        self.needs.apply(recorded);
        self.suggestions.apply(recorded);
        self.proposals.apply(recorded);
        self.offers.apply(recorded);
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::MemberPurchaseMade(e) => self.purchases.push(Purchase { event: e.clone(), noted }),
            Event::EventVoided(e) => {
                self.voided.push(Amendment { event: e.event, reason: e.reason.clone(), noted })
            }
            Event::EventCorrected(e) => {
                self.corrected.push(Amendment { event: e.event, reason: e.reason.clone(), noted });
            }
            _ => {}
        }
    }

    fn remember(&mut self, recorded: &Recorded) {
        let position = recorded.position;
        let mut remember = |face: Face| {
            let positions = self.history.entry(face).or_default();
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        };
        recorded.event.each_party(&mut |party| remember(Face::of(party)));
        if let Event::OrgRegistered(event) = &recorded.event {
            remember(Face::Party(event.identifier.party_id()));
        }
    }

    /// Positions of all events that name the party, under any entry merged with it or name linked to it;
    /// ascending, once each.
    #[must_use]
    pub fn history(&self, register: &Register, party: PartyId) -> Vec<Position> {
        let faces = register.faces(party);
        let positions: BTreeSet<Position> =
            faces.iter().filter_map(|face| self.history.get(face)).flatten().copied().collect();
        positions.into_iter().collect()
    }

    /// The event that forbids to introduce these two (回避), if one stands.
    #[must_use]
    pub fn avoided(&self, register: &Register, a: PartyId, b: PartyId) -> Option<Position> {
        self.avoided_by(register, a).get(&register.canonical(b)).copied()
    }

    /// Everyone who must not be introduced to the party, each with the event that says so: one look-up for a
    /// whole match list.
    #[must_use]
    pub fn avoided_by(&self, register: &Register, party: PartyId) -> BTreeMap<PartyId, Position> {
        if self.avoidance.is_empty() { BTreeMap::new() } else { self.avoidance.of(register, party) }
    }

    /// The introduction with that id.
    #[must_use]
    pub fn introduction(&self, id: EventId) -> Option<&Introduction> {
        self.introductions.0.get(&id)
    }

    /// All introductions by id.
    pub fn introductions(&self) -> impl Iterator<Item = &Introduction> {
        self.introductions.0.values()
    }

    /// The match lists that were handed out, in log order.
    #[must_use]
    pub fn issued_lists(&self) -> &[IssuedList] {
        &self.issued.0
    }

    /// What parties said they can give, in log order.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers.given
    }

    /// What parties said they look for, in log order; party-building needs are not among it.
    #[must_use]
    pub fn wants(&self) -> &[Offer] {
        &self.offers.sought
    }

    /// The activity with that key.
    #[must_use]
    pub fn activity(&self, key: &RecordKey) -> Option<&Activity> {
        self.activities.activities.get(key)
    }

    /// All activities by key.
    pub fn activities(&self) -> impl Iterator<Item = (&RecordKey, &Activity)> {
        self.activities.activities.iter()
    }

    /// The delegation with that key: usually one event, several when its legs were recorded one by one.
    #[must_use]
    pub fn delegation(&self, key: &RecordKey) -> &[Delegation] {
        self.activities.delegations.get(key).map_or(&[], Vec::as_slice)
    }

    /// All delegations by key.
    pub fn delegations(&self) -> impl Iterator<Item = (&RecordKey, &[Delegation])> {
        self.activities.delegations.iter().map(|(key, delegations)| (key, delegations.as_slice()))
    }

    /// The project with that key.
    #[must_use]
    pub fn project(&self, key: &RecordKey) -> Option<&Project> {
        self.projects.by_key.get(key)
    }

    /// All projects by key.
    pub fn projects(&self) -> impl Iterator<Item = (&RecordKey, &Project)> {
        self.projects.by_key.iter()
    }

    /// All purchases in log order; [`purchases::total`] sums them.
    #[must_use]
    pub fn purchases(&self) -> &[Purchase] {
        &self.purchases
    }

    /// The need with that key.
    #[must_use]
    pub fn need(&self, key: &RecordKey) -> Option<&Need> {
        self.needs.0.get(key)
    }

    /// All needs by key.
    pub fn needs(&self) -> impl Iterator<Item = &Need> {
        self.needs.0.values()
    }

    /// All suggestions by key.
    pub fn suggestions(&self) -> impl Iterator<Item = &Suggestion> {
        self.suggestions.0.values()
    }

    /// The needs of a party, by key. Linear in all needs.
    #[must_use]
    pub fn needs_of(&self, register: &Register, party: PartyId) -> Vec<&Need> {
        let party = Some(register.canonical(party));
        self.needs.0.values().filter(|need| register.resolve(&need.declared.party) == party).collect()
    }

    /// Proposed corrections that wait for a person, in log order. Linear in proposals, voids and corrections.
    #[must_use]
    pub fn open_proposals(&self) -> Vec<&ProposedCorrection> {
        self.proposals.open(&self.voided, &self.corrected)
    }

    /// Voids, in log order.
    #[must_use]
    pub fn voided(&self) -> &[Amendment] {
        &self.voided
    }

    /// Corrections, in log order.
    #[must_use]
    pub fn corrected(&self) -> &[Amendment] {
        &self.corrected
    }
}

fn in_order<S: Serializer>(history: &HashMap<Face, Vec<Position>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(history.iter().collect::<BTreeMap<_, _>>())
}

#[cfg(test)]
mod tests;
