//! For tests: RFC 6962, section 2.1, word for word and as slow as it reads.

use super::hash::{NodeHash, TreeHash};

/// The hashes of `count` leaves, each of other bytes.
pub(super) fn leaves<H: TreeHash + Copy>(hash: H, count: u64) -> Vec<NodeHash> {
    (0..count).map(|n| hash.leaf(format!("leaf {n}").as_bytes())).collect()
}

/// The largest power of two below `n`.
fn k(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH(D[n]).
pub(super) fn root<H: TreeHash + Copy>(hash: H, leaves: &[NodeHash]) -> NodeHash {
    match leaves {
        [] => hash.empty(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(k(leaves.len()));
            hash.node(&root(hash, left), &root(hash, right))
        }
    }
}

/// PATH(m, D[n]).
pub(super) fn path<H: TreeHash + Copy>(hash: H, m: usize, leaves: &[NodeHash]) -> Vec<NodeHash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let k = k(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m < k {
        [path(hash, m, left), vec![root(hash, right)]].concat()
    } else {
        [path(hash, m - k, right), vec![root(hash, left)]].concat()
    }
}

/// SUBPROOF(m, D[n], b); PROOF(m, D[n]) is the one with `b` true.
pub(super) fn subproof<H: TreeHash + Copy>(hash: H, m: usize, leaves: &[NodeHash], b: bool) -> Vec<NodeHash> {
    if m == leaves.len() {
        return if b { Vec::new() } else { vec![root(hash, leaves)] };
    }
    let k = k(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m <= k {
        [subproof(hash, m, left, b), vec![root(hash, right)]].concat()
    } else {
        [subproof(hash, m - k, right, false), vec![root(hash, left)]].concat()
    }
}
