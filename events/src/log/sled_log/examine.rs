//! Examining a store from outside: what is wrong with it, position by position, before an open makes it good.
//!
//! Nothing of ours is changed. The engine has to be opened to be read, and may then tidy up files of its own.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::compare::{Cursor, parse};
use super::lock::Lock;
use super::open::Layout;
use super::seal::{Due, Seal};
use super::sled_tables::SledKeeper;
use super::tables::{Entry, Keeper, Tables};
use super::{Options, store_error};
use crate::kinds::store::PositionRange;
use crate::log::codec::Block;
use crate::log::files::RealFiles;
use crate::log::head::Head;
use crate::log::journal::{Identity, Journal, inspect};
use crate::log::proof::{NodeHash, Notary, RightEdge};
use crate::log::{LogError, Position};

/// Findings beyond this many are only counted.
const FINDINGS_MAX: usize = 100;

/// A part of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The plain files of frames.
    Journal,
    /// The copy that queries read.
    Engine,
    /// The small file that says up to where events were acknowledged.
    Head,
    /// What was signed.
    Checkpoint,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    pub part: Part,
    /// The positions.
    #[serde(flatten)]
    pub positions: PositionRange,
    /// What is wrong.
    pub reason: String,
}

/// What [`examine`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// Events found sound in the journal.
    pub events: u64,
    /// Their stored bytes.
    pub bytes: u64,
    /// Checkpoints that the log was held against.
    pub checkpoints: u64,
    /// Root of the tree of proofs, when no event is missing.
    pub root: Option<NodeHash>,
    /// What is wrong, the first hundred.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
}

impl Examination {
    fn add(&mut self, part: Part, positions: PositionRange, reason: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { part, positions, reason: reason.into() });
        } else {
            self.more += 1;
        }
    }
}

/// Looks at the whole store: every byte of the journal, the engine's copy against it, the tree behind every commit,
/// the head and every checkpoint. In bounded memory; mends nothing.
///
/// # Errors
/// [`LogError::InUse`] when a process has it open; [`LogError::Store`] when files cannot be read at all.
pub fn examine(directory: &Path, options: &Options) -> Result<Examination, LogError> {
    if !directory.is_dir() {
        return Err(store_error(format_args!("there is no store in {}", directory.display())));
    }
    let layout = Layout::new(directory);
    let _lock = Lock::take(&layout.lock())?;
    let mut found = Examination::default();
    let head = Head::read(&RealFiles, &layout.head()).unwrap_or_else(|reason| {
        found.add(Part::Head, PositionRange { first: 0, last: 0 }, format!("it cannot be read: {reason}"));
        None
    });
    let in_journal = Journal::identify(&RealFiles, &layout.journal()).map_err(store_error)?;
    let signs_for = || Notary::identify(directory).map(|(store, profile)| Identity { store, profile });
    let identity = head.and_then(|head| head.identity()).or(in_journal).or_else(signs_for);
    let Some(identity) = identity else {
        if layout.engine().is_dir() {
            let reason = "an engine stands there, but no journal, head or key that says whose it is";
            found.add(Part::Engine, PositionRange { first: 0, last: 0 }, reason.to_owned());
        }
        // Else nothing was ever written.
        return Ok(found);
    };
    let mut seal = Seal::new(Some(directory.to_owned()), identity);
    let signed = seal.all().unwrap_or_else(|error| {
        found.add(Part::Checkpoint, PositionRange { first: 0, last: 0 }, error.to_string());
        Vec::new()
    });
    let acknowledged = head.map_or(0, |head| head.position);
    let engine = open_engine(&layout, options, acknowledged, &mut found);
    let blocks = engine.as_ref().map(|tables| tables.blocks());
    let engine = blocks.as_ref().map(|blocks| Cursor::at(&**blocks, 1));
    let mut examiner = Examiner { found, head, due: Due::new(signed), engine, waiting: None };
    let inspection = inspect(&RealFiles, &layout.journal(), identity, acknowledged, &mut |block, edge| {
        examiner.block(block, edge);
    });
    let inspection = inspection.map_err(store_error)?;
    for (positions, reason) in inspection.faults {
        examiner.found.add(Part::Journal, positions, reason);
    }
    examiner.end(inspection.end, inspection.edge)
}

