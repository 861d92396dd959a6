//! Candidates: who may be introduced to a party, and why somebody may not.

use std::collections::BTreeMap;

use jinqiao_events::log::Position;
use jinqiao_events::value::ids::{EventId, PartyId};
use serde::Serialize;

use super::survey::Admits;
use super::{Graphs, With};
use crate::ledger::State;
use crate::numbers::number;
use crate::party_graph::PartyGraph;
use crate::tie_graph::{Evidence, Node};
use crate::ties::TieClass;
use crate::views::Views;

/// What speaks against introducing two parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum WhyNot {
    /// They are one party.
    SameParty,
    /// 已有交易: they deal with each other already.
    AlreadyDeals {
        /// The first event that says so.
        since: Position,
    },
    /// 同属: one is a member or holds an office of the other.
    Belongs {
        /// The event that says so.
        since: Position,
    },
    /// 回避: they must not be introduced.
    DoNotIntroduce {
        /// The event that says so.
        since: Position,
    },
    /// 已注销.
    Closed,
    /// Neither an enterprise nor a chamber: not on lists.
    OtherKind,
    /// Nothing ties the other to anyone.
    NoTies,
    /// No path leads from one to the other.
    NoPath,
}

/// Who may be introduced to one party.
pub(crate) struct Candidates<'a> {
    graphs: &'a Graphs,
    party: PartyId,
    with: With,
    partners: BTreeMap<Node, WhyNot>,
    avoided: BTreeMap<PartyId, Position>,
    /// Partners and those avoided, by node among all parties, ascending.
    barred: Vec<Node>,
}

impl<'a> Candidates<'a> {
    pub(crate) fn of(views: &Views, graphs: &'a Graphs, party: PartyId, with: With) -> Self {
        let node = graphs.parties.node(party);
        let partners = node.map(|node| partners(&graphs.parties, node)).unwrap_or_default();
        let avoided = views.ledger.avoided_by(&views.register, party);
        let of_avoided = avoided.keys().filter_map(|id| graphs.parties.node(*id));
        let mut barred: Vec<Node> = partners.keys().copied().chain(of_avoided).collect();
        barred.sort_unstable();
        Self { graphs, party, with, partners, avoided, barred }
    }

    /// Whether the node of the party graph may be on the list.
    pub(crate) fn allows(&self, node: Option<Node>) -> bool {
        node.is_some_and(|node| {
            self.graphs.open_kind(node) == Some(self.with.kind()) && self.barred.binary_search(&node).is_err()
        })
    }

    fn node(&self, party: PartyId) -> Option<Node> {
        self.graphs.parties.node(party)
    }

    /// Everything that speaks against the other party, short of there being no path.
    pub(super) fn why_not(&self, views: &Views, other: PartyId) -> Vec<WhyNot> {
        let mut why_not = Vec::new();
        let node = self.node(other);
        if other == self.party {
            why_not.push(WhyNot::SameParty);
        }
        why_not.extend(node.and_then(|node| self.partners.get(&node)).copied());
        why_not.extend(self.avoided.get(&other).map(|since| WhyNot::DoNotIntroduce { since: *since }));
        if !views.register.is_open(other) {
            why_not.push(WhyNot::Closed);
        }
        if views.register.party(other).is_some_and(|party| party.kind != self.with.kind()) {
            why_not.push(WhyNot::OtherKind);
        }
        if node.is_none() {
            why_not.push(WhyNot::NoTies);
        }
        why_not
    }
}

/// Among all parties, 64 at a time.
impl Admits for Candidates<'_> {
    fn admits(&self, node: Node) -> bool {
        self.allows(Some(node))
    }

    fn admitted(&self, word: usize, among: u64) -> u64 {
        let nodes = number(word * 64)..=number(word * 64 + 63);
        let first = self.barred.partition_point(|node| node < nodes.start());
        let barred = self.barred.iter().skip(first).take_while(|node| nodes.contains(node));
        let barred = barred.fold(0_u64, |bits, node| bits | 1 << (node % 64));
        among & self.graphs.open_word(self.with.kind(), word) & !barred
    }
}

/// The parties with which one deals already or to which it belongs, each with the first event that says so.
/// Two parties at one occasion that is a deal deal with each other.
pub(crate) fn partners(graph: &PartyGraph, party: Node) -> BTreeMap<Node, WhyNot> {
    let mut partners = BTreeMap::new();
    for (next, evidence) in graph.ties_with_evidence(party) {
        if !graph.is_occasion(next) {
            if let Some(why_not) = bound(evidence) {
                note(&mut partners, next, why_not);
            }
        } else if let Some(own) = dealt(evidence) {
            for (other, evidence) in graph.ties_with_evidence(next).filter(|(other, _)| *other != party) {
                if let Some(theirs) = dealt(evidence) {
                    note(&mut partners, other, WhyNot::AlreadyDeals { since: theirs.max(own) });
                }
            }
        }
    }
    partners
}

/// Keeps the earliest deal; a deal goes before belonging.
fn note(partners: &mut BTreeMap<Node, WhyNot>, other: Node, why_not: WhyNot) {
    let kept = partners.entry(other).or_insert(why_not);
    if let WhyNot::AlreadyDeals { since } = why_not {
        match kept {
            WhyNot::AlreadyDeals { since: first } => *first = since.min(*first),
            WhyNot::SameParty
            | WhyNot::Belongs { .. }
            | WhyNot::DoNotIntroduce { .. }
            | WhyNot::Closed
            | WhyNot::OtherKind
            | WhyNot::NoTies
            | WhyNot::NoPath => *kept = why_not,
        }
    }
}

fn dealt(evidence: &[Evidence]) -> Option<Position> {
    evidence.iter().filter(|event| event.deal).map(|event| event.position).min()
}

fn bound(evidence: &[Evidence]) -> Option<WhyNot> {
    let structural = |event: &&Evidence| matches!(event.class, TieClass::Membership | TieClass::Office);
    let belongs = evidence.iter().filter(structural).map(|event| event.position).min();
    dealt(evidence)
        .map(|since| WhyNot::AlreadyDeals { since })
        .or(belongs.map(|since| WhyNot::Belongs { since }))
}

/// The introductions under way between the party and others, by the other. Linear in all introductions.
pub(super) fn open_introductions(views: &Views, party: PartyId) -> BTreeMap<PartyId, EventId> {
    let mut open = BTreeMap::new();
    for introduction in views.ledger.introductions() {
        let under_way = matches!(
            introduction.state(&views.register),
            State::Proposed | State::HalfConsented | State::Consented
        );
        let (a, b) = (views.register.resolve(&introduction.a), views.register.resolve(&introduction.b));
        let other = if a == Some(party) { b } else { a.filter(|_| b == Some(party)) };
        if let (true, Some(other)) = (under_way, other) {
            open.insert(other, introduction.id);
        }
    }
    open
}
