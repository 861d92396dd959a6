//! `/chambers/dormant`, `/chains`, `/chains/{chain}`, `/needs`: how chambers do, where chains have gaps, what was asked for.

use jinqiao_events::duty::Light;
use jinqiao_events::log::Position;
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::occurred::Occurred;
use maud::{Markup, html};

use super::context::Context;
use super::event::money_of;
use super::frame::Page;
use super::project::light;
use super::texts::{Text, vocabulary};
use super::{Answer, Failure};
use crate::chains::{self, ChainAnswer, FillerAnswer, FirmAnswer, SegmentAnswer};
use crate::door;
use crate::dormancy::{self, ChamberAnswer, DormantAnswer};
use crate::liaison::{self, LiaisonAnswer};

/// Most events of a line that are linked.
const EVENTS_MAX: usize = 8;
/// Most lines of a list; the rest are in the JSON form.
const LINES_MAX: usize = 1_000;

/// The day that the address asks for; today when it names none.
fn day(context: &Context) -> Result<Occurred, Failure> {
    match context.reader.field("as_of") {
        None => Ok(context.asked_day()),
        Some(text) => text.parse().map_err(|_| Failure::field(Text::WrongDate, &[text])),
    }
}

fn day_form(context: &Context, more: &Markup) -> Markup {
    html! {
        form.filter.screen method="get" {
            label { span { (context.say(Text::AsOf)) } input type="text" name="as_of" size="10" placeholder=(context.asked_day())
                value=(context.reader.field("as_of").unwrap_or_default()); }
            (more)
            (context.reader.lang_field())
            button { (context.say(Text::Show)) }
        }
    }
}

fn events(context: &Context, positions: &[Position]) -> Markup {
    html! {
        @for position in positions.iter().take(EVENTS_MAX) { (context.event_link(*position)) " " }
        @if positions.len() > EVENTS_MAX { (context.with(Text::EvidenceMore, &[&positions.len()])) }
    }
}

pub(super) fn dormant(context: &Context) -> Answer {
    let answer = dormancy::dormant(&context.views, day(context)?, context.lang());
    let body = html! {
        div.head { h1 { (context.say(Text::DormantTitle)) } p.note { (context.say(Text::DormantNote)) } }
        (day_form(context, &html! {}))
        div.figures {
            @for (colour, count) in answer.lights.iter().rev() { div { b { (count) } (light(context, *colour)) } }
            @for city in &answer.townships {
                div { b { (city.districts_with) " / " (city.districts.len()) } span { (context.say(Text::DistrictsWith)) } }
                div { b { (city.registered) " / " (city.units) } span title=(city.source) { (context.say(Text::TownshipsRegistered)) } }
            }
        }
        section.card { div.scroll { table.list {
            thead { tr { th { (context.say(Text::Light)) } th { (context.say(Text::ChambersWord)) } th.number { (context.say(Text::Members)) } th { (context.say(Text::ClocksTitle)) } } }
            tbody { @for chamber in answer.chambers.iter().take(LINES_MAX) { (chamber_line(context, chamber)) } }
        } } }
        (cleared(context, &answer))
        section.card {
            h2 { (context.say(Text::TownshipsTitle)) }
            @for city in &answer.townships { table.list { tbody { @for district in &city.districts { tr {
                td { (district.name) } td.number { (district.chambers.len()) }
                td { @for chamber in &district.chambers { (context.party_link(chamber.party)) " " } }
            } } } } p.note { (city.source) } }
        }
        @for rules in &answer.rules { p.note { (rules.title) "：" (rules.source) } }
    };
    Ok(Page { title: context.say(Text::DormantTitle).to_owned(), body }.into())
}

fn chamber_line(context: &Context, chamber: &ChamberAnswer) -> Markup {
    let telling = |clock: &&dormancy::ClockAnswer| clock.clock.light != Light::Unknown;
    html! {
        tr {
            td { (light(context, chamber.light)) }
            td.name { (context.party_link(chamber.chamber.party)) }
            td.number { (chamber.members) }
            td { @for clock in chamber.clocks.iter().filter(telling) {
                p { (light(context, clock.clock.light)) " " (clock.label) "：" (clock.sentence) " " (events(context, &clock.clock.evidence)) }
            } }
        }
    }
}

