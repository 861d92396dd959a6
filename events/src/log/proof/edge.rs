//! The right edge of a tree: the roots of its whole subtrees, largest first. All that is needed to add leaves and
//! to tell the root; written with every commit.

use super::hash::{NodeHash, Profile, TreeHash};

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

    /// Adds a leaf. Every whole subtree that this completes is handed to `whole` with its level (0 for the leaf
    /// itself), from small to large: two on average.
    pub fn push(&mut self, leaf: NodeHash, whole: &mut dyn FnMut(u32, &NodeHash)) {
        let (mut hash, mut level) = (leaf, 0);
        whole(level, &hash);
        let mut pairs = self.size;
        while pairs & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = self.profile.node(&left, &hash);
            level += 1;
            pairs >>= 1;
            whole(level, &hash);
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// Adds the next event by its stored bytes.
    pub fn push_payload(&mut self, payload: &[u8]) {
        self.push(self.profile.leaf(payload), &mut |_, _| {});
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
