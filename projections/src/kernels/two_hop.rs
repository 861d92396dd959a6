//! Two hops: who shares something with a node, and how much that says.
//!
//! Value of v = sum over the middles z between: `share(z)`, times both weights where they count. A full scan of
//! the rows of all middles: O(arcs within two hops) time, one random read and write each; nothing beside the
//! scratch. Adamic and Adar 2003 (`1 / ln size`), Zhou, Lü and Zhang 2009 (resource allocation, `1 / size`).
//! Where a share falls fast with the size, [`bounded_two_hop`](super::bounded_two_hop) answers the same in less.

use super::{Ask, Found, Rows, Scratch, float};

/// What a middle that two nodes share is worth.
pub trait Share: Copy + Sync {
    /// Whether the weights of the two ties count.
    const WEIGHTED: bool;

    /// The worth of a middle with so many neighbours and that sum of weights.
    fn of(members: usize, strength: f32) -> f32;
}

/// `1 / size`: each middle hands out one, evenly.
#[derive(Debug, Clone, Copy)]
pub struct ResourceAllocation;

impl Share for ResourceAllocation {
    const WEIGHTED: bool = false;

    #[inline]
    fn of(members: usize, _strength: f32) -> f32 {
        1.0 / float(members.max(1))
    }
}

/// Each middle hands out what it got in proportion to its ties: `w(u,z) w(z,v) / strength(z)`.
#[derive(Debug, Clone, Copy)]
pub struct WeightedResourceAllocation;

impl Share for WeightedResourceAllocation {
    const WEIGHTED: bool = true;

    #[inline]
    fn of(_members: usize, strength: f32) -> f32 {
        if strength > 0.0 { 1.0 / strength } else { 0.0 }
    }
}

/// `1 / ln size`. A middle of one joins nobody.
#[derive(Debug, Clone, Copy)]
pub struct AdamicAdar;

impl Share for AdamicAdar {
    const WEIGHTED: bool = false;

    #[inline]
    fn of(members: usize, _strength: f32) -> f32 {
        1.0 / libm::logf(float(members.max(2)))
    }
}

/// The best by two hops, in `found`, best first.
pub fn two_hop<G: Rows, S: Share>(graph: &G, ask: &Ask, scratch: &mut Scratch, found: &mut Vec<Found>) {
    scratch.scores.fit(graph.nodes());
    for (middle, weight) in graph.row(ask.from).arcs() {
        let row = graph.row(middle);
        let handed = handed_on::<G, S>(graph, middle, row.targets.len(), weight);
        scan::<G, S>(graph, middle, handed, scratch);
    }
    scratch.take_best(ask, found);
}

/// What a middle hands on to each of its neighbours, before the weight of the tie to it.
#[inline]
pub(super) fn handed_on<G: Rows, S: Share>(graph: &G, middle: u32, members: usize, weight: G::Weight) -> f32 {
    if S::WEIGHTED {
        graph.weigh(weight) * S::of(members, graph.strength(middle))
    } else {
        S::of(members, 0.0)
    }
}

/// Hands on to every neighbour of a middle.
#[inline]
pub(super) fn scan<G: Rows, S: Share>(graph: &G, middle: u32, handed: f32, scratch: &mut Scratch) {
    let row = graph.row(middle);
    if S::WEIGHTED {
        scratch.scores.add_each(row.arcs().map(|(to, weight)| (to, handed * graph.weigh(weight))));
    } else {
        scratch.scores.add_all(row.targets, handed);
    }
}
