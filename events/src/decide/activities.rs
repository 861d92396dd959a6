//! What was held and who came: a key stands for one activity or delegation, and nobody is counted twice.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Registry, Rule, amount_kind};
use crate::kinds::participation::ParticipationRecorded;
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::ids::{PartyId, PersonId};
use crate::value::{money::AmountKind, name, party_ref::PartyRef};

/// The activities held, the delegations that travelled, and who was recorded at which activity.
#[derive(Debug, Default)]
pub struct Activities {
    held: Layered<RecordKey, ()>,
    delegations: Layered<RecordKey, ()>,
    attendees: Layered<(RecordKey, Attendee), ()>,
}

/// Whoever is counted once at an activity.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Attendee {
    Person(PersonId),
    Organisation(PartyId),
    /// A name that means no registered party, normalised.
    Named(String),
}

impl Rule for Activities {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, registry: &Registry) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::ActivityHeld(event) if self.held.contains(&event.activity) => {
                Err(taken("activity_exists", "/body/activity", &event.activity))
            }
            Event::DelegationVisited(event) if self.delegations.contains(&event.delegation) => {
                Err(taken("delegation_exists", "/body/delegation", &event.delegation))
            }
            Event::AttendanceRecorded(event) => {
                self.may_count(&event.activity, event.organisation.as_ref(), event.person, registry)
            }
            Event::NoShowRecorded(event) => {
                self.may_count(&event.activity, event.organisation.as_ref(), event.person, registry)
            }
            Event::ParticipationRecorded(event) => may_participate(event, registry),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, registry: &Registry) {
        let (activity, organisation, person) = match &recorded.event {
            Event::ActivityHeld(event) => return self.held.insert(event.activity.clone(), ()),
            Event::DelegationVisited(event) => return self.delegations.insert(event.delegation.clone(), ()),
            Event::AttendanceRecorded(event) => (&event.activity, &event.organisation, event.person),
            Event::NoShowRecorded(event) => (&event.activity, &event.organisation, event.person),
            _ => return,
        };
        if let Some(attendee) = Attendee::of(organisation.as_ref(), person, registry) {
            self.attendees.insert((activity.clone(), attendee), ());
        }
    }

    layers!(held, delegations, attendees);
}

impl Attendee {
    fn of(organisation: Option<&PartyRef>, person: Option<PersonId>, registry: &Registry) -> Option<Self> {
        match (person, organisation) {
            (Some(person), _) => Some(Self::Person(person)),
            (None, Some(organisation)) => Some(registry.resolve(organisation).map_or_else(
                || Self::Named(name::normalise(&organisation.to_string())),
                Self::Organisation,
            )),
            (None, None) => None,
        }
    }

    /// Under what else the same attendee may have been recorded.
    fn entries(self, registry: &Registry) -> Vec<Self> {
        match self {
            Self::Organisation(id) => registry.entries_of(id).into_iter().map(Self::Organisation).collect(),
            Self::Person(_) | Self::Named(_) => vec![self],
        }
    }
}

impl Activities {
    fn may_count(
        &self,
        activity: &RecordKey,
        organisation: Option<&PartyRef>,
        person: Option<PersonId>,
        registry: &Registry,
    ) -> Result<(), Refusal> {
        if !self.held.contains(activity) {
            return Err(Refusal::missing(
                "activity_unknown",
                "/body/activity",
                format!("没有登记过活动「{activity}」；请先登记举办该活动，或核对活动编号"),
                format!("no activity {activity} was held; record it first, or check its key"),
            ));
        }
        let attendee = Attendee::of(organisation, person, registry).ok_or_else(|| {
            Refusal::invalid(
                "attendee_missing",
                "/body/organisation",
                "没有写明谁到场或缺席；请填写单位或人员编号",
                "nobody is named; give an organisation or a person id",
            )
        })?;
        let mut entries = attendee.entries(registry).into_iter();
        if entries.any(|entry| self.attendees.contains(&(activity.clone(), entry))) {
            return Err(Refusal::conflict(
                "attendance_repeated",
                if person.is_some() { "/body/person" } else { "/body/organisation" },
                "该单位或人员在这次活动中已登记过一次；如登记有误，请作废原记录",
                "this attendee was recorded at the activity before; void that record if it was wrong",
            ));
        }
        Ok(())
    }
}

fn taken(code: &'static str, pointer: &str, key: &RecordKey) -> Refusal {
    Refusal::conflict(
        code,
        pointer,
        format!("编号「{key}」已经登记过；同一件事不必再登，另一件事请用另一个编号"),
        format!("{key} was recorded before; use another key if this is another one"),
    )
}

fn may_participate(event: &mut ParticipationRecorded, registry: &Registry) -> Result<(), Refusal> {
    registry.required("party", &event.party)?;
    let amount = event.amount.as_mut();
    amount.map_or(Ok(()), |amount| amount_kind::settle(amount, [AmountKind::Participation; 2], "/body/amount"))
}
