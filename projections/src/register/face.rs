//! The face under which events name a party: its own entry, or a name that is not (yet) linked to one.

use std::fmt;

use jinqiao_events::value::{ids::PartyId, name, party_ref::PartyRef};
use serde::{Serialize, Serializer};

/// How an event named somebody, in the form by which mentions are compared.
///
/// Views keep what is said under the face that it was said of. Which faces are one party is
/// [`Register`](super::Register)'s to say, at reading time; so merges and links change no kept state, and
/// taking them back gives exactly the earlier one.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Face {
    /// An entry of the register.
    Party(PartyId),
    /// A name, normalised.
    Name(String),
}

impl Face {
    /// The face of a reference. The decisions turn identifiers into ids before anything is stored; one that
    /// is met all the same stands for the party whose first identifier it is.
    #[must_use]
    pub fn of(reference: &PartyRef) -> Self {
        match reference {
            PartyRef::Party(id) => Self::Party(*id),
            PartyRef::Identifier(identifier) => Self::Party(identifier.party_id()),
            PartyRef::Name(written) => Self::Name(name::normalise(written.as_str())),
        }
    }
}

impl fmt::Display for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Party(id) => write!(f, "party:{id}"),
            Self::Name(name) => write!(f, "name:{name}"),
        }
    }
}

impl Serialize for Face {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
