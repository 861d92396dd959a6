//! The hash functions that a tree of proofs can be made with.

use sha2::Sha256;
use sm3::{Digest, Sm3};

use super::sm3_lanes::sm3_of_each;

/// A hash in the tree.
pub type NodeHash = [u8; 32];

/// From so many messages on, hashing them together is faster than one after the other.
const SM3_TOGETHER_MIN: usize = 3;

/// The three uses that RFC 6962 has for a hash function. Leaves and nodes begin with different bytes, so that no
/// leaf can be passed off as a node.
pub trait TreeHash {
    /// The hash of the parts, one after the other.
    fn hash(&self, parts: &[&[u8]]) -> NodeHash;

    /// The root of a tree without leaves.
    fn empty(&self) -> NodeHash {
        self.hash(&[])
    }

    /// The hash of a leaf: of the stored bytes of an event.
    fn leaf(&self, bytes: &[u8]) -> NodeHash {
        self.hash(&[&[0], bytes])
    }

    /// The hash of the node above two others.
    fn node(&self, left: &NodeHash, right: &NodeHash) -> NodeHash {
        self.hash(&[&[1], left, right])
    }
}

/// Which hash and which signature a store uses: chosen when it is made, written in its header, the same for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// SM3 (GB/T 32905) and SM2 (GB/T 32918): the national algorithms.
    #[default]
    Sm3,
    /// SHA-256 and Ed25519: what public witnesses of C2SP logs can check.
    Sha256,
}

impl Profile {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sm3, Self::Sha256];

    /// The number that stands for it in headers.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Sm3 => 1,
            Self::Sha256 => 2,
        }
    }

    /// The profile of a header's number; `None` for one that this program does not know.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.number() == number)
    }

    /// Its name in flags and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sm3 => "sm3",
            Self::Sha256 => "sha256",
        }
    }
}

impl Profile {
    /// The hashes of many leaves: [`TreeHash::leaf`] of each.
    #[must_use]
    pub fn leaves(self, payloads: &[&[u8]]) -> Vec<NodeHash> {
        self.each(0, payloads)
    }

    /// The hashes of many nodes: [`TreeHash::node`] of each pair.
    #[must_use]
    pub fn nodes(self, pairs: &[[NodeHash; 2]]) -> Vec<NodeHash> {
        let pairs: Vec<_> = pairs.iter().map(|pair| pair.as_flattened()).collect();
        self.each(1, &pairs)
    }

    fn each(self, prefix: u8, messages: &[&[u8]]) -> Vec<NodeHash> {
        match self {
            Self::Sm3 if messages.len() >= SM3_TOGETHER_MIN => sm3_of_each(prefix, messages),
            Self::Sm3 | Self::Sha256 => {
                messages.iter().map(|message| self.hash(&[&[prefix], message])).collect()
            }
        }
    }
}

impl TreeHash for Profile {
    fn hash(&self, parts: &[&[u8]]) -> NodeHash {
        match self {
            Self::Sm3 => digest::<Sm3>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
        }
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> NodeHash
where
    NodeHash: From<sm3::digest::Output<D>>,
{
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::envelope::hex;

    #[test]
    fn the_hashes_are_those_of_the_standards() {
        let sm3 = hex(&Profile::Sm3.hash(&[b"a", b"bc"]));
        assert_eq!(
            sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            "GB/T 32905, A.1"
        );
        let sha256 = hex(&Profile::Sha256.empty());
        assert_eq!(sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn a_header_number_names_its_profile() {
        for profile in Profile::ALL {
            assert_eq!(Profile::of_number(profile.number()), Some(profile));
        }
        assert_eq!(Profile::of_number(0), None);
    }

    #[test]
    fn a_leaf_that_looks_like_a_node_is_none() {
        let (left, right) = ([3; 32], [4; 32]);
        let disguised = [[1].as_slice(), &left, &right].concat();
        for profile in Profile::ALL {
            assert_ne!(profile.leaf(&disguised), profile.node(&left, &right));
        }
    }
}
