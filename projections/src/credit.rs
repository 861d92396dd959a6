//! Credit (归属): whose project it is, what of it counts, what is paid, under a dated rule set, with the dossier
//! behind it.
//!
//! The view keeps every event of a project with both its times, so that what was recorded late is seen to be late.
//! A verdict is computed when asked: [`dossier`] gathers, [`filings`] says who was first, [`referrers`] who is
//! credited, [`counting`] what counts, [`reward`] what is paid, [`verdict`] puts it together in words.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jinqiao_events::kept::timestamp;
use jinqiao_events::kinds::project::Likeness;
use jinqiao_events::kinds::reference::RuleSetAdopted;
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::rule_set::{self, RuleSet};
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::region::Region;
use serde::Serialize;

pub mod counting;
pub mod dossier;
pub mod filings;
pub mod likeness;
pub mod referrers;
pub mod reward;
pub mod said;
mod sentences;
pub mod verdict;

#[cfg(test)]
mod planted_tests;
#[cfg(test)]
mod tests;

pub use dossier::Dossier;
pub use said::Said;
pub use verdict::{Verdict, judge};

/// Everything that decides whose a project is.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Credit {
    files: BTreeMap<RecordKey, Vec<Entry>>,
    /// Duplicate -> the project that it goes by.
    goes_by: BTreeMap<RecordKey, RecordKey>,
    /// Pairs that an officer looked at and found to be two projects, smaller key first.
    distinct: Vec<(RecordKey, RecordKey)>,
    adopted: Vec<Adopted>,
}

/// One event of a project's file.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Entry {
    /// Where it stands in the log.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// When it happened.
    pub occurred: Occurred,
    /// When it was recorded.
    #[borsh(serialize_with = "timestamp::serialize", deserialize_with = "timestamp::deserialize_reader")]
    pub recorded_at: Timestamp,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<String>,
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
}

impl Entry {
    /// The day in Shanghai on which it was recorded.
    #[must_use]
    pub fn recorded_on(&self) -> Occurred {
        Occurred::nearest_day(jinqiao_events::clock::in_shanghai(self.recorded_at).date())
    }

    /// How many days after it happened it was recorded; 0 for the same day or before. What lies between is what
    /// 补录 means.
    #[must_use]
    pub fn lag_days(&self) -> i32 {
        (self.recorded_on().day_number() - self.occurred.day_number()).max(0)
    }

    /// From which day it counts: its own; or, where it was recorded later than a rule set allows, that on which
    /// it was recorded.
    #[must_use]
    pub fn counts_from(&self, record_within_days: Option<u16>) -> Occurred {
        match record_within_days {
            Some(days) if self.lag_days() > i32::from(days) => self.recorded_on(),
            _ => self.occurred,
        }
    }
}

/// A rule set that was adopted.
#[derive(Debug, Clone, PartialEq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Adopted {
    /// The event.
    pub event: RuleSetAdopted,
    /// From when it holds.
    pub from: Occurred,
    /// Where it stands in the log.
    pub position: Position,
}

impl Adopted {
    /// The rule set itself.
    #[must_use]
    pub fn rules(&self) -> Option<&RuleSet> {
        self.event.definition.as_deref().or_else(|| rule_set::named(self.event.rules.as_str()))
    }
}

/// How the rule set of a verdict was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// It was asked for by name.
    Asked,
    /// It was adopted by this event, and held at the place on the day.
    Adopted(Position),
    /// It ships with the program and says of itself that it held at the place on the day.
    OfThePlace,
    /// Nothing else held.
    House,
}

