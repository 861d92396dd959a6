//! EASE (Steck 2019): the best linear guess of every membership from all the others, in closed form.
//!
//! With W the memberships (a row a member, a column a group) and `P = (W'W + lambda I)^-1`, a member's score for a
//! group that it has not joined is `-(w P)_i / P_ii`. By the matrix inversion lemma `(w P)_i = (K^-1 W)_ui` with
//! `K = W W' + lambda I`, so whichever side is smaller is inverted. Cost: the cube of the smaller side.

#![expect(clippy::indexing_slicing, reason = "square systems numbered by this file alone")]

/// Rows of equal length, one after the other.
#[derive(Debug, Clone, PartialEq)]
struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    fn zero(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.columns..(at + 1) * self.columns]
    }

    fn row_mut(&mut self, at: usize) -> &mut [f64] {
        &mut self.values[at * self.columns..(at + 1) * self.columns]
    }
}

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

/// The inverse from its lower factor: `L^-T L^-1`, both triangles worked through as such.
fn inverse(lower: &Matrix) -> Matrix {
    let size = lower.rows;
    let mut turned = Matrix::zero(size, size);
    for at in 0..size {
        let (above, below) = turned.values.split_at_mut(at * size);
        let row = &mut below[..size];
        row[at] = 1.0;
        for (column, factor) in lower.row(at)[..at].iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            let other = &above[column * size..=column * size + column];
            row.iter_mut().zip(other).for_each(|(value, other)| *value -= factor * other);
        }
        let own = lower.row(at)[at];
        row[..=at].iter_mut().for_each(|value| *value /= own);
    }
    let mut inverse = Matrix::zero(size, size);
    for at in 0..size {
        let row = turned.row(at);
        for one in (0..=at).filter(|one| row[*one] != 0.0) {
            let factor = row[one];
            let sums = &mut inverse.row_mut(one)[..=one];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += factor * value);
        }
    }
    for at in 0..size {
        for other in 0..at {
            inverse.row_mut(other)[at] = inverse.row(at)[other];
        }
    }
    inverse
}

/// The lower factor of a symmetric positive definite matrix, row by row.
fn cholesky(mut lower: Matrix) -> Matrix {
    for at in 0..lower.rows {
        let (above, below) = lower.values.split_at_mut(at * lower.columns);
        let row = &mut below[..lower.columns];
        for column in 0..=at {
            let other = if column == at { None } else { Some(&above[column * lower.columns..]) };
            match other {
                Some(other) => {
                    let inner = dot(&row[..column], &other[..column]);
                    row[column] = (row[column] - inner) / other[column];
                }
                None => {
                    let inner = dot(&row[..at], &row[..at]);
                    row[at] = (row[at] - inner).max(1e-12).sqrt();
                }
            }
        }
        row[at + 1..].iter_mut().for_each(|value| *value = 0.0);
    }
    lower
}

/// A sum of products in four interleaved parts: as fast as the machine's wide registers, and in a fixed order.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let mut parts = [0.0; 4];
    let (ones, others) = (one.chunks_exact(4), other.chunks_exact(4));
    let rest: f64 = ones.remainder().iter().zip(others.remainder()).map(|(one, other)| one * other).sum();
    for (one, other) in ones.zip(others) {
        for (part, (one, other)) in parts.iter_mut().zip(one.iter().zip(other)) {
            *part += one * other;
        }
    }
    parts.iter().sum::<f64>() + rest
}

/// Solves `L X = B` in place; rows of B are worked through together, so memory is read in order.
fn forward(lower: &Matrix, right: &mut Matrix) {
    for at in 0..lower.rows {
        let (above, below) = right.values.split_at_mut(at * right.columns);
        let row = &mut below[..right.columns];
        for (column, factor) in lower.row(at)[..at].iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            let other = &above[column * right.columns..(column + 1) * right.columns];
            row.iter_mut().zip(other).for_each(|(value, other)| *value -= factor * other);
        }
        let own = lower.row(at)[at];
        row.iter_mut().for_each(|value| *value /= own);
    }
}

/// Solves `L' X = B` in place.
fn backward(lower: &Matrix, right: &mut Matrix) {
    for at in (0..lower.rows).rev() {
        let (above, below) = right.values.split_at_mut(at * right.columns);
        let row = &mut below[..right.columns];
        let own = lower.row(at)[at];
        row.iter_mut().for_each(|value| *value /= own);
        for (column, factor) in lower.row(at)[..at].iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            let other = &mut above[column * right.columns..(column + 1) * right.columns];
            other.iter_mut().zip(row.iter()).for_each(|(other, value)| *other -= factor * value);
        }
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
