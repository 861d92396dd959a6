//! `/api/v1/events`: record and read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jinqiao_events::kinds::{Kind, Tag};
use jinqiao_events::log::{Direction, Log, Position, Query, QueryItem, Stored};
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::views::Views;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::idempotency::{self, IdempotencyKey};
use super::input::{JsonText, Params, within};
use super::problem::Problem;
use super::state::{AppState, blocking};
use crate::door::{self, ReceiptAnswer};
use crate::error::AppError;
use crate::limits::PAGE_MAX;

/// Lines of a page when nobody asks for another number.
const PAGE_DEFAULT: usize = 100;

/// An event as it is sent in; the document replaces this by the schemas of all kinds.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "stands in the document only")]
pub struct EventLine {
    kind: String,
}

/// An event as it is read back: the line of `log export`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "stands in the document only")]
pub struct ExportedLine {
    position: u64,
}

/// What to do with the events that are sent in.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordParams {
    /// Decide only, write nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Where the events now stand, in the order they were sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordedEvents {
    /// One answer an event.
    events: Vec<ReceiptAnswer>,
}

/// Records one event or an array of them, all or nothing.
///
/// At most 500 events or 256 KiB. An event with a `key` that was recorded before with the same content is not
/// recorded again; 200 when that holds for all of them.
#[utoipa::path(
    post, path = "/api/v1/events", tag = "events", summary = "登记事件",
    params(RecordParams, ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters", min_length = 1, max_length = 200, pattern = r"^[!-~]+$")),
    request_body(content = EventLine, description = "one event, or an array of events"),
    responses(
        (status = 201, description = "Recorded and durable", body = RecordedEvents),
        (status = 200, description = "All of them had been recorded before, or a rehearsal", body = RecordedEvents),
    )
)]
pub(super) async fn record(
    State(state): State<AppState>,
    Params(params): Params<RecordParams>,
    key: IdempotencyKey,
    JsonText(text): JsonText,
) -> Result<Response, Problem> {
    let is_array = text.trim_start().starts_with('[');
    let placed = |fault: crate::desk::Fault| {
        let index = fault.index;
        let problem = Problem::from(fault);
        if is_array { problem.in_element(index) } else { problem }
    };
    let (unit, _) = door::read_drafts(&text).map_err(placed)?;
    let answer = if params.dry_run {
        state.submit(unit, true).await?
    } else {
        idempotency::record(&state, &key, unit).await?
    };
    let receipts = answer.map_err(placed)?;
    let all_repeated = receipts.iter().all(|receipt| receipt.repeated);
    let status = if all_repeated || params.dry_run { StatusCode::OK } else { StatusCode::CREATED };
    let events = receipts.into_iter().map(ReceiptAnswer::from).collect();
    Ok((status, axum::Json(RecordedEvents { events })).into_response())
}

/// Which events to read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Only events after this position.
    after: Option<Position>,
    /// At most so many, 1 to 1000; 100 when left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// Only this kind.
    kind: Option<String>,
    /// Only events that name this party under any of its names: its id, an identifier, or a name. Of a
    /// registered party only the events that count: voided ones are left out.
    #[param(min_length = 1, max_length = 200)]
    party: Option<String>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, oldest first, bodies exactly as stored.
    #[schema(value_type = Vec<ExportedLine>)]
    events: Vec<Box<RawValue>>,
    /// The `after` of the next page, when there may be one.
    next_after: Option<Position>,
    /// The position of the newest event in the log.
    head: Position,
}

/// Reads events, oldest first.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", summary = "读取事件", params(ListParams),
    responses((status = 200, description = "A page of events", body = EventPage))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(params): Params<ListParams>,
) -> Result<axum::Json<EventPage>, Problem> {
    let limit = within("limit", params.limit, PAGE_DEFAULT, PAGE_MAX)?;
    let kind = params.kind.map(|name| door::kind(&name, "").map_err(Problem::unreadable)).transpose()?;
    let after = params.after.unwrap_or(0);
    let views = state.views();
    let about = params.party.map(|typed| about(&views, &typed)).transpose()?;
    let log = Arc::clone(&state.desk.store().log);
    blocking(move || {
        let head = log.head();
        let found = match about {
            Some(About::Party(party)) => history(log.as_ref(), &views, party, after, kind, limit),
            Some(About::Name(tag)) => log.read(&query(kind, vec![tag]), after, Direction::Forward, limit),
            None => log.read(&query(kind, Vec::new()), after, Direction::Forward, limit),
        };
        let found = found.map_err(AppError::from)?;
        let next_after = (found.len() == limit).then(|| found.last().map(|stored| stored.position)).flatten();
        let events = found.iter().map(line).collect::<Result<_, _>>()?;
        Ok(axum::Json(EventPage { events, next_after, head }))
    })
    .await
}

/// Whom the asked-for events name.
enum About {
    Party(PartyId),
    Name(Tag),
}

fn about(views: &Views, typed: &str) -> Result<About, Problem> {
    let reference = door::reference(typed).map_err(Problem::unreadable)?;
    match (views.register.resolve(&reference), &reference) {
        (None, PartyRef::Name(_)) => Ok(About::Name(Tag::party(&reference))),
        _ => Ok(About::Party(door::find_party(&views.register, typed)?)),
    }
}

fn query(kind: Option<Kind>, tags: Vec<Tag>) -> Query {
    let kinds = kind.map(|kind| kind.name().to_owned()).into_iter().collect();
    Query { items: vec![QueryItem { kinds, tags }] }
}

/// Events of a party's history, which knows all of its entries and names.
fn history(
    log: &dyn Log,
    views: &Views,
    party: PartyId,
    after: Position,
    kind: Option<Kind>,
    limit: usize,
) -> Result<Vec<Stored>, jinqiao_events::log::LogError> {
    let positions = views.ledger.history(&views.register, party);
    let mut found = Vec::new();
    for position in positions.into_iter().filter(|position| *position > after) {
        found.extend(log.at(position)?.filter(|stored| kind.is_none_or(|kind| stored.kind == kind.name())));
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// The public line of a stored event.
///
/// # Errors
/// When its body is no JSON: the store is damaged.
pub(super) fn line(stored: &Stored) -> Result<Box<RawValue>, Problem> {
    let text = stored.to_line().and_then(RawValue::from_string);
    text.map_err(|error| AppError::from(damaged(stored.position, &error)).into())
}

fn damaged(position: Position, error: &serde_json::Error) -> jinqiao_events::log::LogError {
    jinqiao_events::log::LogError::Damaged { position, reason: error.to_string() }
}
