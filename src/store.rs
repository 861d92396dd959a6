//! The store: the log and, beside it, the person store. Opened and closed together, owned by one process.

use std::sync::Arc;

use jinqiao_events::clock::System;
use jinqiao_events::decide::Refusal;
use jinqiao_events::log::proof::{Profile, Provable};
use jinqiao_events::log::{Log, LogError, memory_log::MemoryLog, sled_log, sled_log::SledLog};
use jinqiao_events::people::PersonStore;

use crate::config::LogUrl;
use crate::desk;
use crate::error::AppError;

/// What a person chooses when a store is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Choices {
    /// Go on without events that both copies of the log have lost.
    pub accept_loss: bool,
    /// The hash of the tree of proofs, for a new store; an old one must have it.
    pub hash: Option<Profile>,
}

impl Choices {
    /// As the log takes them.
    #[must_use]
    pub fn options(self) -> sled_log::Options {
        let options = sled_log::Options::default();
        let profile = self.hash.unwrap_or(options.profile);
        sled_log::Options { accept_loss: self.accept_loss, profile, ..options }
    }
}

fn must_have_hash(log: &dyn Provable, asked: Option<Profile>) -> Result<(), AppError> {
    let (_, has) = log.identity()?;
    if asked.is_none_or(|asked| asked == has) {
        return Ok(());
    }
    Err(Refusal::conflict(
        "other_hash",
        "",
        format!("这个库的证明树用 {}，建库之后不能更改；请去掉 --hash，或换一个 --log 目录", has.name()),
        format!(
            "the tree of this store is hashed with {}, which stays: leave --hash out, or use another --log",
            has.name()
        ),
    )
    .into())
}

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
        Self::open_with(url, Choices::default())
    }

    /// The same with what a person has chosen. What was healed or given up is recorded as events.
    ///
    /// # Errors
    /// As [`Store::open`]; when the store has another hash than the one asked for.
    pub fn open_with(url: &LogUrl, choices: Choices) -> Result<Self, AppError> {
        match url {
            LogUrl::Memory => {
                Ok(Self { log: Arc::new(MemoryLog::default()), people: Arc::new(PersonStore::in_memory()?) })
            }
            LogUrl::Sled(dir) => {
                let log = SledLog::open(dir, &choices.options())?;
                must_have_hash(&log, choices.hash)?;
                desk::tell(&log, &System, &System)?;
                let people = PersonStore::open(&dir.join("people"))?;
                Ok(Self { log: Arc::new(log), people: Arc::new(people) })
            }
        }
    }

    /// The log as one that proves what it holds.
    ///
    /// # Errors
    /// `no_proofs` for a log in memory.
    pub fn provable(&self) -> Result<&dyn Provable, AppError> {
        self.log.provable().ok_or_else(|| {
            Refusal::invalid(
                "no_proofs",
                "",
                "内存中的日志没有证明树；请用 --log sled:目录",
                "a log in memory has no tree of proofs: use --log sled:DIR",
            )
            .into()
        })
    }

    /// Flushes and lets go.
    ///
    /// # Errors
    /// When the last flush fails.
    pub fn close(&self) -> Result<(), LogError> {
        self.log.close()
    }
}
