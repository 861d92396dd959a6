//! The gate on speed: each kernel beside the bare reads that it cannot do without, in the same run, so that the
//! machine's mood cancels out. Fails when a ratio is far above what it should be; the bounds are loose enough not to
//! be noise. `cargo bench --profile gate -p jinqiao-projections --bench gate`.
#![expect(clippy::print_stdout, reason = "it prints its table")]
#![expect(clippy::indexing_slicing, reason = "a measurement that reads out of bounds has to break off")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jinqiao_projections::compact_graph::{Builder, CompactGraph, Factors, PackedWeight};
use jinqiao_projections::kernels::bounded_two_hop::bounded_two_hop;
use jinqiao_projections::kernels::page_rank::{PageRank, page_rank};
use jinqiao_projections::kernels::push::{Push, Walked, mean_strength, push};
use jinqiao_projections::kernels::two_hop::{AdamicAdar, ResourceAllocation, two_hop};
use jinqiao_projections::kernels::{Ask, Rows, Scratch};
use jinqiao_projections::tie_graph::Node;

const ENTERPRISES: u32 = 100_000;
const OCCASIONS: u32 = 10_000;
const TIES: u64 = 800_000;
const QUERIES: usize = 200;
/// The best of so many rounds counts: what others do on the machine only ever makes a round slower.
const ROUNDS: usize = 5;

/// Splitmix64: one town on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Every tie of the town, the same at each call: sizes fall as one over the rank, guests of one region of 5,000.
fn each_tie(mut each: impl FnMut(Node, Node)) {
    let mut chance = Chance(7);
    for occasion in 0..u64::from(OCCASIONS) {
        let size = (TIES / 10 / (occasion + 1)).clamp(8, 20_000);
        let region = chance.below(20) * 5_000;
        for _ in 0..size.min(4_000) {
            let guest = region + chance.below(5_000);
            each(Node::try_from(guest).unwrap_or(0), ENTERPRISES + Node::try_from(occasion).unwrap_or(0));
        }
    }
}

fn town() -> CompactGraph<PackedWeight> {
    let mut builder = Builder::new((ENTERPRISES + OCCASIONS) as usize);
    each_tie(|a, b| builder.count(a, b));
    let mut filling = builder.fill();
    each_tie(|a, b| filling.put(a, b, PackedWeight::new(1, 0.5)));
    filling.finish(Factors::default()).unwrap_or_default()
}

fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let rounds = (0..ROUNDS).map(|_| {
        let started = Instant::now();
        black_box(work());
        started.elapsed()
    });
    rounds.min().unwrap_or_default()
}

/// The reads of two hops and nothing else.
fn bare_two_hops(graph: &CompactGraph<PackedWeight>, asks: &[Ask], values: &[f32]) -> f32 {
    let middles = asks.iter().flat_map(|ask| graph.row(ask.from).targets);
    middles.flat_map(|middle| graph.row(*middle).targets).map(|to| values[*to as usize]).sum()
}

/// A slot for every arc walked and a strength for every node reached: what a push reads at least.
const fn reads_of(walked: Walked) -> usize {
    walked.arcs + walked.nodes
}

/// Reads of eight bytes at chance places.
fn bare_reads(room: &[[f32; 2]], reads: usize) -> f32 {
    let mut at = 1_u64;
    let mut sum = 0.0;
    for _ in 0..reads {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sum += room[(((at >> 32) * room.len() as u64) >> 32) as usize][1];
    }
    sum
}

fn main() -> ExitCode {
    let graph = town();
    let mut chance = Chance(11);
    let asks: Vec<Ask> = (0..QUERIES)
        .map(|_| Node::try_from(chance.below(u64::from(ENTERPRISES))).unwrap_or(0))
        .map(|from| Ask { from, top: 50, among: 0..ENTERPRISES })
        .collect();
    let values = vec![1.0_f32; graph.nodes()];
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    let bare = best(|| bare_two_hops(&graph, &asks, &values));
    let full =
        best(|| asks.iter().for_each(|ask| two_hop::<_, AdamicAdar>(&graph, ask, &mut scratch, &mut found)));
    let bounded = best(|| {
        asks.iter()
            .for_each(|ask| bounded_two_hop::<_, ResourceAllocation>(&graph, ask, &mut scratch, &mut found));
    });
    let (mean, mut reads) = (mean_strength(&graph), 0);
    let how = Push::default();
    let pushed = best(|| {
        reads = asks.iter().map(|ask| reads_of(push(&graph, ask, how, mean, &mut scratch, &mut found))).sum()
    });
    let room = vec![[1.0_f32; 2]; graph.nodes()];
    let bare_pushed = best(|| bare_reads(&room, reads));
    let rank = PageRank { rounds: 10, weighted: false, ..PageRank::default() };
    let ranked = best(|| page_rank(&graph, &rank));
    let all = (0..Node::try_from(graph.nodes()).unwrap_or(0)).flat_map(|node| graph.row(node).targets);
    let bare_ranked = best(|| all.clone().map(|to| values[*to as usize]).sum::<f32>()) * 10;
    let ratio = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64();
    report(&[
        ("two hops, full / bare reads", ratio(full, bare), 8.0),
        ("two hops, bounded / full", ratio(bounded, full), 1.6),
        ("push / bare reads", ratio(pushed, bare_pushed), 24.0),
        ("PageRank / bare reads", ratio(ranked, bare_ranked), 3.0),
    ])
}

/// Prints the ratios; fails when one is above its bound.
fn report(ratios: &[(&str, f64, f64)]) -> ExitCode {
    let mut verdict = ExitCode::SUCCESS;
    for (what, ratio, bound) in ratios {
        let held = ratio <= bound;
        println!("{what}: {ratio:.2} (at most {bound}){}", if held { "" } else { "  TOO SLOW" });
        if !held {
            verdict = ExitCode::FAILURE;
        }
    }
    verdict
}
