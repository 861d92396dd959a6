//! The simple methods that every ranker has to beat, as a reader can follow them.
//!
//! They see what the ranker sees: who sat in which group before the cut. Two actors are neighbours if they did in
//! one of at most [`MEMBERS_MAX`]; but for one method ties neither fade nor weigh. With N(x) the neighbours of x and d(x) how many:
//!
//! | name | score of v for u |
//! | --- | --- |
//! | `random` | chance, by a fixed hash |
//! | `popularity` | d(v) |
//! | `common_neighbours` | how many z are in N(u) and N(v) |
//! | `adamic_adar` | the sum over them of 1 / ln d(z) |
//! | `resource_allocation` | the sum over them of 1 / d(z) |
//! | `resource_allocation_decayed` | the same, every group a tie that halves in [`HALF_LIFE_DAYS`] |
//! | `walk` | a walk from u that returns with 0.5 at every step, [`WALK_STEPS`] steps |
//! | `rp3_beta` | three steps of a walk, divided by d(v)^0.3 |
//! | `ease` | the best linear guess of everyone's company in closed form ([`ease`]) |
//!
//! Joins have simple methods of their own ([`super::join`]).

use ease::Ease;

use super::people::People;
use super::sample::SplitMix;
use crate::numbers::{float, index, number};

mod ease;

/// Groups of more members make nobody neighbours.
const MEMBERS_MAX: usize = 100;
/// Steps of the walk that returns.
const WALK_STEPS: usize = 4;
/// Where it returns with this probability.
const RESTART: f64 = 0.5;
/// A candidate's neighbours to this power divide what three steps bring.
const FAME_EXPONENT: f64 = 0.3;

/// A tie of the method that lets them fade weighs half as much after so many days: four years.
const HALF_LIFE_DAYS: f64 = 1_460.0;

/// Names, in the order of [`Neighbours::scores`].
pub(super) const NAMES: [&str; 9] = [
    "random",
    "popularity",
    "common_neighbours",
    "adamic_adar",
    "resource_allocation",
    "resource_allocation_decayed",
    "walk",
    "rp3_beta",
    "ease",
];

/// Who is whose neighbour; all lists ascend.
pub(super) struct Neighbours {
    of: Vec<Vec<u32>>,
    /// For each neighbour what the groups shared weigh after fading, and the sum of each actor's.
    faded: Vec<Vec<f64>>,
    strengths: Vec<f64>,
    ease: Option<Ease>,
}

/// Room for the scores of one query.
#[derive(Debug, Default)]
pub(super) struct Room {
    from: Vec<f64>,
    to: Vec<f64>,
}

impl Neighbours {
    /// Reads them off the groups before the cut. O(the squares of group sizes), and what EASE costs.
    pub(super) fn read(people: &People) -> Self {
        let mut ties: Vec<Vec<(u32, f64)>> = vec![Vec::new(); people.groups_of.len()];
        for (members, age_days) in people.members_of.iter().zip(&people.age_days_of) {
            if members.len() > MEMBERS_MAX {
                continue;
            }
            let weight = libm::exp2(-f64::from(*age_days) / HALF_LIFE_DAYS);
            for member in members {
                if let Some(ties) = ties.get_mut(index(*member)) {
                    ties.extend(
                        members.iter().filter(|other| *other != member).map(|other| (*other, weight)),
                    );
                }
            }
        }
        let (of, faded): (Vec<_>, Vec<_>) = ties.into_iter().map(summed).unzip();
        let strengths = faded.iter().map(|weights: &Vec<f64>| weights.iter().sum()).collect();
        Self { of, faded, strengths, ease: Ease::of(people) }
    }

    fn of(&self, actor: u32) -> &[u32] {
        self.of.get(index(actor)).map_or(&[], Vec::as_slice)
    }

    fn degree(&self, actor: u32) -> f64 {
        float(self.of(actor).len().max(1))
    }

    /// Methods that would take too long here: their scores are not to be looked at.
    pub(super) fn left_out(&self) -> &[&'static str] {
        if self.ease.is_some() { &[] } else { &["ease"] }
    }

    /// The scores of all actors for one, in the order of [`NAMES`]. O(neighbours of what is reached in three steps).
    pub(super) fn scores(&self, query: u32, room: &mut Room) -> [Vec<f64>; NAMES.len()] {
        let actors = self.of.len();
        let mut chance = SplitMix::new(u64::from(query));
        let random = (0..actors).map(|_| float(chance.below(1 << 30))).collect();
        let popularity = (0..number(actors)).map(|actor| float(self.of(actor).len())).collect();
        let shared = |weight: &dyn Fn(f64) -> f64| {
            let mut scores = vec![0.0; actors];
            for middle in self.of(query) {
                let brings = weight(self.degree(*middle));
                self.of(*middle).iter().for_each(|other| add(&mut scores, *other, brings));
            }
            scores
        };
        let common = shared(&|_| 1.0);
        let adamic_adar = shared(&|degree| 1.0 / libm::log(degree.max(2.0)));
        let resources = shared(&|degree| 1.0 / degree);
        let ease =
            self.ease.as_ref().map_or_else(|| vec![0.0; actors], |ease| ease.scores(query, self.of(query)));
        [
            random,
            popularity,
            common,
            adamic_adar,
            resources,
            self.resources_faded(query),
            self.walk(query, room),
            self.rp3_beta(query, room),
            ease,
        ]
    }

