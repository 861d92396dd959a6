//! The article's year from its events: told line by line to the program, and every figure given back.

use serde_json::{Value, json};

use crate::support::{Town, json_lines};

#[path = "../article/year.rs"]
mod year;

use year::{Fate, LINE, Scale, Year};

/// The 60 rows as `report --article` prints them of this year: kinds, figures, values, what the article prints.
const ROWS: &str = include_str!("../article/rows.tsv");

/// A store that was told the whole year: 2,531 entrepreneurs at the annual meeting, as the article has it.
fn told() -> Town {
    let town = Town::new();
    let year = Year::told(Scale { attendees: 2_531 });
    let mut ids: Vec<Option<String>> = Vec::new();
    let mut lines = year.lines.as_slice();
    while !lines.is_empty() {
        // Up to the first line that speaks of one that has no id yet.
        let speaks =
            |(line, _): &(Value, Fate)| spoken_of(line).iter().any(|index| ids.get(*index).is_none());
        let (batch, rest) = lines.split_at(lines.iter().position(speaks).unwrap_or(lines.len()));
        let batch_lines: Vec<Value> = batch.iter().map(|(line, _)| with_ids(line, &ids)).collect();
        let answers = json_lines(&town.record(&batch_lines, &["--each"]).stdout);
        assert_eq!(answers.len(), batch.len());
        for ((line, fate), answer) in batch.iter().zip(&answers) {
            match fate {
                Fate::Refused(code) => assert_eq!(answer["code"], *code, "{line}: {answer}"),
                Fate::Repeated => assert_eq!(answer["repeated"], true, "{line}: {answer}"),
                Fate::Stands | Fate::Voided | Fate::Corrected(_) => {
                    assert!(answer["position"].is_u64(), "{line}: {answer}");
                }
            }
            ids.push(answer["id"].as_str().map(str::to_owned));
        }
        lines = rest;
    }
    let thoughts: Vec<Value> = year
        .lines
        .iter()
        .zip(&ids)
        .filter_map(|((line, fate), id)| second_thought(line, fate, id.as_deref()?))
        .collect();
    assert!(thoughts.len() >= 7, "decoys");
    assert!(town.record(&thoughts, &[]).status.success());
    town
}

fn second_thought(line: &Value, fate: &Fate, id: &str) -> Option<Value> {
    let (kind, body) = match fate {
        Fate::Voided => ("event_voided", json!({"event": id, "reason": "误记"})),
        Fate::Corrected(body) => {
            ("event_corrected", json!({"event": id, "reason": "误记", "body": body, "version": 1}))
        }
        Fate::Stands | Fate::Repeated | Fate::Refused(_) => return None,
    };
    Some(json!({"kind": kind, "occurred": line["occurred"], "body": body}))
}

/// The lines that a line speaks of.
fn spoken_of(line: &Value) -> Vec<usize> {
    let fields = line["body"].as_object().unwrap().values();
    fields.filter_map(|field| field.as_str()?.strip_prefix(LINE)?.parse().ok()).collect()
}

fn with_ids(line: &Value, ids: &[Option<String>]) -> Value {
    let mut line = line.clone();
    for field in line["body"].as_object_mut().unwrap().values_mut() {
        if let Some(index) = field.as_str().and_then(|text| text.strip_prefix(LINE)) {
            *field = ids[index.parse::<usize>().unwrap()].clone().into();
        }
    }
    line
}

#[test]
fn every_row_of_the_article_is_given_back_and_its_claims_are_reconciled() {
    let town = told();
    let rows = town.ok(&["report", "--article", "--format", "tsv"]);
    let printed = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("article_rows.tsv");
    std::fs::write(&printed, &rows).unwrap();
    assert_eq!(rows, ROWS, "see {}", printed.display());
    let said: Vec<Vec<&str>> = rows.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    for row in said.iter().filter(|row| !row[6].is_empty()) {
        assert_eq!(row[7], "proved", "{row:?}");
    }
    reconciled(&town);
    adds_up(&town);
}

/// The log holds the article's claims: all are proved but the two that cannot both be true.
fn reconciled(town: &Town) {
    let year = ["--from", "2020", "--to", "2020-12-31", "--format", "json"];
    for more in [&[][..], &["--article"]] {
        let arguments: Vec<&str> =
            ["reconcile"].into_iter().chain(year).chain(more.iter().copied()).collect();
        let claims = json_lines(town.ok(&arguments).as_bytes());
        assert_eq!(claims.len(), 27);
        let of = |verdict: &str| -> Vec<&str> {
            let those = claims.iter().filter(|claim| claim["verdict"] == verdict);
            those.map(|claim| claim["measured"].as_str().unwrap()).collect()
        };
        assert_eq!(of("contradictory"), ["46家", "45个"]);
        assert_eq!(of("proved").len(), 25, "{claims:#?}");
    }
}

/// The rows of `report --evidence` add up to each figure, in JSON and in TSV.
fn adds_up(town: &Town) {
    let year = ["report", "--evidence", "--from", "2020", "--to", "2020-12-31", "--format"];
    let asked = |format| town.ok(&year.iter().copied().chain([format]).collect::<Vec<_>>());
    let report: Value = serde_json::from_str(&asked("json")).unwrap();
    let rows = asked("tsv");
    for figure in report["figures"].as_array().unwrap() {
        let name = figure["figure"].as_str().unwrap();
        let groups = figure["evidence"].as_array().unwrap();
        let sum: i64 = groups.iter().map(|group| group["value"].as_i64().unwrap()).sum();
        assert_eq!(figure["value"].as_i64(), Some(sum), "{name}");
        let own = rows.lines().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|row| row[0] == name);
        let in_fen = figure["amount_kind"].is_string();
        let fen = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
        let sum: i64 = own.map(|row| if in_fen { fen(row[4]) } else { row[4].parse().unwrap() }).sum();
        assert_eq!(figure["value"].as_i64(), Some(sum), "{name} in TSV");
    }
}
