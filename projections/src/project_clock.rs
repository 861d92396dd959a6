//! Clocks of projects (签约未开工、开工未入统): how long one is between two stages, and with which light. The clocks are
//! data, see [`jinqiao_events::duty`].

use jiff::ToSpan;
use jiff::civil::Date;
use jinqiao_events::duty::{DutySet, Light, ProjectDuty};
use jinqiao_events::kinds::project::Stage;
use jinqiao_events::log::Position;
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use crate::ledger::Project;
use crate::register::Noted;

/// One clock of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectClock {
    /// Its name in the set.
    pub clock: String,
    /// Its light; a clock that has ended, or that an end of the project stopped, is green.
    pub light: Light,
    /// When it began.
    pub since: Noted,
    /// When it ended.
    pub until: Option<Noted>,
    /// Days it has run.
    pub days: i32,
    /// When it turns, or turned, yellow.
    pub yellow_from: Option<Date>,
    /// When it turns, or turned, red.
    pub red_from: Option<Date>,
    /// The events that it rests on.
    pub evidence: Vec<Position>,
}

/// The clocks of a project that have begun by the end of a day, under the sets that hold then.
#[must_use]
pub fn clocks<'a>(
    project: &Project,
    day: Occurred,
    sets: impl IntoIterator<Item = &'a DutySet>,
) -> Vec<ProjectClock> {
    let duties = sets.into_iter().flat_map(|set| &set.project);
    duties.filter_map(|duty| clock(project, day, duty)).collect()
}

fn clock(project: &Project, day: Occurred, duty: &ProjectDuty) -> Option<ProjectClock> {
    let today = day.day_number();
    let by_then = |noted: &Noted| noted.occurred.day_number() <= today;
    let since = reached(project, duty.since).filter(by_then)?;
    let until = reached(project, duty.until).filter(by_then);
    let stopped = project.stopped(day);
    let start = since.occurred.last_day();
    let end = until.or(stopped).map_or(today, |noted| noted.occurred.day_number());
    let from = |months: i32| start.checked_add(months.months()).ok();
    let (yellow_from, red_from) = (from(duty.yellow_months), duty.red_months.and_then(from));
    let is_past = |from: Option<Date>| from.is_some_and(|from| day.last_day() > from);
    let light = match () {
        () if until.is_some() || stopped.is_some() => Light::Green,
        () if is_past(red_from) => Light::Red,
        () if is_past(yellow_from) => Light::Yellow,
        () => Light::Green,
    };
    let evidence = [Some(since), until.or(stopped)].into_iter().flatten().map(|noted| noted.position);
    Some(ProjectClock {
        clock: duty.clock.clone(),
        light,
        since,
        until,
        days: end - since.occurred.day_number(),
        yellow_from,
        red_from,
        evidence: evidence.collect(),
    })
}

/// When a project reached a stage: of the main line, that one or one beyond it; a mark beside it only by itself. 签约 is
/// reached by a signing too.
#[must_use]
pub fn reached(project: &Project, stage: Stage) -> Option<Noted> {
    let is_there = |said: Stage| {
        let on_main_line = |stage: Stage| stage <= Stage::Expanding;
        said == stage || (on_main_line(stage) && on_main_line(said) && said > stage)
    };
    let said = project.stages.iter().filter(|(said, _)| is_there(*said)).map(|(_, noted)| *noted).min();
    let signed = project.signings.iter().map(|signed| signed.noted).min().filter(|_| stage == Stage::Signed);
    [said, signed].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use jinqiao_events::duty;
    use serde_json::json;

    use super::*;
    use crate::story::Story;

    fn signed() -> Story {
        let mut story = Story::default();
        let body = json!({"project": "P", "title": "项目", "investors": ["某企业"], "agreement": "contract"});
        story.tell_on("2025-01-10", "project_signed", &body);
        story
    }

    fn at(story: &Story, day: &str) -> Vec<(String, Light)> {
        let views = story.views();
        let project = views.ledger.project(&"P".to_owned().try_into().unwrap()).unwrap().clone();
        let day = day.parse().unwrap();
        clocks(&project, day, duty::in_force(day)).into_iter().map(|it| (it.clock, it.light)).collect()
    }

    #[test]
    fn what_is_signed_and_not_started_for_three_months_is_yellow_until_it_starts() {
        let mut story = signed();
        let light = |story: &Story, day: &str| at(story, day)[0].1;
        assert_eq!(light(&story, "2025-04-10"), Light::Green);
        assert_eq!(light(&story, "2025-04-11"), Light::Yellow);
        story.tell_on("2025-06-01", "project_stage_changed", &json!({"project": "P", "stage": "building"}));
        assert_eq!(light(&story, "2025-05-31"), Light::Yellow, "as of a day before it");
        assert_eq!(light(&story, "2025-06-01"), Light::Green, "a stage beyond the start is a start");
    }

    #[test]
    fn what_is_started_and_not_in_statistics_turns_yellow_and_red() {
        let mut story = signed();
        story.tell_on("2025-02-01", "project_stage_changed", &json!({"project": "P", "stage": "started"}));
        let light = |story: &Story, day: &str| at(story, day)[1].1;
        assert_eq!(light(&story, "2025-03-01"), Light::Green);
        assert_eq!(light(&story, "2025-03-02"), Light::Yellow);
        assert_eq!(light(&story, "2025-04-02"), Light::Red);
        story.tell_on("2025-05-01", "project_stage_changed", &json!({"project": "P", "stage": "completed"}));
        assert_eq!(light(&story, "2025-05-02"), Light::Red, "completed is not in statistics");
        story.tell_on(
            "2025-05-03",
            "project_stage_changed",
            &json!({"project": "P", "stage": "in_statistics"}),
        );
        assert_eq!(light(&story, "2025-05-03"), Light::Green);
    }

    #[test]
    fn a_stop_that_was_recorded_late_stops_only_what_did_not_go_on() {
        let mut story = signed();
        story.tell_on("2025-02-20", "project_stage_changed", &json!({"project": "P", "stage": "started"}));
        story.tell_on("2025-02-01", "project_stage_changed", &json!({"project": "P", "stage": "paused"}));
        assert_eq!(at(&story, "2025-06-01")[1].1, Light::Red, "it was started again after the pause");
        assert_eq!(at(&story, "2025-02-10"), [("signed_not_started".to_owned(), Light::Green)]);
        story.tell_on("2025-03-10", "project_stage_changed", &json!({"project": "P", "stage": "paused"}));
        assert_eq!(at(&story, "2025-06-01")[1].1, Light::Green);
    }

    #[test]
    fn an_end_stops_every_clock() {
        let mut story = signed();
        story.tell_on(
            "2025-03-01",
            "project_stage_changed",
            &json!({"project": "P", "stage": "cancelled", "reason": "投资方放弃"}),
        );
        assert_eq!(at(&story, "2026-01-01")[0].1, Light::Green);
    }
}
