//! Stations (工作站、联络站) and alliances (友好商会、战略合作).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::party_ref::PartyRef;

/// Sort of station; the two are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StationType {
    /// 双招双引工作站.
    Workstation,
    /// 联络站.
    LiaisonStation,
}

body! {
    /// 设站: a chamber opens a workstation or liaison station.
    "station_established" v 1, "设立工作站", "Station established";
    pub struct StationEstablished {
        /// Key of the station.
        pub station: RecordKey,
        /// Its name.
        pub title: String,
        /// Its sort.
        #[serde(rename = "type")]
        pub station_type: StationType,
        /// The chamber that runs it.
        pub chamber: PartyRef,
        /// Who hosts it there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub host: Option<PartyRef>,
        /// Where, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub place: Option<String>,
    }
    parties: chamber, host;
    tags: station = "station";
}

body! {
    /// 结盟: two organisations agree to work together (友好商会、战略合作).
    "alliance_signed" v 1, "缔结合作", "Alliance signed";
    pub struct AllianceSigned {
        /// One side.
        pub a: PartyRef,
        /// The other side.
        pub b: PartyRef,
        /// What was agreed, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub subject: Option<String>,
    }
    parties: a, b;
}

body! {
    /// 撤站: a station that had been established is closed.
    "station_closed" v 1, "撤销工作站", "Station closed";
    pub struct StationClosed {
        /// The station.
        pub station: RecordKey,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
    tags: station = "station";
}
