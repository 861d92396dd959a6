//! Blend: signals into terms that add up.
//!
//! A term is `weight * ln(1 + r / 0.001)` with r = the signal's value over the best candidate's,
//! rounded to millionths. So the best candidate of a signal gets its whole term, one of a thousandth of it a
//! tenth, and the score is the exact sum of integers. Weights and floor were chosen on earlier periods of real
//! registers (two thirds shared contacts, one third contacts of contacts).

use crate::chamber_graph::micro;
use crate::signals::{self, Signal};
use crate::tie_graph::{Node, TieGraph, count_u32, walk::Scratch};

/// How many signals there are.
const SIGNALS: usize = signals::ALL.len();
/// Weight of each signal, in thousandths.
pub type Weights = [(&'static dyn Signal, u32); SIGNALS];

const fn weights(milli: [u32; SIGNALS]) -> Weights {
    let [one, two, three] = signals::ALL;
    let [of_one, of_two, of_three] = milli;
    [(one, of_one), (two, of_two), (three, of_three)]
}

/// Weights among all parties.
pub const AMONG_PARTIES: Weights = weights([1_000, 500, 300]);
/// Weights among chambers, where direct contact (members in common, trade between members) is the main reason.
pub const AMONG_CHAMBERS: Weights = weights([1_000, 500, 1_000]);

/// The part of the best value below which differences hardly count any more.
const FLOOR: f64 = 0.001;

/// A candidate with its score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scored {
    /// The candidate.
    pub node: Node,
    /// The sum of the terms, in millionths.
    pub score_micro: i64,
    /// The terms, in the order of the weights.
    pub terms_micro: [i64; SIGNALS],
}

/// All candidates with a reason, best first, and what their values were held against.
#[derive(Debug, Clone)]
pub struct Blend {
    /// The best value of each signal.
    pub best: [f64; SIGNALS],
    /// The best first, as many as were asked for, equal scores by party id; then the others.
    pub scored: Vec<Scored>,
}

/// Scores all candidates of a party that any signal has a value for, and sorts the `top` best of them to the
/// front. O(arcs walked + candidates + top log top).
pub fn blend(
    graph: &TieGraph,
    weights: Weights,
    from: Node,
    allows: &dyn Fn(Node) -> bool,
    top: usize,
    scratch: &mut Scratch,
) -> Blend {
    let mut gathered = Gathered { slots: vec![None; index(graph.party_count())], scored: Vec::new() };
    let mut best = [0.0; SIGNALS];
    for (at, ((signal, weight), best)) in weights.iter().zip(&mut best).enumerate() {
        let mut values = signal.values(graph, from, scratch);
        values.retain(|(node, _)| allows(*node));
        *best = values.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        for (node, value) in values {
            gathered.add(node, at, term_micro(value, *best, *weight));
        }
    }
    let mut scored = gathered.scored;
    let order = |one: &Scored, other: &Scored| {
        let by_party = || graph.party(one.node).cmp(&graph.party(other.node));
        other.score_micro.cmp(&one.score_micro).then_with(by_party)
    };
    if top < scored.len() {
        scored.select_nth_unstable_by(top, order);
    }
    let sorted = top.min(scored.len());
    if let Some(head) = scored.get_mut(..sorted) {
        head.sort_unstable_by(order);
    }
    Blend { best, scored }
}

/// Candidates met so far, and for each node its place among them.
struct Gathered {
    slots: Vec<Option<u32>>,
    scored: Vec<Scored>,
}

impl Gathered {
    fn add(&mut self, node: Node, signal: usize, term_micro: i64) {
        let Some(slot) = self.slots.get_mut(index(node)) else {
            return;
        };
        let at = *slot.get_or_insert_with(|| {
            self.scored.push(Scored { node, score_micro: 0, terms_micro: [0; SIGNALS] });
            count_u32(self.scored.len() - 1)
        });
        if let Some(scored) = self.scored.get_mut(index(at)) {
            scored.score_micro += term_micro;
            scored.terms_micro.iter_mut().skip(signal).take(1).for_each(|term| *term = term_micro);
        }
    }
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// A value's term. A party that is no candidate may have more than the best one; it gets the whole term.
fn term_micro(value: f64, best: f64, weight_milli: u32) -> i64 {
    if best <= 0.0 || value <= 0.0 {
        return 0;
    }
    let ratio = (value / best).min(1.0);
    micro(f64::from(weight_milli) / 1000.0 * libm::log(1.0 + ratio / FLOOR))
}

impl Blend {
    /// The score of any party, candidate or not, held against the same best values; against its own where no
    /// candidate has any.
    #[must_use]
    pub fn score_of(
        &self,
        graph: &TieGraph,
        weights: Weights,
        from: Node,
        to: Node,
        scratch: &mut Scratch,
    ) -> Scored {
        if let Some(scored) = self.scored.iter().find(|scored| scored.node == to) {
            return *scored;
        }
        let mut terms_micro = [0; SIGNALS];
        for (((signal, weight), best), term) in weights.iter().zip(self.best).zip(&mut terms_micro) {
            let values = signal.values(graph, from, scratch);
            let value = values.iter().find(|(node, _)| *node == to).map_or(0.0, |(_, value)| *value);
            *term = term_micro(value, if best > 0.0 { best } else { value }, *weight);
        }
        Scored { node: to, score_micro: terms_micro.iter().sum(), terms_micro }
    }
}

/// A share in thousandths, rounded.
pub(super) fn milli(share: f64) -> i64 {
    micro(share / 1000.0)
}
