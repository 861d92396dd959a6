//! Chamber governance (商会治理): founding and legal registration.

use super::body;
use crate::value::party_ref::PartyRef;

body! {
    /// 商会成立: the founding meeting was held.
    "chamber_founded" v 1, "商会成立", "Chamber founded";
    pub struct ChamberFounded {
        /// The chamber.
        pub chamber: PartyRef,
        /// The organisation that leads or sponsors it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sponsor: Option<PartyRef>,
    }
    parties: chamber, sponsor;
}

body! {
    /// 依法登记: the chamber became a legal person. Often known to the month only.
    "chamber_legally_registered" v 1, "商会依法登记", "Chamber legally registered";
    pub struct ChamberLegallyRegistered {
        /// The chamber.
        pub chamber: PartyRef,
        /// The registering authority, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
    }
    parties: chamber;
}
