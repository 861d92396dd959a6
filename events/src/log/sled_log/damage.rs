//! Bytes go bad: in the journal, in the engine's blocks, in both. What one copy still holds is all there
//! afterwards, and it is told; what both have lost is named, never papered over.
//!
//! The engine is a stand-in here, so that many thousand damages can be tried; `tests/damage.rs` does the same to
//! the files of sled.

use std::collections::BTreeSet;

use super::Options;
use super::rig::{Dice, Rig, Told, commit, everything, kill, rounds};
use crate::kinds::store::{PositionRange, StoreCopy};
use crate::log::codec::Block;
use crate::log::files::{Files, read_whole};
use crate::log::journal::frame::{Frame, SEGMENT_HEADER_BYTES, SegmentHeader};
use crate::log::{Log, LogError, Position, Stored};

const SECTOR_BYTES: u64 = 512;

/// A store of some 100 KiB in each copy, and every event of it.
struct Original {
    rig: Rig,
    events: Vec<Stored>,
    frames: BTreeSet<Position>,
    /// Up to where the head file covers it.
    covered: Position,
}

/// How a store was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Closed in order, so that the head covers everything.
    Closed,
    /// As a killed process leaves it, before the head could follow: it covers nothing.
    Killed,
    /// As a killed process leaves it, once the head has followed.
    KilledLater,
}

impl Original {
    fn new(closed: bool) -> Self {
        Self::left(if closed { Left::Closed } else { Left::Killed })
    }

    fn left(left: Left) -> Self {
        let rig = Rig { flushes_per_head: 1000, ..Rig::new() };
        let (mut told, log) = (Told::default(), rig.open().unwrap());
        let mut dice = Dice(7);
        for _ in 0..130 {
            let group: Vec<_> = (0..1 + dice.below(3)).map(|_| told.next_append(1 + dice.below(3))).collect();
            commit(&log, group).unwrap();
        }
        let (events, head) = (everything(&log), log.head());
        match left {
            Left::Closed => log.close().unwrap(),
            Left::Killed => {}
            Left::KilledLater => log.engine().unwrap().follow(),
        }
        kill(log);
        let frames = frames(&rig);
        Self { rig, events, frames, covered: if left == Left::Killed { 0 } else { head } }
    }

    fn head(&self) -> Position {
        u64::try_from(self.events.len()).unwrap()
    }

    /// A copy to damage.
    fn copy(&self) -> Rig {
        self.rig.after_kill()
    }

    /// The store opens with everything and says which copy it healed, unless the damage touched nothing.
    fn assert_heals(&self, damaged: &Rig, copy: StoreCopy, touched: bool, what: &str) {
        let log = damaged.open().unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(everything(&log) == self.events, "{what}: not everything is there");
        assert_eq!(log.verify().unwrap().events, self.head(), "{what}");
        let told: Vec<_> = log.untold().unwrap().healed.iter().map(|healing| healing.copy).collect();
        assert_eq!(told.contains(&copy), touched, "{what}: {told:?}");
        kill(log);
    }

    /// The store opens with everything, or says which positions neither copy holds; beyond what the head covers
    /// its end may be gone unseen. Whether anything was found lost.
    fn assert_detects(&self, damaged: &Rig, what: &str) -> bool {
        let held = held(damaged);
        match damaged.open() {
            Ok(log) => {
                let events = everything(&log);
                assert!(log.head() >= self.covered, "{what}: an end that the head covers is gone unseen");
                assert!(events[..] == self.events[..events.len()], "{what}: not what was acknowledged");
                assert!(held.range(log.head() + 1..).next().is_none(), "{what}: one copy holds more");
                kill(log);
                false
            }
            Err(LogError::Lost { ranges, .. }) => {
                let lost: BTreeSet<Position> =
                    ranges.iter().flat_map(|PositionRange { first, last }| *first..=*last).collect();
                let end = held.last().copied().unwrap_or(0).max(self.covered);
                let missing = (1..=end).filter(|position| !held.contains(position));
                assert!(lost.iter().copied().eq(missing), "{what}: {ranges:?} is not what both have lost");
                self.assert_goes_on(damaged, &lost, what);
                true
            }
            Err(LogError::Damaged { position, .. }) => {
                assert!((1..=self.head()).contains(&position), "{what}: {position}");
                true
            }
            Err(error) => panic!("{what}: {error}"),
        }
    }

