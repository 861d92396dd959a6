//! Looking at a journal's files without changing anything, and saying which positions are damaged.
//!
//! [`survey`](super::survey) asks what is still sound, to mend the rest; this asks what exactly is not.

use std::io;
use std::path::Path;

use super::frame::{Frame, FrameHeader, MisfitTree, SEGMENT_HEADER_BYTES, SegmentHeader};
use super::survey::{has_other_than_zeros, next_candidate};
use super::window::Window;
use super::{Identity, length_u64, segment_names};
use crate::kinds::store::PositionRange;
use crate::log::Position;
use crate::log::codec::Block;
use crate::log::files::{DiskFile, Files};
use crate::log::proof::RightEdge;

/// Called with each sound block, and with the tree behind it as far as that can be told.
pub(crate) type EachSound<'a> = &'a mut dyn FnMut(&Block<&[u8]>, Option<&RightEdge>);

/// What was found.
#[derive(Debug)]
pub(crate) struct Inspection {
    /// Positions at fault, in order, and what is wrong there.
    pub(crate) faults: Vec<(PositionRange, String)>,
    /// The last position that the files speak of.
    pub(crate) end: Position,
    /// The tree over everything, when nothing of it is missing.
    pub(crate) edge: Option<RightEdge>,
}

/// Reads every segment of a journal once, in bounded memory. `acknowledged` is the position up to which it must
/// go; what is torn behind that was never acknowledged.
pub(crate) fn inspect(
    files: &dyn Files,
    directory: &Path,
    identity: Identity,
    acknowledged: Position,
    each: EachSound<'_>,
) -> io::Result<Inspection> {
    let edge = Some(RightEdge::new(identity.profile));
    let mut walk = Walk { identity, next: 1, edge, previous: 1, faults: Vec::new(), each };
    let names = segment_names(files, directory)?;
    let count = names.len();
    for (place, (first, name)) in names.into_iter().enumerate() {
        let file = files.open(&directory.join(&name))?;
        let torn_from = (place + 1 == count).then_some(acknowledged);
        walk.segment(&*file, &name, first, torn_from)?;
    }
    if walk.next <= acknowledged {
        walk.lack(acknowledged, "the journal does not hold it");
    }
    Ok(Inspection { faults: walk.faults, end: walk.next - 1, edge: walk.edge })
}

struct Walk<'a> {
    identity: Identity,
    /// The position that is expected.
    next: Position,
    edge: Option<RightEdge>,
    /// The first position of the commit before the next.
    previous: Position,
    faults: Vec<(PositionRange, String)>,
    each: EachSound<'a>,
}

