//! Needs (诉求) and what became of them.

use std::collections::BTreeMap;

use jinqiao_events::kinds::visit::{NeedDeclared, NeedResolved};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::Recorded;
use serde::Serialize;

use crate::register::Noted;

/// One need.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Need {
    /// What was declared.
    pub declared: NeedDeclared,
    /// When and where.
    pub noted: Noted,
    /// How it ended, if it did.
    pub resolved: Option<(NeedResolved, Noted)>,
}

/// All needs by key.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Needs(pub(super) BTreeMap<RecordKey, Need>);

impl Needs {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::NeedDeclared(e) => {
                self.0.insert(e.need.clone(), Need { declared: e.clone(), noted, resolved: None });
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
