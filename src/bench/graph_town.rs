//! The graph of a town, from its stream of ties to the builder: no log, no list of ties.

use std::time::{Duration, Instant};

use jinqiao_projections::compact_graph::{Builder, CompactGraph, Factors, PackedWeight};
use jinqiao_projections::tie_graph::Node;

use super::town::Town;
use crate::error::AppError;

/// The kind of decay of ties that fade.
const FADING: u8 = 1;

/// A town as a graph: enterprises by falling degree, then occasions by falling size.
#[derive(Debug)]
pub struct GraphTown {
    /// The graph.
    pub graph: CompactGraph<PackedWeight>,
    /// How many enterprises; occasions are numbered from here on.
    pub enterprises: Node,
    /// How many ties.
    pub ties: u64,
    /// How long building took, generating the town twice included.
    pub built_in: Duration,
    /// How long generating it twice takes by itself.
    pub generated_in: Duration,
}

impl GraphTown {
    /// Builds the graph of a town.
    ///
    /// # Errors
    /// Never for a town: both passes are the same.
    pub fn build(town: Town, say: &mut dyn FnMut(&str)) -> Result<Self, AppError> {
        let sizes = town.sizes();
        let enterprises = node(town.enterprises);
        let nodes = town.enterprises + town.occasions;
        let started = Instant::now();
        say("graph: first pass, counting");
        let mut builder = Builder::new(usize::try_from(nodes).unwrap_or(usize::MAX));
        let mut ties = 0;
        each_tie(town, &sizes, |enterprise, occasion| {
            ties += 1;
            builder.count(enterprise, enterprises + occasion);
        });
        let order = by_degree(&builder, enterprises);
        let new_number = |old: Node| order.get(old as usize).copied().unwrap_or(old);
        say("graph: second pass, filling");
        let mut filling = builder.renumbered(new_number).fill();
        let mut last = (Node::MAX, PackedWeight::default());
        each_tie(town, &sizes, |enterprise, occasion| {
            if last.0 != occasion {
                last = (occasion, weight(occasion));
            }
            filling.put(new_number(enterprise), enterprises + occasion, last.1);
        });
        drop(order);
        say("graph: sorting rows");
        let graph = filling.finish(Factors::default()).map_err(|error| {
            jinqiao_events::decide::Refusal::invalid("bench_town", "", error.to_string(), error.to_string())
        })?;
        let built_in = started.elapsed();
        let generated_in = generation_time(town, &sizes, ties);
        Ok(Self { graph, enterprises, ties, built_in, generated_in })
    }
}

/// Calls for every tie: enterprise and occasion, both from 0.
fn each_tie(town: Town, sizes: &[u64], mut each: impl FnMut(Node, Node)) {
    for (size, occasion) in sizes.iter().zip(0..) {
        for guest in town.guests(occasion, *size) {
            each(node(guest), node(occasion));
        }
    }
}

/// How long two generations take, from a sample where the town is large.
fn generation_time(town: Town, sizes: &[u64], ties: u64) -> Duration {
    let (started, mut generated) = (Instant::now(), 0_u64);
    for (size, occasion) in sizes.iter().zip(0..).skip(sizes.len() / 100) {
        generated += town.guests(occasion, *size).len() as u64;
        if generated > 4_000_000 {
            break;
        }
    }
    started.elapsed().mul_f64(2.0 * ties as f64 / generated.max(1) as f64)
}

fn weight(occasion: Node) -> PackedWeight {
    #[expect(clippy::cast_possible_truncation, reason = "a weight below 1, packed into 13 bits")]
    let weight = Town::weight(u64::from(occasion)) as f32;
    PackedWeight::new(FADING, weight)
}

/// The new number of every enterprise: by falling degree, equal ones as they were (a counting sort).
fn by_degree(builder: &Builder, enterprises: Node) -> Vec<Node> {
    let most = (0..enterprises).map(|node| builder.counted(node)).max().unwrap_or(0);
    let mut next: Vec<Node> = vec![0; most as usize + 1];
    for node in 0..enterprises {
        if let Some(count) = next.get_mut((most - builder.counted(node)) as usize) {
            *count += 1;
        }
    }
    let mut start = 0;
    for slot in &mut next {
        start += std::mem::replace(slot, start);
    }
    let number = |node| {
        let slot = next.get_mut((most - builder.counted(node)) as usize);
        slot.map_or(node, |slot| {
            *slot += 1;
            *slot - 1
        })
    };
    (0..enterprises).map(number).collect()
}

fn node(number: u64) -> Node {
    Node::try_from(number).unwrap_or(Node::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jinqiao_projections::kernels::Rows;

    #[test]
    fn the_graph_has_the_towns_ties_with_the_best_connected_first() {
        let town = Town { enterprises: 2_000, occasions: 200, ties: 20_000, seed: 5 };
        let built = GraphTown::build(town, &mut |_| {}).unwrap();
        let seated: usize = town.sizes().iter().zip(0..).map(|(size, at)| town.guests(at, *size).len()).sum();
        assert_eq!((built.ties, built.graph.arc_count()), (seated as u64, 2 * seated));
        let degrees: Vec<usize> = (0..2_000).map(|node| built.graph.row(node).targets.len()).collect();
        assert!(degrees.is_sorted_by(|one, next| one >= next));
        for (size, occasion) in town.sizes().into_iter().zip(0_u32..) {
            let row = built.graph.row(2_000 + occasion);
            assert!(row.targets.len() as u64 <= size && row.targets.iter().all(|guest| *guest < 2_000));
        }
    }
}
