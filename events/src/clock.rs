//! Time and randomness as parameters: real in the program, wound by hand in tests.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use uuid::Uuid;

use crate::value::ids::{EventId, PersonId};
use crate::value::occurred::Occurred;

/// Asia/Shanghai keeps one offset all year, so no time zone table is needed.
const SHANGHAI: TimeZone = TimeZone::fixed(Offset::constant(8));

/// A moment as clocks in Shanghai show it.
#[must_use]
pub fn in_shanghai(at: Timestamp) -> Zoned {
    at.to_zoned(SHANGHAI)
}

/// Today in Shanghai. A clock outside the years that dates may have counts as the nearest of their days.
#[must_use]
pub fn today(clock: &dyn Clock) -> Occurred {
    Occurred::nearest_day(in_shanghai(clock.now()).date())
}

/// The last moment of a day in Shanghai.
#[must_use]
pub fn end_of_day(day: Date) -> Timestamp {
    let next = day.tomorrow().and_then(|next| next.to_zoned(SHANGHAI));
    next.map_or(Timestamp::MAX, |next| next.timestamp() - jiff::SignedDuration::from_nanos(1))
}

/// Tells the time.
pub trait Clock: Send + Sync + Debug {
    /// Now, to the millisecond.
    fn now(&self) -> Timestamp;
}

/// Makes ids that did not exist before.
pub trait IdSource: Send + Sync + Debug {
    /// A fresh event id (UUIDv7) for an event recorded at `now`; later ids sort later.
    fn event_id(&self, now: Timestamp) -> EventId;
    /// A fresh random person id (UUIDv4): it tells nothing about the person.
    fn person_id(&self) -> PersonId;
}

/// The machine's clock and random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        // The log keeps milliseconds; what is answered is what is kept.
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

impl IdSource for System {
    fn event_id(&self, _now: Timestamp) -> EventId {
        EventId::new(Uuid::now_v7())
    }
    fn person_id(&self) -> PersonId {
        PersonId::new(Uuid::new_v4())
    }
}

/// A clock that stands until it is wound, and ids that count up: one seed, one run.
#[derive(Debug)]
pub struct Manual {
    now_ms: AtomicI64,
    next: AtomicU64,
}

impl Manual {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { now_ms: AtomicI64::new(now.as_millisecond()), next: AtomicU64::new(1) }
    }

    /// Winds the clock forward, or back with a negative number.
    pub fn advance_ms(&self, by_ms: i64) {
        self.now_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

impl Clock for Manual {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl IdSource for Manual {
    fn event_id(&self, now: Timestamp) -> EventId {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let mut counter = [0; 10];
        counter.iter_mut().skip(2).zip(self.count().to_be_bytes()).for_each(|(slot, byte)| *slot = byte);
        EventId::new(uuid::Builder::from_unix_timestamp_millis(millis, &counter).into_uuid())
    }
    fn person_id(&self) -> PersonId {
        PersonId::new(uuid::Builder::from_random_bytes(u128::from(self.count()).to_be_bytes()).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_the_day_in_shanghai() {
        let clock = Manual::at("2020-05-17T16:00:00Z".parse().unwrap());
        assert_eq!(today(&clock).to_string(), "2020-05-18");
        clock.advance_ms(-1);
        assert_eq!(today(&clock).to_string(), "2020-05-17");
        assert_eq!(end_of_day("2020-05-17".parse().unwrap()).as_millisecond(), clock.now().as_millisecond());
    }

    #[test]
    fn a_wrong_clock_counts_as_the_nearest_day() {
        assert_eq!(today(&Manual::at("2300-01-01T00:00:00Z".parse().unwrap())).to_string(), "2200-12-31");
        assert_eq!(today(&Manual::at("1700-01-01T00:00:00Z".parse().unwrap())).to_string(), "1800-01-01");
    }
}
