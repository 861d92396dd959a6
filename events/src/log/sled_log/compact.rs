//! Making the engine's files small again: they only grow, and hold every old version of a page. A new engine is
//! built from the journal beside the old one and takes its place by renaming, so that a crash at any moment leaves
//! one or the other.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use uuid::Uuid;

use super::engine::{Engine, FLUSHES_PER_HEAD};
use super::lock::Lock;
use super::open::Layout;
use super::recovery::Site;
use super::sled_tables::SledKeeper;
use super::{Options, SledLog, store_error};
use crate::log::files::RealFiles;
use crate::log::journal::Sizes;
use crate::log::{Log, LogError};

const BUILDING: &str = "compacting";
const OLD: &str = "sled.old";

/// What compacting the engine's files came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Bytes of the engine's files before.
    pub bytes_before: u64,
    /// And after.
    pub bytes_after: u64,
}

/// Rebuilds the engine's files from the journal. The store is opened first, which makes both copies good.
///
/// # Errors
/// As opening the store; when there is not enough room for a second engine, nothing has changed.
pub fn compact(directory: &Path, options: &Options) -> Result<Compacted, LogError> {
    let log = SledLog::open(directory, options)?;
    log.close()?;
    let layout = Layout::new(directory);
    let lock = Lock::take(&layout.lock())?;
    let bytes_before = size_of(&layout.engine()).map_err(store_error)?;
    let building = directory.join(BUILDING);
    remove(&building).map_err(store_error)?;
    if let Err(error) = build(&layout, &building, options) {
        // A full disk is not to stay full of what came to nothing.
        remove(&building).map_err(store_error)?;
        return Err(error);
    }
    let fresh = Layout::new(&building);
    let bytes_after = size_of(&fresh.engine()).map_err(store_error)?;
    swap(directory, &layout, &fresh).map_err(store_error)?;
    drop(lock);
    Ok(Compacted { bytes_before, bytes_after })
}

/// Puts back the old engine where a crash came between its being moved away and the new one's taking its place,
/// and removes what compacting left.
pub(super) fn tidy(directory: &Path) -> io::Result<()> {
    let (engine, old) = (Layout::new(directory).engine(), directory.join(OLD));
    if old.exists() && !engine.exists() {
        fs::rename(&old, &engine)?;
    }
    remove(&old)?;
    remove(&directory.join(BUILDING))
}

/// An engine of its own on the store's journal.
fn build(layout: &Layout, building: &Path, options: &Options) -> Result<(), LogError> {
    let fresh = Layout::new(building);
    fs::create_dir_all(building).map_err(store_error)?;
    let site = Site {
        files: Arc::new(RealFiles),
        journal: layout.journal(),
        quarantine: fresh.quarantine(),
        head: fresh.head(),
        untold: fresh.untold(),
        tree: fresh.tree(),
        notary: None,
        new_store: Uuid::nil(),
        sizes: Sizes::default(),
        flushes_per_head: FLUSHES_PER_HEAD,
        keeper: Box::new(SledKeeper {
            layout: fresh,
            cache_bytes: options.cache_bytes,
            open_limit: options.open_limit,
        }),
    };
    let log = SledLog::over(Engine::open(site, None, options)?)?;
    log.verify()?;
    log.close()
}

fn swap(directory: &Path, layout: &Layout, fresh: &Layout) -> io::Result<()> {
    sync_all_of(&fresh.engine())?;
    fs::rename(layout.engine(), directory.join(OLD))?;
    fs::rename(fresh.engine(), layout.engine())?;
    fs::File::open(directory)?.sync_all()?;
    tidy(directory)
}

fn sync_all_of(directory: &Path) -> io::Result<()> {
    for path in entries(directory)? {
        if path.is_dir() { sync_all_of(&path)? } else { fs::File::open(path)?.sync_all()? }
    }
    fs::File::open(directory)?.sync_all()
}

fn size_of(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for path in entries(directory)? {
        bytes += if path.is_dir() { size_of(&path)? } else { fs::metadata(path)?.len() };
    }
    Ok(bytes)
}

fn entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
