//! Participation (参与): any register of who took part in what.

use super::{RecordKey, body};
use crate::value::{money::Money, party_ref::PartyRef};

body! {
    /// 参与: a party took part in a joint undertaking (a project, a consortium, an organisation).
    ///
    /// The general form for registers that are not our own: `group` is the undertaking, `category` its sort.
    "participation_recorded" v 1, "参与", "Participation recorded";
    pub struct ParticipationRecorded {
        /// The undertaking.
        pub group: RecordKey,
        /// Who took part.
        pub party: PartyRef,
        /// Sort of undertaking, in the register's own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub category: Option<String>,
        /// In which role, in the register's own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub role: Option<String>,
        /// The party's share of the money.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount: Option<Money>,
    }
    parties: party;
    tags: group = "group";
}
