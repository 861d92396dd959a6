//! What stands at a position whose event both copies have lost, once a person has accepted that: an event that
//! says so. Positions have no gaps, and a lost one is never given to another event.

use jiff::Timestamp;
use uuid::Uuid;

use super::store_error;
use crate::clock::in_shanghai;
use crate::kinds::Event;
use crate::kinds::store::{LossAccepted, PositionRange};
use crate::log::codec::{encode_blocks, encode_event};
use crate::log::{LogError, Position, Stored};
use crate::value::{ids::EventId, occurred::Occurred};

/// Blocks with one such event a position of the range, recorded when the event before them was.
pub(super) fn placeholders(
    range: PositionRange,
    head: Position,
    recorded_at: Timestamp,
    store: Uuid,
) -> Result<Vec<(Position, Vec<u8>)>, LogError> {
    let event = Event::from(LossAccepted { head, ranges: vec![range] });
    let body = event.body_json().map_err(store_error)?;
    let payload_at = |position: Position| {
        encode_event(&Stored {
            position,
            id: EventId::new(Uuid::new_v5(&store, &position.to_be_bytes())),
            kind: event.kind().name().to_owned(),
            version: event.kind().version(),
            occurred: Occurred::nearest_day(in_shanghai(recorded_at).date()),
            recorded_at,
            recorded_by: None,
            organisation: None,
            source: None,
            programmes: Vec::new(),
            key: None,
            digest: None,
            tags: event.tags(),
            body: body.clone(),
        })
    };
    let payloads = (range.first..=range.last).map(payload_at).collect::<Result<Vec<_>, _>>()?;
    Ok(encode_blocks(range.first, &payloads))
}
