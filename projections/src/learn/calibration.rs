//! Calibration: scores of one query into probabilities that mean the same for everyone who asks.
//!
//! A logistic line over the logarithms of all signals and the score, fitted on the latest cuts and then moved so
//! that the latest one's probabilities add up to what happened after it: the base rate drifts, the order does not.

use super::logistic::Logistic;
use super::{Column, Sample, choose, floor_log2};
use crate::numbers::{float, micro, whole};
use crate::rank::model::{Model, Odds, Reading, Rule, logarithm_micro, probability};

/// The pull to zero, in rows.
const RIDGE: f64 = 100.0;
/// How many of the latest cuts are fitted to, and how many more where queries are few.
const CUTS: usize = 2;
const FEW_CUTS: usize = 8;
/// Below so many queries a cut they are few.
const FEW_QUERIES: usize = 400;
/// Halvings of the interval in which the base is looked for: far below a millionth.
const HALVINGS: usize = 40;

/// Odds fitted on what happened after the latest of these cuts (latest first); none where there are none.
#[must_use]
pub fn odds<const N: usize>(columns: &[Column; N], samples: &[&Sample<N>], model: &Model) -> Option<Odds> {
    let latest = samples.first()?;
    let cuts = if latest.queries.len() < FEW_QUERIES { FEW_CUTS } else { CUTS };
    let floors: [i32; N] = std::array::from_fn(|at| floor_log2(samples, at));
    let (mut rows, mut hit) = (Vec::new(), Vec::new());
    for sample in samples.iter().take(cuts) {
        let scores = choose::scores(columns, sample, model);
        let values = sample.queries.iter().flat_map(|query| sample.rows(query));
        rows.extend(values.zip(scores).map(|(values, score)| inputs(&values, &floors, score)));
        hit.extend_from_slice(&sample.hit);
    }
    let line = Logistic::fit(&rows, &hit, RIDGE);
    let (base, slopes) = line.slopes();
    let slope = |((column, floor_log2), slope): ((&Column, i32), &f64)| Rule {
        signal: column.name.to_owned(),
        reading: Reading::Slope { floor_log2, slope_micro: micro(*slope) },
    };
    let rules = columns.iter().zip(floors).zip(&slopes).map(slope).collect();
    let score_slope_micro = micro(slopes.get(N).copied().unwrap_or(0.0));
    let odds = Odds { base_micro: micro(base), score_slope_micro, rules };
    Some(to_base_rate(odds, columns, latest, model))
}

fn inputs<const N: usize>(values: &[f64; N], floors: &[i32; N], score: f64) -> Vec<f64> {
    let read = |(value, floor): (&f64, &i32)| whole(logarithm_micro(*value, *floor));
    values.iter().zip(floors).map(read).chain([score]).collect()
}

/// Moves the base so that the probabilities of a cut add up to its hits.
fn to_base_rate<const N: usize>(
    odds: Odds,
    columns: &[Column; N],
    sample: &Sample<N>,
    model: &Model,
) -> Odds {
    let names = columns.map(|column| column.name);
    let scores = choose::scores(columns, sample, model);
    let values = sample.queries.iter().flat_map(|query| sample.rows(query));
    let lines: Vec<f64> = values
        .zip(scores)
        .map(|(values, score)| probability(&odds, &names, &values, micro(score)).clamp(1e-12, 1.0 - 1e-12))
        .map(|likely| libm::log(likely / (1.0 - likely)))
        .collect();
    let wanted = float(sample.hit.iter().filter(|hit| **hit).count());
    if wanted < 1.0 {
        return odds;
    }
    let expected = |by: f64| lines.iter().map(|line| 1.0 / (1.0 + libm::exp(-line - by))).sum::<f64>();
    let (mut low, mut high) = (-10.0, 10.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if expected(middle) < wanted { low = middle } else { high = middle }
    }
    Odds { base_micro: odds.base_micro.saturating_add(micro(low)), ..odds }
}
