//! The tree of proofs of a store, through closes, kills, damage and losses.

use super::*;
use crate::log::codec::{self, Block};
use crate::log::journal::{Frame, frame};
use crate::log::proof::{NodeHash, RightEdge};

/// The root over everything that is stored, told from the stored bytes alone.
fn root_of(log: &SledLog) -> NodeHash {
    let mut edge = RightEdge::new(log.identity().unwrap().1);
    log.each_stored(0, &mut |_, payload| {
        edge.push_payload(payload);
        ControlFlow::Continue(())
    })
    .unwrap();
    edge.root()
}

fn assert_true(log: &SledLog) {
    let head = log.tree_head().unwrap();
    assert_eq!((head.size, head.root), (log.head(), root_of(log)));
    assert_eq!(log.verify().unwrap().root, Some(head.root));
}

#[test]
fn the_tree_is_that_of_the_stored_bytes_however_the_store_was_left() {
    for profile in Profile::ALL {
        let directory = TempDir::new().unwrap();
        let options = Options { profile, ..Options::default() };
        let log = SledLog::open(directory.path(), &options).unwrap();
        let mut sizes = Vec::new();
        for part in 0..8 {
            let numbers = part * 100..(part + 1) * 100 + part;
            assert!(
                log.commit(numbers.map(|n| append([event(n)])).collect()).unwrap().iter().all(Result::is_ok)
            );
            sizes.push(log.head());
        }
        assert_true(&log);
        // As a kill leaves it: neither head nor tiles of what was added since.
        let killed = TempDir::new().unwrap();
        copy(directory.path(), killed.path());
        log.close().unwrap();
        let closed = open(directory.path()).unwrap();
        assert_eq!(closed.identity().unwrap().1, profile, "it was chosen when the store was made");
        let again = open(killed.path()).unwrap();
        assert_true(&again);
        assert_eq!(again.tree_head().unwrap(), closed.tree_head().unwrap());
        drop(closed);
        for damage in [&b""[..], b"JQT1 and no tiles", &[7; 300]] {
            fs::write(directory.path().join("tree"), damage).unwrap();
            assert_true(&open(directory.path()).unwrap());
        }
        for (old, new) in sizes.iter().zip(&sizes[1..]) {
            let proof = again.prove_growth(*old, *new).unwrap();
            assert_eq!((proof.verify(), proof.new.size), (Ok(()), *new));
            let proof = again.prove_event(*old, Some(*new)).unwrap();
            assert_eq!((proof.verify(), proof.position), (Ok(()), *old));
        }
    }
}

#[test]
fn checkpoints_are_signed_at_close_and_on_demand_and_hold_the_log_to_them() {
    let directory = store();
    let log = open(directory.path()).unwrap();
    let signed = log.checkpoint().unwrap();
    assert_eq!(signed.checkpoint.head, log.tree_head().unwrap());
    assert_eq!(log.checkpoints().unwrap(), std::slice::from_ref(&signed), "the one that was signed at close");
    log.commit(vec![append([event(1)])]).unwrap().remove(0).unwrap();
    assert_eq!(log.checkpoint().unwrap().checkpoint.head.size, EVENTS + 1);
    let verified = log.verify().unwrap();
    assert_eq!((verified.events, verified.checkpoints), (EVENTS + 1, 2));
}

#[test]
fn an_empty_log_signs_nothing_unasked_and_grows_from_what_it_signed() {
    let directory = TempDir::new().unwrap();
    open(directory.path()).unwrap().close().unwrap();
    let log = open(directory.path()).unwrap();
    assert_eq!(log.checkpoints().unwrap(), []);
    assert_eq!(log.checkpoint().unwrap().checkpoint.head.size, 0);
    log.commit(vec![append([event(1)])]).unwrap().remove(0).unwrap();
    log.close().unwrap();
    let log = open(directory.path()).unwrap();
    assert_eq!(log.verify().unwrap().checkpoints, 2);
}

/// What a frame is written as again: with the tree that it had, with the one that its events now have, with that of
/// no events, or as stores wrote it first.
#[derive(Clone, Copy, PartialEq)]
enum Written {
    AsItWas,
    Forged,
    OfNothing,
    AsBefore,
}

