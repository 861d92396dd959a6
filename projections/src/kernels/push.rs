//! Personalised PageRank by forward push: how likely a walk that keeps returning home is to be at each node.
//!
//! A node whose residue passes its limit keeps a part of it and pushes the rest to its neighbours; one round
//! handles all that passed in the last. O(1 / (restart x tolerance)) pushes whatever the size of the graph; one random
//! read and write an arc (Andersen, Chung and Lang 2006).
//!
//! What is left below the limits is not dropped. Ties are symmetric, so with `h = residue / strength` the value of v is
//! exactly `kept(v) + strength(v) x sum over t of a (1-a)^t (P^t h)(v)`, P taking the mean over a node's ties and a being
//! the restart. The first two terms of that sum are looked up for the few nodes that may be among the best, in
//! their own rows; the later ones are guessed to be the mean of h over all nodes touched, which is where long walks end,
//! with a part of the mean around v. Since the best fetch what lies one tie away, nodes that are no answers (occasions,
//! where enterprises are asked for) may leave more lying before they push it to all of their members. The guess
//! and the laziness are measured choices: together some five times fewer arcs at equal precision.

use super::{Ask, Found, Rows, Scratch, float, index};
use crate::tie_graph::Node;

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Push {
    /// Part of the walk that returns home at each step.
    pub restart: f32,
    /// A node that may be an answer pushes while its residue is above this part of the strength of an average node,
    /// times its own strength over that average. Above 0; smaller is more exact.
    pub tolerance: f32,
    /// The same for other nodes.
    pub tolerance_between: f32,
}

impl Default for Push {
    fn default() -> Self {
        Self { restart: RESTART, tolerance: TOLERANCE, tolerance_between: TOLERANCE_BETWEEN }
    }
}

const RESTART: f32 = 0.15;
/// Chosen over 40 enterprises each of two towns, 100,000 with 880,000 ties and a million with ten million: 0.9915 and
/// 0.987 of the true 50 best for 40,000 and 46,000 arcs (0.9875 and 0.9845 for half of that at twice the first).
/// `jinqiao bench` reports the precision on enterprises that chose nothing.
const TOLERANCE: f32 = 5e-5;
const TOLERANCE_BETWEEN: f32 = 3e-4;
/// How many are looked at closely for each one wanted.
const LOOKED_AT: usize = 4;
/// Part of the mean around a node in what later steps are guessed to bring to it.
const AROUND: f32 = 0.2;

/// What a node has still to hand on, and above what it does; no limit yet where nothing came.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    residue: f32,
    limit: f32,
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked {
    /// Arcs walked: each a random read and write.
    pub arcs: usize,
    /// Nodes reached: each a random read of its strength.
    pub nodes: usize,
}

/// A question on its way.
struct Going<'a, G> {
    graph: &'a G,
    ask: &'a Ask,
    how: Push,
    /// Tolerances over the mean strength of the graph.
    limits: [f32; 2],
}

/// The best by personalised PageRank, in `found`, best first, and what that cost. `mean_strength` is that of the graph
/// ([`mean_strength`]).
pub fn push<G: Rows>(
    graph: &G,
    ask: &Ask,
    how: Push,
    mean_strength: f32,
    scratch: &mut Scratch,
    found: &mut Vec<Found>,
) -> Walked {
    let limits = [how.tolerance / mean_strength, how.tolerance_between / mean_strength];
    let going = Going { graph, ask, how, limits };
    let mut arcs = going.spread_out(scratch);
    let nodes = scratch.touched.len();
    let everywhere = going.choose(scratch);
    arcs += going.look_closely(everywhere, scratch);
    for node in scratch.touched.drain(..) {
        if let (Some(slot), Some(kept)) =
            (scratch.slots.get_mut(index(node)), scratch.kept.get_mut(index(node)))
        {
            (*slot, *kept) = (Slot::default(), 0.0);
        }
    }
    scratch.top.take(found);
    Walked { arcs, nodes }
}

/// Sum of all strengths over the number of nodes. O(nodes).
#[must_use]
pub fn mean_strength<G: Rows>(graph: &G) -> f32 {
    let nodes = Node::try_from(graph.nodes()).unwrap_or(Node::MAX);
    let sum: f64 = (0..nodes).map(|node| f64::from(graph.strength(node))).sum();
    if nodes == 0 || sum <= 0.0 { 1.0 } else { narrow(sum) / float(graph.nodes()) }
}

