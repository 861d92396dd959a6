//! 回避: who must not be introduced to whom.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::Event;
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::{ids::PartyId, party_ref::PartyRef};
use serde::Serialize;

use crate::register::{Face, Register};

#[derive(Debug, Clone, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Entry {
    a: Face,
    b: Face,
    set: bool,
    position: Position,
}

/// What was said of 回避, in log order.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[borsh(init = index_anew)]
pub(super) struct Avoidance {
    entries: Vec<Entry>,
    #[serde(skip)]
    #[borsh(skip)]
    by_face: BTreeMap<Face, Vec<usize>>,
}

impl Avoidance {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::DoNotIntroduceSet(e) => self.note(&e.a, &e.b, true, recorded.position),
            Event::DoNotIntroduceLifted(e) => self.note(&e.a, &e.b, false, recorded.position),
            _ => {}
        }
    }

    fn note(&mut self, a: &PartyRef, b: &PartyRef, set: bool, position: Position) {
        let (a, b) = (Face::of(a), Face::of(b));
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        let entry = Entry { a, b, set, position };
        index(&mut self.by_face, self.entries.len(), &entry);
        self.entries.push(entry);
    }

    /// What follows from the entries, after they were taken up.
    fn index_anew(&mut self) {
        let entries = self.entries.iter().enumerate();
        entries.for_each(|(number, entry)| index(&mut self.by_face, number, entry));
    }

    /// The parties that must not be introduced to this one, each with the event that says so.
    ///
    /// A lift takes back what was set under the same two faces. Only if there was nothing, it meant other
    /// entries of the same parties: so of two that were set before a merge, one lift leaves one standing.
    pub(super) fn of(&self, register: &Register, party: PartyId) -> BTreeMap<PartyId, Position> {
        let party = register.canonical(party);
        let indices: BTreeSet<usize> = register
            .faces(party)
            .iter()
            .filter_map(|face| self.by_face.get(face))
            .flatten()
            .copied()
            .collect();
        let mut standing: BTreeMap<PartyId, BTreeMap<(&Face, &Face), Position>> = BTreeMap::new();
        for entry in indices.into_iter().filter_map(|index| self.entries.get(index)) {
            let ends = (register.resolve_face(&entry.a), register.resolve_face(&entry.b));
            let other = match ends {
                (Some(a), Some(b)) if a == party => b,
                (Some(a), Some(_)) => a,
                (Some(_) | None, None) | (None, Some(_)) => continue,
            };
            let edges = standing.entry(other).or_default();
            if entry.set {
                edges.insert((&entry.a, &entry.b), entry.position);
            } else if edges.remove(&(&entry.a, &entry.b)).is_none() {
                edges.clear();
            }
        }
        let first =
            |(other, edges): (PartyId, BTreeMap<_, Position>)| Some((other, edges.into_values().min()?));
        standing.into_iter().filter_map(first).collect()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn index(by_face: &mut BTreeMap<Face, Vec<usize>>, number: usize, entry: &Entry) {
    for face in [&entry.a, &entry.b] {
        by_face.entry(face.clone()).or_default().push(number);
    }
}
