//! Dense symmetric systems: the lower factor of Cholesky, what is solved with it, and the inverse.

#![expect(clippy::indexing_slicing, reason = "square systems numbered by this file alone")]

/// Rows of equal length, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) values: Vec<f64>,
}

impl Matrix {
    pub(super) fn zero(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    pub(super) fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.columns..(at + 1) * self.columns]
    }

    pub(super) fn row_mut(&mut self, at: usize) -> &mut [f64] {
        &mut self.values[at * self.columns..(at + 1) * self.columns]
    }
}

/// The inverse from its lower factor: `L^-T L^-1`, both triangles worked through as such.
pub(super) fn inverse(lower: &Matrix) -> Matrix {
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
pub(super) fn cholesky(mut lower: Matrix) -> Matrix {
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
pub(super) fn forward(lower: &Matrix, right: &mut Matrix) {
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
pub(super) fn backward(lower: &Matrix, right: &mut Matrix) {
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
