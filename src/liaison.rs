//! What firms and chambers asked for, and what became of it (诉求、直通车、后续跟进), as doors hand it out.

use jinqiao_events::duty::{self, Light, NeedDuty};
use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::united_front::SuggestionStatus;
use jinqiao_events::kinds::visit::{FollowUp as Followed, NeedStatus, NeedType};
use jinqiao_events::log::Position;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::follow_up::{self, GAP_DAYS};
use jinqiao_projections::ledger::{Need, Suggestion};
use jinqiao_projections::register::Noted;
use jinqiao_projections::views::Views;
use serde::Serialize;

use crate::median::median;
use crate::naming::{self, Named};

/// What was asked for, as of a day.
#[derive(Debug, Serialize)]
pub struct LiaisonAnswer {
    /// As of the end of this day.
    pub as_of: Occurred,
    /// Up to this event.
    pub position: Position,
    /// Needs declared, open ones first, the most urgent first.
    pub needs: Vec<NeedAnswer>,
    /// Days from declaration to resolution, of half of the resolved ones or less.
    pub need_median_days: Option<i32>,
    /// Suggestions through the direct channel, open ones first.
    pub suggestions: Vec<SuggestionAnswer>,
    /// The same for suggestions.
    pub suggestion_median_days: Option<i32>,
    /// Meetings that nothing followed for thirty days, the oldest first.
    pub gaps: Vec<GapAnswer>,
    /// Meetings that were old enough to tell, gaps among them.
    pub meetings: usize,
    /// Delegations that wait to be followed up for longer than that.
    pub delegations: Vec<DelegationAnswer>,
}

/// One need.
#[derive(Debug, Serialize)]
pub struct NeedAnswer {
    /// Its key.
    pub need: RecordKey,
    /// Whose it is.
    pub party: String,
    /// What it is about.
    #[serde(rename = "type")]
    pub need_type: NeedType,
    /// In the party's words.
    pub text: String,
    /// When it was declared.
    pub declared: Noted,
    /// The visit at which it was said.
    pub visit: Option<RecordKey>,
    /// Who takes care of it.
    pub owner: Option<String>,
    /// How far it has come; none before anything was done.
    pub status: Option<NeedStatus>,
    /// By when the next step is due.
    pub due: Option<Occurred>,
    /// Red when what was promised is overdue, yellow when the next step is, green otherwise and once resolved.
    pub light: Light,
    /// Days open, or days until it was resolved.
    pub days: i32,
    /// How it ended.
    pub resolved: Option<Noted>,
    /// Whether it was met.
    pub met: Option<bool>,
    /// Its events.
    pub evidence: Vec<Position>,
}

/// One suggestion.
#[derive(Debug, Serialize)]
pub struct SuggestionAnswer {
    /// Its key.
    pub suggestion: RecordKey,
    /// The chamber whose officer submitted it.
    pub chamber: String,
    /// What it says.
    pub text: String,
    /// When it was submitted.
    pub submitted: Noted,
    /// How far it has come.
    pub status: Option<SuggestionStatus>,
    /// When it was closed.
    pub closed: Option<Noted>,
    /// Days open, or days until it was closed.
    pub days: i32,
    /// Its events.
    pub evidence: Vec<Position>,
}

/// A meeting that nothing followed.
#[derive(Debug, Serialize)]
pub struct GapAnswer {
    /// One side.
    pub a: Named,
    /// The other.
    pub b: Named,
    /// The meeting.
    pub met: Position,
    /// Its day.
    pub met_on: Option<jiff::civil::Date>,
    /// Days since.
    pub days: i32,
}

/// A delegation that waits to be followed up.
#[derive(Debug, Serialize)]
pub struct DelegationAnswer {
    /// Its key.
    pub delegation: RecordKey,
    /// What it is called.
    pub title: String,
    /// When it came or went.
    pub noted: Noted,
    /// Days since.
    pub days: i32,
}

/// What was asked for, and what became of it, as of the end of a day.
#[must_use]
pub fn liaison(views: &Views, day: Occurred) -> LiaisonAnswer {
    let today = day.day_number();
    let duty = duty::in_force(day).find_map(|set| set.need);
    let by_then = |noted: &Noted| noted.occurred.day_number() <= today;
    let needs = views.ledger.needs().filter(|need| by_then(&need.noted));
    let mut needs: Vec<NeedAnswer> = needs.map(|it| need(views, it, duty, today)).collect();
    needs.sort_by(|one, other| {
        let key = |it: &NeedAnswer| (it.resolved.is_some(), std::cmp::Reverse(it.light), it.declared);
        key(one).cmp(&key(other))
    });
    let suggestions = views.ledger.suggestions().filter(|it| by_then(&it.noted));
    let mut suggestions: Vec<SuggestionAnswer> = suggestions.map(|it| suggestion(views, it, today)).collect();
    suggestions.sort_by_key(|it| (it.closed.is_some(), it.submitted));
    let meetings = follow_up::meetings(views, day);
    let told = meetings.iter().filter(|meeting| meeting.gap || meeting.followed.is_some()).count();
    LiaisonAnswer {
        as_of: day,
        position: views.position,
        need_median_days: median(needs.iter().filter(|it| it.resolved.is_some()).map(|it| it.days)),
        needs,
        suggestion_median_days: median(suggestions.iter().filter(|it| it.closed.is_some()).map(|it| it.days)),
        suggestions,
        meetings: told,
        gaps: meetings.iter().filter(|meeting| meeting.gap).map(|meeting| gap(views, meeting)).collect(),
        delegations: delegations(views, today),
    }
}

