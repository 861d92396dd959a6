//! Who belongs to a chamber, and what that permits: membership, offices, stations, purchases among members.
//!
//! A membership is kept under the entry that joined and asked for under every entry of the party, so it
//! counts for both while they are merged and comes back when the merge is taken back.

use std::collections::{BTreeMap, BTreeSet};

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule, amount_kind};
use crate::kinds::Event;
use crate::kinds::station::AllianceSigned;
use crate::kinds::supply::MemberPurchaseMade;
use crate::log::Recorded;
use crate::value::ids::{PartyId, PersonId};
use crate::value::{money::AmountKind, party_ref::PartyRef};

/// What was said last of each member in each chamber, under the entries that it was said of: which entries are
/// one party is read as the merges of the moment have it.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Memberships {
    said: Layered<PartyId, BTreeMap<PartyId, Saying>>,
    count: u64,
}

/// That a party joined a chamber, or left it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
struct Saying {
    /// Later ones are greater.
    number: u64,
    joined: bool,
}

impl Rule for Memberships {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::MemberJoined(event) => self.may_join(&event.chamber, &event.member, roll),
            Event::MemberLeft(event) => self.must_belong(&event.chamber, &event.member, roll),
            Event::MembershipLevelChanged(event) => self.must_belong(&event.chamber, &event.member, roll),
            Event::MemberPurchaseMade(event) => self.may_buy(event, roll),
            Event::ChamberFounded(event) => roll.required_chamber("chamber", &event.chamber).map(drop),
            Event::ChamberLegallyRegistered(event) => {
                roll.required_chamber("chamber", &event.chamber).map(drop)
            }
            Event::StationEstablished(event) => roll.required_chamber("chamber", &event.chamber).map(drop),
            Event::RoleAssigned(event) => {
                may_hold(&event.organisation, event.holder.as_ref(), event.person, roll)
            }
            Event::RoleEnded(event) => {
                may_hold(&event.organisation, event.holder.as_ref(), event.person, roll)
            }
            Event::AllianceSigned(event) => may_ally(event, roll),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll) {
        let (chamber, member, joined) = match &recorded.event {
            Event::MemberJoined(event) => (&event.chamber, &event.member, true),
            Event::MemberLeft(event) => (&event.chamber, &event.member, false),
            _ => return,
        };
        let (Some(chamber), Some(member)) = (roll.entry_of(chamber), roll.entry_of(member)) else {
            return;
        };
        self.count += 1;
        let saying = Saying { number: self.count, joined };
        self.said.update(member, |chambers| chambers.extend([(chamber, saying)]));
    }

    layers! { said }
}

impl Memberships {
    /// The chambers that the party belongs to: those where the last thing said, under any of their and its
    /// entries, is that it joined.
    fn chambers_of(&self, member: PartyId, roll: &Roll) -> BTreeSet<PartyId> {
        let mut last: BTreeMap<PartyId, Saying> = BTreeMap::new();
        let entries = roll.entries_of(member);
        for (chamber, saying) in entries.iter().filter_map(|entry| self.said.get(entry)).flatten() {
            let last = last.entry(roll.canonical(*chamber)).or_insert(*saying);
            *last = (*last).max(*saying);
        }
        let is_registered = |chamber: &PartyId| roll.party(*chamber).is_some();
        let stands = last.into_iter().filter(|(chamber, saying)| saying.joined && is_registered(chamber));
        stands.map(|(chamber, _)| chamber).collect()
    }

    fn is_member(&self, chamber: PartyId, member: PartyId, roll: &Roll) -> bool {
        self.chambers_of(member, roll).contains(&roll.canonical(chamber))
    }

    fn may_join(&self, chamber: &PartyRef, member: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
        let chamber_id = roll.required_chamber("chamber", chamber)?;
        let member_id = roll.required("member", member)?;
        two_sides("member", chamber, member, roll)?;
        if self.is_member(chamber_id, member_id, roll) {
            return Err(Refusal::conflict(
                "already_member",
                "/body/member",
                "该主体已是这个商会的会员；如为级别变化，请登记「会员级别变更」",
                "the party is a member of this chamber already; record a change of level if that is meant",
            ));
        }
        Ok(())
    }

    fn must_belong(&self, chamber: &PartyRef, member: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
        let chamber_id = roll.required("chamber", chamber)?;
        let member = roll.required("member", member)?;
        if self.is_member(chamber_id, member, roll) {
            // Even where a void took out what made it a chamber: what stands can be ended.
            return Ok(());
        }
        roll.required_chamber("chamber", chamber)?;
        Err(not_a_member("member"))
    }

