//! Which signing of a project counts: its first, or that by which other investors took its place.
//!
//! A project that goes by another key (查重: 重复) is that other project. The signings that add nothing, signed again,
//! upgraded, replaced, stand among the evidence all the same: without all of them the project would not count.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::project::{Likeness, ProjectSigned, Signing};
use jinqiao_events::log::Recorded;

use super::books::told;
use super::{Ask, Key};

/// Duplicate -> the project that it goes by, as found by the end of the period.
#[derive(Debug)]
pub(super) struct Duplicates<'a>(BTreeMap<&'a RecordKey, &'a RecordKey>);

impl<'a> Duplicates<'a> {
    pub(super) fn of(ask: &Ask<'a>) -> Self {
        let found = told!(ask, until, ProjectDuplicateMarked)
            .filter(|(_, event)| event.finding == Likeness::Duplicate);
        Self(found.map(|(_, event)| (&event.project, &event.of)).collect())
    }

    /// The project that a key stands for. The rules refuse circles; a chain longer than all duplicates ends.
    pub(super) fn standing(&self, project: &'a RecordKey) -> &'a RecordKey {
        let mut at = project;
        for _ in 0..=self.0.len() {
            match self.0.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}

/// A project that counts in the period.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    /// The key that it goes by.
    pub(super) project: &'a RecordKey,
    /// The signing of the period that it counts with.
    pub(super) main: (&'a Recorded, &'a ProjectSigned),
    /// Its other signings of the period, increments apart: they add nothing.
    pub(super) also: Vec<&'a Recorded>,
}

impl Signed<'_> {
    /// The project as a key.
    pub(super) fn key(&self) -> Key {
        Key { id: self.project.to_string(), label: self.main.1.title.clone() }
    }
}

/// The projects that count in the period, by key. Linear in signings and logarithmic in projects.
///
/// What is first is said by the day, as a verdict on credit says it: a signing recorded late still comes before a
/// later one. A signing that the rules took for signed again stays so.
pub(super) fn signed<'a>(ask: &Ask<'a>) -> Vec<Signed<'a>> {
    let duplicates = Duplicates::of(ask);
    let mut projects: BTreeMap<&RecordKey, Vec<(&Recorded, &ProjectSigned)>> = BTreeMap::new();
    for (row, event) in told!(ask, until, ProjectSigned) {
        if event.signing != Some(Signing::Increment) {
            projects.entry(duplicates.standing(&event.project)).or_default().push((row, event));
        }
    }
    let counting = |(project, mut signings): (&'a RecordKey, Vec<(&'a Recorded, &'a ProjectSigned)>)| {
        signings.sort_by_key(|(row, _)| (row.occurred, row.position));
        let mut main = None;
        for (nth, (row, event)) in signings.iter().enumerate() {
            let counts = match event.signing {
                None | Some(Signing::First) => nth == 0,
                Some(Signing::NewInvestor) => true,
                Some(Signing::ReSigning | Signing::Upgrade | Signing::Increment) => false,
            };
            if counts && ask.holds(row) {
                main = Some((*row, *event));
            }
        }
        let main = main?;
        let also = signings.into_iter().map(|(row, _)| row);
        let also = also.filter(|row| row.position != main.0.position && ask.holds(row)).collect();
        Some(Signed { project, main, also })
    };
    projects.into_iter().filter_map(counting).collect()
}

/// What the leads of a project say it came from, and the lead that says so.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin<'a> {
    /// The activity.
    pub(super) activity: Option<(&'a RecordKey, &'a Recorded)>,
    /// The station.
    pub(super) station: Option<(&'a RecordKey, &'a Recorded)>,
}

/// Where each project came from, as its leads say; what a later lead says counts before an earlier one.
pub(super) fn origins<'a>(ask: &Ask<'a>) -> BTreeMap<&'a RecordKey, Origin<'a>> {
    let duplicates = Duplicates::of(ask);
    let mut origins: BTreeMap<&RecordKey, Origin<'_>> = BTreeMap::new();
    for (row, lead) in told!(ask, until, LeadReported) {
        let origin = origins.entry(duplicates.standing(&lead.project)).or_default();
        origin.activity = lead.activity.as_ref().map(|key| (key, row)).or(origin.activity);
        origin.station = lead.station.as_ref().map(|key| (key, row)).or(origin.station);
    }
    origins
}

/// The instalments of the period, each voucher of a project once: a duplicate of the project may have told the same
/// money again. With the project that it arrived for, and whether it was told before.
pub(super) fn arrivals<'a>(ask: &Ask<'a>) -> Vec<Arrival<'a>> {
    let duplicates = Duplicates::of(ask);
    let mut seen = BTreeSet::new();
    let rows = told!(ask, FundsArrived).map(|(row, event)| {
        let project = duplicates.standing(&event.project);
        let voucher = event.voucher.as_ref().map(|voucher| (project, voucher.as_str()));
        let is_repeated = voucher.is_some_and(|voucher| !seen.insert(voucher));
        Arrival { project, row, amount: &event.amount, is_repeated }
    });
    rows.collect()
}

/// Money that arrived.
#[derive(Debug)]
pub(super) struct Arrival<'a> {
    /// The project that it arrived for.
    pub(super) project: &'a RecordKey,
    /// The event.
    pub(super) row: &'a Recorded,
    /// The money.
    pub(super) amount: &'a jinqiao_events::value::money::Money,
    /// Whether an event before told it.
    pub(super) is_repeated: bool,
}
