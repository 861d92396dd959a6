//! Laws of match lists on whole logs: the invented city, and the shared register where it is here. Forty pairs and forty
//! later events by default, `JINQIAO_PAIRS=1000` for the long run; the register (144,719 rows) only where
//! `JINQIAO_REGISTERS` is set, best with `--release`.

#![expect(clippy::print_stdout, reason = "what was looked at, and what was skipped")]

use std::path::{Path, PathBuf};

use jinqiao::config::{Lang, LogUrl};
use jinqiao::demo;
use jinqiao::desk::{Desk, Submission};
use jinqiao::dice::Dice;
use jinqiao::matching::{Ground, Times};
use jinqiao::store::Store;
use jinqiao_events::decide::Draft;
use jinqiao_events::kinds::Kind;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::log::{Direction, Query};
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use serde_json::json;

use crate::support::Town;

/// How many pairs and later events.
fn many() -> usize {
    std::env::var("JINQIAO_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(40)
}

/// The year of the invented city, recorded.
fn demo_desk() -> Desk {
    let store = Store::open(&LogUrl::Memory).unwrap();
    demo::build(store.clone(), demo::SEED, demo::YEAR, &mut |_, _| {}).unwrap();
    Desk::open(store).unwrap()
}

/// The shared register, imported into a store of its own.
fn register_desk(town: &Town) -> Option<Desk> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/cordis_h2020/events.tsv.gz");
    let found = std::env::var_os("JINQIAO_REGISTERS").is_some() && folder.exists();
    if !found {
        println!("skipped: set JINQIAO_REGISTERS beside the shared register cordis_h2020");
        return None;
    }
    town.ok(&["import", folder.to_str().unwrap(), "--as", "participations"]);
    let url = LogUrl::Sled(PathBuf::from(town.url().trim_start_matches("sled:")));
    Some(Desk::open(Store::open(&url).unwrap()).unwrap())
}

fn as_of(day: &str) -> Times {
    Times { as_of: Some(day.parse().unwrap()), known_at: None }
}

/// Open enterprises and chambers that something ties to somebody.
fn tied(ground: &Ground) -> Vec<PartyId> {
    let offered = |kind| matches!(kind, OrgKind::Enterprise | OrgKind::Chamber);
    let parties =
        ground.views.register.parties().filter(|party| offered(party.kind) && party.merged_into.is_none());
    parties.map(|party| party.id).filter(|party| ground.graphs.parties.node(*party).is_some()).collect()
}

/// Terms add up to the bit, and every term opens to events that are in the log.
fn pairs_hold(desk: &Desk, day: &str) {
    let ground = Ground::gather(desk, as_of(day)).unwrap();
    let (parties, log) = (tied(&ground), desk.store().log.clone());
    let mut dice = Dice::new(11);
    let (mut explained, mut terms, mut opened) = (0, 0, 0);
    while explained < many() {
        let (a, b) = (*dice.choose(&parties).unwrap(), *dice.choose(&parties).unwrap());
        let Ok(pair) = ground.explain(a, b, Lang::Zh) else { continue };
        explained += 1;
        let sum: i64 = pair.terms.iter().map(|term| term.value_micro).sum();
        assert_eq!(pair.score_micro, sum, "{a} {b}");
        for term in &pair.terms {
            assert!(!term.evidence.is_empty() && !term.sentence.is_empty(), "{a} {b} {}", term.signal);
            for position in &term.evidence {
                let found = log.read(&Query::all(), position - 1, Direction::Forward, 1).unwrap();
                let event = found.first().unwrap_or_else(|| panic!("{a} {b}: no event at {position}"));
                assert_eq!(event.position, *position);
                assert!(event.occurred.day_number() <= day.parse::<Occurred>().unwrap().day_number());
                opened += 1;
            }
        }
        terms += pair.terms.len();
    }
    println!("{explained} pairs, {terms} terms, {opened} events opened");
    assert!(terms > explained, "{terms} terms of {explained} pairs");
}

/// Lists of some parties as of a day, as bytes. The position that a list names is that of the views it was made from:
/// where all is known that was recorded since, it is not compared.
fn lists(desk: &Desk, times: Times, with_position: bool) -> Vec<String> {
    let ground = Ground::gather(desk, times).unwrap();
    let parties = tied(&ground);
    let mut dice = Dice::new(12);
    let drawn = (0..10).map(|_| *dice.choose(&parties).unwrap());
    let list = |party| {
        let mut list = ground.list(party, None, 20, Lang::Zh).ok()?;
        list.position = if with_position { list.position } else { 0 };
        Some(serde_json::to_string(&list).unwrap())
    };
    drawn.filter_map(list).collect()
}

/// Lists as of then are the same bytes after many later events.
fn lists_hold(desk: &Desk, then: &str, later_year: i16) {
    let known = Times { as_of: Some(then.parse().unwrap()), known_at: Some(desk.clock().now()) };
    let before = [lists(desk, as_of(then), false), lists(desk, known, true)];
    assert!(!before[0].is_empty());
    let parties = tied(&Ground::gather(desk, as_of(then)).unwrap());
    std::thread::sleep(std::time::Duration::from_millis(5));
    let mut dice = Dice::new(13);
    let mut units: Vec<Vec<Draft>> = Vec::new();
    for at in 0..many() {
        let (a, b) = (*dice.choose(&parties).unwrap(), *dice.choose(&parties).unwrap());
        if a == b {
            continue;
        }
        let (kind, body) = match at % 3 {
            0 => (Kind::ParticipationRecorded, json!({"group": format!("later-{}", at / 6), "party": a})),
            1 => (Kind::MeetingHeld, json!({"a": a, "b": b})),
            _ => {
                let body = json!({"party": a, "candidates": [b], "model": "m", "at_position": 1});
                (Kind::MatchListIssued, body)
            }
        };
        let day = format!("{later_year}-{:02}-{:02}", at % 12 + 1, at % 27 + 1);
        let event = kind.decode(kind.version(), &body.to_string()).unwrap();
        units.push(vec![jinqiao::desk::draft(event, day.parse().unwrap())]);
    }
    let told = units.len();
    let mut kept = 0;
    while !units.is_empty() {
        let some = units.drain(..units.len().min(200)).collect();
        let answers = desk.record_blocking(Submission { units: some, rehearsal: false }).unwrap();
        kept += answers.iter().filter(|answer| answer.is_ok()).count();
    }
    println!("{kept} later events of {told}");
    assert!(kept * 10 > told * 9, "{kept} of {told} were taken");
    let after = [lists(desk, as_of(then), false), lists(desk, known, true)];
    assert!(before == after, "lists as of {then} changed");
}

#[test]
fn terms_of_the_citys_pairs_add_up_and_open_to_its_events() {
    pairs_hold(&demo_desk(), "2025-12-31");
}

#[test]
fn the_citys_lists_as_of_then_stay_the_same_bytes() {
    lists_hold(&demo_desk(), "2025-06-30", 2026);
}

#[test]
fn the_same_holds_of_the_shared_register() {
    let town = Town::new();
    let Some(desk) = register_desk(&town) else { return };
    pairs_hold(&desk, "2019-12-31");
    lists_hold(&desk, "2019-12-31", 2022);
    desk.close().unwrap();
}
