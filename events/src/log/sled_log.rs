//! The log on sled 0.34.7: blocks of events in one tree, the one copy of the truth.
//!
//! ```text
//! <dir>/lock             who has the store open
//! <dir>/head             up to where events had been acknowledged, kept outside the engine
//! <dir>/sled/            the engine: tree `log` (position of the first event → block), tree `idx` (derived)
//! <dir>/sled-conf.copy   copy of the engine's `conf`
//! <dir>/quarantine/      files of the engine that were found damaged
//! ```
//! The journal (`<dir>/journal/`, the same blocks, synced before the answer) and the tree of proofs will stand
//! beside these: `Engine::write_part` is where a block is made durable, and where they will hear of it.
//!
//! One commit is one `apply_batch` on the tree `log`, the engine's `flush`, and a `sync_data` on a handle of
//! our own of its data file: sled's `flush` hands pages to the kernel, but not to the disk. Only then does the
//! watermark rise, and readers see nothing beyond it. After any error of a write no other is tried.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use super::select;
use super::{
    Append, AppendError, Direction, Log, LogError, Placed, Position, Query, Stored, Verified, Watermark,
};

mod engine;
mod filter;
mod head;
mod index;
mod lock;
mod open;
mod view;

use engine::Engine;
use open::Layout;
use view::View;

/// How to open a [`SledLog`].
#[derive(Debug, Clone)]
pub struct Options {
    /// Open although acknowledged events are missing, and go on from what is there.
    pub accept_loss: bool,
    /// How long the engine may take to open.
    pub open_limit: Duration,
    /// Memory for the engine's cache, in bytes.
    pub cache_bytes: u64,
    /// How many of the newest events are checked for gaps and damage at open.
    pub checked_events: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            accept_loss: false,
            open_limit: Duration::from_secs(120),
            cache_bytes: 256 * 1024 * 1024,
            checked_events: 10_000,
        }
    }
}

/// A log in a directory, kept by sled.
#[derive(Debug)]
pub struct SledLog {
    watermark: Watermark,
    /// `None` once closed. What reads hold an [`Arc`] of is let go when the last of them is done.
    engine: RwLock<Option<Arc<Engine>>>,
    /// Kept beside the engine, so that whoever asks does not wait for a flush.
    fault: OnceLock<String>,
}

impl SledLog {
    /// Opens the log in `directory`, or makes one there. Takes time in proportion to its size: about 0.3 s a
    /// million events after a crash.
    ///
    /// # Errors
    /// [`LogError::InUse`] when another process has it open; [`LogError::Lost`] when acknowledged events are
    /// missing; [`LogError::Damaged`] when its newest events are; [`LogError::Store`] when sled cannot open it.
    pub fn open(directory: &Path, options: &Options) -> Result<Self, LogError> {
        fs::create_dir_all(directory).map_err(store_error)?;
        let engine = Engine::open(&Layout::new(directory), options)?;
        let watermark = Watermark::default();
        watermark.raise(engine.end()?);
        Ok(Self { watermark, engine: RwLock::new(Some(Arc::new(engine))), fault: OnceLock::new() })
    }

    fn engine(&self) -> Result<Arc<Engine>, LogError> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        engine.clone().ok_or_else(|| store_error("the log is closed"))
    }

    fn with_view<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T, LogError>) -> Result<T, LogError> {
        let engine = self.engine()?;
        read(&View::new(&engine, self.watermark.get()))
    }
}

impl Log for SledLog {
    fn watermark(&self) -> &Watermark {
        &self.watermark
    }

    fn commit(&self, group: Vec<Append>) -> Result<Vec<Result<Vec<Placed>, AppendError>>, LogError> {
        let answers = self.engine()?.commit(group, &self.watermark);
        if let Err(error) = &answers {
            self.fault.get_or_init(|| error.to_string());
        }
        answers
    }

    fn fault(&self) -> Option<String> {
        self.fault.get().cloned()
    }

    fn read(
        &self,
        query: &Query,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        self.with_view(|view| select::select(view, query, from, direction, limit))
    }

    fn scan(&self, after: Position, each: &mut dyn FnMut(Stored) -> ControlFlow<()>) -> Result<(), LogError> {
        self.engine()?.each_block(after, self.head(), &mut |block| {
            for position in block.first().max(after.saturating_add(1))..=block.last() {
                if let Some(event) = block.event(position).map_err(|damage| damage.at(block.first()))?
                    && each(event).is_break()
                {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    fn find_key(&self, key: &str) -> Result<Option<(Position, [u8; 16])>, LogError> {
        self.with_view(|view| select::find_key(view, key))
    }

    fn verify(&self) -> Result<Verified, LogError> {
        let mut verified = Verified { events: 0, bytes: 0 };
        self.engine()?.each_block(0, self.head(), &mut |block| {
            for position in block.first()..=block.last() {
                block.event(position).map_err(|damage| damage.at(block.first()))?;
                verified.events += 1;
            }
            verified.bytes += block.payload_bytes();
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(verified)
    }

    fn close(&self) -> Result<(), LogError> {
        let engine = self.engine.write().unwrap_or_else(PoisonError::into_inner).take();
        engine.map_or(Ok(()), |engine| engine.finish())
    }
}

impl Drop for SledLog {
    fn drop(&mut self) {
        // Nobody is left to hear of an error; whatever was acknowledged is durable already.
        let _ = self.close();
    }
}

fn store_error(reason: impl std::fmt::Display) -> LogError {
    LogError::Store(reason.to_string())
}

#[cfg(test)]
mod tests;
