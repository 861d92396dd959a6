//! Global PageRank by pulling: how likely a walk that restarts anywhere is to be at each node.
//!
//! Every round reads each row once and gathers what its neighbours hand on; what a node hands on next is written in
//! the same pass, so a round has one barrier and no step that one thread does alone. O(rounds x arcs), one random
//! read of four bytes an arc; 12 bytes a node beside the graph. Page, Brin, Motwani and Winograd 1999; the pull
//! form is that of the GAP benchmark suite (Beamer, Asanović and Patterson 2015).

use std::thread;

use super::{Row, Rows, float, index};
use crate::parallel::joined;
use crate::tie_graph::Node;

/// How to walk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageRank {
    /// Part of the walk that goes on along a tie.
    pub damping: f32,
    /// Rounds.
    pub rounds: usize,
    /// Whether ties count by weight; each the same otherwise.
    pub weighted: bool,
    /// Threads.
    pub threads: usize,
}

impl Default for PageRank {
    fn default() -> Self {
        Self { damping: 0.85, rounds: 20, weighted: true, threads: 1 }
    }
}

/// Some consecutive nodes, and their part of the arrays.
struct Part<'a> {
    first: Node,
    ranks: &'a mut [f32],
    handing_next: &'a mut [f32],
}

/// The rank of every node; they add up to 1.
#[must_use]
pub fn page_rank<G: Rows>(graph: &G, how: &PageRank) -> Vec<f32> {
    let nodes = graph.nodes();
    if nodes == 0 {
        return Vec::new();
    }
    let mut ranks = vec![1.0 / float(nodes); nodes];
    let (mut handing, mut handing_next) = (vec![0.0; nodes], vec![0.0; nodes]);
    let cuts = cuts(graph, how.threads.max(1));
    let mut idle = 0.0;
    for round in 0..=how.rounds {
        let base = (1.0 - how.damping + how.damping * narrow(idle)) / float(nodes);
        let sums = thread::scope(|scope| {
            let mut working = Vec::new();
            let (mut ranks, mut next, mut first) = (&mut ranks[..], &mut handing_next[..], 0);
            for cut in &cuts {
                let (own_ranks, other_ranks) = ranks.split_at_mut((cut - first).min(ranks.len()));
                let (own_next, other_next) = next.split_at_mut((cut - first).min(next.len()));
                let first_node = Node::try_from(first).unwrap_or(Node::MAX);
                let part = Part { first: first_node, ranks: own_ranks, handing_next: own_next };
                (ranks, next, first) = (other_ranks, other_next, *cut);
                let handing = (round > 0).then_some(&handing[..]);
                working.push(scope.spawn(move || part.round(graph, handing, base, how)));
            }
            working.into_iter().map(joined).collect::<Vec<f64>>()
        });
        idle = sums.into_iter().sum();
        std::mem::swap(&mut handing, &mut handing_next);
    }
    ranks
}

/// Where each thread's nodes end: about as many arcs for each.
fn cuts<G: Rows>(graph: &G, threads: usize) -> Vec<usize> {
    let nodes = graph.nodes();
    let work = |node: usize| graph.row(Node::try_from(node).unwrap_or(Node::MAX)).targets.len() + 4;
    let all: usize = if threads > 1 { (0..nodes).map(work).sum() } else { 0 };
    let (mut cuts, mut done) = (Vec::with_capacity(threads), 0);
    for node in 0..nodes {
        if cuts.len() + 1 == threads {
            break;
        }
        done += work(node);
        if done * threads >= all * (cuts.len() + 1) {
            cuts.push(node + 1);
        }
    }
    cuts.push(nodes);
    cuts
}

impl Part<'_> {
    /// One round over the part; the sum of the ranks of nodes that hand nothing on. Without anything handed on,
    /// only prepares the first round.
    fn round<G: Rows>(self, graph: &G, handing: Option<&[f32]>, base: f32, how: &PageRank) -> f64 {
        let mut idle = 0.0;
        let nodes = self.first..self.first + Node::try_from(self.ranks.len()).unwrap_or(0);
        let parts = self.ranks.iter_mut().zip(self.handing_next);
        graph.rows(nodes.clone()).zip(nodes).zip(parts).for_each(|((row, node), (rank, next))| {
            if let Some(handing) = handing {
                let got = if how.weighted {
                    gather_weighted(graph, row, handing)
                } else {
                    gather(row.targets, handing)
                };
                *rank = base + how.damping * got;
            }
            let strength = if how.weighted { graph.strength(node) } else { float(row.targets.len()) };
            *next = if strength > 0.0 { *rank / strength } else { 0.0 };
            idle += if strength > 0.0 { 0.0 } else { f64::from(*rank) };
        });
        idle
    }
}

/// Four sums side by side: an addition need not wait for the one before.
#[inline]
#[expect(
    clippy::indexing_slicing,
    reason = "the innermost loop; there is a value for every node of the graph"
)]
fn gather(targets: &[Node], handing: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 4];
    let (fours, rest) = targets.as_chunks::<4>();
    for four in fours {
        for (sum, target) in sums.iter_mut().zip(four) {
            *sum += handing[index(*target)];
        }
    }
    let rest: f32 = rest.iter().map(|target| handing[index(*target)]).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[inline]
#[expect(
    clippy::indexing_slicing,
    reason = "the innermost loop; there is a value for every node of the graph"
)]
fn gather_weighted<G: Rows>(graph: &G, row: Row<'_, G::Weight>, handing: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 4];
    let (fours, rest) = row.targets.as_chunks::<4>();
    let (weights, rest_weights) = row.weights.as_chunks::<4>();
    for (four, weights) in fours.iter().zip(weights) {
        for ((sum, target), weight) in sums.iter_mut().zip(four).zip(weights) {
            *sum += handing[index(*target)] * graph.weigh(*weight);
        }
    }
    let rest = rest.iter().zip(rest_weights);
    let rest: f32 = rest.map(|(target, weight)| handing[index(*target)] * graph.weigh(*weight)).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[expect(clippy::cast_possible_truncation, reason = "a probability, to seven digits")]
const fn narrow(value: f64) -> f32 {
    value as f32
}
