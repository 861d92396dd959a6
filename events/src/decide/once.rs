//! Keys that stand for one thing: an offer, a text, a report, a welfare activity is recorded once under its key.
//!
//! A kind whose key has this meaning is one line in `own_key`. Kinds whose keys other rules refer to
//! (activities, projects, needs …) have rules of their own.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::{Event, Kind, RecordKey};
use crate::log::Recorded;

/// The keys used, by kind: each kind has a class of its own.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Once {
    used: Layered<(Kind, RecordKey), ()>,
}

/// A key as its kind names it.
struct Own<'a> {
    field: &'static str,
    code: &'static str,
    zh: &'static str,
    key: &'a RecordKey,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
fn own_key(event: &Event) -> Option<Own<'_>> {
    let (field, code, zh, key) = match event {
        Event::SupplyOffered(event) => ("supply", "supply_exists", "供给", &event.supply),
        Event::DemandPosted(event) => ("demand", "demand_exists", "需求", &event.demand),
        Event::RegulationIssued(event) => ("regulation", "regulation_exists", "制度", &event.regulation),
        Event::ReportPublished(event) => ("report", "report_exists", "报告", &event.report),
        Event::ClaimPublished(event) => ("claim", "claim_exists", "公开表述", &event.claim),
        Event::PartyOrgEstablished(event) => ("party_org", "party_org_exists", "党组织", &event.party_org),
        Event::PartyActivityHeld(event) => {
            ("party_activity", "party_activity_exists", "党建活动", &event.party_activity)
        }
        Event::ActivistsTrained(event) => {
            ("party_training", "party_training_exists", "培训", &event.party_training)
        }
        Event::PolicyQuestionRaised(event) => ("question", "question_exists", "提问", &event.question),
        Event::WelfareActivityHeld(event) => {
            ("welfare_activity", "welfare_activity_exists", "公益活动", &event.welfare_activity)
        }
        Event::SuggestionSubmitted(event) => ("suggestion", "suggestion_exists", "建议", &event.suggestion),
        _ => return None,
    };
    Some(Own { field, code, zh, key })
}

impl Rule for Once {
    fn decide(&self, draft: &mut Draft, _registry: &Roll) -> Result<(), Refusal> {
        let Some(own) = own_key(&draft.event) else { return Ok(()) };
        if !self.used.contains(&(draft.event.kind(), own.key.clone())) {
            return Ok(());
        }
        let Own { field, code, zh, key } = own;
        Err(Refusal::conflict(
            code,
            &format!("/body/{field}"),
            format!("{zh}「{key}」已经登记过；同一件事不必再登，另一件事请用另一个编号"),
            format!("{field} {key} was recorded before; use another key if this is another one"),
        ))
    }

    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        if let Some(own) = own_key(&recorded.event) {
            self.used.insert((recorded.event.kind(), own.key.clone()), ());
        }
    }

    layers! { used }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, event, given, org};

    #[test]
    fn a_key_stands_for_one_thing_of_its_kind() {
        let supply = r#"{"supply":"S-1","party":"某厂","type":"asset","text":"闲置厂房"}"#;
        let demand = r#"{"demand":"S-1","party":"某厂","type":"asset","text":"求购设备"}"#;
        let suggestion = format!(r#"{{"suggestion":"S-1","chamber":"{}","text":"建议"}}"#, org("C"));
        let things = [
            ("supply_offered", supply, "supply_exists"),
            ("demand_posted", demand, "demand_exists"),
            ("regulation_issued", r#"{"regulation":"S-1","title":"办法"}"#, "regulation_exists"),
            (
                "party_org_established",
                r#"{"party_org":"S-1","title":"支部","level":"branch"}"#,
                "party_org_exists",
            ),
            ("activists_trained", r#"{"party_training":"S-1","count":3}"#, "party_training_exists"),
            (
                "welfare_activity_held",
                r#"{"welfare_activity":"S-1","title":"义诊"}"#,
                "welfare_activity_exists",
            ),
            ("policy_question_raised", r#"{"question":"S-1","text":"如何申报"}"#, "question_exists"),
            ("suggestion_submitted", &suggestion, "suggestion_exists"),
        ];
        let mut story = vec![chamber("C")];
        for (kind, body, code) in things {
            given(story.clone()).when(event(kind, body)).then_recorded(|_| {});
            story.push(event(kind, body));
            given(story.clone()).when(event(kind, body)).then_refused(code);
        }
    }
}
