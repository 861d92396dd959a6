use jinqiao_events::decide::{Draft, Rules};
use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::project::{Signing, Stage};
use jinqiao_events::log::Position;
use jinqiao_events::value::money::AmountKind;
use proptest::prelude::*;
use serde_json::json;

use super::{Project, State, purchases};
use crate::register::Face;
use crate::story::{Story, event_id, party};

fn key(text: &str) -> RecordKey {
    text.to_owned().try_into().unwrap()
}

/// Three enterprises a, b, c: positions 1 to 3.
fn three() -> Story {
    let mut story = Story::default();
    for (code, name) in [("a", "青岛琅屿有限公司"), ("b", "青岛沧舟有限公司"), ("c", "青岛汐岚有限公司")]
    {
        story.register(code, name, "enterprise");
    }
    story
}

#[test]
fn a_history_holds_every_event_that_names_the_party_under_any_of_its_faces() {
    let mut story = three();
    let (a, b) = (party("a"), party("b"));
    story.tell("meeting_held", &json!({"a": a, "b": b}));
    story.tell("meeting_held", &json!({"a": "琅屿", "b": b}));
    story.tell("party_linked", &json!({"name": "琅屿", "party": a}));
    story.tell("org_merged", &json!({"from": party("c"), "into": a, "reason": "同"}));
    let views = story.views();
    assert_eq!(views.ledger.history(&views.register, a), [1, 3, 4, 5, 6, 7]);
    assert_eq!(views.ledger.history(&views.register, party("c")), [1, 3, 4, 5, 6, 7]);
    assert_eq!(views.ledger.history(&views.register, b), [2, 4, 5]);
    story.tell("party_unlinked", &json!({"name": "琅屿", "party": a}));
    story.tell("org_unmerged", &json!({"from": party("c"), "into": a}));
    let views = story.views();
    assert_eq!(views.ledger.history(&views.register, a), [1, 4, 6, 7, 8, 9]);
}

#[test]
fn an_introduction_goes_from_proposed_to_concluded() {
    let mut story = three();
    let id = event_id(
        story.tell("introduction_proposed", &json!({"a": party("a"), "b": party("b"), "evidence": [1]})),
    );
    let state = |story: &Story| {
        let views = story.views();
        views.ledger.introduction(id).unwrap().state(&views.register)
    };
    assert_eq!(state(&story), State::Proposed);
    story.tell("introduction_consented", &json!({"introduction": id, "side": party("b")}));
    story.tell("introduction_consented", &json!({"introduction": id, "side": party("b")}));
    assert_eq!(state(&story), State::HalfConsented);
    story.tell("introduction_consented", &json!({"introduction": id, "side": "青岛琅屿有限公司"}));
    assert_eq!(state(&story), State::Consented);
    let met = story.tell("meeting_held", &json!({"a": party("a"), "b": party("b"), "introduction": id}));
    assert_eq!(state(&story), State::Met);
    story.tell("outcome_reported", &json!({"introduction": id, "outcome": "intent"}));
    assert_eq!(state(&story), State::Concluded);
    let ledger = story.views().ledger;
    let introduction = ledger.introduction(id).unwrap();
    assert_eq!((introduction.meetings[0].position, introduction.proposed.position), (met, 4));
    assert_eq!(ledger.introductions().count(), 1);
}

#[test]
fn a_declined_or_expired_introduction_has_ended() {
    for (kind, expected) in
        [("introduction_declined", State::Declined), ("introduction_expired", State::Expired)]
    {
        let mut story = three();
        let id = event_id(story.tell("introduction_proposed", &json!({"a": party("a"), "b": party("b")})));
        let mut body = json!({"introduction": id});
        if kind == "introduction_declined" {
            body["side"] = json!(party("a"));
        }
        story.tell(kind, &body);
        let views = story.views();
        assert_eq!(views.ledger.introduction(id).unwrap().state(&views.register), expected);
    }
}

