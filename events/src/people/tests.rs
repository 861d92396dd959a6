//! What the person store promises, on files.

use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::clock::System;

fn seen(name: &str, phone: &str, organisation: &str) -> PersonSeen {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    PersonSeen { name: name.into(), phone: given(phone), organisation: given(organisation) }
}

fn register(store: &PersonStore, batch: &[PersonSeen]) -> Vec<PersonId> {
    store.register(batch, &System, Timestamp::UNIX_EPOCH).unwrap()
}

fn sheet() -> Vec<PersonSeen> {
    vec![
        seen("林远山", "13800000761", "琅屿建设"),
        seen("周小河", "", "沧舟医疗"),
        seen("林 远山", "+86 138 0000 0761", ""),
    ]
}

fn filled() -> (TempDir, Vec<PersonId>) {
    let dir = TempDir::new().unwrap();
    let ids = register(&PersonStore::open(&dir.path().join("people")).unwrap(), &sheet());
    (dir, ids)
}

fn open(dir: &TempDir) -> Result<PersonStore, PeopleError> {
    PersonStore::open(&dir.path().join("people"))
}

#[test]
fn a_batch_answers_in_order_and_again_the_same_after_reopening() {
    let (dir, ids) = filled();
    assert_eq!(ids[0], ids[2]);
    assert_ne!(ids[0], ids[1]);
    let file = dir.path().join("people/persons");
    let before = std::fs::read(&file).unwrap();
    let store = open(&dir).unwrap();
    assert_eq!(register(&store, &sheet()), ids);
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing new, nothing written");
    let revealed = store.reveal(ids[2]).unwrap();
    assert_eq!((revealed.name.as_str(), revealed.phone.unwrap().as_str()), ("林远山", "13800000761"));
}

#[test]
fn the_same_person_is_found_by_phone_else_by_organisation() {
    let store = PersonStore::in_memory().unwrap();
    let same = |a: &PersonSeen, b: &PersonSeen| {
        let ids = register(&store, &[a.clone(), b.clone()]);
        ids[0] == ids[1]
    };
    let lin = seen("林远山", "13800000761", "琅屿建设");
    assert!(same(&lin, &seen("林远山", "138-0000-0761", "沧舟医疗")), "another organisation, same phone");
    assert!(same(&lin, &seen("林遠山", "", "琅嶼建設")), "later without a phone");
    assert!(!same(&lin, &seen("林远山", "13800000762", "琅屿建设")), "a namesake with another phone");
    assert!(!same(&lin, &seen("陈远山", "13800000761", "琅屿建设")), "a colleague who shares the phone");
    assert!(!same(&lin, &seen("林远山", "", "望潮商会")), "no phone, elsewhere");
    let zhou = register(&store, &[seen("周小河", "", "沧舟医疗")])[0];
    assert_eq!(register(&store, &[seen("周小河", "13800000763", "沧舟医疗")]), [zhou], "learns the phone");
    assert_eq!(register(&store, &[seen("周小河", "13800000763", "")]), [zhou]);
    assert_eq!(store.reveal(zhou).unwrap().phone.unwrap().as_str(), "13800000763");
    assert!(
        !same(&seen("周小河", "", ""), &seen("周小河", "13800000764", "")),
        "a name alone learns no phone"
    );
}

