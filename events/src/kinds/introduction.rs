//! Introductions (引荐): proposed by the engine, issued by an officer, consented by both, met, with an outcome;
//! and 回避, which forbids them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::{ids::EventId, party_ref::PartyRef};

body! {
    /// 推荐清单: a match list was shown or handed out; what was shown can be held against what happened.
    "match_list_issued" v 1, "推荐清单", "Match list issued";
    pub struct MatchListIssued {
        /// For whom.
        pub party: PartyRef,
        /// The candidates, best first.
        pub candidates: Vec<PartyRef>,
        /// The model that ranked them.
        pub model: String,
        /// The log position that the list was computed at.
        pub at_position: u64,
    }
    parties: party, candidates;
}

/// By which way an introduction came about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Channel {
    /// 引擎推荐.
    #[default]
    MatchList,
    /// 产业链招商.
    IndustryChain,
    /// 以企招企.
    FirmBringsFirm,
    /// 以商招商.
    ChamberBringsFirm,
    /// 其他.
    Other,
}

body! {
    /// 提出引荐: an officer proposes that two parties meet. The event's own id is the introduction's id.
    "introduction_proposed" v 1, "提出引荐", "Introduction proposed";
    pub struct IntroductionProposed {
        /// One side.
        pub a: PartyRef,
        /// The other side.
        pub b: PartyRef,
        /// By which way.
        #[serde(default)]
        pub channel: Channel,
        /// Who introduces them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub introducer: Option<PartyRef>,
        /// Why, in a sentence that both sides may read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
        /// Positions of the events behind the reason.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub evidence: Vec<u64>,
    }
    parties: a, b, introducer;
}

body! {
    /// 同意引荐: one side agrees. Both must before they meet.
    "introduction_consented" v 1, "同意引荐", "Introduction consented";
    pub struct IntroductionConsented {
        /// The introduction.
        pub introduction: EventId,
        /// The side that agrees.
        pub side: PartyRef,
    }
    parties: side;
    tags: introduction = "introduction";
}

body! {
    /// 谢绝引荐: one side declines; the introduction ends.
    "introduction_declined" v 1, "谢绝引荐", "Introduction declined";
    pub struct IntroductionDeclined {
        /// The introduction.
        pub introduction: EventId,
        /// The side that declines.
        pub side: PartyRef,
        /// Why, if it says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
    parties: side;
    tags: introduction = "introduction";
}

body! {
    /// 引荐过期: no answer in time; the introduction ends.
    "introduction_expired" v 1, "引荐过期", "Introduction expired";
    pub struct IntroductionExpired {
        /// The introduction.
        pub introduction: EventId,
    }
    tags: introduction = "introduction";
}

body! {
    /// 见面: two parties met face to face, by an introduction or without one.
    "meeting_held" v 1, "见面", "Meeting held";
    pub struct MeetingHeld {
        /// One side.
        pub a: PartyRef,
        /// The other side.
        pub b: PartyRef,
        /// The introduction that led to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub introduction: Option<EventId>,
        /// Place, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub place: Option<String>,
    }
    parties: a, b;
    tags: introduction = "introduction";
}

/// What came of an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Outcome {
    /// 继续洽谈.
    Talking,
    /// 达成意向.
    Intent,
    /// 成交、签约.
    Deal,
    /// 未成.
    Nothing,
}

body! {
    /// 引荐结果: what came of it.
    "outcome_reported" v 1, "引荐结果", "Outcome reported";
    pub struct OutcomeReported {
        /// The introduction.
        pub introduction: EventId,
        /// The result.
        pub outcome: Outcome,
        /// In a sentence, without persons.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
    }
    tags: introduction = "introduction";
}

body! {
    /// 回避: these two must not be introduced to each other. Always honoured.
    "do_not_introduce_set" v 1, "设定回避", "Do-not-introduce set";
    pub struct DoNotIntroduceSet {
        /// One side.
        pub a: PartyRef,
        /// The other side.
        pub b: PartyRef,
        /// Why, if it may be said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
    parties: a, b;
}

body! {
    /// 解除回避: the two may be introduced again.
    "do_not_introduce_lifted" v 1, "解除回避", "Do-not-introduce lifted";
    pub struct DoNotIntroduceLifted {
        /// One side.
        pub a: PartyRef,
        /// The other side.
        pub b: PartyRef,
    }
    parties: a, b;
}
