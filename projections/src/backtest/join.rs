//! Join task: which group an actor joins next, by a model trained on earlier cuts.

use super::baselines;
use super::{Answered, Outcome, Split, Table, Window, falling, gather, rolling};
use crate::learn::Sample;
use crate::learn::calibration;
use crate::learn::choose::choose;
use crate::numbers::{index, number};
use crate::parallel::parallel;
use crate::rank::model::{Model, Reading, Rule, probability};

mod dense;
mod ease;
mod following;
mod memberships;
mod reasons;

use memberships::Memberships;
use reasons::{COLUMNS, COUNT, Faded, Reasons, Values};

/// Rows that the global list is cut to.
const GLOBAL_ROWS: usize = 20_000;
/// Up to so many groups, all are the pool.
const POOL_MAX: usize = 600;
/// Otherwise so many of the best by each of the first signals.
const BREADTH: usize = 100;

/// The model where there is too little history to train one.
fn default() -> Model {
    let reading = Reading::OfBest { weight_milli: 1_000 };
    let rule = Rule { signal: "three_step_walk".to_owned(), reading };
    Model { name: crate::rank::model::DEFAULT.to_owned(), rules: vec![rule] }
}

/// The signals of the join task that are simple methods by themselves, with what they are called.
const BASELINES: [(&str, &str); 5] = [
    ("size", "popularity"),
    ("three_step_walk", "rp3_beta"),
    ("group_cosine", "group_cosine"),
    ("nearest_members", "nearest_members"),
    ("ease", "ease"),
];

pub(super) fn answer(
    table: &Table<'_>,
    split: &Split,
    window: Window,
    listed: Option<&[String]>,
    baselines: bool,
) -> Outcome {
    let cuts = rolling::earlier(table.first_day(), window, |window| {
        Asked::at(table, split, window, None).sample(table)
    });
    let all = cuts.all();
    let choice = choose(&COLUMNS, &default(), &all, &cuts.deciding(), &rolling::name(window));
    let asked = Asked::at(table, split, window, listed);
    let odds = calibration::odds(&COLUMNS, &all, &choice.model);
    let names = COLUMNS.map(|column| column.name);
    let answers = asked.each(table, |pool| {
        let terms = choice.model.terms(&names, &pool.values);
        let scores: Vec<i64> = terms.iter().map(|terms| terms.iter().sum()).collect();
        let likely = |((group, values), score): ((&u32, &Values), &i64)| {
            (pool.query, *group, odds.as_ref().map_or(0.0, |odds| probability(odds, &names, values, *score)))
        };
        let global: Vec<_> = pool.groups.iter().zip(&pool.values).zip(&scores).map(likely).collect();
        let mut ranked: Vec<(u32, i64)> = pool.groups.iter().copied().zip(scores).collect();
        ranked.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
        falling(&mut ranked);
        let answered =
            Answered { query: pool.query, ranked, positives: pool.positives.clone(), valid: pool.valid };
        (answered, global)
    });
    let (answered, global): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let mut global: Vec<(u32, u32, f64)> = global.concat();
    global.sort_by(|one, other| other.2.total_cmp(&one.2).then((one.0, one.1).cmp(&(other.0, other.1))));
    global.truncate(GLOBAL_ROWS);
    let candidates = asked.alive.len();
    let baselines = if baselines { asked.baselines(table) } else { Vec::new() };
    Outcome { answered, global, candidates, cold_start: None, choice: Some(choice), baselines }
}

/// One cut: who asks, what may be joined, and who had joined what.
struct Asked {
    memberships: Memberships,
    /// Groups that still exist, by their numbers among the memberships, ascending.
    alive: Vec<usize>,
    future: Vec<Vec<u32>>,
    queries: Vec<u32>,
    window: Window,
}

impl Asked {
    fn at(table: &Table<'_>, split: &Split, window: Window, listed: Option<&[String]>) -> Self {
        let memberships = Memberships::read(table, window);
        let alive = memberships::alive(table, &memberships, window);
        let future = gather(table.future(window), table.actors.len());
        let mut asked = Self { memberships, alive, future, queries: Vec::new(), window };
        let enough = |actor: &u32| {
            let member = asked.memberships.member(*actor);
            member.is_some_and(|member| asked.memberships.groups_of(member).len() >= split.min_groups)
                && !asked.positives(*actor).is_empty()
        };
        let with_positive: Vec<u32> = (0..number(table.actors.len())).filter(enough).collect();
        asked.queries = table.queries(&with_positive, listed, split.max_queries);
        asked
    }

    fn has_joined(&self, member: usize, group: usize) -> bool {
        self.memberships.groups_of(member).binary_search_by_key(&group, |(group, _)| *group).is_ok()
    }

