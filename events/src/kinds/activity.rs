//! Activities (活动): what was held, who came, who was invited and did not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{ids::PersonId, occurred::Occurred, party_ref::PartyRef, region::Region};

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

body! {
    /// 计划活动: an activity is planned. It counts for nothing until it is held under the same key.
    "activity_planned" v 1, "计划活动", "Activity planned";
    pub struct ActivityPlanned {
        /// Key of the activity.
        pub activity: RecordKey,
        /// Its title.
        pub title: String,
        /// Its form.
        #[serde(rename = "type")]
        pub activity_type: ActivityType,
        /// For when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub planned_for: Option<Occurred>,
        /// Who organises it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub organisers: Vec<PartyRef>,
    }
    parties: organisers;
    tags: activity = "activity";
}

/// How a training reaches those who learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrainingMode {
    /// 线上.
    Online,
    /// 线下.
    Offline,
    /// 线上线下结合.
    Both,
}

body! {
    /// 培训: a training took place. Who learned is attendance under the same key.
    "training_delivered" v 1, "举办培训", "Training delivered";
    pub struct TrainingDelivered {
        /// Key of the training: what attendance refers to.
        pub activity: RecordKey,
        /// Its title or topic.
        pub title: String,
        /// On line or not.
        pub mode: TrainingMode,
        /// The series it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub series: Option<String>,
        /// Who organised it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub organisers: Vec<PartyRef>,
        /// Schools and firms that taught (培训机构).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub partners: Vec<PartyRef>,
    }
    parties: organisers, partners;
    tags: activity = "activity";
}

body! {
    /// 政策提问: somebody asked about a policy.
    "policy_question_raised" v 1, "政策提问", "Policy question raised";
    pub struct PolicyQuestionRaised {
        /// Key of the question.
        pub question: RecordKey,
        /// At which activity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub activity: Option<RecordKey>,
        /// Who asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub party: Option<PartyRef>,
        /// The question, without persons.
        pub text: String,
    }
    parties: party;
    tags: question = "question", activity = "activity";
}

body! {
    /// 政策答复: a question was answered.
    "policy_answered" v 1, "政策答复", "Policy question answered";
    pub struct PolicyAnswered {
        /// The question.
        pub question: RecordKey,
        /// Which office answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub party: Option<PartyRef>,
        /// The answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub text: Option<String>,
    }
    parties: party;
    tags: question = "question";
}
