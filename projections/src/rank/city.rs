//! Everyone's lists at once (全城推荐), spread out over candidates, or as one list by probability.

use std::collections::BTreeMap;

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::value::ids::PartyId;
use serde::Serialize;

use super::candidates::Candidates;
use super::explore;
use super::exposure::{self, Scores};
use super::seat::Seat;
use super::survey::Room;
use super::{Graphs, With};
use crate::numbers::{index, number};
use crate::parallel::parallel;
use crate::views::Views;

/// From so many of each list's best its lines are taken, so that spreading has something to choose from.
const DEPTH: usize = 100;

/// What is asked for everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CityAsk {
    /// With whom; each asks for its own kind where left out.
    pub with: Option<With>,
    /// Lines of each list.
    pub top: usize,
    /// How strongly lists are spread out, in thousandths; 0 leaves them as they are.
    pub strength_milli: i64,
    /// Whether longer lists give a small share to tries ([`super::explore`]).
    pub tries: bool,
}

/// Everyone's lists.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct City {
    /// The lists, by party id; parties without ties or without candidates have none.
    pub lists: Vec<CityList>,
    /// Gini coefficient of how often candidates are shown, before spreading and after.
    pub gini: [f64; 2],
    /// How many open parties have no list because nothing ties them to anyone.
    pub without_history: usize,
}

/// One party's list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CityList {
    /// For whom.
    pub party: PartyId,
    /// The model that ranked.
    pub model: String,
    /// Best first.
    pub lines: Vec<CityLine>,
}

/// One candidate of one party.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CityLine {
    /// Who.
    pub candidate: PartyId,
    /// The score as on the party's own list, less the price of exposure; millionths.
    pub score_micro: i64,
    /// What being on many lists takes off; millionths, zero or more.
    pub exposure_micro: i64,
    /// How likely it is to come about, where the model says; 0 to 1.
    pub probability: Option<f64>,
    /// Whether it stands further down and is shown as a try.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_try: bool,
}

/// A list before it is spread out.
struct Drawn {
    party: PartyId,
    model: String,
    scores: Vec<(PartyId, i64, Option<f64>)>,
}

/// The lists of every open enterprise and chamber. Uses all processors. O(parties x one list).
#[must_use]
pub fn city(views: &Views, graphs: &Graphs, ask: CityAsk) -> City {
    let open = |kind: OrgKind| matches!(kind, OrgKind::Enterprise | OrgKind::Chamber);
    let mut parties: Vec<PartyId> = views
        .register
        .parties()
        .filter(|party| open(party.kind) && views.register.is_open(party.id) && party.merged_into.is_none())
        .map(|party| party.id)
        .collect();
    parties.sort_unstable();
    let drawn = parallel(&parties, |party, room: &mut Room| drawn(views, graphs, party, ask.with, room));
    let without_history = drawn.iter().filter(|drawn| drawn.is_none()).count();
    let drawn: Vec<Drawn> = drawn.into_iter().flatten().filter(|drawn| !drawn.scores.is_empty()).collect();
    let candidates: BTreeMap<PartyId, u32> = {
        let mut all: Vec<PartyId> =
            drawn.iter().flat_map(|drawn| &drawn.scores).map(|(candidate, ..)| *candidate).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().enumerate().map(|(at, party)| (party, number(at))).collect()
    };
    let numbered = |candidate: &PartyId| candidates.get(candidate).copied().unwrap_or(u32::MAX);
    let scores: Vec<Scores> = drawn
        .iter()
        .map(|drawn| drawn.scores.iter().map(|(candidate, score, _)| (numbered(candidate), *score)).collect())
        .collect();
    let prices = exposure::prices_micro(&scores, candidates.len(), ask.top, ask.strength_milli);
    let before = exposure::shown(&scores, &vec![0; candidates.len()], ask.top);
    let price = |candidate: &PartyId| prices.get(index(numbered(candidate))).copied().unwrap_or(0);
    let day = graphs.parties.as_of_day();
    let lists: Vec<CityList> = drawn.into_iter().map(|drawn| spread(drawn, &price, &ask, day)).collect();
    let mut after = vec![0; candidates.len()];
    for line in lists.iter().flat_map(|list| &list.lines) {
        after.get_mut(index(numbered(&line.candidate))).into_iter().for_each(|times| *times += 1);
    }
    let gini = [exposure::gini(&before), exposure::gini(&after)];
    City { lists, gini, without_history }
}

fn drawn(
    views: &Views,
    graphs: &Graphs,
    party: PartyId,
    with: Option<With>,
    room: &mut Room,
) -> Option<Drawn> {
    let seat = Seat::of(views, graphs, party, with).ok()?;
    let candidates = Candidates::of(views, graphs, seat.party, seat.with);
    let answer = seat.score(views, &candidates, room);
    let likely = seat.probabilities(&answer, DEPTH);
    let likely = |at: usize| likely.as_ref().and_then(|likely| likely.get(at)).copied();
    let line = |(at, one): (usize, &super::seat::Scored)| {
        Some((seat.party_at(one.node)?, one.score_micro, likely(at)))
    };
    let scores = answer.best.iter().take(DEPTH).enumerate().filter_map(line).collect();
    Some(Drawn { party: seat.party, model: seat.model.name.clone(), scores })
}

fn spread(drawn: Drawn, price: &impl Fn(&PartyId) -> i64, ask: &CityAsk, day: i32) -> CityList {
    let line = |(candidate, score, probability): (PartyId, i64, Option<f64>)| {
        let exposure_micro = price(&candidate);
        let score_micro = score.saturating_sub(exposure_micro);
        CityLine { candidate, score_micro, exposure_micro, probability, is_try: false }
    };
    let mut lines: Vec<CityLine> = drawn.scores.into_iter().map(line).collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.score_micro), line.candidate));
    if ask.tries {
        let shown = explore::shown(drawn.party, day, lines.len(), ask.top);
        let line = |(place, is_try): (usize, bool)| Some(CityLine { is_try, ..*lines.get(place)? });
        lines = shown.into_iter().filter_map(line).collect();
    } else {
        lines.truncate(ask.top);
    }
    CityList { party: drawn.party, model: drawn.model, lines }
}

/// One list over everyone: the pairs most likely first; where the model knows no probabilities, the highest scores.
/// A pair stands once, with the likelier of its two sides asking.
#[must_use]
pub fn global(city: &City, top: usize) -> Vec<(PartyId, CityLine)> {
    let mut best: BTreeMap<(PartyId, PartyId), (PartyId, CityLine)> = BTreeMap::new();
    for list in &city.lists {
        for line in &list.lines {
            let pair = (list.party.min(line.candidate), list.party.max(line.candidate));
            let kept = best.entry(pair).or_insert((list.party, *line));
            if order(line).cmp(&order(&kept.1)) == std::cmp::Ordering::Greater {
                *kept = (list.party, *line);
            }
        }
    }
    let mut all: Vec<(PartyId, CityLine)> = best.into_values().collect();
    all.sort_by_key(|(party, line)| (std::cmp::Reverse(order(line)), *party, line.candidate));
    all.truncate(top);
    all
}

/// Probabilities in thousand-millionths go before scores.
fn order(line: &CityLine) -> (i64, i64) {
    (line.probability.map_or(-1, |likely| crate::numbers::micro(likely * 1e3)), line.score_micro)
}
