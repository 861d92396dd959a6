//! Three steps: where a walk of three ties ends, famous ends damped. From a party over its occasions and those who
//! were there: the occasions, groups or partners that people like it go to next.
//!
//! Each node hands on what it got in proportion to its ties; value of v = what arrives at v in the third step /
//! strength(v)^damping. O(arcs within three steps). Cooper et al. 2014 (P3), Paudel et al. 2017 (RP3beta; 0.3).

use super::{Ask, Found, Rows, Scratch};

/// The best by three steps, in `found`, best first.
pub fn three_step<G: Rows>(
    graph: &G,
    ask: &Ask,
    damping: f32,
    scratch: &mut Scratch,
    found: &mut Vec<Found>,
) {
    scratch.scores.fit(graph.nodes());
    scratch.next_scores.fit(graph.nodes());
    scratch.scores.add_all(&[ask.from], 1.0);
    for _ in 0..3 {
        let Scratch { scores, next_scores, .. } = scratch;
        scores.drain(|node, value| {
            let strength = graph.strength(node);
            if strength > 0.0 {
                let share = value / strength;
                next_scores
                    .add_each(graph.row(node).arcs().map(|(to, weight)| (to, share * graph.weigh(weight))));
            }
        });
        std::mem::swap(&mut scratch.scores, &mut scratch.next_scores);
    }
    let top = &mut scratch.top;
    top.start(ask.top);
    scratch.scores.drain(|node, value| {
        if ask.admits(node) {
            top.offer(node, value / libm::powf(graph.strength(node), damping));
        }
    });
    top.take(found);
}
