//! Reports over time: what is printed now is what a look back finds, whatever was voided and corrected since.

use std::sync::Arc;

use jinqiao_events::clock::{Clock, Manual};
use jinqiao_events::log::MemoryLog;
use jinqiao_events::people::PersonStore;
use serde_json::json;

use super::*;
use crate::desk::{Answer, Submission};
use crate::door::read_draft;
use crate::store::Store;

#[path = "../../tests/article/year.rs"]
mod year;

use year::{Fate, LINE, Scale, Year};

/// Lines told in one go, an hour after those before.
const BATCH: usize = 170;

struct Office {
    desk: Desk,
    time: Arc<Manual>,
    shelf: Shelf,
    /// What was printed, and when.
    printed: Vec<(Timestamp, String)>,
}

impl Office {
    fn new() -> Self {
        let store =
            Store { log: Arc::new(MemoryLog::new()), people: Arc::new(PersonStore::in_memory().unwrap()) };
        let time = Arc::new(Manual::at("2021-02-01T02:00:00Z".parse().unwrap()));
        let desk = Desk::open_with(store, time.clone(), time.clone()).unwrap();
        Self { desk, time, shelf: Shelf::default(), printed: Vec::new() }
    }

    /// Each line a unit of its own.
    fn tell(&self, lines: &[Value]) -> Vec<Answer> {
        let unit = |line: &Value| vec![read_draft(line.to_string().as_bytes()).unwrap()];
        let units = lines.iter().map(unit).collect();
        self.desk.record_blocking(Submission { units, rehearsal: false }).unwrap()
    }

    /// Prints the report from the books on the shelf, and checks them against books made anew.
    fn print(&mut self) {
        let kept = print(&self.shelf.books(&self.desk, None).unwrap());
        assert!(kept == print(&books(&self.desk, None).unwrap()), "the shelf is behind, or ahead");
        self.printed.push((self.time.now(), kept));
        self.time.advance_ms(3_600_000);
    }
}

/// Every figure of the year with its evidence, as JSON.
fn print(books: &Books) -> String {
    let period = Period { from: Some("2020".parse().unwrap()), to: "2020".parse().unwrap() };
    let report = report(books, period, None, true, Lang::Zh).unwrap();
    assert_eq!(report.figures.len(), figures::ALL.len());
    serde_json::to_string(&report).unwrap()
}

/// The line with the ids of the lines that it speaks of.
fn with_ids(line: &Value, ids: &[Option<String>]) -> Value {
    let mut line = line.clone();
    if let Some(fields) = line.get_mut("body").and_then(Value::as_object_mut) {
        for field in fields.values_mut() {
            if let Some(index) = field.as_str().and_then(|text| text.strip_prefix(LINE)) {
                *field = ids[index.parse::<usize>().unwrap()].clone().into();
            }
        }
    }
    line
}

/// Voids and corrections of the lines told, in the order of the lines.
fn second_thoughts(year: &Year, ids: &[Option<String>]) -> Vec<Value> {
    let thoughts = year.lines.iter().zip(ids).filter_map(|((line, fate), id)| {
        let (kind, mut body) = match fate {
            Fate::Voided => ("event_voided", json!({})),
            Fate::Corrected(body) => ("event_corrected", json!({"body": body, "version": 1})),
            Fate::Stands | Fate::Repeated | Fate::Refused(_) => return None,
        };
        body["event"] = id.clone().into();
        body["reason"] = json!("误记");
        Some(json!({"kind": kind, "occurred": line["occurred"], "body": body}))
    });
    thoughts.collect()
}

/// Tells the article's year batch by batch and prints after each; then has second thoughts and prints after each.
fn told() -> Office {
    let mut office = Office::new();
    let year = Year::told(Scale { attendees: 31 });
    let mut ids: Vec<Option<String>> = Vec::new();
    for batch in year.lines.chunks(BATCH) {
        // A line may speak of one of its own batch: then what stands before it is told first.
        for (line, fate) in batch {
            let answer = office.tell(&[with_ids(line, &ids)]).remove(0);
            match (fate, &answer) {
                (Fate::Refused(code), Err(fault)) => assert_eq!(fault.refusal.code, *code, "{line}"),
                (Fate::Repeated, Ok(receipts)) => assert!(receipts[0].repeated, "{line}"),
                (Fate::Stands | Fate::Voided | Fate::Corrected(_), Ok(receipts)) => {
                    assert!(!receipts[0].repeated, "{line}");
                }
                _ => panic!("{line}: {fate:?}, but {answer:?}"),
            }
            ids.push(answer.ok().map(|receipts| receipts[0].id.to_string()));
        }
        office.print();
    }
    for thought in second_thoughts(&year, &ids) {
        assert!(office.tell(std::slice::from_ref(&thought))[0].is_ok(), "{thought}");
        office.print();
    }
    office
}

#[test]
fn a_look_back_at_any_earlier_time_prints_what_was_printed_then() {
    let office = told();
    assert!(office.printed.len() > 12);
    let distinct: std::collections::BTreeSet<&String> = office.printed.iter().map(|(_, text)| text).collect();
    assert_eq!(distinct.len(), office.printed.len(), "every batch changed something");
    for (then, printed) in &office.printed {
        let books = office.shelf.books(&office.desk, Some(*then)).unwrap();
        assert!(print(&books) == *printed, "as known at {then}");
    }
}

#[test]
fn books_that_somebody_still_reads_stay_as_they_were() {
    let office = Office::new();
    let registered = |code: &str| {
        json!({"kind": "org_registered", "occurred": "2020-02-02",
               "body": {"name": format!("机构{code}"), "kind": "institution", "identifier": format!("local:t/{code}")}})
    };
    office.tell(&[registered("a")]);
    let held = office.shelf.books(&office.desk, None).unwrap();
    office.tell(&[registered("b")]);
    let newer = office.shelf.books(&office.desk, None).unwrap();
    assert_eq!((held.position, newer.position), (1, 2));
    let count = |books: &Books| {
        let period = Period { from: None, to: "2020".parse().unwrap() };
        figures::named("institutions").unwrap().measured(books, period).value()
    };
    assert_eq!((count(&held), count(&newer)), (1, 2));
}

#[test]
fn a_number_is_said_with_the_word_that_makes_it_rough() {
    let more = Some(Approximator::SomeMore);
    assert_eq!(as_said(70, more, Counter::Occasions, Lang::Zh), "70多场");
    assert_eq!(as_said(2_500, more, Counter::Appointees, Lang::Zh), "2500余名");
    assert_eq!(as_said(50, Some(Approximator::Nearly), Counter::Organisations, Lang::Zh), "近50家");
    assert_eq!(as_said(670_000_000_000, None, Counter::Yuan, Lang::Zh), "67亿元");
    let wide = i128::from(i64::MAX) + 2;
    assert_eq!(
        as_said(wide, None, Counter::Yuan, Lang::Zh),
        "92233720368547758.09 CNY",
        "in yuan, not in fen"
    );
}
