//! Amounts as offices write them: `1.5亿`, `１５０００万元`, `1,500万`, `叁佰万`, `200–300万`, `2500余`, `折合0.36万元`.
//!
//! Everything is exact: a text is read into whole 分 or refused, and no floating-point number takes part.

mod marks;
mod number;

use unicode_normalization::UnicodeNormalization;

use super::{currency::Currency, fen::Fen, text_value::excerpt};
use marks::{Marks, strip_marks};
use number::{Number, read_number};

/// Longer texts are not amounts.
const MAX_CHARS: usize = 100;
/// What cells hold that were left empty on purpose.
const EMPTY: [&str; 7] = ["", "-", "—", "--", "/", "\\", "无"];
/// Words by which an office says that the amount is not settled.
const UNSTATED: [&str; 10] =
    ["面议", "待定", "未定", "另议", "待议", "待商议", "暂定", "不详", "未披露", "保密"];
/// What may stand between the two ends of a range.
const RANGE_SIGNS: [char; 7] = ['-', '–', '—', '~', '〜', '至', '到'];

/// What a bare number counts, as the heading of its column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// 元 (or the main unit of another currency).
    #[default]
    Yuan,
    /// 万元.
    Wan,
    /// 亿元.
    Yi,
}

impl Unit {
    const fn size(self) -> i128 {
        match self {
            Unit::Yuan => 1,
            Unit::Wan => 10_000,
            Unit::Yi => 100_000_000,
        }
    }
}

/// How a number that is not exact relates to the truth. The number beside it is always the one written.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Approximator {
    /// 多, 余: more, but less than the next step of the last digit written: 70多 is 71 to 79.
    SomeMore,
    /// 逾, 超, 以上: that much or more.
    Over,
    /// 近: a little less.
    Nearly,
    /// 约, 左右: about.
    About,
}

/// What a text says about an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParsedAmount {
    /// It gives one.
    Stated(Amount),
    /// It says that there is none yet: 面议, 待定.
    Unstated,
}

impl ParsedAmount {
    /// The amount, if the text gives one.
    #[must_use]
    pub fn stated(self) -> Option<Amount> {
        match self {
            ParsedAmount::Stated(amount) => Some(amount),
            ParsedAmount::Unstated => None,
        }
    }
}

/// An amount as read from a text: never negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// The amount; of a range, the lower end.
    pub fen: Fen,
    /// The upper end of a range, above the lower one.
    pub fen_high: Option<Fen>,
    /// [`Currency::CNY`] unless the text names another.
    pub currency: Currency,
    /// Present when the number is not meant exactly.
    pub approx: Option<Approximator>,
    /// 折合, 折价: the value of goods, not money.
    pub in_kind: bool,
}

/// Reads an amount in any of the forms that offices use. A number without a unit of its own counts
/// `default_unit`; of a range the lower end shares the unit of the upper (`200–300万`).
///
/// # Errors
/// `amount_missing` for an empty text, `amount_range` for a negative or too large amount, `amount_ambiguous`
/// for everything that is not exactly one amount in whole 分: 若干, 3万5, two amounts, odd commas.
pub fn parse_amount(text: &str, default_unit: Unit) -> Result<ParsedAmount, AmountError> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'')).collect();
    if EMPTY.contains(&plain.as_str()) {
        return Err(AmountError::Missing);
    }
    if UNSTATED.contains(&plain.as_str()) {
        return Ok(ParsedAmount::Unstated);
    }
    if plain.chars().count() > MAX_CHARS {
        return Err(AmountError::Ambiguous { text: excerpt(text) });
    }
    read(&plain, default_unit).map(ParsedAmount::Stated).map_err(|fault| match fault {
        Fault::Ambiguous => AmountError::Ambiguous { text: excerpt(text) },
        Fault::Negative => AmountError::Negative { text: excerpt(text) },
        Fault::TooLarge => AmountError::TooLarge { text: excerpt(text) },
    })
}

