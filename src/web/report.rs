//! `/report`: the figures of a period; `/report/{figure}`: the rows that add up to one; `/report/claims`: published
//! claims beside the log; `/report/article`: the article's rows as the log answers them.

use jinqiao_events::kinds::Kind;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::figures::Period;
use maud::{Markup, html};

use super::context::Context;
use super::frame::Page;
use super::texts::{Text, vocabulary};
use super::{Answer, Failure};
use crate::report::article::{self, RowAnswer};
use crate::report::{self, FigureAnswer, GroupAnswer, Shelf, claims};

/// Most events of a key that are linked; the rest are in the JSON form.
const EVENTS_MAX: usize = 12;
/// Most keys of a figure that are shown.
const KEYS_MAX: usize = 1_000;

/// The period that the address asks for.
fn period(context: &Context) -> Result<Period, Failure> {
    let date = |name: &str| match context.reader.field(name) {
        None => Ok(None),
        Some(text) => {
            text.parse::<Occurred>().map(Some).map_err(|_| Failure::field(Text::WrongDate, &[text]))
        }
    };
    let (from, to) = (date("from")?, date("to")?.unwrap_or_else(|| context.today()));
    if from.is_some_and(|from| from.first_day() > to.last_day()) {
        return Err(Failure::field(Text::PeriodBackwards, &[]));
    }
    Ok(Period { from, to })
}

/// The fields of the address that links keep.
fn kept(context: &Context) -> Vec<(&str, &str)> {
    ["from", "to"].into_iter().filter_map(|name| Some((name, context.reader.field(name)?))).collect()
}

pub(super) fn page(context: &Context, books: &Shelf) -> Answer {
    let period = period(context)?;
    let books = context.books(books)?;
    let report = report::report(&books, period, None, false, context.lang()).map_err(refused)?;
    let body = html! {
        div.head { h1 { (context.say(Text::ReportTitle)) } }
        (form(context))
        p { a href=(context.reader.href("/report/claims", &kept(context))) { (context.say(Text::ClaimsTitle)) } " · "
            a href=(context.reader.href("/report/article", &[])) { (context.say(Text::ArticleTitle)) } " · "
            a href=(context.reader.href("/projects/duplicates", &[])) { (context.say(Text::DuplicatesTitle)) } }
        section.card {
            table.list {
                thead { tr {
                    th { (context.say(Text::Figure)) } th.number { (context.say(Text::Value)) }
                    th { (context.say(Text::Rough)) } th.number { (context.say(Text::EvidenceCount)) }
                    th { (context.say(Text::Counts)) }
                } }
                tbody { @for figure in &report.figures { (line(context, figure)) } }
            }
        }
    };
    Ok(Page { title: context.say(Text::ReportTitle).to_owned(), body }.into())
}

fn refused(refusal: jinqiao_events::decide::Refusal) -> Failure {
    Failure::from(crate::error::AppError::from(refusal))
}

/// The period as a plain form: its address can be saved.
fn form(context: &Context) -> Markup {
    let field = |name: &str| context.reader.field(name).unwrap_or_default().to_owned();
    html! {
        form.filter.screen method="get" {
            label { (context.say(Text::From)) " " input type="text" name="from" value=(field("from")) placeholder="2020-01-01" size="10"; }
            label { (context.say(Text::To)) " " input type="text" name="to" value=(field("to")) placeholder=(context.today()) size="10"; }
            (context.reader.lang_field())
            button { (context.say(Text::Show)) }
        }
    }
}

fn line(context: &Context, figure: &FigureAnswer) -> Markup {
    let href = context.reader.href(&format!("/report/{}", figure.figure), &kept(context));
    html! {
        tr {
            td { (figure.label) }
            td.number { a href=(href) { (whole(figure)) } }
            td { (figure.rough.as_deref().unwrap_or_default()) }
            td.number { (figure.rows) }
            td.note { (figure.filter) }
        }
    }
}

fn whole(figure: &FigureAnswer) -> String {
    figure.of.as_ref().map_or_else(|| figure.text.clone(), |of| format!("{} / {of}", figure.text))
}

pub(super) fn figure(context: &Context, books: &Shelf, name: &str) -> Answer {
    let period = period(context)?;
    let books = context.books(books)?;
    let report = report::report(&books, period, Some(name), true, context.lang()).map_err(refused)?;
    let Some(figure) = report.figures.first() else { return Err(Failure::Page) };
    let groups = figure.evidence.as_deref().unwrap_or_default();
    let body = html! {
        div.head {
            h1 { (figure.label) " " span.mark { (whole(figure)) } }
            p.note { (figure.period) " · " (figure.filter) }
        }
        (form(context))
        @if !figure.parts.is_empty() {
            section.card {
                h2 { (context.say(Text::Parts)) }
                dl { @for (part, value) in &figure.parts {
                    dt { (part) } dd { (part_text(context, figure, value)) }
                } }
            }
        }
        section.card {
            h2 { (context.say(Text::EvidenceEvents)) }
            table.list {
                thead { tr {
                    th.number { (context.say(Text::Rank)) } th { (context.say(Text::Name)) }
                    th.number { (context.say(Text::Adds)) } th { (context.say(Text::EventColumn)) }
                } }
                tbody { @for (number, group) in (1..).zip(groups.iter().take(KEYS_MAX)) {
                    (row(context, figure, number, group))
                } }
            }
            @if groups.len() > KEYS_MAX { p.note { (context.with(Text::KeysMore, &[&KEYS_MAX, &groups.len()])) } }
        }
        @if !figure.left_out.is_empty() {
            section.card {
                h2 { (context.say(Text::LeftOut)) }
                p { @for left in &figure.left_out { (context.event_link(left.position)) " " } }
            }
        }
        p { a href=(context.reader.href("/report", &kept(context))) { (context.say(Text::BackToReport)) } }
    };
    Ok(Page { title: figure.label.to_owned(), body }.into())
}

