//! What speaks against a pair, as terms below zero with the events behind them.
//!
//! An objection does not bar a pair ([`super::candidates`] does that); it moves it down. What it weighs is a part of
//! how far the scores of the list lie apart, so that it means the same under every model:
//!
//! | term | when | weighs |
//! | --- | --- | --- |
//! | `declined` 曾谢绝 | one side declined an introduction to the other | 2, halved every year |
//! | `met_without_outcome` 见过未果 | they met by introduction, and nothing came of it within [`PATIENCE_DAYS`] | 1, halved every year |
//! | `over_exposed` 推荐过密 | it was on more lists handed out in [`LATELY_DAYS`] days than most | 0.35 ln(lists / mean) |
//! | `competitor` 同行 | both are in the same segment of a chain that the log defines, or in one four-digit trade | 0.5 |

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::introduction::Outcome;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::industry::Industry;
use jinqiao_events::value::occurred::Occurred;

use super::list::Term;
use crate::ledger::Introduction;
use crate::numbers::{float, micro, whole};
use crate::views::Views;

/// An introduction without outcome for so many days after the meeting came to nothing.
pub const PATIENCE_DAYS: i32 = 90;
/// Lists handed out within so many days count as lately.
pub const LATELY_DAYS: i32 = 90;
/// What is said against a pair weighs half as much every so many days.
const HALF_LIFE_DAYS: f64 = 365.0;

/// Name, Chinese and English label, Chinese and English sentence of every objection.
pub const ALL: [[&str; 5]; 4] = [
    [
        "declined",
        "曾谢绝",
        "declined before",
        "一方曾谢绝与另一方的引荐。",
        "One of them declined to be introduced to the other.",
    ],
    [
        "met_without_outcome",
        "见过未果",
        "met without outcome",
        "双方经引荐见过面，未有结果。",
        "They met by introduction, and nothing came of it.",
    ],
    [
        "over_exposed",
        "推荐过密",
        "on many lists",
        "对方近期已在多份推荐清单上，宜让位于他人。",
        "The other has been on many lists of late.",
    ],
    [
        "competitor",
        "同行",
        "same trade",
        "双方是同行（同一行业小类，或产业链的同一环节），更可能是竞争对手。",
        "Both are in one trade, or in the same segment of a chain, and may compete.",
    ],
];

/// One objection as it weighs on one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objected {
    /// Its name.
    pub name: &'static str,
    /// Below zero, in millionths.
    pub value_micro: i64,
    /// The events that say so, ascending.
    pub evidence: Vec<Position>,
}

impl Objected {
    /// As a term of a line.
    pub(super) fn term(&self) -> Term {
        Term {
            signal: self.name,
            value_micro: self.value_micro,
            evidence: self.evidence.clone(),
            paths: Vec::new(),
        }
    }
}

/// What may be said against others on one party's list, gathered once a list.
#[derive(Debug, Clone, Default)]
pub struct Objections {
    party: Option<PartyId>,
    /// For each other: parts of the unit, and events.
    declined: BTreeMap<PartyId, (f64, Vec<Position>)>,
    fruitless: BTreeMap<PartyId, (f64, Vec<Position>)>,
    shown: BTreeMap<PartyId, Vec<Position>>,
    /// How many lists a party is on in the mean, of those on any.
    shown_mean: f64,
    /// The industries of the segments that the party can be in, and the event that defines the chain.
    segments: Vec<(Vec<Industry>, Position)>,
}

impl Objections {
    /// Gathers what speaks against others for a party as of a day. Linear in introductions and lists handed out.
    #[must_use]
    pub fn of(views: &Views, party: PartyId, as_of_day: i32) -> Self {
        let mut objections = Self { party: Some(party), ..Self::default() };
        for introduction in views.ledger.introductions() {
            if let Some(other) = other_side(views, introduction, party) {
                objections.take(introduction, other, as_of_day);
            }
        }
        let lately = |day: i32| day <= as_of_day && day > as_of_day - LATELY_DAYS;
        for issued in
            views.ledger.issued_lists().iter().filter(|issued| lately(issued.noted.occurred.day_number()))
        {
            for candidate in &issued.candidates {
                if let Some(candidate) = views.register.resolve(candidate) {
                    objections.shown.entry(candidate).or_default().push(issued.noted.position);
                }
            }
        }
        let lists: usize = objections.shown.values().map(Vec::len).sum();
        objections.shown_mean = float(lists) / float(objections.shown.len().max(1));
        objections.segments = segments_of(views, party, as_of_day);
        objections
    }

