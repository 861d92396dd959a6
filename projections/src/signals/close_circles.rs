//! 小圈子共同往来 (Adamic-Adar with the size of the occasion divided out): met in small circles, not in crowds.
//!
//! Value: the sum over common neighbours z of `y_u(z) y_v(z) / ln(2 + seats(z))`, where y divides the weight of
//! every occasion by how many others were there.

use super::{Basis, Signal, surroundings::Common};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct CloseCircles;

impl Signal for CloseCircles {
    fn name(&self) -> &'static str {
        "close_circles"
    }

    fn label_zh(&self) -> &'static str {
        "小圈子共同往来"
    }

    fn label_en(&self) -> &'static str {
        "shared contacts of small circles"
    }

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn around(&self) -> [[&'static str; 2]; 2] {
        [["在人数不多的场合，双方都与", "有往来"], ["In small circles both are in touch with ", ""]]
    }

    fn share(&self, common: &Common) -> f64 {
        let tied = f64::from(common.from.close) * f64::from(common.to.close);
        tied / common.middle.seats_log
    }
}
