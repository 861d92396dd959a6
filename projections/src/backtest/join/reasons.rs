//! What speaks for a joining: the values of every signal of the join task for one member.

use std::collections::BTreeMap;

use super::ease::{Ease, Weights};
use super::following::{Following, Story};
use super::memberships::Memberships;
use crate::learn::Column;
use crate::numbers::float;
use crate::parallel::joined;
use crate::signals::Basis;

/// How many signals the join task has.
pub(super) const COUNT: usize = 18;
/// Values of one group for one member.
pub(super) type Values = [f64; COUNT];

const fn column(name: &'static str, basis: Basis) -> Column {
    Column { name, basis }
}

/// Every signal of the join task.
pub(super) const COLUMNS: [Column; COUNT] = [
    // EASE on memberships that fade by half in twice the median age, or in the median age.
    column("ease_fading", Basis::Paths),
    column("ease_fading_fast", Basis::Paths),
    column("ease_fading_firm", Basis::Paths),
    // EASE on memberships as they stand.
    column("ease", Basis::Paths),
    column("ease_wide", Basis::Paths),
    column("ease_firm", Basis::Paths),
    column("ease_members", Basis::Paths),
    // Three steps over memberships divided by size^0.3 (RP3beta, Paudel 2017).
    column("three_step_walk", Basis::Paths),
    column("group_cosine", Basis::Paths),
    // What the twenty most alike members are in; what those alike, and the twenty, joined lately.
    column("nearest_members", Basis::Paths),
    column("joins_of_those_alike", Basis::Paths),
    column("joins_of_nearest", Basis::Paths),
    // What followed upon such memberships in earlier windows.
    column("joins_that_followed", Basis::Paths),
    column("joins_that_followed_firm", Basis::Paths),
    column("members_of_my_sort", Basis::Pair),
    column("size", Basis::Candidate),
    column("growth", Basis::Candidate),
    // Days since anyone joined.
    column("quiet", Basis::Candidate),
];

/// Groups beyond so many of the largest stay out of EASE, whose cost is the cube of the smaller side.
const EASE_SIDE_MAX: usize = 1_000;
/// The same where there are few members: it is they that are inverted, and groups cost memory alone.
const EASE_GROUPS_MAX: usize = 4_000;
/// How fast memberships fade in each EASE, in median ages, and its ridge in mean squared weights of a group. What
/// serves best differs from register to register (by the sparseness of rows); training weighs them.
const EASES: [(Option<f64>, f64); 6] =
    [(Some(2.0), 10.0), (Some(1.0), 10.0), (Some(1.0), 30.0), (None, 3.0), (None, 10.0), (None, 30.0)];
/// The ridges of what followed.
const FOLLOWING: [f64; 2] = [0.3, 3.0];
/// The one whose bare pulls are a signal of their own.
const PULLING: usize = 3;
/// How many members count as nearest.
const NEAREST: usize = 20;
/// A group's size to this power divides what a walk brings.
const FAME_EXPONENT: f64 = 0.3;
/// Joinings within so many windows count as late.
const LATELY: f64 = 1.25;

/// Memberships as each EASE weighs them.
pub(super) struct Faded {
    /// The groups that EASE is worked out for, ascending.
    kept: Vec<usize>,
    weights: Vec<Weights>,
    story: Story,
}

impl Faded {
    pub(super) fn of(memberships: &Memberships, window_days: f64) -> Self {
        let most = if memberships.actors.len() > EASE_SIDE_MAX { EASE_SIDE_MAX } else { EASE_GROUPS_MAX };
        let kept = largest(memberships, most);
        let story = Story::of(memberships, largest(memberships, EASE_SIDE_MAX), window_days);
        let median = memberships.median_age_days();
        let weights =
            |(ages, _): &(Option<f64>, f64)| memberships.weights(&kept, ages.map(|ages| ages * median));
        Self { weights: EASES.iter().map(weights).collect(), kept, story }
    }
}

/// Everything that is worked out once for a cut.
pub(super) struct Reasons<'a> {
    memberships: &'a Memberships,
    /// For each group its column in the matrices of EASE.
    column_of: Vec<Option<usize>>,
    eases: Vec<Ease<'a>>,
    following: Vec<Following<'a>>,
    attributes: Vec<Vec<Option<u32>>>,
    growth: Vec<f64>,
    window_days: f64,
}

impl<'a> Reasons<'a> {
    /// `attributes` give a value for each member.
    pub(super) fn new(
        memberships: &'a Memberships,
        faded: &'a Faded,
        attributes: Vec<Vec<Option<u32>>>,
        window_days: f64,
    ) -> Self {
        let mut column_of = vec![None; memberships.groups.len()];
        for (column, group) in faded.kept.iter().enumerate() {
            if let Some(slot) = column_of.get_mut(*group) {
                *slot = Some(column);
            }
        }
        let late = |members: &Vec<(usize, i32)>| {
            float(members.iter().filter(|(_, day)| is_late(memberships, window_days, *day)).count())
        };
        let growth = memberships.members.iter().map(late).collect();
        let (eases, following) = solved(faded);
        Self { column_of, eases, following, attributes, growth, window_days, memberships }
    }

