//! Surroundings: all that signals look at, worked out once for a party and once for a pair.
//!
//! A [`Circle`] is a party's neighbours with the weights of what ties it to each, in several readings: as it
//! stands (`fixed`), fading (`faded`), of the last two years (`recent`), with the size of the occasion divided
//! out (`close`). A [`Look`] is one asking party and one candidate with the neighbours that they share. Nothing
//! here knows persons, party-building or anything but ties between organisations and what the register says of
//! an organisation's place and trade: signals see no more than this.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::background::Background;
use crate::numbers::{index, narrow, number};
use crate::tie_graph::{Evidence, Node, TieGraph};
use crate::ties::TieClass;

/// Ties older than so many days are not recent.
const RECENT_DAYS: i32 = 730;
/// Ties fade by half in so many days, as in the graph.
const HALF_LIFE_DAYS: f64 = 1_460.0;
/// A party's own activity fades by half in so many days: a quarter of a year, and a year.
const ACTIVITY_HALF_LIVES_DAYS: [f64; 2] = [91.0, 365.0];

/// A neighbour, and what ties the party to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Who.
    pub node: Node,
    /// Weight as if no time had passed.
    pub fixed: f32,
    /// Weight, fading.
    pub faded: f32,
    /// Weight of what happened in the last two years, not fading.
    pub recent: f32,
    /// Fading weight with the number of others at the occasion divided out.
    pub close: f32,
    /// Fading weight of deals alone.
    pub dealt: f32,
    /// Day of the first tie, days since 1970-01-01.
    pub first_day: i32,
    /// Day of the latest tie.
    pub last_day: i32,
}

/// A party's surroundings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Circle {
    /// Its neighbours, ascending by node.
    pub near: Vec<Near>,
    /// How many occasions and direct ties, each counted by how young it is: half-life of a quarter, of a year.
    pub activity: [f64; 2],
    /// Day of the first of them, if there is any.
    pub first_day: Option<i32>,
    /// Sorts of occasion that it was at, fading counts, ascending by sort.
    pub sorts: Vec<(u32, f64)>,
}

impl Near {
    fn add(&mut self, tie: &Strand) {
        self.fixed += tie.fixed;
        self.faded += tie.faded;
        self.recent += tie.recent;
        self.close += tie.close;
        self.dealt += tie.dealt;
        self.first_day = self.first_day.min(tie.first_day);
        self.last_day = self.last_day.max(tie.last_day);
    }
}

impl Circle {
    /// What ties the party to a neighbour.
    #[must_use]
    pub fn to(&self, node: Node) -> Option<&Near> {
        self.near.binary_search_by_key(&node, |near| near.node).ok().and_then(|at| self.near.get(at))
    }
}

/// Room to gather a circle in, used again from party to party.
#[derive(Debug, Clone, Default)]
pub struct Gather {
    /// What walks pass through, in the order of the graph.
    strands: Vec<Strand>,
    /// Each neighbour once for every strand that leads to it: node and strand in one number, so that sorting brings
    /// together what belongs together, in the order of the strands.
    met: Vec<u64>,
}

impl Gather {
    /// The surroundings of a party. O(m log m), m being the members of its occasions.
    #[must_use]
    pub fn circle(&mut self, graph: &TieGraph, background: &Background, party: Node) -> Circle {
        let mut circle = Circle::default();
        let mut sorts: Vec<(u32, f64)> = Vec::new();
        self.strands.clear();
        self.met.clear();
        for (next, weight, evidence) in graph.ties_walked(party) {
            let Some(tie) = Strand::of(graph, next, weight, evidence, background.day()) else { continue };
            for (activity, half_life) in circle.activity.iter_mut().zip(ACTIVITY_HALF_LIVES_DAYS) {
                *activity += libm::exp2(-tie.age_days / half_life);
            }
            circle.first_day = Some(circle.first_day.map_or(tie.first_day, |day| day.min(tie.first_day)));
            if let Some(sort) = background.sort(next) {
                sorts.push((sort, libm::exp2(-tie.age_days / HALF_LIFE_DAYS)));
            }
            let strand = u64::from(number(self.strands.len()));
            self.strands.push(tie);
            if graph.is_occasion(next) {
                let others = graph.neighbours(next).iter().filter(|member| **member != party);
                self.met.extend(others.map(|member| u64::from(*member) << 32 | strand));
            } else {
                self.met.push(u64::from(next) << 32 | strand);
            }
        }
        circle.near = self.in_order();
        circle.sorts = summed(sorts);
        circle
    }

