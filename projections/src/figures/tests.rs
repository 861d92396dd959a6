//! What holds for every figure, and how periods, merges and kinds of money tell.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::story::{Story, party};

fn period(from: &str, to: &str) -> Period {
    Period { from: (!from.is_empty()).then(|| from.parse().unwrap()), to: to.parse().unwrap() }
}

fn measured(story: &Story, name: &str, period: Period) -> Measured {
    named(name).unwrap().measured(&Books::fold(&story.events), period)
}

fn value(story: &Story, name: &str) -> i128 {
    measured(story, name, period("2020-01-01", "2020-12-31")).value()
}

#[test]
fn every_figure_has_its_own_name_and_says_in_both_languages_what_it_counts() {
    let names: BTreeSet<&str> = ALL.iter().map(|figure| figure.name).collect();
    assert_eq!(names.len(), ALL.len());
    for figure in ALL {
        let pairs = [figure.label, figure.filter];
        assert!(
            pairs.iter().all(|(zh, en)| !zh.is_ascii() && en.chars().any(char::is_alphabetic)),
            "{}",
            figure.name
        );
        assert_eq!(named(figure.name).map(|found| found.name), Some(figure.name));
        let is_money = figure.measure.amount_kind().is_some();
        assert_eq!(is_money, figure.measure.unit().currency().is_some(), "{}", figure.name);
    }
}

#[test]
fn a_figure_of_an_empty_log_is_nothing_from_no_evidence() {
    let books = Books::default();
    for figure in ALL {
        let measured = figure.measured(&books, period("", "2020-12-31"));
        assert_eq!((measured.value(), measured.evidence().len()), (0, 0), "{}", figure.name);
    }
}

#[test]
fn a_period_holds_its_first_and_last_day_and_a_partial_date_by_its_last_possible_day() {
    let year = period("2020-01-01", "2020-12-31");
    let held = |date: &str| year.holds(date.parse().unwrap());
    assert!(held("2020-01-01") && held("2020-12-31") && held("2020") && held("2020-12"));
    assert!(!held("2019-12-31") && !held("2021-01-01") && !held("2019") && !held("2021"));
    let spring = period("2020-02-01", "2020-03-31");
    assert!(!spring.holds("2020".parse().unwrap()), "the year may have ended before it happened");
}

#[test]
fn organisations_are_counted_once_after_a_merge_and_apart_before() {
    let mut story = Story::default();
    for code in ["a", "b"] {
        story.register(code, &format!("商会{code}"), "chamber");
        story.tell("chamber_founded", &json!({"chamber": party(code)}));
    }
    story.tell("chamber_founded", &json!({"chamber": party("a")}));
    assert_eq!(value(&story, "chambers_founded"), 2);
    story.tell("org_merged", &json!({"from": party("b"), "into": party("a"), "reason": "同"}));
    let merged = measured(&story, "chambers_founded", period("", "2020-12-31"));
    assert_eq!((merged.value(), merged.groups.len()), (1, 1));
    assert_eq!(merged.groups[0].evidence.len(), 3, "all that say so");
}

#[test]
fn attendances_are_not_persons_and_persons_are_not_organisations() {
    let mut story = Story::default();
    story.register("e", "企业", "enterprise");
    for key in ["一", "二"] {
        story.tell("training_delivered", &json!({"activity": key, "title": key, "mode": "online"}));
        for person in ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"] {
            let body = json!({"activity": key, "person": person, "organisation": party("e")});
            story.tell("attendance_recorded", &body);
        }
    }
    assert_eq!(value(&story, "online_attendances"), 4);
    assert_eq!(value(&story, "online_learners"), 2);
    assert_eq!(value(&story, "online_lectures"), 2);
}

#[test]
fn money_of_another_kind_or_currency_is_left_out_and_named() {
    let mut story = Story::default();
    let yuan = json!({"donor": "甲厂", "amount": {"fen": 100, "kind": "donated_cash"}});
    let dollars = json!({"donor": "甲厂", "amount": {"fen": 100, "currency": "USD", "kind": "donated_cash"}});
    let goods = json!({"donor": "甲厂", "amount": {"fen": 7, "kind": "donated_goods"}});
    story.tell("cash_donated", &yuan);
    let left_out = story.tell("cash_donated", &dollars);
    story.tell("goods_donated", &goods);
    let cash = measured(&story, "cash_donated", period("", "2020-12-31"));
    assert_eq!(cash.value(), 100);
    assert_eq!(cash.left_out.iter().map(|left| left.position).collect::<Vec<_>>(), [left_out]);
    assert_eq!(value(&story, "goods_donated"), 7);
}

