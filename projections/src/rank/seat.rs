//! A seat: one party asking, from where it stands in the graph, with the model that ranks for it.

use std::collections::BTreeMap;

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::ranking::{Among, Odds};
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::{EventId, PartyId};

use super::candidates::Candidates;
use super::list::{self, Line, Term};
use super::model::{Model, Terms, Values, probability};
use super::objections::{Objected, Objections};
use super::survey::{Field, Room, Survey};
use super::{Graphs, NoList, With};
use crate::chamber_graph::ChamberGraph;
use crate::signals::{self, Path};
use crate::tie_graph::{Node, TieGraph};
use crate::views::Views;

/// Where the asking party sits: in which graph, at which node, asking for whom, ranked by which model.
pub(crate) struct Seat<'a> {
    pub(crate) party: PartyId,
    pub(crate) with: With,
    graph: &'a TieGraph,
    field: Field<'a>,
    pub(crate) node: Node,
    pub(super) model: Model,
    odds: Option<Odds>,
    /// Where the chambers are among all parties, if only they are asked of.
    chambers: Option<&'a ChamberGraph>,
    as_of_day: i32,
}

/// A candidate with its score: the sum of its terms and of what is said against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scored {
    pub(crate) node: Node,
    pub(crate) score_micro: i64,
    terms_micro: Terms,
    against: Vec<Objected>,
}

/// All that a party's question came to.
pub(super) struct Answer {
    pub(super) survey: Survey,
    /// Every candidate with a reason, best first; equal scores by party id.
    pub(super) best: Vec<Scored>,
    /// The values of all in the pool, against which others are held.
    values: Vec<Values>,
    pub(super) reached: usize,
    /// What one objection weighs by.
    unit_micro: i64,
}

/// The candidates of a party with the values of all signals, as training takes them in.
pub(crate) struct Pool {
    /// Who, ascending by node.
    pub(crate) nodes: Vec<Node>,
    /// For each, the value of every signal.
    pub(crate) values: Vec<Values>,
}

impl<'a> Seat<'a> {
    pub(crate) fn of(
        views: &Views,
        graphs: &'a Graphs,
        party: PartyId,
        with: Option<With>,
    ) -> Result<Self, NoList> {
        let party = views.register.canonical(party);
        let kind = views.register.party(party).ok_or(NoList::Unknown(party))?.kind;
        if !views.register.is_open(party) {
            return Err(NoList::Closed(party));
        }
        let with = with.unwrap_or_else(|| With::for_kind(kind));
        let among_chambers = kind == OrgKind::Chamber && with == With::Chambers;
        let (field, default, chambers) = if among_chambers {
            let chambers = graphs.folded(views);
            (graphs.field_of(chambers), Model::among_chambers(), Some(&chambers.graph))
        } else {
            (graphs.field(), Model::among_parties(), None)
        };
        let graph = field.graph;
        let node = graph.node(party).ok_or(NoList::NoTies(party))?;
        let as_of_day = graphs.parties.as_of_day();
        let among = match (kind == OrgKind::Chamber, with) {
            (true, With::Chambers) => Some(Among::Chambers),
            (false, With::Enterprises) => Some(Among::Enterprises),
            // Nothing is trained on what ties firms to chambers: they join them.
            (true, With::Enterprises) | (false, With::Chambers) => None,
        };
        let adopted = among.and_then(|among| views.models.as_of(among, as_of_day));
        let (model, odds) =
            adopted.map_or_else(|| (default, None), |adopted| (adopted.model.clone(), adopted.odds.clone()));
        Ok(Self { party, with, graph, field, node, model, odds, chambers, as_of_day })
    }

    /// The node of a party in the graph that the seat is in.
    pub(super) fn node_of(&self, party: PartyId) -> Option<Node> {
        self.graph.node(party)
    }

    /// The party of a node of the graph that the seat is in.
    pub(crate) fn party_at(&self, node: Node) -> Option<PartyId> {
        self.graph.party(node)
    }

    /// The candidates with the values of all signals.
    pub(crate) fn pool(&self, candidates: &Candidates<'_>, room: &mut Room) -> Pool {
        let survey = self.survey(candidates, room);
        let values = room.values(self.field, &survey, &survey.pool);
        Pool { nodes: survey.pool, values }
    }

    fn survey(&self, candidates: &Candidates<'_>, room: &mut Room) -> Survey {
        match self.chambers {
            None => room.pool(self.field, self.node, candidates),
            Some(_) => {
                let allows = |node| candidates.allows(self.among_parties(node));
                room.pool(self.field, self.node, &allows)
            }
        }
    }

