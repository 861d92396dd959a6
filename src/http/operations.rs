//! `/healthz`, `/readyz`, `/metrics`: is it there, can it write, and how is it doing.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::metrics;
use super::problem::Problem;
use super::state::AppState;
use crate::error::AppError;

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `read_only` after a failed write: reads go on, writes are refused until restart.
    status: &'static str,
    /// Why it is not `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The position of the newest event.
    head: u64,
    /// The position up to which the views have taken events in.
    views: u64,
}

impl Health {
    fn of(state: &AppState) -> Self {
        let reason = state.desk.store().log.fault();
        let status = if reason.is_none() { "ok" } else { "read_only" };
        Self { status, reason, head: state.desk.store().log.head(), views: state.views().position }
    }
}

/// Whether the process is alive: it answers, and its writer lives. After a failed write it still is, for reads.
#[utoipa::path(
    get, path = "/healthz", tag = "operations", summary = "存活检查",
    responses((status = 200, description = "Alive", body = Health))
)]
pub(super) async fn healthz(State(state): State<AppState>) -> Result<axum::Json<Health>, Problem> {
    match state.desk.health() {
        Err(AppError::Closed) => Err(AppError::Closed.into()),
        Ok(()) | Err(_) => Ok(axum::Json(Health::of(&state))),
    }
}

/// Whether it takes writes: 503 with the reason after a failed write, when the writer is gone, or while stopping.
#[utoipa::path(
    get, path = "/readyz", tag = "operations", summary = "就绪检查",
    responses((status = 200, description = "It takes writes", body = Health))
)]
pub(super) async fn readyz(State(state): State<AppState>) -> Result<axum::Json<Health>, Problem> {
    if *state.closing.borrow() {
        return Err(AppError::Closed.into());
    }
    state.desk.health()?;
    Ok(axum::Json(Health::of(&state)))
}

/// Figures in Prometheus's text form.
#[utoipa::path(
    get, path = "/metrics", tag = "operations", summary = "运行指标",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(State(state): State<AppState>) -> Response {
    let views = state.views();
    let parties = views.register.parties().count();
    let text = state.metrics.written(&[
        (
            "jinqiao_log_head_position",
            "gauge",
            "Position of the newest event.",
            state.desk.store().log.head(),
        ),
        (
            "jinqiao_views_position",
            "gauge",
            "Position up to which the views have taken events in.",
            views.position,
        ),
        ("jinqiao_parties", "gauge", "Parties in the register.", u64::try_from(parties).unwrap_or(u64::MAX)),
    ]);
    ([(header::CONTENT_TYPE, metrics::MEDIA_TYPE)], text).into_response()
}
