//! 发生时间: a day, or only a month or a year where nobody wrote down more.

mod office;

use std::{cmp::Ordering, fmt, str::FromStr};

use jiff::civil::Date;

use super::text_value::{excerpt, text_value};
pub use office::{from_excel_serial, parse_date};

/// The first day that a date may have, and the last.
const FIRST_DAY: Date = Date::constant(1800, 1, 1);
const LAST_DAY: Date = Date::constant(2200, 12, 31);
/// Day number 0.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// When something happened, to the precision of its text: `2017`, `2017-08` or `2017-08-05`. Days are those
/// of Asia/Shanghai.
///
/// Whatever is counted "as of" a day counts a partial date from its last possible day, so dates order by
/// [`Occurred::last_day`]; of two that end on the same day the one that began earlier is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Occurred {
    first: Date,
    precision: Precision,
}

/// How exactly a date is known.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Precision {
    /// The year only.
    Year,
    /// Year and month.
    Month,
    /// The day.
    Day,
}

impl Occurred {
    /// A known day.
    ///
    /// # Errors
    /// When the year lies outside 1800 to 2200.
    pub fn day(date: Date) -> Result<Occurred, DateError> {
        Occurred::new(date, Precision::Day).ok_or_else(|| DateError::bad(&date.to_string()))
    }

    /// A known day; one outside the years 1800 to 2200 counts as the first or last day of them.
    #[must_use]
    pub fn nearest_day(date: Date) -> Occurred {
        Occurred { first: date.clamp(FIRST_DAY, LAST_DAY), precision: Precision::Day }
    }

    /// The date that these numbers name, if it exists and its year is within limits.
    fn of(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Occurred> {
        let precision = match (month, day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        };
        Occurred::new(Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?, precision)
    }

    fn new(first: Date, precision: Precision) -> Option<Occurred> {
        (FIRST_DAY..=LAST_DAY).contains(&first).then_some(Occurred { first, precision })
    }

    /// How exactly the date is known.
    #[must_use]
    pub const fn precision(self) -> Precision {
        self.precision
    }

    /// The first day that it can mean.
    #[must_use]
    pub const fn first_day(self) -> Date {
        self.first
    }

    /// The last day that it can mean.
    #[must_use]
    pub fn last_day(self) -> Date {
        match self.precision {
            Precision::Day => self.first,
            Precision::Month => self.first.last_of_month(),
            Precision::Year => self.first.last_of_year(),
        }
    }

    /// Whether it was over, whatever day it means, before the other can have begun. Of two dates neither of which was
    /// over before the other (`2020` and `2020-12-01`, a day and itself), nobody knows which came first.
    #[must_use]
    pub fn ended_before(self, other: Occurred) -> bool {
        self.last_day() < other.first
    }

    /// Whether something of this date came before something of the other that was recorded after it: it was over before
    /// the other began, or both are of one day, and then the order of recording is all there is. Longer dates that
    /// overlap, two of the same year among them, are no order.
    #[must_use]
    pub fn comes_before(self, other: Occurred) -> bool {
        self.ended_before(other) || (self == other && self.precision == Precision::Day)
    }

    /// Days from 1970-01-01 to the last day that it can mean; the measure by which history is cut.
    #[must_use]
    pub fn day_number(self) -> i32 {
        (self.last_day() - EPOCH).get_days()
    }
}

impl borsh::BorshSerialize for Occurred {
    fn serialize<W: borsh::io::Write>(&self, to: &mut W) -> borsh::io::Result<()> {
        (self.first.year(), self.first.month(), self.first.day(), self.precision).serialize(to)
    }
}

impl borsh::BorshDeserialize for Occurred {
    fn deserialize_reader<R: borsh::io::Read>(from: &mut R) -> borsh::io::Result<Self> {
        let (year, month, day, precision) = <(i16, i8, i8, Precision)>::deserialize_reader(from)?;
        let first = Date::new(year, month, day).map_err(borsh::io::Error::other)?;
        Self::new(first, precision).ok_or_else(|| borsh::io::ErrorKind::InvalidData.into())
    }
}

impl Ord for Occurred {
    fn cmp(&self, other: &Occurred) -> Ordering {
        (self.last_day(), self.first).cmp(&(other.last_day(), other.first))
    }
}

impl PartialOrd for Occurred {
    fn partial_cmp(&self, other: &Occurred) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Occurred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first.year(), self.first.month(), self.first.day());
        match self.precision {
            Precision::Year => write!(f, "{year:04}"),
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

impl FromStr for Occurred {
    type Err = DateError;

    /// Only the three forms that it is written in; [`parse_date`] reads the forms of offices.
    fn from_str(text: &str) -> Result<Occurred, DateError> {
        if text.is_empty() {
            return Err(DateError::Missing);
        }
        read_plain(text).ok_or_else(|| DateError::bad(text))
    }
}

/// `2017`, `2017-08`, `2017-08-05`, digit by digit: every stored event has such a date, and is read at every start.
fn read_plain(text: &str) -> Option<Occurred> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let mut of_two = || parts.next().map(|part| digits(part, 2).and_then(|number| i8::try_from(number).ok()));
    let (month, day) = match (of_two(), of_two()) {
        (None, _) => (None, None),
        (Some(month), None) => (Some(month?), None),
        (Some(month), Some(day)) => (Some(month?), Some(day?)),
    };
    if parts.next().is_some() { None } else { Occurred::of(year, month, day) }
}

fn digits(text: &str, count: usize) -> Option<i16> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

text_value!(Occurred, DateError, {
    "type": "string",
    "description": "a date with the precision of its text: 2017, 2017-08 or 2017-08-05 (Asia/Shanghai)",
    "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
});

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// There is no text.
    #[error("没有填写日期，请补上；只知道年份或月份时可写 2017 或 2017-08。")]
    Missing,
    /// There is a text, but no such day, or not in a form that can be read.
    #[error("日期“{text}”读不出来或并不存在，请写成 2017-08-05、2017-08 或 2017（1800 至 2200 年）。")]
    Bad {
        /// What was sent, cut short.
        text: String,
    },
}

