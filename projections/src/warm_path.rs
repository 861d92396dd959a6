//! The warmest path (引荐路径): who should introduce two parties to each other, and why.
//!
//! The reliability of a tie of weight w is `w / (w + 1/2)`: what the two did together, faded as everywhere. A path
//! over one broker or two is as reliable as the product of its ties, each broker counted less the more it introduced
//! lately: `1 / (1 + introductions / FATIGUE)`. Brokers are open parties that neither side has to avoid; both sides
//! are asked before anyone meets, whoever introduces. O(neighbours of both + the square of [`BREADTH`]).

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use serde::Serialize;

use crate::numbers::{float, micro};
use crate::rank::list::term_path;
use crate::rank::{Graphs, Step};
use crate::signals::Path;
use crate::signals::background::Background;
use crate::signals::surroundings::{Common, Gather, Middle, Near, in_common};
use crate::tie_graph::{Node, TieGraph};
use crate::views::Views;

/// So many introductions lately halve what a broker counts.
pub const FATIGUE: usize = 3;
/// Introductions within so many days count as lately.
pub const LATELY_DAYS: i32 = 90;
/// So many of each side's nearest are looked at for paths over two brokers.
pub const BREADTH: usize = 40;
/// How many paths are told.
pub const PATHS_MAX: usize = 3;

/// A way from one party to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WarmPath {
    /// Who stands between, in order: the first is asked to introduce.
    pub brokers: Vec<Broker>,
    /// How reliable it is, 0 to 1,000,000.
    pub reliability_micro: i64,
    /// One step after the other, each with the events behind it.
    pub steps: Vec<Step>,
}

/// Somebody who can introduce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broker {
    /// Who.
    pub party: PartyId,
    /// The introductions that it made lately.
    pub introductions: Vec<Position>,
}

/// A path by nodes.
struct Way {
    middles: Vec<Node>,
    reliability: f64,
}

/// The most reliable paths from one party to another as of the graphs' day, best first; at most [`PATHS_MAX`], each
/// with another first broker. None where no broker has to do with both.
#[must_use]
pub fn warmest(views: &Views, graphs: &Graphs, from: PartyId, to: PartyId) -> Vec<WarmPath> {
    let graph: &TieGraph = &graphs.parties;
    let (from, to) = (views.register.canonical(from), views.register.canonical(to));
    let (Some(start), Some(end)) = (graph.node(from), graph.node(to)) else { return Vec::new() };
    let loads = loads(views, graphs.parties.as_of_day());
    let barred: BTreeSet<PartyId> = [from, to]
        .into_iter()
        .flat_map(|party| views.ledger.avoided_by(&views.register, party).into_keys())
        .chain([from, to])
        .collect();
    let weighed = |node: Node| {
        let party =
            graph.party(node).filter(|party| !barred.contains(party) && views.register.is_open(*party))?;
        Some(1.0 / (1.0 + float(loads.get(&party).map_or(0, Vec::len)) / float(FATIGUE)))
    };
    let ways = ways(graph, graphs.field().background, start, end, &weighed);
    let told = |way: &Way| {
        let mut nodes = vec![start];
        nodes.extend(&way.middles);
        nodes.push(end);
        let path = Path::over(graph, &nodes, way.reliability)?;
        let broker = |node: &Node| {
            let party = graph.party(*node)?;
            Some(Broker { party, introductions: loads.get(&party).cloned().unwrap_or_default() })
        };
        Some(WarmPath {
            brokers: way.middles.iter().filter_map(broker).collect(),
            reliability_micro: micro(way.reliability),
            steps: term_path(graph, &path).steps,
        })
    };
    ways.iter().filter_map(told).collect()
}

/// The best ways, each with another first broker.
fn ways(
    graph: &TieGraph,
    background: &Background,
    start: Node,
    end: Node,
    weighed: &dyn Fn(Node) -> Option<f64>,
) -> Vec<Way> {
    let mut gather = Gather::default();
    let (of_start, of_end) = (gather.circle(graph, background, start), gather.circle(graph, background, end));
    let mut common: Vec<Common> = Vec::new();
    let middles = Middle::of_circle(graph, background, &of_start);
    in_common(&of_start, &middles, &of_end, &mut common);
    let over_one = |one: &Common| {
        let counts = weighed(one.from.node)?;
        let reliability = reliability(one.from.faded) * counts * reliability_of(&one.to);
        Some(Way { middles: vec![one.from.node], reliability })
    };
    let mut ways: Vec<Way> = common.iter().filter_map(over_one).collect();
    let (near_start, near_end) = (nearest(&of_start.near, weighed), nearest(&of_end.near, weighed));
    for (first, first_counts) in &near_start {
        for (second, second_counts) in near_end.iter().filter(|(second, _)| second.node != first.node) {
            let between = crate::numbers::narrow(graph.between(first.node, second.node));
            if between > 0.0 {
                let reliability = first_counts * reliability(between) * second_counts;
                ways.push(Way { middles: vec![first.node, second.node], reliability });
            }
        }
    }
    ways.sort_by(|one, other| {
        other.reliability.total_cmp(&one.reliability).then(one.middles.cmp(&other.middles))
    });
    let mut seen = BTreeSet::new();
    ways.retain(|way| way.middles.first().is_some_and(|first| seen.insert(*first)));
    ways.truncate(PATHS_MAX);
    ways
}

/// The nearest who may introduce, with what each counts: the tie's reliability, less its load.
fn nearest(near: &[Near], weighed: &dyn Fn(Node) -> Option<f64>) -> Vec<(Near, f64)> {
    let counted = |near: &Near| Some((*near, reliability_of(near) * weighed(near.node)?));
    let mut nearest: Vec<(Near, f64)> = near.iter().filter_map(counted).collect();
    nearest.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.node.cmp(&other.0.node)));
    nearest.truncate(BREADTH);
    nearest
}

fn reliability_of(near: &Near) -> f64 {
    reliability(near.faded)
}

/// How likely a tie of a weight carries an introduction, 0 to 1.
fn reliability(weight: f32) -> f64 {
    let weight = f64::from(weight);
    weight / (weight + 0.5)
}

/// The introductions that each party made lately, as the one who introduces. Linear in introductions.
fn loads(views: &Views, as_of_day: i32) -> BTreeMap<PartyId, Vec<Position>> {
    let mut loads: BTreeMap<PartyId, Vec<Position>> = BTreeMap::new();
    for introduction in views.ledger.introductions() {
        let day = introduction.proposed.occurred.day_number();
        let lately = day <= as_of_day && day > as_of_day - LATELY_DAYS;
        let broker = introduction.introducer.as_ref().and_then(|party| views.register.resolve(party));
        if let (true, Some(broker)) = (lately, broker) {
            loads.entry(broker).or_default().push(introduction.proposed.position);
        }
    }
    loads
}

#[cfg(test)]
mod tests;
