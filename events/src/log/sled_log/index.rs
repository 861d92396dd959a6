//! The index: where each term stands, kept behind the log in the tree `idx`, off the durable path.
//!
//! It is a stack of sorted runs. New events are in a table in memory (the tail); when that holds
//! [`TAIL_MAX_EVENTS`] events it is written as one run of pages, and eight runs of one level are merged into
//! one of the next. One key an entry was measured first: five random inserts an event cost more than the
//! event itself, and as much disk. Runs are in order of position, so a search in either direction stops as
//! soon as it has enough. All of it can be dropped and is then built again from the log.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::store_error;
use super::tables::Table;
use crate::log::postings::{Postings, Term};
use crate::log::{Direction, LogError, Position, Stored};

/// Events that the tail holds before it becomes a run.
const TAIL_MAX_EVENTS: u64 = 16 * 1024;
/// Events that make a run worth writing when the log is closed; fewer are read again at open.
const CLOSE_MIN_EVENTS: u64 = 1024;
/// Runs of one level that are merged into one of the next.
const FAN_IN: usize = 8;
/// Term, then position less the run's first, both big-endian: entries sort as their bytes do.
const ENTRY_BYTES: usize = 12;
const PAGE_ENTRIES: usize = 680;
const FORMAT: u8 = 1;
const MANIFEST_KEY: &[u8] = b"runs";

type Entry = [u8; ENTRY_BYTES];

#[derive(Debug)]
pub(super) struct Index {
    tree: Arc<dyn Table>,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    runs: Vec<Run>,
    tail: Postings,
    tail_events: u64,
}

/// What is stored about a run, beside its pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RunRecord {
    id: u64,
    level: u8,
    first: Position,
    upto: Position,
    entries: u64,
}

#[derive(Debug)]
struct Run {
    record: RunRecord,
    /// First entry of each page.
    fences: Vec<Entry>,
    filter: Filter,
}

impl Index {
    /// The index as it was left, or an empty one if that is damaged or knows more than the log up to `head`.
    pub(super) fn open(tree: Arc<dyn Table>, head: Position) -> Result<Self, LogError> {
        let runs = match load(&*tree)? {
            Some(runs) if runs.last().is_none_or(|run| run.record.upto <= head) => runs,
            Some(_) | None => {
                tree.clear()?;
                Vec::new()
            }
        };
        Ok(Self { tree, state: RwLock::new(State { runs, ..State::default() }) })
    }

    /// The last position that needs not be added.
    pub(super) fn upto(&self) -> Position {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.runs.last().map_or(0, |run| run.record.upto)
    }