fn cleared(context: &Context, answer: &DormantAnswer) -> Markup {
    html! {
        div.columns {
            section.card {
                h2 { (context.say(Text::CleanUpTitle)) }
                table.list { tbody { @for done in &answer.clean_up { tr {
                    td.date { (done.noted.occurred) } td { (context.party_link(done.chamber.party)) }
                    td { (vocabulary::value("clean_up", done.what, context.lang()).unwrap_or(done.what)) } td { (context.event_link(done.noted.position)) }
                } } } }
                @if let Some(months) = answer.warning.median_months { p { (context.with(Text::LeadTime, &[&months])) } }
                @if !answer.warning.false_alarms.is_empty() { p { (context.with(Text::FalseAlarms, &[&answer.warning.false_alarms.len()])) } }
            }
            section.card {
                h2 { (context.say(Text::DemonstrationsTitle)) }
                table.list { tbody { @for point in &answer.demonstrations { tr {
                    td.date { (point.noted.occurred) } td { (point.name) }
                    td { (vocabulary::label("demonstration", &point.demonstration, context.lang())) } td { (context.event_link(point.noted.position)) }
                } } } }
            }
        }
    }
}

pub(super) fn chain_list(context: &Context) -> Answer {
    let day = day(context)?;
    let chains = chains::list(&context.views, day);
    let bought = chains::purchases(&context.views, None, day);
    let yuan = |fen: i128| money_of(context, fen, Currency::CNY);
    let body = html! {
        div.head { h1 { (context.say(Text::ChainsTitle)) } p.note { (context.say(Text::ChainsNote)) } }
        (day_form(context, &html! {}))
        section.card {
            h2 { (context.say(Text::PurchasesTitle)) }
            div.scroll { table.list {
                thead { tr {
                    th { (context.say(Text::ChambersWord)) } th.number { (context.say(Text::Members)) } th.number { (context.say(Text::PurchasePairs)) }
                    th.number { (context.say(Text::FromMembers)) } th.number { (context.say(Text::BoughtAll)) } th.number { (context.say(Text::MembersShare)) }
                } }
                tbody { @for row in bought.chambers.iter().take(LINES_MAX) { tr {
                    td.name { (context.party_link(row.purchases.chamber)) }
                    td.number { (row.purchases.members) } td.number { (row.purchases.pairs) }
                    td.number { (yuan(row.purchases.from_members_fen)) br; (events(context, &row.purchases.evidence)) }
                    td.number { (yuan(row.purchases.total_fen)) }
                    td.number { @if let Some(milli) = row.purchases.share_milli { (milli / 10) "." (milli % 10) "%" } }
                } } }
            } }
            p.note { (context.with(Text::FirmsAssessed, &[&bought.firms_assessed])) }
        }
        section.card {
            h2 { (context.say(Text::ChainsKnown)) }
            table.list { tbody { @for chain in &chains { tr {
                td { a href=(chain_href(context, &chain.chain)) { (chain.title) } }
                td { (chain.edition) } td.number { (chain.segments) } td.note { (chain.source) }
            } } } }
        }
    };
    Ok(Page { title: context.say(Text::ChainsTitle).to_owned(), body }.into())
}

fn chain_href(context: &Context, chain: &str) -> String {
    context.reader.href(&format!("/chains/{}", super::context::segment(chain)), &[])
}

pub(super) fn chain(context: &Context, named: &str) -> Answer {
    let refused = |refusal: jinqiao_events::decide::Refusal| match refusal.code {
        "chain_unknown" => Failure::Page,
        _ => Failure::from(crate::error::AppError::from(refusal)),
    };
    let typed = context.reader.field("chamber");
    let chamber = typed.map(|typed| door::find_party(&context.views.register, typed)).transpose();
    let answer = chamber.and_then(|it| {
        chains::survey(
            &context.views,
            named,
            it,
            day(context).unwrap_or_else(|_| context.asked_day()),
            context.lang(),
        )
    });
    let answer = answer.map_err(refused)?;
    let field = html! {
        label { span { (context.say(Text::ChambersWord)) } input type="text" name="chamber" value=(typed.unwrap_or_default()); }
    };
    let body = html! {
        div.head {
            h1 { (answer.entry.title) " " span.mark { (answer.entry.edition) } }
            p.note { (context.with(Text::ChainFilled, &[&answer.circle, &answer.parts.len(), &answer.filled])) }
        }
        (day_form(context, &field))
        @for part in &answer.parts { (segment(context, &answer, part)) }
        p.note { (answer.entry.source) }
        p { a href=(context.reader.href("/chains", &[])) { (context.say(Text::ChainsTitle)) } }
    };
    Ok(Page { title: answer.entry.title.clone(), body }.into())
}

fn firm(context: &Context, firm: &FirmAnswer) -> Markup {
    html! { (context.party_link(firm.firm.party)) " " span.note { (firm.why) } " " (events(context, &firm.evidence)) }
}

