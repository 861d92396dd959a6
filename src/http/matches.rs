//! `/api/v1/matches`: whom to introduce to a party, and why.

use std::sync::Arc;

use axum::extract::State;
use jiff::Timestamp;
use jinqiao_events::log::{Effective, Log, Position};
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::rank::{self, Ask, Graphs, NoList, With};
use jinqiao_projections::tie_graph::walk::Scratch;
use jinqiao_projections::views::Views;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::input::{Params, Segments, within};
use super::problem::Problem;
use super::state::AppState;
use crate::door::{find_party, today};
use crate::error::AppError;
use crate::naming;

/// Lines when nobody asks for another number.
const TOP_DEFAULT: usize = 20;
/// Most lines.
const TOP_MAX: usize = 1_000;

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
    top: Option<usize>,
    /// As it stood at the end of this day (2017, 2017-08 or 2017-08-05); today when left out.
    #[param(value_type = Option<String>)]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339); all of it when left out.
    #[param(value_type = Option<String>)]
    known_at: Option<Timestamp>,
}

/// As of when to explain.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplainParams {
    /// As it stood at the end of this day; today when left out.
    #[param(value_type = Option<String>)]
    as_of: Option<Occurred>,
    /// Knowing only what had been recorded by this time (RFC 3339).
    #[param(value_type = Option<String>)]
    known_at: Option<Timestamp>,
}

/// An answer with the names of the parties that it mentions.
#[derive(Debug, Serialize)]
struct Named<T> {
    #[serde(flatten)]
    answer: T,
    names: std::collections::BTreeMap<PartyId, String>,
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
) -> Result<axum::Json<Value>, Problem> {
    let top = within("top", params.top, TOP_DEFAULT, TOP_MAX)?;
    let at = At { as_of: params.as_of, known_at: params.known_at };
    let with = params.with.map(With::from);
    let worker = state.clone();
    state
        .heavy(move || {
            let (views, graphs) = at.gather(&worker)?;
            let party = find_party(&views.register, &party)?;
            let ask = Ask { party, with, top };
            let list = rank::rank(&views, &graphs, &ask, &mut Scratch::default()).map_err(no_list)?;
            named(&views, list)
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
) -> Result<axum::Json<Value>, Problem> {
    let at = At { as_of: params.as_of, known_at: params.known_at };
    let worker = state.clone();
    state
        .heavy(move || {
            let (views, graphs) = at.gather(&worker)?;
            let (party, other) = (find_party(&views.register, &party)?, find_party(&views.register, &other)?);
            let scratch = &mut Scratch::default();
            let explanation = rank::explain_pair(&views, &graphs, party, other, scratch).map_err(no_list)?;
            named(&views, explanation)
        })
        .await
}

/// The two times of a question.
#[derive(Debug, Clone, Copy)]
struct At {
    as_of: Option<Occurred>,
    known_at: Option<Timestamp>,
}

impl At {
    /// Views and graphs as of these times. Only those of today, knowing everything, are kept ready; others are
    /// built for the one question.
    fn gather(self, state: &AppState) -> Result<(Arc<Views>, Arc<Graphs>), Problem> {
        let today = today(state.desk.clock()).day_number();
        let day = self.as_of.map_or(today, Occurred::day_number);
        let views = match self.known_at {
            None => state.views(),
            Some(known_at) => Arc::new(as_known(state.desk.store().log.as_ref(), known_at)?),
        };
        let graphs = if self.known_at.is_none() && day == today {
            state.desk.shelf().graphs(&views, day)
        } else {
            Arc::new(Graphs::build(&views, day))
        };
        Ok((views, graphs))
    }
}

/// The views of what had been recorded by that time. Reads the whole log.
fn as_known(log: &dyn Log, known_at: Timestamp) -> Result<Views, Problem> {
    let mut views = Views::default();
    let effective = Effective::gather(log, Some(known_at)).map_err(AppError::from)?;
    let folded = effective.fold(log, Position::MAX, &mut |recorded| views.apply(&recorded));
    folded.map_err(AppError::from)?;
    Ok(views)
}

fn no_list(error: NoList) -> Problem {
    use axum::http::StatusCode;
    let (status, en) = match error {
        NoList::Unknown(_) => (StatusCode::NOT_FOUND, "no such party is registered"),
        NoList::Closed(_) => (StatusCode::CONFLICT, "the party is closed and is introduced to nobody"),
        NoList::NoTies(_) => (StatusCode::CONFLICT, "nothing is recorded that ties the party to anyone by that day"),
    };
    Problem::new(status, error.code(), error.to_string(), en)
}

fn named(views: &Views, answer: impl Serialize) -> Result<axum::Json<Value>, Problem> {
    let unwritable = |error: serde_json::Error| Problem::from(AppError::io("写 JSON")(error.into()));
    let answer = serde_json::to_value(answer).map_err(unwritable)?;
    let mut names = std::collections::BTreeMap::new();
    collect_names(views, &answer, &mut names);
    serde_json::to_value(Named { answer, names }).map(axum::Json).map_err(unwritable)
}

/// Every text of the answer that is the id of a party, with its name.
fn collect_names(views: &Views, answer: &Value, names: &mut std::collections::BTreeMap<PartyId, String>) {
    match answer {
        Value::String(text) => {
            if let Some(id) = text.parse().ok().filter(|id| views.register.party(*id).is_some()) {
                names.entry(id).or_insert_with(|| naming::party(views, id));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(views, item, names)),
        Value::Object(fields) => fields.values().for_each(|field| collect_names(views, field, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
