//! 资源分配 (resource allocation, fading): both know the same parties, and those know few others.
//!
//! Each party hands what it receives to those it is tied with, in proportion to the ties. With weight a_g and
//! size n_g of an occasion g: `x(z) = sum over g with u and z of a_g`, `s(z) = sum over g with z of a_g n_g`,
//! value of v = `sum over g with v of a_g sum over z in g of x(z) / s(z)`. Two steps, O(arcs within two steps).
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
        scratch.start(graph, from);
        scratch
            .step(graph, Through::Everyone)
            .change(|party, value| shared_out(value, graph.strength(party)));
        scratch.step(graph, Through::Everyone);
        others(scratch, graph, from)
    }

    fn paths(&self, graph: &TieGraph, from: Node, to: &[Node], scratch: &mut Scratch) -> Vec<Vec<Path>> {
        scratch.start(graph, from);
        scratch
            .step(graph, Through::Everyone)
            .change(|party, value| shared_out(value, graph.strength(party)));
        let near: Vec<(Node, f64)> = scratch.reached().iter().collect();
        to.iter()
            .map(|to| paths_to(graph, from, *to, &near, scratch))
            .collect()
    }
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
    let brought: Vec<(Node, f64)> = near
        .iter()
        .map(|(middle, value)| (*middle, value * scratch.reached().get(*middle)))
        .collect();
    let total: f64 = brought.iter().map(|(_, value)| value).sum();
    let (ends, middles): (Vec<_>, Vec<_>) = brought
        .into_iter()
        .partition(|(node, _)| *node == from || *node == to);
    let direct: f64 = ends.iter().map(|(_, value)| value).sum();
    let mut paths: Vec<Path> = strongest(middles, PATHS_MAX)
        .into_iter()
        .filter_map(|(middle, value)| Path::over(graph, &[from, middle, to], value / total))
        .collect();
    if direct > 0.0 {
        paths.extend(Path::over(graph, &[from, to], direct / total));
        paths.sort_by(|one, other| other.share.total_cmp(&one.share));
        paths.truncate(PATHS_MAX);
    }
    paths
}
