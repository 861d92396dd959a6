//! Every kernel against the plain definition, on graphs of any shape, over every kind of rows.

use petgraph::csr::Csr;
use petgraph::stable_graph::StableGraph;
use petgraph::visit::EdgeRef;
use proptest::prelude::*;

use super::bounded_two_hop::bounded_two_hop;
use super::introduction_paths::{PathsAsk, introduction_paths, reliability};
use super::page_rank::{PageRank, page_rank};
use super::push::{Push, mean_strength, push};
use super::three_step::three_step;
use super::two_hop::{AdamicAdar, ResourceAllocation, Share, WeightedResourceAllocation, two_hop};
use super::{Ask, Found, Row, Rows, Scratch, WithStrengths, batch::batch};
use crate::compact_graph::{Builder, CompactGraph, Factors};
use crate::tie_graph::Node;

/// A graph told as ties, each said once: (a, b, weight).
pub(crate) type Ties = Vec<(Node, Node, f32)>;

/// Graphs of up to 40 nodes with a few hubs, in their order of arrival.
pub(crate) fn ties() -> impl Strategy<Value = Ties> {
    let tie = (0_u32..40, 0_u32..40, 1_u8..40).prop_map(|(a, b, weight)| {
        // Squares crowd low numbers: some nodes have many ties.
        ((a * a) / 40, (b * b) / 40, f32::from(weight) / 8.0)
    });
    prop::collection::vec(tie, 0..160).prop_map(|ties| {
        let mut seen = std::collections::BTreeSet::new();
        let new =
            |tie: &(Node, Node, f32)| tie.0 != tie.1 && seen.insert((tie.0.min(tie.1), tie.0.max(tie.1)));
        ties.into_iter().filter(new).collect()
    })
}

pub(crate) const NODES: usize = 40;

pub(crate) fn built(ties: &[(Node, Node, f32)]) -> CompactGraph<f32> {
    let mut builder = Builder::new(NODES);
    ties.iter().for_each(|(a, b, _)| builder.count(*a, *b));
    let mut filling = builder.fill();
    ties.iter().for_each(|(a, b, weight)| filling.put(*a, *b, *weight));
    filling.finish(Factors::default()).unwrap()
}

/// The same ties, the last half of them laid over the base, some after having been something else.
pub(crate) fn laid_over(ties: &[(Node, Node, f32)]) -> CompactGraph<f32> {
    let (base, fresh) = ties.split_at(ties.len() / 2);
    let mut graph = built(base);
    for (at, (a, b, weight)) in fresh.iter().enumerate() {
        if at % 3 == 0 {
            graph.set_tie(*a, *b, weight + 1.0);
        }
        if at % 3 == 1 {
            graph.set_tie(*b, *a, 9.0);
            graph.remove_tie(*a, *b);
        }
        graph.set_tie(*a, *b, *weight);
    }
    graph
}

fn petgraphs(ties: &[(Node, Node, f32)]) -> Csr<(), f32, petgraph::Directed, Node> {
    let mut both: Ties = ties.iter().flat_map(|(a, b, w)| [(*a, *b, *w), (*b, *a, *w)]).collect();
    both.sort_by_key(|arc| (arc.0, arc.1));
    let mut csr = Csr::from_sorted_edges(&both).unwrap();
    while csr.node_count() < NODES {
        csr.add_node(());
    }
    csr
}

/// petgraph's `StableGraph`, the reference that all must agree with.
struct Reference(StableGraph<(), f32, petgraph::Undirected, u32>);

impl Reference {
    fn of(ties: &[(Node, Node, f32)]) -> Self {
        let mut graph = StableGraph::default();
        let nodes: Vec<_> = (0..NODES).map(|_| graph.add_node(())).collect();
        for (a, b, weight) in ties {
            graph.add_edge(nodes[*a as usize], nodes[*b as usize], *weight);
        }
        Self(graph)
    }

    fn row(&self, node: Node) -> Vec<(Node, f64)> {
        let edges = self.0.edges(node.into());
        let mut row: Vec<(Node, f64)> = edges
            .map(
                |edge| {
                    if edge.source() == node.into() { (edge.target(), edge) } else { (edge.source(), edge) }
                },
            )
            .map(|(other, edge)| (Node::try_from(other.index()).unwrap(), f64::from(*edge.weight())))
            .collect();
        row.sort_by_key(|arc| arc.0);
        row
    }

    fn strength(&self, node: Node) -> f64 {
        self.row(node).iter().map(|arc| arc.1).sum()
    }

    fn two_hop<S: Share>(&self, from: Node) -> Vec<f64> {
        let mut values = vec![0.0; NODES];
        for (middle, first) in self.row(from) {
            let row = self.row(middle);
            let share = f64::from(S::of(row.len(), narrow(self.strength(middle))));
            for (to, second) in row {
                values[to as usize] += share * if S::WEIGHTED { first * second } else { 1.0 };
            }
        }
        values
    }