    fn may_buy(&self, event: &mut MemberPurchaseMade, roll: &Roll) -> Result<(), Refusal> {
        let buyer = roll.required("buyer", &event.buyer)?;
        let seller = roll.required("seller", &event.seller)?;
        two_sides("seller", &event.buyer, &event.seller, roll)?;
        let roof = event.chamber.as_ref().map(|chamber| roll.required_chamber("chamber", chamber));
        let roof = roof.transpose()?.map(|chamber| roll.canonical(chamber));
        for (field, party) in [("buyer", buyer), ("seller", seller)] {
            let chambers = self.chambers_of(party, roll);
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
    roll: &Roll,
) -> Result<(), Refusal> {
    roll.required_chamber("organisation", organisation)?;
    match (holder, person) {
        // A directory of chambers names enterprises before they are registered: the name means them afterwards.
        (Some(_), _) | (None, Some(_)) => Ok(()),
        (None, None) => Err(Refusal::invalid(
            "holder_missing",
            "/body/holder",
            "没有写明谁任职；请填写任职单位或人员编号",
            "nobody holds the office; name an organisation or a person id",
        )),
    }
}

fn may_ally(event: &AllianceSigned, roll: &Roll) -> Result<(), Refusal> {
    two_sides("b", &event.a, &event.b, roll)
}

/// Refuses an event that ties a party to itself; `field` is the one to blame.
///
/// # Errors
/// `self_edge`, when both references mean one party, merges included.
pub(super) fn two_sides(field: &str, one: &PartyRef, other: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
    if !roll.is_same(one, other) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "self_edge",
        &format!("/body/{field}"),
        "两方是同一主体；请核对后填写不同的两方",
        "both sides are one party; name two different ones",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{
        between, chamber, enterprise, event, given, joined, merged, org, person, registered, unmerged,
    };
    use super::*;

    /// Chamber C with member A; B is registered and belongs nowhere.
    fn town() -> Vec<Event> {
        vec![chamber("C"), enterprise("A"), enterprise("B"), joined("C", "A")]
    }

    fn purchase(buyer: &str, seller: &str, rest: &str) -> Event {
        let (buyer, seller) = (org(buyer), org(seller));
        event("member_purchase_made", &format!(r#"{{"buyer":"{buyer}","seller":"{seller}"{rest}}}"#))
    }

    fn left(chamber: &str, member: &str) -> Event {
        between("member_left", ("chamber", chamber), ("member", member))
    }

    fn level(chamber: &str, member: &str) -> Event {
        let (chamber, member) = (org(chamber), org(member));
        let body = format!(r#"{{"chamber":"{chamber}","member":"{member}","level":"council"}}"#);
        event("membership_level_changed", &body)
    }

    #[test]
    fn a_party_joins_a_chamber_once_and_again_after_leaving() {
        given(town()).when(joined("C", "B")).then_recorded(|_| {});
        given(town()).when(joined("C", "A")).then_refused_at("already_member", "/body/member");
        given([town(), vec![left("C", "A")]].concat()).when(joined("C", "A")).then_recorded(|_| {});
    }

    #[test]
    fn only_a_registered_chamber_has_members_and_only_registered_ones_other_than_itself() {
        given(town()).when(joined("A", "B")).then_refused_at("not_a_chamber", "/body/chamber");
        given(town()).when(joined("C", "C")).then_refused_at("self_edge", "/body/member");
        given(town()).when(joined("X", "B")).then_refused_at("party_unknown", "/body/chamber");
        let loose = event("member_joined", &format!(r#"{{"chamber":"{}","member":"某某厂"}}"#, org("C")));
        given(town()).when(loose).then_refused_at("party_unknown", "/body/member");
    }

    #[test]
    fn only_a_member_leaves_or_changes_its_level() {
        given(town()).when(left("C", "A")).then_recorded(|_| {});
        given(town()).when(level("C", "A")).then_recorded(|_| {});
        given(town()).when(left("C", "B")).then_refused_at("not_a_member", "/body/member");
        given(town()).when(level("C", "B")).then_refused_at("not_a_member", "/body/member");
        given([town(), vec![left("C", "A")]].concat()).when(left("C", "A")).then_refused("not_a_member");
    }

    #[test]
    fn a_membership_counts_for_both_entries_while_merged_and_comes_back_after() {
        let together = [town(), vec![merged("A", "B")]].concat();
        given(together.clone()).when(joined("C", "B")).then_refused("already_member");
        given(together.clone()).when(level("C", "B")).then_recorded(|_| {});
        let apart = [together, vec![unmerged("A", "B")]].concat();
        given(apart.clone()).when(joined("C", "A")).then_refused("already_member");
        given(apart).when(joined("C", "B")).then_recorded(|_| {});
    }

    #[test]
    fn a_merged_party_leaves_under_all_its_entries() {
        let story = [town(), vec![joined("C", "B"), merged("A", "B"), left("C", "A")]].concat();
        given(story.clone()).when(left("C", "B")).then_refused("not_a_member");
        let apart = [story, vec![unmerged("A", "B")]].concat();
        given(apart.clone()).when(left("C", "B")).then_recorded(|_| {});
        given(apart).when(left("C", "A")).then_refused("not_a_member");
    }

    #[test]
    fn a_membership_follows_the_merge_of_chambers() {
        let story = [town(), vec![chamber("D"), merged("C", "D")]].concat();
        given(story).when(joined("D", "A")).then_refused("already_member");
        let into_another_kind = [town(), vec![merged("C", "B")]].concat();
        given(into_another_kind).when(left("B", "A")).then_recorded(|_| {});
    }

    #[test]
    fn a_purchase_is_between_two_members() {
        let amount = r#","amount":"1.2万元""#;
        let roof = format!(r#"{amount},"chamber":"{}""#, org("C"));
        given(town()).when(purchase("A", "B", amount)).then_refused_at("not_a_member", "/body/seller");
        given(town()).when(purchase("B", "A", amount)).then_refused_at("not_a_member", "/body/buyer");
        let elsewhere = [town(), vec![chamber("D"), joined("D", "B")]].concat();
        given(elsewhere.clone())
            .when(purchase("A", "B", &roof))
            .then_refused_at("not_a_member", "/body/seller");
        given(elsewhere).when(purchase("A", "B", amount)).then_recorded(|event| {
            let Event::MemberPurchaseMade(purchase) = event else { panic!("{event:?}") };
            assert_eq!(purchase.amount.kind(), Some(AmountKind::Purchase));
            assert!(purchase.buyer.party().is_some(), "parties are resolved");
        });
        given([town(), vec![joined("C", "B")]].concat())
            .when(purchase("A", "B", &roof))
            .then_recorded(|_| {});
    }

    #[test]
    fn a_purchase_needs_two_parties_and_an_amount_of_its_kind() {
        let story = [town(), vec![joined("C", "B")]].concat();
        let when = |rest: &str| given(story.clone()).when(purchase("A", "B", rest));
        when(r#","amount":"0元""#).then_refused_at("amount_zero", "/body/amount");
        when(r#","amount":{"fen":1,"kind":"arrived"}"#).then_refused_at("amount_kind", "/body/amount");
        let amount = r#","amount":"1元""#;
        given(story.clone()).when(purchase("A", "A", amount)).then_refused_at("self_edge", "/body/seller");
        let one_party = [story.clone(), vec![merged("A", "B")]].concat();
        given(one_party).when(purchase("A", "B", amount)).then_refused_at("self_edge", "/body/seller");
        given(story.clone())
            .when(purchase("A", "X", amount))
            .then_refused_at("party_unknown", "/body/seller");
        let roof = format!(r#"{amount},"chamber":"{}""#, org("A"));
        given(story).when(purchase("A", "B", &roof)).then_refused_at("not_a_chamber", "/body/chamber");
    }

    #[test]
    fn an_office_is_in_a_chamber_and_somebody_holds_it() {
        for kind in ["role_assigned", "role_ended"] {
            let role = |organisation: &str, rest: &str| {
                let organisation = org(organisation);
                given(town()).when(event(
                    kind,
                    &format!(r#"{{"organisation":"{organisation}","role":"president"{rest}}}"#),
                ))
            };
            let (holder, of_person) =
                (format!(r#","holder":"{}""#, org("A")), format!(r#","person":"{}""#, person(1)));
            role("C", &holder).then_recorded(|_| {});
            role("C", &of_person).then_recorded(|_| {});
            role("C", "").then_refused_at("holder_missing", "/body/holder");
            role("C", r#","holder":"某某厂""#).then_recorded(|_| {});
            role("A", &holder).then_refused_at("not_a_chamber", "/body/organisation");
        }
    }

    #[test]
    fn only_a_registered_chamber_is_founded_registered_by_law_and_opens_a_station() {
        let of = |kind: &str, chamber: &str, rest: &str| {
            given(town()).when(event(kind, &format!(r#"{{"chamber":"{chamber}"{rest}}}"#)))
        };
        let station = r#","station":"云岭站","title":"云岭工作站","type":"workstation""#;
        let kinds =
            [("chamber_founded", ""), ("chamber_legally_registered", ""), ("station_established", station)];
        for (kind, rest) in kinds {
            of(kind, &org("C"), rest).then_recorded(|_| {});
            of(kind, &org("A"), rest).then_refused_at("not_a_chamber", "/body/chamber");
            of(kind, "某某商会", rest).then_refused_at("party_unknown", "/body/chamber");
        }
    }

    #[test]
    fn an_alliance_has_two_sides_of_which_each_may_be_a_name() {
        let alliance = |a: &str, b: &str| {
            given(town()).when(event("alliance_signed", &format!(r#"{{"a":"{a}","b":"{b}"}}"#)))
        };
        alliance("商会C", "云岭总商会").then_recorded(|_| {});
        alliance("商会C", &org("C")).then_refused_at("self_edge", "/body/b");
        alliance("云岭（总）商会", "云岭(总)商会").then_refused_at("self_edge", "/body/b");
    }

    #[test]
    fn a_chamber_may_join_a_chamber() {
        let story = [town(), vec![registered("chamber", "总商会", "Z")]].concat();
        given(story).when(joined("Z", "C")).then_recorded(|_| {});
    }
}
