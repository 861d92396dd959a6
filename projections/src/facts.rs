//! Facts: the log's ties in one compact list, in log order. Graphs for any date are built from it.
//!
//! A fact keeps what was written (a party's own entry, or a loose name), so that merges, links and their
//! reversal change only how it is read, by [`Register`](crate::register::Register), never what is kept.

use std::borrow::Cow;
use std::collections::HashMap;

use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::party_ref::PartyRef;
use serde::Serialize;

use crate::ties::{self, Said, Tie};

/// Index of a written party (registered or loose name) in [`Facts::written`].
pub type Written = u32;
/// Index of an occasion in [`Facts::occasions`].
pub type OccasionIndex = u32;

/// Between whom or what a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Ends {
    /// Two parties, directly.
    Pair(Written, Written),
    /// A party at an occasion.
    Seat(OccasionIndex, Written),
    /// The structural tie of two parties ends here.
    Ended(Written, Written),
}

/// One tie, as one event said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Fact {
    /// The event behind it.
    pub position: Position,
    /// Last possible day of the event, days since 1970-01-01.
    pub day: i32,
    /// What it is worth.
    pub tie: Tie,
    /// Between whom or what.
    pub ends: Ends,
}

/// An occasion as people know it.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub struct OccasionName {
    /// Class of key (`activity`, `group`, …).
    pub class: Cow<'static, str>,
    /// The key.
    pub key: String,
}

/// All facts of the log so far.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[borsh(init = index_anew)]
pub struct Facts {
    facts: Vec<Fact>,
    written: Vec<PartyRef>,
    #[serde(skip)]
    #[borsh(skip)]
    written_index: HashMap<PartyRef, Written>,
    occasions: Vec<OccasionName>,
    #[serde(skip)]
    #[borsh(skip)]
    occasion_index: HashMap<OccasionName, OccasionIndex>,
}

impl Facts {
    /// Takes in an event. Amortised constant time for each party that it names.
    pub fn apply(&mut self, recorded: &Recorded) {
        let (position, day) = (recorded.position, recorded.occurred.day_number());
        match ties::said(&recorded.event) {
            Said::Nothing => {}
            Said::Pair(tie, a, b) => {
                let ends = Ends::Pair(self.write(a), self.write(b));
                self.facts.push(Fact { position, day, tie, ends });
            }
            Said::Ended(tie, a, b) => {
                let ends = Ends::Ended(self.write(a), self.write(b));
                self.facts.push(Fact { position, day, tie, ends });
            }
            Said::Seats(tie, occasion, parties) => {
                let (class, key) = (occasion.class.into(), occasion.key.to_string());
                let occasion = self.occasion(OccasionName { class, key });
                for party in parties {
                    let ends = Ends::Seat(occasion, self.write(party));
                    self.facts.push(Fact { position, day, tie, ends });
                }
            }
        }
    }

    /// Every fact, in log order.
    #[must_use]
    pub fn all(&self) -> &[Fact] {
        &self.facts
    }

    /// The parties and loose names that facts refer to, as written.
    #[must_use]
    pub fn written(&self) -> &[PartyRef] {
        &self.written
    }

    /// The occasions that facts refer to.
    #[must_use]
    pub fn occasions(&self) -> &[OccasionName] {
        &self.occasions
    }

    /// What follows from the lists, after they were taken up.
    fn index_anew(&mut self) {
        self.written_index = (0..).zip(&self.written).map(|(index, party)| (party.clone(), index)).collect();
        self.occasion_index = (0..).zip(&self.occasions).map(|(index, name)| (name.clone(), index)).collect();
    }

    fn write(&mut self, party: &PartyRef) -> Written {
        if let Some(index) = self.written_index.get(party) {
            return *index;
        }
        let index = next_index(self.written.len());
        self.written.push(party.clone());
        self.written_index.insert(party.clone(), index);
        index
    }

    fn occasion(&mut self, name: OccasionName) -> OccasionIndex {
        if let Some(index) = self.occasion_index.get(&name) {
            return *index;
        }
        let index = next_index(self.occasions.len());
        self.occasions.push(name.clone());
        self.occasion_index.insert(name, index);
        index
    }
}

/// Indices are 32 bits wide: four thousand million parties are more than the world has.
fn next_index(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
