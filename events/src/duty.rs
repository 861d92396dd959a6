//! Clocks and lights (时限、红黄绿灯) as dated data: by when a chamber has to do what, after how long a project is late.
//!
//! A set is a file in `duty/` with one line in the list below. There is no code for any place: a clock that a set
//! leaves out does not run.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::kinds::project::Stage;
use crate::value::occurred::Occurred;
use crate::value::region::Region;

/// The files that ship with the program. Adding a set is its file and one line.
const FILES: &[&str] = &[
    include_str!("duty/national.toml"),
    include_str!("duty/yinchuan-2025.toml"),
    include_str!("duty/jiangmen.toml"),
];

/// One set of clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutySet {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// The same in English.
    pub title_en: String,
    /// Which document says so, and what of it is ours.
    pub source: String,
    /// The first day on which it holds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Occurred>,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Occurred>,
    /// Clocks of chambers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chamber: Vec<ChamberDuty>,
    /// Clocks of projects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub project: Vec<ProjectDuty>,
    /// The clock of needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<NeedDuty>,
    /// What registrations are counted against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub city: Vec<CityUnits>,
}

/// What a clock of a chamber watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChamberClock {
    /// 登记后开展活动.
    ActivitySinceRegistration,
    /// 年检、年报.
    AnnualCheck,
    /// 开展业务.
    Business,
    /// 取得联系.
    Contact,
    /// 换届.
    Term,
    /// 活动减少: a sign, not a duty; it never turns red.
    Decline,
}

/// A clock of chambers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChamberDuty {
    /// What it watches.
    pub clock: ChamberClock,
    /// What it is called.
    pub label: String,
    /// The same in English.
    pub label_en: String,
    /// Within so many months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_months: Option<i32>,
    /// Yellow so many months ahead.
    #[serde(default)]
    pub warn_months: i32,
    /// Red after so many misses in a row; yellow after the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<u16>,
    /// Day of the following year by which a year is to be reported, `MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Deeds of the earlier period below which nothing is said of a decline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<usize>,
    /// Yellow at so many percent of the earlier period's deeds, or fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<usize>,
}

/// A clock of projects: from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectDuty {
    /// Its name.
    pub clock: String,
    /// What it is called.
    pub label: String,
    /// The same in English.
    pub label_en: String,
    /// It begins when this stage is reached.
    pub since: Stage,
    /// It ends when this stage is reached, or one beyond it.
    pub until: Stage,
    /// Yellow after so many months.
    pub yellow_months: i32,
    /// Red after so many months; never when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub red_months: Option<i32>,
}

/// How fast a need is to be dealt with, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedDuty {
    /// From its declaration until somebody takes it in (受理).
    pub respond_days: i32,
    /// From its declaration until it is handed to an owner (交办).
    pub triage_days: i32,
    /// From one step to the next.
    pub follow_up_days: i32,
}

/// The units of a city that township chambers are counted against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityUnits {
    /// The city.
    pub region: Region,
    /// How many townships and streets it has.
    pub township_units: u32,
    /// Where that number is from.
    pub source: String,
    /// Its districts and counties.
    pub districts: Vec<Region>,
}

/// The light of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// 未知: the log says nothing that the clock could start from.
    Unknown,
    /// 绿灯.
    Green,
    /// 黄灯.
    Yellow,
    /// 红灯.
    Red,
}

/// The sets that ship with the program, in the order of their files. A file that cannot be read is left out here; a
/// test reads every file.
#[must_use]
pub fn shipped() -> &'static [DutySet] {
    static SETS: LazyLock<Vec<DutySet>> =
        LazyLock::new(|| FILES.iter().filter_map(|text| toml::from_str(text).ok()).collect());
    &SETS
}

/// The sets that hold on a day: those without dates, and those whose dates hold it.
pub fn in_force(day: Occurred) -> impl Iterator<Item = &'static DutySet> {
    shipped().iter().filter(move |set| {
        set.from.is_none_or(|from| from.first_day() <= day.last_day())
            && set.to.is_none_or(|to| day.last_day() <= to.last_day())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_can_be_read_and_its_clocks_have_what_they_need() {
        assert_eq!(shipped().len(), FILES.len());
        for duty in shipped().iter().flat_map(|set| &set.chamber) {
            let needs_months = !matches!(duty.clock, ChamberClock::AnnualCheck | ChamberClock::Contact);
            assert_eq!(duty.within_months.is_some(), needs_months, "{:?}", duty.clock);
            assert_eq!(duty.missed.is_some(), !needs_months, "{:?}", duty.clock);
            assert_eq!(duty.due.is_some(), duty.clock == ChamberClock::AnnualCheck);
        }
    }

    #[test]
    fn a_set_with_a_date_holds_from_that_day_on() {
        let names =
            |day: &str| in_force(day.parse().unwrap()).map(|set| set.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("2024-12-31"), ["national", "jiangmen"]);
        assert_eq!(names("2025-06-01"), ["national", "yinchuan-2025", "jiangmen"]);
    }

    #[test]
    fn the_city_of_the_article_has_ten_districts() {
        let city = shipped().iter().flat_map(|set| &set.city).next().unwrap();
        assert_eq!((city.districts.len(), city.township_units), (10, 141));
    }
}
