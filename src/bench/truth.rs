//! The truth that approximate answers are held against: what 50 rounds of personalised PageRank by power iteration
//! in `f64` say, for many homes at once, without walking rounds that can change nothing any more.
//!
//! A town is bipartite: a walk from an enterprise is at enterprises after every even step and at occasions after
//! every odd one, so each step walks every tie once. The k-th round of power iteration is
//! `sum over i < k of a (1-a)^i x(i) + (1-a)^k x(k)`, x(i) being where a walk that never returns is after i steps, and
//! a the restart. Ties are symmetric; hence `h(i) = x(i) / strength`, of which each further value is a mean of the
//! last ones, stays between the least and the most that it was at any earlier even step. What the rounds left
//! would add is therefore known within `strength x weight left x (most - least)`. Walking ends once that is
//! below `ERROR_OF_BAR` of the value that decides who is among the best, for everyone, or after all the rounds.

use std::thread;

use jinqiao_projections::compact_graph::{CompactGraph, PackedWeight};
use jinqiao_projections::kernels::{Found, Rows};
use jinqiao_projections::tie_graph::Node;

/// Homes that are walked from at once: their values lie beside each other, so one read serves all.
pub const LANES: usize = 8;
/// Rounds of power iteration that are the truth.
const ROUNDS: usize = 50;
/// Whose true value is within this part of the last of the true best counts as one of them.
const TIE_SLACK: f64 = 1e-3;
/// How far a value may be from the 50th round's, as a part of the last of the true best: a tenth of the slack.
const ERROR_OF_BAR: f64 = 1e-4;
/// Steps before it is first asked whether more are needed; even.
const STEPS_FIRST: usize = 20;
/// Nodes that a thread takes at a time: rows of one class are much longer than those of another.
const PART: usize = 2_048;

type Lanes = [f64; LANES];

/// True values for one home.
#[derive(Debug, Clone)]
pub struct Truth {
    /// Of each enterprise; all are within a ten-thousandth of the decisive one from the 50th round's.
    pub values: Vec<f64>,
    /// Steps walked for it.
    pub steps: usize,
}

/// A bipartite graph, enterprises first, and the strengths of the enterprises.
#[derive(Debug)]
pub struct Bipartite<'a> {
    graph: &'a CompactGraph<PackedWeight>,
    enterprises: usize,
    strengths: Vec<f64>,
    strongest: f64,
}

/// Walks of all lanes: `h`, and the sum so far of what each step adds, over the strength.
struct Walk<'a> {
    town: &'a Bipartite<'a>,
    restart: f64,
    at_enterprises: Vec<Lanes>,
    at_occasions: Vec<Lanes>,
    sums: Vec<Lanes>,
}

impl<'a> Bipartite<'a> {
    /// The graph of a town with so many enterprises. O(arcs).
    #[must_use]
    pub fn new(graph: &'a CompactGraph<PackedWeight>, enterprises: usize) -> Self {
        let strengths: Vec<f64> = (0..enterprises).map(|node| strength(graph, node)).collect();
        let strongest = strengths.iter().copied().fold(0.0, f64::max);
        Self { graph, enterprises, strengths, strongest }
    }

    /// For each of at most [`LANES`] homes, how likely a walk that returns there is to be at each enterprise; of all
    /// the values, those that decide who is among the `top` best are the truth.
    #[must_use]
    pub fn walks_home(&self, homes: &[Node], restart: f64, top: usize) -> Vec<Truth> {
        let homes = homes.get(..homes.len().min(LANES)).unwrap_or(&[]);
        let none = [0.0; LANES];
        let mut walk = Walk {
            town: self,
            restart,
            at_enterprises: vec![none; self.enterprises],
            at_occasions: vec![none; self.graph.nodes() - self.enterprises],
            sums: vec![none; self.enterprises],
        };
        for (lane, home) in homes.iter().enumerate() {
            let at = *home as usize;
            let strength = self.strengths.get(at).copied().unwrap_or(0.0);
            if let Some(slot) = walk.at_enterprises.get_mut(at).and_then(|lanes| lanes.get_mut(lane)) {
                *slot = if strength > 0.0 { 1.0 / strength } else { 0.0 };
            }
        }
        (0..STEPS_FIRST).step_by(2).for_each(|step| walk.two_steps(step));
        let (mut step, least_bar) = (STEPS_FIRST, walk.least_bar(STEPS_FIRST, homes, top));
        while step < ROUNDS && !walk.is_settled(step, least_bar) {
            walk.two_steps(step);
            step += 2;
        }
        walk.ended(step, homes)
    }
}

