//! The head: up to where events had been acknowledged when this was last written, in a small file outside both
//! copies.
//!
//! A copy that lost its end, or everything, opens without an error. This file is what tells. It is written when
//! the store is made, when it is closed, within a second of an append, and every thousand flushes; an end lost by
//! *both* copies since then goes unseen, unless a checkpoint given to somebody else covers it.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Position;
use super::files::{Files, read_whole, replace_whole};
use super::journal::Identity;
use super::proof::{NodeHash, Profile};

/// The last block that is known to be durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Position of its last event; 0 in an empty log.
    pub(super) position: Position,
    /// Its checksum.
    pub(super) block_crc32c: u32,
    /// Up to where the engine had been made durable, too. Stores of before the journal did that at every flush.
    #[serde(default)]
    pub(super) engine_position: Option<Position>,
    /// Damage was met while reading: the next open looks at everything.
    #[serde(default)]
    pub(super) suspect: bool,
    /// Which store it is the head of.
    #[serde(default)]
    pub(super) store: Option<Uuid>,
    #[serde(default)]
    pub(super) profile: Option<u8>,
    /// Root of the tree of proofs over everything up to `position`. Stores of before the tree had none.
    #[serde(default)]
    pub(super) root: Option<NodeHash>,
}

impl Head {
    pub(super) const fn new(identity: Identity, position: Position, block_crc32c: u32) -> Self {
        Self {
            position,
            block_crc32c,
            engine_position: Some(position),
            suspect: false,
            store: Some(identity.store),
            profile: Some(identity.profile.number()),
            root: None,
        }
    }

    /// The head as it was last written; `Ok(None)` when it never was, `Err` when it cannot be read.
    pub(super) fn read(files: &dyn Files, path: &Path) -> Result<Option<Self>, String> {
        let bytes = read_whole(files, path).map_err(|error| error.to_string())?;
        bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string())).transpose()
    }

    /// Replaces the file whole, or not at all.
    pub(super) fn write(&self, files: &dyn Files, path: &Path) -> io::Result<()> {
        replace_whole(files, path, &serde_json::to_vec(self)?)
    }

    /// Up to where the engine must hold everything.
    pub(super) fn engine_position(&self) -> Position {
        self.engine_position.unwrap_or(self.position)
    }

    /// Which store it is the head of, if it says so.
    pub(super) fn identity(&self) -> Option<Identity> {
        let profile = Profile::of_number(self.profile?)?;
        Some(Identity { store: self.store?, profile })
    }
}
