//! Published claims held against the log: proved, short by n, over by n, or contradictory with each other.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::text::ClaimPublished;
use jinqiao_events::kinds::{Event, Kind, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use super::spoken::{Range, Standing};
use super::{Books, Measured, Period, named};

/// The claims of the article that this program was built on, one event a line: figures as printed, held against any
/// log by `reconcile --article`. The paper gives no date; the year is that of the campaigns it tells of.
pub const ARTICLE: &str = include_str!("article_claims.jsonl");

/// What the log says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "by")]
pub enum Verdict {
    /// 属实.
    Proved,
    /// 短少: the log holds fewer, by so many.
    ShortBy(i128),
    /// 超出: the log holds more, by so many.
    OverBy(i128),
    /// 自相矛盾: another claim on the same subject cannot be true together with this one.
    Contradictory,
    /// 单位不符: the figure counts something else (人 is not 人次).
    OtherUnit,
    /// 无对应指标: no figure measures it.
    NotMeasured,
}

/// A claim beside the log.
#[derive(Debug, Clone)]
pub struct Reconciled<'a> {
    /// The event that published it; position 0 where it was only held against the log.
    pub position: Position,
    /// When it was published.
    pub published: Occurred,
    /// The claim.
    pub claim: &'a ClaimPublished,
    /// The values that make it true.
    pub range: Range,
    /// The figure that it is held against, with its evidence.
    pub measured: Option<Measured>,
    /// How the log stands to it, whatever other claims say.
    pub log: Option<Standing>,
    /// Keys of the claims that contradict it.
    pub contradicts: Vec<&'a RecordKey>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Holds every claim that was published by the end of the period against the log, and `more` that were not recorded;
/// contradictory ones first, then what is short or over, then the rest, each in log order. A claim that says from when
/// it tells is held to that, another to the period. Linear in claims times the cost of a figure.
#[must_use]
pub fn reconcile<'a>(books: &'a Books, more: &'a [Recorded], period: Period) -> Vec<Reconciled<'a>> {
    let recorded = books.of(Kind::ClaimPublished).iter();
    let known = recorded.filter(|row| period.reaches(row.occurred));
    let mut beside: Vec<Reconciled<'_>> = known.filter_map(|row| one(books, row, period)).collect();
    let keys: BTreeSet<&RecordKey> = beside.iter().map(|reconciled| &reconciled.claim.claim).collect();
    let more = more.iter().filter_map(|row| one(books, row, period));
    let new: Vec<Reconciled<'_>> = more.filter(|one| !keys.contains(&one.claim.claim)).collect();
    beside.extend(new);
    let contradictions = contradictions(&beside);
    for (index, reconciled) in beside.iter_mut().enumerate() {
        if let Some(others) = contradictions.get(&index) {
            reconciled.contradicts.clone_from(others);
            reconciled.verdict = Verdict::Contradictory;
        }
    }
    beside.sort_by_key(|reconciled| rank(reconciled.verdict));
    beside
}

fn one<'a>(books: &'a Books, row: &'a Recorded, period: Period) -> Option<Reconciled<'a>> {
    let Event::ClaimPublished(claim) = &row.event else { return None };
    let range = Range::of(i128::from(claim.value), claim.approximator);
    let to = earlier(claim.to.unwrap_or(row.occurred), period.to);
    let period = Period { from: claim.from.or(period.from), to };
    let figure = claim.figure.as_deref().and_then(named);
    let measured = figure.map(|figure| figure.measured(books, period));
    let fits = figure.is_some_and(|figure| figure.measure.unit() == claim.unit);
    let log = measured.as_ref().filter(|_| fits).map(|measured| range.standing(measured.value()));
    let verdict = match (log, figure) {
        (Some(Standing::Proved), _) => Verdict::Proved,
        (Some(Standing::ShortBy(by)), _) => Verdict::ShortBy(by),
        (Some(Standing::OverBy(by)), _) => Verdict::OverBy(by),
        (None, Some(_)) => Verdict::OtherUnit,
        (None, None) => Verdict::NotMeasured,
    };
    let (position, published) = (row.position, row.occurred);
    Some(Reconciled { position, published, claim, range, measured, log, contradicts: Vec::new(), verdict })
}

/// For each claim, the claims of the same publisher's words on the same subject that cannot be true with it.
fn contradictions<'a>(beside: &[Reconciled<'a>]) -> BTreeMap<usize, Vec<&'a RecordKey>> {
    let mut found: BTreeMap<usize, Vec<&RecordKey>> = BTreeMap::new();
    for (index, one) in beside.iter().enumerate() {
        for other in beside.iter().filter(|other| other.claim.claim != one.claim.claim) {
            let of_one_matter =
                other.claim.subject == one.claim.subject && other.claim.publication == one.claim.publication;
            if of_one_matter && !one.range.meets(other.range) {
                found.entry(index).or_default().push(&other.claim.claim);
            }
        }
    }
    found
}

const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Contradictory => 0,
        Verdict::ShortBy(_) | Verdict::OverBy(_) | Verdict::OtherUnit => 1,
        Verdict::NotMeasured => 2,
        Verdict::Proved => 3,
    }
}

/// Whichever of the two ends first: a claim on a whole year, asked about in June, is held against half of it.
fn earlier(one: Occurred, other: Occurred) -> Occurred {
    if other.last_day() < one.last_day() { other } else { one }
}