type Blocks = Vec<(Position, Vec<u8>)>;

/// Writes every frame of the journal's first segment again, with every checksum made right: what no disk does. The
/// event at `position` becomes the `n`-th one. The blocks of its frame.
fn rewrite(directory: &Path, position: Position, n: u64, written: Written) -> Blocks {
    let segment = directory.join("journal/00000000000000000001.seg");
    let journal = fs::read(&segment).unwrap();
    let header = crate::log::journal::SegmentHeader::parse(&journal).unwrap();
    let (mut anew, mut at, mut changed) = (journal[..64].to_vec(), 64, Vec::new());
    let mut edge = RightEdge::new(Profile::Sm3);
    while let Some(frame) = Frame::parse(header.store, &journal[at..]) {
        let (first, last) = (frame.header.first, frame.header.last());
        let mut blocks = Blocks::new();
        let before = edge.clone();
        for bytes in frame.blocks() {
            let block = Block::parse(bytes).unwrap();
            let payloads: Vec<Vec<u8>> =
                block
                    .payloads()
                    .map(|(at, payload)| {
                        if at == position {
                            codec::encode_event(&event(n)).unwrap()
                        } else {
                            payload.to_vec()
                        }
                    })
                    .collect();
            payloads.iter().for_each(|payload| edge.push_payload(payload));
            blocks.extend(codec::encode_blocks(block.first(), &payloads));
        }
        let events = u32::try_from(last - first + 1).unwrap();
        match written {
            Written::AsBefore => {
                frame::encode_as_before(&mut anew, header.store, first, events, &blocks, &edge)
            }
            Written::Forged => frame::encode(&mut anew, header.store, first, events, &blocks, Some(&before)),
            Written::OfNothing => {
                let nothing = RightEdge::new(Profile::Sm3);
                frame::encode(&mut anew, header.store, first, events, &blocks, Some(&nothing));
            }
            Written::AsItWas => {
                let tree = frame.tree_before(Profile::Sm3).unwrap();
                frame::encode(&mut anew, header.store, first, events, &blocks, tree.as_ref());
            }
        }
        if (first..=last).contains(&position) {
            changed = blocks;
        }
        at += frame.header.frame_bytes();
    }
    fs::write(&segment, anew).unwrap();
    changed
}

fn put_into_engine(directory: &Path, blocks: &Blocks) {
    meddle(directory, |engine| {
        for (first, block) in blocks {
            engine.insert(first.to_be_bytes(), block.as_slice()).unwrap();
        }
    });
}

/// Changes one event in both copies, with every checksum made right again.
fn forge(directory: &Path, position: Position) {
    let blocks = rewrite(directory, position, position + 1, Written::AsItWas);
    put_into_engine(directory, &blocks);
}

#[test]
fn a_journal_forged_with_right_checksums_is_put_right_from_the_engine() {
    for (position, written) in
        [(17, Written::AsItWas), (17, Written::Forged), (EVENTS, Written::AsItWas), (EVENTS, Written::Forged)]
    {
        let directory = store();
        let before = open(directory.path()).unwrap().tree_head().unwrap();
        rewrite(directory.path(), position, 77, written);
        assert_heals(directory.path(), &[(StoreCopy::Journal, StoreDamage::Differs)]);
        let log = open(directory.path()).unwrap();
        assert_eq!(log.prove_growth(EVENTS, EVENTS + 1).unwrap().old, before);
        assert!(quarantined(directory.path()) > 0, "what was forged is kept");
    }
}

#[test]
fn an_engine_forged_with_right_checksums_is_built_anew() {
    let directory = store();
    let journal = directory.path().join("journal/00000000000000000001.seg");
    let true_journal = fs::read(&journal).unwrap();
    let blocks = rewrite(directory.path(), 17, 77, Written::AsItWas);
    fs::write(journal, true_journal).unwrap();
    put_into_engine(directory.path(), &blocks);
    assert_heals(directory.path(), &[(StoreCopy::Engine, StoreDamage::Differs)]);
}

