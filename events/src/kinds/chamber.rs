//! Chamber governance (商会治理): founding, legal registration, branches, annual checks, terms, clean-up,
//! demonstration points.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::{party_ref::PartyRef, region::Region};

body! {
    /// 商会成立: the founding meeting was held.
    "chamber_founded" v 1, "商会成立", "Chamber founded";
    pub struct ChamberFounded {
        /// The chamber.
        pub chamber: PartyRef,
        /// The organisation that leads or sponsors it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sponsor: Option<PartyRef>,
    }
    parties: chamber, sponsor;
}

body! {
    /// 依法登记: the chamber became a legal person. Often known to the month only.
    "chamber_legally_registered" v 1, "商会依法登记", "Chamber legally registered";
    pub struct ChamberLegallyRegistered {
        /// The chamber.
        pub chamber: PartyRef,
        /// The registering authority, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
    }
    parties: chamber;
}

body! {
    /// 设立分会: a chamber sets up a branch.
    "branch_established" v 1, "设立分会", "Branch established";
    pub struct BranchEstablished {
        /// The chamber.
        pub chamber: PartyRef,
        /// The branch.
        pub branch: PartyRef,
        /// Where it sits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// The home place of its members, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub home_place: Option<String>,
    }
    parties: chamber, branch;
}

body! {
    /// 规范提升: a chamber put its house in order.
    "chamber_rectified" v 1, "商会规范提升", "Chamber rectified";
    pub struct ChamberRectified {
        /// The chamber.
        pub chamber: PartyRef,
        /// What was put right.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub measures: Vec<String>,
        /// Who oversaw it, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
    }
    parties: chamber;
}

/// What an annual check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// 合格.
    Qualified,
    /// 基本合格.
    BasicallyQualified,
    /// 不合格.
    Unqualified,
}

body! {
    /// 年检、年报: a chamber filed its annual check or report for a year.
    "annual_check_filed" v 1, "年检年报", "Annual check filed";
    pub struct AnnualCheckFiled {
        /// The chamber.
        pub chamber: PartyRef,
        /// The year reported on.
        pub year: u16,
        /// What was found; absent where it is only a report.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub result: Option<CheckResult>,
        /// With whom it was filed, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
    }
    parties: chamber;
}

body! {
    /// 换届: a chamber elected anew.
    "term_renewed" v 1, "商会换届", "Term renewed";
    pub struct TermRenewed {
        /// The chamber.
        pub chamber: PartyRef,
        /// Which term begins (第几届).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub term: Option<u16>,
        /// How long it lasts, in years.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub term_years: Option<u8>,
        /// The enterprise that presides (会长单位).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub president: Option<PartyRef>,
    }
    parties: chamber, president;
}

/// Why a chamber is held to be dormant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum DormancyGround {
    /// 登记后满一年未开展活动.
    NoActivitySinceRegistration,
    /// 连续两年未年检、未报年报.
    AnnualChecksMissed,
    /// 连续两年未开展业务.
    NoBusiness,
    /// 无法取得联系.
    Unreachable,
    /// 未写明: the source says that it is dormant and not why.
    Unstated,
}

body! {
    /// 列入僵尸商会: an authority holds a chamber to be dormant.
    "chamber_flagged_dormant" v 1, "列入僵尸商会", "Chamber flagged dormant";
    pub struct ChamberFlaggedDormant {
        /// The chamber.
        pub chamber: PartyRef,
        /// Why.
        pub grounds: Vec<DormancyGround>,
        /// Who says so, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
        /// The document that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
    }
    parties: chamber;
}

body! {
    /// 清理注销: a chamber was dissolved. It is never proposed again; its history stays.
    "chamber_dissolved" v 1, "商会清理注销", "Chamber dissolved";
    pub struct ChamberDissolved {
        /// The chamber.
        pub chamber: PartyRef,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
        /// Who dissolved it, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
    }
    parties: chamber;
}

/// What a demonstration point shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum DemonstrationKind {
    /// 非公有制经济组织党建工作示范点.
    PartyBuilding,
    /// 商会规范化示范点.
    Standardisation,
    /// 其他示范点.
    Other,
}

body! {
    /// 示范点: an organisation is named a demonstration point.
    "demonstration_designated" v 1, "示范点命名", "Demonstration point designated";
    pub struct DemonstrationDesignated {
        /// The organisation.
        pub party: PartyRef,
        /// What it shows; the sorts are counted apart.
        pub demonstration: DemonstrationKind,
        /// At which level, as written (市级).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub level_text: Option<String>,
        /// Who named it, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
    }
    parties: party;
}

body! {
    /// 联系商会: somebody tried to reach a chamber. Two failures in a row make it 失联.
    "chamber_contacted" v 1, "联系商会", "Chamber contacted";
    pub struct ChamberContacted {
        /// The chamber.
        pub chamber: PartyRef,
        /// Whether it answered.
        pub reached: bool,
        /// By which way (电话、上门、发函), as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub way: Option<String>,
    }
    parties: chamber;
}
