//! Join task: which group an actor joins next, by three steps over who is where (RP3beta, Paudel 2017).
//!
//! Steps: actor to its groups by 1/deg, group to its members by 1/size, member
//! to its groups by 1/deg, divided by size^0.3. Belonging does not fade.

use std::collections::BTreeMap;

use super::{Answered, Outcome, Split, Table, falling, gather, index, metrics::float, number};
use crate::chamber_graph::micro;

/// A group's size to this power divides its value.
const FAME_EXPONENT: f64 = 0.3;

pub(super) fn answer(table: &Table<'_>, split: &Split, listed: Option<&[String]>) -> Outcome {
    let joined = gather(table.history().map(|(_, actor, group, _)| (actor, group)), table.actors.len());
    let members = gather(table.history().map(|(_, actor, group, _)| (group, actor)), table.groups.len());
    let alive = alive(table, split);
    let future = gather(table.future(), table.actors.len());
    let positives = |actor: u32| -> Vec<u32> {
        let (future, joined) = (row(&future, actor), row(&joined, actor));
        let new = |group: &&u32| alive.binary_search(group).is_ok() && joined.binary_search(group).is_err();
        future.iter().filter(new).copied().collect()
    };
    let enough =
        |actor: &u32| row(&joined, *actor).len() >= split.min_groups && !positives(*actor).is_empty();
    let with_positive: Vec<u32> = (0..number(table.actors.len())).filter(enough).collect();
    let queries = table.queries(&with_positive, listed, split.max_queries);
    let answered = queries.into_iter().map(|query| {
        let banned = row(&joined, query);
        let mut ranked = walk(query, &joined, &members);
        ranked
            .retain(|(group, _)| alive.binary_search(group).is_ok() && banned.binary_search(group).is_err());
        falling(&mut ranked);
        let valid = alive.iter().filter(|group| banned.binary_search(group).is_err()).count();
        Answered { query, ranked, positives: positives(query), valid }
    });
    Outcome { answered: answered.collect(), candidates: alive.len(), cold_start: None }
}

/// Groups that somebody had joined by the cut and that still exist then.
fn alive(table: &Table<'_>, split: &Split) -> Vec<u32> {
    let mut latest: BTreeMap<u32, i32> = BTreeMap::new();
    for (day, _, group, _) in table.history() {
        let last = latest.entry(group).or_insert(day);
        *last = day.max(*last);
    }
    let lives = |(group, last): (u32, i32)| {
        let young = split.item_max_age_days.is_none_or(|days| last >= table.start - days);
        let name = table.groups.get(index(group)).copied().unwrap_or_default();
        let exists = split
            .item_last_year
            .as_ref()
            .and_then(|years| years.get(name))
            .is_none_or(|year| *year >= table.start_year);
        (young && exists).then_some(group)
    };
    latest.into_iter().filter_map(lives).collect()
}

/// Every group that three steps reach, best first, equal ones by number.
fn walk(query: u32, joined: &[Vec<u32>], members: &[Vec<u32>]) -> Vec<(u32, i64)> {
    let own = spread(&BTreeMap::from([(query, 1.0)]), joined);
    let near = spread(&own, members);
    let far = spread(&near, joined);
    let damped = |(group, value): (u32, f64)| {
        let size = float(row(members, group).len());
        (group, micro(value / libm::pow(size, FAME_EXPONENT) * 1e6))
    };
    let mut ranked: Vec<(u32, i64)> = far.into_iter().map(damped).collect();
    ranked.sort_by_key(|(group, score)| (std::cmp::Reverse(*score), *group));
    ranked
}

/// One step: each hands what it has to its own in equal parts.
fn spread(from: &BTreeMap<u32, f64>, own: &[Vec<u32>]) -> BTreeMap<u32, f64> {
    let mut to = BTreeMap::new();
    for (node, value) in from {
        let own = row(own, *node);
        for next in own {
            *to.entry(*next).or_insert(0.0) += value / float(own.len());
        }
    }
    to
}

fn row(rows: &[Vec<u32>], at: u32) -> &[u32] {
    rows.get(index(at)).map_or(&[], Vec::as_slice)
}
