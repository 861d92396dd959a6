//! The verifier that shares no code with this program, `tests/verify_log.py`, agrees with it: on every proof, on
//! every proof that was changed, and on which event of a journal was changed. Skipped where there is no Python.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a check for tests: whatever fails, fails the test"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jinqiao_events::log::contract::{append, event};
use jinqiao_events::log::journal::{Frame, SegmentHeader};
use jinqiao_events::log::proof::{ConsistencyProof, InclusionProof, Leaves, Profile, Tree};
use jinqiao_events::log::sled_log::Options;
use jinqiao_events::log::{Log, LogError, Position, SledLog};
use tempfile::TempDir;

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/verify_log.py")
}

/// Whether there is a Python to ask; says so where there is none.
fn has_python() -> bool {
    let found = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: no python3");
    }
    found
}

/// What the verifier says of each proof, one a line: the script's own functions, without its command line.
fn judged(proofs: &[String]) -> Vec<bool> {
    const ASK: &str = r#"
import sys
source = open(sys.argv[1], encoding="utf-8").read()
exec(compile(source[:source.index("parser = ")], sys.argv[1], "exec"))
for line in sys.stdin:
    try: check_proof(json.loads(line)); print("ok")
    except (Wrong, ValueError, KeyError, TypeError, IndexError): print("wrong")
"#;
    let mut python = Command::new("python3")
        .args(["-c", ASK])
        .arg(script())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let lines = proofs.join("\n");
    let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = python.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line == "ok").collect()
}

struct Payloads(Vec<Vec<u8>>);

impl Leaves for Payloads {
    fn each_payload(
        &self,
        after: Position,
        upto: Position,
        each: &mut dyn FnMut(Position, &[u8]),
    ) -> Result<(), LogError> {
        (after + 1..=upto).for_each(|position| each(position, &self.0[position as usize - 1]));
        Ok(())
    }
}

fn tree(profile: Profile, size: u64) -> (Payloads, Tree) {
    let payloads = Payloads((0..size).map(|n| format!("event {n}").into_bytes()).collect());
    let mut tree = Tree::new(profile);
    payloads.0.iter().for_each(|payload| tree.push(payload));
    (payloads, tree)
}

/// How many sizes there are between those that are looked at; SM3 in Python is slow.
fn stride(profile: Profile) -> usize {
    match (std::env::var_os("JINQIAO_PROOF_ALL").is_some(), profile) {
        (true, Profile::Sha256) => 1,
        (true, Profile::Sm3) => 7,
        (false, Profile::Sha256) => 11,
        (false, Profile::Sm3) => 43,
    }
}

/// The proof with another bit flipped than the last time, in each of its hashes in turn; none where it has no path.
fn flipped(path: &mut [[u8; 32]], turn: usize) -> bool {
    let Some(place) = turn.checked_rem(path.len()) else { return false };
    path[place][turn % 32] ^= 1 << (turn % 8);
    true
}

#[test]
fn the_verifier_accepts_every_proof_of_growth_and_none_that_was_changed() {
    if !has_python() {
        return;
    }
    for profile in Profile::ALL {
        let (payloads, tree) = tree(profile, 300);
        let (mut proofs, mut expected) = (Vec::new(), Vec::new());
        for new in (1..=300).step_by(stride(profile)) {
            for old in (0..=new).step_by(stride(profile)) {
                let proof = tree.prove_growth(&payloads, old, new).unwrap();
                proofs.push(proof.to_json().unwrap());
                expected.push(true);
                let mut changed = proof.clone();
                if flipped(&mut changed.path, proofs.len()) {
                    proofs.push(changed.to_json().unwrap());
                    expected.push(false);
                }
                let mut changed: ConsistencyProof = proof;
                changed.new.root[proofs.len() % 32] ^= 4;
                proofs.push(changed.to_json().unwrap());
                expected.push(changed.verify().is_ok());
            }
        }
        assert!(judged(&proofs) == expected, "{profile:?}: the verifier judges otherwise");
        println!(
            "{profile:?}: {} proofs of growth, {} of them changed",
            proofs.len(),
            count_false(&expected)
        );
    }
}

fn count_false(expected: &[bool]) -> usize {
    expected.iter().filter(|right| !**right).count()
}

#[test]
fn the_verifier_accepts_every_proof_of_an_event_and_none_that_was_changed() {
    if !has_python() {
        return;
    }
    for profile in Profile::ALL {
        let (payloads, tree) = tree(profile, 300);
        let (mut proofs, mut expected) = (Vec::new(), Vec::new());
        for size in (1..=300).step_by(stride(profile)) {
            for position in (1..=size).step_by(stride(profile)) {
                let proof = tree.prove_event(&payloads, position, size).unwrap();
                proofs.push(proof.to_json().unwrap());
                expected.push(true);
                let mut changed: InclusionProof = proof.clone();
                if flipped(&mut changed.path, proofs.len()) {
                    proofs.push(changed.to_json().unwrap());
                    expected.push(false);
                }
                let mut changed = proof;
                changed.payload[0] ^= 1;
                proofs.push(changed.to_json().unwrap());
                expected.push(false);
            }
        }
        assert!(judged(&proofs) == expected, "{profile:?}: the verifier judges otherwise");
        println!(
            "{profile:?}: {} proofs of events, {} of them changed",
            proofs.len(),
            count_false(&expected)
        );
    }
}

/// What the script says of a segment.
fn said_of(segment: &Path) -> (bool, String) {
    let output = Command::new("python3").arg(script()).arg("segment").arg(segment).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// First and last position of the frame that holds each offset, of every frame of a segment.
fn frames(bytes: &[u8]) -> Vec<(usize, usize, Position, Position)> {
    let store = SegmentHeader::parse(bytes).unwrap().store;
    let (mut found, mut at) = (Vec::new(), 64);
    while let Some(frame) = bytes.get(at..).and_then(|rest| Frame::parse(store, rest)) {
        let end = at + frame.header.frame_bytes();
        found.push((at, end, frame.header.first, frame.header.last()));
        at = end;
    }
    found
}

#[test]
fn the_verifier_says_which_event_of_a_journal_was_changed() {
    if !has_python() {
        return;
    }
    let directory = TempDir::new().unwrap();
    let log = SledLog::open(directory.path(), &Options::default()).unwrap();
    for numbers in [1..=1, 2..=4, 5..=30, 31..=60] {
        assert!(log.commit(vec![append(numbers.map(event))]).unwrap().iter().all(Result::is_ok));
    }
    log.close().unwrap();
    let segment = directory.path().join("journal/00000000000000000001.seg");
    let (accepted, said) = said_of(&segment);
    assert!(accepted && said.contains("60 events"), "{said}");
    let bytes = fs::read(&segment).unwrap();
    for (start, end, first, last) in frames(&bytes) {
        for at in [start, start + 30, (start + end) / 2, end - 9] {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            fs::write(&segment, changed).unwrap();
            let (accepted, said) = said_of(&segment);
            assert!(!accepted, "byte {at} of {start}..{end}: {said}");
            let named = said.strip_prefix("wrong: position ").and_then(|rest| {
                rest.split(|digit: char| !digit.is_ascii_digit()).next()?.parse::<Position>().ok()
            });
            assert!(named.is_some_and(|named| (first..=last).contains(&named)), "byte {at}: {said}");
        }
    }
}
