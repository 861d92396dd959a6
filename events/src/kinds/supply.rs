//! Supply (链团供需): what members can deliver, and what they bought from each other.

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
