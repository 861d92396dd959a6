//! What was held and who came: a key stands for one activity, training or delegation, nobody is counted twice, and
//! a policy question that is answered was asked.

use super::layered::{Layered, layers};
use super::whoever::Whoever;
use super::{Draft, Refusal, Roll, Rule, amount_kind};
use crate::kinds::participation::ParticipationRecorded;
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::ids::PersonId;
use crate::value::{money::AmountKind, party_ref::PartyRef};

/// The activities held, the delegations that travelled, and who was recorded at which activity.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Activities {
    held: Layered<RecordKey, ()>,
    delegations: Layered<RecordKey, ()>,
    questions: Layered<RecordKey, ()>,
    attendees: Layered<(RecordKey, Attendee), ()>,
}

/// Whoever is counted once at an activity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize)]
enum Attendee {
    Person(PersonId),
    Organisation(Whoever),
}

impl Rule for Activities {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::ActivityHeld(event) if self.held.contains(&event.activity) => {
                Err(taken("activity_exists", "/body/activity", &event.activity))
            }
            Event::ActivityPlanned(event) if self.held.contains(&event.activity) => {
                Err(taken("activity_exists", "/body/activity", &event.activity))
            }
            Event::TrainingDelivered(event) if self.held.contains(&event.activity) => {
                Err(taken("activity_exists", "/body/activity", &event.activity))
            }
            Event::PolicyQuestionRaised(event) => {
                event.activity.as_ref().map_or(Ok(()), |activity| self.must_be_held(activity))
            }
            Event::PolicyAnswered(event) => self.must_be_asked(&event.question),
            Event::DelegationVisited(event) if self.delegations.contains(&event.delegation) => {
                Err(taken("delegation_exists", "/body/delegation", &event.delegation))
            }
            Event::AttendanceRecorded(event) => {
                self.may_count(&event.activity, event.organisation.as_ref(), event.person, roll)
            }
            Event::NoShowRecorded(event) => {
                self.may_count(&event.activity, event.organisation.as_ref(), event.person, roll)
            }
            Event::ParticipationRecorded(event) => may_participate(event, roll),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll) {
        let (activity, organisation, person) = match &recorded.event {
            Event::ActivityHeld(event) => return self.held.insert(event.activity.clone(), ()),
            Event::TrainingDelivered(event) => return self.held.insert(event.activity.clone(), ()),
            Event::PolicyQuestionRaised(event) => return self.questions.insert(event.question.clone(), ()),
            Event::DelegationVisited(event) => return self.delegations.insert(event.delegation.clone(), ()),
            Event::AttendanceRecorded(event) => (&event.activity, &event.organisation, event.person),
            Event::NoShowRecorded(event) => (&event.activity, &event.organisation, event.person),
            _ => return,
        };
        if let Some(attendee) = Attendee::of(organisation.as_ref(), person, roll) {
            self.attendees.insert((activity.clone(), attendee), ());
        }
    }

    layers! { held, delegations, questions, attendees }
}

impl Attendee {
    fn of(organisation: Option<&PartyRef>, person: Option<PersonId>, roll: &Roll) -> Option<Self> {
        match (person, organisation) {
            (Some(person), _) => Some(Self::Person(person)),
            (None, Some(organisation)) => Some(Self::Organisation(Whoever::of(organisation, roll))),
            (None, None) => None,
        }
    }

    /// Under what else the same attendee may have been recorded.
    fn entries(self, roll: &Roll) -> Vec<Self> {
        match self {
            Self::Organisation(whoever) => {
                whoever.entries(roll).into_iter().map(Self::Organisation).collect()
            }
            Self::Person(_) => vec![self],
        }
    }
}

impl Activities {
    fn must_be_held(&self, activity: &RecordKey) -> Result<(), Refusal> {
        if self.held.contains(activity) {
            return Ok(());
        }
        Err(Refusal::missing(
            "activity_unknown",
            "/body/activity",
            format!("没有登记过活动「{activity}」；请先登记举办该活动，或核对活动编号"),
            format!("no activity {activity} was held; record it first, or check its key"),
        ))
    }

