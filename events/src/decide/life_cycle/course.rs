//! The course of one project: its stages in an order in which they may follow each other, and where it stands at each
//! place. The rule judges by it and the ledger reads it, so that both name the same standing.

use super::out_of_order;
use crate::decide::Refusal;
use crate::kinds::project::{Signing, Stage};
use crate::kinds::{Event, RecordKey};
use crate::log::{Position, Recorded};
use crate::value::occurred::Occurred;

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

/// One thing that was said of where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Step {
    /// When it came there.
    pub occurred: Occurred,
    /// The event that says so.
    pub position: Position,
    /// Where it came.
    pub stage: Stage,
}

/// The course of one project.
#[derive(Debug, Clone, Default, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Course {
    /// What ended before another began stands before it; steps of one day, and those whose dates overlap, stand in an
    /// order in which they may follow each other.
    steps: Vec<Step>,
}

/// The project of whose course an event tells.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "a course is made of these kinds only")]
pub fn told_of(event: &Event) -> Option<&RecordKey> {
    match event {
        Event::LeadReported(event) => Some(&event.project),
        Event::FirstNegotiationClaimed(event) => Some(&event.project),
        Event::ProjectSigned(event) if event.signing == Some(Signing::Increment) => None,
        Event::ProjectSigned(event) => Some(&event.project),
        Event::ProjectStageChanged(event) => Some(&event.project),
        _ => None,
    }
}

impl Course {
    /// Takes in an event of this project; others say nothing. Events come in the order of the log: of dates that
    /// overlap, it says what was put where. Signings and changes of stage are judged before they are recorded and stand
    /// where they fit, else by their date. Leads and claims to the first talks are taken at any time: one that fits
    /// nowhere, or tells of a project that had stopped, moves nothing. Linear in the steps for each place that is tried.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a course is made of these kinds only")]
    pub fn apply(&mut self, recorded: &Recorded) {
        let Recorded { occurred, position, .. } = *recorded;
        let step = |occurred, stage| Step { occurred, position, stage };
        match &recorded.event {
            Event::LeadReported(_) => self.heed(step(occurred, Stage::Lead)),
            Event::FirstNegotiationClaimed(event) => {
                self.heed(step(event.talks_began.unwrap_or(occurred), Stage::Negotiating));
            }
            Event::ProjectSigned(event) if event.signing == Some(Signing::Increment) => {}
            Event::ProjectSigned(_) => self.insert(step(occurred, Stage::Signed)),
            Event::ProjectStageChanged(event) => self.insert(step(occurred, event.stage)),
            _ => {}
        }
    }

    /// Where the project stands at the end of a day, by what had come by then. Linear.
    #[must_use]
    pub fn standing_on(&self, day: Occurred) -> Standing {
        self.until(day).fold(Standing::default(), |standing, step| standing.then(step.stage))
    }

    /// What stopped the project, where it stands stopped at the end of a day. Linear.
    #[must_use]
    pub fn stop_on(&self, day: Occurred) -> Option<Step> {
        let stopped = self.standing_on(day).stopped?;
        self.until(day).filter(|step| step.stage == stopped).last().copied()
    }

    /// Where it stands by all that was said.
    pub(super) fn standing_at_last(&self) -> Standing {
        self.standing(self.steps.len())
    }

    fn until(&self, day: Occurred) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.occurred.day_number() <= day.day_number())
    }

    /// Between which places of the order something of that date may stand: after all that ended before it began, before
    /// all that began after it ended. What overlaps (`2020` and `2020-12-01`) may have come in either order.
    fn places(&self, on: Occurred) -> std::ops::RangeInclusive<usize> {
        let first =
            self.steps.iter().rposition(|step| step.occurred.comes_before(on)).map_or(0, |last| last + 1);
        let last = self.steps.iter().position(|step| on.ended_before(step.occurred));
        first..=last.unwrap_or(self.steps.len()).max(first)
    }

    /// The places, that by the order of dates first, then the latest.
    fn tried(&self, on: Occurred) -> impl Iterator<Item = usize> + use<> {
        let places = self.places(on);
        let by_date = self.steps.iter().take_while(|step| step.occurred <= on).count();
        let by_date = by_date.clamp(*places.start(), *places.end());
        std::iter::once(by_date).chain(places.rev().filter(move |place| *place != by_date))
    }

    /// Where the project stands after the first so many steps.
    fn standing(&self, place: usize) -> Standing {
        self.steps.iter().take(place).fold(Standing::default(), |standing, step| standing.then(step.stage))
    }

    /// Puts a step where it fits; one that fits nowhere (history was corrected since) goes where its date says.
    fn insert(&mut self, step: Step) {
        let mut tried = self.tried(step.occurred).peekable();
        let by_date = tried.peek().copied().unwrap_or_default();
        let place = tried.find(|place| self.fits(*place, step.stage).is_ok()).unwrap_or(by_date);
        self.steps.insert(place, step);
    }

    /// Puts a step that nobody judged where it fits and nothing had stopped the project; else nowhere.
    fn heed(&mut self, step: Step) {
        let goes_on = |place: &usize| self.standing(*place).stopped.is_none();
        let fits = |place: &usize| goes_on(place) && self.fits(*place, step.stage).is_ok();
        if let Some(place) = self.tried(step.occurred).find(fits) {
            self.steps.insert(place, step);
        }
    }

    /// Whether the stage fits somewhere between what surely came before that date and what surely came after it.
    pub(super) fn admits(&self, on: Occurred, stage: Stage) -> Result<(), Refusal> {
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
        match self.steps.get(place).map(|step| step.stage) {
            Some(next) if !before.then(stage).may_be_followed_by(next) && before.may_be_followed_by(next) => {
                Err(out_of_order(Some(stage), next))
            }
            _ => Ok(()),
        }
    }

    /// What had stopped the project for good on that date, whichever order overlapping dates came in.
    pub(super) fn stopped(&self, on: Occurred) -> Option<Stage> {
        let stopped = |place| self.standing(place).stopped.filter(|stopped| *stopped != Stage::Paused);
        let by_date = self.tried(on).next().unwrap_or_default();
        stopped(by_date).filter(|_| self.places(on).all(|place| stopped(place).is_some()))
    }
}
