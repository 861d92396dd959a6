//! The open store: how a group becomes durable, and how blocks are found again.

use std::fs::{File, OpenOptions};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use sled::{Batch, Db, IVec, Tree};

use super::head::Head;
use super::index::Index;
use super::lock::Lock;
use super::open::{Layout, open_engine};
use super::view::{Pending, View};
use super::{Options, store_error};
use crate::log::admit::{Admitted, End, admit};
use crate::log::codec::{self, Block};
use crate::log::{Append, AppendError, LogError, Placed, Position, Watermark};

/// Most bytes of one flush, unless one append is larger: half a segment of sled, since a lost segment is what
/// breaks it.
const FLUSH_MAX_BYTES: usize = 256 * 1024;
/// The head file is written every so many flushes; at each it would cost two thirds of the throughput.
const FLUSHES_PER_HEAD: u64 = 1000;
/// Blocks read from the engine at once: a longer walk would grow its cache beyond the limit.
const BLOCKS_PER_READ: usize = 256;

/// The store, open. Fields are dropped in order: the lock goes last.
#[derive(Debug)]
pub(super) struct Engine {
    blocks: Tree,
    pub(super) index: Index,
    writer: Mutex<Writer>,
    data: File,
    db: Db,
    head_path: PathBuf,
    _lock: Lock,
}

/// What only the committing thread needs.
#[derive(Debug)]
struct Writer {
    end: End,
    /// The last durable block; `None` in an empty log.
    head: Option<Head>,
    flushes: u64,
    read_only: Option<String>,
    #[cfg(test)]
    fail_next_flush: bool,
}

/// Called with one block after the other, until it breaks or fails.
pub(super) type EachBlock<'a> = &'a mut dyn FnMut(&Block<IVec>) -> Result<ControlFlow<()>, LogError>;

impl Engine {
    pub(super) fn open(layout: &Layout, options: &Options) -> Result<Self, LogError> {
        let lock = Lock::take(&layout.lock())?;
        let db = open_engine(layout, options.cache_bytes, options.open_limit)?;
        let blocks = db.open_tree("log").map_err(store_error)?;
        let data =
            OpenOptions::new().read(true).write(true).open(layout.engine_data()).map_err(store_error)?;
        // A killed process may have left whole commits that no disk has seen; readers will see them now.
        db.flush().map_err(store_error)?;
        data.sync_data().map_err(store_error)?;

        let (end, head) = last_of(&blocks)?;
        let index = Index::open(db.open_tree("idx").map_err(store_error)?, end.position)?;
        let writer = Writer {
            end,
            head,
            flushes: 0,
            read_only: None,
            #[cfg(test)]
            fail_next_flush: false,
        };
        let head_path = layout.head();
        let engine = Self { blocks, index, writer: Mutex::new(writer), data, db, head_path, _lock: lock };
        if options.accept_loss {
            engine.writer()?.write_head(&engine.head_path)?;
        } else {
            engine.check_head(end.position)?;
        }
        let checked_from = end.position.saturating_sub(options.checked_events);
        engine.each_block(checked_from, end.position, &mut |_| Ok(ControlFlow::Continue(())))?;
        engine.catch_up_index(end.position)?;
        Ok(engine)
    }

