//! EASE (Steck 2019) on pairs: groups are baskets of actors, and an actor's own basket is its company so far.
//!
//! With X the candidates by groups and `P = (X X' + lambda I)^-1`, the score of v for u is `-(P a)_v / P_vv`, where a
//! holds a 1 for everyone u has met. P is never made: the rows that are asked for and the diagonal are solved for by
//! conjugate gradients (Hestenes and Stiefel 1952), several at a time, which costs what the groups hold and no square.

#![expect(clippy::indexing_slicing, reason = "a square system numbered by this file alone")]

use super::super::people::People;
use crate::numbers::{float, index, number};
use crate::parallel::parallel;

/// The ridge, in parts of the mean number of groups of a candidate.
const RIDGE_PART: f64 = 10.0;
/// So many systems are solved side by side.
const LANES: usize = 8;
/// A solution is good once what is left is this part of what was asked for.
const TOLERANCE: f64 = 1e-6;
/// Steps after which it is taken as it is.
const STEPS_MAX: usize = 100;
/// Candidates times seats beyond which the method is left out: some minutes.
const WORK_MAX: usize = 4_000_000_000;

/// What EASE rests on.
#[derive(Debug, Clone)]
pub(super) struct Ease {
    /// The candidates, ascending; all else is numbered by their places.
    candidates: Vec<u32>,
    actors: usize,
    /// The groups of each candidate, and the candidates of each group.
    groups_of: Vec<Vec<u32>>,
    members_of: Vec<Vec<u32>>,
    ridge: f64,
    /// `P_vv`.
    own: Vec<f64>,
}

type Lane<const L: usize> = [f64; L];

impl Ease {
    /// Works out the diagonal; none where that is too much. O(candidates x seats x steps), on all processors.
    pub(super) fn of(people: &People) -> Option<Self> {
        let candidates = people.candidates.clone();
        let groups_of: Vec<Vec<u32>> = candidates
            .iter()
            .map(|one| people.groups_of.get(index(*one)).cloned().unwrap_or_default())
            .collect();
        let seats: usize = groups_of.iter().map(Vec::len).sum();
        if candidates.is_empty() || candidates.len().saturating_mul(seats) > WORK_MAX {
            return None;
        }
        let mut members_of = vec![Vec::new(); people.members_of.len()];
        for (place, groups) in groups_of.iter().enumerate() {
            groups.iter().for_each(|group| members_of[index(*group)].push(number(place)));
        }
        let ridge = RIDGE_PART * float(seats.max(1)) / float(candidates.len());
        let actors = people.groups_of.len();
        let mut ease = Self { candidates, actors, groups_of, members_of, ridge, own: Vec::new() };
        let blocks: Vec<usize> = (0..ease.candidates.len()).step_by(LANES).collect();
        let own = parallel(&blocks, |start, _: &mut ()| ease.diagonal(start));
        ease.own = own.concat();
        ease.own.truncate(ease.candidates.len());
        Some(ease)
    }

    /// The diagonal from one place on, as many as there are lanes.
    fn diagonal(&self, start: usize) -> Vec<f64> {
        let mut right = vec![[0.0; LANES]; self.candidates.len()];
        for lane in 0..LANES {
            if let Some(row) = right.get_mut(start + lane) {
                row[lane] = 1.0;
            }
        }
        let solved = self.solved(&right);
        (0..LANES).map(|lane| solved.get(start + lane).map_or(1.0, |row| row[lane])).collect()
    }

    /// The scores of all actors for one that has met these; 0 for whoever is no candidate.
    pub(super) fn scores(&self, query: u32, met: &[u32]) -> Vec<f64> {
        let mut right = vec![[0.0; 1]; self.candidates.len()];
        for one in met.iter().filter(|one| **one != query) {
            if let Ok(place) = self.candidates.binary_search(one) {
                right[place] = [1.0];
            }
        }
        let mut scores = vec![0.0; self.actors];
        for ((candidate, [pull]), own) in self.candidates.iter().zip(self.solved(&right)).zip(&self.own) {
            scores[index(*candidate)] = -pull / own;
        }
        scores
    }

