//! A chain looked at for one circle of firms: who is in which segment, where it has a gap, who could fill it, and who
//! of the circle knows them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::chain::Segment;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::reference::ChainDefined;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::industry::Industry;
use jinqiao_events::value::occurred::Occurred;
use serde::Serialize;

use crate::facts::Ends;
use crate::register::Party;
use crate::views::Views;

/// Most firms that are named for a gap.
const FILLERS_MAX: usize = 8;
/// Most of the circle that are named as knowing one.
const KNOWERS_MAX: usize = 3;
/// Most events behind an acquaintance.
const EVIDENCE_MAX: usize = 6;
/// At an occasion of more parties than this nobody gets to know everybody.
const CIRCLE_MAX: usize = 200;

/// Why a firm stands in a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placing {
    /// By its industry.
    Industry(String),
    /// By a product of that word.
    Product(String),
}

/// A firm in a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// The firm.
    pub party: PartyId,
    /// Why.
    pub by: Placing,
    /// The events that say so.
    pub evidence: Vec<Position>,
}

/// Somebody of the circle who knows a firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Knower {
    /// Who.
    pub party: PartyId,
    /// How often they were in touch.
    pub times: usize,
    /// The latest events of it.
    pub evidence: Vec<Position>,
}

/// A firm that could fill a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filler {
    /// The firm.
    pub party: PartyId,
    /// True when it stands in the segment itself; false when it is of the same division of industry only.
    pub in_segment: bool,
    /// Why.
    pub by: Placing,
    /// The events that say so.
    pub evidence: Vec<Position>,
    /// Who of the circle knows it, the best acquainted first.
    pub known_by: Vec<Knower>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SegmentState {
    /// Its name.
    pub name: String,
    /// Segments downstream of it.
    pub feeds: Vec<String>,
    /// Firms of the circle in it.
    pub firms: Vec<Placed>,
    /// True when there is none (缺环).
    pub gap: bool,
    /// For a gap: who could fill it.
    pub fillers: Vec<Filler>,
    /// Demands of the circle that a firm of this segment could meet.
    pub demands: Vec<Position>,
}

/// A chain, surveyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// Firms of the circle, in the chain or not.
    pub circle: usize,
    /// Segments with a firm.
    pub filled: usize,
    /// The segments, in the chain's order.
    pub segments: Vec<SegmentState>,
}

/// Surveys a chain for the members of a chamber or, without one, for the enterprises of the chain's region, as of the
/// end of a day. O(parties × segments + facts).
#[must_use]
pub fn survey(views: &Views, chain: &ChainDefined, chamber: Option<PartyId>, day: Occurred) -> Survey {
    let firms = firms(views, day);
    let members: Option<BTreeSet<PartyId>> = chamber.map(|chamber| {
        views.register.members_on(chamber, day).into_iter().map(|membership| membership.member).collect()
    });
    let is_inside = |firm: &Firm<'_>| match &members {
        Some(members) => members.contains(&firm.party.id),
        None => chain.region.is_none_or(|region| firm.party.region.is_none_or(|own| own.is_within(region))),
    };
    let (inside, outside): (Vec<&Firm<'_>>, Vec<&Firm<'_>>) = firms.iter().partition(|firm| is_inside(firm));
    let mut segments: Vec<SegmentState> =
        chain.segments.iter().map(|it| state(views, it, &inside, day)).collect();
    let placed = segments.iter().flat_map(|segment| segment.firms.iter().map(|firm| firm.party));
    let circle: BTreeSet<PartyId> = placed.chain(chamber).collect();
    for (segment, state) in chain.segments.iter().zip(&mut segments).filter(|(_, state)| state.gap) {
        state.fillers = fillers(segment, &outside, &inside);
    }
    let wanted: BTreeSet<PartyId> =
        segments.iter().flat_map(|segment| segment.fillers.iter().map(|filler| filler.party)).collect();
    let known = acquaintances(views, &wanted, &circle, day);
    for filler in segments.iter_mut().flat_map(|segment| &mut segment.fillers) {
        filler.known_by = known.get(&filler.party).cloned().unwrap_or_default();
    }
    for segment in &mut segments {
        segment.fillers.sort_by_key(|filler| {
            let times = filler.known_by.first().map_or(0, |knower| knower.times);
            (!filler.in_segment, Reverse(times), filler.party)
        });
        segment.fillers.truncate(FILLERS_MAX);
    }
    let filled = segments.iter().filter(|segment| !segment.gap).count();
    Survey { circle: inside.len(), filled, segments }
}

