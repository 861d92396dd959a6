//! A file system in memory that records what was not synced, for tests: it cuts the power after any operation,
//! keeps any subset of un-synced writes, fails the n-th call, and lets bytes be changed.
//!
//! What survives a cut is what POSIX promises: bytes and length of a file up to its last `sync_data`, names up to
//! the last `sync_directory` of their directory; of everything since then any subset, a write perhaps in part.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{DiskFile, Files};

/// Un-synced writes may survive by the sector.
const SECTOR_BYTES: usize = 512;

/// What the n-th operation does in place of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The power goes: this operation and all later ones fail, and un-synced writes are at the mercy of the cut.
    PowerCut,
    /// `EIO`, once; of a sync also: what it should have made durable counts as clean, and is not.
    Io,
    /// `ENOSPC`, once.
    NoSpace,
    /// Half of a write arrives, then `EIO`; other operations fail at once.
    ShortWrite,
}

/// A change of a file that is not durable yet.
#[derive(Debug, Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
}

#[derive(Debug, Clone, Default)]
struct Inode {
    durable: Vec<u8>,
    cached: Vec<u8>,
    pending: Vec<Change>,
}

/// A change of names that is not durable yet.
#[derive(Debug, Clone)]
enum NameChange {
    Made(PathBuf, usize),
    Renamed(PathBuf, PathBuf),
    Removed(PathBuf),
}

type Names = BTreeMap<PathBuf, usize>;

#[derive(Debug, Default)]
struct State {
    inodes: Vec<Inode>,
    durable_names: Names,
    names: Names,
    pending_names: Vec<NameChange>,
    operations: u64,
    fault: Option<(u64, Fault)>,
    dead: bool,
}

/// The file system. Clones are handles to the same one.
#[derive(Clone, Default)]
pub(crate) struct Twin {
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for Twin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Twin")
    }
}

impl Twin {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many operations were asked for so far.
    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Lets the operation of that number, counted from 0, fail.
    pub(crate) fn fail_at(&self, operation: u64, fault: Fault) {
        self.state().fault = Some((operation, fault));
    }

    /// Takes back what was planned. What has happened stays.
    pub(crate) fn fail_no_more(&self) {
        self.state().fault = None;
    }

    /// Whether the power has gone.
    pub(crate) fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// Whether a fault was planned that may have come.
    pub(crate) fn is_faulty(&self) -> bool {
        let state = self.state();
        state.fault.is_some_and(|(at, _)| at < state.operations)
    }

    /// How many un-synced changes there are, names included.
    pub(crate) fn unsynced(&self) -> usize {
        let state = self.state();
        state.pending_names.len() + state.inodes.iter().map(|inode| inode.pending.len()).sum::<usize>()
    }

    /// The same file system after a power cut in which, of the un-synced changes in order, those survived that
    /// `survives` says, as far as it says: 0 nothing, 1 all of it, and in between a part of a write.
    pub(crate) fn after_cut(&self, survives: &mut dyn FnMut() -> Survival) -> Self {
        let state = self.state();
        let mut inodes = state.inodes.clone();
        for inode in &mut inodes {
            for change in std::mem::take(&mut inode.pending) {
                apply(&mut inode.durable, &change, survives());
            }
            inode.cached.clone_from(&inode.durable);
        }
        let mut names = state.durable_names.clone();
        for change in &state.pending_names {
            if survives() != Survival::Lost {
                rename(&mut names, change);
            }
        }
        let after = State { inodes, durable_names: names.clone(), names, ..State::default() };
        Self { state: Arc::new(Mutex::new(after)) }
    }

    /// The same file system after the process died, and nothing else.
    pub(crate) fn after_kill(&self) -> Self {
        let state = self.state();
        let after = State {
            inodes: state.inodes.clone(),
            durable_names: state.durable_names.clone(),
            names: state.names.clone(),
            pending_names: state.pending_names.clone(),
            ..State::default()
        };
        Self { state: Arc::new(Mutex::new(after)) }
    }

    /// Changes the bytes of a file, at once and for good.
    pub(crate) fn meddle(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        let inode = state.names.get(path).copied().and_then(|inode| state.inodes.get_mut(inode));
        let inode = inode.expect("a file of that name");
        change(&mut inode.cached);
        inode.durable.clone_from(&inode.cached);
        inode.pending.clear();
    }

    /// Removes everything below a directory, for good.
    pub(crate) fn delete_all(&self, directory: &Path) {
        let mut state = self.state();
        state.names.retain(|path, _| !path.starts_with(directory));
        state.durable_names = state.names.clone();
        state.pending_names.clear();
    }

    /// Counts an operation; the fault that it is to have.
    fn begin(&self) -> io::Result<(MutexGuard<'_, State>, Option<Fault>)> {
        let mut state = self.state();
        if state.dead {
            return Err(io::Error::other("the power is off"));
        }
        let number = state.operations;
        state.operations += 1;
        let fault = state.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        state.dead |= fault == Some(Fault::PowerCut);
        Ok((state, fault))
    }

    /// The same for operations that fail at once.
    fn attempt(&self) -> io::Result<MutexGuard<'_, State>> {
        match self.begin()? {
            (state, None) => Ok(state),
            (_, Some(fault)) => Err(fault.error()),
        }
    }
}