    /// Once the loss is accepted, everything else is there.
    fn assert_goes_on(&self, damaged: &Rig, lost: &BTreeSet<Position>, what: &str) {
        let log = damaged.open_with(&Options { accept_loss: true, ..Options::default() }).unwrap();
        let events = everything(&log);
        for (event, expected) in events.iter().zip(&self.events) {
            let is_right = if lost.contains(&event.position) {
                event.kind == "loss_accepted"
            } else {
                event == expected
            };
            assert!(is_right, "{what}: {} is not what was acknowledged", event.position);
        }
        let beyond = (log.head() + 1..=self.head()).filter(|position| *position <= self.covered);
        assert!(beyond.into_iter().all(|position| lost.contains(&position)), "{what}");
        assert!(!log.untold().unwrap().lost.is_empty(), "{what}: nothing tells of the loss");
        kill(log);
    }
}

/// Names of the journal's segments, with their bytes.
fn segments(rig: &Rig) -> Vec<(String, Vec<u8>)> {
    let names = rig.twin.list(&Rig::journal()).unwrap().into_iter();
    names
        .map(|name| {
            let bytes = read_whole(&rig.twin, &Rig::journal().join(&name)).unwrap().unwrap();
            (name, bytes)
        })
        .collect()
}

/// First positions of the sound frames, walking from the header of each segment; 0 for each header.
fn frames(rig: &Rig) -> BTreeSet<Position> {
    let mut found = BTreeSet::new();
    for_each_frame(rig, &mut |frame| found.extend([frame.header.first]));
    found
}

