//! Models: how the values of signals become terms that add up.
//!
//! A model is data: rules, each a reading of one signal, with constants that were frozen when it was trained.
//! All of it is integers, so a model written to the log and read back ranks bit for bit as before. The term of a
//! signal is the sum of what its rules give; the score is the sum of the terms.

use serde::{Deserialize, Serialize};

use crate::numbers::micro;
use crate::signals;

/// Values of the signals of one candidate, in the order of [`signals::ALL`].
pub type Values = [f64; signals::COUNT];
/// Terms of one candidate in millionths, in the same order.
pub type Terms = [i64; signals::COUNT];

/// How the values of signals become terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What lists call it.
    pub name: String,
    /// Readings of signals. A signal may have several: their sum is its term.
    pub rules: Vec<Rule>,
}

/// A reading of one signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Name of the signal.
    pub signal: String,
    /// How it is read.
    pub reading: Reading,
}

/// How a value becomes a number of millionths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Reading {
    /// `weight * ln(1 + 1000 value / best)`, with the best value of any candidate of the query: needs no training.
    OfBest {
        /// Weight in thousandths.
        weight_milli: i64,
    },
    /// `slope * ln(1 + value / 2^floor)`.
    Slope {
        /// Binary logarithm of the value below which differences hardly count.
        floor_log2: i32,
        /// Millionths for each unit of the logarithm; below zero it speaks against the candidate.
        slope_micro: i64,
    },
    /// A table over `ln(1 + value / 2^floor)`, minus the same of the best candidate where `of_best`.
    Curve {
        /// As for a slope.
        floor_log2: i32,
        /// Whether the distance to the best candidate of the query is what is looked up.
        of_best: bool,
        /// What a value below the first step gives, in millionths.
        base_micro: i64,
        /// Ascending: from this millionth of the logarithm on, so many millionths.
        steps: Vec<(i64, i64)>,
    },
}

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
                    *term += rule.reading.read(value(values), best);
                }
            }
        }
        terms
    }
}

impl Reading {
    /// What a value gives, in millionths, where the best candidate has `best`.
    #[must_use]
    pub fn read(&self, value: f64, best: f64) -> i64 {
        match self {
            Self::OfBest { weight_milli } => of_best(value, best, *weight_milli),
            Self::Slope { floor_log2, slope_micro } => {
                scaled(logarithm_micro(value, *floor_log2), *slope_micro)
            }
            Self::Curve { floor_log2, of_best, base_micro, steps } => {
                let against = if *of_best { logarithm_micro(best, *floor_log2) } else { 0 };
                let at = logarithm_micro(value, *floor_log2) - against;
                let below = steps.partition_point(|(from, _)| *from <= at);
                below.checked_sub(1).and_then(|at| steps.get(at)).map_or(*base_micro, |(_, gives)| *gives)
            }
        }
    }
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
        let at = |value: f64| curve.read(value, 19.085_536_923_187_668);
        assert_eq!(logarithm_micro(19.085_536_923_187_668, 0), 3_000_000);
        assert_eq!([at(0.5), at(2.0), at(7.0), at(19.1)], [5, 10, 20, 30]);
    }

    #[test]
    fn the_best_candidate_of_the_default_has_the_whole_term_and_one_of_a_thousandth_a_tenth() {
        let reading = Reading::OfBest { weight_milli: 500 };
        assert_eq!(reading.read(2.0, 2.0), 3_454_378);
        assert_eq!(reading.read(0.002, 2.0), 346_574);
        assert_eq!(reading.read(0.0, 2.0), 0);
    }

    proptest! {
        #[test]
        fn more_of_a_signal_never_lowers_a_rising_rule(value in 0.0..1e6_f64, more in 0.0..1e6_f64, floor in -20..5_i32) {
            let rule = Reading::Slope { floor_log2: floor, slope_micro: 700_000 };
            prop_assert!(rule.read(value + more, 0.0) >= rule.read(value, 0.0));
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
