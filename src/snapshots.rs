//! Snapshots: what rules and views had come to at one position, kept in one file beside the log, so that opening a store
//! folds what came since and not everything.
//!
//! ```text
//! <dir>/snapshot
//! file  = the chunks of every part, one part after the other · the chunks of the table · bytes of the table u64 · magic
//! table = stamp · name, offset and bytes of each part
//! stamp = shape · position · root of the tree of proofs at that position
//! ```
//! Numbers are little-endian; chunks and the forms within are those of [`jinqiao_events::kept`]. A snapshot is a cache.
//! It is believed where its stamp says that this program's sources folded these events, as they stand in the log now:
//! what was mended, lost, restored, voided or corrected since makes it another log, and a change of the program another
//! shape. Nothing in it is believed before its checksum was looked at. One that is not believed is passed over, and the
//! log is replayed; deleting it loses nothing. It holds what events hold, so no name or phone of a person, and is in no
//! backup.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use jinqiao_events::decide::Rules;
use jinqiao_events::kept::{self, ChunkWriter, Chunks, Keep};
use jinqiao_events::kinds::Body;
use jinqiao_events::kinds::correction::{EventCorrected, EventVoided};
use jinqiao_events::log::proof::NodeHash;
use jinqiao_events::log::{Direction, Log, LogError, Position, Query};
use jinqiao_projections::views::{self, Views};

/// Name of the file in the store's directory.
pub const FILE: &str = "snapshot";
/// Of a snapshot that is being written.
const TEMPORARY: &str = "snapshot.new";
const MAGIC: [u8; 8] = *b"JQSNAP1\n";
const TRAILER_BYTES: u64 = 16;
/// Number of the table among the parts.
const TABLE: u32 = u32::MAX;
/// Most bytes of a table: it has a line a part.
const TABLE_MAX_BYTES: u64 = 64 * 1024;
const BUFFER_BYTES: usize = 256 * 1024;

/// Whose parts they are.
const VIEWS: &str = "views";
const RULES: &str = "rules";

/// Events that a snapshot must be behind to be written anew when the log is closed,
const CLOSE_MIN_EVENTS: u64 = 1_024;
/// and as one part of so many of the log: to fold a hundredth of it takes less than to write the whole.
const CLOSE_SHARE: u64 = 128;

/// Whether events up to `head` are worth a snapshot where the last one is of `kept`.
#[must_use]
pub fn is_due(kept: Position, head: Position) -> bool {
    head.saturating_sub(kept) >= CLOSE_MIN_EVENTS.max(head / CLOSE_SHARE)
}

/// Where a log's snapshot is; `None` for one in memory.
#[must_use]
pub fn home(log: &dyn Log) -> Option<PathBuf> {
    log.provable()?.home().ok()
}

/// Of what a snapshot is.
#[derive(Debug, Clone, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Stamp {
    /// Digest of what it is made of and by.
    shape: String,
    /// The last event taken in.
    pub position: Position,
    /// Root of the tree of proofs over everything up to there.
    root: NodeHash,
}

/// A part in the file.
#[derive(Debug, Clone, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Part {
    name: String,
    offset: u64,
    bytes: u64,
}

/// What stands at the end of the file.
#[derive(Debug, Clone, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
struct Table {
    stamp: Stamp,
    parts: Vec<Part>,
}

/// A snapshot that was found and whose stamp holds.
#[derive(Debug)]
pub struct Snapshot {
    file: File,
    table: Table,
}

impl Stamp {
    /// The stamp of this program and of the log up to `position`; `None` where the log has no tree to be known by.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn of(log: &dyn Log, position: Position) -> Result<Option<Self>, LogError> {
        let Some(provable) = log.provable() else { return Ok(None) };
        let root = provable.tree_head_at(position)?.root;
        Ok(Some(Self { shape: format!("{}{}", kept::SHAPE, views::SHAPE), position, root }))
    }
}

impl Snapshot {
    /// The snapshot in the store's directory, if it is of this log and this program.
    #[must_use]
    pub fn find(log: &dyn Log) -> Option<Self> {
        let file = match File::open(home(log)?.join(FILE)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => return passed_over(&error),
        };
        let snapshot = match Self::read(file) {
            Ok(snapshot) => snapshot,
            Err(error) => return passed_over(&error),
        };
        match snapshot.misfit(log) {
            Ok(None) => Some(snapshot),
            Ok(Some(reason)) => passed_over(&reason),
            Err(error) => passed_over(&error),
        }
    }

    fn read(mut file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let end = length.checked_sub(TRAILER_BYTES).ok_or(io::ErrorKind::UnexpectedEof)?;
        file.seek(SeekFrom::Start(end))?;
        let (mut bytes, mut magic) = ([0; 8], [0; 8]);
        file.read_exact(&mut bytes)?;
        file.read_exact(&mut magic)?;
        let bytes = u64::from_le_bytes(bytes);
        let offset = end.checked_sub(bytes).filter(|_| magic == MAGIC && bytes <= TABLE_MAX_BYTES);
        file.seek(SeekFrom::Start(offset.ok_or(io::ErrorKind::InvalidData)?))?;
        let nothing = Stamp { shape: String::new(), position: 0, root: NodeHash::default() };
        let mut table = Table { stamp: nothing, parts: Vec::new() };
        table.take_up(&mut Chunks::new(&mut file, TABLE, bytes))?;
        Ok(Self { file, table })
    }

