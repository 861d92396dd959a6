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
const BEHIND_MIN_EVENTS: u64 = 65_536;
/// and as one part of so many of the log: all of them together then cost a few times what the last one does.
const BEHIND_SHARE: u64 = 4;
/// Events between two looks whether to stop.
const STEP_EVENTS: u64 = 16_384;

/// Sees to it that there is a snapshot not too far behind.
#[derive(Debug)]
pub(super) struct Keeper {
    log: Arc<dyn Log>,
    work: Arc<Work>,
    at_work: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Work {
    /// Position of the newest snapshot; 0 where there is none.
    kept: AtomicU64,
    stops: AtomicBool,
}

impl Keeper {
    pub(super) fn new(log: Arc<dyn Log>, kept: Position) -> Self {
        let work = Work { kept: AtomicU64::new(kept), stops: AtomicBool::new(false) };
        Self { log, work: Arc::new(work), at_work: None }
    }

    /// Has a snapshot written if the last one is far behind and none is being written.
    pub(super) fn look(&mut self, head: Position) {
        let behind = head.saturating_sub(self.work.kept.load(Ordering::Acquire));
        if behind < BEHIND_MIN_EVENTS.max(head / BEHIND_SHARE) || !self.is_idle() {
            return;
        }
        let (log, work) = (Arc::clone(&self.log), Arc::clone(&self.work));
        let work_on = move || match write(log.as_ref(), &work.stops) {
            Ok(Some(position)) => work.kept.store(position, Ordering::Release),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "no snapshot could be written"),
        };
        self.at_work = thread::Builder::new().name("snapshot".into()).spawn(work_on).ok();
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
