//! The contract on sled, and what is found when files of the store were damaged.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::kinds::Tag;
use crate::log::contract::{append, event, keyed};

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
fn a_closed_log_says_so() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).unwrap();
    log.close().unwrap();
    log.close().unwrap();
    assert!(matches!(log.verify(), Err(LogError::Store(_))));
    assert!(matches!(log.commit(vec![append([event(1)])]), Err(LogError::Store(_))));
}

#[test]
fn after_a_failed_flush_nothing_is_acknowledged_and_reads_go_on() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).unwrap();
    log.commit(vec![append([keyed(1, "a")])]).unwrap().remove(0).unwrap();
    assert_eq!(log.fault(), None);
    log.engine().unwrap().fail_next_flush();
    assert!(matches!(log.commit(vec![append([keyed(2, "b")])]), Err(LogError::Store(_))));
    assert!(log.fault().is_some());
    assert!(matches!(log.commit(vec![append([keyed(3, "c")])]), Err(LogError::ReadOnly(_))));
    assert_eq!(log.head(), 1);
    assert_eq!(log.read(&Query::all(), 0, Direction::Forward, 9).unwrap().len(), 1);
    assert_eq!(log.read(&Query::of_kind("kind_2"), 0, Direction::Forward, 9).unwrap(), []);
    assert_eq!(log.find_key("b").unwrap(), None);
    assert_eq!(log.verify().unwrap().events, 1);
    drop(log);
    // The block had reached the engine, though not the disk: now it may be there, and is whole if it is.
    let log = open(directory.path()).unwrap();
    assert_eq!(log.verify().unwrap().events, log.head());
    assert_eq!(log.find_key("b").unwrap().is_some(), log.head() == 2);
    log.commit(vec![append([keyed(2, "b")])]).unwrap().remove(0).unwrap();
    assert_eq!(log.head(), 2);
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

#[test]
fn an_emptied_store_is_not_taken_for_a_new_one() {
    let damages: [fn(&Path); 2] = [
        |directory| fs::remove_dir_all(directory.join("sled")).unwrap(),
        |directory| {
            snapshots(directory).into_iter().for_each(|snapshot| fs::remove_file(snapshot).unwrap());
            fs::write(directory.join("sled/db"), b"").unwrap();
        },
    ];
    for damage in damages {
        let directory = store();
        damage(directory.path());
        for _ in 0..2 {
            let lost = open(directory.path()).unwrap_err();
            assert!(matches!(lost, LogError::Lost { found: 0, acknowledged: EVENTS }), "{lost}");
        }
        let options = Options { accept_loss: true, ..Options::default() };
        SledLog::open(directory.path(), &options).unwrap().close().unwrap();
        assert_eq!(open(directory.path()).unwrap().head(), 0, "the loss was accepted for good");
    }
}

#[test]
fn a_lost_end_is_noticed_and_may_be_accepted() {
    let directory = store();
    meddle(directory.path(), |blocks| {
        let (last, _) = blocks.last().unwrap().unwrap();
        blocks.remove(last).unwrap();
    });
    let lost = open(directory.path()).unwrap_err();
    let LogError::Lost { found, acknowledged: EVENTS } = lost else { panic!("{lost}") };
    let options = Options { accept_loss: true, ..Options::default() };
    let log = SledLog::open(directory.path(), &options).unwrap();
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
fn another_last_block_than_the_acknowledged_one_is_damage() {
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
    let error = open(directory.path()).unwrap_err();
    assert!(matches!(error, LogError::Damaged { position, .. } if position <= EVENTS), "{error}");
}

#[test]
fn a_flipped_byte_in_a_block_is_found_with_its_position() {
    let directory = store();
    let mut damaged = 0;
    meddle(directory.path(), |blocks| {
        let (key, value) = blocks.get_lt(1500_u64.to_be_bytes()).unwrap().unwrap();
        damaged = u64::from_be_bytes(key.as_ref().try_into().unwrap());
        let mut bytes = value.to_vec();
        // In the payload of the block's first event.
        bytes[16 + 8 + 3] ^= 1;
        blocks.insert(key, bytes).unwrap();
    });
    let error = open(directory.path()).unwrap_err();
    assert!(matches!(error, LogError::Damaged { position, .. } if position == damaged), "{error}");

    // Beyond the part that is checked at open, reading tells; what is before it stays readable.
    let log =
        SledLog::open(directory.path(), &Options { checked_events: 100, ..Options::default() }).unwrap();
    let error = log.verify().unwrap_err();
    assert!(matches!(error, LogError::Damaged { position, .. } if position == damaged), "{error}");
    let mut seen = 0;
    let error = log.scan(0, &mut |event| {
        seen = event.position;
        ControlFlow::Continue(())
    });
    assert!(matches!(error, Err(LogError::Damaged { position, .. }) if position == damaged));
    assert_eq!(seen, damaged - 1);
    assert!(log.read(&Query::tagged(Tag::new("activity", &damaged)), 0, Direction::Forward, 1).is_err());
}

#[test]
fn a_missing_block_is_a_gap() {
    let directory = store();
    meddle(directory.path(), |blocks| {
        let (key, _) = blocks.get_lt(1500_u64.to_be_bytes()).unwrap().unwrap();
        blocks.remove(key).unwrap();
    });
    assert!(matches!(open(directory.path()), Err(LogError::Damaged { position: 1..1500, .. })));
}

#[test]
fn an_unreadable_head_is_not_passed_over() {
    let directory = store();
    fs::write(directory.path().join("head"), b"{\"position\":30").unwrap();
    assert!(matches!(open(directory.path()), Err(LogError::Store(_))));
    let options = Options { accept_loss: true, ..Options::default() };
    assert_eq!(SledLog::open(directory.path(), &options).unwrap().head(), EVENTS);
    assert_whole(directory.path());
}

#[test]
fn a_store_damaged_anywhere_opens_whole_or_says_what_is_wrong() {
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
            // Whatever sled makes of it, it is no panic of ours and no silent loss.
            if let Ok(log) = open(directory.path()) {
                match log.verify() {
                    Ok(verified) => assert_eq!(verified.events, EVENTS),
                    Err(error) => println!("{error}"),
                }
            }
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
fn the_head_is_written_now_and_then_without_a_close() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).unwrap();
    let head = directory.path().join("head");
    for n in 0..1000 {
        assert!(!head.exists());
        log.commit(vec![append([event(n)])]).unwrap().remove(0).unwrap();
    }
    assert!(fs::read_to_string(head).unwrap().contains("1000"));
}
