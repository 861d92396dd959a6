//! The files of a store go bad: cut short, flipped, zeroed, swapped, deleted; the journal's, the engine's, both.
//!
//! What one copy still holds is all there afterwards, byte for byte, and the log tells of the healing. The same
//! damage to both copies is noticed wherever the head file covers it: everything, in a store that was closed;
//! otherwise what was acknowledged a second before the kill. `JINQIAO_DAMAGE_STRIDE` says how many bytes there are between the
//! cuts (1 for all), `JINQIAO_DAMAGE_ROUNDS` how often chance strikes, `JINQIAO_DAMAGE_SEED` how it does.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a check for tests: whatever fails, fails the test"
)]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jinqiao_events::kinds::store::StoreCopy;
use jinqiao_events::log::contract::{append, keyed};
use jinqiao_events::log::sled_log::Options;
use jinqiao_events::log::{Log, LogError, Position, SledLog, Stored};
use tempfile::TempDir;

const EVENTS: u64 = 600;
const LAST_BYTES: u64 = 64 * 1024;
const SECTOR_BYTES: usize = 4096;

fn rounds(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |rounds| rounds.parse().unwrap())
}

/// In memory where the system has a place for that: the tests make thousands of stores.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

fn event(n: u64) -> Stored {
    let filler = "x".repeat(usize::try_from(n * 37 % 200).unwrap());
    Stored { body: format!("{{\"n\":{n},\"filler\":\"{filler}\"}}"), ..keyed(n, &format!("key {n}")) }
}

fn options() -> Options {
    Options { cache_bytes: 16 * 1024 * 1024, ..Options::default() }
}

/// A store, and everything in it.
struct Original {
    directory: TempDir,
    events: Vec<Stored>,
    /// Up to where the head file covers it.
    covered: Position,
}

impl Original {
    /// Closed in order; or as a killed process leaves it, once the head has followed.
    fn new(closed: bool) -> Self {
        let (directory, other) = (folder(), folder());
        let log = SledLog::open(directory.path(), &options()).unwrap();
        let numbers: Vec<u64> = (1..=EVENTS).collect();
        for group in numbers.chunks(7) {
            let appends = group.chunks(3).map(|part| append(part.iter().map(|n| event(*n))));
            assert!(log.commit(appends.collect()).unwrap().iter().all(Result::is_ok));
        }
        let events = everything(&log);
        if closed {
            log.close().unwrap();
        }
        copy(directory.path(), other.path());
        while head_of(other.path()) < EVENTS {
            thread::sleep(Duration::from_millis(100));
            copy(directory.path(), other.path());
        }
        assert_eq!(engine_end(other.path()), EVENTS, "the head says that the engine, too, holds everything");
        Self { directory: other, events, covered: EVENTS }
    }

    fn copy(&self) -> TempDir {
        let directory = folder();
        copy(self.directory.path(), directory.path());
        directory
    }

    /// The damaged store opens with everything, both copies agree, and the next open finds nothing wrong. Which
    /// copies were healed.
    fn assert_heals(&self, damaged: &Path, what: &str) -> Vec<StoreCopy> {
        let log = SledLog::open(damaged, &options())
            .unwrap_or_else(|error| panic!("{what}: does not open: {error}"));
        assert!(everything(&log) == self.events, "{what}: not everything is there");
        assert_eq!(log.verify().unwrap().events, EVENTS, "{what}");
        let healed = log.untold().unwrap().healed.iter().map(|healing| healing.copy).collect();
        log.told().unwrap();
        log.close().unwrap();
        healed
    }

    /// The store opens with everything up to where the head covers it, or says what is lost or damaged. Whether
    /// it opened.
    fn assert_detects(&self, damaged: &Path, what: &str) -> bool {
        match SledLog::open(damaged, &options()) {
            Ok(log) => {
                let events = everything(&log);
                assert!(log.head() >= self.covered, "{what}: lost unseen");
                assert!(events[..] == self.events[..events.len()], "{what}: not what was acknowledged");
                log.verify().unwrap();
                true
            }
            Err(LogError::Lost { ranges, .. }) => {
                assert!(!ranges.is_empty(), "{what}: nothing named");
                assert!(ranges.iter().all(|range| (1..=EVENTS).contains(&range.first)), "{what}: {ranges:?}");
                false
            }
            Err(LogError::Damaged { position, .. }) => {
                assert!((1..=EVENTS).contains(&position), "{what}: {position}");
                false
            }
            // Neither copy has anything, and the engine says why.
            Err(LogError::Store(_)) => false,
            Err(error) => panic!("{what}: {error}"),
        }
    }
}

/// Up to where the head file covers the store.
fn head_of(directory: &Path) -> Position {
    let head = fs::read(directory.join("head")).unwrap();
    let head: serde_json::Value = serde_json::from_slice(&head).unwrap();
    head["position"].as_u64().unwrap()
}

/// Up to where the engine's copy alone holds events.
fn engine_end(store: &Path) -> Position {
    let alone = folder();
    copy(store, alone.path());
    fs::remove_dir_all(alone.path().join("journal")).unwrap();
    SledLog::open(alone.path(), &options()).map_or(0, |log| log.head())
}

