//! `/parties/{id}/matches`: whom to introduce to a party, best first, with the reasons of each.

use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::rank::With;
use jinqiao_projections::register::Party;
use maud::{Markup, html};

use super::context::Context;
use super::frame::Page;
use super::texts::Text;
use super::{Answer, Failure, Shown};
use crate::limits::PAGE_TOP_MAX;
use crate::matching::{LineAnswer, ListAnswer, TermAnswer};
use crate::naming;

/// Lines of a list unless the address says otherwise.
const TOP: usize = 20;
/// What the form offers.
const TOPS: [usize; 4] = [10, 20, 50, 100];
/// Most events that a reason links to on the list; the page of the pair links to all.
const EVIDENCE_MAX: usize = 4;
/// Most parties that a why-not question proposes.
const PROPOSED_MAX: usize = 8;

/// What the address asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// With whom.
    pub with: With,
    /// How many lines at most.
    pub top: usize,
    /// Up to which day facts count.
    pub as_of: Occurred,
    /// Whether the address says the day itself.
    pub says_day: bool,
}

impl Asked {
    /// Reads `with`, `top` and `as_of` of the address.
    ///
    /// # Errors
    /// Names the field that cannot be read.
    pub fn of(context: &Context, party: &Party) -> Result<Self, Failure> {
        let reader = &context.reader;
        let with = match reader.field("with") {
            None => With::for_kind(party.kind),
            Some("enterprises") => With::Enterprises,
            Some("chambers") => With::Chambers,
            Some(other) => return Err(Failure::field(Text::WrongWith, &[other])),
        };
        let top = reader.field("top").map_or(Ok(TOP), |typed| {
            let top = typed.parse().ok().filter(|top| (1..=PAGE_TOP_MAX).contains(top));
            top.ok_or_else(|| Failure::field(Text::WrongTop, &[&PAGE_TOP_MAX.to_string(), typed]))
        })?;
        let says_day = reader.field("as_of").is_some();
        let as_of = match reader.field("as_of") {
            None => context.asked_day(),
            Some(typed) => typed.parse().map_err(|_| Failure::field(Text::WrongDate, &[typed]))?,
        };
        Ok(Self { with, top, as_of, says_day })
    }

    /// The day as the address has it, for links that keep it.
    #[must_use]
    pub fn day_field(&self) -> Option<(&'static str, String)> {
        self.says_day.then(|| ("as_of", self.as_of.to_string()))
    }
}

pub(super) fn page(context: &Context, id: &str) -> Answer {
    let party = context.party(id)?;
    if party.id.to_string() != id {
        return Ok(Shown::Elsewhere(context.party_href(party.id, "/matches", &[])));
    }
    let asked = Asked::of(context, party)?;
    let list = context.ground(asked.as_of)?.list(party.id, Some(asked.with), asked.top, context.lang());
    let body = html! {
        div.head {
            h1 { (context.say(Text::MatchesTitle)) " · " (context.party_link(party.id)) }
        }
        (form(context, &asked))
        @match &list {
            Ok(list) => (listing(context, list, &asked)),
            Err(refusal) => section.card { p { (context.refusal(refusal)) } },
        }
        (why_not(context, party, &asked))
    };
    Ok(Page { title: context.with(Text::MatchesOf, &[&party.name]), body }.into())
}

fn form(context: &Context, asked: &Asked) -> Markup {
    let day = asked.as_of.to_string();
    html! {
        form.filter method="get" action=(context.reader.path()) {
            label {
                span { (context.say(Text::With)) }
                select name="with" {
                    option value="enterprises" selected[asked.with == With::Enterprises] { (context.say(Text::Enterprises)) }
                    option value="chambers" selected[asked.with == With::Chambers] { (context.say(Text::ChambersWord)) }
                }
            }
            label {
                span { (context.say(Text::Top)) }
                select name="top" {
                    @for top in TOPS { option value=(top) selected[top == asked.top] { (top) } }
                    @if !TOPS.contains(&asked.top) { option value=(asked.top) selected { (asked.top) } }
                }
            }
            label {
                span { (context.say(Text::AsOf)) }
                input name="as_of" value=(day) size="12" maxlength="10" pattern="[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?";
            }
            (context.reader.lang_field())
            button { (context.say(Text::Show)) }
        }
    }
}

