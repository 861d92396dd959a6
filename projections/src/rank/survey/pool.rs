//! The pool alone: the best by each reading out of a stream, and how many were reached. What a list needs; no
//! order of those beyond the pool is worked out, which in a town of a million would cost more than all the rest.

use super::{BREADTH, Field, Room, Survey};
use crate::numbers::index;
use crate::signals::path::strongest;
use crate::signals::{resource_allocation, three_step_walk};
use crate::tie_graph::Node;
use crate::tie_graph::best_walk::Wanted;

/// Who may be on a list.
pub trait Admits {
    /// Whether one may.
    fn admits(&self, node: Node) -> bool;

    /// Those of 64 nodes who may: of the nodes from 64 times `word` on, the ones whose bits are set in `among`.
    fn admitted(&self, word: usize, among: u64) -> u64 {
        let mut admitted = 0;
        for bit in (0..64).filter(|bit| among & (1 << bit) != 0) {
            let node = crate::numbers::number(word * 64 + bit);
            admitted |= u64::from(self.admits(node)) << bit;
        }
        admitted
    }
}

impl<F: Fn(Node) -> bool> Admits for F {
    fn admits(&self, node: Node) -> bool {
        self(node)
    }
}

/// How far a question goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Over the contacts of contacts of contacts, every signal for all of the pool.
    #[default]
    Full,
    /// Shared and direct contacts only: signals over walks are zero, and no more come into the pool than the best
    /// so many of each. The first of a list are seldom others, their scores are lower by what walks would add.
    Quick {
        /// How many of the best by each reading come into the pool.
        breadth: usize,
    },
}

impl Depth {
    const fn breadth(self) -> usize {
        match self {
            Self::Full => BREADTH,
            Self::Quick { breadth } => breadth,
        }
    }
}

/// Which nodes were seen: one bit each.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(Vec<u64>);

impl Seen {
    fn start(&mut self, nodes: usize) {
        self.0.clear();
        self.0.resize(nodes.div_ceil(64), 0);
    }

    #[inline]
    fn note(&mut self, node: Node) {
        if let Some(word) = self.0.get_mut(index(node) / 64) {
            *word |= 1 << (node % 64);
        }
    }

    /// How many of those seen are admitted, `from` apart.
    fn count(&mut self, from: Node, admits: &dyn Admits) -> usize {
        if let Some(word) = self.0.get_mut(index(from) / 64) {
            *word &= !(1 << (from % 64));
        }
        let words = self.0.iter().enumerate().filter(|(_, word)| **word != 0);
        words.map(|(at, word)| index(admits.admitted(at, *word).count_ones())).sum()
    }
}

/// The best of a stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Best {
    kept: Vec<(Node, f64)>,
    most: usize,
    floor: f64,
}

impl Best {
    fn start(&mut self, most: usize) {
        self.kept.clear();
        (self.most, self.floor) = (most, 0.0);
    }

    /// Whether a value may be among the best so far.
    fn may(&self, value: f64) -> bool {
        value >= self.floor && value > 0.0
    }

    fn offer(&mut self, node: Node, value: f64) {
        self.kept.push((node, value));
        if self.kept.len() >= 4 * self.most.max(16) {
            self.cut();
        }
    }

    /// Drops all but the best; the worst of them if they are all that are wanted, 0 while there is room.
    fn cut(&mut self) -> f64 {
        self.kept = strongest(std::mem::take(&mut self.kept), self.most);
        if self.kept.len() >= self.most {
            self.floor = self.kept.last().map_or(0.0, |(_, worst)| *worst);
        }
        self.floor
    }

    fn take(&mut self) -> impl Iterator<Item = Node> + use<> {
        strongest(std::mem::take(&mut self.kept), self.most).into_iter().map(|(node, _)| node)
    }
}

/// The reading by walks, as it comes in: who was reached, and the best that are admitted.
struct Walking<'a> {
    seen: &'a mut Seen,
    best: &'a mut Best,
    from: Node,
    admits: &'a dyn Admits,
}

