//! What spreading lists out would have cost, and gained: nDCG@10 and concentration at several strengths.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Answered, metrics};
use crate::numbers::{float, number};
use crate::rank::exposure::{DEFAULT_STRENGTH_MILLI, Scores, gini, priced, prices_micro, shown};

/// Strengths tried, in thousandths: none, low, the default, high.
const STRENGTHS_MILLI: [i64; 4] = [0, 100, DEFAULT_STRENGTH_MILLI, 1_000];
/// Places that are shown.
const TOP: usize = 10;
/// So many of each list's best can change places.
const DEPTH: usize = 100;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spreading {
    /// How strongly lists were spread out, in thousandths.
    pub strength_milli: i64,
    /// nDCG@10 of the lists.
    pub ndcg: f64,
    /// Gini coefficient of how often candidates stand among the first ten, over all candidates.
    pub gini: f64,
    /// Which part of all first ten places goes to the most shown hundredth of candidates.
    pub top_percent: f64,
}

/// The table. `candidates` is how many there are in all, on lists or not.
pub(super) fn table(answered: &[Answered], candidates: usize) -> Vec<Spreading> {
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut lists: Vec<Scores> = Vec::with_capacity(answered.len());
    for one in answered {
        let mut list = Scores::new();
        for (candidate, score) in one.ranked.iter().take(DEPTH) {
            let next = number(numbers.len());
            list.push((*numbers.entry(*candidate).or_insert(next), *score));
        }
        lists.push(list);
    }
    let names: BTreeMap<u32, u32> = numbers.iter().map(|(candidate, number)| (*number, *candidate)).collect();
    let all = candidates.max(numbers.len());
    STRENGTHS_MILLI.map(|strength_milli| row(answered, &lists, &names, all, strength_milli)).to_vec()
}

fn row(
    answered: &[Answered],
    lists: &[Scores],
    names: &BTreeMap<u32, u32>,
    candidates: usize,
    strength_milli: i64,
) -> Spreading {
    let prices = prices_micro(lists, candidates, TOP, strength_milli);
    let measured = |(one, list): (&Answered, &Scores)| {
        let list = priced(list, &prices);
        let mut ranked: Vec<(u32, i64)> =
            list.iter().filter_map(|(number, score)| Some((*names.get(number)?, *score))).collect();
        ranked.extend(one.ranked.iter().skip(DEPTH));
        let spread =
            Answered { query: one.query, ranked, positives: one.positives.clone(), valid: one.valid };
        metrics::of_query(&spread)[metrics::NDCG]
    };
    let ndcg = answered.iter().zip(lists).map(measured).sum::<f64>() / float(answered.len().max(1));
    let mut shown = shown(lists, &prices, TOP);
    let gini = gini(&shown);
    shown.sort_unstable_by_key(|count| std::cmp::Reverse(*count));
    let most: usize = shown.iter().take(candidates.div_ceil(100)).sum();
    let total: usize = shown.iter().sum();
    Spreading { strength_milli, ndcg, gini, top_percent: float(most) / float(total.max(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_strength_nothing_changes_and_with_it_lists_lie_less_on_a_few() {
        // Eight lists begin with 100, then one of their own that came true and is more or less as good.
        let answered: Vec<Answered> = (0..8)
            .map(|query| {
                let own = (0..12).map(|at| {
                    (200 + query * 12 + at, 980_000 - i64::from(query) * 20_000 - i64::from(at) * 40_000)
                });
                let ranked = std::iter::once((100, 1_000_000)).chain(own).collect();
                Answered { query, ranked, positives: vec![200 + query * 12], valid: 50 }
            })
            .collect();
        let table = table(&answered, 400);
        assert!((table[0].ndcg - 1.0 / 3_f64.log2()).abs() < 1e-12, "{table:?}");
        assert!(table[3].gini < table[0].gini && table[3].ndcg > table[0].ndcg, "{table:?}");
    }
}
