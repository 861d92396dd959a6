//! What all values written as text share.
//!
//! A value refused inside serde can only leave a message behind, so the message starts with the stable code in
//! brackets, `[uscc_length] 统一社会信用代码……`, and [`split_code`] takes the two apart again for an answer to
//! the sender.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Takes a serde message apart into the stable code and the sentence, if a value wrote it.
///
/// ```
/// use jinqiao_events::value::{Occurred, text_value::split_code};
/// let refused = serde_json::from_str::<Occurred>("\"2023-02-30\"").unwrap_err().to_string();
/// assert_eq!(split_code(&refused).unwrap().0, "bad_date");
/// ```
#[must_use]
pub fn split_code(message: &str) -> Option<(&str, &str)> {
    let (code, sentence) = message.strip_prefix('[')?.split_once("] ")?;
    // A reader of text adds where it stood, which means nothing to people.
    let sentence = sentence.split_once(" at line ").map_or(sentence, |(sentence, _)| sentence);
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_code.then_some((code, sentence))
}

/// The codes of all values, each with what is wrong and what to do in English: what [`split_code`] finds in a
/// message is one of these, with the sentence in Chinese.
const CODES: [(&str, &str); 21] = [
    (
        "amount_ambiguous",
        "the amount cannot be read as one exact number; write it like 300万元, 1.5亿元 or 12345.60元 (exact to the fen)",
    ),
    ("amount_missing", "the amount is missing; fill it in, or write 待定 or 面议 if it is not settled"),
    (
        "amount_range",
        "the amount is negative or larger than can be recorded; check sign and unit, and correct the earlier record for a refund",
    ),
    (
        "bad_date",
        "the date cannot be read or does not exist; write 2017-08-05, 2017-08 or 2017 (years 1800 to 2200)",
    ),
    (
        "currency_code",
        "no such currency in ISO 4217; write its three letters, such as CNY or USD, or XXX for none",
    ),
    ("date_missing", "the date is missing; 2017 or 2017-08 will do where the day is not known"),
    ("id_format", "an id is a UUID of 36 characters with hyphens; copy it as it is"),
    (
        "identifier_charset",
        "the identifier has characters that cannot stand in one; use letters, digits and - _ . /",
    ),
    ("identifier_empty", "the identifier is empty; fill in the number"),
    ("identifier_length", "the identifier has more than 128 characters; check what was pasted"),
    (
        "identifier_scheme",
        "this is no identifier; say what it is ahead of it, as in uscc:CODE, local:register/number or jp:NUMBER",
    ),
    (
        "industry_code",
        "no such industry in GB/T 4754-2017, or its section letter is another; check it (codes of 2011 have to be converted)",
    ),
    ("name_charset", "the name has a line break or other control character; remove it"),
    ("name_empty", "the name is empty; fill in the organisation's name"),
    ("name_identifier", "this should be a name but is a number or identifier; write the name"),
    ("name_length", "the name has more than 200 characters; check what was pasted"),
    (
        "region_ambiguous",
        "several regions have that name; put the province or city in front, or write the six digits",
    ),
    ("region_unknown", "no such region; write its six digits or its full name, such as 370211"),
    (
        "uscc_charset",
        "the credit code has a character that none has (digits and capitals without I, O, S, V, Z); check for look-alikes",
    ),
    (
        "uscc_check_digit",
        "the check character of the credit code does not fit: at least one character is wrong; compare it with the licence",
    ),
    ("uscc_length", "a credit code has 18 characters; compare it with the licence"),
];

/// The stable form of a code that a message carried; `invalid_value` for one that is not listed.
#[must_use]
pub fn known_code(code: &str) -> &'static str {
    CODES.into_iter().find(|(known, _)| *known == code).map_or("invalid_value", |(known, _)| known)
}

/// What is wrong, and what to do, with a value refused under that code: the English sentence.
#[must_use]
pub fn english(code: &str) -> Option<&'static str> {
    CODES.into_iter().find(|(known, _)| *known == code).map(|(_, sentence)| sentence)
}

/// The message that serde carries for a refused value; [`split_code`] reads it back.
pub(crate) fn serde_refusal<E: serde::de::Error>(code: &str, sentence: &impl std::fmt::Display) -> E {
    E::custom(format_args!("[{code}] {sentence}"))
}

/// The compatibility form (NFKC). Nearly every text is in it: to see that costs a tenth of making it.
pub(crate) fn compatible(text: String) -> String {
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text,
        IsNormalized::No | IsNormalized::Maybe => text.nfkc().collect(),
    }
}

/// The first 40 characters of what was sent, for use in a refusal.
pub(crate) fn excerpt(text: &str) -> String {
    const LIMIT: usize = 40;
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(LIMIT).collect();
    if text.chars().count() > LIMIT {
        short.push('…');
    }
    short
}

/// Gives a type with `FromStr` and `Display` its form in JSON: one string, checked on the way in.
macro_rules! text_value {
    ($type:ident, $error:ty, $schema:tt) => {
        impl TryFrom<String> for $type {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.to_string()
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|e: $error| $crate::value::text_value::serde_refusal(e.code(), &e))
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use text_value;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_back_from_a_message_and_nothing_else_is_taken_for_one() {
        assert_eq!(split_code("[bad_date] 日期不对"), Some(("bad_date", "日期不对")));
        assert_eq!(split_code("[bad_date] 日期不对 at line 1 column 9"), Some(("bad_date", "日期不对")));
        assert_eq!(split_code("missing field `name`"), None);
        assert_eq!(split_code("[1, 2] is no code"), None);
    }

    #[test]
    fn a_long_text_is_cut_and_control_characters_never_reach_a_message() {
        assert_eq!(excerpt("a\u{7}b"), "ab");
        assert_eq!(excerpt(&"长".repeat(41)), format!("{}…", "长".repeat(40)));
    }
}
