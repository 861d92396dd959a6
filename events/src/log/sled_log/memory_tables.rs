//! A stand-in for the engine in tests: in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sled::IVec;

use super::tables::{Entry, Table};
use crate::log::LogError;

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

/// A table in memory.
#[derive(Debug, Default)]
pub(super) struct MemoryTable {
    entries: Mutex<Entries>,
}

impl MemoryTable {
    fn with<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        change(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
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
