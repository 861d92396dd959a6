//! Who was first (谁先报): every filing that a rule set knows of, judged one by one, earliest first.

use std::collections::BTreeSet;

use jinqiao_events::kinds::claim::{Capacity, ConfirmedBy};
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::project::Stage;
use jinqiao_events::log::Position;
use jinqiao_events::rule_set::{Act, Deadline, Inadmissible, RuleSet, wide};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::money::Money;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::region::Region;
use serde::Serialize;

use super::{Dossier, Entry, Said};
use crate::views::Views;

/// Why a filing does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The project is smaller than the threshold.
    BelowThreshold,
    /// Its size is not known, or not in a currency that can be compared.
    SizeUnknown,
    /// Something was signed by then.
    AfterSigning,
    /// The definitive contract was signed by then.
    AfterContract,
    /// Formal talks had not begun.
    BeforeTalks,
    /// The project was signed already: no lead.
    AlreadySigned,
    /// The investor is settled there already.
    Expansion,
    /// Another district had it.
    OtherDistrict,
    /// It was filed by an official or an authority.
    Official,
    /// The referrer invests in the project itself.
    OwnProject,
    /// This sort of referrer is not eligible.
    NotEligible,
    /// It is not known as what the referrer acts.
    CapacityUnknown,
    /// This role is not known to the rule set.
    RoleUnknown,
    /// These parts are not confirmed.
    Unconfirmed(Vec<ConfirmedBy>),
    /// Somebody else was first.
    NotFirst,
}

/// A reason, with the events that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Against {
    /// Why.
    pub reason: Reason,
    /// The events that show it; empty where it is something missing.
    pub evidence: Vec<Position>,
}

impl Against {
    pub(super) fn shown(reason: Reason, at: Position) -> Self {
        Self { reason, evidence: vec![at] }
    }

    pub(super) const fn missing(reason: Reason) -> Self {
        Self { reason, evidence: Vec::new() }
    }
}

/// A filing and what was found of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// The event.
    pub position: Position,
    /// What sort of act it is.
    pub act: Act,
    /// Who filed; several where they filed together.
    pub who: Vec<PartyRef>,
    /// The day on which it happened.
    pub occurred: Occurred,
    /// The day from which it counts.
    pub counts_from: Occurred,
    /// How many days after it happened it was recorded.
    pub lag_days: i32,
    /// What speaks against it; nothing for the first.
    pub against: Vec<Against>,
}

impl Judged {
    /// Whether it counts.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.against.is_empty()
    }

    fn admitted(&self) -> bool {
        self.against.iter().all(|against| against.reason == Reason::NotFirst)
    }
}

/// Judges every filing of the sorts that the rule set knows, earliest first. Those that count alone or share a
/// day have nothing against them; the others say what.
#[must_use]
pub fn judge(views: &Views, dossier: &Dossier<'_>, rules: &RuleSet) -> Vec<Judged> {
    let mut acts: Vec<(Occurred, &Entry, Act)> = dossier
        .entries
        .iter()
        .filter_map(|entry| {
            let act = entry.said.act().filter(|act| rules.first.by.contains(act))?;
            // Who filed as a person alone is a referrer, and nobody whose project it could be.
            entry.said.filed_by().first()?;
            Some((entry.counts_from(rules.first.record_within_days), *entry, act))
        })
        .collect();
    acts.sort_by_key(|(day, entry, _)| (*day, entry.position));
    let bench = Bench { views, dossier, rules };
    let mut judged: Vec<Judged> = Vec::new();
    for (day, entry, act) in acts {
        let mut against = bench.against(entry, day, act, &judged);
        if against.is_empty() {
            against.extend(not_first(rules, day, &judged));
        }
        judged.push(Judged {
            position: entry.position,
            act,
            who: entry.said.filed_by().into_iter().cloned().collect(),
            occurred: entry.occurred,
            counts_from: day,
            lag_days: entry.lag_days(),
            against,
        });
    }
    judged
}

/// Whether an earlier filing counts instead.
fn not_first(rules: &RuleSet, day: Occurred, earlier: &[Judged]) -> Option<Against> {
    let first = earlier.iter().find(|judged| judged.counts())?;
    let shares = !rules.first.alone && first.counts_from == day;
    (!shares).then(|| Against::shown(Reason::NotFirst, first.position))
}

/// What a filing is judged from.
struct Bench<'a> {
    views: &'a Views,
    dossier: &'a Dossier<'a>,
    rules: &'a RuleSet,
}

