//! The bytes of a segment: its header and its frames. Any bytes may be handed in; nothing here panics.

use uuid::Uuid;

use crate::log::Position;
use crate::log::codec::Block;
use crate::log::proof::{Profile, RightEdge};

/// Bytes of a segment's header.
pub const SEGMENT_HEADER_BYTES: usize = 64;
/// Bytes of a frame's header.
pub const FRAME_HEADER_BYTES: usize = 32;
/// Most bytes of a frame's body: far above what one commit may hold, so that a damaged length is seen as such.
pub const BODY_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Frames begin at multiples of this.
pub const ALIGNMENT: usize = 8;

const SEGMENT_MAGIC: &[u8; 8] = b"JQJOURNL";
const FORMAT: u16 = 1;
/// Begins every frame.
pub const FRAME_MAGIC: [u8; 4] = *b"JQfr";
const SECTION_HEADER_BYTES: usize = 8;
const BLOCK_SECTION: u8 = 1;
/// The tree after the commit: as the first stores wrote it.
const AFTER_SECTION: u8 = 2;
/// The tree before the commit.
const BEFORE_SECTION: u8 = 3;

/// What a segment says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The store that it belongs to.
    pub store: Uuid,
    /// The hash of the store's tree.
    pub profile: Profile,
    /// Position of its first event.
    pub first: Position,
}

impl SegmentHeader {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SEGMENT_HEADER_BYTES);
        bytes.extend(SEGMENT_MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend([self.profile.number(), 0, 0, 0, 0, 0]);
        bytes.extend(self.store.as_bytes());
        bytes.extend(self.first.to_le_bytes());
        bytes.resize(SEGMENT_HEADER_BYTES - 4, 0);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// Reads a header at the start of `bytes`; `None` when it is damaged or of a newer form.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let header = bytes.first_chunk::<SEGMENT_HEADER_BYTES>()?;
        let (content, sum) = header.split_last_chunk::<4>()?;
        let (magic, rest) = content.split_first_chunk::<8>()?;
        let (format, rest) = rest.split_first_chunk::<2>()?;
        let ([profile, ..], rest) = rest.split_first_chunk::<6>()?;
        let (store, rest) = rest.split_first_chunk::<16>()?;
        let first = u64::from_le_bytes(*rest.first_chunk::<8>()?);
        let sound = magic == SEGMENT_MAGIC
            && u16::from_le_bytes(*format) == FORMAT
            && u32::from_le_bytes(*sum) == crc32c::crc32c(content)
            && first > 0;
        let profile = Profile::of_number(*profile)?;
        sound.then(|| Self { store: Uuid::from_bytes(*store), profile, first })
    }
}

/// The fixed part of a frame, which says how long the rest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// Position of the commit's first event.
    pub first: Position,
    /// Events of the commit, at least one.
    pub events: u32,
    /// Bytes of the body.
    pub body_bytes: usize,
    body_crc32c: u32,
}

impl FrameHeader {
    /// Reads a header at the start of `bytes`; `None` when none of this store is there.
    #[must_use]
    pub fn parse(store: Uuid, bytes: &[u8]) -> Option<Self> {
        let header = bytes.first_chunk::<FRAME_HEADER_BYTES>()?;
        let (content, sum) = header.split_last_chunk::<4>()?;
        let (magic, rest) = content.split_first_chunk::<4>()?;
        if *magic != FRAME_MAGIC || u32::from_le_bytes(*sum) != checksum(store, content) {
            return None;
        }
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (events, rest) = rest.split_first_chunk::<4>()?;
        let body_crc32c = u32::from_le_bytes(*rest.first_chunk::<4>()?);
        let (first, events) = (u64::from_le_bytes(*first), u32::from_le_bytes(*events));
        let body_bytes = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let sound = first > 0 && events > 0 && body_bytes <= BODY_MAX_BYTES;
        sound.then_some(Self { first, events, body_bytes, body_crc32c })
    }

    /// Position of the commit's last event.
    #[must_use]
    pub fn last(&self) -> Position {
        self.first.saturating_add(u64::from(self.events)).saturating_sub(1)
    }

    /// Bytes of the whole frame, up to where the next begins.
    #[must_use]
    pub const fn frame_bytes(&self) -> usize {
        (FRAME_HEADER_BYTES + self.body_bytes).next_multiple_of(ALIGNMENT)
    }
}