    /// The probabilities of the best so many, where the model says how scores become probabilities.
    pub(super) fn probabilities(&self, answer: &Answer, top: usize) -> Option<Vec<f64>> {
        let (odds, names) = (self.odds.as_ref()?, signals::ALL.map(signals::Signal::name));
        let of = |one: &Scored| {
            let at = answer.survey.pool.binary_search(&one.node).ok();
            let values = at.and_then(|at| answer.values.get(at));
            values.map_or(0.0, |values| probability(odds, &names, values, one.score_micro))
        };
        Some(answer.best.iter().take(top).map(of).collect())
    }

    /// The node among all parties, by which candidates are judged.
    fn among_parties(&self, node: Node) -> Option<Node> {
        self.chambers.map_or(Some(node), |chambers| chambers.among_parties(node))
    }

    pub(super) fn score(&self, views: &Views, candidates: &Candidates<'_>, room: &mut Room) -> Answer {
        let survey = self.survey(candidates, room);
        let values = room.values(self.field, &survey, &survey.pool);
        let mut best = self.scored(&survey.pool, &values);
        best.retain(|one| one.terms_micro.iter().any(|term| *term != 0));
        let unit_micro = spread_micro(&best);
        let objections = Objections::of(views, self.party, self.as_of_day);
        for one in &mut best {
            self.object(views, &objections, unit_micro, one);
        }
        best.sort_by_key(|one| (std::cmp::Reverse(one.score_micro), self.graph.party(one.node)));
        Answer { reached: survey.reached, survey, best, values, unit_micro }
    }

    fn object(&self, views: &Views, objections: &Objections, unit_micro: i64, one: &mut Scored) {
        if let Some(other) = self.graph.party(one.node) {
            one.against = objections.against(views, other, unit_micro);
            one.score_micro += one.against.iter().map(|against| against.value_micro).sum::<i64>();
        }
    }

    fn scored(&self, nodes: &[Node], values: &[Values]) -> Vec<Scored> {
        let names = signals::ALL.map(signals::Signal::name);
        let scored = |(node, terms_micro): (&Node, Terms)| Scored {
            node: *node,
            score_micro: terms_micro.iter().sum(),
            terms_micro,
            against: Vec::new(),
        };
        nodes.iter().zip(self.model.terms(&names, values)).map(scored).collect()
    }

    /// A party that is not in the pool, held against those that are.
    pub(super) fn beside(&self, views: &Views, answer: &Answer, node: Node, room: &mut Room) -> Scored {
        let own = room.values(self.field, &answer.survey, &[node]);
        let values: Vec<Values> = own.iter().chain(&answer.values).copied().collect();
        let mut nodes = vec![node];
        nodes.extend(&answer.survey.pool);
        let none = Scored { node, score_micro: 0, terms_micro: [0; signals::COUNT], against: Vec::new() };
        let mut one = self.scored(&nodes, &values).into_iter().next().unwrap_or(none);
        self.object(views, &Objections::of(views, self.party, self.as_of_day), answer.unit_micro, &mut one);
        one
    }

    pub(super) fn lines(
        &self,
        views: &Views,
        survey: &Survey,
        best: &[Scored],
        open: &BTreeMap<PartyId, EventId>,
        room: &mut Room,
    ) -> Vec<Line> {
        let nodes: Vec<Node> = best.iter().map(|one| one.node).collect();
        let mut scored = best.iter();
        let told = room.look(self.field, survey, &nodes, |look, scratch| {
            let Some(one) = scored.next() else { return Vec::new() };
            let told = signals::ALL.iter().zip(one.terms_micro).filter(|(_, value)| *value != 0);
            let term = |(signal, value): (&&dyn signals::Signal, i64)| {
                let paths: Vec<Path> = signal.paths(look, scratch);
                let mut term = list::term(self.graph, signal.name(), value, &paths);
                if term.evidence.is_empty() {
                    term.evidence = self.entries(views, look.to);
                }
                term
            };
            told.map(term).chain(one.against.iter().map(Objected::term)).collect::<Vec<_>>()
        });
        let line = |(one, terms): (&Scored, Vec<Term>)| {
            let party = self.graph.party(one.node)?;
            let open_introduction = open.get(&party).copied();
            Some(Line { party, score_micro: one.score_micro, terms, open_introduction, is_try: false })
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

/// How far scores lie apart, in millionths: the mean distance of the first [`COMPARED`] from their mean; where all
/// are alike, a twentieth of what they are.
fn spread_micro(scored: &[Scored]) -> i64 {
    let mut scores: Vec<i64> = scored.iter().map(|one| one.score_micro).collect();
    scores.sort_unstable_by_key(|score| std::cmp::Reverse(*score));
    scores.truncate(COMPARED);
    let count = i64::try_from(scores.len().max(1)).unwrap_or(1);
    let mean = scores.iter().sum::<i64>() / count;
    let apart = scores.iter().map(|score| (score - mean).abs()).sum::<i64>() / count;
    apart.max(mean.abs() / 20).max(1)
}

/// So many of the best say how far scores lie apart.
const COMPARED: usize = 100;
