//! Numbers as people print them: exact, or rough where the log proves the rough wording.
//!
//! 70多 says 71 to 79: it may be printed, and holds, for those values only.

use jinqiao_events::value::Approximator;
use jinqiao_events::value::counter::Counter;
use serde::Serialize;

/// The values for which a wording is true, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The least of them.
    pub low: i128,
    /// The greatest; none when there is no end to it.
    pub high: Option<i128>,
}

impl Range {
    /// The values for which a claimed number is true. 多 and 余 reach up to the next step of the last digit written
    /// (70多: 71 to 79, 2500余: 2501 to 2599); 逾 is that much or more; 近 is up to a tenth less, 约 up to a tenth
    /// less or more.
    #[must_use]
    pub fn of(claimed: i128, approximator: Option<Approximator>) -> Self {
        let tenth = claimed / 10;
        match approximator {
            None => Self { low: claimed, high: Some(claimed) },
            Some(Approximator::SomeMore) => {
                let step = step(claimed);
                Self { low: claimed + 1, high: Some(claimed - claimed.rem_euclid(step) + step - 1) }
            }
            Some(Approximator::Over) => Self { low: claimed, high: None },
            Some(Approximator::Nearly) => Self { low: claimed - tenth, high: Some(claimed - 1) },
            Some(Approximator::About) => Self { low: claimed - tenth, high: Some(claimed + tenth) },
        }
    }

    /// How a measured value stands to it.
    #[must_use]
    pub fn standing(self, value: i128) -> Standing {
        match self.high {
            _ if value < self.low => Standing::ShortBy(self.low - value),
            Some(high) if value > high => Standing::OverBy(value - high),
            Some(_) | None => Standing::Proved,
        }
    }

    /// Whether some value makes both true.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        let below = |one: Self, two: Self| one.high.is_none_or(|high| two.low <= high);
        below(self, other) && below(other, self)
    }
}

/// How the log stands to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "by")]
pub enum Standing {
    /// 属实: the log holds as many.
    Proved,
    /// 短少: the log holds fewer, by so many.
    ShortBy(i128),
    /// 超出: the log holds more, by so many.
    OverBy(i128),
}

/// The step of the last digit written: ten for 70, a hundred for 2500, ten where no zero ends the number.
fn step(claimed: i128) -> i128 {
    let mut step = 10;
    while claimed > 0 && claimed % (step * 10) == 0 {
        step *= 10;
    }
    step
}

/// The rough wording that a value proves (`70多场`, `2500余名`); none where people would print the number itself:
/// below 20, and round numbers.
#[must_use]
pub fn rough(value: i128, unit: Counter) -> Option<String> {
    if value < 20 || unit.currency().is_some() {
        return None;
    }
    let step = if value < 1_000 { 10 } else { 100 };
    let base = value - value % step;
    if base == value {
        return None;
    }
    // A base that ends in more zeros (100多) reads as up to 199: still true of 103, so it may stand.
    let more = if value < 1_000 { "多" } else { "余" };
    debug_assert_eq!(Range::of(base, Some(Approximator::SomeMore)).standing(value), Standing::Proved);
    Some(format!("{base}{more}{}", unit.zh()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MORE: Option<Approximator> = Some(Approximator::SomeMore);

    #[test]
    fn some_more_reaches_to_the_next_step_of_the_last_digit_written() {
        let cases =
            [(70, 71, 79), (170, 171, 179), (2_500, 2_501, 2_599), (100, 101, 199), (1_000, 1_001, 1_999)];
        for (claimed, low, high) in cases {
            assert_eq!(Range::of(claimed, MORE), Range { low, high: Some(high) }, "{claimed}");
        }
        let yi = 10_000_000_000;
        assert_eq!(Range::of(67 * yi, MORE).standing(68 * yi), Standing::OverBy(1));
        assert_eq!(Range::of(75, MORE), Range { low: 76, high: Some(79) });
    }

    #[test]
    fn a_claim_is_proved_short_or_over() {
        assert_eq!(Range::of(70, MORE).standing(70), Standing::ShortBy(1));
        assert_eq!(Range::of(70, MORE).standing(73), Standing::Proved);
        assert_eq!(Range::of(70, MORE).standing(80), Standing::OverBy(1));
        assert_eq!(Range::of(46, None).standing(45), Standing::ShortBy(1));
        assert_eq!(Range::of(50, Some(Approximator::Over)).standing(500), Standing::Proved);
        assert_eq!(Range::of(50, Some(Approximator::Nearly)).standing(50), Standing::OverBy(1));
        assert_eq!(Range::of(50, Some(Approximator::Nearly)).standing(45), Standing::Proved);
        assert_eq!(Range::of(50, Some(Approximator::About)).standing(44), Standing::ShortBy(1));
    }

    #[test]
    fn claims_meet_where_some_value_makes_both_true() {
        assert!(!Range::of(46, None).meets(Range::of(45, None)));
        assert!(Range::of(73, None).meets(Range::of(70, MORE)));
        assert!(!Range::of(70, None).meets(Range::of(70, MORE)));
        assert!(Range::of(10, Some(Approximator::Over)).meets(Range::of(99, None)));
    }

    #[test]
    fn a_rough_wording_is_printed_only_where_it_is_true() {
        assert_eq!(rough(73, Counter::Occasions).as_deref(), Some("70多场"));
        assert_eq!(rough(2_531, Counter::Appointees).as_deref(), Some("2500余名"));
        assert_eq!(rough(173, Counter::Attendances).as_deref(), Some("170多人次"));
        for exact in [0, 16, 70, 2_500] {
            assert_eq!(rough(exact, Counter::Occasions), None, "{exact}");
        }
        assert_eq!(rough(7_312, Counter::Yuan), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_roughly_holds_when_it_is_read_again(value in 0_i128..200_000) {
            if let Some(text) = rough(value, Counter::Organisations) {
                let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
                let range = Range::of(digits.parse().unwrap(), MORE);
                prop_assert_eq!(range.standing(value), Standing::Proved, "{}", text);
            }
        }
    }
}
