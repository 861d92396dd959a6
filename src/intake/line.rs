//! A row of data seen through the heading of its sheet: cells by column, read into values or refused.

use std::fmt::Display;
use std::str::FromStr;

use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::tag::RecordKeyError;
use jinqiao_events::people::PersonSeen;
use jinqiao_events::people::phone::Phone;
use jinqiao_events::value::amount::{AmountError, ParsedAmount, Unit, parse_amount, parse_amount_cell};
use jinqiao_events::value::credit_code::CreditCodeError;
use jinqiao_events::value::identifier::IdentifierError;
use jinqiao_events::value::industry::IndustryError;
use jinqiao_events::value::money::{AmountKind, Money};
use jinqiao_events::value::name::{NameError, OrgName};
use jinqiao_events::value::occurred::{DateError, Occurred, from_excel_serial, parse_date};
use jinqiao_events::value::region::RegionError;
use unicode_normalization::UnicodeNormalization;

use super::heading::{Column, Heading};
use super::table::{Cell, Row};

/// Date numbers of 1990 to 2039: a number between them in a date column is a date without its format. Others are taken
/// for slips of the pen (`20265` of 2026-5), which a wider range would make days of long ago.
const DATE_SERIALS: std::ops::Range<f64> = 32_874.0..51_136.0;

/// Why a row was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowFault {
    /// The column as the sheet heads it.
    pub(super) column: String,
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// An error of a value: it has a stable code and a sentence.
pub(super) trait Coded: Display {
    fn stable_code(&self) -> &'static str;
}

macro_rules! coded {
    ($($Error:ty),* $(,)?) => { $(impl Coded for $Error { fn stable_code(&self) -> &'static str { self.code() } })* };
}
coded!(AmountError, CreditCodeError, DateError, IdentifierError, IndustryError, NameError, RegionError);

impl Coded for RecordKeyError {
    fn stable_code(&self) -> &'static str {
        "record_key"
    }
}

/// A sheet under its heading.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) sheet: Option<String>,
    pub(super) heading: Heading,
    /// The date of what the file says without a date of its own: as given, else of the title, else today.
    pub(super) as_of: Occurred,
    /// The date that the caller gave for the whole file.
    pub(super) given: Option<Occurred>,
}

/// A row of a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) page: &'a Page,
    pub(super) row: &'a Row,
}