    /// Those met, ascending by node, each with all that leads to it.
    fn in_order(&mut self) -> Vec<Near> {
        self.met.sort_unstable();
        let neighbours = self.met.chunk_by(|one, next| one >> 32 == next >> 32).count();
        let mut near: Vec<Near> = Vec::with_capacity(neighbours);
        for packed in &self.met {
            let node = Node::try_from(packed >> 32).unwrap_or(Node::MAX);
            let strand = usize::try_from(packed & u64::from(u32::MAX)).unwrap_or(usize::MAX);
            let Some(tie) = self.strands.get(strand) else { continue };
            match near.last_mut().filter(|near| near.node == node) {
                Some(known) => known.add(tie),
                None => near.push(tie.to(node)),
            }
        }
        near
    }
}

/// One tie of a party, as it counts in each reading.
#[derive(Debug, Clone, Copy)]
struct Strand {
    fixed: f32,
    faded: f32,
    recent: f32,
    close: f32,
    dealt: f32,
    first_day: i32,
    last_day: i32,
    age_days: f64,
}

impl Strand {
    /// A neighbour that it alone leads to.
    const fn to(&self, node: Node) -> Near {
        Near {
            node,
            fixed: self.fixed,
            faded: self.faded,
            recent: self.recent,
            close: self.close,
            dealt: self.dealt,
            first_day: self.first_day,
            last_day: self.last_day,
        }
    }

    /// None where nothing is behind it.
    fn of(graph: &TieGraph, next: Node, weight: f64, evidence: &[Evidence], today: i32) -> Option<Self> {
        let (first, last) = (evidence.first()?, evidence.last()?);
        let is_standing = |event: &Evidence| matches!(event.class, TieClass::Membership | TieClass::Office);
        let standing = evidence.iter().any(is_standing);
        let age_days = f64::from((today - last.day).max(0));
        let fixed = if standing { weight } else { weight * libm::exp2(age_days / HALF_LIFE_DAYS) };
        let others = if graph.is_occasion(next) { graph.degree(next).max(2) - 1 } else { 1 };
        let recent = today - last.day <= RECENT_DAYS;
        Some(Self {
            fixed: narrow(fixed),
            faded: narrow(weight),
            recent: if recent { narrow(fixed) } else { 0.0 },
            close: narrow(weight / crate::numbers::float(others)),
            dealt: if evidence.iter().any(|event| event.deal) { narrow(weight) } else { 0.0 },
            first_day: first.day,
            last_day: last.day,
            age_days,
        })
    }
}

/// Sums the values of equal keys; keys ascend.
fn summed(mut pairs: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    pairs.sort_by_key(|(key, _)| *key);
    let mut sums: Vec<(u32, f64)> = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        match sums.last_mut() {
            Some((last, sum)) if *last == key => *sum += value,
            _ => sums.push((key, value)),
        }
    }
    sums
}

/// Circles that were worked out already, for whoever asks about many parties: kept as long as there is room, and none at
/// all by default. A circle kept is the one that would be worked out again.
#[derive(Debug)]
pub struct Circles {
    nears_max: usize,
    kept: RwLock<Kept>,
}

impl Default for Circles {
    fn default() -> Self {
        Self::keeping(0)
    }
}

#[derive(Debug, Default)]
struct Kept {
    nears: usize,
    /// One did not fit: no further is kept, and nobody waits for anyone any more.
    is_full: bool,
    circles: BTreeMap<Node, Arc<Circle>>,
}

impl Circles {
    /// Keeps the circles of one graph as they are asked for, up to so many neighbours in all (some 40 bytes each).
    #[must_use]
    pub fn keeping(nears_max: usize) -> Self {
        let kept = Kept { is_full: nears_max == 0, ..Kept::default() };
        Self { nears_max, kept: RwLock::new(kept) }
    }

