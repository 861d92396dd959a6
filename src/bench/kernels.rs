//! The kernels on the graph of a town: each timed for enterprises that nothing was tuned on, each beside the random
//! reads that it needs at least, at the rate at which this machine makes them in the same run.

use std::hint::black_box;
use std::time::Instant;

use jinqiao_projections::compact_graph::{CompactGraph, PackedWeight};
use jinqiao_projections::kernels::bounded_two_hop::bounded_two_hop;
use jinqiao_projections::kernels::introduction_paths::{PathsAsk, introduction_paths, reliability};
use jinqiao_projections::kernels::page_rank::{PageRank, page_rank};
use jinqiao_projections::kernels::push::{Push, mean_strength, push};
use jinqiao_projections::kernels::three_step::three_step;
use jinqiao_projections::kernels::two_hop::{
    AdamicAdar, ResourceAllocation, WeightedResourceAllocation, two_hop,
};
use jinqiao_projections::kernels::{Ask, Rows, Scratch, batch::batch};
use jinqiao_projections::tie_graph::Node;
use serde_json::{Value, json};

use super::Report;
use super::graph_town::GraphTown;
use super::machine::Machine;
use super::timing::{Timings, ms, per_second};
use super::truth::{Bipartite, LANES, precision};
use crate::dice::Dice;
use crate::error::AppError;

/// Queries timed, each for another enterprise.
const QUERIES: usize = 500;
/// Queries before, for yet others.
const WARM_UP: usize = 50;
/// Answers of each query.
const TOP: usize = 50;
/// Answers of each enterprise when all are asked for.
const TOP_OF_ALL: usize = 20;
/// Enterprises asked for when all would take too long.
const ALL_SAMPLE: usize = 20_000;
/// What a walk's end is divided by its strength to the power of.
const DAMPING: f32 = 0.3;
/// In graphs of more arcs than this, global PageRank is measured over two rounds, once.
const RANK_ARCS_MAX: f64 = 1e8;
/// Introduction paths timed: each may look at millions of arcs.
const PATH_QUERIES: usize = 100;
/// Brokers: at most so many paths, ties, arcs looked at.
const PATHS: PathsAsk = PathsAsk { from: 0, to: 0, most: 3, ties_max: 6, arcs_max: 400_000 };

/// A graph, and who asks.
struct Bench<'a> {
    graph: &'a CompactGraph<PackedWeight>,
    enterprises: Node,
    /// Different enterprises with ties, in chance order.
    asking: Vec<Node>,
    /// Random reads per second in room for one value a node.
    gathers: f64,
}

/// Tells every kernel's figures. Precision is taken on so many enterprises; none where that would take hours.
///
/// # Errors
/// When the report cannot be made.
pub fn measure(
    town: &GraphTown,
    seed: u64,
    precision_seeds: usize,
    report: &mut dyn Report,
) -> Result<(), AppError> {
    let graph = &town.graph;
    let nodes = graph.nodes();
    report.say("graph: gathers in room of the size that the kernels use");
    let gathers = Machine::gathers_now(nodes * 4, 1);
    let push_gathers = Machine::gathers_now(nodes * 8, 1);
    let rates = json!({ "one_value_a_node": gathers, "push_room": push_gathers });
    report.tell("graph_gathers_per_second", &rates)?;
    let bench = Bench { graph, enterprises: town.enterprises, asking: asking(town, seed), gathers };
    report.say("kernels: two hops");
    report.tell("kernel_two_hop", &bench.two_hops())?;
    report.say("kernels: all enterprises");
    report.tell("kernel_all_enterprises", &bench.all_enterprises())?;
    report.say("kernels: three steps");
    report.tell("kernel_three_step", &bench.three_steps())?;
    report.say("kernels: push");
    report.tell("kernel_push", &bench.pushes(push_gathers))?;
    report.say("kernels: introduction paths");
    report.tell("kernel_introduction_paths", &bench.paths())?;
    report.say("kernels: global PageRank");
    report.tell("kernel_page_rank", &bench.page_ranks())?;
    report.say("kernels: precision of the push");
    report.tell("kernel_push_precision", &bench.push_precision(precision_seeds))
}

