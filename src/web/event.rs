//! `/events/{position}`: one event as it was recorded, readable, and as raw JSON.

use std::collections::BTreeSet;
use std::fmt;

use jinqiao_events::kinds::Event;
use jinqiao_events::log::{Position, Source, Stored};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::industry::Industry;
use jinqiao_events::value::money::Money;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::region::Region;
use jinqiao_projections::ledger::Amendment;
use maud::{Markup, html};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::context::Context;
use super::frame::{Page, moment};
use super::texts::{Text, vocabulary};
use super::{Answer, Failure, party};
use crate::naming;

pub(super) fn page(context: &Context, typed: &str) -> Answer {
    let position: Option<Position> =
        typed.parse().ok().filter(|position: &Position| position.to_string() == typed);
    let stored = position.map(|position| context.event(position)).transpose()?.flatten();
    let stored = stored.ok_or_else(|| Failure::Event(typed.to_owned()))?;
    let event = stored.decode().ok().map(|recorded| recorded.event);
    let title = context.with(Text::EventTitle, &[&stored.position]);
    let label = event.as_ref().map_or(stored.kind.as_str(), |event| party::label(context, event));
    let body = html! {
        div.head {
            h1 { (label) " " span.mark { (context.with(Text::EventNumber, &[&stored.position])) } }
            (neighbours(context, stored.position))
        }
        @if context.reader.field("recorded").is_some() { p.done role="status" { (context.say(Text::RecordedNow)) } }
        (amendments(context, &stored))
        section.card {
            h2 { (context.say(Text::Body)) }
            (fields(context, &stored, event.as_ref()))
        }
        section.card { (header(context, &stored)) }
        section.card {
            h2 { (context.say(Text::RawJson)) }
            pre.raw { (stored.to_line().unwrap_or_else(|error| error.to_string())) }
        }
    };
    Ok(Page { title: format!("{label} · {title}"), body }.into())
}

fn neighbours(context: &Context, position: Position) -> Markup {
    let href = |position: Position| context.reader.href(&format!("/events/{position}"), &[]);
    html! {
        p.actions.screen {
            @if position > 1 { a href=(href(position - 1)) { "← " (context.say(Text::Previous)) } " " }
            @if position < context.views.position { a href=(href(position + 1)) { (context.say(Text::Next)) " →" } }
        }
    }
}

/// What later events say of this one.
fn amendments(context: &Context, stored: &Stored) -> Markup {
    let ledger = &context.views.ledger;
    let told = |text: Text, amendment: &Amendment| {
        html! { p.warning { (context.with(text, &[&amendment.reason])) " " (context.event_link(amendment.noted.position)) } }
    };
    html! {
        @for void in ledger.voided().iter().filter(|void| void.event == stored.id) { (told(Text::VoidedBy, void)) }
        @for correction in ledger.corrected().iter().filter(|correction| correction.event == stored.id) {
            (told(Text::CorrectedBy, correction))
        }
    }
}

fn header(context: &Context, stored: &Stored) -> Markup {
    let rows = [
        (Text::Occurred, Some(stored.occurred.to_string())),
        (Text::RecordedAt, Some(moment(stored.recorded_at))),
        (Text::RecordedBy, stored.recorded_by.clone()),
        (Text::Organisation, stored.organisation.clone()),
        (Text::Source, stored.source.as_ref().map(|source| place(context, source))),
        (Text::Programmes, (!stored.programmes.is_empty()).then(|| stored.programmes.join("、"))),
        (Text::Key, stored.key.clone()),
        (Text::EventId, Some(stored.id.to_string())),
    ];
    html! {
        dl {
            @for (label, value) in rows {
                @if let Some(value) = value { dt { (context.say(label)) } dd { (value) } }
            }
        }
    }
}

