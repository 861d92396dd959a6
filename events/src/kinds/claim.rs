//! Whose project it is (归属): first talks claimed, referrers filed and confirmed, disputes arbitrated.
//!
//! What a filing is worth is a rule set's to say, never the recorder's: late and inadmissible filings may be
//! recorded, and stand in the dossier with both their dates.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{ids::PersonId, money::Money, occurred::Occurred, party_ref::PartyRef, region::Region};

body! {
    /// 首报首谈: a district or chamber files that it was the first to talk with an investor.
    "first_negotiation_claimed" v 1, "首报首谈备案", "First negotiation claimed";
    pub struct FirstNegotiationClaimed {
        /// Project key.
        pub project: RecordKey,
        /// Project title.
        pub title: String,
        /// Who claims it.
        pub claimant: PartyRef,
        /// The investor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub investor: Option<PartyRef>,
        /// The district for which it is claimed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// Intended amount.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Money>,
        /// When formal talks began, if they had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub talks_began: Option<Occurred>,
        /// The document that shows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
    }
    parties: claimant, investor;
    tags: project = "project";
}

body! {
    /// 归属裁定: whoever may decide says whose project it is.
    "claim_arbitrated" v 1, "归属裁定", "Claim arbitrated";
    pub struct ClaimArbitrated {
        /// Project key.
        pub project: RecordKey,
        /// To whom it is given; empty when to nobody.
        pub holders: Vec<PartyRef>,
        /// Their shares in percent, in the same order; equal shares when left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub shares: Vec<u8>,
        /// The rule set under which it was decided; any, when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rules: Option<RecordKey>,
        /// Who decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub arbiter: Option<PartyRef>,
        /// Why.
        pub reason: String,
    }
    parties: holders, arbiter;
    tags: project = "project";
}

/// What a referrer did (厦门 tells the two apart).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferrerRole {
    /// 项目信息引荐人: brought the news of it.
    Information,
    /// 项目推动引荐人: moved it forward.
    Promotion,
}

/// As what a referrer acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// 企业.
    Enterprise,
    /// 商协会.
    Chamber,
    /// 机构.
    Institution,
    /// 自然人.
    Individual,
    /// 公职人员、机关: an official or an authority.
    Official,
}

body! {
    /// 引荐人备案: somebody files to have referred the investor.
    "referrer_filed" v 1, "引荐人备案", "Referrer filed";
    pub struct ReferrerFiled {
        /// Key of the filing (备案号).
        pub filing: RecordKey,
        /// Project key.
        pub project: RecordKey,
        /// The organisation that referred, or to which the person belongs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub referrer: Option<PartyRef>,
        /// The person who referred.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub person: Option<PersonId>,
        /// What the referrer did.
        pub role: ReferrerRole,
        /// As what it acts; for an organisation, left out, what the register says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub capacity: Option<Capacity>,
        /// Others who referred together with it; how they split is theirs to say.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub joint: Vec<PartyRef>,
    }
    parties: referrer, joint;
    tags: filing = "filing", project = "project", person = "person";
}

/// Who signs the form of a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum ConfirmedBy {
    /// 投资方.
    Investor,
    /// 引荐人.
    Referrer,
    /// 落地单位.
    LandingPlace,
    /// 招商部门.
    AttractionOffice,
}

body! {
    /// 引荐人确认: one of those who must sign a filing did so.
    "referrer_confirmed" v 1, "引荐人确认", "Referrer confirmed";
    pub struct ReferrerConfirmed {
        /// Key of the filing.
        pub filing: RecordKey,
        /// Project key.
        pub project: RecordKey,
        /// In which part the signer signed.
        pub confirmed_by: ConfirmedBy,
        /// Who signed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub signer: Option<PartyRef>,
    }
    parties: signer;
    tags: filing = "filing", project = "project";
}
