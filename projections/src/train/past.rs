//! The log's own back-test: what lists would have been worth in its past periods, had they been made then.
//!
//! Each of the latest periods is asked as if it were still to come: the form of model is chosen and fitted on what was
//! known on its first day, as [`super::train`] does today, and its lists are held against who then came to deal with
//! whom. Simple methods answer the same queries; differences are paired query by query. What no list can foresee is
//! counted beside it: new pairs of which one side had no tie at all before the period.

use std::collections::BTreeSet;

use jinqiao_events::kinds::ranking::Among;
use jinqiao_events::value::ids::PartyId;
use serde::Serialize;

use super::{deals, dealt_with, default_of, period, sides};
use crate::backtest::metrics::{self, PerQuery};
use crate::backtest::sample::SplitMix;
use crate::backtest::{Answered, Baseline, Metric, Window, rolling};
use crate::learn::choose::{self, Form, choose};
use crate::learn::{Sample, columns};
use crate::numbers::{float, number};
use crate::rank::Graphs;
use crate::signals;
use crate::views::Views;

/// Most periods that are asked again.
const PERIODS_MAX: usize = 4;
/// Simple methods that are signals by themselves, with what they are called.
const BASELINES: [(&str, &str); 5] = [
    ("partners", "popularity"),
    ("common_contacts", "common_neighbours"),
    ("adamic_adar", "adamic_adar"),
    ("resource_allocation", "resource_allocation"),
    ("three_step_walk", "rp3_beta"),
];
/// What can be said of a list without knowing every candidate: the metrics that look at its first places.
const TOLD: [&str; 3] = ["ndcg@10", "hits@10", "mrr"];

/// Candidates that nothing speaks for are taken to be so many: one of them that came true was missed.
const BEYOND: usize = 1_000_000;

/// One period, asked as if it were still to come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Past {
    /// Its first day, days since 1970-01-01.
    pub from_day: i32,
    /// The day after its last.
    pub until_day: i32,
    /// How many parties came to deal with somebody new whom a list could name.
    pub queries: usize,
    /// The form of model that had been chosen by then.
    pub form: Form,
    /// nDCG@10 of the lists.
    pub ndcg: f64,
    /// Of how many lists one of the first ten came true, as a share.
    pub hits: f64,
    /// How many pairs came to deal with each other for the first time.
    pub new_pairs: usize,
    /// Of how many of them one side had no tie before, and so no place on any list.
    pub cold_pairs: usize,
}

/// What lists would have been worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnBacktest {
    /// Between whom.
    pub among: Among,
    /// The periods, latest first; none where there is too little history.
    pub periods: Vec<Past>,
    /// Means over the queries of all periods, with 95 % bootstrap intervals.
    pub metrics: Vec<Metric>,
    /// Simple methods and the default model on the same queries.
    pub baselines: Vec<Baseline>,
}