#[test]
fn avoidance_holds_both_ways_until_it_is_lifted() {
    let mut story = three();
    let (a, b, c) = (party("a"), party("b"), party("c"));
    let avoided = |story: &Story, one, other| {
        let views = story.views();
        let found = views.ledger.avoided(&views.register, one, other);
        assert_eq!(found, views.ledger.avoided(&views.register, other, one));
        found
    };
    assert_eq!(avoided(&story, a, b), None);
    let set = story.tell("do_not_introduce_set", &json!({"a": a, "b": b}));
    assert_eq!((avoided(&story, a, b), avoided(&story, a, c)), (Some(set), None));
    story.tell("do_not_introduce_lifted", &json!({"a": b, "b": a}));
    assert_eq!(avoided(&story, a, b), None);
}

#[test]
fn avoidance_follows_merges_and_no_lift_takes_back_more_than_it_meant() {
    let mut story = three();
    let (a, b, c) = (party("a"), party("b"), party("c"));
    let avoided = |story: &Story, one, other| {
        let views = story.views();
        views.ledger.avoided(&views.register, one, other)
    };
    let first = story.tell("do_not_introduce_set", &json!({"a": c, "b": b}));
    story.tell("do_not_introduce_set", &json!({"a": a, "b": b}));
    story.tell("do_not_introduce_lifted", &json!({"a": a, "b": b}));
    assert_eq!(avoided(&story, a, b), None);
    story.tell("org_merged", &json!({"from": c, "into": a, "reason": "同"}));
    assert_eq!(avoided(&story, a, b), Some(first));
    story.tell("do_not_introduce_lifted", &json!({"a": a, "b": b}));
    assert_eq!(avoided(&story, a, b), None);
}

#[test]
fn an_activity_counts_attendances_organisations_and_persons_apart() {
    let mut story = three();
    let (one, other) = ("0199c0de-0000-7000-8000-000000000001", "0199c0de-0000-7000-8000-000000000002");
    story.tell("activity_held", &json!({"activity": "沙龙一", "title": "沙龙", "type": "salon"}));
    for (organisation, person) in
        [("青岛琅屿有限公司", one), ("琅屿", other), ("琅屿", other), ("汐岚渔业", one)]
    {
        story.tell(
            "attendance_recorded",
            &json!({"activity": "沙龙一", "organisation": organisation, "person": person}),
        );
    }
    story.tell("no_show_recorded", &json!({"activity": "沙龙一", "organisation": party("b")}));
    let counts = |story: &Story| {
        let views = story.views();
        let activity = views.ledger.activity(&key("沙龙一")).unwrap();
        let organisations = activity.organisations(&views.register);
        assert!(!organisations.contains(&Face::Party(party("b"))));
        (activity.attendances.len(), organisations.len(), activity.persons().len(), activity.no_shows.len())
    };
    assert_eq!(counts(&story), (4, 3, 2, 1));
    story.tell("party_linked", &json!({"name": "琅屿", "party": party("a")}));
    assert_eq!(counts(&story), (4, 2, 2, 1));
}

fn sign(story: &mut Story, agreement: &str, signing: Option<&str>, amount: &str) -> Position {
    let investors = [party("a")];
    let mut body = json!({"project": "P1", "title": "产业园", "investors": investors, "agreement": agreement, "amount": amount});
    if let Some(signing) = signing {
        body["signing"] = json!(signing);
    }
    story.tell("project_signed", &body)
}

#[test]
fn a_project_counts_first_signings_and_increments_and_never_adds_kinds() {
    let mut story = three();
    story.tell("lead_reported", &json!({"project": "P1", "title": "园区", "reporter": party("b")}));
    let stage = |project: &Project| project.stage("2021".parse().unwrap());
    assert_eq!(stage(story.views().ledger.project(&key("P1")).unwrap()), Stage::Negotiating);
    let first = sign(&mut story, "framework", None, "10亿元");
    sign(&mut story, "framework", None, "10亿元");
    sign(&mut story, "contract", None, "9亿元");
    let increment = sign(&mut story, "contract", Some("increment"), "1亿元");
    let arrived = [1, 2].map(|n| {
        story.tell("funds_arrived", &json!({"project": "P1", "instalment": n, "amount": "100万元"}))
    });
    let ledger = story.views().ledger;
    let project = ledger.project(&key("P1")).unwrap();
    let counted: Vec<Signing> = project.signings.iter().map(|signed| signed.counts_as).collect();
    assert_eq!(counted, [Signing::First, Signing::ReSigning, Signing::Upgrade, Signing::Increment]);
    let signed: Vec<_> = project.signed().into_iter().map(|sum| (sum.kind, sum.fen, sum.evidence)).collect();
    assert_eq!(
        signed,
        [
            (AmountKind::Framework, 100_000_000_000, vec![first]),
            (AmountKind::Increment, 10_000_000_000, vec![increment])
        ]
    );
    let sums = project.arrived();
    assert_eq!(
        (sums[0].kind, sums[0].fen, &sums[0].evidence[..]),
        (AmountKind::Arrived, 200_000_000, &arrived[..])
    );
    assert_eq!((stage(project), project.title()), (Stage::Signed, Some("产业园")));
    story.tell("project_stage_changed", &json!({"project": "P1", "stage": "started"}));
    assert_eq!(stage(story.views().ledger.project(&key("P1")).unwrap()), Stage::Started);
}

