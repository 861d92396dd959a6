//! `/api/v1/projects`: a project's file, whose it is, and which may be one under two keys.

use axum::extract::State;
use axum::http::HeaderMap;
use jiff::Timestamp;
use jinqiao_events::decide::Refusal;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::views::Views;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::{Params, Segments};
use super::problem::{Problem, language};
use super::state::AppState;
use crate::config::Lang;
use crate::crediting::{self, CreditAnswer};
use crate::duplicates::{self, DuplicatesAnswer};
use crate::matching::Times;
use crate::projects::{self, ProjectFile};

/// Under which rules, and as of when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreditParams {
    /// Name of a rule set; the one in force at the time when left out.
    rules: Option<String>,
    /// As it stood at the end of this day; today when left out.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
}

/// One project's file (一项目一档): its signings and how each counts, stages, money that arrived, clocks, and whose it is.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}", tag = "projects", summary = "项目档案",
    params(("id" = String, Path, description = "key of the project (/ as %2F)"), CreditParams),
    responses((status = 200, description = "The file, with the verdict and the dossier", body = Value))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    Segments(id): Segments<String>,
    Params(params): Params<CreditParams>,
    headers: HeaderMap,
) -> Result<axum::Json<ProjectFile>, Problem> {
    judged(&state, params, language(&headers), move |views, rules, as_of, lang| {
        projects::file(views, &id, rules, as_of, lang)
    })
    .await
}

/// What is said of a project under the rules and at the times that were asked for.
async fn judged<T: Send + 'static>(
    state: &AppState,
    params: CreditParams,
    lang: Lang,
    answer: impl FnOnce(&Views, Option<&str>, Occurred, Lang) -> Result<T, Refusal> + Send + 'static,
) -> Result<axum::Json<T>, Problem> {
    let times = Times { as_of: params.as_of, known_at: params.known_at };
    let desk = state.desk.clone();
    let work = move || {
        let views = times.views(&desk)?;
        Ok(answer(&views, params.rules.as_deref(), times.day(&desk), lang)?)
    };
    state.heavy(work).await.map(axum::Json)
}

/// The verdict on a project under a dated rule set, with the dossier: each event with both its times.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}/credit", tag = "projects", summary = "项目归属",
    params(("id" = String, Path, description = "key of the project (/ as %2F)"), CreditParams),
    responses((status = 200, description = "Holders, referrers, counted sums, reward in fen, sentences, dossier", body = Value))
)]
pub(super) async fn credit(
    State(state): State<AppState>,
    Segments(id): Segments<String>,
    Params(params): Params<CreditParams>,
    headers: HeaderMap,
) -> Result<axum::Json<CreditAnswer>, Problem> {
    judged(&state, params, language(&headers), move |views, rules, as_of, lang| {
        crediting::verdict(views, &id, rules, as_of, lang)
    })
    .await
}

/// Pairs of projects that may be one under two keys, with in what they agree. A person decides: record
/// `project_duplicate_marked` with the finding `duplicate` or `distinct`, and the pair leaves the list.
#[utoipa::path(
    get, path = "/api/v1/projects/duplicates", tag = "projects", summary = "项目查重",
    responses((status = 200, description = "The pairs, by the keys of the likely originals", body = Value))
)]
pub(super) async fn duplicates(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<axum::Json<DuplicatesAnswer>, Problem> {
    let (lang, desk) = (language(&headers), state.desk.clone());
    state
        .heavy(move || {
            let views = Times::default().views(&desk)?;
            Ok(axum::Json(duplicates::proposed(&views, lang, usize::MAX)))
        })
        .await
}
