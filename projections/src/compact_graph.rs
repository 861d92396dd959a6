//! The graph that everything is asked of: contiguous rows in segments, fresh rows laid over them.
//!
//! A node's *row* is its neighbours, ascending, each with the weight of the tie; both ends of a tie have it.
//! Rows lie one after the other in segments of [`SEGMENT_NODES`] nodes: 4 bytes a target, 2 with
//! [`PackedWeight`] for the weight, 8 a node for offset and strength. A changed row is written anew, whole, and
//! found by one bit a node ([`fresh`]); so every query sees one slice, and a tie can be added, changed or taken
//! away alike. A copy of the graph shares everything and costs two counters a segment, which is how readers keep
//! theirs while the writer goes on. Segments are folded one by one ([`CompactGraph::fold_segment`]), so
//! rebuilding needs room for one segment, and no reader waits.
//!
//! Measured against `petgraph::csr::Csr` (8-byte offsets, a whole array moved by every new edge, no removal):
//! as fast to walk, half its size, and it changes. petgraph's algorithms run on it unchanged ([`visit`]).

use std::ops::Range;
use std::sync::Arc;

use crate::kernels::{Row, Rows};
use crate::tie_graph::Node;

pub mod build;
pub mod fresh;
pub mod visit;
pub mod weight;

pub use build::Builder;
pub use weight::{Factors, PackedWeight, TieWeight};

use fresh::{Fresh, FreshRow};

/// Nodes of a segment, as a power of two: small enough that one is folded within milliseconds, large enough that
/// a national graph has a few thousand.
const SEGMENT_BITS: u32 = 14;
/// Nodes of a segment.
pub const SEGMENT_NODES: usize = 1 << SEGMENT_BITS;

/// Rows of so many nodes. See the [module](self).
#[derive(Debug, Clone)]
pub struct CompactGraph<W> {
    segments: Vec<Segment<W>>,
    nodes: usize,
    factors: Factors,
}

/// The rows of some consecutive nodes.
#[derive(Debug, Clone)]
struct Segment<W> {
    base: Arc<Base<W>>,
    /// Sum of the weights of each row of the base, by the factors of the graph.
    strengths: Arc<[f32]>,
    fresh: Option<Arc<Fresh<W>>>,
}

/// Rows one after the other.
#[derive(Debug, Clone)]
struct Base<W> {
    /// Where each row begins, and where the last ends.
    offsets: Vec<u32>,
    targets: Vec<Node>,
    weights: Vec<W>,
}

/// How much of a graph is not in its base yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Rows that were written anew.
    pub rows: usize,
    /// Their arcs.
    pub arcs: usize,
}

impl<W: TieWeight> Default for CompactGraph<W> {
    fn default() -> Self {
        Self { segments: Vec::new(), nodes: 0, factors: Factors::default() }
    }
}

impl<W: TieWeight> CompactGraph<W> {
    /// Adds a node without ties and returns its number. Amortised constant time.
    pub fn add_node(&mut self) -> Node {
        if self.nodes == self.segments.len() << SEGMENT_BITS {
            self.segments.push(Segment::default());
        }
        self.nodes += 1;
        number(self.nodes - 1)
    }

    /// Sets the weight of the tie between two nodes, adding it where there is none; nothing where either node
    /// does not exist. O(both rows), and no more than that is copied.
    pub fn set_tie(&mut self, a: Node, b: Node, weight: W) {
        if index(a.max(b)) < self.nodes {
            self.replace(a, |row| row.set(b, weight));
            if a != b {
                self.replace(b, |row| row.set(a, weight));
            }
        }
    }

    /// Sets the weights of ties of one node, adding those that there are not. Each row is written once: O(the rows
    /// of all of them).
    pub fn set_ties(&mut self, node: Node, ties: &[(Node, W)]) {
        let known = |other: Node| index(other) < self.nodes && other != node;
        let ties: Vec<(Node, W)> = ties.iter().copied().filter(|(other, _)| known(*other)).collect();
        if index(node) >= self.nodes {
            return;
        }
        self.replace(node, |row| ties.iter().for_each(|(other, weight)| row.set(*other, *weight)));
        for (other, weight) in ties {
            self.replace(other, |row| row.set(node, weight));
        }
    }

