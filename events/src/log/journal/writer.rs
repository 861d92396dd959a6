//! Writing segments anew: under temporary names, durable before they get those that they are to have.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::frame::{self, ALIGNMENT, Frame, SEGMENT_HEADER_BYTES};
use super::mend::failed;
use super::survey::Run;
use super::window::Window;
use super::{Identity, Journal, Segment, TEMPORARY, length_u64};
use crate::log::codec::{Block, Damage};
use crate::log::files::DiskFile;
use crate::log::proof::RightEdge;
use crate::log::{LogError, Position};

/// Segments that were written anew: their temporary names, and those that they are to have.
pub(super) type Fresh = Vec<(PathBuf, PathBuf)>;

/// Writes frames into new segments.
pub(super) struct Writer<'a> {
    journal: &'a Journal,
    open: Option<(Arc<dyn DiskFile>, u64)>,
    done: Fresh,
    /// The tree before [`Writer::last`]; `None` where it is not known, since stores of before the tree did not keep it.
    edge: Option<RightEdge>,
    /// The frame that was copied last, as long as nobody has asked for the tree behind it.
    last: Vec<u8>,
    /// Something else stands where events were lost: the tree is another one from there on.
    other_tree: bool,
}

impl<'a> Writer<'a> {
    /// A writer of what begins with the event at `first`.
    pub(super) fn new(journal: &'a Journal, first: Position, other_tree: bool) -> Self {
        let profile = journal.identity.profile;
        let edge = match first.saturating_sub(1) {
            0 => Some(RightEdge::new(profile)),
            before => journal.tree_of(before).ok().flatten().filter(|edge| edge.size() == before),
        };
        Self { journal, open: None, done: Vec::new(), edge, last: Vec::new(), other_tree }
    }

    /// Copies the frames of a run; the position behind the last one.
    pub(super) fn copy(&mut self, segment: &Segment, run: &Run) -> Result<Position, LogError> {
        let (mut offset, mut next) = (run.start, run.first);
        let mut window = Window::new(&*segment.file);
        while offset < run.end {
            let frame =
                window.frame(self.journal.identity.store, offset).ok_or_else(|| super::damaged(next))?;
            self.take(&frame)?;
            offset += length_u64(frame.header.frame_bytes());
            next = frame.header.last().saturating_add(1);
        }
        Ok(next)
    }

    /// Copies a frame, as it is unless the tree has changed.
    pub(super) fn take(&mut self, frame: &Frame<'_>) -> Result<(), LogError> {
        let header = frame.header;
        if self.other_tree {
            let first_of = |block: &[u8]| Block::parse(block).map(|block| block.first());
            let blocks = frame.blocks().map(|block| Ok((first_of(block)?, block.to_vec())));
            let blocks =
                blocks.collect::<Result<Vec<_>, Damage>>().map_err(|damage| damage.at(header.first))?;
            self.write(&blocks)?;
            return Ok(());
        }
        self.last.clear();
        self.last.extend(frame.bytes());
        self.put(header.first, frame.bytes()).map_err(failed)
    }

    /// The tree up to here. To hash every frame that is copied would take longer than to copy it.
    fn take_edge(&mut self) -> Option<RightEdge> {
        let Identity { store, profile } = self.journal.identity;
        let edge = self.edge.take();
        let Some(frame) = Frame::parse(store, &self.last) else { return edge };
        let edge = frame.tree_after(profile).filter(|edge| edge.size() == frame.header.last());
        self.last.clear();
        edge
    }

    /// Writes blocks that follow each other as one frame; the position behind them.
    pub(super) fn write(&mut self, blocks: &[(Position, Vec<u8>)]) -> Result<Position, LogError> {
        let first = blocks.first().map_or(0, |(first, _)| *first);
        let before = self.take_edge();
        let (mut last, mut edge) = (0, before.clone());
        for (position, bytes) in blocks {
            let block = Block::parse(bytes).map_err(|damage| damage.at(*position))?;
            last = block.last();
            if let Some(edge) = &mut edge {
                edge.push_block(&block);
            }
        }
        let events = u32::try_from(last.saturating_add(1).saturating_sub(first)).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        frame::encode(&mut bytes, self.journal.identity.store, first, events, blocks, before.as_ref());
        self.put(first, &bytes).map_err(failed)?;
        self.edge = edge;
        Ok(last.saturating_add(1))
    }

    fn put(&mut self, first: Position, frame: &[u8]) -> io::Result<()> {
        let segment_max = self.journal.sizes.segment_max;
        if self.open.as_ref().is_some_and(|(_, end)| end + length_u64(frame.len()) > segment_max) {
            self.close()?;
        }
        if self.open.is_none() {
            let path = self.journal.path_of(first);
            let temporary = path.with_extension(TEMPORARY.trim_start_matches('.'));
            let file = self.journal.files.open(&temporary)?;
            file.set_len(0)?;
            file.write_at(0, &self.journal.identity.header(first).encode())?;
            self.done.push((temporary, path));
            self.open = Some((file, length_u64(SEGMENT_HEADER_BYTES)));
        }
        if let Some((file, end)) = &mut self.open {
            file.write_at(*end, frame)?;
            *end += length_u64(frame.len().next_multiple_of(ALIGNMENT));
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        self.open.take().map_or(Ok(()), |(file, _)| file.sync_data())
    }

    pub(super) fn finish(mut self) -> io::Result<Fresh> {
        self.close()?;
        Ok(self.done)
    }
}
