//! The graph against the ties it was told, and petgraph's own algorithms on it.

use std::collections::BTreeMap;

use petgraph::algo::{connected_components, dijkstra};
use petgraph::graph::UnGraph;
use petgraph::visit::{Bfs, EdgeRef, IntoEdgeReferences, NodeIndexable};
use proptest::prelude::*;

use super::build::PassesDiffer;
use super::*;
use crate::kernels::tests::{NODES, Ties, built, laid_over, ties};

type Told = BTreeMap<(Node, Node), f32>;

fn told(graph: &CompactGraph<f32>) -> Told {
    graph.edge_references().map(|arc| ((arc.source(), arc.target()), *arc.weight())).collect()
}

fn both_ways(ties: &[(Node, Node, f32)]) -> Told {
    ties.iter().flat_map(|(a, b, weight)| [((*a, *b), *weight), ((*b, *a), *weight)]).collect()
}

fn check(graph: &CompactGraph<f32>, ties: &[(Node, Node, f32)]) -> Result<(), TestCaseError> {
    let expected = both_ways(ties);
    prop_assert_eq!(told(graph), expected.clone());
    prop_assert_eq!(graph.arc_count(), expected.len());
    for node in 0..number(graph.nodes()) {
        let row = graph.row(node);
        prop_assert!(row.targets.is_sorted_by(|one, next| one < next));
        let strength: f32 = row.weights.iter().sum();
        prop_assert!((graph.strength(node) - strength).abs() <= 1e-4 * strength);
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_graph_is_the_ties_that_it_was_told_built_laid_over_or_folded(ties in ties()) {
        check(&built(&ties), &ties)?;
        let mut graph = laid_over(&ties);
        check(&graph, &ties)?;
        let rows = graph.overlay().rows;
        prop_assert_eq!(rows > 0, !ties.is_empty());
        (0..graph.segment_count()).for_each(|segment| graph.fold_segment(segment));
        check(&graph, &ties)?;
        prop_assert_eq!(graph.overlay(), Overlay::default());
    }

    #[test]
    fn a_copy_keeps_what_it_was(ties in ties(), a in 0_u32..40, b in 0_u32..40) {
        prop_assume!(a != b);
        let mut graph = laid_over(&ties);
        let copy = graph.clone();
        graph.set_tie(a, b, 77.0);
        check(&copy, &ties)?;
        prop_assert_eq!(graph.weight_between(b, a), Some(77.0));
        graph.remove_tie(b, a);
        prop_assert_eq!(graph.weight_between(a, b), None);
    }

    #[test]
    fn what_came_while_a_copy_was_folded_stays(before in ties(), after in ties()) {
        let mut graph = laid_over(&before);
        let copy = graph.clone();
        let mut folded = copy.clone();
        (0..folded.segment_count()).for_each(|segment| folded.fold_segment(segment));
        after.iter().for_each(|(a, b, weight)| graph.set_tie(*a, *b, *weight));
        let expected = told(&graph);
        let changed: std::collections::BTreeSet<Node> = after.iter().flat_map(|tie| [tie.0, tie.1]).collect();
        graph.adopt_folded(&copy, &folded);
        prop_assert_eq!(told(&graph), expected);
        if copy.overlay().rows > 0 {
            prop_assert_eq!(graph.overlay().rows, changed.len());
        }
    }

    #[test]
    fn petgraphs_algorithms_run_on_it_and_agree_with_petgraphs_own_graph(ties in ties()) {
        let graph = laid_over(&ties);
        let mut own: UnGraph<(), f32> = UnGraph::default();
        let nodes: Vec<_> = (0..NODES).map(|_| own.add_node(())).collect();
        for (a, b, weight) in &ties {
            own.add_edge(nodes[index(*a)], nodes[index(*b)], *weight);
        }
        prop_assert_eq!(connected_components(&graph), connected_components(&own));
        let costs = dijkstra(&graph, 3, None, |arc| *arc.weight());
        let own_costs = dijkstra(&own, nodes[3], None, |edge| *edge.weight());
        prop_assert_eq!(costs.len(), own_costs.len());
        for (node, cost) in own_costs {
            prop_assert!((costs[&number(node.index())] - cost).abs() < 1e-3);
        }
        let mut walk = Bfs::new(&graph, 3);
        let mut reached = 0;
        while walk.next(&graph).is_some() {
            reached += 1;
        }
        prop_assert_eq!(reached, costs.len());
        prop_assert_eq!(graph.node_bound(), NODES);
    }
}

#[test]
fn nodes_can_be_added_across_segments_and_tied() {
    let mut graph: CompactGraph<PackedWeight> = CompactGraph::default();
    let nodes = number(SEGMENT_NODES) + 10;
    (0..nodes).for_each(|node| assert_eq!(graph.add_node(), node));
    graph.set_tie(3, nodes - 1, PackedWeight::new(2, 1.5));
    graph.set_tie(3, nodes, PackedWeight::new(2, 1.5));
    assert_eq!(graph.row(nodes - 1).targets, [3]);
    assert_eq!(graph.row(3).targets, [nodes - 1], "a node that does not exist is tied to nobody");
    (0..graph.segment_count()).for_each(|segment| graph.fold_segment(segment));
    let strengths = [3, nodes - 1].map(|node| graph.strength(node).to_bits());
    assert_eq!((strengths, graph.arc_count()), ([1.5_f32.to_bits(); 2], 2));
}

#[test]
fn factors_change_what_weights_count_and_nothing_else() {
    let mut graph: CompactGraph<PackedWeight> = CompactGraph::default();
    (0..3).for_each(|_| assert!(graph.add_node() < 3));
    graph.set_tie(0, 1, PackedWeight::new(0, 1.0));
    graph.fold_segment(0);
    graph.set_tie(0, 2, PackedWeight::new(1, 1.0));
    let faded = graph.with_factors(Factors::new([1.0, 0.25, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]));
    let strengths = |graph: &CompactGraph<PackedWeight>| [0, 1, 2].map(|node| graph.strength(node).to_bits());
    assert_eq!(strengths(&graph), [2.0_f32, 1.0, 1.0].map(f32::to_bits));
    assert_eq!(strengths(&faded), [1.25_f32, 1.0, 0.25].map(f32::to_bits));
    assert_eq!(faded.row(0).targets, graph.row(0).targets);
}

#[test]
fn two_passes_that_differ_are_refused() {
    let mut builder = Builder::new(4);
    builder.count(0, 1);
    builder.count(1, 2);
    let mut filling = builder.fill::<f32>();
    filling.put(0, 1, 1.0);
    assert_eq!(filling.finish(Factors::default()).unwrap_err(), PassesDiffer { difference: 2 });
    let ties: Ties = vec![(0, 1, 1.0), (0, 1, 5.0), (1, 2, 1.0)];
    let once = built(&ties);
    assert_eq!(once.weight_between(1, 0), Some(1.0), "of a tie that was put twice, the first counts");
    assert_eq!(once.arc_count(), 4);
}
