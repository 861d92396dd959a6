//! Weights of ties: whole floats, or sixteen bits with the kind of decay in them.

use std::fmt::Debug;

/// Kinds of decay that a [`PackedWeight`] can tell apart.
pub const KINDS: usize = 8;

/// What the weights of each kind are multiplied by when they are read. A tie that halves every so many days has,
/// so many days after the graph's epoch, half the factor: no row is rewritten as time goes by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors([f32; KINDS]);

impl Default for Factors {
    fn default() -> Self {
        Self([1.0; KINDS])
    }
}

impl Factors {
    /// These factors, by kind.
    #[must_use]
    pub const fn new(by_kind: [f32; KINDS]) -> Self {
        Self(by_kind)
    }

    /// The factors so many days after the epoch, for kinds of these half-lives in days; 1 for those that stand.
    #[must_use]
    pub fn after(days: i32, half_lives_days: [Option<u32>; KINDS]) -> Self {
        let factor = |half_life: Option<u32>| {
            half_life.map_or(1.0, |half_life| libm::exp2(-f64::from(days) / f64::from(half_life)))
        };
        Self(half_lives_days.map(|half_life| narrow(factor(half_life))))
    }
}

/// The weight of a tie as it is stored.
pub trait TieWeight: Copy + PartialEq + Debug + Send + Sync + 'static {
    /// The weight as it counts today. 0 keeps a tie out of every walk.
    fn value(self, factors: &Factors) -> f32;
}

impl TieWeight for f32 {
    #[inline]
    fn value(self, _factors: &Factors) -> f32 {
        self
    }
}

impl TieWeight for f64 {
    #[inline]
    fn value(self, _factors: &Factors) -> f32 {
        narrow(self)
    }
}

/// A weight in two bytes: three bits for the kind of decay, five for the exponent, eight for the fraction. Weights
/// from 2^-26 to almost 32 are kept to a five-hundredth part, and 0 is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PackedWeight(u16);

const FRACTION_BITS: u32 = 8;
/// Bits of an `f32`'s fraction that are dropped.
const DROPPED_BITS: u32 = f32::MANTISSA_DIGITS - 1 - FRACTION_BITS;
const KIND_SHIFT: u32 = 13;
const MAGNITUDE: u16 = (1 << KIND_SHIFT) - 1;
/// What is taken off an `f32`'s exponent, in place: exponent 1 stands for 2^-26.
const REBIAS: u32 = 100 << FRACTION_BITS;
const SMALLEST: f32 = 1.0 / (1 << 26) as f32;
const LARGEST: f32 = 31.9375;

impl PackedWeight {
    /// Packs a weight of a kind below [`KINDS`]. What is not above 0 is 0; what is out of range is the nearest
    /// weight in range.
    #[must_use]
    pub fn new(kind: u8, weight: f32) -> Self {
        let kind = u16::from(kind & 7) << KIND_SHIFT;
        if weight.is_nan() || weight <= 0.0 {
            return Self(kind);
        }
        let bits = weight.clamp(SMALLEST, LARGEST).to_bits();
        let rounded = (bits + (1 << (DROPPED_BITS - 1))) >> DROPPED_BITS;
        let magnitude = u16::try_from(rounded.saturating_sub(REBIAS)).unwrap_or(MAGNITUDE);
        Self(kind | magnitude.min(MAGNITUDE))
    }

    /// The kind of decay.
    #[must_use]
    pub const fn kind(self) -> u8 {
        (self.0 >> KIND_SHIFT) as u8
    }
}

impl TieWeight for PackedWeight {
    #[inline]
    fn value(self, factors: &Factors) -> f32 {
        let magnitude = self.0 & MAGNITUDE;
        let whole = f32::from_bits((u32::from(magnitude) + REBIAS) << DROPPED_BITS);
        let kept = if magnitude == 0 { 0.0 } else { whole };
        factors.0.get(usize::from(self.0 >> KIND_SHIFT)).copied().unwrap_or(1.0) * kept
    }
}

/// Sum of weights as they count today.
pub(super) fn sum<W: TieWeight>(weights: &[W], factors: &Factors) -> f32 {
    narrow(weights.iter().map(|weight| f64::from(weight.value(factors))).sum())
}

#[expect(clippy::cast_possible_truncation, reason = "a weight or a sum of them, to seven digits")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_packed_weight_is_the_weight_to_a_five_hundredth_and_keeps_its_kind(weight in 2e-8_f32..31.9, kind in 0_u8..8) {
            let packed = PackedWeight::new(kind, weight);
            let value = packed.value(&Factors::default());
            prop_assert!((value - weight).abs() <= weight / 500.0, "{weight} {value}");
            prop_assert_eq!(packed.kind(), kind);
        }

        #[test]
        fn packing_keeps_order(one in 2e-8_f32..31.9, other in 2e-8_f32..31.9) {
            let value = |weight| PackedWeight::new(3, weight).value(&Factors::default());
            let (less, more) = (value(one.min(other)), value(one.max(other)));
            prop_assert!(less <= more);
        }
    }

    /// Bits, so that values are compared exactly.
    fn value(kind: u8, weight: f32, factors: &Factors) -> u32 {
        PackedWeight::new(kind, weight).value(factors).to_bits()
    }

    #[test]
    fn what_is_out_of_range_is_the_nearest_weight_in_range() {
        let value = |weight| value(0, weight, &Factors::default());
        assert_eq!([value(0.0), value(-1.0), value(f32::NAN)], [0.0_f32.to_bits(); 3]);
        assert_eq!([value(1e9), value(f32::INFINITY)], [LARGEST.to_bits(); 2]);
        assert_eq!(value(1e-20), SMALLEST.to_bits());
        assert_eq!([value(1.0), value(0.5)], [1.0_f32.to_bits(), 0.5_f32.to_bits()]);
    }

    #[test]
    fn a_kind_fades_by_its_own_half_life() {
        let mut half_lives = [None; KINDS];
        half_lives[1] = Some(100);
        let factors = Factors::after(200, half_lives);
        assert_eq!(
            [value(0, 2.0, &factors), value(1, 2.0, &factors)],
            [2.0_f32.to_bits(), 0.5_f32.to_bits()]
        );
    }
}
