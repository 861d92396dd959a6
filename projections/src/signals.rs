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
