//! Training on the log itself: what its own earlier periods say of whom to introduce.
//!
//! The log is taken back to the beginning of each of several earlier periods; every party that then came to deal with
//! somebody new is a query, ranked from what was known that day, and whoever it came to deal with is a hit. The form
//! of the model is chosen on the latest periods and fitted on all ([`crate::learn`]). With too little history the
//! default stays, and says so.

use std::collections::BTreeSet;

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::ranking::{Among, Odds, RankingModelAdopted, Tried};
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;

use crate::backtest::{Window, rolling, sample};
use crate::learn::choose::{Choice, Form, choose};
use crate::learn::{Sample, calibration, columns};
use crate::numbers::{index, micro, number};
use crate::parallel::parallel;
use crate::rank::candidates::{Candidates, partners};
use crate::rank::model::Model;
use crate::rank::seat::Seat;
use crate::rank::{Graphs, Room, WhyNot, With};
use crate::signals;
use crate::views::Views;

pub mod past;

/// Most queries of one period.
const QUERIES_MAX: usize = 600;
/// A period is this part of the history since the first deal, within bounds in days.
const PERIODS: i32 = 6;
const PERIOD_DAYS: [i32; 2] = [28, 365];

/// A model for lists of one sort, and what it rests on.
#[derive(Debug, Clone)]
pub struct Trained {
    /// Between whom it ranks.
    pub among: Among,
    /// The form chosen, the model, and what each form did.
    pub choice: Choice,
    /// How scores become probabilities.
    pub odds: Option<Odds>,
    /// How many queries it learned from.
    pub queries: usize,
    /// The last day whose outcomes it learned from, days since 1970-01-01.
    pub as_of_day: i32,
}

impl Trained {
    /// As an event to be recorded; none where the default stayed.
    #[must_use]
    pub fn adopted(
        &self,
        trained_to: Occurred,
        at_position: u64,
        program: &str,
    ) -> Option<RankingModelAdopted> {
        let tried =
            |(form, gain): &(Form, f64)| Tried { form: form.name().to_owned(), ndcg_micro: micro(*gain) };
        (self.choice.form != Form::Default).then(|| RankingModelAdopted {
            model: self.choice.model.name.clone(),
            among: self.among,
            weights: self.choice.model.rules.clone(),
            odds: self.odds.clone().map(Box::new),
            model_form: self.choice.form.name().to_owned(),
            tried: self.choice.tried.iter().map(tried).collect(),
            queries: u64::try_from(self.queries).unwrap_or(u64::MAX),
            trained_to,
            at_position,
            program: program.to_owned(),
        })
    }
}

/// Trains on everything up to and including a day (days since 1970-01-01). Uses all processors.
#[must_use]
pub fn train(views: &Views, among: Among, as_of_day: i32, name: &str) -> Trained {
    let default = default_of(among);
    let cuts = period(views, as_of_day)
        .map(|(first_day, window)| rolling::earlier(first_day, window, |window| deals(views, among, window)));
    let (all, deciding) = (cuts.as_ref().map_or_else(Vec::new, rolling::Cuts::all), cuts.as_ref());
    let deciding = deciding.map_or_else(Vec::new, rolling::Cuts::deciding);
    let columns = columns();
    let choice = choose(&columns, &default, &all, &deciding, name);
    let odds = calibration::odds(&columns, &all, &choice.model);
    let queries = all.iter().map(|sample| sample.queries.len()).sum();
    Trained { among, choice, odds, queries, as_of_day }
}

/// What ranks where nothing was trained.
fn default_of(among: Among) -> Model {
    match among {
        Among::Enterprises => Model::among_parties(),
        Among::Chambers => Model::among_chambers(),
    }
}

/// Whose lists are asked for, and with whom.
const fn sides(among: Among) -> (OrgKind, With) {
    match among {
        Among::Enterprises => (OrgKind::Enterprise, With::Enterprises),
        Among::Chambers => (OrgKind::Chamber, With::Chambers),
    }
}

/// The first day on which anyone dealt with anyone, and the period that follows the day asked about.
fn period(views: &Views, as_of_day: i32) -> Option<(i32, Window)> {
    let deals = views.facts.all().iter().filter(|fact| fact.tie.deal && fact.day <= as_of_day);
    let first_day = deals.map(|fact| fact.day).min()?;
    let [least, most] = PERIOD_DAYS;
    let length = ((as_of_day - first_day) / PERIODS).clamp(least, most);
    Some((first_day, Window { start: as_of_day + 1, end: as_of_day + 1 + length }))
}

/// Everyone who came to deal with somebody new within a window, ranked as before it.
fn deals(views: &Views, among: Among, window: Window) -> Sample<{ signals::COUNT }> {
    let before = Graphs::build(views, window.start - 1);
    let after = Graphs::build(views, window.end - 1);
    let (kind, with) = sides(among);
    let mut parties: Vec<PartyId> = views
        .register
        .parties()
        .filter(|party| party.kind == kind && party.merged_into.is_none())
        .map(|party| party.id)
        .filter(|party| dealt_with(&after, *party).len() > dealt_with(&before, *party).len())
        .collect();
    parties.sort_unstable();
    let places: Vec<u32> = (0..number(parties.len())).collect();
    let drawn: Vec<PartyId> = sample::draw(&places, QUERIES_MAX)
        .into_iter()
        .filter_map(|at| parties.get(index(at)).copied())
        .collect();
    let asked = parallel(&drawn, |party, room: &mut Room| ask(views, &before, &after, party, with, room));
    let mut sample = Sample::default();
    for (values, hit, positives) in asked.into_iter().flatten() {
        sample.push(&values, &hit, positives);
    }
    sample
}

type Asked = (Vec<[f64; signals::COUNT]>, Vec<bool>, usize);

/// One query: the pool with its values, what came true, and how many in all. None where nobody new was a candidate.
fn ask(
    views: &Views,
    before: &Graphs,
    after: &Graphs,
    party: PartyId,
    with: With,
    room: &mut Room,
) -> Option<Asked> {
    let seat = Seat::of(views, before, party, Some(with)).ok()?;
    let candidates = Candidates::of(views, before, seat.party, with);
    let positives: BTreeSet<PartyId> = dealt_with(after, seat.party)
        .into_iter()
        .filter(|other| candidates.allows(before.parties.node(*other)))
        .collect();
    if positives.is_empty() {
        return None;
    }
    let pool = seat.pool(&candidates, room);
    let is_hit = |node| seat.party_at(node).is_some_and(|other| positives.contains(&other));
    let hit = pool.nodes.iter().map(|node| is_hit(*node)).collect();
    Some((pool.values, hit, positives.len()))
}

/// With whom a party deals.
fn dealt_with(graphs: &Graphs, party: PartyId) -> Vec<PartyId> {
    let Some(node) = graphs.parties.node(party) else { return Vec::new() };
    partners(&graphs.parties, node)
        .into_iter()
        .filter(|(_, why)| matches!(why, WhyNot::AlreadyDeals { .. }))
        .filter_map(|(other, _)| graphs.parties.party(other))
        .collect()
}

#[cfg(test)]
mod tests;
