//! Checking proofs, with nothing but hashes in hand: RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use super::hash::{NodeHash, TreeHash};

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// The tree of that size has no such leaf.
    #[error("the tree has no such leaf")]
    NoSuchLeaf,
    /// The old tree is larger than the new one.
    #[error("the older tree is the larger one")]
    NotOlder,
    /// The path has too many or too few hashes for these sizes.
    #[error("the path has the wrong length")]
    WrongLength,
    /// The hashes lead to another root.
    #[error("the path leads to another root")]
    OtherRoot,
    /// The hashes lead to another old root.
    #[error("the path leads to another root of the older tree")]
    OtherOldRoot,
}

/// Checks that the leaf with that hash is at `index` (from 0) of the tree of `size` leaves with that root.
///
/// # Errors
/// Says why it does not follow.
pub fn verify_inclusion<H: TreeHash + Copy>(
    hash: H,
    leaf: &NodeHash,
    index: u64,
    size: u64,
    path: &[NodeHash],
    root: &NodeHash,
) -> Result<(), Unproved> {
    if index >= size {
        return Err(Unproved::NoSuchLeaf);
    }
    let (mut node, mut last, mut found) = (index, size - 1, *leaf);
    for neighbour in path {
        if last == 0 {
            return Err(Unproved::WrongLength);
        }
        if node & 1 == 1 || node == last {
            found = hash.node(neighbour, &found);
            // A right edge without neighbours goes up as it is.
            let up = node.trailing_zeros();
            (node, last) = (node >> up, last >> up);
        } else {
            found = hash.node(&found, neighbour);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(Unproved::WrongLength);
    }
    if found == *root { Ok(()) } else { Err(Unproved::OtherRoot) }
}

/// A tree as another party knows it: how many leaves, and the root over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many leaves.
    pub size: u64,
    /// The root.
    pub root: NodeHash,
}

/// Checks that the older tree is a beginning of the newer one. An empty tree is a beginning of every tree.
///
/// # Errors
/// Says why it does not follow.
pub fn verify_consistency<H: TreeHash + Copy>(
    hash: H,
    old: &TreeHead,
    new: &TreeHead,
    path: &[NodeHash],
) -> Result<(), Unproved> {
    if old.size > new.size {
        return Err(Unproved::NotOlder);
    }
    if old.size == 0 || old.size == new.size {
        let expected = if old.size == 0 { hash.empty() } else { new.root };
        return match (path.is_empty(), old.root == expected) {
            (true, true) => Ok(()),
            (true, false) => Err(Unproved::OtherOldRoot),
            (false, _) => Err(Unproved::WrongLength),
        };
    }
    walk_consistency(hash, old, new, path)
}

fn walk_consistency<H: TreeHash + Copy>(
    hash: H,
    old: &TreeHead,
    new: &TreeHead,
    path: &[NodeHash],
) -> Result<(), Unproved> {
    // An old tree that is one whole subtree is its own first hash; the proof leaves that out.
    let mut path = path.iter();
    let start = if old.size.is_power_of_two() { Some(&old.root) } else { path.next() };
    let start = start.ok_or(Unproved::WrongLength)?;
    let up = (old.size - 1).trailing_ones();
    let (mut node, mut last) = ((old.size - 1).unbounded_shr(up), (new.size - 1).unbounded_shr(up));
    let (mut old_root, mut new_root) = (*start, *start);
    for neighbour in path {
        if last == 0 {
            return Err(Unproved::WrongLength);
        }
        if node & 1 == 1 || node == last {
            old_root = hash.node(neighbour, &old_root);
            new_root = hash.node(neighbour, &new_root);
            let up = node.trailing_zeros();
            (node, last) = (node >> up, last >> up);
        } else {
            new_root = hash.node(&new_root, neighbour);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(Unproved::WrongLength);
    }
    if old_root != old.root {
        return Err(Unproved::OtherOldRoot);
    }
    if new_root == new.root { Ok(()) } else { Err(Unproved::OtherRoot) }
}
