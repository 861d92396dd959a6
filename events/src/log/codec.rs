//! The bytes of the log: a block of frames, one frame an event. Format 1.
//!
//! ```text
//! block = magic u16 · format u8 · codec u8 · count u32 · first position u64 · frame × count · crc32c u32
//! frame = length u32 · crc32c u32 · payload
//! ```
//! Numbers are little-endian; the block's checksum covers everything before it, a frame's covers its payload.
//! A payload is the postcard form of `Frame`: an event without its position, which follows from the block.
//! Any byte string can be handed to [`Block::parse`]: it answers or says what is wrong, and never panics.
//! The same bytes are the value in the engine's tree and will be the record in the journal.

use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::envelope::Told;
use super::{LogError, Position, Source, Stored};
use crate::kinds::Tag;
use crate::value::{ids::EventId, occurred::Occurred};

const MAGIC: u16 = 0x514A;
const FORMAT: u8 = 1;
/// Payloads as they are. Other numbers are kept for compression.
const CODEC_PLAIN: u8 = 0;
const HEADER_BYTES: usize = 16;
const FRAME_HEADER_BYTES: usize = 8;
const CHECKSUM_BYTES: usize = 4;

/// A block is cut when it holds this many events,
pub(crate) const BLOCK_MAX_EVENTS: usize = 16;
/// or when one more event would bring it beyond this size; an event larger than that has a block of its own.
pub(crate) const BLOCK_MAX_BYTES: usize = 8 * 1024;

/// What the fields beside the body usually take, so that the bytes need not move while they are written.
const FIELDS_USUAL_BYTES: usize = 256;

/// The stored fields of an event, in the order in which they are written.
#[derive(Serialize, Deserialize)]
struct Frame<'a> {
    id: [u8; 16],
    kind: &'a str,
    version: u16,
    occurred: Occurred,
    recorded_at_ms: i64,
    recorded_by: Option<&'a str>,
    organisation: Option<&'a str>,
    #[serde(borrow)]
    source: Option<SourceFrame<'a>>,
    #[serde(borrow)]
    programmes: Vec<&'a str>,
    key: Option<&'a str>,
    digest: Option<[u8; 16]>,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    body: &'a str,
}

/// [`Source`] without the attributes that leave fields out, which a form without field names cannot bear.
#[derive(Serialize, Deserialize)]
struct SourceFrame<'a> {
    file: &'a str,
    sheet: Option<&'a str>,
    row: Option<u64>,
    hash: Option<&'a str>,
}

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Damage {
    /// How many events of the block are before the fault.
    pub index: u64,
    /// What is wrong.
    pub reason: &'static str,
}

impl Damage {
    pub(crate) fn at(self, first: Position) -> LogError {
        LogError::Damaged { position: first.saturating_add(self.index), reason: self.reason.to_owned() }
    }
}

/// The payload of an event's frame.
///
/// # Errors
/// Never for events that this program can hold; the serializer's error type asks for it.
pub fn encode_event(event: &Stored) -> Result<Vec<u8>, LogError> {
    let frame = Frame {
        id: event.id.uuid().into_bytes(),
        kind: &event.kind,
        version: event.version,
        occurred: event.occurred,
        recorded_at_ms: event.recorded_at.as_millisecond(),
        recorded_by: event.recorded_by.as_deref(),
        organisation: event.organisation.as_deref(),
        source: event.source.as_ref().map(|source| SourceFrame {
            file: &source.file,
            sheet: source.sheet.as_deref(),
            row: source.row,
            hash: source.hash.as_deref(),
        }),
        programmes: event.programmes.iter().map(String::as_str).collect(),
        key: event.key.as_deref(),
        digest: event.digest,
        tags: event.tags.iter().map(Tag::as_str).collect(),
        body: &event.body,
    };
    let room = Vec::with_capacity(event.body.len().saturating_add(FIELDS_USUAL_BYTES));
    postcard::to_extend(&frame, room)
        .map_err(|error| LogError::Store(format!("an event cannot be encoded: {error}")))
}

