//! Back-test: what would the ranker have said before a date, and what happened after it?
//!
//! Rows of a register of who took part in what are folded into the same views that the log feeds, ranked by
//! the same graph and signals as a match list, and held against the rows after the cut. Protocol: a cut k
//! splits at `cuts[k]`; labels reach to `cuts[k + 1]`. In the pair task query and candidate are actors with at
//! least `min_groups` groups of several, and a positive is a pair that shares a group (of a positive kind) for
//! the first time. In the join task an actor meets groups that it has not joined.

use std::collections::BTreeMap;

use jinqiao_events::value::occurred::Occurred;
use serde::{Deserialize, Serialize};

mod baselines;
pub mod join;
pub mod metrics;
pub mod pair;
mod people;
pub(crate) mod rolling;
pub mod sample;
pub mod spreading;
mod table;
mod world;

use crate::learn::choose::Choice;
use crate::numbers::{index, number};
use spreading::Spreading;
use table::{Seat, Table};

pub use metrics::Metric;

/// One row: an actor took part in a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// When.
    pub date: Occurred,
    /// Sort of group.
    pub kind: String,
    /// The group.
    pub group: String,
    /// Who.
    pub actor: String,
}

/// A data set: what happened, what is asked, and what a register says of the actors.
#[derive(Debug, Clone)]
pub struct Data {
    /// What happened.
    pub rows: Vec<Row>,
    /// What is asked.
    pub split: Split,
    /// What is said of each actor (sort, country ...), one text a column; empty where nothing is.
    pub actors: BTreeMap<String, Vec<String>>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Which two will share a group for the first time.
    Pair,
    /// Which group an actor will join.
    Join,
}

/// Which kinds of group count as a positive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PositiveKinds {
    /// A word: `all`.
    All(String),
    /// These.
    These(Vec<String>),
}

impl PositiveKinds {
    fn contains(&self, kind: &str) -> bool {
        match self {
            Self::All(_) => true,
            Self::These(kinds) => kinds.iter().any(|one| one == kind),
        }
    }
}

/// The contents of `split.json`; fields that are not used here are skipped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Split {
    /// What is asked.
    pub task: Task,
    /// Four dates, ascending.
    pub cuts: Vec<Occurred>,
    /// How many groups an actor must have been in.
    pub min_groups: usize,
    /// Most queries, where none are listed.
    pub max_queries: usize,
    /// Which kinds count as a positive.
    pub positive_kinds: PositiveKinds,
    /// The queries of each cut.
    #[serde(default)]
    pub queries: BTreeMap<String, Vec<String>>,
    /// Join task: the last year in which a group existed.
    #[serde(default)]
    pub item_last_year: Option<BTreeMap<String, i16>>,
    /// Join task: how long ago a group may last have been joined.
    #[serde(default)]
    pub item_max_age_days: Option<i32>,
}

/// Which of the splits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// The first: labels between the first two dates.
    Train,
    /// The second.
    Valid,
    /// The last.
    Test,
}

impl Cut {
    /// Its name, as in `split.json` and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Train => 0,
            Self::Valid => 1,
            Self::Test => 2,
        }
    }
}

/// What a back-test found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What was asked.
    pub task: Task,
    /// Of which cut.
    pub cut: Cut,
    /// How many queries had a positive and were ranked.
    pub queries: usize,
    /// How many candidates there are in all.
    pub candidates: usize,
    /// How many pairs of query and candidate the ranking lists.
    pub listed: usize,
    /// Pair task: which part of all new pairs has a side below the threshold and is left out, 0 to 1.
    pub cold_start: Option<f64>,
    /// Means over queries with 95 % bootstrap intervals.
    pub metrics: Vec<Metric>,
    /// Which form of model was chosen, and what each did on the latest earlier cut.
    pub choice: Option<Choice>,
    /// Precision of the global list: how many of its first came true, as share of how many.
    pub global_precision: Vec<(usize, f64)>,
    /// Reliability of the global list: for rows of about equal probability, what was said and what happened.
    pub reliability: Vec<Reliability>,
    /// What spreading lists out would have cost and gained.
    pub spreading: Vec<Spreading>,
    /// Simple methods on the same queries, where asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub baselines: Vec<Baseline>,
    /// Query, candidate, score: best first within a query, scores strictly falling.
    #[serde(skip)]
    pub ranking: Vec<Ranked>,
    /// One list over all queries, by probability; the score is the probability in thousand-millionths.
    #[serde(skip)]
    pub global: Vec<Ranked>,
}

/// A simple method beside ours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Baseline {
    /// Its name.
    pub name: &'static str,
    /// Its nDCG@10.
    pub ndcg: Metric,
    /// Ours less its own, query by query.
    pub ahead: Metric,
}

/// A row of the reliability table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reliability {
    /// How many rows.
    pub rows: usize,
    /// Their mean probability.
    pub said: f64,
    /// The share of them that came true.
    pub happened: f64,
}

