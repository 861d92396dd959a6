//! Room for kernels, one per thread, used again from query to query.

use super::bounded_two_hop::Middle;
use super::introduction_paths::PathRoom;
use super::push::Slot;
use super::top::Top;
use super::{Ask, Found, index};
use crate::tie_graph::Node;

/// Dense room for every kernel. It grows to the graph at hand and is left clean by each query.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    pub(super) scores: Scores,
    pub(super) next_scores: Scores,
    pub(super) top: Top,
    pub(super) middles: Vec<Middle>,
    pub(super) candidates: Vec<Found>,
    pub(super) slots: Vec<Slot>,
    pub(super) kept: Vec<f32>,
    pub(super) touched: Vec<Node>,
    pub(super) frontier: Vec<Node>,
    pub(super) next_frontier: Vec<Node>,
    pub(super) paths: PathRoom,
}

/// Values by node, with the list of the nodes that have one.
#[derive(Debug, Clone, Default)]
pub(super) struct Scores {
    values: Vec<f32>,
    /// As long as `values` and one more; the first `count` entries count. A list that cannot overflow is
    /// appended to without a branch.
    touched: Vec<Node>,
    count: usize,
}

impl Scores {
    /// Makes room for so many nodes. All values are 0 between queries.
    pub(super) fn fit(&mut self, nodes: usize) {
        if self.values.len() < nodes {
            self.values.resize(nodes, 0.0);
            self.touched.resize(nodes + 1, 0);
        }
    }

    /// Adds a value above 0 to each of some nodes.
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "the innermost loop; `fit` made room for every node and one more"
    )]
    pub(super) fn add_all(&mut self, nodes: &[Node], value: f32) {
        let (values, touched, mut count) = (&mut self.values[..], &mut self.touched[..], self.count);
        for node in nodes {
            let slot = &mut values[index(*node)];
            touched[count] = *node;
            count += usize::from(*slot == 0.0);
            *slot += value;
        }
        self.count = count;
    }

    /// Adds to each of some nodes its own value, 0 or above.
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "the innermost loop; `fit` made room for every node and one more"
    )]
    pub(super) fn add_each(&mut self, arcs: impl Iterator<Item = (Node, f32)>) {
        let (values, touched, mut count) = (&mut self.values[..], &mut self.touched[..], self.count);
        for (node, value) in arcs {
            let slot = &mut values[index(node)];
            touched[count] = node;
            count += usize::from(*slot == 0.0 && value > 0.0);
            *slot += value;
        }
        self.count = count;
    }

    /// How many nodes have a value.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    pub(super) fn get(&self, node: Node) -> f32 {
        self.values.get(index(node)).copied().unwrap_or(0.0)
    }

    /// The nodes that have a value, in the order in which they got it.
    pub(super) fn touched(&self) -> &[Node] {
        self.touched.get(..self.count).unwrap_or(&[])
    }

    /// Hands out every value and leaves 0 everywhere.
    pub(super) fn drain(&mut self, mut each: impl FnMut(Node, f32)) {
        let touched = self.touched.get(..self.count).unwrap_or(&[]);
        for node in touched {
            if let Some(slot) = self.values.get_mut(index(*node)) {
                each(*node, std::mem::take(slot));
            }
        }
        self.count = 0;
    }
}

impl Scratch {
    /// Takes the best of the scores, and leaves them clean.
    pub(super) fn take_best(&mut self, ask: &Ask, found: &mut Vec<Found>) {
        let top = &mut self.top;
        top.start(ask.top);
        self.scores.drain(|node, value| {
            if ask.admits(node) {
                top.offer(node, value);
            }
        });
        top.take(found);
    }
}
