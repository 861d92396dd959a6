//! Background: what is true of everyone at once, frozen when the graph is built.
//!
//! How many seats each party's occasions have, what the register says of place and trade, how often parties of
//! two places or trades come together beyond chance, and which sort each occasion is of.

use std::collections::BTreeMap;

use crate::numbers::{float, index};
use crate::tie_graph::{Node, TieGraph};

/// One thing that the register says of parties, such as the district: a value a party, none where unknown.
pub type Attribute = Vec<Option<u32>>;

/// What is true of everyone at once.
#[derive(Debug, Clone, Default)]
pub struct Background {
    day: i32,
    seats: Vec<u32>,
    attributes: Vec<Attribute>,
    /// For each attribute: how often two values meet.
    meetings: Vec<Meetings>,
    sorts: Vec<Option<u32>>,
    rarity: Vec<f64>,
}

/// How often values of an attribute come together.
#[derive(Debug, Clone, Default)]
struct Meetings {
    of_two: BTreeMap<(u32, u32), f64>,
    of_one: BTreeMap<u32, f64>,
    all: f64,
}

impl Background {
    /// Reads the graph. `attributes` give a value for each party's node, `sorts` one for each occasion in the
    /// order of nodes. O(arcs, and for each occasion the square of the values present).
    #[must_use]
    pub fn new(graph: &TieGraph, day: i32, attributes: Vec<Attribute>, sorts: Vec<Option<u32>>) -> Self {
        let meetings = attributes.iter().map(|attribute| Meetings::count(graph, attribute)).collect();
        let seats = (0..graph.party_count()).map(|party| seats(graph, party)).collect();
        let rarity = rarity(&sorts);
        Self { day, seats, attributes, meetings, sorts, rarity }
    }

    /// The day as of which the graph stands, days since 1970-01-01.
    #[must_use]
    pub const fn day(&self) -> i32 {
        self.day
    }

    /// How many others sat with the party at its occasions and direct ties, each time counted.
    #[must_use]
    pub fn seats(&self, party: Node) -> u32 {
        self.seats.get(index(party)).copied().unwrap_or(0)
    }

    /// The sort of an occasion, if it is one and has one.
    #[must_use]
    pub fn sort(&self, occasion: Node) -> Option<u32> {
        let at = index(occasion).checked_sub(self.seats.len())?;
        self.sorts.get(at).copied().flatten()
    }

    /// How rare a sort of occasion is: the logarithm of all over its own, 0 for the only one.
    #[must_use]
    pub fn rarity(&self, sort: u32) -> f64 {
        self.rarity.get(index(sort)).copied().unwrap_or(0.0)
    }

    /// How many attributes there are.
    #[must_use]
    pub fn attributes(&self) -> usize {
        self.attributes.len()
    }

    /// The value of an attribute of a party.
    #[must_use]
    pub fn value(&self, attribute: usize, party: Node) -> Option<u32> {
        self.attributes.get(attribute)?.get(index(party)).copied().flatten()
    }

    /// How much more often than by chance parties with these values come together: (observed + 2) over
    /// (expected + 2).
    #[must_use]
    pub fn lift(&self, attribute: usize, one: u32, other: u32) -> f64 {
        let Some(meetings) = self.meetings.get(attribute) else { return 1.0 };
        let of = |value| meetings.of_one.get(&value).copied().unwrap_or(0.0);
        let expected = if meetings.all > 0.0 { of(one) * of(other) / meetings.all } else { 0.0 };
        let observed = meetings.of_two.get(&(one.min(other), one.max(other))).copied().unwrap_or(0.0);
        (observed + 2.0) / (expected + 2.0)
    }

    /// Which part of all meetings have this value, 0 to 1.
    #[must_use]
    pub fn part(&self, attribute: usize, value: u32) -> f64 {
        let Some(meetings) = self.meetings.get(attribute) else { return 0.0 };
        let of = meetings.of_one.get(&value).copied().unwrap_or(0.0);
        if meetings.all > 0.0 { of / meetings.all } else { 0.0 }
    }
}

impl Meetings {
    /// Every pair of members of an occasion that is walked through meets once each way.
    fn count(graph: &TieGraph, attribute: &Attribute) -> Self {
        let mut meetings = Self::default();
        let value = |party: Node| attribute.get(index(party)).copied().flatten();
        let mut occasion = graph.party_count();
        while graph.occasion(occasion).is_some() {
            if graph.ties(occasion).next().is_some_and(|(_, weight)| weight > 0.0) {
                meetings.add(graph.neighbours(occasion).iter().filter_map(|member| value(*member)));
            }
            occasion += 1;
        }
        for party in 0..graph.party_count() {
            let later = graph.ties(party).filter(|(next, _)| *next > party && !graph.is_occasion(*next));
            for (next, _) in later.filter(|(_, weight)| *weight > 0.0) {
                meetings.add([value(party), value(next)].into_iter().flatten());
            }
        }
        meetings
    }

    fn add(&mut self, values: impl Iterator<Item = u32>) {
        let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
        for value in values {
            *counts.entry(value).or_insert(0.0) += 1.0;
        }
        let members: f64 = counts.values().sum();
        for (one, here) in &counts {
            *self.of_one.entry(*one).or_insert(0.0) += here * (members - 1.0);
            self.all += here * (members - 1.0);
            for (other, there) in counts.range(one..) {
                let pairs = if one == other { here * (here - 1.0) } else { here * there };
                *self.of_two.entry((*one, *other)).or_insert(0.0) += pairs;
            }
        }
    }
}

fn seats(graph: &TieGraph, party: Node) -> u32 {
    let others = |(next, weight): (Node, f64)| match (weight > 0.0, graph.is_occasion(next)) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => graph.degree(next).saturating_sub(1),
    };
    crate::numbers::number(graph.ties(party).map(others).sum())
}

fn rarity(sorts: &[Option<u32>]) -> Vec<f64> {
    let most = sorts.iter().flatten().max().map_or(0, |sort| index(*sort) + 1);
    let mut counts = vec![0_usize; most];
    for sort in sorts.iter().flatten() {
        if let Some(count) = counts.get_mut(index(*sort)) {
            *count += 1;
        }
    }
    let all = float(counts.iter().sum::<usize>().max(1));
    counts.into_iter().map(|count| if count == 0 { 0.0 } else { libm::log(all / float(count)) }).collect()
}
