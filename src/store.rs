//! The store: the log and, beside it, the person store. Opened and closed together, owned by one process.

use std::sync::Arc;

use jinqiao_events::clock::System;
use jinqiao_events::log::{Log, LogError, memory_log::MemoryLog, sled_log, sled_log::SledLog};
use jinqiao_events::people::PersonStore;

use crate::config::LogUrl;
use crate::desk;
use crate::error::AppError;

/// An open store.
#[derive(Debug, Clone)]
pub struct Store {
    /// The log. Only the desk appends to it.
    pub log: Arc<dyn Log>,
    /// Names and phones, encrypted, beside the log.
    pub people: Arc<PersonStore>,
}

impl Store {
    /// Opens the store at `url`, making it where there is none.
    ///
    /// # Errors
    /// When it is in use, has lost events, or cannot be made.
    pub fn open(url: &LogUrl) -> Result<Self, AppError> {
        Self::open_with(url, false)
    }

    /// The same, going on without events that both copies of the log have lost if `accept_loss` says so: a
    /// person's decision. What was healed or given up is recorded as events.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(url: &LogUrl, accept_loss: bool) -> Result<Self, AppError> {
        match url {
            LogUrl::Memory => {
                Ok(Self { log: Arc::new(MemoryLog::default()), people: Arc::new(PersonStore::in_memory()?) })
            }
            LogUrl::Sled(dir) => {
                let options = sled_log::Options { accept_loss, ..sled_log::Options::default() };
                let log = SledLog::open(dir, &options)?;
                desk::tell(&log, &System, &System)?;
                let people = PersonStore::open(&dir.join("people"))?;
                Ok(Self { log: Arc::new(log), people: Arc::new(people) })
            }
        }
    }

    /// Flushes and lets go.
    ///
    /// # Errors
    /// When the last flush fails.
    pub fn close(&self) -> Result<(), LogError> {
        self.log.close()
    }
}
