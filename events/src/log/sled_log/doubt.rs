//! Two copies that are sound, and differ: no disk does that. Which of them is the log is asked of what stands
//! outside both: the head and the checkpoints; where these say nothing, of the tree that each commit wrote down.

use std::ops::ControlFlow;

use sled::IVec;

use super::compare::{Cursor, parse};
use super::tables::Table;
use crate::kinds::store::PositionRange;
use crate::log::codec::Block;
use crate::log::journal::{Blocks, EachBlock, Frame, Journal, MisfitTree};
use crate::log::proof::{Leaves, Profile, RightEdge, TreeHead};
use crate::log::{LogError, Position};

/// Which copy is the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Journal,
    Engine,
    /// Something contradicts each of them.
    Neither,
}

/// The engine's blocks, to be read as the journal's are.
struct Column<'a>(&'a dyn Table);

impl Blocks for Column<'_> {
    fn each_block(&self, after: Position, upto: Position, each: EachBlock<'_>) -> Result<(), LogError> {
        let mut cursor = Cursor::at(self.0, after.saturating_add(1));
        while let Some(block) = cursor.next()?.filter(|block| block.first() <= upto) {
            let borrowed = Block::parse(block.bytes()).map_err(|damage| damage.at(block.first()))?;
            if each(&borrowed)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// From the first to the last of the events after `after` that both copies hold in sound blocks which are not the
/// same.
pub(super) fn difference(
    journal: &Journal,
    blocks: &dyn Table,
    after: Position,
    upto: Position,
) -> Result<Option<PositionRange>, LogError> {
    let mut found: Option<PositionRange> = None;
    journal.each_block(after, upto, &mut |block| {
        // What the engine lost or cannot read is damage, and for others to find.
        if held_at(blocks, block.first()).is_some_and(|other| other.as_ref() != block.bytes()) {
            let first = found.map_or(block.first(), |range| range.first);
            found = Some(PositionRange { first, last: block.last() });
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The engine's block that holds the event at `position`, if there is a sound one.
fn held_at(blocks: &dyn Table, position: Position) -> Option<IVec> {
    let entry = blocks.before(&position.saturating_add(1).to_be_bytes()).ok()??;
    parse(entry.clone()).is_ok_and(|block| block.last() >= position).then_some(entry.1)
}

/// Which copy is the log, where they differ at `position`. `heads` are the sizes and roots that are known from
/// outside both. Hashes as much of both as these cover.
pub(super) fn judge(
    journal: &Journal,
    blocks: &dyn Table,
    position: Position,
    heads: &[TreeHead],
) -> Result<Verdict, LogError> {
    let end = journal.end();
    let mut heads: Vec<_> =
        heads.iter().filter(|head| (position..=end).contains(&head.size)).copied().collect();
    if heads.is_empty() {
        let written = journal.tree_of(end)?.filter(|edge| edge.size() >= position);
        heads.extend(written.map(|edge| TreeHead { size: edge.size(), root: edge.root() }));
    }
    let profile = journal.identity().profile;
    let agrees = |copy: &dyn Leaves| -> bool {
        let (mut edge, mut met) = (RightEdge::new(profile), 0);
        let upto = heads.iter().map(|head| head.size).max().unwrap_or(0);
        let read = copy.each_payload(0, upto, &mut |_, payload| {
            edge.push_payload(payload);
            met += heads.iter().filter(|head| head.size == edge.size() && head.root == edge.root()).count();
        });
        read.is_ok() && met == heads.len()
    };
    Ok(match (agrees(journal), agrees(&Column(blocks))) {
        (true, _) => Verdict::Journal,
        (false, true) => Verdict::Engine,
        (false, false) => Verdict::Neither,
    })
}

/// Says of the journal's frames, one after the other, whether the engine bears them out.
pub(super) struct Witness<'a> {
    blocks: &'a dyn Table,
    /// The tree of what the engine holds, as far as it was followed.
    edge: RightEdge,
}

impl<'a> Witness<'a> {
    pub(super) const fn new(blocks: &'a dyn Table, profile: Profile) -> Self {
        Self { blocks, edge: RightEdge::new(profile) }
    }

    /// Whether the engine holds every block as the frame does, as far as it holds any, and the frame says the tree
    /// that is then the true one.
    pub(super) fn bears_out(&mut self, frame: &Frame<'_>) -> bool {
        let (size, before) = (self.edge.size(), frame.header.first.saturating_sub(1));
        if size < before {
            // Behind a frame that was not borne out. What cannot be read leaves the edge short.
            let edge = &mut self.edge;
            let _ =
                Column(self.blocks).each_payload(size, before, &mut |_, payload| edge.push_payload(payload));
        }
        let profile = self.edge.profile();
        let is_known = self.edge.size() == before;
        let agrees = |edge: &RightEdge, written: Result<Option<RightEdge>, MisfitTree>| {
            !is_known || written.is_ok_and(|written| written.is_none_or(|written| written == *edge))
        };
        if !agrees(&self.edge, frame.tree_before(profile)) {
            return false;
        }
        let mut edge = self.edge.clone();
        let is_held = frame.blocks().all(|bytes| {
            let Ok(block) = Block::parse(bytes) else { return false };
            edge.push_block(&block);
            held_at(self.blocks, block.first()).is_none_or(|other| other.as_ref() == bytes)
        });
        if !is_held || !agrees(&edge, frame.written_after(profile)) {
            return false;
        }
        if is_known {
            self.edge = edge;
        }
        true
    }
}
