//! Projects (签约项目): lead, signing, stage, money arrived.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{money::Money, party_ref::PartyRef, region::Region};

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
pub enum Signing {
    /// 首次签约: counts with its amount, once a project.
    First,
    /// 重复签约: the same again at another event; adds nothing.
    ReSigning,
    /// 升格: intent becomes framework or contract; counts as status, adds no amount.
    Upgrade,
    /// 增资: only the increment counts.
    Increment,
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
        /// How it counts. Left out, the rules say: first, else upgrade or re-signing; an increment must be said.
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

/// Where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 在谈.
    Negotiating,
    /// 已签约.
    Signed,
    /// 注册落地.
    Registered,
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
    /// 暂停.
    Paused,
    /// 终止.
    Ended,
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
