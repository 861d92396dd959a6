//! Chambers with their clocks and lights (商会活力、沉睡预警), as doors hand them out: who needs a call, what was cleared
//! away, how early the lights warned, and how far registration has come.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::duty::{self, ChamberClock, DutySet, Light};
use jinqiao_events::kinds::chamber::DemonstrationKind;
use jinqiao_events::kinds::identity::ChamberType;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::region::Region;
use jinqiao_projections::register::Noted;
use jinqiao_projections::views::Views;
use jinqiao_projections::vitality::{self, Clock, Deed, Warned};
use serde::Serialize;

use crate::config::Lang;
use crate::median::median;
use crate::naming::{self, Named};

/// How many months back a chamber that was red and is no longer counts as a false alarm.
const ALARMS_MONTHS: i32 = 24;

/// The chambers as of a day.
#[derive(Debug, Serialize)]
pub struct DormantAnswer {
    /// As of the end of this day.
    pub as_of: Occurred,
    /// Up to this event.
    pub position: Position,
    /// The sets of clocks that held.
    pub rules: Vec<RulesAnswer>,
    /// How many open chambers have which light.
    pub lights: BTreeMap<Light, usize>,
    /// The open chambers: red ones first, the most urgent first.
    pub chambers: Vec<ChamberAnswer>,
    /// Held dormant by an authority, put in order, dissolved.
    pub clean_up: Vec<CleanUp>,
    /// How early the lights warned of those.
    pub warning: Warning,
    /// Demonstration points.
    pub demonstrations: Vec<Demonstration>,
    /// Township chambers registered, against the units of the city.
    pub townships: Vec<Townships>,
}

/// A set of clocks.
#[derive(Debug, Serialize)]
pub struct RulesAnswer {
    /// Its name.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Where it is from.
    pub source: &'static str,
}

/// One chamber.
#[derive(Debug, Serialize)]
pub struct ChamberAnswer {
    /// The chamber.
    #[serde(flatten)]
    pub chamber: Named,
    /// The worst of its lights.
    pub light: Light,
    /// Members on that day.
    pub members: usize,
    /// What it did so far.
    pub deeds: usize,
    /// When it last did anything.
    pub last_deed: Option<Noted>,
    /// Its clocks.
    pub clocks: Vec<ClockAnswer>,
}

/// One clock.
#[derive(Debug, Serialize)]
pub struct ClockAnswer {
    /// What it is called.
    pub label: &'static str,
    /// In a sentence.
    pub sentence: String,
    /// The clock.
    #[serde(flatten)]
    pub clock: Clock,
}

/// What was done about a chamber.
#[derive(Debug, Serialize)]
pub struct CleanUp {
    /// The chamber.
    #[serde(flatten)]
    pub chamber: Named,
    /// `flagged`, `rectified` or `dissolved`.
    pub what: &'static str,
    /// When and where.
    pub noted: Noted,
}

/// How early the lights warned.
#[derive(Debug, Serialize)]
pub struct Warning {
    /// Chambers that were flagged or dissolved, each with the months of warning before.
    pub found: Vec<WarnedAnswer>,
    /// The middle of the months of yellow or red before, the lower of two; none when nobody was flagged or nothing
    /// warned.
    pub median_months: Option<i32>,
    /// Chambers that nobody flagged, were red at the end of a month within the last two years, and are not now. Months
    /// before the log had told of any business for as long as the slowest clock that business winds do not count.
    pub false_alarms: Vec<Named>,
}

/// One chamber that was flagged or dissolved.
#[derive(Debug, Serialize)]
pub struct WarnedAnswer {
    /// What it is called.
    pub name: String,
    /// How early the lights warned.
    #[serde(flatten)]
    pub warned: Warned,
}

/// A demonstration point.
#[derive(Debug, Serialize)]
pub struct Demonstration {
    /// The organisation, where the register knows it.
    pub party: Option<PartyId>,
    /// What it is called.
    pub name: String,
    /// What it shows.
    pub demonstration: DemonstrationKind,
    /// When and where.
    pub noted: Noted,
}

