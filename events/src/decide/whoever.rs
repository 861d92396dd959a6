//! Whoever an event names: an entry of the register, or a name that means none yet. What rules keep facts under.

use super::Roll;
use crate::value::{ids::PartyId, name, party_ref::PartyRef};

/// A party by its entry, or a name, normalised.
#[derive(Debug, Clone, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub(super) enum Whoever {
    Party(PartyId),
    Named(String),
}

impl Whoever {
    /// Whom the reference means now.
    pub(super) fn of(party: &PartyRef, roll: &Roll) -> Self {
        roll.entry_of(party).map_or_else(|| Self::Named(name::normalise(&party.to_string())), Self::Party)
    }

    /// Under what else the same party may have been recorded: every entry that is one with it after merges.
    pub(super) fn entries(self, roll: &Roll) -> Vec<Self> {
        match self {
            Self::Party(id) => roll.entries_of(id).into_iter().map(Self::Party).collect(),
            Self::Named(_) => vec![self],
        }
    }
}
