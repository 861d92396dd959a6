//! Everything that the fuzzer was started from or once crashed on, through the same doors: see `tests/fuzz`.

use std::fs;
use std::path::Path;

#[path = "../fuzz/entries.rs"]
mod entries;

#[test]
fn what_was_found_by_fuzzing_is_answered() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, entry) in entries::ALL {
        let folder = house.join("tests/fuzz/corpus").join(name);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(files.len() >= 3, "{name} has hardly anything to begin from");
        for file in files {
            println!("{name}: {}", file.display());
            entry(&fs::read(&file).unwrap());
        }
    }
}
