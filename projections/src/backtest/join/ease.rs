//! EASE (Steck 2019): the best linear guess of every membership from all the others, in closed form.
//!
//! With W the memberships (a row a member, a column a group) and `P = (W'W + lambda I)^-1`, a member's score for a
//! group that it has not joined is `-(w P)_i / P_ii`. By the matrix inversion lemma `(w P)_i = (K^-1 W)_ui` with
//! `K = W W' + lambda I`, so whichever side is smaller is inverted. Cost: the cube of the smaller side.

#![expect(clippy::indexing_slicing, reason = "square systems numbered by this file alone")]

use super::dense::{Matrix, backward, cholesky, forward, inverse};

/// Memberships: for each member its groups with their weights, ascending by group.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Weights {
    /// One row a member.
    pub(super) rows: Vec<Vec<(usize, f64)>>,
    /// How many groups there are.
    pub(super) columns: usize,
}

impl Weights {
    fn transposed(&self) -> Self {
        let mut turned = Self { rows: vec![Vec::new(); self.columns], columns: self.rows.len() };
        for (at, row) in self.rows.iter().enumerate() {
            row.iter().for_each(|(column, weight)| turned.rows[*column].push((at, *weight)));
        }
        turned
    }

    /// `W W' + lambda I`, where `turned` is the transpose.
    fn gram(&self, turned: &Self, lambda: f64) -> Matrix {
        let mut gram = Matrix::zero(self.rows.len(), self.rows.len());
        for members in &turned.rows {
            for (one, here) in members {
                let row = gram.row_mut(*one);
                members.iter().for_each(|(other, there)| row[*other] += here * there);
            }
        }
        (0..gram.rows).for_each(|at| gram.row_mut(at)[at] += lambda);
        gram
    }
}

/// What EASE says of every member and group.
#[derive(Debug, Clone)]
pub(super) struct Ease<'a> {
    weights: &'a Weights,
    solved: Solved,
    /// `P_ii` of every group.
    own: Vec<f64>,
}

/// What is kept of the smaller side's inverse.
#[derive(Debug, Clone)]
enum Solved {
    /// `-(w P)_i` for every member and group.
    Pulls(Matrix),
    /// `P`.
    Inverse(Matrix),
}

impl<'a> Ease<'a> {
    /// Works it out. `part` is the ridge in parts of the mean squared weight of a group.
    #[must_use]
    pub(super) fn of(weights: &'a Weights, part: f64) -> Self {
        let squares: f64 = weights.rows.iter().flatten().map(|(_, weight)| weight * weight).sum();
        let lambda = (part * squares / crate::numbers::float(weights.columns.max(1))).max(1e-6);
        if weights.rows.len() <= weights.columns {
            Self::by_members(weights, lambda)
        } else {
            Self::by_groups(weights, lambda)
        }
    }

    fn by_members(weights: &'a Weights, lambda: f64) -> Self {
        let lower = cholesky(weights.gram(&weights.transposed(), lambda));
        // Whitened: L^-1 W, so that the diagonal of W' K^-1 W is a sum of squares.
        let mut pulls = Matrix::zero(weights.rows.len(), weights.columns);
        for (at, row) in weights.rows.iter().enumerate() {
            row.iter().for_each(|(column, weight)| pulls.row_mut(at)[*column] = *weight);
        }
        forward(&lower, &mut pulls);
        let mut inner = vec![0.0; weights.columns];
        for at in 0..pulls.rows {
            inner.iter_mut().zip(pulls.row(at)).for_each(|(sum, value)| *sum += value * value);
        }
        let own = inner.iter().map(|inner| ((1.0 - inner) / lambda).max(1e-12)).collect();
        backward(&lower, &mut pulls);
        pulls.values.iter_mut().for_each(|value| *value = -*value);
        Self { weights, solved: Solved::Pulls(pulls), own }
    }

    fn by_groups(weights: &'a Weights, lambda: f64) -> Self {
        let inverse = inverse(&cholesky(weights.transposed().gram(weights, lambda)));
        let own = (0..inverse.rows).map(|at| inverse.row(at)[at].max(1e-12)).collect();
        Self { weights, solved: Solved::Inverse(inverse), own }
    }

    /// How every group pulls at a member: what members alike in all else did.
    #[must_use]
    pub(super) fn pulls(&self, member: usize) -> Vec<f64> {
        match &self.solved {
            Solved::Pulls(pulls) => pulls.row(member).to_vec(),
            Solved::Inverse(inverse) => {
                let mut sum = vec![0.0; self.weights.columns];
                for (group, weight) in &self.weights.rows[member] {
                    sum.iter_mut().zip(inverse.row(*group)).for_each(|(sum, value)| *sum -= weight * value);
                }
                sum
            }
        }
    }

    /// The score of a member for every group that it has not joined: the pull divided by how hard the group is to
    /// guess.
    #[must_use]
    pub(super) fn scores(&self, member: usize) -> Vec<f64> {
        self.pulls(member).into_iter().zip(&self.own).map(|(pull, own)| pull / own).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn memberships(rows: usize, columns: usize, seed: &[bool]) -> Weights {
        let mut joined = seed.iter().copied().cycle();
        let row = |_| (0..columns).filter(|_| joined.next().unwrap()).map(|group| (group, 1.0)).collect();
        Weights { rows: (0..rows).map(row).collect(), columns }
    }

    proptest! {
        #[test]
        fn inverting_either_side_gives_the_same(seed in prop::collection::vec(any::<bool>(), 37)) {
            let weights = memberships(6, 9, &seed);
            let (one, other) = (Ease::by_members(&weights, 0.7), Ease::by_groups(&weights, 0.7));
            for member in 0..6 {
                let (one, other) = (one.scores(member), other.scores(member));
                let joined = |group| weights.rows[member].iter().any(|(at, _)| *at == group);
                for group in (0..9).filter(|group| !joined(*group)) {
                    prop_assert!((one[group] - other[group]).abs() < 1e-9, "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn who_joins_what_its_likes_joined_is_guessed() {
        // The first three members were in groups 0 and 1; the fourth is in group 0 alone, the fifth in 2 alone.
        let mut rows = vec![vec![(0, 1.0), (1, 1.0)]; 3];
        rows.extend([vec![(0, 1.0)], vec![(2, 1.0)]]);
        let weights = Weights { rows, columns: 3 };
        let ease = Ease::of(&weights, 0.5);
        let (fourth, fifth) = (ease.scores(3), ease.scores(4));
        assert!(fourth[1] > fourth[2] && fourth[1] > fifth[1], "{fourth:?} {fifth:?}");
    }
}
