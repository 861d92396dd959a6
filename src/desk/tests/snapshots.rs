//! A start from a snapshot is a start from the first event, only sooner.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use jinqiao_events::log::{Direction, Log, Query};
use proptest::prelude::*;

use super::agreement::{Telling, agree, folded, saying};
use super::*;
use crate::config::LogUrl;
use crate::desk::keeper;
use crate::snapshots::Snapshot;

fn open(directory: &Path) -> Store {
    Store::open(&LogUrl::Sled(directory.to_owned())).unwrap()
}

fn write_snapshot(log: &dyn Log) {
    assert_eq!(keeper::write(log, &AtomicBool::new(false)).unwrap(), Some(log.head()));
}

/// What a start from the snapshot would begin with.
fn kept(log: &dyn Log) -> Option<Vec<(&'static str, String)>> {
    let snapshot = Snapshot::find(log)?;
    snapshot.rules().ok()?;
    Some(snapshot.views().ok()?.digests())
}

/// A store with a story in it and a snapshot of all of it.
fn settled(directory: &Path) -> Store {
    let office = Office::at(open(directory));
    office.told(&["a", "b", "c"].map(registered));
    let (a, b) = (org("a"), org("b"));
    office.told(&[line("meeting_held", &json!({"a": a, "b": b}))]);
    write_snapshot(office.desk.store().log.as_ref());
    office.desk.store().clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
    ))]

    #[test]
    fn after_any_story_cut_anywhere_rules_and_views_are_those_of_a_replay(
        before in prop::collection::vec(saying(), 0..16),
        after in prop::collection::vec(saying(), 0..16),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut telling = Telling::new(Office::at(open(directory.path())));
        // The second snapshot is made from the first.
        for part in before.chunks(8) {
            part.iter().for_each(|saying| telling.tell(saying));
            write_snapshot(telling.office.desk.store().log.as_ref());
        }
        write_snapshot(telling.office.desk.store().log.as_ref());
        let cut = telling.office.desk.store().log.head();
        after.iter().for_each(|saying| telling.tell(saying));
        telling.office.desk.close().unwrap();

        telling.office = Office::at(open(directory.path()));
        let log = Arc::clone(&telling.office.desk.store().log);
        let mut since = log.read(&Query::all(), cut, Direction::Forward, usize::MAX).unwrap().into_iter();
        let is_told_anew = since.any(|stored| ["event_voided", "event_corrected"].contains(&stored.kind.as_str()));
        prop_assert_eq!(kept(log.as_ref()).is_some(), !is_told_anew);
        prop_assert_eq!(telling.office.desk.shelf().views().digests(), folded(log.as_ref()).digests());
        agree(&telling)?;
    }
}

#[test]
fn whatever_byte_is_changed_or_missing_the_log_is_replayed() {
    let directory = tempfile::tempdir().unwrap();
    let store = settled(directory.path());
    let log = store.log.as_ref();
    let path = directory.path().join("snapshot");
    let whole = fs::read(&path).unwrap();
    assert_eq!(kept(log), Some(folded(log).digests()));
    // The end of the file, byte for byte, and some of the others.
    let stride =
        std::env::var("JINQIAO_SNAPSHOT_STRIDE").ok().and_then(|text| text.parse().ok()).unwrap_or(11);
    let some = (0..whole.len()).step_by(stride).chain(whole.len() - 64..whole.len());
    for at in some {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x11;
        fs::write(&path, &flipped).unwrap();
        assert_eq!(kept(log), None, "byte {at} of {}", whole.len());
        fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(kept(log), None, "cut at {at}");
    }
}

#[test]
fn a_snapshot_of_another_log_or_of_one_that_went_on_otherwise_is_passed_over() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = settled(one.path());
    let office = Office::at(open(other.path()));
    let path = other.path().join("snapshot");
    fs::copy(one.path().join("snapshot"), &path).unwrap();
    assert_eq!(kept(office.desk.store().log.as_ref()), None, "it does not reach so far");
    office.told(&["a", "b", "d", "e", "f"].map(registered));
    assert_eq!(kept(office.desk.store().log.as_ref()), None, "it is of other events");
    assert!(kept(store.log.as_ref()).is_some());
}

#[test]
fn a_void_after_a_snapshot_counts_in_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let office = Office::at(open(directory.path()));
    let receipts = office.told(&["a", "b"].map(registered));
    write_snapshot(office.desk.store().log.as_ref());
    office.told(&[voided(&receipts[1])]);
    office.desk.close().unwrap();
    let office = Office::at(open(directory.path()));
    assert_eq!(kept(office.desk.store().log.as_ref()), None);
    assert!(office.name_of("a").is_some() && office.name_of("b").is_none());
    assert_eq!(code(&office.say(&[registered("b")])), "ok");
}

#[test]
fn a_snapshot_that_is_stopped_leaves_the_one_of_before() {
    let directory = tempfile::tempdir().unwrap();
    let store = settled(directory.path());
    let before = kept(store.log.as_ref());
    let office = Office { desk: Desk::open(store.clone()).unwrap(), log: Arc::default() };
    office.told(&[registered("d")]);
    assert_eq!(keeper::write(store.log.as_ref(), &AtomicBool::new(true)).unwrap(), None);
    assert_eq!(kept(store.log.as_ref()), before);
    write_snapshot(store.log.as_ref());
    assert_eq!(kept(store.log.as_ref()), Some(office.desk.shelf().views().digests()));
}

#[test]
fn a_desk_that_is_closed_after_many_events_leaves_a_snapshot_and_one_after_few_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot");
    let office = Office::at(open(directory.path()));
    office.told(&[registered("a")]);
    office.desk.close().unwrap();
    assert!(!path.exists());

    let office = Office::at(open(directory.path()));
    let units = (0..1_100).map(|number| unit(&[registered(&number.to_string())])).collect();
    assert!(office.submit(units).unwrap().iter().all(Result::is_ok));
    office.desk.close().unwrap();
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    // Of a snapshot that was being written when the process died.
    fs::write(directory.path().join("snapshot.new"), b"half").unwrap();

    let office = Office::at(open(directory.path()));
    let log = Arc::clone(&office.desk.store().log);
    assert_eq!(kept(log.as_ref()), Some(folded(log.as_ref()).digests()));
    // Rules that come from a snapshot: what is taken is taken, what follows is known.
    assert_eq!(code(&office.say(&[registered("1")])), "identifier_taken");
    office.told(&[registered("new")]);
    assert!(office.name_of("new").is_some());
    office.desk.close().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written, "little is behind it");
    assert!(open(directory.path()).log.verify().is_ok());
}

#[test]
fn a_desk_that_told_history_anew_leaves_a_snapshot_of_that() {
    let directory = tempfile::tempdir().unwrap();
    let office = Office::at(open(directory.path()));
    let receipts = office.told(&["a", "b"].map(registered));
    let units = (0..1_100).map(|number| unit(&[registered(&number.to_string())])).collect();
    assert!(office.submit(units).unwrap().iter().all(Result::is_ok));
    office.desk.close().unwrap();

    let office = Office::at(open(directory.path()));
    office.told(&[voided(&receipts[1])]);
    assert_eq!(kept(office.desk.store().log.as_ref()), None);
    office.desk.close().unwrap();
    let store = open(directory.path());
    assert_eq!(kept(store.log.as_ref()), Some(folded(store.log.as_ref()).digests()));
}
