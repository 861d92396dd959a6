//! 资源分配 (resource allocation, fading): both know the same parties, and those know few others.
//!
//! Each party hands what it receives to those it is tied with, in proportion to the ties. With weight a_g and
//! size n_g of an occasion g: `x(z) = sum over g with u and z of a_g`, `s(z) = sum over g with z of a_g n_g`,
//! value of v = `sum over g with v of a_g sum over z in g, other than both ends, of x(z) / s(z)`. What the two
//! have with each other directly is another reason's business. Two steps, O(arcs within two steps).
//! Zhou, Lü and Zhang 2009; the fading and the damping by size are measured choices.

use super::{PATHS_MAX, Path, Signal, others, path::strongest, shared_out};
use crate::tie_graph::{Node, TieGraph, walk::Scratch, walk::Through};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct ResourceAllocation;

impl Signal for ResourceAllocation {
    fn name(&self) -> &'static str {
        "resource_allocation"
    }

    fn label_zh(&self) -> &'static str {
        "共同往来"
    }

    fn label_en(&self) -> &'static str {
        "shared contacts"
    }

    fn values(&self, graph: &TieGraph, from: Node, scratch: &mut Scratch) -> Vec<(Node, f64)> {
        let near = shared_out_by_neighbours(graph, from, scratch);
        scratch.step(graph, Through::Everyone);
        let through_others = |(to, value): (Node, f64)| {
            let held = near.binary_search_by_key(&to, |(node, _)| *node).ok().and_then(|at| near.get(at));
            let own = held.map_or(0.0, |(_, held)| held * graph.weight_of_all(to));
            // What is left of a difference by rounding alone is nothing.
            (value - own > value * ROUNDING).then_some((to, value - own))
        };
        others(scratch, graph, from).into_iter().filter_map(through_others).collect()
    }

    fn paths(&self, graph: &TieGraph, from: Node, to: &[Node], scratch: &mut Scratch) -> Vec<Vec<Path>> {
        let near = shared_out_by_neighbours(graph, from, scratch);
        to.iter().map(|to| paths_to(graph, from, *to, &near, scratch)).collect()
    }
}

/// A difference below this part of what it was taken from is rounding.
const ROUNDING: f64 = 1e-9;

/// What the neighbours of `from` have to hand on, by node; `from` itself hands nothing on.
fn shared_out_by_neighbours(graph: &TieGraph, from: Node, scratch: &mut Scratch) -> Vec<(Node, f64)> {
    scratch.start(graph, from);
    let received = scratch.step(graph, Through::Everyone);
    received
        .change(|party, value| if party == from { 0.0 } else { shared_out(value, graph.strength(party)) });
    let mut near: Vec<(Node, f64)> = scratch.reached().iter().collect();
    near.sort_unstable_by_key(|(node, _)| *node);
    near
}

/// Ties are symmetric, so what middle z brings to `to` is what both ends push to z, shared out there.
fn paths_to(
    graph: &TieGraph,
    from: Node,
    to: Node,
    near: &[(Node, f64)],
    scratch: &mut Scratch,
) -> Vec<Path> {
    scratch.start(graph, to);
    scratch.step(graph, Through::Everyone);
    let reached = scratch.reached();
    let middles = near.iter().filter(|(middle, _)| *middle != from && *middle != to);
    let brought: Vec<(Node, f64)> =
        middles.map(|(middle, value)| (*middle, value * reached.get(*middle))).collect();
    let total: f64 = brought.iter().map(|(_, value)| value).sum();
    let path = |(middle, value)| Path::over(graph, &[from, middle, to], value / total);
    strongest(brought, PATHS_MAX).into_iter().filter_map(path).collect()
}
