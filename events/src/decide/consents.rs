//! Consent (同意与撤回): data goes out on consent only while every person concerned has given it, and what was
//! erased is not erased again.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::Event;
use crate::kinds::privacy::{Basis, DataShared, Purpose};
use crate::log::Recorded;
use crate::value::ids::PersonId;

/// Who agreed to what, and whose data was erased.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Consents {
    given: Layered<(PersonId, Purpose), bool>,
    erased: Layered<PersonId, ()>,
}

impl Rule for Consents {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, _registry: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::DataShared(event) => self.may_share(event),
            Event::PersonalDataErased(event) if self.erased.contains(&event.person) => {
                Err(Refusal::conflict(
                    "already_erased",
                    "/body/person",
                    "此人的个人信息已经删除",
                    "this person's data was erased already",
                ))
            }
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        match &recorded.event {
            Event::ConsentChanged(event) => self.given.insert((event.person, event.purpose), event.given),
            Event::PersonalDataErased(event) => self.erased.insert(event.person, ()),
            _ => {}
        }
    }

    layers! { given, erased }
}

impl Consents {
    fn may_share(&self, event: &DataShared) -> Result<(), Refusal> {
        if event.basis == Basis::NoPersonalData && !event.persons.is_empty() {
            return Err(Refusal::invalid(
                "basis_wrong",
                "/body/basis",
                "列有人员，就不是“不含个人信息”；请改正依据",
                "persons are listed, so it is not free of personal data; mend the ground",
            ));
        }
        if event.basis == Basis::Consent && event.persons.is_empty() {
            return Err(Refusal::invalid(
                "persons_missing",
                "/body/persons",
                "以单独同意为依据，请列出所涉人员编号",
                "with consent as ground, list the persons concerned",
            ));
        }
        let unwilling = event.persons.iter().enumerate().find(|(_, person)| {
            self.erased.contains(*person)
                || (event.basis == Basis::Consent
                    && self.given.get(&(**person, Purpose::Sharing)) != Some(&true))
        });
        match unwilling {
            None => Ok(()),
            Some((index, _)) => Err(Refusal::conflict(
                "consent_missing",
                &format!("/body/persons/{index}"),
                "此人没有同意向其他单位提供，或已撤回、已删除；请先取得单独同意",
                "this person has not agreed to sharing, took it back, or was erased; obtain consent first",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{event, given, person};
    use super::*;

    fn consent(n: u128, purpose: &str, yes: bool) -> Event {
        let body = format!(r#"{{"person":"{}","purpose":"{purpose}","given":{yes}}}"#, person(n));
        event("consent_changed", &body)
    }

    fn shared(basis: &str, persons: &[u128]) -> Event {
        let persons: Vec<String> = persons.iter().map(|n| person(*n).to_string()).collect();
        let body = serde_json::json!({
            "recipient": "某商会", "purpose": "sharing", "basis": basis, "subject": "名单",
            "persons": persons, "rows": 1,
        });
        event("data_shared", &body.to_string())
    }

    #[test]
    fn data_goes_out_on_consent_only_while_everyone_has_given_it() {
        let yes = || vec![consent(1, "sharing", true), consent(2, "matchmaking", true)];
        given(yes()).when(shared("consent", &[1])).then_recorded(|_| {});
        given(yes()).when(shared("consent", &[1, 2])).then_refused_at("consent_missing", "/body/persons/1");
        given([yes(), vec![consent(1, "sharing", false)]].concat())
            .when(shared("consent", &[1]))
            .then_refused("consent_missing");
        given(yes()).when(shared("consent", &[])).then_refused_at("persons_missing", "/body/persons");
        given([]).when(shared("legal_duty", &[1])).then_recorded(|_| {});
        given([]).when(shared("no_personal_data", &[])).then_recorded(|_| {});
        given([]).when(shared("no_personal_data", &[1])).then_refused_at("basis_wrong", "/body/basis");
    }

    #[test]
    fn what_was_erased_is_neither_shared_nor_erased_again() {
        let erased =
            || event("personal_data_erased", &format!(r#"{{"person":"{}","reason":"本人要求"}}"#, person(1)));
        given([]).when(erased()).then_recorded(|_| {});
        given([erased()]).when(erased()).then_refused_at("already_erased", "/body/person");
        given([erased()]).when(shared("legal_duty", &[1])).then_refused("consent_missing");
    }
}
