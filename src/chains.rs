//! Chains and purchases among members (链团) as doors hand them out, with names.

use jinqiao_events::decide::Refusal;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::chain_group::{self, ChamberPurchases, Edition, Filler, Placing, SegmentState};
use jinqiao_projections::register::Noted;
use jinqiao_projections::views::Views;
use serde::Serialize;

use crate::config::Lang;
use crate::naming::{self, Named};

/// A chain on the list.
#[derive(Debug, Serialize)]
pub struct ChainEntry {
    /// Its key.
    pub chain: String,
    /// What it is called.
    pub title: String,
    /// The edition that holds.
    pub edition: String,
    /// Who defined it, and which part is ours.
    pub source: String,
    /// How many segments it has.
    pub segments: usize,
    /// The event that defines it; none where it ships with the program.
    pub defined: Option<Noted>,
}

/// A chain, surveyed.
#[derive(Debug, Serialize)]
pub struct ChainAnswer {
    /// The chain.
    #[serde(flatten)]
    pub entry: ChainEntry,
    /// The chamber whose members were looked at; none for all enterprises of its region.
    pub chamber: Option<Named>,
    /// As of the end of this day.
    pub as_of: Occurred,
    /// Up to this event.
    pub position: Position,
    /// Enterprises looked at.
    pub circle: usize,
    /// Segments with a firm.
    pub filled: usize,
    /// Its segments.
    pub parts: Vec<SegmentAnswer>,
}

/// One segment.
#[derive(Debug, Serialize)]
pub struct SegmentAnswer {
    /// Its name.
    pub name: String,
    /// Segments downstream.
    pub feeds: Vec<String>,
    /// True when no firm of the circle is in it (缺环).
    pub gap: bool,
    /// Firms in it.
    pub firms: Vec<FirmAnswer>,
    /// For a gap: who could fill it.
    pub fillers: Vec<FillerAnswer>,
    /// Demands of the circle that a firm of this segment could meet.
    pub demands: Vec<Position>,
}

/// A firm with why it is there.
#[derive(Debug, Serialize)]
pub struct FirmAnswer {
    /// The firm.
    #[serde(flatten)]
    pub firm: Named,
    /// Why.
    pub why: String,
    /// The events that say so.
    pub evidence: Vec<Position>,
}

/// A firm that could fill a gap.
#[derive(Debug, Serialize)]
pub struct FillerAnswer {
    /// The firm, and why.
    #[serde(flatten)]
    pub firm: FirmAnswer,
    /// True when it is in the segment itself; false when it is of the same division of industry.
    pub in_segment: bool,
    /// Who of the circle knows it.
    pub known_by: Vec<KnowerAnswer>,
}

/// Somebody who knows a firm.
#[derive(Debug, Serialize)]
pub struct KnowerAnswer {
    /// Who.
    #[serde(flatten)]
    pub who: Named,
    /// How often they were in touch.
    pub times: usize,
    /// The latest events of it.
    pub evidence: Vec<Position>,
}

/// What the members of chambers bought of each other.
#[derive(Debug, Serialize)]
pub struct PurchasesAnswer {
    /// First day, if one was asked for.
    pub from: Option<Occurred>,
    /// Last day.
    pub to: Occurred,
    /// Up to this event.
    pub position: Position,
    /// Chambers whose members bought anything, the most bought from members first.
    pub chambers: Vec<ChamberAnswer>,
    /// How many firms' capabilities were assessed by the last day (摸底评估).
    pub firms_assessed: usize,
}

/// One chamber.
#[derive(Debug, Serialize)]
pub struct ChamberAnswer {
    /// What it is called.
    pub name: String,
    /// What was bought.
    #[serde(flatten)]
    pub purchases: ChamberPurchases,
}

/// Every chain in the edition that holds on a day.
#[must_use]
pub fn list(views: &Views, day: Occurred) -> Vec<ChainEntry> {
    views.chain_group.editions(day).into_iter().map(entry).collect()
}