#[test]
fn a_stage_that_is_recorded_late_takes_a_project_no_way_back() {
    let mut story = three();
    sign(&mut story, "contract", None, "1亿元");
    for (day, stage) in
        [("2020-11-01", "producing"), ("2020-09-01", "started"), ("2020-11-20", "in_statistics")]
    {
        story.tell_on(day, "project_stage_changed", &json!({"project": "P1", "stage": stage}));
    }
    let views = story.views();
    let project = views.ledger.project(&key("P1")).unwrap();
    let on = |day: &str| project.stage(day.parse().unwrap());
    assert_eq!((on("2020-12-31"), on("2020-10-01")), (Stage::Producing, Stage::Started));
}

/// Tells what the rules take of these; the rules then.
fn tell_as_ruled(story: &mut Story, told: &[(&str, &str)]) -> Rules {
    let mut rules = Rules::default();
    story.events.iter().for_each(|recorded| rules.evolve(recorded));
    for (day, what) in told {
        let (kind, body) = match *what {
            "lead" => ("lead_reported", json!({"project": "P1", "title": "园", "reporter": "某商会"})),
            "claim" => {
                ("first_negotiation_claimed", json!({"project": "P1", "title": "园", "claimant": "某商会"}))
            }
            "signed" => (
                "project_signed",
                json!({"project": "P1", "title": "园", "investors": ["某企业"], "agreement": "contract"}),
            ),
            stage => ("project_stage_changed", json!({"project": "P1", "stage": stage})),
        };
        story.tell_on(day, kind, &body);
        let recorded = story.events.pop().unwrap();
        let draft = Draft {
            id: recorded.id,
            event: recorded.event.clone(),
            occurred: recorded.occurred,
            key: None,
            source: None,
            programmes: Vec::new(),
            recorded_by: None,
            organisation: None,
        };
        rules.mark();
        match rules.decide(draft, jiff::Timestamp::UNIX_EPOCH) {
            Ok(decided) => {
                rules.keep();
                story.events.push(jinqiao_events::log::Recorded { event: decided.event, ..recorded });
            }
            Err(_) => rules.undo(),
        }
    }
    rules
}

#[test]
fn dates_that_overlap_take_a_project_no_way_back() {
    for (told, stage) in [
        (&[("2020-12-01", "signed"), ("2020", "negotiating")][..], Stage::Signed),
        (
            &[
                ("2020", "lead"),
                ("2020-11-30", "signed"),
                ("2020-12-05", "started"),
                ("2020-12", "registered"),
            ],
            Stage::Started,
        ),
        (&[("2020-01-05", "signed"), ("2020", "ended"), ("2020-06-01", "revived")], Stage::Signed),
        (&[("2020-01-05", "signed"), ("2020-03-01", "started"), ("2020-06-01", "claim")], Stage::Started),
        (&[("2020-01-05", "lead"), ("2020-03-01", "ended"), ("2020-06-01", "lead")], Stage::Ended),
    ] {
        let mut story = Story::default();
        tell_as_ruled(&mut story, told);
        assert_eq!(story.events.len(), told.len(), "{told:?}");
        let views = story.views();
        let project = views.ledger.project(&key("P1")).unwrap();
        assert_eq!(project.stage("2021".parse().unwrap()), stage, "{told:?}");
    }
}

