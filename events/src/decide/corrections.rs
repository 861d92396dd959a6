//! Corrections (更正、作废): which event may be replaced or struck out.
//!
//! This rule only decides. What a void or correction means for the state of the other rules comes from a
//! rebuild of that state from the log, which the desk does afterwards.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::correction::{CorrectionProposed, EventCorrected};
use crate::kinds::{BodyError, Event, INVALID_BODY, Kind};
use crate::log::Recorded;
use crate::value::ids::{EventId, PartyId};

/// What was recorded under each id.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Corrections {
    events: Layered<EventId, Kind>,
    /// Kept apart: after a rebuild a voided event is not among `events`, only the void is.
    voided: Layered<EventId, ()>,
    /// The party that an event of registration brought into the register.
    registered: Layered<EventId, PartyId>,
}

impl Rule for Corrections {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::EventVoided(event) => self.changeable(event.event).map(drop),
            Event::EventCorrected(event) => self.may_correct(event, roll),
            Event::CorrectionProposed(event) => self.may_propose(event),
            Event::CorrectionDeclined(event) => self.may_decline(event.proposal),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        self.events.insert(recorded.id, recorded.event.kind());
        match &recorded.event {
            Event::OrgRegistered(event) => self.registered.insert(recorded.id, event.identifier.party_id()),
            Event::EventVoided(event) => self.voided.insert(event.event, ()),
            _ => {}
        }
    }

    layers! { events, voided, registered }
}

impl Corrections {
    pub(super) fn is_changeable(&self, id: EventId) -> bool {
        self.changeable(id).is_ok()
    }

    pub(super) fn is_voided(&self, id: EventId) -> bool {
        self.voided.contains(&id)
    }

    fn changeable(&self, id: EventId) -> Result<Kind, Refusal> {
        if self.voided.contains(&id) {
            return Err(Refusal::conflict(
                "event_voided",
                "/body/event",
                "该记录已作废，不能再更正或作废；如仍有效，请重新登记",
                "the event was voided and can no longer be changed; record it anew if it holds after all",
            ));
        }
        let kind = *self.events.get(&id).ok_or_else(|| {
            Refusal::missing(
                "event_unknown",
                "/body/event",
                format!("没有编号为 {id} 的记录；请核对编号"),
                format!("no event {id} was recorded; check its id"),
            )
        })?;
        if matches!(kind, Kind::EventCorrected | Kind::EventVoided | Kind::StoreHealed | Kind::LossAccepted) {
            return Err(Refusal::conflict(
                "not_correctable",
                "/body/event",
                "更正、作废与系统自己的记录不能再更正或作废；请对原记录再作一次更正，或重新登记",
                "corrections, voids and what the program says cannot be changed; correct the original again, or record it anew",
            ));
        }
        Ok(kind)
    }

    /// A proposal names an event that can be corrected, and a body of its kind. Whether the correction itself
    /// would pass is asked when a person decides for it.
    fn may_propose(&self, event: &CorrectionProposed) -> Result<(), Refusal> {
        let kind = self.changeable(event.event)?;
        let version = event.version.unwrap_or_else(|| kind.version());
        kind.decode(version, &event.body.to_string()).map(drop).map_err(within_body)
    }

    fn may_decline(&self, proposal: EventId) -> Result<(), Refusal> {
        if self.events.get(&proposal) == Some(&Kind::CorrectionProposed) {
            return Ok(());
        }
        Err(Refusal::missing(
            "proposal_unknown",
            "/body/proposal",
            format!("没有编号为 {proposal} 的更正建议；请核对编号"),
            format!("no correction {proposal} was proposed; check its id"),
        ))
    }

    /// Reads the right body as the kind that it corrects, and leaves it in today's shape with its parties
    /// resolved, as if it had been recorded so.
    fn may_correct(&self, event: &mut EventCorrected, roll: &Roll) -> Result<(), Refusal> {
        let kind = self.changeable(event.event)?;
        let mut right = right_event(kind, event)?;
        roll.resolve_parties(&mut right)
            .map_err(|refusal| Refusal { pointer: nested(&refusal.pointer), ..refusal })?;
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
        event.version = Some(kind.version());
        event.body = right.body_json().and_then(|body| serde_json::from_str(&body)).map_err(|error| {
            within_body(BodyError {
                code: INVALID_BODY,
                pointer: "/body".to_owned(),
                reason: error.to_string(),
            })
        })?;
        Ok(())
    }
}

/// The event that a correction puts in place of one of that kind, in today's shape.
///
/// # Errors
/// When its body does not fit the kind; the pointer is that in the correction.
pub(super) fn right_event(kind: Kind, correction: &EventCorrected) -> Result<Event, Refusal> {
    let version = correction.version.unwrap_or_else(|| kind.version());
    kind.decode(version, &correction.body.to_string()).map_err(within_body)
}

/// The place in the correction of a place in the corrected event.
pub(super) fn nested(pointer: &str) -> String {
    format!("/body{pointer}")
}

