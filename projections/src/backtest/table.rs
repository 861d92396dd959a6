//! The rows of a register with names as numbers.

use std::collections::BTreeMap;

use super::{Answered, Data, Ranked, Row, Task, Window, names, place, sample};
use crate::numbers::{index, number};

/// A row with names as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) day: i32,
    pub(super) actor: u32,
    pub(super) group: u32,
    /// Whether its kind counts.
    pub(super) positive: bool,
}

/// The rows with names as numbers, by day.
pub(super) struct Table<'a> {
    pub(super) actors: Vec<&'a str>,
    pub(super) groups: Vec<&'a str>,
    pub(super) seats: Vec<Seat>,
    /// The kind of each group, by its first row.
    pub(super) sort_of: Vec<u32>,
    /// What is said of actors: for each column a value an actor.
    pub(super) attributes: Vec<Vec<Option<u32>>>,
    pub(super) item_last_year: Option<&'a BTreeMap<String, i16>>,
    pub(super) item_max_age_days: Option<i32>,
}

impl<'a> Table<'a> {
    pub(super) fn new(data: &'a Data) -> Self {
        let actors = names(data.rows.iter().map(|row| row.actor.as_str()));
        let groups = names(data.rows.iter().map(|row| row.group.as_str()));
        let kinds = names(data.rows.iter().map(|row| row.kind.as_str()));
        let seat = |row: &Row| Seat {
            day: row.date.day_number(),
            actor: place(&actors, &row.actor),
            group: place(&groups, &row.group),
            positive: data.split.positive_kinds.contains(&row.kind),
        };
        let mut sort_of = vec![0; groups.len()];
        for row in data.rows.iter().rev() {
            if let Some(sort) = sort_of.get_mut(index(place(&groups, &row.group))) {
                *sort = place(&kinds, &row.kind);
            }
        }
        let mut seats: Vec<Seat> = data.rows.iter().map(seat).collect();
        seats.sort_by_key(|seat| seat.day);
        let attributes = attributes(&actors, &data.actors);
        let (item_last_year, item_max_age_days) =
            (data.split.item_last_year.as_ref(), data.split.item_max_age_days);
        Self { seats, sort_of, attributes, item_last_year, item_max_age_days, actors, groups }
    }

    pub(super) fn first_day(&self) -> i32 {
        self.seats.first().map_or(0, |seat| seat.day)
    }

    pub(super) fn history(&self, window: Window) -> impl Iterator<Item = Seat> {
        self.seats.iter().copied().filter(move |seat| seat.day < window.start)
    }

    /// Actor and group of what counts within the window.
    pub(super) fn future(&self, window: Window) -> impl Iterator<Item = (u32, u32)> {
        let within = move |seat: &&Seat| seat.day >= window.start && seat.day < window.end && seat.positive;
        self.seats.iter().filter(within).map(|seat| (seat.actor, seat.group))
    }

    /// The queries to ask: those listed that have a positive, in that order; otherwise a fixed draw.
    pub(super) fn queries(&self, with_positive: &[u32], listed: Option<&[String]>, most: usize) -> Vec<u32> {
        match listed {
            Some(names) => names
                .iter()
                .filter_map(|name| self.actors.binary_search(&name.as_str()).ok())
                .map(number)
                .filter(|actor| with_positive.binary_search(actor).is_ok())
                .collect(),
            None => sample::draw(with_positive, most),
        }
    }

    pub(super) fn name(&self, answered: &Answered, task: Task) -> Vec<Ranked> {
        let row = |(candidate, score): &(u32, i64)| self.ranked((answered.query, *candidate), *score, task);
        answered.ranked.iter().map(row).collect()
    }

    pub(super) fn name_global(&self, (query, candidate, probability): (u32, u32, f64), task: Task) -> Ranked {
        self.ranked((query, candidate), crate::numbers::micro((probability * 1e3).min(999.999_999)), task)
    }

    fn ranked(&self, (query, candidate): (u32, u32), score_micro: i64, task: Task) -> Ranked {
        let of = |names: &[&str], at: u32| names.get(index(at)).copied().unwrap_or_default().to_owned();
        let candidates = match task {
            Task::Pair => &self.actors,
            Task::Join => &self.groups,
        };
        Ranked { query: of(&self.actors, query), candidate: of(candidates, candidate), score_micro }
    }
}

/// What is said of actors, column by column, values as numbers. Columns in which everyone differs, or nobody,
/// say nothing and are left out.
fn attributes(actors: &[&str], said: &BTreeMap<String, Vec<String>>) -> Vec<Vec<Option<u32>>> {
    let columns = said.values().map(Vec::len).max().unwrap_or(0);
    let column = |at: usize| -> Vec<Option<u32>> {
        let value =
            |actor: &&str| said.get(*actor)?.get(at).map(String::as_str).filter(|text| !text.is_empty());
        let values = names(actors.iter().filter_map(value));
        if values.len() < 2 || values.len() * 2 > actors.len() {
            return Vec::new();
        }
        actors.iter().map(|actor| value(actor).map(|text| place(&values, text))).collect()
    };
    (0..columns).map(column).filter(|column| !column.is_empty()).collect()
}
