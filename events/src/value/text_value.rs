//! What all values written as text share.
//!
//! A value refused inside serde can only leave a message behind, so the message starts with the stable code in
//! brackets, `[uscc_length] 统一社会信用代码……`, and [`split_code`] takes the two apart again for an answer to
//! the sender.

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

/// The message that serde carries for a refused value; [`split_code`] reads it back.
pub(crate) fn serde_refusal<E: serde::de::Error>(code: &str, sentence: &impl std::fmt::Display) -> E {
    E::custom(format_args!("[{code}] {sentence}"))
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
