//! Corrections (更正、作废) and intake (导入): events about events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::value::ids::EventId;

body! {
    /// 更正: another event's body is replaced as a whole; kind and date may be kept or restated.
    "event_corrected" v 2, "更正", "Event corrected";
    pub struct EventCorrected {
        /// The event that is corrected.
        pub event: EventId,
        /// Its right body, whole, of the same kind.
        pub body: serde_json::Value,
        /// Version of that body's shape; today's when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u16>,
        /// Its right date, if that was wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub occurred: Option<crate::value::occurred::Occurred>,
        /// Why.
        pub reason: String,
    }
    tags: event = "event";
    upcast: correction_upcast;
}

/// Version 1 did not say in which shape its body was: the first one, for there was no other then.
fn correction_upcast(version: u16, mut body: serde_json::Value) -> Result<serde_json::Value, String> {
    if version != 1 {
        return Err(format!("no version {version} of event_corrected"));
    }
    if let Some(fields) = body.as_object_mut() {
        fields.insert("version".into(), 1.into());
    }
    Ok(body)
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

body! {
    /// 建议更正: a file says something else than the log holds under the same key. A person decides: a correction of
    /// the event answers it, or [`CorrectionDeclined`].
    "correction_proposed" v 1, "建议更正", "Correction proposed";
    pub struct CorrectionProposed {
        /// The event that the log holds.
        pub event: EventId,
        /// What the file says instead: a whole body of the same kind.
        pub body: serde_json::Value,
        /// Version of that body's shape; today's when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u16>,
        /// The date that the file gives.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub occurred: Option<crate::value::occurred::Occurred>,
        /// Why.
        pub reason: String,
    }
    tags: event = "event";
}

body! {
    /// 不予更正: what was proposed is wrong, the event stands as it is.
    "correction_declined" v 1, "不予更正", "Correction declined";
    pub struct CorrectionDeclined {
        /// The proposal.
        pub proposal: EventId,
        /// Why.
        pub reason: String,
    }
    tags: proposal = "event";
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
    /// 公开表述.
    Claims,
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
