//! The last step of a walk over established parties, for the best alone: exactly those that a whole step finds, with
//! the same values bit for bit, without adding up everyone's.
//!
//! What a step brings to a party is the sum of what lies on its occasions. Occasions are taken in order of what lies on
//! them, a few more each time; whoever sits there is worked out from its own row when it is first met. A party that
//! was not met yet has nothing but occasions with less on them, and no party has more than so many occasions for its
//! fame (`TieGraph::occasions_of_fame`): once that bound is below the worst of the best, nobody else can be among
//! them. Who is reached at all is noted with one bit each. O(arcs of the parties that carry something + members of the
//! occasions reached, a bit each), and a sum for each of those who were met; the bound is that of Fagin's threshold
//! algorithm (Fagin, Lotem and Naor 2003).

use super::walk::{Scratch, Sparse, Through};
use super::{Node, TieGraph};
use crate::kernels::Rows;

/// Occasions taken at first; twice as many the next time.
const FIRST_TAKEN: usize = 256;
/// Occasions are taken in order once more than one of so many was reached.
const IN_ORDER_SHARE: usize = 8;
/// After so many offers it is asked again below which value nobody is wanted.
const OFFERED: usize = 512;
/// Sums are rounded: a bound must be passed by more than that.
const SLACK: f64 = 1e-9;

/// Room for this step, used again from query to query.
#[derive(Debug, Clone, Default)]
pub(super) struct BestRoom {
    /// What lies on each occasion reached, and which of them it was to be reached.
    laden: Vec<(f64, u32)>,
    /// Of each node, which occasion it was to be reached.
    ranks: Vec<u32>,
    /// Parties reached, and parties whose value was worked out.
    reached: Vec<u64>,
    met: Vec<u64>,
    /// A party's occasions: the node or which it was to be reached, and what lies on it.
    own: Vec<(u32, f64)>,
    /// Below this value nobody is wanted, as of the latest asking; how many were offered since.
    floor: f64,
    offered: usize,
}

/// Takes in parties with their values, and says below which value nobody is wanted any more.
pub trait Wanted {
    /// The parties that were reached, by whatever value: one bit each, 64 a word.
    fn reached(&mut self, parties: &[u64]);
    /// A party that may be among the best, with its value: above 0, divided by its fame.
    fn offer(&mut self, party: Node, value: f64);
    /// Below this value nobody gets in; 0 while there is room.
    fn floor(&mut self) -> f64;
}

impl Scratch {
    /// The last step of a walk over established parties from what the last step left, for the best by value over
    /// fame. Every party reached is noted, except those that only get back what they had: the same that the walk
    /// reached a step before.
    pub fn best_of_last_step(&mut self, graph: &TieGraph, wanted: &mut dyn Wanted) {
        self.load_occasions(graph, Through::Established);
        let mut best = std::mem::take(&mut self.best);
        best.start(graph, self);
        best.reach(graph, &self.at_occasions);
        self.to.touched.iter().for_each(|party| _ = set(&mut best.reached, *party));
        wanted.reached(&best.reached);
        for party in &self.to.touched {
            best.meet(graph, self, *party, wanted);
        }
        best.meet_all(graph, self, wanted);
        self.best = best;
    }
}

impl BestRoom {
    fn start(&mut self, graph: &TieGraph, walk: &Scratch) {
        let nodes = graph.petgraph().nodes();
        for bits in [&mut self.reached, &mut self.met] {
            bits.clear();
            bits.resize(nodes.div_ceil(64), 0);
        }
        if self.ranks.len() < nodes {
            self.ranks.resize(nodes, 0);
        }
        (self.floor, self.offered) = (0.0, 0);
        self.laden.clear();
        for (occasion, rank) in walk.at_occasions.touched.iter().zip(0..) {
            self.laden.push((walk.at_occasions.get(*occasion), rank));
            if let Some(slot) = self.ranks.get_mut(*occasion as usize) {
                *slot = rank;
            }
        }
    }