    /// Adds events, each once and in order of position; they are found from now on.
    pub(super) fn add<'a>(&self, events: impl IntoIterator<Item = &'a Stored>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            state.tail.add(event);
            state.tail_events += 1;
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
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match direction {
            Direction::Forward => {
                for run in &state.runs {
                    run.find_forward(&*self.tree, term, from, limit, &mut found)?;
                }
                state.tail.find(term, from, direction, limit, &mut found);
            }
            Direction::Backward => {
                state.tail.find(term, from, direction, limit, &mut found);
                for run in state.runs.iter().rev() {
                    run.find_backward(&*self.tree, term, from, limit, &mut found)?;
                }
            }
        }
        Ok(found)
    }

    /// Writes the tail as a run when it is full. For the writer's thread only: `upto` is the last position added.
    pub(super) fn settle(&self, upto: Position) -> Result<(), LogError> {
        self.write_tail(upto, TAIL_MAX_EVENTS)
    }

    /// Writes the tail if it is worth a run.
    pub(super) fn close(&self, upto: Position) -> Result<(), LogError> {
        self.write_tail(upto, CLOSE_MIN_EVENTS)
    }

    fn write_tail(&self, upto: Position, least_events: u64) -> Result<(), LogError> {
        let run = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if state.tail_events < least_events {
                return Ok(());
            }
            let first = state.runs.last().map_or(0, |run| run.record.upto) + 1;
            let tail = state.tail.sorted();
            let entries = u64::try_from(tail.len()).unwrap_or(u64::MAX);
            let record = RunRecord { id: next_id(&state.runs), level: 0, first, upto, entries };
            let tail = tail.into_iter().map(|(term, position)| entry(term, position, first));
            write_run(&*self.tree, record, tail)?
        };
        self.write_manifest(|records| records.push(run.record.clone()))?;
        {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            state.runs.push(run);
            state.tail = Postings::default();
            state.tail_events = 0;
        }
        self.merge_full_levels()
    }

    fn merge_full_levels(&self) -> Result<(), LogError> {
        while let Some((at, merged)) = self.merge_last_level()? {
            self.write_manifest(|records| {
                records.truncate(at);
                records.push(merged.record.clone());
            })?;
            let replaced = {
                let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
                let replaced = state.runs.split_off(at);
                state.runs.push(merged);
                replaced
            };
            for run in replaced {
                for key in run.page_keys() {
                    self.tree.remove(&key)?;
                }
            }
        }
        Ok(())
    }

    /// Merges the newest runs when there are [`FAN_IN`] of one level; where they begin in the stack, and the result.
    fn merge_last_level(&self) -> Result<Option<(usize, Run)>, LogError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let Some(level) = state.runs.last().map(|run| run.record.level) else {
            return Ok(None);
        };
        let alike = state.runs.iter().rev().take_while(|run| run.record.level == level).count();
        let at = state.runs.len().saturating_sub(alike);
        let runs = state.runs.get(at..).unwrap_or_default();
        let (Some(oldest), Some(newest)) = (runs.first(), runs.last()) else {
            return Ok(None);
        };
        if alike < FAN_IN {
            return Ok(None);
        }
        let record = RunRecord {
            id: next_id(&state.runs),
            level: level.saturating_add(1),
            first: oldest.record.first,
            upto: newest.record.upto,
            entries: runs.iter().map(|run| run.record.entries).sum(),
        };
        let merged = write_run(&*self.tree, record, merge(&*self.tree, runs))?;
        Ok(Some((at, merged)))
    }

    fn write_manifest(&self, change: impl FnOnce(&mut Vec<RunRecord>)) -> Result<(), LogError> {
        let mut records: Vec<RunRecord> = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            state.runs.iter().map(|run| run.record.clone()).collect()
        };
        change(&mut records);
        let bytes = postcard::to_stdvec(&(FORMAT, Term::probe().0, records)).map_err(store_error)?;
        self.tree.apply(vec![(MANIFEST_KEY.to_vec(), bytes)])
    }
}

impl Run {
    fn new(record: RunRecord) -> Self {
        Self { fences: Vec::new(), filter: Filter::for_entries(record.entries), record }
    }

    fn absorb(&mut self, page: &[Entry]) {
        self.fences.extend(page.first());
        page.iter().for_each(|entry| self.filter.insert(term_of(entry)));
    }

    fn page_keys(&self) -> impl Iterator<Item = [u8; 12]> + use<> {
        let id = self.record.id;
        (0_u32..).take(self.fences.len()).map(move |page| page_key(id, page))
    }

    /// The page in which the last entry not beyond `entry` stands, if this run has one.
    fn page_of(&self, entry: &Entry) -> Option<usize> {
        self.fences.partition_point(|fence| fence <= entry).checked_sub(1)
    }

    fn position_of(&self, entry: &Entry) -> Position {
        let offset = entry.last_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
        self.record.first.saturating_add(u64::from(offset))
    }

    fn find_forward(
        &self,
        tree: &dyn Table,
        term: Term,
        from: Position,
        limit: usize,
        found: &mut Vec<Position>,
    ) -> Result<(), LogError> {
        let low = from.saturating_add(1).max(self.record.first);
        if found.len() >= limit || low > self.record.upto || !self.filter.may_hold(term) {
            return Ok(());
        }
        let low = entry(term, low, self.record.first)?;
        for key in self.page_keys().skip(self.page_of(&low).unwrap_or(0)) {
            let page = read_page(tree, key)?;
            let start = page.partition_point(|entry| *entry < low);
            for entry in page.iter().skip(start) {
                if found.len() >= limit || term_of(entry) != term {
                    return Ok(());
                }
                found.push(self.position_of(entry));
            }
        }
        Ok(())
    }

