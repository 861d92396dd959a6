//! Quality of ranking on two small registers made here, so that it cannot fall unseen. The real registers are in
//! `shared_registers.rs`.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use jinqiao_projections::backtest::sample::SplitMix;
use jinqiao_projections::backtest::{self, Cut, Data, PositiveKinds, Report, Row, Split, Task};

const CIRCLES: usize = 8;
const CIRCLE: usize = 12;
const MONTHS: usize = 60;

fn row(month: usize, day: usize, group: &str, actor: usize) -> Row {
    let date = format!("{}-{:02}-{:02}", 2014 + month / 12, month % 12 + 1, day % 28 + 1);
    Row {
        date: date.parse().unwrap(),
        kind: "project".to_owned(),
        group: group.to_owned(),
        actor: format!("a{actor:03}"),
    }
}

fn data(rows: Vec<Row>, task: Task) -> Data {
    let cuts = ["2016-01-01", "2017-01-01", "2018-01-01", "2019-01-01"].map(|cut| cut.parse().unwrap());
    let split = Split {
        task,
        cuts: cuts.to_vec(),
        min_groups: 2,
        max_queries: 1_000,
        positive_kinds: PositiveKinds::All("all".to_owned()),
        queries: BTreeMap::new(),
        item_last_year: None,
        item_max_age_days: None,
    };
    Data { rows, split, actors: BTreeMap::new() }
}

/// Firms in circles: most projects are made within one, some bring a stranger in.
fn projects() -> Data {
    let mut random = SplitMix::new(7);
    let mut rows = Vec::new();
    for month in 0..MONTHS {
        for project in 0..5 {
            let circle = random.below(CIRCLES);
            // Some firms of a circle are busier than others.
            let mut members: Vec<usize> = (0..2 + random.below(2))
                .map(|_| circle * CIRCLE + random.below(CIRCLE).min(random.below(CIRCLE)))
                .collect();
            if random.below(4) == 0 {
                members.push(random.below(CIRCLES * CIRCLE));
            }
            let group = format!("p{month}-{project}");
            rows.extend(members.into_iter().map(|actor| row(month, project, &group, actor)));
        }
    }
    data(rows, Task::Pair)
}

/// Chambers that firms join: those of their circle, one after the other.
fn joinings() -> Data {
    let mut random = SplitMix::new(11);
    let mut rows = Vec::new();
    for actor in 0..CIRCLES * CIRCLE {
        let mut month = random.below(20);
        while month < MONTHS {
            let circle = if random.below(5) == 0 { random.below(CIRCLES) } else { actor / CIRCLE };
            let group = format!("g{}", circle * 10 + random.below(10));
            rows.push(row(month, actor, &group, actor));
            month += 2 + random.below(10);
        }
    }
    data(rows, Task::Join)
}

fn metric(report: &Report, name: &str) -> f64 {
    report.metrics.iter().find(|metric| metric.name == name).unwrap().mean
}

/// What must hold of every report.
fn holds_together(report: &Report) {
    let ndcg = metric(report, "ndcg@10");
    let (as_they_are, strong) = (report.spreading.first().unwrap(), report.spreading.last().unwrap());
    assert!((as_they_are.ndcg - ndcg).abs() < 1e-9, "strength 0 is the list itself: {as_they_are:?}");
    assert!(strong.gini <= as_they_are.gini + 1e-9, "{:?}", report.spreading);
    let chance = report.baselines.iter().find(|one| matches!(one.name, "random" | "popularity")).unwrap();
    assert!(chance.ahead.low > 0.0, "not clearly better than {chance:?}");
    let best = report.baselines.iter().map(|one| one.ndcg.mean).fold(0.0, f64::max);
    assert!(ndcg > best - 0.02, "{ndcg} falls behind the best simple method, {best}: {:?}", report.baselines);
    assert!(report.global.is_sorted_by(|one, next| one.score_micro >= next.score_micro));
}

#[test]
fn next_partners_of_firms_in_circles_are_found() {
    let report = backtest::run_beside(&projects(), Cut::Test, true).unwrap();
    holds_together(&report);
    assert!(metric(&report, "ndcg@10") > 0.20, "{:?}", report.metrics);
    let again = backtest::run(&projects(), Cut::Test).unwrap();
    assert_eq!(again.ranking, report.ranking, "the same register gives the same lists");
}

#[test]
fn next_joinings_are_found() {
    let report = backtest::run_beside(&joinings(), Cut::Test, true).unwrap();
    holds_together(&report);
    assert!(metric(&report, "ndcg@10") > 0.30, "{:?}", report.metrics);
}
