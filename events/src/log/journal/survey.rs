//! What a segment holds: runs of sound frames, and what is between and behind them.

use std::io;

use super::frame::{ALIGNMENT, FRAME_MAGIC, FrameHeader, SEGMENT_HEADER_BYTES, SegmentHeader};
use super::window::Window;
use super::{Identity, length_u64};
use crate::log::Position;
use crate::log::files::DiskFile;

/// A frame is noted every so many bytes, so that a position is found without reading a whole segment.
const MARK_BYTES: u64 = 64 * 1024;

/// Sound frames that follow each other, in the file and in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: Position,
    pub(super) last: Position,
    /// Where its first frame begins.
    pub(super) start: u64,
    /// Where its last frame begins.
    pub(super) last_frame: u64,
    /// Where its last frame ends.
    pub(super) end: u64,
    /// Some of its frames: first position and offset.
    marks: Vec<(Position, u64)>,
}

impl Run {
    fn new(header: &FrameHeader, offset: u64) -> Self {
        let end = offset + length_u64(header.frame_bytes());
        let marks = vec![(header.first, offset)];
        Self { first: header.first, last: header.last(), start: offset, last_frame: offset, end, marks }
    }

    /// Takes a sound frame at `offset` into the last of the runs, if it follows there, or else into a new one.
    pub(super) fn take(runs: &mut Vec<Self>, header: &FrameHeader, offset: u64) {
        match runs.last_mut() {
            Some(run) if run.end == offset && header.first == run.last.saturating_add(1) => {
                run.push(header.last(), offset + length_u64(header.frame_bytes()));
            }
            Some(_) | None => runs.push(Self::new(header, offset)),
        }
    }

    /// A run of one frame, that was just written.
    pub(super) fn of_frame(first: Position, last: Position, start: u64, end: u64) -> Self {
        Self { first, last, start, last_frame: start, end, marks: vec![(first, start)] }
    }

    /// Takes in the frame that follows.
    pub(super) fn push(&mut self, last: Position, end: u64) {
        let (first, offset) = (self.last.saturating_add(1), self.end);
        if self.marks.last().is_none_or(|(_, mark)| offset - mark >= MARK_BYTES) {
            self.marks.push((first, offset));
        }
        (self.last, self.last_frame, self.end) = (last, offset, end);
    }

    /// Where to begin looking for the frame that holds `position`.
    pub(super) fn mark_before(&self, position: Position) -> u64 {
        let behind = self.marks.partition_point(|(first, _)| *first <= position);
        behind
            .checked_sub(1)
            .and_then(|place| self.marks.get(place))
            .map_or(self.start, |(_, offset)| *offset)
    }
}

/// What was found in a segment's file.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The header is sound, of this store, and names the position that the file's name does.
    pub(super) header: bool,
    pub(super) runs: Vec<Run>,
    /// Behind the last sound frame there is something other than zeros.
    pub(super) garbage: bool,
}

/// Reads a whole segment and checks every frame, in time proportional to its size.
pub(super) fn survey(file: &dyn DiskFile, identity: Identity, first: Position) -> io::Result<Survey> {
    let length = file.length()?;
    let mut window = Window::new(file);
    let header = SegmentHeader::parse(window.bytes(0, SEGMENT_HEADER_BYTES));
    let header = header == Some(identity.header(first));
    let mut survey = Survey { header, ..Survey::default() };
    let mut offset = length_u64(SEGMENT_HEADER_BYTES);
    while offset < length {
        let last = survey.runs.last().map_or(0, |run| run.last);
        match window
            .frame(identity.store, offset)
            .map(|frame| frame.header)
            .filter(|frame| frame.first > last)
        {
            Some(frame) => {
                Run::take(&mut survey.runs, &frame, offset);
                offset += length_u64(frame.frame_bytes());
            }
            None => match next_candidate(&mut window, offset, length) {
                Some(candidate) => offset = candidate,
                None => break,
            },
        }
    }
    let end = survey.runs.last().map_or(length_u64(SEGMENT_HEADER_BYTES), |run| run.end);
    survey.garbage = has_other_than_zeros(&mut window, end, length);
    Ok(survey)
}

/// The next offset behind `offset` at which a frame might begin.
pub(super) fn next_candidate(window: &mut Window<'_>, offset: u64, length: u64) -> Option<u64> {
    const STEP_BYTES: usize = 64 * 1024;
    let mut offset = offset + length_u64(ALIGNMENT);
    while offset < length {
        let bytes = window.bytes(offset, STEP_BYTES);
        let found = bytes.chunks(ALIGNMENT).position(|place| place.starts_with(&FRAME_MAGIC));
        if let Some(place) = found {
            return Some(offset + length_u64(place * ALIGNMENT));
        }
        offset += length_u64(STEP_BYTES);
    }
    None
}

/// Whether there is anything between the two offsets.
pub(super) fn has_other_than_zeros(window: &mut Window<'_>, from: u64, length: u64) -> bool {
    const STEP_BYTES: usize = 64 * 1024;
    let mut offset = from;
    while offset < length {
        if window.bytes(offset, STEP_BYTES).iter().any(|byte| *byte != 0) {
            return true;
        }
        offset += length_u64(STEP_BYTES);
    }
    false
}
