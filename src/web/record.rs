//! `/record`: the kinds of events; `/record/{kind}`: a form made from the kind's schema. What was typed stays when it is
//! refused, each fault stands beside its field, and a form that is sent twice records once.

use std::collections::BTreeMap;

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::Kind;
use maud::{Markup, html};
use serde_json::json;

use super::context::Context;
use super::frame::Page;
use super::posted::Inputs;
use super::texts::{Text, vocabulary};
use super::{Answer, Failure, Shown};
use crate::desk::REQUEST_KEY_PREFIX;
use crate::door;
use crate::worklist;

mod shape;

use shape::{Fault, Field, Shape, Typed};

/// Blank rows offered below those that were typed.
const SPARE_ROWS: usize = 3;
/// Longest text of a line, as the rules have it.
const TEXT_MAX_CHARS: &str = "2000";
/// The input that carries the token of a form.
const TOKEN: &str = "token";
const OCCURRED: &str = "occurred";
const PROGRAMMES: &str = "programmes";
/// The field of the address that names a proposed correction.
pub(super) const PROPOSAL: &str = "proposal";

/// A form with what was typed into it and what is wrong with it.
struct Form<'a> {
    context: &'a Context,
    kind: Kind,
    fields: Vec<Field>,
    typed: Typed,
    /// By the name of the input; under the empty name what is about no input.
    faults: BTreeMap<String, String>,
}

pub(super) fn index(context: &Context) -> Answer {
    let label = |kind: &Kind| context.lang().pick(kind.label_zh(), kind.label_en());
    let body = html! {
        div.head { h1 { (context.say(Text::RecordTitle)) } p.note { (context.say(Text::RecordPick)) } }
        section.card {
            ul.kinds {
                @for kind in Kind::ALL {
                    li { a href=(address(context, *kind)) { (label(kind)) } " " span.note { (kind.name()) } }
                }
            }
        }
    };
    Ok(Page { title: context.say(Text::RecordTitle).to_owned(), body }.into())
}

fn address(context: &Context, kind: Kind) -> String {
    context.reader.href(&format!("/record/{kind}"), &[])
}

/// The blank form; fields that the address names are filled in (`?chamber=…`).
pub(super) fn blank(context: &Context, kind: &str) -> Answer {
    let kind = Kind::from_name(kind).ok_or(Failure::Page)?;
    let fields = shape::of_kind(kind);
    let mut typed = Typed::from([(OCCURRED.to_owned(), context.today().to_string())]);
    for (name, value) in context.reader.fields() {
        let is_field = fields.iter().any(|field| field.name == name);
        let input = if is_field { format!("body.{name}") } else { name.to_owned() };
        if is_field || name == OCCURRED || name == PROGRAMMES {
            typed.insert(input, value.to_owned());
        }
    }
    if kind == Kind::EventCorrected {
        fill_in_proposal(context, &mut typed);
    }
    typed.insert(TOKEN.to_owned(), context.token());
    Ok(Form { context, kind, fields, typed, faults: BTreeMap::new() }.page().into())
}

/// Fills in the correction that the proposal in the address asks for (`?proposal=…`).
fn fill_in_proposal(context: &Context, typed: &mut Typed) {
    let id = context.reader.field(PROPOSAL).and_then(|id| id.parse().ok());
    let Some(correction) = id.and_then(|id| worklist::proposed_by(&context.views, id)) else { return };
    let mut fill = |input: &str, text: String| drop(typed.insert(format!("body.{input}"), text));
    fill("event", correction.event.to_string());
    fill("body", correction.body.to_string());
    fill("version", correction.version.map(|version| version.to_string()).unwrap_or_default());
    fill("occurred", correction.occurred.map(|day| day.to_string()).unwrap_or_default());
    fill("reason", correction.reason);
}

