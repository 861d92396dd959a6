//! 三步游走 (three-step walk): whom the partners of one's partners deal with, famous names damped.
//!
//! Every node passed is an established party, and nothing goes straight back. With W x = push x through
//! occasions minus what returns, and s(z) = W's row sum: value of v = `[W 1/s W 1/s W e_u](v) / s(v)^0.3`,
//! the sum over the second middle z of what two steps left there times its tie to v.
//! Cooper et al. 2014 (RP3beta, Paudel et al. 2017) on a graph of parties.

use super::surroundings::{Look, Near};
use super::{Basis, PATHS_MAX, Path, Signal, path::strongest, shared_out};
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

    fn basis(&self) -> Basis {
        Basis::Paths
    }

    fn value(&self, look: &Look<'_>) -> f64 {
        let fame = look.graph.fame(look.to);
        let carried = |near: &Near| look.two_steps.get(near.node) * f64::from(near.faded);
        look.to_circle.near.iter().map(|near| shared_out(carried(near), fame)).sum()
    }

    fn paths(&self, look: &Look<'_>, scratch: &mut Scratch) -> Vec<Path> {
        let brought: Vec<(Node, f64)> = brought(look).collect();
        let total: f64 = brought.iter().map(|(_, share)| share).sum();
        // Ways through two others are told; the way there and back only where there is no other. Those whose second
        // the asking party does not know by itself go first: the others are told as shared contacts already.
        let others = brought.into_iter().filter(|(second, _)| *second != look.from);
        let knows = |party: Node| look.from_circle.to(party).is_some();
        let (known, new): (Vec<_>, Vec<_>) = others.partition(|(second, _)| knows(*second));
        let told = strongest(new, PATHS_MAX).into_iter().chain(strongest(known, PATHS_MAX));
        let paths: Vec<Path> = told
            .take(PATHS_MAX)
            .filter_map(|(second, share)| {
                let first = first_middle(look, second, scratch)?;
                Path::over(look.graph, &[look.from, first, second, look.to], share / total)
            })
            .collect();
        if paths.is_empty() && total > 0.0 {
            Path::over(look.graph, &[look.from, look.to], 1.0).into_iter().collect()
        } else {
            paths
        }
    }
}

/// What each second middle brings.
fn brought<'a>(look: &Look<'a>) -> impl Iterator<Item = (Node, f64)> + 'a {
    let (look, fame) = (*look, look.graph.fame(look.to));
    look.to_circle
        .near
        .iter()
        .map(move |near| {
            let carried = look.two_steps.get(near.node) * f64::from(near.faded);
            (near.node, shared_out(carried, fame))
        })
        .filter(|(_, share)| *share > 0.0)
}

/// The first middle, other than the end, through which most comes to the second.
fn first_middle(look: &Look<'_>, second: Node, scratch: &mut Scratch) -> Option<Node> {
    let graph = look.graph;
    scratch.start(graph, second);
    scratch.step(graph, Through::Established);
    let brought = look
        .from_circle
        .near
        .iter()
        .filter(|near| near.node != second && near.node != look.to)
        .map(|near| {
            let first = shared_out(f64::from(near.faded), graph.established_strength(near.node));
            (near.node, first * scratch.reached().get(near.node))
        })
        .collect();
    strongest(brought, 1).first().map(|(first, _)| *first)
}

/// What two steps leave on each established party, shared out there, in a fixed order.
pub fn two_steps<'a>(
    graph: &TieGraph,
    from: Node,
    scratch: &'a mut Scratch,
) -> impl Iterator<Item = (Node, f64)> + use<'a> {
    scratch.start(graph, from);
    share_out(graph, scratch);
    share_out(graph, scratch);
    scratch.reached().iter().filter(|(_, value)| *value > 0.0)
}

/// The value of every party at once, after [`two_steps`] and with its scratch. O(arcs within three steps).
pub fn of_everyone<'a>(
    graph: &'a TieGraph,
    from: Node,
    scratch: &'a mut Scratch,
) -> impl Iterator<Item = (Node, f64)> + 'a {
    let damped = |party, value: f64| shared_out(value.max(0.0), graph.fame(party));
    scratch.last_step(graph, Through::Established).change(damped);
    super::others(scratch, graph, from)
}

fn share_out(graph: &TieGraph, scratch: &mut Scratch) {
    let share = |party, value| shared_out(value, graph.established_strength(party));
    scratch.step(graph, Through::Established).change(share);
}
