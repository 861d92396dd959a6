//! Reference data (规则、产业链): what counts is data with a date, adopted by an event.

use super::{RecordKey, body};
use crate::chain::Segment;
use crate::rule_set::RuleSet;
use crate::value::{occurred::Occurred, party_ref::PartyRef, region::Region};

body! {
    /// 启用认定规则: a rule set of recognition and reward comes into force, for a place or everywhere.
    "rule_set_adopted" v 1, "启用认定规则", "Rule set adopted";
    pub struct RuleSetAdopted {
        /// Name of the rule set: one that ships with the program, or the one defined here.
        pub rules: RecordKey,
        /// Its definition, where it does not ship with the program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub definition: Option<Box<RuleSet>>,
        /// From when it holds; from the day of this event when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub in_force_from: Option<Occurred>,
        /// Where it holds; everywhere when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// Who adopted it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub adopter: Option<PartyRef>,
        /// The document that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
    }
    parties: adopter;
    tags: rules = "rules";
}

body! {
    /// 产业链定义: an edition of an industry chain, with its segments and what feeds what.
    "chain_defined" v 1, "产业链定义", "Chain defined";
    pub struct ChainDefined {
        /// Key of the chain; the same in all its editions.
        pub chain: RecordKey,
        /// Its name.
        pub title: String,
        /// Which edition (青岛 2019).
        pub edition: String,
        /// Where it holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// Who defined it, where it can be read, and which part is ours.
        pub source: String,
        /// Its segments.
        pub segments: Vec<Segment>,
        /// Lead firms (链主).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub lead_firms: Vec<PartyRef>,
    }
    parties: lead_firms;
    tags: chain = "chain";
}