#[test]
fn a_pairing_that_ended_and_a_station_that_was_closed_no_longer_count() {
    let mut story = Story::default();
    story.register("c", "商会", "chamber");
    let pair = |village: &str| json!({"chamber": party("c"), "beneficiary": village});
    story.tell_on("2020-02-01", "pairing_signed", &pair("甲村"));
    story.tell_on("2020-08-01", "pairing_ended", &pair("甲村"));
    let station = json!({"station": "S", "title": "站", "type": "workstation", "chamber": party("c")});
    story.tell_on("2020-02-01", "station_established", &station);
    story.tell_on("2020-08-01", "station_closed", &json!({"station": "S"}));
    for (to, expected) in [("2020-07-31", 1), ("2020-08-01", 0)] {
        assert_eq!(measured(&story, "chambers_paired", period("2020-01-01", to)).value(), expected, "{to}");
        assert_eq!(measured(&story, "stations", period("2020-01-01", to)).value(), expected, "{to}");
    }
    story.tell_on("2020-09-01", "pairing_signed", &pair("甲村"));
    assert_eq!(value(&story, "chambers_paired"), 1, "paired again");
}

#[test]
fn a_pair_that_met_is_a_gap_only_when_nothing_followed_in_time() {
    let mut story = Story::default();
    for code in ["a", "b", "c"] {
        story.register(code, &format!("企业{code}"), "enterprise");
    }
    let meet = |story: &mut Story, on: &str, a: &str, b: &str| {
        story.tell_on(on, "meeting_held", &json!({"a": party(a), "b": party(b)}));
    };
    meet(&mut story, "2020-01-01", "a", "b");
    assert_eq!(measured(&story, "follow_up_gaps", period("", "2020-01-30")).value(), 0, "not yet due");
    assert_eq!(measured(&story, "follow_up_gaps", period("", "2020-01-31")).value(), 1);
    meet(&mut story, "2020-01-20", "b", "a");
    assert_eq!(measured(&story, "follow_up_gaps", period("", "2020-01-31")).value(), 0);
    assert_eq!(
        measured(&story, "follow_up_gaps", period("", "2020-03-31")).value(),
        1,
        "one pair, two meetings"
    );
    meet(&mut story, "2020-04-01", "a", "c");
    story.tell_on("2020-04-20", "alliance_signed", &json!({"a": party("c"), "b": party("a")}));
    assert_eq!(measured(&story, "follow_up_gaps", period("", "2020-12-31")).value(), 1);
}

#[test]
fn party_building_figures_are_of_their_class_and_no_other_figure_counts_such_events() {
    let classed: BTreeSet<&str> = ALL
        .iter()
        .filter(|figure| figure.class == DataClass::PartyBuilding)
        .map(|figure| figure.name)
        .collect();
    let mut story = Story::default();
    story.register("c", "商会", "chamber");
    for kind in
        jinqiao_events::kinds::Kind::ALL.iter().filter(|kind| kind.class() == DataClass::PartyBuilding)
    {
        let line: serde_json::Value = serde_json::from_str(kind.example()).unwrap();
        story.tell_of(&["星火"], "2020-05-17", kind.name(), &line["body"]);
    }
    let books = Books::fold(&story.events);
    for figure in ALL.iter().filter(|figure| !classed.contains(figure.name)) {
        let measured = figure.measured(&books, period("2020-01-01", "2020-12-31"));
        let evidence = measured.evidence();
        assert!(evidence.iter().all(|at| *at <= 1), "{} counts party building: {evidence:?}", figure.name);
    }
}

