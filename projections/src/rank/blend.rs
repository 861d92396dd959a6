//! Blend: signals into terms that add up.
//!
//! A term is `weight * (ln(r + 0.001) - ln(0.001))` with r = the signal's value over the best candidate's,
//! rounded to millionths. So the best candidate of a signal gets its whole term, one of a thousandth of it a
//! tenth, and the score is the exact sum of integers. Weights and floor were chosen on earlier periods of real
//! registers (two thirds shared contacts, one third contacts of contacts).

use crate::chamber_graph::micro;
use crate::signals::{self, Signal};
use crate::tie_graph::{Node, TieGraph, walk::Scratch};

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

/// A candidate of this part of the best one's value still gets half of what rounding down to nothing would
/// leave of a term: the floor below which differences no longer count.
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
    /// Best first; equal scores by party id.
    pub scored: Vec<Scored>,
}

/// Scores all candidates of a party that any signal has a value for. O(arcs walked + n log n).
pub fn blend(
    graph: &TieGraph,
    weights: Weights,
    from: Node,
    allows: &dyn Fn(Node) -> bool,
    scratch: &mut Scratch,
) -> Blend {
    let mut values: Vec<(Node, usize, f64)> = Vec::new();
    let mut best = [0.0; SIGNALS];
    for (at, ((signal, _), best)) in weights.iter().zip(&mut best).enumerate() {
        let mut of_signal = signal.values(graph, from, scratch);
        of_signal.retain(|(node, _)| allows(*node));
        *best = of_signal.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        values.extend(of_signal.into_iter().map(|(node, value)| (node, at, value)));
    }
    values.sort_unstable_by_key(|(node, at, _)| (*node, *at));
    let mut scored: Vec<Scored> = values
        .chunk_by(|one, next| one.0 == next.0)
        .filter_map(|row| score(row, weights, &best))
        .collect();
    scored.sort_by_cached_key(|scored| (std::cmp::Reverse(scored.score_micro), graph.party(scored.node)));
    Blend { best, scored }
}

fn score(values: &[(Node, usize, f64)], weights: Weights, best: &[f64; SIGNALS]) -> Option<Scored> {
    let (node, _, _) = values.first()?;
    let mut terms_micro = [0; SIGNALS];
    for (_, at, value) in values {
        if let (Some(term), Some((_, weight)), Some(best)) =
            (terms_micro.get_mut(*at), weights.get(*at), best.get(*at))
        {
            *term = term_micro(*value, *best, *weight);
        }
    }
    Some(Scored {
        node: *node,
        score_micro: terms_micro.iter().sum(),
        terms_micro,
    })
}

/// A value's term. A party that is no candidate may have more than the best one; it gets the whole term.
fn term_micro(value: f64, best: f64, weight_milli: u32) -> i64 {
    if best <= 0.0 || value <= 0.0 {
        return 0;
    }
    let ratio = (value / best).min(1.0);
    micro(f64::from(weight_milli) / 1000.0 * (libm::log(ratio + FLOOR) - libm::log(FLOOR)))
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
            let value = values
                .iter()
                .find(|(node, _)| *node == to)
                .map_or(0.0, |(_, value)| *value);
            *term = term_micro(value, if best > 0.0 { best } else { value }, *weight);
        }
        Scored {
            node: to,
            score_micro: terms_micro.iter().sum(),
            terms_micro,
        }
    }
}

/// A share in thousandths, rounded.
pub(super) fn milli(share: f64) -> i64 {
    micro(share / 1000.0)
}
