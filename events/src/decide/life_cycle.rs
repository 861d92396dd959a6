//! The life cycle of a project (项目全生命周期): what may follow what, by the days on which it happened, so that
//! what is recorded late falls into its place.
//!
//! The main line goes forward; stages may be skipped, since office files tell only where a project stands. 入统 and
//! 入规 are marks beside it. What was ended, dissolved or removed goes on only once it is revived (盘活). A project
//! marked as a duplicate goes by its other key from then on. Dates that overlap (a lead of `2020`, a signing of
//! `2020-12-01`) are no order: what is said later is refused only where none of the places among what already stands in
//! order lets it in. What stands is not put in another order for it.

mod course;

pub use course::{Course, Standing, Step, told_of};

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::project::{Likeness, ProjectDuplicateMarked, ProjectTransferred, Stage};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::occurred::Occurred;
use crate::value::region::Region;

/// What is known of each project.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LifeCycle {
    projects: Layered<RecordKey, Known>,
}

/// What is known of one project.
#[derive(Debug, Clone, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Known {
    course: Course,
    /// The project that it goes by since it was marked as a duplicate.
    goes_by: Option<RecordKey>,
    /// The district that took it last, and when.
    taken: Option<(Occurred, Region)>,
}

impl Rule for LifeCycle {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, _registry: &Roll) -> Result<(), Refusal> {
        let on = draft.occurred;
        match &draft.event {
            Event::LeadReported(event) => self.goes_by_its_key(&event.project),
            Event::FirstNegotiationClaimed(event) => self.goes_by_its_key(&event.project),
            Event::ReferrerFiled(event) => self.goes_by_its_key(&event.project),
            Event::ProjectSigned(event) => self.may_reach(&event.project, on, Stage::Signed),
            Event::ProjectStageChanged(event) => self.may_reach(&event.project, on, event.stage),
            Event::FundsArrived(event) => self.may_receive(&event.project, on),
            Event::ProjectTransferred(event) => self.may_transfer(event, on),
            Event::ProjectDuplicateMarked(event) => self.may_mark(event),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        let on = recorded.occurred;
        if let Some(project) = told_of(&recorded.event) {
            self.projects.update(project.clone(), |known| known.course.apply(recorded));
        }
        match &recorded.event {
            Event::ProjectTransferred(event) => self.projects.update(event.project.clone(), |known| {
                if known.taken.is_none_or(|(day, _)| day <= on) {
                    known.taken = Some((on, event.to_region));
                }
            }),
            Event::ProjectDuplicateMarked(event) if event.finding == Likeness::Duplicate => {
                self.projects.update(event.project.clone(), |known| known.goes_by = Some(event.of.clone()));
            }
            _ => {}
        }
    }

    layers! { projects }
}

impl LifeCycle {
    /// Where a project stands by all that was said of it; none of one that no event tells of.
    #[must_use]
    pub fn standing(&self, project: &RecordKey) -> Option<Standing> {
        self.projects.get(project).map(|known| known.course.standing_at_last())
    }

    fn goes_by_its_key(&self, project: &RecordKey) -> Result<(), Refusal> {
        match self.projects.get(project).and_then(|known| known.goes_by.as_ref()) {
            None => Ok(()),
            Some(other) => Err(Refusal::conflict(
                "project_merged",
                "/body/project",
                format!("项目「{project}」已认定与「{other}」重复；请改记在「{other}」名下"),
                format!("project {project} was found to be {other}; record this of {other}"),
            )),
        }
    }

    fn may_reach(&self, project: &RecordKey, on: Occurred, stage: Stage) -> Result<(), Refusal> {
        self.goes_by_its_key(project)?;
        self.projects.get(project).map_or(Ok(()), |known| known.course.admits(on, stage))
    }

    fn may_receive(&self, project: &RecordKey, on: Occurred) -> Result<(), Refusal> {
        self.goes_by_its_key(project)?;
        match self.projects.get(project).and_then(|known| known.course.stopped(on)) {
            None => Ok(()),
            Some(stopped) => {
                let (zh, en) = stopped.labels();
                Err(Refusal::conflict(
                    "stage_order",
                    "/body/project",
                    format!("这一天项目已「{zh}」，不能再登记到位资金；请核对日期，或先登记盘活"),
                    format!(
                        "on that day the project was {en}: no funds arrive; check the date, or record that it was revived"
                    ),
                ))
            }
        }
    }

