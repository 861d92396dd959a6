//! Stage 1, a guarded additive score: one slope a signal, fitted on nDCG@10 itself over several earlier cuts.
//!
//! The score is the sum of `weight * ln(1 + value / floor) / sd`. It starts from the best single signal, or from a
//! blend of all that rest on paths; one weight after the other is moved by the step that gains most over all cuts,
//! but only if the mean gains `LEAST_GAIN` and hardly any cut loses. What rests on paths never gets a weight below
//! zero. Where one signal is so good that no single step improves on it, the blend is a start of its own: it is no
//! better on the cuts that it was fitted on, and better on later ones, as averages are.

use super::{Column, Sample, floor_log2};
use crate::numbers::{float, micro};
use crate::parallel::joined;
use crate::rank::model::{Model, Reading, Rule};
use crate::signals::Basis;

/// Steps tried on each weight.
const STEPS: [f64; 7] = [-0.4, -0.2, -0.1, 0.1, 0.2, 0.4, 0.8];
/// A step must gain so much in the mean, and a cut may lose so much.
const LEAST_GAIN: f64 = 0.000_5;
/// Rounds over all signals.
const SWEEPS: usize = 4;

/// Where the search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The best single signal.
    Single,
    /// All signals that rest on paths, alike.
    Blend,
}

/// The weight of each signal in a blend.
const BLENDED: f64 = 0.3;

/// What is fitted: for each signal its floor, its spread and its weight.
#[derive(Debug, Clone)]
pub struct Additive<const N: usize> {
    floors: [i32; N],
    spreads: [f64; N],
    /// Weights in units of the spread.
    pub weights: [f64; N],
    /// The best single signal, and its mean nDCG@10.
    pub best_single: (usize, f64),
    /// Mean nDCG@10 over the cuts that it was fitted on.
    pub fitted: f64,
}

impl<const N: usize> Additive<N> {
    /// Fits on these cuts. O(rows x signals x steps x sweeps).
    #[must_use]
    pub fn fit(columns: &[Column; N], samples: &[&Sample<N>], start: Start) -> Self {
        let floors = std::array::from_fn(|at| floor_log2(samples, at));
        let mut readings: Vec<[Vec<f32>; N]> =
            samples.iter().map(|sample| std::array::from_fn(|at| logarithms(sample, at, &floors))).collect();
        let spreads = std::array::from_fn(|at| spread(readings.iter().filter_map(|cut| cut.get(at))));
        for cut in &mut readings {
            for (column, spread) in cut.iter_mut().zip(spreads) {
                column.iter_mut().for_each(|value| *value /= crate::numbers::narrow(spread));
            }
        }
        let mut search = Search::start(columns, samples, &readings, start);
        for _ in 0..SWEEPS {
            if !search.sweep() {
                break;
            }
        }
        Self {
            floors,
            spreads,
            weights: search.weights,
            best_single: search.best_single,
            fitted: mean(&search.gains),
        }
    }

    /// The weights of the best single signal alone.
    #[must_use]
    pub fn single(&self) -> Self {
        let mut weights = [0.0; N];
        weights.iter_mut().skip(self.best_single.0).take(1).for_each(|weight| *weight = 1.0);
        Self { weights, ..self.clone() }
    }

    /// As a model.
    #[must_use]
    pub fn model(&self, columns: &[Column; N], name: &str) -> Model {
        let rules = columns.iter().zip(self.weights).zip(self.floors).zip(self.spreads);
        let rule = |(((column, weight), floor_log2), spread): (((&Column, f64), i32), f64)| {
            let slope_micro = micro(weight / spread);
            (slope_micro != 0).then(|| Rule {
                signal: column.name.to_owned(),
                reading: Reading::Slope { floor_log2, slope_micro },
            })
        };
        Model { name: name.to_owned(), rules: rules.filter_map(rule).collect() }
    }
}

fn logarithms<const N: usize>(sample: &Sample<N>, at: usize, floors: &[i32; N]) -> Vec<f32> {
    let floor = floors.get(at).copied().unwrap_or(0);
    let column = sample.columns.get(at).map_or(&[][..], Vec::as_slice);
    let read =
        |value: &f32| crate::numbers::narrow(libm::log1p(libm::ldexp(f64::from(*value).max(0.0), -floor)));
    column.iter().map(read).collect()
}

/// The standard deviation; 1 where there is none.
fn spread<'a>(columns: impl Iterator<Item = &'a Vec<f32>>) -> f64 {
    let (mut count, mut sum, mut squares) = (0, 0.0, 0.0);
    for value in columns.flatten() {
        count += 1;
        sum += f64::from(*value);
        squares += f64::from(*value) * f64::from(*value);
    }
    let mean = sum / float(count.max(1));
    let deviation = (squares / float(count.max(1)) - mean * mean).max(0.0).sqrt();
    if deviation > 1e-6 { deviation } else { 1.0 }
}

