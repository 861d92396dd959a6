//! 三步游走 (three-step walk): whom the partners of one's partners deal with, famous names damped.
//!
//! Every node passed is an established party, and nothing goes straight back. With W x = push x through
//! occasions minus what returns, and s(z) = W's row sum: value of v = `[W 1/s W 1/s W e_u](v) / s(v)^0.3`.
//! O(arcs within three steps). Cooper et al. 2014 (RP3beta, Paudel et al. 2017) on a graph of parties.

use super::{PATHS_MAX, Path, Signal, others, path::strongest, shared_out};
use crate::tie_graph::{Node, TieGraph, walk::Scratch, walk::Through};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct ThreeStepWalk;

impl Signal for ThreeStepWalk {
    fn name(&self) -> &'static str {
        "three_step_walk"
    }

    fn label_zh(&self) -> &'static str {
        "间接往来"
    }

    fn label_en(&self) -> &'static str {
        "contacts of contacts"
    }

    fn values(&self, graph: &TieGraph, from: Node, scratch: &mut Scratch) -> Vec<(Node, f64)> {
        two_steps(graph, from, scratch);
        let damped = |party, value: f64| shared_out(value.max(0.0), graph.fame(party));
        scratch.step(graph, Through::Established).change(damped);
        others(scratch, graph, from)
    }

    fn paths(&self, graph: &TieGraph, from: Node, to: &[Node], scratch: &mut Scratch) -> Vec<Vec<Path>> {
        scratch.start(graph, from);
        share_out(graph, scratch);
        let near: Vec<(Node, f64)> = scratch.reached().iter().collect();
        share_out(graph, scratch);
        let far: Vec<f64> = (0..graph.party_count()).map(|party| scratch.reached().get(party)).collect();
        to.iter().map(|to| paths_to(graph, (from, *to), &near, &far, scratch)).collect()
    }
}

fn two_steps(graph: &TieGraph, from: Node, scratch: &mut Scratch) {
    scratch.start(graph, from);
    share_out(graph, scratch);
    share_out(graph, scratch);
}

fn share_out(graph: &TieGraph, scratch: &mut Scratch) {
    let share = |party, value| shared_out(value, graph.established_strength(party));
    scratch.step(graph, Through::Established).change(share);
}

fn paths_to(
    graph: &TieGraph,
    (from, to): (Node, Node),
    near: &[(Node, f64)],
    far: &[f64],
    scratch: &mut Scratch,
) -> Vec<Path> {
    if !graph.is_established(to) {
        return Vec::new();
    }
    // Ties are symmetric: what the second middle brings is what lies there times its tie to the end.
    scratch.start(graph, to);
    scratch.step(graph, Through::Established);
    let value = |middle| usize::try_from(middle).ok().and_then(|at| far.get(at)).copied().unwrap_or(0.0);
    let brought: Vec<(Node, f64)> =
        scratch.reached().iter().map(|(middle, tie)| (middle, tie * value(middle))).collect();
    let total: f64 = brought.iter().map(|(_, value)| value.max(0.0)).sum();
    // Ways through two others are told; the way there and back only where there is no other.
    let others = brought.into_iter().filter(|(second, _)| *second != from).collect();
    let paths: Vec<Path> = strongest(others, PATHS_MAX)
        .into_iter()
        .filter_map(|(second, value)| {
            let first = first_middle(graph, second, to, near, scratch)?;
            Path::over(graph, &[from, first, second, to], value / total)
        })
        .collect();
    if paths.is_empty() { Path::over(graph, &[from, to], 1.0).into_iter().collect() } else { paths }
}

/// The first middle, other than the end, through which most comes to the second.
fn first_middle(
    graph: &TieGraph,
    second: Node,
    end: Node,
    near: &[(Node, f64)],
    scratch: &mut Scratch,
) -> Option<Node> {
    scratch.start(graph, second);
    scratch.step(graph, Through::Established);
    let brought = near
        .iter()
        .filter(|(first, _)| *first != second && *first != end)
        .map(|(first, value)| (*first, value * scratch.reached().get(*first)))
        .collect();
    strongest(brought, 1).first().map(|(first, _)| *first)
}
