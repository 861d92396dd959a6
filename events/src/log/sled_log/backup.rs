//! Backups while the store is running, and the way back: to the end, or to any position before it.
//!
//! ```text
//! <backup>/journal/*.seg        the events, in the form of the journal: every checksum and the tree go with them
//! <backup>/checkpoints/*.note   what had been signed; <backup>/checkpoint.vkey checks it
//! <backup>/backup.json          written last: a directory without it is no backup
//! ```
//! A backup needs no engine and no program of ours to be read (`tests/verify_log.py segment`). Neither the person
//! store nor the signing key is in it: both are kept apart, since whoever has a backup must not have them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::engine::Engine;
use super::open::Layout;
use super::tree::{check_edges, log_error};
use super::{Options, SledLog, store_error};
use crate::log::envelope::hex;
use crate::log::files::{Files, ReadOnlyFiles, RealFiles, replace_whole};
use crate::log::journal::{Identity, Journal, Sizes};
use crate::log::proof::{NodeHash, Notary, Profile, TreeHead};
use crate::log::{Log, LogError, Position};

const MANIFEST: &str = "backup.json";
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// 1.
    pub format: u32,
    /// Which store it is of.
    pub store: Uuid,
    /// How its tree is hashed.
    pub hash: Profile,
    /// Its last position.
    pub position: Position,
    /// Root of the tree over everything in it, in hexadecimal digits.
    pub root: String,
    /// Bytes of its segments.
    pub bytes: u64,
}

impl Backup {
    /// What the backup in that directory says of itself; `None` when none was finished there.
    ///
    /// # Errors
    /// When it cannot be read, or is of a newer form.
    pub fn read(directory: &Path) -> Result<Option<Self>, LogError> {
        let bytes = match fs::read(directory.join(MANIFEST)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(store_error)?,
        };
        let manifest: Self = serde_json::from_slice(&bytes).map_err(store_error)?;
        if manifest.format == FORMAT {
            return Ok(Some(manifest));
        }
        Err(store_error(format_args!(
            "the backup is of form {}, this program reads {FORMAT}",
            manifest.format
        )))
    }

    /// Whether that is the root of the tree over everything that was backed up.
    fn must_have(&self, root: &NodeHash) -> Result<(), LogError> {
        if hex(root) == self.root {
            return Ok(());
        }
        let reason = "the events up to there are not those that were backed up: their tree has another root";
        Err(LogError::Damaged { position: self.position, reason: reason.into() })
    }
}

/// Writes a backup of everything durable into a directory that does not hold one.
pub(super) fn back_up(
    engine: &Engine,
    head: &TreeHead,
    home: &Path,
    directory: &Path,
) -> Result<Backup, LogError> {
    fs::create_dir_all(directory).map_err(store_error)?;
    if fs::read_dir(directory).map_err(store_error)?.next().is_some() {
        return Err(store_error(format_args!("{} is not empty", directory.display())));
    }
    let bytes = engine.copy_journal_to(&Layout::new(directory).journal(), head.size)?;
    Notary::copy_public(home, directory).map_err(store_error)?;
    let Identity { store, profile: hash } = engine.identity();
    let (position, root) = (head.size, hex(&head.root));
    let backup = Backup { format: FORMAT, store, hash, position, root, bytes };
    let json = serde_json::to_vec_pretty(&backup).map_err(store_error)?;
    replace_whole(&RealFiles, &directory.join(MANIFEST), &json).map_err(store_error)?;
    if let Some(above) = directory.parent().filter(|above| above.is_dir()) {
        fs::File::open(above).and_then(|above| above.sync_all()).map_err(store_error)?;
    }
    Ok(backup)
}

/// Makes a store in `directory`, which must not be there or be empty, from a backup: all of it, or the events up to
/// a position. What comes out is verified before it gets its name: every byte against its checksums, the whole against
/// the backup's root, a beginning against the checkpoints up to there. A crash leaves nothing under that name.
///
/// # Errors
/// When there is no finished backup, the position is beyond it, the directory is taken, or anything in the backup
/// is not as it was.
pub fn restore(
    backup: &Path,
    directory: &Path,
    upto: Option<Position>,
    options: &Options,
) -> Result<TreeHead, LogError> {
    let said = Backup::read(backup)?
        .ok_or_else(|| store_error(format_args!("there is no finished backup in {}", backup.display())))?;
    let upto = upto.unwrap_or(said.position);
    if upto > said.position {
        return Err(store_error(format_args!("the backup ends at position {}", said.position)));
    }
    let directory = &whole(directory).map_err(store_error)?;
    if fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(store_error(format_args!("{} is not empty", directory.display())));
    }
    let building = with_suffix(directory, ".restoring");
    match fs::remove_dir_all(&building) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(store_error(error)),
        Ok(()) | Err(_) => {}
    }
    let identity = Identity { store: said.store, profile: said.hash };
    let quarantine = building.join("quarantine");
    let journal = Layout::new(backup).journal();
    let journal = Journal::look(Arc::new(ReadOnlyFiles), &journal, &quarantine, Sizes::default(), identity)
        .map_err(store_error)?;
    let files: Arc<dyn Files> = Arc::new(RealFiles);
    journal.copy_to(&files, &Layout::new(&building).journal(), upto)?;
    if upto < said.position {
        // What is restored is only a beginning, but it has to be that of what was backed up.
        let whole = check_edges(&journal, said.position, &mut |_, _| Ok(()))?;
        said.must_have(&whole.root())?;
    }
    let head = prove(&building, backup, &said, upto, options)?;
    match fs::remove_dir(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(store_error(error)),
        Ok(()) | Err(_) => {}
    }
    fs::rename(&building, directory).map_err(store_error)?;
    let above = directory.parent().filter(|above| !above.as_os_str().is_empty());
    fs::File::open(above.unwrap_or(Path::new(".")))
        .and_then(|above| above.sync_all())
        .map_err(store_error)?;
    Ok(head)
}

/// Opens what was restored and holds it against what the backup says.
fn prove(
    building: &Path,
    backup: &Path,
    said: &Backup,
    upto: Position,
    options: &Options,
) -> Result<TreeHead, LogError> {
    let options = Options { profile: said.hash, ..options.clone() };
    let engine = SledLog::open_engine(building, &options, None, said.store)?;
    let head = engine.tree()?.head();
    let wrong = |reason: &str| LogError::Damaged { position: upto, reason: reason.into() };
    if head.size != upto {
        return Err(wrong("the backup does not hold it"));
    }
    if upto == said.position {
        said.must_have(&head.root)?;
    }
    for signed in Notary::read_public(backup, said.store, said.hash).map_err(store_error)? {
        let checkpoint = signed.checkpoint.head;
        if checkpoint.size <= upto
            && engine.tree()?.head_at(&engine, checkpoint.size).map_err(log_error)? != checkpoint
        {
            return Err(wrong("the backup is not what its checkpoint signed"));
        }
    }
    let log = SledLog::over(engine)?;
    log.verify()?;
    log.close()?;
    Ok(head)
}

/// The path from the root, without a last slash: names can be made beside it.
pub(super) fn whole(path: &Path) -> io::Result<PathBuf> {
    Ok(std::path::absolute(path)?.components().collect())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
