//! The life cycle of a project (项目全生命周期): what may follow what, by the days on which it happened, so that
//! what is recorded late falls into its place.
//!
//! The main line goes forward; stages may be skipped, since office files tell only where a project stands. 入统 and
//! 入规 are marks beside it. What was ended, dissolved or removed goes on only once it is revived (盘活). A project
//! marked as a duplicate goes by its other key from then on. Dates that overlap (a lead of `2020`, a signing of
//! `2020-12-01`) are no order: something is refused only where no order of them lets it in.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::kinds::project::{Likeness, ProjectDuplicateMarked, ProjectTransferred, Signing, Stage};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::occurred::Occurred;
use crate::value::region::Region;

/// What is known of the course of each project.
#[derive(Debug, Default)]
pub struct LifeCycle {
    courses: Layered<RecordKey, Course>,
}

/// The course of one project.
#[derive(Debug, Clone, Default)]
struct Course {
    /// Stages with their dates: what ended before another began stands before it; those of one day, and those whose
    /// dates overlap, stand in an order in which they may follow each other.
    stages: Vec<(Occurred, Stage)>,
    /// The project that it goes by since it was marked as a duplicate.
    goes_by: Option<RecordKey>,
    /// The district that took it last, and when.
    taken: Option<(Occurred, Region)>,
}

/// Where a project stands at one moment of its course.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The furthest that it came on the main line, in this round.
    pub reached: Option<Stage>,
    /// What stopped it, until it goes on.
    pub stopped: Option<Stage>,
    /// Whether anything was signed.
    pub signed: bool,
}

impl Standing {
    /// What people call it: what stopped it, else how far it came.
    #[must_use]
    pub fn word(self) -> Option<Stage> {
        self.stopped.or(self.reached)
    }

    /// Where it stands after a stage, whether or not that may follow.
    #[must_use]
    pub fn then(self, stage: Stage) -> Self {
        let signed = self.signed || stage == Stage::Signed;
        match stage {
            Stage::InStatistics | Stage::AboveScale => Self { signed, ..self },
            Stage::Paused | Stage::Ended | Stage::Cancelled | Stage::Cleared => {
                Self { stopped: Some(stage), signed, ..self }
            }
            Stage::Revived => Self { stopped: None, signed, ..self },
            Stage::Lead
            | Stage::Qualified
            | Stage::Negotiating
            | Stage::Appraisal
            | Stage::Signed
            | Stage::Registered
            | Stage::LandApproved
            | Stage::Started
            | Stage::Building
            | Stage::Completed
            | Stage::Producing
            | Stage::FullCapacity
            | Stage::Expanding => {
                // A later lead, or a signing that only raises the status, does not take a project back.
                let is_old_news = matches!(stage, Stage::Lead | Stage::Signed)
                    && self.reached != Some(Stage::Expanding)
                    && self.reached > Some(stage);
                if is_old_news {
                    Self { signed, ..self }
                } else {
                    Self { reached: Some(stage), stopped: None, signed }
                }
            }
        }
    }

    /// Whether a stage may follow.
    #[must_use]
    pub fn may_be_followed_by(self, stage: Stage) -> bool {
        let reached = self.reached.unwrap_or(Stage::Lead);
        let goes_on = self.stopped.is_none_or(|stopped| stopped == Stage::Paused);
        match stage {
            Stage::Revived => self.stopped.is_some(),
            Stage::Ended => goes_on,
            Stage::Paused => self.stopped.is_none(),
            Stage::Cancelled => goes_on && self.signed,
            Stage::Cleared => goes_on && self.signed && reached >= Stage::Registered,
            Stage::InStatistics => goes_on && reached >= Stage::Started,
            Stage::AboveScale => goes_on && reached >= Stage::Producing,
            Stage::Expanding => goes_on && self.signed && reached >= Stage::Started,
            Stage::Signed => goes_on,
            // 注册 and 拿地 come in either order.
            Stage::Registered if reached != Stage::Expanding => {
                goes_on && self.signed && reached <= Stage::LandApproved
            }
            Stage::Lead | Stage::Qualified | Stage::Negotiating | Stage::Appraisal => {
                goes_on && reached <= stage
            }
            Stage::Registered
            | Stage::LandApproved
            | Stage::Started
            | Stage::Building
            | Stage::Completed
            | Stage::Producing
            | Stage::FullCapacity => {
                goes_on && self.signed && (reached <= stage || reached == Stage::Expanding)
            }
        }
    }
}

impl Course {
    /// Between which places of the order something of that date may stand: after all that ended before it began, before
    /// all that began after it ended. What overlaps (`2020` and `2020-12-01`) may have come in either order.
    fn places(&self, on: Occurred) -> std::ops::RangeInclusive<usize> {
        let first = self.stages.iter().rposition(|(day, _)| day.comes_before(on)).map_or(0, |last| last + 1);
        let last = self.stages.iter().position(|(day, _)| on.ended_before(*day));
        first..=last.unwrap_or(self.stages.len()).max(first)
    }

