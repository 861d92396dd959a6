//! Kept state: what a fold of the log has come to, laid down in bytes, so that the next start need not fold it again.
//!
//! The bytes are borsh: fields in their order, numbers of fixed width, no names. They say nothing of themselves, so
//! whoever keeps them keeps [`SHAPE`] beside them and believes them only where it is the same. They are cut into
//! chunks, each with a checksum that is looked at before anything in it is believed:
//! ```text
//! chunk = length u32 · crc32c u32 of (number of the part u32 · number of the chunk u64 · content) · content
//! ```
//! Any byte string can be handed to [`Chunks`]: it answers or says what is wrong, holds one chunk at a time, and
//! never panics. What is read back counts once all of its part was read.

use std::fmt;
use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};

mod forms;

pub(crate) use forms::kept_as_text;
pub use forms::{json, timestamp};

/// What the state of rules and the events in it are made of: a digest of this crate's sources and of the versions that
/// it is built with. It changes by itself when a type changes, or a fold, or anything that either goes by; a number that
/// people raise would sooner or later be forgotten, and a digest of the types alone would not tell of another fold.
pub const SHAPE: &str = env!("JINQIAO_EVENTS_SHAPE");

/// Most content of a chunk.
const CHUNK_BYTES: usize = 64 * 1024;
const CHUNK_HEADER_BYTES: usize = 8;

/// State that can be laid down and taken up again.
pub trait Keep: Send + Sync {
    /// Lays it down. Linear in its size.
    ///
    /// # Errors
    /// When writing fails, or the state is in the middle of a change.
    fn lay_down(&self, to: &mut ChunkWriter<'_>) -> io::Result<()>;

    /// Takes up in its place what was laid down; linear in its size. After an error it is as it was.
    ///
    /// # Errors
    /// When the bytes are not whole, or not those of such a state.
    fn take_up(&mut self, from: &mut Chunks<'_>) -> io::Result<()>;
}

impl<T: BorshSerialize + BorshDeserialize + Send + Sync> Keep for T {
    fn lay_down(&self, to: &mut ChunkWriter<'_>) -> io::Result<()> {
        self.serialize(to)?;
        to.finish()
    }

    fn take_up(&mut self, from: &mut Chunks<'_>) -> io::Result<()> {
        let taken = T::deserialize_reader(from)?;
        if !from.is_at_end() {
            return Err(unfit("there is more than the state"));
        }
        *self = taken;
        Ok(())
    }
}

fn unfit(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// The checksum of a chunk: it holds for that place alone.
fn checksum(part: u32, number: u64, content: &[u8]) -> u32 {
    let place = crc32c::crc32c_append(crc32c::crc32c(&part.to_le_bytes()), &number.to_le_bytes());
    crc32c::crc32c_append(place, content)
}

/// Cuts what is written into chunks.
pub struct ChunkWriter<'a> {
    to: &'a mut dyn Write,
    part: u32,
    number: u64,
    content: Vec<u8>,
    written: u64,
}

impl<'a> ChunkWriter<'a> {
    /// Writes the chunks of the part of that number.
    pub fn new(to: &'a mut dyn Write, part: u32) -> Self {
        Self { to, part, number: 0, content: Vec::with_capacity(CHUNK_BYTES), written: 0 }
    }

    /// Bytes written, chunk by chunk.
    #[must_use]
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Writes the last chunk.
    fn finish(&mut self) -> io::Result<()> {
        if self.content.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(self.content.len()).map_err(io::Error::other)?;
        self.to.write_all(&length.to_le_bytes())?;
        self.to.write_all(&checksum(self.part, self.number, &self.content).to_le_bytes())?;
        self.to.write_all(&self.content)?;
        self.number += 1;
        self.written += u64::from(length) + CHUNK_HEADER_BYTES as u64;
        self.content.clear();
        Ok(())
    }
}

impl Write for ChunkWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.content.len() == CHUNK_BYTES {
            self.finish()?;
        }
        let fitting = bytes.len().min(CHUNK_BYTES - self.content.len());
        self.content.extend_from_slice(bytes.get(..fitting).unwrap_or_default());
        Ok(fitting)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for ChunkWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkWriter").field("part", &self.part).field("number", &self.number).finish()
    }
}

/// Reads what was cut into chunks.
pub struct Chunks<'a> {
    from: &'a mut dyn Read,
    part: u32,
    number: u64,
    /// Bytes of chunks that have not been read yet.
    left: u64,
    content: Vec<u8>,
    at: usize,
}

impl<'a> Chunks<'a> {
    /// Reads the chunks of the part of that number, which take so many bytes together.
    pub fn new(from: &'a mut dyn Read, part: u32, bytes: u64) -> Self {
        Self { from, part, number: 0, left: bytes, content: Vec::new(), at: 0 }
    }

    /// Whether everything was read.
    #[must_use]
    pub const fn is_at_end(&self) -> bool {
        self.left == 0 && self.at == self.content.len()
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let mut header = [0; CHUNK_HEADER_BYTES];
        self.from.read_exact(&mut header)?;
        let [l0, l1, l2, l3, c0, c1, c2, c3] = header;
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        self.left = (self.left)
            .checked_sub(u64::from(length) + CHUNK_HEADER_BYTES as u64)
            .ok_or_else(|| unfit("a chunk is longer than its part"))?;
        let length = usize::try_from(length).map_err(io::Error::other)?;
        if length > CHUNK_BYTES {
            return Err(unfit("a chunk is longer than any"));
        }
        self.content.resize(length, 0);
        self.from.read_exact(&mut self.content)?;
        if checksum(self.part, self.number, &self.content) != u32::from_le_bytes([c0, c1, c2, c3]) {
            return Err(unfit("a checksum does not hold"));
        }
        (self.number, self.at) = (self.number + 1, 0);
        Ok(())
    }
}

impl Read for Chunks<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at == self.content.len() {
            if self.left == 0 {
                return Ok(0);
            }
            self.next_chunk()?;
        }
        let rest = self.content.get(self.at..).unwrap_or_default();
        let fitting = rest.len().min(to.len());
        if let (Some(to), Some(rest)) = (to.get_mut(..fitting), rest.get(..fitting)) {
            to.copy_from_slice(rest);
        }
        self.at += fitting;
        Ok(fitting)
    }

    // Nearly all that is read is a few bytes long and lies within the chunk.
    fn read_exact(&mut self, mut to: &mut [u8]) -> io::Result<()> {
        if let Some(held) = self.content.get(self.at..self.at + to.len()) {
            to.copy_from_slice(held);
            self.at += held.len();
            return Ok(());
        }
        while !to.is_empty() {
            let read = self.read(to)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            to = to.get_mut(read..).unwrap_or_default();
        }
        Ok(())
    }
}

impl fmt::Debug for Chunks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").field("part", &self.part).field("number", &self.number).finish()
    }
}

#[cfg(test)]
mod tests;
