//! Records the invented year as if every day had been recorded in its evening, so that a list can also be asked
//! for as it was known on a day of that year.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use jinqiao_events::clock::{Clock, System};
use jinqiao_events::decide::Draft;
use jinqiao_events::log::{Direction, Position, Query};
use jinqiao_events::value::ids::EventId;

use super::diary::PLACEHOLDER;
use super::{LABEL, calendar::Year, city_year};
use crate::desk::{Answer, Desk, Submission, Unit};
use crate::error::AppError;
use crate::store::Store;

/// When a day is recorded: 18:00 in China.
const EVENING: SignedDuration = SignedDuration::from_hours(10);

/// A clock that is set to the evening of a day and moves on by a millisecond whenever it is read.
#[derive(Debug)]
struct EveningClock(AtomicI64);

impl EveningClock {
    fn set(&self, day: i32) {
        let evening = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24) * day + EVENING;
        self.0.store(evening.as_millisecond(), Ordering::Relaxed);
    }
}

impl Clock for EveningClock {
    fn now(&self) -> Timestamp {
        let now = self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Whether a store may take the demo: it is empty, or what it holds began with the demo.
///
/// # Errors
/// When the store cannot be read.
pub fn is_demo(store: &Store) -> Result<bool, AppError> {
    let first = store.log.read(&Query::all(), 0, Direction::Forward, 1)?;
    Ok(first.first().is_none_or(|stored| stored.programmes.iter().any(|programme| programme == LABEL)))
}

/// Records the year of that seed, and closes the store. What is there already is left as it is, so a build that
/// was cut short is completed by the next one. `each` hears how many units of how many are done.
///
/// # Errors
/// When the store fails, or a unit is refused: a fault of this program.
pub fn build(
    store: Store,
    seed: u64,
    year: i16,
    each: &mut dyn FnMut(usize, usize),
) -> Result<Position, AppError> {
    let units = city_year(seed, year)?;
    if is_complete(&store, &units)? {
        let head = store.log.head();
        store.close()?;
        return Ok(head);
    }
    let clock = Arc::new(EveningClock(AtomicI64::new(0)));
    let desk = Desk::open_with(store, Arc::<EveningClock>::clone(&clock), Arc::new(System))?;
    let recorded = record(&desk, &clock, units, Year(year).opening_day(), each);
    let head = desk.store().log.head();
    let closed = desk.close();
    recorded?;
    closed.map(|()| head)
}

/// Whether the last event of the year has been recorded.
fn is_complete(store: &Store, units: &[Unit]) -> Result<bool, AppError> {
    let last = units.last().and_then(|unit| unit.last()).and_then(|draft| draft.key.as_deref());
    Ok(match last {
        Some(key) => store.log.find_key(key)?.is_some(),
        None => true,
    })
}

fn record(
    desk: &Desk,
    clock: &EveningClock,
    units: Vec<Unit>,
    opening: i32,
    each: &mut dyn FnMut(usize, usize),
) -> Result<(), AppError> {
    let (total, mut done) = (units.len(), 0);
    let mut given: BTreeMap<EventId, EventId> = BTreeMap::new();
    let mut rest = units.into_iter().peekable();
    while let Some(first) = rest.next() {
        let day = day_of(&first).max(opening);
        let mut today = vec![first];
        while let Some(next) =
            rest.next_if(|unit| day_of(unit).max(opening) == day && today.len() < PER_SUBMISSION)
        {
            today.push(next);
        }
        let placeholders: Vec<Vec<EventId>> =
            today.iter().map(|unit| unit.iter().map(|draft| draft.id).collect()).collect();
        let today =
            today.into_iter().map(|unit| unit.into_iter().map(|draft| referring(draft, &given)).collect());
        let units = today.collect::<Result<Vec<Unit>, AppError>>()?;
        done += units.len();
        clock.set(day);
        let answers = desk.record_blocking(Submission { units, rehearsal: false })?;
        for (placeholders, answer) in placeholders.into_iter().zip(answers) {
            given.extend(ids(placeholders, answer)?);
        }
        each(done, total);
    }
    Ok(())
}

/// Units that are handed in together. One of them may mean another only from an earlier day.
const PER_SUBMISSION: usize = 256;

fn day_of(unit: &Unit) -> i32 {
    unit.first().map_or(i32::MIN, |draft| draft.occurred.day_number())
}

/// What each placeholder turned out to be.
fn ids(placeholders: Vec<EventId>, answer: Answer) -> Result<Vec<(EventId, EventId)>, AppError> {
    let receipts = answer.map_err(|fault| AppError::Refused(fault.refusal))?;
    Ok(placeholders.into_iter().zip(receipts.into_iter().map(|receipt| receipt.id)).collect())
}

/// The draft with the ids that the log gave in place of the placeholders.
fn referring(draft: Draft, given: &BTreeMap<EventId, EventId>) -> Result<Draft, AppError> {
    let unreadable =
        |error: serde_json::Error| AppError::Io { context: "示例数据".into(), error: error.into() };
    let body = draft.event.body_json().map_err(unreadable)?;
    let Some(at) = body.find(PLACEHOLDER) else {
        return Ok(draft);
    };
    let placeholder = body.get(at..at + PLACEHOLDER_LENGTH).unwrap_or_default();
    let Some(id) = placeholder.parse().ok().and_then(|placeholder| given.get(&placeholder)) else {
        return Ok(draft);
    };
    let kind = draft.event.kind();
    let event = kind
        .decode(kind.version(), &body.replace(placeholder, &id.to_string()))
        .map_err(|error| AppError::Refused(error.into()))?;
    Ok(Draft { event, ..draft })
}

/// Characters of an id.
const PLACEHOLDER_LENGTH: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LogUrl;
    use crate::demo::YEAR;

    #[test]
    fn nothing_is_refused_and_a_build_that_was_cut_short_is_completed() {
        let store = Store::open(&LogUrl::Memory).unwrap();
        assert!(is_demo(&store).unwrap(), "an empty store may become a demo's");
        let mut units = city_year(1, YEAR).unwrap();
        let events = units.iter().flatten().count() as u64;
        units.truncate(units.len() * 2 / 3);
        let clock = Arc::new(EveningClock(AtomicI64::new(0)));
        let desk =
            Desk::open_with(store.clone(), Arc::<EveningClock>::clone(&clock), Arc::new(System)).unwrap();
        record(&desk, &clock, units, Year(YEAR).opening_day(), &mut |_, _| {}).unwrap();
        desk.close().unwrap();
        assert!(store.log.head() < events);
        assert_eq!(build(store.clone(), 1, YEAR, &mut |_, _| {}).unwrap(), events);
        assert_eq!(build(store.clone(), 1, YEAR, &mut |_, _| {}).unwrap(), events, "nothing twice");
        assert!(is_demo(&store).unwrap());
        let recorded = store.log.read(&Query::all(), 0, Direction::Forward, usize::MAX).unwrap();
        let opening = Year(YEAR).opening_day();
        for stored in recorded {
            let day = i32::try_from(stored.recorded_at.as_second() / 86_400).unwrap();
            assert_eq!(day, stored.occurred.day_number().max(opening), "recorded in the evening of its day");
        }
    }

    #[test]
    fn a_store_with_other_events_is_no_demo() {
        let store = Store::open(&LogUrl::Memory).unwrap();
        let desk = Desk::open(store.clone()).unwrap();
        let mut unit = city_year(1, YEAR).unwrap().swap_remove(0);
        unit.iter_mut().for_each(|draft| draft.programmes.clear());
        desk.record_blocking(Submission { units: vec![unit], rehearsal: false }).unwrap()[0]
            .as_ref()
            .unwrap();
        assert!(!is_demo(&store).unwrap());
    }
}
