//! 资源分配 (resource allocation, fading): both know the same parties, and those know few others.
//!
//! Each party hands what it receives to those it is tied with, in proportion to the ties. With weight a_g and
//! size n_g of an occasion g: `x(z) = sum over g with u and z of a_g`, `s(z) = sum over g with z of a_g n_g`,
//! value of v = `sum over z, other than both ends, of x_u(z) x_v(z) / s(z)`. What the two have with each other
//! directly is another reason's business. Zhou, Lü and Zhang 2009; the fading and the damping by size are
//! measured choices.

use super::{Basis, Signal, shared_out, surroundings::Common};
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

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn share(&self, common: &Common) -> f64 {
        let tied = f64::from(common.from.faded) * f64::from(common.to.faded);
        shared_out(tied, common.middle.strength)
    }
}

/// The value of every party at once, by two steps of the walk, in a fixed order: what a pool is gathered with.
/// What comes over the two's own ties is still in it. O(arcs within two steps).
pub fn of_everyone<'a>(
    graph: &'a TieGraph,
    from: Node,
    scratch: &'a mut Scratch,
) -> impl Iterator<Item = (Node, f64)> + 'a {
    scratch.start(graph, from);
    let received = scratch.step(graph, Through::Everyone);
    received
        .change(|party, value| if party == from { 0.0 } else { shared_out(value, graph.strength(party)) });
    scratch.last_step(graph, Through::Everyone);
    super::others(scratch, graph, from)
}
