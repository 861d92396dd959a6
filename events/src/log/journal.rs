//! The journal: every commit once more, in plain append-only files, made durable before the answer.
//!
//! ```text
//! <dir>/journal/00000000000000000001.seg    segment: named after the position of its first event
//! segment = header (64 bytes) · frame* · zeros
//! header  = "JQJOURNL" · format u16 (1) · hash profile u8 · 0 u8 · 0 u32 · store id [16] · first position u64
//!           · 0 [20] · crc32c u32 of the 60 bytes before it
//! frame   = magic u32 ("JQfr") · body bytes u32 · first position u64 · events u32 · body crc32c u32 · 0 u32
//!           · header crc32c u32 · body · zeros up to a multiple of 8
//! body    = section*
//! section = kind u8 · 0 [3] · bytes u32 · content
//!           kind 1: a block, the very bytes that go to the engine (see [`codec`](super::codec))
//!           kind 3: the tree before this commit: size u64 · right edge, one hash of 32 bytes after the other
//!           kind 2: the same after this commit, as stores wrote it first
//! ```
//! Numbers are little-endian. One frame is one commit and at most one frame is ever under way, so what follows
//! the last good frame and was not acknowledged is a torn end; a bad frame *before* a good one is damage. Both
//! checksums of a frame go on from the CRC of the store id: a frame of another store is no frame here.
//! Sections of unknown kinds are passed over. The **tree section** is optional: whoever resumes the tree takes it
//! from the last frame and adds that frame's events, or computes it anew from the blocks where it is missing. It says
//! the tree *before* the commit, so that a commit can be written while its events are being hashed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;

use uuid::Uuid;

use super::files::{DiskFile, Files};
use super::proof::{Profile, RightEdge};
use super::{LogError, Position};
use survey::{Run, survey};
use window::Window;

mod copy;
pub mod frame;
mod inspect;
mod mend;
mod read;
mod survey;
mod window;
mod writer;

use frame::SEGMENT_HEADER_BYTES;
pub use frame::{Frame, MisfitTree, SegmentHeader};
pub(crate) use inspect::inspect;
pub(crate) use mend::{Mended, free_name};
pub(crate) use read::{Blocks, EachBlock};

/// How large things grow: smaller in tests of crashes, which want many segments of few frames.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// A segment is closed before a frame would bring it beyond this many bytes.
    pub(crate) segment_max: u64,
    /// Room is written as zeros ahead of the frames, so that a flush need not wait for the file's metadata: as
    /// many bytes again as there are, but at least so many,
    pub(crate) room_min: u64,
    /// and at most so many.
    pub(crate) room_max: u64,
    /// Segments that are checked at once when a journal is opened; one where the order of reads matters.
    pub(crate) surveyors: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        let surveyors = thread::available_parallelism().map_or(1, usize::from);
        Self { segment_max: 64 * 1024 * 1024, room_min: 64 * 1024, room_max: 4 * 1024 * 1024, surveyors }
    }
}

const EXTENSION: &str = ".seg";
/// Of a segment that is being written anew.
const TEMPORARY: &str = ".new";

/// Which store this is, and how its tree is hashed: the same in every segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The store.
    pub store: Uuid,
    /// The hash of its tree.
    pub profile: Profile,
}

impl Identity {
    const fn header(self, first: Position) -> SegmentHeader {
        SegmentHeader { store: self.store, profile: self.profile, first }
    }
}

/// The segments of a store, open. One thread appends; any number read what was appended before.
#[derive(Debug)]
pub(crate) struct Journal {
    files: Arc<dyn Files>,
    directory: PathBuf,
    quarantine: PathBuf,
    sizes: Sizes,
    identity: Identity,
    segments: RwLock<Vec<Segment>>,
    tail: Mutex<Tail>,
}

/// One file, with what is sound in it. In a journal in order that is one run a segment, each following the other.
#[derive(Debug, Clone)]
struct Segment {
    /// By its name; also the position of its first frame when all is well.
    first: Position,
    file: Arc<dyn DiskFile>,
    header: bool,
    runs: Vec<Run>,
    garbage: bool,
}

