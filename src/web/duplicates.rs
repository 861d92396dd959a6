//! `/projects/duplicates`: pairs of projects that may be one, for an officer to look at.

use maud::{Markup, html};

use super::Answer;
use super::context::Context;
use super::frame::Page;
use super::texts::Text;
use crate::duplicates::{self, DuplicateAnswer, Face};

pub(super) fn page(context: &Context) -> Answer {
    let answer = duplicates::proposed(&context.views, context.lang());
    let body = html! {
        div.head {
            h1 { (context.say(Text::DuplicatesTitle)) }
            p.note { (context.with(Text::DuplicatesNote, &[&answer.projects, &answer.proposed.len()])) }
        }
        section.card {
            @if answer.proposed.is_empty() { p { (context.say(Text::DuplicatesNone)) } } @else {
                table.list {
                    thead { tr {
                        th { (context.say(Text::OriginalProject)) } th { (context.say(Text::LikeProject)) }
                        th { (context.say(Text::AgreesIn)) }
                    } }
                    tbody { @for pair in &answer.proposed { (line(context, pair)) } }
                }
            }
        }
    };
    Ok(Page { title: context.say(Text::DuplicatesTitle).to_owned(), body }.into())
}

fn line(context: &Context, pair: &DuplicateAnswer) -> Markup {
    html! { tr { td { (face(context, &pair.of)) } td { (face(context, &pair.project)) } td { (pair.sentence) } } }
}

fn face(context: &Context, face: &Face) -> Markup {
    html! {
        (face.project) " " (face.title) " " (context.event_link(face.first))
        div.note { (face.investors.join("、")) }
    }
}
