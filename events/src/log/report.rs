//! What opening a store found wrong and put right, or had to give up: told once, as events.

use serde::{Deserialize, Serialize};

use crate::kinds::store::{LossAccepted, StoreHealed};

/// What an open has to tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Damage that was made good. Nothing is missing on its account.
    pub healed: Vec<StoreHealed>,
    /// Acknowledged positions that both copies had lost, or held other events at, where a person accepted that.
    pub lost: Vec<LossAccepted>,
    /// Checkpoints that could not be asked which of two copies is the log, and why not.
    #[serde(default)]
    pub unread: Vec<String>,
}

impl Report {
    /// Nothing to tell.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.healed.is_empty() && self.lost.is_empty() && self.unread.is_empty()
    }

    /// Adds what an earlier open had to tell and nobody has heard.
    pub(super) fn follow(&mut self, mut earlier: Self) {
        earlier.healed.append(&mut self.healed);
        earlier.lost.append(&mut self.lost);
        earlier.unread.append(&mut self.unread);
        *self = earlier;
    }
}
