//! The diary: what is said to have happened, noted in any order, handed out by date as drafts.

use std::collections::BTreeMap;

use jinqiao_events::decide::{Draft, Refusal};
use jinqiao_events::kinds::Kind;
use jinqiao_events::value::{ids::EventId, occurred::Occurred};
use serde_json::Value;
use uuid::Uuid;

use super::LABEL;
use crate::desk::Unit;

/// Notes of a year. Bodies are JSON and pass the same decoder as anybody's.
#[derive(Debug)]
pub(super) struct Diary {
    prefix: String,
    opening: i32,
    noted: u64,
    by_day: BTreeMap<i32, Vec<Unit>>,
    fault: Option<Refusal>,
}

impl Diary {
    /// An empty diary, opened on that day (days since 1970-01-01); keys of its events begin with `prefix`.
    pub(super) const fn new(prefix: String, opening: i32) -> Self {
        Self { prefix, opening, noted: 0, by_day: BTreeMap::new(), fault: None }
    }

    /// Notes what happened together, at a date as people write it (`2025`, `2025-03`, `2025-03-08`), to be
    /// recorded as one. Answers the id by which later notes may mean the first of them.
    pub(super) fn note(
        &mut self,
        when: &impl ToString,
        said: impl IntoIterator<Item = (Kind, Value)>,
    ) -> EventId {
        let first = placeholder(self.noted + 1);
        match self.unit(&when.to_string(), said) {
            Ok((day, unit)) => self.by_day.entry(day.max(self.opening)).or_default().push(unit),
            Err(refusal) => drop(self.fault.get_or_insert(refusal)),
        }
        first
    }

    fn unit(
        &mut self,
        when: &str,
        said: impl IntoIterator<Item = (Kind, Value)>,
    ) -> Result<(i32, Unit), Refusal> {
        let occurred: Occurred = when.parse().map_err(|error| {
            Refusal::invalid("date_format", "/occurred", format!("{error}"), format!("{error}"))
        })?;
        let unit = said
            .into_iter()
            .map(|(kind, body)| self.draft(occurred, kind, &body))
            .collect::<Result<_, _>>()?;
        Ok((occurred.day_number(), unit))
    }

    fn draft(&mut self, occurred: Occurred, kind: Kind, body: &Value) -> Result<Draft, Refusal> {
        self.noted += 1;
        Ok(Draft {
            id: placeholder(self.noted),
            event: kind.decode(kind.version(), &body.to_string())?,
            occurred,
            key: Some(format!("{}/{}", self.prefix, self.noted)),
            source: None,
            programmes: vec![LABEL.to_owned()],
            recorded_by: Some("demo".to_owned()),
            organisation: None,
        })
    }

    /// The units by date; those of one day, and all from before the opening, in the order they were noted in.
    ///
    /// # Errors
    /// The first note whose date or body could not be read.
    pub(super) fn close(self) -> Result<Vec<Unit>, Refusal> {
        self.fault.map_or(Ok(()), Err)?;
        Ok(self.by_day.into_values().flatten().collect())
    }
}

/// Text that every placeholder begins with. No event that the log has taken in has such an id.
pub(super) const PLACEHOLDER: &str = "00000000-0000-0000-0000-";

/// What an event is called until the log gives it its id.
fn placeholder(number: u64) -> EventId {
    EventId::new(Uuid::from_u128(u128::from(number)))
}