/// Registration in one city.
#[derive(Debug, Serialize)]
pub struct Townships {
    /// The city.
    pub region: Region,
    /// What it is called.
    pub name: &'static str,
    /// Townships and streets: the denominator.
    pub units: u32,
    /// Where that is from.
    pub source: &'static str,
    /// Township chambers registered by law.
    pub registered: usize,
    /// Districts with at least one.
    pub districts_with: usize,
    /// Its districts.
    pub districts: Vec<District>,
}

/// One district.
#[derive(Debug, Serialize)]
pub struct District {
    /// Its code.
    pub region: Region,
    /// What it is called.
    pub name: &'static str,
    /// Its registered township chambers.
    pub chambers: Vec<Named>,
}

/// The chambers as of a day, under the clocks that held then.
#[must_use]
pub fn dormant(views: &Views, day: Occurred, lang: Lang) -> DormantAnswer {
    let sets: Vec<&'static DutySet> = duty::in_force(day).collect();
    let is_closed = |id: &PartyId| {
        let closed = views.register.party(*id).and_then(|party| party.closed);
        closed.is_some_and(|closed| closed.occurred.day_number() <= day.day_number())
    };
    let is_there = |id: &PartyId| {
        views
            .register
            .party(*id)
            .is_some_and(|party| party.registered.occurred.day_number() <= day.day_number())
    };
    let all: Vec<PartyId> = vitality::chambers(&views.register).filter(is_there).collect();
    let mut chambers: Vec<ChamberAnswer> =
        all.iter().filter(|id| !is_closed(id)).map(|id| chamber(views, *id, day, &sets, lang)).collect();
    chambers.sort_by_cached_key(|it| {
        let urgent = it.clocks.iter().filter(|clock| clock.clock.light == it.light);
        (
            std::cmp::Reverse(it.light),
            urgent.filter_map(|clock| clock.clock.days_left).min(),
            it.chamber.name.clone(),
        )
    });
    let mut lights = BTreeMap::new();
    for chamber in &chambers {
        *lights.entry(chamber.light).or_default() += 1;
    }
    DormantAnswer {
        as_of: day,
        position: views.position,
        rules: sets.iter().filter(|set| !set.chamber.is_empty()).map(|set| rules(set, lang)).collect(),
        lights,
        warning: warning(views, day, &all, &chambers, &sets),
        chambers,
        clean_up: clean_up(views, day),
        demonstrations: demonstrations(views, day),
        townships: townships(views, day, &sets),
    }
}

fn rules(set: &'static DutySet, lang: Lang) -> RulesAnswer {
    RulesAnswer { name: &set.name, title: lang.pick(&set.title, &set.title_en), source: &set.source }
}

