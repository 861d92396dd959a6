//! Telephone numbers: read in every form that sheets hold, shown with the middle covered.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The fewest and the most digits of a number, extensions included.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Excel shows a wide number with at most this many digits (`1.38E+10`); the others are lost.
const SHOWN_WHEN_ROUNDED: usize = 6;

/// A telephone number (联系电话): digits only, without the country code of China. Its debug output is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people and spreadsheets write it: full-width digits, spaces, dashes, `+86`, and the
    /// number cells `13800000761.0` and `1.3800000761E10`. `None` for what is no whole number, as `1.38E+10`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
        let digits = match number_cell(&text) {
            Some((mantissa, exponent)) => expand(mantissa, exponent)?,
            None => text.chars().filter(char::is_ascii_digit).collect(),
        };
        let from_abroad = digits.strip_prefix("00").unwrap_or(&digits);
        let international = text.starts_with('+') || from_abroad.len() < digits.len();
        let national = match from_abroad.strip_prefix("86") {
            Some(rest) if international || is_mobile(rest) => rest,
            Some(_) | None => from_abroad,
        };
        DIGITS.contains(&national.len()).then(|| Self(national.to_owned()))
    }

    /// The number that [`Phone::as_str`] gave.
    pub(super) const fn from_digits(digits: String) -> Self {
        Self(digits)
    }

    /// The digits. Personal: never into an event, a log line or a file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as it may be shown: `138****0761`, a short one `****67`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, tail) = if self.0.len() > 9 { (3, 4) } else { (0, 2) };
        let hidden = self.0.len() - tail;
        self.0.chars().take(head).chain("****".chars()).chain(self.0.chars().skip(hidden)).collect()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A name as it may be shown: its first character, the others covered.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let mut characters = name.trim().chars();
    let head = characters.next();
    match characters.count() {
        0 => head.map(|_| '*').into_iter().collect(),
        hidden => head.into_iter().chain(std::iter::repeat_n('*', hidden)).collect(),
    }
}

/// Whether these digits are a mobile number of mainland China.
pub(super) fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    matches!(bytes, [b'1', b'3'..=b'9', ..]) && bytes.len() == 11 && bytes.iter().all(u8::is_ascii_digit)
}

/// Mantissa and exponent, when the text is a number as a program writes one: `1.3800000761E10`, `13800000761.0`.
fn number_cell(text: &str) -> Option<(&str, usize)> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix('+').unwrap_or(exponent)),
        None => (text.trim_end_matches('0').strip_suffix('.')?, "0"),
    };
    let whole = mantissa.replacen('.', "", 1);
    let exponent = exponent.parse().ok().filter(|_| is_digits(exponent))?;
    is_digits(&whole).then_some((mantissa, exponent))
}

fn expand(mantissa: &str, exponent: usize) -> Option<String> {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = exponent.checked_sub(fraction.len()).filter(|zeros| *zeros < *DIGITS.end())?;
    let shown = format!("{whole}{fraction}");
    (shown.len() > SHOWN_WHEN_ROUNDED).then(|| shown + &"0".repeat(zeros))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_form_of_a_number_is_read_exactly() {
        let forms = "13800000761|138 0000 0761|138-0000-0761|１３８０００００７６１|+86 13800000761|0086-138 0000 0761\
            |(+86)13800000761|8613800000761|13800000761.0|13800000761.|1.3800000761E10|1.3800000761e+10|手机:13800000761";
        for form in forms.split('|') {
            assert_eq!(Phone::read(form).as_ref().map(Phone::as_str), Some("13800000761"), "{form}");
        }
        assert_eq!(Phone::read("1.380000076E10").unwrap().as_str(), "13800000760");
        assert_eq!(Phone::read("0591-8765 4321").unwrap().as_str(), "059187654321");
        assert_eq!(Phone::read("+81 90-0000-0761").unwrap().as_str(), "819000000761");
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        for form in ["", "无", "1.38E+10", "1.38001E10", "1.38000007615E5", "1380", "13800000761/13800000762"]
        {
            assert_eq!(Phone::read(form), None, "{form}");
        }
    }

    #[test]
    fn names_and_numbers_are_shown_masked() {
        assert_eq!(Phone::read("13800000761").unwrap().masked(), "138****0761");
        assert_eq!(format!("{:?}", Phone::read("87654321")), "Some(****21)");
        assert_eq!([mask_name("林远山"), mask_name("林"), mask_name("")], ["林**", "*", ""]);
    }

    proptest! {
        #[test]
        fn what_is_read_is_digits_of_a_plausible_length(text in "\\PC{0,24}|[0-9 .eE+-]{0,24}") {
            if let Some(phone) = Phone::read(&text) {
                prop_assert!(phone.as_str().bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert!(DIGITS.contains(&phone.as_str().len()));
            }
        }

        #[test]
        fn a_number_cell_reads_as_its_digits(number in "1[3-9][0-9]{9}") {
            let mantissa = format!("{}.{}", &number[..1], number[1..].trim_end_matches('0'));
            for cell in [number.clone(), format!("{number}.0"), format!("{mantissa}E10"), format!("+86{number}")] {
                if mantissa.len() > SHOWN_WHEN_ROUNDED + 1 || !cell.contains('E') {
                    prop_assert_eq!(Phone::read(&cell), Some(Phone(number.clone())));
                }
            }
        }
    }
}
