//! Stage 2, boosted stumps: one step curve a signal, from many trees of one split each.
//!
//! LambdaRank (Burges 2010), truncated at the first `PLACES` places: every pair of a row that came true and one
//! that did not pulls at both scores, by how much nDCG would change if they changed places. Each round adds the
//! one split of one signal that fits the pull best; what rests on paths may only rise. The sum of all splits of a
//! signal is its curve, stored as a table. Inputs are the distance to the best candidate of the query in the
//! logarithm, except what is the same for everyone who asks.

#![expect(clippy::indexing_slicing, reason = "bins, rows and queries are numbered by this file alone")]

use super::{Column, Query, Sample, floor_log2, ideal};
use crate::numbers::{float, index, micro, number};
use crate::rank::model::{Model, Reading, Rule, logarithm_micro};
use crate::signals::Basis;

/// Pairs count where one of the two is among so many first.
const PLACES: usize = 20;
/// Most bins a signal.
const BINS: usize = 48;
/// A side of a split must hold so large a part of all rows.
const LEAST_PART: f64 = 0.000_5;
/// Added to the second derivative, so that thin leaves stay small.
const RIDGE: f64 = 1.0;

/// How it is boosted.
#[derive(Debug, Clone, Copy)]
pub struct Boost {
    /// Part of each split that counts.
    pub rate: f64,
    /// How many splits.
    pub rounds: usize,
}

/// The rows of all cuts, binned.
struct Ground<'a, const N: usize> {
    columns: &'a [Column; N],
    floors: [i32; N],
    /// For each signal, where its bins begin, ascending.
    edges: [Vec<i64>; N],
    /// For each signal, the bin of every row.
    bins: [Vec<u8>; N],
    queries: Vec<Query>,
    hit: Vec<bool>,
}

/// The curves that boosting gives, on top of where the rows start: `start` is a score a row, for each cut.
#[must_use]
pub fn fit<const N: usize>(
    columns: &[Column; N],
    samples: &[&Sample<N>],
    start: &[Vec<f64>],
    boost: Boost,
) -> Vec<Rule> {
    let ground = Ground::lay(columns, samples);
    let mut scores: Vec<f64> = start.concat();
    scores.resize(ground.hit.len(), 0.0);
    let mut curves: [Vec<f64>; N] = std::array::from_fn(|at| vec![0.0; ground.edges[at].len()]);
    for _ in 0..boost.rounds {
        let pulls = ground.pulls(&scores);
        let Some(split) = ground.best_split(&pulls) else { break };
        let (low, high) = (split.low * boost.rate, split.high * boost.rate);
        for (bin, value) in curves[split.column].iter_mut().enumerate() {
            *value += if bin < split.bin { low } else { high };
        }
        for (score, bin) in scores.iter_mut().zip(&ground.bins[split.column]) {
            *score += if usize::from(*bin) < split.bin { low } else { high };
        }
    }
    (0..N).filter_map(|at| ground.rule(at, &curves[at])).collect()
}

/// Scores of all rows of each cut under a model, as somewhere to start from.
#[must_use]
pub fn starts<const N: usize>(columns: &[Column; N], samples: &[&Sample<N>], model: &Model) -> Vec<Vec<f64>> {
    samples.iter().map(|sample| super::choose::scores(columns, sample, model)).collect()
}

impl<'a, const N: usize> Ground<'a, N> {
    fn lay(columns: &'a [Column; N], samples: &[&Sample<N>]) -> Self {
        let floors = std::array::from_fn(|at| floor_log2(samples, at));
        let mut ground = Self {
            columns,
            floors,
            edges: std::array::from_fn(|_| Vec::new()),
            bins: std::array::from_fn(|_| Vec::new()),
            queries: Vec::new(),
            hit: Vec::new(),
        };
        for sample in samples {
            let offset = ground.hit.len();
            ground.hit.extend_from_slice(&sample.hit);
            let moved = |query: &Query| Query {
                start: query.start + offset,
                end: query.end + offset,
                positives: query.positives,
            };
            ground.queries.extend(sample.queries.iter().map(moved));
        }
        for at in 0..N {
            let read: Vec<i64> = samples.iter().flat_map(|sample| ground.read(sample, at)).collect();
            ground.edges[at] = edges(&read);
            ground.bins[at] = read.iter().map(|value| bin(&ground.edges[at], *value)).collect();
        }
        ground
    }

    fn is_of_best(&self, at: usize) -> bool {
        self.columns[at].basis != Basis::Candidate
    }

    fn read(&self, sample: &Sample<N>, at: usize) -> Vec<i64> {
        let column = &sample.columns[at];
        let mut read: Vec<i64> =
            column.iter().map(|value| logarithm_micro(f64::from(*value), self.floors[at])).collect();
        if self.is_of_best(at) {
            for query in &sample.queries {
                let rows = &mut read[query.start..query.end];
                let best = rows.iter().copied().max().unwrap_or(0);
                rows.iter_mut().for_each(|value| *value -= best);
            }
        }
        read
    }

    /// For every row, how it is pulled and how firmly. On all processors; the order of queries is kept.
    fn pulls(&self, scores: &[f64]) -> Vec<(f64, f64)> {
        let mut pulls = vec![(0.0, 0.0); self.hit.len()];
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.queries.len().div_ceil(threads).max(1);
        std::thread::scope(|scope| {
            let mut rest = pulls.as_mut_slice();
            let mut done = 0;
            for part in self.queries.chunks(share) {
                let end = part.last().map_or(done, |query| query.end);
                let (mine, others) = rest.split_at_mut(end - done);
                rest = others;
                let start = done;
                done = end;
                scope.spawn(move || {
                    for query in part {
                        let rows = query.start..query.end;
                        let pulls = &mut mine[query.start - start..query.end - start];
                        pull(&scores[rows.clone()], &self.hit[rows], query.positives, pulls);
                    }
                });
            }
        });
        pulls
    }

