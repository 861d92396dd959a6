//! Names of organisations: what was written, and what is compared.
//!
//! A name is kept as it was typed. For comparing it is normalised ([`normalise`]), for proposing links it is
//! taken apart ([`core()`]). A name never merges two parties: an officer confirms what is proposed here.

mod parts;
mod traditional;

use std::{fmt, str::FromStr};

use super::{identifier::Identifier, ids::PartyId, text_value::compatible, text_value::text_value};
pub use parts::{NameParts, core, may_be_short_of};

/// The most characters a name may have.
const MAX_CHARS: usize = 200;

/// The name of an organisation as typed: trimmed, not empty, at most 200 characters, no control
/// characters, and nothing that would be read as an id or identifier.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub struct OrgName(String);

impl OrgName {
    /// The name as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which names are compared.
    #[must_use]
    pub fn normalised(&self) -> String {
        normalise(&self.0)
    }
}

impl fmt::Display for OrgName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OrgName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<OrgName, NameError> {
        let name = text.trim();
        if normalise(name).is_empty() {
            return Err(NameError::Empty);
        }
        if name.chars().any(char::is_control) {
            return Err(NameError::Charset);
        }
        if Identifier::looks_like_identifier(name) || name.parse::<PartyId>().is_ok() {
            return Err(NameError::Identifier);
        }
        if name.chars().count() > MAX_CHARS {
            return Err(NameError::TooLong);
        }
        Ok(OrgName(name.to_owned()))
    }
}

text_value!(OrgName, NameError, {
    "type": "string",
    "description": "name of an organisation as typed",
    "minLength": 1,
    "maxLength": 200,
});

/// The form by which names are compared: compatibility forms unified (NFKC), every kind of bracket round, no
/// white space, ㈱ spelt out, traditional characters simplified, Latin letters small. Normalising twice
/// changes nothing.
///
/// ```
/// use jinqiao_events::value::name::normalise;
/// assert_eq!(normalise("山東 海運（集團）有限公司"), normalise("山东海运(集团)有限公司"));
/// ```
#[must_use]
pub fn normalise(name: &str) -> String {
    let small =
        compatible(name.to_owned()).chars().flat_map(char::to_lowercase).filter_map(comparable).collect();
    let unified = compatible(small);
    if unified.contains("(株)") { unified.replace("(株)", "株式会社") } else { unified }
}

/// One character as it is compared, or `None` for one that says nothing.
fn comparable(character: char) -> Option<char> {
    let compared = match character {
        '[' | '{' | '<' | '【' | '〔' | '〖' | '「' | '『' | '《' | '〈' => '(',
        ']' | '}' | '>' | '】' | '〕' | '〗' | '」' | '』' | '》' | '〉' => ')',
        '•' | '・' | '‧' | '∙' => '·',
        '–' | '—' | '‐' | '−' | '―' => '-',
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => return None,
        c if c.is_whitespace() || c.is_control() => return None,
        c => traditional::simplified(c),
    };
    Some(compared)
}

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("名称是空的，请填写单位名称。")]
    Empty,
    /// More than 200 characters.
    #[error("名称超过 200 个字，请检查是否粘贴了多余内容。")]
    TooLong,
    /// Line breaks or other control characters.
    #[error("名称中含有换行或其他控制字符，请删去。")]
    Charset,
    /// A party's id, or an identifier with its scheme.
    #[error("这里应填单位名称，填的却是编号或标识，请改正。")]
    Identifier,
}

impl NameError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            NameError::Empty => "name_empty",
            NameError::TooLong => "name_length",
            NameError::Charset => "name_charset",
            NameError::Identifier => "name_identifier",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_compare_equal() {
        let spellings = [
            ("沧舟医疗科技(青岛)有限公司", "沧舟医疗科技（青岛）有限公司"),
            ("青島海運集團有限公司", "青岛海运集团有限公司"),
            ("㈱金橋", "株式会社 金桥"),
            ("ＡＢＣ 软件 有限公司", "abc软件有限公司"),
            ("琅屿【建设】", "琅屿(建设)"),
        ];
        for (one, other) in spellings {
            assert_eq!(normalise(one), normalise(other));
        }
    }

    #[test]
    fn a_name_is_kept_as_typed() {
        let name: OrgName = " 沧舟医疗科技(青岛)有限公司\u{3000}".parse().unwrap();
        assert_eq!(name.as_str(), "沧舟医疗科技(青岛)有限公司");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let refusal = |text: &str| text.parse::<OrgName>().unwrap_err().code();
        assert_eq!(refusal("\u{3000}"), "name_empty");
        assert_eq!(refusal("\u{200b}"), "name_empty");
        assert_eq!(refusal("甲\n乙"), "name_charset");
        assert_eq!(refusal("uscc:91350100M000100Y43"), "name_identifier");
        assert_eq!(refusal("7cde4ebf-7b62-5498-8800-2b7c76e556d9"), "name_identifier");
        assert_eq!(refusal(&"长".repeat(201)), "name_length");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(name: String) {
            let once = normalise(&name);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn normalising_chinese_twice_changes_nothing(name in "[\\p{Han}\\p{P} 　㈱㈲A-zａ-ｚ]{0,20}") {
            let once = normalise(&name);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
