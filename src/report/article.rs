//! The article's 60 rows as the log answers them: what the report on Qingdao's chambers names, the kinds of events that
//! record it, the figures that give it back, beside what it prints.

use jinqiao_events::kinds::Kind;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::figures::Books;
use jinqiao_projections::figures::article::{self, Answered, Said};
use jinqiao_projections::figures::spoken::Standing;
use serde::Serialize;
use serde_json::Value;

use super::{as_said, in_words, measured_text, number, spoken};
use crate::config::Lang;

/// One answer to one row.
#[derive(Debug, Clone, Serialize)]
pub struct RowAnswer {
    /// Number of the row.
    pub row: u8,
    /// What the article names.
    pub named: &'static str,
    /// The kinds of events that record it.
    pub kinds: Vec<&'static str>,
    /// The figure.
    pub figure: &'static str,
    /// What the figure is called.
    pub label: &'static str,
    /// The part of it that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<&'static str>,
    /// Its value; of money, in fen.
    pub value: Value,
    /// Value and unit as people read them.
    pub text: String,
    /// A rough wording that the value proves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rough: Option<String>,
    /// What the article prints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// How the log stands to it: proved, short_by, over_by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    /// Short or over by so much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Value>,
    /// The period in words.
    pub period: String,
    /// Its first day, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Occurred>,
    /// Its last day.
    pub to: Occurred,
    /// How many events stand behind the value.
    pub rows: usize,
}

/// Every answer to every row, in order.
#[must_use]
pub fn answers(books: &Books, lang: Lang) -> Vec<RowAnswer> {
    let answered = |row: &article::Row| -> Vec<RowAnswer> {
        let answers = row.answers.iter().filter_map(|answer| answer.answered(books));
        answers.map(|answered| answer(row, &answered, lang)).collect()
    };
    article::ROWS.iter().flat_map(answered).collect()
}

fn answer(row: &article::Row, answered: &Answered, lang: Lang) -> RowAnswer {
    let figure = answered.measured.figure;
    let unit = figure.measure.unit();
    let (verdict, by) = match answered.standing {
        None => (None, None),
        Some(Standing::Proved) => (Some("proved"), None),
        Some(Standing::ShortBy(by)) => (Some("short_by"), Some(number(by))),
        Some(Standing::OverBy(by)) => (Some("over_by"), Some(number(by))),
    };
    let printed = |said: Said| as_said(said.value, said.approximator, unit, lang);
    RowAnswer {
        row: row.number,
        named: row.named,
        kinds: row.kinds.iter().map(|kind| Kind::name(*kind)).collect(),
        figure: figure.name,
        label: lang.pick(figure.label.0, figure.label.1),
        part: answered.answer.part,
        value: number(answered.value),
        text: measured_text(answered.value, &answered.measured, lang),
        rough: spoken::rough(answered.value, unit).filter(|_| lang == Lang::Zh),
        said: answered.answer.said.map(printed),
        verdict,
        by,
        period: in_words(answered.measured.period, lang),
        from: answered.measured.period.from,
        to: answered.measured.period.to,
        rows: answered.evidence.len(),
    }
}
