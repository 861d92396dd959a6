//! 近两年共同往来 (triads inside a window): both dealt with the same parties within the last two years.
//!
//! Value: the sum over common neighbours z of the two ties of the last 730 days, not fading, multiplied and divided
//! by the seats of z.

use super::{Basis, Signal, shared_out, surroundings::Common};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct RecentContacts;

impl Signal for RecentContacts {
    fn name(&self) -> &'static str {
        "recent_contacts"
    }

    fn label_zh(&self) -> &'static str {
        "近两年共同往来"
    }

    fn label_en(&self) -> &'static str {
        "shared contacts of the last two years"
    }

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn around(&self) -> [[&'static str; 2]; 2] {
        [["近两年双方都与", "有往来"], ["In the last two years both were in touch with ", ""]]
    }

    fn share(&self, common: &Common) -> f64 {
        let tied = f64::from(common.from.recent) * f64::from(common.to.recent);
        shared_out(tied, common.middle.seats)
    }
}
