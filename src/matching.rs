//! Match lists as doors hand them out: the ranker's answer with names and sentences, as of two times.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jinqiao_events::clock;
use jinqiao_events::decide::Refusal;
use jinqiao_events::log::{Effective, Horizon, Position};
use jinqiao_events::value::ids::{EventId, PartyId};
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::rank::city::{self, City, CityAsk};
use jinqiao_projections::rank::declared;
use jinqiao_projections::rank::{
    self, Ask, Depth, Explanation, Graphs, MatchList, NoList, Step, Term, TermPath, WhyNot, With, explain,
};
use jinqiao_projections::signals;
use jinqiao_projections::views::Views;
use jinqiao_projections::warm_path::{self, WarmPath};
use serde::Serialize;

use crate::config::Lang;
use crate::demo;
use crate::desk::Desk;
use crate::error::AppError;
use crate::naming;
use crate::shelf::Rooms;

/// The version of the program, as a list names it.
pub const PROGRAM: &str = concat!("jinqiao ", env!("CARGO_PKG_VERSION"));

/// The two times of a question.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// As it stood at the end of this day; today when left out.
    pub as_of: Option<Occurred>,
    /// Knowing only what had been recorded by then; everything when left out.
    pub known_at: Option<Timestamp>,
}

/// What a question is answered from.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The views as known.
    pub views: Arc<Views>,
    /// The graphs as of the day.
    pub graphs: Arc<Graphs>,
    rooms: Arc<Rooms>,
}

/// How a list is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// With every signal.
    #[default]
    Full,
    /// 快速: from shared and direct contacts alone, without walks.
    Quick,
}

/// Whether a list gives a small share to candidates that stand further down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tries {
    /// One line in ten.
    #[default]
    Mixed,
    /// None: the best alone.
    Never,
}

impl Tries {
    /// None where a flag says so.
    #[must_use]
    pub const fn unless(never: bool) -> Self {
        if never { Self::Never } else { Self::Mixed }
    }
}

impl Mode {
    /// Quick where a flag says so.
    #[must_use]
    pub const fn quick(quick: bool) -> Self {
        if quick { Self::Quick } else { Self::Full }
    }

    const fn depth(self, top: usize) -> Depth {
        match self {
            Self::Full => Depth::Full,
            Self::Quick => Depth::Quick { breadth: top },
        }
    }
}

impl Times {
    /// The views as known then: those that readers have, or a pass over the log for an earlier time.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn views(self, desk: &Desk) -> Result<Arc<Views>, AppError> {
        let Some(known_at) = self.known_at else { return Ok(desk.shelf().views().shared()) };
        let log = desk.store().log.as_ref();
        let mut views = Views::default();
        Effective::gather(log, Horizon::known_at(known_at))?.feed(log, 0, views.folds())?;
        Ok(Arc::new(views))
    }

    /// The day that is asked about: [`today`] when none is given.
    #[must_use]
    pub fn day(self, desk: &Desk) -> Occurred {
        self.as_of.unwrap_or_else(|| today(desk))
    }
}

/// The day that a question is about where none is given: today. In the demo's store, whose year is over, the last day
/// on which anything happened: nothing is meant to have become stale since.
#[must_use]
pub fn today(desk: &Desk) -> Occurred {
    let today = clock::today(desk.clock());
    if !demo::is_demo(desk.store()).unwrap_or(false) {
        return today;
    }
    let views = desk.shelf().views();
    let days = views.facts.all().iter().map(|fact| fact.day).filter(|day| *day <= today.day_number());
    days.max().map_or(today, |day| Occurred::nearest_day(date_of(day)))
}

impl Ground {
    /// Views and graphs as of these times. Those of today are kept ready; others are made for the one question
    /// (a pass over the log for `known_at`, a build of the graphs for `as_of`).
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn gather(desk: &Desk, times: Times) -> Result<Self, AppError> {
        let (today, rooms) = (today(desk), desk.shelf().rooms());
        let day = times.as_of.unwrap_or(today).day_number();
        if times.known_at.is_none() && day == today.day_number() {
            let views = desk.shelf().views();
            let graphs = desk.shelf().graphs(&views, day);
            return Ok(Self { views: views.shared(), graphs, rooms });
        }
        let views = times.views(desk)?;
        let graphs = Arc::new(Graphs::build(&views, day));
        Ok(Self { views, graphs, rooms })
    }

    /// The match list of a party with every signal.
    ///
    /// # Errors
    /// When the party is unknown, closed, or has no ties.
    pub fn list(
        &self,
        party: PartyId,
        with: Option<With>,
        top: usize,
        lang: Lang,
    ) -> Result<ListAnswer, Refusal> {
        self.answer(&Ask { party, with, top }, Mode::Full, Tries::Mixed, lang)
    }