impl Wanted for Walking<'_> {
    fn reached(&mut self, parties: &[u64]) {
        self.seen.0.iter_mut().zip(parties).for_each(|(seen, reached)| *seen |= reached);
    }

    fn offer(&mut self, party: Node, value: f64) {
        if party != self.from && self.best.may(value) && self.admits.admits(party) {
            self.best.offer(party, value);
        }
    }

    fn floor(&mut self) -> f64 {
        self.best.cut()
    }
}

impl Room {
    /// Questions asked in this room go so far from now on.
    pub const fn go(&mut self, depth: Depth) {
        self.depth = depth;
    }

    /// Surveys the candidates of a party without ordering those beyond the pool. O(arcs within three steps, two in
    /// the quick mode).
    pub fn pool(&mut self, field: Field<'_>, from: Node, admits: &dyn Admits) -> Survey {
        let (graph, depth) = (field.graph, self.depth);
        self.held.clear();
        let from_circle = field.circles.of(graph, field.background, from, &mut self.gather);
        let Self { walk, two_steps, seen, best, .. } = self;
        seen.start(index(graph.party_count()));
        let mut pool = Vec::new();
        let mut take = |values: &mut dyn Iterator<Item = (Node, f64)>, seen: &mut Seen, best: &mut Best| {
            best.start(depth.breadth());
            for (node, value) in values {
                seen.note(node);
                if best.may(value) && admits.admits(node) {
                    best.offer(node, value);
                }
            }
            pool.extend(best.take());
        };
        take(&mut from_circle.near.iter().map(|near| (near.node, f64::from(near.faded))), seen, best);
        take(&mut resource_allocation::of_everyone(graph, from, walk), seen, best);
        if depth == Depth::Full {
            two_steps.fill(index(graph.party_count()), three_step_walk::two_steps(graph, from, walk));
            best.start(depth.breadth());
            walk.best_of_last_step(graph, &mut Walking { seen, best, from, admits });
            pool.extend(best.take());
        } else {
            two_steps.fill(index(graph.party_count()), std::iter::empty());
        }
        pool.sort_unstable();
        pool.dedup();
        let reached = seen.count(from, admits);
        Survey { from, from_circle, pool, beyond: Vec::new(), reached }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::{Ask, Graphs, rank};
    use crate::sample_town::Town;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_pool_alone_is_the_pool_of_the_whole_survey(things in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 0..60)) {
            let graphs = Graphs::build(&Town::of(&things).views(), Town::day("2020-01-01"));
            let (mut one, mut other) = (Room::default(), Room::default());
            let field = graphs.field();
            for from in 0..graphs.parties.party_count() {
                let allows = |node: Node| !node.is_multiple_of(3);
                let (pool, whole) = (one.pool(field, from, &allows), other.survey(field, from, &allows));
                prop_assert_eq!((pool.pool, pool.reached), (whole.pool, whole.reached));
            }
        }

        #[test]
        fn a_quick_list_adds_up_and_holds_none_that_the_full_one_may_not(things in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 0..60)) {
            let views = Town::of(&things).views();
            let graphs = Graphs::build(&views, Town::day("2020-01-01"));
            let (mut full, mut quick) = (Room::default(), Room::default());
            quick.go(Depth::Quick { breadth: 5 });
            for from in (0..graphs.parties.party_count()).filter_map(|node| graphs.parties.party(node)) {
                let ask = |top| Ask { party: from, with: None, top };
                let lists = (rank(&views, &graphs, &ask(usize::MAX), &mut full), rank(&views, &graphs, &ask(5), &mut quick));
                let (Ok(all), Ok(few)) = &lists else {
                    prop_assert!(lists.0.is_err() && lists.1.is_err());
                    continue;
                };
                prop_assert!(few.lines.len() <= 5 && few.pool <= all.pool);
                for line in &few.lines {
                    prop_assert!(all.lines.iter().any(|known| known.party == line.party));
                    prop_assert_eq!(line.terms.iter().map(|term| term.value_micro).sum::<i64>(), line.score_micro);
                    prop_assert!(line.terms.iter().all(|term| term.signal != "three_step_walk"));
                }
            }
        }
    }
}