#[test]
fn copies_that_were_both_forged_and_differ_are_refused() {
    let directory = store();
    let blocks = rewrite(directory.path(), 17, 77, Written::AsItWas);
    rewrite(directory.path(), 17, 78, Written::AsItWas);
    put_into_engine(directory.path(), &blocks);
    let error = open(directory.path()).unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 17, .. }), "{error}");
}

#[test]
fn events_that_a_person_goes_on_with_are_told_of_and_signed_with_another_key() {
    // One event or the last, and each copy holds another there, or both the same.
    for (position, differ) in [(17, true), (EVENTS, true), (EVENTS, false)] {
        let directory = store();
        let old = open(directory.path()).unwrap().checkpoint().unwrap();
        let blocks = rewrite(directory.path(), position, 77, Written::AsItWas);
        if differ {
            rewrite(directory.path(), position, 78, Written::AsItWas);
        }
        put_into_engine(directory.path(), &blocks);
        let error = open(directory.path()).unwrap_err();
        assert!(matches!(error, LogError::Damaged { .. }), "{error}");
        let log = open_accepting(directory.path());
        let Report { lost, .. } = log.untold().unwrap();
        let is_told = |loss: &LossAccepted| {
            loss.head == EVENTS
                && matches!(loss.ranges[..], [PositionRange { first, last }] if (first..=last).contains(&position))
        };
        assert!(lost.len() == 1 && is_told(&lost[0]), "{lost:?}");
        assert_true(&log);
        let new = log.checkpoint().unwrap();
        assert_ne!(new.verifier, old.verifier, "nobody signs two histories with one key");
        log.told().unwrap();
        log.close().unwrap();
        let kept = |name: &str| directory.path().join("quarantine").join(name).exists();
        assert!(kept("checkpoint.key.0") && kept("checkpoints.0"));
        let log = open(directory.path()).unwrap();
        assert_eq!((log.untold().unwrap(), log.checkpoint().unwrap()), (Report::default(), new));
        drop(log);
        assert_whole(directory.path());
    }
}

#[test]
fn a_checkpoint_that_cannot_be_read_silences_no_other() {
    let directory = store();
    let log = open(directory.path()).unwrap();
    log.commit(vec![append([event(1)])]).unwrap().remove(0).unwrap();
    let before = log.tree_head().unwrap();
    log.close().unwrap();
    let newest = directory.path().join(format!("checkpoints/{:020}.note", EVENTS + 1));
    fs::write(newest, "spoilt").unwrap();
    fs::remove_file(directory.path().join("head")).unwrap();
    // Only what was signed tells that the journal is not the log: its trees are those of its events.
    rewrite(directory.path(), 17, 77, Written::Forged);
    let log = open(directory.path()).unwrap();
    assert_eq!(healed(&log), [(StoreCopy::Journal, StoreDamage::Differs)]);
    assert_eq!(log.tree_head().unwrap(), before);
    assert_eq!(log.untold().unwrap().unread.len(), 1, "and it is told that it was not asked");
}

#[test]
fn a_tree_of_another_size_in_a_frame_is_a_fault() {
    let directory = store();
    rewrite(directory.path(), 0, 0, Written::OfNothing);
    let findings = examine(directory.path(), &Options::default()).unwrap().findings;
    let is_fault = |finding: &Finding| finding.part == Part::Journal && finding.reason.contains("tree");
    assert!(!findings.is_empty() && findings.iter().all(is_fault), "{findings:?}");
    let error = open(directory.path()).unwrap().verify().unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 1, .. }), "{error}");
}

#[test]
fn a_store_whose_frames_say_the_tree_after_them_opens_verifies_and_goes_on() {
    let directory = store();
    let before = open(directory.path()).unwrap().tree_head().unwrap();
    rewrite(directory.path(), 0, 0, Written::AsBefore);
    for kept in [true, false] {
        if !kept {
            fs::remove_file(directory.path().join("tree")).unwrap();
        }
        let log = open(directory.path()).unwrap();
        assert_eq!((log.tree_head().unwrap(), log.untold().unwrap()), (before, Report::default()));
        assert_true(&log);
    }
    let log = open(directory.path()).unwrap();
    log.commit(vec![append([event(1)])]).unwrap().remove(0).unwrap();
    assert_true(&log);
    log.close().unwrap();
}