fn asking(town: &GraphTown, seed: u64) -> Vec<Node> {
    let mut dice = Dice::new(seed ^ 0x6173_6b73);
    let wanted = (QUERIES + WARM_UP + ALL_SAMPLE).min(town.enterprises as usize);
    let mut seen = std::collections::BTreeSet::new();
    let mut asking = Vec::with_capacity(wanted);
    for _ in 0..wanted * 20 {
        if asking.len() == wanted {
            break;
        }
        let node = Node::try_from(dice.below(u64::from(town.enterprises))).unwrap_or(0);
        if !town.graph.row(node).targets.is_empty() && seen.insert(node) {
            asking.push(node);
        }
    }
    asking
}

impl Bench<'_> {
    fn ask(&self, from: Node, top: usize) -> Ask {
        Ask { from, top, among: 0..self.enterprises }
    }

    /// Times a kernel after warming up.
    fn timed(&self, answer: impl FnMut(&Ask)) -> Timings {
        self.timed_over(QUERIES, answer)
    }

    fn timed_over(&self, queries: usize, mut answer: impl FnMut(&Ask)) -> Timings {
        let mut timings = Timings::default();
        for (at, from) in self.asking.iter().take(WARM_UP + queries).enumerate() {
            let ask = self.ask(*from, TOP);
            if at < WARM_UP {
                answer(&ask);
            } else {
                timings.time(|| answer(&ask));
            }
        }
        timings
    }

    /// How many members the middles of those who ask have: what a full scan reads.
    fn reads_mean(&self) -> f64 {
        let asking = self.asking.iter().skip(WARM_UP).take(QUERIES);
        let members = |from: &Node| -> usize {
            self.graph.row(*from).targets.iter().map(|middle| self.graph.row(*middle).targets.len()).sum()
        };
        let (count, sum) =
            asking.map(members).fold((0_usize, 0), |(count, sum), reads| (count + 1, sum + reads));
        sum as f64 / count.max(1) as f64
    }

    fn two_hops(&self) -> Value {
        let (mut scratch, mut found, reads) = (Scratch::default(), Vec::new(), self.reads_mean());
        let graph = self.graph;
        let full = self.timed(|ask| two_hop::<_, ResourceAllocation>(graph, ask, &mut scratch, &mut found));
        let bounded =
            self.timed(|ask| bounded_two_hop::<_, ResourceAllocation>(graph, ask, &mut scratch, &mut found));
        let weighted = self.timed(|ask| {
            bounded_two_hop::<_, WeightedResourceAllocation>(graph, ask, &mut scratch, &mut found);
        });
        let adamic_adar = self.timed(|ask| two_hop::<_, AdamicAdar>(graph, ask, &mut scratch, &mut found));
        json!({
            "resource_allocation_full": full.against(reads, self.gathers),
            "resource_allocation": bounded.against(reads, self.gathers),
            "resource_allocation_weighted": weighted.against(reads, self.gathers),
            "adamic_adar": adamic_adar.against(reads, self.gathers),
        })
    }

    fn all_enterprises(&self) -> Value {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let rate = |threads| {
            let started = Instant::now();
            let answers = batch(&self.asking, threads, |from, scratch| {
                let mut found = Vec::with_capacity(2 * TOP_OF_ALL);
                bounded_two_hop::<_, WeightedResourceAllocation>(
                    self.graph,
                    &self.ask(*from, TOP_OF_ALL),
                    scratch,
                    &mut found,
                );
                found
            });
            per_second(black_box(answers).len() as u64, started.elapsed())
        };
        json!({
            "sample": self.asking.len(),
            "top": TOP_OF_ALL,
            "per_second_one_thread": rate(1),
            "threads": threads,
            "per_second_all_threads": rate(threads),
        })
    }

    fn three_steps(&self) -> Value {
        let (mut scratch, mut found) = (Scratch::default(), Vec::new());
        let occasions = self.enterprises..Node::try_from(self.graph.nodes()).unwrap_or(Node::MAX);
        let timings = self.timed(|ask| {
            let ask = Ask { among: occasions.clone(), ..ask.clone() };
            three_step(self.graph, &ask, DAMPING, &mut scratch, &mut found);
        });
        timings.figures()
    }

    fn pushes(&self, gathers: f64) -> Value {
        let (mut scratch, mut found) = (Scratch::default(), Vec::new());
        let (mean, mut walked, mut asked) = (mean_strength(self.graph), [0, 0], 0_usize);
        let timings = self.timed(|ask| {
            let cost = push(self.graph, ask, Push::default(), mean, &mut scratch, &mut found);
            walked = [walked[0] + cost.arcs, walked[1] + cost.nodes];
            asked += 1;
        });
        let [arcs, nodes] = walked.map(|sum| sum as f64 / asked.max(1) as f64);
        // At least a slot for every arc walked and a strength for every node reached.
        let mut figures = timings.against(arcs + nodes, gathers);
        if let Some(figures) = figures.as_object_mut() {
            figures.insert("arcs_mean".into(), json!(arcs));
            figures.insert("nodes_mean".into(), json!(nodes));
            figures.insert("tolerance".into(), json!(Push::default().tolerance));
            figures.insert("tolerance_between".into(), json!(Push::default().tolerance_between));
        }
        figures
    }

    /// Held against power iteration for enterprises that come after all those that were timed.
    fn push_precision(&self, seeds: usize) -> Value {
        let homes: Vec<Node> = self.asking.iter().rev().take(seeds).copied().collect();
        let (mut scratch, mut found) = (Scratch::default(), Vec::new());
        let mean = mean_strength(self.graph);
        let town = Bipartite::new(self.graph, if seeds > 0 { self.enterprises as usize } else { 0 });
        let (mut precisions, mut steps) = (Vec::with_capacity(homes.len()), 0);
        for some in homes.chunks(LANES) {
            let restart = f64::from(Push::default().restart);
            let truths = town.walks_home(some, restart, TOP);
            for (home, truth) in some.iter().zip(truths) {
                push(self.graph, &self.ask(*home, TOP), Push::default(), mean, &mut scratch, &mut found);
                precisions.push(precision(&found, &truth.values, *home, TOP));
                steps = steps.max(truth.steps);
            }
        }
        let mean = precisions.iter().sum::<f64>() / precisions.len() as f64;
        json!({
            "seeds": homes.len(),
            "mean": (!precisions.is_empty()).then_some(mean),
            "worst": precisions.into_iter().min_by(f64::total_cmp),
            "truth": "50 rounds of f64 power iteration, each value within 1e-4 of the last of the best 50",
            "truth_steps_walked_most": steps,
        })
    }

    fn paths(&self) -> Value {
        let mut scratch = Scratch::default();
        let others: Vec<Node> = self.asking.iter().rev().copied().collect();
        let (mut at, mut complete, mut lengths) = (0_usize, 0_usize, 0_usize);
        let timings = self.timed_over(PATH_QUERIES, |ask| {
            let to = others.get(at % others.len()).copied().unwrap_or(0);
            let answer = introduction_paths(
                self.graph,
                &PathsAsk { from: ask.from, to, ..PATHS },
                reliability,
                &mut scratch,
            );
            at += 1;
            complete += usize::from(answer.complete);
            lengths += answer.paths.first().map_or(0, |path| path.nodes.len());
        });
        let mut figures = timings.figures();
        if let Some(figures) = figures.as_object_mut() {
            figures.insert("complete_share".into(), json!(complete as f64 / at.max(1) as f64));
            figures.insert("nodes_mean".into(), json!(lengths as f64 / at.max(1) as f64));
        }
        figures
    }

    fn page_ranks(&self) -> Value {
        let arcs = self.graph.arc_count() as f64;
        let (rounds, times) = if arcs > RANK_ARCS_MAX { (2, 1) } else { (PageRank::default().rounds, 2) };
        let figures = |weighted, threads| {
            let how = PageRank { weighted, threads, rounds, ..PageRank::default() };
            let mut best = std::time::Duration::MAX;
            for _ in 0..times {
                let started = Instant::now();
                let ranks: Vec<f32> = black_box(page_rank(self.graph, &how));
                best = best.min(started.elapsed());
                drop(ranks);
            }
            let gathers = if threads == 1 {
                self.gathers
            } else {
                Machine::gathers_now(self.graph.nodes() * 4, threads)
            };
            let rounds = how.rounds as f64;
            json!({
                "ms": ms(best),
                "ns_per_arc": best.as_secs_f64() * 1e9 / (arcs * rounds),
                "ratio_to_gather_limit": best.as_secs_f64() * gathers / (arcs * rounds),
            })
        };
        json!({
            "rounds": rounds,
            "unweighted_1_thread": figures(false, 1),
            "unweighted_2_threads": figures(false, 2),
            "weighted_1_thread": figures(true, 1),
            "weighted_2_threads": figures(true, 2),
        })
    }
}
