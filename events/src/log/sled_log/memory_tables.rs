//! A stand-in for the engine in tests: in memory, it loses what was not synced, forgets, and breaks down.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sled::IVec;

use super::store_error;
use super::tables::{Entry, Keeper, Table, Tables};
use crate::log::LogError;

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

/// A table in memory.
#[derive(Debug, Default)]
pub(super) struct MemoryTable {
    entries: Mutex<Entries>,
    /// How many more calls to [`Table::apply`] succeed, where that is limited.
    succeeds: Mutex<Option<u64>>,
}

impl MemoryTable {
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        change(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets all writes fail after so many.
    pub(super) fn fail_apply_after(&self, calls: u64) {
        *self.succeeds.lock().unwrap_or_else(PoisonError::into_inner) = Some(calls);
    }

    /// Takes that back.
    pub(super) fn fail_no_more(&self) {
        *self.succeeds.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn entry((key, value): (&Vec<u8>, &Vec<u8>)) -> Entry {
    (IVec::from(key.as_slice()), IVec::from(value.as_slice()))
}

impl Table for MemoryTable {
    fn get(&self, key: &[u8]) -> Result<Option<IVec>, LogError> {
        Ok(self.with(|entries| entries.get(key).map(|value| IVec::from(value.as_slice()))))
    }

    fn before(&self, key: &[u8]) -> Result<Option<Entry>, LogError> {
        Ok(self.with(|entries| entries.range(..key.to_vec()).next_back().map(entry)))
    }

    fn from(&self, key: &[u8], limit: usize) -> Result<Vec<Entry>, LogError> {
        Ok(self.with(|entries| entries.range(key.to_vec()..).take(limit).map(entry).collect()))
    }

    fn last(&self) -> Result<Option<Entry>, LogError> {
        Ok(self.with(|entries| entries.last_key_value().map(entry)))
    }

    fn apply(&self, entries: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), LogError> {
        if let Some(calls) = &mut *self.succeeds.lock().unwrap_or_else(PoisonError::into_inner) {
            *calls = calls.checked_sub(1).ok_or_else(|| store_error("the stand-in was told to fail"))?;
        }
        self.with(|own| own.extend(entries));
        Ok(())
    }

    fn remove(&self, key: &[u8]) -> Result<(), LogError> {
        self.with(|entries| entries.remove(key));
        Ok(())
    }

    fn clear(&self) -> Result<(), LogError> {
        self.with(Entries::clear);
        Ok(())
    }
}

/// The engine's "disk": what was synced, what was not, and whether it still opens.
#[derive(Debug, Default)]
pub(super) struct MemoryKeeper {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    blocks: Arc<MemoryTable>,
    index: Arc<MemoryTable>,
    synced: (Entries, Entries),
    broken: bool,
    set_aside: u32,
}

/// What a crash makes of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EngineCrash {
    /// The process died; what it had applied is there.
    KeepsAll,
    /// The power went: what was not synced is gone.
    LosesUnsynced,
    /// A measured defect of sled: it opens empty, without an error.
    OpensEmpty,
    /// Every third block is gone.
    HasHoles,
    /// Bytes of a block have changed.
    IsFlipped,
    /// It cannot be opened.
    Breaks,
}

impl EngineCrash {
    pub(super) const ALL: [Self; 6] = [
        Self::KeepsAll,
        Self::LosesUnsynced,
        Self::OpensEmpty,
        Self::HasHoles,
        Self::IsFlipped,
        Self::Breaks,
    ];
}

impl MemoryKeeper {
    /// The engine as a crash leaves it.
    pub(super) fn after(&self, crash: EngineCrash) -> Self {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (synced, set_aside, mut broken) = (state.synced.clone(), state.set_aside, state.broken);
        let (mut blocks, mut index) = state.contents();
        match crash {
            EngineCrash::KeepsAll => {}
            EngineCrash::LosesUnsynced => (blocks, index) = state.synced.clone(),
            EngineCrash::OpensEmpty => (blocks, index) = Default::default(),
            EngineCrash::HasHoles => {
                let mut place = 0;
                blocks.retain(|_, _| {
                    place += 1;
                    place % 3 != 2
                });
            }
            EngineCrash::IsFlipped => {
                if let Some(byte) = blocks.values_mut().next_back().and_then(|block| block.get_mut(30)) {
                    *byte ^= 1;
                }
            }
            EngineCrash::Breaks => broken = true,
        }
        let table =
            |entries| Arc::new(MemoryTable { entries: Mutex::new(entries), succeeds: Mutex::default() });
        let (blocks, index) = (table(blocks), table(index));
        Self { state: Mutex::new(State { blocks, index, synced, broken, set_aside }) }
    }

    /// The blocks as they are now.
    pub(super) fn blocks(&self) -> Arc<MemoryTable> {
        Arc::clone(&self.state.lock().unwrap_or_else(PoisonError::into_inner).blocks)
    }

    /// The index as it is now.
    pub(super) fn index(&self) -> Arc<MemoryTable> {
        Arc::clone(&self.state.lock().unwrap_or_else(PoisonError::into_inner).index)
    }

    fn sync(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.synced = state.contents();
    }
}

impl State {
    fn contents(&self) -> (Entries, Entries) {
        (self.blocks.with(|entries| entries.clone()), self.index.with(|entries| entries.clone()))
    }
}

/// A handle to the engine while it is open.
#[derive(Debug)]
struct MemoryTables {
    keeper: Arc<MemoryKeeper>,
    blocks: Arc<MemoryTable>,
    index: Arc<MemoryTable>,
}

impl Tables for MemoryTables {
    fn blocks(&self) -> Arc<dyn Table> {
        Arc::<MemoryTable>::clone(&self.blocks)
    }

    fn index(&self) -> Arc<dyn Table> {
        Arc::<MemoryTable>::clone(&self.index)
    }

    fn sync(&self) -> Result<(), LogError> {
        self.keeper.sync();
        Ok(())
    }
}

impl Keeper for Arc<MemoryKeeper> {
    fn open(&self) -> Result<Box<dyn Tables>, LogError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.broken {
            return Err(store_error("the stand-in was told not to open"));
        }
        let (blocks, index) = (Arc::clone(&state.blocks), Arc::clone(&state.index));
        Ok(Box::new(MemoryTables { keeper: Arc::clone(self), blocks, index }))
    }

    fn set_aside(&self) -> Result<Vec<String>, LogError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State { set_aside: state.set_aside + 1, ..State::default() };
        Ok(vec![format!("engine.{}", state.set_aside - 1)])
    }
}
