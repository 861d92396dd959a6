//! Ours, petgraph's own functions and Neo4j-labs `graph` on one town: a JSON line a kernel. Called by `run.py`.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use graph::prelude::{CsrLayout, DirectedCsrGraph, PageRankConfig, page_rank as neo4j_page_rank};
use graph_builder::GraphBuilder;
use jinqiao_projections::compact_graph::{Builder, CompactGraph, Factors, PackedWeight};
use jinqiao_projections::kernels::page_rank::{PageRank, page_rank};
use jinqiao_projections::kernels::push::{Push, mean_strength, push};
use jinqiao_projections::kernels::two_hop::{AdamicAdar, two_hop};
use jinqiao_projections::kernels::{Ask, Found, Rows, Scratch};

const TOP: usize = 50;
const ROUNDS: usize = 20;
const RESTART: f64 = 0.15;
/// Enterprises that precision is taken on.
const CHECKED: usize = 6;

/// The town of `town.py`.
struct Town {
    enterprises: u32,
    nodes: usize,
    ties: Vec<(u32, u32, f32)>,
    asking: Vec<u32>,
}

impl Town {
    fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let bytes = std::fs::read(path)?;
        let (head, rest) = bytes.split_at(32);
        let counts: Vec<usize> =
            head.chunks(8).map(|eight| u64::from_le_bytes(eight.try_into().unwrap_or_default()) as usize).collect();
        let [enterprises, occasions, ties, _] = counts[..] else { return Err("no town".into()) };
        let words: Vec<u32> =
            rest.chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap_or_default())).collect();
        let (enterprise, rest) = words.split_at(ties);
        let (occasion, rest) = rest.split_at(ties);
        let (weight, asking) = rest.split_at(ties);
        let both = enterprise.iter().zip(occasion).zip(weight);
        let ties = both.map(|((e, o), w)| (*e, o + enterprises as u32, f32::from_bits(*w))).collect();
        Ok(Self { enterprises: enterprises as u32, nodes: enterprises + occasions, ties, asking: asking.to_vec() })
    }
}

fn tell(kernel: &str, mut times: Vec<f64>, more: &str) {
    times.sort_by(f64::total_cmp);
    println!("{{\"kernel\": \"{kernel}\", \"p50_ms\": {}{more}}}", times[times.len() / 2] * 1e3);
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let answer = black_box(work());
    (started.elapsed().as_secs_f64(), answer)
}

/// Enterprises by falling degree, then occasions as they are: what the program does when it builds.
fn numbers(town: &Town) -> Vec<u32> {
    let mut degree = vec![0_u32; town.enterprises as usize];
    town.ties.iter().for_each(|tie| degree[tie.0 as usize] += 1);
    let mut order: Vec<u32> = (0..town.enterprises).collect();
    order.sort_by_key(|enterprise| std::cmp::Reverse(degree[*enterprise as usize]));
    let mut numbers = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(enterprise, number)| numbers[*enterprise as usize] = number);
    numbers
}

fn built(town: &Town, numbers: &[u32]) -> CompactGraph<PackedWeight> {
    let mut builder = Builder::new(town.nodes);
    town.ties.iter().for_each(|tie| builder.count(numbers[tie.0 as usize], tie.1));
    let mut filling = builder.fill();
    town.ties.iter().for_each(|tie| filling.put(numbers[tie.0 as usize], tie.1, PackedWeight::new(1, tie.2)));
    filling.finish(Factors::default()).unwrap_or_default()
}

