//! Building from a stream in two passes: one counts, one fills. No list of edges is ever held, so a graph of
//! 600 million ties needs room for itself and nothing beside.

use std::thread;

use super::{
    Base, CompactGraph, Factors, SEGMENT_BITS, SEGMENT_NODES, Segment, TieWeight, index, number, place,
};
use crate::parallel::joined;
use crate::tie_graph::Node;

/// The first pass: says how many neighbours each node has.
#[derive(Debug)]
pub struct Builder {
    /// For each segment, the offsets to be: one slot more than rows, and counts in all but the first.
    counts: Vec<Vec<u32>>,
    nodes: usize,
}

/// The second pass: puts the ties in their rows.
#[derive(Debug)]
pub struct Filling<W> {
    parts: Vec<Base<W>>,
    nodes: usize,
    missing: u64,
}

/// The second pass was not the first one again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("两遍读入的往来不一致：相差 {difference} 条。 The two passes over the ties differ by {difference}.")]
pub struct PassesDiffer {
    /// By how many arcs, more or fewer.
    pub difference: u64,
}

impl Builder {
    /// Room to count the ties of so many nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        let rows = |first: usize| SEGMENT_NODES.min(nodes - first);
        let counts = (0..nodes).step_by(SEGMENT_NODES).map(|first| vec![0; rows(first) + 1]).collect();
        Self { counts, nodes }
    }

    /// Counts a tie between two different nodes.
    #[inline]
    pub fn count(&mut self, a: Node, b: Node) {
        for node in [a, b] {
            let (at, within) = place(node);
            if let Some(count) = self.counts.get_mut(at).and_then(|counts| counts.get_mut(within + 1)) {
                *count += 1;
            }
        }
    }

    /// How many ties of a node were counted.
    #[must_use]
    pub fn counted(&self, node: Node) -> u32 {
        let (at, within) = place(node);
        self.counts.get(at).and_then(|counts| counts.get(within + 1)).copied().unwrap_or(0)
    }

    /// The same counts under other numbers: `new_number` is a permutation.
    #[must_use]
    pub fn renumbered(&self, new_number: impl Fn(Node) -> Node) -> Self {
        let mut other = Self::new(self.nodes);
        for node in 0..number(self.nodes) {
            let (at, within) = place(new_number(node));
            if let Some(count) = other.counts.get_mut(at).and_then(|counts| counts.get_mut(within + 1)) {
                *count = self.counted(node);
            }
        }
        other
    }

    /// Makes room for what was counted.
    #[must_use]
    pub fn fill<W: TieWeight + Default>(self) -> Filling<W> {
        let mut missing = 0;
        let part = |mut offsets: Vec<u32>| {
            let mut start = 0;
            // Slot i + 1 holds where row i is filled next; once it is full, that is where row i + 1 begins.
            for slot in offsets.iter_mut().skip(1) {
                start += std::mem::replace(slot, start);
            }
            missing += u64::from(start);
            Base { offsets, targets: vec![0; index(start)], weights: vec![W::default(); index(start)] }
        };
        let parts = self.counts.into_iter().map(part).collect();
        Filling { parts, nodes: self.nodes, missing }
    }
}

impl<W: TieWeight> Filling<W> {
    /// Puts a tie between two different nodes in both rows.
    #[inline]
    pub fn put(&mut self, a: Node, b: Node, weight: W) {
        self.put_arc(a, b, weight);
        self.put_arc(b, a, weight);
    }

    fn put_arc(&mut self, from: Node, to: Node, weight: W) {
        let (at, within) = place(from);
        self.missing = self.missing.wrapping_sub(1);
        let Some(part) = self.parts.get_mut(at) else { return };
        let Some(next) = part.offsets.get_mut(within + 1) else { return };
        if let (Some(target), Some(slot)) =
            (part.targets.get_mut(index(*next)), part.weights.get_mut(index(*next)))
        {
            (*target, *slot) = (to, weight);
            *next += 1;
        }
    }

    /// Sorts the rows that did not come in order and sums them up, on all processors. Of a tie that was put
    /// twice, the first counts.
    ///
    /// # Errors
    /// When other ties were put than counted.
    pub fn finish(self, factors: Factors) -> Result<CompactGraph<W>, PassesDiffer> {
        if self.missing != 0 {
            let difference = self.missing.min(self.missing.wrapping_neg());
            return Err(PassesDiffer { difference });
        }
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = self.parts.len().div_ceil(threads).max(1);
        let mut parts = self.parts.into_iter();
        let mut segments = Vec::with_capacity(self.nodes.div_ceil(1 << SEGMENT_BITS));
        thread::scope(|scope| {
            let mut working = Vec::new();
            loop {
                let chunk: Vec<Base<W>> = parts.by_ref().take(share).collect();
                if chunk.is_empty() {
                    break;
                }
                working.push(scope.spawn(move || {
                    chunk.into_iter().map(|base| Segment::new(base.in_order(), &factors)).collect::<Vec<_>>()
                }));
            }
            for part in working {
                segments.extend(joined(part));
            }
        });
        Ok(CompactGraph { segments, nodes: self.nodes, factors })
    }
}

impl<W: TieWeight> Base<W> {
    /// The same rows, ascending and each target once.
    fn in_order(self) -> Self {
        let rising = |at| self.row(at).targets.is_sorted_by(|one, next| one < next);
        if (0..self.len()).all(rising) {
            return self;
        }
        let mut sorted = Self {
            offsets: Vec::with_capacity(self.offsets.len()),
            targets: Vec::with_capacity(self.targets.len()),
            weights: Vec::with_capacity(self.weights.len()),
        };
        sorted.offsets.push(0);
        let mut arcs: Vec<(Node, W)> = Vec::new();
        for at in 0..self.len() {
            let row = self.row(at);
            arcs.clear();
            arcs.extend(row.targets.iter().copied().zip(row.weights.iter().copied()));
            arcs.sort_by_key(|arc| arc.0);
            arcs.dedup_by_key(|arc| arc.0);
            sorted.targets.extend(arcs.iter().map(|arc| arc.0));
            sorted.weights.extend(arcs.iter().map(|arc| arc.1));
            sorted.offsets.push(number(sorted.targets.len()));
        }
        sorted.targets.shrink_to_fit();
        sorted.weights.shrink_to_fit();
        sorted
    }
}
