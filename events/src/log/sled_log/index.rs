//! The index: where each term stands, kept behind the log in the tree `idx`, off the durable path.
//!
//! It is a stack of sorted runs. New events are in a table in memory (the tail); when that holds
//! [`TAIL_MAX_EVENTS`] events a thread writes it as one run of pages, while the next tail fills, and merges eight
//! runs of one level into one of the next. One key an entry was measured first: five random inserts an event cost
//! more than the event itself, and as much disk. Runs are in order of position, so a search in either direction
//! stops as soon as it has enough. All of it can be dropped and is then built again from the log.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::{self, JoinHandle};

use super::store_error;
use super::tables::Table;
use crate::log::postings::{Postings, Term};
use crate::log::{Direction, LogError, Position, Stored};

mod run;

use run::{Run, RunRecord};

/// Events that the tail holds before it becomes a run.
const TAIL_MAX_EVENTS: u64 = 16 * 1024;
/// Events that make a run worth writing when the log is closed; fewer are read again at open.
const CLOSE_MIN_EVENTS: u64 = 1024;
/// Runs of one level that are merged into one of the next.
const FAN_IN: usize = 8;

#[derive(Debug)]
pub(super) struct Index {
    stack: Arc<Stack>,
    /// The thread that writes a full tail, from when it was started until somebody waited for it.
    writing: Mutex<Option<JoinHandle<Result<(), LogError>>>>,
}

#[derive(Debug)]
struct Stack {
    tree: Arc<dyn Table>,
    state: RwLock<State>,
}

/// In order of position: the runs, the full tail, the tail.
#[derive(Debug, Default)]
struct State {
    runs: Vec<Arc<Run>>,
    full: Option<Arc<Tail>>,
    tail: Tail,
}

/// Events that are in no run yet.
#[derive(Debug, Default)]
struct Tail {
    postings: Postings,
    events: u64,
    upto: Position,
}

impl Index {
    /// The index as it was left, or an empty one if that is damaged or knows more than the log up to `head`.
    pub(super) fn open(tree: Arc<dyn Table>, head: Position) -> Result<Self, LogError> {
        let runs = match run::load(&*tree)? {
            Some(runs) if runs.last().is_none_or(|run| run.record.upto <= head) => runs,
            Some(_) | None => {
                tree.clear()?;
                Vec::new()
            }
        };
        let runs = runs.into_iter().map(Arc::new).collect();
        let state = RwLock::new(State { runs, ..State::default() });
        Ok(Self { stack: Arc::new(Stack { tree, state }), writing: Mutex::default() })
    }

    /// The last position that needs not be added.
    pub(super) fn upto(&self) -> Position {
        self.stack.read().runs.last().map_or(0, |run| run.record.upto)
    }

