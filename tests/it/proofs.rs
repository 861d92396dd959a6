//! What the program proves is checked by another one that shares no line with it: `tests/verify_log.py`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Town, small_town};

/// What the stand-alone verifier says; `None` where there is no Python.
#[expect(clippy::print_stdout, reason = "says that it was skipped")]
fn verifier(arguments: &[&str]) -> Option<(bool, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify_log.py");
    let Ok(output) = Command::new("python3").arg(script).args(arguments).output() else {
        println!("skipped: python3 is missing");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(said.starts_with("ok: ") || said.starts_with("wrong: "), "{said} {output:?}");
    Some((output.status.success(), said))
}

fn segment(town: &Town) -> PathBuf {
    town.path().join("store/journal/00000000000000000001.seg")
}

#[test]
fn what_is_proved_here_is_checked_elsewhere() {
    for hash in ["sm3", "sha256"] {
        let town = Town::new();
        assert!(town.record(&small_town(), &["--hash", hash]).status.success());
        let head = town.head().to_string();
        let file = |name: &str| town.path().join(name).to_str().unwrap().to_owned();
        let (event, growth, note) = (file("event.json"), file("growth.json"), file("head.note"));
        let (key, export) = (file("log.vkey"), file("export.jsonl"));
        town.ok(&["log", "prove", "--event", "3", "--out", &event]);
        town.ok(&["log", "prove", "--from", "2", "--to", &head, "--out", &growth]);
        town.ok(&["log", "checkpoint", "--out", &note]);
        town.ok(&["log", "checkpoint", "--key", "--out", &key]);
        town.ok(&["log", "export", "--proof", "--out", &export]);
        let segment = segment(&town).to_str().unwrap().to_owned();
        let signed = ["--checkpoint", &note, "--key", &key];
        for what in [["proof", &event], ["proof", &growth], ["export", &export], ["segment", &segment]] {
            let Some((ok, said)) = verifier(&[what.as_slice(), &signed].concat()) else { return };
            assert!(ok, "{hash} {what:?}: {said}");
        }
        let (ok, said) = verifier(&["checkpoint", &note, "--key", &key]).unwrap();
        assert!(ok && said.contains(&format!("checkpoint of {head} events")), "{said}");
        let verified: Value = serde_json::from_str(&town.ok(&["log", "verify"])).unwrap();
        let root = verified["root"].as_str().unwrap();
        assert!(said.contains(root), "{said} {verified}");

        // Another event's bytes in the proof, another size in the checkpoint: both are seen.
        let proof = fs::read_to_string(&event).unwrap();
        fs::write(&event, proof.replacen("\"position\":3", "\"position\":2", 1)).unwrap();
        assert!(!verifier(&["proof", &event]).unwrap().0);
        let text = fs::read_to_string(&note).unwrap();
        fs::write(&note, text.replacen(&format!("\n{head}\n"), "\n1\n", 1)).unwrap();
        assert!(!verifier(&["checkpoint", &note, "--key", &key]).unwrap().0);
    }
}

#[test]
fn one_flipped_byte_of_an_event_is_found_here_and_elsewhere_at_its_position() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let segment = segment(&town);
    let (sound, lines) = (fs::read(&segment).unwrap(), town.ok(&["log", "export"]));
    for (position, line) in (1_u64..).zip(lines.lines()).step_by(3) {
        let event: Value = serde_json::from_str(line).unwrap();
        let id = event["id"].as_str().unwrap().replace('-', "");
        let id: Vec<u8> =
            (0..16).map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap()).collect();
        let at = sound.windows(16).position(|window| window == id).unwrap();
        let mut flipped = sound.clone();
        flipped[at + 20] ^= 0x04;
        fs::write(&segment, flipped).unwrap();

        let verified = town.run(&["log", "verify"]);
        assert_eq!(verified.status.code(), Some(4), "{verified:?}");
        let answer: Value = serde_json::from_slice(&verified.stdout).unwrap();
        assert_eq!(answer["findings"][0]["first"].as_u64(), Some(position), "{answer}");
        assert!(String::from_utf8_lossy(&verified.stderr).contains(&format!("第 {position} 号")));
        let Some((ok, said)) = verifier(&["segment", segment.to_str().unwrap()]) else { return };
        assert!(!ok && said.starts_with(&format!("wrong: position {position}:")), "{said}");
    }
    // Looking mends nothing; opening does, from the other copy, and says so as an event.
    assert_eq!(town.run(&["log", "verify"]).status.code(), Some(4));
    let head = town.head();
    assert_eq!(head, u64::try_from(lines.lines().count()).unwrap() + 1);
    assert!(town.ok(&["show", &head.to_string()]).contains("store_healed"));
    town.ok(&["log", "verify"]);
    assert!(town.ok(&["log", "export"]).starts_with(&lines), "what is there stays as it was");
}

#[test]
fn any_flipped_byte_of_a_segment_is_found_here_and_elsewhere() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let segment = segment(&town);
    let sound = fs::read(&segment).unwrap();
    for at in (0..sound.len()).step_by(sound.len() / 14) {
        let mut flipped = sound.clone();
        flipped[at] ^= 0x80;
        fs::write(&segment, flipped).unwrap();
        assert_eq!(town.run(&["log", "verify"]).status.code(), Some(4), "byte {at}");
        let Some((ok, said)) = verifier(&["segment", segment.to_str().unwrap()]) else { return };
        assert!(!ok && said.starts_with("wrong: position "), "byte {at}: {said}");
    }
}

#[test]
fn a_restore_drill_brings_back_every_event_and_any_earlier_position() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let (head, lines) = (town.head(), town.ok(&["log", "export"]));
    let backup = town.path().join("backup");
    let backup = backup.to_str().unwrap();
    let said: Value = serde_json::from_str(&town.ok(&["log", "backup", backup])).unwrap();
    assert_eq!(said["position"].as_u64(), Some(head));
    assert_eq!(town.run(&["log", "backup", backup]).status.code(), Some(3), "the directory is taken");
    assert_eq!(town.run(&["log", "restore", backup]).status.code(), Some(3), "the store is taken");
    for upto in [1, head / 2, head] {
        let other = Town::new();
        let restored: Value =
            serde_json::from_str(&other.ok(&["log", "restore", backup, "--to", &upto.to_string()])).unwrap();
        assert_eq!(restored["position"].as_u64(), Some(upto));
        let kept: Vec<&str> = lines.lines().take(usize::try_from(upto).unwrap()).collect();
        assert_eq!(other.ok(&["log", "export"]).lines().collect::<Vec<_>>(), kept);
        other.ok(&["log", "verify"]);
        other.ok(&["log", "compact"]);
        other.ok(&["log", "verify"]);
        assert_eq!(other.ok(&["log", "export"]).lines().collect::<Vec<_>>(), kept);
    }
    let elsewhere = Town::new();
    let beyond = elsewhere.run(&["log", "restore", backup, "--to", &(head + 1).to_string()]);
    assert_eq!(beyond.status.code(), Some(1));
    assert_eq!(elsewhere.run(&["log", "restore", "/nowhere"]).status.code(), Some(1));
    assert!(!elsewhere.path().join("store").exists());
    let segment = format!("{backup}/journal/00000000000000000001.seg");
    let Some((ok, said)) = verifier(&["segment", &segment]) else { return };
    assert!(
        ok && said.contains(&format!("{head} events")),
        "a backup is checked without the program: {said}"
    );
}
