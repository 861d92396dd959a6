//! The united-front channel (统一战线联络员、意见建议直通车): who carries a chamber's voice, and what becomes of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{ids::PersonId, party_ref::PartyRef};

/// By which office a person may be liaison officer (联络员任职条件).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Qualification {
    /// 商会党组织书记.
    PartySecretary,
    /// 秘书长中的中共党员.
    SecretaryGeneral,
}

body! {
    /// 选定统战联络员: one a chamber, who holds the office that qualifies. Of the party-building class, for it
    /// tells that the person is a party member.
    "liaison_officer_appointed" v 1, "选定统战联络员", "Liaison officer appointed";
    class: PartyBuilding;
    pub struct LiaisonOfficerAppointed {
        /// The chamber.
        pub chamber: PartyRef,
        /// The person, by id.
        pub person: PersonId,
        /// The office that qualifies; it must have been recorded by `role_assigned` before.
        pub qualification: Qualification,
        /// Number of the batch (首批 = 1).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub batch: Option<u32>,
    }
    parties: chamber;
    tags: person = "person";
}

body! {
    /// 直通车意见建议: a chamber's officer writes to the united-front department directly.
    "suggestion_submitted" v 1, "直通车建议", "Suggestion submitted";
    pub struct SuggestionSubmitted {
        /// Key of the suggestion.
        pub suggestion: RecordKey,
        /// The chamber whose officer submits it.
        pub chamber: PartyRef,
        /// The officer, by id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub person: Option<PersonId>,
        /// To whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub addressee: Option<PartyRef>,
        /// What it says.
        pub text: String,
    }
    parties: chamber, addressee;
    tags: suggestion = "suggestion", person = "person";
}

/// How far a suggestion has come. It goes forward only: 受理, 交办 (again to another), 办结, 反馈, 评价.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum SuggestionStatus {
    /// 受理.
    Accepted,
    /// 不予受理.
    Rejected,
    /// 交办.
    Assigned,
    /// 办结.
    Resolved,
    /// 反馈.
    Answered,
    /// 评价.
    Rated,
}

body! {
    /// 直通车办理: a suggestion reached a status.
    "suggestion_status_changed" v 1, "直通车办理", "Suggestion status changed";
    pub struct SuggestionStatusChanged {
        /// The suggestion.
        pub suggestion: RecordKey,
        /// The status reached.
        pub status: SuggestionStatus,
        /// Who deals with it, from 交办 on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub owner: Option<PartyRef>,
        /// With a rating: whether the chamber was satisfied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub satisfied: Option<bool>,
        /// In a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
    }
    parties: owner;
    tags: suggestion = "suggestion";
}
