//! The sample files of the office, imported in the order that their folder names, against its figures.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use jinqiao_events::clock::{Manual, System};
use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::kinds::identity::PartyLinked;
use jinqiao_events::log::{Direction, Query};
use serde_json::Value;

use super::report::{Proposal, RefusedRow};
use super::{FileInput, ImportOptions, ImportReport, import};
use crate::config::LogUrl;
use crate::desk::{Desk, Submission, draft};
use crate::store::Store;

fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples"));
    let found = folder.join("expected.json").exists();
    if !found {
        println!("skipped: no sample files at {}", folder.display());
    }
    found.then_some(folder)
}

fn desk() -> Desk {
    let clock = Arc::new(Manual::at("2026-11-20T02:00:00Z".parse().unwrap()));
    Desk::open_with(Store::open(&LogUrl::Memory).unwrap(), clock, Arc::new(System)).unwrap()
}

fn run(desk: &Desk, name: &str, form: ImportForm, dry_run: bool) -> ImportReport {
    let bytes = fs::read(folder().unwrap().join(name)).unwrap();
    let options = ImportOptions { form, dry_run, strict: false, date: None };
    import(desk, FileInput { name, bytes: &bytes }, &options, &mut |_| {}).unwrap()
}

const FILES: [(&str, ImportForm); 5] = [
    ("商会名录.csv", ImportForm::Chambers),
    ("企业名录.xlsx", ImportForm::Enterprises),
    ("沙龙签到表.xlsx", ImportForm::SignIn),
    ("签约项目台账.xlsx", ImportForm::Projects),
    ("链团采购台账.csv", ImportForm::Purchases),
];

/// Every figure of `expected` that the totals have a name for is equal; at least `count` have one.
fn assert_figures(report: &ImportReport, expected: &Value, count: usize) {
    let figures = expected.as_object().unwrap();
    assert_eq!(Some(report.accepted), expected["accepted"].as_u64());
    let named: Vec<_> = figures.iter().filter(|(name, _)| report.totals.contains_key(*name)).collect();
    for (name, figure) in &named {
        assert_eq!(report.totals.get(*name), Some(*figure), "{name}");
    }
    assert!(named.len() >= count, "{named:?}");
}

fn refusals(expected: &Value) -> Vec<(u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = expected["refused"].as_array().unwrap();
    rows.iter()
        .map(|row| (row["row"].as_u64().unwrap(), text(&row["column"]), text(&row["reason"])))
        .collect()
}

fn refused(rows: &[RefusedRow]) -> Vec<(u64, String, String)> {
    rows.iter().map(|row| (row.row, row.column.clone(), row.code.to_string())).collect()
}

fn duplicates(report: &ImportReport) -> Vec<u64> {
    report.duplicates.iter().map(|row| row.row).collect()
}

fn link_all(desk: &Desk, report: &ImportReport) {
    for proposal in &report.proposed {
        let Proposal::Link { name, candidates, .. } = proposal else {
            continue;
        };
        let Some(candidate) = candidates.first().filter(|_| candidates.len() == 1) else {
            continue;
        };
        let event = PartyLinked { name: name.clone(), party: candidate.party.into(), import: None };
        let units = vec![vec![draft(event.into(), "2026-11-20".parse().unwrap())]];
        desk.record_blocking(Submission { units, rehearsal: false }).unwrap()[0].as_ref().unwrap();
    }
}