/// What a fold needs of the event of a payload, at that position; `None` when it is none that this program knows.
pub(crate) fn decode_told(position: Position, payload: &[u8]) -> Option<Told<'_>> {
    let frame = read_frame(payload)?;
    Some(Told {
        position,
        id: EventId::new(Uuid::from_bytes(frame.id)),
        kind: frame.kind,
        version: frame.version,
        occurred: frame.occurred,
        recorded_at: Timestamp::from_millisecond(frame.recorded_at_ms).ok()?,
        recorded_by: frame.recorded_by,
        programmes: frame.programmes,
        body: frame.body,
    })
}

fn read_frame(payload: &[u8]) -> Option<Frame<'_>> {
    let (frame, rest) = postcard::take_from_bytes::<Frame<'_>>(payload).ok()?;
    rest.is_empty().then_some(frame)
}

/// The event of a payload, at that position; `None` when it is none that this program knows.
#[must_use]
pub fn decode_event(position: Position, payload: &[u8]) -> Option<Stored> {
    let frame = read_frame(payload)?;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Some(Stored {
        position,
        id: EventId::new(Uuid::from_bytes(frame.id)),
        kind: frame.kind.to_owned(),
        version: frame.version,
        occurred: frame.occurred,
        recorded_at: Timestamp::from_millisecond(frame.recorded_at_ms).ok()?,
        recorded_by: owned(frame.recorded_by),
        organisation: owned(frame.organisation),
        source: frame.source.map(|source| Source {
            file: source.file.to_owned(),
            sheet: owned(source.sheet),
            row: source.row,
            hash: owned(source.hash),
        }),
        programmes: frame.programmes.into_iter().map(str::to_owned).collect(),
        key: owned(frame.key),
        digest: frame.digest,
        tags: frame.tags.into_iter().map(Tag::from_stored).collect(),
        body: frame.body.to_owned(),
    })
}

/// Cuts payloads into blocks: the first position and the bytes of each.
#[must_use]
pub fn encode_blocks(first: Position, payloads: &[Vec<u8>]) -> Vec<(Position, Vec<u8>)> {
    let mut blocks = Vec::new();
    let (mut next, mut rest) = (first, payloads);
    while !rest.is_empty() {
        let (block, later) = rest.split_at(events_of_next_block(rest));
        blocks.push((next, encode_block(next, block)));
        next = next.saturating_add(count_u64(block.len()));
        rest = later;
    }
    blocks
}

fn events_of_next_block(payloads: &[Vec<u8>]) -> usize {
    let mut bytes = HEADER_BYTES + CHECKSUM_BYTES;
    let fitting = payloads.iter().take(BLOCK_MAX_EVENTS).take_while(|payload| {
        bytes += FRAME_HEADER_BYTES + payload.len();
        bytes <= BLOCK_MAX_BYTES
    });
    fitting.count().max(1)
}

fn encode_block(first: Position, payloads: &[Vec<u8>]) -> Vec<u8> {
    let frames: usize = payloads.iter().map(|payload| FRAME_HEADER_BYTES + payload.len()).sum();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + frames + CHECKSUM_BYTES);
    bytes.extend(MAGIC.to_le_bytes());
    bytes.extend([FORMAT, CODEC_PLAIN]);
    bytes.extend(size_u32(payloads.len()).to_le_bytes());
    bytes.extend(first.to_le_bytes());
    for payload in payloads {
        bytes.extend(size_u32(payload.len()).to_le_bytes());
        bytes.extend(crc32c::crc32c(payload).to_le_bytes());
        bytes.extend(payload);
    }
    bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
    bytes
}

