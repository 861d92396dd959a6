//! The clocks of one chamber on one day, and how early they would have warned.

use jiff::ToSpan;
use jiff::civil::Date;
use jinqiao_events::duty::{ChamberClock, ChamberDuty, DutySet, Light};
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use super::{Deed, Done, Vitality};
use crate::register::{Noted, Register};

/// Most events behind a clock.
const EVIDENCE_MAX: usize = 12;
/// How far back a warning is looked for, in months.
const WARNING_MAX_MONTHS: i32 = 60;
/// A term where none was said and the set names none, in months.
const TERM_MONTHS: i32 = 60;

/// One clock of a chamber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// What it watches.
    pub clock: ChamberClock,
    /// Its light.
    pub light: Light,
    /// From when it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// When it turns, or turned, red.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Days until then; below zero when it is past.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i32>,
    /// What was counted: misses, or deeds of the later and the earlier period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<usize>,
    /// The events that it rests on.
    pub evidence: Vec<Position>,
}

/// A chamber on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// The chamber.
    pub chamber: PartyId,
    /// The worst of its lights.
    pub light: Light,
    /// Its clocks, in the order of the set.
    pub clocks: Vec<Clock>,
    /// When it last did anything.
    pub last_deed: Option<Noted>,
    /// Deeds so far.
    pub deeds: usize,
}

/// How early the clocks would have warned of what an authority found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Warned {
    /// The chamber.
    pub chamber: PartyId,
    /// When it was flagged or dissolved.
    pub flagged: Noted,
    /// Months from the first light that was not green, and stayed so, until then; none when all were green.
    pub yellow_months: Option<i32>,
    /// The same for red.
    pub red_months: Option<i32>,
}

/// What the clocks of a chamber are read from.
struct Ground<'a> {
    done: Vec<&'a Done>,
    /// From when the chamber is a legal person; else founded.
    began: Option<Noted>,
    day: Date,
    /// Whether the log tells of annual reports, contacts, of anybody, by that day.
    knows_checks: bool,
}

/// The clocks of a chamber at the end of a day, under the sets that hold then. Its deeds are sorted, O(d log d), and each clock
/// passes over them once, the annual checks once for each year that they look back on.
#[must_use]
pub fn assess<'a>(
    vitality: &Vitality,
    register: &Register,
    chamber: PartyId,
    day: Occurred,
    sets: impl IntoIterator<Item = &'a DutySet>,
) -> State {
    let number = day.day_number();
    let by_then = |noted: &Noted| noted.occurred.day_number() <= number;
    let done: Vec<&Done> =
        vitality.of(register, chamber).into_iter().filter(|done| by_then(&done.noted)).collect();
    let began = register.legally_registered(chamber).or_else(|| register.founded(chamber)).filter(by_then);
    let knows_checks = vitality.knows_reports(number);
    let ground = Ground { done, began, day: day.last_day(), knows_checks };
    let clocks: Vec<Clock> =
        sets.into_iter().flat_map(|set| &set.chamber).map(|duty| ground.clock(duty)).collect();
    State {
        chamber,
        light: clocks.iter().map(|clock| clock.light).max().unwrap_or(Light::Unknown),
        clocks,
        last_deed: ground.business().last().map(|done| done.noted),
        deeds: ground.business().count(),
    }
}

