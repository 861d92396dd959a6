//! Membership (会员关系): who belongs to which chamber, and at what level.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::party_ref::PartyRef;

/// Level of a membership.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum MembershipLevel {
    /// 会员单位.
    #[default]
    Member,
    /// 理事单位.
    Council,
    /// 副会长单位.
    VicePresident,
    /// 会长单位.
    President,
}

body! {
    /// 入会: a party joins a chamber.
    "member_joined" v 1, "入会", "Member joined";
    pub struct MemberJoined {
        /// The chamber.
        pub chamber: PartyRef,
        /// The new member.
        pub member: PartyRef,
        /// Level at joining.
        #[serde(default)]
        pub level: MembershipLevel,
    }
    parties: chamber, member;
}

body! {
    /// 退会: a member leaves.
    "member_left" v 1, "退会", "Member left";
    pub struct MemberLeft {
        /// The chamber.
        pub chamber: PartyRef,
        /// The member that leaves.
        pub member: PartyRef,
    }
    parties: chamber, member;
}

body! {
    /// 会员级别变更: a member's level changes.
    "membership_level_changed" v 1, "会员级别变更", "Membership level changed";
    pub struct MembershipLevelChanged {
        /// The chamber.
        pub chamber: PartyRef,
        /// The member.
        pub member: PartyRef,
        /// The new level.
        pub level: MembershipLevel,
    }
    parties: chamber, member;
}