    /// Why it is not to be believed, if it is not.
    fn misfit(&self, log: &dyn Log) -> Result<Option<&'static str>, LogError> {
        let stamp = &self.table.stamp;
        if stamp.position > log.head() {
            return Ok(Some("the log does not reach so far"));
        }
        if Stamp::of(log, stamp.position)?.as_ref() != Some(stamp) {
            return Ok(Some("it is of another log or another program"));
        }
        for rewriting in [EventVoided::NAME, EventCorrected::NAME] {
            let since = log.read(&Query::of_kind(rewriting), stamp.position, Direction::Forward, 1)?;
            if !since.is_empty() {
                return Ok(Some("history was told anew since"));
            }
        }
        Ok(None)
    }

    /// The last event taken in.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.table.stamp.position
    }

    /// The views as they were. Parts are read on all processors at once.
    ///
    /// # Errors
    /// When the file is damaged: it counts for nothing then.
    pub fn views(&self) -> io::Result<Views> {
        let mut views = Views::default();
        self.take_up(VIEWS, views.parts_mut())?;
        views.position = self.position();
        Ok(views)
    }

    /// The rules as they were.
    ///
    /// # Errors
    /// When the file is damaged: it counts for nothing then.
    pub fn rules(&self) -> io::Result<Rules> {
        let mut rules = Rules::default();
        self.take_up(RULES, rules.parts_mut())?;
        Ok(rules)
    }

    fn take_up(&self, of: &str, wanted: Vec<(&'static str, &mut dyn Keep)>) -> io::Result<()> {
        let mut parts = Vec::new();
        for (name, state) in wanted {
            let found = (0..).zip(&self.table.parts).find(|(_, part)| part.name == named(of, name));
            let (number, part) = found.ok_or(io::ErrorKind::InvalidData)?;
            parts.push((part, number, state));
        }
        // The largest is begun first; the others fill the time.
        parts.sort_by_key(|(part, ..)| part.bytes);
        let parts = Mutex::new(parts);
        let work = || -> io::Result<()> {
            loop {
                let next = parts.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some((part, number, state)) = next else { return Ok(()) };
                let at = BufReader::with_capacity(BUFFER_BYTES, At { file: &self.file, offset: part.offset });
                state.take_up(&mut Chunks::new(&mut { at }, self.table.stamp.part(number), part.bytes))?;
            }
        };
        thread::scope(|scope| {
            let processors = thread::available_parallelism().map_or(1, usize::from);
            let others: Vec<_> = (1..processors).map(|_| scope.spawn(work)).collect();
            let own = work();
            others
                .into_iter()
                .map(|other| other.join().unwrap_or_else(|_| Err(died())))
                .fold(own, io::Result::and)
        })
    }
}

impl Stamp {
    /// Number of a part's chunks: chunks of another snapshot do not hold here.
    fn part(&self, number: u32) -> u32 {
        let [a, b, c, d, ..] = self.root;
        u32::from_le_bytes([a, b, c, d]).wrapping_add(number)
    }
}

fn named(of: &str, name: &str) -> String {
    format!("{of}/{name}")
}

fn died() -> io::Error {
    io::Error::other("a thread that read a part has panicked")
}

fn passed_over<T>(reason: &dyn std::fmt::Display) -> Option<T> {
    tracing::info!(%reason, "a snapshot was passed over: the log is replayed");
    None
}

/// A file read from an offset on, beside others who read it elsewhere.
struct At<'a> {
    file: &'a File,
    offset: u64,
}

impl Read for At<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = std::os::unix::fs::FileExt::read_at(self.file, to, self.offset)?;
        self.offset += u64::try_from(read).map_err(io::Error::other)?;
        Ok(read)
    }
}

/// Writes what rules and views have come to, in place of the snapshot that there was: whole, or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn write(home: &Path, stamp: &Stamp, rules: &Rules, views: &Views) -> io::Result<()> {
    let temporary = home.join(TEMPORARY);
    let mut file = BufWriter::with_capacity(BUFFER_BYTES, File::create(&temporary)?);
    let (mut parts, mut offset) = (Vec::new(), 0);
    let of_views = views.parts().into_iter().map(|(name, state)| (named(VIEWS, name), state));
    let of_rules = rules.parts().into_iter().map(|(name, state)| (named(RULES, name), state));
    for (number, (name, state)) in (0..).zip(of_views.chain(of_rules)) {
        let mut chunks = ChunkWriter::new(&mut file, stamp.part(number));
        state.lay_down(&mut chunks)?;
        let bytes = chunks.written();
        parts.push(Part { name, offset, bytes });
        offset += bytes;
    }
    let table = Table { stamp: stamp.clone(), parts };
    let mut chunks = ChunkWriter::new(&mut file, TABLE);
    table.lay_down(&mut chunks)?;
    let bytes = chunks.written();
    file.write_all(&bytes.to_le_bytes())?;
    file.write_all(&MAGIC)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&temporary, home.join(FILE))?;
    File::open(home)?.sync_all()
}
