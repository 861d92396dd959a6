//! `/api/v1/do-not-introduce`: set and lift 回避.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jinqiao_events::kinds::introduction::{DoNotIntroduceLifted, DoNotIntroduceSet};
use jinqiao_events::value::party_ref::PartyRef;
use serde::Deserialize;
use utoipa::ToSchema;

use super::idempotency::{self, IdempotencyKey};
use super::input::{OptionalJson, Segments};
use super::introductions::recorded;
use super::problem::Problem;
use super::state::AppState;
use crate::door::{self, ReceiptAnswer};

/// Why two parties must not be introduced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// If it may be said.
    #[schema(min_length = 1)]
    reason: Option<String>,
}

/// These two must not be introduced to each other. Setting it twice is no fault: 204.
#[utoipa::path(
    put, path = "/api/v1/do-not-introduce/{a}/{b}", tag = "introductions", summary = "设定回避",
    params(("a" = String, Path, description = "one side"), ("b" = String, Path, description = "the other side")),
    request_body = Why,
    responses((status = 201, description = "Set", body = ReceiptAnswer), (status = 204, description = "It was set already"))
)]
pub(super) async fn set(
    State(state): State<AppState>,
    Segments(pair): Segments<(String, String)>,
    key: IdempotencyKey,
    OptionalJson(why): OptionalJson<Why>,
) -> Result<Response, Problem> {
    let (a, b) = sides(&pair)?;
    let set =
        idempotency::record_one(&state, &key, DoNotIntroduceSet { a, b, reason: why.reason }, None).await;
    unless_so_already(set.map(recorded), "avoidance_set")
}

/// They may be introduced again. Lifting what is not set is no fault: 204.
#[utoipa::path(
    delete, path = "/api/v1/do-not-introduce/{a}/{b}", tag = "introductions", summary = "解除回避",
    params(("a" = String, Path, description = "one side"), ("b" = String, Path, description = "the other side")),
    responses((status = 201, description = "Lifted", body = ReceiptAnswer), (status = 204, description = "It was not set"))
)]
pub(super) async fn lift(
    State(state): State<AppState>,
    Segments(pair): Segments<(String, String)>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let (a, b) = sides(&pair)?;
    let lifted = idempotency::record_one(&state, &key, DoNotIntroduceLifted { a, b }, None).await;
    unless_so_already(lifted.map(recorded), "avoidance_not_set")
}

fn sides((a, b): &(String, String)) -> Result<(PartyRef, PartyRef), Problem> {
    Ok((door::reference(a)?, door::reference(b)?))
}

/// `PUT` and `DELETE` name a state to reach: being there already is success.
fn unless_so_already(answer: Result<Response, Problem>, code: &str) -> Result<Response, Problem> {
    match answer {
        Err(problem) if problem.code() == code => Ok(StatusCode::NO_CONTENT.into_response()),
        answer => answer,
    }
}
