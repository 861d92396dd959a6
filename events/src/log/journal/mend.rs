//! Mending: segments that are damaged or missing are written anew from what is sound in them and from the other
//! copy. Nothing sound is given up before its new place is durable, and what is replaced is kept in quarantine.

use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use super::frame::SEGMENT_HEADER_BYTES;
use super::survey::Run;
use super::window::Window;
use super::writer::{Fresh, Writer};
use super::{Frame, Journal, Segment, length_u64};
use crate::kinds::store::PositionRange;
use crate::log::codec::Block;
use crate::log::files::{DiskFile, Files};
use crate::log::{LogError, Position};

/// Blocks are gathered into frames of about this size.
const FRAME_TARGET_BYTES: usize = 256 * 1024;
const COPY_BYTES: usize = 1024 * 1024;

/// The other copy: the first sound block that ends at or behind a position.
pub(crate) type Other<'a> = &'a dyn Fn(Position) -> Result<Option<Vec<u8>>, LogError>;

/// Blocks that stand in for what both copies have lost.
/// They are given the recording time of the event before them.
pub(crate) type Fill<'a> = &'a dyn Fn(PositionRange, Timestamp) -> Result<Vec<(Position, Vec<u8>)>, LogError>;

/// What mending found and did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Mended {
    /// What was written anew.
    pub(crate) rewritten: Vec<PositionRange>,
    /// What neither copy holds. When nothing stands in for it, nothing was changed.
    pub(crate) lost: Vec<PositionRange>,
    /// Names of the files that were set aside.
    pub(crate) kept: Vec<String>,
}

/// Positions whose segments are damaged or missing, with what there is of them.
#[derive(Debug)]
struct Zone {
    first: Position,
    last: Position,
    old: Vec<Segment>,
}

impl Journal {
    /// Takes only those frames for true that `is_true` says: the next mending writes the others anew from the other
    /// copy.
    pub(crate) fn trust(&self, is_true: &mut dyn FnMut(&Frame<'_>) -> bool) {
        let store = self.identity.store;
        for segment in self.segments.write().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            let mut window = Window::new(&*segment.file);
            let mut trusted = Vec::new();
            for run in &segment.runs {
                let mut offset = run.start;
                while offset < run.end
                    && let Some(frame) = window.frame(store, offset)
                {
                    if is_true(&frame) {
                        Run::take(&mut trusted, &frame.header, offset);
                    }
                    offset += length_u64(frame.header.frame_bytes());
                }
            }
            // Without its header all of it is written anew, and what it was is kept.
            segment.header &= trusted == segment.runs;
            segment.runs = trusted;
        }
    }

    /// A journal in order that holds every position up to `upto`, as far as the two copies and `fill` do.
    ///
    /// The tree of proofs stays as it was, unless `fill` puts something else in the place of what is lost: then
    /// every frame from there on is written anew, with the tree that it now has.
    pub(crate) fn mend(
        self,
        upto: Position,
        other: Other<'_>,
        fill: Option<Fill<'_>>,
    ) -> Result<(Self, Mended), LogError> {
        let (mut zones, mut leftovers) = self.zones(upto);
        let (mut fresh, mut mended) = self.rewrite_all(&zones, other, None)?;
        if !mended.lost.is_empty() {
            for (path, _) in fresh.iter().flatten() {
                self.files.remove(path).map_err(failed)?;
            }
            let Some(fill) = fill else { return Ok((self, mended)) };
            (zones, leftovers) = (self.rest_from(&zones), Vec::new());
            (fresh, mended) = self.rewrite_all(&zones, other, Some(fill))?;
        }
        if zones.is_empty() && leftovers.is_empty() {
            return Ok((self, mended));
        }
        self.replace_all(&zones, &fresh, &leftovers, mended)
    }

    /// The same events, each frame with the tree that they have: where a person goes on with others than were
    /// acknowledged, the trees in the frames are those of another log. The journal has to be in order. Writes all of
    /// it anew.
    pub(crate) fn retell(self) -> Result<(Self, Mended), LogError> {
        let zone = Zone { first: 1, last: self.end(), old: self.with_segments(<[Segment]>::to_vec) };
        if zone.last == 0 {
            return Ok((self, Mended::default()));
        }
        let zones = [zone];
        let refuse: Fill<'_> = &|range, _| Err(super::missing(range.first));
        let (fresh, mended) = self.rewrite_all(&zones, &|_| Ok(None), Some(refuse))?;
        self.replace_all(&zones, &fresh, &[], mended)
    }