fn open_engine(
    layout: &Layout,
    options: &Options,
    acknowledged: Position,
    found: &mut Examination,
) -> Option<Box<dyn Tables>> {
    let everything = PositionRange { first: acknowledged.min(1), last: acknowledged };
    if !fs::exists(layout.engine()).unwrap_or(false) {
        found.add(Part::Engine, everything, "it is missing");
        return None;
    }
    let Options { cache_bytes, open_limit, .. } = *options;
    let opened = SledKeeper { layout: layout.clone(), cache_bytes, open_limit }.open();
    opened.map_err(|error| found.add(Part::Engine, everything, error.to_string())).ok()
}

struct Examiner<'a> {
    found: Examination,
    head: Option<Head>,
    due: Due,
    engine: Option<Cursor<'a>>,
    /// The engine's entry that was read last and not yet looked at.
    waiting: Option<Entry>,
}

impl Examiner<'_> {
    /// Takes in a sound block of the journal, with the tree behind it where that can be told.
    fn block(&mut self, block: &Block<&[u8]>, edge: Option<&RightEdge>) {
        let last = block.last();
        self.found.events += last - block.first() + 1;
        self.found.bytes += block.payload_bytes();
        self.compare(block);
        let Some(edge) = edge else {
            self.due.pass(last);
            return;
        };
        if let Err(error) = self.due.reach(last, || edge.root()) {
            self.found.add(Part::Checkpoint, PositionRange { first: 1, last }, error.to_string());
        }
        if let Some(head) = self.head.filter(|head| head.position == last)
            && (head.block_crc32c != block.checksum() || head.root.is_some_and(|root| root != edge.root()))
        {
            let reason = "the events up to there are not those that were acknowledged";
            self.found.add(Part::Head, PositionRange { first: 1, last }, reason);
        }
    }

    /// Holds the engine's block of those positions against the journal's.
    fn compare(&mut self, block: &Block<&[u8]>) {
        let positions = PositionRange { first: block.first(), last: block.last() };
        let key = block.first().to_be_bytes();
        while let Some((at, value)) = self.entry() {
            if at.as_ref() > key.as_slice() {
                self.waiting = Some((at, value));
                break;
            }
            let (is_same_key, is_same) = (at.as_ref() == key, value.as_ref() == block.bytes());
            match parse((at, value)) {
                Err(LogError::Damaged { position, reason }) => {
                    self.found.add(Part::Engine, PositionRange { first: position, last: position }, reason);
                }
                Ok(_) if is_same_key && !is_same => {
                    self.found.add(Part::Engine, positions, "the engine's copy is not the journal's");
                }
                Ok(_) | Err(_) => {}
            }
            if is_same_key {
                return;
            }
        }
        // What a kill left out is put back at every open.
        let is_behind =
            self.waiting.is_none() && self.head.is_none_or(|head| positions.last > head.engine_position());
        if self.engine.is_some() && !is_behind {
            self.found.add(Part::Engine, positions, "the engine does not hold it");
        }
    }

    fn entry(&mut self) -> Option<Entry> {
        if let Some(waiting) = self.waiting.take() {
            return Some(waiting);
        }
        match self.engine.as_mut()?.next_entry() {
            Ok(entry) => entry,
            Err(error) => {
                self.engine = None;
                self.found.add(Part::Engine, PositionRange { first: 0, last: 0 }, error.to_string());
                None
            }
        }
    }

    fn end(mut self, end: Position, edge: Option<RightEdge>) -> Result<Examination, LogError> {
        self.found.checkpoints = self.due.checked;
        if edge.is_some()
            && let Err(error) = self.due.end(end)
        {
            self.found.add(
                Part::Checkpoint,
                PositionRange { first: end + 1, last: end + 1 },
                error.to_string(),
            );
        }
        self.found.root = edge.map(|edge| edge.root());
        Ok(self.found)
    }
}
