//! The contract on sled, and what is found when files of the store were damaged.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::kinds::Tag;
use crate::kinds::store::{LossAccepted, PositionRange, StoreCopy, StoreDamage};
use crate::log::contract::{append, event, keyed};

mod backup;
mod examine;
mod proofs;

fn sled() -> impl Fn() -> Box<dyn Log> {
    let directory = TempDir::new().unwrap();
    move || Box::new(SledLog::open(directory.path(), &Options::default()).unwrap())
}

crate::log_contract!(sled, persistent);

const EVENTS: u64 = 3000;

/// A store of [`EVENTS`] events that was opened and closed twice, so that it has a snapshot.
fn store() -> TempDir {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).unwrap();
    let numbers: Vec<u64> = (1..=EVENTS).collect();
    let appends = numbers.chunks(100).map(|part| append(part.iter().map(|n| keyed(*n, &format!("key {n}")))));
    assert!(log.commit(appends.collect()).unwrap().iter().all(Result::is_ok));
    log.close().unwrap();
    open(directory.path()).unwrap().close().unwrap();
    directory
}

fn open(directory: &Path) -> Result<SledLog, LogError> {
    SledLog::open(directory, &Options::default())
}

/// The store holds everything and takes more.
fn assert_whole(directory: &Path) {
    let log = open(directory).unwrap();
    assert_eq!(log.verify().unwrap().events, EVENTS);
    assert_eq!(log.find_key("key 1234").unwrap().map(|(position, _)| position), Some(1234));
    let placed = log.commit(vec![append([event(1)])]).unwrap();
    assert_eq!(placed, [Ok(vec![Placed { position: EVENTS + 1, repeated: false }])]);
}

fn snapshots(directory: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(directory.join("sled")).unwrap().map(|entry| entry.unwrap().path());
    let mut snapshots: Vec<_> = names.filter(|path| path.to_string_lossy().contains("snap.")).collect();
    snapshots.sort();
    snapshots
}

fn quarantined(directory: &Path) -> usize {
    fs::read_dir(directory.join("quarantine")).map_or(0, Iterator::count)
}

/// Changes blocks behind the log's back, through the engine.
fn meddle(directory: &Path, change: impl FnOnce(&::sled::Tree)) {
    let engine = ::sled::open(directory.join("sled")).unwrap();
    change(&engine.open_tree("log").unwrap());
    engine.flush().unwrap();
}

#[test]
fn a_second_opener_is_told_who_has_the_store() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).unwrap();
    let Err(LogError::InUse { owner }) = open(directory.path()) else { panic!("opened twice") };
    assert!(owner.contains(&std::process::id().to_string()), "{owner}");
    log.close().unwrap();
    open(directory.path()).unwrap();
}

#[test]
fn the_head_follows_an_append_on_a_quiet_store() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).unwrap();
    log.commit(vec![append([event(1)])]).unwrap().remove(0).unwrap();
    let head = || -> serde_json::Value {
        serde_json::from_slice(&fs::read(directory.path().join("head")).unwrap()).unwrap()
    };
    while head()["position"] != 1 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed = TempDir::new().unwrap();
    copy(directory.path(), killed.path());
    for part in ["sled", "journal"] {
        fs::remove_dir_all(killed.path().join(part)).unwrap();
    }
    let lost = open(killed.path()).unwrap_err();
    assert!(matches!(lost, LogError::Lost { acknowledged: 1, .. }), "{lost}");
}

#[test]
fn a_closed_log_says_so() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).unwrap();
    log.close().unwrap();
    log.close().unwrap();
    assert!(matches!(log.verify(), Err(LogError::Store(_))));
    assert!(matches!(log.commit(vec![append([event(1)])]), Err(LogError::Store(_))));
}

#[test]
fn a_half_written_snapshot_is_removed() {
    let directory = store();
    let newest = snapshots(directory.path()).pop().unwrap();
    let half = newest.with_file_name("snap.7FFFFFFFFFFFFFFF.generating");
    fs::write(&half, &fs::read(&newest).unwrap()[..20]).unwrap();
    assert_whole(directory.path());
    assert!(!half.exists());
}