    /// Notes everyone established at the occasions that carry something. Where those are many they are taken as they
    /// lie in memory, not as they were reached.
    fn reach(&mut self, graph: &TieGraph, at_occasions: &Sparse) {
        let first = graph.party_count();
        let occasions = graph.node_count() - first as usize;
        let mut reach = |occasion: Node| {
            for member in graph.established_of(graph.neighbours(occasion)) {
                set(&mut self.reached, member);
            }
        };
        if at_occasions.touched.len() > occasions / IN_ORDER_SHARE {
            (first..).take(occasions).filter(|occasion| at_occasions.get(*occasion) > 0.0).for_each(reach);
        } else {
            at_occasions.touched.iter().copied().for_each(&mut reach);
        }
    }

    /// Meets those at the occasions with most on them, until nobody else can be among the best.
    fn meet_all(&mut self, graph: &TieGraph, walk: &Scratch, wanted: &mut dyn Wanted) {
        let (mut taken, mut more) = (0, FIRST_TAKEN);
        while taken < self.laden.len() {
            let upto = (taken + more).min(self.laden.len());
            let rest = self.laden.get_mut(taken..).unwrap_or(&mut []);
            if upto - taken < rest.len() {
                rest.select_nth_unstable_by(upto - taken, |one, other| other.0.total_cmp(&one.0));
            }
            for at in taken..upto {
                let rank = self.laden.get(at).map_or(0, |(_, rank)| *rank);
                let occasion = walk.at_occasions.touched.get(rank as usize).copied();
                let members = occasion.map_or(&[][..], |occasion| graph.neighbours(occasion));
                for member in graph.established_of(members) {
                    self.meet(graph, walk, member, wanted);
                }
            }
            let most_left = self.laden.get(upto).map_or(0.0, |(lies, _)| *lies);
            (self.floor, self.offered) = (wanted.floor(), 0);
            if most_left * graph.occasions_of_fame() * (1.0 + SLACK) < self.floor {
                return;
            }
            (taken, more) = (upto, more * 2);
        }
    }

    /// Offers a party that was not met before, unless it cannot be among the best.
    fn meet(&mut self, graph: &TieGraph, walk: &Scratch, party: Node, wanted: &mut dyn Wanted) {
        if !set(&mut self.met, party) {
            return;
        }
        let fame = graph.fame(party);
        let most = self.gather(graph, walk, party);
        if fame <= 0.0 || most * (1.0 + SLACK) < self.floor * fame {
            return;
        }
        let value = self.value(graph, walk, party);
        if value > 0.0 {
            wanted.offer(party, value / fame);
            self.offered += 1;
        }
        if self.offered >= OFFERED {
            (self.floor, self.offered) = (wanted.floor(), 0);
        }
    }

    /// Lists what lies on the occasions of a party; about how much the step brings to it at most.
    fn gather(&mut self, graph: &TieGraph, walk: &Scratch, party: Node) -> f64 {
        self.own.clear();
        let mut most = walk.to.get(party);
        let row = graph.petgraph().row(party);
        let occasions = row.targets.partition_point(|next| !graph.is_occasion(*next));
        for (next, bond) in row.arcs().skip(occasions) {
            let lies = walk.at_occasions.get(next);
            if bond.weight() > 0.0 && lies > 0.0 {
                self.own.push((next, lies));
                most += lies;
            }
        }
        most
    }

    /// What the step brings to an established party, of which all was listed, added up in the order of a whole step.
    fn value(&mut self, graph: &TieGraph, walk: &Scratch, party: Node) -> f64 {
        for (occasion, _) in &mut self.own {
            *occasion = self.ranks.get(*occasion as usize).copied().unwrap_or(0);
        }
        self.own.sort_unstable_by_key(|(rank, _)| *rank);
        let brought = self.own.iter().fold(walk.to.get(party), |sum, (_, lies)| sum + lies);
        walk.less_what_came_back(graph, party, brought)
    }
}

