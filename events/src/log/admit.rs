//! What a single committer does with each append of a group: limits, keys, guard, positions, times.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::select::{Source, first_match, is_void_of, is_voided, key_holder};
use super::{APPEND_MAX_BYTES, APPEND_MAX_EVENTS, Append, AppendError, EVENT_MAX_BYTES};
use super::{LogError, Placed, Position, Stored, codec};

/// The end of the log, as the next event sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// Position of the last event.
    pub(super) position: Position,
    /// When it was recorded.
    pub(super) recorded_at: Timestamp,
}

impl Default for End {
    fn default() -> Self {
        Self { position: 0, recorded_at: Timestamp::MIN }
    }
}

/// An append that may enter.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    /// The answer, one an event of the append.
    pub(super) placed: Vec<Placed>,
    /// Those of its events that are new, with their payloads, in order.
    pub(super) events: Vec<(Stored, Vec<u8>)>,
}

/// Decides on one append and moves the end of the log beyond its new events. `past` holds everything up to
/// that end, earlier appends of the same group included.
///
/// Keys come before the guard: the retry of an append that was acknowledged must hear its old answer, even
/// though its own events would now break its guard.
pub(super) fn admit(
    past: &dyn Source,
    end: &mut End,
    append: Append,
) -> Result<Result<Admitted, AppendError>, LogError> {
    let count = append.events.len();
    if count > APPEND_MAX_EVENTS {
        return Ok(Err(too_large("events in one append", count, APPEND_MAX_EVENTS)));
    }
    let (mut admitted, mut reached, mut bytes) = (Admitted::default(), *end, 0_usize);
    let mut own_keys = BTreeMap::new();
    for mut event in append.events {
        event.recorded_at = in_milliseconds(event.recorded_at).max(reached.recorded_at);
        event.position = reached.position.saturating_add(1);
        let payload = codec::encode_event(&event)?;
        bytes = bytes.saturating_add(payload.len());
        if payload.len() > EVENT_MAX_BYTES {
            return Ok(Err(too_large("bytes of one event", payload.len(), EVENT_MAX_BYTES)));
        }
        if bytes > APPEND_MAX_BYTES {
            return Ok(Err(too_large("bytes of one append", bytes, APPEND_MAX_BYTES)));
        }
        match earlier_use(past, &own_keys, &admitted.events, &event)? {
            Some(Err(refusal)) => return Ok(Err(refusal)),
            Some(Ok(position)) => admitted.placed.push(Placed { position, repeated: true }),
            None => {
                if let Some(key) = &event.key
                    && count > 1
                {
                    own_keys.insert(key.clone(), (event.position, event.digest));
                }
                reached = End { position: event.position, recorded_at: event.recorded_at };
                admitted.placed.push(Placed { position: event.position, repeated: false });
                admitted.events.push((event, payload));
            }
        }
    }
    if !admitted.events.is_empty()
        && let Some(guard) = append.guard
        && let Some(at) = first_match(past, &guard)?
    {
        return Ok(Err(AppendError::Guarded { at }));
    }
    *end = reached;
    Ok(Ok(admitted))
}

type OwnKeys = BTreeMap<String, (Position, Option<[u8; 16]>)>;

/// Where the event's key stands, or the refusal when it stands for other content. What was voided since, by the
/// append itself at the latest, has given its key back.
fn earlier_use(
    past: &dyn Source,
    own_keys: &OwnKeys,
    own_events: &[(Stored, Vec<u8>)],
    event: &Stored,
) -> Result<Option<Result<Position, AppendError>>, LogError> {
    let Some(key) = &event.key else { return Ok(None) };
    // A clash inside the append has no position to name: nothing of it is written.
    let (at, same, named) = if let Some((at, digest)) = own_keys.get(key) {
        (*at, *digest == event.digest, 0)
    } else if let Some(holder) = key_holder(past, key)? {
        if own_events.iter().any(|(own, _)| is_void_of(own, holder.id)) || is_voided(past, &holder)? {
            return Ok(None);
        }
        (holder.position, holder.digest == event.digest, holder.position)
    } else {
        return Ok(None);
    };
    Ok(Some(if same { Ok(at) } else { Err(AppendError::KeyReused { key: key.clone(), at: named }) }))
}

/// What is stored has milliseconds; an engine that keeps events in memory must not know more.
fn in_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

const fn too_large(what: &'static str, actual: usize, limit: usize) -> AppendError {
    AppendError::TooLarge { what, actual, limit }
}
