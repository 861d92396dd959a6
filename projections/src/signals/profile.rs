//! 同类活动 (profile cosine): both go to the same sorts of occasion, rare sorts counting more.
//!
//! Value: the cosine of how often each was at each sort (fading, times the sort's rarity), 0 to 1. Sorts are the
//! categories of undertakings and the forms of activities.

use super::{Basis, Path, Signal, shared_out, surroundings::Circle, surroundings::Look};
use crate::tie_graph::walk::Scratch;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Profile;

impl Signal for Profile {
    fn name(&self) -> &'static str {
        "profile"
    }

    fn label_zh(&self) -> &'static str {
        "同类活动"
    }

    fn label_en(&self) -> &'static str {
        "the same sorts of occasion"
    }

    fn basis(&self) -> Basis {
        Basis::Pair
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some(["双方所参加活动的相近程度", "How alike the occasions are that both go to"])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let weighed = |circle: &Circle| -> Vec<(u32, f64)> {
            let weigh = |(sort, count): &(u32, f64)| (*sort, count * look.background.rarity(*sort));
            circle.sorts.iter().map(weigh).collect()
        };
        let (one, other) = (weighed(look.from_circle), weighed(look.to_circle));
        let both = |(sort, count): &(u32, f64)| {
            let at = other.binary_search_by_key(sort, |(sort, _)| *sort).ok()?;
            other.get(at).map(|(_, there)| count * there)
        };
        let dot: f64 = one.iter().filter_map(both).sum();
        let square = |side: &[(u32, f64)]| side.iter().map(|(_, count)| count * count).sum::<f64>();
        shared_out(dot, (square(&one) * square(&other)).sqrt())
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        super::latest_ties(look, i32::MAX)
    }
}