/// The checksum at the end of a block's bytes: a short name for the whole block.
pub(crate) fn checksum_of(block: &[u8]) -> u32 {
    block.last_chunk::<CHECKSUM_BYTES>().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// A block whose checksums hold, over bytes borrowed or owned.
#[derive(Debug)]
pub struct Block<B> {
    bytes: B,
    first: Position,
    payloads: Vec<Range<usize>>,
}

impl<B: AsRef<[u8]>> Block<B> {
    /// Reads a block and checks its checksums, in time proportional to its size.
    ///
    /// # Errors
    /// Says what is wrong, and at the how-manieth event where that can be told.
    pub fn parse(bytes: B) -> Result<Self, Damage> {
        let whole = Damage { index: 0, reason: "the block's header is wrong" };
        let mut reader = Reader { bytes: bytes.as_ref(), at: 0 };
        let magic = reader.take::<2>().map(u16::from_le_bytes);
        let form = reader.take::<2>();
        let count = reader.take::<4>().map(u32::from_le_bytes).ok_or(whole)?;
        let first = reader.take::<8>().map(u64::from_le_bytes).ok_or(whole)?;
        if magic != Some(MAGIC) || form != Some([FORMAT, CODEC_PLAIN]) || count == 0 || first == 0 {
            return Err(whole);
        }
        // No capacity by `count`: it is not yet known to be true.
        let mut payloads = Vec::new();
        for index in 0..u64::from(count) {
            payloads.push(reader.frame().map_err(|reason| Damage { index, reason })?);
        }
        let covered = reader.at;
        let expected = reader.take::<4>().map(u32::from_le_bytes);
        if expected != Some(checksum(bytes.as_ref(), covered)) || reader.at != bytes.as_ref().len() {
            return Err(Damage { index: 0, reason: "the block's checksum does not hold" });
        }
        Ok(Self { bytes, first, payloads })
    }

    /// Its bytes, as they are stored.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// Position of its first event.
    #[must_use]
    pub const fn first(&self) -> Position {
        self.first
    }

    /// Position of its last event.
    #[must_use]
    pub fn last(&self) -> Position {
        self.first.saturating_add(count_u64(self.payloads.len())).saturating_sub(1)
    }

    /// The stored bytes of each of its events, in order.
    pub fn payloads(&self) -> impl Iterator<Item = (Position, &[u8])> {
        let payload = |range: &Range<usize>| self.bytes.as_ref().get(range.clone()).unwrap_or_default();
        (self.first..).zip(self.payloads.iter().map(payload))
    }

    /// The same for those of its events that are after `after` and up to `upto`.
    pub fn payloads_of(&self, after: Position, upto: Position) -> impl Iterator<Item = (Position, &[u8])> {
        self.payloads().filter(move |(position, _)| (after.saturating_add(1)..=upto).contains(position))
    }

    /// Bytes of its payloads.
    #[must_use]
    pub fn payload_bytes(&self) -> u64 {
        self.payloads.iter().map(|range| count_u64(range.len())).sum()
    }

    /// The checksum at its end: a short name for the whole block.
    #[must_use]
    pub fn checksum(&self) -> u32 {
        checksum_of(self.bytes.as_ref())
    }

    /// The event at `position`; `None` when that is not in this block.
    ///
    /// # Errors
    /// When its payload is no event: it was damaged before it was written, or a newer program wrote it.
    pub fn event(&self, position: Position) -> Result<Option<Stored>, Damage> {
        let Some(index) = position.checked_sub(self.first) else {
            return Ok(None);
        };
        let Some(range) = usize::try_from(index).ok().and_then(|index| self.payloads.get(index)) else {
            return Ok(None);
        };
        let payload = self.bytes.as_ref().get(range.clone()).unwrap_or_default();
        decode_event(position, payload).map(Some).ok_or(Damage { index, reason: NO_EVENT })
    }
}

const NO_EVENT: &str = "the frame holds no event";

/// A payload that is whole and no event: it was damaged before it was written, or a newer program wrote it.
pub(crate) fn no_event_at(position: Position) -> LogError {
    LogError::Damaged { position, reason: NO_EVENT.into() }
}

/// Walks over bytes; every step may find that they end.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let taken = *self.bytes.get(self.at..)?.first_chunk::<N>()?;
        self.at += N;
        Some(taken)
    }

    fn frame(&mut self) -> Result<Range<usize>, &'static str> {
        const CUT: &str = "the frame is cut short";
        let length = self.take::<4>().map(u32::from_le_bytes).ok_or(CUT)?;
        let expected = self.take::<4>().map(u32::from_le_bytes).ok_or(CUT)?;
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length)).ok_or(CUT)?;
        let payload = self.bytes.get(self.at..end).ok_or(CUT)?;
        if crc32c::crc32c(payload) != expected {
            return Err("the frame's checksum does not hold");
        }
        let range = self.at..end;
        self.at = end;
        Ok(range)
    }
}

