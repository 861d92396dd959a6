//! What the tellers of the year share: the city, its calendar, the dice, the diary, and who dealt with whom.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Kind;
use jinqiao_events::value::ids::EventId;
use serde_json::{Value, json};

use super::calendar::{WORKING_DAYS, Year};
use super::city::{Bond, Chamber, City, Company, CompanyIndex};
use super::diary::Diary;
use crate::dice::Dice;

/// The year being told.
#[derive(Debug)]
pub(super) struct Story<'a> {
    pub(super) city: &'a City,
    pub(super) year: Year,
    pub(super) dice: Dice,
    pub(super) diary: Diary,
    /// Pairs that have traded, smaller index first.
    pub(super) traded: BTreeSet<(CompanyIndex, CompanyIndex)>,
}

/// A seller, a buyer, and a chamber that both belong to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) seller: &'a Company,
    pub(super) buyer: &'a Company,
    pub(super) chamber: &'a Chamber,
}

impl Story<'_> {
    /// Notes on the nth working day what happened together.
    pub(super) fn note(&mut self, day: u64, said: impl IntoIterator<Item = (Kind, Value)>) -> EventId {
        self.diary.note(&self.year.working_day(day), said)
    }

    /// Notes one event on the nth working day.
    pub(super) fn tell(&mut self, day: u64, kind: Kind, body: Value) -> EventId {
        self.note(day, [(kind, body)])
    }

    /// The day of the `index`th of `count` things that are spread over the year up to working day `until`.
    pub(super) fn spread(&mut self, index: usize, count: usize, until: u64) -> u64 {
        let step = until / (count.max(1) as u64);
        (index as u64 * until / (count.max(1) as u64) + self.dice.below(step + 1))
            .min(WORKING_DAYS as u64 - 1)
    }

    /// Whether the two have traded.
    pub(super) fn have_traded(&self, one: &Company, other: &Company) -> bool {
        self.traded.contains(&(one.index.min(other.index), one.index.max(other.index)))
    }

    /// Remembers that the two have traded.
    pub(super) fn remember_trade(&mut self, one: &Company, other: &Company) {
        self.traded.insert((one.index.min(other.index), one.index.max(other.index)));
    }
}

impl City {
    /// Every seller and buyer of neighbouring links under one roof, with the weight of how eager both are.
    pub(super) fn links(&self, under: impl Fn(&Chamber) -> bool) -> Vec<(u64, Link<'_>)> {
        let mut links = Vec::new();
        for chamber in self.chambers.iter().filter(|chamber| under(chamber)) {
            for seller in self.members(chamber) {
                let buyers =
                    self.members(chamber).filter(|buyer| seller.trade.sold_to.contains(&buyer.trade.name));
                links.extend(
                    buyers.map(|buyer| (seller.eagerness + buyer.eagerness, Link { seller, buyer, chamber })),
                );
            }
        }
        links
    }

    /// The chamber that gathers this trade first of all.
    pub(super) fn trade_chamber(&self, company: &Company) -> Option<&Chamber> {
        self.chambers
            .iter()
            .find(|chamber| matches!(chamber.bond, Bond::Trade(_)) && chamber.gathers(company.trade))
    }
}

/// An amount in 万元, as JSON.
pub(super) fn wan(wan: u64, kind: &str) -> Value {
    json!({ "fen": wan * 1_000_000, "currency": "CNY", "kind": kind })
}