    /// Takes the tie between two nodes away, if there is one. O(both rows).
    pub fn remove_tie(&mut self, a: Node, b: Node) {
        if self.weight_between(a, b).is_some() {
            self.replace(a, |row| row.remove(b));
            self.replace(b, |row| row.remove(a));
        }
    }

    /// Writes the whole row of a node anew: targets ascending, once each. The caller keeps both ends of a tie in
    /// step. O(row).
    pub fn set_row(&mut self, node: Node, targets: Vec<Node>, weights: Vec<W>) {
        if index(node) < self.nodes {
            self.replace(node, |row| *row = FreshRow::new(targets, weights));
        }
    }

    /// The weight of the tie between two nodes, if there is one. O(log of the row of `a`).
    #[must_use]
    pub fn weight_between(&self, a: Node, b: Node) -> Option<W> {
        let row = self.row(a);
        row.weights.get(row.targets.binary_search(&b).ok()?).copied()
    }

    /// What the weights of each kind are multiplied by when they are read.
    #[must_use]
    pub const fn factors(&self) -> &Factors {
        &self.factors
    }

    /// The same graph read with other factors: only the sums kept beside the rows are computed anew. O(arcs).
    #[must_use]
    pub fn with_factors(&self, factors: Factors) -> Self {
        let segments = self.segments.iter().map(|segment| segment.weighed_by(&factors)).collect();
        Self { segments, nodes: self.nodes, factors }
    }

    /// How many arcs there are: two for every tie.
    #[must_use]
    pub fn arc_count(&self) -> usize {
        self.segments.iter().map(Segment::arc_count).sum()
    }

    /// How much lies over the base.
    #[must_use]
    pub fn overlay(&self) -> Overlay {
        self.segments.iter().filter_map(|segment| segment.fresh.as_deref()).fold(
            Overlay::default(),
            |sum, fresh| Overlay { rows: sum.rows + fresh.len(), arcs: sum.arcs + fresh.arc_count() },
        )
    }

    /// How many segments there are.
    #[must_use]
    pub const fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// Folds the fresh rows of one segment into its base. Readers of older copies keep theirs. O(its arcs).
    pub fn fold_segment(&mut self, segment: usize) {
        if let Some(segment) = self.segments.get_mut(segment).filter(|segment| segment.fresh.is_some()) {
            *segment = segment.folded(&self.factors);
        }
    }

    /// Takes over segments that were folded in a copy made earlier ([`Self::fold_segment`]): what is fresh there
    /// no longer is kept here, what came since stays over them. Nothing happens when the factors differ.
    pub fn adopt_folded(&mut self, copy: &Self, folded: &Self) {
        if self.factors != folded.factors {
            return;
        }
        let pairs = self.segments.iter_mut().zip(&copy.segments).zip(&folded.segments);
        for ((own, before), after) in pairs {
            if Arc::ptr_eq(&own.base, &before.base) && !Arc::ptr_eq(&before.base, &after.base) {
                let newer = own.fresh.as_ref().and_then(|fresh| fresh.since(before.fresh.as_deref()));
                *own = Segment { fresh: newer.map(Arc::new), ..after.clone() };
            }
        }
    }

    /// Bytes of rows, offsets and strengths, fresh ones included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let arc = size_of::<Node>() + size_of::<W>();
        self.arc_count() * arc + self.nodes * (size_of::<u32>() + size_of::<f32>())
    }

    fn replace(&mut self, node: Node, change: impl FnOnce(&mut FreshRow<W>)) {
        let (at, within) = place(node);
        let Some(segment) = self.segments.get_mut(at) else { return };
        let mut row = FreshRow::of(segment.row(within));
        change(&mut row);
        row.weigh(&self.factors);
        Arc::make_mut(segment.fresh.get_or_insert_default()).put(within, row);
    }
}

impl<W: TieWeight> Rows for CompactGraph<W> {
    type Weight = W;

    fn nodes(&self) -> usize {
        self.nodes
    }

