//! Who may ask and be offered at a cut, who knew whom, and who met whom afterwards.

use super::{Table, Window, gather};
use crate::numbers::{float, index, number};

/// All lists ascend.
pub(super) struct People {
    pub(super) candidates: Vec<u32>,
    pub(super) groups_of: Vec<Vec<u32>>,
    pub(super) members_of: Vec<Vec<u32>>,
    /// For each group how long ago the last of its positive rows was, in days at the cut.
    pub(super) age_days_of: Vec<i32>,
    later_groups_of: Vec<Vec<u32>>,
    later_members_of: Vec<Vec<u32>>,
}

impl People {
    pub(super) fn read(table: &Table<'_>, window: Window, min_groups: usize) -> Self {
        let (actors, groups) = (table.actors.len(), table.groups.len());
        let all = gather(table.history(window).map(|seat| (seat.group, seat.actor)), groups);
        let several = |group: u32| all.get(index(group)).is_some_and(|members| members.len() >= 2);
        let counted = table.history(window).filter(|seat| several(seat.group));
        let counted = gather(counted.map(|seat| (seat.actor, seat.group)), actors);
        let enough =
            |actor: &u32| counted.get(index(*actor)).is_some_and(|groups| groups.len() >= min_groups);
        let positive = || table.history(window).filter(|seat| seat.positive);
        let mut age_days_of = vec![i32::MAX; groups];
        for seat in positive() {
            if let Some(age) = age_days_of.get_mut(index(seat.group)) {
                *age = (window.start - seat.day).min(*age);
            }
        }
        Self {
            age_days_of,
            candidates: (0..number(actors)).filter(enough).collect(),
            groups_of: gather(positive().map(|seat| (seat.actor, seat.group)), actors),
            members_of: gather(positive().map(|seat| (seat.group, seat.actor)), groups),
            later_groups_of: gather(table.future(window), actors),
            later_members_of: gather(table.future(window).map(|(actor, group)| (group, actor)), groups),
        }
    }

    /// Everyone with whom the actor shared a positive group before the cut.
    pub(super) fn known(&self, actor: u32) -> Vec<u32> {
        company(actor, &self.groups_of, &self.members_of)
    }

    /// The candidates with whom it shares one for the first time afterwards.
    pub(super) fn positives(&self, actor: u32) -> Vec<u32> {
        let known = self.known(actor);
        let mut new = company(actor, &self.later_groups_of, &self.later_members_of);
        new.retain(|other| {
            known.binary_search(other).is_err() && self.candidates.binary_search(other).is_ok()
        });
        new
    }

    /// The candidates that have a positive.
    pub(super) fn with_positive(&self) -> Vec<u32> {
        self.candidates.iter().copied().filter(|actor| !self.positives(*actor).is_empty()).collect()
    }

    /// Which part of all new pairs has a side that is no candidate.
    pub(super) fn cold_start(&self) -> f64 {
        let (mut all, mut warm) = (0, 0);
        for actor in 0..number(self.later_groups_of.len()) {
            let known = self.known(actor);
            let is_candidate = |one: &u32| self.candidates.binary_search(one).is_ok();
            let new = company(actor, &self.later_groups_of, &self.later_members_of)
                .into_iter()
                .filter(|other| known.binary_search(other).is_err());
            for other in new {
                all += 1;
                warm += usize::from(is_candidate(&actor) && is_candidate(&other));
            }
        }
        if all == 0 { 0.0 } else { 1.0 - float(warm) / float(all) }
    }
}

/// Everyone but the actor in the actor's groups, ascending.
fn company(actor: u32, groups_of: &[Vec<u32>], members_of: &[Vec<u32>]) -> Vec<u32> {
    let groups = groups_of.get(index(actor)).map_or(&[][..], Vec::as_slice);
    let mut company: Vec<u32> = groups
        .iter()
        .filter_map(|group| members_of.get(index(*group)))
        .flatten()
        .copied()
        .filter(|other| *other != actor)
        .collect();
    company.sort_unstable();
    company.dedup();
    company
}