/// A frame says a tree that cannot be one there: of another form or size, cut short, or said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tree that stands in a frame does not fit there")]
pub struct MisfitTree;

/// A frame whose checksums hold.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Its header.
    pub header: FrameHeader,
    /// From its header on, with the padding as far as that is there.
    bytes: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads a frame at the start of `bytes`; `None` when none of this store is there whole. The padding behind it
    /// is under no checksum: it has to be zeros, as far as `bytes` reach.
    #[must_use]
    pub fn parse(store: Uuid, bytes: &'a [u8]) -> Option<Self> {
        let header = FrameHeader::parse(store, bytes)?;
        let (body, behind) = bytes.get(FRAME_HEADER_BYTES..)?.split_at_checked(header.body_bytes)?;
        let padding = header.frame_bytes() - FRAME_HEADER_BYTES - header.body_bytes;
        let sound =
            checksum(store, body) == header.body_crc32c && behind.iter().take(padding).all(|byte| *byte == 0);
        sound.then(|| Self::unchecked(header, bytes))
    }

    /// A frame of which only the header is known to be right; `bytes` begin with that.
    pub(super) fn unchecked(header: FrameHeader, bytes: &'a [u8]) -> Self {
        Self { header, bytes: bytes.get(..header.frame_bytes()).unwrap_or(bytes) }
    }

    /// All of it, from its header to its padding; of that, a file that was cut may lack some.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    fn body(&self) -> &'a [u8] {
        let behind = self.bytes.get(FRAME_HEADER_BYTES..).unwrap_or_default();
        behind.get(..self.header.body_bytes).unwrap_or(behind)
    }

    /// Its blocks, as they were handed in.
    pub fn blocks(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.sections().filter(|(kind, _)| *kind == BLOCK_SECTION).filter_map(|(_, content)| content)
    }

    /// Where the tree stood before this commit, if it was written down.
    ///
    /// # Errors
    /// When what was written down is no tree, or not of the events before this commit.
    pub fn tree_before(&self, profile: Profile) -> Result<Option<RightEdge>, MisfitTree> {
        self.edge(BEFORE_SECTION, self.header.first.saturating_sub(1), profile)
    }

    /// Where the tree stood after this commit, if that was written down.
    ///
    /// # Errors
    /// When what was written down is no tree, or not of the events up to here.
    pub fn written_after(&self, profile: Profile) -> Result<Option<RightEdge>, MisfitTree> {
        self.edge(AFTER_SECTION, self.header.last(), profile)
    }

    /// Where the tree stood after this commit: as it was written down, or as its events make it of the tree before;
    /// `None` where the frame does not tell.
    #[must_use]
    pub fn tree_after(&self, profile: Profile) -> Option<RightEdge> {
        self.written_after(profile).ok().flatten().or_else(|| {
            let mut edge = self.tree_before(profile).ok().flatten()?;
            for bytes in self.blocks() {
                edge.push_block(&Block::parse(bytes).ok()?);
            }
            Some(edge)
        })
    }

    /// The tree over `size` events in the one section of that kind; `None` where there is no such section.
    fn edge(&self, section: u8, size: u64, profile: Profile) -> Result<Option<RightEdge>, MisfitTree> {
        let mut found = self.sections().filter(|(kind, _)| *kind == section);
        let Some((_, content)) = found.next() else { return Ok(None) };
        let edge = content.and_then(|content| RightEdge::from_bytes(profile, content));
        let edge = edge.filter(|edge| edge.size() == size && found.next().is_none());
        edge.map(Some).ok_or(MisfitTree)
    }

    /// Kind and content of each section; no content where it goes beyond the body.
    fn sections(&self) -> impl Iterator<Item = (u8, Option<&'a [u8]>)> + use<'a> {
        let mut rest = self.body();
        std::iter::from_fn(move || {
            let ([kind, _, _, _, length @ ..], behind) = rest.split_first_chunk::<SECTION_HEADER_BYTES>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            let cut = behind.split_at_checked(length);
            rest = cut.map_or(&[][..], |(_, later)| later);
            Some((*kind, cut.map(|(content, _)| content)))
        })
    }
}

