//! What handlers share.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::idempotency::Turns;
use super::limit::Limits;
use super::metrics::Metrics;
use super::problem::Problem;
use crate::desk::{Answer, Desk, Receipt, Submission, Unit};
use crate::error::AppError;
use crate::limits::heavy_at_once;
use crate::shelf::Snapshot;

/// The desk, the bounds and the figures of one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The single writer, and what readers see.
    pub desk: Desk,
    /// The bounds.
    pub limits: Limits,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// Turns true when the server stops; followers end then.
    pub closing: watch::Receiver<bool>,
    /// Places for those who follow the log.
    pub followers: Arc<Semaphore>,
    /// Places for files that are read in.
    pub uploads: Places,
    /// The books of reports, kept while the log stands still.
    pub books: Arc<crate::report::Shelf>,
    pub(super) turns: Arc<Turns>,
    /// Places for questions that compute or read for long; the pages ask for the same.
    pub heavy: Places,
}

impl AppState {
    /// The state of a server on that desk, until `closing` turns true.
    #[must_use]
    pub fn new(desk: Desk, limits: Limits, closing: watch::Receiver<bool>) -> Self {
        Self {
            desk,
            limits,
            metrics: Arc::default(),
            closing,
            followers: Arc::new(Semaphore::new(limits.followers)),
            uploads: Places::new(limits.uploads, limits.heavy_wait),
            books: Arc::default(),
            turns: Arc::default(),
            heavy: Places::heavy(limits.heavy_wait),
        }
    }

    /// The newest views.
    #[must_use]
    pub fn views(&self) -> Snapshot {
        self.desk.shelf().views()
    }

    /// Records one unit.
    ///
    /// # Errors
    /// The refusal, with the pointer into its event and, where there are several, the event's index.
    pub async fn record(&self, unit: Unit) -> Result<Vec<Receipt>, Problem> {
        self.submit(unit, false).await?.map_err(Problem::from)
    }

    /// Hands one unit to the desk; its answer tells which event was refused.
    ///
    /// # Errors
    /// When the store fails or the desk is overrun.
    pub async fn submit(&self, unit: Unit, rehearsal: bool) -> Result<Answer, Problem> {
        let answers = self.desk.record(Submission { units: vec![unit], rehearsal }).await;
        if matches!(answers, Err(AppError::Log(_))) {
            self.metrics.commit_failed();
        }
        Ok(answers?.pop().ok_or(AppError::Busy)?)
    }

    /// Runs work that computes or reads for long, on a thread that may block; as many at once as there are cores.
    ///
    /// # Errors
    /// 503 when no place gets free in time; what the work itself answers.
    pub async fn heavy<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.heavy.one().await?;
        blocking(move || {
            let _place = place;
            work()
        })
        .await
    }
}

/// Places for work of one sort, shared by all that do it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Places {
    free: Arc<Semaphore>,
    wait: Duration,
}

impl Places {
    /// So many places, for those who wait no longer than that.
    #[must_use]
    pub fn new(count: usize, wait: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), wait }
    }

    /// Places for questions that compute or read for long: as many as there are cores.
    #[must_use]
    pub fn heavy(wait: Duration) -> Self {
        Self::new(heavy_at_once(), wait)
    }

    /// A place, held until it is dropped.
    ///
    /// # Errors
    /// [`AppError::Busy`] when none gets free in time.
    pub async fn one(&self) -> Result<OwnedSemaphorePermit, AppError> {
        let waited = tokio::time::timeout(self.wait, Arc::clone(&self.free).acquire_owned()).await;
        waited.ok().and_then(Result::ok).ok_or(AppError::Busy)
    }
}

/// Runs work on a thread that may block.
///
/// # Errors
/// What the work answers. A panic in it goes on to the layer that answers for panics.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Problem::busy()),
        },
    }
}
