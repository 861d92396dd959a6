//! Welfare (光彩公益): pairings with villages and schools, activities, gifts of money and goods, purchases that help.
//! Money given, goods given and purchases are kinds of amount of their own and never added.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{money::Money, party_ref::PartyRef};

/// What sort of beneficiary (帮扶对象类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeneficiaryType {
    /// 贫困村.
    PoorVillage,
    /// 经济薄弱村.
    WeakVillage,
    /// 学校.
    School,
    /// 其他.
    Other,
}

body! {
    /// 结对帮扶: a chamber takes a village or school under its wing. Whether an agreement was signed is said
    /// apart, for the two are counted apart.
    "pairing_signed" v 1, "结对帮扶", "Pairing signed";
    pub struct PairingSigned {
        /// The chamber.
        pub chamber: PartyRef,
        /// The village or school.
        pub beneficiary: PartyRef,
        /// What sort it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub beneficiary_type: Option<BeneficiaryType>,
        /// Whether an agreement was signed (签订协议).
        #[serde(default)]
        pub agreement_signed: bool,
        /// The agreement's number or title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
    }
    parties: chamber, beneficiary;
}

body! {
    /// 结束结对.
    "pairing_ended" v 1, "结束结对", "Pairing ended";
    pub struct PairingEnded {
        /// The chamber.
        pub chamber: PartyRef,
        /// The village or school.
        pub beneficiary: PartyRef,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
    parties: chamber, beneficiary;
}

body! {
    /// 公益活动: an activity for beneficiaries. Gifts name it by its key.
    "welfare_activity_held" v 1, "公益活动", "Welfare activity held";
    pub struct WelfareActivityHeld {
        /// Key of the activity.
        pub welfare_activity: RecordKey,
        /// Its title.
        pub title: String,
        /// Who organised it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub organisers: Vec<PartyRef>,
        /// Whom it was for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub beneficiaries: Vec<PartyRef>,
        /// Where, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub place: Option<String>,
    }
    parties: organisers, beneficiaries;
    tags: welfare_activity = "welfare_activity";
}

body! {
    /// 捐款: money was given.
    "cash_donated" v 1, "捐款", "Cash donated";
    pub struct CashDonated {
        /// Who gave.
        pub donor: PartyRef,
        /// Who received.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub beneficiary: Option<PartyRef>,
        /// How much.
        pub amount: Money,
        /// The activity at which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub welfare_activity: Option<RecordKey>,
    }
    parties: donor, beneficiary;
    tags: welfare_activity = "welfare_activity";
}

body! {
    /// 捐物: goods were given, with what they are worth (折价).
    "goods_donated" v 1, "捐物", "Goods donated";
    pub struct GoodsDonated {
        /// Who gave.
        pub donor: PartyRef,
        /// Who received.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub beneficiary: Option<PartyRef>,
        /// What.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub goods: Option<String>,
        /// What it is worth.
        pub amount: Money,
        /// The activity at which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub welfare_activity: Option<RecordKey>,
    }
    parties: donor, beneficiary;
    tags: welfare_activity = "welfare_activity";
}

/// By which way something was bought or taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SalesChannel {
    /// 线上.
    Online,
    /// 线下.
    Offline,
}

body! {
    /// 消费扶贫、消费帮扶: products of a place in need were bought.
    "consumption_purchased" v 1, "消费帮扶", "Consumption purchased";
    pub struct ConsumptionPurchased {
        /// Who bought.
        pub buyer: PartyRef,
        /// Who sold: a village, a cooperative.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub seller: Option<PartyRef>,
        /// What.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub goods: Option<String>,
        /// For how much.
        pub amount: Money,
        /// On line or not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub channel: Option<SalesChannel>,
        /// Through which platform, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub platform: Option<String>,
    }
    parties: buyer, seller;
}