impl<G: Rows> Going<'_, G> {
    /// The limit of a node over its strength.
    #[inline]
    fn limit_of_strength(&self, node: Node) -> f32 {
        let [answer, between] = self.limits;
        if self.ask.among.contains(&node) { answer } else { between }
    }

    #[inline]
    fn limit(&self, node: Node) -> f32 {
        self.limit_of_strength(node) * self.graph.strength(node)
    }

    /// The strength of a node that was reached: its limit lies beside its residue, its strength far away.
    #[inline]
    fn strength(&self, node: Node, slot: Slot) -> f32 {
        slot.limit / self.limit_of_strength(node)
    }

    /// What a node has still to hand on, over its strength; 0 where nothing came.
    #[inline]
    fn left(&self, node: Node, slot: Slot) -> f32 {
        if slot.limit > 0.0 { slot.residue / slot.limit * self.limit_of_strength(node) } else { 0.0 }
    }

    /// Pushes until nothing is above its limit; how many arcs that took.
    fn spread_out(&self, scratch: &mut Scratch) -> usize {
        let nodes = self.graph.nodes();
        if scratch.slots.len() < nodes {
            scratch.slots.resize(nodes, Slot::default());
            scratch.kept.resize(nodes, 0.0);
        }
        scratch.frontier.clear();
        let from = self.ask.from;
        let Some(home) = scratch.slots.get_mut(index(from)).filter(|_| self.graph.strength(from) > 0.0)
        else {
            return 0;
        };
        *home = Slot { residue: 1.0, limit: self.limit(from) };
        scratch.touched.push(from);
        scratch.frontier.push(from);
        let mut arcs = 0;
        while !scratch.frontier.is_empty() {
            scratch.next_frontier.clear();
            for at in 0..scratch.frontier.len() {
                arcs += scratch.frontier.get(at).copied().map_or(0, |node| self.push_one(node, scratch));
            }
            std::mem::swap(&mut scratch.frontier, &mut scratch.next_frontier);
        }
        arcs
    }

    /// A node keeps its part and hands the rest to its neighbours. Whether one is new, and whether it passes its limit,
    /// cannot be foreseen, so nothing branches on it: each is written to the end of both lists, which move on if it is.
    /// Limits of new ones are looked up afterwards, all at once, so that these reads do not wait for each other.
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "the innermost loop; there is a slot for every node of the graph, and room in both lists for a row"
    )]
    fn push_one(&self, node: Node, scratch: &mut Scratch) -> usize {
        let Scratch { slots, kept, touched, next_frontier, .. } = scratch;
        let residue = std::mem::take(&mut slots[index(node)].residue);
        kept[index(node)] += self.how.restart * residue;
        let share = (1.0 - self.how.restart) * residue / self.graph.strength(node);
        let row = self.graph.row(node);
        let (known, passed) = (touched.len(), next_frontier.len());
        touched.resize(known + row.targets.len(), 0);
        next_frontier.resize(passed + row.targets.len(), 0);
        let (mut new_end, mut passed_end) = (known, passed);
        let (slots, new, passing) = (&mut slots[..], &mut touched[..], &mut next_frontier[..]);
        for (to, weight) in row.arcs() {
            let slot = &mut slots[index(to)];
            let (before, limit) = (slot.residue, slot.limit);
            let after = before + share * self.graph.weigh(weight);
            slot.residue = after;
            new[new_end] = to;
            new_end += usize::from((limit == 0.0) & (after > 0.0));
            passing[passed_end] = to;
            passed_end += usize::from((limit > 0.0) & (before <= limit) & (after > limit));
        }
        touched.truncate(new_end);
        next_frontier.truncate(passed_end);
        for to in touched.iter().skip(known).copied() {
            let slot = &mut slots[index(to)];
            slot.limit = self.limit(to);
            if slot.residue > slot.limit {
                next_frontier.push(to);
            }
        }
        row.targets.len()
    }

    /// Puts the candidates into the room for them; the mean of h over all nodes touched.
    fn choose(&self, scratch: &mut Scratch) -> f32 {
        let Scratch { slots, kept, touched, top, candidates, .. } = scratch;
        let slot = |node: Node| slots.get(index(node)).copied().unwrap_or_default();
        let (mut residue, mut strength) = (0.0_f64, 0.0_f64);
        for node in touched.iter() {
            let slot = slot(*node);
            residue += f64::from(slot.residue);
            strength += f64::from(self.strength(*node, slot));
        }
        let everywhere = narrow(if strength > 0.0 { residue / strength } else { 0.0 });
        top.start(self.ask.top.saturating_mul(LOOKED_AT));
        for node in touched.iter().copied().filter(|node| self.ask.admits(*node)) {
            let kept = kept.get(index(node)).copied().unwrap_or(0.0);
            top.offer(node, kept + everywhere * self.strength(node, slot(node)));
        }
        top.take(candidates);
        everywhere
    }

    /// Puts the candidates' values, each with what its own neighbours have still to hand on, into the top; how many
    /// arcs that took.
    fn look_closely(&self, everywhere: f32, scratch: &mut Scratch) -> usize {
        let Scratch { slots, kept, candidates, top, .. } = scratch;
        let (stay, go_on) = (self.how.restart, 1.0 - self.how.restart);
        let left = |node: Node| self.left(node, slots.get(index(node)).copied().unwrap_or_default());
        let mut arcs = 0;
        top.start(self.ask.top);
        for candidate in candidates.iter() {
            let (node, row) = (candidate.node, self.graph.row(candidate.node));
            let strength = self.graph.strength(node);
            let lying = |(to, weight)| self.graph.weigh(weight) * left(to);
            let around = row.arcs().map(lying).sum::<f32>() / strength;
            arcs += row.targets.len();
            let later = (1.0 - AROUND) * everywhere + AROUND * around;
            let h = stay * left(node) + stay * go_on * around + go_on * go_on * later;
            top.offer(node, kept.get(index(node)).copied().unwrap_or(0.0) + strength * h);
        }
        arcs
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a probability, to seven digits")]
const fn narrow(value: f64) -> f32 {
    value as f32
}
