//! A town in one thread: writers, readers and crashes take turns as a seed says. One seed is one run, and a
//! failure prints it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::SledLog;
use super::rig::{Dice, Rig, kill, rounds};
use crate::log::contract::{append, keyed};
use crate::log::files::twin::Fault;
use crate::log::{Direction, Log, Placed, Position, Query, Stored};

const WRITERS: usize = 6;
const READERS: usize = 3;
const STEPS: u64 = 120;

/// Somebody who wants events recorded, and asks again until there is an answer.
#[derive(Debug, Default)]
struct Writer {
    waiting: Option<Vec<Stored>>,
    written: u64,
}

/// Somebody who follows the log.
#[derive(Debug, Default)]
struct Reader {
    seen: Vec<(Position, String)>,
}

struct Town {
    dice: Dice,
    rig: Rig,
    log: Option<SledLog>,
    writers: Vec<Writer>,
    readers: Vec<Reader>,
    /// Where each key stands, for good, as somebody was told.
    told: BTreeMap<String, Position>,
    trace: DefaultHasher,
    crashes: u64,
}

impl Town {
    fn new(seed: u64) -> Self {
        Self {
            dice: Dice(seed),
            rig: Rig::new(),
            log: None,
            writers: (0..WRITERS).map(|_| Writer::default()).collect(),
            readers: (0..READERS).map(|_| Reader::default()).collect(),
            told: BTreeMap::new(),
            trace: DefaultHasher::new(),
            crashes: 0,
        }
    }

    /// Runs to the end; a digest of all that happened.
    fn run(mut self) -> (u64, u64, usize) {
        for _ in 0..STEPS {
            if self.log.is_none() && !self.open() {
                continue;
            }
            match self.dice.below(21) {
                0..=5 => self.somebody_writes(),
                6..=11 => self.commit(),
                12..=16 => self.somebody_reads(),
                17 => self.plan_a_fault(),
                18 => self.crash(),
                // The head follows; what goes wrong then shows at the next commit.
                19 => self.log().engine().unwrap().follow(),
                _ => self.close(),
            }
        }
        self.rig.twin.fail_no_more();
        while self.log.is_none() || self.writers.iter().any(|writer| writer.waiting.is_some()) {
            if self.log.is_some() || self.open() {
                self.commit_all();
            }
        }
        self.check();
        (self.trace.finish(), self.crashes, self.told.len())
    }

