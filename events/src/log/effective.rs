//! Which events count: a voided event is out of every view, a corrected one has its new body.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::{Direction, Log, LogError, Position, Query, Recorded, Stored};
use crate::kinds::{Body, Event, Kind, correction};
use crate::value::{ids::EventId, occurred::Occurred};

/// Voids and corrections, gathered ahead of a fold.
#[derive(Debug, Default)]
pub struct Effective {
    voided: HashSet<EventId>,
    corrected: HashMap<EventId, (serde_json::Value, Option<Occurred>)>,
    known_at: Option<Timestamp>,
}

impl Effective {
    /// Gathers what was known at `known_at`, or what is known now.
    ///
    /// # Errors
    /// When the log cannot be read.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the query hands out these two kinds only")]
    pub fn gather(log: &dyn Log, known_at: Option<Timestamp>) -> Result<Self, LogError> {
        let mut effective = Self { known_at, ..Self::default() };
        for name in [correction::EventVoided::NAME, correction::EventCorrected::NAME] {
            for stored in log.read(&Query::of_kind(name), 0, Direction::Forward, usize::MAX)? {
                if !effective.is_known(&stored) {
                    continue;
                }
                match decode(&stored)?.event {
                    Event::EventVoided(void) => drop(effective.voided.insert(void.event)),
                    Event::EventCorrected(right) => {
                        effective.corrected.insert(right.event, (right.body, right.occurred));
                    }
                    _ => {}
                }
            }
        }
        Ok(effective)
    }

    fn is_known(&self, stored: &Stored) -> bool {
        self.known_at.is_none_or(|known_at| stored.recorded_at <= known_at)
    }

    /// The event as it counts, if it counts.
    ///
    /// # Errors
    /// When the event or its correction cannot be read.
    pub fn count(&self, stored: &Stored) -> Result<Option<Recorded>, LogError> {
        if !self.is_known(stored) || self.voided.contains(&stored.id) {
            return Ok(None);
        }
        let mut recorded = decode(stored)?;
        if let Some((body, occurred)) = self.corrected.get(&stored.id) {
            recorded.event = corrected(recorded.event.kind(), body, stored.position)?;
            recorded.occurred = occurred.unwrap_or(recorded.occurred);
        }
        Ok(Some(recorded))
    }

    /// Hands every event that counts to `each`, in log order, in bounded memory.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn fold(&self, log: &dyn Log, to: Position, each: &mut dyn FnMut(Recorded)) -> Result<(), LogError> {
        let mut fault = None;
        log.scan(0, &mut |stored| {
            if stored.position > to {
                return ControlFlow::Break(());
            }
            match self.count(&stored) {
                Ok(Some(recorded)) => each(recorded),
                Ok(None) => {}
                Err(error) => {
                    fault = Some(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        fault.map_or(Ok(()), Err)
    }
}

fn decode(stored: &Stored) -> Result<Recorded, LogError> {
    stored
        .decode()
        .map_err(|error| LogError::Damaged { position: stored.position, reason: error.to_string() })
}

fn corrected(kind: Kind, body: &serde_json::Value, position: Position) -> Result<Event, LogError> {
    kind.decode(kind.version(), &body.to_string())
        .map_err(|error| LogError::Damaged { position, reason: format!("its correction: {error}") })
}
