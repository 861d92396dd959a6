//! Who belongs to a chamber, and what that permits: membership, offices, stations, purchases among members.
//!
//! A membership is kept under the entry that joined and asked for under every entry of the party, so it
//! counts for both while they are merged and comes back when the merge is taken back.

use std::collections::BTreeSet;

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Registry, Rule, amount_kind};
use crate::kinds::Event;
use crate::kinds::station::AllianceSigned;
use crate::kinds::supply::MemberPurchaseMade;
use crate::log::Recorded;
use crate::value::ids::{PartyId, PersonId};
use crate::value::{money::AmountKind, party_ref::PartyRef};

/// The chambers that each party belongs to.
#[derive(Debug, Default)]
pub struct Memberships {
    chambers: Layered<PartyId, BTreeSet<PartyId>>,
}

impl Rule for Memberships {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, registry: &Registry) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::MemberJoined(event) => self.may_join(&event.chamber, &event.member, registry),
            Event::MemberLeft(event) => self.must_belong(&event.chamber, &event.member, registry),
            Event::MembershipLevelChanged(event) => self.must_belong(&event.chamber, &event.member, registry),
            Event::MemberPurchaseMade(event) => self.may_buy(event, registry),
            Event::ChamberFounded(event) => registry.required_chamber("chamber", &event.chamber).map(drop),
            Event::ChamberLegallyRegistered(event) => {
                registry.required_chamber("chamber", &event.chamber).map(drop)
            }
            Event::StationEstablished(event) => registry.required_chamber("chamber", &event.chamber).map(drop),
            Event::RoleAssigned(event) => {
                may_hold(&event.organisation, event.holder.as_ref(), event.person, registry)
            }
            Event::RoleEnded(event) => may_hold(&event.organisation, event.holder.as_ref(), event.person, registry),
            Event::AllianceSigned(event) => may_ally(event, registry),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, registry: &Registry) {
        let (chamber, member, joins) = match &recorded.event {
            Event::MemberJoined(event) => (&event.chamber, &event.member, true),
            Event::MemberLeft(event) => (&event.chamber, &event.member, false),
            _ => return,
        };
        let (Some(chamber), Some(member)) = (registry.resolve(chamber), registry.resolve(member)) else { return };
        if joins {
            self.chambers.update(member, |chambers| drop(chambers.insert(chamber)));
            return;
        }
        let left = registry.canonical(chamber);
        for entry in registry.entries_of(member) {
            self.chambers.update(entry, |chambers| chambers.retain(|other| registry.canonical(*other) != left));
        }
    }

    layers!(chambers);
}

impl Memberships {
    /// The chambers that the party belongs to, under any of its entries.
    fn chambers_of(&self, member: PartyId, registry: &Registry) -> BTreeSet<PartyId> {
        let entries = registry.entries_of(member);
        let chambers = entries.iter().filter_map(|entry| self.chambers.get(entry)).flatten();
        chambers.map(|chamber| registry.canonical(*chamber)).collect()
    }

    fn is_member(&self, chamber: PartyId, member: PartyId, registry: &Registry) -> bool {
        self.chambers_of(member, registry).contains(&registry.canonical(chamber))
    }

    fn may_join(&self, chamber: &PartyRef, member: &PartyRef, registry: &Registry) -> Result<(), Refusal> {
        let chamber_id = registry.required_chamber("chamber", chamber)?;
        let member_id = registry.required("member", member)?;
        two_sides("member", chamber, member, registry)?;
        if self.is_member(chamber_id, member_id, registry) {
            return Err(Refusal::conflict(
                "already_member",
                "/body/member",
                "该主体已是这个商会的会员；如为级别变化，请登记「会员级别变更」",
                "the party is a member of this chamber already; record a change of level if that is meant",
            ));
        }
        Ok(())
    }

    fn must_belong(&self, chamber: &PartyRef, member: &PartyRef, registry: &Registry) -> Result<(), Refusal> {
        let chamber = registry.required_chamber("chamber", chamber)?;
        let member = registry.required("member", member)?;
        if self.is_member(chamber, member, registry) { Ok(()) } else { Err(not_a_member("member")) }
    }

    fn may_buy(&self, event: &mut MemberPurchaseMade, registry: &Registry) -> Result<(), Refusal> {
        let buyer = registry.required("buyer", &event.buyer)?;
        let seller = registry.required("seller", &event.seller)?;
        two_sides("seller", &event.buyer, &event.seller, registry)?;
        let roof = event.chamber.as_ref().map(|chamber| registry.required_chamber("chamber", chamber));
        let roof = roof.transpose()?.map(|chamber| registry.canonical(chamber));
        for (field, party) in [("buyer", buyer), ("seller", seller)] {
            let chambers = self.chambers_of(party, registry);
            if roof.map_or(chambers.is_empty(), |chamber| !chambers.contains(&chamber)) {
                return Err(not_a_member(field));
            }
        }
        if event.amount.fen().get() == 0 {
            return Err(Refusal::invalid(
                "amount_zero",
                "/body/amount",
                "采购金额为零；请填写实际金额，单位可写元、万元",
                "the amount of the purchase is zero; state what was paid",
            ));
        }
        amount_kind::settle(&mut event.amount, [AmountKind::Purchase; 2], "/body/amount")
    }
}

fn not_a_member(field: &str) -> Refusal {
    Refusal::conflict(
        "not_a_member",
        &format!("/body/{field}"),
        "该主体不是商会会员；请先登记入会，或核对商会与主体",
        "the party is no member of the chamber; record that it joined, or check chamber and party",
    )
}

fn may_hold(
    organisation: &PartyRef,
    holder: Option<&PartyRef>,
    person: Option<PersonId>,
    registry: &Registry,
) -> Result<(), Refusal> {
    registry.required_chamber("organisation", organisation)?;
    match (holder, person) {
        (Some(holder), _) => registry.required("holder", holder).map(drop),
        (None, Some(_)) => Ok(()),
        (None, None) => Err(Refusal::invalid(
            "holder_missing",
            "/body/holder",
            "没有写明谁任职；请填写任职单位或人员编号",
            "nobody holds the office; name an organisation or a person id",
        )),
    }
}

fn may_ally(event: &AllianceSigned, registry: &Registry) -> Result<(), Refusal> {
    two_sides("b", &event.a, &event.b, registry)
}

/// Refuses an event that ties a party to itself; `field` is the one to blame.
///
/// # Errors
/// `self_edge`, when both references mean one party, merges included.
pub(super) fn two_sides(
    field: &str,
    one: &PartyRef,
    other: &PartyRef,
    registry: &Registry,
) -> Result<(), Refusal> {
    if !registry.is_same(one, other) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "self_edge",
        &format!("/body/{field}"),
        "两方是同一主体；请核对后填写不同的两方",
        "both sides are one party; name two different ones",
    ))
}