    fn resources_faded(&self, query: u32) -> Vec<f64> {
        let mut scores = vec![0.0; self.of.len()];
        for (middle, weight) in self.ties(query) {
            let strength = self.strengths.get(index(middle)).copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
            self.ties(middle).for_each(|(other, theirs)| add(&mut scores, other, weight * theirs / strength));
        }
        scores
    }

    fn ties(&self, actor: u32) -> impl Iterator<Item = (u32, f64)> {
        let weights = self.faded.get(index(actor)).map_or(&[][..], Vec::as_slice);
        self.of(actor).iter().copied().zip(weights.iter().copied())
    }

    fn start(&self, query: u32, room: &mut Room) {
        room.from = vec![0.0; self.of.len()];
        add(&mut room.from, query, 1.0);
    }

    /// One step: everyone shares out among its neighbours what it has.
    fn step(&self, room: &mut Room) {
        room.to.clear();
        room.to.resize(self.of.len(), 0.0);
        for (actor, value) in room.from.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            let neighbours = self.of(number(actor));
            let share = value / float(neighbours.len().max(1));
            neighbours.iter().for_each(|other| add(&mut room.to, *other, share));
        }
        std::mem::swap(&mut room.from, &mut room.to);
    }

    fn walk(&self, query: u32, room: &mut Room) -> Vec<f64> {
        self.start(query, room);
        for _ in 0..WALK_STEPS {
            self.step(room);
            room.from.iter_mut().for_each(|value| *value *= 1.0 - RESTART);
            add(&mut room.from, query, RESTART);
        }
        room.from.clone()
    }

    fn rp3_beta(&self, query: u32, room: &mut Room) -> Vec<f64> {
        self.start(query, room);
        (0..3).for_each(|_| self.step(room));
        let damped =
            |(actor, value): (usize, &f64)| value / libm::pow(self.degree(number(actor)), FAME_EXPONENT);
        room.from.iter().enumerate().map(damped).collect()
    }
}

/// Neighbours ascending, once each, with the sum of the weights of their ties.
fn summed(mut ties: Vec<(u32, f64)>) -> (Vec<u32>, Vec<f64>) {
    // By group within a neighbour: sums have a fixed order.
    ties.sort_by_key(|(other, _)| *other);
    let (mut of, mut weights): (Vec<u32>, Vec<f64>) = (Vec::new(), Vec::new());
    for (other, weight) in ties {
        if of.last() == Some(&other) {
            if let Some(sum) = weights.last_mut() {
                *sum += weight;
            }
        } else {
            of.push(other);
            weights.push(weight);
        }
    }
    (of, weights)
}

fn add(values: &mut [f64], actor: u32, value: f64) {
    if let Some(slot) = values.get_mut(index(actor)) {
        *slot += value;
    }
}

/// Of a baseline's list so many are kept: nDCG@10 looks no further, and nine whole lists a query take a gigabyte.
const KEPT: usize = 100;

/// Candidates by a baseline's score, best first, at most [`KEPT`], those without any left out; of equal ones in a fixed
/// mixed order, as the evaluator breaks ties. Scores are places: a baseline's own say nothing here.
pub(super) fn ranked(query: u32, candidates: &[u32], score: impl Fn(u32) -> f64) -> Vec<(u32, i64)> {
    let mixed = |candidate: u32| SplitMix::new(u64::from(query) << 32 | u64::from(candidate)).next();
    let mut ranked: Vec<(u32, f64, u64)> = candidates
        .iter()
        .map(|candidate| (*candidate, score(*candidate), mixed(*candidate)))
        .filter(|(_, score, _)| *score > 0.0)
        .collect();
    let order =
        |one: &(u32, f64, u64), other: &(u32, f64, u64)| other.1.total_cmp(&one.1).then(one.2.cmp(&other.2));
    if ranked.len() > KEPT {
        ranked.select_nth_unstable_by(KEPT, order);
        ranked.truncate(KEPT);
    }
    ranked.sort_by(order);
    let place = |(at, (candidate, ..)): (usize, (u32, f64, u64))| (candidate, -i64::from(number(at)));
    ranked.into_iter().enumerate().map(place).collect()
}
