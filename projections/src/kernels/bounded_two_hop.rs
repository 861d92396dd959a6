//! Two hops, exactly, without reading the large middles: rare ones are scanned, common ones are only verified.
//!
//! Middles are taken in order of size. Once the `top`-th best sum so far is above all that the middles left could
//! still hand to one node together, no new candidate can get in; what is left is looked up for the candidates
//! that can still reach that place, in their own short rows. Same values as [`two_hop`](super::two_hop), up to
//! the order of addition. Worst case O(arcs within two hops), as the full scan; on towns with Zipf-sized
//! occasions half to a third of its time at the median. Pays where shares fall fast with size (resource
//! allocation), not for Adamic-Adar. The bound is that of Fagin's threshold algorithm (Fagin, Lotem and Naor 2003).

use super::two_hop::{Share, handed_on, scan};
use super::{Ask, Found, Rows, Scratch};
use crate::tie_graph::Node;

/// A middle, and what it hands on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Middle {
    node: Node,
    members: usize,
    handed: f32,
    /// The most that it can hand to one node, and all later middles with it.
    rest: f32,
}

/// Verifying one candidate costs about as much as scanning so many members.
const VERIFY_COST: usize = 12;
/// Sums are rounded: a bound must be passed by more than that.
const SLACK: f32 = 1e-5;

/// The best by two hops, in `found`, best first.
pub fn bounded_two_hop<G: Rows, S: Share>(
    graph: &G,
    ask: &Ask,
    scratch: &mut Scratch,
    found: &mut Vec<Found>,
) {
    scratch.scores.fit(graph.nodes());
    let mut left = gather::<G, S>(graph, ask, scratch);
    let mut checked_at = 0;
    for at in 0..scratch.middles.len() {
        let touched = scratch.scores.len();
        let worth_it = touched >= ask.top && touched * 2 >= checked_at * 3 && left > touched * 2;
        if worth_it {
            checked_at = touched;
            if settle::<G, S>(graph, ask, at, left, scratch) {
                scratch.scores.drain(|_, _| {});
                scratch.top.take(found);
                return;
            }
        }
        let Some(middle) = scratch.middles.get(at).copied() else { break };
        scan::<G, S>(graph, middle.node, middle.handed, scratch);
        left -= middle.members;
    }
    scratch.take_best(ask, found);
}

/// Lists the middles, smallest first, each with the bound of all from it on; how many members they have in all.
fn gather<G: Rows, S: Share>(graph: &G, ask: &Ask, scratch: &mut Scratch) -> usize {
    let middles = &mut scratch.middles;
    middles.clear();
    for (node, weight) in graph.row(ask.from).arcs() {
        let members = graph.row(node).targets.len();
        let handed = handed_on::<G, S>(graph, node, members, weight);
        middles.push(Middle { node, members, handed, rest: 0.0 });
    }
    middles.sort_unstable_by_key(|middle| (middle.members, middle.node));
    let mut rest = 0.0;
    for middle in middles.iter_mut().rev() {
        rest += middle.handed * heaviest::<G, S>(graph, middle.node);
        middle.rest = rest * (1.0 + SLACK);
    }
    middles.iter().map(|middle| middle.members).sum()
}

/// The weight of the heaviest tie of a middle, where weights count: one pass in order over two bytes a member.
fn heaviest<G: Rows, S: Share>(graph: &G, middle: Node) -> f32 {
    if S::WEIGHTED {
        graph.row(middle).weights.iter().map(|weight| graph.weigh(*weight)).fold(0.0, f32::max)
    } else {
        1.0
    }
}

/// Verifies the candidates that can still be among the best, if no others can and it is cheaper than going on.
/// The answer is then in `scratch.top`.
fn settle<G: Rows, S: Share>(graph: &G, ask: &Ask, at: usize, left: usize, scratch: &mut Scratch) -> bool {
    let Some(rest) = scratch.middles.get(at).map(|middle| middle.rest) else { return false };
    let (top, scores) = (&mut scratch.top, &scratch.scores);
    top.start(ask.top);
    let admitted = || scores.touched().iter().copied().filter(|node| ask.admits(*node));
    admitted().for_each(|node| top.offer(node, scores.get(node)));
    top.cut();
    let floor = top.floor();
    if floor <= rest {
        return false;
    }
    scratch.candidates.clear();
    let within_reach = admitted().map(|node| Found { node, value: scores.get(node) });
    scratch.candidates.extend(within_reach.filter(|one| one.value + rest >= floor));
    if scratch.candidates.len() * VERIFY_COST > left {
        return false;
    }
    scratch.candidates.sort_unstable_by(|one, other| other.value.total_cmp(&one.value));
    let middles = scratch.middles.get(at..).unwrap_or(&[]);
    top.start(ask.top);
    for one in &scratch.candidates {
        if one.value + rest < top.floor() {
            break;
        }
        top.offer(one.node, one.value + handed_to::<G, S>(graph, one.node, middles));
    }
    true
}

/// What some middles hand to one node.
fn handed_to<G: Rows, S: Share>(graph: &G, node: Node, middles: &[Middle]) -> f32 {
    let row = graph.row(node);
    let mut sum = 0.0;
    for middle in middles {
        if let Ok(at) = row.targets.binary_search(&middle.node) {
            let weight = row.weights.get(at).copied().filter(|_| S::WEIGHTED);
            sum += middle.handed * weight.map_or(1.0, |weight| graph.weigh(weight));
        }
    }
    sum
}
