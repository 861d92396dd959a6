//! The right edge of a tree: the roots of its whole subtrees, largest first. All that is needed to add leaves and
//! to tell the root; written with every commit.

use super::hash::{NodeHash, Profile, TreeHash};
use crate::log::codec::Block;

/// The right edge: as many hashes as the size has bits set, so at most 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightEdge {
    profile: Profile,
    size: u64,
    peaks: Vec<NodeHash>,
}

impl RightEdge {
    /// The edge of an empty tree.
    #[must_use]
    pub const fn new(profile: Profile) -> Self {
        Self { profile, size: 0, peaks: Vec::new() }
    }

    /// The edge of a tree of which the roots of its whole subtrees are known, largest first. `None` when there
    /// are more or fewer of them than the size asks for.
    #[must_use]
    pub fn from_peaks(profile: Profile, size: u64, peaks: Vec<NodeHash>) -> Option<Self> {
        (peaks_of(size) == peaks.len()).then_some(Self { profile, size, peaks })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tree's hash function.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// The roots of the whole subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[NodeHash] {
        &self.peaks
    }

    /// Adds a leaf, as [`RightEdge::extend`] does.
    pub fn push(&mut self, leaf: NodeHash, whole: &mut dyn FnMut(u32, &NodeHash)) {
        self.extend(vec![leaf], whole);
    }

    /// Adds leaves, level by level, so that the nodes of a level are hashed together. Every whole subtree that this
    /// completes is handed to `whole` with its level (0 for a leaf itself): of each level in order, small ones first;
    /// two a leaf on average.
    pub fn extend(&mut self, leaves: Vec<NodeHash>, whole: &mut dyn FnMut(u32, &NodeHash)) {
        let added = leaves.len();
        let (mut rising, mut level, mut left, mut staying) = (leaves, 0, self.size, Vec::new());
        while !rising.is_empty() {
            rising.iter().for_each(|hash| whole(level, hash));
            // What the tree had of this level stands left of them.
            if left & 1 == 1
                && let Some(peak) = self.peaks.pop()
            {
                rising.insert(0, peak);
            }
            if rising.len() % 2 == 1 {
                staying.extend(rising.pop());
            }
            rising = self.profile.nodes(rising.as_chunks::<2>().0);
            (left, level) = (left >> 1, level + 1);
        }
        self.peaks.extend(staying.into_iter().rev());
        self.size = self.size.saturating_add(u64::try_from(added).unwrap_or(u64::MAX));
    }

    /// Adds the next event by its stored bytes.
    pub fn push_payload(&mut self, payload: &[u8]) {
        self.push(self.profile.leaf(payload), &mut |_, _| {});
    }

    /// Adds the events of a block, faster than one after the other.
    pub fn push_block<B: AsRef<[u8]>>(&mut self, block: &Block<B>) {
        let payloads: Vec<_> = block.payloads().map(|(_, payload)| payload).collect();
        self.extend(self.profile.leaves(&payloads), &mut |_, _| {});
    }

    /// The root: the Merkle Tree Hash of RFC 6962, section 2.1.
    #[must_use]
    pub fn root(&self) -> NodeHash {
        fold_peaks(self.profile, &self.peaks)
    }

    /// As stored: the size (u64, little-endian), then the hashes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_le_bytes().to_vec();
        bytes.extend(self.peaks.iter().flatten());
        bytes
    }

    /// Reads the stored form; `None` when the bytes are not one.
    #[must_use]
    pub fn from_bytes(profile: Profile, bytes: &[u8]) -> Option<Self> {
        let (size, hashes) = bytes.split_first_chunk::<8>()?;
        let (peaks, rest) = hashes.as_chunks::<32>();
        rest.is_empty().then_some(())?;
        Self::from_peaks(profile, u64::from_le_bytes(*size), peaks.to_vec())
    }
}

/// How many whole subtrees a tree of that size is made of.
fn peaks_of(size: u64) -> usize {
    usize::try_from(size.count_ones()).unwrap_or(usize::MAX)
}

/// The root over whole subtrees, largest first: from the right, each joined to what stands right of it.
pub(super) fn fold_peaks<H: TreeHash + Copy>(hash: H, peaks: &[NodeHash]) -> NodeHash {
    let mut from_right = peaks.iter().rev();
    let Some(last) = from_right.next() else {
        return hash.empty();
    };
    from_right.fold(*last, |right, left| hash.node(left, &right))
}

#[cfg(test)]
mod tests {
    use super::super::model;
    use super::*;

    #[test]
    fn the_root_is_the_naive_model_s_at_every_size() {
        for profile in Profile::ALL {
            let leaves = model::leaves(profile, 300);
            let mut edge = RightEdge::new(profile);
            assert_eq!(edge.root(), profile.empty());
            for (before, leaf) in leaves.iter().enumerate() {
                edge.push(*leaf, &mut |_, _| {});
                assert_eq!(edge.root(), model::root(profile, &leaves[..=before]));
            }
            assert_eq!(edge.size(), 300);
        }
    }

    #[test]
    fn whole_subtrees_are_handed_over_as_they_are_completed() {
        let leaves = model::leaves(Profile::Sha256, 16);
        let mut edge = RightEdge::new(Profile::Sha256);
        let mut whole = Vec::new();
        leaves.iter().for_each(|leaf| edge.push(*leaf, &mut |level, hash| whole.push((level, *hash))));
        let of_level = |level: u32| whole.iter().filter(move |(at, _)| *at == level).map(|(_, hash)| *hash);
        for level in 0..5 {
            let expected = leaves.chunks(1 << level).map(|part| model::root(Profile::Sha256, part));
            assert!(of_level(level).eq(expected), "level {level}");
        }
    }

    #[test]
    fn leaves_added_together_make_the_tree_of_leaves_added_one_by_one() {
        for profile in Profile::ALL {
            let leaves = model::leaves(profile, 90);
            for start in 0..20 {
                for count in 0..70 {
                    let mut one_by_one = RightEdge::new(profile);
                    let mut seen = Vec::new();
                    leaves[..start].iter().for_each(|leaf| one_by_one.push(*leaf, &mut |_, _| {}));
                    let mut together = one_by_one.clone();
                    for leaf in &leaves[start..start + count] {
                        one_by_one.push(*leaf, &mut |level, hash| seen.push((level, *hash)));
                    }
                    let mut seen_together = Vec::new();
                    together.extend(leaves[start..start + count].to_vec(), &mut |level, hash| {
                        seen_together.push((level, *hash));
                    });
                    assert_eq!(together, one_by_one, "{count} behind {start}");
                    // Of each level in order.
                    seen.sort_by_key(|(level, _)| *level);
                    assert_eq!(seen_together, seen);
                }
            }
        }
    }

    #[test]
    fn the_stored_form_comes_back_and_a_wrong_one_is_refused() {
        let mut edge = RightEdge::new(Profile::Sm3);
        for leaf in model::leaves(Profile::Sm3, 37) {
            assert_eq!(RightEdge::from_bytes(Profile::Sm3, &edge.to_bytes()), Some(edge.clone()));
            edge.push(leaf, &mut |_, _| {});
        }
        let bytes = edge.to_bytes();
        assert_eq!(bytes.len(), 8 + 3 * 32);
        assert_eq!(RightEdge::from_bytes(Profile::Sm3, &bytes[..bytes.len() - 1]), None);
        assert_eq!(RightEdge::from_bytes(Profile::Sm3, &bytes[..8 + 64]), None);
        assert_eq!(RightEdge::from_bytes(Profile::Sm3, &bytes[..7]), None);
    }
}