    fn best_split(&self, pulls: &[(f64, f64)]) -> Option<Split> {
        let mut best: Option<Split> = None;
        for at in 0..N {
            if let Some(split) = self.split_of(at, pulls)
                && best.as_ref().is_none_or(|best| split.gain > best.gain)
            {
                best = Some(split);
            }
        }
        best.filter(|split| split.gain > 1e-9)
    }

    fn split_of(&self, at: usize, pulls: &[(f64, f64)]) -> Option<Split> {
        let bins = self.edges[at].len();
        let mut sums = vec![(0.0, 0.0, 0_usize); bins];
        for (bin, (pull, firm)) in self.bins[at].iter().zip(pulls) {
            let sum = &mut sums[usize::from(*bin)];
            sum.0 += pull;
            sum.1 += firm;
            sum.2 += 1;
        }
        let all = sums.iter().fold((0.0, 0.0, 0), |all, sum| (all.0 + sum.0, all.1 + sum.1, all.2 + sum.2));
        let least = float(all.2) * LEAST_PART;
        let whole_gain = all.0 * all.0 / (all.1 + RIDGE);
        let rising = self.columns[at].basis == Basis::Paths;
        let (mut low, mut best) = ((0.0, 0.0, 0), None::<Split>);
        for bin in 1..bins {
            let sum = sums[bin - 1];
            low = (low.0 + sum.0, low.1 + sum.1, low.2 + sum.2);
            let high = (all.0 - low.0, all.1 - low.1, all.2 - low.2);
            let (down, up) = (low.0 / (low.1 + RIDGE), high.0 / (high.1 + RIDGE));
            if float(low.2) < least || float(high.2) < least || (rising && down > up) {
                continue;
            }
            let gain = low.0 * down + high.0 * up - whole_gain;
            if best.as_ref().is_none_or(|best| gain > best.gain) {
                best = Some(Split { column: at, bin, low: down, high: up, gain });
            }
        }
        best
    }

    /// The curve as a table, shifted so that its lowest value is 0 where it may only rise.
    fn rule(&self, at: usize, curve: &[f64]) -> Option<Rule> {
        let first = *curve.first()?;
        let shift = if self.columns[at].basis == Basis::Paths { first } else { 0.0 };
        let base_micro = micro(first - shift);
        let mut steps: Vec<(i64, i64)> = Vec::new();
        let mut before = base_micro;
        for (edge, value) in self.edges[at].iter().zip(curve).skip(1) {
            let gives = micro(value - shift);
            if gives != before {
                steps.push((*edge, gives));
                before = gives;
            }
        }
        let of_best = self.is_of_best(at);
        let reading = Reading::Curve { floor_log2: self.floors[at], of_best, base_micro, steps };
        let flat = matches!(&reading, Reading::Curve { steps, base_micro: 0, .. } if steps.is_empty());
        (!flat).then(|| Rule { signal: self.columns[at].name.to_owned(), reading })
    }
}

/// A split of one signal: below a bin, and from it on.
struct Split {
    column: usize,
    bin: usize,
    low: f64,
    high: f64,
    gain: f64,
}

/// Where bins begin: at most [`BINS`], holding about as many rows each; equal values share one.
fn edges(values: &[i64]) -> Vec<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let mut edges: Vec<i64> = Vec::with_capacity(BINS);
    edges.push(i64::MIN);
    for bin in 1..BINS {
        if let Some(value) = sorted.get(bin * sorted.len() / BINS)
            && edges.last() < Some(value)
            && sorted.first() < Some(value)
        {
            edges.push(*value);
        }
    }
    edges
}

fn bin(edges: &[i64], value: i64) -> u8 {
    let at = edges.partition_point(|edge| *edge <= value).saturating_sub(1);
    u8::try_from(number(at)).unwrap_or(u8::MAX)
}

/// How the rows of one query are pulled.
fn pull(scores: &[f64], hit: &[bool], positives: usize, pulls: &mut [(f64, f64)]) {
    let mut order: Vec<u32> = (0..number(scores.len())).collect();
    order.sort_by(|one, other| scores[index(*other)].total_cmp(&scores[index(*one)]).then(one.cmp(other)));
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return };
    let flat = scores[index(*first)] - scores[index(*last)] <= 0.0;
    let most = ideal(positives);
    let mut total = 0.0;
    for (place, one) in order.iter().enumerate().take(PLACES) {
        for (lower, other) in order.iter().enumerate().skip(place + 1) {
            let (one, other) = (index(*one), index(*other));
            if hit[one] == hit[other] {
                continue;
            }
            let (better, worse) = if hit[one] { (one, other) } else { (other, one) };
            let apart = scores[better] - scores[worse];
            let mut change = (discount(place) - discount(lower)) / most;
            if !flat {
                change /= 0.01 + apart.abs();
            }
            let doubt = 1.0 / (1.0 + libm::exp(apart));
            let (force, firm) = (change * doubt, change * doubt * (1.0 - doubt));
            pulls[better].0 += force;
            pulls[worse].0 -= force;
            pulls[better].1 += firm;
            pulls[worse].1 += firm;
            total += 2.0 * force;
        }
    }
    if total > 0.0 {
        let scale = libm::log2(1.0 + total) / total;
        pulls.iter_mut().for_each(|(force, firm)| {
            *force *= scale;
            *firm *= scale;
        });
    }
}

fn discount(place: usize) -> f64 {
    1.0 / libm::log2(float(place) + 2.0)
}