fn listing(context: &Context, list: &ListAnswer, asked: &Asked) -> Markup {
    if list.lines.is_empty() {
        return html! { section.card { p { (context.say(Text::MatchesNone)) } } };
    }
    let scale = Scale::of(list.lines.iter().flat_map(|line| &line.terms));
    let line = context.with(Text::MatchesLine, &[&asked.as_of, &list.pool, &list.lines.len()]);
    html! {
        section.card.matches {
            p.note { (line) (context.lang().pick("。", ". ")) (context.say(Text::HowScored)) }
            div.scroll {
                table {
                    thead {
                        tr {
                            th.number scope="col" { (context.say(Text::Rank)) }
                            th scope="col" { (context.say(Text::Candidate)) }
                            th.number scope="col" { (context.say(Text::Score)) }
                            th scope="col" { (context.say(Text::Reasons)) }
                        }
                    }
                    tbody {
                        @for (at, line) in list.lines.iter().enumerate() {
                            (row(context, list, line, asked, at + 1, scale))
                        }
                    }
                }
            }
            p.note.screen { (context.say(Text::Print)) }
        }
    }
}

fn row(
    context: &Context,
    list: &ListAnswer,
    line: &LineAnswer,
    asked: &Asked,
    rank: usize,
    scale: Scale,
) -> Markup {
    let party = context.views.register.party(line.party);
    html! {
        tr {
            td.number { (rank) }
            td.candidate {
                b { (context.party_link(line.party)) }
                @if let Some(party) = party { p.note { (about(context, party)) } }
                p {
                    a.screen href=(pair_href(context, list.party, line.party, asked)) { (context.say(Text::Detail)) " →" }
                    @if line.open_introduction.is_some() { " " span.mark { (context.say(Text::UnderWay)) } }
                    @if line.is_try { " " span.mark title=(context.say(Text::TryWhy)) { (context.say(Text::Try)) } }
                }
            }
            td.number.score { (points(line.score_micro)) }
            td.reasons {
                @for term in &line.terms { (reason(context, term, scale)) }
            }
        }
    }
}

/// The address of a pair's page.
fn pair_href(context: &Context, party: PartyId, other: PartyId, asked: &Asked) -> String {
    let day = asked.day_field();
    let fields: Vec<(&str, &str)> = day.iter().map(|(name, value)| (*name, value.as_str())).collect();
    context.party_href(party, &format!("/matches/{other}"), &fields)
}

/// Kind, industry and district in one line.
pub(super) fn about(context: &Context, party: &Party) -> String {
    let kind = Some(naming::org_kind(party.kind, context.lang()));
    let industry = party.industry.map(|industry| industry.name_zh());
    let region = party.region.map(|region| region.name_zh());
    [kind, industry, region].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn reason(context: &Context, term: &TermAnswer, scale: Scale) -> Markup {
    html! {
        div.reason {
            span.measure {
                (bar(term.value_micro, scale))
                span.points { (signed(term.value_micro)) }
            }
            span.words {
                b { (term.label) } " " (term.sentence) " "
                span.evidence { (evidence(context, term)) }
            }
        }
    }
}

fn evidence(context: &Context, term: &TermAnswer) -> Markup {
    html! {
        @for position in term.evidence.iter().take(EVIDENCE_MAX) { (context.event_link(*position)) " " }
        @if term.evidence.len() > EVIDENCE_MAX {
            span.note { (context.with(Text::EvidenceMore, &[&term.evidence.len()])) }
        }
    }
}

/// How long bars are: the largest term fills its side, and a side that no term needs takes no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    largest_micro: i64,
    has_negative: bool,
}

/// Width of a bar's picture, in pixels.
const BAR_WIDTH: i64 = 96;

