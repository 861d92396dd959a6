//! Verdicts as doors hand them out: whose a project is, under the rules of its time or under others, with the
//! dossier behind it.

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::RecordKey;
use jinqiao_events::log::Position;
use jinqiao_events::rule_set;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::credit::{self, Chosen, Entry, Said, Verdict};
use jinqiao_projections::views::Views;
use serde::Serialize;
use serde_json::Value;

use crate::config::Lang;
use crate::matching::PROGRAM;
use crate::naming;

/// A verdict with its dossier.
#[derive(Debug, Serialize)]
pub struct CreditAnswer {
    /// The key that the project goes by.
    pub project: RecordKey,
    /// The other keys that it was recorded under.
    pub duplicates: Vec<RecordKey>,
    /// Its title.
    pub title: Option<String>,
    /// As of the end of this day.
    pub as_of: Occurred,
    /// Up to this event.
    pub position: Position,
    /// Which program judged.
    pub program: &'static str,
    /// What was found.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The answers in the reader's language.
    pub sentences: Vec<Sentence>,
    /// Every event of the project, by day.
    pub dossier: Vec<Item>,
}

/// An answer in the reader's language.
#[derive(Debug, Serialize)]
pub struct Sentence {
    /// Stable name of the question.
    pub question: &'static str,
    /// The answer.
    pub text: String,
    /// The events that it rests on.
    pub evidence: Vec<Position>,
}

/// One event of a dossier.
#[derive(Debug, Serialize)]
pub struct Item {
    /// Where it stands in the log.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// Its kind.
    pub kind: String,
    /// What the kind is called.
    pub label: &'static str,
    /// When it happened.
    pub occurred: Occurred,
    /// When it was recorded.
    pub recorded_at: jiff::Timestamp,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<String>,
    /// How many days after it happened.
    pub lag_days: i32,
    /// Whether it was recorded on a later day (补录).
    pub backfilled: bool,
    /// What it says.
    pub body: Value,
    /// Whom it names.
    pub parties: Vec<String>,
}

/// The verdict on a project, under the rule set asked for or the one in force at the time.
///
/// # Errors
/// `project_unknown` and `rules_unknown`.
pub fn verdict(
    views: &Views,
    project: &str,
    rules: Option<&str>,
    as_of: Occurred,
    lang: Lang,
) -> Result<CreditAnswer, Refusal> {
    let key = RecordKey::try_from(project.to_owned()).map_err(|_| unknown_project(project))?;
    let dossier = views.credit.dossier(&key, as_of.day_number()).ok_or_else(|| unknown_project(project))?;
    let day = dossier.decisive_day().unwrap_or(as_of);
    let (rules, chosen) = match rules {
        Some(name) => views.credit.rules_named(name).map(|rules| (rules, Chosen::Asked)),
        None => views.credit.in_force(dossier.region(), day),
    }
    .ok_or_else(|| unknown_rules(rules.unwrap_or(rule_set::HOUSE)))?;
    let verdict = credit::judge(views, &dossier, rules, chosen);
    let sentences = verdict.answers.iter().map(|answer| Sentence {
        question: answer.question,
        text: lang.pick(&answer.zh, &answer.en).to_owned(),
        evidence: answer.evidence.clone(),
    });
    Ok(CreditAnswer {
        project: dossier.project.clone(),
        duplicates: dossier
            .keys
            .iter()
            .filter(|key| **key != dossier.project)
            .map(|key| (*key).clone())
            .collect(),
        title: dossier.title().map(str::to_owned),
        as_of,
        position: views.position,
        program: PROGRAM,
        sentences: sentences.collect(),
        verdict,
        dossier: dossier.entries.iter().map(|entry| item(views, entry, lang)).collect(),
    })
}

fn item(views: &Views, entry: &Entry, lang: Lang) -> Item {
    let said = serde_json::to_value(&entry.said).unwrap_or_default();
    let (zh, en) = entry.said.labels();
    let part = |name: &str| said.get(name).cloned().unwrap_or_default();
    let lag_days = entry.lag_days();
    Item {
        position: entry.position,
        id: entry.id,
        kind: part("kind").as_str().unwrap_or_default().to_owned(),
        label: lang.pick(zh, en),
        occurred: entry.occurred,
        recorded_at: entry.recorded_at,
        recorded_by: entry.recorded_by.clone(),
        lag_days,
        backfilled: lag_days > 0,
        body: part("body"),
        parties: parties(views, &entry.said),
    }
}

fn parties(views: &Views, said: &Said) -> Vec<String> {
    let mut names = Vec::new();
    said.each_party(&mut |party| names.push(naming::party_ref(views, party)));
    names
}

fn unknown_project(project: &str) -> Refusal {
    let project: String = project.chars().take(40).collect();
    Refusal::missing(
        "project_unknown",
        "",
        format!("没有编号为「{project}」的项目；请核对编号（jinqiao show 可按编号查看）"),
        format!("no project {project:?}; check its key"),
    )
}

fn unknown_rules(name: &str) -> Refusal {
    let name: String = name.chars().take(40).collect();
    let known: Vec<&str> = rule_set::shipped().iter().map(|rules| rules.name.as_str()).collect();
    Refusal::missing(
        "rules_unknown",
        "",
        format!("没有名为「{name}」的认定规则；现有 {}，以及日志里启用的", known.join("、")),
        format!("no rule set {name:?}; there are {}, and those that the log adopted", known.join(", ")),
    )
}