/// Records what was typed and goes to the event; or shows the form again with what is wrong.
pub(super) fn submit(context: &Context, kind: &str, typed: Inputs) -> Answer {
    let kind = Kind::from_name(kind).ok_or(Failure::Page)?;
    let fields = shape::of_kind(kind);
    let mut form = Form { context, kind, fields, typed, faults: BTreeMap::new() };
    let body = match shape::body(&form.fields, &form.typed) {
        Ok(body) => body,
        Err(faults) => {
            let say = |fault| context.say(said(fault)).to_owned();
            form.faults = faults.into_iter().map(|(input, fault)| (input, say(fault))).collect();
            return Ok(Shown::Refused(form.page()));
        }
    };
    let text = |input: &str| form.typed.get(input).map(|text| text.trim()).unwrap_or_default();
    let programmes: Vec<&str> =
        text(PROGRAMMES).split(['、', '，', ',', '\n']).map(str::trim).filter(|it| !it.is_empty()).collect();
    let event =
        json!({ "kind": kind.name(), "occurred": text(OCCURRED), "body": body, "programmes": programmes });
    let token = text(TOKEN).to_owned();
    let recorded = door::read_draft(event.to_string().as_bytes()).map(|mut draft| {
        draft.key = (!token.is_empty()).then(|| format!("{REQUEST_KEY_PREFIX}page/{token}"));
        draft
    });
    let answer = match recorded {
        Ok(draft) => context.record(draft)?,
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(receipt) => {
            let address = format!("/events/{}", receipt.position);
            Ok(Shown::Done(context.reader.href(&address, &[("recorded", "1")])))
        }
        Err(refusal) => {
            if refusal.code == "key_reused" {
                // Something was recorded under this token before: what stands here now is another.
                form.typed.insert(TOKEN.to_owned(), context.token());
            }
            form.blame(&refusal);
            Ok(Shown::Refused(form.page()))
        }
    }
}

const fn said(fault: Fault) -> Text {
    match fault {
        Fault::Missing => Text::FaultMissing,
        Fault::NotWhole => Text::FaultNotWhole,
        Fault::NotJson => Text::FaultNotJson,
    }
}

