use super::*;
use crate::sample_town::Town;
use serde_json::json;

const TODAY: &str = "2020-01-01";

fn between(town: &Town, a: &str, b: &str) -> Vec<WarmPath> {
    let views = town.views();
    warmest(&views, &Graphs::build(&views, Town::day(TODAY)), town.party(a), town.party(b))
}

/// 甲 and 乙 both trade with 丙, often, and were once at a salon with 丁.
fn town() -> Town {
    let mut town = Town::default();
    let [a, b, c, d] = ["甲", "乙", "丙", "丁"].map(|name| town.enterprise(name));
    for month in ["2019-03-01", "2019-06-01", "2019-09-01"] {
        town.purchase(month, c, a);
        town.purchase(month, c, b);
    }
    town.salon("一", "2019-02-01", &[a, d]);
    town.salon("二", "2019-02-02", &[b, d]);
    town
}

#[test]
fn who_knows_both_sides_best_introduces_and_every_step_has_its_events() {
    let town = town();
    let paths = between(&town, "甲", "乙");
    assert_eq!(paths[0].brokers[0].party, town.party("丙"));
    assert_eq!(paths[1].brokers[0].party, town.party("丁"));
    assert!(paths[0].reliability_micro > paths[1].reliability_micro);
    for path in &paths {
        assert_eq!(path.steps.len(), path.brokers.len() + 1);
        assert!(path.steps.iter().all(|step| !step.evidence.is_empty()));
        assert!((1..1_000_000).contains(&path.reliability_micro));
    }
}

#[test]
fn a_broker_who_introduced_often_of_late_is_spared() {
    let mut town = town();
    let (b, c) = (town.party("乙"), town.party("丙"));
    for at in 0..40 {
        let other = town.enterprise(&format!("客{at}"));
        let body = json!({"a": other, "b": b, "introducer": c});
        town.say("introduction_proposed", "2019-12-01", &body);
    }
    let paths = between(&town, "甲", "乙");
    assert_eq!(paths[0].brokers[0].party, town.party("丁"));
    let tired = paths.iter().find(|path| path.brokers[0].party == c).unwrap();
    assert_eq!(tired.brokers[0].introductions.len(), 40);
}

#[test]
fn nobody_whom_a_side_must_avoid_introduces_and_nobody_closed() {
    let mut town = town();
    let (a, c, d) = (town.party("甲"), town.party("丙"), town.party("丁"));
    town.avoid(a, c);
    assert_eq!(between(&town, "甲", "乙")[0].brokers[0].party, d);
    town.say("org_closed", "2019-12-01", &json!({"party": d}));
    assert!(between(&town, "甲", "乙").is_empty());
}

#[test]
fn two_who_share_nobody_are_reached_over_two() {
    let mut town = Town::default();
    let [a, b, c, d] = ["甲", "乙", "丙", "丁"].map(|name| town.enterprise(name));
    town.purchase("2019-03-01", a, c);
    town.purchase("2019-03-01", c, d);
    town.purchase("2019-03-01", d, b);
    let paths = between(&town, "甲", "乙");
    let brokers: Vec<PartyId> = paths[0].brokers.iter().map(|broker| broker.party).collect();
    assert_eq!(brokers, [c, d]);
}