/// Where an event was read from.
fn place(context: &Context, source: &Source) -> String {
    match (&source.sheet, source.row) {
        (Some(sheet), Some(row)) => context.with(Text::SourceRow, &[&source.file, sheet, &row]),
        (None, Some(row)) => context.with(Text::SourceRow, &[&source.file, &"", &row]),
        (Some(sheet), None) => format!("{} · {sheet}", source.file),
        (None, None) => source.file.clone(),
    }
}

fn fields(context: &Context, stored: &Stored, event: Option<&Event>) -> Markup {
    let body: InOrder = serde_json::from_str(&stored.body).unwrap_or_default();
    let parties = event.cloned().map(party_fields).unwrap_or_default();
    html! {
        dl.body {
            @for (name, value) in &body.0 {
                dt { (vocabulary::field(name, context.lang())) }
                dd { (shown(context, name, value, parties.contains(name.as_str()))) }
            }
        }
    }
}

/// Which fields of an event name parties.
fn party_fields(mut event: Event) -> BTreeSet<&'static str> {
    let mut fields = BTreeSet::new();
    event.each_party_mut(&mut |field, _| {
        fields.insert(field);
    });
    fields
}

/// A value as people read it.
fn shown(context: &Context, field: &str, value: &Value, is_party: bool) -> Markup {
    match value {
        Value::String(text) if is_party => match text.parse::<PartyRef>() {
            Ok(reference) => context.ref_link(&reference),
            Err(_) => html! { (text) },
        },
        Value::String(text) => word(context, field, text),
        Value::Array(items) => html! {
            @for (at, item) in items.iter().enumerate() {
                @if at > 0 { br; }
                (shown(context, field, item, is_party))
            }
        },
        Value::Number(number) => {
            match number.as_u64().filter(|_| matches!(field, "evidence" | "at_position")) {
                Some(position) => context.event_link(position),
                None => html! { (number) },
            }
        }
        Value::Bool(yes) => html! { (context.say(if *yes { Text::Yes } else { Text::No })) },
        Value::Null => html! {},
        Value::Object(fields) => match serde_json::from_value::<Money>(value.clone()) {
            Ok(money) => amount(context, &money),
            Err(_) => html! {
                dl {
                    @for (name, inner) in fields {
                        dt { (vocabulary::field(name, context.lang())) } dd { (shown(context, name, inner, false)) }
                    }
                }
            },
        },
    }
}

fn word(context: &Context, field: &str, text: &str) -> Markup {
    if let Some(label) = vocabulary::value(field, text, context.lang()) {
        return html! { (label) };
    }
    let name = match field {
        "region" => Region::from_code(text).map(|region| region.name_zh()),
        "industry" => text.parse::<Industry>().ok().map(|industry| industry.name_zh()),
        _ => None,
    };
    let introduction = (field == "introduction").then(|| text.parse::<EventId>().ok()).flatten();
    let introduction = introduction.and_then(|id| context.views.ledger.introduction(id));
    html! {
        @if let Some(name) = name { (name) " " span.note { (text) } }
        @else if let Some(introduction) = introduction { (context.event_link(introduction.proposed.position)) }
        @else { (text) }
    }
}

/// An amount: as it was written where it was, and exactly.
pub(super) fn amount(context: &Context, money: &Money) -> Markup {
    let exact = money_of(context, money.fen().get().into(), money.currency());
    let high = money.fen_high().map(|high| money_of(context, high.get().into(), money.currency()));
    html! {
        (exact) @if let Some(high) = high { " – " (high) }
        @if let Some(text) = money.text() { " " span.note { (text) } }
        @if let Some(kind) = money.kind() { " " span.note { (context.lang().pick(kind.label_zh(), kind.label_en())) } }
    }
}

/// A sum of money.
pub(super) fn money_of(context: &Context, fen: i128, currency: Currency) -> String {
    naming::money(fen, currency, context.lang())
}

/// The fields of a body in the order in which they were written.
#[derive(Default)]
pub(super) struct InOrder(pub(super) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for InOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = InOrder;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(InOrder(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}