/// Appends a frame to `bytes`: one commit of `events` events from `first` on, the tree before it, and its blocks.
pub fn encode(
    bytes: &mut Vec<u8>,
    store: Uuid,
    first: Position,
    events: u32,
    blocks: &[(Position, Vec<u8>)],
    tree: Option<&RightEdge>,
) {
    let start = bytes.len();
    bytes.resize(start + FRAME_HEADER_BYTES, 0);
    if let Some(tree) = tree {
        section(bytes, BEFORE_SECTION, &tree.to_bytes());
    }
    for (_, block) in blocks {
        section(bytes, BLOCK_SECTION, block);
    }
    seal(bytes, start, store, first, events);
}

/// Fills in the header of the frame at `start`, of which the body is there.
fn seal(bytes: &mut Vec<u8>, start: usize, store: Uuid, first: Position, events: u32) {
    let body = bytes.get(start + FRAME_HEADER_BYTES..).unwrap_or_default();
    let mut header = Vec::with_capacity(FRAME_HEADER_BYTES);
    header.extend(FRAME_MAGIC);
    header.extend(size_u32(body.len()).to_le_bytes());
    header.extend(first.to_le_bytes());
    header.extend(events.to_le_bytes());
    header.extend(checksum(store, body).to_le_bytes());
    header.extend([0; 4]);
    header.extend(checksum(store, &header).to_le_bytes());
    if let Some(place) = bytes.get_mut(start..start + FRAME_HEADER_BYTES) {
        place.copy_from_slice(&header);
    }
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

/// A frame as stores wrote it first: the tree *after* the commit, behind its blocks.
#[cfg(test)]
pub(crate) fn encode_as_before(
    bytes: &mut Vec<u8>,
    store: Uuid,
    first: Position,
    events: u32,
    blocks: &[(Position, Vec<u8>)],
    after: &RightEdge,
) {
    let start = bytes.len();
    bytes.resize(start + FRAME_HEADER_BYTES, 0);
    blocks.iter().for_each(|(_, block)| section(bytes, BLOCK_SECTION, block));
    section(bytes, AFTER_SECTION, &after.to_bytes());
    seal(bytes, start, store, first, events);
}

fn section(bytes: &mut Vec<u8>, kind: u8, content: &[u8]) {
    bytes.extend([kind, 0, 0, 0]);
    bytes.extend(size_u32(content.len()).to_le_bytes());
    bytes.extend_from_slice(content);
}

fn checksum(store: Uuid, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(store.as_bytes()), bytes)
}

