//! Runs of the index: sorted entries in pages of one table, immutable once written, and how several become one.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::filter::Filter;
use super::super::store_error;
use super::super::tables::{Entry as Stored, Table};
use crate::log::postings::Term;
use crate::log::{LogError, Position};

/// Term, then position less the run's first, both big-endian: entries sort as their bytes do.
const ENTRY_BYTES: usize = 12;
const PAGE_ENTRIES: usize = 680;
const FORMAT: u8 = 1;
pub(super) const MANIFEST_KEY: &[u8] = b"runs";

type Entry = [u8; ENTRY_BYTES];

/// What is stored about a run, beside its pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RunRecord {
    pub(super) id: u64,
    pub(super) level: u8,
    pub(super) first: Position,
    pub(super) upto: Position,
    pub(super) entries: u64,
}

#[derive(Debug)]
pub(super) struct Run {
    pub(super) record: RunRecord,
    /// First entry of each page.
    pub(super) fences: Vec<Entry>,
    filter: Filter,
}

impl Run {
    fn new(record: RunRecord) -> Self {
        Self { fences: Vec::new(), filter: Filter::for_entries(record.entries), record }
    }

    fn absorb(&mut self, page: &[Entry]) {
        self.fences.extend(page.first());
        page.iter().for_each(|entry| self.filter.insert(term_of(entry)));
    }

    pub(super) fn page_keys(&self) -> impl Iterator<Item = [u8; 12]> + use<> {
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

    pub(super) fn find_forward(
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

    pub(super) fn find_backward(
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
pub(super) fn load(tree: &dyn Table) -> Result<Option<Vec<Run>>, LogError> {
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
pub(super) fn entries_in(tree: &dyn Table) -> impl Iterator<Item = Result<Stored, LogError>> {
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

/// Says which runs there are, in order of position.
pub(super) fn write_manifest(tree: &dyn Table, records: &[RunRecord]) -> Result<(), LogError> {
    let bytes = postcard::to_stdvec(&(FORMAT, Term::probe().0, records)).map_err(store_error)?;
    tree.apply(vec![(MANIFEST_KEY.to_vec(), bytes)])
}

/// Writes entries, given in order, as the pages of a run.
pub(super) fn write_run(
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
pub(super) fn merge(tree: &dyn Table, runs: &[Arc<Run>]) -> impl Iterator<Item = Result<Entry, LogError>> {
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

pub(super) fn page_key(run: u64, page: u32) -> [u8; 12] {
    join(run, page)
}

pub(super) fn entry(term: Term, position: Position, first: Position) -> Result<Entry, LogError> {
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