    fn find_backward(
        &self,
        tree: &dyn Table,
        term: Term,
        from: Position,
        limit: usize,
        found: &mut Vec<Position>,
    ) -> Result<(), LogError> {
        let high = from.saturating_sub(1).min(self.record.upto);
        if found.len() >= limit || high < self.record.first || !self.filter.may_hold(term) {
            return Ok(());
        }
        let high = entry(term, high, self.record.first)?;
        let Some(newest_page) = self.page_of(&high) else {
            return Ok(());
        };
        let keys: Vec<_> = self.page_keys().take(newest_page + 1).collect();
        for key in keys.into_iter().rev() {
            let page = read_page(tree, key)?;
            let end = page.partition_point(|entry| *entry <= high);
            for entry in page.iter().take(end).rev() {
                if found.len() >= limit || term_of(entry) != term {
                    return Ok(());
                }
                found.push(self.position_of(entry));
            }
        }
        Ok(())
    }
}

/// The runs that the manifest names, with pages that no run owns removed; `None` when anything is missing or
/// damaged. Reads every page once: about 60 bytes an event.
fn load(tree: &dyn Table) -> Result<Option<Vec<Run>>, LogError> {
    let Some(manifest) = tree.get(MANIFEST_KEY)? else {
        return Ok(None);
    };
    let Ok((FORMAT, probe, records)) = postcard::from_bytes::<(u8, u64, Vec<RunRecord>)>(&manifest) else {
        return Ok(None);
    };
    if probe != Term::probe().0 {
        return Ok(None);
    }
    let places: BTreeMap<u64, usize> =
        records.iter().enumerate().map(|(place, record)| (record.id, place)).collect();
    let mut runs: Vec<Run> = records.into_iter().map(Run::new).collect();
    let mut found = vec![0_u64; runs.len()];
    for stored in entries_in(tree) {
        let (key, value) = stored?;
        let Some((id, _)) = key.split_first_chunk::<8>().filter(|_| key.as_ref() != MANIFEST_KEY) else {
            continue;
        };
        let Some(place) = places.get(&u64::from_be_bytes(*id)).copied() else {
            tree.remove(&key)?;
            continue;
        };
        let (Some(page), Some(run), Some(count)) =
            (check_page(&value), runs.get_mut(place), found.get_mut(place))
        else {
            return Ok(None);
        };
        run.absorb(&page);
        *count += u64::try_from(page.len()).unwrap_or(0);
    }
    let whole = runs.iter().zip(found).all(|(run, count)| run.record.entries == count);
    Ok(whole.then_some(runs))
}

/// Everything that stands in the table, a page's worth of entries at a time.
fn entries_in(tree: &dyn Table) -> impl Iterator<Item = Result<super::tables::Entry, LogError>> {
    const LOT: usize = 64;
    let mut next = Some(Vec::new());
    std::iter::from_fn(move || {
        let lot = tree.from(&next.take()?, LOT);
        if let Ok([.., (last, _)]) = lot.as_deref() {
            // The smallest key behind the last one.
            next = Some([last, &[0][..]].concat());
        }
        Some(lot.map_or_else(|error| vec![Err(error)], |lot| lot.into_iter().map(Ok).collect()))
    })
    .flatten()
}

fn next_id(runs: &[Run]) -> u64 {
    runs.iter().map(|run| run.record.id).max().unwrap_or(0) + 1
}