fn ours(town: &Town) {
    let (took, (numbers, mut graph)) = timed(|| {
        let numbers = numbers(town);
        let graph = built(town, &numbers);
        (numbers, graph)
    });
    tell("load", vec![took], "");
    for (kernel, threads) in [("page_rank", 1), ("page_rank_2", 2)] {
        let how = PageRank { rounds: ROUNDS, weighted: false, threads, ..PageRank::default() };
        tell(kernel, (0..3).map(|_| timed(|| page_rank(&graph, &how)).0).collect(), "");
    }
    let asks: Vec<Ask> = town.asking.iter().map(|from| ask(town, numbers[*from as usize])).collect();
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    let times = asks.iter().map(|ask| timed(|| two_hop::<_, AdamicAdar>(&graph, ask, &mut scratch, &mut found)).0);
    tell("adamic_adar", times.collect(), "");
    let mean = mean_strength(&graph);
    let mut answers: Vec<Vec<Found>> = Vec::new();
    let times: Vec<f64> = asks
        .iter()
        .map(|ask| {
            let took = timed(|| push(&graph, ask, Push::default(), mean, &mut scratch, &mut found)).0;
            answers.push(found.clone());
            took
        })
        .collect();
    let right: f64 = asks.iter().zip(&answers).take(CHECKED).map(|(ask, found)| precision(&graph, ask, found)).sum();
    tell("ppr", times, &format!(", \"precision\": {}", right / CHECKED as f64));
    let last = town.nodes as u32 - 1;
    let times = asks.iter().map(|ask| {
        timed(|| {
            graph.set_tie(ask.from, last, PackedWeight::new(1, 0.5));
            two_hop::<_, AdamicAdar>(&graph, ask, &mut scratch, &mut found);
        })
        .0
    });
    tell("insert_then_ask", times.collect(), "");
}

fn ask(town: &Town, from: u32) -> Ask {
    Ask { from, top: TOP, among: 0..town.enterprises }
}

/// Against sixty rounds of power iteration.
fn precision(graph: &CompactGraph<PackedWeight>, ask: &Ask, found: &[Found]) -> f64 {
    let nodes = graph.nodes();
    let mut at = vec![0.0_f64; nodes];
    at[ask.from as usize] = 1.0;
    for _ in 0..60 {
        let mut next = vec![0.0; nodes];
        for (node, value) in (0..).zip(&at).filter(|(_, value)| **value > 0.0) {
            let share = (1.0 - RESTART) * value / f64::from(graph.strength(node));
            for (to, weight) in graph.row(node).arcs() {
                next[to as usize] += share * f64::from(graph.weigh(weight));
            }
        }
        next[ask.from as usize] += RESTART;
        at = next;
    }
    let mut truth: Vec<f64> = ask.among.clone().filter(|node| *node != ask.from).map(|node| at[node as usize]).collect();
    truth.sort_by(|one, other| other.total_cmp(one));
    let bar = truth[TOP - 1] * 0.999;
    found.iter().filter(|one| at[one.node as usize] >= bar).count() as f64 / TOP as f64
}

/// petgraph's own page rank is quadratic in nodes: it is run on a thousandth of the nodes, and named so.
fn petgraph(town: &Town) {
    let edges: Vec<(u32, u32)> = town.ties.iter().map(|tie| (tie.0, tie.1)).collect();
    let (took, graph) = timed(|| petgraph::graph::UnGraph::<(), ()>::from_edges(&edges));
    tell("load", vec![took], "");
    let mut scores = vec![0.0_f32; town.nodes];
    let mut touched = Vec::new();
    let times = town.asking.iter().map(|from| {
        timed(|| {
            for middle in graph.neighbors((*from).into()) {
                let members = graph.neighbors(middle).count().max(2) as f32;
                for to in graph.neighbors(middle) {
                    if scores[to.index()] == 0.0 {
                        touched.push(to.index());
                    }
                    scores[to.index()] += 1.0 / members.ln();
                }
            }
            touched.sort_unstable_by(|one, other| scores[*other].total_cmp(&scores[*one]));
            touched.truncate(TOP);
            scores.fill(0.0);
            touched.clear();
        })
        .0
    });
    tell("adamic_adar", times.collect(), "");
}

fn neo4j_labs(town: &Town) {
    let edges: Vec<(u32, u32)> =
        town.ties.iter().flat_map(|tie| [(tie.0, tie.1), (tie.1, tie.0)]).collect();
    let (took, graph) = timed(|| -> DirectedCsrGraph<u32> {
        GraphBuilder::new().csr_layout(CsrLayout::Sorted).edges(edges).build()
    });
    tell("load", vec![took], "");
    let how = PageRankConfig::new(ROUNDS, 0.0, 0.85);
    tell("page_rank", (0..3).map(|_| timed(|| neo4j_page_rank(&graph, how)).0).collect(), "");
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, peer, path] = &arguments[..] else { return Err("peers PEER TOWN".into()) };
    let town = Town::read(path)?;
    match peer.as_str() {
        "ours" => ours(&town),
        "petgraph" => petgraph(&town),
        "neo4j_labs" => neo4j_labs(&town),
        other => return Err(format!("no peer {other}").into()),
    }
    Ok(())
}
