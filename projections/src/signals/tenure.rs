//! 资历 (tenure): days since the first thing that is recorded of the candidate.

use super::{Basis, Path, Signal, surroundings::Look};
use crate::tie_graph::walk::Scratch;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Tenure;

impl Signal for Tenure {
    fn name(&self) -> &'static str {
        "tenure"
    }

    fn label_zh(&self) -> &'static str {
        "资历"
    }

    fn label_en(&self) -> &'static str {
        "how long it has been around"
    }

    fn basis(&self) -> Basis {
        Basis::Candidate
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some(["有往来记录的长短", "How long the other has been on record"])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        look.to_circle.first_day.map_or(0.0, |day| f64::from((look.background.day() - day).max(0)))
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        super::latest_ties(look, i32::MAX)
    }
}
