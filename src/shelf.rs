//! The shelf: what readers see. Immutable snapshots of the views, newest first; readers never wait for the writer.
//!
//! Two copies take turns. Readers hold the published one; the writer brings the other up to date and swaps
//! them. A copy that a slow reader still holds is waited for a moment, then cloned ([`Arc::make_mut`]), so a
//! commit costs what its events cost, and a clone only under a reader that is very slow.
//!
//! Graphs grow: what was appended is laid over those at hand, so the next answer knows it. What cannot be laid over
//! is built anew; where that takes long it is done in the background, and readers go on with graphs that say their
//! position.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use jinqiao_events::log::{Position, Recorded};
use jinqiao_projections::party_graph::grow::reshapes;
use jinqiao_projections::rank::{Depth, Graphs, Room};
use jinqiao_projections::views::Views;

use crate::limits::heavy_at_once;

/// The published views, and the graphs made from them.
#[derive(Debug, Default)]
pub struct Shelf {
    views: RwLock<Snapshot>,
    graphs: Arc<Kept>,
    rooms: Arc<Rooms>,
}

/// Rooms to work out lists in. Each is as large as the graph: they are kept from question to question, as many as
/// questions are worked on at once.
#[derive(Debug, Default)]
pub struct Rooms(Mutex<Vec<Room>>);

impl Rooms {
    /// Works something out in a room that nobody else is in.
    pub fn with<T>(&self, depth: Depth, work: impl FnOnce(&mut Room) -> T) -> T {
        let mut room = lock(&self.0).pop().unwrap_or_default();
        room.go(depth);
        let answer = work(&mut room);
        let mut kept = lock(&self.0);
        if kept.len() < heavy_at_once() {
            kept.push(room);
        }
        answer
    }
}

/// One moment of the views. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    views: Arc<Views>,
    /// How often history had been rewritten by then. A position alone does not tell what counts up to it: a void
    /// takes something out that stood there before.
    generation: u64,
    /// How often by then an event had changed how older ones read: a merge, a closing, an end.
    reshaped: u64,
}

impl Snapshot {
    /// The views, to be kept beyond this snapshot.
    #[must_use]
    pub fn shared(&self) -> Arc<Views> {
        Arc::clone(&self.views)
    }
}

impl Deref for Snapshot {
    type Target = Views;

    fn deref(&self) -> &Views {
        &self.views
    }
}

/// Graphs, and what they were made from.
#[derive(Debug, Clone)]
struct Dated {
    graphs: Arc<Graphs>,
    position: Position,
    generation: u64,
    reshaped: u64,
    as_of_day: i32,
    /// What building took, growing left out.
    cost: Duration,
    /// How many rows lie over what was built.
    fresh_rows: usize,
}

/// The graphs at hand.
#[derive(Debug, Default)]
struct Kept {
    dated: Mutex<Option<Arc<Dated>>>,
    growing: Mutex<()>,
    rebuilding: AtomicBool,
}

/// Building that takes longer than this is done in the background once there are graphs to go on with.
const BUILD_IN_FRONT_MAX: Duration = Duration::from_millis(250);
/// Graphs are built anew in the background once so many rows of a hundred lie over them.
const FRESH_ROWS_PERCENT_MAX: usize = 3;
/// How long a commit waits for readers of the copy that it is to change, and how often it looks.
const READERS_WAIT: Duration = Duration::from_millis(250);
const READERS_LOOK: Duration = Duration::from_micros(100);

