//! 共同熟人 (Adamic-Adar): how many neighbours both have, one with few others counting more.
//!
//! Value: the sum over common neighbours z of `1 / ln(2 + seats(z))`, seats = others at its occasions, each time
//! counted. Adamic and Adar 2003, with seats in place of distinct neighbours, which costs nothing to know.

use super::{Basis, Signal, surroundings::Common};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct AdamicAdar;

impl Signal for AdamicAdar {
    fn name(&self) -> &'static str {
        "adamic_adar"
    }

    fn label_zh(&self) -> &'static str {
        "共同熟人"
    }

    fn label_en(&self) -> &'static str {
        "contacts in common"
    }

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn around(&self) -> [[&'static str; 2]; 2] {
        [["双方有共同熟人", ""], ["Both know ", ""]]
    }

    fn share(&self, common: &Common) -> f64 {
        1.0 / common.middle.seats_log
    }
}
