//! The truth that approximate answers are held against: personalised PageRank by power iteration in `f64`.

use std::thread;

use jinqiao_projections::compact_graph::{CompactGraph, PackedWeight};
use jinqiao_projections::kernels::{Found, Rows};
use jinqiao_projections::tie_graph::Node;

/// Homes that are walked from at once: their values lie beside each other, so one read serves all.
pub const LANES: usize = 8;
/// Rounds of power iteration.
const ROUNDS: usize = 50;
/// Whose true value is within this part of the last of the true best counts as one of them.
const TIE_SLACK: f64 = 1e-3;

type Lanes = [f64; LANES];

/// For each home, how likely a walk that returns there is to be at each of the first `count` nodes.
#[must_use]
pub fn walks_home(
    graph: &CompactGraph<PackedWeight>,
    homes: &[Node],
    restart: f64,
    count: usize,
) -> Vec<Vec<f64>> {
    let nodes = graph.nodes();
    let strengths: Vec<f64> = (0..nodes).map(|at| strength(graph, at)).collect();
    let mut at: Vec<Lanes> = vec![[0.0; LANES]; nodes];
    for (lane, home) in homes.iter().enumerate().take(LANES) {
        set(&mut at, *home, lane, 1.0);
    }
    for _ in 0..ROUNDS {
        for (lanes, strength) in at.iter_mut().zip(&strengths) {
            let share = if *strength > 0.0 { (1.0 - restart) / strength } else { 0.0 };
            lanes.iter_mut().for_each(|value| *value *= share);
        }
        at = pulled(graph, &at);
        for (lane, home) in homes.iter().enumerate().take(LANES) {
            set(&mut at, *home, lane, restart);
        }
    }
    let lane = |lane: usize| at.iter().take(count).filter_map(|lanes| lanes.get(lane)).copied().collect();
    (0..homes.len().min(LANES)).map(lane).collect()
}

/// Which part of an answer is among the true best.
#[must_use]
pub fn precision(found: &[Found], truth: &[f64], home: Node, top: usize) -> f64 {
    let mut best: Vec<f64> =
        truth.iter().enumerate().filter(|(at, _)| *at != home as usize).map(|(_, value)| *value).collect();
    let last = top.min(best.len()).saturating_sub(1);
    if best.is_empty() {
        return 1.0;
    }
    let (_, last, _) = best.select_nth_unstable_by(last, |one, other| other.total_cmp(one));
    let bar = *last * (1.0 - TIE_SLACK);
    let right = found.iter().filter(|one| truth.get(one.node as usize).is_some_and(|value| *value >= bar));
    right.count() as f64 / top.min(truth.len().saturating_sub(1)).max(1) as f64
}

fn strength(graph: &CompactGraph<PackedWeight>, at: usize) -> f64 {
    graph.row(number(at)).weights.iter().map(|weight| f64::from(graph.weigh(*weight))).sum()
}

fn set(at: &mut [Lanes], node: Node, lane: usize, more: f64) {
    if let Some(value) = at.get_mut(node as usize).and_then(|lanes| lanes.get_mut(lane)) {
        *value += more;
    }
}

/// What arrives at each node, on all processors.
fn pulled(graph: &CompactGraph<PackedWeight>, handing: &[Lanes]) -> Vec<Lanes> {
    let mut next: Vec<Lanes> = vec![[0.0; LANES]; handing.len()];
    let threads = thread::available_parallelism().map_or(1, usize::from);
    // Small parts dealt out in turn: rows of one class are much longer than those of another.
    let part = 4_096;
    let mut shares: Vec<Vec<(usize, &mut [Lanes])>> = (0..threads).map(|_| Vec::new()).collect();
    for (at, chunk) in next.chunks_mut(part).enumerate() {
        if let Some(share) = shares.get_mut(at % threads) {
            share.push((at * part, chunk));
        }
    }
    thread::scope(|scope| {
        for share in shares {
            scope.spawn(move || {
                for (first, chunk) in share {
                    for (at, lanes) in chunk.iter_mut().enumerate() {
                        *lanes = arriving(graph, number(first + at), handing);
                    }
                }
            });
        }
    });
    next
}

fn arriving(graph: &CompactGraph<PackedWeight>, node: Node, handing: &[Lanes]) -> Lanes {
    let mut sum = [0.0; LANES];
    for (to, weight) in graph.row(node).arcs() {
        let weight = f64::from(graph.weigh(weight));
        if let Some(lanes) = handing.get(to as usize) {
            sum.iter_mut().zip(lanes).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    sum
}

fn number(at: usize) -> Node {
    Node::try_from(at).unwrap_or(Node::MAX)
}
