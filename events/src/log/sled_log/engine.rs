//! The open store: how a group becomes durable, and how blocks are found again.

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sled::IVec;

use super::compare::{Cursor, parse, same_block};
use super::hasher::{Hasher, Payloads};
use super::index::Index;
use super::lock::Lock;
use super::recovery::{Copies, Site, open_copies};
use super::seal::{Due, Seal};
use super::tables::{Table, Tables};
use super::tree::{check_edges, log_error};
use super::view::{Pending, View};
use super::{Options, store_error};
use crate::log::admit::{Admitted, End, admit};
use crate::log::codec::{self, Block};
use crate::log::files::replace_whole;
use crate::log::head::Head;
use crate::log::journal::{Blocks, EachBlock, Identity, Journal};
use crate::log::proof::{NotaryError, ProofError, RightEdge, Signed, Tree};
use crate::log::{Append, AppendError, LogError, Placed, Position, Report, Stored, Verified, Watermark};

/// Most bytes of one flush, unless one append is larger.
const FLUSH_MAX_BYTES: usize = 256 * 1024;
/// The head file is written every so many flushes; at each it would cost two thirds of the throughput.
pub(super) const FLUSHES_PER_HEAD: u64 = 1000;
/// The tree's file is written after so many events at the latest: as many have to be hashed again after a crash.
const EVENTS_PER_TREE: u64 = 65_536;

/// The store, open. Fields are dropped in order: the lock goes last.
#[derive(Debug)]
pub(super) struct Engine {
    blocks: Arc<dyn Table>,
    pub(super) index: Index,
    tables: Box<dyn Tables>,
    journal: Journal,
    writer: Mutex<Writer>,
    seal: Mutex<Seal>,
    /// Position of the head in its file. Locked after `writer`, never before it.
    filed: Mutex<Position>,
    report: Mutex<Report>,
    /// Damage was met while reading: one of the copies is no longer what it was at open.
    suspect: AtomicBool,
    site: Site,
    _lock: Option<Lock>,
}

/// What only the committing thread needs.
#[derive(Debug)]
struct Writer {
    end: End,
    /// The last durable block.
    head: Head,
    /// Over everything that is durable.
    tree: Tree,
    hasher: Hasher,
    /// How many events the tree's file covers.
    kept: u64,
    flushes: u64,
    read_only: Option<String>,
}

impl Engine {
    /// Opens both copies and makes them good. The lock is held as long as the engine is there.
    pub(super) fn open(site: Site, lock: Option<Lock>, options: &Options) -> Result<Self, LogError> {
        let Copies { tables, journal, tree, head, filed, report } = open_copies(&site, options)?;
        let (blocks, end) = (tables.blocks(), end_of(&journal)?);
        let index = Index::open(tables.index(), end.position)?;
        let seal = Seal::new(site.notary.clone(), journal.identity());
        let hasher = Hasher::start().map_err(store_error)?;
        let writer = Writer { end, head, kept: tree.size(), tree, hasher, flushes: 0, read_only: None };
        let engine = Self {
            blocks,
            index,
            tables,
            journal,
            writer: Mutex::new(writer),
            seal: Mutex::new(seal),
            filed: Mutex::new(filed),
            report: Mutex::new(report),
            suspect: AtomicBool::new(false),
            site,
            _lock: lock,
        };
        engine.catch_up_index(end.position)?;
        if !engine.untold().lost.is_empty() {
            let tree = engine.tree()?;
            engine.seal().begin_anew_if_contradicted(&tree, &engine, &engine.site.quarantine)?;
        }
        Ok(engine)
    }

