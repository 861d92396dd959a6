//! Memberships as they stood at a cut: who had joined which group, and when.

use std::collections::BTreeMap;

use super::super::{Table, Window};
use super::ease::Weights;
use crate::numbers::{float, index};

/// Who had joined what, members and groups numbered anew: only those that took part by then.
pub(super) struct Memberships {
    /// For each member, its groups with the day of joining, ascending.
    pub(super) joined: Vec<Vec<(usize, i32)>>,
    /// For each group, its members with the day of joining, ascending.
    pub(super) members: Vec<Vec<(usize, i32)>>,
    /// The actor of each member, ascending.
    pub(super) actors: Vec<u32>,
    /// The group's number in the table, ascending.
    pub(super) groups: Vec<u32>,
    /// The day of the cut.
    pub(super) today: i32,
}

impl Memberships {
    pub(super) fn read(table: &Table<'_>, window: Window) -> Self {
        let mut first: BTreeMap<(u32, u32), i32> = BTreeMap::new();
        for seat in table.history(window) {
            let day = first.entry((seat.actor, seat.group)).or_insert(seat.day);
            *day = seat.day.min(*day);
        }
        let actors = sorted(first.keys().map(|(actor, _)| *actor));
        let groups = sorted(first.keys().map(|(_, group)| *group));
        let mut joined = vec![Vec::new(); actors.len()];
        let mut members = vec![Vec::new(); groups.len()];
        for ((actor, group), day) in first {
            let (Ok(member), Ok(group)) = (actors.binary_search(&actor), groups.binary_search(&group)) else {
                continue;
            };
            if let (Some(joined), Some(members)) = (joined.get_mut(member), members.get_mut(group)) {
                joined.push((group, day));
                members.push((member, day));
            }
        }
        Self { joined, members, actors, groups, today: window.start }
    }

    pub(super) fn member(&self, actor: u32) -> Option<usize> {
        self.actors.binary_search(&actor).ok()
    }

    pub(super) fn groups_of(&self, member: usize) -> &[(usize, i32)] {
        self.joined.get(member).map_or(&[], Vec::as_slice)
    }

    pub(super) fn members_of(&self, group: usize) -> &[(usize, i32)] {
        self.members.get(group).map_or(&[], Vec::as_slice)
    }

    /// How long ago half of all joinings were, in days; at least one.
    pub(super) fn median_age_days(&self) -> f64 {
        let mut ages: Vec<i32> = self.joined.iter().flatten().map(|(_, day)| self.today - day).collect();
        ages.sort_unstable();
        ages.get(ages.len() / 2).map_or(1.0, |age| f64::from((*age).max(1)))
    }

    /// As weights: 1 for a membership, halved for every so many days since; only these groups (ascending), by their
    /// places in that list.
    pub(super) fn weights(&self, kept: &[usize], half_life_days: Option<f64>) -> Weights {
        let faded = |day: i32| {
            let age = f64::from(self.today - day);
            half_life_days.map_or(1.0, |half_life| libm::exp2(-age / half_life))
        };
        let weight = |(group, day): &(usize, i32)| Some((kept.binary_search(group).ok()?, faded(*day)));
        let rows = self.joined.iter().map(|joined| joined.iter().filter_map(weight).collect()).collect();
        Weights { rows, columns: kept.len() }
    }

    /// Cosine of two members' groups with every other: how many they share over the root of how many each has.
    pub(super) fn alike(&self, member: usize) -> Vec<(usize, f64)> {
        let mut shared: BTreeMap<usize, f64> = BTreeMap::new();
        for (group, _) in self.groups_of(member) {
            for (other, _) in self.members_of(*group).iter().filter(|(other, _)| *other != member) {
                *shared.entry(*other).or_insert(0.0) += 1.0;
            }
        }
        let size = |member| float(self.groups_of(member).len());
        shared.into_iter().map(|(other, both)| (other, both / (size(member) * size(other)).sqrt())).collect()
    }
}

fn sorted(all: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut sorted: Vec<u32> = all.collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// The groups that had somebody by then and still exist, by their numbers among the memberships.
pub(super) fn alive(table: &Table<'_>, memberships: &Memberships, window: Window) -> Vec<usize> {
    let mut latest: BTreeMap<u32, i32> = BTreeMap::new();
    for seat in table.history(window) {
        let last = latest.entry(seat.group).or_insert(seat.day);
        *last = seat.day.max(*last);
    }
    let lives = |group: &u32| {
        let last = latest.get(group).copied().unwrap_or(i32::MIN);
        let young = table.item_max_age_days.is_none_or(|days| last >= window.start - days);
        let name = table.groups.get(index(*group)).copied().unwrap_or_default();
        let exists = table.item_last_year.is_none_or(|years| {
            years.get(name).is_none_or(|year| *year >= super::super::year_of(window.start))
        });
        young && exists
    };
    memberships.groups.iter().enumerate().filter(|(_, group)| lives(group)).map(|(at, _)| at).collect()
}