impl Walk<'_> {
    /// Adds what this step is worth, and walks to the occasions and back.
    fn two_steps(&mut self, step: usize) {
        let (graph, enterprises) = (self.town.graph, self.town.enterprises);
        let worth = self.restart * power(1.0 - self.restart, step);
        pull(graph, enterprises, &mut self.at_occasions, 0, &self.at_enterprises, None);
        let sums = Some((&mut self.sums[..], worth));
        pull(graph, 0, &mut self.at_enterprises, enterprises, &self.at_occasions, sums);
    }

    /// What the rounds from this even step on weigh at enterprises, all together.
    fn weight_left(&self, step: usize) -> f64 {
        let go_on = 1.0 - self.restart;
        let rounds = (step..ROUNDS).step_by(2).map(|round| self.restart * power(go_on, round));
        rounds.sum::<f64>() + power(go_on, ROUNDS)
    }

    /// The least and the most of each lane over the enterprises that have ties.
    fn bounds(&self) -> (Lanes, Lanes) {
        let mut bounds = ([f64::INFINITY; LANES], [0.0; LANES]);
        for (lanes, strength) in self.at_enterprises.iter().zip(&self.town.strengths) {
            if *strength > 0.0 {
                bounds.0.iter_mut().zip(lanes).for_each(|(least, value)| *least = value.min(*least));
                bounds.1.iter_mut().zip(lanes).for_each(|(most, value)| *most = value.max(*most));
            }
        }
        bounds
    }

    /// The least that the last of the best can have in any lane: later steps only raise it, for what is at least
    /// left is counted in.
    fn least_bar(&self, step: usize, homes: &[Node], top: usize) -> f64 {
        let (left, (least, _)) = (self.weight_left(step), self.bounds());
        let bars = homes
            .iter()
            .zip(least)
            .enumerate()
            .map(|(lane, (home, least))| last_of_best(&self.values(lane, left * least), *home, top));
        bars.fold(f64::INFINITY, f64::min)
    }

    /// Whether what is left is too little to matter, in every lane.
    fn is_settled(&self, step: usize, least_bar: f64) -> bool {
        let (left, (least, most)) = (self.weight_left(step), self.bounds());
        let spread = least.iter().zip(&most).map(|(least, most)| most - least).fold(0.0, f64::max);
        self.town.strongest * left * spread / 2.0 <= ERROR_OF_BAR * least_bar
    }

    /// The values of a lane when the rounds left add this much to each, times its strength.
    fn values(&self, lane: usize, rest: f64) -> Vec<f64> {
        let sums = self.sums.iter().map(|lanes| lanes.get(lane).copied().unwrap_or(0.0));
        sums.zip(&self.town.strengths).map(|(sum, strength)| strength * (sum + rest)).collect()
    }

    fn ended(&self, step: usize, homes: &[Node]) -> Vec<Truth> {
        let (left, (least, most)) = (self.weight_left(step), self.bounds());
        let middle =
            |lane: usize| least.get(lane).zip(most.get(lane)).map_or(0.0, |(one, other)| one + other);
        let truth = |lane| Truth { values: self.values(lane, left * middle(lane) / 2.0), steps: step };
        (0..homes.len()).map(truth).collect()
    }
}

/// Which part of an answer is among the true best.
#[must_use]
pub fn precision(found: &[Found], truth: &[f64], home: Node, top: usize) -> f64 {
    let bar = last_of_best(truth, home, top) * (1.0 - TIE_SLACK);
    let right = found.iter().filter(|one| truth.get(one.node as usize).is_some_and(|value| *value >= bar));
    right.count() as f64 / top.min(truth.len().saturating_sub(1)).max(1) as f64
}

/// The value of the last of the best; 0 where there is nobody else.
fn last_of_best(values: &[f64], home: Node, top: usize) -> f64 {
    let mut best: Vec<f64> =
        values.iter().enumerate().filter(|(at, _)| *at != home as usize).map(|(_, value)| *value).collect();
    let Some(last) = top.min(best.len()).checked_sub(1) else { return 0.0 };
    let (_, last, _) = best.select_nth_unstable_by(last, |one, other| other.total_cmp(one));
    *last
}

fn strength(graph: &CompactGraph<PackedWeight>, at: usize) -> f64 {
    graph.row(number(at)).weights.iter().map(|weight| f64::from(graph.weigh(*weight))).sum()
}

/// A part of the nodes on their way: the first of them, what lies on each, and the sums that it is added to.
type Part<'a> = (usize, &'a mut [Lanes], &'a mut [Lanes]);

