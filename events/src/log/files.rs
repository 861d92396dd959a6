//! What the log asks of a file system, behind a small trait, so that tests can cut the power.
//!
//! The journal and the head file do everything through [`Files`]. The real one is [`RealFiles`]; tests put a
//! recording twin in its place that loses what was not synced, fails the n-th call, and flips bytes.
//! What the trait promises is what POSIX promises, no more: a write is durable after
//! [`DiskFile::sync_data`], a name after [`Files::sync_directory`].

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

#[cfg(test)]
pub(crate) mod twin;

/// A file system.
pub trait Files: Send + Sync + Debug {
    /// Opens a file for reading and writing; an empty one is made where there is none.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Names of the files in a directory, sorted; none where there is no directory.
    ///
    /// # Errors
    /// What the system says.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;

    /// Makes a directory, and those above it, where there is none.
    ///
    /// # Errors
    /// What the system says.
    fn make_directory(&self, directory: &Path) -> io::Result<()>;

    /// Gives a file another name, in place of what had that name.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a directory durable.
    ///
    /// # Errors
    /// What the system says; then it is not known which names are.
    fn sync_directory(&self, directory: &Path) -> io::Result<()>;
}

/// An open file, read and written at offsets, so that readers and the writer share it.
pub trait DiskFile: Send + Sync + Debug {
    /// Reads into the buffer from an offset; how many bytes there were, fewer only at the end of the file.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all bytes at an offset; a gap before it reads as zeros.
    ///
    /// # Errors
    /// What the system says; then any part may have been written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file, or extends it with zeros.
    ///
    /// # Errors
    /// What the system says.
    fn set_len(&self, bytes: u64) -> io::Result<()>;

    /// Its length in bytes.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self) -> io::Result<u64>;

    /// Makes everything written so far, and the length, durable. After an error nobody knows what is, and
    /// asking again would hide it: the system has marked the pages as clean.
    ///
    /// # Errors
    /// What the system says.
    fn sync_data(&self) -> io::Result<()>;
}

/// The whole content of a file; `None` where there is none.
///
/// # Errors
/// What the system says.
pub fn read_whole(files: &dyn Files, path: &Path) -> io::Result<Option<Vec<u8>>> {
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
    if !files.list(directory)?.iter().any(|other| name == other.as_str()) {
        return Ok(None);
    }
    let file = files.open(path)?;
    let length = usize::try_from(file.length()?).map_err(|_| ErrorKind::FileTooLarge)?;
    let mut bytes = vec![0; length];
    let read = file.read_at(0, &mut bytes)?;
    bytes.truncate(read);
    Ok(Some(bytes))
}

/// Writes a file so that after a crash it has its old or its new content, never a part.
///
/// # Errors
/// What the system says; the old content stays.
pub fn replace_whole(files: &dyn Files, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let file = files.open(&temporary)?;
    file.set_len(0)?;
    file.write_at(0, bytes)?;
    file.sync_data()?;
    files.rename(&temporary, path)?;
    path.parent().map_or(Ok(()), |directory| files.sync_directory(directory))
}

/// The files of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealFiles;

impl Files for RealFiles {
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Arc::new(file))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn make_directory(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        directory.parent().filter(|above| above.is_dir()).map_or(Ok(()), |above| self.sync_directory(above))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}

impl DiskFile for File {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match FileExt::read_at(self, rest, offset.saturating_add(u64_of(done))) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        Self::set_len(self, bytes)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn sync_data(&self) -> io::Result<()> {
        Self::sync_data(self)
    }
}

/// The files of this machine, to be looked at only: whoever tries to change anything is refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOnlyFiles;

fn read_only<T>() -> io::Result<T> {
    Err(ErrorKind::ReadOnlyFilesystem.into())
}

impl Files for ReadOnlyFiles {
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(File::open(path)?))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        RealFiles.list(directory)
    }

    fn make_directory(&self, _directory: &Path) -> io::Result<()> {
        read_only()
    }

    fn rename(&self, _from: &Path, _to: &Path) -> io::Result<()> {
        read_only()
    }

    fn remove(&self, _path: &Path) -> io::Result<()> {
        read_only()
    }

    fn sync_directory(&self, _directory: &Path) -> io::Result<()> {
        read_only()
    }
}

fn u64_of(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("head");
        assert_eq!(read_whole(&RealFiles, &path).unwrap(), None);
        replace_whole(&RealFiles, &path, b"a longer text").unwrap();
        replace_whole(&RealFiles, &path, b"short").unwrap();
        assert_eq!(read_whole(&RealFiles, &path).unwrap().as_deref(), Some(b"short".as_slice()));
        assert_eq!(RealFiles.list(directory.path()).unwrap(), ["head"]);
        assert_eq!(RealFiles.list(&directory.path().join("none")).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn files_that_are_only_looked_at_are_neither_made_nor_changed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("one");
        assert!(ReadOnlyFiles.open(&path).is_err());
        assert!(!path.exists());
        std::fs::write(&path, b"as it was").unwrap();
        let file = ReadOnlyFiles.open(&path).unwrap();
        assert!(file.write_at(0, b"else").is_err());
        assert!(file.set_len(0).is_err());
        for refused in [
            ReadOnlyFiles.make_directory(&directory.path().join("two")),
            ReadOnlyFiles.rename(&path, &directory.path().join("two")),
            ReadOnlyFiles.remove(&path),
            ReadOnlyFiles.sync_directory(directory.path()),
        ] {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::ReadOnlyFilesystem);
        }
        assert_eq!(ReadOnlyFiles.list(directory.path()).unwrap(), ["one"]);
        assert_eq!(std::fs::read(path).unwrap(), b"as it was");
    }
}
