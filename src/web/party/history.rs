//! The history of a party: every event that names it, newest first, a page at a time.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Event;
use jinqiao_events::log::{Position, Stored};
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::register::Face;
use maud::{Markup, html};
use serde_json::Value;

use crate::web::context::Context;
use crate::web::ego::cut;
use crate::web::failure::Failure;
use crate::web::texts::Text;

/// Events of one page.
const PAGE: usize = 50;
/// Most others that a line names.
const OTHERS_MAX: usize = 4;
/// Columns of the words that a line shows of an event.
const GIST_COLUMNS: usize = 64;
/// What tells best what an event is about, best first.
const GIST_FIELDS: [&str; 9] =
    ["title", "text", "goods", "subject", "topic", "activity", "group", "name", "reason"];

pub(super) fn section(context: &Context, party: PartyId) -> Result<Markup, Failure> {
    let history = context.views.ledger.history(&context.views.register, party);
    let before = before(context)?;
    let end = history.partition_point(|position| *position < before);
    let older = end.saturating_sub(PAGE);
    let shown = history.get(older..end).unwrap_or_default();
    let rows = rows(context, Some(party), shown.iter().rev().copied())?;
    let oldest = shown.first().filter(|_| older > 0).map(ToString::to_string);
    Ok(html! {
        section.card.history id="history" {
            h2 { (context.say(Text::History)) " " span.note { (context.with(Text::HistoryCount, &[&history.len()])) } }
            @if rows.is_empty() { p.note { (context.say(Text::HistoryNone)) } } @else { (table(context, &rows)) }
            p.pages {
                @if before != Position::MAX {
                    a href=(context.party_href(party, "", &[])) { "← " (context.say(Text::Newest)) } " "
                }
                @if let Some(oldest) = oldest {
                    a href=(context.party_href(party, "", &[("before", &oldest)]) + "#history") { (context.say(Text::Older)) " →" }
                }
            }
        }
    })
}

/// These events as a table, in the order given.
pub(in crate::web) fn events(
    context: &Context,
    positions: impl Iterator<Item = Position>,
) -> Result<Markup, Failure> {
    Ok(table(context, &rows(context, None, positions)?))
}

fn rows(
    context: &Context,
    party: Option<PartyId>,
    positions: impl Iterator<Item = Position>,
) -> Result<Vec<Markup>, Failure> {
    positions.map(|position| row(context, party, position)).collect()
}

fn before(context: &Context) -> Result<Position, Failure> {
    let Some(typed) = context.reader.field("before") else {
        return Ok(Position::MAX);
    };
    typed.parse().map_err(|_| Failure::field(Text::WrongBefore, &[typed]))
}

fn table(context: &Context, rows: &[Markup]) -> Markup {
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        @for heading in [Text::Date, Text::What, Text::WithWhom, Text::About] {
                            th scope="col" { (context.say(heading)) }
                        }
                        th.number scope="col" { (context.say(Text::EventColumn)) }
                    }
                }
                tbody { @for row in rows { (row) } }
            }
        }
    }
}

fn row(context: &Context, party: Option<PartyId>, position: Position) -> Result<Markup, Failure> {
    let Some(stored) = context.event(position)? else {
        return Ok(html! {});
    };
    let event = stored.decode().ok().map(|recorded| recorded.event);
    Ok(html! {
        tr {
            td.date { (stored.occurred) }
            td.kind { @match &event { Some(event) => (label(context, event)), None => (stored.kind) } }
            td.name { @if let Some(event) = &event { (others(context, party, event)) } }
            td.text { (gist(&stored)) }
            td.number { (context.event_link(position)) }
        }
    })
}

/// The label of an event's kind.
pub(in crate::web) fn label(context: &Context, event: &Event) -> &'static str {
    let kind = event.kind();
    context.lang().pick(kind.label_zh(), kind.label_en())
}

/// The parties of an event, other than the one whose history it is; once each.
fn others(context: &Context, party: Option<PartyId>, event: &Event) -> Markup {
    let mut seen: BTreeSet<Face> = party.map(Face::Party).into_iter().collect();
    let mut links = Vec::new();
    event.each_party(&mut |reference| {
        if seen.insert(context.reading(reference)) {
            links.push(context.ref_link(reference));
        }
    });
    html! {
        @for (at, link) in links.iter().take(OTHERS_MAX).enumerate() { @if at > 0 { br; } (link) }
        @if links.len() > OTHERS_MAX { " " span.note { (context.with(Text::AndMore, &[&links.len()])) } }
    }
}

/// A few words that tell what an event is about.
fn gist(stored: &Stored) -> String {
    let body: Value = serde_json::from_str(&stored.body).unwrap_or_default();
    let told = GIST_FIELDS.iter().find_map(|field| body.get(field).and_then(Value::as_str));
    cut(told.unwrap_or_default(), GIST_COLUMNS)
}