fn checksum(bytes: &[u8], covered: usize) -> u32 {
    crc32c::crc32c(bytes.get(..covered).unwrap_or_default())
}

/// A length that the limits of the log keep far below 4 GiB.
fn size_u32(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn count_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::contract::event;

    fn payloads(count: u64) -> Vec<Vec<u8>> {
        (1..=count).map(|n| encode_event(&event(n)).unwrap()).collect()
    }

    #[test]
    fn an_event_comes_back_as_it_was_written() {
        let full = Stored {
            position: 7,
            recorded_by: Some("desk".into()),
            organisation: Some("某商会".into()),
            source: Some(Source {
                file: "a.xlsx".into(),
                sheet: None,
                row: Some(3),
                hash: Some("00ff".into()),
            }),
            programmes: vec!["p1".into(), "p2".into()],
            body: "{ \"spaces\" :  1.50 }".into(),
            ..event(7)
        };
        for event in [full, event(7)] {
            let bytes = encode_block(7, &[encode_event(&event).unwrap()]);
            let expected = Stored { position: 7, ..event };
            assert_eq!(Block::parse(bytes).unwrap().event(7).unwrap(), Some(expected));
        }
    }

    #[test]
    fn blocks_are_cut_at_their_limits_and_follow_each_other() {
        let mut payloads = payloads(40);
        payloads.insert(20, vec![0; 3 * BLOCK_MAX_BYTES]);
        let mut next = 5;
        for (first, bytes) in encode_blocks(5, &payloads) {
            let block = Block::parse(&bytes).unwrap();
            assert_eq!((block.first(), first), (next, next));
            let events = block.last() - block.first() + 1;
            assert!(events <= 16 && (bytes.len() <= BLOCK_MAX_BYTES || events == 1));
            next = block.last() + 1;
        }
        assert_eq!(next, 5 + 41);
    }

    #[test]
    fn no_single_flipped_byte_goes_unseen() {
        let bytes = encode_block(1, &payloads(3));
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x41;
            assert!(Block::parse(&flipped).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_flip_in_a_frame_names_its_event() {
        let payloads = payloads(3);
        let mut bytes = encode_block(1, &payloads);
        let third = HEADER_BYTES + 3 * FRAME_HEADER_BYTES + payloads[0].len() + payloads[1].len();
        bytes[third + 5] ^= 1;
        assert_eq!(Block::parse(&bytes).unwrap_err().index, 2);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes: Vec<u8>, cut in 0_usize..400) {
            let _ = Block::parse(&bytes);
            let _ = decode_event(1, &bytes);
            let block = encode_block(1, &payloads(2));
            prop_assert!(Block::parse(block.get(..cut).unwrap_or_default()).is_err() || cut >= block.len());
            // Well-formed outside, anything inside.
            let strange = Block::parse(encode_block(1, &[bytes])).unwrap();
            let _ = strange.event(1);
        }

        #[test]
        fn a_changed_payload_decodes_or_not_but_never_panics(at: prop::sample::Index, byte: u8) {
            let mut payload = encode_event(&event(3)).unwrap();
            let at = at.index(payload.len());
            payload[at] = byte;
            let _ = decode_event(1, &payload);
        }
    }
}
