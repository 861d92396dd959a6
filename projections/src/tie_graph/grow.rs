//! Growing: what is appended is laid over the rows, and only what it touches is computed anew.
//!
//! A new tie changes the rows of both ends; a new guest changes what the occasion weighs, hence the rows of all
//! who were there (occasions too large to weigh anything change two rows only); a party that becomes established
//! changes what those around it are divided by. Every sum is taken over the same things in the same order as by
//! building anew, up to where newcomers are numbered.

use std::collections::BTreeSet;
use std::sync::Arc;

use jinqiao_events::value::ids::PartyId;

use super::{Bond, Evidence, Node, TieGraph, count_u32, narrow};
use crate::facts::OccasionName;
use crate::kernels::Rows;

/// The nodes that a growth touched; see [`TieGraph::settle`].
#[derive(Debug, Default)]
pub(crate) struct Stirred {
    /// Parties whose rows, or the sizes of whose occasions, have changed.
    parties: BTreeSet<Node>,
}

impl TieGraph {
    /// How much lies over what was built: rows written anew.
    #[must_use]
    pub fn fresh_rows(&self) -> usize {
        self.arcs.overlay().rows
    }

    /// The nodes of the parties that came since an earlier state of this graph.
    pub(crate) fn newcomers_since(&self, earlier: &Self) -> std::ops::Range<Node> {
        let node = |newcomers: usize| count_u32(self.parties.len() + newcomers);
        node(earlier.newcomer_ids.len())..node(self.newcomer_ids.len())
    }

    /// The node of a party, a new one where it has none; nothing where there is no room for more.
    pub(crate) fn node_or_new(&mut self, party: PartyId) -> Option<Node> {
        if let Some(node) = self.node(party) {
            return Some(node);
        }
        let node = count_u32(self.parties.len() + self.newcomer_ids.len());
        if node >= self.first_occasion {
            return None;
        }
        self.newcomer_ids.push(party);
        let newcomers = Arc::make_mut(&mut self.newcomers);
        let at = newcomers.partition_point(|(id, _)| *id < party);
        newcomers.insert(at, (party, node));
        Some(node)
    }

    /// A new occasion, after all others.
    pub(crate) fn new_occasion(&mut self, name: OccasionName) -> Node {
        self.occasions.push(name);
        self.arcs.add_node()
    }

    /// Sets the direct tie of two parties.
    pub(crate) fn set_pair(
        &mut self,
        a: Node,
        b: Node,
        weight: f64,
        evidence: Vec<Evidence>,
        stirred: &mut Stirred,
    ) {
        let bond = Bond { weight: narrow(weight), behind: self.book.add(evidence) };
        self.arcs.set_tie(a, b, bond);
        stirred.parties.extend([a, b]);
    }

    /// Seats guests at an occasion, each with all events that say so, and weighs it anew.
    pub(crate) fn seat(
        &mut self,
        occasion: Node,
        guests: Vec<(Node, Vec<Evidence>)>,
        weigh: impl Fn(&Self, Node) -> f64,
        stirred: &mut Stirred,
    ) {
        let held = self.arcs.row(occasion).weights.first().map_or(0.0, |bond| bond.weight);
        let seated: Vec<(Node, Bond)> = guests
            .into_iter()
            .map(|(guest, evidence)| (guest, Bond { weight: held, behind: self.book.add(evidence) }))
            .collect();
        stirred.parties.extend(seated.iter().map(|(guest, _)| *guest));
        self.arcs.set_ties(occasion, &seated);
        let weight = narrow(weigh(self, occasion));
        if held.max(weight) > 0.0 {
            let row = self.arcs.row(occasion);
            stirred.parties.extend(row.targets);
            let weighed: Vec<(Node, Bond)> =
                row.arcs().map(|(to, bond)| (to, Bond { weight, ..bond })).collect();
            self.arcs.set_ties(occasion, &weighed);
        }
    }

    /// Finds out who has become established, and measures everyone anew whom that or a changed row concerns.
    pub(crate) fn settle(&mut self, stirred: Stirred, established_ties_min: usize) {
        let mut parties = stirred.parties;
        let promoted: Vec<Node> = parties
            .iter()
            .copied()
            .filter(|party| !self.is_established(*party) && self.degree(*party) >= established_ties_min)
            .collect();
        if !promoted.is_empty() {
            let known = Arc::make_mut(&mut self.promoted);
            known.extend(&promoted);
            known.sort_unstable();
        }
        for party in promoted {
            self.around(party, &mut parties);
        }
        for party in parties {
            let measure = self.measure(party);
            self.fames.set(party as usize, measure.fame());
            self.occasions_of_fame = self.occasions_of_fame.max(measure.occasions_of_fame());
            self.measures.set(party as usize, measure);
        }
    }

    /// The partners of a party, and those who were where it was.
    fn around(&self, party: Node, around: &mut BTreeSet<Node>) {
        for (next, weight) in self.ties(party) {
            if !self.is_occasion(next) {
                around.insert(next);
            } else if weight > 0.0 {
                around.extend(self.neighbours(next));
            }
        }
    }
}
