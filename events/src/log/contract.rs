//! The promises of a [`Log`], each a function that breaks off when an engine does not keep it.
//!
//! An engine joins with one line, `log_contract!(engine)`, where `engine` is a function that gives a way to open
//! a log: empty the first time, and with the same content again for engines that outlive the process
//! (`log_contract!(engine, persistent)`).

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "checks for tests: a promise that is not kept is a panic, in every function"
)]

use std::ops::ControlFlow;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Append, AppendError, Guard, Log, Placed, Position, Query, Stored};
use crate::kinds::correction::EventVoided;
use crate::kinds::{Body, Tag};
use crate::value::{ids::EventId, occurred::Occurred};

mod keeping;
mod reading;
mod writing;

pub use keeping::*;
pub use reading::*;
pub use writing::*;

/// Opens a log.
pub type Open<'a> = &'a dyn Fn() -> Box<dyn Log>;

/// Makes one test of each promise, in a module named like the function that gives a way to open the engine.
#[macro_export]
macro_rules! log_contract {
    ($engine:ident) => {
        $crate::log_contract!(@promises $engine, [
            positions_start_at_one_and_have_no_gaps,
            an_append_enters_whole_or_not_at_all,
            a_guard_refuses_when_something_matching_came_after_its_position,
            a_guard_sees_the_earlier_appends_of_its_group,
            the_same_key_hears_the_same_answer,
            a_voided_event_gives_its_key_back,
            a_retry_hears_its_answer_although_its_own_event_breaks_its_guard,
            a_key_with_other_content_is_refused,
            a_key_may_stand_twice_in_one_append_only_with_the_same_content,
            an_append_known_in_part_adds_only_the_rest,
            what_is_too_large_is_refused_and_the_rest_of_the_group_enters,
            an_event_is_visible_with_its_whole_append_once_that_is_acknowledged,
            reading_by_query_finds_what_a_full_scan_finds,
            a_scan_hands_over_every_event_in_order_until_it_is_stopped,
            a_follower_sees_each_event_once_while_others_are_written,
            the_recording_time_never_decreases,
            a_key_is_found_with_its_digest,
            verify_counts_every_event,
            an_empty_group_and_an_empty_append_are_answered,
        ]);
    };
    ($engine:ident, persistent) => {
        $crate::log_contract!($engine);
        mod persistent {
            use super::*;
            $crate::log_contract!(@promises $engine, [
                a_reopened_log_holds_everything_and_goes_on,
                a_log_opened_many_times_is_one_log,
            ]);
        }
    };
    (@promises $engine:ident, [$($promise:ident),* $(,)?]) => {
        mod $engine {
            $(#[test]
            fn $promise() {
                $crate::log::contract::$promise(&super::$engine());
            })*
        }
    };
}

const EVERYTHING: usize = usize::MAX;

/// An event for tests, the same for the same number: kinds and tags repeat at different rates.
#[must_use]
pub fn event(n: u64) -> Stored {
    let mut tags =
        vec![Tag::new("party", &(n % 7)), Tag::new("party", &(100 + n % 3)), Tag::new("activity", &n)];
    tags.sort_unstable();
    Stored {
        position: 0,
        id: EventId::new(Uuid::from_u128(u128::from(n))),
        kind: format!("kind_{}", n % 4),
        version: 1,
        occurred: "2020-05-17".parse::<Occurred>().unwrap(),
        recorded_at: Timestamp::from_millisecond(1_589_680_000_000 + i64::try_from(n).unwrap()).unwrap(),
        recorded_by: None,
        organisation: None,
        source: None,
        programmes: Vec::new(),
        key: None,
        digest: None,
        tags,
        body: format!("{{ \"number\": {n} }}"),
    }
}

/// An event with a key, whose content is number `n`.
#[must_use]
pub fn keyed(n: u64, key: &str) -> Stored {
    Stored { key: Some(key.into()), digest: Some(u128::from(n).to_be_bytes()), ..event(n) }
}

/// An append of events without a guard.
#[must_use]
pub fn append(events: impl IntoIterator<Item = Stored>) -> Append {
    Append { events: events.into_iter().collect(), guard: None }
}

fn guarded(events: impl IntoIterator<Item = Stored>, query: Query, after: Position) -> Append {
    Append { guard: Some(Guard { query, after }), ..append(events) }
}

fn commit(log: &dyn Log, group: impl IntoIterator<Item = Append>) -> Vec<Result<Vec<Placed>, AppendError>> {
    log.commit(group.into_iter().collect()).unwrap()
}

fn commit_one(log: &dyn Log, append: Append) -> Result<Vec<Placed>, AppendError> {
    commit(log, [append]).pop().unwrap()
}

/// Fills a log with events 1 to `count`, several an append and several appends a group.
fn fill(log: &dyn Log, count: u64) {
    let numbers: Vec<u64> = (1..=count).collect();
    for group in numbers.chunks(100) {
        let appends = group.chunks(7).map(|part| append(part.iter().map(|n| event(*n))));
        assert!(commit(log, appends).iter().all(Result::is_ok));
    }
}

/// The void of the event whose content is number `of`.
fn void(n: u64, of: u64) -> Stored {
    let tags = vec![Tag::new("event", &event(of).id)];
    Stored { kind: EventVoided::NAME.to_owned(), tags, ..event(n) }
}

fn everything(log: &dyn Log) -> Vec<Stored> {
    let mut events = Vec::new();
    log.scan(0, &mut |event| {
        events.push(event);
        ControlFlow::Continue(())
    })
    .unwrap();
    events
}

fn new(positions: impl IntoIterator<Item = Position>) -> Vec<Placed> {
    positions.into_iter().map(|position| Placed { position, repeated: false }).collect()
}
