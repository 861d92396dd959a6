//! Two small files that are read whole and replaced whole, or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::PeopleError;

/// What each file starts with: who wrote it, and in which version of the form.
const HEADER: &[u8; 10] = b"jqpeople\x00\x01";

fn beside(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.tmp"))
}

/// Makes the directory, and clears away what a crash left half written: it may hold keys erased since.
pub(super) fn prepare(dir: &Path) -> Result<(), PeopleError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    for name in [super::KEK, super::PERSONS] {
        remove_if_there(&beside(dir, name))?;
    }
    // The directory itself must outlive a power cut, too.
    match dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => File::open(parent)?.sync_all()?,
        None => File::open(".")?.sync_all()?,
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The payload of a file, checked against its checksum; `None` when there is no such file.
pub(super) fn read(dir: &Path, name: &'static str) -> Result<Option<Zeroizing<Vec<u8>>>, PeopleError> {
    let bytes = match fs::read(dir.join(name)) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let damaged = PeopleError::Damaged { file: name };
    let Some((framed, sum)) = bytes.split_last_chunk() else {
        return Err(damaged);
    };
    match framed.strip_prefix(HEADER) {
        Some(payload) if crc32c::crc32c(framed).to_le_bytes() == *sum => {
            Ok(Some(Zeroizing::new(payload.to_vec())))
        }
        Some(_) | None => Err(damaged),
    }
}

/// As [`read`], for a file that only its owner may read.
pub(super) fn read_secret(dir: &Path, name: &'static str) -> Result<Option<Zeroizing<Vec<u8>>>, PeopleError> {
    let path = dir.join(name);
    match fs::metadata(&path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Err(PeopleError::KeyExposed(path)),
        Ok(_) | Err(_) => read(dir, name),
    }
}

/// Puts a payload in place of the file's, durably. After an error the old or the new payload is there, whole;
/// trying again writes every byte again, so a failed sync is never relied on.
pub(super) fn replace(dir: &Path, name: &'static str, payload: &[u8]) -> Result<(), PeopleError> {
    write_beside(dir, name, payload)?;
    fs::rename(beside(dir, name), dir.join(name))?;
    File::open(dir)?.sync_all()?;
    Ok(())
}

/// The first half of [`replace`]: everything durable, nothing visible yet.
pub(super) fn write_beside(dir: &Path, name: &'static str, payload: &[u8]) -> Result<(), PeopleError> {
    let path = beside(dir, name);
    remove_if_there(&path)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(HEADER.len() + payload.len() + size_of::<u32>()));
    bytes.extend_from_slice(HEADER);
    bytes.extend_from_slice(payload);
    let sum = crc32c::crc32c(&bytes).to_le_bytes();
    bytes.extend_from_slice(&sum);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    Ok(())
}
