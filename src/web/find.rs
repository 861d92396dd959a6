//! `/`: find a party; some figures, and where to start.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::facts::Ends;
use jinqiao_projections::register::Party;
use jinqiao_projections::views::Views;
use maud::{Markup, html};

use super::context::Context;
use super::frame::Page;
use super::texts::{Text, vocabulary};
use super::{Answer, frame};
use crate::naming;

/// Most parties of one search.
const FOUND_MAX: usize = 50;
/// How many chambers and enterprises are named to start from.
const STARTS_MAX: usize = 12;
/// The sorts of organisation, as the form offers them.
const KINDS: [(&str, OrgKind); 7] = [
    ("enterprise", OrgKind::Enterprise),
    ("chamber", OrgKind::Chamber),
    ("government", OrgKind::Government),
    ("institution", OrgKind::Institution),
    ("village", OrgKind::Village),
    ("school", OrgKind::School),
    ("other", OrgKind::Other),
];

/// What the home page tells of the whole log. Kept until the log moves on: it is linear in parties and ties.
#[derive(Debug, Default)]
struct Overview {
    position: Position,
    enterprises: usize,
    chambers: usize,
    others: usize,
    largest_chambers: Vec<(PartyId, usize)>,
    most_active: Vec<(PartyId, u64)>,
}

/// The overview of the newest position that was asked for.
#[derive(Debug, Default)]
pub(super) struct Overviews(Mutex<Arc<Overview>>);

impl Overviews {
    fn of(&self, views: &Views) -> Arc<Overview> {
        // Who comes while it is being made waits for it, instead of making it a second time.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.position != views.position {
            *kept = Arc::new(Overview::of(views));
        }
        Arc::clone(&kept)
    }
}

impl Overview {
    fn of(views: &Views) -> Self {
        let mut overview = Self { position: views.position, ..Self::default() };
        let mut chambers = Vec::new();
        for party in views.register.parties().filter(|party| party.closed.is_none()) {
            match party.kind {
                OrgKind::Enterprise => overview.enterprises += 1,
                OrgKind::Chamber => {
                    overview.chambers += 1;
                    chambers.push((party.id, views.register.members_of(party.id).len()));
                }
                OrgKind::Government
                | OrgKind::Institution
                | OrgKind::Village
                | OrgKind::School
                | OrgKind::Other => {
                    overview.others += 1;
                }
            }
        }
        overview.largest_chambers = most(chambers);
        let enterprise =
            |id: &PartyId| views.register.party(*id).is_some_and(|party| party.kind == OrgKind::Enterprise);
        let active =
            contacts(views).into_iter().filter(|(id, _)| enterprise(id) && views.register.is_open(*id));
        overview.most_active = most(active.collect());
        overview
    }
}

/// The largest of these, equal ones by id.
fn most<N: Copy + Ord>(mut counted: Vec<(PartyId, N)>) -> Vec<(PartyId, N)> {
    counted.sort_by_key(|(id, count)| (Reverse(*count), *id));
    counted.truncate(STARTS_MAX);
    counted
}

/// How often each party is named by a tie.
fn contacts(views: &Views) -> BTreeMap<PartyId, u64> {
    let written = views.facts.written();
    let mut times = vec![0_u64; written.len()];
    for fact in views.facts.all() {
        let ends = match fact.ends {
            Ends::Pair(a, b) => [Some(a), Some(b)],
            Ends::Seat(_, party) => [Some(party), None],
            Ends::Ended(..) => [None, None],
        };
        for end in ends.into_iter().flatten() {
            let slot = usize::try_from(end).ok().and_then(|end| times.get_mut(end));
            slot.into_iter().for_each(|times| *times += 1);
        }
    }
    let mut counted = BTreeMap::new();
    for (reference, times) in written.iter().zip(times) {
        if let Some(party) = views.register.resolve(reference) {
            *counted.entry(party).or_default() += times;
        }
    }
    counted
}

pub(super) fn page(context: &Context, overviews: &Overviews) -> Answer {
    let query = context.reader.field("q");
    let kind = context.reader.field("kind");
    let body = html! {
        section.find {
            h1 { (context.say(Text::FindTitle)) }
            (form(context, query, kind))
        }
        @match query {
            Some(query) => (results(context, query, kind)),
            None => (overview(context, &overviews.of(&context.views))?),
        }
    };
    let title = query.unwrap_or_else(|| context.say(Text::FindTitle));
    Ok(Page { title: title.to_owned(), body }.into())
}

