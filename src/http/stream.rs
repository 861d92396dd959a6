//! `/api/v1/events/stream`: follow the log by server-sent events, first what was missed, then live.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use jinqiao_events::log::{Direction, Position, Query, Stored};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

use super::input::{Params, bad_query};
use super::problem::Problem;
use super::state::{AppState, blocking};
use crate::error::AppError;
use crate::limits::FOLLOWER_EVENTS_MAX;

/// Events read from the log at a time.
const BATCH: usize = 256;

/// From where to follow.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FollowParams {
    /// Only events after this position; from the first when left out. `Last-Event-ID` goes before it.
    after: Option<Position>,
}

/// Follows the log: every event after a position once, in order, as it becomes durable.
///
/// The id of each message is the event's position, its data the line of `log export`.
#[utoipa::path(
    get, path = "/api/v1/events/stream", tag = "events", summary = "跟随事件", params(FollowParams),
    responses((status = 200, description = "Server-sent events", body = String, content_type = "text/event-stream"))
)]
pub(super) async fn follow(
    State(state): State<AppState>,
    Params(params): Params<FollowParams>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let after = match headers.get("last-event-id") {
        None => params.after.unwrap_or(0),
        Some(id) => {
            let id = id.to_str().ok().and_then(|id| id.parse().ok());
            id.ok_or_else(|| bad_query("Last-Event-ID"))?
        }
    };
    let place = Arc::clone(&state.followers).try_acquire_owned().map_err(|_| Problem::busy())?;
    let heartbeat = state.limits.heartbeat;
    let (sender, events) = mpsc::channel(FOLLOWER_EVENTS_MAX);
    tokio::spawn(async move {
        let _place = place;
        feed(&state, after, &sender).await;
    });
    Ok(Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(heartbeat)))
}

/// Hands events on until the follower goes, the server stops, or the log cannot be read.
async fn feed(state: &AppState, mut after: Position, sender: &mpsc::Sender<Result<Event, Infallible>>) {
    let mut moved = state.desk.position();
    let mut closing = state.closing.clone();
    loop {
        // Seen before reading: what comes while we read wakes us again.
        moved.mark_unchanged();
        let Ok(batch) = read(state, after).await else {
            return;
        };
        let is_caught_up = batch.len() < BATCH;
        for stored in batch {
            after = stored.position;
            let Ok(line) = stored.to_line() else { return };
            let message = Event::default().id(after.to_string()).data(line);
            if sender.send(Ok(message)).await.is_err() {
                return;
            }
        }
        if *closing.borrow() {
            return;
        }
        if is_caught_up {
            tokio::select! {
                more = moved.changed() => if more.is_err() { return },
                stop = closing.changed() => if stop.is_err() { return },
                () = sender.closed() => return,
            }
        }
    }
}

async fn read(state: &AppState, after: Position) -> Result<Vec<Stored>, Problem> {
    let log = Arc::clone(&state.desk.store().log);
    blocking(move || Ok(log.read(&Query::all(), after, Direction::Forward, BATCH).map_err(AppError::from)?))
        .await
}
