//! Match lists: whom to introduce to a party, and why. The only place where scores are made.
//!
//! [`candidates`] says who may be paired, [`blend`] turns signals into terms that add up, [`explain`] says
//! the terms aloud. A line cannot exist without the events behind it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::{EventId, PartyId};
use serde::Serialize;

use crate::chamber_graph::ChamberGraph;
use crate::paged::Paged;
use crate::party_graph::PartyGraph;
use crate::register::Register;
use crate::tie_graph::{Node, TieGraph, walk::Scratch};
use crate::views::Views;

pub mod blend;
pub mod candidates;
pub mod explain;
pub mod list;

pub use candidates::WhyNot;
pub use list::{Explanation, Line, MatchList, Step, Term, TermPath};

use blend::{Blend, Scored};
use candidates::Candidates;

/// Name of the model that ranks.
pub const MODEL: &str = "default-1";
/// Most events that one term names.
pub const TERM_EVIDENCE_MAX: usize = 12;

/// Both graphs as of one day, and who of their parties is open, of which kind. A copy shares all it can.
#[derive(Debug, Clone, Default)]
pub struct Graphs {
    /// The position of the views that they were built from.
    pub position: Position,
    /// Everyone.
    pub parties: PartyGraph,
    /// Folded when first asked for.
    chambers: Arc<OnceLock<ChamberGraph>>,
    open: Paged<Option<OrgKind>>,
}

/// From so many facts on, graphs are built with room for parties to come; smaller ones are built anew at once.
const ROOM_FACTS_MIN: usize = 20_000;
/// Room for new parties, as one part of all facts so many.
const ROOM_SHARE: usize = 64;

impl Graphs {
    /// Builds both graphs from facts up to and including a day (days since 1970-01-01). O(facts log facts).
    #[must_use]
    pub fn build(views: &Views, as_of_day: i32) -> Self {
        let facts = views.facts.all().len();
        let room = if facts < ROOM_FACTS_MIN { 0 } else { facts / ROOM_SHARE };
        Self::build_with_room(views, as_of_day, room)
    }

    /// The same with room for so many parties to come.
    #[must_use]
    pub fn build_with_room(views: &Views, as_of_day: i32, room: usize) -> Self {
        let parties = PartyGraph::build_with_room(&views.facts, &views.register, as_of_day, room);
        let open = (0..parties.party_count()).map(|node| open_kind(views, &parties, node)).collect();
        Self { position: views.position, parties, chambers: Arc::default(), open }
    }

    /// The graphs with what was appended since laid over; nothing when they have to be built anew. See
    /// [`PartyGraph::grown`].
    #[must_use]
    pub fn grown(&self, views: &Views) -> Option<Self> {
        let parties = self.parties.grown(&views.facts, &views.register)?;
        let mut open = self.open.clone();
        for node in parties.newcomers_since(&self.parties) {
            open.set(node as usize, open_kind(views, &parties, node));
        }
        Some(Self { position: views.position, parties, chambers: Arc::default(), open })
    }

    /// The chambers' graph, folded when it is first asked for; `register` is that of the views which these graphs
    /// were built from.
    #[must_use]
    pub fn chambers(&self, register: &Register) -> &ChamberGraph {
        self.chambers.get_or_init(|| ChamberGraph::fold(&self.parties, register))
    }
}

/// The kind of the party at a node, if it is open.
fn open_kind(views: &Views, parties: &PartyGraph, node: Node) -> Option<OrgKind> {
    let party = views.register.party(parties.party(node)?)?;
    views.register.is_open(party.id).then_some(party.kind)
}

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