    /// Puts what was written anew in its place, and reads the journal again.
    fn replace_all(
        self,
        zones: &[Zone],
        fresh: &[Fresh],
        leftovers: &[Segment],
        mut mended: Mended,
    ) -> Result<(Self, Mended), LogError> {
        for (zone, fresh) in zones.iter().zip(fresh) {
            self.replace(zone, fresh, &mut mended).map_err(failed)?;
        }
        for leftover in leftovers {
            self.discard(leftover, &mut mended).map_err(failed)?;
        }
        self.files.sync_directory(&self.directory).map_err(failed)?;
        let (files, identity) = (Arc::clone(&self.files), self.identity);
        let anew = Self::open(files, &self.directory, &self.quarantine, self.sizes, identity);
        Ok((anew.map_err(failed)?, mended))
    }

    /// Writes the segments of every zone under temporary names: those, and the names they are to have.
    fn rewrite_all(
        &self,
        zones: &[Zone],
        other: Other<'_>,
        fill: Option<Fill<'_>>,
    ) -> Result<(Vec<Fresh>, Mended), LogError> {
        let mut mended = Mended::default();
        let mut fresh = Vec::new();
        for zone in zones {
            fresh.push(self.rewrite(zone, other, fill, &mut mended)?);
            mended.rewritten.push(PositionRange { first: zone.first, last: zone.last });
        }
        Ok((fresh, mended))
    }

    /// Everything from the first of the zones on, as one: in the tree, what follows a loss hangs on it.
    fn rest_from(&self, zones: &[Zone]) -> Vec<Zone> {
        let (Some(first), Some(last)) = (zones.first(), zones.last()) else { return Vec::new() };
        let (first, last) = (first.first, last.last.max(self.end()));
        let mut old = self.with_segments(<[Segment]>::to_vec);
        old.retain(|segment| segment.run_in_order().is_none_or(|run| run.last >= first));
        vec![Zone { first, last, old }]
    }

    /// What has to be written anew up to `upto`, and segments that hold nothing of it.
    fn zones(&self, upto: Position) -> (Vec<Zone>, Vec<Segment>) {
        let (mut zones, mut leftovers) = (Vec::new(), Vec::new());
        let (mut next, mut old) = (1, Vec::new());
        let count = self.with_segments(<[Segment]>::len);
        let segments = self.with_segments(<[Segment]>::to_vec);
        for (place, segment) in segments.into_iter().enumerate() {
            let is_last = place + 1 == count;
            match segment.run_in_order() {
                Some(run) if run.first >= next && (is_last || !segment.garbage) => {
                    if run.first > next {
                        zones.push(Zone { first: next, last: run.first - 1, old: std::mem::take(&mut old) });
                    } else {
                        leftovers.append(&mut old);
                    }
                    next = run.last.saturating_add(1);
                }
                Some(_) | None => old.push(segment),
            }
        }
        let upto = old.iter().flat_map(|segment| &segment.runs).map(|run| run.last).fold(upto, Position::max);
        if next <= upto {
            zones.push(Zone { first: next, last: upto, old });
        } else {
            leftovers.append(&mut old);
        }
        (zones, leftovers)
    }

    /// Writes the segments of a zone.
    fn rewrite(
        &self,
        zone: &Zone,
        other: Other<'_>,
        fill: Option<Fill<'_>>,
        mended: &mut Mended,
    ) -> Result<Fresh, LogError> {
        let mut writer = Writer::new(self, zone.first, fill.is_some());
        let runs: Vec<_> =
            zone.old.iter().flat_map(|segment| segment.runs.iter().map(move |run| (segment, run))).collect();
        let (mut next, mut time) = (zone.first, Timestamp::UNIX_EPOCH);
        while next <= zone.last {
            if let Some((segment, run)) = runs.iter().find(|(_, run)| run.first == next) {
                next = writer.copy(segment, run)?;
                continue;
            }
            let limit = runs.iter().map(|(_, run)| run.first).filter(|first| *first > next).min();
            let limit = limit.map_or(zone.last, |first| first - 1).min(zone.last);
            next = match blocks_from(other, next, limit)? {
                Found::Blocks(blocks) => writer.write(&blocks)?,
                Found::NothingUntil(until) => {
                    let range = PositionRange { first: next, last: until };
                    mended.lost.push(range);
                    if let Some(fill) = fill {
                        time = time.max(self.recorded_at(next - 1, other)?);
                        for part in fill(range, time)?.chunks(16) {
                            writer.write(part)?;
                        }
                    }
                    until.saturating_add(1)
                }
            };
        }
        writer.finish().map_err(failed)
    }