fn everything(log: &SledLog) -> Vec<Stored> {
    let mut all = Vec::new();
    log.scan(0, &mut |event| {
        all.push(event);
        ControlFlow::Continue(())
    })
    .unwrap();
    all
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

/// The file that a copy keeps its events in.
fn file_of(copy: StoreCopy) -> PathBuf {
    match copy {
        StoreCopy::Engine => "sled/db".into(),
        StoreCopy::Journal => "journal/00000000000000000001.seg".into(),
        StoreCopy::Head => "head".into(),
    }
}

const COPIES: [StoreCopy; 2] = [StoreCopy::Engine, StoreCopy::Journal];

/// Cuts so many bytes of content off a file: a journal that was not closed ends in room for more.
fn cut(path: &Path, bytes: u64) {
    let content = fs::read(path).unwrap();
    let end = content.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let length = u64::try_from(end).unwrap().saturating_sub(bytes);
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

/// Random numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// A flipped byte, a zeroed sector or two swapped ones, somewhere in the content of a file.
fn spoil(path: &Path, dice: &mut Dice) -> String {
    let mut bytes = fs::read(path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
    let sectors = end.div_ceil(SECTOR_BYTES);
    let at = |number: usize| number * SECTOR_BYTES..((number + 1) * SECTOR_BYTES).min(end);
    let what = match dice.below(3) {
        0 => {
            let (at, mask) = (dice.below(end), 1 + dice.below(255));
            bytes[at] ^= u8::try_from(mask).unwrap();
            format!("byte {at} xor {mask}")
        }
        1 => {
            let number = dice.below(sectors);
            bytes[at(number)].fill(0);
            format!("sector {number} zeroed")
        }
        _ => {
            let (one, other) = (dice.below(sectors), dice.below(sectors));
            let length = at(one).len().min(at(other).len());
            for place in 0..length {
                bytes.swap(at(one).start + place, at(other).start + place);
            }
            format!("sectors {one} and {other} swapped")
        }
    };
    fs::write(path, bytes).unwrap();
    format!("{}: {what}", path.display())
}

fn cuts() -> impl Iterator<Item = u64> {
    let stride = rounds("JINQIAO_DAMAGE_STRIDE", 16_381);
    (1..=LAST_BYTES).step_by(usize::try_from(stride).unwrap())
}

#[test]
fn either_copy_cut_anywhere_near_its_end_is_made_whole() {
    for closed in [true, false] {
        let original = Original::new(closed);
        for of in COPIES {
            let mut told = 0;
            for bytes in cuts() {
                let damaged = original.copy();
                cut(&damaged.path().join(file_of(of)), bytes);
                let healed = original
                    .assert_heals(damaged.path(), &format!("{of:?} cut by {bytes}, closed: {closed}"));
                assert!(healed.iter().all(|copy| *copy == of), "{healed:?} was healed, {of:?} was cut");
                told += u64::from(!healed.is_empty());
            }
            println!("{of:?}, closed {closed}: {} cuts, {told} told of", cuts().count());
            assert!(of == StoreCopy::Engine || told > 0, "a journal without its end is damage");
        }
    }
}

#[test]
fn either_copy_spoilt_by_chance_is_made_whole() {
    let (mut dice, mut told, rounds) =
        (Dice(rounds("JINQIAO_DAMAGE_SEED", 1)), 0, rounds("JINQIAO_DAMAGE_ROUNDS", 8));
    for closed in [true, false] {
        let original = Original::new(closed);
        for of in COPIES {
            for _ in 0..rounds {
                let damaged = original.copy();
                let what = spoil(&damaged.path().join(file_of(of)), &mut dice);
                let healed = original.assert_heals(damaged.path(), &what);
                assert!(healed.iter().all(|copy| *copy == of), "{what}: {healed:?} was healed");
                told += u64::from(!healed.is_empty());
            }
        }
    }
    println!("{} damages, {told} touched something and were told of", 4 * rounds);
}

#[test]
fn either_copy_deleted_whole_comes_back_byte_for_byte() {
    for closed in [true, false] {
        let original = Original::new(closed);
        for (of, folder) in [(StoreCopy::Engine, "sled"), (StoreCopy::Journal, "journal")] {
            let damaged = original.copy();
            fs::remove_dir_all(damaged.path().join(folder)).unwrap();
            let healed = original.assert_heals(damaged.path(), folder);
            assert!(healed.contains(&of), "{of:?}, closed: {closed}");
        }
    }
}

#[test]
fn the_same_damage_to_both_copies_is_noticed_as_far_as_the_head_covers() {
    let mut dice = Dice(rounds("JINQIAO_DAMAGE_SEED", 1) + 1);
    for closed in [true, false] {
        let original = Original::new(closed);
        let (mut opened, mut tried) = (0, 0);
        for bytes in cuts() {
            let damaged = original.copy();
            COPIES.iter().for_each(|of| cut(&damaged.path().join(file_of(*of)), bytes));
            opened += u64::from(original.assert_detects(damaged.path(), &format!("both cut by {bytes}")));
            tried += 1;
        }
        for _ in 0..rounds("JINQIAO_DAMAGE_ROUNDS", 8) {
            let damaged = original.copy();
            let what: Vec<_> =
                COPIES.iter().map(|of| spoil(&damaged.path().join(file_of(*of)), &mut dice)).collect();
            opened += u64::from(original.assert_detects(damaged.path(), &what.join(", ")));
            tried += 1;
        }
        println!("closed {closed}: {tried} damages to both, {opened} opened with all that the head covers");
        let damaged = original.copy();
        ["sled", "journal"]
            .iter()
            .for_each(|folder| fs::remove_dir_all(damaged.path().join(folder)).unwrap());
        assert!(!original.assert_detects(damaged.path(), "both gone"));
    }
}
