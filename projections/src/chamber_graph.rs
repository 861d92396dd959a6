//! The chamber graph: chambers only, folded from the party graph's ties.
//!
//! Two chambers are tied by members in common, by being at the same occasion (themselves, or through members,
//! which counts [`THROUGH_MEMBERS`]), by trade between their members, and by whatever ties them directly:
//! alliances, delegations, meetings. Every part keeps its weight in micro-units and the events behind it.

use std::collections::BTreeMap;
use std::ops::Deref;

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::value::ids::PartyId;
use serde::Serialize;

use crate::kernels::Rows;
use crate::party_graph::PartyGraph;
use crate::register::Register;
use crate::tie_graph::{Evidence, NewTie, Node, TieGraph, count_u32};
use crate::ties::TieClass;

/// What a tie through members counts, beside one of the chambers themselves.
pub const THROUGH_MEMBERS: f64 = 0.3;
/// How many of the strongest events a part of a tie keeps.
pub const EVIDENCE_MAX: usize = 6;
/// What one member in common counts, before it is damped by how many chambers it belongs to.
const COMMON_MEMBER: f64 = 0.5;

/// Chambers and their ties. See [`TieGraph`] for what can be asked of it; it has no occasions.
#[derive(Debug, Clone, Default)]
pub struct ChamberGraph {
    ties: TieGraph,
    parts: BTreeMap<(Node, Node), ChamberTie>,
    /// For each chamber: its node among all parties.
    among_parties: Vec<Node>,
}

/// The tie of two chambers, by sort: [`TieClass::Membership`] stands for members in common,
/// [`TieClass::Trade`] for trade between members.
pub type ChamberTie = BTreeMap<TieClass, Part>;

/// What one sort of tie contributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Weight in millionths.
    pub weight_micro: i64,
    /// How many members, meetings or trades make it up. Exact.
    pub count: u64,
    /// The strongest of them with the events behind; at most [`EVIDENCE_MAX`].
    pub strongest: Vec<(i64, Evidence)>,
}

impl Deref for ChamberGraph {
    type Target = TieGraph;

    fn deref(&self) -> &TieGraph {
        &self.ties
    }
}

impl ChamberGraph {
    /// Folds the chambers' ties out of everyone's. O(ties + the squares of chambers present at an occasion).
    #[must_use]
    pub fn fold(parties: &PartyGraph, register: &Register) -> Self {
        let mut fold = Fold { members: Members::read(parties, register), ties: BTreeMap::new() };
        fold.common_members(parties);
        fold.occasions(parties);
        fold.direct_ties(parties);
        fold.finish(parties)
    }

    /// The chamber's node in the party graph that this one was folded from.
    #[must_use]
    pub fn among_parties(&self, chamber: Node) -> Option<Node> {
        self.among_parties.get(chamber as usize).copied()
    }

    /// What ties two chambers, by sort.
    #[must_use]
    pub fn parts(&self, a: Node, b: Node) -> Option<&ChamberTie> {
        self.parts.get(&(a.min(b), a.max(b)))
    }
}

/// Who belongs to which chambers; nodes are those of the party graph.
struct Members {
    chambers: Vec<Node>,
    of: BTreeMap<Node, Vec<Node>>,
}

impl Members {
    fn read(parties: &PartyGraph, register: &Register) -> Self {
        let is_chamber = |node: &Node| {
            let party = parties.party(*node).and_then(|id| register.party(id));
            party.is_some_and(|party| party.kind == OrgKind::Chamber)
        };
        let mut chambers: Vec<Node> = (0..parties.party_count()).filter(is_chamber).collect();
        let mut of: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        for chamber in &chambers {
            let partners =
                parties.neighbours(*chamber).iter().take_while(|node| !parties.is_occasion(**node));
            for member in partners.filter(|node| chambers.binary_search(node).is_err()) {
                let belongs = parties
                    .evidence(*chamber, *member)
                    .iter()
                    .any(|event| event.class == TieClass::Membership);
                if belongs {
                    of.entry(*member).or_default().push(*chamber);
                }
            }
        }
        chambers.sort_unstable();
        Self { chambers, of }
    }

    fn is_chamber(&self, node: Node) -> bool {
        self.chambers.binary_search(&node).is_ok()
    }

    /// The chambers for which a party stands: itself, or those that it belongs to.
    fn behind(&self, node: Node) -> Vec<Node> {
        if self.is_chamber(node) { vec![node] } else { self.of.get(&node).cloned().unwrap_or_default() }
    }
}

/// How a chamber is present at an occasion.
#[derive(Debug, Clone, Copy)]
struct Presence {
    itself: bool,
    through: Node,
    several: bool,
}

struct Fold {
    members: Members,
    ties: BTreeMap<(Node, Node), ChamberTie>,
}

impl Fold {
    fn common_members(&mut self, parties: &PartyGraph) {
        for (member, chambers) in self.members.of.clone() {
            let others = count_u32(chambers.len()).saturating_sub(1);
            let weight = COMMON_MEMBER * libm::pow(f64::from(others.max(1)), -0.25);
            for (a, b) in pairs(&chambers) {
                let events = [parties.evidence(a, member).last(), parties.evidence(b, member).last()];
                self.add((a, b), TieClass::Membership, weight, events.into_iter().flatten());
            }
        }
    }

