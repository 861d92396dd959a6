//! One process a store: a lock file that also says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::store_error;
use crate::log::LogError;

/// Held while the store is open. The lock is the operating system's, so it ends with the process, however
/// that ends; what the file says is only for people.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Self, LogError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(store_error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                // An owner that has not yet written its name is still an owner.
                let _ = file.read_to_string(&mut owner);
                let owner = if owner.is_empty() { "another process".to_owned() } else { owner };
                return Err(LogError::InUse { owner });
            }
            Err(TryLockError::Error(error)) => return Err(store_error(error)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(store_error)?;
        file.write_all(own_name().as_bytes()).map_err(store_error)?;
        Ok(Self { _file: file })
    }
}

/// Process id, program and subcommand; no further arguments, which may be names of people's files.
fn own_name() -> String {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let command = arguments.next().unwrap_or_default();
    format!("process {} ({program} {})", std::process::id(), command.to_string_lossy())
}
