//! By what events are found: terms, and the positions at which each stands.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use smallvec::SmallVec;

use super::{Direction, Position, Stored};
use crate::kinds::Tag;

/// A kind, tag or key as a number. Two may share one, so whoever finds an event by a term looks whether it
/// really matches. The standard library may change its hash, so what is stored carries [`Term::probe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Term(pub(super) u64);

impl Term {
    pub(super) fn kind(name: &str) -> Self {
        Self::of(b'k', name)
    }

    pub(super) fn tag(tag: &Tag) -> Self {
        Self::of(b't', tag.as_str())
    }

    pub(super) fn key(key: &str) -> Self {
        Self::of(b'i', key)
    }

    /// The term of a fixed text: where it differs from the one stored, so do all others.
    pub(super) fn probe() -> Self {
        Self::of(b'p', "probe")
    }

    fn of(class: u8, text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (class, text).hash(&mut hasher);
        Self(hasher.finish())
    }

    /// Every term of an event.
    pub(super) fn each(event: &Stored) -> impl Iterator<Item = Self> {
        let tags = event.tags.iter().map(Self::tag);
        tags.chain([Self::kind(&event.kind)]).chain(event.key.as_deref().map(Self::key))
    }
}

/// Terms with their positions in memory. Terms are in no order: to keep them in one costs more for each event that is
/// added than sorting them once does.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// Most terms are the key of one event: they need no memory of their own.
    positions: HashMap<Term, SmallVec<[Position; 2]>, BuildHasherDefault<AsItIs>>,
}

/// A term is a hash already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(self.0.rotate_left(8) ^ u64::from(*byte)));
    }

    fn write_u64(&mut self, term: u64) {
        self.0 = term;
    }
}

impl Postings {
    /// Adds an event; each one later than those before.
    pub(super) fn add(&mut self, event: &Stored) {
        for term in Term::each(event) {
            let positions = self.positions.entry(term).or_default();
            if positions.last() != Some(&event.position) {
                positions.push(event.position);
            }
        }
    }

    /// All of them, in order.
    pub(super) fn sorted(&self) -> Vec<(Term, Position)> {
        let all = self.positions.iter();
        let mut entries: Vec<_> =
            all.flat_map(|(term, positions)| positions.iter().map(|position| (*term, *position))).collect();
        entries.sort_unstable();
        entries
    }

    /// Adds to `found`, until it holds `limit`, the positions of `term` strictly beyond `from`.
    pub(super) fn find(
        &self,
        term: Term,
        from: Position,
        direction: Direction,
        limit: usize,
        found: &mut Vec<Position>,
    ) {
        let room = limit.saturating_sub(found.len());
        let positions = self.positions.get(&term).map_or(&[][..], SmallVec::as_slice);
        match direction {
            Direction::Forward => {
                let behind = positions.partition_point(|position| *position <= from);
                found.extend(positions.iter().skip(behind).take(room));
            }
            Direction::Backward => {
                let before = positions.partition_point(|position| *position < from);
                found.extend(positions.iter().take(before).rev().take(room));
            }
        }
    }
}