impl Bench<'_> {
    fn against(&self, entry: &Entry, day: Occurred, act: Act, earlier: &[Judged]) -> Vec<Against> {
        let mut against = Vec::new();
        against.extend(self.size(entry));
        let is_lead_of_signed = self.rules.inadmissible.contains(&Inadmissible::Signed);
        for rule in &self.rules.inadmissible {
            against.extend(self.inadmissible(*rule, entry, day, earlier));
        }
        if !(is_lead_of_signed && self.rules.first.before == Some(Deadline::FirstSigning)) {
            against.extend(late(self.dossier, self.rules.first.before, day));
        }
        if self.rules.first.after_talks && act == Act::Claim {
            against.extend(before_talks(entry, day));
        }
        against
    }

    fn size(&self, entry: &Entry) -> Option<Against> {
        let threshold = self.rules.threshold.as_ref()?;
        let Some((amount, at)) = size_of(self.dossier, entry) else {
            return Some(Against::missing(Reason::SizeUnknown));
        };
        let same_currency = |limit: &&Money| limit.currency() == amount.currency();
        let (domestic, foreign) = (threshold.domestic.as_ref(), threshold.foreign.as_ref());
        let enough = if let Some(limit) = domestic.into_iter().chain(foreign).find(same_currency) {
            Some(wide(amount) >= wide(limit))
        } else {
            let fen = self.rules.in_fen(wide(amount), amount.currency());
            domestic.and_then(|limit| Some(fen? >= wide(limit)))
        };
        match enough {
            Some(true) => None,
            Some(false) => Some(Against::shown(Reason::BelowThreshold, at)),
            None => Some(Against::shown(Reason::SizeUnknown, at)),
        }
    }

    fn inadmissible(
        &self,
        rule: Inadmissible,
        entry: &Entry,
        day: Occurred,
        earlier: &[Judged],
    ) -> Option<Against> {
        match rule {
            Inadmissible::Signed => {
                let signing = self.dossier.first_signing().filter(|signing| signing.occurred <= day)?;
                Some(Against::shown(Reason::AlreadySigned, signing.position))
            }
            Inadmissible::Expansion => self.expansion(day),
            Inadmissible::OtherDistrict => self.other_district(entry, day, earlier),
            Inadmissible::Official => {
                let official = entry.said.act() != Some(Act::Claim) && is_official(self.views, &entry.said);
                official.then(|| Against::shown(Reason::Official, entry.position))
            }
            Inadmissible::Investor => own_project(self.views, self.dossier, &entry.said)
                .then(|| Against::shown(Reason::OwnProject, entry.position)),
        }
    }

    /// An investor that landed another project before, that is seated in the district, or a project that was
    /// said to expand.
    fn expansion(&self, day: Occurred) -> Option<Against> {
        let expanding = self.dossier.entries.iter().find(|entry| {
            entry.occurred <= day
                && matches!(&entry.said, Said::ProjectStageChanged(e) if e.stage == Stage::Expanding)
        });
        if let Some(entry) = expanding {
            return Some(Against::shown(Reason::Expansion, entry.position));
        }
        let register = &self.views.register;
        let investors: BTreeSet<PartyId> =
            self.dossier.investors().filter_map(|investor| register.resolve(investor)).collect();
        if let Some(at) = self.landed_before(&investors, day) {
            return Some(Against::shown(Reason::Expansion, at));
        }
        let city = |region: Region| region.city().unwrap_or(region);
        let here = self.dossier.region().map(city)?;
        let seated = investors.iter().filter_map(|id| register.party(*id)).find(|party| {
            party.registered.occurred <= day && party.region.is_some_and(|own| own.current().is_within(here))
        })?;
        Some(Against::shown(Reason::Expansion, seated.registered.position))
    }

    fn landed_before(&self, investors: &BTreeSet<PartyId>, day: Occurred) -> Option<Position> {
        if investors.is_empty() {
            return None;
        }
        let register = &self.views.register;
        let others = self.views.credit.projects().filter(|key| !self.dossier.keys.contains(key));
        others
            .filter(|key| {
                let named = self.views.credit.entries(key).iter().flat_map(|entry| entry.said.investors());
                named.filter_map(|one| register.resolve(one)).any(|id| investors.contains(&id))
            })
            .flat_map(|key| self.views.credit.entries(key))
            .find(|entry| entry.occurred < day && has_landed(&entry.said))
            .map(|entry| entry.position)
    }

    /// Another district's filing that counts, or its signing, unless the project was moved here by then.
    fn other_district(&self, entry: &Entry, day: Occurred, earlier: &[Judged]) -> Option<Against> {
        let own = entry.said.region()?.current();
        let moved_here = self
            .dossier
            .transfers()
            .any(|(moved, event)| moved.occurred <= day && event.to_region.current() == own);
        if moved_here {
            return None;
        }
        let admitted: BTreeSet<Position> =
            earlier.iter().filter(|judged| judged.admitted()).map(|judged| judged.position).collect();
        let stands = |other: &&&Entry| {
            let signed = matches!(other.said, Said::ProjectSigned(_)) && other.occurred < day;
            signed || admitted.contains(&other.position)
        };
        let elsewhere = |other: &&Entry| other.said.region().is_some_and(|region| region.current() != own);
        let mut others = self.dossier.entries.iter().filter(stands).copied().filter(elsewhere);
        others.next().map(|other| Against::shown(Reason::OtherDistrict, other.position))
    }
}

