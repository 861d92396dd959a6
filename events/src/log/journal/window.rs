//! A window over a file: bytes at an offset, read ahead, in bounded memory.

use uuid::Uuid;

use super::frame::{FRAME_HEADER_BYTES, Frame, FrameHeader};
use crate::log::files::DiskFile;

const READ_AHEAD_BYTES: usize = 256 * 1024;
/// What a disk gives up at once.
const SECTOR_BYTES: usize = 4096;

/// Reads forward over a file. Holds the largest frame met, or the bytes read ahead.
#[derive(Debug)]
pub(super) struct Window<'a> {
    file: &'a dyn DiskFile,
    buffer: Vec<u8>,
    start: u64,
    filled: usize,
}

impl<'a> Window<'a> {
    pub(super) const fn new(file: &'a dyn DiskFile) -> Self {
        Self { file, buffer: Vec::new(), start: 0, filled: 0 }
    }

    /// `length` bytes from `offset` on; fewer where the file ends.
    pub(super) fn bytes(&mut self, offset: u64, length: usize) -> &[u8] {
        if self.held(offset, length).is_none() {
            self.fill(offset, length.max(READ_AHEAD_BYTES));
        }
        let ahead = usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let held = self.buffer.get(ahead..self.filled).unwrap_or_default();
        held.get(..length).unwrap_or(held)
    }

    /// The frame of that store at `offset`, if a sound one is there.
    pub(super) fn frame(&mut self, store: Uuid, offset: u64) -> Option<Frame<'_>> {
        let header = FrameHeader::parse(store, self.bytes(offset, FRAME_HEADER_BYTES))?;
        Frame::parse(store, self.bytes(offset, header.frame_bytes()))
    }

    fn held(&self, offset: u64, length: usize) -> Option<()> {
        let ahead = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        (ahead.checked_add(length)? <= self.filled).then_some(())
    }

    fn fill(&mut self, offset: u64, length: usize) {
        self.buffer.resize(self.buffer.len().max(length), 0);
        self.start = offset;
        let buffer = self.buffer.get_mut(..length).unwrap_or_default();
        self.filled =
            self.file.read_at(offset, buffer).unwrap_or_else(|_| read_sectors(self.file, offset, buffer));
    }
}

/// Reads what can be read; a sector that the disk does not give up is taken for zeros, which no frame holds.
fn read_sectors(file: &dyn DiskFile, offset: u64, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    for sector in buffer.chunks_mut(SECTOR_BYTES) {
        let at = offset.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
        let length = sector.len();
        match file.read_at(at, sector) {
            Ok(read) if read < length => return filled + read,
            Ok(_) => {}
            Err(_) => sector.fill(0),
        }
        filled += length;
    }
    // Beyond the end every read is an error or nothing; the length tells which.
    let end = file.length().ok().and_then(|end| usize::try_from(end.saturating_sub(offset)).ok());
    filled.min(end.unwrap_or(0))
}
