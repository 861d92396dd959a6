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

pub mod join;
pub mod metrics;
pub mod pair;
pub mod sample;

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
    /// Query, candidate, score: best first within a query, scores strictly falling.
    #[serde(skip)]
    pub ranking: Vec<Ranked>,
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
struct Answered {
    query: u32,
    /// Candidates with their scores, best first, strictly falling.
    ranked: Vec<(u32, i64)>,
    /// The candidates that came true, ascending.
    positives: Vec<u32>,
    /// How many candidates were valid.
    valid: usize,
}

/// Ranks every query of a cut and measures the ranking. Uses all processors.
///
/// # Errors
/// When the split lacks dates, a row cannot become an event, or no query has a positive.
pub fn run(rows: &[Row], split: &Split, cut: Cut) -> Result<Report, BacktestError> {
    let at = cut.index();
    let (Some(start), Some(end)) = (split.cuts.get(at), split.cuts.get(at + 1)) else {
        return Err(BacktestError::Cuts(cut.name()));
    };
    let table = Table::new(rows, split, (start.day_number(), end.day_number()), start.first_day().year());
    let listed = split.queries.get(cut.name()).map(Vec::as_slice);
    let outcome = match split.task {
        Task::Pair => pair::answer(&table, split, listed)?,
        Task::Join => join::answer(&table, split, listed),
    };
    if outcome.answered.is_empty() {
        return Err(BacktestError::NoQueries(cut.name()));
    }
    let per_query: Vec<_> = outcome.answered.iter().map(metrics::of_query).collect();
    Ok(Report {
        task: split.task,
        cut,
        queries: outcome.answered.len(),
        candidates: outcome.candidates,
        listed: outcome.answered.iter().map(|answered| answered.ranked.len()).sum(),
        cold_start: outcome.cold_start,
        metrics: metrics::summarise(&per_query),
        ranking: outcome.answered.iter().flat_map(|answered| table.name(answered, split.task)).collect(),
    })
}

/// What a task came to.
struct Outcome {
    answered: Vec<Answered>,
    candidates: usize,
    cold_start: Option<f64>,
}

/// The rows with names as numbers.
struct Table<'a> {
    actors: Vec<&'a str>,
    groups: Vec<&'a str>,
    /// Day, actor, group, whether its kind counts as a positive.
    rows: Vec<(i32, u32, u32, bool)>,
    start: i32,
    end: i32,
    start_year: i16,
}

impl<'a> Table<'a> {
    fn new(rows: &'a [Row], split: &Split, (start, end): (i32, i32), start_year: i16) -> Self {
        let actors = names(rows.iter().map(|row| row.actor.as_str()));
        let groups = names(rows.iter().map(|row| row.group.as_str()));
        let number = |row: &Row| {
            let positive = split.positive_kinds.contains(&row.kind);
            (row.date.day_number(), place(&actors, &row.actor), place(&groups, &row.group), positive)
        };
        let rows = rows.iter().map(number).collect();
        Self { actors, groups, rows, start, end, start_year }
    }

    fn history(&self) -> impl Iterator<Item = (i32, u32, u32, bool)> {
        self.rows.iter().copied().filter(|row| row.0 < self.start)
    }

    /// Positive rows between the cut and the next.
    fn future(&self) -> impl Iterator<Item = (u32, u32)> {
        let within = |row: &&(i32, u32, u32, bool)| row.0 >= self.start && row.0 < self.end && row.3;
        self.rows.iter().filter(within).map(|row| (row.1, row.2))
    }

    /// The queries to ask: those listed that have a positive, in that order; otherwise a fixed draw.
    fn queries(&self, with_positive: &[u32], listed: Option<&[String]>, most: usize) -> Vec<u32> {
        match listed {
            Some(names) => names
                .iter()
                .filter_map(|name| self.actors.binary_search(&name.as_str()).ok())
                .map(number)
                .filter(|actor| with_positive.binary_search(actor).is_ok())
                .collect(),
            None => sample::draw(with_positive, most),
        }
    }

    fn name(&self, answered: &Answered, task: Task) -> Vec<Ranked> {
        let of = |names: &[&str], at: u32| names.get(index(at)).copied().unwrap_or_default().to_owned();
        let candidates = match task {
            Task::Pair => &self.actors,
            Task::Join => &self.groups,
        };
        let query = of(&self.actors, answered.query);
        let row = |(candidate, score): &(u32, i64)| Ranked {
            query: query.clone(),
            candidate: of(candidates, *candidate),
            score_micro: *score,
        };
        answered.ranked.iter().map(row).collect()
    }
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

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