impl Form<'_> {
    /// Puts a refusal beside the input that it is about: the one itself, or the one that it is part of.
    fn blame(&mut self, refusal: &Refusal) {
        let pointed = refusal.pointer.trim_start_matches('/').replace('/', ".");
        let mut input = pointed.as_str();
        while !input.is_empty() && !self.inputs(input) {
            input = input.rsplit_once('.').map_or("", |(part, _)| part);
        }
        self.faults.insert(input.to_owned(), self.context.refusal(refusal).to_owned());
    }

    /// Whether the form has that input.
    fn inputs(&self, input: &str) -> bool {
        let is_field = |field: &Field| input == format!("body.{}", field.name);
        input == OCCURRED
            || input == PROGRAMMES
            || self.typed.contains_key(input)
            || self.fields.iter().any(is_field)
    }

    fn page(self) -> Page {
        let context = self.context;
        let label = context.lang().pick(self.kind.label_zh(), self.kind.label_en());
        let token = self.typed.get(TOKEN).map(String::as_str).unwrap_or_default();
        let body = html! {
            div.head { h1 { (context.with(Text::RecordKind, &[&label])) } p.note { (self.kind.name()) } }
            section.card {
                @if !self.faults.is_empty() { p.warning role="alert" { (context.say(Text::RecordRefused)) } }
                @if let Some(fault) = self.faults.get("") { p.error { (fault) } }
                form.record method="post" action=(address(context, self.kind)) {
                    input type="hidden" name=(TOKEN) value=(token);
                    (self.line(OCCURRED, context.say(Text::Occurred), true, &Shape::Date, OCCURRED))
                    @for field in &self.fields {
                        (self.line(&format!("body.{}", field.name), vocabulary::field(&field.name, context.lang()),
                            field.is_required, &field.shape, &field.name))
                    }
                    (self.line(PROGRAMMES, context.say(Text::Programmes), false, &Shape::Text, PROGRAMMES))
                    p.actions { button { (context.say(Text::Record)) } " " a href=(context.reader.href("/record", &[])) { (context.say(Text::RecordOther)) } }
                }
            }
        };
        Page { title: context.with(Text::RecordKind, &[&label]), body }
    }

    /// A field with its label, its input, its hint and its fault.
    fn line(&self, input: &str, label: &str, is_required: bool, shape: &Shape, field: &str) -> Markup {
        let id = id(input);
        let fault = self.faults.get(input);
        let hint = hint(shape).map(|hint| self.context.say(hint));
        html! {
            div.field .wrong[fault.is_some()] {
                label for=(id) { (label) @if is_required { " " span.required { (self.context.say(Text::RequiredMark)) } } }
                (self.control(input, shape, field))
                @if let Some(fault) = fault { p.error id=(format!("{id}-fault")) { (fault) } }
                @if let Some(hint) = hint { p.note { (hint) } }
            }
        }
    }

    fn control(&self, input: &str, shape: &Shape, field: &str) -> Markup {
        let (id, typed) = (id(input), self.typed.get(input).map(String::as_str).unwrap_or_default());
        let wrong = self.faults.contains_key(input).then(|| format!("{id}-fault"));
        match shape {
            Shape::Choice(words) => self.choice(input, words, field),
            Shape::Flag => {
                let words = [("true", Text::Yes), ("false", Text::No)];
                html! {
                    select id=(id) name=(input) aria-describedby=[wrong] {
                        option value="" { "—" }
                        @for (word, text) in words {
                            option value=(word) selected[typed == word] { (self.context.say(text)) }
                        }
                    }
                }
            }
            Shape::List(item) => {
                if let Shape::Choice(words) = item.as_ref() {
                    return self.choices(input, words, field);
                }
                html! { textarea id=(id) name=(input) rows="3" aria-describedby=[wrong] { (typed) } }
            }
            Shape::Json => html! {
                textarea.raw id=(id) name=(input) rows="6" spellcheck="false" aria-describedby=[wrong] { (typed) }
            },
            Shape::Rows(fields) => self.rows(input, fields),
            Shape::Text | Shape::Party | Shape::Date | Shape::Money | Shape::Whole => html! {
                input type="text" id=(id) name=(input) value=(typed) maxlength=(TEXT_MAX_CHARS) autocomplete="off"
                    inputmode=[matches!(shape, Shape::Whole).then_some("numeric")] aria-describedby=[wrong];
            },
        }
    }

    fn choice(&self, input: &str, words: &[String], field: &str) -> Markup {
        let typed = self.typed.get(input).map(String::as_str).unwrap_or_default();
        html! {
            select id=(id(input)) name=(input) {
                option value="" { "—" }
                @for word in words {
                    option value=(word) selected[typed == word] { (self.word(field, word)) }
                }
            }
        }
    }

    fn choices(&self, input: &str, words: &[String], field: &str) -> Markup {
        let typed = self.typed.get(input).map(String::as_str).unwrap_or_default();
        html! {
            div.choices id=(id(input)) {
                @for word in words {
                    label {
                        input type="checkbox" name=(input) value=(word) checked[typed.lines().any(|line| line == word)];
                        " " (self.word(field, word))
                    }
                }
            }
        }
    }

    fn word<'a>(&self, field: &str, word: &'a str) -> &'a str {
        vocabulary::value(field, word, self.context.lang()).unwrap_or(word)
    }

    /// Things with fields of their own: a table with the rows that were typed and some to spare.
    fn rows(&self, input: &str, fields: &[Field]) -> Markup {
        let count = (shape::row_count(input, &self.typed) + SPARE_ROWS).min(shape::ROWS_MAX);
        html! {
            div.scroll { table.rows id=(id(input)) {
                thead { tr { @for field in fields {
                    th { (vocabulary::field(&field.name, self.context.lang())) @if field.is_required { " " span.required { (self.context.say(Text::RequiredMark)) } } }
                } } }
                tbody { @for index in 0..count { tr { @for field in fields {
                    @let name = format!("{input}.{index}.{}", field.name);
                    td {
                        (self.control(&name, &field.shape, &field.name))
                        @if let Some(fault) = self.faults.get(&name) { p.error id=(format!("{}-fault", id(&name))) { (fault) } }
                    }
                } } } }
            } }
        }
    }
}

fn id(input: &str) -> String {
    input.replace('.', "-")
}

const fn hint(shape: &Shape) -> Option<Text> {
    match shape {
        Shape::Party => Some(Text::HintParty),
        Shape::Date => Some(Text::HintDate),
        Shape::Money => Some(Text::HintMoney),
        Shape::Json => Some(Text::HintJson),
        Shape::List(item) if matches!(**item, Shape::Choice(_)) => None,
        Shape::List(_) => Some(Text::HintLines),
        Shape::Text | Shape::Whole | Shape::Flag | Shape::Choice(_) | Shape::Rows(_) => None,
    }
}

#[cfg(test)]
mod tests;