/// The mean over its ties of what lies on the other side, for every node from `first` on; that side begins with the
/// node `other_first`. What lay there before is added to the sums, times its worth. On all processors.
fn pull(
    graph: &CompactGraph<PackedWeight>,
    first: usize,
    into: &mut [Lanes],
    other_first: usize,
    from: &[Lanes],
    sums: Option<(&mut [Lanes], f64)>,
) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut shares: Vec<Vec<Part<'_>>> = (0..threads).map(|_| Vec::new()).collect();
    let (sums, worth) = sums.unwrap_or((&mut [], 0.0));
    let sums = sums.chunks_mut(PART).map(Some).chain(std::iter::repeat_with(|| None));
    for ((at, chunk), sums) in into.chunks_mut(PART).enumerate().zip(sums) {
        if let Some(share) = shares.get_mut(at % threads) {
            share.push((first + at * PART, chunk, sums.unwrap_or(&mut [])));
        }
    }
    thread::scope(|scope| {
        for share in shares {
            scope.spawn(move || {
                for (first, chunk, sums) in share {
                    for (sums, lanes) in sums.iter_mut().zip(chunk.iter()) {
                        sums.iter_mut().zip(lanes).for_each(|(sum, value)| *sum += worth * value);
                    }
                    for (at, lanes) in chunk.iter_mut().enumerate() {
                        *lanes = mean(graph, number(first + at), other_first, from);
                    }
                }
            });
        }
    });
}

fn mean(graph: &CompactGraph<PackedWeight>, node: Node, other_first: usize, from: &[Lanes]) -> Lanes {
    let (mut sum, mut strength) = ([0.0; LANES], 0.0);
    for (to, weight) in graph.row(node).arcs() {
        let weight = f64::from(graph.weigh(weight));
        strength += weight;
        if let Some(lanes) = (to as usize).checked_sub(other_first).and_then(|to| from.get(to)) {
            sum.iter_mut().zip(lanes).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    if strength > 0.0 {
        sum.iter_mut().for_each(|value| *value /= strength);
    }
    sum
}

fn power(base: f64, exponent: usize) -> f64 {
    libm::pow(base, exponent as f64)
}

fn number(at: usize) -> Node {
    Node::try_from(at).unwrap_or(Node::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::graph_town::GraphTown;
    use crate::bench::town::Town;

    /// Fifty rounds as they are defined, over the whole graph.
    fn fifty_rounds(town: &GraphTown, home: Node, restart: f64) -> Vec<f64> {
        let graph = &town.graph;
        let strengths: Vec<f64> = (0..graph.nodes()).map(|node| strength(graph, node)).collect();
        let mut at = vec![0.0; graph.nodes()];
        at[home as usize] = 1.0;
        for _ in 0..ROUNDS {
            let mut next = vec![0.0; graph.nodes()];
            for (node, value) in at.iter().enumerate().filter(|(_, value)| **value > 0.0) {
                for (to, weight) in graph.row(number(node)).arcs() {
                    next[to as usize] +=
                        (1.0 - restart) * value * f64::from(graph.weigh(weight)) / strengths[node];
                }
            }
            next[home as usize] += restart;
            at = next;
        }
        at
    }

    #[test]
    fn the_truth_is_that_of_fifty_rounds_to_the_error_promised() {
        let town = Town { enterprises: 12_000, occasions: 1_200, ties: 100_000, seed: 3 };
        let town = GraphTown::build(town, &mut |_| {}).unwrap();
        let homes = [0, 11, 5_000, 9_999];
        let bipartite = Bipartite::new(&town.graph, 12_000);
        for (home, truth) in homes.into_iter().zip(bipartite.walks_home(&homes, 0.15, 50)) {
            let rounds = fifty_rounds(&town, home, 0.15);
            let bar = last_of_best(&rounds[..12_000], home, 50);
            let worst = truth.values.iter().zip(&rounds).map(|(one, other)| (one - other).abs());
            let worst = worst.fold(0.0, f64::max);
            assert!(worst <= ERROR_OF_BAR * bar, "home {home}: {worst} of {bar} after {} steps", truth.steps);
            assert!(truth.steps < ROUNDS, "no round was spared");
        }
    }

    #[test]
    fn precision_counts_who_reaches_the_last_of_the_best() {
        let truth = [9.0, 5.0, 4.0, 3.999, 1.0];
        let found = |nodes: &[Node]| -> Vec<Found> {
            nodes.iter().map(|node| Found { node: *node, value: 1.0 }).collect()
        };
        let of = |nodes: &[Node]| format!("{:.2}", precision(&found(nodes), &truth, 0, 2));
        assert_eq!([of(&[1, 2]), of(&[1, 3]), of(&[1, 4]), of(&[])], ["1.00", "1.00", "0.50", "0.00"]);
    }
}
