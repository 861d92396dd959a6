//! Money's smallest piece: 分, one hundredth of the currency's main unit.

use serde::{Deserialize, Serialize};

use super::currency::Currency;

const FEN_PER_YUAN: u64 = 100;
const FEN_PER_WAN: u64 = 10_000 * FEN_PER_YUAN;
const FEN_PER_YI: u64 = 10_000 * FEN_PER_WAN;

/// An exact sum of money in 分 (hundredths of the currency), at most about 92 233 万亿元 either way.
///
/// It has no `+`: sums that leave the range answer `None`, so none is ever wrong in silence. In JSON it is an
/// integer.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// So many 分.
    #[must_use]
    pub const fn new(fen: i64) -> Fen {
        Fen(fen)
    }

    /// The number of 分.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Below zero?
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, or `None` when it leaves the range.
    #[must_use]
    pub const fn checked_add(self, other: Fen) -> Option<Fen> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Fen(fen)),
            None => None,
        }
    }

    /// The difference, or `None` when it leaves the range.
    #[must_use]
    pub const fn checked_sub(self, other: Fen) -> Option<Fen> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Some(Fen(fen)),
            None => None,
        }
    }

    /// The sum of many, or `None` when the result leaves the range. The order of the parts does not matter,
    /// even where a sum on the way would leave it.
    #[must_use]
    pub fn checked_sum(parts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        let sum: i128 = parts.into_iter().map(|part| i128::from(part.0)).sum();
        i64::try_from(sum).ok().map(Fen)
    }

    /// Main units with two decimals and nothing else, for files and machines: `6700000000.00`.
    #[must_use]
    pub fn yuan_text(self) -> String {
        Fen::sum_text(self.0.into())
    }

    /// As [`Fen::yuan_text`], of a sum that may be wider than one amount: `-92233720368547758.09`.
    #[must_use]
    pub fn sum_text(hundredths: i128) -> String {
        let sign = if hundredths < 0 { "-" } else { "" };
        let size = hundredths.unsigned_abs();
        format!("{sign}{}.{:02}", size / 100, size % 100)
    }

    /// As [`Fen::display_zh_in`], of a sum that may be wider than one amount; such a one in main units with the code.
    #[must_use]
    pub fn sum_zh_in(hundredths: i128, currency: Currency) -> String {
        match i64::try_from(hundredths) {
            Ok(fen) => Fen(fen).display_zh_in(currency),
            Err(_) => format!("{} {}", Fen::sum_text(hundredths), currency.code()),
        }
    }

    /// For people, exact, in the largest of 亿元, 万元 and 元 that needs at most four decimals:
    /// `67亿元`, `1.2345亿元`, `130.3964万元`, `13039.64元`.
    #[must_use]
    pub fn display_zh(self) -> String {
        let (sign, fen) = self.sign_and_size();
        let large = [("亿元", FEN_PER_YI), ("万元", FEN_PER_WAN)];
        let fitting = large.into_iter().find(|(_, size)| fen >= *size && fen % (size / 10_000) == 0);
        match fitting {
            Some((unit, size)) => {
                let decimals = format!("{:04}", fen % size / (size / 10_000));
                let decimals = decimals.trim_end_matches('0');
                let point = if decimals.is_empty() { "" } else { "." };
                format!("{sign}{}{point}{decimals}{unit}", fen / size)
            }
            None if fen % FEN_PER_YUAN == 0 => format!("{sign}{}元", fen / FEN_PER_YUAN),
            None => format!("{}元", self.yuan_text()),
        }
    }

    /// The same of any currency: `5000万美元`; with the code where the currency has no common name.
    #[must_use]
    pub fn display_zh_in(self, currency: Currency) -> String {
        match currency.name_zh() {
            Some(name) => format!("{}{name}", self.display_zh().trim_end_matches('元')),
            None => format!("{} {}", self.yuan_text(), currency.code()),
        }
    }

    const fn sign_and_size(self) -> (&'static str, u64) {
        (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sum_that_leaves_the_range_answers_none() {
        assert_eq!(Fen::new(i64::MAX).checked_add(Fen::new(1)), None);
        assert_eq!(Fen::new(i64::MIN).checked_sub(Fen::new(1)), None);
        assert_eq!(Fen::checked_sum([Fen::new(i64::MAX), Fen::new(1)]), None);
    }

    #[test]
    fn the_order_of_a_sum_does_not_matter() {
        let parts = [Fen::new(i64::MAX), Fen::new(1), Fen::new(-2)];
        assert_eq!(Fen::checked_sum(parts), Some(Fen::new(i64::MAX - 1)));
    }

    #[test]
    fn other_currencies_are_told_by_name_or_code() {
        let fen = Fen::new(5_000_000_000);
        assert_eq!(fen.display_zh_in(Currency::CNY), fen.display_zh());
        assert_eq!(fen.display_zh_in(Currency::USD), "5000万美元");
        assert_eq!(fen.display_zh_in("BRL".parse().unwrap()), "50000000.00 BRL");
    }

    #[test]
    fn text_for_machines_has_two_decimals() {
        assert_eq!(Fen::new(670_000_000_000).yuan_text(), "6700000000.00");
        assert_eq!(Fen::new(-5).yuan_text(), "-0.05");
        assert_eq!(Fen::new(i64::MIN).yuan_text(), "-92233720368547758.08");
    }

    #[test]
    fn a_sum_wider_than_one_amount_keeps_its_hundredths() {
        let wide = i128::from(i64::MAX) + 2;
        assert_eq!(Fen::sum_text(wide), "92233720368547758.09");
        assert_eq!(Fen::sum_text(-wide), "-92233720368547758.09");
        assert_eq!(Fen::sum_zh_in(wide, Currency::CNY), "92233720368547758.09 CNY");
        assert_eq!(Fen::sum_zh_in(670_000_000_000, Currency::CNY), "67亿元");
    }

    #[test]
    fn text_for_people_takes_the_largest_fitting_unit_and_stays_exact() {
        let cases = [
            (670_000_000_000, "67亿元"),
            (12_345_000_000, "1.2345亿元"),
            (12_345_010_000, "12345.01万元"),
            (130_396_400, "130.3964万元"),
            (1_303_964, "13039.64元"),
            (1_000_000, "1万元"),
            (999_900, "9999元"),
            (0, "0元"),
            (-50_000_000, "-50万元"),
        ];
        for (fen, text) in cases {
            assert_eq!(Fen::new(fen).display_zh(), text);
        }
    }

    proptest! {
        #[test]
        fn adding_is_exact_or_refused(a: i64, b: i64) {
            let sum = i128::from(a) + i128::from(b);
            let expected = i64::try_from(sum).ok().map(Fen::new);
            prop_assert_eq!(Fen::new(a).checked_add(Fen::new(b)), expected);
            prop_assert_eq!(Fen::checked_sum([Fen::new(a), Fen::new(b)]), expected);
        }
    }
}
