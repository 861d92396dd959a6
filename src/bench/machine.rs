//! What the machine can do at most, measured in the same run, so that figures can be given as ratios.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use serde::Serialize;

use crate::dice::Dice;

/// Sizes of the arrays that are read at random, in MiB: in cache, at its edge, far beyond it.
const GATHER_MIB: [usize; 3] = [4, 24, 240];
/// Reads of one thread in one pass.
const GATHERS: u64 = 1 << 22;
/// Elements of each of the three arrays of the triad: 64 MiB each.
const TRIAD_ELEMENTS: usize = 8 << 20;
/// Bytes that one pass of the triad moves.
const TRIAD_BYTES: f64 = 24.0 * TRIAD_ELEMENTS as f64;
/// Passes of each measurement; the best one counts, for it is the limit that is looked for.
const PASSES: usize = 5;

/// Rates of this machine.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Independent 4-byte reads at random places.
    pub gathers: Vec<Gather>,
    /// `a[i] = b[i] + s * c[i]`, 24 bytes an element.
    pub triad: Vec<Triad>,
}

/// One measurement of random reads.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Gather {
    /// Size of the array.
    pub mib: usize,
    /// Threads that read.
    pub threads: usize,
    /// Reads per second, all threads together.
    pub per_second: f64,
}

/// One measurement of streaming.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Triad {
    /// Threads.
    pub threads: usize,
    /// Gigabytes (10^9) per second, all threads together.
    pub gb_per_second: f64,
}

impl Machine {
    /// Measures; takes some seconds.
    #[must_use]
    pub fn measure() -> Self {
        let gathers = GATHER_MIB.iter().flat_map(|mib| {
            let array: Vec<u32> = (0..).take(mib << 18).collect();
            [1, 2].map(|threads| Gather { mib: *mib, threads, per_second: gather_rate(&array, threads) })
        });
        let gathers = gathers.collect();
        let triad = [1, 2].map(|threads| Triad { threads, gb_per_second: triad_rate(threads) });
        Self { gathers, triad: triad.to_vec() }
    }

    /// Reads per second in an array of so many bytes, measured now: the limit for a kernel whose room is as large.
    #[must_use]
    pub fn gathers_now(bytes: usize, threads: usize) -> f64 {
        let array: Vec<u32> = (0..).take((bytes / 4).max(1)).collect();
        gather_rate(&array, threads)
    }

    /// Reads per second of one thread in an array of that size.
    #[must_use]
    pub fn gathers_per_second(&self, mib: usize) -> Option<f64> {
        self.gathers
            .iter()
            .find(|gather| gather.mib == mib && gather.threads == 1)
            .map(|gather| gather.per_second)
    }
}

fn gather_rate(array: &[u32], threads: usize) -> f64 {
    let passes = (0..PASSES).map(|_| {
        let started = Instant::now();
        thread::scope(|scope| {
            for seed in 0..threads as u64 {
                scope.spawn(move || black_box(gather(array, seed)));
            }
        });
        GATHERS as f64 * threads as f64 / started.elapsed().as_secs_f64()
    });
    passes.fold(0.0, f64::max)
}

/// Four streams of places that do not wait for each other, so that reads overlap.
fn gather(array: &[u32], seed: u64) -> u32 {
    let mut dice = Dice::new(seed);
    let mut at = [dice.next(), dice.next(), dice.next(), dice.next()];
    let mut sum = 0_u32;
    for _ in 0..GATHERS / 4 {
        for state in &mut at {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(((*state >> 32) * array.len() as u64) >> 32).unwrap_or(0);
            sum = sum.wrapping_add(array.get(place).copied().unwrap_or(0));
        }
    }
    sum
}

fn triad_rate(threads: usize) -> f64 {
    let mut a = vec![0.0_f64; TRIAD_ELEMENTS];
    let (b, c) = (vec![1.0_f64; TRIAD_ELEMENTS], vec![2.0_f64; TRIAD_ELEMENTS]);
    let part = TRIAD_ELEMENTS.div_ceil(threads);
    let passes = (0..PASSES).map(|_| {
        let started = Instant::now();
        thread::scope(|scope| {
            for ((a, b), c) in a.chunks_mut(part).zip(b.chunks(part)).zip(c.chunks(part)) {
                scope.spawn(move || a.iter_mut().zip(b).zip(c).for_each(|((a, b), c)| *a = b + 3.0 * c));
            }
        });
        black_box(&a);
        TRIAD_BYTES / started.elapsed().as_secs_f64() / 1e9
    });
    passes.fold(0.0, f64::max)
}

/// Resident memory of this process in bytes, where the system tells (`VmRSS` of `/proc/self/status`).
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    status_bytes("VmRSS:")
}

/// The most memory that this process ever had resident, in bytes (`VmHWM`).
#[must_use]
pub fn resident_bytes_peak() -> Option<u64> {
    status_bytes("VmHWM:")
}

fn status_bytes(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// How many threads wanted a processor over the last minute, on average: figures taken beside others are slower.
#[must_use]
pub fn load_average() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}
