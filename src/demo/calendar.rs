//! The year in which the invented city lives.

use jiff::civil::{Date, Weekday};

const EPOCH: Date = Date::constant(1970, 1, 1);

/// A year.
#[derive(Debug, Clone, Copy)]
pub(super) struct Year(pub(super) i16);

impl Year {
    /// Its first day, when the register was opened.
    pub(super) fn opening(self) -> Date {
        Date::new(self.0, 1, 1).unwrap_or(Date::ZERO)
    }

    /// The same in days since 1970-01-01.
    pub(super) fn opening_day(self) -> i32 {
        (self.opening() - EPOCH).get_days()
    }

    /// So many years before it.
    pub(super) const fn before(self, years: i16) -> i16 {
        self.0.saturating_sub(years)
    }

    /// The nth working day (Monday to Friday) of the year, from 0; the last one for anything beyond.
    pub(super) fn working_day(self, n: u64) -> Date {
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        let days = self.opening().series(jiff::Span::new().days(1)).take_while(|day| day.year() == self.0);
        let mut working = days.filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
        working.by_ref().take(n.min(WORKING_DAYS - 1) + 1).last().unwrap_or(self.opening())
    }
}

/// Working days that every year has at least, the first being a 1 January or the Monday after.
pub(super) const WORKING_DAYS: usize = 259;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_stay_within_the_year_and_off_weekends() {
        for year in 2017..2030 {
            let last = Year(year).working_day(u64::MAX);
            assert_eq!((last.year(), last.month()), (year, 12));
            assert!(last.day() >= 25);
        }
        assert_eq!(Year(2025).working_day(3).to_string(), "2025-01-06");
    }
}
