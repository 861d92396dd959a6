//! Calibration: scores of one query into probabilities that mean the same for everyone who asks.

use super::logistic::Logistic;
use super::{Column, Sample, choose, floor_log2};
use crate::numbers::whole;
use crate::rank::model::{Model, logarithm_micro};

/// The pull to zero, in rows.
const RIDGE: f64 = 10.0;
/// How many of the latest cuts are fitted to.
const CUTS: usize = 2;

/// A line over the logarithms of all signals and the score.
#[derive(Debug, Clone)]
pub struct Calibration<const N: usize> {
    line: Logistic,
    floors: [i32; N],
}

impl<const N: usize> Calibration<N> {
    /// Fitted on what happened after the latest of these cuts; none where there are none.
    #[must_use]
    pub fn fit(columns: &[Column; N], samples: &[&Sample<N>], model: &Model) -> Option<Self> {
        let latest = samples.get(..samples.len().min(CUTS)).filter(|latest| !latest.is_empty())?;
        let floors = std::array::from_fn(|at| floor_log2(samples, at));
        let (mut rows, mut hit) = (Vec::new(), Vec::new());
        for sample in latest {
            let scores = choose::scores(columns, sample, model);
            let values = sample.queries.iter().flat_map(|query| sample.rows(query));
            rows.extend(values.zip(scores).map(|(values, score)| inputs(&values, &floors, score)));
            hit.extend_from_slice(&sample.hit);
        }
        Some(Self { line: Logistic::fit(&rows, &hit, RIDGE), floors })
    }

    /// The probability of a candidate with these values and this score.
    #[must_use]
    pub fn probability(&self, values: &[f64; N], score_micro: i64) -> f64 {
        self.line.probability(&inputs(values, &self.floors, whole(score_micro)))
    }
}

fn inputs<const N: usize>(values: &[f64; N], floors: &[i32; N], score: f64) -> Vec<f64> {
    let read = |(value, floor): (&f64, &i32)| whole(logarithm_micro(*value, *floor));
    values.iter().zip(floors).map(read).chain([score]).collect()
}
