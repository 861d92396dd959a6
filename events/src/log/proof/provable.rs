//! What a log with a tree of proofs shows to outsiders.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{ConsistencyProof, InclusionProof, NotaryError, Profile, ProofError, Signed, TreeHead};
use crate::log::sled_log::Backup;
use crate::log::{LogError, Position};

/// A log that proves what it holds. Everything may be asked for while others append.
pub trait Provable: Send + Sync + Debug {
    /// Which store it is, and how its tree is hashed.
    ///
    /// # Errors
    /// When the log is closed.
    fn identity(&self) -> Result<(Uuid, Profile), LogError>;

    /// Size and root of the tree over everything durable.
    ///
    /// # Errors
    /// When the log is closed.
    fn tree_head(&self) -> Result<TreeHead, LogError>;

    /// The same over the first `size` events. Costs as much as a proof.
    ///
    /// # Errors
    /// When it never was of that size, or the log cannot be read.
    fn tree_head_at(&self, size: u64) -> Result<TreeHead, LogError>;

    /// Proves the event at `position` to be in the log of the first `size` events; of all when that is `None`.
    ///
    /// # Errors
    /// When there is no such event or size, or the log cannot be read.
    fn prove_event(&self, position: Position, size: Option<u64>) -> Result<InclusionProof, ProofError>;

    /// Proves the log of the first `from` events to be a beginning of that of the first `to`.
    ///
    /// # Errors
    /// When it never was of these sizes, or cannot be read.
    fn prove_growth(&self, from: u64, to: u64) -> Result<ConsistencyProof, ProofError>;

    /// Signs the log as it is; the last checkpoint again when nothing has been added since.
    ///
    /// # Errors
    /// When the log contradicts the last checkpoint, or the key cannot be used.
    fn checkpoint(&self) -> Result<Signed, NotaryError>;

    /// Every checkpoint that was kept, smallest first, each checked against the key.
    ///
    /// # Errors
    /// When one is damaged or cannot be read.
    fn checkpoints(&self) -> Result<Vec<Signed>, NotaryError>;

    /// The directory of the store.
    ///
    /// # Errors
    /// When the log is closed.
    fn home(&self) -> Result<PathBuf, LogError>;

    /// Writes a backup of everything durable into a directory that is empty or not there. Others may append
    /// meanwhile.
    ///
    /// # Errors
    /// When the directory is taken, or the log cannot be read.
    fn back_up(&self, directory: &Path) -> Result<Backup, LogError>;

    /// Hands the stored bytes of every event after `after` to `each`, oldest first, in bounded memory, until it
    /// breaks.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn each_stored(
        &self,
        after: Position,
        each: &mut dyn FnMut(Position, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), LogError>;
}