    fn must_be_asked(&self, question: &RecordKey) -> Result<(), Refusal> {
        if self.questions.contains(question) {
            return Ok(());
        }
        Err(Refusal::missing(
            "question_unknown",
            "/body/question",
            format!("没有登记过提问「{question}」；请先登记提问，或核对编号"),
            format!("no question {question} was raised; record it first, or check its key"),
        ))
    }

    fn may_count(
        &self,
        activity: &RecordKey,
        organisation: Option<&PartyRef>,
        person: Option<PersonId>,
        roll: &Roll,
    ) -> Result<(), Refusal> {
        self.must_be_held(activity)?;
        let attendee = Attendee::of(organisation, person, roll).ok_or_else(|| {
            Refusal::invalid(
                "attendee_missing",
                "/body/organisation",
                "没有写明谁到场或缺席；请填写单位或人员编号",
                "nobody is named; give an organisation or a person id",
            )
        })?;
        let mut entries = attendee.entries(roll).into_iter();
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

fn may_participate(event: &mut ParticipationRecorded, roll: &Roll) -> Result<(), Refusal> {
    roll.required("party", &event.party)?;
    let amount = event.amount.as_mut();
    amount
        .map_or(Ok(()), |amount| amount_kind::settle(amount, [AmountKind::Participation; 2], "/body/amount"))
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, enterprise, event, given, merged, org, person, unmerged};
    use super::*;

    fn held(activity: &str) -> Event {
        event("activity_held", &format!(r#"{{"activity":"{activity}","title":"沙龙","type":"salon"}}"#))
    }

    fn present(kind: &str, who: &str) -> Event {
        event(kind, &format!(r#"{{"activity":"沙龙 1"{who}}}"#))
    }

    fn of_org(name: &str) -> String {
        format!(r#","organisation":"{name}""#)
    }

    fn of_person(n: u128) -> String {
        format!(r#","person":"{}""#, person(n))
    }

    fn salon() -> Vec<Event> {
        vec![chamber("C"), enterprise("A"), enterprise("B"), held("沙龙 1")]
    }

    #[test]
    fn an_activity_is_held_once_under_its_key() {
        given(salon()).when(held("沙龙 2")).then_recorded(|_| {});
        given(salon()).when(held("沙龙 1")).then_refused_at("activity_exists", "/body/activity");
        given(salon()).when(held(" 沙龙 １")).then_refused("activity_exists");
    }

    #[test]
    fn attendance_and_absence_need_a_held_activity_and_somebody() {
        for kind in ["attendance_recorded", "no_show_recorded"] {
            given(salon()).when(present(kind, &of_org(&org("A")))).then_recorded(|_| {});
            given(salon()).when(present(kind, &of_person(1))).then_recorded(|_| {});
            given(salon()).when(present(kind, "")).then_refused_at("attendee_missing", "/body/organisation");
            given([])
                .when(present(kind, &of_person(1)))
                .then_refused_at("activity_unknown", "/body/activity");
        }
    }

    #[test]
    fn nobody_is_counted_twice_at_an_activity() {
        let twice = |first: &str, second: &str| {
            let story = [salon(), vec![present("attendance_recorded", first)]].concat();
            given(story).when(present("no_show_recorded", second))
        };
        let (a, b) = (of_org(&org("A")), of_org(&org("B")));
        twice(&a, &b).then_recorded(|_| {});
        twice(&a, &a).then_refused_at("attendance_repeated", "/body/organisation");
        twice(&of_org("某厂"), &of_org("某 厂")).then_refused("attendance_repeated");
        twice(&of_person(1), &of_person(2)).then_recorded(|_| {});
        twice(&(of_person(1) + &a), &(of_person(2) + &a)).then_recorded(|_| {});
        twice(&(of_person(1) + &a), &a).then_recorded(|_| {});
        twice(&(of_person(1) + &a), &(of_person(1) + &b))
            .then_refused_at("attendance_repeated", "/body/person");
    }

    #[test]
    fn merged_organisations_are_counted_once_and_apart_again_after() {
        let story =
            [salon(), vec![present("attendance_recorded", &of_org(&org("A"))), merged("A", "B")]].concat();
        let of_b = present("attendance_recorded", &of_org(&org("B")));
        given(story.clone()).when(of_b.clone()).then_refused("attendance_repeated");
        given([story, vec![unmerged("A", "B")]].concat()).when(of_b).then_recorded(|_| {});
    }

    #[test]
    fn a_training_takes_attendance_under_its_key_which_is_an_activitys() {
        let training = |key: &str| {
            event("training_delivered", &format!(r#"{{"activity":"{key}","title":"讲座","mode":"online"}}"#))
        };
        let story = || vec![enterprise("A"), training("沙龙 1")];
        given(story()).when(present("attendance_recorded", &of_org(&org("A")))).then_recorded(|_| {});
        given(story()).when(held("沙龙 1")).then_refused_at("activity_exists", "/body/activity");
        given(salon()).when(training("沙龙 1")).then_refused("activity_exists");
    }

    #[test]
    fn a_plan_comes_before_what_it_plans_and_is_no_activity_yet() {
        let planned = || event("activity_planned", r#"{"activity":"沙龙 1","title":"沙龙","type":"salon"}"#);
        given([planned()]).when(held("沙龙 1")).then_recorded(|_| {});
        given([planned()]).when(planned()).then_recorded(|_| {});
        given([planned()])
            .when(present("attendance_recorded", &of_person(1)))
            .then_refused("activity_unknown");
        given(salon()).when(planned()).then_refused_at("activity_exists", "/body/activity");
    }

    #[test]
    fn a_question_is_raised_at_a_held_activity_and_answered_if_it_was_raised() {
        let raised = |at: &str| {
            event("policy_question_raised", &format!(r#"{{"question":"Q","text":"如何申报"{at}}}"#))
        };
        let answered = || event("policy_answered", r#"{"question":"Q"}"#);
        given(salon()).when(raised(r#","activity":"沙龙 1""#)).then_recorded(|_| {});
        given(salon()).when(raised(r#","activity":"沙龙 2""#)).then_refused("activity_unknown");
        given([raised("")]).when(answered()).then_recorded(|_| {});
        given([]).when(answered()).then_refused_at("question_unknown", "/body/question");
    }

    #[test]
    fn a_delegation_travels_once_under_its_key() {
        let visit = |key: &str| {
            let body = format!(r#"{{"delegation":"{key}","title":"考察团","direction":"inbound"}}"#);
            event("delegation_visited", &body)
        };
        given([visit("考察 1")]).when(visit("考察 2")).then_recorded(|_| {});
        given([visit("考察 1")])
            .when(visit("考察 1"))
            .then_refused_at("delegation_exists", "/body/delegation");
    }

    #[test]
    fn a_participation_is_of_a_registered_party_and_its_money_a_share() {
        let part = |party: &str, rest: &str| {
            let body = format!(r#"{{"group":"G-1","party":"{party}"{rest}}}"#);
            given(salon()).when(event("participation_recorded", &body))
        };
        part(&org("A"), "").then_recorded(|_| {});
        part("企业A", r#","amount":"3万元""#).then_recorded(|event| {
            let Event::ParticipationRecorded(part) = event else { panic!("{event:?}") };
            assert_eq!(part.amount.unwrap().kind(), Some(AmountKind::Participation));
        });
        part("某某厂", "").then_refused_at("party_unknown", "/body/party");
        part(&org("A"), r#","amount":{"fen":1,"kind":"contract"}"#)
            .then_refused_at("amount_kind", "/body/amount");
    }
}
