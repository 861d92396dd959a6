//! Tags: by what an event can be found in the log, and the small traits that read them off its fields.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{ids::EventId, ids::PersonId, party_ref::PartyRef, text_value::compatible};

/// A word by which events are found: `party:<id>`, `name:<unlinked name>`, `project:<key>`, `activity:<key>` …
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(String);

impl Tag {
    /// The tag of a thing of class `prefix`.
    #[must_use]
    pub fn new(prefix: &str, thing: &dyn fmt::Display) -> Self {
        Self(format!("{prefix}:{thing}"))
    }

    /// A tag as it is stored.
    pub(crate) fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The tag of a party, or of a name not linked to one.
    #[must_use]
    pub fn party(party: &PartyRef) -> Self {
        match party {
            PartyRef::Party(id) => Self::new("party", id),
            PartyRef::Identifier(identifier) => Self::new("party", &identifier.party_id()),
            PartyRef::Name(name) => Self::new("name", name),
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that people gave to a thing (a project number, an activity's title and date, a contract number):
/// 1 to 120 characters, compatibility-normalised (NFKC), without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
#[schemars(with = "String")]
pub struct RecordKey(String);

/// Most characters of a [`RecordKey`].
pub const RECORD_KEY_MAX_CHARS: usize = 120;

impl RecordKey {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RecordKey {
    type Error = RecordKeyError;

    fn try_from(text: String) -> Result<Self, RecordKeyError> {
        let key = compatible(text);
        let key = if key.trim().len() == key.len() { key } else { key.trim().to_owned() };
        let chars = key.chars().count();
        if chars == 0 || chars > RECORD_KEY_MAX_CHARS || key.chars().any(char::is_control) {
            return Err(RecordKeyError);
        }
        Ok(Self(key))
    }
}

impl From<RecordKey> for String {
    fn from(key: RecordKey) -> Self {
        key.0
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no [`RecordKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("编号须为 1 至 {RECORD_KEY_MAX_CHARS} 个字符，且不含控制字符")]
pub struct RecordKeyError;

/// Fields that name parties: one, perhaps one, or several.
pub trait EachParty {
    /// Visits each party.
    fn each(&self, visit: &mut dyn FnMut(&PartyRef));
    /// Visits each party for change.
    fn each_mut(&mut self, visit: &mut dyn FnMut(&mut PartyRef));
}

impl EachParty for PartyRef {
    fn each(&self, visit: &mut dyn FnMut(&PartyRef)) {
        visit(self);
    }
    fn each_mut(&mut self, visit: &mut dyn FnMut(&mut PartyRef)) {
        visit(self);
    }
}

impl EachParty for Option<PartyRef> {
    fn each(&self, visit: &mut dyn FnMut(&PartyRef)) {
        self.iter().for_each(visit);
    }
    fn each_mut(&mut self, visit: &mut dyn FnMut(&mut PartyRef)) {
        self.iter_mut().for_each(visit);
    }
}

impl EachParty for Vec<PartyRef> {
    fn each(&self, visit: &mut dyn FnMut(&PartyRef)) {
        self.iter().for_each(visit);
    }
    fn each_mut(&mut self, visit: &mut dyn FnMut(&mut PartyRef)) {
        self.iter_mut().for_each(visit);
    }
}

/// Fields that become tags under the prefix that the kind gives them.
pub trait EachTag {
    /// Visits the tag of each thing in the field.
    fn each(&self, prefix: &str, visit: &mut dyn FnMut(Tag));
}

macro_rules! one_tag {
    ($($Type:ty),*) => {$(
        impl EachTag for $Type {
            fn each(&self, prefix: &str, visit: &mut dyn FnMut(Tag)) {
                visit(Tag::new(prefix, self));
            }
        }
    )*};
}
one_tag!(RecordKey, EventId, PersonId);

impl<T: EachTag> EachTag for Vec<T> {
    fn each(&self, prefix: &str, visit: &mut dyn FnMut(Tag)) {
        self.iter().for_each(|thing| thing.each(prefix, visit));
    }
}

impl<T: EachTag> EachTag for Option<T> {
    fn each(&self, prefix: &str, visit: &mut dyn FnMut(Tag)) {
        if let Some(thing) = self {
            thing.each(prefix, visit);
        }
    }
}
