//! Ids: names for things that stay the same when everything else about them changes.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::text_value::text_value;

/// The form that an id has as text: 36 characters with hyphens, lower case.
const TEXT_LENGTH: usize = 36;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $description:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id made of this UUID.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID within.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl borsh::BorshSerialize for $name {
            fn serialize<W: borsh::io::Write>(&self, to: &mut W) -> borsh::io::Result<()> {
                to.write_all(self.0.as_bytes())
            }
        }

        impl borsh::BorshDeserialize for $name {
            fn deserialize_reader<R: borsh::io::Read>(from: &mut R) -> borsh::io::Result<Self> {
                let mut bytes = uuid::Bytes::default();
                from.read_exact(&mut bytes)?;
                Ok(Self(Uuid::from_bytes(bytes)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != TEXT_LENGTH {
                    return Err(IdError);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| IdError)
            }
        }

        text_value!($name, IdError, {"type": "string", "format": "uuid", "description": $description});
    };
}

id!(
    /// A party: an enterprise, chamber, institution, village or anyone else who can be party to an event.
    ///
    /// Made from the party's first identifier (see
    /// [`Identifier::party_id`](super::identifier::Identifier::party_id)), so that two recorders who never met
    /// give the same party the same id.
    PartyId,
    "id of a party, a UUIDv5 made from its first identifier"
);

id!(
    /// An event. The log gives it when it takes the event in, as a UUIDv7, so ids sort roughly by time;
    /// the true order is that of positions.
    EventId,
    "id of an event, a UUIDv7"
);

id!(
    /// A person. Random, and the only trace of a person that events may hold: names and telephone numbers
    /// live in the person store.
    PersonId,
    "id of a person, random"
);

impl EventId {
    /// The UUIDv7 of this moment (milliseconds since 1970-01-01 UTC; 48 bits count) and these random bits.
    #[must_use]
    pub fn from_moment(unix_ms: u64, random: [u8; 10]) -> EventId {
        EventId(uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
    }
}

/// The text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("编号应为 36 位带连字符的 UUID，如 0199c0de-0000-7000-8000-000000000000，请照原样复制。")]
pub struct IdError;

impl IdError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "id_format"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_form_with_hyphens_is_an_id() {
        let id = PartyId::new(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        assert!(id.uuid().simple().to_string().parse::<PartyId>().is_err());
        assert!(id.uuid().braced().to_string().parse::<PartyId>().is_err());
        assert_eq!("".parse::<EventId>().unwrap_err().code(), "id_format");
    }

    #[test]
    fn event_ids_of_later_moments_sort_later() {
        let earlier = EventId::from_moment(1_589_680_000_000, [0xff; 10]);
        let later = EventId::from_moment(1_589_680_000_001, [0; 10]);
        assert!(earlier < later);
        assert_eq!(later.uuid().get_version_num(), 7);
    }

    proptest! {
        #[test]
        fn ids_round_trip_through_text_and_json(bits: u128) {
            let id = PersonId::new(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<PersonId>(&json).unwrap(), id);
        }
    }
}
