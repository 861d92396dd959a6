//! The log on sled 0.34.7 and a journal beside it: two copies of the same blocks, one flush.
//!
//! ```text
//! <dir>/lock             who has the store open
//! <dir>/journal/         every commit as one frame in plain files, made durable before the answer
//! <dir>/sled/            the engine: tree `log` (position of the first event → block), tree `idx` (derived)
//! <dir>/sled-conf.copy   copy of the engine's `conf`
//! <dir>/head             up to where events had been acknowledged, outside both copies
//! <dir>/tree            tiles of the tree of proofs; told anew from the journal where it is missing
//! <dir>/checkpoints/     signed sizes and roots; beside them the key that signs and the key that checks
//! <dir>/quarantine/      files that were found damaged and replaced
//! <dir>/untold           what the last open found damaged, until it stands in the log as events
//! ```
//! One commit is one frame appended to the journal, one `fdatasync` of it, and one `apply_batch` on the tree
//! `log`, which sled may make durable when it likes: what it loses in a crash is put back from the journal at
//! the next open (`recovery`). Only then does the watermark rise, and readers see nothing beyond it. Queries read
//! the engine; scans, exports and verification read the journal, in bounded memory. Where one copy cannot be
//! read the other is. After any error of a write no other is tried.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use uuid::Uuid;

use super::codec::{decode_told, no_event_at};
use super::files::RealFiles;
use super::journal::{Blocks, Identity, Sizes};
use super::proof::{
    ConsistencyProof, InclusionProof, NotaryError, Profile, ProofError, Provable, Signed, TreeHead,
};
use super::select;
use super::{
    Append, AppendError, Direction, Log, LogError, Placed, Position, Query, Report, Stored, Told, Verified,
    Watermark,
};

mod backup;
mod compact;
mod compare;
mod doubt;
mod engine;
mod examine;
mod filter;
mod hasher;
mod index;
mod lock;
#[cfg(test)]
mod memory_tables;
mod open;
mod placeholder;
mod pulse;
mod recovery;
mod seal;
mod sled_tables;
mod tables;
mod tree;
mod view;

pub use backup::{Backup, restore};
pub use compact::{Compacted, compact};
use engine::Engine;
pub use examine::{Examination, Finding, Part, examine};
use lock::Lock;
use open::Layout;
use pulse::Pulse;
use recovery::Site;
use sled_tables::SledKeeper;
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
    /// How many of the newest events of the engine's copy are held against the journal at open. All of the
    /// journal always is checked.
    pub checked_events: u64,
    /// The hash of the tree of proofs, should the store be new.
    pub profile: Profile,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            accept_loss: false,
            open_limit: Duration::from_secs(120),
            cache_bytes: 256 * 1024 * 1024,
            checked_events: 10_000,
            profile: Profile::default(),
        }
    }
}

/// A log in a directory, kept by sled.
#[derive(Debug)]
pub struct SledLog {
    watermark: Watermark,
    /// `None` once closed. What reads hold an [`Arc`] of is let go when the last of them is done.
    engine: RwLock<Option<Arc<Engine>>>,
    pulse: Mutex<Option<Pulse>>,
}

impl SledLog {
    /// Opens the log in `directory`, or makes one there. Reads the whole journal once. Damage to one copy is made
    /// good from the other; [`Log::untold`] tells of it.
    ///
    /// # Errors
    /// [`LogError::InUse`] when another process has it open; [`LogError::Lost`] when both copies have lost the same
    /// acknowledged events; [`LogError::Damaged`] when neither holds what was acknowledged; [`LogError::Store`]
    /// when the file system fails, or sled cannot be opened and there is no journal.
    pub fn open(directory: &Path, options: &Options) -> Result<Self, LogError> {
        let notary = Some(directory.to_owned());
        let mut log = Self::over(Self::open_engine(directory, options, notary, Uuid::new_v4())?)?;
        log.pulse = Mutex::new(Some(Pulse::start(&log.engine()?).map_err(store_error)?));
        Ok(log)
    }

