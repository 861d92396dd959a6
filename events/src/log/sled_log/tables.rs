//! What the log asks of its engine: two ordered tables of bytes. Small on purpose, so that tests can put a
//! stand-in in its place that loses, forgets and breaks down.

use std::fmt::Debug;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use sled::IVec;

use super::store_error;
use crate::log::LogError;

/// A key and what stands under it.
pub(super) type Entry = (IVec, IVec);

/// An ordered table.
pub(super) trait Table: Send + Sync + Debug {
    fn get(&self, key: &[u8]) -> Result<Option<IVec>, LogError>;
    /// The entry with the greatest key below `key`.
    fn before(&self, key: &[u8]) -> Result<Option<Entry>, LogError>;
    /// The first entries from `key` on, at most `limit`.
    fn from(&self, key: &[u8], limit: usize) -> Result<Vec<Entry>, LogError>;
    /// The entry with the greatest key.
    fn last(&self) -> Result<Option<Entry>, LogError>;
    /// Adds or replaces entries: all of them or none.
    fn apply(&self, entries: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), LogError>;
    fn remove(&self, key: &[u8]) -> Result<(), LogError>;
    fn clear(&self) -> Result<(), LogError>;
}

/// The engine, open.
pub(super) trait Tables: Send + Sync + Debug {
    /// Position of the first event, big-endian → block.
    fn blocks(&self) -> Arc<dyn Table>;
    /// The index, see [`super::index`].
    fn index(&self) -> Arc<dyn Table>;
    /// Makes everything applied so far durable.
    fn sync(&self) -> Result<(), LogError>;
}

/// Where an engine is kept: opens it, or puts it out of the way.
pub(super) trait Keeper: Send + Sync + Debug {
    /// Opens the engine, or makes an empty one.
    fn open(&self) -> Result<Box<dyn Tables>, LogError>;
    /// Moves the engine's files into the quarantine, whole; the next open makes an empty one. Their names there.
    fn set_aside(&self) -> Result<Vec<String>, LogError>;
}

/// Runs what may panic on damaged files; then the panic is an error of the store.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, LogError>) -> Result<T, LogError> {
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        Err(store_error(format_args!("the engine panicked: {}", message_of(&*panic))))
    })
}

/// What a panic said.
pub(super) fn message_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