    fn may_transfer(&self, event: &ProjectTransferred, on: Occurred) -> Result<(), Refusal> {
        self.goes_by_its_key(&event.project)?;
        if event.from_region == event.to_region {
            return Err(Refusal::invalid(
                "same_region",
                "/body/to_region",
                "流出与流入是同一个地区；请核对",
                "the project is moved to where it was; check the two regions",
            ));
        }
        if event.from_percent.is_some_and(|percent| percent > 100) {
            return Err(Refusal::invalid(
                "share_range",
                "/body/from_percent",
                "流出地的份额须在 0 与 100 之间",
                "the share that is kept is a percentage from 0 to 100",
            ));
        }
        let Some(known) = self.projects.get(&event.project) else {
            return Err(unknown(&event.project, "project"));
        };
        match known.taken {
            Some((day, region)) if day <= on && region != event.from_region => Err(Refusal::conflict(
                "transfer_from",
                "/body/from_region",
                format!(
                    "该项目上次流转到了{}，不能从{}流出；请核对",
                    region.name_zh(),
                    event.from_region.name_zh()
                ),
                format!(
                    "the project was last moved to {}, not {}; check",
                    region.code(),
                    event.from_region.code()
                ),
            )),
            _ => Ok(()),
        }
    }

    fn may_mark(&self, event: &ProjectDuplicateMarked) -> Result<(), Refusal> {
        if event.project == event.of {
            return Err(Refusal::invalid(
                "self_edge",
                "/body/of",
                "一个项目不会与它自己重复；请填写另一个项目的编号",
                "a project is no duplicate of itself; name another project",
            ));
        }
        for (field, project) in [("project", &event.project), ("of", &event.of)] {
            if self.projects.get(project).is_none() {
                return Err(unknown(project, field));
            }
        }
        if event.finding == Likeness::Distinct {
            return Ok(());
        }
        self.goes_by_its_key(&event.project)?;
        match self.projects.get(&event.of).and_then(|known| known.goes_by.as_ref()) {
            None => Ok(()),
            Some(other) => Err(Refusal::conflict(
                "project_merged",
                "/body/of",
                format!("「{}」自己已并入「{other}」；请直接指向「{other}」", event.of),
                format!("{} itself goes by {other}; name {other}", event.of),
            )),
        }
    }
}

fn unknown(project: &RecordKey, field: &str) -> Refusal {
    Refusal::missing(
        "project_unknown",
        &format!("/body/{field}"),
        format!("没有编号为「{project}」的项目；请先登记线索或签约，或核对编号"),
        format!("no project {project}; record its lead or signing first, or check its key"),
    )
}

