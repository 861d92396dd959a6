//! Soak: writers and a reader at a steady rate for a stated time, and whether anything drifts: throughput, the
//! slowest appends, memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jinqiao_events::decide::Draft;
use jinqiao_events::log::{Direction, Position, Query};
use serde_json::{Value, json};

use super::machine::resident_bytes;
use super::scratch_dir::ScratchDir;
use super::town::{self, Town};
use crate::config::LogUrl;
use crate::desk::{Desk, Submission};
use crate::dice::Dice;
use crate::error::AppError;
use crate::store::Store;

/// The time is cut into so many slices, each with figures of its own.
const SLICES: usize = 20;
const WRITERS: u64 = 4;
/// Events that the reader takes at once, newest first.
const READ_EVENTS: usize = 20;

/// How long and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// The time.
    pub seconds: u64,
    /// Appends a second, all writers together; fewer where the disk is slower.
    pub appends_per_second: u64,
}

/// Runs the load on a temporary store of that town.
///
/// # Errors
/// When the store fails.
pub fn run(town: Town, load: Load) -> Result<Value, AppError> {
    let dir = ScratchDir::new().map_err(AppError::io("建临时目录"))?;
    let desk = Desk::open(Store::open(&LogUrl::Sled(dir.path().join("log")))?)?;
    for draft in town.register() {
        append(&desk, draft?)?;
    }
    let (slice, started) = (AtomicUsize::new(0), Instant::now());
    let total = Duration::from_secs(load.seconds);
    let first = desk.store().log.head();
    let (writers, reader, marks) = thread::scope(|scope| {
        let (desk, slice) = (&desk, &slice);
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| scope.spawn(move || write(desk, town, load, writer, slice))).collect();
        let reader = scope.spawn(move || read(desk, slice));
        let marks = mark(desk, slice, started, total);
        let writers: Vec<_> = writers.into_iter().filter_map(|writer| writer.join().ok()).collect();
        (writers, reader.join().ok(), marks)
    });
    let writers = writers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let reader = reader.transpose()?.unwrap_or_default();
    let verified = desk.store().log.verify()?;
    let report = report(load, first, &writers, &reader, &marks);
    desk.close()?;
    Ok(json!({ "soak": report, "verified_events": verified.events }))
}

/// Records one event; how long that took.
fn append(desk: &Desk, draft: Draft) -> Result<Duration, AppError> {
    let started = Instant::now();
    let answers = desk.record_blocking(Submission { units: vec![vec![draft]], rehearsal: false })?;
    let elapsed = started.elapsed();
    for answer in answers {
        answer.map_err(|fault| AppError::Refused(fault.refusal))?;
    }
    Ok(elapsed)
}

/// Head and memory at the end of a slice.
struct Mark {
    seconds: f64,
    head: Position,
    resident: u64,
}

/// Moves the slices on and takes down how things stand at the end of each.
fn mark(desk: &Desk, slice: &AtomicUsize, started: Instant, total: Duration) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(SLICES);
    for done in 1..=SLICES {
        let due = total.mul_f64(done as f64 / SLICES as f64);
        thread::sleep(due.saturating_sub(started.elapsed()));
        let (seconds, head) = (started.elapsed().as_secs_f64(), desk.store().log.head());
        marks.push(Mark { seconds, head, resident: resident_bytes().unwrap_or_default() });
        slice.store(done, Ordering::Relaxed);
    }
    marks
}

fn write(
    desk: &Desk,
    town: Town,
    load: Load,
    writer: u64,
    slice: &AtomicUsize,
) -> Result<Latencies, AppError> {
    let mut latencies = Latencies::default();
    let mut dice = Dice::new(town.seed ^ writer);
    let pace = Duration::from_secs_f64(WRITERS as f64 / load.appends_per_second.max(1) as f64);
    let mut next = Instant::now();
    loop {
        let now = slice.load(Ordering::Relaxed);
        if now >= SLICES {
            return Ok(latencies);
        }
        let places = usize::try_from(town.enterprises.saturating_sub(1)).unwrap_or(usize::MAX);
        let guest = u64::try_from(dice.index(places.max(1))).unwrap_or(0);
        latencies.add(now, append(desk, town::meeting(guest, guest + 1)?)?);
        next += pace;
        thread::sleep(next.saturating_duration_since(Instant::now()));
        next = next.max(Instant::now().checked_sub(pace).unwrap_or(next));
    }
}

fn read(desk: &Desk, slice: &AtomicUsize) -> Result<Latencies, AppError> {
    let mut latencies = Latencies::default();
    loop {
        let now = slice.load(Ordering::Relaxed);
        if now >= SLICES {
            return Ok(latencies);
        }
        let started = Instant::now();
        desk.store().log.read(&Query::all(), Position::MAX, Direction::Backward, READ_EVENTS)?;
        drop(desk.shelf().views());
        latencies.add(now, started.elapsed());
        thread::sleep(Duration::from_millis(20));
    }
}

