//! Identity (登记主体): who exists, under which names and identifiers, and which of them are one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::{
    identifier::Identifier, ids::EventId, ids::PersonId, industry::Industry, party_ref::PartyRef,
    region::Region,
};

/// What sort of organisation a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum OrgKind {
    /// 企业.
    Enterprise,
    /// 商协会.
    Chamber,
    /// 党政机关.
    Government,
    /// 事业单位、培训机构、平台.
    Institution,
    /// 村、村集体经济组织.
    Village,
    /// 学校.
    School,
    /// 其他.
    Other,
}

/// What holds a chamber's members together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum ChamberType {
    /// 异地商会: people from one home place.
    HomePlace,
    /// 行业商会: one trade.
    Trade,
    /// 镇街商会: one township or street.
    Township,
    /// 综合性商会: all of them.
    General,
}

body! {
    /// 登记主体: a party enters the register. Its id is made from `identifier`, so two recorders agree.
    "org_registered" v 1, "登记主体", "Organisation registered";
    pub struct OrgRegistered {
        /// Full name.
        pub name: String,
        /// Sort of organisation.
        pub kind: OrgKind,
        /// First identifier; the party's id follows from it.
        pub identifier: Identifier,
        /// District where it is seated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// Industry, GB/T 4754.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub industry: Option<Industry>,
        /// Short names (简称) that mean this party.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub short_names: Vec<String>,
        /// For a chamber: what holds it together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub chamber_type: Option<ChamberType>,
        /// For a chamber of people from elsewhere: their home place (原籍地), as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub home_place: Option<String>,
        /// Main products (主要产品).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub products: Vec<String>,
    }
}

body! {
    /// 更名: the party goes by a new name; the old one (曾用名) still finds it.
    "org_renamed" v 1, "更名", "Organisation renamed";
    pub struct OrgRenamed {
        /// The party.
        pub party: PartyRef,
        /// The new full name.
        pub name: String,
    }
    parties: party;
}

body! {
    /// 补充标识: a later identifier becomes an alias of the party.
    "identifier_added" v 1, "补充标识", "Identifier added";
    pub struct IdentifierAdded {
        /// The party.
        pub party: PartyRef,
        /// The identifier that from now on also means it.
        pub identifier: Identifier,
    }
    parties: party;
}

body! {
    /// 归并: two entries of the register are one party. Nothing is lost, [`OrgUnmerged`] takes it back.
    "org_merged" v 1, "主体归并", "Organisations merged";
    pub struct OrgMerged {
        /// The entry that is absorbed.
        pub from: PartyRef,
        /// The entry that stands for both.
        pub into: PartyRef,
        /// Why an officer holds them to be one.
        pub reason: String,
    }
    parties: from, into;
}

body! {
    /// 拆分: a merge was wrong and is taken back.
    "org_unmerged" v 1, "撤销归并", "Organisations unmerged";
    pub struct OrgUnmerged {
        /// The entry that had been absorbed.
        pub from: PartyRef,
        /// The entry that stood for both.
        pub into: PartyRef,
    }
    parties: from, into;
}

body! {
    /// 注销: the organisation no longer exists. It is never proposed again; its history stays.
    "org_closed" v 1, "注销", "Organisation closed";
    pub struct OrgClosed {
        /// The party.
        pub party: PartyRef,
        /// Why, as published.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
    parties: party;
}

/// How an organisation belongs to another without being it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Affiliation {
    /// 分公司、分店、办事处: no legal person of its own.
    BranchOffice,
    /// 子公司: a legal person of its own.
    Subsidiary,
}

body! {
    /// 隶属关系: an organisation belongs to another (分公司 to its head office). They stay two parties: what one
    /// does is not done by the other, and no tie follows.
    "org_affiliated" v 1, "隶属关系", "Organisation affiliated";
    pub struct OrgAffiliated {
        /// The branch or subsidiary.
        pub party: PartyRef,
        /// The organisation that it belongs to.
        pub head_office: PartyRef,
        /// In which way.
        pub affiliation: Affiliation,
    }
    parties: party, head_office;
}

body! {
    /// 登记人员: a person is known to the person store. Name and phone are there, never here.
    "person_registered" v 1, "登记人员", "Person registered";
    pub struct PersonRegistered {
        /// Random id of the person.
        pub person: PersonId,
        /// The organisation that the person belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub organisation: Option<PartyRef>,
        /// Post, in general words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub post: Option<String>,
    }
    parties: organisation;
    tags: person = "person";
}

/// An office that a person or an enterprise holds in a chamber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Role {
    /// 会长、会长单位.
    President,
    /// 执行会长.
    ExecutivePresident,
    /// 副会长、副会长单位.
    VicePresident,
    /// 理事、理事单位.
    CouncilMember,
    /// 秘书长.
    SecretaryGeneral,
    /// 党组织书记.
    PartySecretary,
    /// 联络员.
    LiaisonOfficer,
    /// 其他.
    Other,
}

body! {
    /// 任职: a person, or an enterprise as 会长单位 and the like, takes an office in an organisation.
    "role_assigned" v 1, "任职", "Role assigned";
    pub struct RoleAssigned {
        /// Where the office is.
        pub organisation: PartyRef,
        /// The office.
        pub role: Role,
        /// The enterprise that holds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub holder: Option<PartyRef>,
        /// The person who holds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub person: Option<PersonId>,
    }
    parties: organisation, holder;
    tags: person = "person";
}

body! {
    /// 卸任: an office ends.
    "role_ended" v 1, "卸任", "Role ended";
    pub struct RoleEnded {
        /// Where the office was.
        pub organisation: PartyRef,
        /// The office.
        pub role: Role,
        /// The enterprise that held it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub holder: Option<PartyRef>,
        /// The person who held it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub person: Option<PersonId>,
    }
    parties: organisation, holder;
    tags: person = "person";
}

body! {
    /// 名称挂接: an officer confirms that a name on events means a party. Reversible.
    "party_linked" v 1, "名称挂接", "Name linked to a party";
    pub struct PartyLinked {
        /// The name as written on the events.
        pub name: String,
        /// The party that it means.
        pub party: PartyRef,
        /// The import that proposed it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub import: Option<EventId>,
    }
    parties: party;
}

body! {
    /// 撤销挂接: a confirmed name was wrong and no longer means the party.
    "party_unlinked" v 1, "撤销名称挂接", "Name unlinked";
    pub struct PartyUnlinked {
        /// The name.
        pub name: String,
        /// The party that it had meant.
        pub party: PartyRef,
    }
    parties: party;
}