impl DateError {
    pub(super) fn bad(text: &str) -> DateError {
        DateError::Bad { text: excerpt(text) }
    }

    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            DateError::Missing => "date_missing",
            DateError::Bad { .. } => "bad_date",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn occurred(text: &str) -> Occurred {
        text.parse().unwrap()
    }

    #[test]
    fn a_partial_date_reaches_to_its_last_possible_day() {
        let cases = [("2017", "2017-01-01", "2017-12-31"), ("2020-02", "2020-02-01", "2020-02-29")];
        for (text, first, last) in cases {
            assert_eq!(occurred(text).first_day().to_string(), first);
            assert_eq!(occurred(text).last_day().to_string(), last);
        }
    }

    #[test]
    fn days_are_numbered_from_1970() {
        assert_eq!(occurred("1970-01-01").day_number(), 0);
        assert_eq!(occurred("1970").day_number(), 364);
        assert_eq!(occurred("2000-03-01").day_number(), 11_017);
        assert_eq!(occurred("1800-01-01").day_number(), -62_091);
    }

    #[test]
    fn a_partial_date_comes_before_the_day_it_ends_on_and_after_the_day_before() {
        let in_order = ["2017-08-30", "2017-08", "2017-08-31", "2017-09-01", "2017", "2017-12", "2017-12-31"];
        assert!(in_order.map(occurred).is_sorted());
    }

    #[test]
    fn only_real_days_in_the_plain_form_are_taken() {
        for text in [
            "2023-02-30",
            "2017-13",
            "1799",
            "2201-01-01",
            "2017-8-5",
            "20170805",
            " 2017",
            "2017-08-05T00:00",
        ] {
            assert_eq!(text.parse::<Occurred>().unwrap_err().code(), "bad_date", "{text}");
        }
        assert_eq!("".parse::<Occurred>().unwrap_err().code(), "date_missing");
    }

    proptest! {
        #[test]
        fn dates_round_trip_and_order_by_last_day(days in prop::array::uniform2(-62_000i32..84_000), kinds in prop::array::uniform2(0..3)) {
            let make = |days: i32, kind: i32| {
                let date = EPOCH + jiff::Span::new().days(days);
                let (month, day) = (Some(date.month()), Some(date.day()));
                Occurred::of(date.year(), month.filter(|_| kind > 0), day.filter(|_| kind > 1)).unwrap()
            };
            let [a, b] = [make(days[0], kinds[0]), make(days[1], kinds[1])];
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert!(a.first_day() <= a.last_day());
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a == b, a.cmp(&b).is_eq());
            if a.day_number() < b.day_number() {
                prop_assert!(a < b);
            }
        }

        #[test]
        fn the_plain_form_is_what_offices_write_so(text in "[0-9]{3,5}(-[0-9]{1,3}){0,3}") {
            let read = parse_date(&text).ok().filter(|occurred| occurred.to_string() == text);
            prop_assert_eq!(text.parse::<Occurred>().ok(), read);
        }
    }
}
