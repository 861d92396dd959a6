//! The united-front channel (联络员、直通车): who may be liaison officer, and the life of a suggestion.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::identity::Role;
use crate::kinds::united_front::{
    LiaisonOfficerAppointed, Qualification, SuggestionStatus, SuggestionStatusChanged, SuggestionSubmitted,
};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::ids::{PartyId, PersonId};
use crate::value::occurred::Occurred;
use crate::value::party_ref::PartyRef;

/// Offices held by persons, liaison officers, and how far suggestions have come.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Liaison {
    offices: Layered<(PartyId, PersonId, Role), ()>,
    officers: Layered<PartyId, PersonId>,
    /// Status (none yet: just submitted) and its date.
    suggestions: Layered<RecordKey, (Option<SuggestionStatus>, Occurred)>,
}

impl Rule for Liaison {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::LiaisonOfficerAppointed(event) => self.may_appoint(event, roll),
            Event::SuggestionSubmitted(event) => self.may_submit(event, roll),
            Event::SuggestionStatusChanged(event) => self.may_change(event, draft.occurred),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll) {
        match &recorded.event {
            Event::RoleAssigned(event) => {
                if let (Some(chamber), Some(person)) = (roll.entry_of(&event.organisation), event.person) {
                    self.offices.insert((chamber, person, event.role), ());
                }
            }
            Event::RoleEnded(event) => {
                if let Some(person) = event.person {
                    self.end(&event.organisation, person, event.role, roll);
                }
            }
            Event::LiaisonOfficerAppointed(event) => {
                if let Some(chamber) = roll.entry_of(&event.chamber) {
                    self.officers.insert(chamber, event.person);
                }
            }
            Event::SuggestionSubmitted(event) => {
                self.suggestions.insert(event.suggestion.clone(), (None, recorded.occurred));
            }
            Event::SuggestionStatusChanged(event) => {
                self.suggestions.insert(event.suggestion.clone(), (Some(event.status), recorded.occurred));
            }
            _ => {}
        }
    }

    layers! { offices, officers, suggestions }
}

impl Liaison {
    fn end(&mut self, organisation: &PartyRef, person: PersonId, role: Role, roll: &Roll) {
        let Some(chamber) = roll.entry_of(organisation) else { return };
        for entry in roll.entries_of(chamber) {
            self.offices.remove((entry, person, role));
            if role == Role::LiaisonOfficer && self.officers.get(&entry) == Some(&person) {
                self.officers.remove(entry);
            }
        }
    }

    fn holds(&self, chamber: PartyId, person: PersonId, role: Role, roll: &Roll) -> bool {
        roll.entries_of(chamber).into_iter().any(|entry| self.offices.contains(&(entry, person, role)))
    }

    fn officer(&self, chamber: PartyId, roll: &Roll) -> Option<PersonId> {
        roll.entries_of(chamber).into_iter().find_map(|entry| self.officers.get(&entry).copied())
    }

    fn may_appoint(&self, event: &LiaisonOfficerAppointed, roll: &Roll) -> Result<(), Refusal> {
        let chamber = roll.required_chamber("chamber", &event.chamber)?;
        let role = match event.qualification {
            Qualification::PartySecretary => Role::PartySecretary,
            Qualification::SecretaryGeneral => Role::SecretaryGeneral,
        };
        if !self.holds(chamber, event.person, role, roll) {
            return Err(Refusal::conflict(
                "liaison_unqualified",
                "/body/qualification",
                "联络员须由商会党组织书记或秘书长中的中共党员担任，而此人没有该任职记录；请先登记其任职，或改选",
                "a liaison officer is the chamber's party secretary or secretary general, and no such office of this person is recorded; record it first",
            ));
        }
        if self.officer(chamber, roll).is_some() {
            return Err(Refusal::conflict(
                "liaison_exists",
                "/body/chamber",
                "每家商会设1名联络员，该商会已有一名；如为更换，请先登记原联络员卸任（role_ended, liaison_officer）",
                "a chamber has one liaison officer and this one has; record role_ended (liaison_officer) of the former first",
            ));
        }
        Ok(())
    }

    fn may_submit(&self, event: &SuggestionSubmitted, roll: &Roll) -> Result<(), Refusal> {
        let chamber = roll.required_chamber("chamber", &event.chamber)?;
        let officer = self.officer(chamber, roll);
        if event.person.is_none_or(|person| officer == Some(person)) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "not_liaison_officer",
            "/body/person",
            "提交人不是这个商会的联络员；请核对人员，或先登记选定联络员",
            "the person is not the chamber's liaison officer; check the person, or record the appointment first",
        ))
    }

    fn may_change(&self, event: &SuggestionStatusChanged, occurred: Occurred) -> Result<(), Refusal> {
        let Some((now, since)) = self.suggestions.get(&event.suggestion) else {
            return Err(Refusal::missing(
                "suggestion_unknown",
                "/body/suggestion",
                format!("没有登记过建议「{}」；请先登记提交，或核对编号", event.suggestion),
                format!(
                    "no suggestion {} was submitted; record it first, or check its key",
                    event.suggestion
                ),
            ));
        };
        if !follows(*now, event.status) {
            return Err(Refusal::conflict(
                "suggestion_status",
                "/body/status",
                "办理状态只能向前：提交后受理或不予受理，受理后可交办（可转办），再办结、反馈、评价",
                "a suggestion goes forward only: accepted or rejected, then assigned, resolved, answered, rated",
            ));
        }
        if occurred.last_day() < since.first_day() {
            return Err(Refusal::invalid(
                "date_backwards",
                "/occurred",
                format!("日期早于上一步的 {since}；请核对"),
                format!("the date is before that of the step before, {since}; check it"),
            ));
        }
        if event.satisfied.is_some() && event.status != SuggestionStatus::Rated {
            return Err(Refusal::invalid(
                "rating_early",
                "/body/satisfied",
                "是否满意只在评价时填写",
                "whether the chamber was satisfied is said with the rating",
            ));
        }
        Ok(())
    }
}

