//! The log: an append-only sequence of events that keeps what it acknowledged.
//!
//! [`Log`] is the promise; an engine is one file below it, and every engine passes the one suite in
//! [`contract`]. Positions start at 1 and have no gaps. An event is visible once it is durable, never before.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::kinds::store::PositionRange;

mod admit;
pub mod codec;
pub mod contract;
pub mod effective;
pub mod envelope;
mod feed;
pub mod files;
mod head;
pub mod journal;
pub mod memory_log;
mod postings;
pub mod proof;
pub mod query;
mod report;
mod select;
pub mod sled_log;

pub use effective::{Effective, Horizon};
pub use envelope::{Recorded, Source, Stored, Told};
pub use feed::Fold;
pub use memory_log::MemoryLog;
pub use query::{Guard, Query, QueryItem};
pub use report::Report;
pub use sled_log::SledLog;

/// Place of an event in the log: 1 for the first, no gaps. 0 means "before the first".
pub type Position = u64;

/// Most events of one atomic append.
pub const APPEND_MAX_EVENTS: usize = 500;
/// Most bytes of one atomic append, stored.
pub const APPEND_MAX_BYTES: usize = 256 * 1024;
/// Most bytes of one event, stored.
pub const EVENT_MAX_BYTES: usize = 64 * 1024;

/// An append: events that enter the log together or not at all.
#[derive(Debug, Clone)]
pub struct Append {
    /// The events. Their `position` is given by the log; their `recorded_at` is raised where it would decrease.
    pub events: Vec<Stored>,
    /// "Unless something that matches came after position P."
    pub guard: Option<Guard>,
}

/// Where one event of an append now stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its position.
    pub position: Position,
    /// True when an earlier append with the same key had already put it there.
    pub repeated: bool,
}

/// Why one append was refused; the others of its group are not touched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Something that matches the guard's query came after its position.
    #[error("an event at position {at} matches the guard's query")]
    Guarded {
        /// The first such event.
        at: Position,
    },
    /// The key was used before, for other content.
    #[error("key {key:?} was used at position {at} with other content")]
    KeyReused {
        /// The key.
        key: String,
        /// Where it was used; 0 when both uses are in the refused append itself, of which nothing was written.
        at: Position,
    },
    /// Too many events, or too many bytes.
    #[error("{what}: {actual}, at most {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        actual: usize,
        /// The limit.
        limit: usize,
    },
}

/// Why the store could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// The file system or engine failed. After a failed write the log is read-only until it is opened again.
    #[error("the store failed: {0}")]
    Store(String),
    /// What is stored is not what was written.
    #[error("the store is damaged at position {position}: {reason}")]
    Damaged {
        /// The first damaged position.
        position: Position,
        /// What is wrong there.
        reason: String,
    },
    /// Acknowledged events are in neither copy.
    #[error("both copies of the log have lost acknowledged events: positions {}", listed(.ranges))]
    Lost {
        /// Last position found.
        found: Position,
        /// Last position known to have been acknowledged.
        acknowledged: Position,
        /// The lost positions.
        ranges: Vec<PositionRange>,
    },
    /// Another process has the store open.
    #[error("the store is in use by {owner}")]
    InUse {
        /// The process that has it, as it named itself.
        owner: String,
    },
    /// An earlier write failed; reads go on.
    #[error("the log is read-only since a write failed: {0}")]
    ReadOnly(String),
}

impl LogError {
    /// The lost positions as people write them: `5-20, 31`; empty for other errors.
    #[must_use]
    pub fn lost_positions(&self) -> String {
        match self {
            Self::Lost { ranges, .. } => listed(ranges),
            Self::Store(_) | Self::Damaged { .. } | Self::InUse { .. } | Self::ReadOnly(_) => String::new(),
        }
    }
}

/// Ranges of positions as people write them: `5-20, 31`.
fn listed(ranges: &[PositionRange]) -> String {
    let listed: Vec<_> = ranges
        .iter()
        .map(
            |PositionRange { first, last }| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            },
        )
        .collect();
    listed.join(", ")
}

/// Which way to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Oldest first.
    Forward,
    /// Newest first.
    Backward,
}

