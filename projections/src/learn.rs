//! Learning: a model from what happened after earlier cuts of the same log.
//!
//! A [`Sample`] is one earlier cut: every query with its whole pool of candidates, the value of every signal, and
//! which of them came true. [`additive`] fits one slope a signal, [`stumps`] one step curve a signal, both on
//! nDCG@10 itself or its gradient; [`choose`] keeps what does best on the latest cut that the fit has not seen.
//! Everything repeats bit for bit: fixed order, no clock, no chance.

use crate::numbers::{float, narrow};
use crate::signals::{self, Basis};

pub mod additive;
pub mod calibration;
pub mod choose;
pub mod logistic;
pub mod stumps;

/// What is known of a column of values.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name of the signal.
    pub name: &'static str,
    /// What it rests on: decides whether more of it may speak against a candidate.
    pub basis: Basis,
}

/// What is known of each signal of match lists.
#[must_use]
pub fn columns() -> [Column; signals::COUNT] {
    signals::ALL.map(|signal| Column { name: signal.name(), basis: signal.basis() })
}

/// Queries of one cut with their candidates' values.
#[derive(Debug, Clone)]
pub struct Sample<const N: usize> {
    /// One after the other.
    pub queries: Vec<Query>,
    /// For each signal, the values of all rows.
    pub columns: [Vec<f32>; N],
    /// For each row, whether it came true.
    pub hit: Vec<bool>,
}

/// One query: where its rows are, and how many candidates came true in all, in the pool or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// The first row.
    pub start: usize,
    /// One after the last.
    pub end: usize,
    /// How many came true.
    pub positives: usize,
}

impl<const N: usize> Default for Sample<N> {
    fn default() -> Self {
        Self { queries: Vec::new(), columns: std::array::from_fn(|_| Vec::new()), hit: Vec::new() }
    }
}

impl<const N: usize> Sample<N> {
    /// Adds a query. `hit` says of each row whether it came true.
    pub fn push(&mut self, rows: &[[f64; N]], hit: &[bool], positives: usize) {
        let start = self.hit.len();
        self.hit.extend_from_slice(hit);
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.extend(rows.iter().filter_map(|row| row.get(at)).map(|value| narrow(*value)));
        }
        self.queries.push(Query { start, end: self.hit.len(), positives });
    }

    /// The values of a query's rows.
    #[must_use]
    pub fn rows(&self, query: &Query) -> Vec<[f64; N]> {
        let value = |row: usize, at: usize| {
            self.columns.get(at).and_then(|column| column.get(row)).map_or(0.0, |value| f64::from(*value))
        };
        (query.start..query.end).map(|row| std::array::from_fn(|at| value(row, at))).collect()
    }

    /// Mean nDCG@10 of these scores, one a row; of equal scores the earlier row goes first.
    #[must_use]
    pub fn ndcg(&self, scores: &[f64]) -> f64 {
        self.ndcgs(scores).iter().sum::<f64>() / float(self.queries.len().max(1))
    }

    /// The same of every query.
    #[must_use]
    pub fn ndcgs(&self, scores: &[f64]) -> Vec<f64> {
        let of = |query: &Query| {
            let (scores, hit) = (scores.get(query.start..query.end), self.hit.get(query.start..query.end));
            ndcg(scores.unwrap_or(&[]), hit.unwrap_or(&[]), query.positives)
        };
        self.queries.iter().map(of).collect()
    }
}

/// How many places count.
const PLACES: usize = 10;

/// nDCG@10 of one query: only its ten best rows are looked for.
fn ndcg(scores: &[f64], hit: &[bool], positives: usize) -> f64 {
    let mut best = [(f64::NEG_INFINITY, false); PLACES];
    let mut worst = f64::NEG_INFINITY;
    for (score, hit) in scores.iter().zip(hit) {
        if *score <= worst {
            continue;
        }
        let at = best.partition_point(|(other, _)| other >= score);
        if let Some(tail) = best.get_mut(at..) {
            tail.rotate_right(1);
            if let Some(first) = tail.first_mut() {
                *first = (*score, *hit);
            }
        }
        worst = best.last().map_or(worst, |(score, _)| *score);
    }
    let gain: f64 = best.iter().zip(DISCOUNTS).filter(|((_, hit), _)| *hit).map(|(_, gain)| gain).sum();
    gain / ideal(positives)
}

/// The best gain that so many positives allow.
fn ideal(positives: usize) -> f64 {
    DISCOUNTS.iter().take(positives.clamp(1, PLACES)).sum()
}

/// 1 / log2(place + 1), for places 1 to 10.
const DISCOUNTS: [f64; PLACES] = [
    1.0,
    0.630_929_753_571_457_4,
    0.5,
    0.430_676_558_073_393_06,
    0.386_852_807_234_541_6,
    0.356_207_187_108_022_2,
    0.333_333_333_333_333_3,
    0.315_464_876_785_728_7,
    std::f64::consts::LOG10_2,
    0.289_064_826_317_887_9,
];

/// Frozen constants of a column: below 2^floor differences hardly count.
#[must_use]
pub fn floor_log2<const N: usize>(samples: &[&Sample<N>], column: usize) -> i32 {
    let values = || samples.iter().filter_map(|sample| sample.columns.get(column)).flatten();
    let (mut sum, mut count) = (0.0, 0);
    for value in values().filter(|value| **value > 0.0) {
        sum += f64::from(*value);
        count += 1;
    }
    if count == 0 { 0 } else { nearest_power(sum / float(count) * FLOOR) }
}

/// The floor of a signal is this part of its mean positive value.
const FLOOR: f64 = 0.01;

#[expect(clippy::cast_possible_truncation, reason = "an exponent of a float is far below the limit")]
fn nearest_power(value: f64) -> i32 {
    if value > 0.0 { libm::log2(value).round() as i32 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gain_of_a_list_is_that_worked_by_hand() {
        let scores = [0.1, 0.9, 0.5, 0.7];
        let hit = [true, false, true, false];
        let expected = (0.5 + 1.0 / 5_f64.log2()) / (1.0 + 1.0 / 3_f64.log2() + 0.5);
        assert!((ndcg(&scores, &hit, 3) - expected).abs() < 1e-12);
    }

    #[test]
    fn of_equal_scores_the_earlier_row_goes_first() {
        let mut hit = [false; 12];
        hit[10] = true;
        assert!(ndcg(&[0.0; 12], &hit, 1).abs() < 1e-12);
        hit[0] = true;
        assert!((ndcg(&[0.0; 12], &hit, 1) - 1.0).abs() < 1e-12);
    }
}