    /// The groups that exist, were not joined, and are joined afterwards.
    fn positives(&self, actor: u32) -> Vec<u32> {
        let Some(member) = self.memberships.member(actor) else { return Vec::new() };
        let later = self.future.get(index(actor)).map_or(&[][..], Vec::as_slice);
        let new = |group: &&u32| {
            let at = self.memberships.groups.binary_search(group);
            at.is_ok_and(|at| self.alive.binary_search(&at).is_ok() && !self.has_joined(member, at))
        };
        later.iter().filter(new).copied().collect()
    }

    fn each<T: Send>(&self, table: &Table<'_>, see: impl Fn(&Pool) -> T + Sync) -> Vec<T> {
        let said = |attribute: &Vec<Option<u32>>| {
            let of = |actor: &u32| attribute.get(index(*actor)).copied().flatten();
            self.memberships.actors.iter().map(of).collect()
        };
        let attributes = table.attributes.iter().map(said).collect();
        let window_days = f64::from(self.window.end - self.window.start);
        let faded = Faded::of(&self.memberships, window_days);
        let reasons = Reasons::new(&self.memberships, &faded, attributes, window_days);
        parallel(&self.queries, |query, _: &mut ()| see(&self.pool(query, &reasons)))
    }

    fn pool(&self, query: u32, reasons: &Reasons<'_>) -> Pool {
        let positives = self.positives(query);
        let Some(member) = self.memberships.member(query) else {
            return Pool { query, valid: 0, positives, groups: Vec::new(), values: Vec::new() };
        };
        let candidates: Vec<usize> =
            self.alive.iter().copied().filter(|group| !self.has_joined(member, *group)).collect();
        let values = reasons.values(member, &candidates);
        let kept = pool_of(&values);
        let group = |at: &usize| candidates.get(*at).and_then(|group| self.memberships.groups.get(*group));
        Pool {
            query,
            valid: candidates.len(),
            positives,
            groups: kept.iter().filter_map(group).copied().collect(),
            values: kept.iter().filter_map(|at| values.get(*at)).copied().collect(),
        }
    }

    /// What the simple methods answer.
    fn baselines(&self, table: &Table<'_>) -> Vec<(&'static str, Vec<Answered>)> {
        let answers = self.each(table, |pool| {
            let answered = |ranked| Answered {
                query: pool.query,
                ranked,
                positives: pool.positives.clone(),
                valid: pool.valid,
            };
            let by = |at: usize| {
                let value = |group: u32| {
                    let row = pool.groups.iter().position(|one| *one == group)?;
                    pool.values.get(row)?.get(at).copied()
                };
                answered(baselines::ranked(pool.query, &pool.groups, |group| value(group).unwrap_or(0.0)))
            };
            let columns = BASELINES.map(|(column, _)| COLUMNS.iter().position(|one| one.name == column));
            columns.map(|at| by(at.unwrap_or(usize::MAX)))
        });
        let mut named = BASELINES.map(|(_, name)| (name, Vec::new())).into_iter().collect::<Vec<_>>();
        for answers in answers {
            named.iter_mut().zip(answers).for_each(|((_, all), one)| all.push(one));
        }
        named
    }

    fn sample(&self, table: &Table<'_>) -> Sample<COUNT> {
        let mut sample = Sample::default();
        for (values, hit, positives) in self.each(table, |pool| {
            let hit: Vec<bool> =
                pool.groups.iter().map(|group| pool.positives.binary_search(group).is_ok()).collect();
            (pool.values.clone(), hit, pool.positives.len())
        }) {
            sample.push(&values, &hit, positives);
        }
        sample
    }
}

/// One query's groups with the values of their signals.
struct Pool {
    query: u32,
    valid: usize,
    positives: Vec<u32>,
    groups: Vec<u32>,
    values: Vec<Values>,
}

/// Places of the groups that are kept: all of a few, otherwise the best by each signal that leads.
fn pool_of(values: &[Values]) -> Vec<usize> {
    if values.len() <= POOL_MAX {
        return (0..values.len()).collect();
    }
    let mut kept = Vec::new();
    for (at, _) in
        COLUMNS.iter().enumerate().filter(|(_, column)| column.basis == crate::signals::Basis::Paths)
    {
        let value = |row: usize| values.get(row).and_then(|row| row.get(at)).copied().unwrap_or(0.0);
        let mut order: Vec<usize> = (0..values.len()).filter(|row| value(*row) > 0.0).collect();
        order.sort_by(|one, other| value(*other).total_cmp(&value(*one)).then(one.cmp(other)));
        kept.extend(order.into_iter().take(BREADTH));
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}