/// An enterprise with what it makes: each product with the event that says so.
struct Firm<'a> {
    party: &'a Party,
    industries: Vec<(Industry, Position)>,
    products: Vec<(&'a str, Position)>,
}

/// The open enterprises that were registered by the day.
fn firms(views: &Views, day: Occurred) -> Vec<Firm<'_>> {
    let by_then = |occurred: Occurred| occurred.day_number() <= day.day_number();
    let register = &views.register;
    let mut firms: BTreeMap<PartyId, Firm<'_>> = register
        .parties()
        .filter(|party| party.kind == OrgKind::Enterprise && by_then(party.registered.occurred))
        .filter(|party| party.closed.is_none_or(|closed| !by_then(closed.occurred)))
        .map(|party| {
            let at = party.registered.position;
            let industries = party.industry.map(|industry| (industry, at)).into_iter().collect();
            let products = party.products.iter().map(|product| (product.as_str(), at)).collect();
            (party.id, Firm { party, industries, products })
        })
        .collect();
    for (event, noted) in views.chain_group.assessed().iter().filter(|(_, noted)| by_then(noted.occurred)) {
        let Some(firm) = register.resolve(&event.party).and_then(|id| firms.get_mut(&id)) else { continue };
        firm.industries.extend(event.industry.map(|industry| (industry, noted.position)));
        firm.products.extend(event.products.iter().map(|product| (product.as_str(), noted.position)));
    }
    firms.into_values().collect()
}

impl Firm<'_> {
    /// Why the firm stands in the segment: by a product, which says more, else by its industry.
    fn placing(&self, segment: &Segment) -> Option<(Placing, Vec<Position>)> {
        for word in &segment.products {
            if let Some((_, at)) = self.products.iter().find(|(product, _)| product.contains(word.as_str())) {
                return Some((Placing::Product(word.clone()), vec![*at]));
            }
        }
        let is_of = |own: Industry| segment.industries.iter().any(|industry| own.is_within(*industry));
        let (industry, at) = self.industries.iter().find(|(own, _)| is_of(*own))?;
        Some((Placing::Industry(industry.to_string()), vec![*at]))
    }

    /// Whether it is of the same division (大类) as the segment.
    fn is_near(&self, segment: &Segment) -> Option<(Placing, Vec<Position>)> {
        let divisions: BTreeSet<Industry> =
            segment.industries.iter().filter_map(|industry| industry.division()).collect();
        let near = |own: Industry| own.division().is_some_and(|division| divisions.contains(&division));
        let (industry, at) = self.industries.iter().find(|(own, _)| near(*own))?;
        Some((Placing::Industry(industry.to_string()), vec![*at]))
    }
}

fn state(views: &Views, segment: &Segment, inside: &[&Firm<'_>], day: Occurred) -> SegmentState {
    let place = |firm: &&Firm<'_>| {
        firm.placing(segment).map(|(by, evidence)| Placed { party: firm.party.id, by, evidence })
    };
    let firms: Vec<Placed> = inside.iter().filter_map(place).collect();
    let members: BTreeSet<PartyId> = inside.iter().map(|firm| firm.party.id).collect();
    let asks = views.chain_group.demands().iter().filter(|(demand, noted)| {
        let is_ours = views.register.resolve(&demand.party).is_some_and(|id| members.contains(&id));
        let is_of = |industry: Industry| segment.industries.iter().any(|own| industry.is_within(*own));
        let by_word = segment.products.iter().any(|word| demand.text.contains(word.as_str()));
        noted.occurred.day_number() <= day.day_number()
            && is_ours
            && (by_word || demand.industry.is_some_and(is_of))
    });
    SegmentState {
        name: segment.name.clone(),
        feeds: segment.feeds.clone(),
        gap: firms.is_empty(),
        firms,
        fillers: Vec::new(),
        demands: asks.map(|(_, noted)| noted.position).collect(),
    }
}

