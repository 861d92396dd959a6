//! Metrics of a ranking, per query and over all, with bootstrap intervals.

use serde::Serialize;

use super::{Answered, Reliability, sample::SplitMix};
use crate::numbers::float;

/// Names of the metrics, in the order of [`PerQuery`].
pub const NAMES: [&str; 7] = ["hits@10", "hits@50", "mrr", "map@10", "recall@50", "ndcg@10", "auc"];
/// The place of nDCG@10 among them: the one to tune on and to compare by.
pub(super) const NDCG: usize = 5;
/// The metrics of one query.
pub type PerQuery = [f64; NAMES.len()];

/// Draws of the bootstrap.
const DRAWS: usize = 2_000;

/// A mean over queries, with its 95 % percentile bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// The mean.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The metrics of a query. Positives that are not listed are spread evenly over the places after the list;
/// for AUC they all have its middle.
pub(crate) fn of_query(answered: &Answered) -> PerQuery {
    let listed = answered.ranked.len();
    let mut ranks: Vec<f64> = answered
        .ranked
        .iter()
        .enumerate()
        .filter(|(_, (candidate, _))| answered.positives.binary_search(candidate).is_ok())
        .map(|(at, _)| float(at + 1))
        .collect();
    let missing = answered.positives.len() - ranks.len();
    let (first, rest) = (float(listed), float(answered.valid.saturating_sub(listed) + 1));
    let middle = first + rest / 2.0;
    let sum_for_auc = ranks.iter().sum::<f64>() + middle * float(missing);
    ranks.extend((1..=missing).map(|at| first + float(at) * rest / float(missing + 1)));
    measure(&ranks, sum_for_auc, answered.valid)
}

fn measure(ranks: &[f64], sum_for_auc: f64, valid: usize) -> PerQuery {
    let positives = float(ranks.len());
    let within = |most: f64| ranks.iter().filter(|rank| **rank <= most).count();
    let best = ranks.first().copied().unwrap_or(f64::INFINITY);
    let top = ranks.iter().take_while(|rank| **rank <= 10.0);
    let precision: f64 = top.clone().enumerate().map(|(at, rank)| float(at + 1) / rank).sum();
    let gain: f64 = top.map(|rank| 1.0 / libm::log2(rank + 1.0)).sum();
    let ideal: f64 = (1..=ranks.len().min(10)).map(|rank| 1.0 / libm::log2(float(rank + 1))).sum();
    let hit = |most: f64| if best <= most { 1.0 } else { 0.0 };
    let auc = 1.0
        - (sum_for_auc / positives - f64::midpoint(positives, 1.0))
            / float(valid.saturating_sub(ranks.len()).max(1));
    [
        hit(10.0),
        hit(50.0),
        1.0 / best,
        precision / positives.min(10.0),
        float(within(50.0)) / positives,
        gain / ideal,
        auc,
    ]
}

/// Means and intervals.
pub(crate) fn summarised(per_query: &[PerQuery]) -> [Metric; NAMES.len()] {
    let mut random = SplitMix::new(1);
    let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(DRAWS); NAMES.len()];
    for _ in 0..DRAWS {
        let drawn: Vec<&PerQuery> =
            (0..per_query.len()).filter_map(|_| per_query.get(random.below(per_query.len()))).collect();
        for (at, draws) in draws.iter_mut().enumerate() {
            draws.push(mean(drawn.iter().copied(), at));
        }
    }
    draws.iter_mut().for_each(|draws| draws.sort_unstable_by(f64::total_cmp));
    std::array::from_fn(|at| {
        let sorted = draws.get(at).map_or(&[][..], Vec::as_slice);
        let [low, high] = [0.025, 0.975].map(|part| percentile(sorted, part));
        let name = NAMES.get(at).copied().unwrap_or_default();
        Metric { name, mean: mean(per_query.iter(), at), low, high }
    })
}

/// The mean difference of nDCG@10 of two rankings of the same queries, with its interval: both are drawn together.
pub(crate) fn paired(ours: &[PerQuery], other: &[PerQuery]) -> Metric {
    let differences: Vec<PerQuery> = ours
        .iter()
        .zip(other)
        .map(|(one, other)| std::array::from_fn(|at| at_of(one, at) - at_of(other, at)))
        .collect();
    let [.., ndcg, _auc] = summarised(&differences);
    ndcg
}

fn at_of(metrics: &PerQuery, at: usize) -> f64 {
    metrics.get(at).copied().unwrap_or(0.0)
}

fn mean<'a>(queries: impl ExactSizeIterator<Item = &'a PerQuery>, metric: usize) -> f64 {
    let count = float(queries.len().max(1));
    queries.filter_map(|query| query.get(metric)).sum::<f64>() / count
}

/// The value below which a part of the sorted values lies, interpolated.
fn percentile(sorted: &[f64], part: f64) -> f64 {
    let at = part * float(sorted.len().saturating_sub(1));
    let (below, above) = (value_at(sorted, at.floor()), value_at(sorted, at.ceil()));
    below + (above - below) * at.fract()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within 2,000 values")]
fn value_at(sorted: &[f64], at: f64) -> f64 {
    sorted.get(at as usize).copied().unwrap_or(0.0)
}

/// How many of the first 100 and 1,000 of a global list came true, as shares.
pub(super) fn precision(came_true: &[bool]) -> Vec<(usize, f64)> {
    let share = |most: usize| {
        let first = came_true.get(..most)?;
        Some((most, float(first.iter().filter(|hit| **hit).count()) / float(most)))
    };
    [100, 1_000].into_iter().filter_map(share).collect()
}

/// How many rows of a global list make a row of the reliability table.
const RELIABILITY_ROWS: usize = 2_000;

/// For rows of about equal probability, what was said and what happened.
pub(super) fn reliability(global: &[(u32, u32, f64)], came_true: &[bool]) -> Vec<Reliability> {
    let row = |(rows, hits): (&[(u32, u32, f64)], &[bool])| Reliability {
        rows: rows.len(),
        said: rows.iter().map(|row| row.2).sum::<f64>() / float(rows.len().max(1)),
        happened: float(hits.iter().filter(|hit| **hit).count()) / float(rows.len().max(1)),
    };
    global.chunks(RELIABILITY_ROWS).zip(came_true.chunks(RELIABILITY_ROWS)).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_those_worked_by_hand() {
        let ranks = [2.0, 5.0, 60.0];
        let expected = [
            1.0,
            1.0,
            0.5,
            (1.0 / 2.0 + 2.0 / 5.0) / 3.0,
            2.0 / 3.0,
            (1.0 / 3_f64.log2() + 1.0 / 6_f64.log2()) / (1.0 + 1.0 / 3_f64.log2() + 0.5),
            1.0 - (67.0 / 3.0 - 2.0) / 97.0,
        ];
        for (got, wanted) in measure(&ranks, 67.0, 100).into_iter().zip(expected) {
            assert!((got - wanted).abs() < 1e-12, "{got} {wanted}");
        }
    }

    #[test]
    fn an_empty_list_is_worth_a_coin() {
        let answered = Answered { query: 0, ranked: Vec::new(), positives: vec![1, 2], valid: 50 };
        let [hits, .., auc] = of_query(&answered);
        assert!(hits.abs() < 1e-12 && (auc - 0.5).abs() < 0.02, "{hits} {auc}");
    }
}
