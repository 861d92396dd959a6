//! `/projects/duplicates`: pairs of projects that may be one, for an officer to look at.

use maud::{Markup, html};

use super::Answer;
use super::context::Context;
use super::frame::Page;
use super::texts::Text;
use super::{project, work};
use crate::duplicates::{self, DuplicateAnswer, Face};

pub(super) fn page(context: &Context) -> Answer {
    let answer = duplicates::proposed(&context.views, context.lang(), usize::MAX);
    let body = html! {
        div.head {
            h1 { (context.say(Text::DuplicatesTitle)) }
            p.note { (context.with(Text::DuplicatesNote, &[&answer.projects, &answer.proposed.len()])) }
        }
        section.card {
            @if answer.proposed.is_empty() { p { (context.say(Text::DuplicatesNone)) } }
            (table(context, &answer.proposed))
        }
    };
    Ok(Page { title: context.say(Text::DuplicatesTitle).to_owned(), body }.into())
}

/// The pairs, each with the two forms that answer it, filled in.
pub(super) fn table(context: &Context, pairs: &[DuplicateAnswer]) -> Markup {
    html! {
        @if !pairs.is_empty() { div.scroll { table.list {
            thead { tr {
                th { (context.say(Text::OriginalProject)) } th { (context.say(Text::LikeProject)) }
                th { (context.say(Text::AgreesIn)) } th {}
            } }
            tbody { @for pair in pairs { (line(context, pair)) } }
        } } }
    }
}

fn line(context: &Context, pair: &DuplicateAnswer) -> Markup {
    let keys = [("project", pair.project.project.as_str()), ("of", pair.of.project.as_str())];
    let found = |finding: &str, text: Text| {
        let fields = [keys[0], keys[1], ("finding", finding), ("reason", pair.sentence.as_str())];
        work::form(context, "project_duplicate_marked", &fields, text)
    };
    html! {
        tr {
            td { (face(context, &pair.of)) }
            td { (face(context, &pair.project)) }
            td { (pair.sentence) }
            td.screen {
                (found("duplicate", Text::WorkDuplicate)) br;
                (found("distinct", Text::WorkDistinct))
            }
        }
    }
}

fn face(context: &Context, face: &Face) -> Markup {
    html! {
        a href=(project::href(context, face.project.as_str(), &[])) { (face.project) } " " (face.title) " " (context.event_link(face.first))
        div.note { (face.investors.join("、")) }
    }
}
