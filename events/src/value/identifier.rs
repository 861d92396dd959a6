//! Identifiers: by what a register knows a party.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::{
    credit_code::{CreditCode, CreditCodeError},
    ids::PartyId,
    text_value::{excerpt, text_value},
};

/// The namespace of party ids. Changing it would give every party another id: never change it.
const PARTY_NAMESPACE: Uuid = Uuid::from_u128(0x5b3f_9d0e_72c4_4a1b_9e86_1c2d_80af_6e35);
/// The most characters that the whole text form may have.
const MAX_CHARS: usize = 128;

/// An identifier, written as text with its scheme in front.
///
/// Only parsing and the constructors make one, so the parts are always checked.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Identifier {
    /// A credit code: `uscc:91350100M000100Y43`.
    Uscc(CreditCode),
    /// A code that means something in one register only: `local:participations/999984059`.
    #[non_exhaustive]
    Local {
        /// The register: letters, digits, `-`, `_`, `.`.
        register: String,
        /// The code in it: any characters but control characters.
        code: String,
    },
    /// A number given by another jurisdiction's register: `jp:7000012050002`. Its check digit is not checked.
    #[non_exhaustive]
    Foreign {
        /// Whose number it is.
        scheme: ForeignScheme,
        /// The number: letters, digits, `-`, `.`, `/` and inner spaces.
        number: String,
    },
}

/// Where a foreign number comes from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum ForeignScheme {
    /// 日本法人番号.
    Jp,
    /// 香港商业登记号.
    Hk,
    /// 澳门商业登记号.
    Mo,
    /// 台湾统一编号.
    Tw,
    /// Any other country; put its name into the number: `other:DE/HRB 12345`.
    Other,
}

impl ForeignScheme {
    /// All schemes.
    pub const ALL: [ForeignScheme; 5] =
        [ForeignScheme::Jp, ForeignScheme::Hk, ForeignScheme::Mo, ForeignScheme::Tw, ForeignScheme::Other];

    /// The word in front of the colon.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            ForeignScheme::Jp => "jp",
            ForeignScheme::Hk => "hk",
            ForeignScheme::Mo => "mo",
            ForeignScheme::Tw => "tw",
            ForeignScheme::Other => "other",
        }
    }
}

impl Identifier {
    /// The identifier of a code in one register.
    ///
    /// # Errors
    /// When a part is empty, too long or has characters that may not stand in it.
    pub fn local(register: &str, code: &str) -> Result<Identifier, IdentifierError> {
        let (register, code) = (register.trim(), code.trim());
        let register_ok = register.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        check_part(register, register_ok)?;
        check_part(code, !code.chars().any(char::is_control))?;
        Identifier::Local { register: register.to_owned(), code: code.to_owned() }.within_limit()
    }

    /// The identifier of a number that another jurisdiction gave. Full-width and small letters are put right.
    ///
    /// # Errors
    /// When the number is empty, too long or has characters that may not stand in it.
    pub fn foreign(scheme: ForeignScheme, number: &str) -> Result<Identifier, IdentifierError> {
        let number: String = number.trim().nfkc().flat_map(char::to_uppercase).nfkc().collect();
        check_part(
            &number,
            number.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | ' ')),
        )?;
        Identifier::Foreign { scheme, number }.within_limit()
    }

    /// The id of the party whose first identifier this is: a UUIDv5 of the text form.
    #[must_use]
    pub fn party_id(&self) -> PartyId {
        PartyId::new(Uuid::new_v5(&PARTY_NAMESPACE, self.to_string().as_bytes()))
    }

    /// Whether the text starts with a known scheme and is therefore meant as an identifier, right or wrong.
    #[must_use]
    pub fn looks_like_identifier(text: &str) -> bool {
        Scheme::split(text).is_some()
    }

    fn within_limit(self) -> Result<Identifier, IdentifierError> {
        if self.to_string().chars().count() > MAX_CHARS { Err(IdentifierError::TooLong) } else { Ok(self) }
    }
}

fn check_part(part: &str, charset_ok: bool) -> Result<(), IdentifierError> {
    if part.is_empty() {
        Err(IdentifierError::Empty)
    } else if charset_ok {
        Ok(())
    } else {
        Err(IdentifierError::Charset { text: excerpt(part) })
    }
}

/// The schemes, before their content is looked at.
enum Scheme {
    Uscc,
    Local,
    Foreign(ForeignScheme),
}

impl Scheme {
    /// Takes the scheme off; capitals and the full-width colon of Chinese keyboards do as well.
    fn split(text: &str) -> Option<(Scheme, &str)> {
        let (word, rest) = text.trim().split_once([':', '：'])?;
        let word = word.to_ascii_lowercase();
        let scheme = match word.as_str() {
            "uscc" => Scheme::Uscc,
            "local" => Scheme::Local,
            _ => Scheme::Foreign(ForeignScheme::ALL.into_iter().find(|scheme| scheme.word() == word)?),
        };
        Some((scheme, rest))
    }
}

