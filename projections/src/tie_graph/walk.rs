//! The one kernel of all walks: what lies on parties is pushed to the parties they are tied to.

use super::best_walk::BestRoom;
use super::{Bond, Node, TieGraph};
use crate::kernels::Rows;

/// A rest below this part of what was taken away is rounding, not a tie.
const ROUNDING: f64 = 1e-12;

/// The last step of a walk lists no nodes once it is about to touch more than one of so many: then to sweep over
/// all is faster.
const SWEEP_SHARE: usize = 8;
/// What an occasion has for members, when that is guessed at.
const MEMBERS_GUESS: usize = 8;

/// Values on some nodes: dense storage, and a list of the nodes touched so that clearing costs no more than
/// filling did. Where most nodes are touched the list is left out, and all are swept over.
#[derive(Debug, Clone, Default)]
pub struct Sparse {
    values: Vec<f64>,
    pub(super) touched: Vec<Node>,
    swept: bool,
}

impl Sparse {
    /// Adds something above 0 to the value of a node: what is 0 was not touched yet.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "`fit` made room for every node of the graph that is walked")]
    fn add(&mut self, node: Node, value: f64) {
        let slot = &mut self.values[index(node)];
        if *slot == 0.0 {
            self.touched.push(node);
        }
        *slot += value;
    }

    /// Adds to each of some nodes its own value, 0 or above. Whether one was touched before cannot be foreseen, so
    /// nothing branches on it: each is written to the end of the list, which moves on if it was not.
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "the list is as long as what it may hold; values as in `add`"
    )]
    fn add_all(&mut self, arcs: impl ExactSizeIterator<Item = (Node, f64)>) {
        let mut count = self.touched.len();
        self.touched.resize(count + arcs.len(), 0);
        let (values, touched) = (&mut self.values[..], &mut self.touched[..]);
        for (node, value) in arcs {
            let slot = &mut values[index(node)];
            touched[count] = node;
            count += usize::from(*slot == 0.0 && value > 0.0);
            *slot += value;
        }
        self.touched.truncate(count);
    }

    /// Takes away a part of the value of a node. What rounding leaves of a whole is nothing.
    fn take(&mut self, node: Node, part: f64) {
        if let Some(value) = self.values.get_mut(index(node)) {
            *value = less(*value, part);
        }
    }

    /// The value of a node; 0 where nothing was added.
    #[must_use]
    pub fn get(&self, node: Node) -> f64 {
        self.values.get(index(node)).copied().unwrap_or(0.0)
    }

    /// Adds to the values of nodes that are swept over later.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "`fit` made room for every node of the graph that is walked")]
    fn add_swept(&mut self, nodes: impl Iterator<Item = Node>, value: f64) {
        let values = &mut self.values[..];
        nodes.for_each(|node| values[index(node)] += value);
    }

    /// The nodes touched, with their values, in the order in which they were first touched; all nodes, ascending,
    /// after the last step of a walk that touched many.
    pub fn iter(&self) -> impl Iterator<Item = (Node, f64)> {
        let (listed, swept) =
            if self.swept { (&[][..], &self.values[..]) } else { (&self.touched[..], &[][..]) };
        let listed = listed.iter().map(|node| (*node, self.get(*node)));
        listed.chain((0..).zip(swept.iter().copied()))
    }

    /// Replaces every value above 0.
    pub fn change(&mut self, change: impl Fn(Node, f64) -> f64) {
        if self.swept {
            let above = (0..).zip(&mut self.values).filter(|(_, value)| **value > 0.0);
            above.for_each(|(node, value)| *value = change(node, *value));
            return;
        }
        for node in &self.touched {
            if let Some(value) = self.values.get_mut(index(*node)) {
                *value = change(*node, *value);
            }
        }
    }

    fn fit(&mut self, nodes: usize) {
        self.clear();
        if self.values.len() < nodes {
            self.values.resize(nodes, 0.0);
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.swept) {
            self.values.fill(0.0);
            self.touched.clear();
        }
        for node in self.touched.drain(..) {
            if let Some(value) = self.values.get_mut(index(node)) {
                *value = 0.0;
            }
        }
    }
}

/// Room for walks, to be used again from query to query.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    pub(super) from: Sparse,
    pub(super) at_occasions: Sparse,
    pub(super) to: Sparse,
    pub(super) best: BestRoom,
}

/// Who takes part in a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// Everyone; what is pushed through an occasion also comes back to where it was.
    Everyone,
    /// Established parties only; nothing comes back at once.
    Established,
}

impl Scratch {
    /// Puts 1 on one party and nothing elsewhere.
    pub fn start(&mut self, graph: &TieGraph, party: Node) {
        let nodes = graph.petgraph().nodes();
        for sparse in [&mut self.from, &mut self.at_occasions, &mut self.to] {
            sparse.fit(nodes);
        }
        self.to.add(party, 1.0);
    }

    /// One step of the walk. O(arcs of the parties that carry something, and of their occasions).
    pub fn step(&mut self, graph: &TieGraph, through: Through) -> &mut Sparse {
        self.step_to(graph, through, usize::MAX)
    }

