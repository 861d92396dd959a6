//! Joinings that followed: which memberships led to which joinings, learned from the register's own earlier windows.
//!
//! EASE guesses memberships from each other as if all were of one moment. This reads the order of time: at each of
//! several days before the cut, X says who was in what by then and Y who joined what within a window from then on;
//! `B = (X'X + lambda I)^-1 X'Y` over all of them is what a membership adds to a joining to come, and a member's score
//! for a group is the sum of its memberships' rows. Cost: the cube of the number of groups.

#![expect(clippy::indexing_slicing, reason = "a square system numbered by this file alone")]

use super::dense::{Matrix, backward, cholesky, forward};
use super::memberships::Memberships;
use crate::numbers::float;

/// The days that are looked at, in windows before the cut: outcomes of all are known at the cut.
const BACK: [f64; 4] = [1.0, 1.25, 1.5, 1.75];

/// What happened at the days that are looked at.
pub(super) struct Story {
    /// The groups that are counted, ascending.
    kept: Vec<usize>,
    /// `X'X`: how often two were held together.
    together: Matrix,
    /// `X'Y`: how often the one was held when the other was joined.
    before: Matrix,
}

impl Story {
    /// Reads it off the memberships. O(days x members x squares of how many groups each is in).
    pub(super) fn of(memberships: &Memberships, kept: Vec<usize>, window_days: f64) -> Self {
        let size = kept.len();
        let (mut together, mut before) = (Matrix::zero(size, size), Matrix::zero(size, size));
        let today = f64::from(memberships.today);
        for joined in &memberships.joined {
            let joined: Vec<(usize, f64)> = joined
                .iter()
                .filter_map(|(group, day)| Some((kept.binary_search(group).ok()?, f64::from(*day))))
                .collect();
            for from in BACK.map(|back| today - back * window_days) {
                let held = |(group, day): &(usize, f64)| (*day < from).then_some(*group);
                let later = |(group, day): &(usize, f64)| {
                    (*day >= from && *day < from + window_days).then_some(*group)
                };
                for one in joined.iter().filter_map(held) {
                    let row = together.row_mut(one);
                    joined.iter().filter_map(held).for_each(|other| row[other] += 1.0);
                    let row = before.row_mut(one);
                    joined.iter().filter_map(later).for_each(|other| row[other] += 1.0);
                }
            }
        }
        Self { kept, together, before }
    }

    /// What each membership adds to each joining. `part` is the ridge in parts of the mean squared weight of a group.
    pub(super) fn solved(&self, part: f64) -> Following<'_> {
        let size = self.kept.len();
        let squares: f64 = (0..size).map(|at| self.together.row(at)[at]).sum();
        let lambda = (part * squares / float(size.max(1))).max(1e-6);
        let mut firm = self.together.clone();
        (0..size).for_each(|at| firm.row_mut(at)[at] += lambda);
        let lower = cholesky(firm);
        let mut adds = self.before.clone();
        forward(&lower, &mut adds);
        backward(&lower, &mut adds);
        Following { kept: &self.kept, adds }
    }
}

/// What each membership adds to each joining to come.
pub(super) struct Following<'a> {
    kept: &'a [usize],
    adds: Matrix,
}

impl Following<'_> {
    /// The score of a member of these groups for every group that is counted, zero or more.
    pub(super) fn scores(&self, groups: &[(usize, i32)]) -> Vec<f64> {
        let mut sum = vec![0.0; self.adds.columns];
        for at in groups.iter().filter_map(|(group, _)| self.kept.binary_search(group).ok()) {
            sum.iter_mut().zip(self.adds.row(at)).for_each(|(sum, value)| *sum += value);
        }
        sum.into_iter().map(|value| value.max(0.0)).collect()
    }

    /// The score of one group among them.
    pub(super) fn at(&self, scores: &[f64], group: usize) -> f64 {
        self.kept.binary_search(&group).ok().and_then(|at| scores.get(at)).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_in_what_others_were_in_before_they_joined_is_expected_to_join() {
        // Members 0 to 5 were in group 0 and then joined group 1; 6 to 11 were in group 2 and joined nothing.
        let mut joined = vec![vec![(0, 0), (1, 950)]; 6];
        joined.extend(vec![vec![(2, 0)]; 6]);
        joined.extend([vec![(0, 0)], vec![(2, 0)]]);
        let mut members = vec![Vec::new(); 3];
        for (member, groups) in joined.iter().enumerate() {
            groups.iter().for_each(|(group, day): &(usize, i32)| members[*group].push((member, *day)));
        }
        let memberships =
            Memberships { joined, members, actors: (0..14).collect(), groups: vec![0, 1, 2], today: 1_000 };
        let story = Story::of(&memberships, vec![0, 1, 2], 100.0);
        let following = story.solved(0.3);
        let score = |member: usize| following.scores(memberships.groups_of(member));
        let (hopeful, other) = (score(12), score(13));
        // Seven held group 0 on all four days: X'X is 28 for it and for group 2, so lambda is 0.3 * 56 / 3. On the two
        // later days the joining of six lay ahead: X'Y is 12.
        assert!((following.at(&hopeful, 1) - 12.0 / (28.0 + 5.6)).abs() < 1e-12, "{hopeful:?}");
        assert!(following.at(&other, 1).abs() < 1e-12, "{other:?}");
        assert!(hopeful[2].abs() < 1e-12, "nobody joined it from there: {hopeful:?}");
    }
}
