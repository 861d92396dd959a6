//! Forms of what borsh does not know, or would know only with its insides.

use super::unfit;

/// An event's body as the JSON in which it is stored: a shape of its own would have to follow every version.
pub mod json {
    use std::io;

    use borsh::io::{Read, Write};
    use borsh::{BorshDeserialize, BorshSerialize};
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    /// Lays a body down.
    ///
    /// # Errors
    /// When writing fails.
    pub fn serialize<T: Serialize, W: Write>(body: &T, to: &mut W) -> io::Result<()> {
        BorshSerialize::serialize(&serde_json::to_string(body)?, to)
    }

    /// Takes a body up.
    ///
    /// # Errors
    /// When it is none.
    pub fn deserialize_reader<T: DeserializeOwned, R: Read>(from: &mut R) -> io::Result<T> {
        Ok(serde_json::from_str(&String::deserialize_reader(from)?)?)
    }
}

/// A moment in milliseconds, as the log keeps them.
pub mod timestamp {
    use std::io;

    use borsh::io::{Read, Write};
    use borsh::{BorshDeserialize, BorshSerialize};
    use jiff::Timestamp;

    use super::unfit;

    /// Lays a moment down.
    ///
    /// # Errors
    /// When writing fails.
    pub fn serialize<W: Write>(moment: &Timestamp, to: &mut W) -> io::Result<()> {
        moment.as_millisecond().serialize(to)
    }

    /// Takes a moment up.
    ///
    /// # Errors
    /// When it is none.
    pub fn deserialize_reader<R: Read>(from: &mut R) -> io::Result<Timestamp> {
        Timestamp::from_millisecond(i64::deserialize_reader(from)?).map_err(|_| unfit("no moment"))
    }
}

/// Makes a value keep itself as its text, which says all of it.
macro_rules! kept_as_text {
    ($Type:ty, $text:expr, $read:expr) => {
        impl borsh::BorshSerialize for $Type {
            fn serialize<W: borsh::io::Write>(&self, to: &mut W) -> borsh::io::Result<()> {
                let text: fn(&Self) -> &str = $text;
                text(self).serialize(to)
            }
        }

        impl borsh::BorshDeserialize for $Type {
            fn deserialize_reader<R: borsh::io::Read>(from: &mut R) -> borsh::io::Result<Self> {
                let read: fn(&str) -> Option<Self> = $read;
                read(&String::deserialize_reader(from)?)
                    .ok_or_else(|| borsh::io::ErrorKind::InvalidData.into())
            }
        }
    };
}
pub(crate) use kept_as_text;