fn later(day: Occurred, days: i32) -> Occurred {
    let span = jiff::ToSpan::days(days);
    Occurred::nearest_day(day.last_day().checked_add(span).unwrap_or_else(|_| day.last_day()))
}

fn need(views: &Views, need: &Need, duty: Option<NeedDuty>, today: i32) -> NeedAnswer {
    let steps: Vec<_> = need.steps.iter().filter(|(_, noted)| noted.occurred.day_number() <= today).collect();
    let resolved = need.resolved.as_ref().filter(|(_, noted)| noted.occurred.day_number() <= today);
    let status = steps.last().map(|(step, _)| step.status);
    let promised = steps.iter().rev().find_map(|(step, _)| step.due);
    let next = duty.map(|duty| match (status, steps.last()) {
        (None, _) => later(need.noted.occurred, duty.respond_days),
        (Some(NeedStatus::Accepted), _) => later(need.noted.occurred, duty.triage_days),
        (Some(_), Some((_, noted))) => later(noted.occurred, duty.follow_up_days),
        (Some(_), None) => need.noted.occurred,
    });
    let is_over = |due: Option<Occurred>| due.is_some_and(|due| due.day_number() < today);
    let light = match () {
        () if resolved.is_some() => Light::Green,
        () if is_over(promised) => Light::Red,
        () if is_over(next) => Light::Yellow,
        () => Light::Green,
    };
    let end = resolved.map_or(today, |(_, noted)| noted.occurred.day_number());
    let owner = steps.iter().rev().find_map(|(step, _)| step.owner.as_ref()).or(need.declared.owner.as_ref());
    let evidence = std::iter::once(need.noted.position)
        .chain(steps.iter().map(|(_, noted)| noted.position))
        .chain(resolved.map(|(_, noted)| noted.position));
    NeedAnswer {
        need: need.declared.need.clone(),
        party: naming::party_ref(views, &need.declared.party),
        need_type: need.declared.need_type,
        text: need.declared.text.clone(),
        declared: need.noted,
        visit: need.declared.visit.clone(),
        owner: owner.map(|owner| naming::party_ref(views, owner)),
        status,
        due: promised.or(next).filter(|_| resolved.is_none()),
        light,
        days: end - need.noted.occurred.day_number(),
        resolved: resolved.map(|(_, noted)| *noted),
        met: resolved.map(|(event, _)| event.met),
        evidence: evidence.collect(),
    }
}

fn suggestion(views: &Views, it: &Suggestion, today: i32) -> SuggestionAnswer {
    let steps = it.steps.iter().filter(|(_, noted)| noted.occurred.day_number() <= today);
    let closed = it.closed().filter(|noted| noted.occurred.day_number() <= today);
    let end = closed.map_or(today, |noted| noted.occurred.day_number());
    SuggestionAnswer {
        suggestion: it.submitted.suggestion.clone(),
        chamber: naming::party_ref(views, &it.submitted.chamber),
        text: it.submitted.text.clone(),
        submitted: it.noted,
        status: steps.clone().next_back().map(|(step, _)| step.status),
        closed,
        days: end - it.noted.occurred.day_number(),
        evidence: std::iter::once(it.noted.position).chain(steps.map(|(_, noted)| noted.position)).collect(),
    }
}

fn gap(views: &Views, meeting: &follow_up::FollowUp) -> GapAnswer {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    GapAnswer {
        a: naming::named(views, meeting.a),
        b: naming::named(views, meeting.b),
        met: meeting.met,
        met_on: epoch.checked_add(jiff::ToSpan::days(meeting.met_day)).ok(),
        days: meeting.days,
    }
}

fn delegations(views: &Views, today: i32) -> Vec<DelegationAnswer> {
    let legs = views.ledger.delegations().filter_map(|(key, legs)| Some((key, legs.last()?)));
    let mut waiting: Vec<DelegationAnswer> = legs
        .filter_map(|(key, leg)| {
            let days = today - leg.noted.occurred.day_number();
            let is_pending = leg.event.follow_up == Some(Followed::Pending);
            (is_pending && days > GAP_DAYS).then(|| DelegationAnswer {
                delegation: key.clone(),
                title: leg.event.title.clone(),
                noted: leg.noted,
                days,
            })
        })
        .collect();
    waiting.sort_by_key(|it| it.noted);
    waiting
}
