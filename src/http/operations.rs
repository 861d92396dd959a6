//! `/healthz`, `/readyz`, `/metrics`: is it there, can it write, and how is it doing.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::metrics;
use super::problem::Problem;
use super::state::AppState;

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `read_only` after a failed write: reads go on, writes are refused until restart.
    status: &'static str,
    /// The position of the newest event.
    head: u64,
    /// The position up to which the views have taken events in.
    views: u64,
}

/// Whether a write has failed: one that somebody asked for, or one of the log's own.
fn has_failed(state: &AppState) -> bool {
    state.metrics.has_failed() || state.desk.store().log.fault().is_some()
}

fn health(state: &AppState) -> Health {
    let status = if has_failed(state) { "read_only" } else { "ok" };
    Health { status, head: state.desk.store().log.head(), views: state.views().position }
}

/// Whether the process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "operations", summary = "存活检查",
    responses((status = 200, description = "Alive", body = Health))
)]
pub(super) async fn healthz(State(state): State<AppState>) -> axum::Json<Health> {
    axum::Json(health(&state))
}

/// Whether it takes writes: 503 after a failed write or while stopping.
#[utoipa::path(
    get, path = "/readyz", tag = "operations", summary = "就绪检查",
    responses((status = 200, description = "It takes writes", body = Health))
)]
pub(super) async fn readyz(State(state): State<AppState>) -> Result<axum::Json<Health>, Problem> {
    if has_failed(&state) || *state.closing.borrow() {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_ready",
            "暂不能写入：写入曾失败或服务正在停止",
            "no writes just now: a write failed, or the server is stopping",
        ));
    }
    Ok(axum::Json(health(&state)))
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
