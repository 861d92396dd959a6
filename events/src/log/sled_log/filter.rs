//! A Bloom filter over terms: "surely not here" without reading a page.

use crate::log::postings::Term;

/// Twelve bits an entry and four probes let about one in a hundred absent terms through.
const BITS_PER_ENTRY: u64 = 12;
const PROBES: u64 = 4;

#[derive(Debug)]
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    pub(super) fn for_entries(entries: u64) -> Self {
        let words = entries.saturating_mul(BITS_PER_ENTRY) / 64 + 1;
        Self { words: vec![0; usize::try_from(words).unwrap_or(usize::MAX)] }
    }

    pub(super) fn insert(&mut self, term: Term) {
        for (word, bit) in self.probes(term) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= bit;
            }
        }
    }

    pub(super) fn may_hold(&self, term: Term) -> bool {
        self.probes(term).all(|(word, bit)| self.words.get(word).is_some_and(|word| word & bit != 0))
    }

    /// Terms are hashes already, so their two halves serve as the two hashes that all probes are made of.
    fn probes(&self, Term(hash): Term) -> impl Iterator<Item = (usize, u64)> + use<> {
        let bits = u128::try_from(self.words.len()).unwrap_or(0) * 64;
        let step = hash.rotate_left(32) | 1;
        (0..PROBES).map(move |probe| {
            let spread = u128::from(hash.wrapping_add(step.wrapping_mul(probe)));
            let bit = (spread * bits) >> 64;
            (usize::try_from(bit / 64).unwrap_or(0), 1_u64 << (bit % 64))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_little_else() {
        let mut filter = Filter::for_entries(2_000);
        (0..2_000).for_each(|n| filter.insert(Term::key(&n.to_string())));
        assert!((0..2_000).all(|n| filter.may_hold(Term::key(&n.to_string()))));
        let false_hits = (2_000..12_000).filter(|n| filter.may_hold(Term::key(&n.to_string()))).count();
        assert!(false_hits < 300, "{false_hits} of 10,000");
    }
}
