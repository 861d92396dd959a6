//! Dates as offices write them.

use std::borrow::Cow;

use jiff::{Span, civil::Date};
use unicode_normalization::UnicodeNormalization;

use super::{DateError, Occurred};

/// Reads a date as offices write it: `2020-11-21`, `2020/5/17`, `2006.6.21`, `2007年6月13日`, `2025年1月`,
/// `2017年`, `20170212`, `二〇二六年三月十二日`, `民国115年3月12日`, full-width digits, with a weekday or a time of day
/// behind it or not.
///
/// # Errors
/// `date_missing` for an empty text, `bad_date` for a day that does not exist, a year outside 1800 to 2200, or
/// a text that could mean several days.
pub fn parse_date(text: &str) -> Result<Occurred, DateError> {
    let plain: String = text.nfkc().collect();
    let plain = plain.trim();
    if plain.is_empty() {
        return Err(DateError::Missing);
    }
    let written_out = in_digits(plain);
    read(&in_our_era(&written_out)).ok_or_else(|| DateError::bad(text))
}

/// Chinese numerals before 年, 月, 日 and 号 as digits; the rest as it is.
fn in_digits(text: &str) -> String {
    const NUMERALS: &str = "〇○零一二三四五六七八九十廿卅元";
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c| NUMERALS.contains(c)) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !NUMERALS.contains(c)).unwrap_or(from.len()));
        plain.push_str(before);
        match numeral(run).filter(|_| after.trim_start().starts_with(['年', '月', '日', '号'])) {
            Some(digits) => plain.push_str(&digits),
            None => plain.push_str(run),
        }
        rest = after;
    }
    plain + rest
}

/// `二〇二六` digit by digit, `十二`, `三十一`, `廿一` by value; `元` of the first year of an era.
fn numeral(run: &str) -> Option<String> {
    const DIGITS: &str = "零一二三四五六七八九";
    if run == "元" {
        return Some("1".to_owned());
    }
    let plain = run.replace(['〇', '○'], "零").replace('廿', "二十").replace('卅', "三十");
    let digit = |c: char| DIGITS.chars().position(|other| other == c);
    let Some((tens, ones)) = plain.split_once('十') else {
        return plain.chars().map(|c| digit(c).map(|digit| digit.to_string())).collect();
    };
    let one = |text: &str, none: usize| {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => Some(none),
            (Some(c), None) => digit(c),
            (Some(_), Some(_)) => None,
        }
    };
    Some((one(tens, 1)? * 10 + one(ones, 0)?).to_string())
}

/// `民国115年…` with the year of our era in its place.
fn in_our_era(text: &str) -> Cow<'_, str> {
    const BEFORE_THE_FIRST: i16 = 1911;
    let era = text.strip_prefix("中华").unwrap_or(text).strip_prefix("民国").map(split_digits);
    let year = era.and_then(|(year, rest)| Some((number::<i16>(year)?.checked_add(BEFORE_THE_FIRST)?, rest)));
    match year {
        Some((year, rest)) if rest.starts_with('年') => Cow::Owned(format!("{year}{rest}")),
        Some(_) | None => Cow::Borrowed(text),
    }
}

fn read(text: &str) -> Option<Occurred> {
    let (digits, rest) = split_digits(text);
    match (digits.len(), rest.chars().next()) {
        (8, _) if is_day_time(rest) => {
            Occurred::of(number(&digits[..4])?, Some(number(&digits[4..6])?), Some(number(&digits[6..])?))
        }
        (4, None) => Occurred::of(number(digits)?, None, None),
        (4, Some(separator @ ('-' | '/' | '.' | '年'))) => {
            let rest = rest.strip_prefix(separator)?.trim_start();
            read_month(number(digits)?, separator, rest)
        }
        _ => None,
    }
}

fn read_month(year: i16, separator: char, text: &str) -> Option<Occurred> {
    let (month, rest) = split_digits(text);
    if month.is_empty() {
        return if separator == '年' && rest.is_empty() { Occurred::of(year, None, None) } else { None };
    }
    let month = Some(number(month)?);
    let rest = rest.trim_start();
    let ends_month = if separator == '年' { rest == "月" } else { rest.is_empty() };
    if ends_month {
        return Occurred::of(year, month, None);
    }
    let rest = rest.strip_prefix(if separator == '年' { '月' } else { separator })?.trim_start();
    let (day, rest) = split_digits(rest);
    let rest = rest.strip_prefix(['日', '号']).unwrap_or(rest);
    is_day_time(rest).then(|| Occurred::of(year, month, Some(number(day)?)))?
}

