//! Fresh rows of one segment: one bit a node tells whether it has one, and how many bits are set before tells
//! where it is.

use std::sync::Arc;

use super::SEGMENT_NODES;
use super::weight::{Factors, TieWeight, sum};
use crate::kernels::Row;
use crate::tie_graph::Node;

const WORDS: usize = SEGMENT_NODES / 64;

/// The rows of a segment that were written anew.
#[derive(Debug, Clone)]
pub(super) struct Fresh<W> {
    bits: [u64; WORDS],
    /// How many bits are set in the words before.
    before: [u16; WORDS],
    rows: Vec<Arc<FreshRow<W>>>,
}

impl<W> Default for Fresh<W> {
    fn default() -> Self {
        Self { bits: [0; WORDS], before: [0; WORDS], rows: Vec::new() }
    }
}

impl<W: TieWeight> Fresh<W> {
    /// The fresh row of a place, if it has one.
    #[inline]
    pub(super) fn row(&self, at: usize) -> Option<&FreshRow<W>> {
        let bits = self.bits.get(at / 64)?;
        let bit = 1_u64 << (at % 64);
        if bits & bit == 0 { None } else { self.rows.get(self.rank(at)).map(Arc::as_ref) }
    }

    /// How many fresh rows lie before a place.
    #[inline]
    fn rank(&self, at: usize) -> usize {
        let (word, below) = (at / 64, (1_u64 << (at % 64)) - 1);
        let (bits, before) = (self.bits.get(word), self.before.get(word));
        bits.zip(before).map_or(0, |(bits, before)| {
            usize::from(*before) + usize::try_from((bits & below).count_ones()).unwrap_or(0)
        })
    }

    /// Puts a row over a place. O(fresh rows of the segment).
    pub(super) fn put(&mut self, at: usize, row: FreshRow<W>) {
        let rank = self.rank(at);
        let Some(bits) = self.bits.get_mut(at / 64) else { return };
        let bit = 1_u64 << (at % 64);
        if *bits & bit == 0 {
            *bits |= bit;
            self.before.iter_mut().skip(at / 64 + 1).for_each(|before| *before += 1);
            self.rows.insert(rank, Arc::new(row));
        } else if let Some(kept) = self.rows.get_mut(rank) {
            *kept = Arc::new(row);
        }
    }

    /// How many rows are fresh.
    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many arcs they have.
    pub(super) fn arc_count(&self) -> usize {
        self.rows.iter().map(|row| row.targets.len()).sum()
    }

    /// The places that have a fresh row, ascending.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let set = |word: &u64, bit: &usize| *word & (1 << bit) != 0;
        let words = self.bits.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(move |(at, word)| {
            (0..64).filter(move |bit| set(word, bit)).map(move |bit| at * 64 + bit)
        })
    }

    /// What was put since an earlier state, if anything was.
    pub(super) fn since(&self, earlier: Option<&Self>) -> Option<Self> {
        let Some(earlier) = earlier else { return Some(self.clone()) };
        let mut newer = Self::default();
        for (at, row) in self.places().zip(&self.rows) {
            let held = earlier.row(at).is_some_and(|held| std::ptr::eq(held, row.as_ref()));
            if !held {
                newer.put(at, FreshRow::clone(row));
            }
        }
        (!newer.rows.is_empty()).then_some(newer)
    }

    /// The same rows, summed by other factors.
    pub(super) fn weighed_by(&self, factors: &Factors) -> Self {
        let weighed = |row: &Arc<FreshRow<W>>| {
            let mut row = FreshRow::clone(row);
            row.weigh(factors);
            Arc::new(row)
        };
        Self { bits: self.bits, before: self.before, rows: self.rows.iter().map(weighed).collect() }
    }
}

/// A row that was written anew.
#[derive(Debug, Clone)]
pub(super) struct FreshRow<W> {
    targets: Vec<Node>,
    weights: Vec<W>,
    strength: f32,
}

impl<W: TieWeight> FreshRow<W> {
    pub(super) fn new(targets: Vec<Node>, weights: Vec<W>) -> Self {
        Self { targets, weights, strength: 0.0 }
    }

    pub(super) fn of(row: Row<'_, W>) -> Self {
        Self::new(row.targets.to_vec(), row.weights.to_vec())
    }

    #[inline]
    pub(super) fn as_row(&self) -> Row<'_, W> {
        Row { targets: &self.targets, weights: &self.weights }
    }

    #[inline]
    pub(super) const fn strength(&self) -> f32 {
        self.strength
    }

    /// Computes the sum of the weights.
    pub(super) fn weigh(&mut self, factors: &Factors) {
        self.strength = sum(&self.weights, factors);
    }

    /// Adds a neighbour or changes its weight.
    pub(super) fn set(&mut self, to: Node, weight: W) {
        match self.targets.binary_search(&to) {
            Ok(at) => self.weights.iter_mut().skip(at).take(1).for_each(|kept| *kept = weight),
            Err(at) => {
                self.targets.insert(at, to);
                self.weights.insert(at, weight);
            }
        }
    }

    /// Takes a neighbour away.
    pub(super) fn remove(&mut self, to: Node) {
        if let Ok(at) = self.targets.binary_search(&to) {
            self.targets.remove(at);
            self.weights.remove(at);
        }
    }
}

const _: () = assert!(SEGMENT_NODES <= 1 << 16, "counts of a segment fit 16 bits");

#[cfg(test)]
mod tests {
    use super::super::number;
    use super::*;

    #[test]
    fn rows_are_found_where_they_were_put_whatever_the_order() {
        let mut fresh: Fresh<f32> = Fresh::default();
        let places = [16_000, 0, 63, 64, 65, 9_000, 127, 128];
        for at in places {
            fresh.put(at, FreshRow::new(vec![number(at)], vec![1.0]));
        }
        for at in 0..SEGMENT_NODES {
            let found = fresh.row(at).map(|row| row.as_row().targets.to_vec());
            assert_eq!(found, places.contains(&at).then(|| vec![number(at)]));
        }
        assert_eq!(fresh.places().collect::<Vec<_>>(), [0, 63, 64, 65, 127, 128, 9_000, 16_000]);
    }
}
