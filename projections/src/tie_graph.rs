//! A graph of ties: parties, the occasions between them, and the events behind every tie.
//!
//! Nodes are numbered: established parties by id, the other parties by id, then occasions by name. The order
//! follows from the log's content alone, so sums over it repeat bit for bit, and a walk that keeps to
//! established parties stops at the first other one in an occasion's sorted row.
//!
//! The base is one `petgraph::csr::Csr` with both arcs of every tie: its rows are contiguous, which on these
//! graphs is 10 to 100 times faster to walk than linked edges. An arc's weight is that of its occasion, or of
//! the direct tie; a direct tie counts as an occasion of two.

use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use petgraph::csr::Csr;
use serde::Serialize;

use crate::facts::OccasionName;
use crate::ties::TieClass;

pub mod walk;

/// Number of a node: a party below [`TieGraph::party_count`], an occasion from there on.
pub type Node = u32;

/// One event behind a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// Last possible day of the event, days since 1970-01-01.
    pub day: i32,
    /// The event.
    pub position: Position,
    /// What sort of tie it makes.
    pub class: TieClass,
    /// Whether it is a deal.
    pub deal: bool,
}

/// A tie on its way into the graph: a party, and an occasion or a second party.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arc {
    /// A party.
    pub(crate) from: Node,
    /// An occasion, or a party with a larger number.
    pub(crate) to: Node,
    /// Weight; 0 keeps an arc out of walks.
    pub(crate) weight: f64,
    /// How many entries of the list of evidence belong to it.
    pub(crate) evidence: u32,
}

/// Parties, occasions and the ties between them as of one day. Immutable.
#[derive(Debug, Clone, Default)]
pub struct TieGraph {
    arcs: Csr<(), f64, petgraph::Directed, u32>,
    /// For each arc of `arcs`: where its evidence begins, and how long it is.
    ranges: Vec<(u32, u32)>,
    evidence: Vec<Evidence>,
    parties: Vec<PartyId>,
    established: Node,
    occasions: Vec<OccasionName>,
    measures: Vec<Measure>,
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
    /// The strength towards established members, to the power [`FAME_EXPONENT`].
    fame: f64,
}

impl TieGraph {
    /// Lays out the graph. `arcs` are sorted by (from, to) and once each; `evidence` is theirs, in that order.
    /// The first `established` parties are established. O(arcs log arcs).
    pub(crate) fn new(
        parties: Vec<PartyId>,
        established: Node,
        occasions: Vec<OccasionName>,
        arcs: &[Arc],
        evidence: Vec<Evidence>,
    ) -> Self {
        let mut rows: Vec<(Node, Node, f64, (u32, u32))> = Vec::with_capacity(arcs.len() * 2);
        let mut start = 0;
        for arc in arcs {
            let range = (start, arc.evidence);
            start += arc.evidence;
            rows.push((arc.from, arc.to, arc.weight, range));
            rows.push((arc.to, arc.from, arc.weight, range));
        }
        rows.sort_unstable_by_key(|row| (row.0, row.1));
        let edges: Vec<(Node, Node, f64)> = rows.iter().map(|row| (row.0, row.1, row.2)).collect();
        let mut graph = Self {
            arcs: Csr::from_sorted_edges(&edges).unwrap_or_default(),
            ranges: rows.iter().map(|row| row.3).collect(),
            evidence,
            parties,
            established,
            occasions,
            measures: Vec::new(),
        };
        while graph.arcs.node_count() < graph.parties.len() + graph.occasions.len() {
            graph.arcs.add_node(());
        }
        graph.measures = (0..graph.party_count()).map(|party| graph.measure(party)).collect();
        graph
    }

    fn measure(&self, party: Node) -> Measure {
        let mut measure = Measure::default();
        for (to, weight) in self.ties(party) {
            if self.is_occasion(to) {
                let members = self.arcs.neighbors_slice(to);
                let established = members.partition_point(|member| *member < self.established);
                measure.strength += weight * count(members.len());
                measure.established_strength += weight * count(established);
                measure.own += weight;
            } else {
                measure.strength += 2.0 * weight;
                measure.established_strength += if to < self.established { weight } else { 0.0 };
            }
        }
        if party < self.established {
            measure.established_strength = (measure.established_strength - measure.own).max(0.0);
        }
        measure.fame = libm::pow(measure.established_strength, FAME_EXPONENT);
        measure
    }

