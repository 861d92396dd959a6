//! 历来共同往来 (resource allocation, not fading): both ever dealt with the same parties, and those know few others.
//!
//! Value: the sum over common neighbours z of the two ties as if no time had passed, divided by the seats of z.
//! Beside the fading reading it keeps old acquaintance from being forgotten.

use super::{Basis, Signal, shared_out, surroundings::Common};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct LongContacts;

impl Signal for LongContacts {
    fn name(&self) -> &'static str {
        "long_contacts"
    }

    fn label_zh(&self) -> &'static str {
        "历来共同往来"
    }

    fn label_en(&self) -> &'static str {
        "shared contacts of all times"
    }

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn around(&self) -> [[&'static str; 2]; 2] {
        [["双方历来都与", "有往来"], ["Both have long been in touch with ", ""]]
    }

    fn share(&self, common: &Common) -> f64 {
        let tied = f64::from(common.from.fixed) * f64::from(common.to.fixed);
        shared_out(tied, common.middle.seats)
    }
}
