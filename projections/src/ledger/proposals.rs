//! Proposed corrections (建议更正): what files say otherwise, and which of it waits for a person.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::correction::CorrectionProposed;
use jinqiao_events::log::Recorded;
use jinqiao_events::value::ids::EventId;
use serde::Serialize;

use super::Amendment;
use crate::register::Noted;

/// One proposed correction.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ProposedCorrection {
    /// Its id: that of the event that proposed it.
    pub id: EventId,
    /// What was proposed.
    pub proposed: CorrectionProposed,
    /// When and where.
    pub noted: Noted,
    /// The event that says that it is not to be followed.
    pub declined: Option<Noted>,
}

/// All proposals, in log order.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(transparent)]
pub(super) struct Proposals(Vec<ProposedCorrection>);

impl Proposals {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::CorrectionProposed(proposed) => self.0.push(ProposedCorrection {
                id: recorded.id,
                proposed: proposed.clone(),
                noted,
                declined: None,
            }),
            Event::CorrectionDeclined(declined) => {
                if let Some(proposal) = self.0.iter_mut().find(|proposal| proposal.id == declined.proposal) {
                    proposal.declined = Some(noted);
                }
            }
            _ => {}
        }
    }

    /// Those that nobody has answered: not declined, and the event was neither voided nor corrected since.
    pub(super) fn open(&self, voided: &[Amendment], corrected: &[Amendment]) -> Vec<&ProposedCorrection> {
        let voided: BTreeSet<EventId> = voided.iter().map(|void| void.event).collect();
        let mut latest = BTreeMap::new();
        for correction in corrected {
            latest.insert(correction.event, correction.noted.position);
        }
        let is_open = |proposal: &&ProposedCorrection| {
            let event = proposal.proposed.event;
            let is_corrected = latest.get(&event).is_some_and(|position| *position > proposal.noted.position);
            proposal.declined.is_none() && !voided.contains(&event) && !is_corrected
        };
        self.0.iter().filter(is_open).collect()
    }
}
