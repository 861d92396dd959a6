//! Voids and corrections: history is rewritten for everybody at once, and never into what the rules forbid.

use super::*;

#[test]
fn a_void_and_what_replaces_it_go_in_together() {
    let office = Office::new();
    let wrong = office.told(&[named("a", "青屿误名有限公司")]).remove(0);
    assert_eq!(code(&office.say(&[named("a", "青屿正名有限公司")])), "identifier_taken");
    assert_eq!(office.told(&[voided(&wrong), named("a", "青屿正名有限公司")]).len(), 2);
    assert_eq!(office.name_of("a").as_deref(), Some("青屿正名有限公司"));
}

#[test]
fn a_void_in_a_batch_that_is_refused_voids_nothing() {
    let office = Office::new();
    let first = office.told(&[registered("a")]).remove(0);
    let refused = office.say(&[voided(&first), registered("a"), registered("a")]);
    assert_eq!((code(&refused), refused.unwrap_err().index), ("identifier_taken", 2));
    assert!(office.name_of("a").is_some());
    assert_eq!(code(&office.say(&[registered("a")])), "identifier_taken", "the first one stands");
    office.told(&[voided(&first)]);
}

#[test]
fn readers_see_no_moment_in_which_a_void_is_there_and_what_it_voids_still_counts() {
    let office = Office::new();
    let first = office.told(&[registered("a")]).remove(0);
    let seen = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut seen = Vec::new();
            loop {
                let views = office.desk.shelf().views();
                let now = (views.position, views.register.parties().count(), views.ledger.voided().len());
                if seen.last() != Some(&now) {
                    seen.push(now);
                }
                if views.position == 2 && now.1 == 0 {
                    return seen;
                }
            }
        });
        office.told(&[voided(&first)]);
        watching.join().unwrap()
    });
    assert!(seen.iter().all(|now| [(1, 1, 0), (2, 0, 1)].contains(now)), "{seen:?}");
}

#[test]
fn a_correction_takes_nothing_that_was_given_to_another_later() {
    let office = Office::new();
    let receipts = office.told(&[registered("a"), added("a", "x"), registered("b"), added("b", "y")]);
    let refused = office.say(&[corrected(&receipts[1], &added("a", "y"))]);
    assert_eq!(code(&refused), "correction_contradicts");
    assert_eq!(refused.unwrap_err().refusal.pointer, "/body/body");
    office.told(&[corrected(&receipts[1], &added("a", "z"))]);
    assert_eq!(office.name_of("z"), office.name_of("a"));
    assert_eq!(office.name_of("x"), None);
}

#[test]
fn what_a_correction_frees_may_be_taken_in_the_same_batch() {
    let office = Office::new();
    let receipts = office.told(&[registered("a"), added("a", "x"), registered("b")]);
    office.told(&[corrected(&receipts[1], &added("a", "z")), added("b", "x")]);
    assert_eq!(office.name_of("x"), office.name_of("b"));
}

#[test]
fn a_second_correction_keeps_the_date_that_the_first_restated() {
    let office = Office::new();
    let first = office.told(&[registered("a")]).remove(0);
    let mut dated = corrected(&first, &named("a", "青屿二名有限公司"));
    dated["body"]["occurred"] = "2015-02-03".into();
    office.told(&[dated]);
    office.told(&[corrected(&first, &named("a", "青屿三名有限公司"))]);
    let views = office.desk.shelf().views();
    let party = views.register.parties().next().unwrap();
    assert_eq!(
        (party.name.as_str(), party.registered.occurred.to_string().as_str()),
        ("青屿三名有限公司", "2015-02-03")
    );
}

#[test]
fn a_rehearsal_of_voids_and_corrections_says_what_recording_would() {
    let office = Office::new();
    let receipts = office.told(&[registered("a"), registered("b")]);
    let units = || {
        vec![
            unit(&[voided(&receipts[0])]),
            unit(&[voided(&receipts[0])]),
            unit(&[registered("a")]),
            unit(&[corrected(&receipts[1], &named("b", "青屿改名有限公司")), registered("b")]),
            unit(&[registered("a")]),
            unit(&[registered("c")]),
        ]
    };
    let rehearsed: Vec<_> = office.rehearse(units()).iter().map(code).collect();
    assert_eq!(rehearsed, ["ok", "event_voided", "ok", "identifier_taken", "identifier_taken", "ok"]);
    assert_eq!(office.desk.store().log.head(), 2, "a rehearsal writes nothing");
    let recorded: Vec<_> = office.submit(units()).unwrap().iter().map(code).collect();
    assert_eq!(rehearsed, recorded);
}

#[test]
fn one_batch_has_history_told_anew_only_so_often() {
    let office = Office::new();
    let lines: Vec<Value> = (0..200).map(|n| registered(&format!("n{n}"))).collect();
    let receipts = office.told(&lines);
    let alternating: Vec<Value> = receipts
        .iter()
        .enumerate()
        .flat_map(|(n, receipt)| [voided(receipt), registered(&format!("m{n}"))])
        .collect();
    assert_eq!(code(&office.say(&alternating)), "too_many_rewrites");
    let voids_first: Vec<Value> =
        receipts.iter().map(voided).chain((0..200).map(|n| registered(&format!("m{n}")))).collect();
    office.told(&voids_first);
}
