//! The engine on sled.

use std::fs::{File, OpenOptions};
use std::sync::Arc;
use std::time::Duration;

use sled::{Batch, Db, Tree};

use super::open::{self, Layout};
use super::store_error;
use super::tables::{Entry, Keeper, Table, Tables, guarded};
use crate::log::LogError;

/// Where sled keeps its files, and how to open them.
#[derive(Debug)]
pub(super) struct SledKeeper {
    pub(super) layout: Layout,
    pub(super) cache_bytes: u64,
    pub(super) open_limit: Duration,
}

impl Keeper for SledKeeper {
    fn open(&self) -> Result<Box<dyn Tables>, LogError> {
        let (db, blocks, index) = open::open_engine(&self.layout, self.cache_bytes, self.open_limit)?;
        let data =
            OpenOptions::new().read(true).write(true).open(self.layout.engine_data()).map_err(store_error)?;
        let (blocks, index) = (Arc::new(SledTable(blocks)), Arc::new(SledTable(index)));
        Ok(Box::new(SledTables { blocks, index, db, data }))
    }

    fn set_aside(&self) -> Result<Vec<String>, LogError> {
        self.layout.set_engine_aside().map_err(store_error)
    }
}

#[derive(Debug)]
struct SledTables {
    blocks: Arc<SledTable>,
    index: Arc<SledTable>,
    db: Db,
    data: File,
}

impl Tables for SledTables {
    fn blocks(&self) -> Arc<dyn Table> {
        Arc::<SledTable>::clone(&self.blocks)
    }

    fn index(&self) -> Arc<dyn Table> {
        Arc::<SledTable>::clone(&self.index)
    }

    // sled's `flush` hands pages to the kernel, but not to the disk.
    fn sync(&self) -> Result<(), LogError> {
        guarded(|| self.db.flush().map_err(store_error))?;
        self.data.sync_data().map_err(store_error)
    }
}

/// A tree of sled. On damaged pages sled may panic, so every call is guarded.
#[derive(Debug)]
pub(super) struct SledTable(pub(super) Tree);

impl Table for SledTable {
    fn get(&self, key: &[u8]) -> Result<Option<sled::IVec>, LogError> {
        guarded(|| self.0.get(key).map_err(store_error))
    }

    fn before(&self, key: &[u8]) -> Result<Option<Entry>, LogError> {
        guarded(|| self.0.get_lt(key).map_err(store_error))
    }

    fn from(&self, key: &[u8], limit: usize) -> Result<Vec<Entry>, LogError> {
        guarded(|| self.0.range(key..).take(limit).collect::<Result<_, _>>().map_err(store_error))
    }

    fn last(&self) -> Result<Option<Entry>, LogError> {
        guarded(|| self.0.last().map_err(store_error))
    }

    fn apply(&self, entries: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), LogError> {
        let mut batch = Batch::default();
        for (key, value) in entries {
            batch.insert(key, value);
        }
        guarded(|| self.0.apply_batch(batch).map_err(store_error))
    }

    fn remove(&self, key: &[u8]) -> Result<(), LogError> {
        guarded(|| self.0.remove(key).map(drop).map_err(store_error))
    }

    fn clear(&self) -> Result<(), LogError> {
        guarded(|| self.0.clear().map_err(store_error))
    }
}
