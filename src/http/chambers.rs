//! `/api/v1/chambers/dormant`, `/api/v1/chains`, `/api/v1/purchases`, `/api/v1/needs`: how chambers do, where chains have
//! gaps, what was asked for. Each as of two times.

use axum::extract::State;
use axum::http::HeaderMap;
use jiff::Timestamp;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::views::Views;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::{Params, Segments};
use super::problem::{Problem, language};
use super::state::AppState;
use crate::chains::{self, ChainAnswer, ChainEntry, PurchasesAnswer};
use crate::door;
use crate::dormancy::{self, DormantAnswer};
use crate::liaison::{self, LiaisonAnswer};
use crate::matching::Times;

/// As of when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimesParams {
    /// As it stood at the end of this day; today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
}

impl From<TimesParams> for Times {
    fn from(params: TimesParams) -> Self {
        Self { as_of: params.as_of, known_at: params.known_at }
    }
}

async fn answered<T: Send + 'static>(
    state: &AppState,
    times: Times,
    answer: impl FnOnce(&Views, Occurred) -> Result<T, Problem> + Send + 'static,
) -> Result<axum::Json<T>, Problem> {
    let desk = state.desk.clone();
    let work = move || {
        let views = times.views(&desk)?;
        answer(&views, times.day(&desk))
    };
    state.heavy(work).await.map(axum::Json)
}

/// Chambers with their clocks and lights; what was cleared away, demonstration points, township registrations.
#[utoipa::path(
    get, path = "/api/v1/chambers/dormant", tag = "chambers", summary = "商会活力与沉睡预警", params(TimesParams),
    responses((status = 200, description = "Red chambers first, each clock with its events", body = Value))
)]
pub(super) async fn dormant(
    State(state): State<AppState>,
    Params(params): Params<TimesParams>,
    headers: HeaderMap,
) -> Result<axum::Json<DormantAnswer>, Problem> {
    let lang = language(&headers);
    answered(&state, params.into(), move |views, day| Ok(dormancy::dormant(views, day, lang))).await
}

/// Industry chains in the edition that holds.
#[utoipa::path(
    get, path = "/api/v1/chains", tag = "chains", summary = "产业链", params(TimesParams),
    responses((status = 200, description = "The chains", body = Value))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(params): Params<TimesParams>,
) -> Result<axum::Json<Vec<ChainEntry>>, Problem> {
    answered(&state, params.into(), |views, day| Ok(chains::list(views, day))).await
}

/// Whose chain, as of when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChainParams {
    /// A chamber, by id, identifier or exact name: only its members are looked at.
    chamber: Option<String>,
    /// As it stood at the end of this day; today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
}

/// A chain: its segments with their firms, its gaps, who could fill them and who knows those.
#[utoipa::path(
    get, path = "/api/v1/chains/{chain}", tag = "chains", summary = "产业链的环节与缺环",
    params(("chain" = String, Path, description = "key or title of the chain"), ChainParams),
    responses((status = 200, description = "The segments, in the chain's order", body = Value))
)]
pub(super) async fn chain(
    State(state): State<AppState>,
    Segments(chain): Segments<String>,
    Params(params): Params<ChainParams>,
    headers: HeaderMap,
) -> Result<axum::Json<ChainAnswer>, Problem> {
    let lang = language(&headers);
    let times = Times { as_of: params.as_of, known_at: params.known_at };
    answered(&state, times, move |views, day| {
        let chamber = params.chamber.as_deref().map(|typed| door::find_party(&views.register, typed));
        Ok(chains::survey(views, &chain, chamber.transpose()?, day, lang)?)
    })
    .await
}

/// Which purchases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PurchasesParams {
    /// First day; from the beginning when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    from: Option<Occurred>,
    /// Last day; today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
}

/// What the members of each chamber bought of each other: amount, pairs, and the share of all that they bought.
#[utoipa::path(
    get, path = "/api/v1/purchases", tag = "chains", summary = "链团采购", params(PurchasesParams),
    responses((status = 200, description = "By chamber; money in fen", body = Value))
)]
pub(super) async fn purchases(
    State(state): State<AppState>,
    Params(params): Params<PurchasesParams>,
) -> Result<axum::Json<PurchasesAnswer>, Problem> {
    let times = Times { as_of: params.as_of, known_at: params.known_at };
    answered(&state, times, move |views, day| Ok(chains::purchases(views, params.from, day))).await
}

/// Needs with owner, clock and resolution; suggestions with status and days; meetings that nothing followed.
#[utoipa::path(
    get, path = "/api/v1/needs", tag = "liaison", summary = "诉求、直通车与后续跟进", params(TimesParams),
    responses((status = 200, description = "Open ones first", body = Value))
)]
pub(super) async fn needs(
    State(state): State<AppState>,
    Params(params): Params<TimesParams>,
) -> Result<axum::Json<LiaisonAnswer>, Problem> {
    answered(&state, params.into(), |views, day| Ok(liaison::liaison(views, day))).await
}