/// Reads the number in a spreadsheet cell, to the 15 significant digits that spreadsheets keep and show, so
/// that the decimal that was typed comes back and the dust of binary fractions does not.
///
/// # Errors
/// As [`parse_amount`].
pub fn parse_amount_cell(number: f64, default_unit: Unit) -> Result<ParsedAmount, AmountError> {
    let ambiguous = || AmountError::Ambiguous { text: number.to_string() };
    let scientific = format!("{number:.14e}");
    let (digits, exponent) = scientific.split_once('e').ok_or_else(ambiguous)?;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits = digits.replace('.', "");
    let places: i32 = exponent.parse().map_err(|_| ambiguous())?;
    let plain = match usize::try_from(places) {
        Ok(places) if places > 30 => {
            return Err(AmountError::TooLarge { text: number.to_string() });
        }
        Ok(places) => {
            let padded = format!("{digits:0<width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(places + 1);
            format!("{sign}{whole}.{}0", fraction.trim_end_matches('0'))
        }
        Err(_) if places < -40 => return Err(ambiguous()),
        Err(_) => format!("{sign}0.{}{digits}", "0".repeat(usize::try_from(-places - 1).unwrap_or(0))),
    };
    parse_amount(&plain, default_unit)
}

/// Why reading stopped; the text is added at the door.
enum Fault {
    Ambiguous,
    Negative,
    TooLarge,
}

fn read(text: &str, default_unit: Unit) -> Result<Amount, Fault> {
    let mut marks = Marks::default();
    let text = strip_marks(text, &mut marks)?;
    if marks.negative {
        // Only a number can be negative; anything else after the sign is no amount at all.
        return Err(read_number(text, &mut marks).map_or(Fault::Ambiguous, |_| Fault::Negative));
    }
    let mut ends = text.split(RANGE_SIGNS);
    let (low, high) = match (ends.next(), ends.next(), ends.next()) {
        (Some(only), None, None) => (only, None),
        (Some(low), Some(high), None) => (low, Some(high)),
        _ => return Err(Fault::Ambiguous),
    };
    let (mut low_marks, unit_said) = (marks.clone(), marks.unit_said);
    low_marks.unit_said = unit_said && high.is_none();
    let low_text = strip_marks(low, &mut low_marks)?;
    let low = read_number(low_text, &mut low_marks)?;
    let Some(high) = high else {
        let fen = low.fen(low_marks.unit_said, default_unit.size())?;
        return Ok(low_marks.into_amount(fen, None));
    };
    let high = read_number(high, &mut marks)?;
    let high_fen = high.fen(marks.unit_said, default_unit.size())?;
    let shared_unit = match high.big_unit {
        1 if marks.unit_said || high.unit_said => 1,
        1 => default_unit.size(),
        big_unit => big_unit,
    };
    let low_fen = low.fen(low_marks.unit_said, shared_unit)?;
    match marks.join(&low_marks) {
        Some(marks) if low_fen < high_fen => Ok(marks.into_amount(low_fen, Some(high_fen))),
        _ => Err(Fault::Ambiguous),
    }
}

impl Marks {
    fn into_amount(self, fen: Fen, fen_high: Option<Fen>) -> Amount {
        let Marks { currency, approx, in_kind, unit_said: _, negative: _ } = self;
        Amount { fen, fen_high, currency: currency.unwrap_or_default(), approx, in_kind }
    }
}

impl Number {
    /// Whole 分, when a number without a unit counts so many main units.
    fn fen(&self, unit_said: bool, unit_size: i128) -> Result<Fen, Fault> {
        let size = if unit_said || self.unit_said || self.big_unit > 1 { 1 } else { unit_size };
        let scaled = self.scaled.checked_mul(size * 100).ok_or(Fault::TooLarge)?;
        if scaled % number::ONE != 0 {
            return Err(Fault::Ambiguous);
        }
        i64::try_from(scaled / number::ONE).map(Fen::new).map_err(|_| Fault::TooLarge)
    }
}

/// Why a text gives no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// There is no text.
    #[error("没有填写金额，请补上；金额未定请写“待定”或“面议”。")]
    Missing,
    /// Not exactly one amount in whole 分.
    #[error("金额“{text}”不能读成一个确切的数，请写成如 300万元、1.5亿元 或 12345.60元（精确到分）。")]
    Ambiguous {
        /// What was sent, cut short.
        text: String,
    },
    /// Below zero.
    #[error("金额“{text}”是负数，请填正数；冲减或退款请更正原来的记录。")]
    Negative {
        /// What was sent, cut short.
        text: String,
    },
    /// More than the software can keep.
    #[error("金额“{text}”超出可以记录的范围（约 92000 万亿元），请检查单位。")]
    TooLarge {
        /// What was sent, cut short.
        text: String,
    },
}

impl AmountError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            AmountError::Missing => "amount_missing",
            AmountError::Ambiguous { .. } => "amount_ambiguous",
            AmountError::Negative { .. } | AmountError::TooLarge { .. } => "amount_range",
        }
    }
}

#[cfg(test)]
mod tests;
