//! EASE (Steck 2019): the best linear guess of every membership from all the others, in closed form.
//!
//! With W the memberships (a row a member, a column a group) and `P = (W'W + lambda I)^-1`, a member's score for a
//! group that it has not joined is `-(w P)_i / P_ii`. By the matrix inversion lemma `(w P)_i = (K^-1 W)_ui` with
//! `K = W W' + lambda I`, so whichever side is smaller is inverted. Cost: the cube of the smaller side.

#![expect(clippy::indexing_slicing, reason = "square systems numbered by this file alone")]

/// Rows of equal length, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// All zero.
    #[must_use]
    pub(super) fn zero(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// One row.
    #[must_use]
    pub(super) fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.columns..(at + 1) * self.columns]
    }

    /// One row, to be changed.
    pub(super) fn row_mut(&mut self, at: usize) -> &mut [f64] {
        &mut self.values[at * self.columns..(at + 1) * self.columns]
    }

    fn transposed(&self) -> Self {
        let mut turned = Self::zero(self.columns, self.rows);
        for at in 0..self.rows {
            for (column, value) in self.row(at).iter().enumerate() {
                turned.values[column * self.rows + at] = *value;
            }
        }
        turned
    }

    /// `M M' + lambda I`. Zeros are passed over: memberships are sparse.
    fn gram(&self, lambda: f64) -> Self {
        let columns = self.transposed();
        let mut gram = Self::zero(self.rows, self.rows);
        for at in 0..columns.rows {
            let members: Vec<(usize, f64)> =
                columns.row(at).iter().copied().enumerate().filter(|(_, value)| *value > 0.0).collect();
            for (one, here) in &members {
                let row = gram.row_mut(*one);
                for (other, there) in &members {
                    row[*other] += here * there;
                }
            }
        }
        for at in 0..self.rows {
            gram.values[at * self.rows + at] += lambda;
        }
        gram
    }
}

/// What EASE says of every member and group.
#[derive(Debug, Clone)]
pub(super) struct Ease {
    /// `-(w P)_i` for every member and group.
    pull: Matrix,
    /// `P_ii` of every group.
    own: Vec<f64>,
}

impl Ease {
    /// Works it out. `part` is the ridge in parts of the mean squared weight of a group.
    #[must_use]
    pub(super) fn of(memberships: &Matrix, part: f64) -> Self {
        let squares: f64 = memberships.values.iter().map(|value| value * value).sum();
        let lambda = (part * squares / crate::numbers::float(memberships.columns.max(1))).max(1e-6);
        if memberships.rows <= memberships.columns {
            Self::by_members(memberships, lambda)
        } else {
            Self::by_groups(memberships, lambda)
        }
    }

    fn by_members(memberships: &Matrix, lambda: f64) -> Self {
        let lower = cholesky(memberships.gram(lambda));
        // Whitened: L^-1 W, so that the diagonal of W' K^-1 W is a sum of squares.
        let mut pull = memberships.clone();
        forward(&lower, &mut pull);
        let mut inner = vec![0.0; memberships.columns];
        for at in 0..pull.rows {
            for (sum, value) in inner.iter_mut().zip(pull.row(at)) {
                *sum += value * value;
            }
        }
        let own = inner.iter().map(|inner| ((1.0 - inner) / lambda).max(1e-12)).collect();
        backward(&lower, &mut pull);
        pull.values.iter_mut().for_each(|value| *value = -*value);
        Self { pull, own }
    }

    fn by_groups(memberships: &Matrix, lambda: f64) -> Self {
        let turned = memberships.transposed();
        let lower = cholesky(turned.gram(lambda));
        let mut inverse = Matrix::zero(turned.rows, turned.rows);
        (0..turned.rows).for_each(|at| inverse.values[at * turned.rows + at] = 1.0);
        forward(&lower, &mut inverse);
        backward(&lower, &mut inverse);
        let own = (0..turned.rows).map(|at| inverse.row(at)[at].max(1e-12)).collect();
        let mut pull = Matrix::zero(memberships.rows, memberships.columns);
        for at in 0..memberships.rows {
            let mut sum = vec![0.0; memberships.columns];
            for (group, weight) in memberships.row(at).iter().enumerate().filter(|(_, weight)| **weight > 0.0)
            {
                sum.iter_mut().zip(inverse.row(group)).for_each(|(sum, value)| *sum -= weight * value);
            }
            pull.row_mut(at).copy_from_slice(&sum);
        }
        Self { pull, own }
    }

    /// The score of a member for a group that it has not joined.
    #[must_use]
    pub(super) fn score(&self, member: usize, group: usize) -> f64 {
        self.pull.row(member)[group] / self.own[group]
    }

    /// The same without dividing by how hard the group is to guess: what members alike in all else did.
    #[must_use]
    pub(super) fn pull(&self, member: usize, group: usize) -> f64 {
        self.pull.row(member)[group]
    }
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

    fn memberships(rows: usize, columns: usize, seed: &[bool]) -> Matrix {
        let mut matrix = Matrix::zero(rows, columns);
        for (value, joined) in matrix.values.iter_mut().zip(seed.iter().cycle()) {
            *value = f64::from(u8::from(*joined));
        }
        matrix
    }

    proptest! {
        #[test]
        fn inverting_either_side_gives_the_same(seed in prop::collection::vec(any::<bool>(), 37)) {
            let matrix = memberships(6, 9, &seed);
            let (one, other) = (Ease::by_members(&matrix, 0.7), Ease::by_groups(&matrix, 0.7));
            for member in 0..6 {
                for group in (0..9).filter(|group| matrix.row(member)[*group] < 0.5) {
                    let (one, other) = (one.score(member, group), other.score(member, group));
                    prop_assert!((one - other).abs() < 1e-9, "{one} {other}");
                }
            }
        }
    }

    #[test]
    fn who_joins_what_its_likes_joined_is_guessed() {
        // The first three members were in groups 0 and 1; the fourth is in group 0 alone, the fifth in 2 alone.
        let mut matrix = Matrix::zero(5, 3);
        for member in 0..3 {
            matrix.row_mut(member)[..2].copy_from_slice(&[1.0, 1.0]);
        }
        matrix.row_mut(3)[0] = 1.0;
        matrix.row_mut(4)[2] = 1.0;
        let ease = Ease::of(&matrix, 0.5);
        assert!(ease.score(3, 1) > ease.score(3, 2) && ease.score(3, 1) > ease.score(4, 1));
    }
}
