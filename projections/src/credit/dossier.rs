//! The dossier (卷宗): everything that the log says of one project, by the day on which it happened.

use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::claim::{ClaimArbitrated, ReferrerConfirmed};
use jinqiao_events::kinds::project::{Agreement, FundsArrived, ProjectSigned, ProjectTransferred, Signing};
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::region::Region;
use serde::Serialize;

use super::{Credit, Entry, Said};

/// The events of one project, and of the duplicates that go by its key.
#[derive(Debug, Clone, Serialize)]
pub struct Dossier<'a> {
    /// The key that the project goes by.
    pub project: &'a RecordKey,
    /// Every key that it was recorded under, its own among them.
    pub keys: Vec<&'a RecordKey>,
    /// Its events: by day, those of one day as they were recorded.
    pub entries: Vec<&'a Entry>,
}

impl<'a> Dossier<'a> {
    pub(super) fn gather(
        credit: &'a Credit,
        project: &'a RecordKey,
        keys: Vec<&'a RecordKey>,
        as_of_day: i32,
    ) -> Self {
        let all = keys.iter().flat_map(|key| credit.entries(key));
        let mut entries: Vec<&Entry> = all.filter(|entry| entry.occurred.day_number() <= as_of_day).collect();
        entries.sort_by_key(|entry| (entry.occurred, entry.position));
        Self { project, keys, entries }
    }

    /// The title that was given last.
    #[must_use]
    pub fn title(&self) -> Option<&'a str> {
        self.entries.iter().rev().find_map(|entry| entry.said.title())
    }

    /// Its signings.
    pub fn signings(&self) -> impl Iterator<Item = (&'a Entry, &'a ProjectSigned)> {
        self.each(|said| if let Said::ProjectSigned(event) = said { Some(event) } else { None })
    }

    /// Its instalments.
    pub fn arrivals(&self) -> impl Iterator<Item = (&'a Entry, &'a FundsArrived)> {
        self.each(|said| if let Said::FundsArrived(event) = said { Some(event) } else { None })
    }

    /// Its moves from district to district.
    pub fn transfers(&self) -> impl Iterator<Item = (&'a Entry, &'a ProjectTransferred)> {
        self.each(|said| if let Said::ProjectTransferred(event) = said { Some(event) } else { None })
    }

    /// The parts of filings that were confirmed.
    pub fn confirmations(&self) -> impl Iterator<Item = (&'a Entry, &'a ReferrerConfirmed)> {
        self.each(|said| if let Said::ReferrerConfirmed(event) = said { Some(event) } else { None })
    }

    /// What was decided about it.
    pub fn arbitrations(&self) -> impl Iterator<Item = (&'a Entry, &'a ClaimArbitrated)> {
        self.each(|said| if let Said::ClaimArbitrated(event) = said { Some(event) } else { None })
    }

    fn each<T: 'a>(
        &self,
        pick: impl Fn(&'a Said) -> Option<&'a T>,
    ) -> impl Iterator<Item = (&'a Entry, &'a T)> {
        self.entries.iter().copied().filter_map(move |entry| Some((entry, pick(&entry.said)?)))
    }

    /// The first signing of any agreement; an increment is none.
    #[must_use]
    pub fn first_signing(&self) -> Option<&'a Entry> {
        self.signings().find(|(_, event)| event.signing != Some(Signing::Increment)).map(|(entry, _)| entry)
    }

    /// The first definitive contract.
    #[must_use]
    pub fn first_contract(&self) -> Option<(&'a Entry, &'a ProjectSigned)> {
        self.signings().find(|(_, event)| {
            event.signing != Some(Signing::Increment) && event.agreement == Agreement::Contract
        })
    }

    /// The district that it belongs to after every move: the last that took it, else that of its signing, else
    /// that which a lead or claim names.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        let taken = self.transfers().last().map(|(_, event)| event.to_region);
        let signed = || self.signings().find_map(|(_, event)| event.region);
        taken.or_else(signed).or_else(|| self.entries.iter().find_map(|entry| entry.said.region()))
    }

    /// The day by which its rule set is chosen: that of its first signing, else of its first event.
    #[must_use]
    pub fn decisive_day(&self) -> Option<Occurred> {
        self.first_signing().or_else(|| self.entries.first().copied()).map(|entry| entry.occurred)
    }

    /// Everybody who is named as an investor.
    pub fn investors(&self) -> impl Iterator<Item = &'a PartyRef> {
        self.entries.iter().flat_map(|entry| entry.said.investors())
    }
}
