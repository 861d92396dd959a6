//! Freshness of the graph: a tie set, then asked for; a graph that carries many fresh ties; folding them in while
//! readers go on asking.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use jinqiao_projections::compact_graph::{CompactGraph, PackedWeight};
use jinqiao_projections::kernels::bounded_two_hop::bounded_two_hop;
use jinqiao_projections::kernels::two_hop::{AdamicAdar, ResourceAllocation, two_hop};
use jinqiao_projections::kernels::{Ask, Rows, Scratch};
use jinqiao_projections::tie_graph::Node;
use serde_json::{Value, json};

use super::graph_town::GraphTown;
use super::timing::{Timings, ms};
use crate::dice::Dice;

/// Ties set one by one, each followed by a question.
const INSERTS: usize = 1_000;
/// Fresh ties that a graph carries at most in this measurement, and which part of all its ties at most.
const FRESH_TIES: u64 = 100_000;
const FRESH_SHARE: u64 = 50;
/// Queries with and without.
const QUERIES: usize = 500;
const TOP: usize = 50;

/// A chance tie of a town: an enterprise and an occasion.
fn chance_tie(town: &GraphTown, dice: &mut Dice) -> (Node, Node) {
    let occasions = town.graph.nodes() as u64 - u64::from(town.enterprises);
    let number = |number: u64| Node::try_from(number).unwrap_or(0);
    (number(dice.below(u64::from(town.enterprises))), town.enterprises + number(dice.below(occasions)))
}

/// Figures of setting ties, of asking a graph with many fresh ones, and of folding.
pub fn measure(town: &GraphTown, seed: u64, say: &mut dyn FnMut(&str)) -> Value {
    let mut dice = Dice::new(seed ^ 0x6672_6573);
    say("fresh ties: one at a time");
    let inserts = one_at_a_time(town, &mut dice);
    say("fresh ties: many at once");
    let mut graph = town.graph.clone();
    let fresh = FRESH_TIES.min(town.ties / FRESH_SHARE);
    for _ in 0..fresh {
        let (enterprise, occasion) = chance_tie(town, &mut dice);
        graph.set_tie(enterprise, occasion, PackedWeight::new(1, 0.5));
    }
    let overlay = graph.overlay();
    let slowdown = slowdown(town, &graph, &mut dice);
    say("fresh ties: folding while readers ask");
    let folding = folding(town, graph, &mut dice);
    json!({
        "insert": inserts,
        "overlay": { "ties": fresh, "rows": overlay.rows, "arcs": overlay.arcs },
        "slowdown": slowdown,
        "folding": folding,
    })
}

/// Sets a tie in a copy that readers may hold, publishes it, and asks.
fn one_at_a_time(town: &GraphTown, dice: &mut Dice) -> Value {
    let mut published = Arc::new(town.graph.clone());
    let (mut inserts, mut answers) = (Timings::default(), Timings::default());
    let (mut scratch, mut found, mut seen) = (Scratch::default(), Vec::new(), 0_usize);
    for _ in 0..INSERTS {
        let (enterprise, occasion) = chance_tie(town, dice);
        published = inserts.time(|| {
            let mut next = CompactGraph::clone(&published);
            next.set_tie(enterprise, occasion, PackedWeight::new(1, 0.5));
            Arc::new(next)
        });
        let ask = Ask { from: enterprise, top: TOP, among: 0..town.enterprises };
        answers.time(|| two_hop::<_, AdamicAdar>(published.as_ref(), &ask, &mut scratch, &mut found));
        seen += usize::from(published.row(enterprise).targets.binary_search(&occasion).is_ok());
    }
    json!({ "set": inserts.figures(), "then_ask": answers.figures(), "seen_share": seen as f64 / INSERTS as f64 })
}

/// The same queries with and without the fresh ties, in turns.
fn slowdown(town: &GraphTown, with: &CompactGraph<PackedWeight>, dice: &mut Dice) -> Value {
    let mut scratch = Scratch::default();
    let mut found = Vec::new();
    let mut times: [Timings; 4] = Default::default();
    for _ in 0..QUERIES {
        let (from, _) = chance_tie(town, dice);
        let ask = Ask { from, top: TOP, among: 0..town.enterprises };
        let [plain_ra, fresh_ra, plain_aa, fresh_aa] = &mut times;
        plain_ra
            .time(|| bounded_two_hop::<_, ResourceAllocation>(&town.graph, &ask, &mut scratch, &mut found));
        fresh_ra.time(|| bounded_two_hop::<_, ResourceAllocation>(with, &ask, &mut scratch, &mut found));
        plain_aa.time(|| two_hop::<_, AdamicAdar>(&town.graph, &ask, &mut scratch, &mut found));
        fresh_aa.time(|| two_hop::<_, AdamicAdar>(with, &ask, &mut scratch, &mut found));
    }
    let [plain_ra, fresh_ra, plain_aa, fresh_aa] = times.map(|times| times.percentile_ms(50));
    json!({
        "resource_allocation_p50_ms": { "without": plain_ra, "with": fresh_ra, "ratio": fresh_ra / plain_ra },
        "adamic_adar_p50_ms": { "without": plain_aa, "with": fresh_aa, "ratio": fresh_aa / plain_aa },
    })
}

/// Folds segment by segment, publishing each, while another thread asks what is published.
fn folding(town: &GraphTown, graph: CompactGraph<PackedWeight>, dice: &mut Dice) -> Value {
    let shelf = Mutex::new(Arc::new(graph.clone()));
    let take = || Arc::clone(&shelf.lock().unwrap_or_else(PoisonError::into_inner));
    let done = AtomicBool::new(false);
    let askers: Vec<Node> = (0..QUERIES).map(|_| chance_tie(town, dice).0).collect();
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut waits, mut queries) = (Timings::default(), Timings::default());
            let (mut scratch, mut found) = (Scratch::default(), Vec::new());
            for from in askers.iter().cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let published = waits.time(take);
                let ask = Ask { from: *from, top: TOP, among: 0..town.enterprises };
                queries.time(|| {
                    bounded_two_hop::<_, ResourceAllocation>(
                        published.as_ref(),
                        &ask,
                        &mut scratch,
                        &mut found,
                    );
                });
            }
            (waits, queries)
        });
        let (started, mut steps, mut next) = (Instant::now(), Timings::default(), graph);
        for segment in 0..next.segment_count() {
            steps.time(|| next.fold_segment(segment));
            *shelf.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(next.clone());
        }
        let elapsed = started.elapsed();
        done.store(true, Ordering::Relaxed);
        let (waits, queries) = reader.join().unwrap_or_default();
        json!({
            "ms": ms(elapsed),
            "segments": steps.len(),
            "worst_step_ms": steps.percentile_ms(100),
            "reader_waits_worst_ms": waits.percentile_ms(100),
            "queries_meanwhile": queries.figures(),
        })
    })
}
