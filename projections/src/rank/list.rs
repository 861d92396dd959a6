//! What a match list says: lines, terms, paths, steps, and the explanation of one pair.

use jinqiao_events::log::Position;
use jinqiao_events::value::ids::{EventId, PartyId};
use serde::Serialize;

use super::{TERM_EVIDENCE_MAX, WhyNot, With};
use crate::facts::OccasionName;
use crate::signals::{Hop, Path};
use crate::tie_graph::TieGraph;
use crate::ties::TieClass;

/// A match list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MatchList {
    /// For whom, canonical.
    pub party: PartyId,
    /// With whom.
    pub with: With,
    /// The day up to which facts count, days since 1970-01-01.
    pub as_of_day: i32,
    /// The last event known.
    pub position: Position,
    /// The model that ranked.
    pub model: String,
    /// How many candidates had any reason; the lines are the best of them.
    pub pool: usize,
    /// Best first; equal scores by party id.
    pub lines: Vec<Line>,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Who.
    pub party: PartyId,
    /// The sum of the terms, in millionths.
    pub score_micro: i64,
    /// Why, and what speaks against it: terms other than zero.
    pub terms: Vec<Term>,
    /// An introduction of these two that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_introduction: Option<EventId>,
    /// Whether it stands further down and is shown as a try ([`super::explore`]).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_try: bool,
}

/// One reason of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Term {
    /// Name of the signal.
    pub signal: &'static str,
    /// What it adds to the score, in millionths.
    pub value_micro: i64,
    /// The events behind the strongest paths, ascending; at most [`TERM_EVIDENCE_MAX`].
    pub evidence: Vec<Position>,
    /// The strongest paths.
    pub paths: Vec<TermPath>,
}

/// One path of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermPath {
    /// Which part of the signal's value comes this way, in thousandths.
    pub share_milli: i64,
    /// The parties between.
    pub via: Vec<PartyId>,
    /// One step after the other.
    pub steps: Vec<Step>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Where it begins.
    pub from: PartyId,
    /// Where it ends.
    pub to: PartyId,
    /// The occasion at which both were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occasion: Option<OccasionName>,
    /// What sort of tie.
    pub class: TieClass,
    /// Day of its latest event, days since 1970-01-01.
    pub day: i32,
    /// The events behind it.
    pub evidence: Vec<Position>,
}

/// Why (and why not) these two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The asking party, canonical.
    pub party: PartyId,
    /// The other, canonical.
    pub other: PartyId,
    /// The day up to which facts count, days since 1970-01-01.
    pub as_of_day: i32,
    /// The last event known.
    pub position: Position,
    /// The model that ranked.
    pub model: String,
    /// The sum of the terms, in millionths.
    pub score_micro: i64,
    /// What speaks for it.
    pub terms: Vec<Term>,
    /// What speaks against it; empty for a candidate.
    pub why_not: Vec<WhyNot>,
    /// Its place on the asking party's list, 1 for the first, if it is a candidate with any reason.
    pub rank: Option<usize>,
    /// How many candidates had any reason.
    pub pool: usize,
    /// An introduction of these two that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_introduction: Option<EventId>,
    /// Whether a list of [`super::TOP_DEFAULT`] lines of that day shows it as a try ([`super::explore`]).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_try: bool,
}

/// A term from the paths of its signal.
pub(super) fn term(graph: &TieGraph, signal: &'static str, value_micro: i64, paths: &[Path]) -> Term {
    let mut evidence: Vec<Position> = Vec::new();
    for position in paths.iter().flat_map(|path| &path.hops).flat_map(|hop| &hop.evidence) {
        if evidence.len() < TERM_EVIDENCE_MAX && !evidence.contains(position) {
            evidence.push(*position);
        }
    }
    evidence.sort_unstable();
    let paths = paths.iter().map(|path| term_path(graph, path)).collect();
    Term { signal, value_micro, evidence, paths }
}

pub(crate) fn term_path(graph: &TieGraph, path: &Path) -> TermPath {
    TermPath {
        share_milli: crate::numbers::micro(path.share / 1e3),
        via: path.middles().filter_map(|node| graph.party(node)).collect(),
        steps: path.hops.iter().filter_map(|hop| step(graph, hop)).collect(),
    }
}

fn step(graph: &TieGraph, hop: &Hop) -> Option<Step> {
    Some(Step {
        from: graph.party(hop.from)?,
        to: graph.party(hop.to)?,
        occasion: hop.occasion.and_then(|node| graph.occasion(node)).cloned(),
        class: hop.class,
        day: hop.day,
        evidence: hop.evidence.clone(),
    })
}