    /// The values of these groups for a member.
    pub(super) fn values(&self, member: usize, groups: &[usize]) -> Vec<Values> {
        let alike = self.memberships.alike(member);
        let nearest = nearest(&alike);
        let walked = self.pushed(member, Step::Walk);
        let cosine = self.pushed(member, Step::Cosine);
        let near = self.brought(&nearest, |_| 1.0);
        let joins = self.brought(&alike, |age| libm::exp2(-age / self.window_days));
        let late = self.brought(&nearest, |age| if age <= LATELY * self.window_days { 1.0 } else { 0.0 });
        let scores: Vec<Vec<f64>> = self.eases.iter().map(|ease| ease.scores(member)).collect();
        let pulls = self.eases.get(PULLING).map_or_else(Vec::new, |ease| ease.pulls(member));
        let own = self.memberships.groups_of(member);
        let followed: Vec<Vec<f64>> = self.following.iter().map(|following| following.scores(own)).collect();
        let of = |values: &BTreeMap<usize, f64>, group: usize| values.get(&group).copied().unwrap_or(0.0);
        let value = |group: &usize| {
            let group = *group;
            let size = float(self.memberships.members_of(group).len());
            let column = self.column_of.get(group).copied().flatten();
            let at =
                |row: &[f64]| column.and_then(|column| row.get(column)).map_or(0.0, |value| value.max(0.0));
            let follow = |which: usize| {
                let (following, scores) = (self.following.get(which), followed.get(which));
                following.zip(scores).map_or(0.0, |(following, scores)| following.at(scores, group))
            };
            let ease = |which: usize| scores.get(which).map_or(0.0, |row| at(row));
            [
                ease(0),
                ease(1),
                ease(2),
                ease(3),
                ease(4),
                ease(5),
                at(&pulls),
                of(&walked, group) / libm::pow(size.max(1.0), FAME_EXPONENT),
                of(&cosine, group) / size.max(1.0).sqrt(),
                of(&near, group),
                of(&joins, group),
                of(&late, group),
                follow(0),
                follow(1),
                self.of_my_sort(member, group),
                size,
                self.growth.get(group).copied().unwrap_or(0.0),
                self.quiet_days(group),
            ]
        };
        groups.iter().map(value).collect()
    }

    /// Days since anyone joined the group.
    fn quiet_days(&self, group: usize) -> f64 {
        let latest = self.memberships.members_of(group).iter().map(|(_, day)| *day).max();
        latest.map_or(0.0, |day| f64::from(self.memberships.today - day))
    }

    /// Member to its groups, to their members, to their groups.
    fn pushed(&self, member: usize, step: Step) -> BTreeMap<usize, f64> {
        let mut carried: BTreeMap<usize, f64> = BTreeMap::new();
        let own = self.memberships.groups_of(member);
        for (group, _) in own {
            let size = float(self.memberships.members_of(*group).len());
            let share = match step {
                Step::Walk => 1.0 / (float(own.len()) * size),
                Step::Cosine => 1.0 / size.sqrt(),
            };
            for (other, _) in self.memberships.members_of(*group) {
                *carried.entry(*other).or_insert(0.0) += share;
            }
        }
        let mut reached = BTreeMap::new();
        for (other, value) in carried {
            let groups = self.memberships.groups_of(other);
            let share = match step {
                Step::Walk => value / float(groups.len()),
                Step::Cosine => value,
            };
            for (group, _) in groups {
                *reached.entry(*group).or_insert(0.0) += share;
            }
        }
        reached
    }

    /// What these members are in, each membership counted by how alike the member is and by its age in days.
    fn brought(&self, members: &[(usize, f64)], weight: impl Fn(f64) -> f64) -> BTreeMap<usize, f64> {
        let mut brought = BTreeMap::new();
        for (member, alike) in members {
            for (group, day) in self.memberships.groups_of(*member) {
                let value = alike * weight(f64::from(self.memberships.today - day));
                *brought.entry(*group).or_insert(0.0) += value;
            }
        }
        brought
    }

    /// The product over what is said of members of the share of the group's members that are like this one.
    fn of_my_sort(&self, member: usize, group: usize) -> f64 {
        let members = self.memberships.members_of(group);
        let share = |attribute: &Vec<Option<u32>>| {
            let mine = attribute.get(member).copied().flatten()?;
            let same = |(other, _): &&(usize, i32)| attribute.get(*other) == Some(&Some(mine));
            Some((float(members.iter().filter(same).count()) + 0.5) / (float(members.len()) + 1.0))
        };
        self.attributes.iter().filter_map(share).product()
    }
}

/// How a walk over memberships is divided.
#[derive(Debug, Clone, Copy)]
enum Step {
    Walk,
    Cosine,
}

/// Whether a day is within [`LATELY`] windows of the cut.
fn is_late(memberships: &Memberships, window_days: f64, day: i32) -> bool {
    f64::from(memberships.today - day) <= LATELY * window_days
}

/// Every EASE and what followed, on all processors.
fn solved(faded: &Faded) -> (Vec<Ease<'_>>, Vec<Following<'_>>) {
    std::thread::scope(|scope| {
        let ease = |(weights, (_, part))| scope.spawn(move || Ease::of(weights, part));
        let eases: Vec<_> = faded.weights.iter().zip(EASES).map(ease).collect();
        let following = FOLLOWING.map(|part| scope.spawn(move || faded.story.solved(part)));
        (eases.into_iter().map(joined).collect(), following.into_iter().map(joined).collect())
    })
}

/// So many of the groups with most members, ascending.
fn largest(memberships: &Memberships, most: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..memberships.groups.len()).collect();
    if kept.len() > most {
        kept.sort_by_key(|group| (std::cmp::Reverse(memberships.members_of(*group).len()), *group));
        kept.truncate(most);
        kept.sort_unstable();
    }
    kept
}

fn nearest(alike: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let mut nearest = alike.to_vec();
    nearest.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    nearest.truncate(NEAREST);
    nearest
}
