//! Tells the crate the digest of its sources: by it state that was kept is known to be of this very program.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut digest = DefaultHasher::new();
    for source in ["src", "../Cargo.lock"] {
        println!("cargo::rerun-if-changed={source}");
        take_in(Path::new(source), &mut digest)?;
    }
    println!("cargo::rustc-env=JINQIAO_EVENTS_SHAPE={:016x}", digest.finish());
    Ok(())
}

/// Every file below a path, in the order of names; nothing where there is none.
fn take_in(path: &Path, digest: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut entries =
            fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| take_in(entry, digest));
    }
    if path.exists() {
        let bytes = fs::read(path)?;
        digest.write(path.to_string_lossy().as_bytes());
        digest.write_usize(bytes.len());
        digest.write(&bytes);
    }
    Ok(())
}