/// Whether what follows a day is nothing, a weekday, a time of day, or both.
fn is_day_time(text: &str) -> bool {
    let mut rest = text.trim();
    if let Some((inside, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
        if !inside.starts_with('周') && !inside.starts_with("星期") {
            return false;
        }
        rest = after.trim_start();
    }
    let rest = rest.strip_prefix('T').unwrap_or(rest);
    let rest = ["上午", "下午", "晚上", "晚"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    if rest.is_empty() {
        return true;
    }
    let (hour, minutes) = split_digits(rest.trim_start());
    let hour_ok = number::<u8>(hour).is_some_and(|hour| hour <= 24);
    let in_time = |c: char| {
        c.is_ascii_digit()
            || matches!(c, ':' | '-' | '~' | '至' | '时' | '点' | '分' | '秒' | '半' | '.' | ' ')
    };
    hour_ok && minutes.starts_with([':', '时', '点']) && minutes.chars().all(in_time)
}

/// The leading digits of a text, and the rest.
fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn number<N: std::str::FromStr>(digits: &str) -> Option<N> {
    digits.parse().ok()
}

/// The day of a spreadsheet's date number, a time of day cut off; `is_1904` for workbooks that count from
/// 1904-01-01. In the other system day 60 is 1900-02-29, a day that never was: it is refused.
///
/// # Errors
/// `bad_date` for numbers that name no day between 1900 and 2200.
pub fn from_excel_serial(serial: f64, is_1904: bool) -> Result<Occurred, DateError> {
    let bad = || DateError::bad(&serial.to_string());
    if !(0.0..150_000.0).contains(&serial) {
        return Err(bad());
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked above")]
    let days = serial.floor() as i32;
    let before_first = match (is_1904, days) {
        (true, _) => Date::constant(1904, 1, 1),
        (false, 0 | 60) => return Err(bad()),
        (false, 1..60) => Date::constant(1899, 12, 31),
        (false, _) => Date::constant(1899, 12, 30),
    };
    before_first.checked_add(Span::new().days(days)).map_err(|_| bad()).and_then(Occurred::day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_forms_of_offices_are_read() {
        let cases = [
            ("2020-11-21", "2020-11-21"),
            ("2020/5/17", "2020-05-17"),
            ("2006.6.21", "2006-06-21"),
            ("2007年6月13日", "2007-06-13"),
            ("2007年 6月 13日", "2007-06-13"),
            ("2025年1月", "2025-01"),
            ("2025.1", "2025-01"),
            ("2017年", "2017"),
            ("2017", "2017"),
            ("20170212", "2017-02-12"),
            ("２０２０－５－１７", "2020-05-17"),
            ("2026年3月12日14:00", "2026-03-12"),
            ("2026-03-12 14:00:00", "2026-03-12"),
            ("2026-03-12T14:00:00.000", "2026-03-12"),
            ("2026年3月12日（星期四）下午2时30分", "2026-03-12"),
            ("2026年3月12日 14:00-16:00", "2026-03-12"),
            (" 2026.3.12\u{3000}", "2026-03-12"),
            ("二〇二六年三月十二日", "2026-03-12"),
            ("二零二六年十二月三十一日（星期四）", "2026-12-31"),
            ("二○二六年十月廿一日", "2026-10-21"),
            ("二〇一七年八月", "2017-08"),
            ("民国115年3月12日", "2026-03-12"),
            ("中华民国元年1月1日", "1912-01-01"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_date(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn days_that_do_not_exist_and_texts_that_say_too_little_are_refused() {
        let texts = [
            "2023-02-30",
            "2026年2月30日",
            "2020-13-01",
            "20.5.17",
            "5月17日",
            "2020-05-17-18",
            "2020年5月17日至19日",
            "201708",
            "2020年05",
            "1799-01-01",
            "2201",
            "待定",
            "2020-5/17",
            "2020-05-17 25:00",
            "2020-05-17(暂定)",
            "0",
            "2026-03-12T14:00:00Z",
            "民国一百一十五年三月十二日",
            "二〇二六年十三月一日",
            "十二月三日",
        ];
        for text in texts {
            assert_eq!(parse_date(text).map_err(|e| e.code()), Err("bad_date"), "{text}");
        }
        assert_eq!(parse_date(" \u{3000}").unwrap_err().code(), "date_missing");
    }

    #[test]
    fn spreadsheet_days_count_in_both_systems() {
        let day =
            |serial, is_1904| from_excel_serial(serial, is_1904).map(|o| o.to_string()).map_err(|e| e.code());
        assert_eq!(day(1.0, false).unwrap(), "1900-01-01");
        assert_eq!(day(59.0, false).unwrap(), "1900-02-28");
        assert_eq!(day(60.0, false), Err("bad_date"));
        assert_eq!(day(61.0, false).unwrap(), "1900-03-01");
        assert_eq!(day(46_093.583, false).unwrap(), "2026-03-12");
        assert_eq!(day(46_093.0 - 1_462.0, true).unwrap(), "2026-03-12");
        assert_eq!(day(0.0, true).unwrap(), "1904-01-01");
        for serial in [0.5, -1.0, f64::NAN, f64::INFINITY, 1e300, 149_999.0] {
            assert_eq!(day(serial, false), Err("bad_date"), "{serial}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = parse_date(&text);
        }

        #[test]
        fn every_office_form_of_a_day_reads_the_same(days in 0i32..80_000) {
            let date = Date::constant(1900, 1, 1) + Span::new().days(days);
            let (y, m, d) = (date.year(), date.month(), date.day());
            let expected = Occurred::day(date).unwrap();
            for text in [format!("{y}/{m}/{d}"), format!("{y}年{m}月{d}日"), format!("{y}{m:02}{d:02}"), format!("{y}.{m}.{d} 9:30")] {
                prop_assert_eq!(parse_date(&text), Ok(expected));
            }
        }
    }
}
