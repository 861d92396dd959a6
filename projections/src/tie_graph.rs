//! A graph of ties: parties, the occasions between them, and the events behind every tie.
//!
//! Nodes are numbered: established parties by id, the other parties by id, room for parties to come, then
//! occasions by name. The order follows from the log's content alone, so sums over it repeat bit for bit, and a
//! walk that keeps to established parties stops at the first other one in an occasion's sorted row.
//!
//! The rows are a [`CompactGraph`], which petgraph's algorithms run on; an arc is eight bytes: a weight and the
//! number of the list of events behind it. An arc's weight is that of its occasion, or of the direct tie; a direct
//! tie counts as an occasion of two. What is appended to the log is laid over the rows ([`grow`]); a party that
//! becomes established there keeps its number until the graph is built anew, and is known by name meanwhile.

use std::sync::Arc;

use jinqiao_events::value::ids::PartyId;

use crate::compact_graph::{Builder, CompactGraph, Factors, TieWeight};
use crate::facts::OccasionName;
use crate::kernels::Rows;
use crate::paged::Paged;

pub mod best_walk;
pub(crate) mod evidence;
pub mod grow;
pub mod walk;

pub use evidence::Evidence;

use evidence::{Book, Entry};

/// Number of a node: a party below [`TieGraph::party_count`], an occasion from there on.
pub type Node = u32;

/// An arc of the graph: what it weighs, and which events are behind it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bond {
    weight: f32,
    behind: Entry,
}

impl Bond {
    /// What it weighs; 0 keeps it out of walks.
    #[must_use]
    pub const fn weight(self) -> f32 {
        self.weight
    }
}

impl TieWeight for Bond {
    #[inline]
    fn value(self, _factors: &Factors) -> f32 {
        self.weight
    }
}

/// A tie on its way into the graph: a party, and an occasion or a second party.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewTie {
    /// A party.
    pub(crate) from: Node,
    /// An occasion, or another party.
    pub(crate) to: Node,
    /// Weight; 0 keeps an arc out of walks.
    pub(crate) weight: f64,
    /// How many entries of the list of evidence belong to it.
    pub(crate) evidence: u32,
}

/// Parties, occasions and the ties between them as of one day. A copy shares all it can.
#[derive(Debug, Clone, Default)]
pub struct TieGraph {
    arcs: CompactGraph<Bond>,
    book: Book,
    parties: Arc<Vec<PartyId>>,
    /// Parties that came after the graph was built, by id.
    newcomers: Arc<Vec<(PartyId, Node)>>,
    /// The same in the order of their numbers, which follow those of the parties built.
    newcomer_ids: Paged<PartyId>,
    established: Node,
    /// Parties that became established after the graph was built, ascending.
    promoted: Arc<Vec<Node>>,
    /// Where the numbers of occasions begin.
    first_occasion: Node,
    occasions: Paged<OccasionName>,
    measures: Paged<Measure>,
    /// The strength of each party towards established members, to the power [`FAME_EXPONENT`]: apart from the other
    /// measures, since a walk ends by reading it of everyone.
    fames: Paged<f64>,
    /// No party was at more occasions that walks pass through, for its fame, since the graph was built.
    occasions_of_fame: f64,
}

/// A party's strength to this power is its fame.
const FAME_EXPONENT: f64 = 0.3;

/// What walks divide by, for one party.
#[derive(Debug, Clone, Copy, Default)]
struct Measure {
    /// Sum over its occasions and direct ties of weight times members, itself included.
    strength: f64,
    /// The same over established members, without itself.
    established_strength: f64,
    /// Sum of the weights of its occasions, direct ties left out.
    own: f64,
    /// How many occasions it was at that walks pass through.
    occasions: u32,
}

impl Measure {
    fn fame(&self) -> f64 {
        libm::pow(self.established_strength, FAME_EXPONENT)
    }

    /// Its occasions over its fame; 0 without fame.
    fn occasions_of_fame(&self) -> f64 {
        let fame = self.fame();
        if fame > 0.0 { f64::from(self.occasions) / fame } else { 0.0 }
    }
}