/// An append-only log. All methods take `&self`; only one thread, the desk's, calls [`Log::commit`].
pub trait Log: Send + Sync + Debug {
    /// Position of the last durable event, 0 when there is none.
    fn head(&self) -> Position {
        self.watermark().get()
    }

    /// The position up to which events are durable and visible.
    fn watermark(&self) -> &Watermark;

    /// Makes a group of appends durable with one flush, in order; later ones see the earlier ones.
    ///
    /// One answer an append, in order: where its events stand, or why it was refused. When this returns,
    /// what it answers is durable and visible.
    ///
    /// # Errors
    /// When the store fails, nothing of the group is acknowledged and the log is read-only from then on.
    fn commit(&self, group: Vec<Append>) -> Result<Vec<Result<Vec<Placed>, AppendError>>, LogError>;

    /// At most `limit` durable events that match, strictly beyond `from` in the direction of reading.
    /// Backward reading from the newest event starts `from` = `Position::MAX`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn read(
        &self,
        query: &Query,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError>;

    /// The durable event at that position. `None` for 0 and beyond the head.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn at(&self, position: Position) -> Result<Option<Stored>, LogError> {
        let Some(before) = position.checked_sub(1) else { return Ok(None) };
        let found = self.read(&Query::all(), before, Direction::Forward, 1)?;
        Ok(found.into_iter().next().filter(|stored| stored.position == position))
    }

    /// Hands every durable event after `after` to `each`, oldest first, in bounded memory, until it breaks.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn scan(&self, after: Position, each: &mut dyn FnMut(Stored) -> ControlFlow<()>) -> Result<(), LogError>;

    /// The same without what a fold does not need, borrowed where the log can lend it.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn tell(
        &self,
        after: Position,
        each: &mut dyn FnMut(&Told<'_>) -> ControlFlow<()>,
    ) -> Result<(), LogError> {
        self.scan(after, &mut |stored| each(&stored.told()))
    }

    /// Where the key was used last, with the digest of the content it was used for. Once the event there is
    /// voided, an append may use the key again.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find_key(&self, key: &str) -> Result<Option<(Position, [u8; 16])>, LogError>;

    /// Checks everything that is stored against its checksums, and that positions have no gaps.
    ///
    /// # Errors
    /// Says the first position at which something is wrong.
    fn verify(&self) -> Result<Verified, LogError>;

    /// What the last open found damaged and put right, or had to give up, and nobody has been told of yet.
    ///
    /// # Errors
    /// When the log is closed.
    fn untold(&self) -> Result<Report, LogError> {
        Ok(Report::default())
    }

    /// Takes note that the report stands in the log as events: it will not be given again.
    ///
    /// # Errors
    /// When the store fails.
    fn told(&self) -> Result<(), LogError> {
        Ok(())
    }

    /// The log as one that proves what it holds, if it is one.
    fn provable(&self) -> Option<&dyn proof::Provable> {
        None
    }

    /// Why the log takes no more writes, if it does not.
    fn fault(&self) -> Option<String> {
        None
    }

    /// Flushes and lets go of the store. Later calls may fail.
    ///
    /// # Errors
    /// When the last flush fails.
    fn close(&self) -> Result<(), LogError>;
}

/// What [`Log::verify`] found in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Events checked.
    pub events: u64,
    /// Bytes of stored events checked.
    pub bytes: u64,
    /// Signed checkpoints that the log was held against.
    pub checkpoints: u64,
    /// Root of the tree of proofs over these events, where the log has one.
    pub root: Option<proof::NodeHash>,
}

/// The position up to which events are durable; followers wait on it.
#[derive(Debug, Default)]
pub struct Watermark {
    position: Mutex<Position>,
    moved: Condvar,
}

impl Watermark {
    /// The position now.
    #[must_use]
    pub fn get(&self) -> Position {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Raises the position and wakes all who wait.
    pub fn raise(&self, to: Position) {
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        if to > *position {
            *position = to;
            self.moved.notify_all();
        }
    }

    /// Waits until the position is beyond `after`, or `timeout` is over; the position then.
    #[must_use]
    pub fn wait_beyond(&self, after: Position, timeout: Duration) -> Position {
        let position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        let (position, _) = self
            .moved
            .wait_timeout_while(position, timeout, |position| *position <= after)
            .unwrap_or_else(PoisonError::into_inner);
        *position
    }
}
