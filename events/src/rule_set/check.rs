//! What a rule set must be to be applied: parts that contradict each other are found before it is adopted.

use super::{Reward, RuleSet};
use crate::value::currency::Currency;
use crate::value::fen::Fen;
use crate::value::money::Money;

/// A whole, in hundredths of a percent.
const WHOLE_BASIS_POINTS: u32 = 10_000;

/// Why a text is no rule set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleSetFault {
    /// The text cannot be read.
    #[error("认定规则读不出来：{0}")]
    Unreadable(String),
    /// A list that must name something is empty.
    #[error("认定规则的「{0}」是空的；至少要写一项")]
    Empty(&'static str),
    /// A share or rate is more than the whole.
    #[error("认定规则的「{0}」超过 100%")]
    Excess(&'static str),
    /// It ends before it begins.
    #[error("认定规则的失效日期早于生效日期")]
    Dates,
    /// An amount is in the wrong currency.
    #[error("认定规则的「{0}」币种不对；门槛按合同币种，封顶按人民币")]
    Currency(&'static str),
    /// Caps overlap, or one is empty.
    #[error("认定规则的封顶档次重叠或为空；各档须由低到高、首尾相接或分开")]
    Caps,
    /// A foreign payment has no rate by which it could be paid.
    #[error("认定规则按外币给奖，却没有写汇率")]
    Rate,
}

impl RuleSet {
    /// Checks that the parts of the rule set fit each other.
    ///
    /// # Errors
    /// The first part that does not.
    pub fn check(&self) -> Result<(), RuleSetFault> {
        if self.first.by.is_empty() {
            return Err(RuleSetFault::Empty("first.by"));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to.last_day() < from.first_day()
        {
            return Err(RuleSetFault::Dates);
        }
        if let Some(referrers) = &self.referrers {
            if referrers.roles.is_empty() {
                return Err(RuleSetFault::Empty("referrers.roles"));
            }
            if referrers.eligible.is_empty() {
                return Err(RuleSetFault::Empty("referrers.eligible"));
            }
        }
        if self.transfer.as_ref().is_some_and(|transfer| transfer.from_percent > 100) {
            return Err(RuleSetFault::Excess("transfer.from_percent"));
        }
        self.check_threshold()?;
        self.reward.iter().try_for_each(|reward| self.check_reward(reward))
    }

    fn check_threshold(&self) -> Result<(), RuleSetFault> {
        let Some(threshold) = &self.threshold else { return Ok(()) };
        let domestic = threshold.domestic.as_ref().map(Money::currency);
        let foreign = threshold.foreign.as_ref().map(Money::currency);
        match (domestic, foreign) {
            (None, None) => Err(RuleSetFault::Empty("threshold")),
            (Some(currency), _) if currency != Currency::CNY => {
                Err(RuleSetFault::Currency("threshold.domestic"))
            }
            (_, Some(currency)) if currency == Currency::CNY => {
                Err(RuleSetFault::Currency("threshold.foreign"))
            }
            _ => Ok(()),
        }
    }

    fn check_reward(&self, reward: &Reward) -> Result<(), RuleSetFault> {
        if reward.rate_basis_points > WHOLE_BASIS_POINTS {
            return Err(RuleSetFault::Excess("reward.rate_basis_points"));
        }
        let limits = [&reward.min_signed, &reward.min_fixed_assets, &reward.min_arrived];
        if limits.into_iter().flatten().any(|limit| limit.currency() != reward.currency) {
            return Err(RuleSetFault::Currency("reward.min"));
        }
        if self.in_fen(1, reward.currency).is_none() {
            return Err(RuleSetFault::Rate);
        }
        let mut below = Some(Fen::ZERO);
        for cap in &reward.caps {
            let amounts = [Some(&cap.from), cap.below.as_ref(), Some(&cap.most)];
            if amounts.into_iter().flatten().any(|amount| amount.currency() != Currency::CNY) {
                return Err(RuleSetFault::Currency("reward.caps"));
            }
            // A step without an upper end can only be the last.
            let overlaps = below.is_none_or(|below| cap.from.fen() < below);
            let empty = cap.below.as_ref().is_some_and(|below| below.fen() <= cap.from.fen());
            if overlaps || empty {
                return Err(RuleSetFault::Caps);
            }
            below = cap.below.as_ref().map(Money::fen);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
name = "probe"
title = "试"
title_en = "probe"
source = "none"
certainty = "house"
first = { by = ["lead"] }
"#;

    fn read(rest: &str) -> Result<RuleSet, RuleSetFault> {
        RuleSet::from_toml(&format!("{LEAST}{rest}"))
    }

    #[test]
    fn a_rule_set_needs_little() {
        let rules = read("").unwrap();
        assert!(rules.first.alone && rules.counting.increment && rules.reward.is_empty());
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let reward = |rest: &str| format!("[[reward]]\ncurrency = \"CNY\"\nbase = \"arrived\"\n{rest}");
        let cases = [
            ("colour = \"red\"".to_owned(), "unknown field"),
            ("from = \"2020\"\nto = \"2019\"".to_owned(), "失效日期"),
            ("[transfer]\nfrom_percent = 101".to_owned(), "100%"),
            ("[threshold]".to_owned(), "threshold"),
            ("[threshold]\nforeign = \"10亿元\"".to_owned(), "币种"),
            ("[referrers]\nroles = []\neligible = []\nseveral = \"joint\"".to_owned(), "referrers.roles"),
            (reward("rate_basis_points = 10001"), "100%"),
            (reward("rate_basis_points = 1\nmin_signed = \"5000万美元\""), "币种"),
            ("[[reward]]\ncurrency = \"USD\"\nbase = \"arrived\"\nrate_basis_points = 70".to_owned(), "汇率"),
            (
                reward(
                    "rate_basis_points = 1\ncaps = [{ from = \"2亿元\", below = \"3亿元\", most = \"1万元\" }, { from = \"1亿元\", most = \"2万元\" }]",
                ),
                "封顶",
            ),
            (
                reward(
                    "rate_basis_points = 1\ncaps = [{ from = \"2亿元\", most = \"1万元\" }, { from = \"3亿元\", most = \"2万元\" }]",
                ),
                "封顶",
            ),
        ];
        for (rest, expected) in cases {
            let said = read(&rest).unwrap_err().to_string();
            assert!(said.contains(expected), "{rest}: {said}");
        }
    }
}
