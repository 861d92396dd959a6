//! A town's views folded in memory, without a log: lists at sizes that a store would take hours to be filled to.

use std::time::Instant;

use jiff::Timestamp;
use jinqiao_events::decide::Draft;
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::views::Views;
use serde_json::{Value, json};
use uuid::Uuid;

use super::machine::resident_bytes;
use super::timing::{ms, per_second};
use super::town::Town;
use crate::error::AppError;

/// Folds every event of a town as the log would hold it; the views, and what that cost.
///
/// # Errors
/// Never for a town.
pub fn fold(town: Town) -> Result<(Views, Value), AppError> {
    let (before, started) = (resident_bytes(), Instant::now());
    let mut views = Views::default();
    for (draft, position) in town.register().chain(town.happenings()).zip(1..) {
        views.apply(&recorded(draft?, position));
    }
    let (elapsed, events) = (started.elapsed(), views.position);
    let resident = before.zip(resident_bytes()).map(|(before, after)| after.saturating_sub(before));
    let figures = json!({
        "from": "the town's events, folded in memory without a log",
        "events": events,
        "ms": ms(elapsed),
        "events_per_second": per_second(events, elapsed),
        "resident_bytes_per_event": resident.map(|bytes| bytes as f64 / events.max(1) as f64),
    });
    Ok((views, figures))
}

/// The event as it would be recorded: who is named by an identifier is known by the id that follows from it.
fn recorded(draft: Draft, position: Position) -> Recorded {
    let mut event = draft.event;
    event.each_party_mut(&mut |_, party| {
        if let PartyRef::Identifier(identifier) = party {
            *party = identifier.party_id().into();
        }
    });
    Recorded {
        position,
        id: EventId::new(Uuid::from_u128(u128::from(position))),
        occurred: draft.occurred,
        recorded_at: Timestamp::UNIX_EPOCH,
        recorded_by: None,
        programmes: Vec::new(),
        event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::town;
    use crate::config::LogUrl;
    use crate::desk::{Desk, Submission};
    use crate::store::Store;
    use jinqiao_projections::rank::{Ask, Graphs, Room, rank};

    #[test]
    fn lists_from_views_folded_in_memory_are_those_from_the_log() {
        let town = Town { enterprises: 80, occasions: 12, ties: 300, seed: 4 };
        let desk = Desk::open(Store::open(&LogUrl::Memory).unwrap()).unwrap();
        let units = town.register().chain(town.happenings()).map(|draft| vec![draft.unwrap()]).collect();
        let answers = desk.record_blocking(Submission { units, rehearsal: false }).unwrap();
        assert!(answers.iter().all(Result::is_ok));
        let (through_log, (in_memory, _)) = (desk.shelf().views(), fold(town).unwrap());
        assert_eq!(in_memory.position, through_log.position);
        let [one, other] = [&in_memory, &*through_log].map(|views| {
            let (graphs, mut room) = (Graphs::build(views, town::last_day()), Room::default());
            let lists = (0..town.enterprises).map(|number| {
                let ask = Ask { party: Town::enterprise(number).unwrap(), with: None, top: 20 };
                rank(views, &graphs, &ask, &mut room)
            });
            lists.collect::<Vec<_>>()
        });
        assert!(one.iter().filter(|list| list.is_ok()).count() > 40);
        assert_eq!(one, other);
    }
}
