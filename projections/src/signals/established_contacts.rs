//! 共同老伙伴: resource allocation over established parties only, who share out among established parties.
//!
//! Value: the sum over common neighbours z that are established of `x_u(z) x_v(z) / s(z)`, with s(z) the strength
//! of z towards established parties. Newcomers seen once or twice neither carry nor dilute.

use super::{Basis, Signal, shared_out, surroundings::Common};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct EstablishedContacts;

impl Signal for EstablishedContacts {
    fn name(&self) -> &'static str {
        "established_contacts"
    }

    fn label_zh(&self) -> &'static str {
        "共同老伙伴"
    }

    fn label_en(&self) -> &'static str {
        "established contacts in common"
    }

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn around(&self) -> [[&'static str; 2]; 2] {
        [["双方都与交往多的", "有往来"], ["Both are in touch with the well connected ", ""]]
    }

    fn share(&self, common: &Common) -> f64 {
        let tied = f64::from(common.from.faded) * f64::from(common.to.faded);
        shared_out(tied, common.middle.established_strength)
    }
}
