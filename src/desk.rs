//! The desk: the single writer. It owns rules and views on one thread, takes requests from a bounded channel,
//! decides them in order, groups what passes into one flush, publishes the views, and only then answers.
//!
//! Readers never come here: they take the newest snapshot from the [`Shelf`], and events from the log.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use jiff::Timestamp;
use jinqiao_events::clock::{Clock, IdSource, System};
use jinqiao_events::decide::{Draft, Refusal};
use jinqiao_events::kinds::Event;
use jinqiao_events::log::{LogError, Position, Source};
use jinqiao_events::value::{ids::EventId, occurred::Occurred};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use crate::error::AppError;
use crate::limits::WAITING_MAX;
use crate::shelf::Shelf;
use crate::store::Store;

mod clerk;
mod content;
mod hearing;
mod keeper;
mod refusals;
pub mod restore;
mod slot;
mod start;
mod tell;

#[cfg(test)]
pub(crate) mod tests;

use clerk::Clerk;
pub use tell::tell;

/// How the keys of requests begin, as against those of things (a contract, a line of a directory).
pub const REQUEST_KEY_PREFIX: &str = "http:";

/// Drafts that enter the log together or not at all.
pub type Unit = Vec<Draft>;

/// What is handed to the desk: units, each atomic on its own.
#[derive(Debug, Default)]
pub struct Submission {
    /// The units, decided in order; each sees the ones before it.
    pub units: Vec<Unit>,
    /// Decide only, write nothing.
    pub rehearsal: bool,
}

/// Where one draft now stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its position; 0 in a rehearsal.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// True when the same key and content had been recorded before.
    pub repeated: bool,
}

/// Why a unit was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct Fault {
    /// Which draft of the unit.
    pub index: usize,
    /// The refusal.
    pub refusal: Refusal,
}

/// The answer to one unit.
pub type Answer = Result<Vec<Receipt>, Fault>;

struct Request {
    submission: Submission,
    reply: oneshot::Sender<Result<Vec<Answer>, AppError>>,
}

/// A handle to the desk. Cheap to clone; the desk goes on until the last handle is gone or one is told to
/// [`Desk::close`].
#[derive(Debug, Clone)]
pub struct Desk {
    /// The only sender, shared by all handles, so that one of them can close the desk: `None` from then on.
    requests: Arc<RwLock<Option<mpsc::Sender<Request>>>>,
    store: Store,
    shelf: Arc<Shelf>,
    position: watch::Receiver<Position>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Desk {
    /// Folds the log into rules and views and starts the writer's thread.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn open(store: Store) -> Result<Self, AppError> {
        Self::open_with(store, Arc::new(System), Arc::new(System))
    }

    /// The same with a clock and ids of one's own.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn open_with(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Result<Self, AppError> {
        let shelf = Arc::new(Shelf::default());
        let (moved, position) = watch::channel(store.log.head());
        let clerk =
            Clerk::new(store.clone(), Arc::clone(&shelf), moved, Arc::clone(&clock), Arc::clone(&ids))?;
        let (requests, waiting) = mpsc::channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("desk".into())
            .spawn(move || clerk.run(waiting))
            .map_err(AppError::io("启动写入线程"))?;
        let requests = Arc::new(RwLock::new(Some(requests)));
        Ok(Self { requests, store, shelf, position, thread: Arc::new(Mutex::new(Some(thread))), clock, ids })
    }

    /// Where requests go, while the desk is open and its thread alive.
    fn requests(&self) -> Result<mpsc::Sender<Request>, AppError> {
        let requests = self.requests.read().unwrap_or_else(PoisonError::into_inner);
        requests.clone().filter(|requests| !requests.is_closed()).ok_or(AppError::Closed)
    }

    /// Whether it takes requests to write, and if not, why.
    ///
    /// # Errors
    /// [`AppError::Closed`], or the log's [`LogError::ReadOnly`].
    pub fn health(&self) -> Result<(), AppError> {
        self.requests()?;
        self.store.log.fault().map_or(Ok(()), |reason| Err(LogError::ReadOnly(reason).into()))
    }

    /// Hands in a submission and waits until it is durable.
    ///
    /// # Errors
    /// When the store fails, or the desk is overrun or closed; refusals of units are in the answer.
    pub async fn record(&self, submission: Submission) -> Result<Vec<Answer>, AppError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.requests()?.try_send(Request { submission, reply });
        sent.map_err(|error| match error {
            TrySendError::Full(_) => AppError::Busy,
            TrySendError::Closed(_) => AppError::Closed,
        })?;
        answer.await.map_err(|_| AppError::Closed)?
    }

    /// The same from a thread that may block.
    ///
    /// # Errors
    /// As [`Desk::record`].
    pub fn record_blocking(&self, submission: Submission) -> Result<Vec<Answer>, AppError> {
        let (reply, answer) = oneshot::channel();
        self.requests()?.blocking_send(Request { submission, reply }).map_err(|_| AppError::Closed)?;
        answer.blocking_recv().map_err(|_| AppError::Closed)?
    }

    /// What readers see.
    #[must_use]
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The store, for reading.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The clock that this desk goes by.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The source of ids that this desk uses.
    #[must_use]
    pub fn ids(&self) -> &dyn IdSource {
        self.ids.as_ref()
    }

    /// The position of the newest published event; wakes those who follow.
    #[must_use]
    pub fn position(&self) -> watch::Receiver<Position> {
        self.position.clone()
    }

    /// Finishes what is waiting, flushes and lets go of the store. Other handles may still be held; what they
    /// ask from now on is answered with [`AppError::Closed`].
    ///
    /// # Errors
    /// When the last flush fails.
    pub fn close(&self) -> Result<(), AppError> {
        drop(self.requests.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the writer has been reported on its thread; the log is closed either way.
            drop(thread.join());
        }
        Ok(self.store.close()?)
    }
}

/// A draft with nothing but what must be said; the desk gives it its id.
#[must_use]
pub fn draft(event: Event, occurred: Occurred) -> Draft {
    Draft {
        id: EventId::new(Uuid::nil()),
        event,
        occurred,
        key: None,
        source: None,
        programmes: Vec::new(),
        recorded_by: None,
        organisation: None,
    }
}

/// A draft read from a row of a file, under the row's natural key.
#[must_use]
pub fn row_draft(event: impl Into<Event>, occurred: Occurred, key: String, source: Source) -> Draft {
    Draft { key: Some(key), source: Some(source), ..draft(event.into(), occurred) }
}
