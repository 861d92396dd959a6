//! What readers see of the store, and what the next append of a group sees.

use std::cell::RefCell;

use sled::IVec;

use super::engine::{Engine, no_block_holds};
use crate::log::codec::Block;
use crate::log::postings::Term;
use crate::log::select::Source;
use crate::log::{Direction, LogError, Position, Stored};

/// What readers see. Keeps the last block, since events that are asked for are often neighbours.
pub(super) struct View<'a> {
    engine: &'a Engine,
    upto: Position,
    block: RefCell<Option<Block<IVec>>>,
}

impl<'a> View<'a> {
    pub(super) fn new(engine: &'a Engine, upto: Position) -> Self {
        Self { engine, upto, block: RefCell::default() }
    }
}

impl Source for View<'_> {
    fn upto(&self) -> Position {
        self.upto
    }

    fn event(&self, position: Position) -> Result<Stored, LogError> {
        let mut kept = self.block.borrow_mut();
        let block = match kept.take() {
            Some(block) if (block.first()..=block.last()).contains(&position) => block,
            Some(_) | None => self.engine.block_of(position)?,
        };
        let event = block.event(position).map_err(|damage| damage.at(block.first()))?;
        *kept = Some(block);
        event.ok_or_else(|| no_block_holds(position))
    }

    fn positions(
        &self,
        term: Term,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Position>, LogError> {
        self.engine.index.find(term, from, direction, limit)
    }
}

/// What the next append of a group sees: the log, and those before it in the group.
pub(super) struct Pending<'a> {
    past: View<'a>,
    events: Vec<Stored>,
}

impl<'a> Pending<'a> {
    pub(super) fn after(past: View<'a>) -> Self {
        Self { past, events: Vec::new() }
    }

    pub(super) fn push(&mut self, event: Stored) {
        self.events.push(event);
    }

    /// The events of the group, which are about to be written.
    pub(super) fn into_events(self) -> Vec<Stored> {
        self.events
    }
}

impl Source for Pending<'_> {
    fn upto(&self) -> Position {
        self.events.last().map_or(self.past.upto, |event| event.position)
    }

    fn event(&self, position: Position) -> Result<Stored, LogError> {
        match position.checked_sub(self.past.upto) {
            None | Some(0) => self.past.event(position),
            Some(place) => {
                let index = usize::try_from(place - 1).ok();
                let event = index.and_then(|index| self.events.get(index)).cloned();
                event.ok_or_else(|| no_block_holds(position))
            }
        }
    }

    fn positions(
        &self,
        term: Term,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Position>, LogError> {
        self.past.positions(term, from, direction, limit)
    }
}