    /// The graph itself, for petgraph's algorithms.
    #[must_use]
    pub const fn petgraph(&self) -> &Csr<(), f64, petgraph::Directed, u32> {
        &self.arcs
    }

    /// How many parties there are; occasions are numbered from here on.
    #[must_use]
    pub fn party_count(&self) -> Node {
        count_u32(self.parties.len())
    }

    /// How many parties are established; they have the lowest numbers.
    #[must_use]
    pub const fn established_count(&self) -> Node {
        self.established
    }

    /// The node of a party (canonical id). O(log parties).
    #[must_use]
    pub fn node(&self, party: PartyId) -> Option<Node> {
        let split = usize::try_from(self.established).unwrap_or(usize::MAX).min(self.parties.len());
        let (established, others) = self.parties.split_at(split);
        let found =
            established.binary_search(&party).or_else(|_| others.binary_search(&party).map(|at| at + split));
        found.ok().map(count_u32)
    }

    /// The party of a node, unless it is an occasion.
    #[must_use]
    pub fn party(&self, node: Node) -> Option<PartyId> {
        self.parties.get(usize::try_from(node).ok()?).copied()
    }

    /// The occasion of a node, unless it is a party.
    #[must_use]
    pub fn occasion(&self, node: Node) -> Option<&OccasionName> {
        let at = usize::try_from(node).ok()?.checked_sub(self.parties.len())?;
        self.occasions.get(at)
    }

    /// Whether the node is an occasion.
    #[must_use]
    pub fn is_occasion(&self, node: Node) -> bool {
        node >= self.party_count()
    }

    /// The neighbours of a node, ascending: an occasion's members; a party's partners, then its occasions.
    #[must_use]
    pub fn neighbours(&self, node: Node) -> &[Node] {
        if self.holds(node) { self.arcs.neighbors_slice(node) } else { &[] }
    }

    /// The neighbours with the weights of the ties.
    pub fn ties(&self, node: Node) -> impl Iterator<Item = (Node, f64)> {
        let weights = if self.holds(node) { self.arcs.edges_slice(node) } else { &[] };
        self.neighbours(node).iter().copied().zip(weights.iter().copied())
    }

    /// How many neighbours a node has: an occasion's size.
    #[must_use]
    pub fn degree(&self, node: Node) -> usize {
        self.neighbours(node).len()
    }

    /// The events behind a tie between two nodes, oldest first; none when they have no tie.
    #[must_use]
    pub fn evidence(&self, a: Node, b: Node) -> &[Evidence] {
        if !self.holds(a) || !self.holds(b) {
            return &[];
        }
        let Some(edge) = self.edge(a, b) else { return &[] };
        self.behind(self.ranges.get(edge).copied().unwrap_or_default())
    }

    /// The neighbours of a node, each with the events behind the tie.
    pub fn ties_with_evidence(&self, node: Node) -> impl Iterator<Item = (Node, &[Evidence])> {
        let first = self.neighbours(node).first().and_then(|next| self.edge(node, *next)).unwrap_or(0);
        let ranges = self.ranges.get(first..).unwrap_or(&[]);
        self.neighbours(node).iter().zip(ranges).map(|(next, range)| (*next, self.behind(*range)))
    }

    fn behind(&self, (start, length): (u32, u32)) -> &[Evidence] {
        let (start, length) = (usize::try_from(start).unwrap_or(0), usize::try_from(length).unwrap_or(0));
        self.evidence.get(start..start + length).unwrap_or(&[])
    }

    /// The weight of the tie between two nodes; 0 when they have none.
    #[must_use]
    pub fn weight(&self, a: Node, b: Node) -> f64 {
        let at = self.neighbours(a).binary_search(&b);
        at.ok().and_then(|at| self.arcs.edges_slice(a).get(at)).copied().unwrap_or(0.0)
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
        self.measured(party).fame
    }

    fn own_weight(&self, party: Node) -> f64 {
        self.measured(party).own
    }

    fn measured(&self, party: Node) -> Measure {
        usize::try_from(party).ok().and_then(|at| self.measures.get(at)).copied().unwrap_or_default()
    }

    fn holds(&self, node: Node) -> bool {
        usize::try_from(node).is_ok_and(|at| at < self.arcs.node_count())
    }

    fn edge(&self, a: Node, b: Node) -> Option<usize> {
        use petgraph::visit::EdgeRef;
        let at = self.arcs.neighbors_slice(a).binary_search(&b).ok()?;
        self.arcs.edges(a).next().map(|first| first.id() + at)
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
