//! `/api/v1/report`: the figures, each with unit, filter, period and the events behind it.

use axum::extract::State;
use axum::http::HeaderMap;
use jiff::Timestamp;
use jinqiao_events::value::occurred::Occurred;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::Params;
use super::problem::{Problem, language};
use super::state::AppState;
use crate::report::{self, Question, ReportAnswer};

/// Which figures, of which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportParams {
    /// First day (2017, 2017-08 or 2017-08-05); from the beginning when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    from: Option<Occurred>,
    /// Last day; today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    to: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339); all of it when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
    /// Only the figure of that name; all when left out.
    figure: Option<String>,
    /// Whether to list the keys of each figure with the events behind them.
    #[serde(default)]
    evidence: bool,
}

/// The figures of a period: value, unit, filter, and how many events stand behind each; with `evidence`, which.
#[utoipa::path(
    get, path = "/api/v1/report", tag = "report", summary = "统计指标", params(ReportParams),
    responses((status = 200, description = "The figures; money in fen", body = Value))
)]
pub(super) async fn report(
    State(state): State<AppState>,
    Params(params): Params<ReportParams>,
    headers: HeaderMap,
) -> Result<axum::Json<ReportAnswer>, Problem> {
    let lang = language(&headers);
    let (desk, books) = (state.desk.clone(), state.books.clone());
    state
        .heavy(move || {
            let question = Question { from: params.from, to: params.to, known_at: params.known_at };
            let period = question.period(&desk)?;
            let books = books.books(&desk, params.known_at)?;
            let figure = params.figure.as_deref();
            Ok(axum::Json(report::report(&books, period, figure, params.evidence, lang)?))
        })
        .await
}
