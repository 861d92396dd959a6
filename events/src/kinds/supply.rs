//! Supply (链团供需): what members can deliver, and what they bought from each other.

use super::visit::NeedType;
use super::{RecordKey, body};
use crate::value::{industry::Industry, money::Money, party_ref::PartyRef};

body! {
    /// 产品服务摸底: a chamber assessed what a party can deliver.
    "capability_assessed" v 1, "产品服务摸底", "Capability assessed";
    pub struct CapabilityAssessed {
        /// The party assessed.
        pub party: PartyRef,
        /// Products and services.
        pub products: Vec<String>,
        /// Industry they belong to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub industry: Option<Industry>,
        /// Who assessed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub assessor: Option<PartyRef>,
    }
    parties: party, assessor;
}

body! {
    /// 链团采购: a member bought from a member.
    "member_purchase_made" v 1, "链团采购", "Member purchase made";
    pub struct MemberPurchaseMade {
        /// Who bought.
        pub buyer: PartyRef,
        /// Who sold.
        pub seller: PartyRef,
        /// The chamber under whose roof; when named, both must be its members.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub chamber: Option<PartyRef>,
        /// What was bought.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub goods: Option<String>,
        /// For how much.
        pub amount: Money,
        /// Contract number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub contract: Option<RecordKey>,
    }
    parties: buyer, seller, chamber;
    tags: contract = "contract";
}

body! {
    /// 供给: a party says what it can give: people, capital, technology, goods.
    "supply_offered" v 1, "发布供给", "Supply offered";
    pub struct SupplyOffered {
        /// Key of the offer.
        pub supply: RecordKey,
        /// Who offers.
        pub party: PartyRef,
        /// What it is about.
        #[serde(rename = "type")]
        pub need_type: NeedType,
        /// In the party's words, without persons.
        pub text: String,
        /// Industry it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub industry: Option<Industry>,
    }
    parties: party;
    tags: supply = "supply";
}

body! {
    /// 需求: a party says what it looks for on the market. What it wants of an office is a need (诉求).
    "demand_posted" v 1, "发布需求", "Demand posted";
    pub struct DemandPosted {
        /// Key of the demand.
        pub demand: RecordKey,
        /// Who looks.
        pub party: PartyRef,
        /// What it is about.
        #[serde(rename = "type")]
        pub need_type: NeedType,
        /// In the party's words, without persons.
        pub text: String,
        /// Industry that could meet it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub industry: Option<Industry>,
        /// For how much.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Money>,
    }
    parties: party;
    tags: demand = "demand";
}
