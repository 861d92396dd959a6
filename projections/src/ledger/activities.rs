//! Activities (活动) and delegations (考察).

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::activity::{ActivityHeld, AttendanceRecorded};
use jinqiao_events::kinds::visit::DelegationVisited;
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::ids::PersonId;
use serde::Serialize;

use crate::register::{Face, Noted, Register};

/// What was held: the event as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Held {
    /// The event.
    pub event: ActivityHeld,
    /// When and where.
    pub noted: Noted,
}

/// One activity and who came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Activity {
    /// What was held; absent when only its attendance is in the log (the event was voided).
    pub held: Option<Held>,
    /// 人次: attendances recorded.
    pub attendances: Vec<Position>,
    /// 缺席: expected and absent.
    pub no_shows: Vec<Position>,
    organisations: BTreeSet<Face>,
    persons: BTreeSet<PersonId>,
}

impl Activity {
    /// 家: the distinct organisations that came, as what they read now; names without a party count as themselves.
    #[must_use]
    pub fn organisations(&self, register: &Register) -> BTreeSet<Face> {
        self.organisations.iter().map(|face| register.reading(face)).collect()
    }

    /// 人: the distinct persons that came.
    #[must_use]
    pub const fn persons(&self) -> &BTreeSet<PersonId> {
        &self.persons
    }

    fn attend(&mut self, event: &AttendanceRecorded, position: Position) {
        self.attendances.push(position);
        self.organisations.extend(event.organisation.as_ref().map(Face::of));
        self.persons.extend(event.person);
    }
}

/// One delegation, as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Delegation {
    /// The event.
    pub event: DelegationVisited,
    /// When and where.
    pub noted: Noted,
}

/// Activities and delegations by key.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub(super) struct Activities {
    pub(super) activities: BTreeMap<RecordKey, Activity>,
    pub(super) delegations: BTreeMap<RecordKey, Vec<Delegation>>,
}

impl Activities {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let (noted, position) = (Noted::of(recorded), recorded.position);
        match &recorded.event {
            Event::ActivityHeld(e) => self.of(&e.activity).held = Some(Held { event: e.clone(), noted }),
            Event::AttendanceRecorded(e) => self.of(&e.activity).attend(e, position),
            Event::NoShowRecorded(e) => self.of(&e.activity).no_shows.push(position),
            Event::DelegationVisited(e) => {
                let delegation = Delegation { event: e.clone(), noted };
                self.delegations.entry(e.delegation.clone()).or_default().push(delegation);
            }
            _ => {}
        }
    }

    fn of(&mut self, key: &RecordKey) -> &mut Activity {
        self.activities.entry(key.clone()).or_default()
    }
}
