//! The tree of a log: its right edge, and the roots of its whole subtrees of 256 leaves ("tiles"), from which proofs
//! about any earlier size are made.

use super::edge::RightEdge;
use super::hash::{NodeHash, Profile};
use super::path::{self, Subtrees};
use super::verify::TreeHead;
use super::{ConsistencyProof, InclusionProof, ProofError};
use crate::log::{LogError, Position};

/// A tile has 2^8 leaves.
const TILE_LEVEL: u32 = 8;
const TILE_LEAVES: u64 = 1 << TILE_LEVEL;
const MAGIC: &[u8; 4] = b"JQT1";
/// Leaves that are hashed together when a tree catches up.
const LOT_LEAVES: usize = 64;

/// Where the stored bytes of events are read again.
pub trait Leaves {
    /// Hands the stored bytes of the events after `after` up to `upto` to `each`, in order.
    ///
    /// # Errors
    /// When they cannot be read, or one is missing.
    fn each_payload(
        &self,
        after: Position,
        upto: Position,
        each: &mut dyn FnMut(Position, &[u8]),
    ) -> Result<(), LogError>;
}

/// The tree of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    edge: RightEdge,
    tiles: Vec<NodeHash>,
}

/// What events that are not yet in the log will add to its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    edge: RightEdge,
    tiles: Vec<NodeHash>,
}

impl RightEdge {
    /// What the next events would add to the tree, by their stored bytes, without adding them yet: they may never
    /// become durable.
    #[must_use]
    pub fn growth<P: AsRef<[u8]>>(&self, payloads: &[P]) -> Growth {
        let (mut edge, mut tiles) = (self.clone(), Vec::new());
        let payloads: Vec<_> = payloads.iter().map(AsRef::as_ref).collect();
        edge.extend(edge.profile().leaves(&payloads), &mut |level, hash| {
            if level == TILE_LEVEL {
                tiles.push(*hash);
            }
        });
        Growth { edge, tiles }
    }
}

impl Tree {
    /// The tree of an empty log.
    #[must_use]
    pub const fn new(profile: Profile) -> Self {
        Self { edge: RightEdge::new(profile), tiles: Vec::new() }
    }

    /// Adds the next event by its stored bytes.
    pub fn push(&mut self, payload: &[u8]) {
        self.grow(self.edge.growth(&[payload]));
    }

    /// Adds what [`RightEdge::growth`] of this very tree's edge told.
    pub fn grow(&mut self, growth: Growth) {
        self.edge = growth.edge;
        self.tiles.extend(growth.tiles);
    }