impl From<CreditCode> for Identifier {
    fn from(code: CreditCode) -> Identifier {
        Identifier::Uscc(code)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identifier::Uscc(code) => write!(f, "uscc:{code}"),
            Identifier::Local { register, code } => write!(f, "local:{register}/{code}"),
            Identifier::Foreign { scheme, number } => write!(f, "{}:{number}", scheme.word()),
        }
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Identifier, IdentifierError> {
        match Scheme::split(text) {
            Some((Scheme::Uscc, code)) => Ok(Identifier::Uscc(code.parse()?)),
            Some((Scheme::Local, rest)) => match rest.split_once('/') {
                Some((register, code)) => Identifier::local(register, code),
                None => Err(IdentifierError::NoRegister),
            },
            Some((Scheme::Foreign(scheme), number)) => Identifier::foreign(scheme, number),
            None => Err(IdentifierError::Scheme { text: excerpt(text) }),
        }
    }
}

text_value!(Identifier, IdentifierError, {
    "type": "string",
    "description": "uscc:<统一社会信用代码>, local:<register>/<code>, jp:, hk:, mo:, tw: or other:<number>",
    "pattern": "^(uscc|local|jp|hk|mo|tw|other):.+$",
    "maxLength": 128,
});

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// The credit code after `uscc:` is wrong.
    #[error(transparent)]
    CreditCode(#[from] CreditCodeError),
    /// No known scheme in front.
    #[error("“{text}”不是标识，请在前面写明类别，如 uscc:统一社会信用代码、local:名册/编号、jp:法人番号。")]
    Scheme {
        /// What was sent, cut short.
        text: String,
    },
    /// `local:` without a register.
    #[error("local 标识缺少名册名，请写成 local:名册/编号。")]
    NoRegister,
    /// A part is empty.
    #[error("标识的内容是空的，请填写编号。")]
    Empty,
    /// More than 128 characters.
    #[error("标识超过 128 个字符，请检查是否粘贴了多余内容。")]
    TooLong,
    /// A character that may not stand there.
    #[error("标识“{text}”含有不能使用的字符，请只用文字、数字和 - _ . / 。")]
    Charset {
        /// The faulty part, cut short.
        text: String,
    },
}

impl IdentifierError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            IdentifierError::CreditCode(error) => error.code(),
            IdentifierError::Scheme { .. } | IdentifierError::NoRegister => "identifier_scheme",
            IdentifierError::Empty => "identifier_empty",
            IdentifierError::TooLong => "identifier_length",
            IdentifierError::Charset { .. } => "identifier_charset",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str) -> &'static str {
        text.parse::<Identifier>().unwrap_err().code()
    }

    #[test]
    fn each_scheme_round_trips() {
        let texts =
            ["uscc:91350100M000100Y43", "local:participations/a b/c", "jp:7000012050002", "other:DE/HRB 1"];
        for text in texts {
            let identifier: Identifier = text.parse().unwrap();
            assert_eq!(identifier.to_string(), text);
            assert!(Identifier::looks_like_identifier(text));
        }
    }

    #[test]
    fn however_a_credit_code_is_typed_the_party_is_the_same() {
        let typed: Identifier = "uscc: 91350100m000100y43".parse().unwrap();
        let full_width: Identifier = "USCC：９1350100M000100Y43".parse().unwrap();
        let clean: Identifier = "uscc:91350100M000100Y43".parse().unwrap();
        assert_eq!(typed.party_id(), clean.party_id());
        assert_eq!(full_width.party_id(), clean.party_id());
    }

    #[test]
    fn party_ids_never_change() {
        let identifier: Identifier = "uscc:91350100M000100Y43".parse().unwrap();
        assert_eq!(identifier.party_id().to_string(), "7cde4ebf-7b62-5498-8800-2b7c76e556d9");
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(refusal("91350100M000100Y43"), "identifier_scheme");
        assert_eq!(refusal("uscc:91350100M000100Y44"), "uscc_check_digit");
        assert_eq!(refusal("local:999"), "identifier_scheme");
        assert_eq!(refusal("local:/999"), "identifier_empty");
        assert_eq!(refusal("local:a b/999"), "identifier_charset");
        assert_eq!(refusal("local:a/9\u{0}9"), "identifier_charset");
        assert_eq!(refusal("jp: "), "identifier_empty");
        assert_eq!(refusal(&format!("jp:{}", "1".repeat(126))), "identifier_length");
        assert!(!Identifier::looks_like_identifier("青岛:公司"));
    }

    proptest! {
        #[test]
        fn local_identifiers_round_trip(register in "[a-z0-9_.-]{1,20}", code in "[^\\p{C}]{1,40}") {
            if let Ok(identifier) = Identifier::local(&register, &code) {
                prop_assert_eq!(identifier.to_string().parse(), Ok(identifier));
            } else {
                prop_assert!(code.trim().is_empty());
            }
        }

        #[test]
        fn foreign_identifiers_round_trip(number in "\\PC{1,40}", scheme in prop::sample::select(ForeignScheme::ALL.to_vec())) {
            if let Ok(identifier) = Identifier::foreign(scheme, &number) {
                prop_assert_eq!(identifier.to_string().parse(), Ok(identifier));
            }
        }
    }
}
