//! Match lists: whom to introduce to a party, and why. The only place where scores are made.
//!
//! [`candidates`] says who may be paired, [`survey`] gathers a pool and works out every signal, a [`model`] turns
//! signals into terms that add up, [`explain`] says the terms aloud. A line cannot exist without the events
//! behind it.

use std::collections::BTreeMap;

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::{EventId, PartyId};
use serde::Serialize;

use crate::chamber_graph::ChamberGraph;
use crate::signals::{self, Path};
use crate::tie_graph::{Node, TieGraph};
use crate::views::Views;

pub mod candidates;
pub mod explain;
pub mod graphs;
pub mod list;
pub mod model;
pub mod said;
pub mod survey;

pub use candidates::WhyNot;
pub use graphs::Graphs;
pub use list::{Explanation, Line, MatchList, Step, Term, TermPath};
pub use survey::{Depth, Room};

use candidates::Candidates;
use model::{Model, Terms, Values};
use survey::{Field, Survey};

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

/// The match list of a party. `room` may be used again from query to query.
///
/// # Errors
/// When the party is unknown, closed, or has no ties at all.
pub fn rank(views: &Views, graphs: &Graphs, ask: &Ask, room: &mut Room) -> Result<MatchList, NoList> {
    let seat = Seat::of(views, graphs, ask.party, ask.with)?;
    let candidates = Candidates::of(views, graphs, seat.party, seat.with);
    let scored = seat.score(&candidates, room);
    let best = scored.best.get(..ask.top.min(scored.best.len())).unwrap_or(&[]);
    let open = candidates::open_introductions(views, seat.party);
    Ok(MatchList {
        party: seat.party,
        with: seat.with,
        as_of_day: graphs.parties.as_of_day(),
        position: graphs.position,
        model: seat.model.name.clone(),
        pool: scored.reached,
        lines: seat.lines(views, &scored.survey, best, &open, room),
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
    let scored = seat.score(&candidates, room);
    let node = seat.graph.node(other).filter(|node| *node != seat.node);
    let rank = scored.best.iter().position(|one| Some(one.node) == node);
    let found = rank.and_then(|at| scored.best.get(at)).copied();
    let line = found.or_else(|| Some(seat.beside(&scored, node?, room)));
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
    })
}

/// Where the asking party sits: in which graph, at which node, asking for whom, ranked by which model.
struct Seat<'a> {
    party: PartyId,
    with: With,
    graph: &'a TieGraph,
    field: Field<'a>,
    node: Node,
    model: Model,
    /// Where the chambers are among all parties, if only they are asked of.
    chambers: Option<&'a ChamberGraph>,
}

/// A candidate with its score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scored {
    node: Node,
    score_micro: i64,
    terms_micro: Terms,
}

/// All that a party's question came to.
struct Answer {
    survey: Survey,
    /// Every candidate with a reason, best first; equal scores by party id.
    best: Vec<Scored>,
    /// The values of all in the pool, against which others are held.
    values: Vec<Values>,
    reached: usize,
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
        let (field, model, chambers) = if among_chambers {
            let chambers = graphs.folded(views);
            (graphs.field_of(chambers), Model::among_chambers(), Some(&chambers.graph))
        } else {
            (graphs.field(), Model::among_parties(), None)
        };
        let graph = field.graph;
        let node = graph.node(party).ok_or(NoList::NoTies(party))?;
        Ok(Self { party, with, graph, field, node, model, chambers })
    }

    /// The node among all parties, by which candidates are judged.
    fn among_parties(&self, node: Node) -> Option<Node> {
        self.chambers.map_or(Some(node), |chambers| chambers.among_parties(node))
    }

    fn score(&self, candidates: &Candidates<'_>, room: &mut Room) -> Answer {
        let allows = |node| candidates.allows(self.among_parties(node));
        let survey = room.pool(self.field, self.node, &allows);
        let values = room.values(self.field, &survey, &survey.pool);
        let mut best = self.scored(&survey.pool, &values);
        best.retain(|one| one.terms_micro.iter().any(|term| *term != 0));
        best.sort_by_key(|one| (std::cmp::Reverse(one.score_micro), self.graph.party(one.node)));
        Answer { reached: survey.reached, survey, best, values }
    }

    fn scored(&self, nodes: &[Node], values: &[Values]) -> Vec<Scored> {
        let names = signals::ALL.map(signals::Signal::name);
        let scored = |(node, terms_micro): (&Node, Terms)| Scored {
            node: *node,
            score_micro: terms_micro.iter().sum(),
            terms_micro,
        };
        nodes.iter().zip(self.model.terms(&names, values)).map(scored).collect()
    }

    /// A party that is not in the pool, held against those that are.
    fn beside(&self, answer: &Answer, node: Node, room: &mut Room) -> Scored {
        let own = room.values(self.field, &answer.survey, &[node]);
        let values: Vec<Values> = own.iter().chain(&answer.values).copied().collect();
        let mut nodes = vec![node];
        nodes.extend(&answer.survey.pool);
        let none = Scored { node, score_micro: 0, terms_micro: [0; signals::COUNT] };
        self.scored(&nodes, &values).first().copied().unwrap_or(none)
    }

    fn lines(
        &self,
        views: &Views,
        survey: &Survey,
        best: &[Scored],
        open: &BTreeMap<PartyId, EventId>,
        room: &mut Room,
    ) -> Vec<Line> {
        let nodes: Vec<Node> = best.iter().map(|one| one.node).collect();
        let mut terms = best.iter().map(|one| one.terms_micro);
        let told = room.look(self.field, survey, &nodes, |look, scratch| {
            let of = terms.next().unwrap_or([0; signals::COUNT]);
            let told = signals::ALL.iter().zip(of).filter(|(_, value)| *value != 0);
            let term = |(signal, value): (&&dyn signals::Signal, i64)| {
                let paths: Vec<Path> = signal.paths(look, scratch);
                let mut term = list::term(self.graph, signal.name(), value, &paths);
                if term.evidence.is_empty() {
                    term.evidence = self.entries(views, look.to);
                }
                term
            };
            told.map(term).collect::<Vec<_>>()
        });
        let line = |(one, terms): (&Scored, Vec<Term>)| {
            let party = self.graph.party(one.node)?;
            let open_introduction = open.get(&party).copied();
            Some(Line { party, score_micro: one.score_micro, terms, open_introduction })
        };
        best.iter().zip(told).filter_map(line).collect()
    }

    /// The events by which both entered the register: what is said of place and trade rests on them.
    fn entries(&self, views: &Views, other: Node) -> Vec<Position> {
        let entry = |party: PartyId| views.register.party(party).map(|party| party.registered.position);
        let both = [Some(self.party), self.graph.party(other)];
        let mut entries: Vec<Position> = both.into_iter().flatten().filter_map(entry).collect();
        entries.sort_unstable();
        entries
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
        rank(&views, &Graphs::build(&views, Town::day(TODAY)), ask, &mut Room::default())
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
        explain_pair(&views, &graphs, town.party(a), town.party(b), &mut Room::default()).unwrap()
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
