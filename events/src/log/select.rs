//! Reading by query, the same for every engine: find candidates by terms, look at each event, keep what matches.

use super::postings::Term;
use super::{Direction, Guard, LogError, Position, Query, QueryItem, Stored};
use crate::kinds::correction::EventVoided;
use crate::kinds::{Body, Tag};
use crate::value::ids::EventId;

/// Candidates are fetched in lots of this size, so that a frequent term costs no more than was asked for.
const LOT: usize = 256;

/// Events and the positions of their terms, up to some position.
pub(super) trait Source {
    /// The last position to be seen.
    fn upto(&self) -> Position;

    /// The event at a position that is there.
    fn event(&self, position: Position) -> Result<Stored, LogError>;

    /// The first `limit` positions of a term strictly beyond `from`, in the direction of reading. Positions
    /// beyond [`Source::upto`] may be among them.
    fn positions(
        &self,
        term: Term,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Position>, LogError>;
}

/// At most `limit` events that match, strictly beyond `from`.
pub(super) fn select(
    source: &dyn Source,
    query: &Query,
    from: Position,
    direction: Direction,
    limit: usize,
) -> Result<Vec<Stored>, LogError> {
    let mut found = Vec::new();
    let mut from = match direction {
        Direction::Forward => from,
        Direction::Backward => from.min(source.upto().saturating_add(1)),
    };
    while found.len() < limit {
        let lot = Lot::fetch(source, query, from, direction, limit.clamp(16, LOT))?;
        for position in lot.positions {
            let event = source.event(position)?;
            if query.matches(&event) {
                found.push(event);
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
        match lot.horizon {
            Some(horizon) => from = horizon,
            None => break,
        }
    }
    Ok(found)
}

/// The first event that breaks a guard.
pub(super) fn first_match(source: &dyn Source, guard: &Guard) -> Result<Option<Position>, LogError> {
    let found = select(source, &guard.query, guard.after, Direction::Forward, 1)?;
    Ok(found.first().map(|event| event.position))
}

/// Where a key was used last, with the digest of the content.
pub(super) fn find_key(source: &dyn Source, key: &str) -> Result<Option<(Position, [u8; 16])>, LogError> {
    let holder = key_holder(source, key)?;
    Ok(holder.map(|event| (event.position, event.digest.unwrap_or_default())))
}

/// The last event that carries the key.
pub(super) fn key_holder(source: &dyn Source, key: &str) -> Result<Option<Stored>, LogError> {
    let positions = source.positions(Term::key(key), 0, Direction::Forward, usize::MAX)?;
    for position in positions.into_iter().rev().filter(|position| *position <= source.upto()) {
        let event = source.event(position)?;
        if event.key.as_deref() == Some(key) {
            return Ok(Some(event));
        }
    }
    Ok(None)
}

/// Whether an event was voided since.
pub(super) fn is_voided(source: &dyn Source, event: &Stored) -> Result<bool, LogError> {
    let void = QueryItem { kinds: vec![EventVoided::NAME.to_owned()], tags: vec![of_event(event.id)] };
    let guard = Guard { query: Query { items: vec![void] }, after: event.position };
    Ok(first_match(source, &guard)?.is_some())
}

/// Whether `event` voids the event with that id.
pub(super) fn is_void_of(event: &Stored, id: EventId) -> bool {
    event.kind == EventVoided::NAME && event.tags.contains(&of_event(id))
}

/// The tag of what a void is about.
fn of_event(id: EventId) -> Tag {
    Tag::new("event", &id)
}

/// Candidates in order of reading, complete up to the horizon; without a horizon there are no more.
struct Lot {
    positions: Vec<Position>,
    horizon: Option<Position>,
}

impl Lot {
    fn fetch(
        source: &dyn Source,
        query: &Query,
        from: Position,
        direction: Direction,
        size: usize,
    ) -> Result<Self, LogError> {
        let everything = [QueryItem::default()];
        let items = if query.items.is_empty() { &everything } else { query.items.as_slice() };
        let mut lot = Self { positions: Vec::new(), horizon: None };
        for item in items {
            for positions in candidates(source, item, from, direction, size)? {
                lot.add(positions, direction, size);
            }
        }
        let (upto, horizon) = (source.upto(), lot.horizon);
        lot.positions.retain(|position| {
            *position <= upto && horizon.is_none_or(|horizon| !is_beyond(*position, horizon, direction))
        });
        if horizon.is_some_and(|horizon| direction == Direction::Forward && horizon >= upto) {
            lot.horizon = None;
        }
        lot.positions.sort_unstable();
        lot.positions.dedup();
        if direction == Direction::Backward {
            lot.positions.reverse();
        }
        Ok(lot)
    }

    /// A full list may go on: what other lists hold beyond its last position has to wait for the next lot.
    fn add(&mut self, positions: Vec<Position>, direction: Direction, size: usize) {
        if positions.len() >= size
            && let Some(last) = positions.last().copied()
            && self.horizon.is_none_or(|horizon| is_beyond(horizon, last, direction))
        {
            self.horizon = Some(last);
        }
        self.positions.extend(positions);
    }
}

/// Lists of positions that together hold every match of the item: those of its rarest tag, or those of each
/// of its kinds, or all positions.
fn candidates(
    source: &dyn Source,
    item: &QueryItem,
    from: Position,
    direction: Direction,
    size: usize,
) -> Result<Vec<Vec<Position>>, LogError> {
    let of = |term| source.positions(term, from, direction, size);
    if !item.tags.is_empty() {
        let lists = item.tags.iter().map(|tag| of(Term::tag(tag))).collect::<Result<Vec<_>, _>>()?;
        return Ok(lists.into_iter().min_by_key(Vec::len).into_iter().collect());
    }
    if !item.kinds.is_empty() {
        return item.kinds.iter().map(|kind| of(Term::kind(kind))).collect();
    }
    Ok(vec![match direction {
        Direction::Forward => (from.saturating_add(1)..=source.upto()).take(size).collect(),
        Direction::Backward => (1..from).rev().take(size).collect(),
    }])
}

fn is_beyond(position: Position, other: Position, direction: Direction) -> bool {
    match direction {
        Direction::Forward => position > other,
        Direction::Backward => position < other,
    }
}