fn form(context: &Context, query: Option<&str>, kind: Option<&str>) -> Markup {
    let lang = context.lang();
    html! {
        form.filter action="/" method="get" role="search" {
            label.grow {
                span { (context.say(Text::FindLabel)) }
                input type="search" name="q" value=(query.unwrap_or_default()) maxlength="100" autofocus[query.is_none()];
            }
            label {
                span { (context.say(Text::FindKind)) }
                select name="kind" {
                    option value="" { (context.say(Text::AnyKind)) }
                    @for (name, sort) in KINDS {
                        option value=(name) selected[kind == Some(name)] { (naming::org_kind(sort, lang)) }
                    }
                }
            }
            (context.reader.lang_field())
            button { (context.say(Text::Find)) }
        }
    }
}

fn results(context: &Context, query: &str, kind: Option<&str>) -> Markup {
    let kind = kind.and_then(|name| KINDS.iter().find(|(known, _)| *known == name)).map(|(_, kind)| *kind);
    let register = &context.views.register;
    let mut hits = register.search(query, kind, FOUND_MAX + 1);
    let many = hits.len() > FOUND_MAX;
    hits.truncate(FOUND_MAX);
    let parties: Vec<&Party> = hits.iter().filter_map(|hit| register.party(hit.party)).collect();
    html! {
        section.card {
            @if parties.is_empty() {
                p { (context.with(Text::FoundNone, &[&query])) }
            } @else {
                p.note {
                    @if many { (context.with(Text::FoundMany, &[&FOUND_MAX])) }
                    @else { (context.with(Text::Found, &[&parties.len()])) }
                }
                (listing(context, &parties))
            }
        }
    }
}

fn listing(context: &Context, parties: &[&Party]) -> Markup {
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        @for heading in [Text::Name, Text::Kind, Text::District, Text::Industry, Text::Chambers] {
                            th scope="col" { (context.say(heading)) }
                        }
                    }
                }
                tbody {
                    @for party in parties {
                        tr {
                            td.name { (context.party_link(party.id)) (closed_mark(context, party)) }
                            td { (naming::org_kind(party.kind, context.lang())) }
                            td { (party.region.map_or("", |region| region.name_zh())) }
                            td { (party.industry.map_or("", |industry| industry.name_zh())) }
                            td { (chambers(context, party)) }
                        }
                    }
                }
            }
        }
    }
}

/// The mark of a party that is closed.
pub(super) fn closed_mark(context: &Context, party: &Party) -> Markup {
    html! { @if party.closed.is_some() { " " span.mark.closed { (context.say(Text::Closed)) } } }
}

fn chambers(context: &Context, party: &Party) -> Markup {
    let memberships = context.views.register.chambers_of(party.id);
    html! {
        @for (at, membership) in memberships.iter().enumerate() {
            @if at > 0 { br; }
            (context.party_link(membership.chamber))
            " " span.note { (vocabulary::label("level", &membership.level, context.lang())) }
        }
    }
}

fn overview(context: &Context, overview: &Overview) -> Result<Markup, super::Failure> {
    if overview.position == 0 {
        return Ok(html! { section.card { p { (context.say(Text::NothingYet)) } } });
    }
    let newest = context.event(overview.position)?.map(|event| frame::moment(event.recorded_at));
    let figures = [
        (overview.position.to_string(), Text::EventsRecorded),
        (overview.enterprises.to_string(), Text::EnterprisesKnown),
        (overview.chambers.to_string(), Text::ChambersKnown),
        (overview.others.to_string(), Text::OthersKnown),
    ];
    Ok(html! {
        section.figures {
            @for (figure, label) in figures {
                div { b { (figure) } span { (context.say(label)) } }
            }
            @if let Some(newest) = newest {
                div.moment { b { (newest) } span { (context.say(Text::NewestEvent)) } }
            }
        }
        div.columns {
            (starts(context, Text::StartFromChambers, Text::MembersCount, &overview.largest_chambers))
            (starts(context, Text::StartFromActive, Text::TiesCount, &overview.most_active))
        }
    })
}

fn starts<N: std::fmt::Display>(
    context: &Context,
    heading: Text,
    count: Text,
    parties: &[(PartyId, N)],
) -> Markup {
    html! {
        @if !parties.is_empty() {
            section.card {
                h2 { (context.say(heading)) }
                ul.starts {
                    @for (party, times) in parties {
                        li { (context.party_link(*party)) span.note { (context.with(count, &[times])) } }
                    }
                }
            }
        }
    }
}