impl Fault {
    fn error(self) -> io::Error {
        match self {
            Self::PowerCut => io::Error::other("the power went"),
            Self::Io | Self::ShortWrite => io::Error::other("input/output error, by order"),
            Self::NoSpace => ErrorKind::StorageFull.into(),
        }
    }
}

/// How much of an un-synced change survives a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Survival {
    /// Nothing.
    Lost,
    /// All of it.
    Whole,
    /// Of a write, the sectors whose bit is set (of each 64); of anything else, all.
    Sectors(u64),
}

fn apply(bytes: &mut Vec<u8>, change: &Change, survival: Survival) {
    let sectors = match survival {
        Survival::Lost => return,
        Survival::Whole => u64::MAX,
        Survival::Sectors(sectors) => sectors,
    };
    match change {
        Change::Length(length) => bytes.resize(usize::try_from(*length).unwrap(), 0),
        Change::Write(offset, written) => {
            let offset = usize::try_from(*offset).unwrap();
            for (place, sector) in written.chunks(SECTOR_BYTES).enumerate() {
                if sectors >> (place % 64) & 1 == 1 {
                    let start = offset + place * SECTOR_BYTES;
                    let end = start + sector.len();
                    bytes.resize(bytes.len().max(end), 0);
                    bytes[start..end].copy_from_slice(sector);
                }
            }
        }
    }
}

fn rename(names: &mut Names, change: &NameChange) {
    match change {
        NameChange::Made(path, inode) => {
            names.insert(path.clone(), *inode);
        }
        NameChange::Renamed(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
        NameChange::Removed(path) => {
            names.remove(path);
        }
    }
}

impl NameChange {
    fn is_in(&self, directory: &Path) -> bool {
        match self {
            Self::Made(path, _) | Self::Renamed(_, path) | Self::Removed(path) => {
                path.parent() == Some(directory)
            }
        }
    }
}

impl Files for Twin {
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.attempt()?;
        let inode = match state.names.get(path).copied() {
            Some(inode) => inode,
            None => {
                let inode = state.inodes.len();
                state.inodes.push(Inode::default());
                state.names.insert(path.to_owned(), inode);
                state.pending_names.push(NameChange::Made(path.to_owned(), inode));
                inode
            }
        };
        Ok(Arc::new(TwinFile { twin: self.clone(), inode }))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let state = self.attempt()?;
        let inside = state.names.keys().filter(|path| path.parent() == Some(directory));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn make_directory(&self, _directory: &Path) -> io::Result<()> {
        self.attempt().map(drop)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.attempt()?;
        let inode = state.names.remove(from).ok_or(ErrorKind::NotFound)?;
        state.names.insert(to.to_owned(), inode);
        state.pending_names.push(NameChange::Renamed(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.attempt()?;
        state.names.remove(path).ok_or(ErrorKind::NotFound)?;
        state.pending_names.push(NameChange::Removed(path.to_owned()));
        Ok(())
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        let mut state = self.attempt()?;
        let pending = std::mem::take(&mut state.pending_names);
        let (synced, pending): (Vec<_>, Vec<_>) =
            pending.into_iter().partition(|change| change.is_in(directory));
        state.pending_names = pending;
        for change in &synced {
            rename(&mut state.durable_names, change);
        }
        Ok(())
    }
}

#[derive(Debug)]
struct TwinFile {
    twin: Twin,
    inode: usize,
}

impl TwinFile {
    fn change(&self, change: Change) -> io::Result<()> {
        let (mut state, fault) = self.twin.begin()?;
        let inode = &mut state.inodes[self.inode];
        let arrives = match (fault, change) {
            (None, change) => Some(change),
            // An operation under way when the power goes may have reached the disk, or not.
            (Some(Fault::PowerCut), change) => Some(change),
            (Some(Fault::ShortWrite), Change::Write(offset, mut bytes)) => {
                bytes.truncate(bytes.len() / 2);
                Some(Change::Write(offset, bytes))
            }
            (Some(Fault::ShortWrite | Fault::Io | Fault::NoSpace), _) => None,
        };
        if let Some(change) = arrives {
            apply(&mut inode.cached, &change, Survival::Whole);
            inode.pending.push(change);
        }
        fault.map_or(Ok(()), |fault| Err(fault.error()))
    }
}

impl DiskFile for TwinFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.twin.attempt()?;
        let bytes = &state.inodes[self.inode].cached;
        let rest = bytes.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(Change::Write(offset, bytes.to_vec()))
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.change(Change::Length(bytes))
    }

    fn length(&self) -> io::Result<u64> {
        let state = self.twin.attempt()?;
        Ok(u64::try_from(state.inodes[self.inode].cached.len()).unwrap())
    }

    fn sync_data(&self) -> io::Result<()> {
        let (mut state, fault) = self.twin.begin()?;
        let inode = &mut state.inodes[self.inode];
        match fault {
            None => {
                for change in std::mem::take(&mut inode.pending) {
                    apply(&mut inode.durable, &change, Survival::Whole);
                }
                Ok(())
            }
            // The pages count as clean from now on: no later sync will write them.
            Some(fault @ (Fault::Io | Fault::NoSpace | Fault::ShortWrite)) => {
                inode.pending.clear();
                Err(fault.error())
            }
            Some(Fault::PowerCut) => Err(Fault::PowerCut.error()),
        }
    }
}
