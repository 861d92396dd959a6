//! `/api/v1/work`: what waits for a person.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::{Params, within};
use super::problem::{Problem, language};
use super::state::AppState;
use crate::limits::WORK_TOP_MAX;
use crate::worklist::{self, WorkAnswer};

/// How much of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkParams {
    /// Most names to link, the most used first; 200 when left out.
    #[param(minimum = 1, maximum = 5000)]
    top: Option<usize>,
}

/// Names that mean no party yet, branches to confirm, corrections that files propose. Each is answered by recording
/// an event: `party_linked`, `org_affiliated`, `event_corrected` or `correction_declined`.
#[utoipa::path(
    get, path = "/api/v1/work", tag = "work", summary = "待办", params(WorkParams),
    responses((status = 200, description = "What waits for a person", body = Value))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(params): Params<WorkParams>,
    headers: HeaderMap,
) -> Result<axum::Json<WorkAnswer>, Problem> {
    let top = within("top", params.top, worklist::LINKS_MAX, WORK_TOP_MAX)?;
    let (desk, lang) = (state.desk.clone(), language(&headers));
    let work = move || Ok(worklist::list(desk.store().log.as_ref(), &desk.shelf().views(), top, lang)?);
    state.heavy(work).await.map(axum::Json)
}