    fn take(&mut self, introduction: &Introduction, other: PartyId, as_of_day: i32) {
        let faded = |day: i32| libm::exp2(-f64::from(as_of_day - day) / HALF_LIFE_DAYS);
        if let Some(declined) = introduction.declined.as_ref().map(|answer| answer.noted)
            && declined.occurred.day_number() <= as_of_day
        {
            let said = self.declined.entry(other).or_default();
            said.0 = said.0.max(2.0 * faded(declined.occurred.day_number()));
            said.1.push(declined.position);
        }
        let Some(met) = introduction.meetings.iter().rfind(|met| met.occurred.day_number() <= as_of_day)
        else {
            return;
        };
        let day = met.occurred.day_number();
        let outcome = introduction.outcome.filter(|(_, noted)| noted.occurred.day_number() <= as_of_day);
        let fruitless = match outcome {
            Some((Outcome::Nothing, _)) => true,
            Some((Outcome::Talking | Outcome::Intent | Outcome::Deal, _)) => false,
            None => day + PATIENCE_DAYS < as_of_day,
        };
        if fruitless {
            let said = self.fruitless.entry(other).or_default();
            said.0 = said.0.max(faded(day));
            said.1.push(met.position);
            said.1.extend(outcome.map(|(_, noted)| noted.position));
        }
    }

    /// What speaks against one other, each in parts of `unit_micro`. O(log) but for the other's segments.
    #[must_use]
    pub fn against(&self, views: &Views, other: PartyId, unit_micro: i64) -> Vec<Objected> {
        let unit = whole(unit_micro);
        let objected = |name, parts: f64, evidence: &[Position]| {
            let mut evidence = evidence.to_vec();
            evidence.sort_unstable();
            evidence.dedup();
            evidence.truncate(super::TERM_EVIDENCE_MAX);
            Objected { name, value_micro: -micro(parts * unit), evidence }
        };
        let mut against = Vec::new();
        let said =
            [("declined", self.declined.get(&other)), ("met_without_outcome", self.fruitless.get(&other))];
        against.extend(
            said.into_iter().filter_map(|(name, said)| said.map(|said| objected(name, said.0, &said.1))),
        );
        if let Some(lists) = self.shown.get(&other).filter(|lists| float(lists.len()) > self.shown_mean) {
            let parts = 0.35 * libm::log(float(lists.len()) / self.shown_mean);
            against.push(objected("over_exposed", parts, lists));
        }
        against.extend(self.competitor(views, other).map(|evidence| objected("competitor", 0.5, &evidence)));
        against.retain(|one| one.value_micro < 0);
        against
    }

    /// The events that put both in one segment or trade: the chain's definition, and both entries.
    fn competitor(&self, views: &Views, other: PartyId) -> Option<Vec<Position>> {
        let trade = |party: PartyId| views.register.party(party)?.industry;
        let theirs = trade(other)?;
        let defined = self
            .segments
            .iter()
            .find(|(industries, _)| industries.iter().any(|one| theirs.is_within(*one)))
            .map(|(_, position)| *position);
        let same_trade = theirs.class().is_some() && trade(self.party?)?.class() == theirs.class();
        let entry = |party: Option<PartyId>| Some(views.register.party(party?)?.registered.position);
        let evidence: BTreeSet<Position> =
            [defined, entry(self.party), entry(Some(other))].into_iter().flatten().collect();
        (defined.is_some() || same_trade).then(|| evidence.into_iter().collect())
    }
}

fn other_side(views: &Views, introduction: &Introduction, party: PartyId) -> Option<PartyId> {
    let (a, b) = (views.register.resolve(&introduction.a)?, views.register.resolve(&introduction.b)?);
    if a == party { Some(b) } else { (b == party).then_some(a) }
}

/// The segments that a party can be in by its industry, of chains that the log defines by that day: what ships with the
/// program has no event to open to.
fn segments_of(views: &Views, party: PartyId, as_of_day: i32) -> Vec<(Vec<Industry>, Position)> {
    let own = views.register.party(party).and_then(|party| party.industry);
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(as_of_day));
    let (Some(own), Some(day)) = (own, date.ok().and_then(|date| Occurred::day(date).ok())) else {
        return Vec::new();
    };
    let editions = views.chain_group.editions(day).into_iter();
    let defined = editions.filter_map(|edition| Some((edition.chain, edition.noted?.position)));
    defined
        .flat_map(|(chain, position)| chain.segments.iter().map(move |segment| (segment, position)))
        .filter(|(segment, _)| segment.industries.iter().any(|industry| own.is_within(*industry)))
        .map(|(segment, position)| (segment.industries.clone(), position))
        .collect()
}
