//! Reasons to introduce two parties: a signal is one file below and one line in [`ALL`].
//!
//! A signal gives every candidate of a query a value, and for those that are shown the paths that the value
//! comes from. Law tests run over the list: values are finite and not negative, do not depend on the order
//! of events that commute, and always have events behind them.

use std::fmt::Debug;

use crate::tie_graph::{Node, TieGraph, walk::Scratch};

pub mod direct_contact;
pub mod path;
pub mod resource_allocation;
pub mod three_step_walk;

pub use path::{Hop, Path};

/// Every signal, in the order in which reasons are told.
pub const ALL: [&dyn Signal; 3] = [
    &resource_allocation::ResourceAllocation,
    &three_step_walk::ThreeStepWalk,
    &direct_contact::DirectContact,
];

/// Most paths that one reason names.
pub const PATHS_MAX: usize = 3;

/// A reason to introduce.
pub trait Signal: Sync + Debug {
    /// Stable snake_case name, as in JSON.
    fn name(&self) -> &'static str;
    /// Chinese label.
    fn label_zh(&self) -> &'static str;
    /// English label.
    fn label_en(&self) -> &'static str;

    /// The value of every party for which it is above zero, `from` itself left out, in a fixed order.
    fn values(&self, graph: &TieGraph, from: Node, scratch: &mut Scratch) -> Vec<(Node, f64)>;

    /// For each of these parties, the paths that its value mostly comes from: strongest first, at most
    /// [`PATHS_MAX`]; none where the value is zero.
    fn paths(&self, graph: &TieGraph, from: Node, to: &[Node], scratch: &mut Scratch) -> Vec<Vec<Path>>;
}

/// The parties other than `from` that a walk reached, with what it left there.
fn others(scratch: &Scratch, graph: &TieGraph, from: Node) -> Vec<(Node, f64)> {
    let party = |(node, value): &(Node, f64)| *node != from && *value > 0.0 && !graph.is_occasion(*node);
    scratch.reached().iter().filter(party).collect()
}

/// `over` divided by a strength; 0 where there is none.
fn shared_out(over: f64, strength: f64) -> f64 {
    if strength > 0.0 { over / strength } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::sample::SplitMix;
    use crate::chamber_graph::ChamberGraph;
    use crate::party_graph::PartyGraph;
    use crate::rank::Graphs;
    use crate::sample_town::Town;
    use jinqiao_events::value::ids::PartyId;
    use proptest::prelude::*;

    fn all_values(graph: &TieGraph, signal: &dyn Signal) -> Vec<(PartyId, PartyId, f64)> {
        let mut scratch = Scratch::default();
        let mut values = Vec::new();
        for from in 0..graph.party_count() {
            for (to, value) in signal.values(graph, from, &mut scratch) {
                values.push((graph.party(from).unwrap(), graph.party(to).unwrap(), value));
            }
        }
        values.sort_by_key(|row| (row.0, row.1));
        values
    }

    /// Everyone's graph, and the chambers'.
    fn graphs(town: &Town) -> (PartyGraph, ChamberGraph) {
        let views = town.views();
        let graphs = Graphs::build(&views, Town::day("2020-01-01"));
        (graphs.parties.clone(), graphs.chambers(&views.register).clone())
    }

    fn towns() -> impl Strategy<Value = Town> {
        proptest::collection::vec(any::<(u8, u8, u8, u8)>(), 0..80).prop_map(|things| Town::of(&things))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn values_are_finite_and_above_zero_and_never_the_partys_own(town in towns()) {
            let (parties, chambers) = graphs(&town);
            for (signal, graph) in ALL.into_iter().flat_map(|signal| [(signal, &*parties), (signal, &*chambers)]) {
                for (from, to, value) in all_values(graph, signal) {
                    prop_assert!(value.is_finite() && value > 0.0 && from != to, "{} {value}", signal.name());
                }
            }
        }

        #[test]
        fn values_do_not_depend_on_the_order_of_events(town in towns(), seed: u64) {
            let mut random = SplitMix::new(seed);
            let (one, other) = (graphs(&town), graphs(&town.shuffled(|| random.next())));
            for signal in ALL {
                prop_assert_eq!(all_values(&one.0, signal), all_values(&other.0, signal));
                prop_assert_eq!(all_values(&one.1, signal), all_values(&other.1, signal));
            }
        }

        #[test]
        fn every_value_has_events_behind_it_that_exist(town in towns()) {
            let (parties, chambers) = graphs(&town);
            let head = u64::try_from(town.events.len()).unwrap();
            let mut scratch = Scratch::default();
            for (signal, graph) in ALL.into_iter().flat_map(|signal| [(signal, &*parties), (signal, &*chambers)]) {
                for from in 0..graph.party_count() {
                    let to: Vec<Node> = signal.values(graph, from, &mut scratch).iter().map(|row| row.0).collect();
                    for (to, paths) in to.iter().zip(signal.paths(graph, from, &to, &mut scratch)) {
                        prop_assert!(!paths.is_empty() && paths.len() <= PATHS_MAX, "{}", signal.name());
                        let share: f64 = paths.iter().map(|path| path.share).sum();
                        prop_assert!(share > 0.0 && share <= 1.0 + 1e-9, "{share}");
                        for path in paths {
                            prop_assert_eq!(path.hops.first().map(|hop| hop.from), Some(from));
                            prop_assert_eq!(path.hops.last().map(|hop| hop.to), Some(*to));
                            for hop in path.hops {
                                prop_assert!(!hop.evidence.is_empty());
                                prop_assert!(hop.evidence.iter().all(|at| (1..=head).contains(at)));
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn resource_allocation_shares_out_as_worked_by_hand() {
        let mut town = Town::default();
        let (a, b, c) = (town.enterprise("甲"), town.enterprise("乙"), town.enterprise("丙"));
        town.purchase("2020-01-01", a, c);
        town.purchase("2020-01-01", c, b);
        let (graph, _) = graphs(&town);
        let node = |id| graph.node(id).unwrap();
        let values = resource_allocation::ResourceAllocation.values(&graph, node(a), &mut Scratch::default());
        // x(c) = 1; c has two direct ties of weight 1 and size 2, so s(c) = 4; b receives 1 * 1/4.
        let of_b = values.iter().find(|(to, _)| *to == node(b)).unwrap().1;
        assert!((of_b - 0.25).abs() < 1e-12, "{of_b}");
    }
}