    /// The match list that is asked for, worked out in that mode.
    ///
    /// # Errors
    /// When the party is unknown, closed, or has no ties.
    pub fn answer(&self, ask: &Ask, mode: Mode, tries: Tries, lang: Lang) -> Result<ListAnswer, Refusal> {
        let list = self
            .rooms
            .with(mode.depth(ask.top), |room| match tries {
                Tries::Mixed => rank::rank_with_tries(&self.views, &self.graphs, ask, room),
                Tries::Never => rank::rank(&self.views, &self.graphs, ask, room),
            })
            .map_err(|none| no_list(&self.views, none))?;
        Ok(self.list_answer(&list, lang))
    }

    /// Why, and why not, to introduce `other` to `party`.
    ///
    /// # Errors
    /// When either is unknown, or `party` is closed or has no ties.
    pub fn explain(&self, party: PartyId, other: PartyId, lang: Lang) -> Result<ExplainAnswer, Refusal> {
        let explanation = self
            .rooms
            .with(Depth::Full, |room| rank::explain_pair(&self.views, &self.graphs, party, other, room))
            .map_err(|none| no_list(&self.views, none))?;
        Ok(self.explain_answer(&explanation, lang))
    }

    /// Everyone's lists.
    #[must_use]
    pub fn city(&self, ask: CityAsk) -> City {
        city::city(&self.views, &self.graphs, ask)
    }

    fn list_answer(&self, list: &MatchList, lang: Lang) -> ListAnswer {
        let line = |line: &rank::Line| LineAnswer {
            party: line.party,
            name: naming::party(&self.views, line.party),
            score_micro: line.score_micro,
            terms: self.terms(&line.terms, lang),
            open_introduction: line.open_introduction,
            is_try: line.is_try,
        };
        ListAnswer {
            party: list.party,
            name: naming::party(&self.views, list.party),
            with: list.with,
            as_of: date_of(list.as_of_day),
            position: list.position,
            basis: if list.model == declared::MODEL { "declared" } else { "history" },
            model: list.model.clone(),
            program: PROGRAM,
            pool: list.pool,
            lines: list.lines.iter().map(line).collect(),
        }
    }

    fn explain_answer(&self, explanation: &Explanation, lang: Lang) -> ExplainAnswer {
        let why_not = |reason: &WhyNot| WhyNotAnswer {
            reason: *reason,
            sentence: explain::refusal(*reason, lang.into()),
        };
        ExplainAnswer {
            party: explanation.party,
            name: naming::party(&self.views, explanation.party),
            other: explanation.other,
            other_name: naming::party(&self.views, explanation.other),
            as_of: date_of(explanation.as_of_day),
            position: explanation.position,
            model: explanation.model.clone(),
            program: PROGRAM,
            score_micro: explanation.score_micro,
            terms: self.terms(&explanation.terms, lang),
            why_not: explanation.why_not.iter().map(why_not).collect(),
            rank: explanation.rank,
            pool: explanation.pool,
            open_introduction: explanation.open_introduction,
            is_try: explanation.is_try,
            warm_paths: self.warm_paths(explanation.party, explanation.other, lang),
        }
    }

    /// Who could introduce the two, most reliable first.
    fn warm_paths(&self, party: PartyId, other: PartyId, lang: Lang) -> Vec<WarmPathAnswer> {
        let answer = |path: WarmPath| WarmPathAnswer {
            sentence: self.invitation(&path, lang),
            brokers: path
                .brokers
                .into_iter()
                .map(|broker| BrokerAnswer {
                    party: broker.party,
                    name: naming::party(&self.views, broker.party),
                    introductions_lately: broker.introductions.len(),
                    evidence: broker.introductions,
                })
                .collect(),
            reliability_micro: path.reliability_micro,
            steps: path.steps,
        };
        if party == other {
            return Vec::new();
        }
        let paths = warm_path::warmest(&self.views, &self.graphs, party, other);
        paths.into_iter().map(answer).collect()
    }

    /// Who should introduce, and why, in a sentence.
    fn invitation(&self, path: &WarmPath, lang: Lang) -> String {
        let names: Vec<String> =
            path.brokers.iter().map(|broker| naming::party(&self.views, broker.party)).collect();
        let chain = names.join(lang.pick("、再经", ", then "));
        let steps = explain::steps(&self.views, &path.steps, lang.into());
        let busy = path.brokers.iter().map(|broker| broker.introductions.len()).max().unwrap_or(0);
        let load = match (busy, lang) {
            (0, _) => String::new(),
            (count, Lang::Zh) => format!("（近期已牵线 {count} 次）"),
            (count, Lang::En) => format!(" ({count} introductions made lately)"),
        };
        match lang {
            Lang::Zh => format!("宜请{chain}牵线{load}：{steps}。引荐前须征得双方同意。"),
            Lang::En => format!("Ask {chain} to introduce them{load}: {steps}. Both sides are asked first."),
        }
    }

