//! 共同合作方: the same as shared contacts, over deals alone (purchases, joint projects, alliances).
//!
//! Value: the sum over common neighbours z of `d_u(z) d_v(z) / s(z)`, with d the fading weight of deals.

use super::{Basis, Signal, shared_out, surroundings::Common};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct DealContacts;

impl Signal for DealContacts {
    fn name(&self) -> &'static str {
        "deal_contacts"
    }

    fn label_zh(&self) -> &'static str {
        "共同合作方"
    }

    fn label_en(&self) -> &'static str {
        "deal partners in common"
    }

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn around(&self) -> [[&'static str; 2]; 2] {
        [["双方都与", "有合作"], ["Both deal with ", ""]]
    }

    fn share(&self, common: &Common) -> f64 {
        let tied = f64::from(common.from.dealt) * f64::from(common.to.dealt);
        shared_out(tied, common.middle.strength)
    }
}
