//! 互为对口: the share of my place and trade among its partners times the share of its own among mine.
//!
//! Value: the product over what the register says (district, industry) of both shares, each drawn towards the
//! share among everyone by one partner's worth; what is unknown counts 1.

use super::{Basis, Path, Signal, surroundings::Circle, surroundings::Look};
use crate::numbers::float;
use crate::tie_graph::walk::Scratch;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct MutualShare;

impl Signal for MutualShare {
    fn name(&self) -> &'static str {
        "mutual_share"
    }

    fn label_zh(&self) -> &'static str {
        "互为对口"
    }

    fn label_en(&self) -> &'static str {
        "each is of the other's sort"
    }

    fn basis(&self) -> Basis {
        Basis::Pair
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some([
            "各自往来中与对方同地域、同行业者的多少",
            "How much each already deals with parties of the other’s place and trade",
        ])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let both = |attribute| {
            let one = look.background.value(attribute, look.from)?;
            let other = look.background.value(attribute, look.to)?;
            let mine = share_among(look, attribute, look.to_circle, one);
            Some(mine * share_among(look, attribute, look.from_circle, other))
        };
        (0..look.background.attributes()).filter_map(both).product()
    }

    fn paths(&self, _look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        Vec::new()
    }
}

/// The share of a value among the neighbours of a circle.
fn share_among(look: &Look<'_>, attribute: usize, circle: &Circle, value: u32) -> f64 {
    let is_of_it =
        |near: &&super::surroundings::Near| look.background.value(attribute, near.node) == Some(value);
    let same = circle.near.iter().filter(is_of_it).count();
    let expected = look.background.part(attribute, value);
    (float(same) + expected) / (float(circle.near.len()) + 1.0)
}
