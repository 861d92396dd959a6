//! A store whose files went bad, through the doors: everything is there, and an event tells of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Town, json_lines, small_town};

/// A change of a store's files behind the program's back.
type Damage = fn(&Path);

fn export(town: &Town) -> Vec<u8> {
    town.ok(&["log", "export"]).into_bytes()
}

fn segment(store: &Path) -> PathBuf {
    store.join("journal/00000000000000000001.seg")
}

/// The event that tells of a healing, which follows what was there before.
fn healing(town: &Town, before: &[u8]) -> Value {
    let after = export(town);
    assert!(after.starts_with(before), "what was acknowledged is there, byte for byte");
    let told = json_lines(&after[before.len()..]);
    let [told] = told.as_slice() else { panic!("one event tells of it: {told:?}") };
    assert_eq!(told["kind"], "store_healed");
    told["body"].clone()
}

#[test]
fn a_copy_that_was_deleted_or_spoilt_is_healed_and_the_log_says_so() {
    let damages: [(&str, &str, Damage); 5] = [
        ("engine", "behind", |store| fs::remove_dir_all(store.join("sled")).unwrap()),
        ("engine", "behind", |store| fs::write(store.join("sled/db"), b"").unwrap()),
        ("journal", "missing", |store| fs::remove_dir_all(store.join("journal")).unwrap()),
        ("journal", "damaged", |store| {
            let mut bytes = fs::read(segment(store)).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(segment(store), bytes).unwrap();
        }),
        ("journal", "damaged", |store| {
            let bytes = fs::read(segment(store)).unwrap();
            fs::write(segment(store), &bytes[..bytes.len() - 100]).unwrap();
        }),
    ];
    for (copy, damage, strike) in damages {
        let town = Town::new();
        assert!(town.record(&small_town(), &[]).status.success());
        let before = export(&town);
        strike(&town.path().join("store"));
        let told = healing(&town, &before);
        assert_eq!((told["copy"].as_str(), told["damage"].as_str()), (Some(copy), Some(damage)), "{told}");
        town.ok(&["log", "verify"]);
        // Told once, and never again.
        assert_eq!(json_lines(&export(&town)).len(), json_lines(&before).len() + 1);
    }
}

#[test]
fn the_same_damage_to_both_copies_is_refused_until_a_person_accepts_it() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let head = town.head();
    let store = town.path().join("store");
    ["sled", "journal"].iter().for_each(|copy| fs::remove_dir_all(store.join(copy)).unwrap());
    for _ in 0..2 {
        let refused = town.run(&["log", "head"]);
        assert!(!refused.status.success());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(&format!("1-{head}")), "{said}");
    }
    town.ok(&["log", "--accept-loss", "head"]);
    let events = json_lines(&export(&town));
    let accepted: Vec<_> = events.iter().filter(|event| event["kind"] == "loss_accepted").collect();
    let [accepted] = accepted.as_slice() else { panic!("one event tells of the decision: {events:?}") };
    assert_eq!(accepted["body"]["ranges"], serde_json::json!([{"first": 1, "last": head}]));
    assert!(town.record(&small_town(), &[]).status.success());
}
