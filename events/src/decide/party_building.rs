//! Party building (党建): organisations stand below known ones, numbers are of somebody.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;

/// The party organisations known.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct PartyBuilding {
    orgs: Layered<RecordKey, ()>,
}

impl Rule for PartyBuilding {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::PartyOrgEstablished(event) => self.known("parent", event.parent.as_ref()),
            Event::PartyActivityHeld(event) => self.known("party_org", event.party_org.as_ref()),
            Event::SecretaryStudioOpened(event) => {
                roll.required_chamber("chamber", &event.chamber)?;
                self.known("party_org", event.party_org.as_ref())
            }
            Event::InstructorDispatched(event) => {
                roll.required_chamber("chamber", &event.chamber)?;
                self.known("party_org", event.party_org.as_ref())
            }
            Event::ActivistsTrained(event) => some("count", Some(event.count)),
            Event::PartyContentPublished(event) => some("items", event.items),
            _ => Ok(()),
        }
    }

    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        if let Event::PartyOrgEstablished(event) = &recorded.event {
            self.orgs.insert(event.party_org.clone(), ());
        }
    }

    layers! { orgs }
}

impl PartyBuilding {
    fn known(&self, field: &str, org: Option<&RecordKey>) -> Result<(), Refusal> {
        match org.filter(|org| !self.orgs.contains(*org)) {
            None => Ok(()),
            Some(org) => Err(Refusal::missing(
                "party_org_unknown",
                &format!("/body/{field}"),
                format!("没有登记过党组织「{org}」；请先登记成立，或核对编号"),
                format!("no party organisation {org} was established; record it first, or check its key"),
            )),
        }
    }
}

fn some(field: &str, number: Option<u32>) -> Result<(), Refusal> {
    if number != Some(0) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "count_zero",
        &format!("/body/{field}"),
        "数量为零；请填写实际数量",
        "the number is zero; state how many",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, enterprise, event, given, org, person};
    use super::*;

    fn established(key: &str, rest: &str) -> Event {
        event(
            "party_org_established",
            &format!(r#"{{"party_org":"{key}","title":"支部","level":"branch"{rest}}}"#),
        )
    }

    #[test]
    fn a_party_organisation_stands_below_a_known_one() {
        let below = || established("支部", r#","parent":"党委""#);
        given([]).when(below()).then_refused_at("party_org_unknown", "/body/parent");
        given([established("党委", "")]).when(below()).then_recorded(|_| {});
    }

    #[test]
    fn studios_and_instructors_are_at_chambers() {
        let story = || vec![chamber("C"), enterprise("A")];
        for (kind, rest) in [
            ("secretary_studio_opened", r#","title":"工作室""#.to_owned()),
            ("instructor_dispatched", format!(r#","person":"{}""#, person(1))),
        ] {
            let at = |party: &str, rest: &str| {
                given(story()).when(event(kind, &format!(r#"{{"chamber":"{}"{rest}}}"#, org(party))))
            };
            at("C", &rest).then_recorded(|_| {});
            at("A", &rest).then_refused("not_a_chamber");
            at("C", &format!(r#"{rest},"party_org":"无此支部""#)).then_refused("party_org_unknown");
        }
    }

    #[test]
    fn a_number_is_of_somebody() {
        let trained =
            |count: u32| event("activists_trained", &format!(r#"{{"party_training":"T","count":{count}}}"#));
        given([]).when(trained(1)).then_recorded(|_| {});
        given([]).when(trained(0)).then_refused_at("count_zero", "/body/count");
        let none = r#"{"title":"专栏","channel":"website","items":0}"#;
        given([]).when(event("party_content_published", none)).then_refused_at("count_zero", "/body/items");
    }
}
