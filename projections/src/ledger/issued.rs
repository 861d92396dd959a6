//! Match lists that were handed out (推荐清单).

use jinqiao_events::kinds::Event;
use jinqiao_events::log::Recorded;
use jinqiao_events::value::party_ref::PartyRef;
use serde::Serialize;

use crate::register::Noted;

/// A list that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct IssuedList {
    /// For whom, as written.
    pub party: PartyRef,
    /// The candidates, best first, as written.
    pub candidates: Vec<PartyRef>,
    /// The model that ranked them.
    pub model: String,
    /// When and where.
    pub noted: Noted,
}

/// All of them, in log order.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(transparent)]
pub(super) struct Issued(pub(super) Vec<IssuedList>);

impl Issued {
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        if let Event::MatchListIssued(event) = &recorded.event {
            self.0.push(IssuedList {
                party: event.party.clone(),
                candidates: event.candidates.clone(),
                model: event.model.clone(),
                noted: Noted::of(recorded),
            });
        }
    }
}