    fn three_step(&self, from: Node, damping: f64) -> Vec<f64> {
        let mut at = vec![0.0; NODES];
        at[from as usize] = 1.0;
        for _ in 0..3 {
            at = self.handed_on(&at);
        }
        (0..)
            .zip(at)
            .map(|(node, value)| if value > 0.0 { value / self.strength(node).powf(damping) } else { 0.0 })
            .collect()
    }

    fn handed_on(&self, at: &[f64]) -> Vec<f64> {
        let mut next = vec![0.0; NODES];
        for (node, value) in (0..).zip(at) {
            for (to, weight) in self.row(node) {
                next[to as usize] += value * weight / self.strength(node);
            }
        }
        next
    }

    /// Sixty rounds of power iteration.
    fn walk_home(&self, from: Node, restart: f64) -> Vec<f64> {
        let mut at = vec![0.0; NODES];
        at[from as usize] = 1.0;
        for _ in 0..60 {
            at = self.handed_on(&at).iter().map(|value| (1.0 - restart) * value).collect();
            at[from as usize] += restart;
        }
        at
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a sum of a few weights")]
fn narrow(value: f64) -> f32 {
    value as f32
}

fn ask(from: Node) -> Ask {
    Ask { from, top: 7, among: 5..36 }
}

/// The values found are those of the best that the ask admits.
fn agree(found: &[Found], ask: &Ask, values: &[f64], slack: f64) -> Result<(), TestCaseError> {
    let mut best: Vec<f64> = (0..)
        .zip(values)
        .filter(|(node, value)| ask.admits(*node) && **value > 0.0)
        .map(|(_, v)| *v)
        .collect();
    best.sort_by(|one, other| other.total_cmp(one));
    best.truncate(ask.top);
    prop_assert_eq!(found.len(), best.len());
    for (one, best) in found.iter().zip(best) {
        let value = f64::from(one.value);
        prop_assert!((value - best).abs() <= slack * best, "{value} for {best}");
        prop_assert!((value - values[one.node as usize]).abs() <= slack * value);
    }
    Ok(())
}

fn check_two_hops<G: Rows>(graph: &G, reference: &Reference) -> Result<(), TestCaseError> {
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    for ask in (0..40).map(ask) {
        two_hop::<_, ResourceAllocation>(graph, &ask, &mut scratch, &mut found);
        agree(&found, &ask, &reference.two_hop::<ResourceAllocation>(ask.from), 1e-4)?;
        bounded_two_hop::<_, ResourceAllocation>(graph, &ask, &mut scratch, &mut found);
        agree(&found, &ask, &reference.two_hop::<ResourceAllocation>(ask.from), 1e-4)?;
        bounded_two_hop::<_, WeightedResourceAllocation>(graph, &ask, &mut scratch, &mut found);
        agree(&found, &ask, &reference.two_hop::<WeightedResourceAllocation>(ask.from), 1e-4)?;
        two_hop::<_, AdamicAdar>(graph, &ask, &mut scratch, &mut found);
        agree(&found, &ask, &reference.two_hop::<AdamicAdar>(ask.from), 1e-4)?;
        three_step(graph, &ask, 0.3, &mut scratch, &mut found);
        agree(&found, &ask, &reference.three_step(ask.from, 0.3), 1e-4)?;
    }
    Ok(())
}

/// Rows of a graph of one huge middle beside small ones: what the bound is for.
#[test]
fn a_bounded_search_looks_nothing_up_that_it_need_not_and_is_exact() {
    struct Counting<'a>(&'a CompactGraph<f32>, std::sync::atomic::AtomicUsize);
    impl Rows for Counting<'_> {
        type Weight = f32;
        fn nodes(&self) -> usize {
            self.0.nodes()
        }
        fn row(&self, node: Node) -> Row<'_, f32> {
            self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            self.0.row(node)
        }
        fn weigh(&self, weight: f32) -> f32 {
            weight
        }
        fn strength(&self, node: Node) -> f32 {
            self.0.strength(node)
        }
    }
    let mut builder = Builder::new(10_012);
    // Middles 10,000 to 10,009 have ten members each, all with node 0; 10,010 and 10,011 have everyone.
    let small =
        (0..10_u32).flat_map(|middle| (0..10_u32).map(move |at| (at * (middle + 1), 10_000 + middle)));
    let large = (0..9_000_u32).flat_map(|node| [(node, 10_010), (node, 10_011)]);
    let ties: Vec<(Node, Node)> = small.chain(large).collect();
    ties.iter().for_each(|(a, b)| builder.count(*a, *b));
    let mut filling = builder.fill();
    ties.iter().for_each(|(a, b)| filling.put(*a, *b, 1.0));
    let graph = filling.finish(Factors::default()).unwrap();
    let ask = Ask { from: 0, top: 5, among: 0..10_000 };
    let (mut scratch, mut full, mut bounded) = (Scratch::default(), Vec::new(), Vec::new());
    two_hop::<_, ResourceAllocation>(&graph, &ask, &mut scratch, &mut full);
    let counting = Counting(&graph, 0.into());
    bounded_two_hop::<_, ResourceAllocation>(&counting, &ask, &mut scratch, &mut bounded);
    assert_eq!(
        full.iter().map(|one| one.node).collect::<Vec<_>>(),
        bounded.iter().map(|one| one.node).collect::<Vec<_>>()
    );
    assert!(full.iter().zip(&bounded).all(|(one, other)| (one.value - other.value).abs() < 1e-5));
    assert!(counting.1.into_inner() < 60, "the large middles were only looked up for a few");
    assert_eq!(scratch.scores.len(), 0, "the scratch is left clean");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn two_hops_and_three_steps_are_their_definitions_on_every_kind_of_rows(ties in ties()) {
        let reference = Reference::of(&ties);
        check_two_hops(&built(&ties), &reference)?;
        check_two_hops(&laid_over(&ties), &reference)?;
        check_two_hops(&WithStrengths::new(&petgraphs(&ties)), &reference)?;
    }

    #[test]
    fn a_fine_push_is_personalised_page_rank(ties in ties()) {
        let reference = Reference::of(&ties);
        let graph = laid_over(&ties);
        let how = Push { tolerance: 1e-5, tolerance_between: 1e-5, ..Push::default() };
        let (mean, mut scratch, mut found) = (mean_strength(&graph), Scratch::default(), Vec::new());
        for ask in (0..40).step_by(7).map(ask).filter(|ask| reference.strength(ask.from) > 0.0) {
            push(&graph, &ask, how, mean, &mut scratch, &mut found);
            let truth = reference.walk_home(ask.from, f64::from(how.restart));
            agree(&found, &ask, &truth, 2e-2)?;
        }
    }

    #[test]
    fn page_rank_adds_up_to_one_and_is_its_own_next_round_on_any_number_of_threads(ties in ties(), weighted: bool) {
        let graph = laid_over(&ties);
        let how = PageRank { rounds: 100, weighted, ..PageRank::default() };
        let ranks = page_rank(&graph, &how);
        let sum: f64 = ranks.iter().map(|rank| f64::from(*rank)).sum();
        prop_assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        let one_more = page_rank(&graph, &PageRank { rounds: 101, threads: 3, ..how });
        for (one, other) in ranks.iter().zip(one_more) {
            prop_assert!((one - other).abs() < 1e-6);
        }
        prop_assert_eq!(ranks, page_rank(&graph, &PageRank { threads: 3, ..how }));
    }

    #[test]
    fn introduction_paths_are_the_best_simple_ones(ties in ties(), from in 0_u32..40, to in 0_u32..40) {
        let graph = laid_over(&ties);
        let ask = PathsAsk { from, to, most: 4, ties_max: 4, arcs_max: usize::MAX };
        let answer = introduction_paths(&graph, &ask, reliability, &mut Scratch::default());
        let mut all = Vec::new();
        if from != to {
            every_path(&Reference::of(&ties), &mut vec![from], 1.0, &ask, &mut all);
        }
        all.sort_by(|one: &f64, other| other.total_cmp(one));
        all.truncate(4);
        prop_assert!(answer.complete);
        prop_assert_eq!(answer.paths.len(), all.len());
        for (path, best) in answer.paths.iter().zip(all) {
            prop_assert!((f64::from(path.reliability) - best).abs() < 1e-4 * best);
            prop_assert_eq!((path.nodes.first(), path.nodes.last()), (Some(&from), Some(&to)));
        }
    }

    #[test]
    fn a_batch_answers_in_order_and_like_one_by_one(ties in ties(), threads in 1_usize..4) {
        let graph = built(&ties);
        let queries: Vec<Node> = (0..400).map(|at| at % 40).collect();
        let answer = |from: &Node, scratch: &mut Scratch| {
            let mut found = Vec::new();
            two_hop::<_, AdamicAdar>(&graph, &ask(*from), scratch, &mut found);
            found
        };
        let mut scratch = Scratch::default();
        let one_by_one: Vec<_> = queries.iter().map(|from| answer(from, &mut scratch)).collect();
        prop_assert_eq!(batch(&queries, threads, answer), one_by_one);
    }
}

fn every_path(graph: &Reference, so_far: &mut Vec<Node>, product: f64, ask: &PathsAsk, all: &mut Vec<f64>) {
    let last = so_far[so_far.len() - 1];
    if last == ask.to {
        all.push(product);
        return;
    }
    if so_far.len() > ask.ties_max {
        return;
    }
    for (next, weight) in graph.row(last) {
        if !so_far.contains(&next) {
            so_far.push(next);
            every_path(graph, so_far, product * weight / (1.0 + weight), ask, all);
            so_far.pop();
        }
    }
}

#[test]
fn a_search_that_is_broken_off_says_so() {
    let ties: Ties = (0..39).map(|node| (node, node + 1, 1.0)).collect();
    let ask = PathsAsk { from: 0, to: 39, most: 1, ties_max: 50, arcs_max: 20 };
    let graph = built(&ties);
    assert!(!introduction_paths(&graph, &ask, reliability, &mut Scratch::default()).complete);
    let more = PathsAsk { arcs_max: 1_000, ..ask };
    assert_eq!(
        introduction_paths(&graph, &more, reliability, &mut Scratch::default()).paths[0].nodes.len(),
        40
    );
}
