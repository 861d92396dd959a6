//! `/work`: what waits for a person, each with the form that answers it, filled in.

use maud::{Markup, html};

use super::Answer;
use super::context::Context;
use super::duplicates;
use super::frame::Page;
use super::record;
use super::texts::{Text, vocabulary};
use crate::naming::Named;
use crate::worklist::{self, BranchTask, Change, CorrectionTask, LinkTask};

pub(super) fn page(context: &Context) -> Answer {
    let log = context.desk().store().log.as_ref();
    let work = worklist::list(log, &context.views, worklist::LINKS_MAX, context.lang())?;
    let body = html! {
        div.head { h1 { (context.say(Text::WorkTitle)) } p.note { (context.say(Text::WorkNote)) } }
        section.card {
            h2 { (context.with(Text::WorkCorrections, &[&work.proposed])) }
            div.scroll { table.list { tbody { @for task in &work.corrections { (correction(context, task)) } } } }
            (more(context, work.corrections.len(), work.proposed))
        }
        section.card {
            h2 { (context.with(Text::WorkDuplicates, &[&work.alike])) }
            (duplicates::table(context, &work.duplicates))
            (more(context, work.duplicates.len(), work.alike))
        }
        section.card {
            h2 { (context.with(Text::WorkBranches, &[&work.unconfirmed])) }
            table.list { tbody { @for task in &work.branches { (branch(context, task)) } } }
            (more(context, work.branches.len(), work.unconfirmed))
        }
        section.card {
            h2 { (context.with(Text::WorkLinks, &[&work.unlinked])) }
            div.scroll { table.list {
                thead { tr {
                    th { (context.say(Text::Name)) } th.number { (context.say(Text::EvidenceCount)) } th { (context.say(Text::WorkCandidates)) }
                } }
                tbody { @for task in &work.links { (link(context, task)) } }
            } }
            @if work.unlinked > work.links.len() { p.note { (context.with(Text::FoundMany, &[&work.links.len()])) } }
        }
    };
    Ok(Page { title: context.say(Text::WorkTitle).to_owned(), body }.into())
}

/// That more wait than are shown.
fn more(context: &Context, shown: usize, all: usize) -> Markup {
    html! { @if all > shown { p.note { (context.with(Text::WorkMore, &[&shown, &all])) } } }
}

/// A link to the form that answers a task, filled in.
pub(super) fn form(context: &Context, kind: &str, fields: &[(&str, &str)], text: Text) -> Markup {
    let href = context.reader.href(&format!("/record/{kind}"), fields);
    html! { a.screen href=(href) { (context.say(text)) } }
}

fn link(context: &Context, task: &LinkTask) -> Markup {
    let party = |named: &Named| named.party.to_string();
    html! {
        tr {
            td.name { (task.name) }
            td.number { (task.times) " " (context.event_link(task.first)) }
            td {
                @if let Some(head) = &task.branch_of {
                    (context.with(Text::WorkBranchOf, &[&head.name])) " "
                    (form(context, "org_registered", &[("name", &task.name), ("kind", "enterprise")], Text::WorkRegister))
                } @else if task.candidates.is_empty() {
                    (form(context, "org_registered", &[("name", &task.name)], Text::WorkRegister))
                }
                @for candidate in &task.candidates {
                    p {
                        (context.party_link(candidate.party)) " "
                        (form(context, "party_linked", &[("name", &task.name), ("party", &party(candidate))], Text::WorkLink))
                    }
                }
            }
        }
    }
}

fn branch(context: &Context, task: &BranchTask) -> Markup {
    let (branch, head) = (task.branch.party.to_string(), task.head_office.party.to_string());
    let fields = [("party", branch.as_str()), ("head_office", &head), ("affiliation", "branch_office")];
    html! {
        tr {
            td { (context.party_link(task.branch.party)) }
            td { (context.with(Text::WorkBranchOf, &[&task.head_office.name])) }
            td { (form(context, "org_affiliated", &fields, Text::WorkConfirm)) }
        }
    }
}

fn correction(context: &Context, task: &CorrectionTask) -> Markup {
    let proposal = task.id.to_string();
    html! {
        tr {
            td { (task.label) " " @if let Some(position) = task.position { (context.event_link(position)) } br; span.note { (task.place) } }
            td { @for change in &task.changes { (changed(context, change)) } }
            td {
                (form(context, "event_corrected", &[(record::PROPOSAL, &proposal)], Text::WorkAccept)) br;
                (form(context, "correction_declined", &[("proposal", &proposal)], Text::WorkDecline))
            }
        }
    }
}

fn changed(context: &Context, change: &Change) -> Markup {
    html! {
        p { (vocabulary::field(&change.field, context.lang())) (context.lang().pick("：", ": ")) del { (change.held_text) } " → " ins { (change.proposed_text) } }
    }
}