#[test]
fn an_event_forged_in_both_copies_with_right_checksums_is_found_by_the_tree() {
    let directory = store();
    forge(directory.path(), 1234);
    let log = open(directory.path()).unwrap();
    let error = log.verify().unwrap_err();
    // The commit of positions 1201 to 1300 is not the one that was made.
    assert!(matches!(&error, LogError::Damaged { position, .. } if (1..=1234).contains(position)), "{error}");
    assert!(error.to_string().contains("committed"), "{error}");
}

#[test]
fn an_acknowledged_root_that_is_not_the_log_s_is_refused_until_accepted() {
    let directory = store();
    let head = directory.path().join("head");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&head).unwrap()).unwrap();
    json["root"] = serde_json::json!([7_u8; 32].to_vec());
    fs::write(&head, json.to_string()).unwrap();
    let error = open(directory.path()).unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: EVENTS, .. }), "{error}");
    let log = open_accepting(directory.path());
    let ranges = vec![PositionRange { first: 1, last: EVENTS }];
    assert_eq!(log.untold().unwrap().lost, [LossAccepted { head: EVENTS, ranges }]);
    log.close().unwrap();
    assert_whole(directory.path());
}

#[test]
fn healing_either_copy_keeps_the_tree_and_its_checkpoints() {
    for part in ["sled", "journal", "head", "tree"] {
        let directory = store();
        let before = open(directory.path()).unwrap().tree_head().unwrap();
        let path = directory.path().join(part);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap()
        } else {
            fs::remove_file(path).unwrap()
        }
        let log = open(directory.path()).unwrap();
        assert_eq!(log.tree_head().unwrap(), before, "{part}");
        assert_eq!(log.verify().unwrap().checkpoints, 1, "{part}");
        // Frames that were written anew say the tree as the old ones did.
        log.commit(vec![append([event(1)])]).unwrap().remove(0).unwrap();
        assert_true(&log);
    }
}

#[test]
fn after_an_accepted_loss_the_log_has_a_tree_of_its_own_and_another_key() {
    let directory = store();
    let old = open(directory.path()).unwrap().checkpoint().unwrap();
    meddle(directory.path(), |blocks| {
        let (key, _) = blocks.get_lt(1500_u64.to_be_bytes()).unwrap().unwrap();
        blocks.remove(key).unwrap();
    });
    let segment = directory.path().join("journal/00000000000000000001.seg");
    let mut journal = fs::read(&segment).unwrap();
    let middle = journal.len() / 2;
    journal[middle] ^= 1;
    fs::write(&segment, journal).unwrap();
    open(directory.path()).unwrap_err();
    let log = open_accepting(directory.path());
    assert_true(&log);
    let new = log.checkpoint().unwrap();
    assert_eq!(new.checkpoint.head.size, EVENTS);
    assert_ne!(new.verifier, old.verifier, "nobody signs two histories with one key");
    drop(log);
    let kept = |name: &str| directory.path().join("quarantine").join(name).exists();
    assert!(kept("checkpoint.key.0") && kept("checkpoints.0"));
    let log = open(directory.path()).unwrap();
    assert_eq!(log.checkpoint().unwrap(), new);
    assert_true(&log);
}

#[test]
fn a_store_that_lost_journal_and_head_is_still_the_same_store() {
    let directory = store();
    let (before, identity) = {
        let log = open(directory.path()).unwrap();
        (log.tree_head().unwrap(), log.identity().unwrap())
    };
    fs::remove_dir_all(directory.path().join("journal")).unwrap();
    fs::remove_file(directory.path().join("head")).unwrap();
    let log = open(directory.path()).unwrap();
    assert_eq!((log.tree_head().unwrap(), log.identity().unwrap()), (before, identity));
    assert_eq!(log.verify().unwrap().checkpoints, 1);
}
