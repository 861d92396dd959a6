//! Corrections (更正、作废) and intake (导入): events about events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::ids::EventId;

body! {
    /// 更正: another event's body is replaced as a whole; kind and date may be kept or restated.
    "event_corrected" v 1, "更正", "Event corrected";
    pub struct EventCorrected {
        /// The event that is corrected.
        pub event: EventId,
        /// Its right body, whole, of the same kind in today's shape.
        pub body: serde_json::Value,
        /// Its right date, if that was wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub occurred: Option<crate::value::occurred::Occurred>,
        /// Why.
        pub reason: String,
    }
    tags: event = "event";
}

body! {
    /// 作废: another event counts no longer, in any view. It stays in the log.
    "event_voided" v 1, "作废", "Event voided";
    pub struct EventVoided {
        /// The event that is voided.
        pub event: EventId,
        /// Why.
        pub reason: String,
    }
    tags: event = "event";
}

/// The forms of office files that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImportForm {
    /// 企业名录.
    Enterprises,
    /// 商会名录.
    Chambers,
    /// 签到表.
    SignIn,
    /// 链团采购台账.
    Purchases,
    /// 签约项目台账.
    Projects,
    /// 考察接待台账.
    Delegations,
    /// 走访诉求台账.
    Visits,
    /// 捐赠与结对台账.
    Welfare,
    /// 参与登记.
    Participations,
}

body! {
    /// 文件导入: a file was read; what it added names this event's file hash as its source.
    "file_imported" v 1, "文件导入", "File imported";
    pub struct FileImported {
        /// How it was read.
        pub form: ImportForm,
        /// SM3 of the file's bytes, hexadecimal.
        pub hash: String,
        /// Rows taken.
        pub accepted: u64,
        /// Rows refused.
        pub refused: u64,
        /// Rows that repeat earlier ones.
        pub duplicates: u64,
    }
}
