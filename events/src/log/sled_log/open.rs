//! Opening sled 0.34 on files that a crash, a full disk or a failing one may have left behind.
//!
//! What is done here answers defects of the engine that were measured: a half-written snapshot or a changed
//! `conf` stops it, a damaged file makes it panic, and its own lock does not say who holds it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use sled::{Db, Tree};

use super::store_error;
use super::tables::message_of;
use crate::log::LogError;
use crate::log::files::{Files, RealFiles, replace_whole};
use crate::log::journal::free_name;

/// Where the parts of a store are, below its directory.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    directory: PathBuf,
}

impl Layout {
    pub(super) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }
    /// The engine's own directory.
    pub(super) fn engine(&self) -> PathBuf {
        self.directory.join("sled")
    }
    /// The file that holds the engine's data.
    pub(super) fn engine_data(&self) -> PathBuf {
        self.engine().join("db")
    }
    pub(super) fn journal(&self) -> PathBuf {
        self.directory.join("journal")
    }
    pub(super) fn quarantine(&self) -> PathBuf {
        self.directory.join("quarantine")
    }
    /// What an open had to tell and nobody has heard yet.
    pub(super) fn untold(&self) -> PathBuf {
        self.directory.join("untold")
    }
    /// Tiles of the tree of proofs.
    pub(super) fn tree(&self) -> PathBuf {
        self.directory.join("tree")
    }
    pub(super) fn head(&self) -> PathBuf {
        self.directory.join("head")
    }
    pub(super) fn lock(&self) -> PathBuf {
        self.directory.join("lock")
    }
    fn conf(&self) -> PathBuf {
        self.engine().join("conf")
    }
    fn conf_copy(&self) -> PathBuf {
        self.directory.join("sled-conf.copy")
    }

    /// Moves a file that is no good out of the engine's sight; nothing is deleted that might still tell something.
    fn keep(&self, path: &Path) -> io::Result<String> {
        let quarantine = self.quarantine();
        fs::create_dir_all(&quarantine)?;
        let name = free_name(&name_of(path), &RealFiles.list(&quarantine)?);
        fs::rename(path, quarantine.join(&name))?;
        RealFiles.sync_directory(&quarantine)?;
        RealFiles.sync_directory(&self.directory)?;
        Ok(name)
    }

    /// Moves everything of the engine away.
    pub(super) fn set_engine_aside(&self) -> io::Result<Vec<String>> {
        let parts = [self.engine(), self.conf_copy()];
        parts.iter().filter(|part| part.exists()).map(|part| self.keep(part)).collect()
    }

    /// The engine's snapshots, newest first, without half-written ones.
    fn snapshots(&self) -> io::Result<Vec<PathBuf>> {
        let mut snapshots = files_of(&self.engine())?;
        snapshots.retain(|path| {
            name_of(path).starts_with("snap.") && path.extension().is_none_or(|end| end != "generating")
        });
        snapshots.sort();
        snapshots.reverse();
        Ok(snapshots)
    }
}

/// The database and its trees `log` and `idx`.
pub(super) type Opened = (Db, Tree, Tree);

/// Opens the engine, at the second attempt without its snapshots, which it can do without.
pub(super) fn open_engine(layout: &Layout, cache_bytes: u64, limit: Duration) -> Result<Opened, LogError> {
    fs::create_dir_all(layout.engine()).map_err(store_error)?;
    tidy(layout).map_err(store_error)?;
    let opened = match open_within(layout, cache_bytes, limit) {
        Err(Failure::Failed(first)) => {
            for snapshot in layout.snapshots().map_err(store_error)? {
                layout.keep(&snapshot).map_err(store_error)?;
            }
            open_within(layout, cache_bytes, limit).map_err(|second| match second {
                Failure::Failed(second) if second == first => Failure::Failed(first),
                Failure::Failed(second) => {
                    Failure::Failed(format!("{first}; without its snapshots: {second}"))
                }
                Failure::TimedOut => Failure::TimedOut,
            })
        }
        opened => opened,
    };
    let engine = opened.map_err(|failure| match failure {
        Failure::Failed(reason) => store_error(format_args!("sled cannot be opened: {reason}")),
        Failure::TimedOut => store_error(format_args!("sled did not open within {} s", limit.as_secs())),
    })?;
    keep_conf(layout).map_err(store_error)?;
    Ok(engine)
}

