//! Reasons to introduce two parties: a signal is one file below and one line in [`ALL`].
//!
//! A signal gives every candidate of a query a value, zero or more, and for those that are shown what the value
//! comes from: paths over third parties whose shares add up to the value exactly, ties of the candidate, or
//! entries of the register. Signals see ties between organisations and the register's place and trade, nothing
//! else ([`surroundings`]): persons and party-building data have no way in. Law tests run over the list.

use std::fmt::Debug;

use crate::tie_graph::{Node, TieGraph, walk::Scratch};

pub mod activity;
pub mod adamic_adar;
pub mod affinity;
pub mod background;
pub mod close_circles;
pub mod common_contacts;
pub mod deal_contacts;
pub mod direct_contact;
pub mod established_contacts;
pub mod long_contacts;
pub mod momentum;
pub mod mutual_share;
pub mod openness;
pub mod partners;
pub mod path;
pub mod profile;
pub mod recent_contacts;
pub mod resource_allocation;
pub mod surroundings;
pub mod tenure;
pub mod three_step_walk;

pub use path::{Hop, Path};
use surroundings::{Common, Look};

/// How many signals there are.
pub const COUNT: usize = 19;

/// Every signal, in the order in which reasons are told.
pub const ALL: [&dyn Signal; COUNT] = [
    &resource_allocation::ResourceAllocation,
    &three_step_walk::ThreeStepWalk,
    &direct_contact::DirectContact,
    &adamic_adar::AdamicAdar,
    &established_contacts::EstablishedContacts,
    &common_contacts::CommonContacts,
    &long_contacts::LongContacts,
    &recent_contacts::RecentContacts,
    &close_circles::CloseCircles,
    &deal_contacts::DealContacts,
    &profile::Profile,
    &affinity::Affinity,
    &mutual_share::MutualShare,
    &activity::ActiveLately,
    &activity::ActiveThisYear,
    &partners::Partners,
    &openness::Openness,
    &tenure::Tenure,
    &momentum::Momentum,
];

/// The signal of a name, and its place in [`ALL`].
#[must_use]
pub fn named(name: &str) -> Option<(usize, &'static dyn Signal)> {
    ALL.into_iter().enumerate().find(|(_, signal)| signal.name() == name)
}

/// Most paths that one reason names.
pub const PATHS_MAX: usize = 3;

/// What a signal's value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Paths over third parties, or the pair's own ties: more of it never speaks against a pair.
    Paths,
    /// The pair's sorts of occasion, places and trades.
    Pair,
    /// The candidate alone: the same for everyone who asks.
    Candidate,
}

/// What stands around the names of those whom both know where a signal has no words of its own, in Chinese and English.
pub(crate) const AROUND: [[&str; 2]; 2] = [["双方都与", "有往来"], ["Both are in touch with ", ""]];

/// A reason to introduce.
pub trait Signal: Sync + Debug {
    /// Stable snake_case name, as in JSON.
    fn name(&self) -> &'static str;
    /// Chinese label.
    fn label_zh(&self) -> &'static str;
    /// English label.
    fn label_en(&self) -> &'static str;
    /// What the value rests on.
    fn basis(&self) -> Basis;

    /// What is measured, in Chinese and English, where paths would not say it: the beginning of its sentence.
    fn measure(&self) -> Option<[&'static str; 2]> {
        None
    }

    /// What stands before and after the names of those whom both know, in Chinese and English.
    fn around(&self) -> [[&'static str; 2]; 2] {
        AROUND
    }

    /// What comes to the candidate through one neighbour that both have. Signals over third parties say this
    /// and nothing else.
    fn share(&self, _common: &Common) -> f64 {
        0.0
    }

    /// The value of a candidate: finite, zero or more. The sum of its shares, in the order of nodes.
    fn value(&self, look: &Look<'_>) -> f64 {
        look.common.iter().map(|common| self.share(common)).sum()
    }

    /// What the value comes from: for signals over paths, each with its share of the value, strongest first, at
    /// most [`PATHS_MAX`]; none where the value is zero or rests on the register alone.
    fn paths(&self, look: &Look<'_>, _scratch: &mut Scratch) -> Vec<Path> {
        let shares = look.common.iter().map(|common| (common.from.node, self.share(common))).collect();
        through_middles(look, shares)
    }
}

/// The strongest paths over one third party each, from what each brings.
fn through_middles(look: &Look<'_>, brought: Vec<(Node, f64)>) -> Vec<Path> {
    let total: f64 = brought.iter().map(|(_, share)| share).sum();
    let path =
        |(middle, share): (Node, f64)| Path::over(look.graph, &[look.from, middle, look.to], share / total);
    path::strongest(brought, PATHS_MAX).into_iter().filter_map(path).collect()
}

/// The latest ties of the candidate, as evidence of what it does; their shares are equal parts.
fn latest_ties(look: &Look<'_>, within_days: i32) -> Vec<Path> {
    let since = look.background.day().saturating_sub(within_days);
    let mut near: Vec<(i32, Node)> = look
        .to_circle
        .near
        .iter()
        .filter(|near| near.last_day >= since && near.node != look.from)
        .map(|near| (-near.last_day, near.node))
        .collect();
    near.sort_unstable();
    near.truncate(PATHS_MAX);
    let share = 1.0 / crate::numbers::float(near.len().max(1));
    near.into_iter().filter_map(|(_, node)| Path::over(look.graph, &[look.to, node], share)).collect()
}

/// `over` divided by a strength; 0 where there is none.
fn shared_out(over: f64, strength: f64) -> f64 {
    if strength > 0.0 { over / strength } else { 0.0 }
}

/// The parties other than `from` that a walk reached, with what it left there.
pub(crate) fn others<'a>(
    scratch: &'a Scratch,
    graph: &'a TieGraph,
    from: Node,
) -> impl Iterator<Item = (Node, f64)> + 'a {
    let party = move |(node, value): &(Node, f64)| *node != from && *value > 0.0 && !graph.is_occasion(*node);
    scratch.reached().iter().filter(party)
}

#[cfg(test)]
mod tests;
