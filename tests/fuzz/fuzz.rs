//! The fuzzer: one program for all targets, named by the environment variable `TARGET`.

#![no_main]

use std::sync::LazyLock;

use entries::Entry;

mod entries;

static ENTRY: LazyLock<Entry> = LazyLock::new(|| {
    let name = std::env::var("TARGET").expect("TARGET names what to fuzz");
    entries::ALL.iter().find(|(known, _)| *known == name).expect("a target of tests/fuzz/entries.rs").1
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ENTRY(bytes));