fn within_body(error: BodyError) -> Refusal {
    BodyError { pointer: nested(&error.pointer), ..error }.into()
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, draft, enterprise, event, given, id, joined, org, recorded};
    use super::super::{Rules, scenario};
    use super::*;

    /// Events 1 and 2 register a chamber and an enterprise, 3 makes it a member.
    fn story() -> Vec<Event> {
        vec![chamber("C"), enterprise("A"), joined("C", "A")]
    }

    fn voided(n: u128) -> Event {
        event("event_voided", &format!(r#"{{"event":"{}","reason":"重复"}}"#, id(n)))
    }

    fn corrected(n: u128, body: &str) -> Event {
        event("event_corrected", &format!(r#"{{"event":"{}","reason":"误记","body":{body}}}"#, id(n)))
    }

    fn membership(chamber: &str, member: &str) -> String {
        format!(r#"{{"chamber":"{chamber}","member":"{member}","level":"council"}}"#)
    }

    fn registration(code: &str) -> String {
        format!(r#"{{"name":"新名","kind":"enterprise","identifier":"{}"}}"#, org(code))
    }

    #[test]
    fn a_recorded_event_is_voided_once() {
        given(story()).when(voided(3)).then_recorded(|_| {});
        given(story()).when(voided(9)).then_refused_at("event_unknown", "/body/event");
        given([story(), vec![voided(3)]].concat())
            .when(voided(3))
            .then_refused_at("event_voided", "/body/event");
    }

    #[test]
    fn a_recorded_event_is_corrected_until_it_is_voided() {
        let right = corrected(3, &membership(&org("C"), &org("A")));
        given(story()).when(right.clone()).then_recorded(|_| {});
        given([story(), vec![right.clone()]].concat()).when(right.clone()).then_recorded(|_| {});
        given([story(), vec![right.clone()]].concat()).when(voided(3)).then_recorded(|_| {});
        given([story(), vec![voided(3)]].concat()).when(right).then_refused("event_voided");
        given(story()).when(corrected(9, "{}")).then_refused_at("event_unknown", "/body/event");
    }

    #[test]
    fn a_correction_or_void_is_not_itself_changed() {
        let right = corrected(3, &membership(&org("C"), &org("A")));
        for event in [right, voided(3)] {
            let story = [story(), vec![event]].concat();
            given(story.clone()).when(voided(4)).then_refused_at("not_correctable", "/body/event");
            given(story).when(corrected(4, "{}")).then_refused_at("not_correctable", "/body/event");
        }
    }

    #[test]
    fn the_right_body_fits_the_kind_that_it_corrects() {
        given(story())
            .when(corrected(3, r#"{"chamber":"商会C","member":"企业A","level":"emperor"}"#))
            .then_refused_at("invalid_body", "/body/body/level");
        given(story()).when(corrected(3, r#"{"chamber":"商会C"}"#)).then_refused("invalid_body");
        given(story())
            .when(corrected(3, &membership(&org("X"), &org("A"))))
            .then_refused_at("party_unknown", "/body/body/chamber");
    }

    #[test]
    fn the_parties_of_the_right_body_are_resolved() {
        given(story()).when(corrected(3, &membership("商会C", &org("A")))).then_recorded(|event| {
            let Event::EventCorrected(correction) = event else { panic!("{event:?}") };
            let party = |code: &str| {
                let identifier: crate::value::identifier::Identifier = org(code).parse().unwrap();
                identifier.party_id().to_string()
            };
            assert_eq!(correction.body["chamber"], party("C").as_str());
            assert_eq!(correction.body["member"], party("A").as_str());
        });
    }

    #[test]
    fn a_corrected_registration_keeps_its_identifier() {
        given(story()).when(corrected(2, &registration("A"))).then_recorded(|_| {});
        given(story())
            .when(corrected(2, &registration("B")))
            .then_refused_at("identifier_fixed", "/body/body/identifier");
    }

    #[test]
    fn a_proposal_names_an_event_that_can_be_corrected_and_a_body_of_its_kind() {
        let proposed = |n: u128, body: &str| {
            event("correction_proposed", &format!(r#"{{"event":"{}","reason":"名册","body":{body}}}"#, id(n)))
        };
        let declined =
            |n: u128| event("correction_declined", &format!(r#"{{"proposal":"{}","reason":"有误"}}"#, id(n)));
        let body = membership(&org("C"), &org("A"));
        given(story()).when(proposed(3, &body)).then_recorded(|_| {});
        given(story()).when(proposed(9, &body)).then_refused("event_unknown");
        given(story()).when(proposed(3, r#"{"chamber":"商会C"}"#)).then_refused("invalid_body");
        let story = [story(), vec![proposed(3, &body)]].concat();
        given(story.clone()).when(declined(4)).then_recorded(|_| {});
        given(story).when(declined(3)).then_refused_at("proposal_unknown", "/body/proposal");
    }

    #[test]
    fn a_void_is_remembered_where_the_voided_event_is_not_replayed() {
        let mut rules = Rules::default();
        rules.evolve(&recorded(&draft(id(1), chamber("C"))));
        assert!(rules.is_correctable(id(1)) && !rules.is_voided(id(1)));
        let mut rules = Rules::default();
        rules.evolve(&recorded(&draft(id(2), voided(1))));
        assert!(!rules.is_correctable(id(1)) && rules.is_voided(id(1)));
        let refusal =
            rules.decide(scenario::draft(id(3), voided(1)), jiff::Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(refusal.code, "event_voided");
    }
}