impl Line<'_> {
    pub(super) fn cell(&self, column: &Column) -> &Cell {
        self.page.heading.index(column).map_or(&Cell::Empty, |index| self.row.cell(index))
    }

    pub(super) fn has(&self, column: &Column) -> bool {
        !self.cell(column).is_blank()
    }

    /// The text of a cell, unless it is empty or says that there is none (无, /, -).
    pub(super) fn text(&self, column: &Column) -> Option<String> {
        let text = self.cell(column).text();
        (!matches!(text.as_str(), "" | "无" | "/" | "-" | "—" | "--")).then_some(text)
    }

    /// The parts of a cell that lists several things.
    pub(super) fn list(&self, column: &Column) -> Vec<String> {
        self.text(column).map(|text| split(&text)).unwrap_or_default()
    }

    pub(super) fn parse<T: FromStr<Err: Coded>>(&self, column: &Column) -> Result<Option<T>, RowFault> {
        self.text(column)
            .map(|text| text.parse().map_err(|error: T::Err| self.blame(column, &error)))
            .transpose()
    }

    /// The value of a cell that must hold one; an empty cell is refused as the value itself refuses it.
    pub(super) fn required<T: FromStr<Err: Coded>>(&self, column: &Column) -> Result<T, RowFault> {
        let text = self.cell(column).text();
        text.parse().map_err(|error: T::Err| self.blame(column, &error))
    }

    pub(super) fn name(&self, column: &Column) -> Result<OrgName, RowFault> {
        self.required(column)
    }

    pub(super) fn key(&self, column: &Column) -> Result<RecordKey, RowFault> {
        self.record_key(column, self.cell(column).text())
    }

    pub(super) fn record_key(&self, column: &Column, text: String) -> Result<RecordKey, RowFault> {
        RecordKey::try_from(text).map_err(|error| self.blame(column, &error))
    }

    pub(super) fn date(&self, column: &Column) -> Result<Occurred, RowFault> {
        let read = match self.cell(column) {
            Cell::Date(date) => Ok(*date),
            Cell::Number(serial) if DATE_SERIALS.contains(serial) => from_excel_serial(*serial, false),
            Cell::Empty | Cell::Text(_) | Cell::Number(_) => {
                let text = self.cell(column).text();
                serial_of(&text).map_or_else(|| parse_date(&text), |serial| from_excel_serial(serial, false))
            }
        };
        read.map_err(|error| self.blame(column, &error))
    }

    /// The amount in a cell, of this kind, with the text as it was written; none for 面议.
    pub(super) fn money(&self, column: &Column, kind: AmountKind) -> Result<Option<Money>, RowFault> {
        let unit = self.page.heading.unit(column);
        let (parsed, text) = match self.cell(column) {
            Cell::Number(number) => {
                (parse_amount_cell(*number, unit), format!("{number}{}", unit_text(unit)))
            }
            Cell::Empty | Cell::Text(_) | Cell::Date(_) => {
                let text = self.cell(column).text();
                (parse_amount(&text, unit), text)
            }
        };
        let money = parsed.and_then(|parsed| match parsed {
            ParsedAmount::Stated(amount) => Money::from_amount(&amount, Some(kind), &text).map(Some),
            ParsedAmount::Unstated => Ok(None),
        });
        money.map_err(|error| self.blame(column, &error))
    }

    /// A whole number in a cell, whatever width its digits have, without the words that counters add (`２１人`). `第3人`
    /// is the third and no number of people.
    pub(super) fn whole(&self, column: &Column, words: &[char]) -> Option<Result<u32, RowFault>> {
        Some(self.digits(column, &self.plain(column)?, words))
    }

    /// Which of a row a cell names, with or without the words around it: `1`, `第1笔`.
    pub(super) fn ordinal(&self, column: &Column, words: &[char]) -> Option<Result<u32, RowFault>> {
        let text = self.plain(column)?;
        Some(self.digits(column, text.strip_prefix('第').unwrap_or(&text), words))
    }

    fn plain(&self, column: &Column) -> Option<String> {
        Some(self.text(column)?.nfkc().collect())
    }

    fn digits(&self, column: &Column, text: &str, words: &[char]) -> Result<u32, RowFault> {
        let fault = |_| self.fault(column, "bad_number", "应为整数，如 21；请改正");
        text.trim_end_matches(words).trim().parse().map_err(fault)
    }

    /// The person in a cell, if one is there, with the phone beside it; whether that phone could be read. A
    /// phone that cannot be read is left out, for the person was there all the same.
    pub(super) fn person(
        &self,
        name: &Column,
        phone: &Column,
        organisation: Option<&str>,
    ) -> Option<(PersonSeen, bool)> {
        let written = self.text(phone);
        let is_readable = written.as_deref().is_none_or(|text| Phone::read(text).is_some());
        let person = PersonSeen {
            name: self.text(name)?,
            phone: written.filter(|_| is_readable),
            organisation: organisation.map(str::to_owned),
        };
        Some((person, is_readable))
    }

    pub(super) fn fault(&self, column: &Column, code: &'static str, message: &str) -> RowFault {
        RowFault { column: self.page.heading.written(column), code, message: message.to_owned() }
    }

    fn blame(&self, column: &Column, error: &impl Coded) -> RowFault {
        self.fault(column, error.stable_code(), &error.to_string())
    }
}

/// The date number in a text: what a spreadsheet saves as text of a date that lost its format.
fn serial_of(text: &str) -> Option<f64> {
    let serial = text.nfkc().collect::<String>().parse().ok()?;
    (text.chars().count() == 5 && DATE_SERIALS.contains(&serial)).then_some(serial)
}

/// The parts of a text that lists several things: `甲商会、乙商会，丙商会`. The comma of `Co., Ltd` separates
/// nothing.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(['、', '，', ',', '；', ';', '／', '/', '\n']) {
        let part = part.trim();
        let is_form = ["ltd", "inc", "llc"].iter().any(|form| part.to_lowercase().starts_with(form));
        match parts.last_mut() {
            Some(last) if is_form => last.extend([", ", part]),
            Some(_) | None if !part.is_empty() => parts.push(part.to_owned()),
            Some(_) | None => {}
        }
    }
    parts
}

const fn unit_text(unit: Unit) -> &'static str {
    match unit {
        Unit::Yuan => "元",
        Unit::Wan => "万元",
        Unit::Yi => "亿元",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_digits_in_a_date_column_are_a_date_number() {
        assert_eq!(serial_of("46073"), Some(46_073.0));
        assert_eq!(serial_of("４６０７３"), Some(46_073.0));
        assert_eq!((serial_of("2026"), serial_of("20260512"), serial_of("4607.")), (None, None, None));
        assert_eq!((serial_of("20265"), serial_of("79999")), (None, None), "1955 and 2119");
        let ends = ["32874", "51135"].map(|text| from_excel_serial(serial_of(text).unwrap(), false).unwrap());
        assert_eq!(ends.map(|day| day.to_string()), ["1990-01-01", "2039-12-31"]);
    }

    #[test]
    fn lists_are_split_at_every_sign_that_people_use() {
        assert_eq!(
            split("甲商会、乙商会，丙商会;丁商会／戊"),
            ["甲商会", "乙商会", "丙商会", "丁商会", "戊"]
        );
        assert_eq!(split("Aqua Co., Ltd、琅屿"), ["Aqua Co., Ltd", "琅屿"]);
        assert_eq!(split(" 、"), Vec::<String>::new());
    }
}