    #[inline]
    fn row(&self, node: Node) -> Row<'_, W> {
        let (at, within) = place(node);
        self.segments.get(at).map_or(Row { targets: &[], weights: &[] }, |segment| segment.row(within))
    }

    fn rows(&self, nodes: Range<Node>) -> impl Iterator<Item = Row<'_, W>> {
        let (start, end) = (index(nodes.start), index(nodes.end).min(self.nodes));
        let of_segment = move |(at, segment)| {
            let first = at << SEGMENT_BITS;
            let within = start.saturating_sub(first)..end.saturating_sub(first).min(SEGMENT_NODES);
            within.map(move |at| Segment::row(segment, at))
        };
        let from = start >> SEGMENT_BITS;
        self.segments
            .iter()
            .enumerate()
            .skip(from)
            .take_while(move |(at, _)| at << SEGMENT_BITS < end)
            .flat_map(of_segment)
    }

    #[inline]
    fn weigh(&self, weight: W) -> f32 {
        weight.value(&self.factors)
    }

    #[inline]
    fn strength(&self, node: Node) -> f32 {
        let (at, within) = place(node);
        self.segments.get(at).map_or(0.0, |segment| segment.strength(within))
    }
}

impl<W: TieWeight> Default for Segment<W> {
    fn default() -> Self {
        let base = Base { offsets: vec![0], targets: Vec::new(), weights: Vec::new() };
        Self { base: Arc::new(base), strengths: Arc::new([]), fresh: None }
    }
}

impl<W: TieWeight> Segment<W> {
    fn new(base: Base<W>, factors: &Factors) -> Self {
        let strengths = base.strengths(factors);
        Self { base: Arc::new(base), strengths, fresh: None }
    }

    #[inline]
    fn row(&self, at: usize) -> Row<'_, W> {
        match self.fresh.as_ref().and_then(|fresh| fresh.row(at)) {
            Some(row) => row.as_row(),
            None => self.base.row(at),
        }
    }

    #[inline]
    fn strength(&self, at: usize) -> f32 {
        match self.fresh.as_ref().and_then(|fresh| fresh.row(at)) {
            Some(row) => row.strength(),
            None => self.strengths.get(at).copied().unwrap_or(0.0),
        }
    }

    fn arc_count(&self) -> usize {
        let replaced = |fresh: &Fresh<W>| fresh.places().map(|at| self.base.row(at).targets.len()).sum();
        let (more, fewer): (usize, usize) = match self.fresh.as_deref() {
            Some(fresh) => (fresh.arc_count(), replaced(fresh)),
            None => (0, 0),
        };
        self.base.targets.len() + more - fewer
    }

    fn folded(&self, factors: &Factors) -> Self {
        let fresh_end = self.fresh.as_deref().and_then(|fresh| fresh.places().last()).map_or(0, |at| at + 1);
        let rows = self.base.len().max(fresh_end);
        let arcs = self.arc_count();
        let mut base = Base {
            offsets: Vec::with_capacity(rows + 1),
            targets: Vec::with_capacity(arcs),
            weights: Vec::with_capacity(arcs),
        };
        base.offsets.push(0);
        for at in 0..rows {
            let row = self.row(at);
            base.targets.extend_from_slice(row.targets);
            base.weights.extend_from_slice(row.weights);
            base.offsets.push(number(base.targets.len()));
        }
        Self::new(base, factors)
    }

    fn weighed_by(&self, factors: &Factors) -> Self {
        let fresh = self.fresh.as_deref().map(|fresh| Arc::new(fresh.weighed_by(factors)));
        Self { base: Arc::clone(&self.base), strengths: self.base.strengths(factors), fresh }
    }
}

impl<W: TieWeight> Base<W> {
    const fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    #[inline]
    fn row(&self, at: usize) -> Row<'_, W> {
        let range = match (self.offsets.get(at), self.offsets.get(at + 1)) {
            (Some(start), Some(end)) => index(*start)..index(*end),
            _ => 0..0,
        };
        Row {
            targets: self.targets.get(range.clone()).unwrap_or(&[]),
            weights: self.weights.get(range).unwrap_or(&[]),
        }
    }

    fn strengths(&self, factors: &Factors) -> Arc<[f32]> {
        (0..self.len()).map(|at| weight::sum(self.row(at).weights, factors)).collect()
    }
}

/// Segment of a node, and place in it.
#[inline]
const fn place(node: Node) -> (usize, usize) {
    (index(node) >> SEGMENT_BITS, index(node) & (SEGMENT_NODES - 1))
}

#[inline]
const fn index(node: Node) -> usize {
    node as usize
}

/// A count as a node number: four thousand million are more than the world has.
fn number(count: usize) -> Node {
    Node::try_from(count).unwrap_or(Node::MAX)
}

#[cfg(test)]
mod tests;