#[test]
fn the_sample_files_give_exactly_their_figures_and_nothing_more_the_second_time() {
    let Some(folder) = folder() else { return };
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let desk = desk();
    let mut reports = Vec::new();
    for (name, form) in FILES {
        let head = desk.store().log.head();
        let rehearsed = run(&desk, name, form, true);
        assert_eq!(desk.store().log.head(), head, "{name}: a rehearsal writes nothing");
        let report = run(&desk, name, form, false);
        assert_eq!((&rehearsed.totals, rehearsed.accepted), (&report.totals, report.accepted), "{name}");
        assert_eq!(refused(&report.refused), refusals(&expected[name]), "{name}");
        assert_eq!(rehearsed.refused, report.refused, "{name}");
        assert!(report.import.is_some());
        reports.push(report);
    }
    let [chambers, enterprises, sign_in, projects, purchases] = reports.try_into().unwrap();
    assert_figures(&chambers, &expected[FILES[0].0], 4);
    assert_figures(&enterprises, &expected[FILES[1].0], 5);
    assert_figures(&projects, &expected[FILES[3].0], 5);
    assert_figures(&purchases, &expected[FILES[4].0], 3);
    assert_eq!(duplicates(&chambers), [44]);
    assert_eq!(duplicates(&enterprises), [303, 304]);
    assert_eq!(duplicates(&purchases), [122, 123]);
    assert_eq!(duplicates(&sign_in), [70, 71, 70, 71]);
    assert_sign_in(&desk, &sign_in, &expected[FILES[2].0]);
    assert_nothing_twice(&desk);
    let projects_again = run(&desk, FILES[3].0, ImportForm::Projects, false);
    assert_eq!(
        projects_again.totals, projects.totals,
        "the figures of a file do not depend on who imported it first"
    );
    assert_no_person_in_the_log(&desk);
}

/// The directories that the other files refer to.
fn town() -> Desk {
    let desk = desk();
    for (name, form) in &FILES[..2] {
        run(&desk, name, *form, false);
    }
    desk
}

#[test]
fn delegations_visits_and_welfare_give_exactly_their_figures_and_nothing_more_the_second_time() {
    let Some(folder) = folder() else { return };
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let desk = town();
    for (name, form, figures) in [
        ("考察接待台账.xlsx", ImportForm::Delegations, 6),
        ("走访诉求台账.xlsx", ImportForm::Visits, 7),
        ("捐赠与结对台账.xlsx", ImportForm::Welfare, 5),
    ] {
        let rehearsed = run(&desk, name, form, true);
        let report = run(&desk, name, form, false);
        assert_eq!(rehearsed.refused, report.refused, "{name}");
        assert_eq!((&rehearsed.totals, rehearsed.accepted), (&report.totals, report.accepted), "{name}");
        let mut wanted = refusals(&expected[name]);
        let mut found = refused(&report.refused);
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{name}");
        let mut expected = expected[name].clone();
        for of_sheets in ["rows", "accepted"] {
            if expected[of_sheets].is_object() {
                expected[of_sheets] = expected[of_sheets]["公益捐赠"].clone();
            }
        }
        assert_figures(&report, &expected, figures);
        let head = desk.store().log.head();
        let again = run(&desk, name, form, false);
        assert_eq!((again.accepted, &again.totals), (0, &report.totals), "{name}");
        assert_eq!(desk.store().log.head(), head, "{name}");
    }
    assert_no_person_in_the_log(&desk);
}

fn assert_sign_in(desk: &Desk, report: &ImportReport, expected: &Value) {
    for figure in ["activities", "attendances", "persons"] {
        assert_eq!(report.totals[figure], expected[figure], "{figure}");
    }
    assert_eq!(report.totals["absent"], 16);
    link_all(desk, report);
    // Names that no enterprise fits stay names: 承办单位 and the like count as they are written.
    let again = run(desk, FILES[2].0, ImportForm::SignIn, true);
    assert_eq!(again.totals["organisations"], expected["organisations"]);
}

fn assert_nothing_twice(desk: &Desk) {
    let head = desk.store().log.head();
    for (name, form) in FILES {
        for dry_run in [true, false] {
            let again = run(desk, name, form, dry_run);
            assert_eq!((again.accepted, again.import), (0, None), "{name}");
            assert!(
                again.unchanged > 0 && again.proposed.iter().all(|it| matches!(it, Proposal::Link { .. })),
                "{name}: {:?}",
                again.proposed
            );
        }
    }
    assert_eq!(desk.store().log.head(), head);
}

fn assert_no_person_in_the_log(desk: &Desk) {
    let log = &desk.store().log;
    let lines: Vec<String> = log
        .read(&Query::all(), 0, Direction::Forward, 10_000)
        .unwrap()
        .iter()
        .map(|stored| format!("{stored:?}"))
        .collect();
    assert!(lines.len() > 1_000);
    for personal in ["13800000761", "张振涛", "韩立凤", "宋德颖", "朱兴芳", "曹嘉娜"] {
        assert!(lines.iter().all(|line| !line.contains(personal)), "{personal}");
    }
}
