//! Reading a journal while it grows: by position, and from end to end in bounded memory.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::survey::Run;
use super::window::Window;
use super::{Frame, Journal, damaged, length_u64, missing};
use crate::log::codec::Block;
use crate::log::files::DiskFile;
use crate::log::proof::{Leaves, RightEdge};
use crate::log::{LogError, Position};

/// Called with one block after the other, until it breaks or fails.
pub(crate) type EachBlock<'a> = &'a mut dyn FnMut(&Block<&[u8]>) -> Result<ControlFlow<()>, LogError>;

/// What can be read block by block; a tree of proofs finds its leaves there.
pub(crate) trait Blocks {
    /// Hands every block that holds events after `after` up to `upto` to `each`, in order, in bounded memory.
    fn each_block(&self, after: Position, upto: Position, each: EachBlock<'_>) -> Result<(), LogError>;
}

impl<B: Blocks> Leaves for B {
    fn each_payload(
        &self,
        after: Position,
        upto: Position,
        each: &mut dyn FnMut(Position, &[u8]),
    ) -> Result<(), LogError> {
        self.each_block(after, upto, &mut |block| {
            block.payloads_of(after, upto).for_each(|(position, payload)| each(position, payload));
            Ok(ControlFlow::Continue(()))
        })
    }
}

impl Journal {
    /// The block that holds the event at `position`.
    ///
    /// Takes the time to read up to 64 KiB of frames.
    pub(crate) fn block_of<T>(
        &self,
        position: Position,
        read: impl FnOnce(&Block<&[u8]>) -> T,
    ) -> Result<T, LogError> {
        self.frame_of(position, |frame| {
            for bytes in frame.blocks() {
                let block = Block::parse(bytes).map_err(|damage| damage.at(position))?;
                if (block.first()..=block.last()).contains(&position) {
                    return Ok(read(&block));
                }
            }
            Err(damaged(position))
        })?
    }

    /// Where the tree stood after the commit that holds `position`, as far as that frame tells.
    pub(crate) fn tree_of(&self, position: Position) -> Result<Option<RightEdge>, LogError> {
        self.frame_of(position, |frame| frame.tree_after(self.identity.profile))
    }

    fn frame_of<T>(&self, position: Position, read: impl FnOnce(&Frame<'_>) -> T) -> Result<T, LogError> {
        let (file, run) = self.run_of(position).ok_or_else(|| missing(position))?;
        let mut window = Window::new(&*file);
        let mut offset = run.mark_before(position);
        while offset < run.end {
            let frame = window.frame(self.identity.store, offset).ok_or_else(|| damaged(position))?;
            if frame.header.last() >= position {
                return Ok(read(&frame));
            }
            offset += length_u64(frame.header.frame_bytes());
        }
        Err(damaged(position))
    }

    /// Hands every frame that holds events after `after` up to `upto` to `each`, in order, in bounded memory.
    /// A gap or a frame that is no longer sound is an error with the first position that cannot be read.
    pub(crate) fn each_frame(
        &self,
        after: Position,
        upto: Position,
        each: &mut dyn FnMut(&Frame<'_>) -> Result<ControlFlow<()>, LogError>,
    ) -> Result<(), LogError> {
        let mut next = after.saturating_add(1);
        while next <= upto {
            let (file, run) = self.run_of(next).ok_or_else(|| missing(next))?;
            let mut window = Window::new(&*file);
            let mut offset = run.mark_before(next);
            let before = next;
            while offset < run.end && next <= upto {
                let frame = window.frame(self.identity.store, offset).ok_or_else(|| damaged(next))?;
                offset += length_u64(frame.header.frame_bytes());
                if frame.header.last() < next {
                    continue;
                }
                next = frame.header.last().saturating_add(1);
                if each(&frame)?.is_break() {
                    return Ok(());
                }
            }
            if next == before {
                return Err(damaged(next));
            }
        }
        Ok(())
    }

    /// The run that holds `position`, and the file that it is in.
    fn run_of(&self, position: Position) -> Option<(Arc<dyn DiskFile>, Run)> {
        self.with_segments(|segments| {
            let behind = segments.partition_point(|segment| segment.first <= position);
            let candidates = segments.get(..behind)?.iter().rev();
            candidates
                .flat_map(|segment| segment.runs.iter().map(move |run| (segment, run)))
                .find(|(_, run)| (run.first..=run.last).contains(&position))
                .map(|(segment, run)| (Arc::clone(&segment.file), run.clone()))
        })
    }
}

impl Blocks for Journal {
    fn each_block(&self, after: Position, upto: Position, each: EachBlock<'_>) -> Result<(), LogError> {
        let mut next = after.saturating_add(1);
        self.each_frame(after, upto, &mut |frame| {
            for bytes in frame.blocks() {
                let block = Block::parse(bytes).map_err(|damage| damage.at(next))?;
                if block.last() < next || next > upto {
                    continue;
                }
                if block.first() > next {
                    return Err(missing(next));
                }
                next = block.last().saturating_add(1);
                if each(&block)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            if next <= frame.header.last().min(upto) {
                Err(missing(next))
            } else {
                Ok(ControlFlow::Continue(()))
            }
        })
    }
}
