//! Which events count: a voided event is out of every view, a corrected one has its new body.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::{Direction, Log, LogError, Position, Query, Recorded, Told};
use crate::kinds::correction::{EventCorrected, EventVoided};
use crate::kinds::{Body, Event, Kind};
use crate::value::{ids::EventId, occurred::Occurred};

/// How much of a log is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// Nothing beyond this position, voids and corrections included.
    pub to: Position,
    /// Nothing that was recorded later.
    pub known_at: Option<Timestamp>,
}

impl Default for Horizon {
    fn default() -> Self {
        Self { to: Position::MAX, known_at: None }
    }
}

impl Horizon {
    /// The log as it stood when that position was its last.
    #[must_use]
    pub const fn position(to: Position) -> Self {
        Self { to, known_at: None }
    }

    /// The log as it stood at that time.
    #[must_use]
    pub const fn known_at(time: Timestamp) -> Self {
        Self { to: Position::MAX, known_at: Some(time) }
    }

    fn holds(&self, told: &Told<'_>) -> bool {
        told.position <= self.to && self.known_at.is_none_or(|known_at| told.recorded_at <= known_at)
    }
}

/// Voids and corrections, gathered ahead of a fold.
#[derive(Debug, Clone, Default)]
pub struct Effective {
    voided: HashSet<EventId>,
    corrected: HashMap<EventId, Right>,
    horizon: Horizon,
}

/// What an event should have been.
#[derive(Debug, Clone, Default)]
struct Right {
    body: serde_json::Value,
    version: Option<u16>,
    occurred: Option<Occurred>,
}

impl Effective {
    /// Gathers what was said within the horizon.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn gather(log: &dyn Log, horizon: Horizon) -> Result<Self, LogError> {
        let mut effective = Self { horizon, ..Self::default() };
        for name in [EventVoided::NAME, EventCorrected::NAME] {
            for stored in log.read(&Query::of_kind(name), 0, Direction::Forward, usize::MAX)? {
                let told = stored.told();
                if horizon.holds(&told) {
                    effective.amend(&decode(&told)?.event);
                }
            }
        }
        Ok(effective)
    }

    /// How much of the log it looks at.
    #[must_use]
    pub const fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// The same, no further than a position: what was said of an event behind it goes on to count.
    #[must_use]
    pub fn within(&self, to: Position) -> Self {
        let horizon = Horizon { to: self.horizon.to.min(to), ..self.horizon };
        Self { horizon, ..self.clone() }
    }

    /// Takes in a void or correction; true when it is one. A correction that restates no date leaves the date of
    /// an earlier one standing.
    #[expect(clippy::wildcard_enum_match_arm, reason = "only these two kinds change what counts")]
    pub fn amend(&mut self, event: &Event) -> bool {
        match event {
            Event::EventVoided(void) => {
                self.voided.insert(void.event);
                true
            }
            Event::EventCorrected(right) => {
                let earlier = self.corrected.get(&right.event).and_then(|earlier| earlier.occurred);
                let EventCorrected { event, body, version, occurred, .. } = right.clone();
                self.corrected.insert(event, Right { body, version, occurred: occurred.or(earlier) });
                true
            }
            _ => false,
        }
    }

    /// The event as it counts, if it counts.
    fn count(&self, told: &Told<'_>) -> Result<Option<Recorded>, LogError> {
        if !self.horizon.holds(told) || self.voided.contains(&told.id) {
            return Ok(None);
        }
        let mut recorded = decode(told)?;
        if let Some(right) = self.corrected.get(&told.id) {
            recorded.event = right.event(recorded.event.kind(), told.position)?;
            recorded.occurred = right.occurred.unwrap_or(recorded.occurred);
        }
        Ok(Some(recorded))
    }

    /// Hands every event that counts to `each`, in log order, in bounded memory.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn fold(&self, log: &dyn Log, each: &mut dyn FnMut(Recorded)) -> Result<(), LogError> {
        self.fold_after(0, log, each)
    }

    /// The same for those behind a position.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn fold_after(
        &self,
        after: Position,
        log: &dyn Log,
        each: &mut dyn FnMut(Recorded),
    ) -> Result<(), LogError> {
        let mut fault = None;
        log.tell(after, &mut |told| {
            if told.position > self.horizon.to {
                return ControlFlow::Break(());
            }
            match self.count(told) {
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

fn decode(told: &Told<'_>) -> Result<Recorded, LogError> {
    told.decode().map_err(|error| LogError::Damaged { position: told.position, reason: error.to_string() })
}

impl Right {
    fn event(&self, kind: Kind, position: Position) -> Result<Event, LogError> {
        kind.decode(self.version.unwrap_or_else(|| kind.version()), &self.body.to_string())
            .map_err(|error| LogError::Damaged { position, reason: format!("its correction: {error}") })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::append;
    use super::super::{Log, MemoryLog};
    use super::*;
    use crate::log::envelope::Line;

    /// A log of a registration, its correction with another date, a second one without, and its void.
    fn log() -> MemoryLog {
        let id = "0199c0de-0000-7000-8000-000000000001";
        let registered = r#"{"name":"甲","kind":"enterprise","identifier":"local:t/a"}"#;
        let right = |name: &str, date: &str| {
            let body = registered.replace('甲', name);
            format!(r#"{{"event":"{id}","body":{body},"version":1{date},"reason":"误"}}"#)
        };
        let events = [
            ("org_registered", 1, registered.to_owned()),
            ("event_corrected", 2, right("乙", r#","occurred":"2015""#)),
            ("event_corrected", 2, right("丙", "")),
            ("event_voided", 1, format!(r#"{{"event":"{id}","reason":"误"}}"#)),
        ];
        let log = MemoryLog::new();
        for (position, (kind, version, body)) in (1_u64..).zip(events) {
            let line = format!(
                r#"{{"position":{position},"id":"0199c0de-0000-7000-8000-00000000000{position}","kind":"{kind}","version":{version},"occurred":"2018","recorded_at":"2020-01-0{position}T00:00:00Z","body":{body}}}"#
            );
            let stored = serde_json::from_str::<Line>(&line).unwrap().into_stored().unwrap();
            log.commit(vec![append([stored])]).unwrap().remove(0).unwrap();
        }
        log
    }

    /// Name and date of the registration as they count.
    fn counted(horizon: Horizon) -> Option<(String, String)> {
        let log = log();
        let mut found = None;
        let effective = Effective::gather(&log, horizon).unwrap();
        effective
            .fold(&log, &mut |recorded| {
                if let Event::OrgRegistered(event) = &recorded.event {
                    found = Some((event.name.clone(), recorded.occurred.to_string()));
                }
            })
            .unwrap();
        found
    }

    #[test]
    fn what_is_said_beyond_the_horizon_counts_for_nothing() {
        let said = |name: &str, date: &str| Some((name.to_owned(), date.to_owned()));
        let expected = [None, said("甲", "2018"), said("乙", "2015"), said("丙", "2015"), None, None];
        for (position, expected) in (0..).zip(expected) {
            assert_eq!(counted(Horizon::position(position)), expected, "to position {position}");
        }
        let day = |day: &str| counted(Horizon::known_at(format!("2020-01-{day}T12:00:00Z").parse().unwrap()));
        assert_eq!((day("01"), day("02"), day("04")), (said("甲", "2018"), said("乙", "2015"), None));
        assert_eq!(counted(Horizon::default()), None);
    }
}
