//! Projects (签约项目): lead, signing, stage, money arrived, transfer, duplicates; parks planned.
//!
//! What decides whose project it is (首报首谈, 引荐) is in [`claim`](super::claim).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{amount::Approximator, money::Money, party_ref::PartyRef, region::Region};

body! {
    /// 项目线索: somebody reports that an investor may come.
    "lead_reported" v 2, "项目线索", "Lead reported";
    pub struct LeadReported {
        /// Project key.
        pub project: RecordKey,
        /// Project title.
        pub title: String,
        /// Who reports it.
        pub reporter: PartyRef,
        /// The possible investor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub investor: Option<PartyRef>,
        /// Where it might settle.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// Intended amount.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Money>,
        /// The activity that it came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub activity: Option<RecordKey>,
        /// The station that brought it (工作站、联络站).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub station: Option<RecordKey>,
    }
    parties: reporter, investor;
    tags: project = "project", activity = "activity", station = "station";
    upcast: super::only_added;
}

/// What was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Agreement {
    /// 意向、备忘录.
    Intent,
    /// 框架协议.
    Framework,
    /// 正式合同.
    Contract,
}

/// How a signing counts beside the project's earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Signing {
    /// 首次签约: counts with its amount, once a project.
    First,
    /// 重复签约: the same again at another event; adds nothing.
    ReSigning,
    /// 升格: intent becomes framework or contract; counts as status, adds no amount.
    Upgrade,
    /// 增资: only the increment counts.
    Increment,
    /// 更换投资方: other investors sign what earlier ones had signed. Counts for the event of this signing, in
    /// place of the earlier ones.
    NewInvestor,
}

body! {
    /// 项目签约: an agreement on a project was signed.
    "project_signed" v 2, "项目签约", "Project signed";
    pub struct ProjectSigned {
        /// Project key.
        pub project: RecordKey,
        /// Project title.
        pub title: String,
        /// Investors who signed.
        pub investors: Vec<PartyRef>,
        /// What was signed.
        pub agreement: Agreement,
        /// How it counts. Left out, the rules say: first; else new investor, upgrade or re-signing; an increment
        /// must be said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub signing: Option<Signing>,
        /// Amount; absent when not stated (面议). For an increment, the increment alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Money>,
        /// The occasion of the signing, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ceremony: Option<RecordKey>,
        /// Where it settles.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// Who referred it (引荐单位).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub referrer: Option<PartyRef>,
        /// The station that brought it (工作站、联络站).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub station: Option<RecordKey>,
    }
    parties: investors, referrer;
    tags: project = "project", ceremony = "activity", station = "station";
    upcast: super::only_added;
}

/// Where a project stands (2.2 of the domain's notes): the main line in its order, two marks beside it, and the
/// side states. What may follow what is [`life_cycle`](crate::decide::life_cycle)'s to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Stage {
    /// 线索.
    Lead,
    /// 研判.
    Qualified,
    /// 在谈.
    Negotiating,
    /// 拟签约 (评审、尽调).
    Appraisal,
    /// 已签约.
    Signed,
    /// 注册落地.
    Registered,
    /// 立项、拿地.
    LandApproved,
    /// 已开工.
    Started,
    /// 在建.
    Building,
    /// 竣工.
    Completed,
    /// 投产.
    Producing,
    /// 达产.
    FullCapacity,
    /// 增资扩产: a new round; it may be signed, started and finished again.
    Expanding,
    /// 入统、纳统: entered in statistics. A mark beside the main line, from the start of works on.
    InStatistics,
    /// 入规、升规: above the scale that statistics ask for. A mark, from production on.
    AboveScale,
    /// 暂停.
    Paused,
    /// 终止、流失.
    Ended,
    /// 解约: the agreement was dissolved.
    Cancelled,
    /// 清退: the project had settled and was removed.
    Cleared,
    /// 盘活: what had stopped goes on again.
    Revived,
}

impl Stage {
    /// Every stage, in the order of the enum.
    pub const ALL: [Self; 20] = [
        Self::Lead,
        Self::Qualified,
        Self::Negotiating,
        Self::Appraisal,
        Self::Signed,
        Self::Registered,
        Self::LandApproved,
        Self::Started,
        Self::Building,
        Self::Completed,
        Self::Producing,
        Self::FullCapacity,
        Self::Expanding,
        Self::InStatistics,
        Self::AboveScale,
        Self::Paused,
        Self::Ended,
        Self::Cancelled,
        Self::Cleared,
        Self::Revived,
    ];