    /// The last step of a walk: the same values, told in no certain order. In a graph of which most is reached it
    /// is faster.
    pub fn last_step(&mut self, graph: &TieGraph, through: Through) -> &mut Sparse {
        self.step_to(graph, through, index(graph.party_count()) / SWEEP_SHARE)
    }

    /// A step that leaves more than so many nodes unlisted, as far as can be guessed.
    fn step_to(&mut self, graph: &TieGraph, through: Through, listed_max: usize) -> &mut Sparse {
        self.load_occasions(graph, through);
        self.to.swept = self.at_occasions.touched.len().saturating_mul(MEMBERS_GUESS) > listed_max;
        for (occasion, value) in self.at_occasions.iter() {
            let members = graph.neighbours(occasion);
            let (all, some) = match through {
                Through::Everyone => (members, &[][..]),
                Through::Established => graph.established_apart(members),
            };
            let promoted = some.iter().copied().filter(|member| graph.is_established(*member));
            if self.to.swept {
                self.to.add_swept(all.iter().copied().chain(promoted), value);
            } else {
                self.to.add_all(all.iter().map(|member| (*member, value)));
                promoted.for_each(|member| self.to.add(member, value));
            }
        }
        if through == Through::Established {
            self.take_back(graph);
        }
        &mut self.to
    }

    /// The first half of a step: from parties to their occasions and, over direct ties, to others.
    pub(super) fn load_occasions(&mut self, graph: &TieGraph, through: Through) {
        std::mem::swap(&mut self.from, &mut self.to);
        self.to.clear();
        self.at_occasions.clear();
        for (party, value) in self.from.iter().filter(|(_, value)| *value > 0.0) {
            let back = leave(graph, through, party, value, &mut self.at_occasions, &mut self.to);
            if through == Through::Everyone && back > 0.0 {
                self.to.add(party, back);
            }
        }
    }

    /// What the last step left on the nodes.
    #[must_use]
    pub const fn reached(&self) -> &Sparse {
        &self.to
    }

    /// What a step over established parties brought to one of them, less what came back to where it was.
    pub(super) fn less_what_came_back(&self, graph: &TieGraph, party: Node, brought: f64) -> f64 {
        let had = self.from.get(party);
        if had > 0.0 { less(brought, had * graph.own_weight(party)) } else { brought }
    }

    /// Takes away what came back through occasions to where it was.
    fn take_back(&mut self, graph: &TieGraph) {
        for (party, value) in self.from.iter() {
            if graph.is_established(party) {
                self.to.take(party, value * graph.own_weight(party));
            }
        }
    }
}

/// Pushes a party's value to its occasions and direct partners; what direct ties send back to itself.
fn leave(
    graph: &TieGraph,
    through: Through,
    party: Node,
    value: f64,
    at_occasions: &mut Sparse,
    to: &mut Sparse,
) -> f64 {
    let row = graph.petgraph().row(party);
    let partners = row.targets.partition_point(|next| !graph.is_occasion(*next));
    let worth = |bond: &Bond| f64::from(bond.weight()) * value;
    let occasions = row.targets.iter().zip(row.weights).skip(partners);
    at_occasions.add_all(occasions.map(|(next, bond)| (*next, worth(bond))));
    let mut back = 0.0;
    for (next, bond) in row.targets.iter().zip(row.weights).take(partners) {
        let passes = through == Through::Everyone || graph.is_established(*next);
        if bond.weight() > 0.0 && passes {
            to.add(*next, worth(bond));
            back += worth(bond);
        }
    }
    back
}

/// A value less a part of it. What rounding leaves of a whole is nothing.
fn less(value: f64, part: f64) -> f64 {
    let rest = value - part;
    if rest > part * ROUNDING { rest } else { 0.0 }
}

fn index(node: Node) -> usize {
    usize::try_from(node).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::Graphs;
    use crate::sample_town::Town;
    use proptest::prelude::*;

    /// What a walk of three steps leaves on each node, bit by bit; the last step listed or swept over.
    fn walked(
        graph: &TieGraph,
        scratch: &mut Scratch,
        from: Node,
        through: Through,
        swept: bool,
    ) -> Vec<u64> {
        scratch.start(graph, from);
        scratch.step(graph, through);
        scratch.step(graph, through);
        let left = if swept { scratch.step_to(graph, through, 0) } else { scratch.step(graph, through) };
        let mut values = vec![0; graph.node_count()];
        left.change(|_, value| value / 3.0);
        left.iter().for_each(|(node, value)| values[index(node)] = value.to_bits());
        values
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_last_step_leaves_what_any_step_leaves_bit_for_bit(
            things in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 0..60),
        ) {
            let graphs = Graphs::build(&Town::of(&things).views(), Town::day("2020-01-01"));
            let graph: &TieGraph = &graphs.parties;
            let mut scratch = Scratch::default();
            for from in 0..graph.party_count() {
                for through in [Through::Everyone, Through::Established] {
                    let [swept, listed] = [true, false].map(|swept| walked(graph, &mut scratch, from, through, swept));
                    prop_assert_eq!(swept, listed);
                }
            }
        }
    }
}