/// A length that the limits of the log keep far below 4 GiB.
fn size_u32(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::codec::encode_blocks;

    const STORE: Uuid = Uuid::from_u128(7);

    fn frame(tree: Option<&RightEdge>) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(&mut bytes, STORE, 5, 3, &[(5, vec![1, 2, 3, 4]), (7, b"block".to_vec())], tree);
        bytes
    }

    #[test]
    fn a_frame_comes_back_as_it_was_written() {
        let tree = RightEdge::from_peaks(Profile::Sm3, 4, vec![[1; 32]]);
        for tree in [None, tree] {
            let bytes = frame(tree.as_ref());
            assert_eq!(bytes.len() % ALIGNMENT, 0);
            let frame = Frame::parse(STORE, &bytes).unwrap();
            assert_eq!((frame.header.first, frame.header.last()), (5, 7));
            assert_eq!(frame.header.frame_bytes(), bytes.len());
            assert_eq!(frame.blocks().collect::<Vec<_>>(), [&[1, 2, 3, 4][..], b"block"]);
            assert_eq!(frame.tree_before(Profile::Sm3), Ok(tree));
            assert_eq!(frame.written_after(Profile::Sm3), Ok(None));
            assert!(Frame::parse(Uuid::from_u128(8), &bytes).is_none(), "a frame of another store");
        }
    }

    #[test]
    fn the_tree_after_a_frame_is_told_of_old_and_new_frames_alike() {
        let payloads: Vec<Vec<u8>> = (0..3_u8).map(|n| vec![n; 20]).collect();
        let mut before = RightEdge::new(Profile::Sm3);
        (0..4_u8).for_each(|n| before.push_payload(&[n]));
        let mut after = before.clone();
        payloads.iter().for_each(|payload| after.push_payload(payload));
        let (mut new, mut old) = (Vec::new(), Vec::new());
        encode(&mut new, STORE, 5, 3, &encode_blocks(5, &payloads), Some(&before));
        encode_as_before(&mut old, STORE, 5, 3, &encode_blocks(5, &payloads), &after);
        for (bytes, written) in [(new, None), (old, Some(&after))] {
            let frame = Frame::parse(STORE, &bytes).unwrap();
            assert_eq!(frame.tree_after(Profile::Sm3).as_ref(), Some(&after));
            assert_eq!(frame.written_after(Profile::Sm3), Ok(written.cloned()));
        }
    }

    #[test]
    fn a_tree_that_does_not_fit_is_not_taken_for_none() {
        let fits = RightEdge::from_peaks(Profile::Sm3, 4, vec![[1; 32]]).unwrap().to_bytes();
        let frame_of = |kind: u8, contents: &[&[u8]], cut: usize| {
            let mut bytes = vec![0; FRAME_HEADER_BYTES];
            contents.iter().for_each(|content| section(&mut bytes, kind, content));
            bytes.truncate(bytes.len() - cut);
            seal(&mut bytes, 0, STORE, 5, 3);
            bytes
        };
        let seven = RightEdge::from_peaks(Profile::Sm3, 7, vec![[1; 32]; 3]).unwrap().to_bytes();
        let empty = RightEdge::new(Profile::Sm3).to_bytes();
        let said = |kind: u8, contents: &[&[u8]], cut: usize| {
            let bytes = frame_of(kind, contents, cut);
            let frame = Frame::parse(STORE, &bytes).unwrap();
            let of =
                |edge: Result<Option<RightEdge>, MisfitTree>| edge.map(|edge| edge.map(|edge| edge.size()));
            (of(frame.tree_before(Profile::Sm3)), of(frame.written_after(Profile::Sm3)))
        };
        assert_eq!(said(BEFORE_SECTION, &[&fits], 0), (Ok(Some(4)), Ok(None)));
        assert_eq!(said(AFTER_SECTION, &[&seven], 0), (Ok(None), Ok(Some(7))));
        let fits = fits.as_slice();
        for misfit in [&[empty.as_slice()][..], &[&fits[..0]], &[&fits[..39]], &[fits, fits]] {
            assert_eq!(said(BEFORE_SECTION, misfit, 0), (Err(MisfitTree), Ok(None)), "{misfit:?}");
            assert_eq!(said(AFTER_SECTION, misfit, 0), (Ok(None), Err(MisfitTree)), "{misfit:?}");
        }
        assert_eq!(said(BEFORE_SECTION, &[fits], 1), (Err(MisfitTree), Ok(None)), "cut short");
    }

    #[test]
    fn a_header_comes_back_as_it_was_written() {
        for profile in Profile::ALL {
            let header = SegmentHeader { store: STORE, profile, first: 12 };
            assert_eq!(SegmentHeader::parse(&header.encode()), Some(header));
        }
    }

    #[test]
    fn no_single_flipped_bit_goes_unseen() {
        let header = SegmentHeader { store: STORE, profile: Profile::Sm3, first: 12 }.encode();
        let frame = frame(None);
        assert_ne!(FrameHeader::parse(STORE, &frame).unwrap().body_bytes % ALIGNMENT, 0, "there is padding");
        for bit in 0..8 {
            for at in 0..header.len() {
                let mut flipped = header.clone();
                flipped[at] ^= 1 << bit;
                assert_eq!(SegmentHeader::parse(&flipped), None, "byte {at} of the segment's header");
            }
            for at in 0..frame.len() {
                let mut flipped = frame.clone();
                flipped[at] ^= 1 << bit;
                assert!(Frame::parse(STORE, &flipped).is_none(), "byte {at} of the frame");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes: Vec<u8>, cut in 0_usize..100) {
            let _ = SegmentHeader::parse(&bytes);
            prop_assert!(Frame::parse(STORE, &bytes).is_none());
            let whole = frame(None);
            prop_assert!(Frame::parse(STORE, whole.get(..cut).unwrap_or_default()).is_none() || cut + ALIGNMENT > whole.len());
            // Sound outside, anything inside.
            let header = FrameHeader { first: 1, events: 1, body_bytes: bytes.len(), body_crc32c: 0 };
            let whole = [&[0; FRAME_HEADER_BYTES], bytes.as_slice()].concat();
            let strange = Frame::unchecked(header, &whole);
            prop_assert!(strange.blocks().map(<[u8]>::len).sum::<usize>() <= bytes.len());
            let _ = (strange.tree_before(Profile::Sm3), strange.tree_after(Profile::Sm3));
        }
    }
}