impl Walk<'_> {
    fn fault(&mut self, first: Position, last: Position, reason: impl Into<String>) {
        self.faults.push((PositionRange { first, last: last.max(first) }, reason.into()));
    }

    /// Everything from the expected position up to `last` is missing or unreadable.
    fn lack(&mut self, last: Position, reason: &str) {
        self.fault(self.next, last, reason);
        self.edge = None;
        self.next = last.saturating_add(1);
    }

    fn segment(
        &mut self,
        file: &dyn DiskFile,
        name: &str,
        first: Position,
        torn_from: Option<Position>,
    ) -> io::Result<()> {
        let length = file.length()?;
        let mut window = Window::new(file);
        let header = SegmentHeader::parse(window.bytes(0, SEGMENT_HEADER_BYTES));
        if first > self.next {
            self.lack(first - 1, "the journal does not hold it");
        }
        if header != Some(self.identity.header(first)) {
            self.fault(self.next, self.next, format!("the header of {name} is damaged"));
        }
        let mut offset = length_u64(SEGMENT_HEADER_BYTES);
        while offset < length && has_other_than_zeros(&mut window, offset, length) {
            match self.step(&mut window, offset, length, torn_from) {
                Some(next) => offset = next,
                None => break,
            }
        }
        Ok(())
    }

    /// Looks at what begins at `offset`; where to go on.
    fn step(
        &mut self,
        window: &mut Window<'_>,
        offset: u64,
        length: u64,
        torn_from: Option<Position>,
    ) -> Option<u64> {
        let store = self.identity.store;
        if let Some(frame) = window.frame(store, offset) {
            let end = offset + length_u64(frame.header.frame_bytes());
            self.frame(&frame);
            return Some(end);
        }
        let next = next_frame(window, store, offset, length);
        let header = FrameHeader::parse(store, window.bytes(offset, super::frame::FRAME_HEADER_BYTES));
        match (header, next) {
            // Nothing sound behind it, and nobody was told that it was there.
            (_, None) if torn_from.is_some_and(|acknowledged| self.next > acknowledged) => None,
            (Some(header), _) if header.first == self.next => {
                let bytes = window.bytes(offset, header.frame_bytes());
                let (at, reason) = locate(header, bytes);
                self.fault(at, at, reason);
                self.edge = None;
                self.next = header.last().saturating_add(1);
                Some(offset + length_u64(header.frame_bytes()))
            }
            (_, Some((behind, first))) => {
                let last = first.saturating_sub(1).max(self.next);
                self.lack(last, "the journal's frame there is damaged");
                Some(behind)
            }
            (_, None) => {
                self.fault(self.next, self.next, "the journal's frame there is damaged");
                None
            }
        }
    }

    fn frame(&mut self, frame: &Frame<'_>) {
        let (first, last) = (frame.header.first, frame.header.last());
        if first < self.next {
            self.fault(first, last, "the journal holds it twice");
            return;
        }
        if first > self.next {
            self.lack(first - 1, "the journal does not hold it");
        }
        self.compare(frame.tree_before(self.identity.profile), self.previous, first - 1);
        self.previous = first;
        for bytes in frame.blocks() {
            match Block::parse(bytes) {
                Ok(block) if block.first() == self.next && block.last() <= last => self.block(&block),
                Ok(_) => return self.lack(last, "its block is that of other positions"),
                Err(damage) => {
                    let at = self.next.saturating_add(damage.index);
                    self.fault(at, at, damage.reason);
                    self.edge = None;
                    self.next = last.saturating_add(1);
                    return;
                }
            }
        }
        if self.next <= last {
            self.lack(last, "its frame does not hold it");
        }
        self.compare(frame.written_after(self.identity.profile), first, last);
    }

    /// Holds the tree that is written there against that of the events; behind a hole it is taken as it is written.
    fn compare(&mut self, written: Result<Option<RightEdge>, MisfitTree>, first: Position, last: Position) {
        let written = match written {
            Ok(Some(written)) => written,
            Ok(None) => return,
            Err(misfit) => return self.fault(first, last, misfit.to_string()),
        };
        if self.edge.as_ref().is_some_and(|edge| *edge != written) {
            self.fault(first, last, "these events are not those that were committed: the tree says others");
        }
        self.edge = Some(written);
    }

    fn block(&mut self, block: &Block<&[u8]>) {
        if let Some(edge) = &mut self.edge {
            edge.push_block(block);
        }
        for position in block.first()..=block.last() {
            if let Err(damage) = block.event(position) {
                self.fault(position, position, damage.reason);
            }
        }
        self.next = block.last().saturating_add(1);
        (self.each)(block, self.edge.as_ref());
    }
}

/// The next sound frame behind `offset`: where it begins, and with which position.
fn next_frame(
    window: &mut Window<'_>,
    store: uuid::Uuid,
    offset: u64,
    length: u64,
) -> Option<(u64, Position)> {
    let mut offset = offset;
    while let Some(candidate) = next_candidate(window, offset, length) {
        if let Some(frame) = window.frame(store, candidate) {
            return Some((candidate, frame.header.first));
        }
        offset = candidate;
    }
    None
}

/// Which event of a frame is damaged, as far as the checksums inside tell.
fn locate(header: FrameHeader, bytes: &[u8]) -> (Position, &'static str) {
    let mut at = header.first;
    for block in Frame::unchecked(header, bytes).blocks() {
        match Block::parse(block) {
            Ok(block) => at = block.last().saturating_add(1),
            Err(damage) => return (at.saturating_add(damage.index), damage.reason),
        }
    }
    (header.first, "its frame is damaged, its events are not")
}