/// Whether one status may follow the other: the life cycle of a suggestion.
const fn follows(now: Option<SuggestionStatus>, next: SuggestionStatus) -> bool {
    use SuggestionStatus as S;
    matches!(
        (now, next),
        (None, S::Accepted | S::Rejected)
            | (Some(S::Accepted | S::Assigned), S::Assigned | S::Resolved)
            | (Some(S::Resolved), S::Answered)
            | (Some(S::Answered), S::Rated)
    )
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, draft, enterprise, event, given, id, merged, org, person};
    use super::*;

    fn role(kind: &str, role: &str, n: u128) -> Event {
        let body = format!(r#"{{"organisation":"{}","role":"{role}","person":"{}"}}"#, org("C"), person(n));
        event(kind, &body)
    }

    fn appointed(chamber: &str, n: u128, qualification: &str) -> Event {
        let body = format!(
            r#"{{"chamber":"{}","person":"{}","qualification":"{qualification}"}}"#,
            org(chamber),
            person(n)
        );
        event("liaison_officer_appointed", &body)
    }

    fn town() -> Vec<Event> {
        vec![chamber("C"), chamber("D"), enterprise("A"), role("role_assigned", "party_secretary", 1)]
    }

    fn submitted(rest: &str) -> Event {
        let body = format!(r#"{{"suggestion":"S","chamber":"{}","text":"建议"{rest}}}"#, org("C"));
        event("suggestion_submitted", &body)
    }

    fn status(status: &str) -> Event {
        event("suggestion_status_changed", &format!(r#"{{"suggestion":"S","status":"{status}"}}"#))
    }

    #[test]
    fn an_officer_holds_the_office_that_qualifies_in_that_chamber_at_that_time() {
        given(town()).when(appointed("C", 1, "party_secretary")).then_recorded(|_| {});
        given(town())
            .when(appointed("C", 1, "secretary_general"))
            .then_refused_at("liaison_unqualified", "/body/qualification");
        given(town()).when(appointed("C", 2, "party_secretary")).then_refused("liaison_unqualified");
        given(town()).when(appointed("D", 1, "party_secretary")).then_refused("liaison_unqualified");
        given(town()).when(appointed("A", 1, "party_secretary")).then_refused("not_a_chamber");
        given([town(), vec![role("role_ended", "party_secretary", 1)]].concat())
            .when(appointed("C", 1, "party_secretary"))
            .then_refused("liaison_unqualified");
        given([town(), vec![merged("C", "D")]].concat())
            .when(appointed("D", 1, "party_secretary"))
            .then_recorded(|_| {});
    }

    #[test]
    fn a_chamber_has_one_officer_at_a_time() {
        let story = [
            town(),
            vec![role("role_assigned", "secretary_general", 2), appointed("C", 1, "party_secretary")],
        ]
        .concat();
        let second = || appointed("C", 2, "secretary_general");
        given(story.clone()).when(second()).then_refused_at("liaison_exists", "/body/chamber");
        given([story, vec![role("role_ended", "liaison_officer", 1)]].concat())
            .when(second())
            .then_recorded(|_| {});
    }

    #[test]
    fn a_suggestion_comes_from_the_chamber_or_its_officer() {
        let by = |n: u128| submitted(&format!(r#","person":"{}""#, person(n)));
        let story = [town(), vec![appointed("C", 1, "party_secretary")]].concat();
        given(story.clone()).when(submitted("")).then_recorded(|_| {});
        given(story.clone()).when(by(1)).then_recorded(|_| {});
        given(story).when(by(2)).then_refused_at("not_liaison_officer", "/body/person");
    }

    #[test]
    fn a_suggestion_walks_its_life_and_never_back() {
        let all = ["accepted", "rejected", "assigned", "resolved", "answered", "rated"];
        let walks: &[(&[&str], &[&str])] = &[
            (&[], &["accepted", "rejected"]),
            (&["accepted"], &["assigned", "resolved"]),
            (&["rejected"], &[]),
            (&["accepted", "assigned"], &["assigned", "resolved"]),
            (&["accepted", "resolved"], &["answered"]),
            (&["accepted", "assigned", "resolved", "answered"], &["rated"]),
            (&["accepted", "resolved", "answered", "rated"], &[]),
        ];
        for (walk, open) in walks {
            let mut story = vec![chamber("C"), submitted("")];
            story.extend(walk.iter().map(|step| status(step)));
            for next in all {
                let answer = given(story.clone()).when(status(next));
                if open.contains(&next) {
                    answer.then_recorded(|_| {});
                } else {
                    answer.then_refused_at("suggestion_status", "/body/status");
                }
            }
        }
        given([]).when(status("accepted")).then_refused_at("suggestion_unknown", "/body/suggestion");
    }

    #[test]
    fn a_step_is_not_before_the_one_before_and_a_rating_is_said_with_it() {
        let dated = |date: &str| {
            let mut draft = draft(id(9), status("accepted"));
            draft.occurred = date.parse().unwrap();
            given([chamber("C"), submitted("")]).when_draft(draft)
        };
        dated("2018-08-15").then_refused_at("date_backwards", "/occurred");
        dated("2018-08").then_recorded(|_| {});
        let early = r#"{"suggestion":"S","status":"accepted","satisfied":true}"#;
        given([chamber("C"), submitted("")])
            .when(event("suggestion_status_changed", early))
            .then_refused_at("rating_early", "/body/satisfied");
    }
}