#[test]
fn of_what_is_not_meant_exactly_the_least_that_it_can_be_counts_and_is_named() {
    let mut story = Story::default();
    let mut gift = |fen: u64, approx: Option<&str>| {
        let mut amount = json!({"fen": fen, "kind": "donated_cash"});
        if let Some(approx) = approx {
            amount["approx"] = json!(approx);
        }
        story.tell("cash_donated", &json!({"donor": "甲厂", "amount": amount}))
    };
    gift(500, None);
    let rough =
        [(1_000, "nearly"), (7_000, "some_more"), (2_000, "about")].map(|(fen, how)| gift(fen, Some(how)));
    let told = measured(&story, "cash_donated", period("", "2020-12-31"));
    assert_eq!(told.value(), 500 + 900 + 7_000 + 1_800);
    assert_eq!(told.inexact, BTreeSet::from(rough));
    let park =
        |park: &str, area: u32| json!({"park": park, "title": park, "planner": "甲商会", "area_mu": area});
    let mut about = park("甲园", 100);
    about["approx"] = json!("some_more");
    story.tell("park_planned", &about);
    story.tell("park_planned", &park("乙园", 30));
    assert_eq!(value(&story, "park_area_planned"), 101 + 30);
}

#[test]
fn other_investors_count_in_place_of_the_first_and_a_duplicate_counts_as_what_it_is() {
    let mut story = Story::default();
    let signed = |project: &str, firm: &str, signing: &str, yi: u64| {
        json!({"project": project, "title": project, "investors": [firm], "agreement": "contract",
            "signing": signing, "amount": {"fen": yi * 10_000_000_000, "kind": "contract"}})
    };
    story.tell_on("2019-03-01", "project_signed", &signed("P", "甲厂", "first", 5));
    story.tell_on("2020-03-01", "project_signed", &signed("P", "乙厂", "new_investor", 8));
    story.tell_on("2020-04-01", "project_signed", &signed("P", "乙厂", "re_signing", 9));
    story.tell_on("2020-05-01", "project_signed", &signed("Q", "乙厂", "first", 8));
    let yi = |story: &Story, from: &str, to: &str| {
        measured(story, "contract_amount", period(from, to)).value() / 10_000_000_000
    };
    assert_eq!((yi(&story, "2019", "2019"), yi(&story, "2020", "2020"), yi(&story, "", "2020")), (5, 16, 16));
    let marked = json!({"project": "Q", "of": "P", "reason": "同一合同"});
    story.tell_on("2020-06-01", "project_duplicate_marked", &marked);
    assert_eq!((yi(&story, "2020", "2020"), yi(&story, "", "2020")), (8, 8));
    let told = measured(&story, "projects_signed", period("2020", "2020"));
    assert_eq!((told.value(), told.evidence().len()), (1, 3), "every signing of the year stands behind it");
    // What was not known to be a duplicate by then still counted.
    assert_eq!(yi(&story, "2020", "2020-05-31"), 16);
}

#[test]
fn of_pairs_on_lists_the_funnel_counts_who_was_introduced_agreed_met_and_met_again() {
    let mut story = Story::default();
    for code in ["a", "b", "c", "d"] {
        story.register(code, &format!("企业{code}"), "enterprise");
    }
    let list =
        json!({"party": party("a"), "candidates": [party("b"), party("c")], "model": "m", "at_position": 4});
    story.tell_on("2020-02-01", "match_list_issued", &list);
    let mut introduced = |a: &str, b: &str| {
        story.tell_on("2020-03-01", "introduction_proposed", &json!({"a": party(a), "b": party(b)}));
        story.events.last().unwrap().id
    };
    let (shown, unasked) = (introduced("b", "a"), introduced("a", "d"));
    for (introduction, a, b) in [(shown, "a", "b"), (unasked, "a", "d")] {
        for side in [a, b] {
            let body = json!({"introduction": introduction, "side": party(side)});
            story.tell_on("2020-03-02", "introduction_consented", &body);
        }
        let met = json!({"a": party(a), "b": party(b), "introduction": introduction});
        story.tell_on("2020-03-03", "meeting_held", &met);
        story.tell_on("2020-04-03", "meeting_held", &json!({"a": party(b), "b": party(a)}));
        story.tell_on(
            "2020-05-01",
            "outcome_reported",
            &json!({"introduction": introduction, "outcome": "deal"}),
        );
    }
    let counts = ["shown", "adopted", "consented", "met", "met_again", "converted"]
        .map(|step| value(&story, &format!("suggestions_{step}")));
    assert_eq!(counts, [2, 1, 1, 1, 1, 1]);
}