fn segment(context: &Context, _chain: &ChainAnswer, part: &SegmentAnswer) -> Markup {
    html! {
        section.card {
            h2 {
                (part.name) " "
                @if part.gap { span.light.red { (context.say(Text::ChainGap)) } } @else { span.mark { (part.firms.len()) } }
                @if !part.feeds.is_empty() { " " span.note { "→ " (part.feeds.join("、")) } }
            }
            @if !part.demands.is_empty() { p { (context.say(Text::ChainDemands)) " " (events(context, &part.demands)) } }
            ul { @for it in part.firms.iter().take(LINES_MAX) { li { (firm(context, it)) } } }
            @if part.gap { table.list { tbody { @for it in &part.fillers { (filler(context, it)) } } } }
        }
    }
}

fn filler(context: &Context, filler: &FillerAnswer) -> Markup {
    html! {
        tr {
            td { (context.say(if filler.in_segment { Text::ChainCouldFill } else { Text::ChainNear })) }
            td.name { (firm(context, &filler.firm)) }
            td { @for who in &filler.known_by {
                p { (context.say(Text::ChainKnownBy)) " " (context.party_link(who.who.party)) " ×" (who.times) " " (events(context, &who.evidence)) }
            } }
        }
    }
}

pub(super) fn needs(context: &Context) -> Answer {
    let answer = liaison::liaison(&context.views, day(context)?);
    let body = html! {
        div.head { h1 { (context.say(Text::NeedsTitle)) } p.note { (context.say(Text::NeedsNote)) } }
        (day_form(context, &html! {}))
        (need_lines(context, &answer))
        section.card {
            h2 { (context.with(Text::SuggestionsTitle, &[&answer.suggestions.len()])) }
            div.scroll { table.list { tbody { @for it in answer.suggestions.iter().take(LINES_MAX) { tr {
                td { (it.chamber) } td.text { (it.text) }
                td { @if let Some(status) = it.status { (vocabulary::label("status", &status, context.lang())) } }
                td.number { (context.with(Text::DaysTaken, &[&it.days])) } td { (events(context, &it.evidence)) }
            } } } } }
        }
        section.card {
            h2 { (context.with(Text::GapsTitle, &[&answer.gaps.len(), &answer.meetings])) }
            div.scroll { table.list { tbody { @for it in answer.gaps.iter().take(LINES_MAX) { tr {
                td.date { @if let Some(day) = it.met_on { (day) } } td { (context.party_link(it.a.party)) } td { (context.party_link(it.b.party)) }
                td.number { (context.with(Text::DaysTaken, &[&it.days])) } td { (context.event_link(it.met)) }
            } } } } }
            @if !answer.delegations.is_empty() { h2 { (context.say(Text::DelegationsWaiting)) } }
            table.list { tbody { @for it in &answer.delegations { tr {
                td.date { (it.noted.occurred) } td { (it.title) } td.number { (context.with(Text::DaysTaken, &[&it.days])) } td { (context.event_link(it.noted.position)) }
            } } } }
        }
    };
    Ok(Page { title: context.say(Text::NeedsTitle).to_owned(), body }.into())
}

fn need_lines(context: &Context, answer: &LiaisonAnswer) -> Markup {
    html! {
        section.card {
            h2 { (context.with(Text::NeedsCount, &[&answer.needs.len()])) @if let Some(days) = answer.need_median_days { " " span.mark { (context.with(Text::MedianDays, &[&days])) } } }
            div.scroll { table.list {
                thead { tr { th { (context.say(Text::Light)) } th { (context.say(Text::Name)) } th { (context.say(Text::NeedWhat)) } th { (context.say(Text::NeedOwner)) } th { (context.say(Text::NeedDue)) } th.number {} th {} } }
                tbody { @for it in answer.needs.iter().take(LINES_MAX) { tr {
                    td { (light(context, it.light)) }
                    td.name { (it.party) }
                    td.text { (it.text) br; span.note { (vocabulary::label("type", &it.need_type, context.lang())) } }
                    td { (it.owner.as_deref().unwrap_or("—")) br; span.note {
                        @if let Some(met) = it.met { (context.say(if met { Text::NeedMet } else { Text::NeedNotMet })) }
                        @else if let Some(status) = it.status { (vocabulary::label("status", &status, context.lang())) }
                    } }
                    td.date { @if let Some(due) = it.due { (due) } }
                    td.number { (context.with(Text::DaysTaken, &[&it.days])) }
                    td { (events(context, &it.evidence)) }
                } } }
            } }
        }
    }
}