#[test]
fn a_bad_snapshot_is_set_aside() {
    let damages: [fn(&mut Vec<u8>); 4] = [
        |bytes| bytes.clear(),
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes[9] ^= 1,
        |bytes| bytes.fill(0),
    ];
    for damage in damages {
        let directory = store();
        let newest = snapshots(directory.path()).pop().unwrap();
        let mut bytes = fs::read(&newest).unwrap();
        damage(&mut bytes);
        fs::write(&newest, bytes).unwrap();
        assert_whole(directory.path());
        assert_eq!(quarantined(directory.path()), 1);
    }
}

#[test]
fn a_bad_snapshot_newer_than_a_good_one_is_set_aside() {
    let directory = store();
    let newest = snapshots(directory.path()).pop().unwrap();
    fs::write(newest.with_file_name("snap.7FFFFFFFFFFFFFFF"), b"torn").unwrap();
    assert_whole(directory.path());
}

#[test]
fn a_damaged_or_missing_conf_is_put_back() {
    let damages: [fn(&Path); 3] = [
        |conf| fs::write(conf, &fs::read(conf).unwrap()[..31]).unwrap(),
        |conf| fs::write(conf, b"").unwrap(),
        |conf| fs::remove_file(conf).unwrap(),
    ];
    for damage in damages {
        let directory = store();
        damage(&directory.path().join("sled/conf"));
        assert_whole(directory.path());
    }
}

/// What the last open healed: copy, damage, and how many files were set aside.
fn healed(log: &SledLog) -> Vec<(StoreCopy, StoreDamage)> {
    log.untold().unwrap().healed.iter().map(|healing| (healing.copy, healing.damage)).collect()
}

/// The store opens, holds everything, and says what was damaged; opened again it has nothing more to say.
fn assert_heals(directory: &Path, expected: &[(StoreCopy, StoreDamage)]) {
    let log = open(directory).unwrap();
    assert_eq!(healed(&log), expected);
    log.told().unwrap();
    log.close().unwrap();
    let log = open(directory).unwrap();
    assert_eq!(log.untold().unwrap(), Report::default());
    log.close().unwrap();
    assert_whole(directory);
}

#[test]
fn either_copy_may_be_deleted_whole() {
    let directory = store();
    fs::remove_dir_all(directory.path().join("sled")).unwrap();
    assert_heals(directory.path(), &[(StoreCopy::Engine, StoreDamage::Behind)]);

    let directory = store();
    fs::remove_dir_all(directory.path().join("journal")).unwrap();
    assert_heals(directory.path(), &[(StoreCopy::Journal, StoreDamage::Missing)]);
}

#[test]
fn a_store_of_before_the_journal_gets_one() {
    let directory = store();
    fs::remove_dir_all(directory.path().join("journal")).unwrap();
    let head: serde_json::Value =
        serde_json::from_slice(&fs::read(directory.path().join("head")).unwrap()).unwrap();
    let old = serde_json::json!({ "position": head["position"], "block_crc32c": head["block_crc32c"] });
    fs::write(directory.path().join("head"), old.to_string()).unwrap();
    assert_heals(directory.path(), &[]);
}

#[test]
fn an_engine_that_opens_empty_is_built_anew() {
    let directory = store();
    snapshots(directory.path()).into_iter().for_each(|snapshot| fs::remove_file(snapshot).unwrap());
    fs::write(directory.path().join("sled/db"), b"").unwrap();
    assert_heals(directory.path(), &[(StoreCopy::Engine, StoreDamage::Behind)]);
    assert!(quarantined(directory.path()) > 0);
}

#[test]
fn what_both_copies_lost_is_named_and_may_be_accepted() {
    let directory = store();
    for part in ["sled", "journal"] {
        fs::remove_dir_all(directory.path().join(part)).unwrap();
    }
    for _ in 0..2 {
        let lost = open(directory.path()).unwrap_err();
        assert_eq!(
            lost.to_string(),
            "both copies of the log have lost acknowledged events: positions 1-3000"
        );
        assert!(matches!(lost, LogError::Lost { found: 0, acknowledged: EVENTS, .. }), "{lost}");
    }
    let log = open_accepting(directory.path());
    let ranges = vec![PositionRange { first: 1, last: EVENTS }];
    assert_eq!(log.untold().unwrap().lost, [LossAccepted { head: 0, ranges }]);
    log.told().unwrap();
    log.close().unwrap();
    let log = open(directory.path()).unwrap();
    assert_eq!((log.head(), log.untold().unwrap()), (0, Report::default()), "the loss was accepted for good");
}

fn open_accepting(directory: &Path) -> SledLog {
    SledLog::open(directory, &Options { accept_loss: true, ..Options::default() }).unwrap()
}

