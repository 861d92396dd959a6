//! `/parties/{id}/matches/{other}`: why, and why not, to introduce these two, with every event behind it.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Kind;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::rank::WhyNot;
use jinqiao_projections::register::Party;
use maud::{Markup, html};

use super::context::Context;
use super::frame::Page;
use super::matches::{Asked, Scale, about, bar};
use super::texts::Text;
use super::{Answer, Failure, Shown, party};
use crate::matching::{ExplainAnswer, WhyNotAnswer};

pub(super) fn page(context: &Context, id: &str, other_id: &str) -> Answer {
    let (party, other) = (context.party(id)?, context.party(other_id)?);
    if party.id.to_string() != id || other.id.to_string() != other_id {
        return Ok(Shown::Elsewhere(href(context, party.id, other.id, None)));
    }
    let asked = Asked::of(context, party)?;
    let explanation = context.ground(asked.as_of)?.explain(party.id, other.id, context.lang());
    let day = asked.day_field();
    let list_fields: Vec<(&str, &str)> = day.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = html! {
        (head(context, party, other))
        @match &explanation {
            Ok(explanation) => (answer(context, explanation)?),
            Err(refusal) => section.card { p { (context.refusal(refusal)) } },
        }
        p.actions.screen {
            a href=(context.party_href(party.id, "/matches", &list_fields)) { "← " (context.say(Text::BackToList)) }
            a href=(href(context, other.id, party.id, day.as_ref().map(|(_, day)| day.as_str()))) {
                (context.say(Text::OtherWay)) " →"
            }
        }
    };
    Ok(Page { title: context.with(Text::PairTitle, &[&party.name, &other.name]), body }.into())
}

fn href(context: &Context, party: PartyId, other: PartyId, day: Option<&str>) -> String {
    let fields: Vec<(&str, &str)> = day.map(|day| ("as_of", day)).into_iter().collect();
    context.party_href(party, &format!("/matches/{other}"), &fields)
}

fn head(context: &Context, party: &Party, other: &Party) -> Markup {
    html! {
        div.head.pair {
            @for (at, side) in [party, other].into_iter().enumerate() {
                @if at > 0 { span.with { "↔" } }
                div {
                    h1 { (context.party_link(side.id)) }
                    p.note { (about(context, side)) }
                }
            }
        }
    }
}

fn answer(context: &Context, explanation: &ExplainAnswer) -> Result<Markup, Failure> {
    let place = match explanation.rank {
        Some(rank) => context.with(Text::PairRank, &[&rank, &explanation.pool]),
        None => context.say(Text::PairNotListed).to_owned(),
    };
    Ok(html! {
        section.card {
            p.verdict {
                b { (place) }
                @if explanation.open_introduction.is_some() { " " span.mark { (context.say(Text::UnderWay)) } }
            }
            @if explanation.is_try { p.note { span.mark { (context.say(Text::Try)) } " " (context.say(Text::TryWhy)) } }
            @if !explanation.why_not.is_empty() { (against(context, &explanation.why_not)) }
            h2 { (context.say(Text::WhyFor)) }
            @if explanation.terms.is_empty() {
                p { (context.say(Text::NoTerm)) }
            } @else {
                (terms(context, explanation))
            }
        }
        @if !explanation.warm_paths.is_empty() { (introducers(context, explanation)) }
        (steps(context, explanation))
        (evidence(context, explanation)?)
    })
}

/// What a person may do about the two: forms with both sides filled in. People decide; nothing is recorded by looking.
fn steps(context: &Context, explanation: &ExplainAnswer) -> Markup {
    let (a, b) = (context.written(explanation.party), context.written(explanation.other));
    let [side_a, side_b] = [("a", a.as_str()), ("b", b.as_str())];
    let is_avoided =
        explanation.why_not.iter().any(|why| matches!(why.reason, WhyNot::DoNotIntroduce { .. }));
    html! {
        section.card.screen {
            h2 { (context.say(Text::NextSteps)) }
            ul.steps {
                @if let Some(id) = explanation.open_introduction {
                    @let id = id.to_string();
                    @for kind in [Kind::IntroductionConsented, Kind::IntroductionDeclined] {
                        @for side in [&a, &b] {
                            (form(context, kind, &[("introduction", &id), ("side", side)], side))
                        }
                    }
                    (form(context, Kind::MeetingHeld, &[side_a, side_b, ("introduction", &id)], ""))
                    (form(context, Kind::OutcomeReported, &[("introduction", &id)], ""))
                    (form(context, Kind::IntroductionExpired, &[("introduction", &id)], ""))
                } @else if !is_avoided {
                    (form(context, Kind::IntroductionProposed, &[side_a, side_b], ""))
                }
                @if is_avoided { (form(context, Kind::DoNotIntroduceLifted, &[side_a, side_b], "")) }
                @else { (form(context, Kind::DoNotIntroduceSet, &[side_a, side_b], "")) }
            }
        }
    }
}

