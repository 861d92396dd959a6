//! Activities (活动): what was held, who came, who was invited and did not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{ids::PersonId, party_ref::PartyRef, region::Region};

/// Form of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityType {
    /// 沙龙.
    Salon,
    /// 讲座.
    Lecture,
    /// 企业家讲堂.
    EntrepreneurLecture,
    /// 研讨会.
    Seminar,
    /// 座谈会.
    Symposium,
    /// 论坛.
    Forum,
    /// 年会.
    AnnualMeeting,
    /// 推介会.
    Roadshow,
    /// 交流会、对接会.
    Exchange,
    /// 签约仪式.
    SigningCeremony,
    /// 青年汇.
    YouthGathering,
    /// 其他.
    Other,
}

body! {
    /// 举办活动: an activity took place.
    "activity_held" v 1, "举办活动", "Activity held";
    pub struct ActivityHeld {
        /// Key of the activity: what attendance refers to.
        pub activity: RecordKey,
        /// Its title.
        pub title: String,
        /// Its form.
        #[serde(rename = "type")]
        pub activity_type: ActivityType,
        /// The series it belongs to, such as 金桥助力政策解读沙龙.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub series: Option<String>,
        /// Who organised or hosted it (主办、承办).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub organisers: Vec<PartyRef>,
        /// Place, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub venue: Option<String>,
        /// District where it was held.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<Region>,
    }
    parties: organisers;
    tags: activity = "activity";
}

body! {
    /// 签到: one person of an organisation, or an organisation as such, was present.
    "attendance_recorded" v 1, "签到", "Attendance recorded";
    pub struct AttendanceRecorded {
        /// The activity.
        pub activity: RecordKey,
        /// The organisation present; absent for a person without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub organisation: Option<PartyRef>,
        /// The person present.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub person: Option<PersonId>,
        /// Post, in general words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub post: Option<String>,
    }
    parties: organisation;
    tags: activity = "activity", person = "person";
}

body! {
    /// 缺席: invited or signed up, not present. Never a tie.
    "no_show_recorded" v 1, "缺席", "No-show recorded";
    pub struct NoShowRecorded {
        /// The activity.
        pub activity: RecordKey,
        /// The organisation expected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub organisation: Option<PartyRef>,
        /// The person expected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub person: Option<PersonId>,
    }
    parties: organisation;
    tags: activity = "activity", person = "person";
}