fn entry(edition: Edition<'_>) -> ChainEntry {
    let chain = edition.chain;
    ChainEntry {
        chain: chain.chain.to_string(),
        title: chain.title.clone(),
        edition: chain.edition.clone(),
        source: chain.source.clone(),
        segments: chain.segments.len(),
        defined: edition.noted,
    }
}

/// A chain, surveyed for the members of a chamber or for its region.
///
/// # Errors
/// `chain_unknown`.
pub fn survey(
    views: &Views,
    named: &str,
    chamber: Option<PartyId>,
    day: Occurred,
    lang: Lang,
) -> Result<ChainAnswer, Refusal> {
    let edition = views.chain_group.edition(named, day).ok_or_else(|| unknown(views, named, day))?;
    let survey = chain_group::survey(views, edition.chain, chamber, day);
    Ok(ChainAnswer {
        entry: entry(edition),
        chamber: chamber.map(|chamber| naming::named(views, chamber)),
        as_of: day,
        position: views.position,
        circle: survey.circle,
        filled: survey.filled,
        parts: survey.segments.into_iter().map(|segment| part(views, segment, lang)).collect(),
    })
}

fn part(views: &Views, segment: SegmentState, lang: Lang) -> SegmentAnswer {
    let firm = |party: PartyId, by: &Placing, evidence: Vec<Position>| FirmAnswer {
        firm: naming::named(views, party),
        why: why(by, lang),
        evidence,
    };
    let filler = |it: Filler| FillerAnswer {
        firm: firm(it.party, &it.by, it.evidence),
        in_segment: it.in_segment,
        known_by: it
            .known_by
            .into_iter()
            .map(|knower| KnowerAnswer {
                who: naming::named(views, knower.party),
                times: knower.times,
                evidence: knower.evidence,
            })
            .collect(),
    };
    SegmentAnswer {
        name: segment.name,
        feeds: segment.feeds,
        gap: segment.gap,
        firms: segment.firms.into_iter().map(|it| firm(it.party, &it.by, it.evidence)).collect(),
        fillers: segment.fillers.into_iter().map(filler).collect(),
        demands: segment.demands,
    }
}

fn why(by: &Placing, lang: Lang) -> String {
    match (by, lang) {
        (Placing::Industry(code), Lang::Zh) => format!("行业 {code}"),
        (Placing::Industry(code), Lang::En) => format!("industry {code}"),
        (Placing::Product(word), Lang::Zh) => format!("产品含“{word}”"),
        (Placing::Product(word), Lang::En) => format!("makes {word}"),
    }
}

/// What the members of chambers bought of each other between two days.
#[must_use]
pub fn purchases(views: &Views, from: Option<Occurred>, to: Occurred) -> PurchasesAnswer {
    let rows = chain_group::purchases(views, from, to).into_iter();
    let assessed = views.chain_group.assessed().iter();
    let assessed = assessed.filter(|(_, noted)| noted.occurred.day_number() <= to.day_number());
    let firms: std::collections::BTreeSet<String> = assessed
        .map(|(event, _)| {
            views.register.resolve(&event.party).map_or_else(|| event.party.to_string(), |id| id.to_string())
        })
        .collect();
    PurchasesAnswer {
        from,
        to,
        position: views.position,
        chambers: rows
            .map(|purchases| ChamberAnswer { name: naming::party(views, purchases.chamber), purchases })
            .collect(),
        firms_assessed: firms.len(),
    }
}

fn unknown(views: &Views, named: &str, day: Occurred) -> Refusal {
    let named: String = named.chars().take(40).collect();
    let known: Vec<String> = list(views, day).into_iter().map(|chain| chain.title).collect();
    Refusal::missing(
        "chain_unknown",
        "",
        format!("没有名为「{named}」的产业链；现有 {}", known.join("、")),
        format!("no chain {named:?}; there are {}", known.join(", ")),
    )
}
