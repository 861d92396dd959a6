//! `/api/v1/parties`: find, show.

use axum::extract::State;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::register::{How, Party, Register};
use jinqiao_projections::views::Views;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::input::{Params, Segments, within};
use super::problem::Problem;
use super::state::AppState;
use crate::door::find_party;
use crate::limits::PAGE_MAX;
use crate::naming;

/// Parties of a page when nobody asks for another number.
const PAGE_DEFAULT: usize = 20;

/// Whom to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindParams {
    /// A name, 简称, pinyin or its initials, a credit code or another identifier. Everyone, by id, when left out.
    q: Option<String>,
    /// Only this sort of organisation: enterprise, chamber, government, institution, village, school, other.
    #[param(value_type = Option<String>, pattern = "^(enterprise|chamber|government|institution|village|school|other)$")]
    kind: Option<OrgKind>,
    /// At most so many, 1 to 1000; 20 when left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// Without `q`: only parties after this id.
    #[param(value_type = Option<String>, format = "uuid")]
    after: Option<PartyId>,
}

/// Parties that were found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// Best fits first; by id without `q`.
    parties: Vec<FoundParty>,
    /// The `after` of the next page of everyone, when there may be one.
    #[schema(value_type = Option<String>)]
    next_after: Option<PartyId>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundParty {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: PartyId,
    /// Full name now.
    name: String,
    /// Sort of organisation.
    #[schema(value_type = String)]
    kind: OrgKind,
    /// Its identifiers.
    identifiers: Vec<String>,
    /// How the query fits: exact, prefix, substring, pinyin, pinyin_within.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    how: Option<How>,
}

impl FoundParty {
    fn new(party: &Party, how: Option<How>) -> Self {
        Self {
            id: party.id,
            name: party.name.clone(),
            kind: party.kind,
            identifiers: party.identifiers.iter().map(ToString::to_string).collect(),
            how,
        }
    }
}

/// Finds parties by whatever is typed.
#[utoipa::path(
    get, path = "/api/v1/parties", tag = "parties", summary = "查找主体", params(FindParams),
    responses((status = 200, description = "The parties that fit", body = Found))
)]
pub(super) async fn find(
    State(state): State<AppState>,
    Params(params): Params<FindParams>,
) -> Result<axum::Json<Found>, Problem> {
    let limit = within("limit", params.limit, PAGE_DEFAULT, PAGE_MAX)?;
    let views = state.views();
    let found = match params.q.as_deref().map(str::trim).filter(|query| !query.is_empty()) {
        Some(query) => search(&views.register, query, params.kind, limit),
        None => everyone(&views.register, params.kind, params.after, limit),
    };
    Ok(axum::Json(found))
}

fn search(register: &Register, query: &str, kind: Option<OrgKind>, limit: usize) -> Found {
    let hits = register.search(query, kind, limit);
    let party = |id| register.party(id);
    let parties =
        hits.iter().filter_map(|hit| Some(FoundParty::new(party(hit.party)?, Some(hit.how)))).collect();
    Found { parties, next_after: None }
}

fn everyone(register: &Register, kind: Option<OrgKind>, after: Option<PartyId>, limit: usize) -> Found {
    let fits = |party: &&Party| {
        kind.is_none_or(|kind| party.kind == kind) && after.is_none_or(|after| party.id > after)
    };
    let parties: Vec<FoundParty> =
        register.parties().filter(fits).take(limit).map(|party| FoundParty::new(party, None)).collect();
    let next_after = (parties.len() == limit).then(|| parties.last().map(|party| party.id)).flatten();
    Found { parties, next_after }
}

/// What the register and the ledger know of one party.
#[utoipa::path(
    get, path = "/api/v1/parties/{id}", tag = "parties", summary = "查看主体",
    params(("id" = String, Path, description = "id, credit code, other identifier (/ as %2F), or exact full name")),
    responses((status = 200, description = "The party, its entries, memberships, offices and history", body = Value))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    Segments(id): Segments<String>,
) -> Result<axum::Json<Value>, Problem> {
    let views = state.views();
    let party = find_party(&views.register, &id)?;
    Ok(axum::Json(card(&views, party)))
}

fn card(views: &Views, id: PartyId) -> Value {
    let register = &views.register;
    let named = |id| json!({ "id": id, "name": naming::party(views, id) });
    let chambers: Vec<Value> = register
        .chambers_of(id)
        .iter()
        .map(|membership| json!({ "chamber": named(membership.chamber), "level": membership.level, "joined": membership.joined }))
        .collect();
    let history = views.ledger.history(register, id);
    json!({
        "party": register.party(id),
        "merged": register.entries(id).into_iter().skip(1).collect::<Vec<_>>(),
        "products": register.products(id),
        "founded": register.founded(id),
        "legally_registered": register.legally_registered(id),
        "chambers": chambers,
        "members": register.members_of(id).len(),
        "offices": register.offices(id),
        "history": { "events": history.len(), "first": history.first(), "last": history.last() },
    })
}
