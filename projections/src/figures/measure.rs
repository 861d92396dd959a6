//! What a figure hands in, and what comes of it: distinct keys, what each contributes, the events behind each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::Approximator;
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::money::{AmountKind, Money};
use serde::Serialize;

use super::spoken::Range;
use super::{Figure, Period};

/// What is counted once: an id, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Tells keys apart.
    pub id: String,
    /// As people read it.
    pub label: String,
}

impl Key {
    /// A key that is its own label.
    #[must_use]
    pub fn of(thing: &dyn Display) -> Self {
        let id = thing.to_string();
        Self { label: id.clone(), id }
    }

    /// Two things as one key.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        Self { id: format!("{} {}", self.id, other.id), label: format!("{} — {}", self.label, other.label) }
    }
}

impl<T: Display> From<&T> for Key {
    fn from(thing: &T) -> Self {
        Self::of(thing)
    }
}

/// One distinct key of a figure: what it contributes, in which part, and every event that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The key.
    pub key: String,
    /// As people read it.
    pub label: String,
    /// What it adds to the figure.
    pub value: i128,
    /// The parts of the figure that it belongs to, if the figure has parts.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub parts: BTreeSet<String>,
    /// Positions of the events that say so, ascending.
    pub evidence: BTreeSet<Position>,
}

/// Money that a figure did not take, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The event.
    pub position: Position,
    /// The kind of amount there, if it says one.
    pub kind: Option<AmountKind>,
    /// Its currency.
    pub currency: Currency,
}

/// What a figure was told: its keys, the money it did not take, and the events that give no exact number.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) groups: Vec<Group>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) inexact: BTreeSet<Position>,
}

#[derive(Debug, Default)]
struct Groups(BTreeMap<String, Group>);

impl Groups {
    fn add(&mut self, key: Key, part: Option<String>, row: &Recorded) -> &mut Group {
        let Key { id, label } = key;
        let group = self.0.entry(id).or_insert_with_key(|id| Group {
            key: id.clone(),
            label,
            value: 0,
            parts: BTreeSet::new(),
            evidence: BTreeSet::new(),
        });
        group.parts.extend(part);
        group.evidence.insert(row.position);
        group
    }

    fn into_vec(self) -> Vec<Group> {
        self.0.into_values().collect()
    }
}

/// Keys that count once, however many events say so.
#[derive(Debug, Default)]
pub struct Keys(Groups);

impl Keys {
    /// This event says this key.
    pub fn add(&mut self, key: impl Into<Key>, row: &Recorded) {
        self.0.add(key.into(), None, row).value = 1;
    }

    /// This event says this key, in a part of the figure.
    pub fn add_in(&mut self, part: impl Into<String>, key: impl Into<Key>, row: &Recorded) {
        self.0.add(key.into(), Some(part.into()), row).value = 1;
    }

    pub(super) fn into_told(self) -> Told {
        Told { groups: self.0.into_vec(), ..Told::default() }
    }
}

/// Keys that bring a number; a key that is said again brings more.
#[derive(Debug, Default)]
pub struct Numbers {
    groups: Groups,
    inexact: BTreeSet<Position>,
}

impl Numbers {
    /// This event brings so many under this key.
    pub fn add(
        &mut self,
        part: Option<String>,
        key: impl Into<Key>,
        number: impl Into<i128>,
        row: &Recorded,
    ) {
        self.groups.add(key.into(), part, row).value += number.into();
    }

    /// This event brings a number under this key that is not meant exactly: the least that it can be counts.
    pub fn add_roughly(
        &mut self,
        part: Option<String>,
        key: impl Into<Key>,
        number: impl Into<i128>,
        approx: Approximator,
        row: &Recorded,
    ) {
        self.inexact.insert(row.position);
        self.add(part, key, Range::of(number.into(), Some(approx)).low, row);
    }

    pub(super) fn into_told(self) -> Told {
        Told { groups: self.groups.into_vec(), inexact: self.inexact, ..Told::default() }
    }
}

/// Keys that bring money of one kind in one currency. Money of another kind or currency is left out, and named. Of money that
/// is not meant exactly (近3亿元, 200–300万元) the least that it can be counts.
#[derive(Debug)]
pub struct Amounts {
    kind: AmountKind,
    currency: Currency,
    groups: Groups,
    left_out: Vec<LeftOut>,
    inexact: BTreeSet<Position>,
}

impl Amounts {
    pub(super) fn of(kind: AmountKind, currency: Currency) -> Self {
        Self { kind, currency, groups: Groups::default(), left_out: Vec::new(), inexact: BTreeSet::new() }
    }

    /// This event brings this money under this key.
    pub fn add(&mut self, part: Option<String>, key: impl Into<Key>, money: &Money, row: &Recorded) {
        if money.kind() == Some(self.kind) && money.currency() == self.currency {
            self.groups.add(key.into(), part, row).value += least(money);
            if money.approx().is_some() || money.fen_high().is_some() {
                self.inexact.insert(row.position);
            }
        } else {
            let (kind, currency) = (money.kind(), money.currency());
            self.left_out.push(LeftOut { position: row.position, kind, currency });
        }
    }

    /// This event stands behind the key too and brings nothing; none where the key brought nothing either.
    pub fn also(&mut self, key: impl Into<Key>, row: &Recorded) {
        let key = key.into();
        if self.groups.0.contains_key(&key.id) {
            self.groups.add(key, None, row);
        }
    }

    pub(super) fn into_told(self) -> Told {
        Told { groups: self.groups.into_vec(), left_out: self.left_out, inexact: self.inexact }
    }
}

/// The least that an amount can be, in fen. 多, 余 and 逾 say that it is no less than what is written.
fn least(money: &Money) -> i128 {
    let written = i128::from(money.fen().get());
    match money.approx() {
        Some(approx @ (Approximator::Nearly | Approximator::About)) => Range::of(written, Some(approx)).low,
        Some(Approximator::SomeMore | Approximator::Over) | None => written,
    }
}

/// A figure with its value: it cannot be had without the events behind it.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The figure.
    pub figure: &'static Figure,
    /// The period.
    pub period: Period,
    /// Its keys, by id.
    pub groups: Vec<Group>,
    /// Money that it did not take.
    pub left_out: Vec<LeftOut>,
    /// Events that give no exact number: the value is the least that it can be.
    pub inexact: BTreeSet<Position>,
    /// What it is a part of.
    pub of: Option<i128>,
}

impl Measured {
    /// The value: what the keys contribute, added up.
    #[must_use]
    pub fn value(&self) -> i128 {
        self.groups.iter().map(|group| group.value).sum()
    }

    /// The parts of the figure, each with the sum of its keys. A key in two parts counts in both, so parts may add
    /// up to more than the figure.
    #[must_use]
    pub fn parts(&self) -> BTreeMap<&str, i128> {
        let mut parts = BTreeMap::new();
        for group in &self.groups {
            for part in &group.parts {
                *parts.entry(part.as_str()).or_default() += group.value;
            }
        }
        parts
    }

    /// Positions of all events behind the figure, ascending, once each.
    #[must_use]
    pub fn evidence(&self) -> BTreeSet<Position> {
        self.groups.iter().flat_map(|group| &group.evidence).copied().collect()
    }
}
