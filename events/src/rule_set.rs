//! Recognition rules (认定规则) as dated data: who counts as the first, what is inadmissible, which referrers are
//! credited, what is counted, what is paid.
//!
//! A rule set answers a small fixed set of questions; a place's rules are a file in `rule_set/` with one line in
//! the list below, or an event `rule_set_adopted` that carries the same as JSON. There is no code for any place:
//! what a rule set leaves out is not asked.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kinds::RecordKey;
use crate::kinds::claim::{Capacity, ConfirmedBy, ReferrerRole};
use crate::value::currency::Currency;
use crate::value::fen::Fen;
use crate::value::money::Money;
use crate::value::occurred::Occurred;
use crate::value::region::Region;

mod check;

pub use check::RuleSetFault;

/// The files that ship with the program. Adding a rule set is its file and one line.
const FILES: &[&str] = &[
    include_str!("rule_set/house.toml"),
    include_str!("rule_set/sanming-2006.toml"),
    include_str!("rule_set/chongqing.toml"),
    include_str!("rule_set/henan.toml"),
    include_str!("rule_set/xuancheng-2024.toml"),
    include_str!("rule_set/xiamen.toml"),
    include_str!("rule_set/xiangtan.toml"),
    include_str!("rule_set/tonghai-2023.toml"),
    include_str!("rule_set/qingdao-2017.toml"),
];

/// The rule set that holds where no other was adopted and none of the place is known.
pub const HOUSE: &str = "house";

/// How sure it is that a file says what the place's rules say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Taken from a summary of the document itself.
    Summarised,
    /// Reported by others; the document was not read.
    Reported,
    /// Ours: no place's rules.
    House,
    /// Recorded by whoever adopted it.
    Adopted,
}

/// One rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Its name, by which it is asked for.
    pub name: RecordKey,
    /// What it is called.
    pub title: String,
    /// The same in English.
    pub title_en: String,
    /// Where it holds; everywhere when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The first day on which it holds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Occurred>,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Occurred>,
    /// Which document says so.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// What of it is ours, and what is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The smallest project whose first talks it protects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// Who counts as the first.
    pub first: First,
    /// Which filings it does not admit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inadmissible: Vec<Inadmissible>,
    /// Which referrers it credits; none when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrers: Option<Referrers>,
    /// What of the signings is counted.
    #[serde(default)]
    pub counting: Counting,
    /// Whose the credit is when another district lands the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
    /// What is paid; the first that fits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reward: Vec<Reward>,
    /// What a hundredth of a foreign currency is worth, for thresholds and payment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchange: Vec<Exchange>,
}

/// The smallest project that counts; at least one of the two is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// For amounts in yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domestic: Option<Money>,
    /// For amounts in a foreign currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Money>,
}

/// An act by which somebody can be the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 项目线索: a lead was reported.
    Lead,
    /// 首报首谈备案: first talks were claimed.
    Claim,
    /// 引荐人备案: a referrer was filed.
    Filing,
}

/// By when something must have been filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// Before anything was signed.
    FirstSigning,
    /// Before the definitive contract was signed.
    Contract,
}

/// Who counts as the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct First {
    /// The acts that count.
    pub by: Vec<Act>,
    /// By when they must have been done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Deadline>,
    /// Whether formal talks must have begun by the day of the filing.
    #[serde(default)]
    pub after_talks: bool,
    /// A filing recorded more than so many days after it happened counts from the day it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_within_days: Option<u16>,
    /// Whether a filing made before somebody else's counts alone (`true`), or those of one day share.
    #[serde(default = "yes")]
    pub alone: bool,
}

const fn yes() -> bool {
    true
}

/// Why a filing is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inadmissible {
    /// The project was signed already.
    Signed,
    /// It is the expansion of a firm that is settled there already.
    Expansion,
    /// Another district had it in talks, or had signed it.
    OtherDistrict,
    /// It was filed by an official or an authority for itself.
    Official,
    /// It was filed by an investor of the project.
    Investor,
}

/// What becomes of several referrers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Several {
    /// Only the first filing counts; those it names split among themselves.
    FirstOnly,
    /// The first filing of each role counts.
    FirstOfEachRole,
    /// All that were filed in time are joint referrers.
    Joint,
}

/// Which referrers are credited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Referrers {
    /// The roles that are known.
    pub roles: Vec<ReferrerRole>,
    /// Who may be one.
    pub eligible: Vec<Capacity>,
    /// By when the filing must have been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Deadline>,
    /// Who must have signed the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmed_by: Vec<ConfirmedBy>,
    /// What becomes of several.
    pub several: Several,
}

/// What of the signings is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Whether an increment (增资) counts with what it adds.
    #[serde(default = "yes")]
    pub increment: bool,
    /// Whether a changed investor moves the count to the event of the new signing.
    #[serde(default = "yes")]
    pub changed_investor: bool,
    /// Whether only definitive contracts count.
    #[serde(default)]
    pub contracts_only: bool,
}

impl Default for Counting {
    fn default() -> Self {
        Self { increment: true, changed_investor: true, contracts_only: false }
    }
}

/// Whose the credit is when another district lands the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// What the district that talked first keeps, in percent, where the two agreed on nothing else.
    pub from_percent: u8,
}