impl Shelf {
    /// The newest views.
    #[must_use]
    pub fn views(&self) -> Snapshot {
        self.views.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rooms to work out lists in.
    #[must_use]
    pub fn rooms(&self) -> Arc<Rooms> {
        Arc::clone(&self.rooms)
    }

    /// Graphs as of the end of a day. What was appended is laid over those at hand; what cannot be is built anew,
    /// in the background where that takes long, and those at hand are handed out meanwhile. Never across a void
    /// or correction: what no longer counts is in no graph that is handed out with views without it.
    #[must_use]
    pub fn graphs(&self, views: &Snapshot, as_of_day: i32) -> Arc<Graphs> {
        if let Some(knowing) = self.graphs.knowing(views, as_of_day) {
            return knowing;
        }
        let _one_at_a_time = lock(&self.graphs.growing);
        if let Some(knowing) = self.graphs.knowing(views, as_of_day) {
            return knowing;
        }
        let kept = lock(&self.graphs.dated).clone().filter(|kept| kept.fits(views, as_of_day));
        if let Some(grown) = kept.as_ref().and_then(|kept| kept.grown(views)) {
            if grown.fresh_rows * 100 > grown.graphs.parties.node_count() * FRESH_ROWS_PERCENT_MAX {
                self.rebuild_behind(views, as_of_day);
            }
            return self.graphs.keep(grown);
        }
        match kept {
            Some(kept) if kept.cost > BUILD_IN_FRONT_MAX => {
                self.rebuild_behind(views, as_of_day);
                Arc::clone(&kept.graphs)
            }
            _ => self.graphs.keep(Dated::built(views, as_of_day)),
        }
    }

    /// Builds anew on another thread, unless one is at it.
    fn rebuild_behind(&self, views: &Snapshot, as_of_day: i32) {
        let (graphs, views) = (Arc::clone(&self.graphs), views.clone());
        if graphs.rebuilding.swap(true, Ordering::AcqRel) {
            return;
        }
        let build = move || {
            let built = Dated::built(&views, as_of_day);
            // What came meanwhile is laid over by the next reader.
            graphs.keep(built);
            graphs.rebuilding.store(false, Ordering::Release);
        };
        if thread::Builder::new().name("graphs".into()).spawn(build).is_err() {
            self.graphs.rebuilding.store(false, Ordering::Release);
        }
    }
}

impl Kept {
    /// Graphs that know all that the views know; a reader who lingered gets those of the others.
    fn knowing(&self, views: &Snapshot, as_of_day: i32) -> Option<Arc<Graphs>> {
        let kept = lock(&self.dated).clone()?;
        (kept.fits(views, as_of_day) && kept.position >= views.position).then(|| Arc::clone(&kept.graphs))
    }

    fn keep(&self, dated: Dated) -> Arc<Graphs> {
        let graphs = Arc::clone(&dated.graphs);
        *lock(&self.dated) = Some(Arc::new(dated));
        graphs
    }
}

impl Dated {
    fn built(views: &Snapshot, as_of_day: i32) -> Self {
        let started = Instant::now();
        let graphs = Arc::new(Graphs::build(views, as_of_day));
        Self {
            graphs,
            position: views.position,
            generation: views.generation,
            reshaped: views.reshaped,
            as_of_day,
            cost: started.elapsed(),
            fresh_rows: 0,
        }
    }

    fn fits(&self, views: &Snapshot, as_of_day: i32) -> bool {
        self.as_of_day == as_of_day && self.generation == views.generation
    }

