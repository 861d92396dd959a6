//! Tries (试探名额): a small share of every longer list is given to candidates that stand further down.
//!
//! A list that only ever shows its best is never told whether the others would have come about. One line in [`EVERY`]
//! is therefore drawn from the places after those shown, down to place [`DEPTH`], marked as such, and stands where its score
//! puts it: last. A list that reaches nearly as deep has fewer, one of [`DEPTH`] lines none. The draw is by party and day alone,
//! so a list of then can be made again.

use jinqiao_events::value::ids::PartyId;

use crate::backtest::sample::{SplitMix, draw_with};
use crate::numbers::{index, number};

/// Of so many lines one is a try; shorter lists have none.
pub const EVERY: usize = 10;
/// Tries are drawn from the first so many places.
pub const DEPTH: usize = 100;

/// Which places of a list are shown, ascending from 0, and whether as a try: of `listed` candidates by score at most
/// `top`. O([`DEPTH`]).
#[must_use]
pub fn shown(party: PartyId, day: i32, listed: usize, top: usize) -> Vec<(usize, bool)> {
    let best = top.min(listed);
    let beyond: Vec<u32> = (number(best)..number(listed.min(DEPTH.max(best)))).collect();
    let tries = (top / EVERY).min(beyond.len());
    let (high, low) = party.uuid().as_u64_pair();
    let seed = high ^ low.rotate_left(32) ^ u64::from(day.cast_unsigned());
    let drawn = draw_with(SplitMix::new(seed), &beyond, tries);
    let kept = (0..best - tries).map(|place| (place, false));
    kept.chain(drawn.into_iter().map(|place| (index(place), true))).collect()
}

#[cfg(test)]
mod tests {
    use jinqiao_events::value::identifier::Identifier;
    use proptest::prelude::*;

    use super::*;

    fn party(at: u8) -> PartyId {
        format!("local:test/{at}").parse::<Identifier>().unwrap().party_id()
    }

    proptest! {
        #[test]
        fn a_list_keeps_its_length_its_best_and_its_order_and_a_tenth_at_most_are_tries(
            at: u8, day in -100_000..100_000_i32, listed in 0..300_usize, top in 0..150_usize,
        ) {
            let shown = shown(party(at), day, listed, top);
            let places: Vec<usize> = shown.iter().map(|(place, _)| *place).collect();
            let tries = shown.iter().filter(|(_, tried)| *tried).count();
            prop_assert_eq!(shown.len(), top.min(listed));
            prop_assert!(places.is_sorted_by(|one, next| one < next) && places.iter().all(|place| *place < listed));
            let beyond = listed.min(DEPTH).saturating_sub(top);
            prop_assert_eq!(tries, (top / EVERY).min(beyond));
            prop_assert!(shown.iter().take(shown.len() - tries).enumerate().all(|(at, one)| *one == (at, false)));
            prop_assert!(shown.iter().all(|(place, tried)| !*tried || *place >= top));
        }
    }

    #[test]
    fn tries_differ_from_day_to_day_and_from_party_to_party_and_can_be_drawn_again() {
        let of = |at, day| shown(party(at), day, 100, 20);
        assert_eq!(of(1, 20_000), of(1, 20_000));
        let days: std::collections::BTreeSet<_> = (0..20).map(|day| of(1, day)).collect();
        let parties: std::collections::BTreeSet<_> = (0..20).map(|at| of(at, 1)).collect();
        assert!(days.len() > 15 && parties.len() > 15, "{} {}", days.len(), parties.len());
    }
}
