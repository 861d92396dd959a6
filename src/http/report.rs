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
use crate::report::article::{self, RowAnswer};
use crate::report::claims::{self, ClaimAnswer};
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

/// Knowing what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArticleParams {
    /// Knowing only what had been recorded by this time (RFC 3339); all of it when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
}

/// What the article on the city's chambers names, row by row: the kinds that record it, the figure that gives it back, its
/// value, what the article prints, and whether the log proves it.
#[utoipa::path(
    get, path = "/api/v1/report/article", tag = "report", summary = "报道点到的 60 项", params(ArticleParams),
    responses((status = 200, description = "An array of answers, by row", body = Value))
)]
pub(super) async fn article(
    State(state): State<AppState>,
    Params(params): Params<ArticleParams>,
    headers: HeaderMap,
) -> Result<axum::Json<Vec<RowAnswer>>, Problem> {
    let lang = language(&headers);
    let (desk, books) = (state.desk.clone(), state.books.clone());
    let work = move || Ok(article::answers(books.books(&desk, params.known_at)?.as_ref(), lang));
    state.heavy(work).await.map(axum::Json)
}

/// Which claims, held against which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClaimsParams {
    /// First day of what a claim tells of that does not say so itself.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    from: Option<Occurred>,
    /// Last day; today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    to: Option<Occurred>,
    /// Whether the claims of the article that ships with the program are held against the log too.
    #[serde(default)]
    article: bool,
}

/// Published claims beside the log: proved, short by n, over by n, or contradictory with each other.
#[utoipa::path(
    get, path = "/api/v1/report/claims", tag = "report", summary = "公开表述对账", params(ClaimsParams),
    responses((status = 200, description = "An array of claims, contradictory ones first", body = Value))
)]
pub(super) async fn claims(
    State(state): State<AppState>,
    Params(params): Params<ClaimsParams>,
    headers: HeaderMap,
) -> Result<axum::Json<Vec<ClaimAnswer>>, Problem> {
    let lang = language(&headers);
    let (desk, books) = (state.desk.clone(), state.books.clone());
    let work = move || {
        let period = Question { from: params.from, to: params.to, known_at: None }.period(&desk)?;
        Ok(claims::reconcile(books.books(&desk, None)?.as_ref(), period, params.article, lang)?)
    };
    state.heavy(work).await.map(axum::Json)
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
