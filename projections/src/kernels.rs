//! Kernels: the few loops that rankings over ties come down to, one file each with its cost and source. The bench
//! holds them against the machine; lists walk in `tie_graph/walk.rs` and `best_walk.rs`.
//!
//! They read any graph of contiguous rows ([`Rows`]): [`CompactGraph`](crate::compact_graph::CompactGraph), and
//! petgraph's own `Csr` ([`WithStrengths`]). The trait costs nothing: it is resolved at compile time. Every kernel
//! works in dense room that is kept from query to query ([`Scratch`]): values by node, and a list of the nodes
//! touched, so that clearing costs what filling did and nothing is allocated after the first queries.
//!
//! Values are `f32`: four bytes a node is what stays in cache, and that, not the rows, sets the speed.

use petgraph::csr::Csr;

use crate::tie_graph::Node;

pub mod batch;
pub mod bounded_two_hop;
pub mod introduction_paths;
pub mod page_rank;
pub mod push;
pub mod scratch;
pub mod three_step;
pub mod top;
pub mod two_hop;

pub use scratch::Scratch;
pub use top::Found;

/// The neighbours of a node, ascending, each with the weight of the tie.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a, W> {
    /// Who.
    pub targets: &'a [Node],
    /// The weights, in the same order.
    pub weights: &'a [W],
}

impl<'a, W: Copy> Row<'a, W> {
    /// Targets with weights.
    pub fn arcs(self) -> impl Iterator<Item = (Node, W)> + use<'a, W> {
        self.targets.iter().copied().zip(self.weights.iter().copied())
    }
}

/// A graph of contiguous rows. Ties are symmetric: both ends have them, with one weight.
pub trait Rows: Sync {
    /// The weight of a tie, as stored.
    type Weight: Copy;

    /// How many nodes there are, numbered from 0.
    fn nodes(&self) -> usize;

    /// The row of a node; empty where there is no such node.
    fn row(&self, node: Node) -> Row<'_, Self::Weight>;

    /// The rows of nodes that follow each other. Cheaper than asking for each, where rows lie one after the other.
    fn rows(&self, nodes: std::ops::Range<Node>) -> impl Iterator<Item = Row<'_, Self::Weight>> {
        nodes.map(|node| self.row(node))
    }

    /// A weight as it counts.
    fn weigh(&self, weight: Self::Weight) -> f32;

    /// Sum of the weights of a node's ties as they count. Constant time.
    fn strength(&self, node: Node) -> f32;
}

/// petgraph's `Csr`, with the sums of its rows beside it.
#[derive(Debug, Clone)]
pub struct WithStrengths<'a> {
    graph: &'a Csr<(), f32, petgraph::Directed, Node>,
    strengths: Vec<f32>,
}

impl<'a> WithStrengths<'a> {
    /// Sums up every row. O(arcs).
    #[must_use]
    pub fn new(graph: &'a Csr<(), f32, petgraph::Directed, Node>) -> Self {
        let nodes = Node::try_from(graph.node_count()).unwrap_or(Node::MAX);
        Self { graph, strengths: (0..nodes).map(|node| graph.edges_slice(node).iter().sum()).collect() }
    }
}

impl Rows for WithStrengths<'_> {
    type Weight = f32;

    fn nodes(&self) -> usize {
        self.strengths.len()
    }

    #[inline]
    fn row(&self, node: Node) -> Row<'_, f32> {
        if index(node) >= self.strengths.len() {
            return Row { targets: &[], weights: &[] };
        }
        Row { targets: self.graph.neighbors_slice(node), weights: self.graph.edges_slice(node) }
    }

    #[inline]
    fn weigh(&self, weight: f32) -> f32 {
        weight
    }

    #[inline]
    fn strength(&self, node: Node) -> f32 {
        self.strengths.get(index(node)).copied().unwrap_or(0.0)
    }
}

/// What a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// For whom. Never an answer.
    pub from: Node,
    /// How many at most.
    pub top: usize,
    /// Who may be an answer: numbers are given by class, so a class is a range.
    pub among: std::ops::Range<Node>,
}

impl Ask {
    #[inline]
    fn admits(&self, node: Node) -> bool {
        node != self.from && self.among.contains(&node)
    }
}

#[inline]
const fn index(node: Node) -> usize {
    node as usize
}

/// A count as a float; beyond 2^24 to seven digits.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "seven digits are enough for a share")]
const fn float(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
pub(crate) mod tests;
