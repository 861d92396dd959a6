//! Pair task: rows become events, events become views, and the ranker of match lists answers every query, with a
//! model that was trained on earlier cuts.

use super::baselines::{self, Neighbours};
use super::people::People;
use super::world::World;
use super::{Answered, BacktestError, Outcome, Split, Table, Window, falling, rolling};
use crate::learn::calibration;
use crate::learn::choose::{Choice, choose};
use crate::learn::{Sample, columns};
use crate::numbers::index;
use crate::parallel::parallel;
use crate::rank::model::{Model, Odds, Values, probability};
use crate::rank::survey::Room;
use crate::signals;
use crate::signals::surroundings::Circles;
use crate::tie_graph::Node;

/// Most queries of an earlier cut that a model is trained on.
const TRAINING_QUERIES: usize = 600;
/// Rows that the global list is cut to.
const GLOBAL_ROWS: usize = 20_000;

pub(super) fn answer(
    table: &Table<'_>,
    split: &Split,
    window: Window,
    listed: Option<&[String]>,
    baselines: bool,
) -> Result<Outcome, BacktestError> {
    let folded = super::world::fold(table, window.start)?;
    let cuts = rolling::earlier(table.first_day(), window, |window| {
        let asked = Asked::at(table, &folded, split, window, None, TRAINING_QUERIES);
        asked.sample()
    });
    let columns = columns();
    let choice =
        choose(&columns, &Model::among_parties(), &cuts.all(), &cuts.deciding(), &rolling::name(window));
    let asked = Asked::at(table, &folded, split, window, listed, split.max_queries);
    let odds = calibration::odds(&columns, &cuts.all(), &choice.model);
    let (answered, global) = asked.answer(&choice, odds.as_ref());
    Ok(Outcome {
        answered,
        global,
        candidates: asked.people.candidates.len(),
        cold_start: Some(asked.people.cold_start()),
        choice: Some(choice),
        baselines: if baselines { asked.baselines() } else { Vec::new() },
    })
}

/// One cut: who asks, who may be offered, and the graph as it stood.
struct Asked {
    people: People,
    world: World,
    circles: Circles,
    queries: Vec<u32>,
}

impl Asked {
    fn at(
        table: &Table<'_>,
        folded: &super::world::Folded,
        split: &Split,
        window: Window,
        listed: Option<&[String]>,
        most: usize,
    ) -> Self {
        let people = People::read(table, window, split.min_groups);
        let with_positive = people.with_positive();
        let queries = table.queries(&with_positive, listed, most);
        let world = World::build(table, folded, window.start);
        let circles = Circles::keeping(usize::MAX);
        Self { people, world, circles, queries }
    }

    /// Surveys every query on all processors, in order.
    fn each<T: Send>(&self, see: impl Fn(&Pool, &mut Room) -> T + Sync) -> Vec<T> {
        parallel(&self.queries, |query, room: &mut Room| {
            let pool = self.pool(query, room);
            see(&pool, room)
        })
    }

    fn pool(&self, query: u32, room: &mut Room) -> Pool {
        let known = self.people.known(query);
        let is_valid = |actor: &u32| *actor != query && known.binary_search(actor).is_err();
        let mut allowed = vec![false; self.world.actor_of.len()];
        let mut valid = 0;
        for actor in self.people.candidates.iter().filter(|actor| is_valid(actor)) {
            valid += 1;
            let node = self.world.node(*actor);
            if let Some(slot) = node.and_then(|node| allowed.get_mut(index(node))) {
                *slot = true;
            }
        }
        let positives = self.people.positives(query);
        let mut pool =
            Pool { query, valid, positives, actors: Vec::new(), values: Vec::new(), beyond: Vec::new() };
        let Some(from) = self.world.node(query) else { return pool };
        let field = self.world.field(&self.circles);
        let allows = |node: Node| allowed.get(index(node)).copied().unwrap_or(false);
        let survey = room.survey(field, from, &allows);
        pool.values = room.values(field, &survey, &survey.pool);
        pool.actors = survey.pool.iter().filter_map(|node| self.world.actor(*node)).collect();
        pool.beyond = survey.beyond.iter().filter_map(|node| self.world.actor(*node)).collect();
        pool
    }

    fn sample(&self) -> Sample<{ signals::COUNT }> {
        let mut sample = Sample::default();
        for pool in self.each(|pool, _| pool.clone()) {
            let hit: Vec<bool> =
                pool.actors.iter().map(|actor| pool.positives.binary_search(actor).is_ok()).collect();
            sample.push(&pool.values, &hit, pool.positives.len());
        }
        sample
    }

    fn answer(&self, choice: &Choice, odds: Option<&Odds>) -> (Vec<Answered>, Vec<(u32, u32, f64)>) {
        let names = columns().map(|column| column.name);
        let answers = self.each(|pool, _| {
            let terms = choice.model.terms(&names, &pool.values);
            let scores: Vec<i64> = terms.iter().map(|terms| terms.iter().sum()).collect();
            let likely = |((actor, values), score): ((&u32, &Values), &i64)| {
                let likely = odds.map_or(0.0, |odds| probability(odds, &names, values, *score));
                (pool.query, *actor, likely)
            };
            let global: Vec<_> = pool.actors.iter().zip(&pool.values).zip(&scores).map(likely).collect();
            (pool.ranked(&scores), global)
        });
        let (answered, global): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
        let mut global: Vec<(u32, u32, f64)> = global.concat();
        global.sort_by(|one, other| {
            other.2.total_cmp(&one.2).then(one.0.cmp(&other.0)).then(one.1.cmp(&other.1))
        });
        global.truncate(GLOBAL_ROWS);
        (answered, global)
    }
}

impl Asked {
    /// What the simple methods answer.
    fn baselines(&self) -> Vec<(&'static str, Vec<Answered>)> {
        let neighbours = Neighbours::read(&self.people);
        let answers = parallel(&self.queries, |query, room: &mut baselines::Room| {
            let known = self.people.known(query);
            let is_valid = |actor: &&u32| **actor != query && known.binary_search(actor).is_err();
            let valid: Vec<u32> = self.people.candidates.iter().filter(is_valid).copied().collect();
            let positives = self.people.positives(query);
            let ranked = neighbours.scores(query, room).map(|scores| {
                baselines::ranked(query, &valid, |actor| scores.get(index(actor)).copied().unwrap_or(0.0))
            });
            let answered =
                |ranked| Answered { query, ranked, positives: positives.clone(), valid: valid.len() };
            ranked.map(answered)
        });
        let mut named = baselines::NAMES.map(|name| (name, Vec::new())).into_iter().collect::<Vec<_>>();
        for answers in answers {
            named.iter_mut().zip(answers).for_each(|((_, all), one)| all.push(one));
        }
        named.retain(|(name, _)| !neighbours.left_out().contains(name));
        named
    }
}

/// One query's candidates with the values of their signals.
#[derive(Clone)]
struct Pool {
    query: u32,
    valid: usize,
    positives: Vec<u32>,
    actors: Vec<u32>,
    values: Vec<Values>,
    beyond: Vec<u32>,
}

impl Pool {
    /// The pool by score, equal ones by place; then everyone else who was reached.
    fn ranked(&self, scores: &[i64]) -> Answered {
        let mut ranked: Vec<(u32, i64)> = self.actors.iter().copied().zip(scores.iter().copied()).collect();
        ranked.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
        ranked.extend(self.beyond.iter().map(|actor| (*actor, i64::MAX)));
        falling(&mut ranked);
        Answered { query: self.query, ranked, positives: self.positives.clone(), valid: self.valid }
    }
}
