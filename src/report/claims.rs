//! Reconciled claims in the reader's language.

use std::collections::BTreeMap;

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::{Kind, RecordKey};
use jinqiao_events::log::{Recorded, envelope::Line};
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::figures::claims::{self, Reconciled, Verdict};
use jinqiao_projections::figures::{Books, Measured, Period};
use serde::Serialize;
use serde_json::Value;

use super::{as_said, measured_text, number, text};
use crate::config::Lang;

/// A claim beside the log.
#[derive(Debug, Clone, Serialize)]
pub struct ClaimAnswer {
    /// Its key.
    pub claim: String,
    /// The words in which it was published.
    pub text: String,
    /// Where.
    pub publication: String,
    /// When.
    pub published: Occurred,
    /// proved, short_by, over_by, contradictory, other_unit, not_measured.
    pub verdict: &'static str,
    /// Short or over by so much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Value>,
    /// The verdict in words.
    pub sentence: String,
    /// What was claimed.
    pub claimed: String,
    /// The figure that it is held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<&'static str>,
    /// What the log says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<String>,
    /// The same as a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Which filter the figure has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<&'static str>,
    /// How many events stand behind it.
    pub rows: usize,
    /// Claims that cannot be true together with this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contradicts: Vec<String>,
}

/// Holds the claims of the log, and with `article` those of the article that ships with the program, against the
/// books.
///
/// # Errors
/// When the shipped claims cannot be read; a test reads them.
pub fn reconcile(
    books: &Books,
    period: Period,
    article: bool,
    lang: Lang,
) -> Result<Vec<ClaimAnswer>, Refusal> {
    let shipped = if article { shipped()? } else { Vec::new() };
    let beside = claims::reconcile(books, &shipped, period);
    let words: Words<'_> = beside.iter().map(|one| (&one.claim.claim, one.claim.text.as_str())).collect();
    Ok(beside.iter().map(|one| answer(one, &words, lang)).collect())
}

/// The claims that ship with the program, as if they had been recorded.
fn shipped() -> Result<Vec<Recorded>, Refusal> {
    let wrong = |error: &dyn std::fmt::Display| {
        Refusal::invalid("claims_broken", "", error.to_string(), error.to_string())
    };
    let mut claims = Vec::new();
    for line in claims::ARTICLE.lines() {
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(&error))?;
        let kind = Kind::ClaimPublished;
        let event = kind.decode(kind.version(), line.body.get()).map_err(|error| wrong(&error))?;
        claims.push(Recorded {
            position: 0,
            id: EventId::from_moment(0, [0; 10]),
            occurred: line.occurred,
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
            recorded_by: None,
            programmes: Vec::new(),
            event,
        });
    }
    Ok(claims)
}

/// The words of each claim.
type Words<'a> = BTreeMap<&'a RecordKey, &'a str>;

fn answer(one: &Reconciled<'_>, words: &Words<'_>, lang: Lang) -> ClaimAnswer {
    let claim = one.claim;
    let (verdict, by) = named(one.verdict);
    let value = one.measured.as_ref().map(Measured::value);
    let figure = one.measured.as_ref().map(|measured| measured.figure);
    let filter = figure.map(|figure| lang.pick(figure.filter.0, figure.filter.1));
    ClaimAnswer {
        claim: claim.claim.to_string(),
        text: claim.text.clone(),
        publication: claim.publication.clone(),
        published: one.published,
        verdict,
        by: by.map(number),
        sentence: sentence(one, words, lang),
        claimed: as_said(i128::from(claim.value), claim.approximator, claim.unit, lang),
        figure: figure.map(|figure| figure.name),
        measured: one.measured.as_ref().map(|measured| measured_text(measured.value(), measured, lang)),
        value: value.map(number),
        filter,
        rows: one.measured.as_ref().map_or(0, |measured| measured.evidence().len()),
        contradicts: one.contradicts.iter().map(ToString::to_string).collect(),
    }
}

const fn named(verdict: Verdict) -> (&'static str, Option<i128>) {
    match verdict {
        Verdict::Proved => ("proved", None),
        Verdict::ShortBy(by) => ("short_by", Some(by)),
        Verdict::OverBy(by) => ("over_by", Some(by)),
        Verdict::Contradictory => ("contradictory", None),
        Verdict::OtherUnit => ("other_unit", None),
        Verdict::NotMeasured => ("not_measured", None),
    }
}

fn sentence(one: &Reconciled<'_>, words: &Words<'_>, lang: Lang) -> String {
    let unit = one.claim.unit;
    let amount = |by| text(by, unit, lang);
    let others = one.contradicts.iter().map(|key| words.get(key).copied().unwrap_or(key.as_str()));
    let others = others.collect::<Vec<_>>().join("、");
    match (one.verdict, lang) {
        (Verdict::Proved, Lang::Zh) => "属实".into(),
        (Verdict::Proved, Lang::En) => "proved".into(),
        (Verdict::ShortBy(by), Lang::Zh) => format!("记录少 {}", amount(by)),
        (Verdict::ShortBy(by), Lang::En) => format!("the log is short by {}", amount(by)),
        (Verdict::OverBy(by), Lang::Zh) => format!("记录多 {}", amount(by)),
        (Verdict::OverBy(by), Lang::En) => format!("the log is over by {}", amount(by)),
        (Verdict::Contradictory, Lang::Zh) => format!("自相矛盾：与「{others}」不能同时成立"),
        (Verdict::Contradictory, Lang::En) => format!("contradictory: cannot be true together with {others}"),
        (Verdict::OtherUnit, Lang::Zh) => "单位不符：指标计的是另一种单位".into(),
        (Verdict::OtherUnit, Lang::En) => "other unit: the figure counts something else".into(),
        (Verdict::NotMeasured, Lang::Zh) => "没有对应的指标".into(),
        (Verdict::NotMeasured, Lang::En) => "no figure measures it".into(),
    }
}