    fn terms(&self, terms: &[Term], lang: Lang) -> Vec<TermAnswer> {
        let answer = |term: &Term| TermAnswer {
            signal: term.signal,
            label: label(term.signal, lang),
            value_micro: term.value_micro,
            sentence: explain::sentence(&self.views, term, lang.into()),
            evidence: term.evidence.clone(),
            paths: term.paths.clone(),
        };
        terms.iter().map(answer).collect()
    }
}

impl From<Lang> for explain::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Zh,
            Lang::En => Self::En,
        }
    }
}

/// A match list with names and sentences. Scores and terms are in millionths; the terms of a line add up to
/// its score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListAnswer {
    /// For whom.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// With whom.
    pub with: With,
    /// The day up to which facts count.
    pub as_of: Date,
    /// The last event known.
    pub position: Position,
    /// The model that ranked.
    pub model: String,
    /// `history` where ties were ranked; `declared` where nothing ties the party to anyone and its list rests on
    /// declared needs and offers.
    pub basis: &'static str,
    /// The program that ranked.
    pub program: &'static str,
    /// How many candidates had any reason.
    pub pool: usize,
    /// Best first.
    pub lines: Vec<LineAnswer>,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineAnswer {
    /// Who.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// The sum of the terms.
    pub score_micro: i64,
    /// Why.
    pub terms: Vec<TermAnswer>,
    /// An introduction of these two that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_introduction: Option<EventId>,
    /// Whether it stands further down and is shown as a try.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_try: bool,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermAnswer {
    /// Name of the signal.
    pub signal: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What it adds.
    pub value_micro: i64,
    /// The reason in a sentence.
    pub sentence: String,
    /// Positions of the events behind it.
    pub evidence: Vec<Position>,
    /// The strongest paths.
    pub paths: Vec<TermPath>,
}

/// Why, and why not, these two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainAnswer {
    /// The asking party.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// The other.
    pub other: PartyId,
    /// Its name.
    pub other_name: String,
    /// The day up to which facts count.
    pub as_of: Date,
    /// The last event known.
    pub position: Position,
    /// The model that ranked.
    pub model: String,
    /// The program that ranked.
    pub program: &'static str,
    /// The sum of the terms.
    pub score_micro: i64,
    /// What speaks for it.
    pub terms: Vec<TermAnswer>,
    /// What speaks against it.
    pub why_not: Vec<WhyNotAnswer>,
    /// Its place on the list, if it is on it.
    pub rank: Option<usize>,
    /// How many candidates had any reason.
    pub pool: usize,
    /// An introduction of these two that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_introduction: Option<EventId>,
    /// Whether a list of the usual length shows it as a try on that day.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_try: bool,
    /// Who could introduce them, most reliable first.
    pub warm_paths: Vec<WarmPathAnswer>,
}

/// A way over somebody who can introduce.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarmPathAnswer {
    /// Who stands between, in order: the first is asked to introduce.
    pub brokers: Vec<BrokerAnswer>,
    /// How reliable the way is, 0 to 1,000,000.
    pub reliability_micro: i64,
    /// Who should introduce, and why.
    pub sentence: String,
    /// One step after the other, each with the events behind it.
    pub steps: Vec<Step>,
}

/// Somebody who can introduce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokerAnswer {
    /// Who.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// How many introductions it made in the last ninety days.
    pub introductions_lately: usize,
    /// The events that say so.
    pub evidence: Vec<Position>,
}

/// What speaks against a pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhyNotAnswer {
    /// The reason, with the event that says so.
    #[serde(flatten)]
    pub reason: WhyNot,
    /// In a sentence.
    pub sentence: &'static str,
}

/// What people call a signal.
fn label(signal: &'static str, lang: Lang) -> &'static str {
    if let Some((_, known)) = signals::named(signal) {
        return lang.pick(known.label_zh(), known.label_en());
    }
    rank::wording(signal).map_or(signal, |[_, zh, en, ..]| lang.pick(zh, en))
}

/// The day of a day number, as people write it.
#[must_use]
pub fn date_of(day: i32) -> Date {
    Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}

fn no_list(views: &Views, none: NoList) -> Refusal {
    match none {
        NoList::Unknown(id) => {
            Refusal::missing(none.code(), "", none.to_string(), format!("no party {id} is registered"))
        }
        NoList::Closed(id) => {
            let name = naming::party(views, id);
            let zh = format!("{name}已注销，不再引荐");
            Refusal::conflict(none.code(), "", zh, format!("{name} is closed and is introduced to nobody"))
        }
        NoList::NoTies(id) => {
            let name = naming::party(views, id);
            let zh = format!("{name}截至该日没有任何往来记录，排不出名单；请先登记其会籍、活动、走访或采购");
            Refusal::missing(
                none.code(),
                "",
                zh,
                format!("nothing is recorded that ties {name} to anyone by that day"),
            )
        }
    }
}
