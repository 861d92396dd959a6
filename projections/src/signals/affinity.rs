//! 地域行业相合 (affinity): parties of their places and trades come together more often than by chance.
//!
//! Value: the product over what the register says of both (district, industry) of (observed + 2) over
//! (expected + 2) meetings of such parties; 1 is chance, and what is unknown counts 1.

use super::{Basis, Path, Signal, surroundings::Look};
use crate::tie_graph::walk::Scratch;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Affinity;

impl Signal for Affinity {
    fn name(&self) -> &'static str {
        "affinity"
    }

    fn label_zh(&self) -> &'static str {
        "地域行业相合"
    }

    fn label_en(&self) -> &'static str {
        "places and trades that meet"
    }

    fn basis(&self) -> Basis {
        Basis::Pair
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some([
            "双方所在地域、行业以往往来的疏密",
            "How often parties of their places and trades come together",
        ])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let lift = |attribute| {
            let one = look.background.value(attribute, look.from)?;
            let other = look.background.value(attribute, look.to)?;
            Some(look.background.lift(attribute, one, other))
        };
        (0..look.background.attributes()).filter_map(lift).product()
    }

    fn paths(&self, _look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        Vec::new()
    }
}