/// One row of the ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// Who asks.
    pub query: String,
    /// Whom or what it is offered.
    pub candidate: String,
    /// The score in millionths; where two would be equal the later one is one less than the one before.
    pub score_micro: i64,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BacktestError {
    /// The split does not have the dates that the cut needs.
    #[error("split.json 的 cuts 不足以划出 {0} 段，需要四个由早到晚的日期。")]
    Cuts(&'static str),
    /// No query of the cut has a positive.
    #[error("{0} 段没有任何可评测的查询：没有主体在该段出现新的配对。")]
    NoQueries(&'static str),
    /// A row cannot become an event.
    #[error("第 {row} 行无法成为事件：{reason}")]
    Row {
        /// The row, from 1.
        row: usize,
        /// What is wrong.
        reason: String,
    },
}

/// A query with its answers, before they are measured.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) query: u32,
    /// Candidates with their scores, best first, strictly falling.
    pub(crate) ranked: Vec<(u32, i64)>,
    /// The candidates that came true, ascending.
    pub(crate) positives: Vec<u32>,
    /// How many candidates were valid.
    pub(crate) valid: usize,
}

/// Ranks every query of a cut and measures the ranking. Trains on earlier cuts only. Uses all processors.
///
/// # Errors
/// When the split lacks dates, a row cannot become an event, or no query has a positive.
pub fn run(data: &Data, cut: Cut) -> Result<Report, BacktestError> {
    run_beside(data, cut, false)
}

/// The same, and where asked for with the simple methods beside it.
///
/// # Errors
/// As [`run`].
pub fn run_beside(data: &Data, cut: Cut, baselines: bool) -> Result<Report, BacktestError> {
    let (split, at) = (&data.split, cut.index());
    let (Some(start), Some(end)) = (split.cuts.get(at), split.cuts.get(at + 1)) else {
        return Err(BacktestError::Cuts(cut.name()));
    };
    let table = Table::new(data);
    let window = Window { start: start.day_number(), end: end.day_number() };
    let listed = split.queries.get(cut.name()).map(Vec::as_slice);
    let outcome = match split.task {
        Task::Pair => pair::answer(&table, split, window, listed, baselines)?,
        Task::Join => join::answer(&table, split, window, listed, baselines),
    };
    if outcome.answered.is_empty() {
        return Err(BacktestError::NoQueries(cut.name()));
    }
    let per_query: Vec<_> = outcome.answered.iter().map(metrics::of_query).collect();
    let came_true = outcome.came_true();
    let beside = |(name, answered): &(&'static str, Vec<Answered>)| {
        let other: Vec<_> = answered.iter().map(metrics::of_query).collect();
        let [.., ndcg, _auc] = metrics::summarised(&other);
        Baseline { name, ndcg, ahead: metrics::paired(&per_query, &other) }
    };
    Ok(Report {
        task: split.task,
        cut,
        queries: outcome.answered.len(),
        candidates: outcome.candidates,
        listed: outcome.answered.iter().map(|answered| answered.ranked.len()).sum(),
        cold_start: outcome.cold_start,
        metrics: metrics::summarised(&per_query).to_vec(),
        spreading: spreading::table(&outcome.answered, outcome.candidates),
        baselines: outcome.baselines.iter().map(beside).collect(),
        global_precision: metrics::precision(&came_true),
        reliability: metrics::reliability(&outcome.global, &came_true),
        ranking: outcome.answered.iter().flat_map(|answered| table.name(answered, split.task)).collect(),
        global: outcome.global.iter().map(|row| table.name_global(*row, split.task)).collect(),
        choice: outcome.choice,
    })
}

/// What a task came to.
struct Outcome {
    answered: Vec<Answered>,
    /// Query, candidate, probability: most likely first.
    global: Vec<(u32, u32, f64)>,
    candidates: usize,
    cold_start: Option<f64>,
    choice: Option<Choice>,
    /// Simple methods on the same queries, in the same order.
    baselines: Vec<(&'static str, Vec<Answered>)>,
}

impl Outcome {
    /// For each row of the global list, whether it came true.
    fn came_true(&self) -> Vec<bool> {
        let positives: BTreeMap<u32, &[u32]> =
            self.answered.iter().map(|answered| (answered.query, answered.positives.as_slice())).collect();
        let is_true = |(query, candidate, _): &(u32, u32, f64)| {
            positives.get(query).is_some_and(|positives| positives.binary_search(candidate).is_ok())
        };
        self.global.iter().map(is_true).collect()
    }
}

/// From one day on, up to another: what is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: i32,
    pub(crate) end: i32,
}

/// The year of a day.
fn year_of(day: i32) -> i16 {
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(day));
    date.map_or(i16::MAX, |date| date.year())
}

/// Groups of rows: for each key, its values, ascending and once each.
fn gather(pairs: impl Iterator<Item = (u32, u32)>, keys: usize) -> Vec<Vec<u32>> {
    let mut gathered = vec![Vec::new(); keys];
    for (key, value) in pairs {
        if let Some(values) = gathered.get_mut(index(key)) {
            values.push(value);
        }
    }
    for values in &mut gathered {
        values.sort_unstable();
        values.dedup();
    }
    gathered
}

/// Makes scores fall strictly: an equal one is one less than the one before.
fn falling(ranked: &mut [(u32, i64)]) {
    let mut before = i64::MAX;
    for (_, score) in ranked {
        *score = (*score).min(before.saturating_sub(1));
        before = *score;
    }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = all.collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn place(names: &[&str], name: &str) -> u32 {
    number(names.binary_search(&name).unwrap_or(usize::MAX))
}
