//! The books that figures are read from: the events that count, by kind, and who is who.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::{Event, Kind};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;

use super::Key;
use crate::register::{Face, Register};

/// The events that count, by kind. No view that every commit brings up to date: reports are rare, and one pass over
/// the log makes the books, as known at any time; a door that keeps them hands in what came since.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// The last event taken in.
    pub position: Position,
    register: Register,
    by_kind: BTreeMap<Kind, Vec<Recorded>>,
}

impl Books {
    /// Takes in an event; the caller feeds those that count, in log order. What no figure asks for (enterprises that
    /// register, participations) goes into the register only, for a large log holds little else.
    pub fn apply(&mut self, recorded: Recorded) {
        self.position = recorded.position;
        self.register.apply(&recorded);
        let is_of_no_figure = if let Event::OrgRegistered(event) = &recorded.event {
            event.kind == OrgKind::Enterprise
        } else {
            recorded.event.kind() == Kind::ParticipationRecorded
        };
        if !is_of_no_figure {
            self.by_kind.entry(recorded.event.kind()).or_default().push(recorded);
        }
    }

    /// The books of these events.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Self {
        let mut books = Self::default();
        events.into_iter().for_each(|recorded| books.apply(recorded.clone()));
        books
    }

    /// The books without some events, whose parties stay in the register.
    #[cfg(test)]
    pub(super) fn without(&self, gone: &std::collections::BTreeSet<Position>) -> Self {
        let stays = |row: &&Recorded| !gone.contains(&row.position);
        let by_kind = self.by_kind.iter();
        let by_kind = by_kind.map(|(kind, rows)| (*kind, rows.iter().filter(stays).cloned().collect()));
        Self { position: self.position, register: self.register.clone(), by_kind: by_kind.collect() }
    }

    /// Who is who.
    #[must_use]
    pub const fn register(&self) -> &Register {
        &self.register
    }

    /// The event at a position, if it counts and a figure may ask for it.
    #[must_use]
    pub fn at(&self, position: Position) -> Option<&Recorded> {
        self.by_kind.values().find_map(|rows| {
            let index = rows.binary_search_by_key(&position, |row| row.position).ok()?;
            rows.get(index)
        })
    }

    pub(super) fn of(&self, kind: Kind) -> &[Recorded] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// From which day to which, both included. A partial date counts from its last possible day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day; from the beginning when left out.
    pub from: Option<Occurred>,
    /// Last day.
    pub to: Occurred,
}

impl Period {
    /// Whether something of that date falls into it.
    #[must_use]
    pub fn holds(&self, occurred: Occurred) -> bool {
        self.reaches(occurred) && self.from.is_none_or(|from| occurred.last_day() >= from.first_day())
    }

    /// Whether something of that date had happened by its end.
    #[must_use]
    pub fn reaches(&self, occurred: Occurred) -> bool {
        occurred.last_day() <= self.to.last_day()
    }
}

/// What a figure may ask: the events of a period, what stood by its end, and who is who.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    books: &'a Books,
    period: Period,
}

impl<'a> Ask<'a> {
    pub(super) const fn new(books: &'a Books, period: Period) -> Self {
        Self { books, period }
    }

    /// The events of a kind that fall into the period.
    pub(super) fn within(&self, kind: Kind) -> impl Iterator<Item = &'a Recorded> + use<'a> {
        let period = self.period;
        self.books.of(kind).iter().filter(move |row| period.holds(row.occurred))
    }

    /// The events of a kind that had happened by the end of the period.
    pub(super) fn until(&self, kind: Kind) -> impl Iterator<Item = &'a Recorded> + use<'a> {
        let period = self.period;
        self.books.of(kind).iter().filter(move |row| period.reaches(row.occurred))
    }

    /// Every event that falls into the period.
    pub(super) fn everything(&self) -> impl Iterator<Item = &'a Recorded> + use<'a> {
        let period = self.period;
        self.books.by_kind.values().flatten().filter(move |row| period.holds(row.occurred))
    }

    /// Every event that had happened by the end of the period.
    pub(super) fn everything_until(&self) -> impl Iterator<Item = &'a Recorded> + use<'a> {
        let period = self.period;
        self.books.by_kind.values().flatten().filter(move |row| period.reaches(row.occurred))
    }

    /// Whether an event falls into the period.
    pub(super) fn holds(&self, row: &Recorded) -> bool {
        self.period.holds(row.occurred)
    }

    /// The last day of the period.
    pub(super) fn end(&self) -> Date {
        self.period.to.last_day()
    }

    pub(super) const fn register(&self) -> &'a Register {
        &self.books.register
    }

    /// The party of a reference, canonical, if it means one.
    pub(super) fn resolve(&self, party: &PartyRef) -> Option<PartyId> {
        self.books.register.resolve(party).map(|id| self.books.register.canonical(id))
    }

    /// A party as a key: merged entries and linked names are one.
    pub(super) fn party(&self, party: &PartyRef) -> Key {
        match self.resolve(party) {
            Some(id) => Key { id: Face::Party(id).to_string(), label: self.name(id) },
            None => Key { id: Face::of(party).to_string(), label: party.to_string() },
        }
    }

    /// Two parties as one key, whoever is named first.
    pub(super) fn pair(&self, a: &PartyRef, b: &PartyRef) -> Key {
        let (a, b) = (self.party(a), self.party(b));
        if a.id <= b.id { a.and(&b) } else { b.and(&a) }
    }

    /// The name of a party now.
    pub(super) fn name(&self, id: PartyId) -> String {
        self.books.register.party(id).map_or_else(|| id.to_string(), |party| party.name.clone())
    }

    /// The sort of organisation, if the reference means a registered one.
    pub(super) fn sort(&self, party: &PartyRef) -> Option<OrgKind> {
        self.resolve(party).and_then(|id| self.books.register.party(id)).map(|party| party.kind)
    }

    /// Whether the reference means a registered chamber.
    pub(super) fn is_chamber(&self, party: &PartyRef) -> bool {
        self.sort(party) == Some(OrgKind::Chamber)
    }
}

/// The events of one kind in the period, each with its body: `told!(ask, MemberVisited)`; with `until`, those that
/// had happened by its end.
macro_rules! told {
    ($ask:expr, $Kind:ident) => {
        told!($ask, within, $Kind)
    };
    ($ask:expr, $reach:ident, $Kind:ident) => {
        $ask.$reach(jinqiao_events::kinds::Kind::$Kind).filter_map(|row| {
            if let jinqiao_events::kinds::Event::$Kind(event) = &row.event {
                Some((row, event))
            } else {
                None
            }
        })
    };
}
pub(super) use told;
