//! 乐于结识新伙伴 (openness): how many of the candidate's ties of the last year were with new parties.
//!
//! Value: (new + 1) over (all + 2) partners of the last 365 days; new = never met before them.

use super::{Basis, Path, Signal, surroundings::Look};
use crate::numbers::float;
use crate::tie_graph::walk::Scratch;

/// A year.
const YEAR_DAYS: i32 = 365;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Openness;

impl Signal for Openness {
    fn name(&self) -> &'static str {
        "openness"
    }

    fn label_zh(&self) -> &'static str {
        "乐于结识新伙伴"
    }

    fn label_en(&self) -> &'static str {
        "open to new partners"
    }

    fn basis(&self) -> Basis {
        Basis::Candidate
    }

    fn measure(&self) -> Option<[&'static str; 2]> {
        Some(["近一年结识新伙伴的多少", "How open the other was to new partners in the last year"])
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let since = look.background.day() - YEAR_DAYS;
        let (mut all, mut new) = (0, 0);
        for near in look.to_circle.near.iter().filter(|near| near.last_day > since) {
            all += 1;
            new += usize::from(near.first_day > since);
        }
        (float(new) + 1.0) / (float(all) + 2.0)
    }

    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        super::latest_ties(look, YEAR_DAYS)
    }
}
