//! Queries over the log, and the guard of an append made from one (dynamic consistency boundary, dcb.events).

use crate::kinds::Tag;
use crate::log::{Position, Stored};

/// Any of its items; without items, every event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The alternatives.
    pub items: Vec<QueryItem>,
}

/// One of its kinds (any kind when empty) and all of its tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryItem {
    /// Names of kinds.
    pub kinds: Vec<String>,
    /// Tags.
    pub tags: Vec<Tag>,
}

/// "Refuse unless nothing that matches `query` came after `after`."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// What must not have happened.
    pub query: Query,
    /// Since when.
    pub after: Position,
}

impl Query {
    /// Every event.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Events with that tag.
    #[must_use]
    pub fn tagged(tag: Tag) -> Self {
        Self { items: vec![QueryItem { kinds: Vec::new(), tags: vec![tag] }] }
    }

    /// Events of that kind.
    #[must_use]
    pub fn of_kind(kind: &str) -> Self {
        Self { items: vec![QueryItem { kinds: vec![kind.to_owned()], tags: Vec::new() }] }
    }

    /// Whether an event matches.
    #[must_use]
    pub fn matches(&self, event: &Stored) -> bool {
        self.items.is_empty() || self.items.iter().any(|item| item.matches(event))
    }
}

impl QueryItem {
    fn matches(&self, event: &Stored) -> bool {
        let kind_fits = self.kinds.is_empty() || self.kinds.contains(&event.kind);
        kind_fits && self.tags.iter().all(|tag| event.tags.binary_search(tag).is_ok())
    }
}
