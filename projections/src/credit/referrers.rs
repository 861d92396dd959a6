//! Which referrers are credited (引荐人认定): filed in time, eligible, confirmed, and by how many at once.

use std::collections::BTreeSet;

use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::claim::{Capacity, ConfirmedBy, ReferrerFiled, ReferrerRole};
use jinqiao_events::log::Position;
use jinqiao_events::rule_set::{Inadmissible, Referrers, RuleSet, Several};
use jinqiao_events::value::ids::PersonId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use serde::Serialize;

use super::filings::{Against, Reason, capacity_of, late, own_project};
use super::{Dossier, Entry, Said};
use crate::views::Views;

/// A filing of a referrer and what was found of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Referrer {
    /// The event.
    pub position: Position,
    /// Key of the filing.
    pub filing: RecordKey,
    /// The organisations that referred; those after the first joined it.
    pub who: Vec<PartyRef>,
    /// The person who referred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// What it did.
    pub role: ReferrerRole,
    /// As what it acts, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// The day from which the filing counts.
    pub counts_from: Occurred,
    /// The parts that were confirmed, and the events that say so.
    pub confirmed: Vec<(ConfirmedBy, Position)>,
    /// What speaks against it.
    pub against: Vec<Against>,
}

impl Referrer {
    /// Whether it is credited.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.against.is_empty()
    }
}

/// Judges every filing of a referrer, earliest first. Empty where the rule set credits none.
#[must_use]
pub fn judge(views: &Views, dossier: &Dossier<'_>, rules: &RuleSet) -> Vec<Referrer> {
    let Some(wanted) = &rules.referrers else { return Vec::new() };
    let mut filed: Vec<(Occurred, &Entry, &ReferrerFiled)> = dossier
        .entries
        .iter()
        .filter_map(|entry| {
            let Said::ReferrerFiled(event) = &entry.said else { return None };
            Some((entry.counts_from(rules.first.record_within_days), *entry, event))
        })
        .collect();
    filed.sort_by_key(|(day, entry, _)| (*day, entry.position));
    let mut judged: Vec<Referrer> = Vec::new();
    for (day, entry, event) in filed {
        let confirmed: Vec<(ConfirmedBy, Position)> = dossier
            .confirmations()
            .filter(|(_, confirmation)| confirmation.filing == event.filing)
            .map(|(at, confirmation)| (confirmation.confirmed_by, at.position))
            .collect();
        let mut against = unfit(views, wanted, entry, event);
        if rules.inadmissible.contains(&Inadmissible::Investor) && own_project(views, dossier, &entry.said) {
            against.push(Against::shown(Reason::OwnProject, entry.position));
        }
        against.extend(late(dossier, wanted.before, day));
        against.extend(unconfirmed(wanted, &confirmed));
        if against.is_empty() {
            against.extend(not_first(wanted, event.role, &judged));
        }
        judged.push(Referrer {
            position: entry.position,
            filing: event.filing.clone(),
            who: event.referrer.iter().chain(&event.joint).cloned().collect(),
            person: event.person,
            role: event.role,
            capacity: capacity_of(views, &entry.said),
            counts_from: day,
            confirmed,
            against,
        });
    }
    judged
}

fn unfit(views: &Views, wanted: &Referrers, entry: &Entry, event: &ReferrerFiled) -> Vec<Against> {
    let mut against = Vec::new();
    match capacity_of(views, &entry.said) {
        None => against.push(Against::missing(Reason::CapacityUnknown)),
        Some(Capacity::Official) if !wanted.eligible.contains(&Capacity::Official) => {
            against.push(Against::shown(Reason::Official, entry.position));
        }
        Some(capacity) if !wanted.eligible.contains(&capacity) => {
            against.push(Against::shown(Reason::NotEligible, entry.position));
        }
        Some(_) => {}
    }
    if !wanted.roles.contains(&event.role) {
        against.push(Against::shown(Reason::RoleUnknown, entry.position));
    }
    against
}

fn unconfirmed(wanted: &Referrers, confirmed: &[(ConfirmedBy, Position)]) -> Option<Against> {
    let done: BTreeSet<ConfirmedBy> = confirmed.iter().map(|(by, _)| *by).collect();
    let missing: Vec<ConfirmedBy> =
        wanted.confirmed_by.iter().copied().filter(|by| !done.contains(by)).collect();
    (!missing.is_empty()).then(|| Against::missing(Reason::Unconfirmed(missing)))
}

fn not_first(wanted: &Referrers, role: ReferrerRole, earlier: &[Referrer]) -> Option<Against> {
    let mut credited = earlier.iter().filter(|referrer| referrer.counts());
    let first = match wanted.several {
        Several::Joint => None,
        Several::FirstOnly => credited.next(),
        Several::FirstOfEachRole => credited.find(|referrer| referrer.role == role),
    }?;
    Some(Against::shown(Reason::NotFirst, first.position))
}
