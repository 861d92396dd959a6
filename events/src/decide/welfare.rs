//! Welfare (光彩公益): a pairing ends only what was signed, gifts have an amount of their own kind, and an
//! activity that a gift names was held.

use super::layered::{Layered, layers};
use super::memberships::two_sides;
use super::whoever::Whoever;
use super::{Draft, Refusal, Roll, Rule, amount_kind};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::value::money::{AmountKind, Money};
use crate::value::party_ref::PartyRef;

/// The pairings that stand, and the welfare activities held.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Welfare {
    /// Chamber and beneficiary -> whether the pairing stands.
    pairings: Layered<(Whoever, Whoever), bool>,
    activities: Layered<RecordKey, ()>,
}

impl Rule for Welfare {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, roll: &Roll) -> Result<(), Refusal> {
        match &mut draft.event {
            Event::PairingSigned(event) => self.may_pair(&event.chamber, &event.beneficiary, roll),
            Event::PairingEnded(event) => self.may_end(&event.chamber, &event.beneficiary, roll),
            Event::CashDonated(event) => {
                self.held(event.welfare_activity.as_ref())?;
                given(&mut event.amount, AmountKind::DonatedCash)
            }
            Event::GoodsDonated(event) => {
                self.held(event.welfare_activity.as_ref())?;
                given(&mut event.amount, AmountKind::DonatedGoods)
            }
            Event::ConsumptionPurchased(event) => given(&mut event.amount, AmountKind::Consumption),
            _ => Ok(()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn evolve(&mut self, recorded: &Recorded, roll: &Roll) {
        let (chamber, beneficiary, stands) = match &recorded.event {
            Event::PairingSigned(event) => (&event.chamber, &event.beneficiary, true),
            Event::PairingEnded(event) => (&event.chamber, &event.beneficiary, false),
            Event::WelfareActivityHeld(event) => {
                return self.activities.insert(event.welfare_activity.clone(), ());
            }
            _ => return,
        };
        for pair in pairs(chamber, beneficiary, roll) {
            self.pairings.insert(pair, stands);
        }
    }

    layers! { pairings, activities }
}

/// The pair under every entry of both.
fn pairs(chamber: &PartyRef, beneficiary: &PartyRef, roll: &Roll) -> Vec<(Whoever, Whoever)> {
    let beneficiaries = Whoever::of(beneficiary, roll).entries(roll);
    let chambers = Whoever::of(chamber, roll).entries(roll);
    chambers
        .iter()
        .flat_map(|chamber| beneficiaries.iter().map(|other| (chamber.clone(), other.clone())))
        .collect()
}

impl Welfare {
    fn stands(&self, chamber: &PartyRef, beneficiary: &PartyRef, roll: &Roll) -> bool {
        pairs(chamber, beneficiary, roll).iter().any(|pair| self.pairings.get(pair) == Some(&true))
    }

    fn may_pair(&self, chamber: &PartyRef, beneficiary: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
        roll.required_chamber("chamber", chamber)?;
        two_sides("beneficiary", chamber, beneficiary, roll)?;
        if !self.stands(chamber, beneficiary, roll) {
            return Ok(());
        }
        Err(Refusal::conflict(
            "pairing_exists",
            "/body/beneficiary",
            "这个商会与该对象已经结对；如为续签，请先登记结束原结对",
            "the chamber is paired with this beneficiary already; end the pairing first if it is renewed",
        ))
    }

    fn may_end(&self, chamber: &PartyRef, beneficiary: &PartyRef, roll: &Roll) -> Result<(), Refusal> {
        if self.stands(chamber, beneficiary, roll) {
            return Ok(());
        }
        Err(Refusal::missing(
            "pairing_unknown",
            "/body/beneficiary",
            "这个商会与该对象没有结对，或已经结束；请核对双方",
            "the chamber is not paired with this beneficiary; check both sides",
        ))
    }

    fn held(&self, activity: Option<&RecordKey>) -> Result<(), Refusal> {
        match activity.filter(|activity| !self.activities.contains(*activity)) {
            None => Ok(()),
            Some(activity) => Err(Refusal::missing(
                "welfare_activity_unknown",
                "/body/welfare_activity",
                format!("没有登记过公益活动「{activity}」；请先登记举办该活动，或核对编号"),
                format!("no welfare activity {activity} was held; record it first, or check its key"),
            )),
        }
    }
}

fn given(amount: &mut Money, kind: AmountKind) -> Result<(), Refusal> {
    if amount.fen().get() == 0 {
        return Err(Refusal::invalid(
            "amount_zero",
            "/body/amount",
            "金额为零；请填写实际金额，单位可写元、万元",
            "the amount is zero; state what was given or paid",
        ));
    }
    amount_kind::settle(amount, [kind; 2], "/body/amount")
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{chamber, enterprise, event, given, merged, org, registered, unmerged};
    use super::*;

    fn pairing(kind: &str, chamber: &str, village: &str) -> Event {
        event(kind, &format!(r#"{{"chamber":"{}","beneficiary":"{village}"}}"#, org(chamber)))
    }

    fn town() -> Vec<Event> {
        vec![
            chamber("C"),
            enterprise("A"),
            registered("village", "潮汐村", "V"),
            registered("village", "临潮村", "W"),
        ]
    }

    #[test]
    fn a_pairing_ends_only_what_was_signed() {
        let signed = || pairing("pairing_signed", "C", &org("V"));
        let ended = || pairing("pairing_ended", "C", &org("V"));
        given(town()).when(ended()).then_refused_at("pairing_unknown", "/body/beneficiary");
        given([town(), vec![signed()]].concat()).when(ended()).then_recorded(|_| {});
        given([town(), vec![signed()]].concat())
            .when(signed())
            .then_refused_at("pairing_exists", "/body/beneficiary");
        given([town(), vec![signed(), ended()]].concat()).when(ended()).then_refused("pairing_unknown");
        given([town(), vec![signed(), ended()]].concat()).when(signed()).then_recorded(|_| {});
        given([town(), vec![signed()]].concat())
            .when(pairing("pairing_ended", "C", &org("W")))
            .then_refused("pairing_unknown");
    }

    #[test]
    fn a_pairing_is_of_a_chamber_and_with_a_party_or_a_name() {
        given(town()).when(pairing("pairing_signed", "A", &org("V"))).then_refused("not_a_chamber");
        given(town()).when(pairing("pairing_signed", "C", &org("C"))).then_refused("self_edge");
        given(town()).when(pairing("pairing_signed", "C", "青榆小学")).then_recorded(|_| {});
        given([town(), vec![pairing("pairing_signed", "C", "青榆小学")]].concat())
            .when(pairing("pairing_signed", "C", "青榆 小学"))
            .then_refused("pairing_exists");
    }

    #[test]
    fn a_pairing_counts_for_both_entries_while_they_are_merged() {
        let story = [town(), vec![pairing("pairing_signed", "C", &org("V")), merged("V", "W")]].concat();
        let again = || pairing("pairing_signed", "C", &org("W"));
        given(story.clone()).when(again()).then_refused("pairing_exists");
        given([story, vec![unmerged("V", "W")]].concat()).when(again()).then_recorded(|_| {});
    }

    #[test]
    fn a_gift_has_an_amount_of_its_kind_and_a_held_activity() {
        let activity = || event("welfare_activity_held", r#"{"welfare_activity":"暖冬","title":"暖冬"}"#);
        let kinds = [
            ("cash_donated", "donor", AmountKind::DonatedCash),
            ("goods_donated", "donor", AmountKind::DonatedGoods),
            ("consumption_purchased", "buyer", AmountKind::Consumption),
        ];
        for (kind, giver, expected) in kinds {
            let gift = |rest: &str| event(kind, &format!(r#"{{"{giver}":"某厂"{rest}}}"#));
            given([]).when(gift(r#","amount":"2万元""#)).then_recorded(|event| {
                let body = event.body_json().unwrap();
                let expected = serde_json::to_string(&expected).unwrap();
                assert!(body.contains(&format!(r#""kind":{expected}"#)), "{body}");
            });
            given([]).when(gift(r#","amount":"0元""#)).then_refused_at("amount_zero", "/body/amount");
            given([])
                .when(gift(r#","amount":{"fen":1,"kind":"arrived"}"#))
                .then_refused_at("amount_kind", "/body/amount");
        }
        let at = |kind: &str| event(kind, r#"{"donor":"某厂","amount":"2万元","welfare_activity":"暖冬"}"#);
        for kind in ["cash_donated", "goods_donated"] {
            given([activity()]).when(at(kind)).then_recorded(|_| {});
            given([]).when(at(kind)).then_refused_at("welfare_activity_unknown", "/body/welfare_activity");
        }
    }
}
