//! What tests of crashes share: a store on a file system in memory with a stand-in for the engine, and what was
//! acknowledged.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use uuid::Uuid;

use super::engine::Engine;
use super::memory_tables::{EngineCrash, MemoryKeeper};
use super::recovery::Site;
use super::{Options, SledLog};
use crate::log::contract::{append, keyed};
use crate::log::files::twin::{Survival, Twin};
use crate::log::journal::Sizes;
use crate::log::{Append, Log, LogError, Placed, Position, Stored};

/// Small enough for segments to end and room to run out within a few commits.
const SIZES: Sizes = Sizes { segment_max: 4096, room_min: 512, room_max: 1024, surveyors: 1 };

/// A store, closed or open.
#[derive(Debug)]
pub(super) struct Rig {
    pub(super) twin: Twin,
    pub(super) keeper: Arc<MemoryKeeper>,
    /// 2, so that the head is written within a few commits.
    pub(super) flushes_per_head: u64,
}

impl Rig {
    pub(super) fn new() -> Self {
        Self { twin: Twin::default(), keeper: Arc::default(), flushes_per_head: 2 }
    }

    pub(super) fn journal() -> PathBuf {
        PathBuf::from("/store/journal")
    }

    pub(super) fn open(&self) -> Result<SledLog, LogError> {
        self.open_with(&Options::default())
    }

    pub(super) fn open_with(&self, options: &Options) -> Result<SledLog, LogError> {
        let directory = PathBuf::from("/store");
        let site = Site {
            files: Arc::new(self.twin.clone()),
            keeper: Box::new(Arc::clone(&self.keeper)),
            journal: Self::journal(),
            quarantine: directory.join("quarantine"),
            head: directory.join("head"),
            untold: directory.join("untold"),
            tree: directory.join("tree"),
            notary: None,
            new_store: Uuid::from_u128(42),
            sizes: SIZES,
            flushes_per_head: self.flushes_per_head,
        };
        SledLog::over(Engine::open(site, None, options)?)
    }

    /// The store after a power cut, with what became of the engine.
    pub(super) fn after_cut(&self, engine: EngineCrash, survives: &mut dyn FnMut() -> Survival) -> Self {
        Self { twin: self.twin.after_cut(survives), keeper: Arc::new(self.keeper.after(engine)), ..*self }
    }

    /// The store after the death of the process alone.
    pub(super) fn after_kill(&self) -> Self {
        let keeper = Arc::new(self.keeper.after(EngineCrash::KeepsAll));
        Self { twin: self.twin.after_kill(), keeper, ..*self }
    }
}

/// What was acknowledged, and what was asked for in vain.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    acknowledged: BTreeMap<Position, Stored>,
    next: u64,
}

impl Told {
    /// An append of so many events, each different from all before.
    pub(super) fn next_append(&mut self, events: u64) -> Append {
        let numbers = self.next..self.next + events;
        self.next += events;
        append(numbers.map(event_of))
    }

    /// Takes down the answer to a group of such appends.
    pub(super) fn hear(&mut self, group: &[Append], placed: &[Vec<Placed>]) {
        for (append, placed) in group.iter().zip(placed) {
            for (event, Placed { position, .. }) in append.events.iter().zip(placed) {
                let stored = Stored { position: *position, ..event.clone() };
                assert!(self.acknowledged.insert(*position, stored).is_none(), "given twice: {position}");
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.acknowledged.len()).unwrap()
    }

    /// The log holds everything that was acknowledged, at its place, and nothing but whole events beside it.
    pub(super) fn assert_held_by(&self, log: &SledLog) {
        let all = everything(log);
        for (index, event) in all.iter().enumerate() {
            assert_eq!(event.position, u64::try_from(index).unwrap() + 1, "a gap");
            let key = event.key.as_deref().unwrap();
            assert_eq!(log.find_key(key).unwrap().map(|(at, _)| at), Some(event.position), "{key}");
        }
        for (position, event) in &self.acknowledged {
            let found = all.get(usize::try_from(*position).unwrap() - 1);
            let found = found.unwrap_or_else(|| panic!("lost: {position} of {}", all.len()));
            assert_eq!(*found, Stored { recorded_at: found.recorded_at, ..event.clone() });
        }
        assert_eq!(log.verify().unwrap().events, log.head());
    }
}

/// The n-th event; sizes differ, so that blocks and frames do.
fn event_of(n: u64) -> Stored {
    let filler = "x".repeat(usize::try_from(n * 37 % 300).unwrap());
    Stored { body: format!("{{\"n\":{n},\"filler\":\"{filler}\"}}"), ..keyed(n, &format!("key {n}")) }
}

/// Every event of a log.
pub(super) fn everything(log: &dyn Log) -> Vec<Stored> {
    let mut all = Vec::new();
    log.scan(0, &mut |event| {
        all.push(event);
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    all
}

/// Commits a group; all of it enters.
pub(super) fn commit(log: &SledLog, group: Vec<Append>) -> Result<Vec<Vec<Placed>>, LogError> {
    Ok(log.commit(group)?.into_iter().map(|answer| answer.expect("nothing speaks against it")).collect())
}

/// The process dies with the log open.
pub(super) fn kill(log: SledLog) {
    // Closed by an error, it has nothing left to write.
    if let Ok(engine) = log.engine() {
        engine.die();
    }
    drop(log);
}

/// Random numbers from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit.max(1)
    }

    pub(super) fn survival(&mut self) -> Survival {
        match self.below(3) {
            0 => Survival::Lost,
            1 => Survival::Whole,
            _ => Survival::Sectors(self.roll()),
        }
    }

    pub(super) fn engine_crash(&mut self) -> EngineCrash {
        let place = usize::try_from(self.below(6)).unwrap();
        EngineCrash::ALL[place]
    }
}

/// How often a test goes round: by default, or as the environment says.
pub(super) fn rounds(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |rounds| rounds.parse().unwrap())
}
