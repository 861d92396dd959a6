//! `Idempotency-Key`: the same request twice is done once, and answered the same.
//!
//! The key of a request becomes a key for each of its events that has none of its own, so what was done is
//! known from the log alone, across restarts. A request with the same key but other events is refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use jinqiao_events::clock::today;
use jinqiao_events::kinds::Event;
use jinqiao_events::log::envelope::hex;
use jinqiao_events::value::occurred::Occurred;
use sm3::{Digest, Sm3};
use tokio::sync::OwnedMutexGuard;

use super::problem::Problem;
use super::state::{AppState, blocking};
use crate::desk::{Answer, REQUEST_KEY_PREFIX, Receipt, Unit, draft};
use crate::error::AppError;
use crate::limits::IDEMPOTENCY_KEY_MAX_BYTES;

/// So many bytes of the digest of a key stand for it.
const DIGEST_BYTES: usize = 16;
/// The code of a key that was used for something else.
const REUSED: &str = "key_reused";
/// So many turns are kept before those that nobody waits for are swept out.
const TURNS_SWEPT_AT: usize = 1_024;

/// The key that a request carries, if it carries one.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(Option<String>);

impl FromRequestParts<AppState> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let mut keys = parts.headers.get_all("idempotency-key").iter();
        let (key, more) = (keys.next(), keys.next());
        let Some(key) = key else { return Ok(Self(None)) };
        let bytes = key.as_bytes();
        let fits =
            (1..=IDEMPOTENCY_KEY_MAX_BYTES).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
        match std::str::from_utf8(bytes) {
            Ok(text) if fits && more.is_none() => Ok(Self(Some(text.to_owned()))),
            _ => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "bad_idempotency_key",
                format!(
                    "Idempotency-Key 须为 1 至 {IDEMPOTENCY_KEY_MAX_BYTES} 个可见 ASCII 字符，且只给一个"
                ),
                format!(
                    "Idempotency-Key must be 1 to {IDEMPOTENCY_KEY_MAX_BYTES} visible ASCII characters, once"
                ),
            )),
        }
    }
}

impl IdempotencyKey {
    /// Waits until no other request with this key is under way; until the guard is dropped none is.
    pub(super) async fn turn(&self, state: &AppState) -> Option<OwnedMutexGuard<()>> {
        match &self.0 {
            Some(key) => Some(state.turns.of(key).await),
            None => None,
        }
    }

    /// A short name for the key, fit for a file.
    pub(super) fn name(&self) -> Option<String> {
        self.0.as_ref().map(|key| format!("key-{}", hex(Sm3::digest(key).iter().take(DIGEST_BYTES))))
    }

    /// The key of one event. Short whatever was sent, since keys of events are shorter than those of requests.
    fn of_event(key: &str, index: usize) -> String {
        format!("{REQUEST_KEY_PREFIX}{}/{index}", hex(Sm3::digest(key).iter().take(DIGEST_BYTES)))
    }
}

/// One request a key at a time: two that run side by side must not each do half.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    async fn of(&self, key: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if turns.len() >= TURNS_SWEPT_AT {
                turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            }
            Arc::clone(turns.entry(key.to_owned()).or_default())
        };
        turn.lock_owned().await
    }
}

/// Records one unit once per key.
///
/// # Errors
/// 409 `key_reused` when the key was used for other events; 503 when the store fails.
pub async fn record(state: &AppState, key: &IdempotencyKey, mut unit: Unit) -> Result<Answer, Problem> {
    let Some(key) = &key.0 else {
        return state.submit(unit, false).await;
    };
    let _turn = state.turns.of(key).await;
    let mut derived = BTreeMap::new();
    for (index, draft) in unit.iter_mut().enumerate().filter(|(_, draft)| draft.key.is_none()) {
        let event_key = IdempotencyKey::of_event(key, index);
        derived.insert(index, event_key.clone());
        draft.key = Some(event_key);
    }
    let beyond = IdempotencyKey::of_event(key, unit.len());
    if is_other_request(state, &derived, beyond).await? {
        return Err(reused(key));
    }
    let answer = state.submit(unit, false).await?;
    match &answer {
        Err(fault) if fault.refusal.code == REUSED && derived.contains_key(&fault.index) => Err(reused(key)),
        _ => Ok(answer),
    }
}

fn reused(key: &str) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        REUSED,
        format!("Idempotency-Key「{key}」已用于另一个请求；请换一个"),
        format!("Idempotency-Key {key:?} was used for another request: use another"),
    )
}

/// Whether the key was used for fewer or more events. Other content of the same events the desk finds itself.
async fn is_other_request(
    state: &AppState,
    derived: &BTreeMap<usize, String>,
    beyond: String,
) -> Result<bool, Problem> {
    let (Some(first), Some(last)) = (derived.values().next().cloned(), derived.values().last().cloned())
    else {
        return Ok(false);
    };
    let log = Arc::clone(&state.desk.store().log);
    blocking(move || {
        let known = |key: &str| log.find_key(key).map(|found| found.is_some()).map_err(AppError::from);
        Ok(known(&first)? != known(&last)? || known(&beyond)?)
    })
    .await
}

/// Records one event that happened on a given day or, when none was given, today. A repeat on a later day is
/// still a repeat.
///
/// # Errors
/// As [`record`], and the refusal.
pub async fn record_one(
    state: &AppState,
    key: &IdempotencyKey,
    event: impl Into<Event>,
    occurred: Option<Occurred>,
) -> Result<Receipt, Problem> {
    let occurred = match (occurred, &key.0) {
        (Some(occurred), _) => occurred,
        (None, Some(key)) => first_day(state, key).await?.unwrap_or_else(|| today(state.desk.clock())),
        (None, None) => today(state.desk.clock()),
    };
    let answer = record(state, key, vec![draft(event.into(), occurred)]).await?;
    let receipts = answer.map_err(|fault| Problem::from(fault).in_fields())?;
    Ok(receipts.into_iter().next().ok_or(AppError::Busy)?)
}

/// The day that was recorded when the key was used first.
async fn first_day(state: &AppState, key: &str) -> Result<Option<Occurred>, Problem> {
    let (log, key) = (Arc::clone(&state.desk.store().log), IdempotencyKey::of_event(key, 0));
    blocking(move || {
        let Some((position, _)) = log.find_key(&key).map_err(AppError::from)? else {
            return Ok(None);
        };
        Ok(log.at(position).map_err(AppError::from)?.map(|stored| stored.occurred))
    })
    .await
}