    /// The places, that by the order of dates first, then the latest.
    fn tried(&self, on: Occurred) -> impl Iterator<Item = usize> + use<> {
        let places = self.places(on);
        let by_date = self.stages.iter().take_while(|(day, _)| *day <= on).count();
        let by_date = by_date.clamp(*places.start(), *places.end());
        std::iter::once(by_date).chain(places.rev().filter(move |place| *place != by_date))
    }

    /// Where the project stands after the first so many stages.
    fn standing(&self, place: usize) -> Standing {
        let before = self.stages.iter().take(place);
        before.fold(Standing::default(), |standing, (_, stage)| standing.then(*stage))
    }

    /// Puts a stage where it fits; one that the rules never judged goes where its date says.
    fn insert(&mut self, on: Occurred, stage: Stage) {
        let mut tried = self.tried(on).peekable();
        let by_date = tried.peek().copied().unwrap_or_default();
        let place = tried.find(|place| self.fits(*place, stage).is_ok()).unwrap_or(by_date);
        self.stages.insert(place, (on, stage));
    }

    /// Whether the stage fits somewhere between what surely came before that date and what surely came after it.
    fn admits(&self, on: Occurred, stage: Stage) -> Result<(), Refusal> {
        let mut refusal = Ok(());
        for place in self.tried(on) {
            match self.fits(place, stage) {
                Ok(()) => return Ok(()),
                // What stands against the order of the dates says most.
                Err(why) => refusal = refusal.and(Err(why)),
            }
        }
        refusal
    }

    /// Whether the stage fits between what stands before a place and what stands behind it.
    fn fits(&self, place: usize, stage: Stage) -> Result<(), Refusal> {
        let before = self.standing(place);
        if !before.may_be_followed_by(stage) {
            return Err(out_of_order(before.word(), stage));
        }
        match self.stages.get(place) {
            Some((_, next))
                if !before.then(stage).may_be_followed_by(*next) && before.may_be_followed_by(*next) =>
            {
                Err(out_of_order(Some(stage), *next))
            }
            _ => Ok(()),
        }
    }

    /// What had stopped the project for good on that date, whichever order overlapping dates came in.
    fn stopped(&self, on: Occurred) -> Option<Stage> {
        let stopped = |place| self.standing(place).stopped.filter(|stopped| *stopped != Stage::Paused);
        let by_date = self.tried(on).next().unwrap_or_default();
        stopped(by_date).filter(|_| self.places(on).all(|place| stopped(place).is_some()))
    }
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
        match &recorded.event {
            Event::LeadReported(event) => self.reach(&event.project, on, Stage::Lead),
            Event::FirstNegotiationClaimed(event) => {
                self.reach(&event.project, event.talks_began.unwrap_or(on), Stage::Negotiating);
            }
            Event::ProjectSigned(event) if event.signing == Some(Signing::Increment) => {}
            Event::ProjectSigned(event) => self.reach(&event.project, on, Stage::Signed),
            Event::ProjectStageChanged(event) => self.reach(&event.project, on, event.stage),
            Event::ProjectTransferred(event) => self.courses.update(event.project.clone(), |course| {
                if course.taken.is_none_or(|(day, _)| day <= on) {
                    course.taken = Some((on, event.to_region));
                }
            }),
            Event::ProjectDuplicateMarked(event) if event.finding == Likeness::Duplicate => {
                self.courses.update(event.project.clone(), |course| course.goes_by = Some(event.of.clone()));
            }
            _ => {}
        }
    }

    layers! { courses }
}

impl LifeCycle {
    fn reach(&mut self, project: &RecordKey, on: Occurred, stage: Stage) {
        self.courses.update(project.clone(), |course| course.insert(on, stage));
    }

    fn goes_by_its_key(&self, project: &RecordKey) -> Result<(), Refusal> {
        match self.courses.get(project).and_then(|course| course.goes_by.as_ref()) {
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
        self.courses.get(project).map_or(Ok(()), |course| course.admits(on, stage))
    }

    fn may_receive(&self, project: &RecordKey, on: Occurred) -> Result<(), Refusal> {
        self.goes_by_its_key(project)?;
        match self.courses.get(project).and_then(|course| course.stopped(on)) {
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
        let Some(course) = self.courses.get(&event.project) else {
            return Err(unknown(&event.project, "project"));
        };
        match course.taken {
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
            if self.courses.get(project).is_none() {
                return Err(unknown(project, field));
            }
        }
        if event.finding == Likeness::Distinct {
            return Ok(());
        }
        self.goes_by_its_key(&event.project)?;
        match self.courses.get(&event.of).and_then(|course| course.goes_by.as_ref()) {
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