impl Ground<'_> {
    fn business(&self) -> impl DoubleEndedIterator<Item = &Done> {
        self.done.iter().copied().filter(|done| done.deed == Deed::Business)
    }

    fn clock(&self, duty: &ChamberDuty) -> Clock {
        match duty.clock {
            ChamberClock::ActivitySinceRegistration => self.first_activity(duty),
            ChamberClock::AnnualCheck => self.annual_check(duty),
            ChamberClock::Business => self.business_clock(duty),
            ChamberClock::Contact => self.contact(duty),
            ChamberClock::Term => self.term(duty),
            ChamberClock::Decline => self.decline(duty),
        }
    }

    fn unknown(duty: &ChamberDuty) -> Clock {
        Clock {
            clock: duty.clock,
            light: Light::Unknown,
            since: None,
            due: None,
            days_left: None,
            counts: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// A clock that turns red at the end of so many months.
    fn running(&self, duty: &ChamberDuty, since: Noted, months: i32) -> Clock {
        let start = since.occurred.last_day();
        let due = later(start, months);
        let light = if self.day > due {
            Light::Red
        } else if self.day > later(due, -duty.warn_months) {
            Light::Yellow
        } else {
            Light::Green
        };
        Clock {
            light,
            since: Some(start),
            due: Some(due),
            days_left: Some(days(self.day, due)),
            evidence: vec![since.position],
            ..Self::unknown(duty)
        }
    }

    fn first_activity(&self, duty: &ChamberDuty) -> Clock {
        let Some(began) = self.began else { return Self::unknown(duty) };
        let after = |done: &&Done| done.noted.occurred.last_day() >= began.occurred.first_day();
        match self.business().find(after) {
            Some(first) => Clock {
                light: Light::Green,
                since: Some(began.occurred.last_day()),
                evidence: vec![began.position, first.noted.position],
                ..Self::unknown(duty)
            },
            None => self.running(duty, began, duty.within_months.unwrap_or_default()),
        }
    }

    fn business_clock(&self, duty: &ChamberDuty) -> Clock {
        let since = self.business().next_back().map(|done| done.noted).or(self.began);
        since.map_or_else(
            || Self::unknown(duty),
            |since| self.running(duty, since, duty.within_months.unwrap_or_default()),
        )
    }

    fn term(&self, duty: &ChamberDuty) -> Clock {
        let renewed = self.done.iter().rev().find_map(|done| {
            if let Deed::Term(years) = done.deed { Some((done.noted, years)) } else { None }
        });
        let Some((noted, years)) = renewed else { return Self::unknown(duty) };
        let months = years.map(|years| i32::from(years) * 12).or(duty.within_months);
        self.running(duty, noted, months.unwrap_or(TERM_MONTHS))
    }

    /// Reports missed in a row, up to the last year that had to be reported by the day.
    fn annual_check(&self, duty: &ChamberDuty) -> Clock {
        let (Some(began), Some(limit)) = (self.began, duty.missed.filter(|_| self.knows_checks)) else {
            return Self::unknown(duty);
        };
        let due_in = |year: i16| -> Option<Date> {
            let (month, day) = duty.due.as_deref()?.split_once('-')?;
            Date::new(year.checked_add(1)?, month.parse().ok()?, day.parse().ok()?).ok()
        };
        let filed = |year: i16| {
            self.done
                .iter()
                .find(|done| matches!(done.deed, Deed::AnnualCheck(of) if i32::from(of) == i32::from(year)))
        };
        let first_year = began.occurred.first_day().year();
        let last_due =
            (first_year..self.day.year()).rev().find(|year| due_in(*year).is_some_and(|due| due < self.day));
        let mut missed = 0_usize;
        let mut evidence = vec![began.position];
        let mut year = last_due.unwrap_or(first_year - 1);
        while year >= first_year && filed(year).is_none() {
            missed += 1;
            year -= 1;
        }
        evidence.extend(filed(year).map(|done| done.noted.position));
        let next = last_due.map_or(first_year, |year| year + 1);
        let due = due_in(next).filter(|_| filed(next).is_none());
        let is_near = due.is_some_and(|due| self.day > later(due, -duty.warn_months));
        let light = if missed >= usize::from(limit) {
            Light::Red
        } else if missed > 0 || is_near {
            Light::Yellow
        } else {
            Light::Green
        };
        Clock {
            light,
            since: Some(began.occurred.last_day()),
            due,
            days_left: due.map(|due| days(self.day, due)),
            counts: vec![missed],
            evidence,
            ..Self::unknown(duty)
        }
    }

    fn contact(&self, duty: &ChamberDuty) -> Clock {
        let tries = || {
            self.done.iter().rev().filter_map(|done| {
                if let Deed::Contacted(reached) = done.deed {
                    Some((reached, done.noted.position))
                } else {
                    None
                }
            })
        };
        if tries().next().is_none() {
            return Self::unknown(duty);
        }
        let missed: Vec<Position> = tries().take_while(|(reached, _)| !reached).map(|(_, at)| at).collect();
        let light = match missed.len() {
            0 => Light::Green,
            count if count >= usize::from(duty.missed.unwrap_or(u16::MAX)) => Light::Red,
            _ => Light::Yellow,
        };
        let evidence = tries().map(|(_, at)| at).take(missed.len().max(1)).collect();
        Clock { light, counts: vec![missed.len()], evidence, ..Self::unknown(duty) }
    }

    fn decline(&self, duty: &ChamberDuty) -> Clock {
        let months = duty.within_months.unwrap_or_default();
        let (middle, start) = (later(self.day, -months), later(self.day, -2 * months));
        let between = |from: Date, to: Date| {
            self.business().filter(move |done| {
                let day = done.noted.occurred.last_day();
                from < day && day <= to
            })
        };
        let (now, before) = (between(middle, self.day).count(), between(start, middle).count());
        if before < duty.at_least.unwrap_or_default() {
            return Clock { counts: vec![now, before], ..Self::unknown(duty) };
        }
        let is_less = now * 100 <= before * duty.percent.unwrap_or_default();
        let evidence = between(start, self.day).map(|done| done.noted.position).take(EVIDENCE_MAX).collect();
        Clock {
            light: if is_less { Light::Yellow } else { Light::Green },
            since: Some(start),
            counts: vec![now, before],
            evidence,
            ..Self::unknown(duty)
        }
    }
}

/// How early the clocks would have warned of a chamber that was flagged or dissolved by the day: month by month back
/// from then, knowing what had happened by each: an [`assess`] for each month. None when it was not.
#[must_use]
pub fn warned(
    vitality: &Vitality,
    register: &Register,
    chamber: PartyId,
    day: Occurred,
    sets: &[&DutySet],
) -> Option<Warned> {
    let found = vitality.of(register, chamber).into_iter().find(|done| {
        matches!(done.deed, Deed::Flagged(_) | Deed::Dissolved)
            && done.noted.occurred.day_number() <= day.day_number()
    })?;
    let before = found.noted.occurred.first_day().yesterday().ok()?;
    let light = |months: i32| {
        let at = Occurred::nearest_day(later(before, -months));
        assess(vitality, register, chamber, at, sets.iter().copied()).light
    };
    let lasted = |wanted: Light| {
        let months = (0..=WARNING_MAX_MONTHS).take_while(|months| light(*months) >= wanted).count();
        i32::try_from(months).ok()?.checked_sub(1).filter(|months| *months >= 0)
    };
    Some(Warned {
        chamber,
        flagged: found.noted,
        yellow_months: lasted(Light::Yellow),
        red_months: lasted(Light::Red),
    })
}

/// The day so many months later, or earlier; the last day of a shorter month.
fn later(day: Date, months: i32) -> Date {
    day.checked_add(months.months()).unwrap_or(day)
}

/// Days from one day to another; below zero when the other is past.
fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