fn for_each_frame(rig: &Rig, each: &mut dyn FnMut(&Frame<'_>)) {
    for (name, bytes) in segments(rig) {
        let Some(header) = SegmentHeader::parse(&bytes) else { continue };
        if !name.starts_with(&format!("{:020}", header.first)) {
            continue;
        }
        let mut offset = SEGMENT_HEADER_BYTES;
        while let Some(frame) = bytes.get(offset..).and_then(|rest| Frame::parse(header.store, rest)) {
            each(&frame);
            offset += frame.header.frame_bytes();
        }
    }
}

/// Positions that either copy still holds, looked at without the log: frames wherever they stand, and blocks.
fn held(rig: &Rig) -> BTreeSet<Position> {
    let mut held = BTreeSet::new();
    let store = uuid::Uuid::from_u128(42);
    for (_, bytes) in segments(rig) {
        for offset in (0..bytes.len()).step_by(8) {
            if let Some(frame) = Frame::parse(store, &bytes[offset..]) {
                held.extend(frame.header.first..=frame.header.last());
            }
        }
    }
    rig.keeper.blocks().with(|blocks| {
        for block in blocks.values().filter_map(|bytes| Block::parse(bytes.as_slice()).ok()) {
            held.extend(block.first()..=block.last());
        }
    });
    held
}

/// Cuts so many bytes off the journal's end; segments of which nothing stays are gone.
fn cut_journal(rig: &Rig, mut bytes: usize) {
    for (name, content) in segments(rig).into_iter().rev() {
        let path = Rig::journal().join(name);
        if bytes < content.len() {
            return rig.twin.meddle(&path, |content| content.truncate(content.len() - bytes));
        }
        rig.twin.delete_all(&path);
        bytes -= content.len();
    }
}

/// A flipped byte, a zeroed sector, two sectors in each other's place.
fn spoil(bytes: &mut [u8], dice: &mut Dice) -> String {
    let sector = usize::try_from(SECTOR_BYTES).unwrap();
    let mut place = |limit: usize| usize::try_from(dice.below(u64::try_from(limit).unwrap())).unwrap();
    let sectors = bytes.len().div_ceil(sector);
    let at = |number: usize| number * sector..((number + 1) * sector).min(bytes.len());
    match place(3) {
        0 => {
            let (at, bit) = (place(bytes.len()), place(8));
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        }
        1 => {
            let number = place(sectors);
            let range = at(number);
            bytes[range].fill(0);
            format!("sector {number} zeroed")
        }
        _ => {
            let (one, other) = (place(sectors), place(sectors));
            let (from, to) = (at(one), at(other));
            let length = from.len().min(to.len());
            let (first, second) = (bytes[from.clone()].to_vec(), bytes[to.clone()].to_vec());
            bytes[from][..length].copy_from_slice(&second[..length]);
            bytes[to][..length].copy_from_slice(&first[..length]);
            format!("sectors {one} and {other} swapped")
        }
    }
}

/// Spoils some segment of the journal; whether a frame or a header is gone from where it was.
fn spoil_journal(original: &Original, rig: &Rig, dice: &mut Dice) -> (String, bool) {
    let before = segments(rig);
    let (name, bytes) = &before[usize::try_from(dice.below(u64::try_from(before.len()).unwrap())).unwrap()];
    let mut what = String::new();
    rig.twin.meddle(&Rig::journal().join(name), |bytes| what = spoil(bytes, dice));
    let changed = segments(rig).iter().any(|(other, now)| other == name && now != bytes);
    (format!("{name}: {what}"), changed && frames(rig) != original.frames)
}

/// Spoils some block of the engine, or loses it; whether that changed anything. To lag behind what the head covers
/// is no damage.
fn spoil_engine(original: &Original, rig: &Rig, dice: &mut Dice) -> (String, bool) {
    rig.keeper.blocks().with(|blocks| {
        let before = blocks.clone();
        let key =
            blocks.keys().nth(usize::try_from(dice.below(u64::try_from(blocks.len()).unwrap())).unwrap());
        let key = key.unwrap().clone();
        let is_last = blocks.last_key_value().is_some_and(|(last, _)| *last == key);
        if dice.below(4) == 0 {
            blocks.remove(&key);
            return (format!("block {key:?}: gone"), !is_last || original.covered > 0);
        }
        let what = spoil(blocks.get_mut(&key).unwrap(), dice);
        (format!("block {key:?}: {what}"), *blocks != before)
    })
}

/// How many bytes there are between cuts: `JINQIAO_DAMAGE_STRIDE`, a prime by default.
fn stride() -> usize {
    usize::try_from(rounds("JINQIAO_DAMAGE_STRIDE", 2039)).unwrap()
}

const LAST_BYTES: usize = 64 * 1024;

#[test]
fn a_journal_cut_anywhere_is_made_whole() {
    for original in [Original::new(true), Original::new(false)] {
        assert!(segments(&original.rig).iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > LAST_BYTES);
        for bytes in (1..=LAST_BYTES).step_by(stride()) {
            let damaged = original.copy();
            cut_journal(&damaged, bytes);
            let touched = frames(&damaged) != original.frames;
            original.assert_heals(&damaged, StoreCopy::Journal, touched, &format!("{bytes} bytes cut"));
        }
    }
}

#[test]
fn one_spoilt_copy_is_made_good_from_the_other() {
    for (original, seed) in [(Original::new(true), 1), (Original::new(false), 2)] {
        let mut dice = Dice(seed);
        for _ in 0..rounds("JINQIAO_DAMAGE_ROUNDS", 20) {
            let damaged = original.copy();
            let (what, touched) = spoil_journal(&original, &damaged, &mut dice);
            original.assert_heals(&damaged, StoreCopy::Journal, touched, &what);
            let damaged = original.copy();
            let (what, touched) = spoil_engine(&original, &damaged, &mut dice);
            original.assert_heals(&damaged, StoreCopy::Engine, touched, &what);
        }
    }
}

#[test]
fn the_same_end_cut_off_both_copies_is_noticed_as_far_as_the_head_covers() {
    for original in [Left::Closed, Left::Killed, Left::KilledLater].map(Original::left) {
        let mut noticed = 0;
        for bytes in (1..=LAST_BYTES).step_by(stride()) {
            let damaged = original.copy();
            cut_journal(&damaged, bytes);
            let mut end = 0;
            for_each_frame(&damaged, &mut |frame| end = frame.header.last());
            damaged.keeper.blocks().with(|blocks| {
                blocks.retain(|key, _| u64::from_be_bytes(key.as_slice().try_into().unwrap()) <= end);
            });
            noticed += usize::from(original.assert_detects(&damaged, &format!("{bytes} bytes cut off both")));
        }
        assert_eq!(noticed > 0, original.covered > 0, "without a head nothing tells of a lost end");
    }
}

#[test]
fn the_same_events_spoilt_in_both_copies_are_named() {
    for (original, seed) in [(Original::new(true), 3), (Original::new(false), 4)] {
        let (mut dice, mut noticed) = (Dice(seed), 0);
        for _ in 0..rounds("JINQIAO_DAMAGE_ROUNDS", 20) {
            let damaged = original.copy();
            let (what, _) = spoil_journal(&original, &damaged, &mut dice);
            let still = {
                let mut still = BTreeSet::new();
                for_each_frame(&damaged, &mut |frame| still.extend(frame.header.first..=frame.header.last()));
                still
            };
            damaged.keeper.blocks().with(|blocks| {
                for bytes in blocks.values_mut() {
                    let block = Block::parse(bytes.as_slice()).unwrap();
                    if !(block.first()..=block.last()).all(|position| still.contains(&position)) {
                        spoil(bytes, &mut dice);
                    }
                }
            });
            noticed += u64::from(original.assert_detects(&damaged, &what));
        }
        assert!(noticed > 0, "no damage of so many touched the same event in both");
    }
}

/// After a kill the engine may lack what it was not yet made to keep: once the head has followed, nothing of that.
#[test]
fn an_end_that_only_the_journal_held_is_missed_once_the_head_has_followed() {
    let original = Original::left(Left::KilledLater);
    for bytes in [1, 1_100, 5_000] {
        let damaged = Rig { keeper: original.rig.keeper.clone(), ..original.copy() }
            .after_cut(super::memory_tables::EngineCrash::LosesUnsynced, &mut || {
                crate::log::files::twin::Survival::Whole
            });
        cut_journal(&damaged, bytes);
        // Of one byte less of the room behind the last frame there is nothing to tell.
        let touched = frames(&damaged) != original.frames;
        original.assert_heals(&damaged, StoreCopy::Journal, touched, &format!("{bytes} bytes cut"));
    }
}

#[test]
fn a_byte_that_flips_in_the_engine_while_the_log_is_open_is_found() {
    let original = Original::new(true);
    let keys: Vec<_> = original.rig.keeper.blocks().with(|blocks| blocks.keys().cloned().collect());
    for key in keys.into_iter().step_by(5) {
        let rig = original.copy();
        let log = rig.open().unwrap();
        let at = rig.keeper.blocks().with(|blocks| {
            let bytes = blocks.get_mut(&key).unwrap();
            let at = bytes.len() / 2;
            bytes[at] ^= 0x20;
            u64::from_be_bytes(key.as_slice().try_into().unwrap())
        });
        let error = log.verify().unwrap_err();
        let LogError::Damaged { position, .. } = error else { panic!("{error}") };
        assert!((at..at + 16).contains(&position), "{position} is not in the block of {at}");
        kill(log);
    }
}
