//! The clocks, told in small stories.

use jinqiao_events::duty::{self, ChamberClock, DutySet, Light};
use serde_json::json;

use super::*;
use crate::story::{Story, party};

fn sets() -> Vec<&'static DutySet> {
    duty::in_force("2024-06-01".parse().unwrap()).collect()
}

/// A chamber that became a legal person on a day.
fn founded(day: &str) -> Story {
    let mut story = Story::default();
    story.register("c", "青岛琅屿商会", "chamber");
    story.tell_on(day, "chamber_legally_registered", &json!({"chamber": party("c")}));
    story
}

fn held(story: &mut Story, day: &str) {
    let body = json!({"activity": format!("沙龙{day}"), "title": "沙龙", "type": "salon", "organisers": [party("c")]});
    story.tell_on(day, "activity_held", &body);
}

fn light(story: &Story, day: &str, clock: ChamberClock) -> (Light, Option<i32>) {
    let views = story.views();
    let state = assess(&views.vitality, &views.register, party("c"), day.parse().unwrap(), sets());
    let clock = state.clocks.into_iter().find(|it| it.clock == clock).unwrap();
    (clock.light, clock.days_left)
}

#[test]
fn a_chamber_that_does_nothing_for_a_year_after_its_registration_turns_yellow_then_red() {
    let mut story = founded("2020-03-10");
    let clock = ChamberClock::ActivitySinceRegistration;
    assert_eq!(light(&story, "2020-12-10", clock), (Light::Green, Some(90)));
    assert_eq!(light(&story, "2020-12-11", clock).0, Light::Yellow);
    assert_eq!(light(&story, "2021-03-10", clock), (Light::Yellow, Some(0)));
    assert_eq!(light(&story, "2021-03-11", clock), (Light::Red, Some(-1)));
    held(&mut story, "2021-01-05");
    assert_eq!(light(&story, "2021-03-11", clock).0, Light::Green);
    assert_eq!(light(&story, "2020-12-31", clock).0, Light::Yellow, "as of a day before the activity");
}

#[test]
fn two_years_without_business_are_red_and_the_last_half_year_is_yellow() {
    let mut story = founded("2018-01-01");
    held(&mut story, "2019-06-30");
    let clock = ChamberClock::Business;
    assert_eq!(light(&story, "2020-12-30", clock).0, Light::Green);
    assert_eq!(light(&story, "2020-12-31", clock).0, Light::Yellow);
    assert_eq!(light(&story, "2021-06-30", clock).0, Light::Yellow);
    assert_eq!(light(&story, "2021-07-01", clock).0, Light::Red);
}

#[test]
fn two_reports_missed_in_a_row_are_red_where_the_log_knows_reports_at_all() {
    let mut story = founded("2018-05-01");
    let clock = ChamberClock::AnnualCheck;
    assert_eq!(light(&story, "2022-01-01", clock).0, Light::Unknown, "nobody's report is recorded");
    story.tell_on("2019-05-01", "annual_check_filed", &json!({"chamber": party("c"), "year": 2018}));
    assert_eq!(light(&story, "2019-06-15", clock).0, Light::Green);
    assert_eq!(light(&story, "2020-04-15", clock).0, Light::Yellow, "due within two months");
    assert_eq!(light(&story, "2020-06-01", clock).0, Light::Yellow, "one missed");
    assert_eq!(light(&story, "2021-06-01", clock).0, Light::Red, "2019 and 2020 missed");
    story.tell_on("2021-05-20", "annual_check_filed", &json!({"chamber": party("c"), "year": 2020}));
    assert_eq!(light(&story, "2021-06-01", clock).0, Light::Green);
}

#[test]
fn two_failures_in_a_row_to_reach_it_are_red() {
    let mut story = founded("2018-05-01");
    let clock = ChamberClock::Contact;
    let mut call = |day: &str, reached: bool| {
        story.tell_on(day, "chamber_contacted", &json!({"chamber": party("c"), "reached": reached}));
        light(&story, day, clock).0
    };
    assert_eq!(call("2020-01-01", true), Light::Green);
    assert_eq!(call("2020-02-01", false), Light::Yellow);
    assert_eq!(call("2020-03-01", false), Light::Red);
    assert_eq!(call("2020-04-01", true), Light::Green);
}

#[test]
fn activity_that_halves_is_a_sign_and_too_little_of_it_is_none() {
    let mut story = founded("2016-01-01");
    let clock = ChamberClock::Decline;
    for day in ["2018-02-01", "2018-04-01", "2018-06-01"] {
        held(&mut story, day);
    }
    assert_eq!(light(&story, "2019-12-31", clock).0, Light::Unknown, "three deeds tell nothing");
    held(&mut story, "2018-08-01");
    held(&mut story, "2019-03-01");
    held(&mut story, "2019-04-01");
    assert_eq!(light(&story, "2019-12-31", clock).0, Light::Yellow);
    held(&mut story, "2019-05-01");
    assert_eq!(light(&story, "2019-12-31", clock).0, Light::Green);
}

#[test]
fn a_term_ends_when_it_was_said_to() {
    let mut story = founded("2010-01-01");
    story.tell_on("2017-05-01", "term_renewed", &json!({"chamber": party("c"), "term_years": 3}));
    let clock = ChamberClock::Term;
    assert_eq!(light(&story, "2019-11-01", clock).0, Light::Green);
    assert_eq!(light(&story, "2019-11-02", clock).0, Light::Yellow);
    assert_eq!(light(&story, "2020-05-02", clock).0, Light::Red);
}

#[test]
fn a_flag_is_held_against_the_lights_before_it() {
    let mut story = founded("2015-01-01");
    held(&mut story, "2016-01-31");
    story.tell_on(
        "2019-02-15",
        "chamber_flagged_dormant",
        &json!({"chamber": party("c"), "grounds": ["no_business"]}),
    );
    let views = story.views();
    let told =
        warned(&views.vitality, &views.register, party("c"), "2019-12-31".parse().unwrap(), &sets()).unwrap();
    assert_eq!((told.yellow_months, told.red_months), (Some(18), Some(12)));
    let before = "2019-01-31".parse().unwrap();
    assert_eq!(warned(&views.vitality, &views.register, party("c"), before, &sets()), None);
}

#[test]
fn a_chamber_that_nothing_is_known_of_is_unknown_not_red() {
    let mut story = Story::default();
    story.register("c", "青岛琅屿商会", "chamber");
    let views = story.views();
    let state = assess(&views.vitality, &views.register, party("c"), "2024-01-01".parse().unwrap(), sets());
    assert_eq!((state.light, state.deeds), (Light::Unknown, 0));
}