/// Firms outside the circle that stand in the segment; then any of the same division, the circle's own first.
fn fillers(segment: &Segment, outside: &[&Firm<'_>], inside: &[&Firm<'_>]) -> Vec<Filler> {
    let filler = |firm: &Firm<'_>, in_segment: bool, (by, evidence)| Filler {
        party: firm.party.id,
        in_segment,
        by,
        evidence,
        known_by: Vec::new(),
    };
    let exact = outside.iter().filter_map(|firm| Some(filler(firm, true, firm.placing(segment)?)));
    let mut found: Vec<Filler> = exact.collect();
    let taken: BTreeSet<PartyId> = found.iter().map(|filler| filler.party).collect();
    let near = inside.iter().chain(outside).filter(|firm| !taken.contains(&firm.party.id));
    found.extend(near.filter_map(|firm| Some(filler(firm, false, firm.is_near(segment)?))));
    found
}

/// Who of the circle was in touch with each of the wanted, directly or at an occasion, up to a day. Membership alone is
/// no acquaintance.
fn acquaintances(
    views: &Views,
    wanted: &BTreeSet<PartyId>,
    circle: &BTreeSet<PartyId>,
    day: Occurred,
) -> BTreeMap<PartyId, Vec<Knower>> {
    let parties: Vec<Option<PartyId>> =
        views.facts.written().iter().map(|party| views.register.resolve(party)).collect();
    let party =
        |written: u32| usize::try_from(written).ok().and_then(|at| parties.get(at)).copied().flatten();
    let mut touched: BTreeMap<(PartyId, PartyId), BTreeSet<Position>> = BTreeMap::new();
    let mut seats: BTreeMap<u32, Vec<(PartyId, Position)>> = BTreeMap::new();
    for fact in views.facts.all().iter().filter(|fact| fact.day <= day.day_number()) {
        match fact.ends {
            Ends::Pair(a, b) if fact.tie.class.is_contact() => {
                let (Some(a), Some(b)) = (party(a), party(b)) else { continue };
                for (one, other) in [(a, b), (b, a)] {
                    if wanted.contains(&one) && circle.contains(&other) {
                        touched.entry((one, other)).or_default().insert(fact.position);
                    }
                }
            }
            Ends::Seat(occasion, seat) => {
                let seat = party(seat).filter(|id| wanted.contains(id) || circle.contains(id));
                seats.entry(occasion).or_default().extend(seat.map(|id| (id, fact.position)));
            }
            Ends::Pair(..) | Ends::Ended(..) => {}
        }
    }
    for seated in seats.values().filter(|seated| seated.len() <= CIRCLE_MAX) {
        for (one, at) in seated.iter().filter(|(id, _)| wanted.contains(id)) {
            for (other, also) in seated.iter().filter(|(id, _)| circle.contains(id) && id != one) {
                touched.entry((*one, *other)).or_default().extend([*at, *also]);
            }
        }
    }
    let mut known: BTreeMap<PartyId, Vec<Knower>> = BTreeMap::new();
    for ((one, other), positions) in touched {
        let evidence = positions.iter().rev().take(EVIDENCE_MAX).copied().collect();
        known.entry(one).or_default().push(Knower { party: other, times: positions.len(), evidence });
    }
    for knowers in known.values_mut() {
        knowers.sort_by_key(|knower| (Reverse(knower.times), knower.party));
        knowers.truncate(KNOWERS_MAX);
    }
    known
}