    /// When the event at `position` was recorded, as far as either copy knows.
    fn recorded_at(&self, position: Position, other: Other<'_>) -> Result<Timestamp, LogError> {
        let of = |event: Option<crate::log::Stored>| event.map(|event| event.recorded_at);
        let own = self.block_of(position, |block| of(block.event(position).ok().flatten()));
        if let Ok(Some(time)) = own {
            return Ok(time);
        }
        let other = other(position)?.and_then(|bytes| Block::parse(bytes).ok());
        Ok(other.and_then(|block| of(block.event(position).ok().flatten())).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Puts new segments in place of those of a zone; these are copied to the quarantine first, so that a crash
    /// between two steps loses nothing.
    fn replace(&self, zone: &Zone, fresh: &Fresh, mended: &mut Mended) -> io::Result<()> {
        for segment in &zone.old {
            let kept = keep(&*self.files, &segment.file, &self.quarantine, &segment.name())?;
            mended.kept.push(kept);
        }
        for (temporary, path) in fresh {
            self.files.rename(temporary, path)?;
        }
        let replaced: Vec<_> = fresh.iter().map(|(_, path)| path).collect();
        for segment in &zone.old {
            let path = self.path_of(segment.first);
            if !replaced.contains(&&path) {
                self.files.remove(&path)?;
            }
        }
        // A torn end before what was added: now it would look like damage.
        let before = self.with_segments(|segments| {
            segments.iter().rev().find(|segment| segment.first < zone.first).cloned()
        });
        if let Some((segment, run)) =
            before.as_ref().and_then(|segment| Some((segment, segment.run_in_order()?)))
            && run.last.saturating_add(1) == zone.first
        {
            segment.file.set_len(run.end)?;
            segment.file.sync_data()?;
        }
        self.files.sync_directory(&self.directory)
    }

    /// Removes a segment of which nothing is wanted. Where it holds sound frames, a copy is kept.
    fn discard(&self, segment: &Segment, mended: &mut Mended) -> io::Result<()> {
        if !segment.runs.is_empty() {
            mended.kept.push(keep(&*self.files, &segment.file, &self.quarantine, &segment.name())?);
        }
        self.files.remove(&self.path_of(segment.first))
    }
}

impl Segment {
    /// Its one run, when nothing is wrong with it but perhaps a torn end.
    fn run_in_order(&self) -> Option<&Run> {
        match self.runs.as_slice() {
            [run]
                if self.header
                    && run.first == self.first
                    && run.start == length_u64(SEGMENT_HEADER_BYTES) =>
            {
                Some(run)
            }
            _ => None,
        }
    }

    fn name(&self) -> String {
        format!("{:020}{}", self.first, super::EXTENSION)
    }
}

/// What the other copy has from a position on.
enum Found {
    Blocks(Vec<(Position, Vec<u8>)>),
    NothingUntil(Position),
}

/// Sound blocks of the other copy from `next` on, about a frame of them, none beyond `limit`; or up to where there
/// are none.
fn blocks_from(other: Other<'_>, next: Position, limit: Position) -> Result<Found, LogError> {
    let (mut blocks, mut bytes, mut at) = (Vec::new(), 0, next);
    let mut until = limit;
    while at <= limit && bytes < FRAME_TARGET_BYTES {
        let Some(found) = other(at)? else { break };
        let Ok(block) = Block::parse(&found) else { break };
        let (first, last) = (block.first(), block.last());
        if first != at || last > limit {
            // Behind a hole: what is missing ends before this block, unless that does not fit in either.
            until = if first > at { limit.min(first - 1) } else { limit.min(last) };
            break;
        }
        bytes += found.len();
        at = last.saturating_add(1);
        blocks.push((first, found));
    }
    Ok(if blocks.is_empty() { Found::NothingUntil(until) } else { Found::Blocks(blocks) })
}

/// Copies a file into the quarantine, durably, under a name that is free there.
fn keep(files: &dyn Files, file: &Arc<dyn DiskFile>, quarantine: &Path, name: &str) -> io::Result<String> {
    files.make_directory(quarantine)?;
    let taken = files.list(quarantine)?;
    let kept = free_name(name, &taken);
    let copy = files.open(&quarantine.join(&kept))?;
    let length = file.length()?;
    let mut window = Window::new(&**file);
    let mut offset = 0;
    while offset < length {
        let bytes = window.bytes(offset, COPY_BYTES);
        if bytes.is_empty() {
            break;
        }
        copy.write_at(offset, bytes)?;
        offset += length_u64(bytes.len());
    }
    copy.sync_data()?;
    files.sync_directory(quarantine)?;
    Ok(kept)
}

/// `name.N` with the first number that is not taken.
pub(crate) fn free_name(name: &str, taken: &[String]) -> String {
    (0_u32..)
        .map(|number| format!("{name}.{number}"))
        .find(|name| !taken.contains(name))
        .unwrap_or_else(|| name.to_owned())
}

pub(super) fn failed(error: impl std::fmt::Display) -> LogError {
    LogError::Store(format!("the journal cannot be mended: {error}"))
}
