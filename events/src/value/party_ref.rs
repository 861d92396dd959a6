//! How an event points at a party.

use std::{fmt, str::FromStr};

use super::{
    identifier::{Identifier, IdentifierError},
    ids::PartyId,
    name::{NameError, OrgName},
    text_value::text_value,
};

/// A party as a sender may write it: one string, read as an id, an identifier or a name.
///
/// The decisions resolve what they can, so a stored event holds only [`PartyRef::Party`] or
/// [`PartyRef::Name`]. The latter is an unlinked name (未挂接名称): it counts in 人次, makes no tie, and waits
/// for an officer to link it.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum PartyRef {
    /// The text of a UUID.
    Party(PartyId),
    /// A text that begins with a scheme of [`Identifier`].
    Identifier(Identifier),
    /// Anything else that can be a name.
    Name(OrgName),
}

impl PartyRef {
    /// The party, if it is known.
    #[must_use]
    pub const fn party(&self) -> Option<PartyId> {
        match self {
            PartyRef::Party(id) => Some(*id),
            PartyRef::Identifier(_) | PartyRef::Name(_) => None,
        }
    }

    /// The name, if it is only a name.
    #[must_use]
    pub const fn name(&self) -> Option<&OrgName> {
        match self {
            PartyRef::Name(name) => Some(name),
            PartyRef::Party(_) | PartyRef::Identifier(_) => None,
        }
    }
}

impl From<PartyId> for PartyRef {
    fn from(id: PartyId) -> PartyRef {
        PartyRef::Party(id)
    }
}

impl From<Identifier> for PartyRef {
    fn from(identifier: Identifier) -> PartyRef {
        PartyRef::Identifier(identifier)
    }
}

impl From<OrgName> for PartyRef {
    fn from(name: OrgName) -> PartyRef {
        PartyRef::Name(name)
    }
}

impl fmt::Display for PartyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartyRef::Party(id) => id.fmt(f),
            PartyRef::Identifier(identifier) => identifier.fmt(f),
            PartyRef::Name(name) => name.fmt(f),
        }
    }
}

impl FromStr for PartyRef {
    type Err = PartyRefError;

    fn from_str(text: &str) -> Result<PartyRef, PartyRefError> {
        if let Ok(id) = text.trim().parse() {
            return Ok(PartyRef::Party(id));
        }
        if Identifier::looks_like_identifier(text) {
            return Ok(PartyRef::Identifier(text.parse()?));
        }
        Ok(PartyRef::Name(text.parse()?))
    }
}

text_value!(PartyRef, PartyRefError, {
    "type": "string",
    "description": "a party: its id (UUID), an identifier (uscc:…, local:…/…, jp:…) or its name",
    "minLength": 1,
    "maxLength": 200,
});

/// Why a text cannot point at a party.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartyRefError {
    /// It begins like an identifier and is none.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
    /// It cannot be a name.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl PartyRefError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            PartyRefError::Identifier(error) => error.code(),
            PartyRefError::Name(error) => error.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_read_as_id_then_identifier_then_name() {
        let identifier: Identifier = "uscc:91350100M000100Y43".parse().unwrap();
        let id = identifier.party_id();
        assert_eq!(id.to_string().parse(), Ok(PartyRef::Party(id)));
        assert_eq!("uscc:91350100M000100Y43".parse(), Ok(PartyRef::Identifier(identifier)));
        let name: PartyRef = " 琅屿建设 ".parse().unwrap();
        assert_eq!(name.to_string(), "琅屿建设");
        assert!(name.party().is_none() && name.name().is_some());
    }

    #[test]
    fn a_wrong_identifier_is_refused_and_never_becomes_a_name() {
        let refusal = |text: &str| text.parse::<PartyRef>().unwrap_err().code();
        assert_eq!(refusal("uscc:91350100M000100Y44"), "uscc_check_digit");
        assert_eq!(refusal(" "), "name_empty");
    }

    proptest! {
        #[test]
        fn every_reference_round_trips(text: String) {
            if let Ok(reference) = text.parse::<PartyRef>() {
                let json = serde_json::to_string(&reference).unwrap();
                prop_assert_eq!(serde_json::from_str::<PartyRef>(&json).unwrap(), reference);
            }
        }
    }
}
