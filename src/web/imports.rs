//! `/imports`: the files that were read; `/imports/{import}`: what one added and what rests on it, with the way to take
//! it back.

use jinqiao_events::kinds::Kind;
use maud::{Markup, html};

use super::context::Context;
use super::frame::{Page, moment};
use super::posted::Inputs;
use super::texts::{Text, vocabulary};
use super::{Answer, Failure, Shown};
use crate::error::AppError;
use crate::undoing::{self, Dependent, ImportEntry, UndoAnswer};

/// Most events that are linked; the rest are in the JSON form.
const EVENTS_MAX: usize = 500;

pub(super) fn list(context: &Context) -> Answer {
    let imports = undoing::imports(context.desk())?;
    let body = html! {
        div.head { h1 { (context.say(Text::ImportsTitle)) } p.note { (context.say(Text::ImportsNote)) } }
        section.card {
            @if imports.is_empty() { p { (context.say(Text::ImportsNone)) } }
            @else { div.scroll { table.list {
                thead { tr {
                    th { (context.say(Text::RecordedAt)) } th { (context.say(Text::ImportFile)) } th { (context.say(Text::ImportForm)) }
                    th.number { (context.say(Text::ImportAdded)) } th.number { (context.say(Text::ImportVoided)) } th {}
                } }
                tbody { @for import in &imports { (line(context, import)) } }
            } } }
        }
    };
    Ok(Page { title: context.say(Text::ImportsTitle).to_owned(), body }.into())
}

fn line(context: &Context, import: &ImportEntry) -> Markup {
    let href = context.reader.href(&format!("/imports/{}", import.position), &[]);
    html! {
        tr {
            td.date { (moment(import.recorded_at)) }
            td.name { a href=(href) { (import.file.as_deref().unwrap_or("—")) } }
            td { (vocabulary::label("form", &import.form, context.lang())) }
            td.number { (import.added) }
            td.number { (import.voided) }
            td { @if import.undone { span.mark { (context.say(Text::ImportUndone)) } } }
        }
    }
}

pub(super) fn page(context: &Context, import: &str) -> Answer {
    let foreseen = undoing::undo(context.desk(), import, None, true, context.lang()).map_err(gone)?;
    Ok(shown(context, &foreseen).into())
}

/// Takes an import back and shows what became of it.
pub(super) fn undo(context: &Context, import: &str, typed: &Inputs) -> Answer {
    let reason = typed.get("reason").map(|reason| reason.trim()).filter(|reason| !reason.is_empty());
    let done = undoing::undo(context.desk(), import, reason, false, context.lang())?;
    let address = context.reader.href(&format!("/imports/{}", done.import.position), &[("done", "1")]);
    Ok(Shown::Done(address))
}

fn gone(error: AppError) -> Failure {
    if error.code() == "import_unknown" { Failure::Page } else { error.into() }
}

fn shown(context: &Context, answer: &UndoAnswer) -> Page {
    let import = &answer.import;
    let title = import.file.clone().unwrap_or_else(|| format!("#{}", import.position));
    let label = |kind: &str| {
        Kind::from_name(kind).map_or_else(
            || kind.to_owned(),
            |kind| context.lang().pick(kind.label_zh(), kind.label_en()).to_owned(),
        )
    };
    let body = html! {
        div.head {
            h1 { (title) " " span.mark { (vocabulary::label("form", &import.form, context.lang())) } }
            p.note { (moment(import.recorded_at)) " · " (context.event_link(import.position)) }
        }
        @if import.undone { p.done role="status" { (context.with(Text::ImportUndoneNote, &[&import.voided])) } }
        section.card {
            h2 { (context.with(Text::ImportStands, &[&(import.added - import.voided)])) }
            table.list { tbody { @for (kind, count) in &answer.by_kind {
                tr { td { (label(kind)) } td.number { (count) } }
            } } }
        }
        section.card {
            h2 { (context.with(Text::ImportDepends, &[&answer.depends.len()])) }
            p.note { (context.say(Text::ImportDependsNote)) }
            div.scroll { table.list { tbody { @for event in answer.depends.iter().take(EVENTS_MAX) { (dependent(context, event)) } } } }
            @if answer.depends.len() > EVENTS_MAX { p.note { (context.with(Text::KeysMore, &[&EVENTS_MAX, &answer.depends.len()])) } }
        }
        @if !import.undone { (form(context, import)) }
        p { a href=(context.reader.href("/imports", &[])) { (context.say(Text::ImportsTitle)) } }
    };
    Page { title, body }
}

fn dependent(context: &Context, event: &Dependent) -> Markup {
    html! {
        tr {
            td { (context.event_link(event.position)) }
            td.date { (event.occurred) }
            td { (event.label) }
            td.note { (event.by.join(" ")) }
        }
    }
}

fn form(context: &Context, import: &ImportEntry) -> Markup {
    html! {
        section.card.screen {
            h2 { (context.say(Text::UndoTitle)) }
            p { (context.say(Text::UndoNote)) }
            form.record method="post" action=(context.reader.href(&format!("/imports/{}", import.position), &[])) {
                div.field {
                    label for="reason" { (context.say(Text::UndoReason)) }
                    input type="text" id="reason" name="reason" maxlength="200" autocomplete="off";
                }
                p.actions { button.danger { (context.say(Text::Undo)) } }
            }
        }
    }
}