    /// Adds events, each once and in order of position; they are found from now on.
    pub(super) fn add<'a>(&self, events: impl IntoIterator<Item = &'a Stored>) {
        let mut state = self.stack.write();
        for event in events {
            state.tail.postings.add(event);
            state.tail.events += 1;
            state.tail.upto = event.position;
        }
    }

    /// The first `limit` positions of a term strictly beyond `from`.
    pub(super) fn find(
        &self,
        term: Term,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Position>, LogError> {
        let mut found = Vec::new();
        // Held while pages are read, so that no merge takes them away meanwhile.
        let state = self.stack.read();
        let tree = &*self.stack.tree;
        let tails = state.full.as_deref().into_iter().chain([&state.tail]);
        match direction {
            Direction::Forward => {
                for run in &state.runs {
                    run.find_forward(tree, term, from, limit, &mut found)?;
                }
                tails.for_each(|tail| tail.postings.find(term, from, direction, limit, &mut found));
            }
            Direction::Backward => {
                tails.rev().for_each(|tail| tail.postings.find(term, from, direction, limit, &mut found));
                for run in state.runs.iter().rev() {
                    run.find_backward(tree, term, from, limit, &mut found)?;
                }
            }
        }
        Ok(found)
    }

    /// Has the tail written as a run when it is full, and says whether the one before could be. For the writer's
    /// thread only.
    pub(super) fn settle(&self) -> Result<(), LogError> {
        self.settle_from(TAIL_MAX_EVENTS)
    }

    /// Has the tail written if it is worth a run, and waits for that.
    pub(super) fn close(&self) -> Result<(), LogError> {
        self.settle_from(CLOSE_MIN_EVENTS)?;
        self.wait()
    }

    fn settle_from(&self, least_events: u64) -> Result<(), LogError> {
        if self.stack.read().tail.events < least_events {
            return Ok(());
        }
        self.wait()?;
        let full = self.stack.begin_tail();
        let stack = Arc::clone(&self.stack);
        let write = move || stack.write_full(&full);
        let thread = thread::Builder::new().name("log-index".into()).spawn(write).map_err(store_error)?;
        *self.writing.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    /// Until no tail is being written.
    fn wait(&self) -> Result<(), LogError> {
        let thread = self.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        let panicked = |_| store_error("the thread that writes the index panicked");
        thread.map_or(Ok(()), |thread| thread.join().map_err(panicked)?)
    }
}

/// No thread goes on with a table that its owner has let go of.
impl Drop for Index {
    fn drop(&mut self) {
        // Nobody is left to be told; what is missing is read again at the next open.
        let _ = self.wait();
    }
}

impl Stack {
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins another tail; the one that is full.
    fn begin_tail(&self) -> Arc<Tail> {
        let mut state = self.write();
        let full = Arc::new(std::mem::take(&mut state.tail));
        state.full = Some(Arc::clone(&full));
        full
    }

    /// Writes the full tail as a run. Nobody else changes the runs meanwhile.
    fn write_full(&self, full: &Tail) -> Result<(), LogError> {
        let runs = self.read().runs.clone();
        let first = runs.last().map_or(0, |run| run.record.upto) + 1;
        let entries = full.postings.sorted();
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let record = RunRecord { id: next_id(&runs), level: 0, first, upto: full.upto, entries: count };
        let entries = entries.into_iter().map(|(term, position)| run::entry(term, position, first));
        let run = run::write_run(&*self.tree, record, entries)?;
        self.replace(runs.len(), run)?;
        while let Some((at, merged)) = self.merge_last_level()? {
            self.replace(at, merged)?;
        }
        Ok(())
    }

    /// Puts a run in the place of those from `at` on, and of the full tail.
    fn replace(&self, at: usize, run: Run) -> Result<(), LogError> {
        let mut runs = self.read().runs.clone();
        let replaced = runs.split_off(at);
        runs.push(Arc::new(run));
        let records: Vec<_> = runs.iter().map(|run| run.record.clone()).collect();
        run::write_manifest(&*self.tree, &records)?;
        {
            let mut state = self.write();
            state.runs = runs;
            state.full = None;
        }
        for key in replaced.iter().flat_map(|run| run.page_keys()) {
            self.tree.remove(&key)?;
        }
        Ok(())
    }

    /// Merges the newest runs when there are [`FAN_IN`] of one level; where they begin in the stack, and the result.
    fn merge_last_level(&self) -> Result<Option<(usize, Run)>, LogError> {
        let runs = self.read().runs.clone();
        let Some(level) = runs.last().map(|run| run.record.level) else {
            return Ok(None);
        };
        let alike = runs.iter().rev().take_while(|run| run.record.level == level).count();
        let at = runs.len().saturating_sub(alike);
        let newest = runs.get(at..).unwrap_or_default();
        let (Some(oldest), Some(latest)) = (newest.first(), newest.last()) else {
            return Ok(None);
        };
        if alike < FAN_IN {
            return Ok(None);
        }
        let record = RunRecord {
            id: next_id(&runs),
            level: level.saturating_add(1),
            first: oldest.record.first,
            upto: latest.record.upto,
            entries: newest.iter().map(|run| run.record.entries).sum(),
        };
        let merged = run::write_run(&*self.tree, record, run::merge(&*self.tree, newest))?;
        Ok(Some((at, merged)))
    }
}

fn next_id(runs: &[Arc<Run>]) -> u64 {
    runs.iter().map(|run| run.record.id).max().unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::run::{MANIFEST_KEY, entries_in, page_key};
    use super::*;
    use crate::log::contract::event;

    fn stored(n: u64) -> Stored {
        Stored { position: n, ..event(n) }
    }

    fn tree() -> Arc<dyn Table> {
        Arc::new(super::super::memory_tables::MemoryTable::default())
    }

    /// An index whose runs hold 50 events each.
    fn filled(tree: &Arc<dyn Table>, count: u64) -> Index {
        let index = Index::open(Arc::clone(tree), 0).unwrap();
        for n in 1..=count {
            index.add([&stored(n)]);
            index.settle_from(50).unwrap();
        }
        index.wait().unwrap();
        index
    }

    fn assert_finds_what_is_there(index: &Index, count: u64) {
        let terms = (0..4).map(|n| Term::kind(&event(n).kind)).chain([Term::kind("none")]);
        let terms = terms.chain((0..7).flat_map(|n| event(n).tags.iter().map(Term::tag).collect::<Vec<_>>()));
        for term in terms {
            let all: Vec<_> =
                (1..=count).filter(|n| Term::each(&stored(*n)).any(|own| own == term)).collect();
            for from in [0, 1, 50, 51, 400, 401, count - 1, count, Position::MAX] {
                for limit in [0, 1, 3, usize::MAX] {
                    let forward = all.iter().copied().filter(|n| *n > from).take(limit);
                    let backward = all.iter().rev().copied().filter(|n| *n < from).take(limit);
                    let found = |direction| index.find(term, from, direction, limit).unwrap();
                    assert!(found(Direction::Forward).into_iter().eq(forward), "{from} {limit}");
                    assert!(found(Direction::Backward).into_iter().eq(backward), "{from} {limit}");
                }
            }
        }
    }

    fn levels(index: &Index) -> Vec<u8> {
        index.stack.read().runs.iter().map(|run| run.record.level).collect()
    }

    #[test]
    fn terms_are_found_in_runs_merged_runs_and_tail() {
        let tree = tree();
        let index = filled(&tree, 3777);
        assert_eq!(levels(&index), [2, 1, 0, 0, 0], "75 runs are one of 64, one of 8 and three");
        assert_eq!(index.upto(), 3750);
        assert_finds_what_is_there(&index, 3777);
    }

    #[test]
    fn what_is_being_written_is_found_meanwhile() {
        let index = Index::open(tree(), 0).unwrap();
        for n in 1..=90 {
            index.add([&stored(n)]);
            if n == 50 {
                drop(index.stack.begin_tail());
            }
        }
        assert_eq!((levels(&index), index.upto()), (vec![], 0));
        assert_finds_what_is_there(&index, 90);
        let full = index.stack.read().full.clone().unwrap();
        index.stack.write_full(&full).unwrap();
        assert_eq!((levels(&index), index.upto()), (vec![0], 50));
        assert_finds_what_is_there(&index, 90);
    }

    #[test]
    fn what_was_written_is_found_after_reopening_and_pages_of_old_runs_are_gone() {
        let tree = tree();
        drop(filled(&tree, 3750));
        let page = page_key(999, 0);
        tree.apply(vec![(page.to_vec(), vec![1, 2, 3])]).unwrap();
        let index = Index::open(Arc::clone(&tree), 3750).unwrap();
        assert_eq!(index.upto(), 3750);
        assert_finds_what_is_there(&index, 3750);
        assert_eq!(tree.get(&page).unwrap(), None);
        let pages: usize = index.stack.read().runs.iter().map(|run| run.fences.len()).sum();
        assert_eq!(entries_in(&*tree).count(), pages + 1);
    }

    #[test]
    fn an_index_that_is_damaged_or_knows_too_much_starts_again() {
        let damages: [fn(&dyn Table); 4] = [
            |tree| tree.remove(&page_key(1, 0)).unwrap(),
            |tree| tree.apply(vec![(MANIFEST_KEY.to_vec(), b"?".to_vec())]).unwrap(),
            |tree| tree.remove(MANIFEST_KEY).unwrap(),
            |tree| {
                let mut page = tree.get(&page_key(2, 0)).unwrap().unwrap().to_vec();
                page[5] ^= 1;
                tree.apply(vec![(page_key(2, 0).to_vec(), page)]).unwrap();
            },
        ];
        for damage in damages {
            let tree = tree();
            drop(filled(&tree, 150));
            damage(&*tree);
            assert_eq!(Index::open(Arc::clone(&tree), 150).unwrap().upto(), 0);
            assert_eq!(entries_in(&*tree).count(), 0);
        }
        let tree = tree();
        drop(filled(&tree, 150));
        assert_eq!(Index::open(tree, 149).unwrap().upto(), 0);
    }
}
