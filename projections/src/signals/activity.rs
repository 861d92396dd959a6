//! 近期活跃、全年活跃 (activity): how often the candidate takes part, each time counted by how young it is.
//!
//! Value: the sum over its occasions and direct ties of 2^(-age / half-life); half-life a quarter of a year for
//! one signal, a year for the other.

use super::{Basis, Path, Signal, surroundings::Look};
use crate::tie_graph::walk::Scratch;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct ActiveLately;

impl Signal for ActiveLately {
    fn name(&self) -> &'static str {
        "active_lately"
    }

    fn label_zh(&self) -> &'static str {
        "近期活跃"
    }

    fn label_en(&self) -> &'static str {
        "active of late"
    }

    fn basis(&self) -> Basis {
        Basis::Candidate
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some(["近来的活跃程度", "How active the other is of late"])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let [quarter, _] = look.to_circle.activity;
        quarter
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        super::latest_ties(look, i32::MAX)
    }
}

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct ActiveThisYear;

impl Signal for ActiveThisYear {
    fn name(&self) -> &'static str {
        "active_this_year"
    }

    fn label_zh(&self) -> &'static str {
        "全年活跃"
    }

    fn label_en(&self) -> &'static str {
        "active over the year"
    }

    fn basis(&self) -> Basis {
        Basis::Candidate
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some(["一年来的活跃程度", "How active the other was over the year"])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let [_, year] = look.to_circle.activity;
        year
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        super::latest_ties(look, i32::MAX)
    }
}