#[test]
fn nothing_personal_is_in_any_file_or_debug_output() {
    let (dir, ids) = filled();
    let store = open(&dir).unwrap();
    let shown = format!("{:?}{store:?}{:?}", sheet(), store.reveal(ids[0]).unwrap());
    let mut haystacks = vec![shown.into_bytes()];
    for entry in std::fs::read_dir(dir.path().join("people")).unwrap() {
        haystacks.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    assert_eq!(haystacks.len(), 3);
    for needle in ["远山", "小河", "0000076", "琅屿", "沧舟"] {
        for haystack in &haystacks {
            assert!(!haystack.windows(needle.len()).any(|window| window == needle.as_bytes()), "{needle}");
        }
    }
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let (dir, _) = filled();
    for name in [PERSONS, KEK] {
        let path = dir.path().join("people").join(name);
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            std::fs::write(&path, &bad).unwrap();
            assert!(matches!(open(&dir), Err(PeopleError::Damaged { .. })), "{name}: byte {at}");
            std::fs::write(&path, &good[..at]).unwrap();
            assert!(matches!(open(&dir), Err(PeopleError::Damaged { .. })), "{name}: cut at {at}");
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert!(open(&dir).is_ok());
}

#[test]
fn a_wrong_exposed_or_missing_key_refuses() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, _) = filled();
    let (other, _) = filled();
    let kek = dir.path().join("people/kek");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(&kek), mode(&dir.path().join("people"))], [0o600, 0o700]);
    std::fs::set_permissions(&kek, PermissionsExt::from_mode(0o640)).unwrap();
    let refusal = open(&dir).unwrap_err();
    assert!(matches!(refusal, PeopleError::KeyExposed(_)), "{refusal}");
    std::fs::remove_file(&kek).unwrap();
    assert!(matches!(open(&dir), Err(PeopleError::Missing(path)) if path == kek));
    std::fs::copy(other.path().join("people/kek"), &kek).unwrap();
    assert!(matches!(open(&dir), Err(PeopleError::WrongKey)));
    std::fs::remove_file(other.path().join("people/persons")).unwrap();
    assert!(matches!(open(&other), Err(PeopleError::Missing(path)) if path.ends_with(PERSONS)));
}

#[test]
fn a_crash_before_the_rename_leaves_the_old_file_good() {
    let (dir, ids) = filled();
    let people = dir.path().join("people");
    file::write_beside(&people, PERSONS, b"a newer file, not yet in place").unwrap();
    assert_eq!(register(&open(&dir).unwrap(), &sheet()), ids);
    assert!(!people.join("persons.tmp").exists(), "what is left over may hold erased keys");
    // A crash in the first opening, between the two files, is no loss either.
    let fresh = TempDir::new().unwrap();
    open(&fresh).unwrap();
    std::fs::remove_file(fresh.path().join("people/kek")).unwrap();
    assert!(open(&fresh).is_ok());
}

#[test]
fn a_refused_or_unwritten_batch_keeps_nobody() {
    let (dir, ids) = filled();
    let store = open(&dir).unwrap();
    let refuse = |batch: &[PersonSeen]| store.register(batch, &System, Timestamp::UNIX_EPOCH).unwrap_err();
    let newcomer = seen("吴新来", "13800000769", "");
    assert_eq!(refuse(&[newcomer.clone(), seen(" ", "", "")]).code(), "person_no_name");
    assert_eq!(refuse(&[newcomer.clone(), seen("林", "1.38E+10", "")]).to_string().chars().nth(2), Some('2'));
    std::fs::create_dir_all(dir.path().join("people/persons.tmp/x")).unwrap();
    assert_eq!(refuse(std::slice::from_ref(&newcomer)).code(), "people_io");
    assert_eq!(store.lock().records.len(), 2);
    std::fs::remove_dir_all(dir.path().join("people/persons.tmp")).unwrap();
    assert!(!ids.contains(&register(&store, &[newcomer])[0]));
}

#[test]
fn restricted_data_is_kept_unseen_and_erased_data_is_gone() {
    let store = PersonStore::in_memory().unwrap();
    let ids = register(&store, &sheet());
    let set = |person, state| store.lock().records.get_mut(&person).unwrap().state = state;
    set(ids[0], State::Restricted);
    assert!(matches!(store.reveal(ids[0]), Err(PeopleError::Restricted(_))));
    assert_eq!(register(&store, &[seen("林远山", "13800000761", "望潮商会")]), [ids[0]]);
    assert_eq!(store.lock().records[&ids[0]].tokens.len(), 2, "nothing is added to restricted data");
    set(ids[1], State::Erased);
    assert_eq!(store.reveal(ids[1]).unwrap().name, "[已删除]");
    assert!(matches!(store.reveal(PersonId::new(uuid::Uuid::nil())), Err(PeopleError::Unknown(_))));
}

#[test]
fn doors_that_register_one_person_at_once_get_one_id() {
    let (dir, _) = filled();
    let store = Arc::new(open(&dir).unwrap());
    let doors: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || register(&store, &[seen("何同时", "13800000765", "")])[0])
        })
        .collect();
    let ids: Vec<_> = doors.into_iter().map(|door| door.join().unwrap()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
}
