//! Reports as doors hand them out: figures and reconciled claims with labels, units and the rows behind them.
//!
//! What a figure is, is said in `jinqiao_projections::figures`; here the books are made from the log and the answers
//! are written in the reader's language.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jinqiao_events::clock;
use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::{DataClass, Event};
use jinqiao_events::log::{Effective, Horizon, LogError, Position};
use jinqiao_events::value::Approximator;
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::fen::Fen;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::figures::{self, Books, Figure, Group, LeftOut, Measured, Period, spoken};
use serde::Serialize;
use serde_json::{Number, Value};

use crate::config::Lang;
use crate::desk::Desk;
use crate::error::AppError;

pub mod article;
pub mod claims;
pub mod workbook;

#[cfg(test)]
mod tests;

/// What is asked of a report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question {
    /// First day; from the beginning when left out.
    pub from: Option<Occurred>,
    /// Last day; today when left out.
    pub to: Option<Occurred>,
    /// Knowing only what had been recorded by then.
    pub known_at: Option<Timestamp>,
}

impl Question {
    /// The period that is asked for.
    ///
    /// # Errors
    /// `period_backwards` when it ends before it begins.
    pub fn period(&self, desk: &Desk) -> Result<Period, Refusal> {
        let to = self.to.unwrap_or_else(|| clock::today(desk.clock()));
        if self.from.is_some_and(|from| from.first_day() > to.last_day()) {
            return Err(Refusal::invalid(
                "period_backwards",
                "/from",
                "起始日期晚于截止日期；请核对 from 与 to",
                "the period ends before it begins: check from and to",
            ));
        }
        Ok(Period { from: self.from, to })
    }
}

/// The books of the newest position that was asked for; kept, and brought up to date by what came since.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Option<Arc<Books>>>);

impl Shelf {
    /// The books as known now, or as known then. Now: linear in what was recorded since they were last asked for; a
    /// pass over the log the first time, after a void or correction, and for another time.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn books(&self, desk: &Desk, known_at: Option<Timestamp>) -> Result<Arc<Books>, AppError> {
        if known_at.is_some() {
            return books(desk, known_at).map(Arc::new);
        }
        let position = desk.shelf().views().position;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = kept.as_mut() {
            if held.position >= position {
                return Ok(Arc::clone(held));
            }
            // Somebody who still reads the books keeps theirs; these are then copied first.
            if catch_up(Arc::make_mut(held), desk, position)? {
                return Ok(Arc::clone(held));
            }
        }
        let made = Arc::new(books(desk, None)?);
        *kept = Some(Arc::clone(&made));
        Ok(made)
    }
}

/// Takes in what was recorded up to a position; false when history was rewritten, and the books must be made anew.
fn catch_up(books: &mut Books, desk: &Desk, to: Position) -> Result<bool, AppError> {
    let mut outcome = Ok(true);
    desk.store().log.scan(books.position, &mut |stored| {
        if stored.position > to {
            return ControlFlow::Break(());
        }
        outcome = match stored.decode() {
            Ok(recorded) if rewrites(&recorded.event) => Ok(false),
            Ok(recorded) => {
                books.apply(recorded);
                return ControlFlow::Continue(());
            }
            Err(error) => Err(LogError::Damaged { position: stored.position, reason: error.to_string() }),
        };
        ControlFlow::Break(())
    })?;
    Ok(outcome?)
}

/// Whether an event changes what earlier ones count for.
const fn rewrites(event: &Event) -> bool {
    matches!(event, Event::EventVoided(_) | Event::EventCorrected(_))
}

/// The books of the log, as known now or then. Linear in the log.
///
/// # Errors
/// When the log cannot be read.
pub fn books(desk: &Desk, known_at: Option<Timestamp>) -> Result<Books, AppError> {
    let log = desk.store().log.as_ref();
    let mut books = Books::default();
    let horizon = Horizon { known_at, ..Horizon::default() };
    Effective::gather(log, horizon)?.fold(log, &mut |recorded| books.apply(recorded))?;
    Ok(books)
}

/// A report: every figure that was asked for.
#[derive(Debug, Clone, Serialize)]
pub struct ReportAnswer {
    /// First day, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Occurred>,
    /// Last day.
    pub to: Occurred,
    /// The last event known.
    pub position: Position,
    /// The figures.
    pub figures: Vec<FigureAnswer>,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct FigureAnswer {
    /// Its name.
    pub figure: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Its value; of money, in fen.
    pub value: Value,
    /// Of money: the same in yuan, exact to the fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_yuan: Option<String>,
    /// The unit as people write it.
    pub unit: &'static str,
    /// The unit's name.
    pub counter: Counter,
    /// Of money: the kind of amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_kind: Option<jinqiao_events::value::money::AmountKind>,
    /// Value and unit as people read them.
    pub text: String,
    /// A rough wording that the value proves (70多场).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rough: Option<String>,
    /// What it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Value>,
    /// What counts and what is one.
    pub filter: &'static str,
    /// The period in words.
    pub period: String,
    /// Who may see it.
    pub class: DataClass,
    /// How many events stand behind it.
    pub rows: usize,
    /// Its parts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Value>,
    /// Events that give no exact number: the value is the least that it can be.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub inexact: BTreeSet<Position>,
    /// Money of another kind or currency that it did not take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Its keys with what each adds and the events behind it; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Vec<GroupAnswer>>,
}

/// One distinct key of a figure.
#[derive(Debug, Clone, Serialize)]
pub struct GroupAnswer {
    /// The key.
    pub key: String,
    /// As people read it.
    pub label: String,
    /// What it adds.
    pub value: Value,
    /// Parts that it belongs to.
    pub parts: Vec<String>,
    /// Positions of the events behind it.
    pub events: Vec<Position>,
}

/// The report on these books: all figures, or the named one.
///
/// # Errors
/// `figure_unknown`.
pub fn report(
    books: &Books,
    period: Period,
    only: Option<&str>,
    evidence: bool,
    lang: Lang,
) -> Result<ReportAnswer, Refusal> {
    let asked: Vec<&'static Figure> = match only {
        None => figures::ALL.iter().collect(),
        Some(name) => vec![figures::named(name).ok_or_else(|| unknown(name))?],
    };
    let answers = asked.into_iter().map(|figure| answer(&figure.measured(books, period), evidence, lang));
    let figures = answers.collect();
    Ok(ReportAnswer { from: period.from, to: period.to, position: books.position, figures })
}

