//! Keys: the same thing is recorded once, and again only when it was voided.

use super::*;

fn contract(name: &str) -> Value {
    keyed("contract 7", named("a", name))
}

#[test]
fn a_voided_thing_is_recorded_again_under_its_key() {
    let office = Office::new();
    let first = office.told(&[contract("青屿甲有限公司")]).remove(0);
    let repeated = office.told(&[contract("青屿甲有限公司")]).remove(0);
    assert_eq!((repeated.position, repeated.repeated), (1, true));
    office.told(&[voided(&first)]);
    let again = office.told(&[contract("青屿甲有限公司")]).remove(0);
    assert_eq!((again.position, again.repeated), (3, false));
    assert!(office.name_of("a").is_some());
    assert!(office.told(&[contract("青屿甲有限公司")]).remove(0).repeated);
    assert_eq!(code(&office.say(&[contract("青屿乙有限公司")])), "key_reused");
    office.told(&[voided(&again), contract("青屿乙有限公司")]);
    assert_eq!(office.name_of("a").as_deref(), Some("青屿乙有限公司"));
}

#[test]
fn a_request_repeated_after_its_event_was_voided_is_not_done_again() {
    let office = Office::new();
    let request = || keyed(&format!("{}0", super::super::REQUEST_KEY_PREFIX), registered("a"));
    let first = office.told(&[request()]).remove(0);
    office.told(&[voided(&first)]);
    let repeated = office.told(&[request()]).remove(0);
    assert_eq!((repeated.position, repeated.repeated), (1, true));
    assert_eq!(office.name_of("a"), None);
}

#[test]
fn a_rehearsal_knows_the_keys_of_its_earlier_units() {
    let office = Office::new();
    let units = || {
        vec![
            unit(&[contract("青屿甲有限公司")]),
            unit(&[contract("青屿甲有限公司")]),
            unit(&[contract("青屿乙有限公司")]),
        ]
    };
    let said = |answers: Vec<Answer>| -> Vec<(String, bool)> {
        let repeated = |answer: &Answer| answer.as_ref().is_ok_and(|receipts| receipts[0].repeated);
        answers.iter().map(|answer| (code(answer).to_owned(), repeated(answer))).collect()
    };
    let rehearsed = said(office.rehearse(units()));
    assert_eq!(
        rehearsed,
        [("ok".to_owned(), false), ("ok".to_owned(), true), ("key_reused".to_owned(), false)]
    );
    assert_eq!(rehearsed, said(office.submit(units()).unwrap()));
}
