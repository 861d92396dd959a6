//! Vitality of chambers (商会活力): what each did, when, and which legal clock runs against it. Clocks are data
//! ([`jinqiao_events::duty`]); a clock that the log cannot start says so instead of turning red.

use std::collections::BTreeMap;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::chamber::{DemonstrationKind, DormancyGround};
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::log::Recorded;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::party_ref::PartyRef;
use serde::Serialize;

use crate::register::{Face, Noted, Register};

mod clocks;

pub use clocks::{Clock, State, Warned, assess, warned};

/// What a chamber did, or what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// It held, led, visited, bought, trained, gave, or set something up. Party building is no deed here: it is
    /// counted in its own figures only.
    Business,
    /// It reported on that year.
    AnnualCheck(u16),
    /// It was reached, or was not.
    Contacted(bool),
    /// It elected anew, for so many years where that was said.
    Term(Option<u8>),
    /// An authority holds it to be dormant.
    Flagged(Vec<DormancyGround>),
    /// It was put in order.
    Rectified,
    /// It was dissolved.
    Dissolved,
    /// It was named a demonstration point.
    Demonstration(DemonstrationKind),
}

/// A deed with its event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Done {
    /// What.
    pub deed: Deed,
    /// When and where.
    pub noted: Noted,
}

/// The deeds of everybody who was named as one who does what chambers do, in log order.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Vitality {
    deeds: BTreeMap<Face, Vec<Done>>,
    /// The first day on which anybody's annual report is told of: a log that tells of none cannot say who missed one.
    first_report_day: Option<i32>,
}

impl Vitality {
    /// Takes in an event. Logarithmic for each party that it names.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        if matches!(recorded.event, Event::AnnualCheckFiled(_)) {
            let day = noted.occurred.day_number();
            self.first_report_day = Some(self.first_report_day.map_or(day, |first| first.min(day)));
        }
        let mut note = |party: &PartyRef, deed: Deed| {
            self.deeds.entry(Face::of(party)).or_default().push(Done { deed, noted });
        };
        match &recorded.event {
            Event::AnnualCheckFiled(e) => note(&e.chamber, Deed::AnnualCheck(e.year)),
            Event::ChamberContacted(e) => note(&e.chamber, Deed::Contacted(e.reached)),
            Event::TermRenewed(e) => note(&e.chamber, Deed::Term(e.term_years)),
            Event::ChamberFlaggedDormant(e) => note(&e.chamber, Deed::Flagged(e.grounds.clone())),
            Event::ChamberRectified(e) => note(&e.chamber, Deed::Rectified),
            Event::ChamberDissolved(e) => note(&e.chamber, Deed::Dissolved),
            Event::DemonstrationDesignated(e) => note(&e.party, Deed::Demonstration(e.demonstration)),
            event => each_doer(event, &mut |party| note(party, Deed::Business)),
        }
    }

    /// The deeds of a party under any of its faces, by day, those of one day in log order.
    #[must_use]
    pub fn of(&self, register: &Register, party: PartyId) -> Vec<&Done> {
        let faces = register.faces(party);
        let mut deeds: Vec<&Done> = faces.iter().filter_map(|face| self.deeds.get(face)).flatten().collect();
        deeds.sort_by_key(|done| (done.noted.occurred.day_number(), done.noted.position));
        deeds.dedup_by_key(|done| (done.noted.position, done.deed == Deed::Business));
        deeds
    }

    /// Whether the log tells of annual reports, of anybody, by the end of that day (days since 1970-01-01).
    pub(crate) fn knows_reports(&self, day: i32) -> bool {
        self.first_report_day.is_some_and(|first| first <= day)
    }

    /// Every deed of that sort, with whose it is, in the order of the faces.
    pub fn each<'a>(
        &'a self,
        wanted: impl Fn(&Deed) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a Face, &'a Done)> + 'a {
        let deeds = self.deeds.iter().flat_map(|(face, deeds)| deeds.iter().map(move |done| (face, done)));
        deeds.filter(move |(_, done)| wanted(&done.deed))
    }
}

/// The chambers of the register, by id, closed ones included.
pub fn chambers(register: &Register) -> impl Iterator<Item = PartyId> {
    register.parties().filter(|party| party.kind == OrgKind::Chamber).map(|party| party.id)
}

/// Whoever does business by an event, as chambers do business. That members join is none: a directory says so of all
/// chambers at once, whether they do anything or not.
#[expect(clippy::wildcard_enum_match_arm, reason = "most kinds are no business of a chamber")]
fn each_doer(event: &Event, visit: &mut dyn FnMut(&PartyRef)) {
    match event {
        Event::ActivityHeld(e) => e.organisers.iter().for_each(visit),
        Event::TrainingDelivered(e) => e.organisers.iter().for_each(visit),
        Event::WelfareActivityHeld(e) => e.organisers.iter().for_each(visit),
        Event::DelegationVisited(e) => e.hosts.iter().for_each(visit),
        Event::MemberVisited(e) => visit(&e.chamber),
        Event::MemberPurchaseMade(e) => e.chamber.iter().for_each(visit),
        Event::PairingSigned(e) => visit(&e.chamber),
        Event::CashDonated(e) => visit(&e.donor),
        Event::GoodsDonated(e) => visit(&e.donor),
        Event::ConsumptionPurchased(e) => visit(&e.buyer),
        Event::StationEstablished(e) => visit(&e.chamber),
        Event::BranchEstablished(e) => visit(&e.chamber),
        Event::AllianceSigned(e) => [&e.a, &e.b].into_iter().for_each(visit),
        Event::CapabilityAssessed(e) => e.assessor.iter().for_each(visit),
        Event::SuggestionSubmitted(e) => visit(&e.chamber),
        Event::LeadReported(e) => visit(&e.reporter),
        Event::IntroductionProposed(e) => e.introducer.iter().for_each(visit),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