impl Credit {
    /// Takes in an event. Logarithmic.
    pub fn apply(&mut self, recorded: &Recorded) {
        if let Event::RuleSetAdopted(event) = &recorded.event {
            let from = event.in_force_from.unwrap_or(recorded.occurred);
            self.adopted.push(Adopted { event: event.clone(), from, position: recorded.position });
        }
        let Some((project, said)) = Said::of(&recorded.event) else { return };
        if let Said::ProjectDuplicateMarked(marked) = &said {
            match marked.finding {
                Likeness::Duplicate => drop(self.goes_by.insert(project.clone(), marked.of.clone())),
                Likeness::Distinct => {
                    let pair =
                        (project.clone().min(marked.of.clone()), project.clone().max(marked.of.clone()));
                    self.distinct.push(pair);
                }
            }
        }
        self.files.entry(project).or_default().push(Entry {
            position: recorded.position,
            id: recorded.id,
            occurred: recorded.occurred,
            recorded_at: recorded.recorded_at,
            recorded_by: recorded.recorded_by.clone(),
            said,
        });
    }

    /// The project that this key stands for. The rules refuse circles; a chain longer than all projects ends.
    #[must_use]
    pub fn standing<'a>(&'a self, project: &'a RecordKey) -> &'a RecordKey {
        let mut at = project;
        for _ in 0..=self.goes_by.len() {
            match self.goes_by.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// Every project that goes by its own key.
    pub fn projects(&self) -> impl Iterator<Item = &RecordKey> {
        self.files.keys().filter(|key| !self.goes_by.contains_key(*key))
    }

    /// The events of a project and of the duplicates that go by its key, up to the end of a day.
    #[must_use]
    pub fn dossier(&self, project: &RecordKey, as_of_day: i32) -> Option<Dossier<'_>> {
        let (standing, _) = self.files.get_key_value(self.standing(project))?;
        let keys = self.files.keys().filter(|key| self.standing(key) == standing).collect();
        Some(Dossier::gather(self, standing, keys, as_of_day))
    }

    fn entries(&self, project: &RecordKey) -> &[Entry] {
        self.files.get(project).map_or(&[], Vec::as_slice)
    }

    /// Whether an officer found these two to be two projects.
    #[must_use]
    pub fn are_distinct(&self, one: &RecordKey, other: &RecordKey) -> bool {
        self.distinct.iter().any(|(a, b)| (a, b) == (one.min(other), one.max(other)))
    }

    /// Rule sets that were adopted, in log order.
    #[must_use]
    pub fn adopted(&self) -> &[Adopted] {
        &self.adopted
    }

    /// The rule set of that name: one that was adopted with its definition, or one that ships with the program.
    #[must_use]
    pub fn rules_named(&self, name: &str) -> Option<&RuleSet> {
        let defined = self.adopted.iter().rev().filter(|adopted| adopted.event.rules.as_str() == name);
        defined.filter_map(Adopted::rules).next().or_else(|| rule_set::named(name))
    }

    /// The rule set that held at a place on a day: the one adopted last for it; else one of the place's own by
    /// its dates; else the house's.
    #[must_use]
    pub fn in_force(&self, region: Option<Region>, on: Occurred) -> Option<(&RuleSet, Chosen)> {
        let holds = |adopted: &&Adopted| {
            let here = match (adopted.event.region, region) {
                (Some(own), Some(place)) => place.current().is_within(own.current()),
                (Some(_), None) => false,
                (None, _) => true,
            };
            here && adopted.from.first_day() <= on.last_day()
        };
        let adopted =
            self.adopted.iter().filter(holds).max_by_key(|adopted| (adopted.from, adopted.position));
        if let Some((adopted, rules)) = adopted.and_then(|adopted| Some((adopted, adopted.rules()?))) {
            return Some((rules, Chosen::Adopted(adopted.position)));
        }
        let of_the_place = |rules: &&RuleSet| rules.region.is_some() && rules.holds(region, on);
        let own = rule_set::shipped().iter().filter(of_the_place).max_by_key(|rules| rules.from);
        match own {
            Some(rules) => Some((rules, Chosen::OfThePlace)),
            None => rule_set::named(rule_set::HOUSE).map(|rules| (rules, Chosen::House)),
        }
    }
}