/// Writes entries, given in order, as the pages of a run.
fn write_run(
    tree: &dyn Table,
    record: RunRecord,
    entries: impl Iterator<Item = Result<Entry, LogError>>,
) -> Result<Run, LogError> {
    let mut run = Run::new(record);
    let id = run.record.id;
    let mut keys = (0_u32..).map(|page| page_key(id, page));
    let mut entries = entries.peekable();
    while entries.peek().is_some() {
        let page = entries.by_ref().take(PAGE_ENTRIES).collect::<Result<Vec<_>, _>>()?;
        let mut bytes = page.as_flattened().to_vec();
        bytes.extend(crc32c::crc32c(&bytes).to_be_bytes());
        let key = keys.next().ok_or_else(|| store_error("a run of the index has too many pages"))?;
        tree.apply(vec![(key.to_vec(), bytes)])?;
        run.absorb(&page);
    }
    Ok(run)
}

/// The entries of several runs in one order.
fn merge(tree: &dyn Table, runs: &[Run]) -> impl Iterator<Item = Result<Entry, LogError>> {
    let first = runs.first().map_or(0, |run| run.record.first);
    let mut sources: Vec<_> = runs.iter().map(|run| entries_of(tree, run, first).peekable()).collect();
    std::iter::from_fn(move || {
        // An error sorts before every entry, so it comes out at once.
        let heads = sources
            .iter_mut()
            .enumerate()
            .filter_map(|(place, source)| source.peek().map(|entry| (entry.as_ref().ok().copied(), place)));
        let (_, place) = heads.min()?;
        sources.get_mut(place)?.next()
    })
}

fn entries_of(tree: &dyn Table, run: &Run, first: Position) -> impl Iterator<Item = Result<Entry, LogError>> {
    run.page_keys().flat_map(move |key| match read_page(tree, key) {
        Ok(page) => page.iter().map(|old| entry(term_of(old), run.position_of(old), first)).collect(),
        Err(error) => vec![Err(error)],
    })
}

fn read_page(tree: &dyn Table, key: [u8; 12]) -> Result<Vec<Entry>, LogError> {
    let bytes = tree.get(&key)?;
    bytes.as_deref().and_then(check_page).ok_or_else(|| {
        store_error("a page of the index is damaged; it is built again when the log is next opened")
    })
}

fn check_page(bytes: &[u8]) -> Option<Vec<Entry>> {
    let (entries, checksum) = bytes.split_last_chunk::<4>()?;
    let (page, []) = entries.as_chunks::<ENTRY_BYTES>() else {
        return None;
    };
    (crc32c::crc32c(entries) == u32::from_be_bytes(*checksum)).then(|| page.to_vec())
}

fn page_key(run: u64, page: u32) -> [u8; 12] {
    join(run, page)
}

fn entry(term: Term, position: Position, first: Position) -> Result<Entry, LogError> {
    let offset = position.checked_sub(first).and_then(|offset| u32::try_from(offset).ok());
    Ok(join(term.0, offset.ok_or_else(|| store_error("a run of the index spans too many positions"))?))
}

fn term_of(entry: &Entry) -> Term {
    Term(entry.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes)))
}

fn join(high: u64, low: u32) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes
        .iter_mut()
        .zip(high.to_be_bytes().into_iter().chain(low.to_be_bytes()))
        .for_each(|(to, from)| *to = from);
    bytes
}

#[cfg(test)]
mod tests {
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
            index.write_tail(n, 50).unwrap();
        }
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
        index.state.read().unwrap().runs.iter().map(|run| run.record.level).collect()
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
    fn what_was_written_is_found_after_reopening_and_pages_of_old_runs_are_gone() {
        let tree = tree();
        drop(filled(&tree, 3750));
        let page = page_key(999, 0);
        tree.apply(vec![(page.to_vec(), vec![1, 2, 3])]).unwrap();
        let index = Index::open(Arc::clone(&tree), 3750).unwrap();
        assert_eq!(index.upto(), 3750);
        assert_finds_what_is_there(&index, 3750);
        assert_eq!(tree.get(&page).unwrap(), None);
        let pages: usize = index.state.read().unwrap().runs.iter().map(|run| run.fences.len()).sum();
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
