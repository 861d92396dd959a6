//! Paths from one party to another: what a reason is told with.

use jinqiao_events::log::Position;

use crate::tie_graph::{Evidence, Node, TieGraph};
use crate::ties::TieClass;

/// A way from the asking party to a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Which part of the signal's value comes this way, 0 to 1.
    pub share: f64,
    /// One hop a step; the parties between are where they meet.
    pub hops: Vec<Hop>,
}

/// One step of a path: the strongest tie of two parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Where it begins.
    pub from: Node,
    /// Where it ends.
    pub to: Node,
    /// The occasion at which both were, if the tie is not direct.
    pub occasion: Option<Node>,
    /// What sort of tie it is, by its latest event.
    pub class: TieClass,
    /// Day of the latest event, days since 1970-01-01.
    pub day: i32,
    /// The events behind it, ascending: the latest of a direct tie, or the latest of each side's at the
    /// occasion.
    pub evidence: Vec<Position>,
}

impl Path {
    /// The path over these parties, if each has a tie with the next.
    #[must_use]
    pub fn over(graph: &TieGraph, parties: &[Node], share: f64) -> Option<Self> {
        let steps = parties.iter().zip(parties.iter().skip(1));
        let hops: Option<Vec<Hop>> = steps.map(|(from, to)| Hop::strongest(graph, *from, *to)).collect();
        hops.map(|hops| Self { share, hops })
    }

    /// The parties between the two ends.
    pub fn middles(&self) -> impl Iterator<Item = Node> {
        self.hops.iter().skip(1).map(|hop| hop.from)
    }
}

impl Hop {
    /// The strongest tie of two parties; of equal ones the direct tie, then the first occasion.
    #[must_use]
    pub fn strongest(graph: &TieGraph, from: Node, to: Node) -> Option<Self> {
        Self::all(graph, from, to, 1).pop()
    }

    /// The strongest ties of two parties that walks pass through, strongest first.
    #[must_use]
    pub fn all(graph: &TieGraph, from: Node, to: Node, most: usize) -> Vec<Self> {
        let direct = (to, graph.weight(from, to));
        let occasions =
            graph.shared_occasions(from, to).map(|occasion| (occasion, graph.weight(from, occasion)));
        let ties = strongest(std::iter::once(direct).chain(occasions).collect(), most);
        let occasion = |node| graph.is_occasion(node).then_some(node);
        ties.into_iter().filter_map(|(node, _)| Self::of(graph, from, to, occasion(node))).collect()
    }

    fn of(graph: &TieGraph, from: Node, to: Node, occasion: Option<Node>) -> Option<Self> {
        let mut behind: Vec<Evidence> = match occasion {
            None => graph.evidence(from, to).last().copied().into_iter().collect(),
            Some(at) => {
                [from, to].iter().filter_map(|side| graph.evidence(*side, at).last().copied()).collect()
            }
        };
        behind.sort_unstable();
        let latest = behind.last().copied()?;
        let mut evidence: Vec<Position> = behind.iter().map(|event| event.position).collect();
        evidence.sort_unstable();
        evidence.dedup();
        Some(Self { from, to, occasion, class: latest.class, day: latest.day, evidence })
    }
}

/// The strongest of some weighed things, at most `most`, strongest first; equal ones by node.
pub(crate) fn strongest(mut weighed: Vec<(Node, f64)>, most: usize) -> Vec<(Node, f64)> {
    weighed.retain(|(_, weight)| *weight > 0.0);
    let order = |one: &(Node, f64), other: &(Node, f64)| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0));
    if weighed.len() > most {
        weighed.select_nth_unstable_by(most, order);
        weighed.truncate(most);
    }
    weighed.sort_unstable_by(order);
    weighed
}
