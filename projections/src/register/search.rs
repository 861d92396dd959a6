//! Finding a party by any of its names, in characters or in pinyin.

use jinqiao_events::value::ids::PartyId;
use serde::Serialize;

/// A party that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The party, canonical.
    pub party: PartyId,
    /// How well the query fits.
    pub how: How,
}

/// How a query fits a party, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is an identifier, the id, or one of the names in full.
    Exact,
    /// One of the names begins with it.
    Prefix,
    /// One of the names contains it.
    Substring,
    /// One of the names begins with it in pinyin: in full, in initials, or mixed.
    Pinyin,
    /// One of the names contains it in pinyin.
    PinyinWithin,
}