fn report(load: Load, first: Position, writers: &[Latencies], reader: &Latencies, marks: &[Mark]) -> Value {
    let appends = Latencies::together(writers);
    let mut before = first;
    let slices: Vec<Value> = marks
        .iter()
        .enumerate()
        .map(|(slice, mark)| {
            let events = mark.head - before;
            before = mark.head;
            json!({
                "until_s": mark.seconds,
                "events": events,
                "append_p50_ms": appends.percentile_ms(slice..slice + 1, 50),
                "append_p99_ms": appends.percentile_ms(slice..slice + 1, 99),
                "read_p99_ms": reader.percentile_ms(slice..slice + 1, 99),
                "resident_bytes": mark.resident,
            })
        })
        .collect();
    let quarter = SLICES / 4;
    let early = appends.percentile_ms(0..quarter, 99);
    let late = appends.percentile_ms(SLICES - quarter..SLICES, 99);
    // The first quarter fills caches; what counts is what goes on growing.
    let settled = marks.get(quarter..).unwrap_or_default();
    let events = before - first;
    json!({
        "seconds": load.seconds,
        "asked_appends_per_second": load.appends_per_second,
        "events": events,
        "events_per_second": marks.last().map(|mark| events as f64 / mark.seconds),
        "append_p99_first_quarter_ms": early,
        "append_p99_last_quarter_ms": late,
        "append_p99_drift": late / early,
        "resident_mib_per_hour": slope(settled, |mark| mark.seconds).map(|slope| slope * 3600.0 / 1048576.0),
        "resident_bytes_per_event": slope(settled, |mark| mark.head as f64),
        "slices": slices,
    })
}

/// Least squares: bytes of memory for each unit of `x`. `None` when `x` does not move.
fn slope(marks: &[Mark], x: impl Fn(&Mark) -> f64) -> Option<f64> {
    let count = marks.len() as f64;
    let mean_x = marks.iter().map(&x).sum::<f64>() / count;
    let mean_y = marks.iter().map(|mark| mark.resident as f64).sum::<f64>() / count;
    let (mut over, mut under) = (0.0, 0.0);
    for mark in marks {
        over += (x(mark) - mean_x) * (mark.resident as f64 - mean_y);
        under += (x(mark) - mean_x).powi(2);
    }
    (under > 0.0).then(|| over / under)
}

/// Counts of durations by slice, in steps of an eighth: memory does not grow with what is measured.
#[derive(Debug, Default)]
struct Latencies {
    counts: std::collections::BTreeMap<(usize, u32), u64>,
}

impl Latencies {
    fn add(&mut self, slice: usize, elapsed: Duration) {
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).max(8);
        let (octave, eighth) = (micros.ilog2(), (micros >> (micros.ilog2() - 3)) & 7);
        let step = octave * 8 + u32::try_from(eighth).unwrap_or(0);
        *self.counts.entry((slice, step)).or_default() += 1;
    }

    fn together(parts: &[Self]) -> Self {
        let mut all = Self::default();
        for (place, count) in parts.iter().flat_map(|part| &part.counts) {
            *all.counts.entry(*place).or_default() += count;
        }
        all
    }

    /// The upper bound of the step in which that share of the slices' durations ends.
    fn percentile_ms(&self, slices: std::ops::Range<usize>, percent: u64) -> f64 {
        let mut steps = std::collections::BTreeMap::<u32, u64>::new();
        for (_, (step, count)) in self
            .counts
            .iter()
            .map(|((slice, step), count)| (slice, (step, count)))
            .filter(|(slice, _)| slices.contains(slice))
        {
            *steps.entry(*step).or_default() += count;
        }
        let wanted = (steps.values().sum::<u64>() * percent).div_ceil(100);
        let mut seen = 0;
        for (step, count) in steps {
            seen += count;
            if seen >= wanted {
                let bound = f64::from(step / 8).exp2() * (1.0 + f64::from(step % 8 + 1) / 8.0);
                return bound / 1e3;
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_at_most_an_eighth_above_what_was_measured() {
        let mut latencies = Latencies::default();
        for micros in 1..=1000 {
            latencies.add(3, Duration::from_micros(micros * 100));
        }
        for (percent, expected) in [(50, 50.0), (99, 99.0)] {
            let found = latencies.percentile_ms(0..SLICES, percent);
            assert!((expected..=expected * 1.13).contains(&found), "{percent}: {found}");
        }
        assert!(latencies.percentile_ms(4..5, 99).abs() < f64::EPSILON, "nothing was measured there");
    }

    #[test]
    fn a_short_soak_reports_every_slice_and_loses_nothing() {
        let town = Town { enterprises: 600, occasions: 1, ties: 1, seed: 1 };
        let report = run(town, Load { seconds: 2, appends_per_second: 100 }).unwrap();
        assert_eq!(report["soak"]["slices"].as_array().unwrap().len(), SLICES);
        let events = report["soak"]["events"].as_u64().unwrap();
        assert!(events > 0 && report["verified_events"].as_u64().unwrap() >= events, "{report}");
    }
}
