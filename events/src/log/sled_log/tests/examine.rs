//! Examining says what is wrong and where, and mends nothing.

use super::*;

fn examined(directory: &Path) -> Examination {
    examine(directory, &Options::default()).unwrap()
}

/// Part and positions of each finding.
fn found(directory: &Path) -> Vec<(Part, Position, Position)> {
    let findings = examined(directory).findings.into_iter();
    findings.map(|finding| (finding.part, finding.positions.first, finding.positions.last)).collect()
}

fn segment(directory: &Path) -> PathBuf {
    directory.join("journal/00000000000000000001.seg")
}

#[test]
fn a_sound_store_is_found_sound_closed_or_killed() {
    let directory = store();
    let log = open(directory.path()).unwrap();
    log.commit(vec![append([event(1)])]).unwrap().remove(0).unwrap();
    let killed = TempDir::new().unwrap();
    copy(directory.path(), killed.path());
    let root = Some(log.tree_head().unwrap().root);
    log.close().unwrap();
    for directory in [directory.path(), killed.path()] {
        let examined = examined(directory);
        assert_eq!((examined.events, examined.root, examined.findings), (EVENTS + 1, root, Vec::new()));
    }
}

#[test]
fn a_flip_in_the_journal_is_found_at_its_event_and_stays() {
    let directory = store();
    let sound = fs::read(segment(directory.path())).unwrap();
    for position in [1, 777, 1500, EVENTS] {
        let body = format!("{{ \"number\": {position} }}");
        let at = sound.windows(body.len()).position(|window| window == body.as_bytes()).unwrap();
        let mut flipped = sound.clone();
        flipped[at + 3] ^= 1;
        fs::write(segment(directory.path()), &flipped).unwrap();
        assert_eq!(found(directory.path()), [(Part::Journal, position, position)]);
        assert_eq!(fs::read(segment(directory.path())).unwrap(), flipped, "nothing was mended");
    }
    assert_heals(directory.path(), &[(StoreCopy::Journal, StoreDamage::Damaged)]);
    assert_eq!(found(directory.path()), []);
}

#[test]
fn a_flip_in_the_engine_is_found_at_its_event() {
    let directory = store();
    let mut damaged = 0;
    meddle(directory.path(), |blocks| {
        damaged = flip_before(blocks, 1500);
        let (key, _) = blocks.get_lt(2000_u64.to_be_bytes()).unwrap().unwrap();
        blocks.remove(key).unwrap();
    });
    let findings = found(directory.path());
    assert_eq!(findings[0], (Part::Engine, damaged, damaged));
    let (part, first, last) = findings[1];
    assert!(part == Part::Engine && (first..=last).contains(&1999), "{findings:?}");
    assert_eq!(findings.len(), 2);
}

#[test]
fn what_is_missing_is_named() {
    let directory = store();
    let length = fs::metadata(segment(directory.path())).unwrap().len();
    let file = fs::OpenOptions::new().write(true).open(segment(directory.path())).unwrap();
    file.set_len(length - 8).unwrap();
    let findings = found(directory.path());
    assert!(matches!(findings[..], [(Part::Journal, 1..=EVENTS, _), ..]), "{findings:?}");
    fs::remove_dir_all(directory.path().join("journal")).unwrap();
    assert_eq!(found(directory.path())[0], (Part::Journal, 1, EVENTS));

    let directory = store();
    fs::remove_dir_all(directory.path().join("sled")).unwrap();
    assert_eq!(found(directory.path()), [(Part::Engine, 1, EVENTS)]);
    fs::write(directory.path().join("head"), b"{").unwrap();
    assert_eq!(found(directory.path())[0].0, Part::Head);

    let directory = store();
    let note = fs::read_dir(directory.path().join("checkpoints")).unwrap().next().unwrap().unwrap().path();
    fs::write(&note, fs::read_to_string(&note).unwrap().replace("\n3000\n", "\n2999\n")).unwrap();
    assert_eq!(found(directory.path())[0].0, Part::Checkpoint);
}
