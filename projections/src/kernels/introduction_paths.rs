//! The most reliable ways of being introduced: over which brokers one gets from one party to another.
//!
//! A path is as reliable as the product of its ties' reliabilities, and names no node twice. First a search from
//! the far end gives each node near it the cost of its best way there (Dijkstra 1959, cost = -ln reliability); then
//! partial paths from the near end are taken up in the order of the best that can become of them (A*, Hart, Nilsson
//! and Raphael 1968), so that paths come out best first, exactly, and little but them is looked at (as in
//! Eppstein 1998, with the simple paths of Yen 1971). O(arcs nearer to the far end than the near end is, plus what
//! the paths asked for touch), times a logarithm; both bounded by [`PathsAsk::arcs_max`].

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::{Rows, Scratch, index};
use crate::tie_graph::Node;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathsAsk {
    /// Who wants to be introduced.
    pub from: Node,
    /// To whom.
    pub to: Node,
    /// How many paths at most.
    pub most: usize,
    /// How many ties a path may have at most.
    pub ties_max: usize,
    /// How many arcs may be looked at in all.
    pub arcs_max: usize,
}

/// One path.
#[derive(Debug, Clone, PartialEq)]
pub struct IntroductionPath {
    /// Both ends and the brokers between.
    pub nodes: Vec<Node>,
    /// The product of the ties' reliabilities, above 0 and at most 1.
    pub reliability: f32,
}

/// The paths found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IntroductionPaths {
    /// Best first.
    pub paths: Vec<IntroductionPath>,
    /// False when the search was broken off: there may be others.
    pub complete: bool,
}

/// A reliability for a weight above 0: half for a tie of weight 1, more for a stronger one, never certain.
#[must_use]
pub fn reliability(weight: f32) -> f32 {
    weight / (1.0 + weight)
}

/// The most reliable paths. `reliability` gives each weight above 0 a number above 0 and at most 1.
pub fn introduction_paths<G: Rows>(
    graph: &G,
    ask: &PathsAsk,
    reliability: impl Fn(f32) -> f32,
    scratch: &mut Scratch,
) -> IntroductionPaths {
    let nodes = graph.nodes();
    if ask.from == ask.to || index(ask.from.max(ask.to)) >= nodes {
        return IntroductionPaths { paths: Vec::new(), complete: true };
    }
    let room = &mut scratch.paths;
    room.fit(nodes);
    let cost = |weight: G::Weight| -libm::logf(reliability(graph.weigh(weight)).min(1.0));
    let mut budget = ask.arcs_max;
    let radius = room.measure(graph, ask, &cost, &mut budget);
    let answer = match radius {
        Some(radius) => room.list(graph, ask, &cost, radius, &mut budget),
        None => IntroductionPaths { paths: Vec::new(), complete: budget > 0 },
    };
    room.clear();
    answer
}

/// Room for the search.
#[derive(Debug, Clone, Default)]
pub(super) struct PathRoom {
    /// Cost of the best way to the far end; infinite where it is not known.
    costs: Vec<f32>,
    touched: Vec<Node>,
    heap: BinaryHeap<Step>,
    partials: Vec<Partial>,
}

/// A path from the near end so far: its last node, and the partial that it goes on from.
#[derive(Debug, Clone, Copy)]
struct Partial {
    node: Node,
    before: usize,
    cost: f32,
    ties: usize,
}

/// Something to take up, cheapest first; of equal ones the one with the lower number.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    cost: f32,
    at: usize,
}

impl Eq for Step {}

impl Ord for Step {
    fn cmp(&self, other: &Self) -> Ordering {
        other.cost.total_cmp(&self.cost).then(other.at.cmp(&self.at))
    }
}

impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PathRoom {
    fn fit(&mut self, nodes: usize) {
        if self.costs.len() < nodes {
            self.costs.resize(nodes, f32::INFINITY);
        }
    }

    fn clear(&mut self) {
        for node in self.touched.drain(..) {
            if let Some(cost) = self.costs.get_mut(index(node)) {
                *cost = f32::INFINITY;
            }
        }
        self.heap.clear();
        self.partials.clear();
    }

    fn cost(&self, node: Node) -> f32 {
        self.costs.get(index(node)).copied().unwrap_or(f32::INFINITY)
    }

    /// Lowers the cost of a node, if it is lower.
    fn lower(&mut self, node: Node, cost: f32) {
        let Some(kept) = self.costs.get_mut(index(node)).filter(|kept| cost < **kept) else { return };
        if kept.is_infinite() {
            self.touched.push(node);
        }
        *kept = cost;
        self.heap.push(Step { cost, at: index(node) });
    }

    /// Costs of all nodes nearer to the far end than the near end is; its own cost, if it was reached.
    fn measure<G: Rows>(
        &mut self,
        graph: &G,
        ask: &PathsAsk,
        cost: &impl Fn(G::Weight) -> f32,
        budget: &mut usize,
    ) -> Option<f32> {
        self.lower(ask.to, 0.0);
        while let Some(step) = self.heap.pop() {
            let node = Node::try_from(step.at).unwrap_or(Node::MAX);
            if step.cost > self.cost(node) {
                continue;
            }
            if node == ask.from {
                self.heap.clear();
                return Some(step.cost);
            }
            let row = graph.row(node);
            *budget = budget.saturating_sub(row.targets.len());
            if *budget == 0 {
                self.heap.clear();
                return None;
            }
            for (to, weight) in row.arcs().filter(|(_, weight)| graph.weigh(*weight) > 0.0) {
                self.lower(to, step.cost + cost(weight));
            }
        }
        None
    }

    /// Paths in the order of their cost. What is not measured costs the radius at least.
    fn list<G: Rows>(
        &mut self,
        graph: &G,
        ask: &PathsAsk,
        cost: &impl Fn(G::Weight) -> f32,
        radius: f32,
        budget: &mut usize,
    ) -> IntroductionPaths {
        let mut paths = Vec::new();
        self.begin(Partial { node: ask.from, before: usize::MAX, cost: 0.0, ties: 0 }, radius);
        while let Some(step) = self.heap.pop() {
            let Some(partial) = self.partials.get(step.at).copied() else { continue };
            if partial.node == ask.to {
                let nodes = self.nodes_of(step.at);
                paths.push(IntroductionPath { nodes, reliability: libm::expf(-partial.cost) });
                if paths.len() >= ask.most {
                    return IntroductionPaths { paths, complete: true };
                }
                continue;
            }
            if partial.ties >= ask.ties_max {
                continue;
            }
            let row = graph.row(partial.node);
            let Some(left) = budget.checked_sub(row.targets.len()) else {
                return IntroductionPaths { paths, complete: false };
            };
            *budget = left;
            let so_far = self.nodes_of(step.at);
            for (to, weight) in row.arcs().filter(|(_, weight)| graph.weigh(*weight) > 0.0) {
                let at_the_end = to == ask.to || partial.ties + 1 < ask.ties_max;
                if at_the_end && !so_far.contains(&to) {
                    let cost = partial.cost + cost(weight);
                    self.begin(Partial { node: to, before: step.at, cost, ties: partial.ties + 1 }, radius);
                }
            }
        }
        IntroductionPaths { paths, complete: true }
    }

    fn begin(&mut self, partial: Partial, radius: f32) {
        let cost = partial.cost + self.cost(partial.node).min(radius);
        self.heap.push(Step { cost, at: self.partials.len() });
        self.partials.push(partial);
    }

    fn nodes_of(&self, at: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut next = self.partials.get(at);
        while let Some(partial) = next {
            nodes.push(partial.node);
            next = self.partials.get(partial.before);
        }
        nodes.reverse();
        nodes
    }
}
