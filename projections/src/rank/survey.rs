//! Survey: who comes into question for a party, and the value of every signal for each.
//!
//! The pool is the union of the best by shared contacts, by contacts of contacts, and by direct contact; signals
//! are worked out for the pool alone, each from the candidate's own surroundings, so a question costs two or
//! three steps of the graph and [`BREADTH`] looks. Whoever is reached but not in the pool comes after it, in the
//! order of what gathered it.

use std::sync::Arc;

use super::model::Values;
use crate::numbers::{index, micro, number};
use crate::signals::background::Background;
use crate::signals::surroundings::{Circle, Circles, Common, Gather, Look, Middle, Reached, in_common};
use crate::signals::{self, resource_allocation, three_step_walk};
use crate::tie_graph::{Node, TieGraph, walk::Scratch};

pub mod pool;

pub use pool::{Admits, Depth};

/// How many of the best by each gathering signal come into the pool.
pub const BREADTH: usize = 200;

/// More circles than these are not held between looks: they would not stay in the cache.
const HELD_MAX: usize = 64;

/// A graph, and what is true of everyone in it.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The ties.
    pub graph: &'a TieGraph,
    /// What is true of everyone.
    pub background: &'a Background,
    /// Circles that are known already.
    pub circles: &'a Circles,
}

/// Room to work in, used again from query to query.
#[derive(Debug, Clone, Default)]
pub struct Room {
    /// For walks.
    pub walk: Scratch,
    gather: Gather,
    /// Circles of the few candidates that were looked at since the latest survey: the best are looked at again, to be
    /// explained.
    held: Vec<(Node, Arc<Circle>)>,
    two_steps: Reached,
    slots: Vec<u32>,
    seen: pool::Seen,
    best: pool::Best,
    depth: Depth,
}

/// Who comes into question for a party.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Who asks.
    pub from: Node,
    /// Its surroundings.
    pub from_circle: Arc<Circle>,
    /// The pool, ascending.
    pub pool: Vec<Node>,
    /// Everyone else who was reached, most promising first; empty where that was not asked for.
    pub beyond: Vec<Node>,
    /// How many were reached in all.
    pub reached: usize,
}

/// A candidate as gathered: what each gathering signal said of it.
#[derive(Debug, Clone, Copy)]
struct Gathered {
    node: Node,
    shared: f64,
    walked: f64,
    direct: f64,
}

impl Room {
    /// Surveys the candidates of a party. O(arcs within three steps + reached log reached).
    pub fn survey(&mut self, field: Field<'_>, from: Node, allows: &dyn Fn(Node) -> bool) -> Survey {
        let graph = field.graph;
        self.held.clear();
        let from_circle = field.circles.of(graph, field.background, from, &mut self.gather);
        let mut gathered = Vec::new();
        self.slots.resize(index(graph.party_count()).max(self.slots.len()), u32::MAX);
        let shared = resource_allocation::of_everyone(graph, from, &mut self.walk).collect();
        self.take(&mut gathered, shared, allows, |one, value| one.shared = value);
        let two_steps = three_step_walk::two_steps(graph, from, &mut self.walk);
        self.two_steps.fill(index(graph.party_count()), two_steps);
        let walked = three_step_walk::of_everyone(graph, from, &mut self.walk).collect();
        self.take(&mut gathered, walked, allows, |one, value| one.walked = value);
        let direct = from_circle.near.iter().map(|near| (near.node, f64::from(near.faded))).collect();
        self.take(&mut gathered, direct, allows, |one, value| one.direct = value);
        for one in &gathered {
            if let Some(slot) = self.slots.get_mut(index(one.node)) {
                *slot = u32::MAX;
            }
        }
        let (pool, beyond) = split(gathered);
        let reached = pool.len() + beyond.len();
        Survey { from, from_circle, pool, beyond, reached }
    }

    fn take(
        &mut self,
        gathered: &mut Vec<Gathered>,
        values: Vec<(Node, f64)>,
        allows: &dyn Fn(Node) -> bool,
        set: impl Fn(&mut Gathered, f64),
    ) {
        for (node, value) in values.into_iter().filter(|(node, _)| allows(*node)) {
            let Some(slot) = self.slots.get_mut(index(node)) else { continue };
            if *slot == u32::MAX {
                *slot = number(gathered.len());
                gathered.push(Gathered { node, shared: 0.0, walked: 0.0, direct: 0.0 });
            }
            if let Some(one) = gathered.get_mut(index(*slot)) {
                set(one, value);
            }
        }
    }

    /// Looks at these candidates of a survey, one after the other. The survey must be this room's latest.
    pub fn look<T>(
        &mut self,
        field: Field<'_>,
        survey: &Survey,
        candidates: &[Node],
        mut see: impl FnMut(&Look<'_>, &mut Scratch) -> T,
    ) -> Vec<T> {
        let Self { walk, gather, two_steps, held, .. } = self;
        let mut common: Vec<Common> = Vec::new();
        let middles = Middle::of_circle(field.graph, field.background, &survey.from_circle);
        let hold = held.len() + candidates.len() <= HELD_MAX;
        candidates
            .iter()
            .map(|to| {
                let known = held.iter().find(|(node, _)| node == to).map(|(_, circle)| Arc::clone(circle));
                let to_circle = known.unwrap_or_else(|| {
                    let circle = field.circles.of(field.graph, field.background, *to, gather);
                    held.extend(hold.then(|| (*to, Arc::clone(&circle))));
                    circle
                });
                in_common(&survey.from_circle, &middles, &to_circle, &mut common);
                let look = Look {
                    graph: field.graph,
                    background: field.background,
                    from: survey.from,
                    to: *to,
                    from_circle: &survey.from_circle,
                    to_circle: &to_circle,
                    common: &common,
                    two_steps,
                };
                see(&look, walk)
            })
            .collect()
    }

    /// The values of all signals for these candidates.
    pub fn values(&mut self, field: Field<'_>, survey: &Survey, candidates: &[Node]) -> Vec<Values> {
        self.look(field, survey, candidates, |look, _| signals::ALL.map(|signal| signal.value(look)))
    }
}

/// The pool, ascending, and the others in the order of the default model.
fn split(mut gathered: Vec<Gathered>) -> (Vec<Node>, Vec<Node>) {
    let mut pool: Vec<Node> = Vec::new();
    let readings: [fn(&Gathered) -> f64; 3] = [|one| one.shared, |one| one.walked, |one| one.direct];
    for reading in readings {
        let values = gathered.iter().map(|one| (one.node, reading(one))).collect();
        pool.extend(signals::path::strongest(values, BREADTH).into_iter().map(|(node, _)| node));
    }
    pool.sort_unstable();
    pool.dedup();
    let most = |reading: fn(&Gathered) -> f64| gathered.iter().map(reading).fold(0.0, f64::max);
    let (shared, walked) = (most(|one| one.shared), most(|one| one.walked));
    let part = |value: f64, best: f64| if best > 0.0 { libm::log(1.0 + 1_000.0 * value / best) } else { 0.0 };
    gathered.retain(|one| pool.binary_search(&one.node).is_err());
    let promise = |one: &Gathered| micro(part(one.shared, shared) + part(one.walked, walked) / 2.0);
    gathered.sort_by_cached_key(|one| (std::cmp::Reverse(promise(one)), one.node));
    (pool, gathered.into_iter().map(|one| one.node).collect())
}