/// On what a reward is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Fixed assets that arrived.
    FixedAssets,
    /// All that arrived.
    Arrived,
    /// What was counted of the signings.
    Signed,
}

/// A payment: for whom it is meant, on what, how much, with caps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// The currency of the contract that it is meant for.
    pub currency: Currency,
    /// Least amount signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_signed: Option<Money>,
    /// Least fixed assets arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_fixed_assets: Option<Money>,
    /// Least that arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_arrived: Option<Money>,
    /// On what it is paid.
    pub base: Base,
    /// Rate in hundredths of a percent: 60 is 0.6 %.
    pub rate_basis_points: u32,
    /// Caps by size of the project, in yuan; a size that none of them names has no cap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
}

/// The most that is paid for projects of a size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// From this amount signed on.
    pub from: Money,
    /// Below this amount; without end when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Money>,
    /// At most so much.
    pub most: Money,
}

/// What a foreign currency is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The currency.
    pub currency: Currency,
    /// Millionths of a yuan for one unit of it.
    pub yuan_micro: u64,
    /// Of when, and by whom.
    pub source: String,
}

impl Exchange {
    /// So many hundredths of the currency, in fen; rounded down.
    #[must_use]
    pub fn to_fen(&self, hundredths: i128) -> i128 {
        hundredths.saturating_mul(i128::from(self.yuan_micro)) / 1_000_000
    }
}

impl RuleSet {
    /// Reads a file, and checks that it holds together.
    ///
    /// # Errors
    /// What the reader of TOML says, or what does not hold together.
    pub fn from_toml(text: &str) -> Result<Self, RuleSetFault> {
        let rules: Self =
            toml::from_str(text).map_err(|error| RuleSetFault::Unreadable(error.to_string()))?;
        rules.check()?;
        Ok(rules)
    }

    /// Whether it says of itself that it holds at that place on that day: its region contains the place, the
    /// day is within its dates.
    #[must_use]
    pub fn holds(&self, region: Option<Region>, on: Occurred) -> bool {
        let here = match (self.region, region) {
            (Some(own), Some(place)) => place.current().is_within(own.current()),
            (Some(_), None) => false,
            (None, _) => true,
        };
        here && self.from.is_none_or(|from| from.first_day() <= on.last_day())
            && self.to.is_none_or(|to| on.last_day() <= to.last_day())
    }

    /// What a sum of the currency is worth in fen, where the set knows the rate; yuan are worth themselves.
    #[must_use]
    pub fn in_fen(&self, hundredths: i128, currency: Currency) -> Option<i128> {
        if currency == Currency::CNY {
            return Some(hundredths);
        }
        let rate = self.exchange.iter().find(|exchange| exchange.currency == currency)?;
        Some(rate.to_fen(hundredths))
    }
}

/// The hundredths of an amount, wide enough to calculate with.
#[must_use]
pub fn wide(money: &Money) -> i128 {
    i128::from(Fen::get(money.fen()))
}

/// The rule sets that ship with the program, in the order of their files.
///
/// A file that cannot be read is left out here; a test reads every file.
#[must_use]
pub fn shipped() -> &'static [RuleSet] {
    static RULES: LazyLock<Vec<RuleSet>> =
        LazyLock::new(|| FILES.iter().filter_map(|text| RuleSet::from_toml(text).ok()).collect());
    &RULES
}

/// The shipped rule set of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static RuleSet> {
    shipped().iter().find(|rules| rules.name.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_names_itself_once() {
        for text in FILES {
            let rules = RuleSet::from_toml(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
            assert_eq!(named(rules.name.as_str()).map(|found| &found.title), Some(&rules.title));
            assert!(!rules.title.is_ascii() && rules.title_en.is_ascii(), "{}", rules.name);
        }
        assert_eq!(shipped().len(), FILES.len());
        assert!(shipped().len() >= 5 && named(HOUSE).is_some());
    }

    #[test]
    fn a_rule_set_is_the_same_as_json() {
        for rules in shipped() {
            let json = serde_json::to_string(rules).unwrap();
            assert_eq!(&serde_json::from_str::<RuleSet>(&json).unwrap(), rules);
        }
    }

    #[test]
    fn a_rule_set_holds_at_its_place_on_its_days() {
        let qingdao = named("qingdao-2017").unwrap();
        let district = Region::from_code("370211");
        let on = |day: &str| day.parse().unwrap();
        assert!(qingdao.holds(district, on("2017-06-01")) && qingdao.holds(district, on("2018-12-31")));
        assert!(!qingdao.holds(district, on("2019-01-01")) && !qingdao.holds(district, on("2016-12-31")));
        assert!(!qingdao.holds(Region::from_code("350400"), on("2017-06-01")));
        assert!(!qingdao.holds(None, on("2017-06-01")));
        assert!(named(HOUSE).unwrap().holds(None, on("1999")));
    }

    #[test]
    fn foreign_amounts_are_rounded_down_at_the_rate_of_the_set() {
        let dollars =
            Exchange { currency: Currency::known("USD"), yuan_micro: 6_751_800, source: String::new() };
        assert_eq!(dollars.to_fen(100), 675);
        assert_eq!(dollars.to_fen(1_000_000_000), 6_751_800_000);
    }
}
