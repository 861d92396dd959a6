//! `/api/v1/matches`: whom to introduce to a party, and why.

use axum::extract::State;
use axum::http::HeaderMap;
use jiff::Timestamp;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::rank::{Ask, TOP_DEFAULT, With};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::input::{Params, Segments, within};
use super::problem::{Problem, language};
use super::state::AppState;
use crate::door::find_party;
use crate::limits::TOP_MAX;
use crate::matching::{ExplainAnswer, Ground, ListAnswer, Mode, Times, Tries};

/// With whom.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithParam {
    /// 企业.
    Enterprises,
    /// 商协会.
    Chambers,
}

impl From<WithParam> for With {
    fn from(with: WithParam) -> Self {
        match with {
            WithParam::Enterprises => Self::Enterprises,
            WithParam::Chambers => Self::Chambers,
        }
    }
}

/// Which list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// With enterprises or with chambers; its own kind when left out.
    #[param(inline)]
    with: Option<WithParam>,
    /// At most so many lines, 1 to 1000; 20 when left out.
    #[param(minimum = 1, maximum = 1000)]
    top: Option<usize>,
    /// Whether to answer from shared and direct contacts alone, without walks: in a fraction of the time; false when
    /// left out.
    quick: Option<bool>,
    /// Whether one line in ten is a try: drawn by party and day from candidates further down, marked is_try; true when
    /// left out.
    tries: Option<bool>,
    /// As it stood at the end of this day (2017, 2017-08 or 2017-08-05); today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339); all of it when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
}

/// As of when to explain.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplainParams {
    /// As it stood at the end of this day; today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
}

/// The match list of a party: each line with its score, the terms that add up to it, and the events behind each.
#[utoipa::path(
    get, path = "/api/v1/matches/{party}", tag = "matches", summary = "推荐清单",
    params(("party" = String, Path, description = "id, credit code, other identifier (/ as %2F), or exact full name"), ListParams),
    responses((status = 200, description = "The list, best first; scores in millionths", body = Value))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Segments(party): Segments<String>,
    Params(params): Params<ListParams>,
    headers: HeaderMap,
) -> Result<axum::Json<ListAnswer>, Problem> {
    let top = within("top", params.top, TOP_DEFAULT, TOP_MAX)?;
    let times = Times { as_of: params.as_of, known_at: params.known_at };
    let (with, lang, desk) = (params.with.map(With::from), language(&headers), state.desk.clone());
    let mode = Mode::quick(params.quick.unwrap_or(false));
    let tries = Tries::unless(!params.tries.unwrap_or(true));
    state
        .heavy(move || {
            let ground = Ground::gather(&desk, times)?;
            let party = find_party(&ground.views.register, &party)?;
            Ok(axum::Json(ground.answer(&Ask { party, with, top }, mode, tries, lang)?))
        })
        .await
}

/// Why, and why not, to introduce these two.
#[utoipa::path(
    get, path = "/api/v1/matches/{party}/{other}", tag = "matches", summary = "推荐理由",
    params(
        ("party" = String, Path, description = "who asks"),
        ("other" = String, Path, description = "who may be introduced"),
        ExplainParams
    ),
    responses((status = 200, description = "The terms, what speaks against it, and the place on the list", body = Value))
)]
pub(super) async fn explain(
    State(state): State<AppState>,
    Segments((party, other)): Segments<(String, String)>,
    Params(params): Params<ExplainParams>,
    headers: HeaderMap,
) -> Result<axum::Json<ExplainAnswer>, Problem> {
    let times = Times { as_of: params.as_of, known_at: params.known_at };
    let (lang, desk) = (language(&headers), state.desk.clone());
    state
        .heavy(move || {
            let ground = Ground::gather(&desk, times)?;
            let register = &ground.views.register;
            let (party, other) = (find_party(register, &party)?, find_party(register, &other)?);
            Ok(axum::Json(ground.explain(party, other, lang)?))
        })
        .await
}
