//! Lists for parties without history (申报需求清单): from declared needs and offers, industry and district, not from ties.
//!
//! The log cannot rank whom nothing ties to anyone. Such a list says that it is of this sort; its terms are few and
//! fixed, each with the events behind it. Party-building needs never get here: the ledger does not hold them as offers.
//!
//! | term | millionths |
//! | --- | --- |
//! | `meets_my_need` 可满足我方需求 | 2,000,000 where words or industry agree, 500,000 where only the sort does |
//! | `needs_my_offer` 需要我方所供 | the same |
//! | `same_district` 同一区市 | 250,000, only beside one of the others |

use std::collections::BTreeMap;

use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;

use super::list::{Line, MatchList, Term};
use super::{Graphs, With, candidates};
use crate::ledger::Offer;
use crate::register::Party;
use crate::views::Views;

/// What such a list names as its model.
pub const MODEL: &str = "declared-1";
const AGREES_MICRO: i64 = 2_000_000;
const SORT_MICRO: i64 = 500_000;
const DISTRICT_MICRO: i64 = 250_000;
/// Words shorter than this prove nothing, in characters.
const WORD_MIN: usize = 2;

/// Name, Chinese and English label, Chinese and English sentence of every term.
pub const ALL: [[&str; 5]; 3] = [
    [
        "meets_my_need",
        "可满足需求",
        "can meet the need",
        "对方所供与我方申报的需求相合。",
        "What the other offers fits a need that was declared.",
    ],
    [
        "needs_my_offer",
        "需要所供",
        "needs the offer",
        "对方申报的需求与我方所供相合。",
        "A need that the other declared fits what is offered.",
    ],
    ["same_district", "同一区市", "same district", "双方在同一区市。", "Both are in the same district."],
];

/// The list of a party that has no ties, if what was declared gives one.
pub(super) fn list(
    views: &Views,
    graphs: &Graphs,
    party: PartyId,
    with: Option<With>,
    top: usize,
) -> Option<MatchList> {
    let party = views.register.party(views.register.canonical(party))?;
    let with = with.unwrap_or_else(|| With::for_kind(party.kind));
    let day = graphs.parties.as_of_day();
    let avoided = views.ledger.avoided_by(&views.register, party.id);
    let mut terms: BTreeMap<PartyId, Vec<Term>> = BTreeMap::new();
    let (given, sought) = (views.ledger.offers(), views.ledger.wants());
    for (name, mine, theirs) in [("meets_my_need", sought, given), ("needs_my_offer", given, sought)] {
        for (other, (value, evidence)) in fitting(views, party, day, mine, theirs) {
            let is_candidate = other.kind == with.kind()
                && other.id != party.id
                && views.register.is_open(other.id)
                && !avoided.contains_key(&other.id);
            if is_candidate {
                terms.entry(other.id).or_default().push(term(name, value, evidence));
            }
        }
    }
    for (other, terms) in &mut terms {
        let other = views.register.party(*other)?;
        if other.region.is_some() && other.region == party.region {
            let entries = vec![party.registered.position, other.registered.position];
            terms.push(term("same_district", DISTRICT_MICRO, entries));
        }
    }
    let open = candidates::open_introductions(views, party.id);
    let line = |(party, terms): (PartyId, Vec<Term>)| Line {
        party,
        score_micro: terms.iter().map(|term| term.value_micro).sum(),
        terms,
        open_introduction: open.get(&party).copied(),
        is_try: false,
    };
    let mut lines: Vec<Line> = terms.into_iter().map(line).collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.score_micro), line.party));
    let pool = lines.len();
    lines.truncate(top);
    let (party, position) = (party.id, graphs.position);
    let list = MatchList { party, with, as_of_day: day, position, model: MODEL.to_owned(), pool, lines };
    (pool > 0).then_some(list)
}

fn term(signal: &'static str, value_micro: i64, mut evidence: Vec<Position>) -> Term {
    evidence.sort_unstable();
    evidence.dedup();
    evidence.truncate(super::TERM_EVIDENCE_MAX);
    Term { signal, value_micro, evidence, paths: Vec::new() }
}

/// For every other party, how well one of its sayings fits one of the party's own: the best, with all that do so.
/// O(own sayings x all).
fn fitting<'a>(
    views: &'a Views,
    party: &Party,
    day: i32,
    mine: &[Offer],
    theirs: &[Offer],
) -> Vec<(&'a Party, (i64, Vec<Position>))> {
    let said = |offer: &&Offer| offer.noted.occurred.day_number() <= day;
    let own = |offer: &&Offer| views.register.resolve(&offer.party) == Some(party.id);
    let mut found: BTreeMap<PartyId, (i64, Vec<Position>)> = BTreeMap::new();
    for one in mine.iter().filter(said).filter(own) {
        for other in theirs.iter().filter(said) {
            let Some(id) = views.register.resolve(&other.party) else { continue };
            let value = fit(one, other);
            let known = found.entry(id).or_default();
            if value > known.0 {
                *known = (value, Vec::new());
            }
            if value > 0 && value == known.0 {
                known.1.extend([one.noted.position, other.noted.position]);
            }
        }
    }
    found.retain(|_, (value, _)| *value > 0);
    found.into_iter().filter_map(|(id, fit)| Some((views.register.party(id)?, fit))).collect()
}

/// How well an offer and a want fit, either way round.
fn fit(one: &Offer, other: &Offer) -> i64 {
    let industry = match (one.industry, other.industry) {
        (Some(one), Some(other)) => one.is_within(other) || other.is_within(one),
        (None, _) | (_, None) => false,
    };
    let sort = one.need_type.is_some() && one.need_type == other.need_type;
    if industry || shares_word(&one.text, &other.text) {
        AGREES_MICRO
    } else if sort {
        SORT_MICRO
    } else {
        0
    }
}

/// Whether a word of one text stands in the other. Words are what punctuation and spaces leave whole.
fn shares_word(one: &str, other: &str) -> bool {
    let within = |text: &str, other: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .any(|word| word.chars().count() >= WORD_MIN && other.contains(word))
    };
    within(one, other) || within(other, one)
}
