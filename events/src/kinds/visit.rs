//! Visits (考察、走访) and the needs (诉求) that they bring to light.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{ids::EventId, ids::PersonId, occurred::Occurred, party_ref::PartyRef};

/// Which way a delegation travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 来访: they come to us.
    Inbound,
    /// 外出: we go to them.
    Outbound,
}

body! {
    /// 考察团: a delegation came or went, was hosted by chambers and met enterprises.
    "delegation_visited" v 2, "考察接待", "Delegation visited";
    pub struct DelegationVisited {
        /// Key of the visit.
        pub delegation: RecordKey,
        /// Name of the delegation.
        pub title: String,
        /// Which way it travelled.
        pub direction: Direction,
        /// Where it came from or went to, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub place: Option<String>,
        /// Heads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub visitors: Option<u32>,
        /// Organisations that travelled.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub delegates: Vec<PartyRef>,
        /// Chambers that hosted or led it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub hosts: Vec<PartyRef>,
        /// Enterprises that it met.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub met: Vec<PartyRef>,
        /// Sites seen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub sites: Vec<String>,
        /// What was talked about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub topic: Option<String>,
        /// Whether it was followed up, as far as known when this was recorded (后续跟进).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub follow_up: Option<FollowUp>,
    }
    parties: delegates, hosts, met;
    tags: delegation = "delegation";
    upcast: super::only_added;
}

/// How far a visit was followed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// 待跟进.
    Pending,
    /// 已回访.
    Revisited,
    /// 已对接、洽谈中.
    Talking,
    /// 不再跟进.
    Dropped,
}

body! {
    /// 走访会员: a chamber visited an enterprise.
    "member_visited" v 1, "走访会员", "Member visited";
    pub struct MemberVisited {
        /// Key of the visit.
        pub visit: RecordKey,
        /// The chamber that visits.
        pub chamber: PartyRef,
        /// The enterprise that is visited.
        pub member: PartyRef,
        /// Who visited.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub visitor: Option<PersonId>,
    }
    parties: chamber, member;
    tags: visit = "visit", visitor = "person";
}

/// What a need is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum NeedType {
    /// 人才.
    Talent,
    /// 资金、资本.
    Capital,
    /// 技术.
    Technology,
    /// 市场.
    Market,
    /// 政策.
    Policy,
    /// 用地.
    Land,
    /// 供应商、采购.
    Supply,
    /// 资产.
    Asset,
    /// 党建: of the party-building class, never a feature of a ranking.
    PartyBuilding,
    /// 其他.
    Other,
}

body! {
    /// 诉求: a party says what it needs.
    "need_declared" v 1, "诉求", "Need declared";
    pub struct NeedDeclared {
        /// Key of the need.
        pub need: RecordKey,
        /// Whose need it is.
        pub party: PartyRef,
        /// What it is about.
        #[serde(rename = "type")]
        pub need_type: NeedType,
        /// In the party's words, without persons.
        pub text: String,
        /// Who takes care of it (承办单位).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub owner: Option<PartyRef>,
        /// The visit at which it was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub visit: Option<RecordKey>,
    }
    parties: party, owner;
    tags: need = "need", visit = "visit";
}

/// How far a need has come before it is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeedStatus {
    /// 已受理.
    Accepted,
    /// 已交办.
    Assigned,
    /// 办理中.
    InProgress,
}

body! {
    /// 诉求办理: a need was taken in, handed to an owner, or is being worked on.
    "need_status_changed" v 1, "诉求办理", "Need status changed";
    pub struct NeedStatusChanged {
        /// The need.
        pub need: RecordKey,
        /// How far it has come.
        pub status: NeedStatus,
        /// Who takes care of it from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub owner: Option<PartyRef>,
        /// By when it is to be resolved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub due: Option<Occurred>,
    }
    parties: owner;
    tags: need = "need";
}

body! {
    /// 诉求办结: a declared need was met, or closed without being met.
    "need_resolved" v 1, "诉求办结", "Need resolved";
    pub struct NeedResolved {
        /// The need.
        pub need: RecordKey,
        /// Whether it was met.
        pub met: bool,
        /// The introduction that met it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub introduction: Option<EventId>,
    }
    tags: need = "need", introduction = "introduction";
}
