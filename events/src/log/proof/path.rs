//! Making proofs: RFC 6962, sections 2.1.1 and 2.1.2, from subtrees that somebody keeps.

use super::ProofError;
use super::edge::fold_peaks;
use super::hash::{NodeHash, TreeHash};

/// Where the hashes of whole subtrees come from.
pub trait Subtrees {
    /// The hash of the whole subtree that covers the leaves `index << level` to `(index + 1) << level`.
    ///
    /// # Errors
    /// When the leaves cannot be read.
    fn subtree(&mut self, level: u32, index: u64) -> Result<NodeHash, ProofError>;
}

/// The path that proves leaf `index` (from 0) to be in the tree of the first `size` leaves: the neighbours on
/// the way from the leaf to the root. At most 64 hashes, log2 of the size.
///
/// # Errors
/// When the tree of that size has no such leaf, or a subtree cannot be had.
pub fn inclusion<H: TreeHash + Copy>(
    hash: H,
    subtrees: &mut dyn Subtrees,
    index: u64,
    size: u64,
) -> Result<Vec<NodeHash>, ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + left_part(end - start);
        if index < middle {
            path.push(root_of(hash, subtrees, middle, end)?);
            end = middle;
        } else {
            path.push(root_of(hash, subtrees, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The path that proves the tree of the first `old` leaves to be a beginning of the tree of the first `new`.
/// Empty when both are the same tree, or the old one is empty: nothing is to be proved then.
///
/// # Errors
/// When `old` is beyond `new`, or a subtree cannot be had.
pub fn consistency<H: TreeHash + Copy>(
    hash: H,
    subtrees: &mut dyn Subtrees,
    old: u64,
    new: u64,
) -> Result<Vec<NodeHash>, ProofError> {
    if old > new {
        return Err(ProofError::NotOlder { old, new });
    }
    let mut path = Vec::new();
    if old == 0 || old == new {
        return Ok(path);
    }
    // The verifier knows the old root; while the walk goes left only, that is the part it need not be told.
    let (mut start, mut end, mut known) = (0, new, true);
    while end != old {
        let middle = start + left_part(end - start);
        if old <= middle {
            path.push(root_of(hash, subtrees, middle, end)?);
            end = middle;
        } else {
            path.push(root_of(hash, subtrees, start, middle)?);
            start = middle;
            known = false;
        }
    }
    if !known {
        path.push(root_of(hash, subtrees, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// When a subtree cannot be had.
pub fn root<H: TreeHash + Copy>(
    hash: H,
    subtrees: &mut dyn Subtrees,
    size: u64,
) -> Result<NodeHash, ProofError> {
    root_of(hash, subtrees, 0, size)
}

/// The Merkle Tree Hash of the leaves from `start` up to `end`. `start` is a multiple of the smallest power of two
/// that is not below their number, as in every call above.
fn root_of<H: TreeHash + Copy>(
    hash: H,
    subtrees: &mut dyn Subtrees,
    start: u64,
    end: u64,
) -> Result<NodeHash, ProofError> {
    let (mut at, mut peaks) = (start, Vec::new());
    while let Some(level) = end.saturating_sub(at).checked_ilog2() {
        peaks.push(subtrees.subtree(level, at >> level)?);
        at += 1 << level;
    }
    Ok(fold_peaks(hash, &peaks))
}

/// The largest power of two below `leaves`, which is at least 2: where RFC 6962 cuts a tree.
const fn left_part(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}
