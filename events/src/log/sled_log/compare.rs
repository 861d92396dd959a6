//! Walking over the engine's blocks, and holding them against the journal's.

use std::collections::VecDeque;

use sled::IVec;

use super::tables::{Entry, Table};
use crate::log::codec::Block;
use crate::log::journal::{Blocks, EachBlock, Journal};
use crate::log::{LogError, Position};

/// Blocks read from the engine at once: a longer walk would grow its cache beyond the limit.
const BLOCKS_PER_READ: usize = 256;

/// Gives the engine's blocks one after the other.
pub(super) struct Cursor<'a> {
    blocks: &'a dyn Table,
    from: Option<Vec<u8>>,
    read: VecDeque<Entry>,
}

impl<'a> Cursor<'a> {
    /// Begins with the block that holds `position`, or with the first one behind it.
    pub(super) fn at(blocks: &'a dyn Table, position: Position) -> Self {
        let before = blocks.before(&position.saturating_add(1).to_be_bytes()).ok().flatten();
        let from = before.map_or_else(|| position.to_be_bytes().to_vec(), |(key, _)| key.to_vec());
        Self { blocks, from: Some(from), read: VecDeque::new() }
    }

    /// The next block; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Block<IVec>>, LogError> {
        self.next_entry()?.map(parse).transpose()
    }

    /// The next entry, unread.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, LogError> {
        if self.read.is_empty()
            && let Some(from) = self.from.take()
        {
            self.read = self.blocks.from(&from, BLOCKS_PER_READ)?.into();
            // The smallest key behind the last one.
            self.from = self.read.back().map(|(key, _)| [key, &[0][..]].concat());
        }
        Ok(self.read.pop_front())
    }

    /// The last block; `None` in an empty table.
    pub(super) fn last(blocks: &dyn Table) -> Result<Option<Block<IVec>>, LogError> {
        blocks.last()?.map(parse).transpose()
    }
}

/// A block as it stands in the table, under the position of its first event.
pub(super) fn parse((key, value): Entry) -> Result<Block<IVec>, LogError> {
    let position = key.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let block = Block::parse(value).map_err(|damage| damage.at(position))?;
    if block.first() == position && key.len() == 8 {
        return Ok(block);
    }
    Err(LogError::Damaged { position, reason: format!("the block of position {} is here", block.first()) })
}

/// The last position that stands in a sound block; 0 when none does.
pub(super) fn sound_end(blocks: &dyn Table) -> Position {
    let mut entry = blocks.last();
    while let Ok(Some((key, value))) = entry {
        match parse((key.clone(), value)) {
            Ok(block) => return block.last(),
            Err(_) => entry = blocks.before(&key),
        }
    }
    0
}

/// The first sound block that ends at or behind `position`.
pub(super) fn sound_block_from(blocks: &dyn Table, position: Position) -> Option<IVec> {
    let mut cursor = Cursor::at(blocks, position);
    loop {
        let entry = cursor.next_entry().ok()??;
        if parse(entry.clone()).is_ok_and(|block| block.last() >= position) {
            return Some(entry.1);
        }
    }
}

/// Walks both copies from the block behind `after` up to `upto` and hands over each block that they agree on.
pub(super) fn compare(
    journal: &Journal,
    blocks: &dyn Table,
    after: Position,
    upto: Position,
    each: EachBlock<'_>,
) -> Result<(), LogError> {
    let mut cursor = Cursor::at(blocks, after.saturating_add(1));
    journal.each_block(after, upto, &mut |block| {
        same_block(&mut cursor, block)?;
        each(block)
    })
}

/// Holds the engine's next block against one of the journal's.
pub(super) fn same_block(engine: &mut Cursor<'_>, block: &Block<&[u8]>) -> Result<(), LogError> {
    let other = engine.next()?.ok_or_else(|| differ(block.first(), "the engine's copy ends here"))?;
    if other.bytes() == block.bytes() {
        return Ok(());
    }
    Err(differ(other.first().min(block.first()), "the engine's copy is not the journal's"))
}

fn differ(position: Position, reason: &str) -> LogError {
    LogError::Damaged { position, reason: reason.into() }
}
