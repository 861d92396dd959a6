//! 共同往来之多 (common neighbours, weighted and fading): how strongly both are tied to the same parties.
//!
//! Value: the sum over common neighbours z of `x_u(z) x_v(z)`; nothing is divided out. Newman 2001.

use super::{Basis, Signal, surroundings::Common};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct CommonContacts;

impl Signal for CommonContacts {
    fn name(&self) -> &'static str {
        "common_contacts"
    }

    fn label_zh(&self) -> &'static str {
        "共同往来之多"
    }

    fn label_en(&self) -> &'static str {
        "how much contact in common"
    }

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn around(&self) -> [[&'static str; 2]; 2] {
        [["双方共同往来的有", ""], ["Among those that both are in touch with: ", ""]]
    }

    fn share(&self, common: &Common) -> f64 {
        f64::from(common.from.faded) * f64::from(common.to.faded)
    }
}
