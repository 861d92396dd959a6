//! Everything that the fuzzer was started from or once crashed on, through the same doors: see `tests/fuzz`. And
//! the same with a few changes by chance, which needs no fuzzer: `JINQIAO_FUZZ_ROUNDS` says how many of each seed,
//! `JINQIAO_FUZZ_SEED` which, `JINQIAO_FUZZ_TARGET` for one door only.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

#[path = "../fuzz/entries.rs"]
mod entries;

/// Most bytes of a changed seed, as the fuzzer has it.
const MAX_BYTES: usize = 8192;

/// The seeds of a door, in order of their names.
fn seeds(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 3, "{name} has hardly anything to begin from");
    files.into_iter().map(|file| (file.display().to_string(), fs::read(&file).unwrap())).collect()
}

#[test]
fn what_was_found_by_fuzzing_is_answered() {
    for (name, entry) in entries::ALL {
        for (file, bytes) in seeds(name) {
            println!("{name}: {file}");
            entry(&bytes);
        }
    }
}

/// Random numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        const STRANGE: &[u8] = b"\0\xff\x7f\x80\"\\{}[]<>&;,=-+09.\n\r\t \xef\xe4";
        if self.below(2) == 0 { STRANGE[self.below(STRANGE.len())] } else { self.below(256).to_le_bytes()[0] }
    }

    /// One change: a bit, a byte, a stretch that is gone, doubled, or taken from another seed.
    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        let end = bytes.len().min(at + 1 + self.below(40));
        match self.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => bytes[at] = self.byte(),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let stretch = bytes[at..end].to_vec();
                (0..=self.below(8)).for_each(|_| drop(bytes.splice(at..at, stretch.iter().copied())));
            }
            4 => {
                let from = self.below(other.len());
                let to = other.len().min(from + 1 + self.below(200));
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let new = self.byte();
                bytes.insert(at, new);
            }
        }
        bytes.truncate(MAX_BYTES);
    }
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |number| number.parse().unwrap())
}

#[test]
fn seeds_changed_by_chance_are_answered() {
    let only = std::env::var("JINQIAO_FUZZ_TARGET").ok();
    for (name, entry) in
        entries::ALL.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name))
    {
        let (seeds, mut tried) = (seeds(name), 0);
        let mut dice = Dice(u64::try_from(number("JINQIAO_FUZZ_SEED", 1)).unwrap());
        for round in 0..number("JINQIAO_FUZZ_ROUNDS", 10) {
            for (file, seed) in &seeds {
                let (_, other) = &seeds[dice.below(seeds.len())];
                let mut bytes = seed.clone();
                (0..=dice.below(5)).for_each(|_| dice.change(&mut bytes, other));
                if catch_unwind(AssertUnwindSafe(|| entry(&bytes))).is_err() {
                    let crash = std::env::temp_dir().join(format!("crash-{name}"));
                    fs::write(&crash, &bytes).unwrap();
                    panic!("{file}, round {round}: put {} into tests/fuzz/corpus/{name}", crash.display());
                }
                tried += 1;
            }
        }
        println!("{name}: {tried} inputs, no crash");
    }
}
