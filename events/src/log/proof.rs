//! The tree of proofs: what shows an outsider that an event is in the log, and that the log only ever grew.
//!
//! A Merkle tree as in RFC 6962 (and RFC 9162), over the **stored bytes** of each event:
//!
//! ```text
//! leaf of position p (index p - 1) = H(0x00 ‖ payload)      node = H(0x01 ‖ left ‖ right)      H = SM3 or SHA-256
//! ```
//! `payload` is the payload of the event's frame exactly as the journal and sled keep it (see [`super::codec`]):
//! nothing is decoded and written anew to be checked. It holds every field of the event but its position, which
//! is the place of the leaf in the tree: an event that is moved, changed, left out or put in changes the root.
//!
//! # What it costs
//! One more hash an event on average when it is written ([`RightEdge`]). A proof is made from the roots of whole
//! subtrees of 256 leaves, which [`Tree`] keeps in memory (32 bytes for 256 events: 0.6 MB at five million) and
//! in a file that can always be made anew; it takes `n / 256` hashes and the reading of at most 512 events:
//! about 20,000 hashes, some 40 ms, at five million. A proof has at most log2(n) hashes.
//!
//! # What it does not do
//! Whoever holds the store *and* its signing key can write another history and sign it. Only a checkpoint that
//! was given away before ([`Checkpoint`]) shows that: then the consistency proof cannot be made.
//!
//! # Formats
//! JSON is written by [`InclusionProof`] and [`ConsistencyProof`], text by [`Checkpoint`]; `tests/verify_log.py` checks
//! all of them without a line of this code.

use super::LogError;

mod checkpoint;
mod document;
mod edge;
mod hash;
mod keys;
#[cfg(test)]
mod model;
mod notary;
mod path;
mod provable;
mod sm3_lanes;
#[cfg(test)]
mod tests;
mod tree;
mod verify;

pub use checkpoint::{Checkpoint, NoteError};
pub use document::{ConsistencyProof, InclusionProof, with_proof};
pub use edge::RightEdge;
pub use hash::{NodeHash, Profile, TreeHash};
pub use keys::{KeyError, SigningKey, VerifierKey};
pub use notary::{Notary, NotaryError, Signed, origin};
pub use path::{Subtrees, consistency, inclusion, root};
pub use provable::Provable;
pub use tree::{Growth, Leaves, Tree};
pub use verify::{TreeHead, Unproved, verify_consistency, verify_inclusion};

/// Why a proof cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The tree of that size has no such leaf.
    #[error("there is no event at position {} in a log of {size}", index.saturating_add(1))]
    NoSuchLeaf {
        /// The leaf, from 0.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one, or the newer one than the log.
    #[error("a log of {old} events is no beginning of one of {new}")]
    NotOlder {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// The events cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
}
