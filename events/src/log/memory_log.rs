//! The log in memory: for tests, demonstrations and what-if runs. It keeps every promise but to outlive the process.

use std::ops::ControlFlow;
use std::sync::{PoisonError, RwLock};

use super::admit::{Admitted, End, admit};
use super::postings::{Postings, Term};
use super::select::{self, Source};
use super::{
    Append, AppendError, Direction, Log, LogError, Placed, Position, Query, Stored, Verified, Watermark,
};

/// A log that lives as long as the process.
#[derive(Debug, Default)]
pub struct MemoryLog {
    state: RwLock<State>,
    watermark: Watermark,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Stored>,
    payload_bytes: u64,
    postings: Postings,
    end: End,
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with_state<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Source for State {
    fn upto(&self) -> Position {
        self.end.position
    }

    fn event(&self, position: Position) -> Result<Stored, LogError> {
        let index = position.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let event = index.and_then(|index| self.events.get(index)).cloned();
        event.ok_or_else(|| LogError::Damaged { position, reason: "no event is there".into() })
    }

    fn positions(
        &self,
        term: Term,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Position>, LogError> {
        let mut found = Vec::new();
        self.postings.find(term, from, direction, limit, &mut found);
        Ok(found)
    }
}

impl Log for MemoryLog {
    fn watermark(&self) -> &Watermark {
        &self.watermark
    }

    // Readers wait for the whole group, so they never see half of one.
    fn commit(&self, group: Vec<Append>) -> Result<Vec<Result<Vec<Placed>, AppendError>>, LogError> {
        let mut guard = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *guard;
        let mut answers = Vec::with_capacity(group.len());
        for append in group {
            let mut end = state.end;
            let answer = admit(state, &mut end, append)?;
            answers.push(answer.map(|Admitted { placed, events }| {
                for (event, payload) in events {
                    state.payload_bytes += u64::try_from(payload.len()).unwrap_or(0);
                    state.postings.add(&event);
                    state.events.push(event);
                }
                state.end = end;
                placed
            }));
        }
        self.watermark.raise(state.end.position);
        Ok(answers)
    }

    fn read(
        &self,
        query: &Query,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        self.with_state(|state| select::select(state, query, from, direction, limit))
    }

    // One event a time, without holding the lock: `each` may take long, and may read the log itself.
    fn scan(&self, after: Position, each: &mut dyn FnMut(Stored) -> ControlFlow<()>) -> Result<(), LogError> {
        for position in after.saturating_add(1)..=self.head() {
            if each(self.with_state(|state| state.event(position))?).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn find_key(&self, key: &str) -> Result<Option<(Position, [u8; 16])>, LogError> {
        self.with_state(|state| select::find_key(state, key))
    }

    fn verify(&self) -> Result<Verified, LogError> {
        Ok(self.with_state(|state| Verified {
            events: state.end.position,
            bytes: state.payload_bytes,
            checkpoints: 0,
            root: None,
        }))
    }

    fn close(&self) -> Result<(), LogError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> impl Fn() -> Box<dyn Log> {
        || Box::new(MemoryLog::new())
    }

    crate::log_contract!(memory);
}