    fn writer(&self) -> Result<MutexGuard<'_, Writer>, LogError> {
        self.writer.lock().map_err(|_| LogError::ReadOnly("the writing thread panicked".into()))
    }

    fn catch_up_index(&self, end: Position) -> Result<(), LogError> {
        let upto = self.index.upto();
        self.journal.each_block(upto, end, &mut |block| {
            let mut events = Vec::new();
            for position in block.first().max(upto.saturating_add(1))..=block.last() {
                events.extend(block.event(position).map_err(|damage| damage.at(block.first()))?);
            }
            self.index.add(&events);
            self.index.settle()?;
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Position of the last event.
    pub(super) fn end(&self) -> Result<Position, LogError> {
        Ok(self.writer()?.end.position)
    }

    /// Why nothing is written any more.
    pub(super) fn fault(&self) -> Option<String> {
        match self.writer() {
            Ok(writer) => writer.read_only.clone(),
            Err(error) => Some(error.to_string()),
        }
    }

    /// What nobody has been told of yet.
    pub(super) fn untold(&self) -> Report {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets what was told.
    pub(super) fn told(&self) -> Result<(), LogError> {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if !report.is_empty() {
            *report = Report::default();
            self.site.files.remove(&self.site.untold).map_err(store_error)?;
        }
        Ok(())
    }

    /// See [`crate::log::Log::commit`].
    pub(super) fn commit(
        &self,
        group: Vec<Append>,
        watermark: &Watermark,
    ) -> Result<Vec<Result<Vec<Placed>, AppendError>>, LogError> {
        let mut writer = self.writer()?;
        if let Some(reason) = &writer.read_only {
            return Err(LogError::ReadOnly(reason.clone()));
        }
        let answers = self.write(&mut writer, group, watermark);
        if let Err(error) = &answers {
            writer.read_only = Some(error.to_string());
        }
        answers
    }

    fn write(
        &self,
        writer: &mut Writer,
        group: Vec<Append>,
        watermark: &Watermark,
    ) -> Result<Vec<Result<Vec<Placed>, AppendError>>, LogError> {
        let mut next = writer.end.position.saturating_add(1);
        let mut pending = Pending::after(View::new(self, writer.end.position));
        let mut payloads = Vec::new();
        let mut append_ends = Vec::new();
        let mut answers = Vec::with_capacity(group.len());
        for append in group {
            let answer = admit(&pending, &mut writer.end, append)?;
            answers.push(answer.map(|Admitted { placed, events }| {
                self.index.add(events.iter().map(|(event, _)| event));
                for (event, payload) in events {
                    pending.push(event);
                    payloads.push(payload);
                }
                append_ends.push(payloads.len());
                placed
            }));
        }
        let mut spent = pending.into_events();
        for part in parts(&payloads, &append_ends) {
            let payloads = Arc::new(payloads.drain(..part.len()).collect());
            next = self.write_part(writer, next, payloads, std::mem::take(&mut spent), watermark)?;
        }
        self.index.settle()?;
        Ok(answers)
    }

    /// Makes whole appends durable with one flush of the journal, then visible; the position after them. What their
    /// events add to the tree is hashed meanwhile, and what is spent let go of.
    fn write_part(
        &self,
        writer: &mut Writer,
        first: Position,
        payloads: Payloads,
        spent: Vec<Stored>,
        watermark: &Watermark,
    ) -> Result<Position, LogError> {
        let blocks = codec::encode_blocks(first, &payloads);
        let events = u32::try_from(payloads.len()).unwrap_or(u32::MAX);
        let next = first.saturating_add(u64::from(events));
        let checksum = blocks.last().map_or(0, |(_, block)| codec::checksum_of(block));
        let before = writer.tree.edge().clone();
        writer.hasher.begin(before.clone(), payloads, spent)?;
        self.journal.append(first, events, &blocks, Some(&before)).map_err(store_error)?;
        let entries = blocks.into_iter().map(|(position, block)| (position.to_be_bytes().to_vec(), block));
        self.blocks.apply(entries.collect())?;
        writer.tree.grow(writer.hasher.finish()?);
        watermark.raise(next.saturating_sub(1));

        writer.head = Head::new(self.journal.identity(), next.saturating_sub(1), checksum);
        writer.flushes += 1;
        if writer.flushes.is_multiple_of(self.site.flushes_per_head) {
            self.write_head(writer)?;
            // What cannot be signed does not keep the log from being written; `checkpoint` tells why.
            let _ = self.sign(&writer.tree);
        } else if writer.tree.size() >= writer.kept.saturating_add(EVENTS_PER_TREE) {
            self.write_tree(writer)?;
        }
        Ok(next)
    }

    fn write_head(&self, writer: &mut Writer) -> Result<(), LogError> {
        self.write_tree(writer)?;
        self.file_head(&self.head_of(writer))
    }

    fn head_of(&self, writer: &Writer) -> Head {
        let root = Some(writer.tree.head().root);
        Head { suspect: self.suspect.load(Ordering::Relaxed), root, ..writer.head }
    }

    /// The engine goes first: the head says that it, too, holds everything.
    fn file_head(&self, head: &Head) -> Result<(), LogError> {
        let mut filed = self.filed();
        if head.position >= *filed {
            self.tables.sync()?;
            head.write(&*self.site.files, &self.site.head).map_err(store_error)?;
            *filed = head.position;
        }
        Ok(())
    }

    fn filed(&self) -> MutexGuard<'_, Position> {
        self.filed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the head follow what was acknowledged since it was last written. Others may append meanwhile.
    pub(super) fn follow(&self) {
        let Ok(writer) = self.writer() else { return };
        if writer.read_only.is_some() || writer.end.position <= *self.filed() {
            return;
        }
        let head = self.head_of(&writer);
        drop(writer);
        if let Err(error) = self.file_head(&head)
            && let Ok(mut writer) = self.writer()
        {
            writer.read_only.get_or_insert(error.to_string());
        }
    }

    fn write_tree(&self, writer: &mut Writer) -> Result<(), LogError> {
        let bytes = writer.tree.to_bytes();
        writer.kept = writer.tree.size();
        replace_whole(&*self.site.files, &self.site.tree, &bytes).map_err(store_error)
    }

    /// The last duties: index, engine, journal, head, checkpoint. Nothing is written after a write has failed.
    pub(super) fn finish(&self) -> Result<(), LogError> {
        let mut writer = self.writer()?;
        if writer.read_only.is_some() {
            return Ok(());
        }
        self.index.close()?;
        self.journal.close().map_err(store_error)?;
        self.write_head(&mut writer)?;
        if writer.tree.size() > 0 {
            let _ = self.sign(&writer.tree);
        }
        Ok(())
    }

    /// As if the process had died: nothing is written any more, not even when the log is closed.
    #[cfg(test)]
    pub(super) fn die(&self) {
        if let Ok(mut writer) = self.writer() {
            writer.read_only = Some("the process died".into());
        }
    }

    /// The block that holds the event at `position`: from the engine, or else from the journal.
    pub(super) fn block_of(&self, position: Position) -> Result<Block<IVec>, LogError> {
        let found = self.blocks.before(&position.saturating_add(1).to_be_bytes());
        let block = found.and_then(|found| parse(found.ok_or_else(|| no_block_holds(position))?));
        match block {
            Ok(block) if block.last() >= position => Ok(block),
            Ok(_) | Err(_) => {
                self.suspect.store(true, Ordering::Relaxed);
                let bytes = self.journal.block_of(position, |block| IVec::from(block.bytes()))?;
                Block::parse(bytes).map_err(|damage| damage.at(position))
            }
        }
    }

    /// Holds the copies against each other, every byte, reads every event, and holds the tree against what was
    /// written with each commit, in the head, and in every checkpoint.
    pub(super) fn verify(&self, upto: Position) -> Result<Verified, LogError> {
        let (mut events, mut bytes) = (0, 0);
        let mut due = Due::new(self.seal().all().map_err(store_error)?);
        due.reach(0, || RightEdge::new(self.identity().profile).root())?;
        let mut engine = Cursor::at(&*self.blocks, 1);
        let edge = check_edges(&self.journal, upto, &mut |block, edge| {
            same_block(&mut engine, block)?;
            for position in block.first()..=block.last() {
                block.event(position).map_err(|damage| damage.at(block.first()))?;
                events += 1;
            }
            bytes += block.payload_bytes();
            due.reach(edge.size(), || edge.root())
        })?;
        let checkpoints = due.end(upto)?;
        let expected = self.tree()?.head_at(self, upto).map_err(log_error)?;
        if edge.root() != expected.root {
            let reason = "the tree that is kept is not that of the events up to there";
            return Err(LogError::Damaged { position: upto, reason: reason.into() });
        }
        Ok(Verified { events, bytes, checkpoints, root: Some(edge.root()) })
    }

    /// The store's directory.
    pub(super) fn home(&self) -> PathBuf {
        self.site.head.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// See [`Journal::copy_to`].
    pub(super) fn copy_journal_to(&self, directory: &Path, upto: Position) -> Result<u64, LogError> {
        self.journal.copy_to(&self.site.files, directory, upto)
    }

    /// Which store it is.
    pub(super) const fn identity(&self) -> Identity {
        self.journal.identity()
    }

    /// The tree over everything that is durable.
    pub(super) fn tree(&self) -> Result<Tree, LogError> {
        Ok(self.writer()?.tree.clone())
    }

    fn seal(&self) -> MutexGuard<'_, Seal> {
        self.seal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sign(&self, tree: &Tree) -> Result<Signed, NotaryError> {
        self.seal().sign(tree, self)
    }

    /// Signs the log as it is.
    pub(super) fn checkpoint(&self) -> Result<Signed, NotaryError> {
        self.sign(&self.tree().map_err(ProofError::from)?)
    }

    /// Every checkpoint that was kept.
    pub(super) fn checkpoints(&self) -> Result<Vec<Signed>, NotaryError> {
        self.seal().all()
    }
}

impl Blocks for Engine {
    /// Hands every block that holds events after `after` up to `upto` to `each`, in order: from the journal, or
    /// where that is damaged from the engine.
    fn each_block(&self, after: Position, upto: Position, each: EachBlock<'_>) -> Result<(), LogError> {
        let (mut after, mut broken, mut failed) = (after, false, None);
        while after < upto && !broken {
            let read = self.journal.each_block(after, upto, &mut |block| {
                after = block.last();
                let flow = each(block).unwrap_or_else(|error| {
                    failed = Some(error);
                    ControlFlow::Break(())
                });
                broken = flow.is_break();
                Ok(flow)
            });
            if let Some(error) = failed.take() {
                return Err(error);
            }
            if let Err(damage) = read {
                self.suspect.store(true, Ordering::Relaxed);
                let bytes = self.blocks.before(&after.saturating_add(2).to_be_bytes())?.ok_or(damage)?;
                let block = parse(bytes)?;
                let borrowed = Block::parse(block.bytes()).map_err(|damage| damage.at(block.first()))?;
                if block.last() <= after {
                    return Err(no_block_holds(after.saturating_add(1)));
                }
                after = block.last();
                broken = each(&borrowed)?.is_break();
            }
        }
        Ok(())
    }
}

/// Cuts a group into parts of whole appends, each small enough for one flush where an append allows that.
fn parts(payloads: &[Vec<u8>], append_ends: &[usize]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let (mut start, mut part_bytes) = (0, 0);
    for &end in append_ends {
        let bytes: usize = payloads.get(start..end).unwrap_or_default().iter().map(Vec::len).sum();
        match parts.last_mut() {
            Some(part) if part_bytes + bytes <= FLUSH_MAX_BYTES => {
                part.end = end;
                part_bytes += bytes;
            }
            Some(_) | None if start < end => {
                parts.push(start..end);
                part_bytes = bytes;
            }
            Some(_) | None => {}
        }
        start = end;
    }
    parts
}

/// The end of the log, read from the journal's last block.
fn end_of(journal: &Journal) -> Result<End, LogError> {
    let position = journal.end();
    if position == 0 {
        return Ok(End::default());
    }
    let event = journal
        .block_of(position, |block| block.event(position).map_err(|damage| damage.at(block.first())))??;
    let recorded_at = event.ok_or_else(|| no_block_holds(position))?.recorded_at;
    Ok(End { position, recorded_at })
}

pub(super) fn no_block_holds(position: Position) -> LogError {
    LogError::Damaged { position, reason: "no block holds it".into() }
}
