//! Draws that repeat: a small generator with a fixed seed.

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct SplitMix(u64);

impl SplitMix {
    /// A generator with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u128::try_from(end).unwrap_or(0);
        usize::try_from((u128::from(self.next()) * end) >> 64).unwrap_or(0)
    }
}

/// At most `most` of them, drawn with a fixed seed, in their own order.
#[must_use]
pub fn draw(from: &[u32], most: usize) -> Vec<u32> {
    draw_with(SplitMix::new(20_260_101), from, most)
}

/// The same by a generator of one's own.
#[must_use]
pub fn draw_with(mut random: SplitMix, from: &[u32], most: usize) -> Vec<u32> {
    let mut drawn = from.to_vec();
    for at in 0..most.min(drawn.len()) {
        let other = at + random.below(drawn.len() - at);
        drawn.swap(at, other);
    }
    drawn.truncate(most);
    drawn.sort_unstable();
    drawn
}
