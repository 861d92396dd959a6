//! The chain group (链团): what members can deliver, what they buy from each other first, and where an industry chain has
//! firms or a gap (缺环). Chains are dated data: the latest edition that the log defines by the day, else the one that
//! ships with the program.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::chain;
use jinqiao_events::kinds::reference::ChainDefined;
use jinqiao_events::kinds::supply::{CapabilityAssessed, DemandPosted};
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use crate::ledger::Purchase;
use crate::register::{Noted, Register};
use crate::views::Views;

mod survey;

pub use survey::{Filler, Knower, Placed, Placing, SegmentState, Survey, survey};

/// What the log says of chains, capabilities and demands, in log order.
#[derive(Debug, Clone, Default, Serialize, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ChainGroup {
    editions: BTreeMap<RecordKey, Vec<(ChainDefined, Noted)>>,
    assessed: Vec<(CapabilityAssessed, Noted)>,
    demands: Vec<(DemandPosted, Noted)>,
}

/// A chain in the edition that holds on a day.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    /// The chain.
    pub chain: &'a ChainDefined,
    /// The event that defines it; none where it ships with the program.
    pub noted: Option<Noted>,
}

/// What the members of a chamber bought, of whom (链团采购). Amounts are in fen of yuan; purchases in another currency
/// are counted in `buys` alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChamberPurchases {
    /// The chamber.
    pub chamber: PartyId,
    /// Members on the last day.
    pub members: usize,
    /// Purchases from members.
    pub buys: usize,
    /// Pairs of buyer and seller among members.
    pub pairs: usize,
    /// Bought from members.
    pub from_members_fen: i128,
    /// Bought by members from anybody, as far as the log knows.
    pub total_fen: i128,
    /// Of what members bought, the share that they bought from members, in thousandths; none when nothing was bought.
    pub share_milli: Option<i128>,
    /// The purchases from members.
    pub evidence: Vec<Position>,
}

impl ChainGroup {
    /// Takes in an event.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a view looks at its own kinds only")]
    pub fn apply(&mut self, recorded: &Recorded) {
        let noted = Noted::of(recorded);
        match &recorded.event {
            Event::ChainDefined(event) => {
                self.editions.entry(event.chain.clone()).or_default().push((event.clone(), noted));
            }
            Event::CapabilityAssessed(event) => self.assessed.push((event.clone(), noted)),
            Event::DemandPosted(event) => self.demands.push((event.clone(), noted)),
            _ => {}
        }
    }

    /// Every chain in the edition that holds at the end of a day, by key.
    #[must_use]
    pub fn editions(&self, day: Occurred) -> Vec<Edition<'_>> {
        let mut found: BTreeMap<&RecordKey, Edition<'_>> =
            chain::shipped().iter().map(|chain| (&chain.chain, Edition { chain, noted: None })).collect();
        for (key, editions) in &self.editions {
            let by_then =
                editions.iter().filter(|(_, noted)| noted.occurred.day_number() <= day.day_number());
            if let Some((chain, noted)) =
                by_then.max_by_key(|(_, noted)| (noted.occurred.day_number(), noted.position))
            {
                found.insert(key, Edition { chain, noted: Some(*noted) });
            }
        }
        found.into_values().collect()
    }

    /// The chain of that key or title, in the edition that holds on a day.
    #[must_use]
    pub fn edition(&self, named: &str, day: Occurred) -> Option<Edition<'_>> {
        self.editions(day)
            .into_iter()
            .find(|edition| edition.chain.chain.as_str() == named || edition.chain.title == named)
    }

    /// Capability assessments, in log order.
    #[must_use]
    pub fn assessed(&self) -> &[(CapabilityAssessed, Noted)] {
        &self.assessed
    }

    /// Demands, in log order.
    #[must_use]
    pub fn demands(&self) -> &[(DemandPosted, Noted)] {
        &self.demands
    }
}

/// What the members of each chamber bought between two days, both included; chambers whose members bought nothing are
/// left out. Who was a member is asked of the day of each purchase. The most bought from members first. Linear in purchases
/// times the chambers of the buyer; and once for each party and day on which it bought or sold, all that was said of its
/// memberships is read ([`Register::chambers_about`]).
#[must_use]
pub fn purchases(views: &Views, from: Option<Occurred>, to: Occurred) -> Vec<ChamberPurchases> {
    let register = &views.register;
    let within = |purchase: &&Purchase| {
        let day = purchase.noted.occurred;
        day.day_number() <= to.day_number() && from.is_none_or(|from| day.last_day() >= from.first_day())
    };
    let mut rooms: BTreeMap<PartyId, Room> = BTreeMap::new();
    let mut chambers_of: BTreeMap<(PartyId, i32), BTreeSet<PartyId>> = BTreeMap::new();
    let nowhere = BTreeSet::new();
    for purchase in views.ledger.purchases().iter().filter(within) {
        let buyer = register.resolve(&purchase.event.buyer);
        let seller = register.resolve(&purchase.event.seller);
        let day = purchase.noted.occurred;
        for id in buyer.into_iter().chain(seller) {
            let of_day = chambers_of.entry((id, day.day_number()));
            of_day.or_insert_with(|| register.chambers_about(id, day));
        }
        let known = |party: Option<PartyId>| {
            let known = party.and_then(|id| chambers_of.get(&(id, day.day_number())));
            known.unwrap_or(&nowhere)
        };
        let (of_buyer, of_seller) = (known(buyer), known(seller));
        let named = purchase.event.chamber.as_ref().and_then(|chamber| register.resolve(chamber));
        for chamber in of_buyer.iter().copied().chain(named.filter(|named| !of_buyer.contains(named))) {
            let is_inside = of_seller.contains(&chamber) || named == Some(chamber);
            rooms.entry(chamber).or_default().take(purchase, buyer.zip(seller), is_inside);
        }
    }
    let mut purchases: Vec<ChamberPurchases> =
        rooms.into_iter().map(|(chamber, room)| room.answer(chamber, register, to)).collect();
    purchases.sort_by(|one, other| {
        other.from_members_fen.cmp(&one.from_members_fen).then_with(|| one.chamber.cmp(&other.chamber))
    });
    purchases
}

/// What is bought under one chamber's roof.
#[derive(Debug, Default)]
struct Room {
    pairs: BTreeSet<(PartyId, PartyId)>,
    from_members_fen: i128,
    total_fen: i128,
    evidence: Vec<Position>,
}

impl Room {
    fn take(&mut self, purchase: &Purchase, pair: Option<(PartyId, PartyId)>, is_inside: bool) {
        let amount = &purchase.event.amount;
        let fen = if amount.currency() == Currency::CNY { i128::from(amount.fen().get()) } else { 0 };
        self.total_fen += fen;
        if is_inside {
            self.from_members_fen += fen;
            self.pairs.extend(pair);
            self.evidence.push(purchase.noted.position);
        }
    }

    fn answer(self, chamber: PartyId, register: &Register, to: Occurred) -> ChamberPurchases {
        ChamberPurchases {
            chamber,
            members: register.members_on(chamber, to).len(),
            buys: self.evidence.len(),
            pairs: self.pairs.len(),
            from_members_fen: self.from_members_fen,
            total_fen: self.total_fen,
            share_milli: (self.total_fen > 0).then(|| self.from_members_fen * 1_000 / self.total_fen),
            evidence: self.evidence,
        }
    }
}

#[cfg(test)]
mod tests;