    fn grown(&self, views: &Snapshot) -> Option<Self> {
        if self.reshaped != views.reshaped {
            return None;
        }
        let graphs = self.graphs.grown(views)?;
        let fresh_rows = graphs.parties.fresh_rows();
        Some(Self { graphs: Arc::new(graphs), position: views.position, fresh_rows, ..self.clone() })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writer's side of the shelf.
#[derive(Debug)]
pub struct Publisher {
    shelf: Arc<Shelf>,
    back: Arc<Views>,
    /// What the back copy has not seen yet.
    behind: VecDeque<Arc<Recorded>>,
    generation: u64,
    reshaped: u64,
}

impl Publisher {
    /// A publisher that starts from these views.
    #[must_use]
    pub fn new(shelf: Arc<Shelf>, views: Views) -> Self {
        let mut publisher =
            Self { shelf, back: Arc::default(), behind: VecDeque::new(), generation: 0, reshaped: 0 };
        publisher.replace(views);
        publisher
    }

    /// Publishes the views with these events taken in.
    pub fn publish(&mut self, events: Vec<Recorded>) {
        self.reshaped += u64::from(events.iter().any(|recorded| reshapes(&recorded.event)));
        self.behind.extend(events.into_iter().map(Arc::new));
        self.wait_for_readers();
        let seen_by_front = self.behind.clone();
        let views = Arc::make_mut(&mut self.back);
        for recorded in self.behind.drain(..) {
            views.apply(&recorded);
        }
        let front = self.swap_in(Arc::clone(&self.back));
        let front_position = front.position;
        self.back = front;
        self.behind =
            seen_by_front.into_iter().filter(|recorded| recorded.position > front_position).collect();
    }

    /// The views that are published.
    #[must_use]
    pub fn views(&self) -> Snapshot {
        self.shelf.views()
    }

    /// Waits until nobody reads the copy that is to change, but not for ever: then it is cloned.
    fn wait_for_readers(&self) {
        let started = Instant::now();
        while Arc::strong_count(&self.back) > 1 && started.elapsed() < READERS_WAIT {
            thread::sleep(READERS_LOOK);
        }
    }

    /// Publishes other views in place of all so far: after a correction or void.
    pub fn replace(&mut self, views: Views) {
        self.generation += 1;
        self.back = Arc::new(views.clone());
        self.behind.clear();
        drop(self.swap_in(Arc::new(views)));
        *lock(&self.shelf.graphs.dated) = None;
    }

    fn swap_in(&self, views: Arc<Views>) -> Arc<Views> {
        let next = Snapshot { views, generation: self.generation, reshaped: self.reshaped };
        let mut published = self.shelf.views.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *published, next).views
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::town::{self, Town};
    use crate::config::LogUrl;
    use crate::desk::{Desk, Submission};
    use crate::store::Store;
    use jinqiao_events::decide::Draft;

    fn record(desk: &Desk, drafts: impl Iterator<Item = Draft>) {
        let units = drafts.map(|draft| vec![draft]).collect();
        let answers = desk.record_blocking(Submission { units, rehearsal: false }).unwrap();
        assert!(answers.iter().all(Result::is_ok));
    }

    #[test]
    fn the_next_graphs_know_what_was_appended_and_share_what_was_not_touched() {
        let desk = Desk::open(Store::open(&LogUrl::Memory).unwrap()).unwrap();
        let town = Town { enterprises: 60, occasions: 9, ties: 200, seed: 2 };
        record(&desk, town.register().chain(town.happenings()).map(Result::unwrap));
        let day = town::last_day();
        let before = desk.shelf().graphs(&desk.shelf().views(), day);
        assert_eq!(before.parties.fresh_rows(), 0);
        record(&desk, std::iter::once(town::meeting(1, 2).unwrap()));
        let views = desk.shelf().views();
        let after = desk.shelf().graphs(&views, day);
        assert_eq!((after.position, after.parties.fresh_rows()), (views.position, 2));
        let node = |number| after.parties.node(Town::enterprise(number).unwrap()).unwrap();
        assert!(after.parties.weight(node(1), node(2)) > 0.0);
        assert_eq!(before.parties.fresh_rows(), 0);
    }

    #[test]
    fn graphs_made_before_a_void_are_not_handed_out_after_it() {
        let shelf = Arc::new(Shelf::default());
        let mut publisher = Publisher::new(Arc::clone(&shelf), Views::default());
        let before = shelf.views();
        publisher.replace(Views::default());
        // A reader that took its views before builds its graphs only now.
        let stale = shelf.graphs(&before, 0);
        let fresh = shelf.graphs(&shelf.views(), 0);
        assert!(!Arc::ptr_eq(&stale, &fresh));
        assert!(Arc::ptr_eq(&fresh, &shelf.graphs(&shelf.views(), 0)));
        assert!(!Arc::ptr_eq(&fresh, &shelf.graphs(&before, 0)));
    }
}
