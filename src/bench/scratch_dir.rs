//! A directory that is gone when it is no longer needed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A new directory among the system's temporary files; removed with all it holds when dropped.
#[derive(Debug)]
pub struct ScratchDir(PathBuf);

impl ScratchDir {
    /// Makes one.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("jinqiao-bench-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Bytes of all files in a directory.
///
/// # Errors
/// When it cannot be read.
pub fn bytes_of(dir: &Path) -> io::Result<u64> {
    fs::read_dir(dir)?.try_fold(0, |sum, entry| {
        let entry = entry?;
        let metadata = entry.metadata()?;
        Ok(sum + if metadata.is_dir() { bytes_of(&entry.path())? } else { metadata.len() })
    })
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        // Nobody is left to tell; the system clears its temporary files in time.
        drop(fs::remove_dir_all(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_gone_when_dropped() {
        let dir = ScratchDir::new().unwrap();
        let path = dir.path().to_owned();
        fs::create_dir(path.join("in")).unwrap();
        fs::write(path.join("in/file"), b"12345").unwrap();
        assert_eq!(bytes_of(dir.path()).unwrap(), 5);
        drop(dir);
        assert!(!path.exists());
    }
}
