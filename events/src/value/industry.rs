//! 国民经济行业分类 (GB/T 4754-2017, with amendment no. 1 of 2019; the header of `industry.tsv` tells how complete).

use std::{collections::BTreeMap, fmt, str::FromStr, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

use super::text_value::{excerpt, text_value};
use crate::kept::kept_as_text;

/// Row by row: digits of a class (or the letter of a section), the letter of its section, its name.
static TABLE: LazyLock<BTreeMap<&'static str, Industry>> = LazyLock::new(|| {
    let mut section = "";
    let rows = include_str!("industry.tsv").lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(code, name)| {
        if code.starts_with(|c: char| c.is_ascii_uppercase()) {
            section = code;
        }
        (code, Industry { section, code, name })
    })
    .collect()
});

/// An industry at any of the four levels: 门类 `I`, 大类 `I65`, 中类 `I651`, 小类 `I6513`.
///
/// A 中类 with a single 小类 has that 小类 written with a zero, `652` and `6520`; both are codes of the
/// standard and stay apart. As text it carries its letter; it is read with the letter or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Industry {
    section: &'static str,
    code: &'static str,
    name: &'static str,
}

kept_as_text!(Industry, |industry| industry.code, look_up);

impl Industry {
    /// The standard and its edition.
    pub const EDITION: &'static str = "GB/T 4754-2017";

    /// The digits without the letter (`6513`); for a section, its letter.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// The Chinese name in the standard.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        self.name
    }

    /// The standard that the code belongs to.
    #[must_use]
    pub const fn edition(self) -> &'static str {
        Industry::EDITION
    }

    /// The 门类 that this belongs to.
    #[must_use]
    pub fn section(self) -> Industry {
        look_up(self.section).unwrap_or(self)
    }

    /// The 大类 (two digits) that this is or belongs to.
    #[must_use]
    pub fn division(self) -> Option<Industry> {
        self.at_digits(2)
    }

    /// The 中类 (three digits) that this is or belongs to.
    #[must_use]
    pub fn group(self) -> Option<Industry> {
        self.at_digits(3)
    }

    /// The 小类 (four digits) that this is.
    #[must_use]
    pub fn class(self) -> Option<Industry> {
        self.at_digits(4)
    }

    /// Whether this is the other one or lies below it.
    #[must_use]
    pub fn is_within(self, other: Industry) -> bool {
        self.section == other.section && (other.code == other.section || self.code.starts_with(other.code))
    }

    /// All rows of the standard, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Industry> {
        TABLE.values().copied()
    }

    fn at_digits(self, digits: usize) -> Option<Industry> {
        self.code.get(..digits).and_then(look_up)
    }
}

fn look_up(code: &str) -> Option<Industry> {
    TABLE.get(code).copied()
}

impl fmt::Display for Industry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.code == self.section { "" } else { self.code };
        write!(f, "{}{digits}", self.section)
    }
}

impl FromStr for Industry {
    type Err = IndustryError;

    fn from_str(text: &str) -> Result<Industry, IndustryError> {
        let code: String = text.trim().nfkc().flat_map(char::to_uppercase).collect();
        let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let found = look_up(if digits.is_empty() { &code } else { digits });
        let industry = found.ok_or_else(|| IndustryError::Unknown { text: excerpt(text) })?;
        if industry.to_string() == code || industry.code == code {
            Ok(industry)
        } else {
            Err(IndustryError::WrongSection { text: excerpt(text), right: industry.to_string() })
        }
    }
}

text_value!(Industry, IndustryError, {
    "type": "string",
    "description": "GB/T 4754-2017 行业代码, read with or without the letter of its section (C3484, 3484, I65, I)",
    "pattern": "^([A-T]|[A-T]?[0-9]{2,4})$",
});

/// Why a text is no industry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndustryError {
    /// The standard has no such code.
    #[error("行业代码“{text}”不在 GB/T 4754-2017 中，请核对（2011 版代码须先换成 2017 版）。")]
    Unknown {
        /// What was sent, cut short.
        text: String,
    },
    /// The digits exist, under another letter.
    #[error("行业代码“{text}”的门类字母不对，应为 {right}。")]
    WrongSection {
        /// What was sent, cut short.
        text: String,
        /// The code with its right letter.
        right: String,
    },
}

impl IndustryError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            IndustryError::Unknown { .. } | IndustryError::WrongSection { .. } => "industry_code",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn industry(text: &str) -> Industry {
        text.parse().unwrap()
    }

    #[test]
    fn the_standard_is_there_whole() {
        let at =
            |length| Industry::all().filter(move |i| i.code.len() == length && i.code != i.section).count();
        assert_eq!(Industry::all().filter(|i| i.code == i.section).count(), 20);
        assert_eq!((at(2), at(3), at(4)), (97, 473, 1381));
    }

    #[test]
    fn every_code_round_trips_with_and_without_its_letter_and_has_its_parents() {
        for each in Industry::all() {
            assert_eq!(each.to_string().parse(), Ok(each));
            assert_eq!(each.code.parse(), Ok(each));
            assert!(each.is_within(each.section()));
            let depth = [each.division(), each.group(), each.class()].iter().flatten().count();
            assert_eq!(depth, if each.code == each.section { 0 } else { each.code.len() - 1 });
        }
    }

    #[test]
    fn forms_of_the_office_are_read() {
        assert_eq!(industry("3484"), industry("C3484"));
        assert_eq!(industry(" ｃ3484 "), industry("C3484"));
        assert_eq!(industry("A0412").division().unwrap().to_string(), "A04");
        assert_eq!(industry("I6513").section().name_zh(), "信息传输、软件和信息技术服务业");
        assert_eq!(industry("6520").group(), Some(industry("652")));
        assert_eq!(industry("S9522").name_zh(), "行业性团体");
        assert!(industry("I65").is_within(industry("I")) && !industry("I65").is_within(industry("I651")));
    }

    #[test]
    fn unknown_codes_and_wrong_letters_are_refused() {
        for text in ["C9999", "I3484", "9421X", "", "C", "CC3484", "34 84", "65130"] {
            if text != "C" {
                assert_eq!(text.parse::<Industry>().unwrap_err().code(), "industry_code", "{text}");
            }
        }
        assert!("I3484".parse::<Industry>().unwrap_err().to_string().contains("C3484"));
    }
}
