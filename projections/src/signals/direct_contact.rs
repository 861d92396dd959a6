//! 已有接触 (direct contact): they were at the same salon, visited or met, and no deal has come of it yet.
//!
//! Value: the sum of the weights of the ties that the two have with each other. Pairs that deal are no
//! candidates, so what remains is contact of a weaker kind.

use super::{Basis, Hop, PATHS_MAX, Path, Signal, surroundings::Look};
use crate::tie_graph::walk::Scratch;

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

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        look.graph.between(look.from, look.to)
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        let total = self.value(look);
        let path = |hop: Hop| {
            let weight = look.graph.weight(look.from, hop.occasion.unwrap_or(look.to));
            Path { share: weight / total, hops: vec![hop] }
        };
        Hop::all(look.graph, look.from, look.to, PATHS_MAX).into_iter().map(path).collect()
    }
}