    /// The Chinese and the English word.
    #[must_use]
    pub const fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Lead => ("线索", "lead"),
            Self::Qualified => ("研判", "qualified"),
            Self::Negotiating => ("在谈", "negotiating"),
            Self::Appraisal => ("拟签约", "appraisal"),
            Self::Signed => ("已签约", "signed"),
            Self::Registered => ("注册落地", "registered"),
            Self::LandApproved => ("立项拿地", "land approved"),
            Self::Started => ("已开工", "started"),
            Self::Building => ("在建", "building"),
            Self::Completed => ("竣工", "completed"),
            Self::Producing => ("投产", "producing"),
            Self::FullCapacity => ("达产", "full capacity"),
            Self::Expanding => ("增资扩产", "expanding"),
            Self::InStatistics => ("入统", "in statistics"),
            Self::AboveScale => ("入规", "above scale"),
            Self::Paused => ("暂停", "paused"),
            Self::Ended => ("终止", "ended"),
            Self::Cancelled => ("解约", "cancelled"),
            Self::Cleared => ("清退", "cleared"),
            Self::Revived => ("盘活", "revived"),
        }
    }
}

body! {
    /// 项目阶段变更: the project reached a stage.
    "project_stage_changed" v 1, "项目阶段变更", "Project stage changed";
    pub struct ProjectStageChanged {
        /// Project key.
        pub project: RecordKey,
        /// The stage reached.
        pub stage: Stage,
        /// Why, for a pause or an end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
    tags: project = "project";
}

body! {
    /// 资金到位: an instalment arrived, with its evidence. A stream, never added to signed amounts.
    "funds_arrived" v 1, "资金到位", "Funds arrived";
    pub struct FundsArrived {
        /// Project key.
        pub project: RecordKey,
        /// Number of the instalment (笔次).
        pub instalment: u32,
        /// Amount arrived.
        pub amount: Money,
        /// Of it, fixed assets (固定资产).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub fixed_assets: Option<Money>,
        /// Of it, working capital (流动资金).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub working_capital: Option<Money>,
        /// Where the money came from (外资、省外、市外、区外), as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub origin: Option<String>,
        /// Voucher (凭证).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub voucher: Option<String>,
    }
    tags: project = "project";
}

/// What an officer found of two projects that look alike (查重).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// 重复: one project under two keys; from now on it goes by the other key.
    #[default]
    Duplicate,
    /// 不重复: looked at, and two projects.
    Distinct,
}

body! {
    /// 项目查重: an officer looked at two projects that seem to be one, and says what they are.
    "project_duplicate_marked" v 1, "项目查重", "Project duplicate marked";
    pub struct ProjectDuplicateMarked {
        /// The project looked at.
        pub project: RecordKey,
        /// The project that it is, or is not.
        pub of: RecordKey,
        /// What was found.
        #[serde(default)]
        pub finding: Likeness,
        /// Why.
        pub reason: String,
    }
    tags: project = "project", of = "project";
}

body! {
    /// 项目流转: the project moves to another district (通海 procedure: A talked first, B lands it).
    "project_transferred" v 1, "项目流转", "Project transferred";
    pub struct ProjectTransferred {
        /// Project key.
        pub project: RecordKey,
        /// The district that gives it.
        pub from_region: Region,
        /// The district that takes it.
        pub to_region: Region,
        /// What the giving district keeps of the credit, in percent, if the two agreed on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(max = 100))]
        pub from_percent: Option<u8>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
    tags: project = "project";
}

body! {
    /// 规划园区: a park is planned. It is no signed project and no arrived money.
    "park_planned" v 1, "规划园区", "Park planned";
    pub struct ParkPlanned {
        /// Key of the park.
        pub park: RecordKey,
        /// Its name.
        pub title: String,
        /// Who plans it.
        pub planner: PartyRef,
        /// District.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
        /// Area in 亩, the number as written (100 of 100多亩, whose lower bound is 101).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub area_mu: Option<u32>,
        /// Present when the area is not meant exactly (100多亩).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub approx: Option<Approximator>,
        /// What is to be made there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub products: Vec<String>,
        /// The project that it became, once there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub project: Option<RecordKey>,
    }
    parties: planner;
    tags: park = "park", project = "project";
}