/// Brings the engine's directory into a state that it can open.
fn tidy(layout: &Layout) -> io::Result<()> {
    for file in files_of(&layout.engine())? {
        // Complete snapshots have been renamed, so one of that name is always half-written.
        if name_of(&file).ends_with(".generating") {
            fs::remove_file(file)?;
        }
    }
    for snapshot in layout.snapshots()? {
        if is_whole_snapshot(&fs::read(&snapshot)?) {
            break;
        }
        layout.keep(&snapshot)?;
    }
    let Some(good) = read_if_there(&layout.conf_copy())? else {
        return Ok(());
    };
    match read_if_there(&layout.conf())? {
        Some(conf) if conf == good => Ok(()),
        Some(_) => {
            layout.keep(&layout.conf())?;
            replace_whole(&RealFiles, &layout.conf(), &good)
        }
        None => replace_whole(&RealFiles, &layout.conf(), &good),
    }
}

/// After a successful open `conf` is good: keeps a copy of it, and makes the names of new files durable.
fn keep_conf(layout: &Layout) -> io::Result<()> {
    RealFiles.sync_directory(&layout.engine())?;
    let conf = read_if_there(&layout.conf())?;
    match conf {
        Some(conf) if Some(&conf) != read_if_there(&layout.conf_copy())?.as_ref() => {
            replace_whole(&RealFiles, &layout.conf_copy(), &conf)
        }
        Some(_) | None => RealFiles.sync_directory(&layout.directory),
    }
}

enum Failure {
    Failed(String),
    TimedOut,
}

/// On damaged files the engine panics, or waits for a thread of its own that did: so it opens on a thread
/// apart, which is left behind when it does not come back.
fn open_within(layout: &Layout, cache_bytes: u64, limit: Duration) -> Result<Opened, Failure> {
    let failed = |reason: &dyn ToString| Failure::Failed(reason.to_string());
    let config = sled::Config::new()
        .path(layout.engine())
        .mode(sled::Mode::LowSpace)
        .cache_capacity(cache_bytes)
        // The background flusher is also the engine's only collector of garbage.
        .flush_every_ms(Some(500));
    let (answer, opened) = mpsc::sync_channel(1);
    let opener = thread::Builder::new()
        .name("sled-open".into())
        .spawn(move || drop(answer.send(open_trees(&config))))
        .map_err(|error| failed(&error))?;
    match opened.recv_timeout(limit) {
        Ok(opened) => opened.map_err(|error| failed(&error)),
        Err(RecvTimeoutError::Timeout) => Err(Failure::TimedOut),
        Err(RecvTimeoutError::Disconnected) => {
            let panic = opener.join().err();
            let text = panic.as_ref().map_or("without a message", |panic| message_of(&**panic));
            Err(Failure::Failed(format!("it panicked: {text}")))
        }
    }
}

fn open_trees(config: &sled::Config) -> sled::Result<Opened> {
    let db = config.open()?;
    let (blocks, index) = (db.open_tree("log")?, db.open_tree("idx")?);
    Ok((db, blocks, index))
}

/// A snapshot ends with its uncompressed length (8 bytes) and the CRC-32 of what comes before both.
fn is_whole_snapshot(bytes: &[u8]) -> bool {
    bytes.split_last_chunk::<12>().is_some_and(|(content, end)| {
        !content.is_empty() && end.last_chunk::<4>() == Some(&crc32(content).to_le_bytes())
    })
}

/// CRC-32 (IEEE 802.3), bit by bit: the engine's own checksum, for files of a few megabytes at most.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| {
                if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 }
            },
        )
    })
}

fn files_of(directory: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