fn unknown(name: &str) -> Refusal {
    Refusal::missing(
        "figure_unknown",
        "/figure",
        format!("没有「{name}」这个指标；jinqiao report 列出全部指标"),
        format!("no figure {name:?}; jinqiao report lists all"),
    )
}

/// A measured figure in the reader's language.
#[must_use]
pub fn answer(measured: &Measured, evidence: bool, lang: Lang) -> FigureAnswer {
    let Measured { figure, period, .. } = measured;
    let (unit, value) = (figure.measure.unit(), measured.value());
    let pick = |pair: (&'static str, &'static str)| lang.pick(pair.0, pair.1);
    FigureAnswer {
        figure: figure.name,
        label: pick(figure.label),
        value: number(value),
        value_yuan: yuan(value, unit),
        unit: pick((unit.zh(), unit.en())),
        counter: unit,
        amount_kind: figure.measure.amount_kind(),
        text: measured_text(value, measured, lang),
        rough: spoken::rough(value, unit).filter(|_| lang == Lang::Zh),
        of: measured.of.map(number),
        filter: pick(figure.filter),
        period: in_words(*period, lang),
        class: figure.class,
        rows: measured.evidence().len(),
        parts: measured.parts().into_iter().map(|(part, value)| (part.to_owned(), number(value))).collect(),
        inexact: measured.inexact.clone(),
        left_out: measured.left_out.clone(),
        evidence: evidence.then(|| measured.groups.iter().map(group).collect()),
    }
}

fn group(group: &Group) -> GroupAnswer {
    GroupAnswer {
        key: group.key.clone(),
        label: group.label.clone(),
        value: number(group.value),
        parts: group.parts.iter().cloned().collect(),
        events: group.evidence.iter().copied().collect(),
    }
}

/// Money in yuan, exact: `6700000000.00`; none of another currency.
fn yuan(value: i128, unit: Counter) -> Option<String> {
    (unit == Counter::Yuan).then(|| Fen::sum_text(value))
}

/// A whole number as JSON holds it; as text where a number would lose digits.
fn number(value: i128) -> Value {
    Number::from_i128(value).map_or_else(|| Value::String(value.to_string()), Value::Number)
}

/// Value and unit as people read them; money in 元, 万元, 亿元.
#[must_use]
pub fn text(value: i128, unit: Counter, lang: Lang) -> String {
    match (unit.currency(), lang) {
        (Some(currency), Lang::Zh) => Fen::sum_zh_in(value, currency),
        (Some(_), Lang::En) => format!("{} {}", Fen::sum_text(value), unit.en()),
        (None, Lang::Zh) => format!("{value}{}", unit.zh()),
        (None, Lang::En) => format!("{value} {}", unit.en()),
    }
}

/// A value of a figure as people read it; with a word before it where it is only the least that it can be.
#[must_use]
pub fn measured_text(value: i128, measured: &Measured, lang: Lang) -> String {
    let text = text(value, measured.figure.measure.unit(), lang);
    if measured.inexact.is_empty() { text } else { format!("{}{text}", lang.pick("不少于", "at least ")) }
}

/// A number as it was published, with the word that makes it rough: 70多场, 近50家.
#[must_use]
pub fn as_said(value: i128, approximator: Option<Approximator>, unit: Counter, lang: Lang) -> String {
    let plain = text(value, unit, lang);
    match (approximator, lang) {
        (None, _) => plain,
        (Some(Approximator::SomeMore), Lang::Zh) if unit.currency().is_some() => format!("{plain}多"),
        (Some(Approximator::SomeMore), Lang::Zh) => {
            format!("{value}{}{}", if value < 1_000 { "多" } else { "余" }, unit.zh())
        }
        (Some(Approximator::SomeMore), Lang::En) => format!("some more than {plain}"),
        (Some(Approximator::Over), _) => format!("{}{plain}", lang.pick("逾", "over ")),
        (Some(Approximator::Nearly), _) => format!("{}{plain}", lang.pick("近", "nearly ")),
        (Some(Approximator::About), _) => format!("{}{plain}", lang.pick("约", "about ")),
    }
}

/// A period in words.
#[must_use]
pub fn in_words(period: Period, lang: Lang) -> String {
    match (period.from, lang) {
        (Some(from), Lang::Zh) => format!("{from} 至 {}", period.to),
        (Some(from), Lang::En) => format!("{from} to {}", period.to),
        (None, Lang::Zh) => format!("截至 {}", period.to),
        (None, Lang::En) => format!("up to {}", period.to),
    }
}
