//! `/api/v1/links`: confirm which party a name means, or take that back.

use axum::extract::State;
use axum::response::Response;
use jinqiao_events::kinds::identity::{PartyLinked, PartyUnlinked};
use jinqiao_events::value::party_ref::PartyRef;
use serde::Deserialize;
use utoipa::ToSchema;

use super::idempotency::{self, IdempotencyKey};
use super::input::Json;
use super::introductions::recorded;
use super::problem::Problem;
use super::state::AppState;
use crate::door::ReceiptAnswer;

/// A name and the party that it means.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The name as written on events.
    #[schema(min_length = 1)]
    name: String,
    /// The party: id, identifier, or exact full name.
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    party: PartyRef,
}

/// Confirms that a name on events means a party.
#[utoipa::path(
    post, path = "/api/v1/links", tag = "links", summary = "名称挂接", request_body = Link,
    responses((status = 201, description = "Linked", body = ReceiptAnswer), (status = 200, description = "Linked before", body = ReceiptAnswer))
)]
pub(super) async fn link(
    State(state): State<AppState>,
    key: IdempotencyKey,
    Json(Link { name, party }): Json<Link>,
) -> Result<Response, Problem> {
    idempotency::record_one(&state, &key, PartyLinked { name, party, import: None }, None).await.map(recorded)
}

/// Takes a confirmed name back.
#[utoipa::path(
    delete, path = "/api/v1/links", tag = "links", summary = "撤销名称挂接", request_body = Link,
    responses((status = 201, description = "Unlinked", body = ReceiptAnswer), (status = 200, description = "Unlinked before", body = ReceiptAnswer))
)]
pub(super) async fn unlink(
    State(state): State<AppState>,
    key: IdempotencyKey,
    Json(Link { name, party }): Json<Link>,
) -> Result<Response, Problem> {
    idempotency::record_one(&state, &key, PartyUnlinked { name, party }, None).await.map(recorded)
}