impl TieGraph {
    /// Lays out the graph. `arcs` are once each, in any order; `evidence` is theirs, in their order. The first
    /// `established` parties are established; `room` more may come. O(arcs), plus sorting rows that need it.
    pub(crate) fn new(
        parties: Vec<PartyId>,
        established: Node,
        occasions: Vec<OccasionName>,
        room: usize,
        arcs: &[NewTie],
        evidence: Vec<Evidence>,
    ) -> Self {
        let first_occasion = parties.len() + room;
        let mut builder = Builder::new(first_occasion + occasions.len());
        arcs.iter().for_each(|arc| builder.count(arc.from, arc.to));
        let mut filling = builder.fill();
        for (arc, behind) in arcs.iter().zip(0..) {
            filling.put(arc.from, arc.to, Bond { weight: narrow(arc.weight), behind });
        }
        let mut graph = Self {
            arcs: filling.finish(Factors::default()).unwrap_or_default(),
            book: Book::new(arcs.iter().map(|arc| arc.evidence), evidence),
            parties: Arc::new(parties),
            established,
            first_occasion: count_u32(first_occasion),
            occasions: occasions.into_iter().collect(),
            ..Self::default()
        };
        graph.measures = (0..graph.party_count()).map(|party| graph.measure(party)).collect();
        graph.fames = graph.measures.iter().map(Measure::fame).collect();
        graph.occasions_of_fame = graph.measures.iter().map(Measure::occasions_of_fame).fold(0.0, f64::max);
        graph
    }

    fn measure(&self, party: Node) -> Measure {
        let mut measure = Measure::default();
        for (to, weight) in self.ties(party) {
            if self.is_occasion(to) {
                let members = self.neighbours(to);
                let established = self.established_among(members);
                measure.strength += weight * count(members.len());
                measure.established_strength += weight * count(established);
                measure.own += weight;
                measure.occasions += u32::from(weight > 0.0);
            } else {
                measure.strength += 2.0 * weight;
                measure.established_strength += if self.is_established(to) { weight } else { 0.0 };
            }
        }
        if self.is_established(party) {
            measure.established_strength = (measure.established_strength - measure.own).max(0.0);
        }
        measure
    }

    /// How many of some members, ascending, are established.
    fn established_among(&self, members: &[Node]) -> usize {
        let split = members.partition_point(|member| *member < self.established);
        let promoted = if self.promoted.is_empty() { &[] } else { members.get(split..).unwrap_or(&[]) };
        split + promoted.iter().filter(|member| self.is_established(**member)).count()
    }

    /// The graph itself, for kernels and for petgraph's algorithms.
    #[must_use]
    pub const fn petgraph(&self) -> &CompactGraph<Bond> {
        &self.arcs
    }

