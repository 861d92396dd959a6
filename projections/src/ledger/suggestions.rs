//! Suggestions (直通车) and how far each has come.

use std::collections::BTreeMap;

use jinqiao_events::kinds::united_front::{SuggestionStatus, SuggestionStatusChanged, SuggestionSubmitted};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::Recorded;
use serde::Serialize;

use crate::register::Noted;

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Suggestion {
    /// What was submitted.
    pub submitted: SuggestionSubmitted,
    /// When and where.
    pub noted: Noted,
    /// What was done about it, in log order.
    pub steps: Vec<(SuggestionStatusChanged, Noted)>,
}

impl Suggestion {
    /// How far it has come.
    #[must_use]
    pub fn status(&self) -> Option<SuggestionStatus> {
        self.steps.last().map(|(step, _)| step.status)
    }

    /// When it was closed: resolved, answered, rated or not admitted, whichever came first.
    #[must_use]
    pub fn closed(&self) -> Option<Noted> {
        let is_closed = |status| {
            matches!(
                status,
                SuggestionStatus::Resolved
                    | SuggestionStatus::Answered
                    | SuggestionStatus::Rated
                    | SuggestionStatus::Rejected
            )
        };
        self.steps.iter().find(|(step, _)| is_closed(step.status)).map(|(_, noted)| *noted)
    }
}

/// All suggestions by key.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(transparent)]
pub(super) struct Suggestions(pub(super) BTreeMap<RecordKey, Suggestion>);

impl Suggestions {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::SuggestionSubmitted(e) => {
                let suggestion = Suggestion { submitted: e.clone(), noted, steps: Vec::new() };
                self.0.insert(e.suggestion.clone(), suggestion);
            }
            Event::SuggestionStatusChanged(e) => {
                if let Some(suggestion) = self.0.get_mut(&e.suggestion) {
                    suggestion.steps.push((e.clone(), noted));
                }
            }
            _ => {}
        }
    }
}
