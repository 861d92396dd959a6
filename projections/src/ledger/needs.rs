//! Needs (诉求) and what became of them.

use std::collections::BTreeMap;

use jinqiao_events::kinds::visit::{NeedDeclared, NeedResolved, NeedStatus, NeedStatusChanged};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::Recorded;
use jinqiao_events::value::{occurred::Occurred, party_ref::PartyRef};
use serde::Serialize;

use crate::register::Noted;

/// One need.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Need {
    /// What was declared.
    pub declared: NeedDeclared,
    /// When and where.
    pub noted: Noted,
    /// What was done about it, in log order.
    pub steps: Vec<(NeedStatusChanged, Noted)>,
    /// How it ended, if it did.
    pub resolved: Option<(NeedResolved, Noted)>,
}

impl Need {
    /// Who takes care of it: whoever was named last.
    #[must_use]
    pub fn owner(&self) -> Option<&PartyRef> {
        self.steps.iter().rev().find_map(|(step, _)| step.owner.as_ref()).or(self.declared.owner.as_ref())
    }

    /// By when it is to be resolved: as was said last.
    #[must_use]
    pub fn due(&self) -> Option<Occurred> {
        self.steps.iter().rev().find_map(|(step, _)| step.due)
    }

    /// How far it has come, if anything was done about it.
    #[must_use]
    pub fn status(&self) -> Option<NeedStatus> {
        self.steps.last().map(|(step, _)| step.status)
    }
}

/// All needs by key.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(transparent)]
pub(super) struct Needs(pub(super) BTreeMap<RecordKey, Need>);

impl Needs {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::NeedDeclared(e) => {
                self.0.insert(
                    e.need.clone(),
                    Need { declared: e.clone(), noted, steps: Vec::new(), resolved: None },
                );
            }
            Event::NeedStatusChanged(e) => {
                if let Some(need) = self.0.get_mut(&e.need) {
                    need.steps.push((e.clone(), noted));
                }
            }
            Event::NeedResolved(e) => {
                if let Some(need) = self.0.get_mut(&e.need) {
                    need.resolved = Some((e.clone(), noted));
                }
            }
            _ => {}
        }
    }
}
