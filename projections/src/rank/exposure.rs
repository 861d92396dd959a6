//! Exposure: spreading lists out, so that not everyone is sent to the same few.
//!
//! Every candidate has a price that rises with the number of lists it is on: strength x spread x ln(1 + lists / mean),
//! where spread is how far the scores of a list lie apart in the mean. Prices settle in `ROUNDS` damped rounds;
//! what a candidate then loses is a term of its line like any other. Order and rounding are fixed, so the same lists
//! give the same prices.

use crate::numbers::{float, index, micro, whole};

/// The strength where nobody asks for another, in thousandths: on real registers it costs nothing that can be
/// measured (`backtest` prints the table).
pub const DEFAULT_STRENGTH_MILLI: i64 = 350;
/// Rounds in which prices settle.
const ROUNDS: usize = 12;
/// Part of the new price that the first round takes on; later ones take on less, so that lists that are alike do not
/// swing to and fro together.
const DAMPING: f64 = 0.5;

/// Candidates (numbered from 0) with scores in millionths, of one list.
pub type Scores = Vec<(u32, i64)>;

/// The price of every candidate in millionths, zero or more, where each list shows its `top` best.
/// O(rounds x rows log rows).
#[must_use]
pub fn prices_micro(lists: &[Scores], candidates: usize, top: usize, strength_milli: i64) -> Vec<i64> {
    let mut prices = vec![0.0; candidates];
    let strength = float(usize::try_from(strength_milli.max(0)).unwrap_or(0)) / 1_000.0;
    if strength <= 0.0 || top == 0 {
        return vec![0; candidates];
    }
    let unit = strength * spread(lists);
    for round in 0..ROUNDS {
        let part = DAMPING / (1.0 + float(round) / 4.0);
        let settled: Vec<i64> = prices.iter().map(|price| micro(*price)).collect();
        let shown = shown(lists, &settled, top);
        let mean = float(shown.iter().sum::<usize>()) / float(candidates.max(1));
        for (price, lists) in prices.iter_mut().zip(&shown) {
            let wanted = unit * libm::log1p(float(*lists) / mean.max(1e-9));
            *price += part * (wanted - *price);
        }
    }
    prices.into_iter().map(micro).collect()
}

/// The list with prices taken off, best first; equal scores by number.
#[must_use]
pub fn priced(list: &Scores, prices_micro: &[i64]) -> Scores {
    let price = |candidate: u32| prices_micro.get(index(candidate)).copied().unwrap_or(0);
    let mut priced: Scores =
        list.iter().map(|(candidate, score)| (*candidate, score.saturating_sub(price(*candidate)))).collect();
    priced.sort_by_key(|(candidate, score)| (std::cmp::Reverse(*score), *candidate));
    priced
}

/// On how many lists each candidate is among the `top` best.
#[must_use]
pub fn shown(lists: &[Scores], prices_micro: &[i64], top: usize) -> Vec<usize> {
    let mut shown = vec![0; prices_micro.len()];
    for list in lists {
        for (candidate, _) in priced(list, prices_micro).into_iter().take(top) {
            if let Some(count) = shown.get_mut(index(candidate)) {
                *count += 1;
            }
        }
    }
    shown
}

/// Gini coefficient of how often candidates are shown: 0 where all are alike, towards 1 where few have it all.
#[must_use]
pub fn gini(shown: &[usize]) -> f64 {
    let mut sorted = shown.to_vec();
    sorted.sort_unstable();
    let total: usize = sorted.iter().sum();
    if total == 0 {
        return 0.0;
    }
    let weighted: f64 = sorted.iter().enumerate().map(|(at, count)| float(at + 1) * float(*count)).sum();
    let count = float(sorted.len());
    2.0 * weighted / (count * float(total)) - (count + 1.0) / count
}

/// How far the scores of a list lie apart: the mean over lists of their standard deviation.
fn spread(lists: &[Scores]) -> f64 {
    let deviation = |list: &Scores| {
        let scores: Vec<f64> = list.iter().map(|(_, score)| whole(*score)).collect();
        let mean = scores.iter().sum::<f64>() / float(scores.len().max(1));
        let squares: f64 = scores.iter().map(|score| (score - mean) * (score - mean)).sum();
        (squares / float(scores.len().max(1))).sqrt()
    };
    lists.iter().map(deviation).sum::<f64>() / float(lists.len().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everyone's favourite is candidate 0; a second choice of one's own is nearly as good for some.
    fn lists() -> Vec<Scores> {
        let second = |own: u32| 1_000_000 - i64::from(own) * 60_000;
        (1..9).map(|own| vec![(0, 1_000_000), (own, second(own)), (own % 8 + 9, 100_000)]).collect()
    }

    #[test]
    fn a_price_moves_lists_off_the_common_favourite_and_none_changes_nothing() {
        let lists = lists();
        let free = prices_micro(&lists, 17, 1, 0);
        assert_eq!(shown(&lists, &free, 1)[0], 8);
        let priced = prices_micro(&lists, 17, 1, 350);
        let after = shown(&lists, &priced, 1);
        assert!(after[0] < 8 && gini(&after) < gini(&shown(&lists, &free, 1)), "{after:?}");
        assert!(priced.iter().all(|price| *price >= 0));
    }

    #[test]
    fn prices_do_not_depend_on_the_order_of_lists() {
        let (lists, mut turned) = (lists(), lists());
        turned.reverse();
        assert_eq!(prices_micro(&lists, 17, 1, 350), prices_micro(&turned, 17, 1, 350));
    }

    #[test]
    fn the_gini_coefficient_is_that_worked_by_hand() {
        assert!(gini(&[1, 1, 1, 1]).abs() < 1e-12);
        assert!((gini(&[0, 0, 0, 4]) - 0.75).abs() < 1e-12);
    }
}