/// Sets the bit of a node; whether it was not set before.
#[inline]
fn set(bits: &mut [u64], node: Node) -> bool {
    let Some(word) = bits.get_mut(node as usize / 64) else { return false };
    let bit = 1 << (node % 64);
    let is_new = *word & bit == 0;
    *word |= bit;
    is_new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::Graphs;
    use crate::sample_town::Town;
    use proptest::prelude::*;

    /// Keeps the best so many, as the slowest of lists would; how many were offered.
    struct Best(usize, Vec<(f64, Node)>, usize);

    impl Wanted for Best {
        fn reached(&mut self, _parties: &[u64]) {}

        fn offer(&mut self, party: Node, value: f64) {
            self.2 += 1;
            self.1.push((value, party));
            self.1.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
            self.1.truncate(self.0);
        }

        fn floor(&mut self) -> f64 {
            self.1.get(self.0 - 1).map_or(0.0, |worst| worst.0)
        }
    }

    /// The same from a whole step, and how many it reached.
    fn of_everyone(graph: &TieGraph, scratch: &mut Scratch, most: usize) -> (Vec<(u64, Node)>, usize) {
        let mut best = Best(most, Vec::new(), 0);
        for (party, value) in scratch.last_step(graph, Through::Established).iter() {
            if value > 0.0 && !graph.is_occasion(party) && graph.fame(party) > 0.0 {
                best.offer(party, value / graph.fame(party));
            }
        }
        (bits(best.1), best.2)
    }

    fn bits(best: Vec<(f64, Node)>) -> Vec<(u64, Node)> {
        best.into_iter().map(|(value, party)| (value.to_bits(), party)).collect()
    }

    /// A town of some hundred parties at small and large occasions, from chance numbers.
    fn crowd(seed: u64) -> Town {
        let mut town = Town::default();
        let parties: Vec<_> = (0..300).map(|at| town.enterprise(&format!("企{at}"))).collect();
        let mut state = seed;
        let mut chance = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((state >> 33) % below).unwrap()
        };
        for at in 0..700 {
            let (size, first) = (2 + chance(if at % 40 == 0 { 60 } else { 6 }), chance(300));
            let guests: Vec<_> = (0..size).map(|_| parties[(first + chance(30)) % 300]).collect();
            town.salon(&format!("沙龙{at}"), &format!("2019-{:02}-11", 1 + chance(12)), &guests);
        }
        town
    }

    /// Both ways; how many each looked at.
    fn check(graph: &TieGraph, from: Node, most: usize) -> (usize, usize) {
        let (mut one, mut other) = (Scratch::default(), Scratch::default());
        for scratch in [&mut one, &mut other] {
            scratch.start(graph, from);
            scratch.step(graph, Through::Established);
            scratch.step(graph, Through::Established);
        }
        let mut best = Best(most, Vec::new(), 0);
        one.best_of_last_step(graph, &mut best);
        let (of_everyone, reached) = of_everyone(graph, &mut other, most);
        assert_eq!(bits(best.1), of_everyone);
        (best.2, reached)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn the_best_of_a_step_are_those_of_everyone_bit_for_bit(
            things in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 0..60),
        ) {
            let graphs = Graphs::build(&Town::of(&things).views(), Town::day("2020-01-01"));
            for from in 0..graphs.parties.party_count() {
                check(&graphs.parties, from, 3);
            }
        }
    }

    #[test]
    fn in_a_crowd_the_best_are_the_same_and_not_everyone_is_looked_at() {
        let graphs = Graphs::build(&crowd(5).views(), Town::day("2020-01-01"));
        let (mut looked_at, mut reached) = (0, 0);
        for from in (0..graphs.parties.established_count()).step_by(17) {
            for most in [1, 5, 40, 400] {
                let (few, all) = check(&graphs.parties, from, most);
                (looked_at, reached) = (looked_at + few, reached + all);
            }
        }
        assert!(looked_at < reached, "{looked_at} of {reached}");
    }
}
