//! Corrections (更正、作废): which event may be replaced or struck out.
//!
//! This rule only decides. What a void or correction means for the state of the other rules comes from a
//! rebuild of that state from the log, which the desk does afterwards.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Registry, Rule};
use crate::kinds::correction::EventCorrected;
use crate::kinds::{BodyError, Event, Kind};
use crate::log::Recorded;
use crate::value::ids::{EventId, PartyId};

/// What was recorded under each id.
#[derive(Debug, Default)]
pub struct Corrections {
    events: Layered<EventId, Fate>,
    /// The party that an event of registration brought into the register.
    registered: Layered<EventId, PartyId>,
}

#[derive(Debug, Clone, Copy)]
struct Fate {
    kind: Kind,
    voided: bool,
}

impl Rule for Corrections {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, registry: &Registry) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::EventVoided(event) => self.changeable(event.event).map(drop),
            Event::EventCorrected(event) => self.may_correct(event, registry),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Registry) {
        self.events.insert(recorded.id, Fate { kind: recorded.event.kind(), voided: false });
        match &recorded.event {
            Event::OrgRegistered(event) => self.registered.insert(recorded.id, event.identifier.party_id()),
            Event::EventVoided(event) => {
                if let Some(fate) = self.events.get(&event.event).copied() {
                    self.events.insert(event.event, Fate { voided: true, ..fate });
                }
            }
            _ => {}
        }
    }

    layers!(events, registered);
}

impl Corrections {
    /// The kind of an event that may be voided or corrected.
    fn changeable(&self, id: EventId) -> Result<Kind, Refusal> {
        let fate = self.events.get(&id).ok_or_else(|| {
            Refusal::missing(
                "event_unknown",
                "/body/event",
                format!("没有编号为 {id} 的记录；请核对编号"),
                format!("no event {id} was recorded; check its id"),
            )
        })?;
        if fate.voided {
            return Err(Refusal::conflict(
                "event_voided",
                "/body/event",
                "该记录已作废，不能再更正或作废；如仍有效，请重新登记",
                "the event was voided and can no longer be changed; record it anew if it holds after all",
            ));
        }
        if matches!(fate.kind, Kind::EventCorrected | Kind::EventVoided) {
            return Err(Refusal::conflict(
                "not_correctable",
                "/body/event",
                "更正与作废本身不能再更正或作废；请对原记录再作一次更正，或重新登记",
                "a correction or void cannot itself be changed; correct the original again, or record it anew",
            ));
        }
        Ok(fate.kind)
    }

    /// Reads the right body as the kind that it corrects, and leaves it in today's shape with its parties
    /// resolved, as if it had been recorded so.
    fn may_correct(&self, event: &mut EventCorrected, registry: &Registry) -> Result<(), Refusal> {
        let kind = self.changeable(event.event)?;
        let mut right = kind.decode(kind.version(), &event.body.to_string()).map_err(within_body)?;
        registry.resolve_parties(&mut right).map_err(|refusal| Refusal { pointer: nested(&refusal.pointer), ..refusal })?;
        if let Event::OrgRegistered(registration) = &right
            && self.registered.get(&event.event) != Some(&registration.identifier.party_id())
        {
            return Err(Refusal::conflict(
                "identifier_fixed",
                "/body/body/identifier",
                "更正登记时不能换标识，主体编号由它而来；请补充标识，或作废后重新登记",
                "a registration keeps its identifier, for the party's id comes from it; add one, or void and register anew",
            ));
        }
        event.body = right.body_json().and_then(|body| serde_json::from_str(&body)).map_err(|error| {
            within_body(BodyError { pointer: "/body".to_owned(), reason: error.to_string() })
        })?;
        Ok(())
    }
}

/// The place in the correction of a place in the corrected event.
fn nested(pointer: &str) -> String {
    format!("/body{pointer}")
}

fn within_body(error: BodyError) -> Refusal {
    BodyError { pointer: nested(&error.pointer), reason: error.reason }.into()
}