impl Scale {
    /// The scale for bars of these terms.
    #[must_use]
    pub fn of<'a>(terms: impl Iterator<Item = &'a TermAnswer>) -> Self {
        let mut scale = Self { largest_micro: 1, has_negative: false };
        for term in terms {
            scale.largest_micro = scale.largest_micro.max(term.value_micro.saturating_abs());
            scale.has_negative |= term.value_micro < 0;
        }
        scale
    }

    /// Where the axis stands, and how far a bar of that value goes: left edge and width.
    fn span(self, value_micro: i64) -> (i64, i64, i64) {
        let axis = if self.has_negative { BAR_WIDTH / 2 } else { 0 };
        let room = BAR_WIDTH - axis;
        let length =
            i128::from(value_micro.saturating_abs()) * i128::from(room) / i128::from(self.largest_micro);
        let length = i64::try_from(length).unwrap_or(room).clamp(1, room);
        if value_micro < 0 { (axis, axis - length, length) } else { (axis, axis, length) }
    }
}

/// A term as a bar: to the right what adds, to the left what takes away.
#[must_use]
pub fn bar(value_micro: i64, scale: Scale) -> Markup {
    let (axis, left, length) = scale.span(value_micro);
    let class = if value_micro < 0 { "minus" } else { "plus" };
    html! {
        svg.bar width=(BAR_WIDTH) height="12" viewBox=(format!("0 0 {BAR_WIDTH} 12")) role="img" aria-label=(signed(value_micro)) {
            rect.(class) x=(left) y="1" width=(length) height="10" {}
            line.axis x1=(axis) y1="0" x2=(axis) y2="12" {}
        }
    }
}

/// Points to two decimals; the page of the pair shows them in full.
#[must_use]
pub fn points(micro: i64) -> String {
    let hundredths = (micro.unsigned_abs() + 5_000) / 10_000;
    let sign = if micro < 0 && hundredths > 0 { "−" } else { "" };
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The same with its sign.
fn signed(micro: i64) -> String {
    if micro < 0 { points(micro) } else { format!("+{}", points(micro)) }
}

/// A form that asks for one party that is not on the list, and its answers.
fn why_not(context: &Context, party: &Party, asked: &Asked) -> Markup {
    let typed = context.reader.field("why");
    let register = &context.views.register;
    let hits = typed.map(|typed| register.search(typed, None, PROPOSED_MAX)).unwrap_or_default();
    html! {
        section.card.screen id="why" {
            h2 { (context.say(Text::WhyNotOther)) }
            form.filter method="get" action=(format!("{}#why", context.reader.path())) {
                label.grow {
                    span { (context.say(Text::FindLabel)) }
                    input type="search" name="why" value=(typed.unwrap_or_default()) maxlength="100";
                }
                @if let Some((name, day)) = asked.day_field() { input type="hidden" name=(name) value=(day); }
                (context.reader.lang_field())
                button { (context.say(Text::WhyNotAsk)) }
            }
            @if let Some(typed) = typed {
                @if hits.is_empty() {
                    p { (context.with(Text::FoundNone, &[&typed])) }
                } @else {
                    p.note { (context.say(Text::WhyNotChoose)) }
                    ul.starts {
                        @for other in hits.iter().filter_map(|hit| register.party(hit.party)) {
                            li {
                                a href=(pair_href(context, party.id, other.id, asked)) { (other.name) }
                                span.note { (about(context, other)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_rounded_and_signed() {
        assert_eq!(points(6_214_608), "6.21");
        assert_eq!(points(-5_000), "−0.01");
        assert_eq!(points(-4_999), "0.00");
        assert_eq!(signed(i64::MAX), "+9223372036854.78");
    }

    #[test]
    fn bars_stay_in_their_picture_and_point_to_their_side() {
        let both = Scale { largest_micro: 5_000_000, has_negative: true };
        assert_eq!(both.span(5_000_000), (48, 48, 48));
        assert_eq!(both.span(-2_500_000), (48, 24, 24));
        let plus = Scale { largest_micro: 5_000_000, has_negative: false };
        assert_eq!(plus.span(5_000_000), (0, 0, 96));
        assert_eq!(plus.span(1), (0, 0, 1));
    }
}