    /// The circle of a party.
    pub fn of(
        &self,
        graph: &TieGraph,
        background: &Background,
        party: Node,
        gather: &mut Gather,
    ) -> Arc<Circle> {
        let (known, is_full) = {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            (kept.circles.get(&party).map(Arc::clone), kept.is_full)
        };
        if let Some(circle) = known {
            return circle;
        }
        let circle = Arc::new(gather.circle(graph, background, party));
        if !is_full {
            let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
            let nears = kept.nears + circle.near.len();
            if nears > self.nears_max {
                kept.is_full = true;
            } else if kept.circles.insert(party, Arc::clone(&circle)).is_none() {
                kept.nears = nears;
            }
        }
        circle
    }
}

/// A neighbour that both have.
#[derive(Debug, Clone, Copy)]
pub struct Common {
    /// What ties the asking party to it.
    pub from: Near,
    /// What ties the candidate to it.
    pub to: Near,
    /// What it is to everyone.
    pub middle: Middle,
}

/// What a neighbour is to everyone: worked out once for a party that asks, not once for every pair.
#[derive(Debug, Clone, Copy, Default)]
pub struct Middle {
    /// Its strength ([`TieGraph::strength`]).
    pub strength: f64,
    /// Its strength towards established parties if it is one itself; 0 otherwise.
    pub established_strength: f64,
    /// How many others sat with it ([`Background::seats`]).
    pub seats: f64,
    /// `ln(2 + seats)`.
    pub seats_log: f64,
}

impl Middle {
    /// Everyone in a circle, in their order. O(neighbours).
    #[must_use]
    pub fn of_circle(graph: &TieGraph, background: &Background, circle: &Circle) -> Vec<Self> {
        let middle = |near: &Near| {
            let seats = f64::from(background.seats(near.node));
            let established = graph.is_established(near.node);
            Self {
                strength: graph.strength(near.node),
                established_strength: if established { graph.established_strength(near.node) } else { 0.0 },
                seats,
                seats_log: libm::log(2.0 + seats),
            }
        };
        circle.near.iter().map(middle).collect()
    }
}

/// One asking party and one candidate.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The ties.
    pub graph: &'a TieGraph,
    /// What is true of everyone at once.
    pub background: &'a Background,
    /// Who asks.
    pub from: Node,
    /// The candidate.
    pub to: Node,
    /// The asking party's surroundings.
    pub from_circle: &'a Circle,
    /// The candidate's.
    pub to_circle: &'a Circle,
    /// The neighbours that both have, ascending; neither of the two is among them.
    pub common: &'a [Common],
    /// What a two-step walk over established parties leaves on each party, shared out there.
    pub two_steps: &'a Reached,
}

/// The neighbours that both have; `middles` are those of the first. O(both).
pub fn in_common(from: &Circle, middles: &[Middle], to: &Circle, common: &mut Vec<Common>) {
    common.clear();
    let mut right = to.near.iter().peekable();
    for (from, middle) in from.near.iter().zip(middles) {
        while right.next_if(|to| to.node < from.node).is_some() {}
        if let Some(to) = right.next_if(|to| to.node == from.node) {
            common.push(Common { from: *from, to: *to, middle: *middle });
        }
    }
}

/// Values on some parties; clearing costs what filling did.
#[derive(Debug, Clone, Default)]
pub struct Reached {
    values: Vec<f64>,
    touched: Vec<Node>,
}

impl Reached {
    /// Forgets all values and takes these.
    pub fn fill(&mut self, nodes: usize, values: impl Iterator<Item = (Node, f64)>) {
        for node in self.touched.drain(..) {
            if let Some(value) = self.values.get_mut(index(node)) {
                *value = 0.0;
            }
        }
        if self.values.len() < nodes {
            self.values.resize(nodes, 0.0);
        }
        for (node, new) in values {
            if let Some(value) = self.values.get_mut(index(node)) {
                *value = new;
                self.touched.push(node);
            }
        }
    }

    /// The value of a party; 0 where nothing came.
    #[must_use]
    pub fn get(&self, node: Node) -> f64 {
        self.values.get(index(node)).copied().unwrap_or(0.0)
    }
}
