//! Snapshots while the desk goes on: a desk that dies is then soon back, however much was recorded since it began.
//!
//! The desk's own rules and views change with every commit, so they are left alone: a thread folds a copy from the last
//! snapshot, as a start would, and writes that. It costs their memory once more while it lasts, half a processor, and
//! the writer nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use jinqiao_events::decide::Rules;
use jinqiao_events::log::{Effective, Horizon, Log, Position};
use jinqiao_projections::views::Views;

use crate::error::AppError;
use crate::snapshots::{self, Snapshot, Stamp};

/// Events behind the last snapshot that make another worth its while,
const AT_WORK_MIN_EVENTS: u64 = 65_536;
/// and as one part of so many of the log: all of them together then cost a few times what the last one does.
const AT_WORK_SHARE: u64 = 4;
/// Events between two looks whether to stop.
const STEP_EVENTS: u64 = 16_384;

/// Sees to it that there is a snapshot not too far behind.
#[derive(Debug)]
pub(super) struct Keeper {
    log: Arc<dyn Log>,
    /// Whether the log is one that has a place for snapshots.
    has_home: bool,
    work: Arc<Work>,
    /// Up to where the last one was begun. One that fails is not begun again at once.
    begun: Position,
    at_work: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Work {
    /// Position of the newest snapshot; 0 where there is none.
    kept: AtomicU64,
    stops: AtomicBool,
}

impl Keeper {
    pub(super) fn new(log: Arc<dyn Log>, kept: Position) -> Self {
        let has_home = snapshots::home(log.as_ref()).is_some();
        let work = Work { kept: AtomicU64::new(kept), ..Work::default() };
        Self { log, has_home, work: Arc::new(work), begun: kept, at_work: None }
    }

    /// Has a snapshot written if the last one is far behind and none is being written.
    pub(super) fn look(&mut self, head: Position) {
        let behind = head.saturating_sub(self.begun);
        if !self.has_home || behind < AT_WORK_MIN_EVENTS.max(head / AT_WORK_SHARE) || !self.is_idle() {
            return;
        }
        self.begun = head;
        let (log, work) = (Arc::clone(&self.log), Arc::clone(&self.work));
        let work_on = move || match write(log.as_ref(), &work.stops) {
            Ok(Some(position)) => work.kept.store(position, Ordering::Release),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "no snapshot could be written"),
        };
        self.at_work = thread::Builder::new().name("snapshot".into()).spawn(work_on).ok();
    }

    /// The snapshot that there is, and one that is being written, are of a history that was told anew since, or damaged.
    pub(super) fn forget(&mut self) {
        self.work.stops.store(true, Ordering::Release);
        self.work = Arc::default();
        self.begun = 0;
    }

    fn is_idle(&self) -> bool {
        self.at_work.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Stops what is being written; the position of the newest snapshot.
    pub(super) fn stop(&mut self) -> Position {
        self.work.stops.store(true, Ordering::Release);
        if let Some(at_work) = self.at_work.take() {
            // A panic there has been reported; the snapshot is the one of before.
            drop(at_work.join());
        }
        self.work.kept.load(Ordering::Acquire)
    }
}

/// Writes a snapshot of everything up to now, from the last one on; its position, unless it was stopped or the log is one
/// in memory.
pub(super) fn write(log: &dyn Log, stops: &AtomicBool) -> Result<Option<Position>, AppError> {
    let upto = log.head();
    let (Some(home), Some(stamp)) = (snapshots::home(log), Stamp::of(log, upto)?) else { return Ok(None) };
    let (mut rules, mut views) = last(log).unwrap_or_default();
    let effective = Effective::gather(log, Horizon::position(upto))?;
    while views.position < upto {
        if stops.load(Ordering::Acquire) {
            return Ok(None);
        }
        let step = effective.within(views.position.saturating_add(STEP_EVENTS));
        step.fold_after(views.position, log, &mut |recorded| {
            rules.evolve(&recorded);
            views.apply(&recorded);
        })?;
        // The last of them may have been voided.
        views.position = step.horizon().to.min(upto);
    }
    snapshots::write(&home, &stamp, &rules, &views).map_err(AppError::io("写快照"))?;
    Ok(Some(upto))
}

fn last(log: &dyn Log) -> Option<(Rules, Views)> {
    let snapshot = Snapshot::find(log)?;
    Some((snapshot.rules().ok()?, snapshot.views().ok()?))
}