/// A line that leads to the form of a kind, filled in; `of` says whose answer it is.
fn form(context: &Context, kind: Kind, fields: &[(&str, &str)], of: &str) -> Markup {
    let label = context.lang().pick(kind.label_zh(), kind.label_en());
    let href = context.reader.href(&format!("/record/{kind}"), fields);
    html! { li { a href=(href) { (label) @if !of.is_empty() { " · " (of) } " →" } } }
}

/// Who could introduce them, most reliable first.
fn introducers(context: &Context, explanation: &ExplainAnswer) -> Markup {
    html! {
        section.card {
            h2 { (context.say(Text::Introducers)) }
            ol {
                @for path in &explanation.warm_paths {
                    li {
                        @for (at, broker) in path.brokers.iter().enumerate() {
                            @if at > 0 { " → " }
                            (context.party_link(broker.party))
                        }
                        " " (path.sentence)
                    }
                }
            }
        }
    }
}

fn against(context: &Context, why_not: &[WhyNotAnswer]) -> Markup {
    html! {
        h2 { (context.say(Text::WhyAgainst)) }
        ul.against {
            @for reason in why_not {
                li {
                    (reason.sentence)
                    @if let Some(since) = since(reason.reason) { " " (context.event_link(since)) }
                }
            }
        }
    }
}

/// The event that a reason against rests on.
const fn since(reason: WhyNot) -> Option<Position> {
    match reason {
        WhyNot::AlreadyDeals { since } | WhyNot::Belongs { since } | WhyNot::DoNotIntroduce { since } => {
            Some(since)
        }
        WhyNot::SameParty | WhyNot::Closed | WhyNot::OtherKind | WhyNot::NoTies | WhyNot::NoPath => None,
    }
}

fn terms(context: &Context, explanation: &ExplainAnswer) -> Markup {
    let scale = Scale::of(explanation.terms.iter());
    html! {
        div.scroll {
            table.terms {
                thead {
                    tr {
                        th scope="col" { (context.say(Text::Term)) }
                        th scope="col" {}
                        th.number scope="col" { (context.say(Text::Points)) }
                        th scope="col" { (context.say(Text::Sentence)) }
                    }
                }
                tbody {
                    @for term in &explanation.terms {
                        tr {
                            td { (term.label) }
                            td { (bar(term.value_micro, scale)) }
                            td.number { (grouped(term.value_micro)) }
                            td.text { (term.sentence) }
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" { (context.say(Text::Total)) }
                        td {}
                        td.number { (grouped(explanation.score_micro)) }
                        td {}
                    }
                }
            }
        }
    }
}

fn evidence(context: &Context, explanation: &ExplainAnswer) -> Result<Markup, Failure> {
    let of_terms = explanation.terms.iter().flat_map(|term| &term.evidence).copied();
    let of_paths = explanation.terms.iter().flat_map(|term| &term.paths).flat_map(|path| &path.steps);
    let of_paths = of_paths.flat_map(|step| &step.evidence).copied();
    let of_warm = explanation.warm_paths.iter().flat_map(|path| &path.steps).flat_map(|step| &step.evidence);
    let of_paths = of_paths.chain(of_warm.copied());
    let against = explanation.why_not.iter().filter_map(|reason| since(reason.reason));
    let positions: BTreeSet<Position> = of_terms.chain(of_paths).chain(against).collect();
    Ok(html! {
        @if !positions.is_empty() {
            section.card {
                h2 { (context.say(Text::EvidenceEvents)) }
                (party::events(context, positions.iter().copied())?)
            }
        }
    })
}

/// A number with its thousands set apart.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::from(if number < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(6_214_608), "6,214,608");
        assert_eq!(grouped(-999), "−999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(0), "0");
    }
}