/// Asks the latest periods of the log again, as of a day (days since 1970-01-01). `each` hears of every period when it
/// is done. As costly as training once for each period; uses all processors.
#[must_use]
pub fn ask_again(views: &Views, among: Among, as_of_day: i32, each: &mut dyn FnMut(&Past)) -> OwnBacktest {
    let mut periods = Vec::new();
    let mut ours: Vec<PerQuery> = Vec::new();
    let mut others: Vec<(&'static str, Vec<PerQuery>)> = ["random", "default"]
        .into_iter()
        .chain(BASELINES.map(|(_, name)| name))
        .map(|name| (name, Vec::new()))
        .collect();
    let cuts = period(views, as_of_day)
        .map(|(first_day, window)| rolling::earlier(first_day, window, |window| deals(views, among, window)));
    let (columns, default) = (columns(), default_of(among));
    for (window, sample) in cuts.iter().flat_map(|cuts| cuts.apart(PERIODS_MAX)) {
        let Some(cuts) = &cuts else { break };
        let known = (cuts.all_by(window.start), cuts.deciding_by(window.start));
        let choice = choose(&columns, &default, &known.0, &known.1, &rolling::name(window));
        let found = measured(sample, &choose::scores(&columns, sample, &choice.model));
        let by_default = choose::scores(&columns, sample, &default);
        let simple = BASELINES.map(|(signal, _)| column(sample, signal));
        let all = [chance(sample), by_default].into_iter().chain(simple);
        others.iter_mut().zip(all).for_each(|((_, kept), scores)| kept.extend(measured(sample, &scores)));
        let (new_pairs, cold_pairs) = cold(views, among, window);
        let [hits, .., ndcg, _] = metrics::summarised(&found);
        let past = Past {
            from_day: window.start,
            until_day: window.end,
            queries: sample.queries.len(),
            form: choice.form,
            ndcg: ndcg.mean,
            hits: hits.mean,
            new_pairs,
            cold_pairs,
        };
        each(&past);
        periods.push(past);
        ours.extend(found);
    }
    let (metrics, baselines) = if ours.is_empty() { Default::default() } else { beside(&ours, &others) };
    OwnBacktest { among, periods, metrics, baselines }
}

fn beside(ours: &[PerQuery], others: &[(&'static str, Vec<PerQuery>)]) -> (Vec<Metric>, Vec<Baseline>) {
    let told = |metric: &Metric| TOLD.contains(&metric.name);
    let baseline = |(name, other): &(&'static str, Vec<PerQuery>)| {
        let [.., ndcg, _auc] = metrics::summarised(other);
        Baseline { name, ndcg, ahead: metrics::paired(ours, other) }
    };
    (metrics::summarised(ours).into_iter().filter(told).collect(), others.iter().map(baseline).collect())
}

/// The metrics of every query, its rows sorted by these scores; equal ones in the order of rows.
fn measured<const N: usize>(sample: &Sample<N>, scores: &[f64]) -> Vec<PerQuery> {
    let of = |query: &crate::learn::Query| {
        let scores = scores.get(query.start..query.end).unwrap_or(&[]);
        let hit = sample.hit.get(query.start..query.end).unwrap_or(&[]);
        let rows = number(scores.len());
        let mut order: Vec<(u32, f64)> = (0..rows).zip(scores.iter().copied()).collect();
        order.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let ranked = (0..).zip(order).map(|(place, (row, _))| (row, -place)).collect();
        let mut positives: Vec<u32> =
            (0..rows).zip(hit).filter(|(_, hit)| **hit).map(|(row, _)| row).collect();
        // Those that no row stands for are somewhere beyond: missed.
        let missing = number(query.positives.saturating_sub(positives.len()));
        positives.extend(rows..rows + missing);
        metrics::of_query(&Answered { query: 0, ranked, positives, valid: scores.len() + BEYOND })
    };
    sample.queries.iter().map(of).collect()
}

/// The values of one signal.
fn column(sample: &Sample<{ signals::COUNT }>, signal: &str) -> Vec<f64> {
    let column = signals::named(signal).and_then(|(at, _)| sample.columns.get(at));
    column.map_or_else(Vec::new, |column| column.iter().map(|value| f64::from(*value)).collect())
}

/// Chance among those that any reason speaks for.
fn chance<const N: usize>(sample: &Sample<N>) -> Vec<f64> {
    let mut random = SplitMix::new(20_260_101);
    sample.hit.iter().map(|_| float(random.below(1 << 30))).collect()
}

/// The pairs that deal with each other for the first time within a window, and how many of them have a side that
/// nothing tied to anyone before.
fn cold(views: &Views, among: Among, window: Window) -> (usize, usize) {
    let (before, after) = (Graphs::build(views, window.start - 1), Graphs::build(views, window.end - 1));
    let (kind, _) = sides(among);
    let of_kind = |party: &PartyId| views.register.party(*party).is_some_and(|party| party.kind == kind);
    let (mut new, mut cold) = (0, 0);
    for party in views.register.parties().filter(|party| party.kind == kind).map(|party| party.id) {
        let known: BTreeSet<PartyId> = dealt_with(&before, party).into_iter().collect();
        let later = dealt_with(&after, party);
        for other in later.iter().filter(|other| **other > party && !known.contains(other) && of_kind(other))
        {
            new += 1;
            let tied = |party| before.parties.node(party).is_some();
            cold += usize::from(!(tied(party) && tied(*other)));
        }
    }
    (new, cold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_row_stands_for_counts_as_missed() {
        let mut sample = Sample::<1>::default();
        sample.push(&[[1.0], [3.0], [2.0]], &[false, true, false], 2);
        let [[hits, .., ndcg, _]] = measured(&sample, &[1.0, 3.0, 2.0]).try_into().unwrap();
        assert!((hits - 1.0).abs() < 1e-12);
        // The one found stands first, the other nowhere.
        let ideal = 1.0 + 1.0 / 3_f64.log2();
        assert!((ndcg - 1.0 / ideal).abs() < 1e-12, "{ndcg}");
    }
}