fn out_of_order(before: Option<Stage>, stage: Stage) -> Refusal {
    let (zh, en) = stage.labels();
    let (before_zh, before_en) = before.map_or(("尚无记录", "nothing"), Stage::labels);
    let way = if stage == Stage::Revived {
        "没有停下的项目无需盘活"
    } else if before.is_some_and(|before| before > Stage::Paused) {
        "停下的项目要先登记盘活"
    } else {
        "请核对阶段与日期，或先补登中间缺少的签约与阶段"
    };
    Refusal::conflict(
        "stage_order",
        "/body/stage",
        format!("项目在「{before_zh}」之后不能是「{zh}」；{way}"),
        format!(
            "after {before_en:?} a project cannot be {en:?}; check stage and date, or record what is missing between"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{When, draft, event, given, id};
    use super::*;

    fn on(day: &str, event: Event) -> Draft {
        Draft { occurred: day.parse().unwrap(), ..draft(id(1), event) }
    }

    fn lead() -> Event {
        event("lead_reported", r#"{"project":"P","title":"园","reporter":"某商会"}"#)
    }

    fn signed() -> Event {
        event(
            "project_signed",
            r#"{"project":"P","title":"园","investors":["云岭集团"],"agreement":"contract"}"#,
        )
    }

    fn stage(stage: Stage) -> Event {
        let word = serde_json::to_string(&stage).unwrap();
        event("project_stage_changed", &format!(r#"{{"project":"P","stage":{word}}}"#))
    }

    fn told(days: &[(&str, Event)], day: &str, last: Event) -> When {
        let mut rules = super::super::Rules::default();
        for (n, (day, event)) in (1..).zip(days) {
            let draft = Draft { id: id(n), ..on(day, event.clone()) };
            rules.decide(draft, jiff::Timestamp::UNIX_EPOCH).expect("a story tells what may be said");
        }
        When::asked(rules, Draft { id: id(99), ..on(day, last) })
    }

    #[test]
    fn the_main_line_goes_forward_and_stages_may_be_skipped() {
        use Stage::{Building, Completed, FullCapacity, Producing, Registered, Started};
        let line = [Registered, Started, Building, Completed, Producing, FullCapacity];
        for (at, earlier) in line.iter().enumerate() {
            for later in &line[at..] {
                given([lead(), signed(), stage(*earlier)]).when(stage(*later)).then_recorded(|_| {});
            }
            for before in &line[..at] {
                given([lead(), signed(), stage(*earlier)])
                    .when(stage(*before))
                    .then_refused_at("stage_order", "/body/stage");
            }
        }
        given([signed(), stage(Started), stage(Stage::InStatistics)])
            .when(stage(Building))
            .then_recorded(|_| {});
        given([signed(), stage(Completed)]).when(stage(Stage::InStatistics)).then_recorded(|_| {});
        given([signed(), stage(Stage::LandApproved)]).when(stage(Registered)).then_recorded(|_| {});
    }

    #[test]
    fn nothing_is_built_before_it_is_signed_and_no_mark_before_its_stage() {
        given([lead()]).when(stage(Stage::Started)).then_refused("stage_order");
        given([lead()]).when(stage(Stage::Appraisal)).then_recorded(|_| {});
        given([signed()]).when(stage(Stage::InStatistics)).then_refused("stage_order");
        given([signed(), stage(Stage::Started)]).when(stage(Stage::AboveScale)).then_refused("stage_order");
        given([signed(), stage(Stage::Producing)]).when(stage(Stage::AboveScale)).then_recorded(|_| {});
    }

    #[test]
    fn what_stopped_goes_on_only_when_revived_and_a_pause_by_itself() {
        for stop in [Stage::Ended, Stage::Cancelled] {
            given([signed(), stage(stop)]).when(stage(Stage::Started)).then_refused("stage_order");
            given([signed(), stage(stop)]).when(signed()).then_refused("stage_order");
            given([signed(), stage(stop), stage(Stage::Revived)])
                .when(stage(Stage::Started))
                .then_recorded(|_| {});
        }
        given([signed(), stage(Stage::Paused)]).when(stage(Stage::Started)).then_recorded(|_| {});
        given([signed()]).when(stage(Stage::Revived)).then_refused("stage_order");
        given([lead()]).when(stage(Stage::Cancelled)).then_refused("stage_order");
        given([lead()]).when(stage(Stage::Ended)).then_recorded(|_| {});
        given([signed()]).when(stage(Stage::Cleared)).then_refused("stage_order");
        given([signed(), stage(Stage::Registered)]).when(stage(Stage::Cleared)).then_recorded(|_| {});
    }

    #[test]
    fn an_expansion_begins_another_round() {
        let story = [signed(), stage(Stage::Producing), stage(Stage::Expanding)];
        for next in [Stage::Started, Stage::Building, Stage::FullCapacity] {
            given(story.clone()).when(stage(next)).then_recorded(|_| {});
        }
        given([signed()]).when(stage(Stage::Expanding)).then_refused("stage_order");
    }

    #[test]
    fn a_refusal_names_the_state_that_stands_against_it() {
        let refusal = out_of_order(Some(Stage::Ended), Stage::Started);
        assert!(refusal.zh.contains("终止") && refusal.zh.contains("已开工") && refusal.zh.contains("盘活"));
        assert!(refusal.en.contains("ended") && refusal.en.contains("started"));
    }

    #[test]
    fn what_is_recorded_late_falls_into_its_place() {
        let story = [("2018-01-05", signed()), ("2018-09-01", stage(Stage::Producing))];
        told(&story, "2018-05-01", stage(Stage::Started)).then_recorded(|_| {});
        told(&story, "2018-10-01", stage(Stage::Started)).then_refused("stage_order");
        told(&story, "2017-12-01", stage(Stage::Started)).then_refused("stage_order");
        told(&story, "2018-05-01", stage(Stage::Ended)).then_refused("stage_order");
        told(&story, "2017-11", lead()).then_recorded(|_| {});
    }

    #[test]
    fn dates_that_overlap_are_taken_in_an_order_that_fits() {
        // The lead of a year may have come before a signing of its last month; of the next year it cannot.
        told(&[("2020", lead())], "2020-12-01", signed()).then_recorded(|_| {});
        told(&[("2020-12-01", signed())], "2020", stage(Stage::Negotiating)).then_recorded(|_| {});
        told(&[("2020-12-01", signed())], "2021", stage(Stage::Negotiating)).then_refused("stage_order");
        told(&[("2020", lead())], "2019-12-01", signed()).then_refused("stage_order");
        // What was put before the signing stays there: started after it, not talked of after it.
        let story = [("2020", lead()), ("2020-12-01", signed()), ("2020-12-05", stage(Stage::Started))];
        told(&story, "2020-12", stage(Stage::Registered)).then_recorded(|_| {});
        let talked = [("2020-01-01", lead()), ("2020-05", stage(Stage::Negotiating))];
        told(&talked, "2020-05", stage(Stage::Qualified)).then_recorded(|_| {});
        told(&story, "2020-12-06", stage(Stage::Negotiating)).then_refused("stage_order");
        told(&story, "2020-11", stage(Stage::Producing)).then_refused("stage_order");
        let funds = event("funds_arrived", r#"{"project":"P","instalment":1,"amount":"1万元"}"#);
        let ended = [("2018-01-05", signed()), ("2018-06-01", stage(Stage::Ended))];
        told(&ended, "2018", funds.clone()).then_recorded(|_| {});
        told(&ended, "2019", funds).then_refused_at("stage_order", "/body/project");
    }

    #[test]
    fn money_does_not_arrive_after_the_end() {
        let funds = event("funds_arrived", r#"{"project":"P","instalment":1,"amount":"1万元"}"#);
        let story = [("2018-01-05", signed()), ("2018-06-01", stage(Stage::Ended))];
        told(&story, "2018-05-01", funds.clone()).then_recorded(|_| {});
        told(&story, "2018-07-01", funds).then_refused_at("stage_order", "/body/project");
    }

    fn marked(project: &str, of: &str, finding: &str) -> Event {
        let body = format!(r#"{{"project":"{project}","of":"{of}","finding":"{finding}","reason":"查重"}}"#);
        event("project_duplicate_marked", &body)
    }

    fn other_lead() -> Event {
        event("lead_reported", r#"{"project":"Q","title":"园","reporter":"某商会"}"#)
    }

    #[test]
    fn a_duplicate_goes_by_its_other_key_from_then_on() {
        let story = [lead(), other_lead(), marked("Q", "P", "duplicate")];
        given(story.clone()).when(other_lead()).then_refused_at("project_merged", "/body/project");
        given(story.clone()).when(marked("Q", "P", "duplicate")).then_refused("project_merged");
        given(story.clone())
            .when(marked("P", "Q", "duplicate"))
            .then_refused_at("project_merged", "/body/of");
        given(story).when(signed()).then_recorded(|_| {});
        given([lead(), other_lead(), marked("Q", "P", "distinct")]).when(other_lead()).then_recorded(|_| {});
        given([lead()]).when(marked("P", "Q", "duplicate")).then_refused_at("project_unknown", "/body/of");
        given([lead()]).when(marked("P", "P", "distinct")).then_refused_at("self_edge", "/body/of");
    }

    fn moved(from: &str, to: &str, rest: &str) -> Event {
        let body = format!(r#"{{"project":"P","from_region":"{from}","to_region":"{to}"{rest}}}"#);
        event("project_transferred", &body)
    }

    #[test]
    fn a_project_moves_from_where_it_is_to_somewhere_else() {
        given([lead()]).when(moved("370211", "370214", "")).then_recorded(|_| {});
        given([]).when(moved("370211", "370214", "")).then_refused_at("project_unknown", "/body/project");
        given([lead()]).when(moved("370211", "370211", "")).then_refused_at("same_region", "/body/to_region");
        given([lead()]).when(moved("370211", "370214", r#","from_percent":101"#)).then_refused("share_range");
        given([lead(), moved("370211", "370214", "")])
            .when(moved("370211", "370281", ""))
            .then_refused_at("transfer_from", "/body/from_region");
        given([lead(), moved("370211", "370214", "")])
            .when(moved("370214", "370281", ""))
            .then_recorded(|_| {});
    }
}