fn part_text(context: &Context, figure: &FigureAnswer, value: &serde_json::Value) -> String {
    let number = value.as_i64().map(i128::from).unwrap_or_default();
    report::text(number, figure.counter, context.lang())
}

fn row(context: &Context, figure: &FigureAnswer, number: usize, group: &GroupAnswer) -> Markup {
    html! {
        tr {
            td.number { (number) }
            td { (group.label) @if !group.parts.is_empty() { " " span.note { (group.parts.join("、")) } } }
            td.number { (part_text(context, figure, &group.value)) }
            td {
                @for position in group.events.iter().take(EVENTS_MAX) { (context.event_link(*position)) " " }
                @if group.events.len() > EVENTS_MAX { (context.with(Text::EvidenceMore, &[&group.events.len()])) }
            }
        }
    }
}

pub(super) fn claims(context: &Context, books: &Shelf) -> Answer {
    let books = context.books(books)?;
    let claims = claims::reconcile(&books, period(context)?, true, context.lang()).map_err(refused)?;
    let body = html! {
        div.head { h1 { (context.say(Text::ClaimsTitle)) } p.note { (context.say(Text::ClaimsNote)) } }
        (form(context))
        section.card {
            table.list {
                thead { tr {
                    th { (context.say(Text::Verdict)) } th { (context.say(Text::Claimed)) }
                    th.number { (context.say(Text::InLog)) } th { (context.say(Text::ClaimText)) }
                } }
                tbody { @for claim in &claims { tr {
                    td { (claim.sentence) }
                    td { (claim.claimed) }
                    td.number {
                        @if let (Some(figure), Some(measured)) = (claim.figure, &claim.measured) {
                            a href=(context.reader.href(&format!("/report/{figure}"), &kept(context))) { (measured) }
                        }
                    }
                    td { (claim.text) " " span.note { (claim.publication) } }
                } } }
            }
        }
    };
    Ok(Page { title: context.say(Text::ClaimsTitle).to_owned(), body }.into())
}

pub(super) fn article(context: &Context, books: &Shelf) -> Answer {
    let answers = article::answers(context.books(books)?.as_ref(), context.lang());
    let body = html! {
        div.head { h1 { (context.say(Text::ArticleTitle)) } p.note { (context.say(Text::ArticleNote)) } }
        section.card { div.scroll { table.list {
            thead { tr {
                th.number { (context.say(Text::Rank)) } th { (context.say(Text::ArticleNamed)) } th { (context.say(Text::Figure)) }
                th.number { (context.say(Text::Value)) } th { (context.say(Text::ArticleSaid)) } th { (context.say(Text::Verdict)) }
                th.number { (context.say(Text::EvidenceCount)) } th { (context.say(Text::Kind)) }
            } }
            tbody { @for answer in &answers { (article_row(context, answer)) } }
        } } }
        p { a href=(context.reader.href("/report", &[])) { (context.say(Text::BackToReport)) } }
    };
    Ok(Page { title: context.say(Text::ArticleTitle).to_owned(), body }.into())
}

fn article_row(context: &Context, answer: &RowAnswer) -> Markup {
    let verdict = answer.verdict.and_then(|word| vocabulary::value("verdict", word, context.lang()));
    let kinds: Vec<&str> = answer
        .kinds
        .iter()
        .filter_map(|kind| Kind::from_name(kind))
        .map(|kind| context.lang().pick(kind.label_zh(), kind.label_en()))
        .collect();
    let (from, to) = (answer.from.map(|from| from.to_string()), answer.to.to_string());
    let from = from.iter().map(|from| ("from", from.as_str()));
    let period: Vec<(&str, &str)> = from.chain([("to", to.as_str())]).collect();
    html! {
        tr {
            td.number { (answer.row) }
            td { (answer.named) }
            td { (answer.label) @if let Some(part) = answer.part { " · " (part) } br; span.note { (answer.period) } }
            td.number { a href=(context.reader.href(&format!("/report/{}", answer.figure), &period)) { (answer.text) } }
            td { (answer.said.as_deref().unwrap_or_default()) }
            td { (verdict.unwrap_or_default()) }
            td.number { (answer.rows) }
            td.note { (kinds.join(context.lang().pick("、", ", "))) }
        }
    }
}
