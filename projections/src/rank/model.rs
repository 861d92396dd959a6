//! Models: how the values of signals become terms that add up.
//!
//! A model is data: rules, each a reading of one signal, with constants that were frozen when it was trained.
//! All of it is integers, so a model written to the log and read back ranks bit for bit as before. The term of a
//! signal is the sum of what its rules give; the score is the sum of the terms.

pub use jinqiao_events::kinds::ranking::{ModelRule as Rule, Odds, Reading};
use serde::{Deserialize, Serialize};

use crate::numbers::micro;
use crate::signals;

/// Values of the signals of one candidate, in the order of [`signals::ALL`].
pub type Values = [f64; signals::COUNT];
/// Terms of one candidate in millionths, in the same order.
pub type Terms = [i64; signals::COUNT];

/// How the values of signals become terms.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What lists call it.
    pub name: String,
    /// Readings of signals. A signal may have several: their sum is its term.
    pub rules: Vec<Rule>,
}

/// No reading gives more than a million, so that what fits into one event adds up without overflow.
const READING_MAX_MICRO: i64 = 1_000_000_000_000;

/// Name of the model that ranks where none was trained.
pub const DEFAULT: &str = "default-1";

impl Model {
    /// The model where there is too little history to train one: shared contacts, contacts of contacts, and
    /// direct contact, against the best of the list. Weights chosen on earlier periods of real registers.
    #[must_use]
    pub fn default_of(direct_contact_milli: i64) -> Self {
        let rule = |signal: &str, weight_milli| Rule {
            signal: signal.to_owned(),
            reading: Reading::OfBest { weight_milli },
        };
        let rules = vec![
            rule("resource_allocation", 1_000),
            rule("three_step_walk", 500),
            rule("direct_contact", direct_contact_milli),
        ];
        Self { name: DEFAULT.to_owned(), rules }
    }

    /// The default among all parties.
    #[must_use]
    pub fn among_parties() -> Self {
        Self::default_of(300)
    }

    /// The default among chambers, where direct contact (members in common, trade between members) is the main
    /// reason.
    #[must_use]
    pub fn among_chambers() -> Self {
        Self::default_of(1_000)
    }

    /// The first signal that the program does not know, if any.
    #[must_use]
    pub fn unknown_signal(&self) -> Option<&str> {
        let unknown = |rule: &&Rule| signals::named(&rule.signal).is_none();
        self.rules.iter().find(unknown).map(|rule| rule.signal.as_str())
    }

    /// The same model with every term in this proportion, in millionths.
    #[must_use]
    pub fn scaled(mut self, part_micro: i64) -> Self {
        for rule in &mut self.rules {
            match &mut rule.reading {
                Reading::OfBest { weight_milli } => *weight_milli = scaled(*weight_milli, part_micro),
                Reading::Slope { slope_micro, .. } => *slope_micro = scaled(*slope_micro, part_micro),
                Reading::Curve { base_micro, steps, .. } => {
                    *base_micro = scaled(*base_micro, part_micro);
                    steps.iter_mut().for_each(|(_, gives)| *gives = scaled(*gives, part_micro));
                }
            }
        }
        self
    }

    /// Terms of every candidate of one query, held against each other. `names` says which value is of which
    /// signal. O(candidates x rules).
    #[must_use]
    pub fn terms<const N: usize>(&self, names: &[&str; N], candidates: &[[f64; N]]) -> Vec<[i64; N]> {
        let mut terms = vec![[0; N]; candidates.len()];
        for rule in &self.rules {
            let Some(at) = names.iter().position(|name| *name == rule.signal) else { continue };
            let value = |values: &[f64; N]| values.get(at).copied().unwrap_or(0.0);
            let best = candidates.iter().map(value).fold(0.0, f64::max);
            for (values, terms) in candidates.iter().zip(&mut terms) {
                if let Some(term) = terms.get_mut(at) {
                    *term += read(&rule.reading, value(values), best);
                }
            }
        }
        terms
    }
}