/// What only the appending thread needs.
#[derive(Debug, Default)]
struct Tail {
    /// The frame being written; kept for its memory.
    frame: Vec<u8>,
    /// Up to where the last segment has been written, room included.
    allocated: u64,
}

impl Journal {
    /// The identity written in the first readable header, if there is one.
    pub(crate) fn identify(files: &dyn Files, directory: &Path) -> io::Result<Option<Identity>> {
        for (_, name) in segment_names(files, directory)? {
            let file = files.open(&directory.join(name))?;
            let header = SegmentHeader::parse(Window::new(&*file).bytes(0, SEGMENT_HEADER_BYTES));
            if let Some(SegmentHeader { store, profile, .. }) = header {
                return Ok(Some(Identity { store, profile }));
            }
        }
        Ok(None)
    }

    /// Reads every segment and checks every frame. What was found may have gaps: see [`Journal::mend`].
    pub(crate) fn open(
        files: Arc<dyn Files>,
        directory: &Path,
        quarantine: &Path,
        sizes: Sizes,
        identity: Identity,
    ) -> io::Result<Self> {
        files.make_directory(directory)?;
        // Left by a mending that did not come to its end.
        for name in files.list(directory)?.iter().filter(|name| name.ends_with(TEMPORARY)) {
            files.remove(&directory.join(name))?;
        }
        Self::look(files, directory, quarantine, sizes, identity)
    }

    /// The same without touching anything.
    pub(crate) fn look(
        files: Arc<dyn Files>,
        directory: &Path,
        quarantine: &Path,
        sizes: Sizes,
        identity: Identity,
    ) -> io::Result<Self> {
        let names = segment_names(&*files, directory)?;
        let look_at = |names: &[(Position, String)]| -> io::Result<Vec<Segment>> {
            let segments = names.iter().map(|(first, name)| {
                let file = files.open(&directory.join(name))?;
                let found = survey(&*file, identity, *first)?;
                let (header, runs, garbage) = (found.header, found.runs, found.garbage);
                Ok(Segment { first: *first, file, header, runs, garbage })
            });
            segments.collect()
        };
        let share = names.len().div_ceil(sizes.surveyors).max(1);
        let segments = thread::scope(|scope| {
            let (own, others) = names.split_at(share.min(names.len()));
            let others: Vec<_> =
                others.chunks(share).map(|names| scope.spawn(move || look_at(names))).collect();
            let mut segments = look_at(own)?;
            for other in others {
                segments.extend(other.join().unwrap_or_else(|_| Err(io::Error::other("a reader panicked")))?);
            }
            Ok::<_, io::Error>(segments)
        })?;
        Ok(Self {
            files,
            directory: directory.to_owned(),
            quarantine: quarantine.to_owned(),
            sizes,
            identity,
            segments: RwLock::new(segments),
            tail: Mutex::default(),
        })
    }

    /// Which store this is.
    pub(crate) const fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether there is no segment at all.
    pub(crate) fn is_missing(&self) -> bool {
        self.with_segments(<[Segment]>::is_empty)
    }

    /// The last position that stands in a sound frame; 0 when none does.
    pub(crate) fn end(&self) -> Position {
        self.with_segments(|segments| {
            segments.iter().flat_map(|segment| &segment.runs).map(|run| run.last).max()
        })
        .unwrap_or(0)
    }

