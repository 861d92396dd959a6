//! 统一社会信用代码, the 18-character code of every Chinese organisation (GB 32100-2015, amendment 1 of 2016).

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

use super::text_value::text_value;

/// The 31 characters of the code; a character's value is its place. `I O S V Z` are left out for looking like
/// digits and other letters.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;
/// GB 32100-2015: powers of 3 modulo 31.
const WEIGHTS: [u32; LENGTH - 1] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11714: the weights of the organisation code within, positions 9 to 16.
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A credit code whose check character is right.
///
/// Letters in the first place (villages begin with `N2`) and regions that no longer exist are valid: a code
/// outlives the district that gave it.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub struct CreditCode(String);

impl CreditCode {
    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Positions 3 to 8: the GB/T 2260 region of the office that gave the code, perhaps withdrawn since.
    #[must_use]
    pub fn region_digits(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }

    /// Whether the organisation code within (positions 9 to 17) has the right check character of its own.
    /// Some codes in use have not, so this is worth a warning and never a refusal.
    #[must_use]
    pub fn inner_check_ok(&self) -> bool {
        let inner = self.0.get(8..17).unwrap_or_default();
        let sum: u32 = inner.chars().zip(INNER_WEIGHTS).filter_map(|(c, w)| Some(c.to_digit(36)? * w)).sum();
        let expected = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            digit => char::from_digit(digit, 10).unwrap_or_default(),
        };
        inner.ends_with(expected)
    }
}

/// The value of a character in the code, if it may stand there.
fn value_of(character: char) -> Option<u32> {
    ALPHABET.find(character).and_then(|place| u32::try_from(place).ok())
}

/// The check character that 17 leading characters ask for.
fn check_character(leading: &str) -> Option<char> {
    let mut sum = 0;
    for (character, weight) in leading.chars().zip(WEIGHTS) {
        sum += value_of(character)? * weight;
    }
    ALPHABET.chars().nth(usize::try_from((31 - sum % 31) % 31).ok()?)
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;

    /// Full-width characters, lower case and white space around the code are put right first.
    fn from_str(text: &str) -> Result<CreditCode, CreditCodeError> {
        let code: String = text.nfkc().flat_map(char::to_uppercase).collect();
        let code = code.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'));
        let length = code.chars().count();
        if length != LENGTH {
            return Err(CreditCodeError::Length { length });
        }
        if let Some((index, character)) = code.chars().enumerate().find(|(_, c)| value_of(*c).is_none()) {
            let position = index + 1;
            return Err(match character {
                'I' | 'O' | 'S' | 'V' | 'Z' => CreditCodeError::Homoglyph { position, character },
                _ => CreditCodeError::Charset { position, character },
            });
        }
        match code.get(..LENGTH - 1).and_then(check_character) {
            Some(expected) if code.ends_with(expected) => Ok(CreditCode(code.to_owned())),
            _ => Err(CreditCodeError::CheckDigit),
        }
    }
}

text_value!(CreditCode, CreditCodeError, {
    "type": "string",
    "description": "统一社会信用代码 (GB 32100-2015), 18 characters, the last one a check character",
    "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$",
});

/// Why a text is no credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 characters.
    #[error("统一社会信用代码应为 18 位，这里是 {length} 位，请对照营业执照补全或删去多余字符。")]
    Length {
        /// How many characters there are.
        length: usize,
    },
    /// One of the five letters that the code avoids because they are easily misread.
    #[error(
        "统一社会信用代码第 {position} 位是字母 {character}，代码中不使用 I、O、S、V、Z，请核对是否应为形近的数字或字母。"
    )]
    Homoglyph {
        /// Place of the character, counted from 1.
        position: usize,
        /// The character.
        character: char,
    },
    /// A character that is neither a digit nor a capital letter.
    #[error("统一社会信用代码第 {position} 位的“{character}”不是数字或大写字母，请改正。", character = character.escape_debug())]
    Charset {
        /// Place of the character, counted from 1.
        position: usize,
        /// The character.
        character: char,
    },
    /// The last character does not fit the others.
    #[error("统一社会信用代码的校验位不符，至少有一位抄错，请对照营业执照核对。")]
    CheckDigit,
}

