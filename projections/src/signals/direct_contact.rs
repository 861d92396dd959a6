//! 已有接触 (direct contact): they were at the same salon, visited or met, and no deal has come of it yet.
//!
//! Value: the sum of the weights of the ties that the two have with each other. Pairs that deal are no
//! candidates, so what remains is contact of a weaker kind. One step, O(arcs within one step).

use super::{PATHS_MAX, Path, Signal, others, path::Hop};
use crate::tie_graph::{Node, TieGraph, walk::Scratch, walk::Through};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct DirectContact;

impl Signal for DirectContact {
    fn name(&self) -> &'static str {
        "direct_contact"
    }

    fn label_zh(&self) -> &'static str {
        "已有接触"
    }

    fn label_en(&self) -> &'static str {
        "direct contact"
    }

    fn values(&self, graph: &TieGraph, from: Node, scratch: &mut Scratch) -> Vec<(Node, f64)> {
        scratch.start(graph, from);
        scratch.step(graph, Through::Everyone);
        others(scratch, graph, from)
    }

    fn paths(&self, graph: &TieGraph, from: Node, to: &[Node], _scratch: &mut Scratch) -> Vec<Vec<Path>> {
        to.iter().map(|to| contacts(graph, from, *to)).collect()
    }
}

fn contacts(graph: &TieGraph, from: Node, to: Node) -> Vec<Path> {
    let total = graph.between(from, to);
    let path = |hop: Hop| {
        let weight = graph.weight(from, hop.occasion.unwrap_or(to));
        Path { share: weight / total, hops: vec![hop] }
    };
    Hop::all(graph, from, to, PATHS_MAX).into_iter().map(path).collect()
}
