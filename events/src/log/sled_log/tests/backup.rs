//! A backup is taken while others write, restores to any position, and shows it when it was changed.

use super::*;

fn restored(
    backup: &Path,
    upto: Option<Position>,
) -> (TempDir, Result<crate::log::proof::TreeHead, LogError>) {
    let above = TempDir::new().unwrap();
    let answer = restore(backup, &above.path().join("store"), upto, &Options::default());
    (above, answer)
}

fn lines(log: &SledLog) -> Vec<Stored> {
    let mut lines = Vec::new();
    log.scan(0, &mut |stored| {
        lines.push(stored);
        ControlFlow::Continue(())
    })
    .unwrap();
    lines
}

#[test]
fn a_backup_taken_while_others_write_restores_to_the_end_and_to_any_position() {
    let directory = store();
    let backups = TempDir::new().unwrap();
    let backup = backups.path().join("one");
    let log = open(directory.path()).unwrap();
    let said = std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for n in 0..300 {
                log.commit(vec![append([event(n)])]).unwrap().remove(0).unwrap();
            }
        });
        let said = log.back_up(&backup).unwrap();
        writing.join().unwrap();
        said
    });
    assert!((EVENTS..=EVENTS + 300).contains(&said.position));
    assert_eq!(Backup::read(&backup).unwrap().as_ref(), Some(&said));
    let all = lines(&log);
    for upto in [None, Some(said.position), Some(EVENTS), Some(1999), Some(17), Some(1), Some(0)] {
        let (above, answer) = restored(&backup, upto);
        let head = answer.unwrap();
        assert_eq!(head.size, upto.unwrap_or(said.position));
        assert_eq!(
            log.prove_growth(head.size, log.head()).unwrap().old,
            head,
            "it is the log's own beginning"
        );
        let copy = open(&above.path().join("store")).unwrap();
        assert_eq!(copy.untold().unwrap(), Report::default());
        assert_eq!(copy.identity().unwrap(), log.identity().unwrap());
        assert_eq!(lines(&copy), all[..usize::try_from(head.size).unwrap()]);
        copy.verify().unwrap();
        let placed = copy.commit(vec![append([event(9)])]).unwrap();
        assert_eq!(placed, [Ok(vec![Placed { position: head.size + 1, repeated: false }])]);
    }
}

#[test]
fn a_backup_does_not_hold_the_signing_key_and_goes_nowhere_that_is_taken() {
    let directory = store();
    let log = open(directory.path()).unwrap();
    let backups = TempDir::new().unwrap();
    let backup = backups.path().join("one");
    log.back_up(&backup).unwrap();
    assert!(!backup.join("checkpoint.key").exists() && backup.join("checkpoint.vkey").exists());
    assert!(matches!(log.back_up(&backup), Err(LogError::Store(_))));
    log.close().unwrap();
    let taken = restore(&backup, directory.path(), None, &Options::default());
    assert!(matches!(taken, Err(LogError::Store(_))), "{taken:?}");
    assert_whole(directory.path());
    let (_above, answer) = restored(&backup, Some(EVENTS + 1));
    assert!(matches!(answer, Err(LogError::Store(_))), "{answer:?}");
    fs::remove_file(backup.join("backup.json")).unwrap();
    let (above, answer) = restored(&backup, None);
    assert!(answer.unwrap_err().to_string().contains("no finished backup"));
    assert!(!above.path().join("store").exists());
}

#[test]
fn a_backup_that_was_changed_is_not_restored() {
    let directory = store();
    let log = open(directory.path()).unwrap();
    let backups = TempDir::new().unwrap();
    let backup = backups.path().join("one");
    log.back_up(&backup).unwrap();
    let segment = backup.join("journal/00000000000000000001.seg");
    let sound = fs::read(&segment).unwrap();
    for at in (70..sound.len()).step_by(sound.len() / 5) {
        let mut flipped = sound.clone();
        flipped[at] ^= 1;
        fs::write(&segment, flipped).unwrap();
        let (above, answer) = restored(&backup, None);
        assert!(
            matches!(answer, Err(LogError::Damaged { .. } | LogError::Lost { .. })),
            "byte {at}: {answer:?}"
        );
        assert!(!above.path().join("store").exists());
    }
    fs::write(&segment, &sound[..sound.len() - 8]).unwrap();
    assert!(restored(&backup, None).1.is_err());
    fs::write(&segment, sound).unwrap();
    let json = fs::read_to_string(backup.join("backup.json")).unwrap();
    let root = Backup::read(&backup).unwrap().unwrap().root;
    fs::write(backup.join("backup.json"), json.replace(&root, &"0".repeat(64))).unwrap();
    // Also for a beginning: it has to be that of what was backed up.
    for upto in [None, Some(EVENTS), Some(17)] {
        let (above, answer) = restored(&backup, upto);
        assert!(matches!(answer, Err(LogError::Damaged { position: EVENTS, .. })), "{answer:?}");
        assert!(!above.path().join("store").exists());
    }
}

#[test]
fn compacting_keeps_everything_and_survives_a_crash_between_its_steps() {
    let directory = store();
    let before = open(directory.path()).unwrap().tree_head().unwrap();
    let compacted = compact(directory.path(), &Options::default()).unwrap();
    assert!(compacted.bytes_before > 0 && compacted.bytes_after > 0, "{compacted:?}");
    let log = open(directory.path()).unwrap();
    assert_eq!((log.tree_head().unwrap(), log.untold().unwrap()), (before, Report::default()));
    log.close().unwrap();
    // The old engine was moved away, the new one has not taken its place.
    fs::rename(directory.path().join("sled"), directory.path().join("sled.old")).unwrap();
    fs::create_dir_all(directory.path().join("compacting/sled")).unwrap();
    let log = open(directory.path()).unwrap();
    assert_eq!(log.untold().unwrap(), Report::default(), "nothing was damaged");
    log.close().unwrap();
    // The new one is there, the old one has not gone.
    fs::create_dir_all(directory.path().join("sled.old")).unwrap();
    assert_whole(directory.path());
    assert!(!directory.path().join("sled.old").exists() && !directory.path().join("compacting").exists());
}
