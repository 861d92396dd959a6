//! The shelf: what readers see. Immutable snapshots of the views, newest first; readers never wait for the writer.
//!
//! Two copies take turns. Readers hold the published one; the writer brings the other up to date and swaps
//! them. A copy that a slow reader still holds is cloned instead of waited for ([`Arc::make_mut`]), so a
//! commit costs what its events cost, and a clone only under contention.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jinqiao_events::log::{Position, Recorded};
use jinqiao_projections::rank::Graphs;
use jinqiao_projections::views::Views;

/// The published views, and the graphs made from them.
#[derive(Debug, Default)]
pub struct Shelf {
    views: RwLock<Snapshot>,
    graphs: Mutex<Option<Arc<Dated>>>,
    building: Mutex<()>,
}

/// One moment of the views. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    views: Arc<Views>,
    /// How often history had been rewritten by then. A position alone does not tell what counts up to it: a void
    /// takes something out that stood there before.
    generation: u64,
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
#[derive(Debug)]
struct Dated {
    graphs: Arc<Graphs>,
    position: Position,
    generation: u64,
    as_of_day: i32,
    built_at: Instant,
    cost: Duration,
}

/// How many times its own cost a set of graphs may be behind the log while events keep coming in. A log at
/// rest is always answered fresh.
const STALENESS_FACTOR: u32 = 4;

impl Shelf {
    /// The newest views.
    #[must_use]
    pub fn views(&self) -> Snapshot {
        self.views.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Graphs as of the end of a day. They are built anew when the log has moved on, but no more than a fifth
    /// of the time: under a running import, readers get graphs a moment old rather than none. Never across a void
    /// or correction: what no longer counts is in no graph that is handed out with views without it.
    #[must_use]
    pub fn graphs(&self, views: &Snapshot, as_of_day: i32) -> Arc<Graphs> {
        if let Some(usable) = self.usable(views, as_of_day) {
            return usable;
        }
        let _one_builder = lock(&self.building);
        if let Some(usable) = self.usable(views, as_of_day) {
            return usable;
        }
        let started = Instant::now();
        let graphs = Arc::new(Graphs::build(views, as_of_day));
        let built_at = Instant::now();
        let dated = Dated {
            graphs: Arc::clone(&graphs),
            position: views.position,
            generation: views.generation,
            as_of_day,
            built_at,
            cost: built_at.duration_since(started),
        };
        *lock(&self.graphs) = Some(Arc::new(dated));
        graphs
    }

    fn usable(&self, views: &Snapshot, as_of_day: i32) -> Option<Arc<Graphs>> {
        let kept = lock(&self.graphs).clone()?;
        let fresh = kept.position == views.position || kept.built_at.elapsed() < kept.cost * STALENESS_FACTOR;
        let fits = kept.as_of_day == as_of_day && kept.generation == views.generation;
        (fits && fresh).then(|| Arc::clone(&kept.graphs))
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
}

impl Publisher {
    /// A publisher that starts from these views.
    #[must_use]
    pub fn new(shelf: Arc<Shelf>, views: Views) -> Self {
        let mut publisher = Self { shelf, back: Arc::default(), behind: VecDeque::new(), generation: 0 };
        publisher.replace(views);
        publisher
    }

    /// Publishes the views with these events taken in.
    pub fn publish(&mut self, events: Vec<Recorded>) {
        self.behind.extend(events.into_iter().map(Arc::new));
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

    /// Publishes other views in place of all so far: after a correction or void.
    pub fn replace(&mut self, views: Views) {
        self.generation += 1;
        self.back = Arc::new(views.clone());
        self.behind.clear();
        drop(self.swap_in(Arc::new(views)));
        *lock(&self.shelf.graphs) = None;
    }

    fn swap_in(&self, views: Arc<Views>) -> Arc<Views> {
        let next = Snapshot { views, generation: self.generation };
        let mut published = self.shelf.views.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *published, next).views
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
