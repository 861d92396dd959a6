//! Time and randomness as parameters: real in the program, wound by hand in tests.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use uuid::Uuid;

use crate::value::ids::{EventId, PersonId};

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