/// The match list of a party. `scratch` may be used again from query to query.
///
/// # Errors
/// When the party is unknown, closed, or has no ties at all.
pub fn rank(views: &Views, graphs: &Graphs, ask: &Ask, scratch: &mut Scratch) -> Result<MatchList, NoList> {
    let seat = Seat::of(views, graphs, ask.party, ask.with)?;
    let candidates = Candidates::of(views, graphs, seat.party, seat.with);
    let blend = seat.blend(&candidates, ask.top, scratch);
    let best = blend.scored.get(..ask.top.min(blend.scored.len())).unwrap_or(&[]);
    let open = candidates::open_introductions(views, seat.party);
    Ok(MatchList {
        party: seat.party,
        with: seat.with,
        as_of_day: graphs.parties.as_of_day(),
        position: graphs.position,
        model: MODEL,
        pool: blend.scored.len(),
        lines: seat.lines(best, &open, scratch),
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
    scratch: &mut Scratch,
) -> Result<Explanation, NoList> {
    let other = views.register.canonical(other);
    let kind = views.register.party(other).ok_or(NoList::Unknown(other))?.kind;
    let seat = Seat::of(views, graphs, party, Some(With::for_kind(kind)))?;
    let candidates = Candidates::of(views, graphs, seat.party, seat.with);
    let blend = seat.blend(&candidates, usize::MAX, scratch);
    let node = seat.graph.node(other);
    let scored = node.map(|node| blend.score_of(seat.graph, seat.weights, seat.node, node, scratch));
    let open = candidates::open_introductions(views, seat.party);
    let line = scored.and_then(|scored| seat.lines(&[scored], &open, scratch).pop());
    let mut why_not = candidates.why_not(views, other);
    if line.as_ref().is_none_or(|line| line.terms.is_empty()) && other != seat.party {
        why_not.push(WhyNot::NoPath);
    }
    let rank = blend.scored.iter().position(|scored| Some(scored.node) == node).map(|at| at + 1);
    Ok(Explanation {
        party: seat.party,
        other,
        as_of_day: graphs.parties.as_of_day(),
        position: graphs.position,
        model: MODEL,
        score_micro: line.as_ref().map_or(0, |line| line.score_micro),
        terms: line.map_or_else(Vec::new, |line| line.terms),
        why_not,
        rank,
        pool: blend.scored.len(),
        open_introduction: open.get(&other).copied(),
    })
}

/// Where the asking party sits: in which graph, at which node, asking for whom.
struct Seat<'a> {
    party: PartyId,
    with: With,
    graph: &'a TieGraph,
    node: Node,
    weights: blend::Weights,
    chambers: Option<&'a ChamberGraph>,
}

impl<'a> Seat<'a> {
    fn of(views: &Views, graphs: &'a Graphs, party: PartyId, with: Option<With>) -> Result<Self, NoList> {
        let party = views.register.canonical(party);
        let kind = views.register.party(party).ok_or(NoList::Unknown(party))?.kind;
        if !views.register.is_open(party) {
            return Err(NoList::Closed(party));
        }
        let with = with.unwrap_or_else(|| With::for_kind(kind));
        let among_chambers = kind == OrgKind::Chamber && with == With::Chambers;
        let (graph, weights, chambers): (&TieGraph, _, _) = if among_chambers {
            let chambers = graphs.chambers(&views.register);
            (chambers, blend::AMONG_CHAMBERS, Some(chambers))
        } else {
            (&graphs.parties, blend::AMONG_PARTIES, None)
        };
        let node = graph.node(party).ok_or(NoList::NoTies(party))?;
        Ok(Self { party, with, graph, node, weights, chambers })
    }

    /// The node among all parties, by which candidates are judged.
    fn among_parties(&self, node: Node) -> Option<Node> {
        self.chambers.map_or(Some(node), |chambers| chambers.among_parties(node))
    }

    fn blend(&self, candidates: &Candidates<'_>, top: usize, scratch: &mut Scratch) -> Blend {
        blend::blend(
            self.graph,
            self.weights,
            self.node,
            &|node| candidates.allows(self.among_parties(node)),
            top,
            scratch,
        )
    }

    fn lines(&self, best: &[Scored], open: &BTreeMap<PartyId, EventId>, scratch: &mut Scratch) -> Vec<Line> {
        let nodes: Vec<Node> = best.iter().map(|scored| scored.node).collect();
        let mut paths: Vec<_> = self
            .weights
            .iter()
            .map(|(signal, _)| signal.paths(self.graph, self.node, &nodes, scratch).into_iter())
            .collect();
        best.iter()
            .filter_map(|scored| {
                let party = self.graph.party(scored.node)?;
                let terms = self.weights.iter().zip(&mut paths).zip(scored.terms_micro);
                let terms = terms
                    .map(|(((signal, _), paths), value)| {
                        (signal.name(), value, paths.next().unwrap_or_default())
                    })
                    .filter(|(_, value, _)| *value > 0)
                    .map(|(name, value, paths)| list::term(self.graph, name, value, &paths))
                    .collect();
                let open_introduction = open.get(&party).copied();
                Some(Line { party, score_micro: scored.score_micro, terms, open_introduction })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_town::Town;

    const TODAY: &str = "2020-01-01";

    /// 甲 met 乙, 丙, 丁, 戊 through 己, with whom each trades.
    fn town() -> Town {
        let mut town = Town::default();
        for name in ["甲", "乙", "丙", "丁", "戊", "己"] {
            town.enterprise(name);
        }
        for name in ["甲", "乙", "丙", "丁", "戊"] {
            town.purchase("2019-06-01", town.party("己"), town.party(name));
        }
        town
    }

    fn listed(town: &Town, ask: &Ask) -> Result<MatchList, NoList> {
        let views = town.views();
        rank(&views, &Graphs::build(&views, Town::day(TODAY)), ask, &mut Scratch::default())
    }

    fn names_for(town: &Town, name: &str, with: Option<With>) -> Vec<PartyId> {
        let ask = Ask { party: town.party(name), with, top: 20 };
        let mut parties: Vec<PartyId> =
            listed(town, &ask).unwrap().lines.iter().map(|line| line.party).collect();
        parties.sort_unstable();
        parties
    }

    fn explained(town: &Town, a: &str, b: &str) -> Explanation {
        let views = town.views();
        let graphs = Graphs::build(&views, Town::day(TODAY));
        explain_pair(&views, &graphs, town.party(a), town.party(b), &mut Scratch::default()).unwrap()
    }

    fn sorted(town: &Town, names: &[&str]) -> Vec<PartyId> {
        let mut parties: Vec<PartyId> = names.iter().map(|name| town.party(name)).collect();
        parties.sort_unstable();
        parties
    }

    #[test]
    fn those_who_deal_are_no_candidates() {
        let mut town = town();
        let ids = sorted(&town, &["甲", "丁"]);
        town.undertaking("港口", "2019-07-01", &ids);
        assert_eq!(names_for(&town, "甲", None), sorted(&town, &["乙", "丙", "戊"]));
        assert!(matches!(explained(&town, "甲", "己").why_not[..], [WhyNot::AlreadyDeals { since: 7 }]));
    }

    #[test]
    fn avoidance_and_closing_take_a_party_off_the_list_and_say_so() {
        let mut town = town();
        let set = town.avoid(town.party("甲"), town.party("乙"));
        town.say("org_closed", "2019-08-01", &serde_json::json!({"party": town.party("丙")}));
        assert_eq!(names_for(&town, "甲", None), sorted(&town, &["丁", "戊"]));
        assert_eq!(explained(&town, "甲", "乙").why_not, [WhyNot::DoNotIntroduce { since: set }]);
        assert_eq!(explained(&town, "甲", "丙").why_not, [WhyNot::Closed]);
        let closed = Ask { party: town.party("丙"), with: None, top: 1 };
        assert_eq!(listed(&town, &closed).unwrap_err().code(), "party_closed");
    }

    #[test]
    fn a_merged_entry_is_not_listed_and_asks_for_the_one_that_stands_for_it() {
        let mut town = town();
        let (from, into) = (town.party("乙"), town.party("丙"));
        town.say(
            "org_merged",
            "2019-08-01",
            &serde_json::json!({"from": from, "into": into, "reason": "重复"}),
        );
        assert_eq!(names_for(&town, "甲", None), sorted(&town, &["丙", "丁", "戊"]));
        assert_eq!(names_for(&town, "乙", None), names_for(&town, "丙", None));
    }

    #[test]
    fn terms_add_up_and_a_pair_is_explained_by_the_terms_of_its_line() {
        let mut town = town();
        town.salon("沙龙", "2019-03-01", &[town.party("甲"), town.party("乙")]);
        let list = listed(&town, &Ask { party: town.party("甲"), with: None, top: 20 }).unwrap();
        assert_eq!(list.lines[0].party, town.party("乙"));
        for line in &list.lines {
            assert_eq!(line.score_micro, line.terms.iter().map(|term| term.value_micro).sum::<i64>());
            assert!(line.terms.iter().all(|term| !term.evidence.is_empty()));
        }
        let explained = explained(&town, "甲", "乙");
        assert_eq!((explained.terms, explained.rank), (list.lines[0].terms.clone(), Some(1)));
        assert!(explained.why_not.is_empty());
    }

    #[test]
    fn a_members_own_chamber_is_no_candidate_while_it_is_a_member() {
        let mut town = town();
        let (one, other) = (town.chamber("东"), town.chamber("西"));
        let (a, b) = (town.party("甲"), town.party("己"));
        town.join("2019-01-01", one, a);
        town.join("2019-01-01", one, b);
        town.join("2019-01-01", other, b);
        assert_eq!(names_for(&town, "甲", Some(With::Chambers)), sorted(&town, &["西"]));
        town.leave("2019-02-01", one, a);
        assert_eq!(names_for(&town, "甲", Some(With::Chambers)), sorted(&town, &["东", "西"]));
    }

    #[test]
    fn chambers_meet_through_members_in_common() {
        let mut town = town();
        let chambers: Vec<PartyId> = ["东", "西", "南"].map(|name| town.chamber(name)).to_vec();
        let joined = town.join("2019-01-01", chambers[0], town.party("甲"));
        town.join("2019-01-01", chambers[1], town.party("甲"));
        town.join("2019-01-01", chambers[2], town.party("乙"));
        let list = listed(&town, &Ask { party: chambers[0], with: None, top: 5 }).unwrap();
        assert_eq!(list.with, With::Chambers);
        assert_eq!(list.lines[0].party, chambers[1]);
        let direct = list.lines[0].terms.iter().find(|term| term.signal == "direct_contact").unwrap();
        assert_eq!(direct.evidence, [joined + 1]);
    }

    #[test]
    fn what_happens_after_the_day_asked_for_changes_nothing() {
        let town = town();
        let ask = Ask { party: town.party("甲"), with: None, top: 20 };
        let before = listed(&town, &ask).unwrap();
        let mut later = town.clone();
        later.purchase("2020-01-02", later.party("甲"), later.party("乙"));
        assert_eq!(listed(&later, &ask).unwrap().lines, before.lines);
    }
}
