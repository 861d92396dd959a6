//! The store's notary, opened when it is first needed: a log can be written although its key cannot be read.

use std::path::{Path, PathBuf};

use super::store_error;
use crate::log::files::{Files, RealFiles};
use crate::log::journal::{Identity, free_name};
use crate::log::proof::{Leaves, Notary, NotaryError, Signed, Tree};
use crate::log::{LogError, Position};

/// Signs the checkpoints of an open store.
#[derive(Debug)]
pub(super) struct Seal {
    /// Where key and checkpoints are; none for a store that signs nothing.
    directory: Option<PathBuf>,
    identity: Identity,
    notary: Option<Notary>,
}

impl Seal {
    pub(super) const fn new(directory: Option<PathBuf>, identity: Identity) -> Self {
        Self { directory, identity, notary: None }
    }

    fn notary(&mut self) -> Result<&mut Notary, NotaryError> {
        let Identity { store, profile } = self.identity;
        let directory = self.directory.as_deref().ok_or(NotaryError::None)?;
        match &mut self.notary {
            Some(notary) => Ok(notary),
            empty @ None => Ok(empty.insert(Notary::open(directory, store, profile)?)),
        }
    }

    /// Signs the tree as it is; the last checkpoint again when nothing has been added.
    pub(super) fn sign(&mut self, tree: &Tree, leaves: &dyn Leaves) -> Result<Signed, NotaryError> {
        self.notary()?.sign(tree, leaves)
    }

    /// Every checkpoint that was kept, smallest first. Makes no key where there is none.
    pub(super) fn all(&mut self) -> Result<Vec<Signed>, NotaryError> {
        match &self.directory {
            Some(directory) if Notary::is_at(directory) => self.notary()?.all(),
            Some(_) | None => Ok(Vec::new()),
        }
    }

    /// Puts the key and what it has signed into the quarantine, if the log is no longer what was signed: a person
    /// has accepted a loss. Nobody signs two histories with one key: the new key tells everybody who relied on
    /// the old one that this is another log.
    pub(super) fn begin_anew_if_contradicted(
        &mut self,
        tree: &Tree,
        leaves: &dyn Leaves,
        quarantine: &Path,
    ) -> Result<(), LogError> {
        let Some(directory) = self.directory.clone().filter(|directory| Notary::is_at(directory)) else {
            return Ok(());
        };
        let signed = self.notary().and_then(|notary| notary.check(tree, leaves));
        if !matches!(signed, Err(NotaryError::Contradicts { .. } | NotaryError::Shorter { .. })) {
            return Ok(());
        }
        self.notary = None;
        RealFiles.make_directory(quarantine).map_err(store_error)?;
        for name in Notary::FILES {
            let taken = RealFiles.list(quarantine).map_err(store_error)?;
            let from = directory.join(name);
            if from.exists() {
                RealFiles.rename(&from, &quarantine.join(free_name(name, &taken))).map_err(store_error)?;
            }
        }
        RealFiles
            .sync_directory(quarantine)
            .and_then(|()| RealFiles.sync_directory(&directory))
            .map_err(store_error)
    }
}

/// Checkpoints that wait for a walk over the log to reach their sizes.
pub(super) struct Due {
    /// Largest first.
    signed: Vec<Signed>,
    pub(super) checked: u64,
}

impl Due {
    pub(super) fn new(mut signed: Vec<Signed>) -> Self {
        signed.reverse();
        Self { signed, checked: 0 }
    }

    /// Holds the checkpoints of that size against the root that the log has there.
    pub(super) fn reach(&mut self, size: Position, root: impl Fn() -> [u8; 32]) -> Result<(), LogError> {
        while let Some(due) = self.signed.pop_if(|signed| signed.checkpoint.head.size <= size) {
            let head = &due.checkpoint.head;
            if head.size != size || head.root != root() {
                let reason =
                    format!("the first {} events are not those that its checkpoint signed", head.size);
                return Err(LogError::Damaged { position: head.size, reason });
            }
            self.checked += 1;
        }
        Ok(())
    }

    /// Leaves out the checkpoints up to that size: the tree there cannot be told.
    pub(super) fn pass(&mut self, size: Position) {
        while self.signed.pop_if(|signed| signed.checkpoint.head.size <= size).is_some() {}
    }

    /// Whether the log has ended before a checkpoint did.
    pub(super) fn end(self, size: Position) -> Result<u64, LogError> {
        match self.signed.first() {
            Some(due) => {
                let signed = due.checkpoint.head.size;
                let reason = format!("the log ends at {size}, but a checkpoint of {signed} was signed");
                Err(LogError::Damaged { position: size.saturating_add(1), reason })
            }
            None => Ok(self.checked),
        }
    }
}
