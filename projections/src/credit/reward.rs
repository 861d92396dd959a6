//! What is paid (奖励): base times rate, rounded down to the fen, no more than the cap.

use std::collections::BTreeSet;

use jinqiao_events::kinds::project::{FundsArrived, Signing};
use jinqiao_events::log::Position;
use jinqiao_events::rule_set::{Base, Reward, RuleSet, wide};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::money::Money;
use serde::Serialize;

use super::referrers::Referrer;
use super::{Dossier, Entry};

/// Rates are in hundredths of a percent.
const WHOLE: i128 = 10_000;

/// A payment worked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paid {
    /// What is paid, in fen.
    pub fen: i128,
    /// What it would be without a cap, in fen.
    pub uncapped_fen: i128,
    /// The cap, in fen, where one holds for a project of this size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_fen: Option<i128>,
    /// On what it is paid.
    pub base: Base,
    /// The base, in hundredths of its currency.
    pub base_hundredths: i128,
    /// The currency of the base.
    pub currency: Currency,
    /// The rate, in hundredths of a percent.
    pub rate_basis_points: u32,
    /// The events behind the base.
    pub evidence: Vec<Position>,
}

/// Why nothing is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpaid {
    /// The rule set pays nothing, or its amounts are not in the program.
    NoReward,
    /// No referrer is credited.
    NoReferrer,
    /// No definitive contract is signed.
    NoContract,
    /// The project is below what the rule set asks for, by now.
    NotYet,
}

/// Works out the payment: by the first of the rule set's that is meant for the contract's currency and whose
/// limits are met.
///
/// # Errors
/// Why nothing is paid.
pub fn work_out(dossier: &Dossier<'_>, rules: &RuleSet, referrers: &[Referrer]) -> Result<Paid, Unpaid> {
    if rules.reward.is_empty() {
        return Err(Unpaid::NoReward);
    }
    if rules.referrers.is_some() && !referrers.iter().any(Referrer::counts) {
        return Err(Unpaid::NoReferrer);
    }
    let figures = Figures::gather(dossier).ok_or(Unpaid::NoContract)?;
    let fits = |reward: &&Reward| {
        let enough = |limit: Option<&Money>, amount: i128| limit.is_none_or(|limit| amount >= wide(limit));
        reward.currency == figures.currency
            && enough(reward.min_signed.as_ref(), figures.signed)
            && enough(reward.min_fixed_assets.as_ref(), figures.fixed_assets)
            && enough(reward.min_arrived.as_ref(), figures.arrived)
    };
    let reward = rules.reward.iter().find(fits).ok_or(Unpaid::NotYet)?;
    figures.paid(rules, reward).ok_or(Unpaid::NotYet)
}

/// The sums that payments are made on, in hundredths of the contract's currency.
struct Figures {
    currency: Currency,
    signed: i128,
    fixed_assets: i128,
    arrived: i128,
    signings: Vec<Position>,
    arrivals: Vec<Position>,
}

impl Figures {
    fn gather(dossier: &Dossier<'_>) -> Option<Self> {
        let (contract, event) = dossier.first_contract()?;
        let amount = event.amount.as_ref()?;
        let currency = amount.currency();
        let mut figures = Self {
            currency,
            signed: wide(amount),
            fixed_assets: 0,
            arrived: 0,
            signings: vec![contract.position],
            arrivals: Vec::new(),
        };
        for (entry, event) in
            dossier.signings().filter(|(_, event)| event.signing == Some(Signing::Increment))
        {
            if let Some(more) = event.amount.as_ref().filter(|more| more.currency() == currency) {
                figures.signed += wide(more);
                figures.signings.push(entry.position);
            }
        }
        for (entry, event) in once_each(dossier) {
            if event.amount.currency() == currency {
                figures.arrived += wide(&event.amount);
                figures.fixed_assets += event.fixed_assets.as_ref().map_or(0, wide);
                figures.arrivals.push(entry.position);
            }
        }
        Some(figures)
    }

    fn paid(self, rules: &RuleSet, reward: &Reward) -> Option<Paid> {
        let (base_hundredths, evidence) = match reward.base {
            Base::FixedAssets => (self.fixed_assets, self.arrivals),
            Base::Arrived => (self.arrived, self.arrivals),
            Base::Signed => (self.signed, self.signings),
        };
        let rate = i128::from(reward.rate_basis_points);
        let uncapped_fen = rules.in_fen(base_hundredths.saturating_mul(rate), self.currency)? / WHOLE;
        let size_fen = rules.in_fen(self.signed, self.currency)?;
        let cap = reward.caps.iter().find(|cap| {
            wide(&cap.from) <= size_fen && cap.below.as_ref().is_none_or(|below| size_fen < wide(below))
        });
        let cap_fen = cap.map(|cap| wide(&cap.most));
        Some(Paid {
            fen: cap_fen.map_or(uncapped_fen, |cap| uncapped_fen.min(cap)),
            uncapped_fen,
            cap_fen,
            base: reward.base,
            base_hundredths,
            currency: self.currency,
            rate_basis_points: reward.rate_basis_points,
            evidence,
        })
    }
}

/// The instalments, each voucher once: a duplicate of the project may have told the same money again.
pub(super) fn once_each<'a>(dossier: &Dossier<'a>) -> Vec<(&'a Entry, &'a FundsArrived)> {
    let mut vouchers = BTreeSet::new();
    dossier
        .arrivals()
        .filter(|(_, event)| {
            event
                .voucher
                .as_ref()
                .is_none_or(|voucher| vouchers.insert((voucher.clone(), event.amount.fen())))
        })
        .collect()
}
