//! The events behind every tie: one list for the whole graph, and one entry a tie that both its ends refer to.

use std::sync::Arc;

use jinqiao_events::log::Position;
use serde::Serialize;

use crate::paged::Paged;
use crate::ties::{Tie, TieClass};

/// One event behind a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Last possible day of the event, days since 1970-01-01.
    pub day: i32,
    /// The event.
    pub position: Position,
    /// What sort of tie it makes.
    pub class: TieClass,
    /// Whether it is a deal.
    pub deal: bool,
    /// What it was worth when it was said. Kept so that a tie can be weighed anew without the log.
    #[serde(skip)]
    pub(crate) tie: Tie,
}

impl Evidence {
    /// The event of a fact.
    pub(crate) const fn new(day: i32, position: Position, tie: Tie) -> Self {
        Self { day, position, class: tie.class, deal: tie.deal, tie }
    }

    /// By day, then by position, then by sort.
    pub(crate) const fn order(&self) -> (i32, Position, TieClass) {
        (self.day, self.position, self.class)
    }
}

impl Ord for Evidence {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Evidence {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Number of an entry.
pub(crate) type Entry = u32;

/// The events of every entry. What was built is shared for ever; entries added later stand beside it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    built: Arc<Built>,
    added: Paged<Arc<[Evidence]>>,
}

#[derive(Debug, Default)]
struct Built {
    /// Where each entry ends.
    ends: Vec<u32>,
    evidence: Vec<Evidence>,
}

impl Book {
    /// Entries of these lengths, one after the other in the list.
    pub(crate) fn new(lengths: impl Iterator<Item = u32>, evidence: Vec<Evidence>) -> Self {
        let mut end = 0;
        let ends = lengths.map(|length| {
            end += length;
            end
        });
        Self { built: Arc::new(Built { ends: ends.collect(), evidence }), added: Paged::default() }
    }

    /// The events of an entry, oldest first.
    pub(crate) fn entry(&self, entry: Entry) -> &[Evidence] {
        let entry = entry as usize;
        let built = &self.built;
        if let Some(added) = entry.checked_sub(built.ends.len()) {
            return self.added.get(added).map_or(&[], |added| added);
        }
        let start = entry.checked_sub(1).and_then(|before| built.ends.get(before)).copied().unwrap_or(0);
        let end = built.ends.get(entry).copied().unwrap_or(0);
        built.evidence.get(start as usize..end as usize).unwrap_or(&[])
    }

    /// Adds an entry. The ones that it takes the place of stay until the graph is built anew.
    pub(crate) fn add(&mut self, evidence: Vec<Evidence>) -> Entry {
        self.added.push(evidence.into());
        super::count_u32(self.built.ends.len() + self.added.len() - 1)
    }
}
