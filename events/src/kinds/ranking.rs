//! Models of ranking (排序模型): with which weights the lists of a log are made, from when on.
//!
//! A model is data of integers alone: written here and read back, it ranks bit for bit as it did. What a signal is,
//! the read side knows; here it is a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::occurred::Occurred;

/// Between whom a model ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Among {
    /// 企业之间.
    Enterprises,
    /// 商协会之间.
    Chambers,
}

/// How the values of one signal become a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ModelRule {
    /// Name of the signal.
    pub signal: String,
    /// How it is read.
    pub reading: Reading,
}

/// How a value becomes a number of millionths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
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

/// 概率: how signals and the score become a probability that means the same for everyone who asks. The logarithm of
/// the odds is the sum of all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Odds {
    /// Where it starts, in millionths.
    pub base_micro: i64,
    /// Millionths for each unit of the score.
    pub score_slope_micro: i64,
    /// What signals add.
    pub rules: Vec<ModelRule>,
}

/// What a form of model did on the deciding earlier periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Tried {
    /// The form.
    pub form: String,
    /// Mean nDCG@10 in millionths.
    pub ndcg_micro: i64,
}

body! {
    /// 采用排序模型: from this day on lists are made with this model; lists of earlier days keep theirs.
    "ranking_model_adopted" v 1, "采用排序模型", "Ranking model adopted";
    pub struct RankingModelAdopted {
        /// What lists call it.
        pub model: String,
        /// Between whom it ranks.
        pub among: Among,
        /// How the values of signals become terms.
        pub weights: Vec<ModelRule>,
        /// How scores become probabilities, where enough had happened to tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub odds: Option<Box<Odds>>,
        /// Form of the model: default, single, additive, stumps.
        pub model_form: String,
        /// What each form did on earlier periods of the log.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub tried: Vec<Tried>,
        /// From how many lists it learned what came true.
        pub queries: u64,
        /// The last day whose outcomes it learned from.
        pub trained_to: Occurred,
        /// The last event it knew.
        pub at_position: u64,
        /// The program that trained it.
        pub program: String,
    }
}