    fn occasions(&mut self, parties: &PartyGraph) {
        let first = parties.party_count();
        let end = count_u32(parties.petgraph().nodes());
        for occasion in first..end {
            let Some((_, weight)) = parties.ties(occasion).next().filter(|(_, weight)| *weight > 0.0) else {
                continue;
            };
            let present = self.present(parties, occasion);
            let chambers: Vec<Node> = present.keys().copied().collect();
            for (a, b) in pairs(&chambers) {
                let (Some(one), Some(other)) = (present.get(&a), present.get(&b)) else {
                    continue;
                };
                let same_guest = one.through == other.through && !one.several && !other.several;
                if same_guest {
                    continue;
                }
                let discount = if one.itself && other.itself { 1.0 } else { THROUGH_MEMBERS };
                let events = [one, other].map(|side| parties.evidence(side.through, occasion).last());
                let class =
                    events.iter().flatten().map(|event| event.class).max().unwrap_or(TieClass::CoPresence);
                self.add((a, b), class, weight * discount, events.into_iter().flatten());
            }
        }
    }

    fn present(&self, parties: &PartyGraph, occasion: Node) -> BTreeMap<Node, Presence> {
        let mut present: BTreeMap<Node, Presence> = BTreeMap::new();
        for guest in parties.neighbours(occasion) {
            let itself = self.members.is_chamber(*guest);
            for chamber in self.members.behind(*guest) {
                let presence = Presence { itself, through: *guest, several: false };
                let kept = present.entry(chamber).or_insert(presence);
                if kept.through != *guest {
                    let through = if itself { *guest } else { kept.through };
                    *kept = Presence { itself: kept.itself || itself, through, several: true };
                }
            }
        }
        present
    }

    fn direct_ties(&mut self, parties: &PartyGraph) {
        for a in 0..parties.party_count() {
            let partners: Vec<(Node, f64)> = parties
                .ties(a)
                .take_while(|(b, _)| !parties.is_occasion(*b))
                .filter(|(b, _)| *b > a)
                .collect();
            for (b, weight) in partners {
                let events = parties.evidence(a, b);
                if self.members.is_chamber(a) && self.members.is_chamber(b) {
                    let class = events.last().map_or(TieClass::Meeting, |event| event.class);
                    self.add((a, b), class, weight, events.iter());
                } else if events.iter().any(|event| event.class == TieClass::Trade) {
                    self.trade((a, b), weight, events);
                }
            }
        }
    }

    /// One trade counts once, however many chambers the two members belong to.
    fn trade(&mut self, (a, b): (Node, Node), weight: f64, events: &[Evidence]) {
        if self.members.is_chamber(a) || self.members.is_chamber(b) {
            return;
        }
        let (of_a, of_b) = (self.members.behind(a), self.members.behind(b));
        let between = f64::from(count_u32(of_a.len() * of_b.len()));
        for one in &of_a {
            for other in of_b.iter().filter(|other| *other != one) {
                self.add((*one, *other), TieClass::Trade, weight / between, events.iter());
            }
        }
    }

    fn add<'a>(
        &mut self,
        (a, b): (Node, Node),
        class: TieClass,
        weight: f64,
        events: impl Iterator<Item = &'a Evidence>,
    ) {
        let part = self.ties.entry((a.min(b), a.max(b))).or_default().entry(class).or_default();
        let weight_micro = micro(weight);
        part.weight_micro += weight_micro;
        part.count += 1;
        part.strongest.extend(events.map(|event| (weight_micro, *event)));
        part.strongest.sort_unstable_by(|one, other| other.cmp(one));
        part.strongest.dedup();
        part.strongest.truncate(EVIDENCE_MAX);
    }

    fn finish(self, parties: &PartyGraph) -> ChamberGraph {
        let mut chambers: Vec<(PartyId, Node)> =
            self.members.chambers.iter().filter_map(|node| Some((parties.party(*node)?, *node))).collect();
        chambers.sort_unstable();
        let number: BTreeMap<Node, Node> =
            chambers.iter().enumerate().map(|(at, (_, node))| (*node, count_u32(at))).collect();
        let parts: BTreeMap<(Node, Node), ChamberTie> = self
            .ties
            .into_iter()
            .filter_map(|((a, b), tie)| {
                let (a, b) = (*number.get(&a)?, *number.get(&b)?);
                Some(((a.min(b), a.max(b)), tie))
            })
            .collect();
        let (mut arcs, mut evidence) = (Vec::new(), Vec::new());
        for ((from, to), tie) in &parts {
            let mut events: Vec<Evidence> =
                tie.values().flat_map(|part| &part.strongest).map(|(_, event)| *event).collect();
            events.sort_unstable();
            events.dedup();
            let weight = tie.values().map(|part| part.weight_micro).sum();
            arcs.push(NewTie {
                from: *from,
                to: *to,
                weight: whole(weight),
                evidence: count_u32(events.len()),
            });
            evidence.extend(events);
        }
        let among_parties = chambers.iter().map(|(_, node)| *node).collect();
        let ids: Vec<PartyId> = chambers.into_iter().map(|(id, _)| id).collect();
        let established = count_u32(ids.len());
        let ties = TieGraph::new(ids, established, Vec::new(), 0, &arcs, evidence);
        ChamberGraph { ties, parts, among_parties }
    }
}

/// Every two of some nodes, once.
fn pairs(nodes: &[Node]) -> impl Iterator<Item = (Node, Node)> {
    nodes.iter().enumerate().flat_map(move |(at, a)| nodes.iter().skip(at + 1).map(move |b| (*a, *b)))
}

/// A weight in millionths, rounded.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a saturating cast of a weight that is far below the limit"
)]
pub(crate) fn micro(weight: f64) -> i64 {
    (weight * 1e6).round() as i64
}

/// Millionths as a weight.
#[expect(clippy::cast_precision_loss, reason = "weights are far below 2^53 millionths")]
fn whole(weight_micro: i64) -> f64 {
    weight_micro as f64 / 1e6
}