    /// `(X X' + lambda I) from`.
    fn pushed<const L: usize>(&self, from: &[Lane<L>], at_groups: &mut [Lane<L>], to: &mut [Lane<L>]) {
        for (members, sum) in self.members_of.iter().zip(at_groups.iter_mut()) {
            *sum = [0.0; L];
            members.iter().for_each(|member| added(sum, &from[index(*member)]));
        }
        for ((groups, own), value) in self.groups_of.iter().zip(from).zip(to) {
            *value = own.map(|own| own * self.ridge);
            groups.iter().for_each(|group| added(value, &at_groups[index(*group)]));
        }
    }

    /// Conjugate gradients, each lane by itself, scaled by the diagonal of the system.
    fn solved<const L: usize>(&self, right: &[Lane<L>]) -> Vec<Lane<L>> {
        let scale: Vec<f64> =
            self.groups_of.iter().map(|groups| 1.0 / (float(groups.len()) + self.ridge)).collect();
        let scaled = |rest: &[Lane<L>]| -> Vec<Lane<L>> {
            rest.iter().zip(&scale).map(|(rest, scale)| rest.map(|value| value * scale)).collect()
        };
        let mut solution = vec![[0.0; L]; right.len()];
        let mut rest = right.to_vec();
        let mut way = scaled(&rest);
        let mut gain = products(&rest, &way);
        let wanted = gain.map(|gain| gain * TOLERANCE * TOLERANCE);
        let (mut at_groups, mut pushed) =
            (vec![[0.0; L]; self.members_of.len()], vec![[0.0; L]; right.len()]);
        for _ in 0..STEPS_MAX {
            if gain.iter().zip(&wanted).all(|(gain, wanted)| gain <= wanted) {
                break;
            }
            self.pushed(&way, &mut at_groups, &mut pushed);
            let along = quotients(&gain, &products(&way, &pushed));
            for ((solution, rest), (way, pushed)) in
                solution.iter_mut().zip(&mut rest).zip(way.iter().zip(&pushed))
            {
                for lane in 0..L {
                    solution[lane] += along[lane] * way[lane];
                    rest[lane] -= along[lane] * pushed[lane];
                }
            }
            let next = scaled(&rest);
            let gained = products(&rest, &next);
            let keep = quotients(&gained, &gain);
            for (way, next) in way.iter_mut().zip(&next) {
                for lane in 0..L {
                    way[lane] = next[lane] + keep[lane] * way[lane];
                }
            }
            gain = gained;
        }
        solution
    }
}

fn added<const L: usize>(sum: &mut Lane<L>, other: &Lane<L>) {
    sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
}

fn products<const L: usize>(one: &[Lane<L>], other: &[Lane<L>]) -> Lane<L> {
    let mut sums = [0.0; L];
    for (one, other) in one.iter().zip(other) {
        for lane in 0..L {
            sums[lane] += one[lane] * other[lane];
        }
    }
    sums
}

/// Quotients; a lane that is done stays where it is.
fn quotients<const L: usize>(one: &Lane<L>, other: &Lane<L>) -> Lane<L> {
    std::array::from_fn(|lane| if other[lane] > 0.0 { one[lane] / other[lane] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three candidates: 0 and 1 share two groups, 1 and 2 one.
    fn ease() -> Ease {
        let groups_of = vec![vec![0, 1], vec![0, 1, 2], vec![2]];
        let members_of = vec![vec![0, 1], vec![0, 1], vec![1, 2]];
        let mut ease =
            Ease { candidates: vec![0, 1, 2], actors: 3, groups_of, members_of, ridge: 2.0, own: Vec::new() };
        ease.own = ease.diagonal(0);
        ease
    }

    #[test]
    fn scores_are_those_of_the_inverse_worked_by_hand() {
        // X X' + 2 I = [[4, 2, 0], [2, 5, 1], [0, 1, 3]], its determinant 44; P = [[14, -6, 2], [-6, 12, -4], [2, -4, 16]] / 44.
        let ease = ease();
        for (own, wanted) in ease.own.iter().zip([14.0, 12.0, 16.0]) {
            assert!((own - wanted / 44.0).abs() < 1e-9, "{:?}", ease.own);
        }
        // 0 has met 1: of 2 it is told -(-4 / 16).
        let scores = ease.scores(0, &[1]);
        assert!((scores[2] - 0.25).abs() < 1e-9, "{scores:?}");
    }
}
