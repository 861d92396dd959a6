//! The head kept outside the engine: up to where events had been acknowledged when it was last written.
//!
//! An engine that lost its end, or everything, opens without an error. This small file is what tells.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::store_error;
use crate::log::{LogError, Position};

/// The last block that is known to be durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Position of its last event.
    pub(super) position: Position,
    /// Its checksum.
    pub(super) block_crc32c: u32,
}

impl Head {
    /// The head as it was last written; `None` when it never was.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, LogError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(store_error(error)),
        };
        let head = serde_json::from_slice(&bytes).map_err(|error| {
            store_error(format_args!(
                "{} cannot be read ({error}), so it is not known whether events are missing; open the store with \
                 loss accepted to go on with what it holds",
                path.display()
            ))
        })?;
        Ok(Some(head))
    }

    /// Says that nothing was acknowledged.
    pub(super) fn remove(path: &Path) -> Result<(), LogError> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(store_error(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Replaces the file whole, or not at all.
    pub(super) fn write(self, path: &Path) -> Result<(), LogError> {
        let text = serde_json::to_string(&self).map_err(store_error)?;
        write_whole(path, text.as_bytes()).map_err(store_error)
    }
}

/// Writes a file so that after a crash it has its old or its new content, never a part.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Makes names in a directory durable.
pub(super) fn sync_directory(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}
