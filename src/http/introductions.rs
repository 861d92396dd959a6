//! `/api/v1/introductions`: proposed, answered by both sides, met, concluded.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::introduction::{
    Channel, IntroductionConsented, IntroductionDeclined, IntroductionProposed, MeetingHeld, Outcome,
    OutcomeReported,
};
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::ledger::Introduction;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::idempotency::{self, IdempotencyKey};
use super::input::{Json, OptionalJson, Segments};
use super::problem::Problem;
use super::state::AppState;
use crate::desk::Receipt;
use crate::door::ReceiptAnswer;
use crate::naming;

/// A proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// One side: id, identifier, or exact full name.
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    a: PartyRef,
    /// The other side.
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    b: PartyRef,
    /// By which way: match_list (default), industry_chain, firm_brings_firm, chamber_brings_firm, other.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(match_list|industry_chain|firm_brings_firm|chamber_brings_firm|other)$")]
    channel: Channel,
    /// Who introduces them.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    introducer: Option<PartyRef>,
    /// Why, in a sentence that both sides may read.
    #[schema(min_length = 1)]
    reason: Option<String>,
    /// Positions of the events behind the reason.
    #[serde(default)]
    evidence: Vec<u64>,
    /// When; today when left out.
    #[schema(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    occurred: Option<Occurred>,
}

/// The answer of one side.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SideAnswer {
    /// Which side.
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    side: PartyRef,
    /// True: it agrees. False: it declines, and the introduction ends.
    consents: bool,
    /// Why it declines, if it says so.
    #[schema(min_length = 1)]
    reason: Option<String>,
    /// When; today when left out.
    #[schema(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    occurred: Option<Occurred>,
}

/// A meeting.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// Where.
    #[schema(min_length = 1)]
    place: Option<String>,
    /// When; today when left out.
    #[schema(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    occurred: Option<Occurred>,
}

/// What came of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Conclusion {
    /// talking, intent, deal or nothing.
    #[schema(value_type = String, pattern = "^(talking|intent|deal|nothing)$")]
    outcome: Outcome,
    /// In a sentence, without persons.
    #[schema(min_length = 1)]
    note: Option<String>,
    /// When; today when left out.
    #[schema(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    occurred: Option<Occurred>,
}

/// Proposes that two parties meet. The answer's `id` is the introduction's id.
#[utoipa::path(
    post, path = "/api/v1/introductions", tag = "introductions", summary = "提出引荐", request_body = Proposal,
    responses((status = 201, description = "Proposed", body = ReceiptAnswer), (status = 200, description = "Proposed before", body = ReceiptAnswer))
)]
pub(super) async fn propose(
    State(state): State<AppState>,
    key: IdempotencyKey,
    Json(proposal): Json<Proposal>,
) -> Result<Response, Problem> {
    let Proposal { a, b, channel, introducer, reason, evidence, occurred } = proposal;
    let event = IntroductionProposed { a, b, channel, introducer, reason, evidence };
    idempotency::record_one(&state, &key, event, occurred).await.map(recorded)
}

/// Where an introduction stands, with everything that came of it.
#[utoipa::path(
    get, path = "/api/v1/introductions/{id}", tag = "introductions", summary = "查看引荐",
    params(("id" = String, Path, format = "uuid", description = "the introduction's id")),
    responses((status = 200, description = "The introduction", body = Value))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    Segments(id): Segments<EventId>,
) -> Result<axum::Json<Value>, Problem> {
    let views = state.views();
    let introduction = views.ledger.introduction(id).ok_or_else(|| unknown(id))?;
    Ok(axum::Json(json!({
        "introduction": introduction,
        "state": introduction.state(&views.register),
        "a_name": naming::party_ref(&views, &introduction.a),
        "b_name": naming::party_ref(&views, &introduction.b),
    })))
}

/// One side consents or declines.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/consent", tag = "introductions", summary = "同意或谢绝",
    params(("id" = String, Path, format = "uuid", description = "the introduction's id")), request_body = SideAnswer,
    responses((status = 201, description = "Recorded", body = ReceiptAnswer), (status = 200, description = "Recorded before", body = ReceiptAnswer))
)]
pub(super) async fn answer(
    State(state): State<AppState>,
    Segments(introduction): Segments<EventId>,
    key: IdempotencyKey,
    Json(answer): Json<SideAnswer>,
) -> Result<Response, Problem> {
    let SideAnswer { side, consents, reason, occurred } = answer;
    let event: Event = if consents {
        if reason.is_some() {
            return Err(reason_without_refusal());
        }
        IntroductionConsented { introduction, side }.into()
    } else {
        IntroductionDeclined { introduction, side, reason }.into()
    };
    idempotency::record_one(&state, &key, event, occurred).await.map(recorded)
}

/// The two met.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/meeting", tag = "introductions", summary = "登记见面",
    params(("id" = String, Path, format = "uuid", description = "the introduction's id")), request_body = Meeting,
    responses((status = 201, description = "Recorded", body = ReceiptAnswer), (status = 200, description = "Recorded before", body = ReceiptAnswer))
)]
pub(super) async fn meet(
    State(state): State<AppState>,
    Segments(id): Segments<EventId>,
    key: IdempotencyKey,
    OptionalJson(meeting): OptionalJson<Meeting>,
) -> Result<Response, Problem> {
    let Introduction { a, b, .. } = state.views().ledger.introduction(id).ok_or_else(|| unknown(id))?.clone();
    let event = MeetingHeld { a, b, introduction: Some(id), place: meeting.place };
    idempotency::record_one(&state, &key, event, meeting.occurred).await.map(recorded)
}

/// What came of it.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/outcome", tag = "introductions", summary = "登记结果",
    params(("id" = String, Path, format = "uuid", description = "the introduction's id")), request_body = Conclusion,
    responses((status = 201, description = "Recorded", body = ReceiptAnswer), (status = 200, description = "Recorded before", body = ReceiptAnswer))
)]
pub(super) async fn conclude(
    State(state): State<AppState>,
    Segments(introduction): Segments<EventId>,
    key: IdempotencyKey,
    Json(conclusion): Json<Conclusion>,
) -> Result<Response, Problem> {
    let Conclusion { outcome, note, occurred } = conclusion;
    let event = OutcomeReported { introduction, outcome, note };
    idempotency::record_one(&state, &key, event, occurred).await.map(recorded)
}

/// 201 for what was recorded now, 200 for a repeat.
pub(super) fn recorded(receipt: Receipt) -> Response {
    let status = if receipt.repeated { StatusCode::OK } else { StatusCode::CREATED };
    (status, axum::Json(ReceiptAnswer::from(receipt))).into_response()
}

fn unknown(id: EventId) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "introduction_unknown",
        format!("没有编号为 {id} 的引荐；请核对编号"),
        format!("there is no introduction {id}: check the id"),
    )
}

fn reason_without_refusal() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "reason_without_refusal",
        "同意时不填理由；谢绝请将 consents 设为 false",
        "a consent takes no reason; set consents to false to decline",
    )
    .at("/reason")
}
