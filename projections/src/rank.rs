//! Match lists: whom to introduce to a party, and why. The only place where scores are made.
//!
//! [`candidates`] says who may be paired, [`survey`] gathers a pool and works out every signal, a [`model`] turns
//! signals into terms that add up, [`objections`] are terms against, [`explain`] says the terms aloud; [`city`] makes
//! everyone's lists at once and spreads them out ([`exposure`]). A line cannot exist without the events
//! behind it.

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::value::ids::PartyId;
use serde::Serialize;

use crate::views::Views;

pub mod candidates;
pub mod city;
pub mod declared;
pub mod explain;
pub mod explore;
pub mod exposure;
pub mod graphs;
pub mod list;
pub mod model;
pub mod objections;
pub mod said;
pub(crate) mod seat;
pub mod survey;

pub use candidates::WhyNot;
pub use graphs::Graphs;
pub use list::{Explanation, Line, MatchList, Step, Term, TermPath};
pub use survey::{Depth, Room};

use candidates::Candidates;
use seat::Seat;

/// Lines of a list when nobody asks for another number.
pub const TOP_DEFAULT: usize = 20;
/// Most events that one term names.
pub const TERM_EVIDENCE_MAX: usize = 12;

/// With whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// 企业.
    Enterprises,
    /// 商协会.
    Chambers,
}

impl With {
    /// The default for a party of that kind: chambers with chambers, everyone else with enterprises.
    #[must_use]
    pub fn for_kind(kind: OrgKind) -> Self {
        if kind == OrgKind::Chamber { Self::Chambers } else { Self::Enterprises }
    }

    const fn kind(self) -> OrgKind {
        match self {
            Self::Enterprises => OrgKind::Enterprise,
            Self::Chambers => OrgKind::Chamber,
        }
    }
}

/// A question for a list. The day is that of the graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// For whom; an entry that was merged asks for the one that stands for it.
    pub party: PartyId,
    /// With whom; its own kind where left out.
    pub with: Option<With>,
    /// How many lines at most.
    pub top: usize,
}

/// Why there is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoList {
    /// The register does not know the party.
    #[error("登记册中没有编号为 {0} 的主体，请先登记，或用名称查找。")]
    Unknown(PartyId),
    /// The party is closed.
    #[error("主体 {0} 已注销，不再引荐。")]
    Closed(PartyId),
    /// Nothing is recorded that ties the party to anyone.
    #[error("主体 {0} 截至该日没有与任何一方的往来记录，排不出名单；请先登记其会籍、活动、走访或采购。")]
    NoTies(PartyId),
}

impl NoList {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown_party",
            Self::Closed(_) => "party_closed",
            Self::NoTies(_) => "party_without_ties",
        }
    }
}

/// What a term is called that no signal makes: name, Chinese and English label, Chinese and English sentence.
#[must_use]
pub fn wording(term: &str) -> Option<[&'static str; 5]> {
    objections::ALL.into_iter().chain(declared::ALL).find(|[name, ..]| *name == term)
}

/// The match list of a party; for one that nothing ties to anyone, from what was declared ([`declared`]). `room` may be used again from query to query.
///
/// # Errors
/// When the party is unknown, closed, or has no ties at all.
pub fn rank(views: &Views, graphs: &Graphs, ask: &Ask, room: &mut Room) -> Result<MatchList, NoList> {
    let best = |listed: usize| (0..ask.top.min(listed)).map(|place| (place, false)).collect();
    listed(views, graphs, ask, room, best)
}

/// The same with a small share of tries ([`explore`]).
///
/// # Errors
/// As [`rank`].
pub fn rank_with_tries(
    views: &Views,
    graphs: &Graphs,
    ask: &Ask,
    room: &mut Room,
) -> Result<MatchList, NoList> {
    let party = views.register.canonical(ask.party);
    let day = graphs.parties.as_of_day();
    listed(views, graphs, ask, room, |listed| explore::shown(party, day, listed, ask.top))
}

/// The list of which `shown` says, of so many candidates by score, which places are shown and whether as a try.
fn listed(
    views: &Views,
    graphs: &Graphs,
    ask: &Ask,
    room: &mut Room,
    shown: impl FnOnce(usize) -> Vec<(usize, bool)>,
) -> Result<MatchList, NoList> {
    let seat = match Seat::of(views, graphs, ask.party, ask.with) {
        Err(NoList::NoTies(party)) => {
            return declared::list(views, graphs, party, ask.with, ask.top).ok_or(NoList::NoTies(party));
        }
        seat => seat?,
    };
    let candidates = Candidates::of(views, graphs, seat.party, seat.with);
    let scored = seat.score(views, &candidates, room);
    let shown = shown(scored.best.len());
    let best: Vec<_> = shown.iter().filter_map(|(place, _)| scored.best.get(*place)).cloned().collect();
    let open = candidates::open_introductions(views, seat.party);
    let mut lines = seat.lines(views, &scored.survey, &best, &open, room);
    lines.iter_mut().zip(&shown).for_each(|(line, (_, is_try))| line.is_try = *is_try);
    Ok(MatchList {
        party: seat.party,
        with: seat.with,
        as_of_day: graphs.parties.as_of_day(),
        position: graphs.position,
        model: seat.model.name.clone(),
        pool: scored.reached,
        lines,
    })
}

/// Why, and why not, to introduce `other` to `party`: the terms that its line has, or would have.
///
/// # Errors
/// When either is unknown, or `party` is closed or has no ties at all.
pub fn explain_pair(
    views: &Views,
    graphs: &Graphs,
    party: PartyId,
    other: PartyId,
    room: &mut Room,
) -> Result<Explanation, NoList> {
    let other = views.register.canonical(other);
    let kind = views.register.party(other).ok_or(NoList::Unknown(other))?.kind;
    let seat = Seat::of(views, graphs, party, Some(With::for_kind(kind)))?;
    let candidates = Candidates::of(views, graphs, seat.party, seat.with);
    let scored = seat.score(views, &candidates, room);
    let node = seat.node_of(other).filter(|node| *node != seat.node);
    let rank = scored.best.iter().position(|one| Some(one.node) == node);
    let found = rank.and_then(|at| scored.best.get(at)).cloned();
    let line = found.or_else(|| Some(seat.beside(views, &scored, node?, room)));
    let open = candidates::open_introductions(views, seat.party);
    let line = line.and_then(|one| seat.lines(views, &scored.survey, &[one], &open, room).pop());
    let mut why_not = candidates.why_not(views, other);
    if line.as_ref().is_none_or(|line| line.terms.is_empty()) && other != seat.party {
        why_not.push(WhyNot::NoPath);
    }
    Ok(Explanation {
        party: seat.party,
        other,
        as_of_day: graphs.parties.as_of_day(),
        position: graphs.position,
        model: seat.model.name.clone(),
        score_micro: line.as_ref().map_or(0, |line| line.score_micro),
        terms: line.map_or_else(Vec::new, |line| line.terms),
        why_not,
        rank: rank.map(|at| at + 1),
        pool: scored.reached,
        open_introduction: open.get(&other).copied(),
        is_try: rank.is_some_and(|at| {
            let day = graphs.parties.as_of_day();
            explore::shown(seat.party, day, scored.best.len(), TOP_DEFAULT).contains(&(at, true))
        }),
    })
}

#[cfg(test)]
mod tests;
