//! Seeded chance for invented data: one seed, one town, on every machine.

/// A stream of numbers that look random and follow from their seed (splitmix64, Steele et al. 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when the bound is 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.next() as u128 * bound as u128) >> 64) as u64
    }

    /// A number from `low` to `high`, both possible.
    pub const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in so many cases of a hundred.
    pub const fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An index of a list of that length; 0 when it is empty.
    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }

    /// One of them, if there are any.
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.index(items.len()))
    }

    /// One of them; the default of an empty list.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        self.choose(items).copied().unwrap_or_default()
    }

    /// Brings them into a chance order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }

    /// At most `count` different ones, each drawn in proportion to its weight; in the order drawn.
    pub fn draw<'a, T>(&mut self, mut weighted: Vec<(u64, &'a T)>, count: usize) -> Vec<&'a T> {
        let mut total: u64 = weighted.iter().map(|(weight, _)| weight).sum();
        let mut drawn = Vec::with_capacity(count.min(weighted.len()));
        while drawn.len() < count && total > 0 {
            let mut at = self.below(total);
            let found = weighted.iter().position(|(weight, _)| {
                let here = at < *weight;
                at = at.saturating_sub(*weight);
                here
            });
            let Some(found) = found else { break };
            let (weight, item) = weighted.swap_remove(found);
            total -= weight;
            drawn.push(item);
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        // Reference values of the generator for seed 1234567.
        let mut dice = Dice::new(1_234_567);
        assert_eq!(dice.next(), 6_457_827_717_110_365_317);
        assert_eq!(dice.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn draws_are_different_follow_their_weights_and_end_with_the_list() {
        let mut dice = Dice::new(1);
        let items = ["never", "rare", "often"];
        let weighted: Vec<(u64, &&str)> = vec![(0, &items[0]), (1, &items[1]), (99, &items[2])];
        let first_often = (0..1_000).filter(|_| **dice.draw(weighted.clone(), 1)[0] == *"often").count();
        assert!((960..1_000).contains(&first_often), "{first_often}");
        assert_eq!(dice.draw(weighted, 5).len(), 2, "what has no weight is never drawn");
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut items: Vec<u32> = (0..50).collect();
        Dice::new(7).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
