//! The most reliable ways of being introduced: over which brokers one gets from one party to another.
//!
//! A path is as reliable as the product of its ties' reliabilities, and names no node twice. First a search from
//! both ends at once gives each node near the far end the cost of its best way there (Dijkstra 1959 from two sides as
//! Pohl 1971, cost = -ln reliability): it ends where both meet, halfway, where each has looked at about the root of
//! what one alone would have to. What lies beyond costs at least as much as the last node settled. Then partial paths
//! from the near end are taken up in the order of the best that can become of them (A*, Hart, Nilsson and Raphael 1968),
//! so that paths come out best first, exactly, and little but them is looked at (as in Eppstein 1998, with the simple
//! paths of Yen 1971). O(arcs within half of the way from either end, plus what the paths asked for touch), times a
//! logarithm; bounded by [`PathsAsk::arcs_max`].

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
    let answer = match room.measure(graph, ask, &cost) {
        Some(arcs) => room.list(graph, ask, &cost, ask.arcs_max.saturating_sub(arcs)),
        None => IntroductionPaths { paths: Vec::new(), complete: true },
    };
    room.clear();
    answer
}

/// Room for the search.
#[derive(Debug, Clone, Default)]
pub(super) struct PathRoom {
    near: End,
    far: End,
    heap: BinaryHeap<Step>,
    partials: Vec<Partial>,
    /// Costs of the best whole paths known, ascending, no more than are wanted.
    whole: Vec<f32>,
}

/// What is known around one end.
#[derive(Debug, Clone, Default)]
struct End {
    /// Cost of the best way to this end; infinite where none is known.
    costs: Vec<f32>,
    touched: Vec<Node>,
    heap: BinaryHeap<Step>,
    /// Arcs looked at.
    arcs: usize,
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

impl End {
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
        self.arcs = 0;
    }

    fn cost(&self, node: Node) -> f32 {
        self.costs.get(index(node)).copied().unwrap_or(f32::INFINITY)
    }

    /// Lowers the cost of a node, if it is lower; whether it was.
    fn lower(&mut self, node: Node, cost: f32) -> bool {
        let Some(kept) = self.costs.get_mut(index(node)).filter(|kept| cost < **kept) else { return false };
        if kept.is_infinite() {
            self.touched.push(node);
        }
        *kept = cost;
        self.heap.push(Step { cost, at: index(node) });
        true
    }

    /// What the nearest node costs that is not settled, and every other one at least; infinite when all are.
    fn radius(&mut self) -> f32 {
        while let Some(step) = self.heap.peek() {
            if self.costs.get(step.at).is_some_and(|cost| step.cost <= *cost) {
                return step.cost;
            }
            self.heap.pop();
        }
        f32::INFINITY
    }

    /// Settles the nearest node: looks at its ties. The cost of the best way to the other end that this shows.
    fn settle<G: Rows>(&mut self, graph: &G, cost: &impl Fn(G::Weight) -> f32, other: &Self) -> f32 {
        let Some(step) = self.heap.pop() else { return f32::INFINITY };
        let row = graph.row(Node::try_from(step.at).unwrap_or(Node::MAX));
        self.arcs += row.targets.len();
        let mut best = f32::INFINITY;
        for (to, weight) in row.arcs().filter(|(_, weight)| graph.weigh(*weight) > 0.0) {
            let there = step.cost + cost(weight);
            if self.lower(to, there) {
                best = best.min(there + other.cost(to));
            }
        }
        best
    }
}

impl PathRoom {
    fn fit(&mut self, nodes: usize) {
        self.near.fit(nodes);
        self.far.fit(nodes);
    }

    fn clear(&mut self) {
        self.near.clear();
        self.far.clear();
        self.heap.clear();
        self.partials.clear();
        self.whole.clear();
    }

    /// Costs around both ends, until no way beyond what is settled can be the best, or half of the arcs allowed were
    /// looked at; how many were. None where no way leads from one end to the other.
    fn measure<G: Rows>(
        &mut self,
        graph: &G,
        ask: &PathsAsk,
        cost: &impl Fn(G::Weight) -> f32,
    ) -> Option<usize> {
        let Self { near, far, .. } = self;
        near.lower(ask.from, 0.0);
        far.lower(ask.to, 0.0);
        let mut best = f32::INFINITY;
        loop {
            let (near_radius, far_radius) = (near.radius(), far.radius());
            let arcs = near.arcs + far.arcs;
            if near_radius.max(far_radius).is_infinite() {
                return best.is_finite().then_some(arcs);
            }
            if near_radius + far_radius >= best || arcs >= ask.arcs_max / 2 {
                return Some(arcs);
            }
            let (one, other) = if near.arcs < far.arcs { (&mut *near, &*far) } else { (&mut *far, &*near) };
            best = best.min(one.settle(graph, cost, other));
        }
    }

    /// Paths in the order of their cost. What is not settled costs the radius at least.
    fn list<G: Rows>(
        &mut self,
        graph: &G,
        ask: &PathsAsk,
        cost: &impl Fn(G::Weight) -> f32,
        mut budget: usize,
    ) -> IntroductionPaths {
        let (mut paths, radius) = (Vec::new(), self.far.radius());
        let begin = Partial { node: ask.from, before: usize::MAX, cost: 0.0, ties: 0 };
        self.begin(begin, ask, radius);
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
            budget = left;
            let so_far = self.nodes_of(step.at);
            for (to, weight) in row.arcs().filter(|(_, weight)| graph.weigh(*weight) > 0.0) {
                let in_time = to == ask.to || partial.ties + 1 < ask.ties_max;
                if in_time && !so_far.contains(&to) {
                    let cost = partial.cost + cost(weight);
                    let longer = Partial { node: to, before: step.at, cost, ties: partial.ties + 1 };
                    self.begin(longer, ask, radius);
                }
            }
        }
        IntroductionPaths { paths, complete: true }
    }

    /// Takes a partial path in, unless as many whole ones as are wanted cost less than the best that can become of it.
    fn begin(&mut self, partial: Partial, ask: &PathsAsk, radius: f32) {
        let cost = partial.cost + self.far.cost(partial.node).min(radius);
        let full = self.whole.len() >= ask.most;
        if cost.is_infinite() || full && self.whole.last().is_some_and(|worst| cost > *worst) {
            return;
        }
        if partial.node == ask.to {
            let at = self.whole.partition_point(|known| *known <= cost);
            self.whole.insert(at, cost);
            self.whole.truncate(ask.most);
        }
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