#[test]
fn an_end_that_one_copy_lost_comes_from_the_other() {
    let directory = store();
    meddle(directory.path(), |blocks| {
        let (last, _) = blocks.last().unwrap().unwrap();
        blocks.remove(last).unwrap();
    });
    assert_heals(directory.path(), &[(StoreCopy::Engine, StoreDamage::Behind)]);

    let directory = store();
    let segment = directory.path().join("journal/00000000000000000001.seg");
    let length = fs::metadata(&segment).unwrap().len();
    fs::OpenOptions::new().write(true).open(&segment).unwrap().set_len(length - 10).unwrap();
    assert_heals(directory.path(), &[(StoreCopy::Journal, StoreDamage::Damaged)]);
}

#[test]
fn an_end_that_both_copies_lost_is_noticed_and_may_be_accepted() {
    let directory = store();
    meddle(directory.path(), |blocks| {
        let (last, _) = blocks.last().unwrap().unwrap();
        blocks.remove(last).unwrap();
    });
    let segment = directory.path().join("journal/00000000000000000001.seg");
    let length = fs::metadata(&segment).unwrap().len();
    fs::OpenOptions::new().write(true).open(&segment).unwrap().set_len(length - 10).unwrap();
    let lost = open(directory.path()).unwrap_err();
    let LogError::Lost { found, acknowledged: EVENTS, .. } = lost else { panic!("{lost}") };
    let log = open_accepting(directory.path());
    assert_eq!((log.head(), log.verify().unwrap().events), (found, found));
    // The index knew the lost events; their keys are free again, and what stayed is still found.
    assert_eq!(log.find_key(&format!("key {EVENTS}")).unwrap(), None);
    assert!(log.find_key(&format!("key {found}")).unwrap().is_some());
    let answer = log.commit(vec![append([keyed(EVENTS, &format!("key {EVENTS}"))])]).unwrap();
    assert_eq!(answer, [Ok(vec![Placed { position: found + 1, repeated: false }])]);
    drop(log);
    assert_eq!(open(directory.path()).unwrap().head(), found + 1);
}

#[test]
fn a_hole_that_both_copies_have_is_named_and_filled_once_accepted() {
    let directory = store();
    let (mut first, mut bytes) = (0, Vec::new());
    meddle(directory.path(), |blocks| {
        let (key, value) = blocks.get_lt(1500_u64.to_be_bytes()).unwrap().unwrap();
        first = u64::from_be_bytes(key.as_ref().try_into().unwrap());
        bytes = value.to_vec();
        blocks.remove(key).unwrap();
    });
    let last = crate::log::codec::Block::parse(&bytes).unwrap().last();
    let segment = directory.path().join("journal/00000000000000000001.seg");
    let mut journal = fs::read(&segment).unwrap();
    let at = journal.windows(bytes.len()).position(|window| window == bytes).unwrap();
    journal[at + 40] ^= 1;
    fs::write(&segment, journal).unwrap();

    // The journal's frame is gone as a whole; the engine still has its other blocks.
    let lost = open(directory.path()).unwrap_err();
    let LogError::Lost { ranges, .. } = lost else { panic!("{lost}") };
    assert_eq!(ranges, [PositionRange { first, last }]);
    let log = open_accepting(directory.path());
    let ranges = vec![PositionRange { first, last }];
    assert_eq!(log.untold().unwrap().lost, [LossAccepted { head: EVENTS, ranges }]);
    assert_eq!(log.verify().unwrap().events, EVENTS);
    let kinds = |position| log.at(position).unwrap().unwrap().kind;
    assert_ne!(kinds(first - 1), "loss_accepted");
    assert_eq!((kinds(first).as_str(), kinds(last).as_str()), ("loss_accepted", "loss_accepted"));
    assert_ne!(kinds(last + 1), "loss_accepted");
    log.at(first).unwrap().unwrap().decode().unwrap();
    drop(log);
    assert_whole(directory.path());
}

#[test]
fn another_last_block_than_the_acknowledged_one_is_replaced() {
    let directory = store();
    meddle(directory.path(), |blocks| {
        let (key, _) = blocks.last().unwrap().unwrap();
        let first = u64::from_be_bytes(key.as_ref().try_into().unwrap());
        let payloads: Vec<_> =
            (first..=EVENTS).map(|n| crate::log::codec::encode_event(&event(n + 1)).unwrap()).collect();
        for (position, bytes) in crate::log::codec::encode_blocks(first, &payloads) {
            blocks.insert(position.to_be_bytes(), bytes).unwrap();
        }
    });
    assert_heals(directory.path(), &[(StoreCopy::Engine, StoreDamage::Differs)]);
}