    fn writer(&self) -> Result<MutexGuard<'_, Writer>, LogError> {
        self.writer.lock().map_err(|_| LogError::ReadOnly("the writing thread panicked".into()))
    }

    /// Compares what is stored with what is known to have been acknowledged.
    fn check_head(&self, found: Position) -> Result<(), LogError> {
        let Some(head) = Head::read(&self.head_path)? else {
            return Ok(());
        };
        if found < head.position {
            return Err(LogError::Lost { found, acknowledged: head.position });
        }
        let block = self.block_of(head.position)?;
        if block.last() == head.position && block.checksum() == head.block_crc32c {
            return Ok(());
        }
        let reason = "the block there is not the one that was acknowledged".into();
        Err(LogError::Damaged { position: block.first(), reason })
    }

    fn catch_up_index(&self, end: Position) -> Result<(), LogError> {
        let upto = self.index.upto();
        self.each_block(upto, end, &mut |block| {
            let mut events = Vec::new();
            for position in block.first().max(upto.saturating_add(1))..=block.last() {
                events.extend(block.event(position).map_err(|damage| damage.at(block.first()))?);
            }
            self.index.add(&events);
            self.index.settle(block.last())?;
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Position of the last event.
    pub(super) fn end(&self) -> Result<Position, LogError> {
        Ok(self.writer()?.end.position)
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
        for part in parts(&payloads, &append_ends) {
            let payloads = payloads.get(part).unwrap_or_default();
            next = self.write_part(writer, next, payloads, watermark)?;
        }
        self.index.settle(writer.end.position)?;
        Ok(answers)
    }

    /// Makes whole appends durable with one flush, then visible; the position after them.
    fn write_part(
        &self,
        writer: &mut Writer,
        first: Position,
        payloads: &[Vec<u8>],
        watermark: &Watermark,
    ) -> Result<Position, LogError> {
        let mut batch = Batch::default();
        let mut last = first.saturating_sub(1);
        let mut last_crc32c = 0;
        for (position, bytes) in codec::encode_blocks(first, payloads) {
            let block = Block::parse(&bytes).map_err(|damage| damage.at(position))?;
            (last, last_crc32c) = (block.last(), block.checksum());
            batch.insert(&position.to_be_bytes(), bytes);
        }
        self.blocks.apply_batch(batch).map_err(store_error)?;
        #[cfg(test)]
        if std::mem::take(&mut writer.fail_next_flush) {
            return Err(store_error("a flush that a test made fail"));
        }
        self.db.flush().map_err(store_error)?;
        self.data.sync_data().map_err(store_error)?;
        watermark.raise(last);

        writer.head = Some(Head { position: last, block_crc32c: last_crc32c });
        writer.flushes += 1;
        if writer.flushes.is_multiple_of(FLUSHES_PER_HEAD) {
            writer.write_head(&self.head_path)?;
        }
        Ok(last.saturating_add(1))
    }

    /// The next flush reports an error, after its blocks have reached the engine.
    #[cfg(test)]
    pub(super) fn fail_next_flush(&self) {
        self.writer().unwrap().fail_next_flush = true;
    }

    /// The last duties: index, engine, head. Nothing is written after a write has failed.
    pub(super) fn finish(&self) -> Result<(), LogError> {
        let writer = self.writer()?;
        if writer.read_only.is_some() {
            return Ok(());
        }
        self.index.close(writer.end.position)?;
        self.db.flush().map_err(store_error)?;
        self.data.sync_data().map_err(store_error)?;
        writer.write_head(&self.head_path)
    }

    /// The block that holds the event at `position`.
    pub(super) fn block_of(&self, position: Position) -> Result<Block<IVec>, LogError> {
        let found = self.blocks.get_lt(position.saturating_add(1).to_be_bytes()).map_err(store_error)?;
        let block = parse(found.ok_or_else(|| no_block_holds(position))?)?;
        if block.last() < position { Err(no_block_holds(position)) } else { Ok(block) }
    }

    /// Hands every block that holds events after `after` up to `upto` to `each`, in order. A gap is damage.
    pub(super) fn each_block(
        &self,
        after: Position,
        upto: Position,
        each: EachBlock<'_>,
    ) -> Result<(), LogError> {
        if after >= upto {
            return Ok(());
        }
        let mut next = self.block_of(after.saturating_add(1))?.first();
        while next <= upto {
            let lot: Vec<_> = self.blocks.range(next.to_be_bytes()..).take(BLOCKS_PER_READ).collect();
            if lot.is_empty() {
                return Err(no_block_holds(next));
            }
            for found in lot {
                if next > upto {
                    break;
                }
                let block = parse(found.map_err(store_error)?)?;
                if block.first() != next {
                    return Err(no_block_holds(next));
                }
                next = block.last().saturating_add(1);
                if each(&block)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

impl Writer {
    fn write_head(&self, path: &Path) -> Result<(), LogError> {
        match self.head {
            Some(head) => head.write(path),
            None => Head::remove(path),
        }
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

/// The end of the log, read from its last block.
fn last_of(blocks: &Tree) -> Result<(End, Option<Head>), LogError> {
    let Some(found) = blocks.last().map_err(store_error)? else {
        return Ok((End::default(), None));
    };
    let block = parse(found)?;
    let position = block.last();
    let event = block.event(position).map_err(|damage| damage.at(block.first()))?;
    let recorded_at = event.ok_or_else(|| no_block_holds(position))?.recorded_at;
    Ok((End { position, recorded_at }, Some(Head { position, block_crc32c: block.checksum() })))
}

/// A block as it stands in the tree, under the position of its first event.
fn parse((key, value): (IVec, IVec)) -> Result<Block<IVec>, LogError> {
    let position = key.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let block = Block::parse(value).map_err(|damage| damage.at(position))?;
    if block.first() == position {
        return Ok(block);
    }
    Err(LogError::Damaged { position, reason: format!("the block of position {} is here", block.first()) })
}

pub(super) fn no_block_holds(position: Position) -> LogError {
    LogError::Damaged { position, reason: "no block holds it".into() }
}