/// What a reading makes of a value, in millionths, where the best candidate has `best`.
#[must_use]
pub fn read(reading: &Reading, value: f64, best: f64) -> i64 {
    let micro = match reading {
        Reading::OfBest { weight_milli } => of_best(value, best, *weight_milli),
        Reading::Slope { floor_log2, slope_micro } => {
            scaled(logarithm_micro(value, *floor_log2), *slope_micro)
        }
        Reading::Curve { floor_log2, of_best, base_micro, steps } => {
            let against = if *of_best { logarithm_micro(best, *floor_log2) } else { 0 };
            let at = logarithm_micro(value, *floor_log2).saturating_sub(against);
            let below = steps.partition_point(|(from, _)| *from <= at);
            below.checked_sub(1).and_then(|at| steps.get(at)).map_or(*base_micro, |(_, gives)| *gives)
        }
    };
    micro.clamp(-READING_MAX_MICRO, READING_MAX_MICRO)
}

/// The probability that odds give to a candidate with these values and this score, 0 to 1.
#[must_use]
pub fn probability<const N: usize>(
    odds: &Odds,
    names: &[&str; N],
    values: &[f64; N],
    score_micro: i64,
) -> f64 {
    let place = |signal: &str| names.iter().position(|name| *name == signal);
    let of = |rule: &Rule| {
        let value = place(&rule.signal).and_then(|at| values.get(at)).copied().unwrap_or(0.0);
        read(&rule.reading, value, 0.0)
    };
    let signals: i64 = odds.rules.iter().map(of).fold(0, i64::saturating_add);
    let line =
        odds.base_micro.saturating_add(scaled(score_micro, odds.score_slope_micro)).saturating_add(signals);
    1.0 / (1.0 + libm::exp(-crate::numbers::whole(line)))
}

/// `ln(1 + value / 2^floor)` in millionths.
#[must_use]
pub fn logarithm_micro(value: f64, floor_log2: i32) -> i64 {
    micro(libm::log1p(libm::ldexp(value.max(0.0), -floor_log2)))
}

/// A party that is no candidate may have more than the best one; it gets the whole term.
fn of_best(value: f64, best: f64, weight_milli: i64) -> i64 {
    if best <= 0.0 || value <= 0.0 {
        return 0;
    }
    let ratio = (value / best).min(1.0);
    scaled(micro(libm::log(1.0 + ratio * 1_000.0)), weight_milli * 1_000)
}

/// A product of millionths in millionths, rounded half away from zero.
fn scaled(one_micro: i64, other_micro: i64) -> i64 {
    let product = i128::from(one_micro) * i128::from(other_micro);
    let half = if product < 0 { -500_000 } else { 500_000 };
    i64::try_from((product + half) / 1_000_000).unwrap_or(if product < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_curve_is_read_from_its_table() {
        let steps = vec![(-2_000_000, 10), (-1_000_000, 20), (0, 30)];
        let curve = Reading::Curve { floor_log2: 0, of_best: true, base_micro: 5, steps };
        let at = |value: f64| read(&curve, value, 19.085_536_923_187_668);
        assert_eq!(logarithm_micro(19.085_536_923_187_668, 0), 3_000_000);
        assert_eq!([at(0.5), at(2.0), at(7.0), at(19.1)], [5, 10, 20, 30]);
    }

    #[test]
    fn the_best_candidate_of_the_default_has_the_whole_term_and_one_of_a_thousandth_a_tenth() {
        let reading = Reading::OfBest { weight_milli: 500 };
        assert_eq!(read(&reading, 2.0, 2.0), 3_454_378);
        assert_eq!(read(&reading, 0.002, 2.0), 346_574);
        assert_eq!(read(&reading, 0.0, 2.0), 0);
    }

    proptest! {
        #[test]
        fn more_of_a_signal_never_lowers_a_rising_rule(value in 0.0..1e6_f64, more in 0.0..1e6_f64, floor in -20..5_i32) {
            let rule = Reading::Slope { floor_log2: floor, slope_micro: 700_000 };
            prop_assert!(read(&rule, value + more, 0.0) >= read(&rule, value, 0.0));
        }

        #[test]
        fn a_model_written_and_read_back_is_the_same(slopes in prop::collection::vec((any::<i64>(), -40..40_i32), 0..6)) {
            let rules = slopes.iter().zip(signals::ALL).map(|((slope_micro, floor_log2), signal)| Rule {
                signal: signal.name().to_owned(),
                reading: Reading::Slope { floor_log2: *floor_log2, slope_micro: *slope_micro },
            });
            let model = Model { name: "m".to_owned(), rules: rules.collect() };
            let text = serde_json::to_string(&model).unwrap();
            prop_assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model);
        }
    }
}
