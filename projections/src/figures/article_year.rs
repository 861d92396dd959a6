//! The article's year as these tests take it in: every line passes the rules, as it would at the desk.

use jinqiao_events::decide::{Draft, Rules};
use jinqiao_events::kinds::Kind;
use jinqiao_events::log::Recorded;
use serde_json::Value;

use crate::story::event_id;

#[path = "../../../tests/article/year.rs"]
mod year;

pub(super) use year::Scale;
use year::{Fate, Year};

/// The events that count, in log order.
pub(super) fn told(scale: Scale) -> Vec<Recorded> {
    let mut rules = Rules::default();
    let (mut counting, mut wrong) = (Vec::new(), Vec::new());
    for (index, (line, fate)) in (0_u64..).zip(&Year::told(scale).lines) {
        if *fate == Fate::Repeated {
            continue;
        }
        rules.mark();
        let now = "2021-06-01T00:00:00Z".parse().unwrap();
        match (rules.decide(draft(index, line, &line["body"]), now), fate) {
            (Ok(_), Fate::Voided) => {}
            (Ok(_), Fate::Corrected(body)) => counting.push(recorded(index, draft(index, line, body))),
            (Ok(decided), Fate::Stands | Fate::Repeated) => counting.push(recorded(index, decided)),
            (Err(refusal), Fate::Refused(code)) if refusal.code == *code => {
                rules.undo();
                continue;
            }
            (answer, _) => wrong.push(format!("{line}: {fate:?}, but {:?}", answer.map(|_| "taken"))),
        }
        rules.keep();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    counting
}

fn draft(index: u64, line: &Value, body: &Value) -> Draft {
    let kind = Kind::from_name(line["kind"].as_str().unwrap()).unwrap();
    let programmes = line["programmes"].as_array().cloned().unwrap_or_default();
    Draft {
        id: event_id(index + 1),
        event: kind
            .decode(kind.version(), &with_ids(body).to_string())
            .unwrap_or_else(|error| panic!("{line}: {error}")),
        occurred: line["occurred"].as_str().unwrap().parse().unwrap(),
        key: None,
        source: None,
        programmes: programmes.iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
        recorded_by: None,
        organisation: None,
    }
}

/// The body with the ids of the lines that it speaks of.
fn with_ids(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        for field in fields.values_mut() {
            if let Some(index) = field.as_str().and_then(|text| text.strip_prefix(year::LINE)) {
                *field = event_id(index.parse::<u64>().unwrap() + 1).to_string().into();
            }
        }
    }
    body
}

fn recorded(index: u64, draft: Draft) -> Recorded {
    Recorded {
        position: index + 1,
        id: draft.id,
        occurred: draft.occurred,
        recorded_at: "2021-06-01T00:00:00Z".parse().unwrap(),
        recorded_by: None,
        programmes: draft.programmes,
        event: draft.event,
    }
}