fn chamber(
    views: &Views,
    id: PartyId,
    day: Occurred,
    sets: &[&'static DutySet],
    lang: Lang,
) -> ChamberAnswer {
    let state = vitality::assess(&views.vitality, &views.register, id, day, sets.iter().copied());
    let labels = sets
        .iter()
        .flat_map(|set| &set.chamber)
        .map(|duty| lang.pick(duty.label.as_str(), duty.label_en.as_str()));
    let clocks = state.clocks.into_iter().zip(labels).map(|(clock, label)| ClockAnswer {
        label,
        sentence: sentence(&clock, lang),
        clock,
    });
    ChamberAnswer {
        chamber: naming::named(views, id),
        light: state.light,
        members: views.register.members_on(id, day).len(),
        deeds: state.deeds,
        last_deed: state.last_deed,
        clocks: clocks.collect(),
    }
}

/// A clock in a sentence.
fn sentence(clock: &Clock, lang: Lang) -> String {
    let due = clock.due.map(|due| due.to_string()).unwrap_or_default();
    let left = clock.days_left.unwrap_or_default();
    let when = match (lang, left < 0) {
        (Lang::Zh, false) => format!("{due} 到期，还有 {left} 天"),
        (Lang::Zh, true) => format!("{due} 到期，已过 {} 天", -left),
        (Lang::En, false) => format!("due {due}, {left} days left"),
        (Lang::En, true) => format!("due {due}, {} days ago", -left),
    };
    let count = |at: usize| clock.counts.get(at).copied().unwrap_or_default();
    match (clock.clock, clock.light) {
        (_, Light::Unknown) => {
            lang.pick("日志里没有可据以起算的记录", "the log says nothing to start from").to_owned()
        }
        (ChamberClock::ActivitySinceRegistration, Light::Green) if clock.due.is_none() => {
            lang.pick("登记后已开展活动", "active since its registration").to_owned()
        }
        (ChamberClock::AnnualCheck, _) => match (lang, count(0)) {
            (Lang::Zh, 0) => format!("年报无欠缺；下一次 {when}"),
            (Lang::En, 0) => format!("no report missed; next {when}"),
            (Lang::Zh, missed) => format!("连续 {missed} 年未报"),
            (Lang::En, missed) => format!("{missed} reports missed in a row"),
        },
        (ChamberClock::Contact, _) => match (lang, count(0)) {
            (Lang::Zh, 0) => "最近一次已联系上".to_owned(),
            (Lang::En, 0) => "reached at the last try".to_owned(),
            (Lang::Zh, missed) => format!("连续 {missed} 次未联系上"),
            (Lang::En, missed) => format!("not reached {missed} times in a row"),
        },
        (ChamberClock::Decline, _) => match lang {
            Lang::Zh => format!("近一年 {} 次，上一年 {} 次", count(0), count(1)),
            Lang::En => format!("{} deeds in the last year, {} in the year before", count(0), count(1)),
        },
        (ChamberClock::ActivitySinceRegistration | ChamberClock::Business | ChamberClock::Term, _) => when,
    }
}

fn warning(
    views: &Views,
    day: Occurred,
    all: &[PartyId],
    open: &[ChamberAnswer],
    sets: &[&'static DutySet],
) -> Warning {
    let found: Vec<WarnedAnswer> = all
        .iter()
        .filter_map(|id| vitality::warned(&views.vitality, &views.register, *id, day, sets))
        .map(|warned| WarnedAnswer { name: naming::party(views, warned.chamber), warned })
        .collect();
    let flagged: BTreeSet<PartyId> = found.iter().map(|found| found.warned.chamber).collect();
    let months = found.iter().filter_map(|found| found.warned.yellow_months);
    let told_long_enough = told_long_enough(views, sets);
    let was_red = |id: PartyId| {
        (1..=ALARMS_MONTHS).any(|months| {
            let at = jiff::ToSpan::months(-months);
            let Ok(at) = day.last_day().checked_add(at) else { return false };
            if told_long_enough.is_none_or(|from| at < from) {
                return false;
            }
            let at = Occurred::nearest_day(at);
            vitality::assess(&views.vitality, &views.register, id, at, sets.iter().copied()).light
                == Light::Red
        })
    };
    let calm = open.iter().filter(|it| it.light != Light::Red && !flagged.contains(&it.chamber.party));
    let false_alarms = calm.filter(|it| was_red(it.chamber.party)).map(|it| it.chamber.clone()).collect();
    Warning { median_months: median(months), found, false_alarms }
}

/// From when the log had told of chambers' business for as long as the slowest clock that business winds. Before, a chamber
/// looks asleep because nobody kept a log, and that is no alarm.
fn told_long_enough(views: &Views, sets: &[&DutySet]) -> Option<jiff::civil::Date> {
    let business = views.vitality.each(|deed| *deed == Deed::Business);
    let first = business.map(|(_, done)| done.noted.occurred.first_day()).min()?;
    first.checked_add(jiff::ToSpan::months(slowest_months(sets))).ok()
}

/// The months of the slowest clock that business winds.
fn slowest_months(sets: &[&DutySet]) -> i32 {
    let duties = sets.iter().flat_map(|set| &set.chamber);
    let wound = duties.filter(|duty| {
        matches!(duty.clock, ChamberClock::ActivitySinceRegistration | ChamberClock::Business)
    });
    wound.filter_map(|duty| duty.within_months).max().unwrap_or_default()
}

fn clean_up(views: &Views, day: Occurred) -> Vec<CleanUp> {
    let what = |deed: &Deed| match deed {
        Deed::Flagged(_) => Some("flagged"),
        Deed::Rectified => Some("rectified"),
        Deed::Dissolved => Some("dissolved"),
        Deed::Business
        | Deed::AnnualCheck(_)
        | Deed::Contacted(_)
        | Deed::Term(_)
        | Deed::Demonstration(_) => None,
    };
    let mut done: Vec<CleanUp> = views
        .vitality
        .each(|_| true)
        .filter(|(_, done)| done.noted.occurred.day_number() <= day.day_number())
        .filter_map(|(face, done)| {
            let what = what(&done.deed)?;
            let chamber = naming::named(views, views.register.resolve_face(face)?);
            Some(CleanUp { chamber, what, noted: done.noted })
        })
        .collect();
    done.sort_by_key(|it| it.noted);
    done
}

fn demonstrations(views: &Views, day: Occurred) -> Vec<Demonstration> {
    let mut points: Vec<Demonstration> = views
        .vitality
        .each(|deed| matches!(deed, Deed::Demonstration(_)))
        .filter(|(_, done)| done.noted.occurred.day_number() <= day.day_number())
        .filter_map(|(face, done)| {
            let Deed::Demonstration(demonstration) = done.deed else { return None };
            let party = views.register.resolve_face(face);
            let name = party
                .map_or_else(|| face.to_string().replacen("name:", "", 1), |id| naming::party(views, id));
            Some(Demonstration { party, name, demonstration, noted: done.noted })
        })
        .collect();
    points.sort_by_key(|point| point.noted);
    points
}

fn townships(views: &Views, day: Occurred, sets: &[&'static DutySet]) -> Vec<Townships> {
    let registered: Vec<(Region, Named)> = vitality::chambers(&views.register)
        .filter_map(|id| {
            let party = views.register.party(id)?;
            let legally = views.register.legally_registered(id)?;
            let is_township = party.chamber_type == Some(ChamberType::Township);
            let by_then = legally.occurred.day_number() <= day.day_number();
            Some((party.region?.current(), naming::named(views, id))).filter(|_| is_township && by_then)
        })
        .collect();
    let cities = sets.iter().flat_map(|set| &set.city);
    cities
        .map(|city| {
            let districts: Vec<District> = city
                .districts
                .iter()
                .map(|region| {
                    let own = registered.iter().filter(|(seat, _)| seat.is_within(*region));
                    let chambers = own.map(|(_, chamber)| chamber.clone()).collect();
                    District { region: *region, name: region.name_zh(), chambers }
                })
                .collect();
            Townships {
                region: city.region,
                name: city.region.name_zh(),
                units: city.township_units,
                source: &city.source,
                registered: districts.iter().map(|district| district.chambers.len()).sum(),
                districts_with: districts.iter().filter(|district| !district.chambers.is_empty()).count(),
                districts,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_must_have_told_for_as_long_as_the_slowest_clock_that_business_winds() {
        let mut set = duty::shipped().iter().find(|set| set.name == "national").unwrap().clone();
        assert_eq!(slowest_months(&[&set]), 24, "a term of five years is not wound by business");
        set.chamber.iter_mut().filter(|duty| duty.clock == ChamberClock::Business).for_each(|duty| {
            duty.within_months = Some(36);
        });
        assert_eq!(slowest_months(&[&set]), 36);
    }
}