    fn open(&mut self) -> bool {
        match self.rig.open() {
            Ok(log) => {
                log.head().hash(&mut self.trace);
                self.log = Some(log);
                true
            }
            // A fault that was planned came while the store was opened.
            Err(error) if self.rig.twin.is_faulty() => {
                error.to_string().hash(&mut self.trace);
                self.crash();
                false
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn log(&self) -> &SledLog {
        self.log.as_ref().unwrap()
    }

    fn somebody_writes(&mut self) {
        let place = usize::try_from(self.dice.below(6)).unwrap();
        let count = 1 + self.dice.below(4);
        let writer = &mut self.writers[place];
        if writer.waiting.is_none() {
            let numbers = writer.written..writer.written + count;
            writer.written += count;
            let events =
                numbers.map(|n| keyed(u64::try_from(place).unwrap() * 10_000 + n, &format!("{place}-{n}")));
            writer.waiting = Some(events.collect());
        }
    }

    /// A group of some of those who wait, as it happens to gather.
    fn commit(&mut self) {
        let mask = self.dice.roll();
        let group: Vec<usize> = (0..WRITERS)
            .filter(|place| mask >> place & 1 == 1 && self.writers[*place].waiting.is_some())
            .collect();
        self.commit_of(&group);
    }

    fn commit_all(&mut self) {
        let group: Vec<usize> = (0..WRITERS).filter(|place| self.writers[*place].waiting.is_some()).collect();
        self.commit_of(&group);
    }

    fn commit_of(&mut self, group: &[usize]) {
        let appends = group.iter().map(|place| append(self.writers[*place].waiting.clone().unwrap()));
        match self.log().commit(appends.collect()) {
            Ok(answers) => {
                for (place, answer) in group.iter().zip(answers) {
                    let events = self.writers[*place].waiting.take().unwrap();
                    self.hear(&events, &answer.unwrap());
                }
            }
            Err(_) => {
                assert!(self.log().fault().is_some(), "an error that does not stop the writer");
                self.crash();
            }
        }
    }

    fn hear(&mut self, events: &[Stored], placed: &[Placed]) {
        for (event, Placed { position, repeated }) in events.iter().zip(placed) {
            (position, repeated).hash(&mut self.trace);
            let known = self.told.insert(event.key.clone().unwrap(), *position);
            assert!(known.is_none(), "answered twice");
        }
    }

    fn somebody_reads(&mut self) {
        let place = usize::try_from(self.dice.below(3)).unwrap();
        let limit = usize::try_from(1 + self.dice.below(20)).unwrap();
        let after = self.readers[place].seen.last().map_or(0, |(position, _)| *position);
        let events = self.log().read(&Query::all(), after, Direction::Forward, limit).unwrap();
        for event in events {
            let next = self.readers[place].seen.last().map_or(1, |(position, _)| *position + 1);
            assert_eq!(event.position, next, "a reader missed something");
            event.position.hash(&mut self.trace);
            self.readers[place].seen.push((event.position, event.key.unwrap()));
        }
    }

    fn plan_a_fault(&mut self) {
        let fault = [Fault::PowerCut, Fault::Io, Fault::NoSpace, Fault::ShortWrite]
            [usize::try_from(self.dice.below(4)).unwrap()];
        let call = self.rig.twin.operations() + self.dice.below(12);
        self.rig.twin.fail_at(call, fault);
    }

    fn crash(&mut self) {
        self.log.take().into_iter().for_each(kill);
        self.crashes += 1;
        self.rig = if self.dice.below(2) == 0 && !self.rig.twin.is_dead() {
            self.rig.after_kill()
        } else {
            let engine = if self.told.is_empty() {
                super::memory_tables::EngineCrash::LosesUnsynced
            } else {
                self.dice.engine_crash()
            };
            let mut dice = self.dice.clone();
            self.dice.roll();
            self.rig.after_cut(engine, &mut || dice.survival())
        };
    }

    fn close(&mut self) {
        let log = self.log.take().unwrap();
        if log.close().is_err() {
            self.log = Some(log);
            self.crash();
        }
    }

    /// Everybody was told the truth, and still is.
    fn check(&self) {
        let all = super::rig::everything(self.log());
        for (key, position) in &self.told {
            let found = all.get(usize::try_from(*position).unwrap() - 1).and_then(|event| event.key.as_ref());
            assert_eq!(found, Some(key), "position {position}");
        }
        for reader in &self.readers {
            for (position, key) in &reader.seen {
                assert_eq!(
                    all[usize::try_from(*position).unwrap() - 1].key.as_ref(),
                    Some(key),
                    "seen at {position}"
                );
            }
        }
        let mut keys: Vec<_> = all.iter().filter_map(|event| event.key.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all.len(), "an event stands twice");
        assert_eq!(self.log().verify().unwrap().events, self.log().head());
    }
}

#[test]
fn a_town_of_writers_readers_and_crashes_keeps_its_word() {
    let first = rounds("JINQIAO_SIMULATION_SEED", 0);
    let (mut crashes, mut told) = (0, 0);
    for seed in first..first + rounds("JINQIAO_SIMULATION_ROUNDS", 60) {
        println!("seed {seed}");
        let (_, crashed, answered) = Town::new(seed).run();
        (crashes, told) = (crashes + crashed, told + answered);
    }
    println!("{crashes} crashes, {told} events acknowledged, each where it was said to be");
}

#[test]
fn one_seed_is_one_run() {
    for seed in [3, 1_000_003] {
        assert_eq!(Town::new(seed).run(), Town::new(seed).run());
    }
}
