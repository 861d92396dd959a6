//! 势头 (momentum): whether the candidate is busier now than over the year.
//!
//! Value: (activity at a half-life of a quarter + 0.1) over (activity at a half-life of a year + 0.2).

use super::{Basis, Path, Signal, surroundings::Look};
use crate::tie_graph::walk::Scratch;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Momentum;

impl Signal for Momentum {
    fn name(&self) -> &'static str {
        "momentum"
    }

    fn label_zh(&self) -> &'static str {
        "势头"
    }

    fn label_en(&self) -> &'static str {
        "momentum"
    }

    fn basis(&self) -> Basis {
        Basis::Candidate
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some(["近一季与全年相比的活跃程度", "How active the other is of late, against its year,"])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let [quarter, year] = look.to_circle.activity;
        (quarter + 0.1) / (year + 0.2)
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        super::latest_ties(look, i32::MAX)
    }
}