    /// How many nodes there are, free ones included.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.arcs.nodes()
    }

    /// The numbers of parties end here, and those of occasions begin. Some of the last may be free yet
    /// ([`TieGraph::party`] knows).
    #[must_use]
    pub const fn party_count(&self) -> Node {
        self.first_occasion
    }

    /// How many parties were established when the graph was built; they have the lowest numbers. Ask
    /// [`TieGraph::is_established`] of a single one.
    #[must_use]
    pub const fn established_count(&self) -> Node {
        self.established
    }

    /// Whether a party was at enough occasions or has enough partners to be walked through.
    #[must_use]
    pub fn is_established(&self, party: Node) -> bool {
        party < self.established || self.promoted.binary_search(&party).is_ok()
    }

    /// Of a list that ascends: the members that were established when the graph was built, and those among whom there
    /// may be some that became so since.
    pub(crate) fn established_apart<'a>(&self, members: &'a [Node]) -> (&'a [Node], &'a [Node]) {
        let (first, others) = members.split_at(members.partition_point(|member| *member < self.established));
        (first, if self.promoted.is_empty() { &[] } else { others })
    }

    /// The members that are established, of a list that ascends.
    pub(crate) fn established_of<'a>(&'a self, members: &'a [Node]) -> impl Iterator<Item = Node> + 'a {
        let (first, others) = self.established_apart(members);
        let promoted = others.iter().filter(|member| self.promoted.binary_search(member).is_ok());
        first.iter().chain(promoted).copied()
    }

    /// The node of a party (canonical id). O(log parties).
    #[must_use]
    pub fn node(&self, party: PartyId) -> Option<Node> {
        let split = (self.established as usize).min(self.parties.len());
        let (established, others) = self.parties.split_at(split);
        let found =
            established.binary_search(&party).or_else(|_| others.binary_search(&party).map(|at| at + split));
        let newcomer = |_| self.newcomers.binary_search_by_key(&party, |(id, _)| *id);
        match found {
            Ok(at) => Some(count_u32(at)),
            Err(at) => newcomer(at).ok().and_then(|at| self.newcomers.get(at)).map(|(_, node)| *node),
        }
    }

    /// The party of a node, unless it is an occasion or nobody yet.
    #[must_use]
    pub fn party(&self, node: Node) -> Option<PartyId> {
        let at = node as usize;
        match at.checked_sub(self.parties.len()) {
            None => self.parties.get(at).copied(),
            Some(newcomer) => self.newcomer_ids.get(newcomer).copied(),
        }
    }

    /// The occasion of a node, unless it is a party.
    #[must_use]
    pub fn occasion(&self, node: Node) -> Option<&OccasionName> {
        self.occasions.get((node as usize).checked_sub(self.first_occasion as usize)?)
    }

    /// Whether the node is an occasion.
    #[must_use]
    pub const fn is_occasion(&self, node: Node) -> bool {
        node >= self.first_occasion
    }

    /// The neighbours of a node, ascending: an occasion's members; a party's partners, then its occasions.
    #[must_use]
    pub fn neighbours(&self, node: Node) -> &[Node] {
        self.arcs.row(node).targets
    }

    /// The neighbours with the weights of the ties.
    pub fn ties(&self, node: Node) -> impl Iterator<Item = (Node, f64)> {
        self.arcs.row(node).arcs().map(|(to, bond)| (to, f64::from(bond.weight)))
    }

    /// How many neighbours a node has: an occasion's size.
    #[must_use]
    pub fn degree(&self, node: Node) -> usize {
        self.neighbours(node).len()
    }

    /// The events behind a tie between two nodes, oldest first; none when they have no tie.
    #[must_use]
    pub fn evidence(&self, a: Node, b: Node) -> &[Evidence] {
        self.arcs.weight_between(a, b).map_or(&[], |bond| self.book.entry(bond.behind))
    }

    /// The neighbours of a node, each with the events behind the tie.
    pub fn ties_with_evidence(&self, node: Node) -> impl Iterator<Item = (Node, &[Evidence])> {
        self.arcs.row(node).arcs().map(|(to, bond)| (to, self.book.entry(bond.behind)))
    }

    /// The ties that walks pass through: neighbour, weight, and the events behind, looked up for these alone.
    pub fn ties_walked(&self, node: Node) -> impl Iterator<Item = (Node, f64, &[Evidence])> {
        let walked = self.arcs.row(node).arcs().filter(|(_, bond)| bond.weight > 0.0);
        walked.map(|(to, bond)| (to, f64::from(bond.weight), self.book.entry(bond.behind)))
    }

    /// The weight of the tie between two nodes; 0 when they have none.
    #[must_use]
    pub fn weight(&self, a: Node, b: Node) -> f64 {
        self.arcs.weight_between(a, b).map_or(0.0, |bond| f64::from(bond.weight))
    }

    /// The occasions at which both parties were, ascending.
    pub fn shared_occasions(&self, a: Node, b: Node) -> impl Iterator<Item = Node> {
        let (few, many) = if self.degree(a) <= self.degree(b) { (a, b) } else { (b, a) };
        let many = self.neighbours(many);
        let few = self.neighbours(few).iter().copied();
        few.filter(move |node| self.is_occasion(*node) && many.binary_search(node).is_ok())
    }

    /// Weight of all that ties two parties: the direct tie and the occasions they share.
    #[must_use]
    pub fn between(&self, a: Node, b: Node) -> f64 {
        self.weight(a, b) + self.shared_occasions(a, b).map(|occasion| self.weight(a, occasion)).sum::<f64>()
    }

    /// Weight of all that ties a party to anyone: each occasion and direct tie once. O(degree).
    #[must_use]
    pub fn weight_of_all(&self, party: Node) -> f64 {
        self.ties(party).map(|(_, weight)| weight).sum()
    }

    /// Sum over the party's occasions and direct ties of weight times members, itself included.
    #[must_use]
    pub fn strength(&self, party: Node) -> f64 {
        self.measured(party).strength
    }

    /// The strength towards established parties other than itself.
    #[must_use]
    pub fn established_strength(&self, party: Node) -> f64 {
        self.measured(party).established_strength
    }

    /// What a walk divides a candidate's value by so that famous names do not lead every list: its established
    /// strength to the power 0.3, worked out once.
    #[must_use]
    pub fn fame(&self, party: Node) -> f64 {
        self.fames.get(party as usize).copied().unwrap_or(0.0)
    }

    /// The most occasions that any party was at for its fame: a bound, which growing may leave too high.
    pub(crate) const fn occasions_of_fame(&self) -> f64 {
        self.occasions_of_fame
    }

    fn own_weight(&self, party: Node) -> f64 {
        self.measured(party).own
    }

    fn measured(&self, party: Node) -> Measure {
        self.measures.get(party as usize).copied().unwrap_or_default()
    }
}

/// A count as a float: exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts of members are far below 2^53")]
const fn count(members: usize) -> f64 {
    members as f64
}

/// A count as a node number: four thousand million parties are more than the world has.
pub(crate) fn count_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "a weight, to seven digits")]
const fn narrow(weight: f64) -> f32 {
    weight as f32
}
