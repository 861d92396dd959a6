//! 伙伴数 (degree): how many parties the candidate was ever tied to.

use super::{Basis, Path, Signal, surroundings::Look};
use crate::numbers::float;
use crate::tie_graph::walk::Scratch;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Partners;

impl Signal for Partners {
    fn name(&self) -> &'static str {
        "partners"
    }

    fn label_zh(&self) -> &'static str {
        "伙伴数"
    }

    fn label_en(&self) -> &'static str {
        "number of partners"
    }

    fn basis(&self) -> Basis {
        Basis::Candidate
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some(["往来面的宽窄", "How many partners the other has"])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        float(look.to_circle.near.len())
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        super::latest_ties(look, i32::MAX)
    }
}