#[test]
fn the_journal_of_another_store_is_replaced() {
    let (directory, other) = (store(), store());
    let segment = "journal/00000000000000000001.seg";
    fs::copy(other.path().join(segment), directory.path().join(segment)).unwrap();
    assert_heals(directory.path(), &[(StoreCopy::Journal, StoreDamage::Damaged)]);
}

/// Flips a bit in the payload of the first event of the block before a position; where that event is.
fn flip_before(blocks: &::sled::Tree, position: u64) -> u64 {
    let (key, value) = blocks.get_lt(position.to_be_bytes()).unwrap().unwrap();
    let damaged = u64::from_be_bytes(key.as_ref().try_into().unwrap());
    let mut bytes = value.to_vec();
    bytes[16 + 8 + 3] ^= 1;
    blocks.insert(key, bytes).unwrap();
    damaged
}

#[test]
fn a_damaged_block_of_the_engine_is_read_from_the_journal() {
    let directory = store();
    let mut damaged = 0;
    meddle(directory.path(), |blocks| damaged = flip_before(blocks, 1500));
    // Beyond the part that is held against the journal at open: reading goes on, verification tells.
    let log =
        SledLog::open(directory.path(), &Options { checked_events: 100, ..Options::default() }).unwrap();
    assert_eq!(log.untold().unwrap(), Report::default());
    let error = log.verify().unwrap_err();
    assert!(matches!(error, LogError::Damaged { position, .. } if position == damaged), "{error}");
    let found = log.read(&Query::tagged(Tag::new("activity", &damaged)), 0, Direction::Forward, 1).unwrap();
    assert_eq!(found.first().map(|event| event.position), Some(damaged));
    log.close().unwrap();
    // Having met damage, the next open looks at everything.
    let log =
        SledLog::open(directory.path(), &Options { checked_events: 100, ..Options::default() }).unwrap();
    assert_eq!(healed(&log), [(StoreCopy::Engine, StoreDamage::Damaged)]);
    log.told().unwrap();
    drop(log);
    assert_whole(directory.path());
}

#[test]
fn a_hole_in_the_engine_is_healed() {
    let directory = store();
    meddle(directory.path(), |blocks| {
        let (key, _) = blocks.get_lt(1500_u64.to_be_bytes()).unwrap().unwrap();
        blocks.remove(key).unwrap();
    });
    assert_heals(directory.path(), &[(StoreCopy::Engine, StoreDamage::Damaged)]);
}

#[test]
fn an_unreadable_head_is_written_anew() {
    let directory = store();
    fs::write(directory.path().join("head"), b"{\"position\":30").unwrap();
    assert_heals(directory.path(), &[(StoreCopy::Head, StoreDamage::Damaged)]);
}

#[test]
fn an_engine_damaged_anywhere_is_healed() {
    let original = store();
    let data = fs::read(original.path().join("sled/db")).unwrap();
    for snapshots_stay in [true, false] {
        for eighth in 0..8 {
            let directory = TempDir::new().unwrap();
            copy(original.path(), directory.path());
            if !snapshots_stay {
                snapshots(directory.path())
                    .into_iter()
                    .for_each(|snapshot| fs::remove_file(snapshot).unwrap());
            }
            let mut bytes = data.clone();
            let at = bytes.len() * eighth / 8 + 100;
            bytes[at] ^= 0x10;
            fs::write(directory.path().join("sled/db"), bytes).unwrap();
            assert_whole(directory.path());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_head_is_written_every_thousand_flushes_without_a_close() {
    let directory = TempDir::new().unwrap();
    // Without a pulse.
    let engine = SledLog::open_engine(directory.path(), &Options::default(), None, Uuid::from_u128(1));
    let log = SledLog::over(engine.unwrap()).unwrap();
    let head = || fs::read_to_string(directory.path().join("head")).unwrap();
    for n in 0..1000 {
        assert!(head().contains("\"position\":0,"));
        log.commit(vec![append([event(n)])]).unwrap().remove(0).unwrap();
    }
    assert!(head().contains("\"position\":1000,"));
}