/// The size by which a filing is measured: what was signed, else what it says itself, else the most that any
/// lead or claim says.
fn size_of<'a>(dossier: &Dossier<'a>, entry: &'a Entry) -> Option<(&'a Money, Position)> {
    let contract =
        dossier.first_contract().and_then(|(at, event)| Some((event.amount.as_ref()?, at.position)));
    let signed = || dossier.signings().find_map(|(at, event)| Some((event.amount.as_ref()?, at.position)));
    let said = |entry: &'a Entry| entry.said.intended().map(|amount| (amount, entry.position));
    let any = || dossier.entries.iter().copied().filter_map(said).max_by_key(|(amount, _)| in_order(amount));
    contract.or_else(signed).or_else(|| said(entry)).or_else(any)
}

fn in_order(amount: &Money) -> (bool, i128) {
    (amount.currency() == Currency::CNY, wide(amount))
}

/// Whether something was signed by the day on which a filing counts: it must be of an earlier day.
pub(super) fn late(dossier: &Dossier<'_>, before: Option<Deadline>, day: Occurred) -> Option<Against> {
    let (signing, reason) = match before? {
        Deadline::FirstSigning => (dossier.first_signing(), Reason::AfterSigning),
        Deadline::Contract => (dossier.first_contract().map(|(entry, _)| entry), Reason::AfterContract),
    };
    let signing = signing.filter(|signing| signing.occurred.first_day() <= day.last_day())?;
    Some(Against::shown(reason, signing.position))
}

fn before_talks(entry: &Entry, day: Occurred) -> Option<Against> {
    let Said::FirstNegotiationClaimed(claim) = &entry.said else { return None };
    match claim.talks_began {
        Some(began) if began.first_day() <= day.last_day() => None,
        Some(_) => Some(Against::shown(Reason::BeforeTalks, entry.position)),
        None => Some(Against::missing(Reason::BeforeTalks)),
    }
}

fn has_landed(said: &Said) -> bool {
    match said {
        Said::ProjectStageChanged(event) => (Stage::Registered..=Stage::AboveScale).contains(&event.stage),
        Said::FundsArrived(_) => true,
        Said::LeadReported(_)
        | Said::FirstNegotiationClaimed(_)
        | Said::ReferrerFiled(_)
        | Said::ReferrerConfirmed(_)
        | Said::ProjectSigned(_)
        | Said::ProjectTransferred(_)
        | Said::ProjectDuplicateMarked(_)
        | Said::ClaimArbitrated(_) => false,
    }
}

/// As what a party acts: as it says, else as the register knows it.
pub(super) fn capacity_of(views: &Views, said: &Said) -> Option<Capacity> {
    let (stated, person) = match said {
        Said::ReferrerFiled(e) => (e.capacity, e.person.is_some() && e.referrer.is_none()),
        Said::LeadReported(_)
        | Said::FirstNegotiationClaimed(_)
        | Said::ReferrerConfirmed(_)
        | Said::ProjectSigned(_)
        | Said::ProjectStageChanged(_)
        | Said::FundsArrived(_)
        | Said::ProjectTransferred(_)
        | Said::ProjectDuplicateMarked(_)
        | Said::ClaimArbitrated(_) => (None, false),
    };
    let party = said.filed_by().into_iter().next().filter(|_| !person);
    if stated.is_some() {
        return stated;
    }
    let registered =
        party.and_then(|party| views.register.resolve(party)).and_then(|id| views.register.party(id));
    match registered.map(|party| party.kind) {
        Some(OrgKind::Enterprise) => Some(Capacity::Enterprise),
        Some(OrgKind::Chamber) => Some(Capacity::Chamber),
        Some(OrgKind::Government) => Some(Capacity::Official),
        Some(OrgKind::Institution | OrgKind::School | OrgKind::Village | OrgKind::Other) => {
            Some(Capacity::Institution)
        }
        None => person.then_some(Capacity::Individual),
    }
}

fn is_official(views: &Views, said: &Said) -> bool {
    capacity_of(views, said) == Some(Capacity::Official)
}

/// Whether one of those who filed invests in the project.
pub(super) fn own_project(views: &Views, dossier: &Dossier<'_>, said: &Said) -> bool {
    let reading = |party: &PartyRef| views.register.reading(&crate::register::Face::of(party));
    let filed: Vec<_> = said.filed_by().into_iter().map(reading).collect();
    dossier.investors().map(reading).any(|investor| filed.contains(&investor))
}
