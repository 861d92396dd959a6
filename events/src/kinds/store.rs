//! The store itself (存储): what the program found damaged and put right, and what a person gave up for lost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;
use crate::log::Position;

/// One of the places in which a store keeps what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreCopy {
    /// 日志文件: plain files of frames.
    Journal,
    /// 引擎: the copy that queries read.
    Engine,
    /// 日志头: the small file that says up to where events were acknowledged.
    Head,
}

/// How a copy was found damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreDamage {
    /// It could not be opened.
    Unopenable,
    /// It was not there.
    Missing,
    /// It lacked events that it had been known to hold.
    Behind,
    /// Parts of it were unreadable, or not there.
    Damaged,
    /// It held something else than was acknowledged.
    Differs,
}

/// Positions from `first` to `last`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionRange {
    /// The first.
    pub first: Position,
    /// The last.
    pub last: Position,
}

body! {
    /// 存储修复: one copy of the log was damaged and was made good from the other; nothing is missing. Written by
    /// the program once both copies agree.
    "store_healed" v 1, "存储修复", "Store healed";
    pub struct StoreHealed {
        /// The last position of the log then.
        pub head: Position,
        /// What was damaged.
        pub copy: StoreCopy,
        /// How.
        pub damage: StoreDamage,
        /// Positions that were written anew.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub ranges: Vec<PositionRange>,
        /// Files that were set aside, below `quarantine/` in the store.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub kept: Vec<String>,
    }
}

body! {
    /// 丢失确认: both copies had lost these events, and a person decided to go on without them. It stands at every
    /// lost position that has events behind it, and once at the end; only there, where neither copy had lost them but
    /// neither held what was acknowledged, and a person goes on with what the journal holds.
    "loss_accepted" v 1, "丢失确认", "Loss accepted";
    pub struct LossAccepted {
        /// The last position of the log then.
        pub head: Position,
        /// The lost positions, or those among which others than the acknowledged events stand.
        pub ranges: Vec<PositionRange>,
    }
}