impl CreditCodeError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            CreditCodeError::Length { .. } => "uscc_length",
            CreditCodeError::Homoglyph { .. } | CreditCodeError::Charset { .. } => "uscc_charset",
            CreditCodeError::CheckDigit => "uscc_check_digit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str) -> &'static str {
        text.parse::<CreditCode>().unwrap_err().code()
    }

    #[test]
    fn the_published_and_synthetic_vectors_are_valid() {
        let vectors = [
            "91350100M000100Y43",
            "91110000600037341L",
            "91370202MA00003490",
            "91370202MA000004XW",
            "51370200MJ0000018G",
            "N2370283MF0000013D",
            "91370282MA0000015B",
        ];
        for vector in vectors {
            assert_eq!(vector.parse::<CreditCode>().unwrap().as_str(), vector);
        }
    }

    #[test]
    fn a_wrong_check_character_is_refused() {
        assert_eq!(refusal("91350100M000100Y4Z"), "uscc_charset");
        assert_eq!(refusal("91350100M000100Y44"), "uscc_check_digit");
    }

    #[test]
    fn the_inner_check_only_warns() {
        let good: CreditCode = "91110000600037341L".parse().unwrap();
        let inner_x: CreditCode = "91370202MA000004XW".parse().unwrap();
        assert!(good.inner_check_ok() && inner_x.inner_check_ok());
        let leading = "91370202MA0000350";
        let inner_wrong = format!("{leading}{}", check_character(leading).unwrap());
        assert!(!inner_wrong.parse::<CreditCode>().unwrap().inner_check_ok());
    }

    #[test]
    fn width_case_and_white_space_are_put_right() {
        let code: CreditCode = "\u{3000}９１350100m000100y43\u{feff}\n".parse().unwrap();
        assert_eq!(code.as_str(), "91350100M000100Y43");
        assert_eq!(code.region_digits(), "350100");
    }

    #[test]
    fn length_and_letters_are_named() {
        assert_eq!(refusal("91370203MA0AB1YG6"), "uscc_length");
        assert_eq!(refusal(""), "uscc_length");
        assert_eq!(refusal("9135010OM000100Y43"), "uscc_charset");
        assert_eq!(refusal("9135 100M000100Y43"), "uscc_charset");
        let said = "9135010OM000100Y43".parse::<CreditCode>().unwrap_err().to_string();
        assert!(said.contains("第 8 位是字母 O"), "{said}");
    }

    #[test]
    fn every_swap_of_unlike_neighbours_of_a_valid_code_is_refused() {
        let code: Vec<char> = "91350100M000100Y43".chars().collect();
        for place in 0..LENGTH - 1 {
            let mut swapped = code.clone();
            swapped.swap(place, place + 1);
            if swapped != code {
                assert!(swapped.iter().collect::<String>().parse::<CreditCode>().is_err());
            }
        }
    }

    proptest! {
        #[test]
        fn every_change_of_one_character_is_refused(leading in "[0-9A-HJ-NPQRTUWXY]{17}", place in 0..LENGTH, other in "[0-9A-Z]") {
            let valid = format!("{leading}{}", check_character(&leading).unwrap());
            prop_assert!(valid.parse::<CreditCode>().is_ok());
            let mut changed = valid.clone();
            changed.replace_range(place..=place, &other);
            prop_assert_eq!(changed.parse::<CreditCode>().is_ok(), changed == valid);
        }

        #[test]
        fn a_code_round_trips_through_json(leading in "[0-9A-HJ-NPQRTUWXY]{17}") {
            let code: CreditCode = format!("{leading}{}", check_character(&leading).unwrap()).parse().unwrap();
            let json = serde_json::to_string(&code).unwrap();
            prop_assert_eq!(serde_json::from_str::<CreditCode>(&json).unwrap(), code);
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = text.parse::<CreditCode>();
        }
    }
}
