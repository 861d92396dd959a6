//! House rules that run: who may import whom, and how large things may grow. A broken rule fails with the
//! sentence that was broken (ARCHITECTURE.md explains each).

use std::fs;
use std::path::{Path, PathBuf};

const HOUSE: &str = env!("CARGO_MANIFEST_DIR");

/// Most lines of a source file.
const FILE_MAX_LINES: usize = 600;

/// A crate that a room may not name, and the sentence that says why.
struct Ban {
    room: &'static str,
    crates: &'static [&'static str],
    sentence: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        room: "events",
        crates: &["petgraph", "tokio", "axum", "hyper", "maud", "jinqiao-projections"],
        sentence: "events is the write side: no graph, no async, no HTTP, and it does not know the views",
    },
    Ban {
        room: "projections",
        crates: &["sled", "tokio", "axum", "hyper", "maud", "clap"],
        sentence: "projections is pure: it opens no file and knows no door",
    },
];

fn sources(room: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    collect(&Path::new(HOUSE).join(room), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn house() -> Vec<(PathBuf, String)> {
    ["src", "events", "projections", "tests", "benches"].into_iter().flat_map(sources).collect()
}

/// Lines of code, with their numbers: not those that are comment only.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line))
}

/// Whether a file is a test as a whole: `tests.rs`, `<noun>_test.rs`, or inside `tests/`.
fn is_test(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    stem == "tests" || stem.ends_with("_test") || path.components().any(|part| part.as_os_str() == "tests")
}

fn complain(broken: &[String], sentence: &str) {
    assert!(broken.is_empty(), "{sentence}:\n  {}", broken.join("\n  "));
}

#[test]
fn packages_depend_only_downwards() {
    for ban in BANS {
        let manifest = fs::read_to_string(Path::new(HOUSE).join(ban.room).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        let named = |name: &&&str| {
            dependencies
                .lines()
                .any(|line| line.starts_with(&format!("{name}.")) || line.starts_with(&format!("{name} ")))
        };
        let broken: Vec<String> = ban.crates.iter().filter(named).map(ToString::to_string).collect();
        complain(&broken, ban.sentence);
    }
}

#[test]
fn only_the_log_engine_names_its_storage_crate() {
    let mut broken = Vec::new();
    for (path, text) in house() {
        let shown = path.display().to_string();
        if shown.contains("events/src/log/sled_log") || shown.contains("tests/it/boundaries.rs") {
            continue;
        }
        broken.extend(
            code(&text)
                .filter(|(_, line)| line.contains("sled::"))
                .map(|(number, _)| format!("{shown}:{number}")),
        );
    }
    complain(&broken, "a storage crate is named only in its engine, events/src/log/<engine>_log");
}

#[test]
fn only_the_desk_appends() {
    let mut broken = Vec::new();
    for (path, text) in sources("src") {
        let shown = path.display().to_string();
        if shown.contains("/src/desk") {
            continue;
        }
        let appends = |line: &str| line.contains(".commit(") || line.contains("Append {");
        broken.extend(
            code(&text).filter(|(_, line)| appends(line)).map(|(number, _)| format!("{shown}:{number}")),
        );
    }
    complain(
        &broken,
        "inside src only the desk appends to the log: one writer, one set of rules, whatever the door",
    );
}

#[test]
fn the_pure_rooms_open_no_file_and_read_no_clock() {
    let mut broken = Vec::new();
    for (path, text) in sources("projections/src") {
        let tests_begin = text.find("#[cfg(test)]").unwrap_or(text.len());
        let shown = path.display().to_string();
        if is_test(&path) {
            continue;
        }
        let impure = |line: &str| {
            ["std::fs", "std::net", "SystemTime", "Instant::now", "Timestamp::now", "getrandom"]
                .iter()
                .any(|word| line.contains(word))
        };
        let pure_part = text.get(..tests_begin).unwrap_or(&text);
        broken.extend(
            code(pure_part).filter(|(_, line)| impure(line)).map(|(number, _)| format!("{shown}:{number}")),
        );
    }
    complain(&broken, "projections is pure: same log, same bytes");
}

#[test]
fn files_stay_readable_in_one_sitting() {
    let long = house().into_iter().filter_map(|(path, text)| {
        let lines = text.lines().count();
        (lines > FILE_MAX_LINES).then(|| format!("{}: {lines} lines", path.display()))
    });
    complain(
        &long.collect::<Vec<_>>(),
        "no file is longer than 600 lines: split it along the nouns it holds",
    );
}

#[test]
fn modules_are_named_after_what_they_hold() {
    let broken = house().into_iter().filter(|(path, _)| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        ["mod.rs", "util.rs", "utils.rs", "helper.rs", "helpers.rs", "manager.rs", "common.rs"]
            .contains(&name)
    });
    let broken: Vec<String> = broken.map(|(path, _)| path.display().to_string()).collect();
    complain(&broken, "foo.rs beside foo/, never mod.rs; no util, helper, manager or common");
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let mut broken = Vec::new();
    for (path, text) in house() {
        if path.ends_with("boundaries.rs") {
            continue;
        }
        let allowed =
            |line: &str| line.contains("#[allow(") || line.contains("#![allow(") || line.contains("#[ignore");
        broken.extend(
            code(&text)
                .filter(|(_, line)| allowed(line))
                .map(|(number, _)| format!("{}:{number}", path.display())),
        );
    }
    complain(&broken, "#[expect(lint, reason)] instead of #[allow]; no ignored tests");
}

#[test]
fn every_example_is_named_after_its_kind_and_version() {
    use jinqiao_events::kinds::Kind;
    let known: Vec<String> =
        Kind::ALL.iter().map(|kind| format!("{}.v{}.json", kind.name(), kind.version())).collect();
    let mut broken = Vec::new();
    for entry in fs::read_dir(Path::new(HOUSE).join("tests/golden")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let (kind, version) = name.split_once(".v").unwrap_or((&name, ""));
        let newest = Kind::from_name(kind).map_or(0, Kind::version);
        let version: u16 = version.trim_end_matches(".json").parse().unwrap_or(u16::MAX);
        if !known.contains(&name) && version > newest {
            broken.push(name);
        }
    }
    complain(&broken, "tests/golden holds <kind>.v<n>.json of the vocabulary and nothing else");
}
