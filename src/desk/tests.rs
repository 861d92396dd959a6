//! The promises of the desk: what it answers is what the log holds, whatever fails on the way.

use std::sync::Arc;

use jinqiao_events::clock::Manual;
use jinqiao_events::log::{AppendError, MemoryLog, Position};
use jinqiao_events::people::PersonStore;
use serde_json::{Value, json};

use super::{Answer, Desk, Receipt, Submission, Unit};
use crate::door::read_draft;
use crate::error::AppError;
use crate::store::Store;

mod agreement;
pub(crate) mod failing;
mod history;
mod keys;
mod snapshots;

use failing::Failing;

/// A desk on a log that fails when told to.
struct Office {
    desk: Desk,
    log: Arc<Failing>,
}

impl Office {
    fn new() -> Self {
        let log = Arc::new(Failing::default());
        let store = Store { log: log.clone(), people: Arc::new(PersonStore::in_memory().unwrap()) };
        Self { log, ..Self::at(store) }
    }

    /// A desk on another log, that does not fail.
    fn at(store: Store) -> Self {
        let time = Arc::new(Manual::at("2020-05-17T02:00:00Z".parse().unwrap()));
        Self { desk: Desk::open_with(store, time.clone(), time).unwrap(), log: Arc::default() }
    }

    fn submit(&self, units: Vec<Unit>) -> Result<Vec<Answer>, AppError> {
        self.desk.record_blocking(Submission { units, rehearsal: false })
    }

    fn rehearse(&self, units: Vec<Unit>) -> Vec<Answer> {
        self.desk.record_blocking(Submission { units, rehearsal: true }).unwrap()
    }

    /// What became of one unit.
    fn say(&self, lines: &[Value]) -> Answer {
        self.submit(vec![unit(lines)]).unwrap().remove(0)
    }

    fn told(&self, lines: &[Value]) -> Vec<Receipt> {
        self.say(lines).unwrap_or_else(|fault| panic!("{}: {}", fault.index, fault.refusal))
    }

    /// Name of a party as readers see it now.
    fn name_of(&self, code: &str) -> Option<String> {
        let views = self.desk.shelf().views();
        let id = views.register.resolve(&org(code).parse().unwrap())?;
        views.register.party(id).map(|party| party.name.clone())
    }
}

fn unit(lines: &[Value]) -> Unit {
    lines.iter().map(|line| read_draft(line.to_string().as_bytes()).unwrap()).collect()
}

fn code(answer: &Answer) -> &'static str {
    answer.as_ref().map_or_else(|fault| fault.refusal.code, |_| "ok")
}

fn org(code: &str) -> String {
    format!("local:t/{code}")
}

fn line(kind: &str, body: &Value) -> Value {
    json!({"kind": kind, "occurred": "2018-08-16", "body": body})
}

fn keyed(key: &str, line: Value) -> Value {
    let mut line = line;
    line["key"] = key.into();
    line
}

fn registered(code: &str) -> Value {
    named(code, &format!("青屿{code}有限公司"))
}

fn named(code: &str, name: &str) -> Value {
    line("org_registered", &json!({"name": name, "kind": "enterprise", "identifier": org(code)}))
}

fn added(party: &str, code: &str) -> Value {
    line("identifier_added", &json!({"party": org(party), "identifier": org(code)}))
}

fn voided(receipt: &Receipt) -> Value {
    line("event_voided", &json!({"event": receipt.id, "reason": "误记"}))
}

fn corrected(receipt: &Receipt, right: &Value) -> Value {
    line("event_corrected", &json!({"event": receipt.id, "reason": "误记", "body": right["body"]}))
}

#[test]
fn after_a_read_that_failed_nothing_of_it_is_left_in_the_rules() {
    let office = Office::new();
    office.log.fail_reads(true);
    // The first event passes, the key of the second cannot be looked up.
    let lines = [registered("a"), keyed("k", registered("b"))];
    assert!(matches!(office.submit(vec![unit(&lines)]), Err(AppError::Log(_))));
    office.log.fail_reads(false);
    assert_eq!(office.told(&lines).len(), 2);
    let refused = [registered("c"), registered("c")];
    assert_eq!(code(&office.say(&refused)), "identifier_taken");
    office.told(&[registered("c")]);
}

#[test]
fn units_decided_beside_one_that_fails_are_in_the_log_or_not_in_the_rules() {
    let office = Office::new();
    office.log.fail_reads(true);
    let units = vec![unit(&[registered("a")]), unit(&[keyed("k", registered("b"))])];
    assert!(matches!(office.submit(units), Err(AppError::Log(_))));
    office.log.fail_reads(false);
    assert_eq!(office.desk.store().log.head(), 0);
    office.told(&[registered("a")]);
}

#[test]
fn what_the_log_refuses_is_that_units_fault_and_the_others_stand() {
    let office = Office::new();
    office.log.refuse_next(AppendError::Guarded { at: 7 });
    let units = vec![unit(&[registered("a")]), unit(&[registered("b")])];
    let answers = office.submit(units).unwrap();
    assert_eq!(answers.iter().map(code).collect::<Vec<_>>(), ["overtaken", "ok"]);
    assert_eq!((office.name_of("a"), office.desk.store().log.head()), (None, 1));
    assert!(office.name_of("b").is_some());
    office.told(&[registered("a")]);
}

#[test]
fn a_write_that_failed_is_told_to_all_who_wait_for_it_and_to_nobody_else() {
    let office = Office::new();
    office.told(&[registered("a")]);
    office.log.fail_writes(true);
    // The desk sleeps on the first of three requests until all three are in: they share one flush.
    let gate = office.log.hold_reads();
    let ask = |line: Value, rehearsal| {
        let desk = office.desk.clone();
        std::thread::spawn(move || desk.record_blocking(Submission { units: vec![unit(&[line])], rehearsal }))
    };
    let first = ask(keyed("k", registered("b")), false);
    gate.wait_for_reader();
    let write = ask(registered("c"), false);
    let rehearsal = ask(registered("d"), true);
    std::thread::sleep(std::time::Duration::from_millis(50));
    gate.open();
    assert!(matches!(first.join().unwrap(), Err(AppError::Log(_))));
    for waiting in [write, rehearsal] {
        let answered = waiting.join().unwrap();
        assert!(
            answered.is_err() || answered.as_ref().is_ok_and(|answers| answers.len() == 1),
            "{answered:?}"
        );
    }
    assert_eq!(office.desk.store().log.head(), 1);
    let refused = office.submit(vec![unit(&[registered("c")])]).unwrap_err();
    assert_eq!(refused.code(), "store_read_only");
    assert_eq!(office.rehearse(vec![unit(&[registered("b")])]).iter().map(code).collect::<Vec<_>>(), ["ok"]);
    assert_eq!(office.desk.health().unwrap_err().code(), "store_read_only");
}

#[test]
fn closing_does_not_wait_for_other_handles_and_they_are_told() {
    let office = Office::new();
    let other = office.desk.clone();
    office.told(&[registered("a")]);
    assert!(other.health().is_ok());
    office.desk.close().unwrap();
    let refused =
        other.record_blocking(Submission { units: vec![unit(&[registered("b")])], rehearsal: false });
    let refused = refused.unwrap_err();
    assert_eq!((refused.code(), refused.status(), refused.exit_code()), ("closed", 503, 4));
    assert_eq!(other.health().unwrap_err().code(), "closed");
    other.close().unwrap();
}
