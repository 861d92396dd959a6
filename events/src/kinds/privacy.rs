//! Privacy (个人信息保护): what persons were told, what they agreed to, what was erased, what was handed out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::{ids::PersonId, party_ref::PartyRef};

/// What personal data is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Purpose {
    /// 撮合引荐.
    Matchmaking,
    /// 活动通知.
    Invitation,
    /// 向其他单位提供.
    Sharing,
    /// 统计.
    Statistics,
}

body! {
    /// 告知: a person was told what is kept of them and why.
    "notice_given" v 1, "告知", "Notice given";
    class: Personal;
    pub struct NoticeGiven {
        /// The person, by id.
        pub person: PersonId,
        /// What for.
        pub purpose: Purpose,
        /// Which text was given, with its edition.
        pub notice: String,
    }
    tags: person = "person";
}

body! {
    /// 同意与撤回: a person agreed, or took agreement back.
    "consent_changed" v 1, "同意与撤回", "Consent changed";
    class: Personal;
    pub struct ConsentChanged {
        /// The person, by id.
        pub person: PersonId,
        /// What for.
        pub purpose: Purpose,
        /// Whether they agree from now on.
        pub given: bool,
    }
    tags: person = "person";
}

body! {
    /// 删除个人信息: the person store destroyed the person's key. The id in other events means nobody any more.
    "personal_data_erased" v 1, "删除个人信息", "Personal data erased";
    class: Personal;
    pub struct PersonalDataErased {
        /// The person, by id.
        pub person: PersonId,
        /// On what ground: demand, end of purpose, end of term.
        pub reason: String,
    }
    tags: person = "person";
}

/// On what ground data may be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 单独同意: each person agreed to it.
    Consent,
    /// 法定职责.
    LegalDuty,
    /// 不含个人信息.
    NoPersonalData,
}

body! {
    /// 提供与导出: data left this organisation.
    "data_shared" v 1, "提供与导出", "Data shared";
    class: Personal;
    pub struct DataShared {
        /// Who received it.
        pub recipient: PartyRef,
        /// What for.
        pub purpose: Purpose,
        /// On what ground.
        pub basis: Basis,
        /// What was handed out, in words without persons.
        pub subject: String,
        /// The persons concerned, by id; with consent as ground each must have given it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub persons: Vec<PersonId>,
        /// How many rows.
        pub rows: u64,
        /// SM3 of the file, hexadecimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hash: Option<String>,
    }
    parties: recipient;
    tags: persons = "person";
}