    /// The same without readers, and without a pulse; `notary` says where what is signed is kept, if anything is, and `new_store` which
    /// store it is, should it be new.
    fn open_engine(
        directory: &Path,
        options: &Options,
        notary: Option<PathBuf>,
        new_store: Uuid,
    ) -> Result<Engine, LogError> {
        fs::create_dir_all(directory).map_err(store_error)?;
        let layout = Layout::new(directory);
        let lock = Lock::take(&layout.lock())?;
        compact::tidy(directory).map_err(store_error)?;
        let site = Site {
            files: Arc::new(RealFiles),
            journal: layout.journal(),
            quarantine: layout.quarantine(),
            head: layout.head(),
            untold: layout.untold(),
            tree: layout.tree(),
            notary,
            new_store,
            sizes: Sizes::default(),
            flushes_per_head: engine::FLUSHES_PER_HEAD,
            keeper: Box::new(SledKeeper {
                layout,
                cache_bytes: options.cache_bytes,
                open_limit: options.open_limit,
            }),
        };
        Engine::open(site, Some(lock), options)
    }

    fn over(engine: Engine) -> Result<Self, LogError> {
        let watermark = Watermark::default();
        watermark.raise(engine.end()?);
        let engine = RwLock::new(Some(Arc::new(engine)));
        Ok(Self { watermark, engine, pulse: Mutex::default() })
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
        self.engine()?.commit(group, &self.watermark)
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

    fn tell(
        &self,
        after: Position,
        each: &mut dyn FnMut(&Told<'_>) -> ControlFlow<()>,
    ) -> Result<(), LogError> {
        let upto = self.head();
        self.engine()?.each_block(after, upto, &mut |block| {
            for (position, payload) in block.payloads_of(after, upto) {
                let told = decode_told(position, payload).ok_or_else(|| no_event_at(position))?;
                if each(&told).is_break() {
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
        self.engine()?.verify(self.head())
    }

    fn untold(&self) -> Result<Report, LogError> {
        Ok(self.engine()?.untold())
    }

    fn told(&self) -> Result<(), LogError> {
        self.engine()?.told()
    }

    fn provable(&self) -> Option<&dyn Provable> {
        Some(self)
    }

    fn fault(&self) -> Option<String> {
        self.engine().map_or_else(|error| Some(error.to_string()), |engine| engine.fault())
    }

    fn close(&self) -> Result<(), LogError> {
        let engine = self.engine.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(self.pulse.lock().unwrap_or_else(PoisonError::into_inner).take());
        engine.map_or(Ok(()), |engine| engine.finish())
    }
}

impl Provable for SledLog {
    fn identity(&self) -> Result<(Uuid, Profile), LogError> {
        let Identity { store, profile } = self.engine()?.identity();
        Ok((store, profile))
    }

    fn tree_head(&self) -> Result<TreeHead, LogError> {
        self.tree_head_at(self.head())
    }

    fn tree_head_at(&self, size: u64) -> Result<TreeHead, LogError> {
        let engine = self.engine()?;
        engine.tree()?.head_at(&*engine, size).map_err(tree::log_error)
    }

    fn prove_event(&self, position: Position, size: Option<u64>) -> Result<InclusionProof, ProofError> {
        let engine = self.engine()?;
        engine.tree()?.prove_event(&*engine, position, size.unwrap_or_else(|| self.head()))
    }

    fn prove_growth(&self, from: u64, to: u64) -> Result<ConsistencyProof, ProofError> {
        let engine = self.engine()?;
        engine.tree()?.prove_growth(&*engine, from, to)
    }

    fn checkpoint(&self) -> Result<Signed, NotaryError> {
        self.engine().map_err(ProofError::from)?.checkpoint()
    }

    fn checkpoints(&self) -> Result<Vec<Signed>, NotaryError> {
        self.engine().map_err(ProofError::from)?.checkpoints()
    }

    fn home(&self) -> Result<PathBuf, LogError> {
        backup::whole(&self.engine()?.home()).map_err(store_error)
    }

    fn back_up(&self, directory: &Path) -> Result<Backup, LogError> {
        let engine = self.engine()?;
        // A key that cannot be used keeps nobody from a backup.
        let _ = engine.checkpoint();
        let head = self.tree_head()?;
        backup::back_up(&engine, &head, &engine.home(), directory)
    }

    fn each_stored(
        &self,
        after: Position,
        each: &mut dyn FnMut(Position, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), LogError> {
        let upto = self.head();
        self.engine()?.each_block(after, upto, &mut |block| {
            for (position, payload) in block.payloads_of(after, upto) {
                if each(position, payload).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
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
mod damage;
#[cfg(test)]
mod model;
#[cfg(test)]
mod power;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
