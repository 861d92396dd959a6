//! Party building (党建): organisations, studios, activities, training, instructors, content.
//!
//! All of it is of the class [`DataClass::PartyBuilding`](super::DataClass): counted, shown to those who may see
//! it, and never a tie or a feature of a ranking. No event here names a party member; activists are a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{ids::PersonId, party_ref::PartyRef};

/// Level of a party organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyOrgLevel {
    /// 党委.
    Committee,
    /// 党总支.
    GeneralBranch,
    /// 党支部.
    Branch,
    /// 联合党支部.
    JointBranch,
}

body! {
    /// 成立党组织: a party committee, general branch or branch is set up in a chamber or firm.
    "party_org_established" v 1, "成立党组织", "Party organisation established";
    class: PartyBuilding;
    pub struct PartyOrgEstablished {
        /// Key of the party organisation.
        pub party_org: RecordKey,
        /// Its name.
        pub title: String,
        /// Its level.
        pub level: PartyOrgLevel,
        /// The chamber or firm in which it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub organisation: Option<PartyRef>,
        /// The party organisation above it (上级党组织).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<RecordKey>,
        /// The institution that leads it directly (直属), such as 市非公综合党委.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub led_by: Option<PartyRef>,
        /// For members living away from home (流动党员): their home place, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub home_place: Option<String>,
    }
    parties: organisation, led_by;
    tags: party_org = "party_org", parent = "party_org";
}

body! {
    /// 党组织书记工作室挂牌.
    "secretary_studio_opened" v 1, "书记工作室", "Secretary studio opened";
    class: PartyBuilding;
    pub struct SecretaryStudioOpened {
        /// The chamber where it is.
        pub chamber: PartyRef,
        /// Its name.
        pub title: String,
        /// The party organisation whose secretary runs it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub party_org: Option<RecordKey>,
    }
    parties: chamber;
    tags: party_org = "party_org";
}

/// Sort of party activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyActivityType {
    /// 学习班、党课.
    Study,
    /// 组织生活.
    BranchMeeting,
    /// 志愿服务.
    Service,
    /// 其他.
    Other,
}

/// How a party activity is held: 划片、业余、小型、务实.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyActivityForm {
    /// 划片: by area.
    ByArea,
    /// 业余: outside working hours.
    SpareTime,
    /// 小型.
    Small,
    /// 务实.
    Practical,
}

body! {
    /// 党建活动. Who came is not recorded, only how many.
    "party_activity_held" v 1, "党建活动", "Party activity held";
    class: PartyBuilding;
    pub struct PartyActivityHeld {
        /// Key of the activity; attendance cannot refer to it.
        pub party_activity: RecordKey,
        /// Its title.
        pub title: String,
        /// Its sort.
        #[serde(rename = "type")]
        pub activity_type: PartyActivityType,
        /// How it was held.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub forms: Vec<PartyActivityForm>,
        /// The party organisation that held it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub party_org: Option<RecordKey>,
        /// The chamber or institution that held it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub organiser: Option<PartyRef>,
        /// How many took part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub participants: Option<u32>,
    }
    parties: organiser;
    tags: party_activity = "party_activity", party_org = "party_org";
}

body! {
    /// 入党积极分子培训: how many were trained. Their names are nowhere.
    "activists_trained" v 1, "入党积极分子培训", "Party activists trained";
    class: PartyBuilding;
    pub struct ActivistsTrained {
        /// Key of the training: a correction of its number goes through it.
        pub party_training: RecordKey,
        /// How many.
        pub count: u32,
        /// The programme, such as 星火培养工程.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub programme: Option<String>,
        /// Who trained them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub organiser: Option<PartyRef>,
    }
    parties: organiser;
    tags: party_training = "party_training";
}

body! {
    /// 选派党建指导员: an instructor is sent to a party organisation of a chamber.
    "instructor_dispatched" v 1, "选派党建指导员", "Party-building instructor dispatched";
    class: PartyBuilding;
    pub struct InstructorDispatched {
        /// Who is sent, by id.
        pub person: PersonId,
        /// The chamber whose party organisation is guided.
        pub chamber: PartyRef,
        /// That party organisation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub party_org: Option<RecordKey>,
        /// Who sends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sender: Option<PartyRef>,
    }
    parties: chamber, sender;
    tags: person = "person", party_org = "party_org";
}

/// Where party content is published (智慧党建).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentChannel {
    /// 官方网站.
    Website,
    /// 微信公众号.
    Wechat,
    /// 商会网站党建模块.
    ChamberSite,
}

body! {
    /// 智慧党建推送: items were published on a channel.
    "party_content_published" v 1, "智慧党建推送", "Party content published";
    class: PartyBuilding;
    pub struct PartyContentPublished {
        /// What was published, in a title.
        pub title: String,
        /// Where.
        pub channel: ContentChannel,
        /// How many items; one when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub items: Option<u32>,
        /// Who published.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub publisher: Option<PartyRef>,
    }
    parties: publisher;
}