    fn with_segments<T>(&self, read: impl FnOnce(&[Segment]) -> T) -> T {
        read(&self.segments.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a commit durable: the blocks of `events` events from `first` on, and the tree before them. When this
    /// returns an error nobody knows what is on disk, and nothing may be appended before the next open.
    pub(crate) fn append(
        &self,
        first: Position,
        events: u32,
        blocks: &[(Position, Vec<u8>)],
        tree: Option<&RightEdge>,
    ) -> io::Result<()> {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let Tail { frame, allocated } = &mut *tail;
        frame.clear();
        frame::encode(frame, self.identity.store, first, events, blocks, tree);
        let frame_bytes = length_u64(frame.len());
        let (file, start, is_new) = match self.room_for(frame_bytes)? {
            Some((file, end)) => (file, end, false),
            None => {
                let header = self.identity.header(first).encode();
                frame.splice(..0, header);
                *allocated = 0;
                (self.make_segment(first)?, 0, true)
            }
        };
        let end = start + length_u64(frame.len());
        if end > *allocated {
            let Sizes { segment_max, room_min, room_max, .. } = self.sizes;
            *allocated = (end + end.clamp(room_min, room_max)).min(segment_max).max(end);
            frame.resize(usize::try_from(*allocated - start).unwrap_or(frame.len()), 0);
        }
        file.write_at(start, frame)?;
        file.sync_data()?;
        if is_new {
            self.files.sync_directory(&self.directory)?;
        }
        let last = first.saturating_add(u64::from(events)).saturating_sub(1);
        let run = Run::of_frame(first, last, end - frame_bytes, end);
        let mut segments = self.segments.write().unwrap_or_else(PoisonError::into_inner);
        match segments.last_mut().map(|segment| segment.runs.as_mut_slice()) {
            Some([.., known]) if !is_new => known.push(last, end),
            Some(_) | None => {
                segments.push(Segment { first, file, header: true, runs: vec![run], garbage: false });
            }
        }
        Ok(())
    }

    /// The last segment and where its frames end, if the next frame fits.
    fn room_for(&self, bytes: u64) -> io::Result<Option<(Arc<dyn DiskFile>, u64)>> {
        let last = self.with_segments(|segments| {
            segments.last().and_then(|segment| Some((Arc::clone(&segment.file), segment.runs.last()?.end)))
        });
        match last {
            Some((file, end)) if end + bytes > self.sizes.segment_max => {
                file.set_len(end)?;
                Ok(None)
            }
            found => Ok(found),
        }
    }

    fn make_segment(&self, first: Position) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.files.open(&self.path_of(first))?;
        file.set_len(0)?;
        Ok(file)
    }

    fn path_of(&self, first: Position) -> PathBuf {
        self.directory.join(format!("{first:020}{EXTENSION}"))
    }

    /// Takes the journal's last frame for true. Whoever wrote it may have died before it was on disk, or after
    /// the disk had failed it; so it is written once more, and what is torn behind it is cut off.
    pub(crate) fn settle(&self) -> io::Result<()> {
        let last = self.with_segments(|segments| segments.last().cloned());
        let Some((segment, run)) =
            last.and_then(|segment| segment.runs.last().cloned().map(|run| (segment, run)))
        else {
            return Ok(());
        };
        // With the header, if that is as new as the frame.
        let start = if run.last_frame == length_u64(SEGMENT_HEADER_BYTES) { 0 } else { run.last_frame };
        let length = usize::try_from(run.end - start).unwrap_or(0);
        let mut window = Window::new(&*segment.file);
        segment.file.write_at(start, window.bytes(start, length))?;
        segment.file.set_len(run.end)?;
        segment.file.sync_data()?;
        self.files.sync_directory(&self.directory)?;
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).allocated = run.end;
        Ok(())
    }

    /// Gives back the room behind the last frame.
    pub(crate) fn close(&self) -> io::Result<()> {
        let last = self.with_segments(|segments| segments.last().cloned());
        match last.as_ref().and_then(|segment| Some((&segment.file, segment.runs.last()?))) {
            Some((file, run)) => {
                file.set_len(run.end)?;
                file.sync_data()
            }
            None => Ok(()),
        }
    }
}

/// Names of segments with the position that each begins with, in order.
fn segment_names(files: &dyn Files, directory: &Path) -> io::Result<Vec<(Position, String)>> {
    let names = files.list(directory)?.into_iter();
    let mut segments: Vec<_> = names
        .filter_map(|name| {
            let digits = name.strip_suffix(EXTENSION)?;
            let first = digits.parse().ok().filter(|first| *first > 0 && digits.len() == 20)?;
            Some((first, name))
        })
        .collect();
    segments.sort_unstable();
    Ok(segments)
}

fn missing(position: Position) -> LogError {
    LogError::Damaged { position, reason: "the journal does not hold it".into() }
}

fn damaged(position: Position) -> LogError {
    LogError::Damaged { position, reason: "the journal's frame there is damaged".into() }
}

fn length_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