fn mean(gains: &[f64]) -> f64 {
    gains.iter().sum::<f64>() / float(gains.len().max(1))
}

/// Where the search stands.
struct Search<'a, const N: usize> {
    columns: &'a [Column; N],
    samples: &'a [&'a Sample<N>],
    readings: &'a [[Vec<f32>; N]],
    weights: [f64; N],
    /// For each cut the scores of all rows.
    scores: Vec<Vec<f64>>,
    /// For each cut its nDCG@10.
    gains: Vec<f64>,
    best_single: (usize, f64),
}

impl<'a, const N: usize> Search<'a, N> {
    fn start(
        columns: &'a [Column; N],
        samples: &'a [&'a Sample<N>],
        readings: &'a [[Vec<f32>; N]],
        start: Start,
    ) -> Self {
        let zero: Vec<Vec<f64>> = samples.iter().map(|sample| vec![0.0; sample.hit.len()]).collect();
        let mut search = Self {
            columns,
            samples,
            readings,
            weights: [0.0; N],
            scores: zero,
            gains: Vec::new(),
            best_single: (0, 0.0),
        };
        let mut best = (0, f64::NEG_INFINITY);
        for (at, column) in columns.iter().enumerate() {
            let gain = mean(&search.tried(at, 1.0));
            if column.basis == Basis::Paths && gain > best.1 {
                best = (at, gain);
            }
        }
        search.best_single = best;
        match start {
            Start::Single => search.step(best.0, 1.0),
            Start::Blend => {
                for (at, _) in columns.iter().enumerate().filter(|(_, column)| column.basis == Basis::Paths) {
                    search.step(at, BLENDED);
                }
            }
        }
        search.gains = search.tried(best.0, 0.0);
        search
    }

    /// nDCG@10 of every cut if a weight were moved.
    fn tried(&self, at: usize, step: f64) -> Vec<f64> {
        let cut = |cut: usize| {
            let (Some(sample), Some(scores)) = (self.samples.get(cut), self.scores.get(cut)) else {
                return 0.0;
            };
            sample.ndcg(&moved(scores, self.reading(cut, at), step))
        };
        std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..self.samples.len()).map(|at| scope.spawn(move || cut(at))).collect();
            tasks.into_iter().map(joined).collect()
        })
    }

    fn reading(&self, cut: usize, at: usize) -> &[f32] {
        self.readings.get(cut).and_then(|readings| readings.get(at)).map_or(&[], Vec::as_slice)
    }

    fn step(&mut self, at: usize, step: f64) {
        let moved: Vec<Vec<f64>> = self
            .scores
            .iter()
            .enumerate()
            .map(|(cut, scores)| moved(scores, self.reading(cut, at), step))
            .collect();
        self.scores = moved;
        self.weights.iter_mut().skip(at).take(1).for_each(|weight| *weight += step);
    }

    /// One round over all signals; whether anything moved.
    fn sweep(&mut self) -> bool {
        let mut any = false;
        for at in 0..N {
            if let Some((step, gains)) = self.best_step(at) {
                self.step(at, step);
                self.gains = gains;
                any = true;
            }
        }
        any
    }

    fn best_step(&self, at: usize) -> Option<(f64, Vec<f64>)> {
        let free = self.columns.get(at).is_some_and(|column| column.basis == Basis::Candidate);
        let weight = self.weights.get(at).copied().unwrap_or(0.0);
        let mut best: Option<(f64, f64, Vec<f64>)> = None;
        for step in STEPS {
            if !free && weight + step < -1e-9 {
                continue;
            }
            let gains = self.tried(at, step);
            let gain = mean(&gains) - mean(&self.gains);
            let better = best.as_ref().is_none_or(|(most, ..)| gain > *most);
            if gain > LEAST_GAIN && better && self.few_lose(&gains) {
                best = Some((gain, step, gains));
            }
        }
        best.map(|(_, step, gains)| (step, gains))
    }

    /// Of up to four cuts none may lose; of more, one in four.
    fn few_lose(&self, gains: &[f64]) -> bool {
        let losing = self.gains.iter().zip(gains).filter(|(before, after)| **after < **before - LEAST_GAIN);
        let allowed = if gains.len() <= 4 { 0 } else { gains.len() / 4 };
        losing.count() <= allowed
    }
}

fn moved(scores: &[f64], reading: &[f32], step: f64) -> Vec<f64> {
    scores.iter().zip(reading).map(|(score, value)| score + step * f64::from(*value)).collect()
}
