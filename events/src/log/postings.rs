//! By what events are found: terms, and the positions at which each stands.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Direction, Position, Stored};
use crate::kinds::Tag;

/// A kind, tag or key as a number. Two may share one, so whoever finds an event by a term looks whether it
/// really matches. The standard library may change its hash, so what is stored carries [`Term::probe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// Terms with their positions, in order, in memory.
#[derive(Debug, Default)]
pub(super) struct Postings {
    pub(super) entries: BTreeSet<(Term, Position)>,
}

impl Postings {
    pub(super) fn add(&mut self, event: &Stored) {
        self.entries.extend(Term::each(event).map(|term| (term, event.position)));
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
        let beyond = match direction {
            Direction::Forward => (from.saturating_add(1), Position::MAX),
            Direction::Backward => (0, from.saturating_sub(1)),
        };
        if beyond.0 > beyond.1 {
            return;
        }
        let entries = self.entries.range((term, beyond.0)..=(term, beyond.1)).map(|(_, position)| *position);
        match direction {
            Direction::Forward => found.extend(entries.take(room)),
            Direction::Backward => found.extend(entries.rev().take(room)),
        }
    }
}