    /// Adds the events that are missing up to `upto`, reading them from the log.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn catch_up(&mut self, leaves: &dyn Leaves, upto: Position) -> Result<(), LogError> {
        let mut lot: Vec<Vec<u8>> = Vec::new();
        leaves.each_payload(self.size(), upto, &mut |_, payload| {
            lot.push(payload.to_vec());
            if lot.len() == LOT_LEAVES {
                self.grow(self.edge.growth(&lot));
                lot.clear();
            }
        })?;
        self.grow(self.edge.growth(&lot));
        Ok(())
    }

    /// How many events it covers: the position of the last one.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Its right edge, which is stored with every commit.
    #[must_use]
    pub const fn edge(&self) -> &RightEdge {
        &self.edge
    }

    /// Its size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size(), root: self.edge.root() }
    }

    /// The head that it had when it was smaller. Costs as much as a proof.
    ///
    /// # Errors
    /// When it never was of that size, or its leaves cannot be read.
    pub fn head_at(&self, leaves: &dyn Leaves, size: u64) -> Result<TreeHead, ProofError> {
        self.must_reach(size)?;
        Ok(TreeHead { size, root: path::root(self.edge.profile(), &mut self.reader(leaves), size)? })
    }

    /// Proves the event at `position` to be in the log of the first `size` events.
    ///
    /// # Errors
    /// When there is no such event or size, or the log cannot be read.
    pub fn prove_event(
        &self,
        leaves: &dyn Leaves,
        position: Position,
        size: u64,
    ) -> Result<InclusionProof, ProofError> {
        self.must_reach(size)?;
        let index = position.checked_sub(1).ok_or(ProofError::NoSuchLeaf { index: u64::MAX, size })?;
        let profile = self.edge.profile();
        let mut reader = self.reader(leaves);
        let path = path::inclusion(profile, &mut reader, index, size)?;
        let root = path::root(profile, &mut reader, size)?;
        let mut payload = Vec::new();
        leaves.each_payload(index, position, &mut |_, bytes| payload = bytes.to_vec())?;
        Ok(InclusionProof { profile, position, size, payload, path, root })
    }

    /// Proves the log of the first `from` events to be a beginning of the log of the first `to`.
    ///
    /// # Errors
    /// When it never was of these sizes, or the log cannot be read.
    pub fn prove_growth(
        &self,
        leaves: &dyn Leaves,
        from: u64,
        to: u64,
    ) -> Result<ConsistencyProof, ProofError> {
        self.must_reach(to)?;
        let profile = self.edge.profile();
        let mut reader = self.reader(leaves);
        let path = path::consistency(profile, &mut reader, from, to)?;
        let old = TreeHead { size: from, root: path::root(profile, &mut reader, from)? };
        let new = TreeHead { size: to, root: path::root(profile, &mut reader, to)? };
        Ok(ConsistencyProof { profile, old, new, path })
    }

    fn must_reach(&self, size: u64) -> Result<(), ProofError> {
        if size > self.size() {
            return Err(ProofError::NotOlder { old: size, new: self.size() });
        }
        Ok(())
    }

    fn reader<'a>(&'a self, leaves: &'a dyn Leaves) -> Reader<'a> {
        Reader { tree: self, leaves, tile: None }
    }

    /// What a file keeps of it: only the tiles. It can be made anew from the log at any time.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(self.edge.profile().number());
        bytes.extend(self.tiles.iter().flatten());
        let checksum = crc32c::crc32c(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes
    }

    /// Reads what a file kept: the tree of its tiles, at most 255 events and those since it was written behind.
    /// `None` when the file is damaged, of another profile, or covers more than `upto` events.
    #[must_use]
    pub fn from_bytes(profile: Profile, upto: Position, bytes: &[u8]) -> Option<Self> {
        let (covered, checksum) = bytes.split_last_chunk::<4>()?;
        let tiles = covered.strip_prefix(MAGIC)?.strip_prefix(&[profile.number()])?;
        let (tiles, rest) = tiles.as_chunks::<32>();
        let sound = rest.is_empty() && crc32c::crc32c(covered) == u32::from_le_bytes(*checksum);
        let size = u64::try_from(tiles.len()).ok()?.checked_mul(TILE_LEAVES)?;
        if !sound || size > upto {
            return None;
        }
        // Tiles are the leaves of a tree whose edge is the edge of the whole.
        let mut over_tiles = RightEdge::new(profile);
        over_tiles.extend(tiles.to_vec(), &mut |_, _| {});
        let edge = RightEdge::from_peaks(profile, size, over_tiles.peaks().to_vec())?;
        Some(Self { edge, tiles: tiles.to_vec() })
    }
}

/// Answers for subtrees: large ones from the tiles, small ones by reading the tile's events again.
struct Reader<'a> {
    tree: &'a Tree,
    leaves: &'a dyn Leaves,
    /// The leaves of the tile that was read last.
    tile: Option<(u64, Vec<NodeHash>)>,
}

impl Reader<'_> {
    /// The leaves of a tile, the last one as far as it goes.
    fn tile(&mut self, tile: u64) -> Result<&[NodeHash], ProofError> {
        if self.tile.as_ref().is_none_or(|(at, _)| *at != tile) {
            let first = tile.saturating_mul(TILE_LEAVES);
            let end = first.saturating_add(TILE_LEAVES).min(self.tree.size());
            let profile = self.tree.edge.profile();
            let mut payloads = Vec::new();
            self.leaves.each_payload(first, end, &mut |_, payload| payloads.push(payload.to_vec()))?;
            let payloads: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
            self.tile = Some((tile, profile.leaves(&payloads)));
        }
        Ok(self.tile.as_ref().map_or(&[], |(_, hashes)| hashes))
    }
}

impl Subtrees for Reader<'_> {
    fn subtree(&mut self, level: u32, index: u64) -> Result<NodeHash, ProofError> {
        let profile = self.tree.edge.profile();
        let (level, first, hashes) = match level.checked_sub(TILE_LEVEL) {
            Some(above) => (above, index << above, self.tree.tiles.as_slice()),
            None => {
                let first = index << level;
                (level, first % TILE_LEAVES, self.tile(first / TILE_LEAVES)?)
            }
        };
        let range = range_of(first, 1_u64.unbounded_shl(level));
        let hashes = range.and_then(|range| hashes.get(range)).ok_or_else(|| {
            LogError::Store("the tree of proofs asked for events that are not there".into())
        })?;
        Ok(fold_whole(profile, hashes))
    }
}

fn range_of(first: u64, count: u64) -> Option<std::ops::Range<usize>> {
    let end = first.checked_add(count)?;
    Some(usize::try_from(first).ok()?..usize::try_from(end).ok()?)
}

/// The root over a power of two of hashes.
fn fold_whole(profile: Profile, hashes: &[NodeHash]) -> NodeHash {
    let mut edge = RightEdge::new(profile);
    edge.extend(hashes.to_vec(), &mut |_, _| {});
    edge.root()
}