proptest! {
    #[test]
    fn the_rules_and_the_ledger_name_the_same_standing(told in prop::collection::vec((0_usize..6, 0_usize..13), 1..14)) {
        const DAYS: [&str; 6] = ["2020", "2020-03", "2020-03-02", "2020-12", "2020-12-05", "2021"];
        const WHAT: [&str; 13] = [
            "lead", "claim", "signed", "negotiating", "registered", "started", "producing", "expanding", "paused",
            "ended", "revived", "in_statistics", "cleared",
        ];
        let told: Vec<_> = told.into_iter().map(|(day, what)| (DAYS[day], WHAT[what])).collect();
        let mut story = Story::default();
        let rules = tell_as_ruled(&mut story, &told);
        let views = story.views();
        if let Some(project) = views.ledger.project(&key("P1")) {
            let day = "2022".parse().unwrap();
            prop_assert_eq!(rules.standing(&key("P1")), Some(project.standing(day)));
            prop_assert_eq!(project.stopped(day).is_some(), project.standing(day).stopped.is_some());
        }
    }
}

#[test]
fn purchases_of_different_currencies_are_summed_apart() {
    let mut story = three();
    for amount in [json!("100元"), json!("20元"), json!({"fen": 500, "currency": "USD"})] {
        story.tell(
            "member_purchase_made",
            &json!({"buyer": party("a"), "seller": party("b"), "amount": amount}),
        );
    }
    let ledger = story.views().ledger;
    let sums = purchases::total(ledger.purchases().iter());
    let sums: Vec<_> = sums.iter().map(|sum| (json!(sum.currency), sum.fen, sum.evidence.len())).collect();
    assert_eq!(sums, [(json!("CNY"), 12_000, 2), (json!("USD"), 500, 1)]);
}

#[test]
fn needs_are_listed_for_their_party_with_what_became_of_them() {
    let mut story = three();
    for (need, whose) in [("n1", json!("琅屿")), ("n2", json!(party("a"))), ("n3", json!(party("b")))] {
        story.tell(
            "need_declared",
            &json!({"need": need, "party": whose, "type": "talent", "text": "招聘技工"}),
        );
    }
    story.tell("need_resolved", &json!({"need": "n2", "met": true}));
    story.tell("party_linked", &json!({"name": "琅屿", "party": party("a")}));
    let views = story.views();
    let needs = views.ledger.needs_of(&views.register, party("a"));
    let listed: Vec<_> =
        needs.iter().map(|need| (need.declared.need.to_string(), need.resolved.is_some())).collect();
    assert_eq!(listed, [("n1".to_owned(), false), ("n2".to_owned(), true)]);
    assert!(views.ledger.need(&key("n3")).is_some_and(|need| need.resolved.is_none()));
}

#[test]
fn delegations_voids_and_corrections_are_listed() {
    let mut story = three();
    let body =
        json!({"delegation": "D1", "title": "上海考察团", "direction": "inbound", "met": [party("a")]});
    let id = event_id(story.tell("delegation_visited", &body));
    story.tell("event_voided", &json!({"event": id, "reason": "重复"}));
    story.tell("event_corrected", &json!({"event": id, "body": body, "reason": "改"}));
    let ledger = story.views().ledger;
    assert_eq!(ledger.delegation(&key("D1")).len(), 1);
    assert_eq!((ledger.voided()[0].event, ledger.voided()[0].noted.position), (id, 5));
    assert_eq!((ledger.corrected()[0].event, ledger.corrected()[0].noted.position), (id, 6));
}

proptest! {
    #[test]
    fn sums_are_exact_for_any_amounts(fen in prop::collection::vec(0..=i64::MAX, 0..8)) {
        let mut story = three();
        for (n, fen) in fen.iter().enumerate() {
            let amount = json!({"fen": fen, "currency": "CNY"});
            story.tell("funds_arrived", &json!({"project": "P", "instalment": n, "amount": amount}));
        }
        let ledger = story.views().ledger;
        let sums = ledger.project(&key("P")).map(super::Project::arrived).unwrap_or_default();
        let expected: i128 = fen.iter().map(|fen| i128::from(*fen)).sum();
        prop_assert_eq!(sums.first().map_or(0, |sum| sum.fen), expected);
    }
}
