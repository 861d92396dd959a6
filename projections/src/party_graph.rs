//! The party graph: everyone who ever met, bought, signed or belonged, as of one day.
//!
//! Parties are nodes; an event with several makes an occasion between them. Loose names that mean no party
//! never tie. Occasions of more than [`OCCASION_MEMBERS_MAX`] parties stay in the graph (they are evidence,
//! and a deal there is a deal), but nobody is introduced because both were in the same stadium: their weight
//! is 0. Building takes one pass over the facts and a few sorts; what is appended afterwards is laid over
//! ([`grow`]).

use std::ops::Deref;

use jinqiao_events::value::ids::PartyId;

use crate::facts::{Ends, Facts, OccasionIndex, OccasionName, Written};
use crate::paged::Paged;
use crate::register::Register;
use crate::tie_graph::{Evidence, NewTie, Node, TieGraph, count_u32};
use crate::ties::Tie;

pub mod grow;

use grow::{Place, Reading};

/// Walks pass through occasions of at most so many parties.
pub const OCCASION_MEMBERS_MAX: u32 = 100;
/// A party is established once it was at so many occasions of several parties or has so many direct partners.
pub const ESTABLISHED_TIES_MIN: u32 = 3;
/// An occasion of n parties weighs (n - 1) to this power: in a smaller circle one meets the others.
const SIZE_EXPONENT: f64 = -0.25;

/// Parties, occasions and their ties as of one day. See [`TieGraph`] for what can be asked of it.
#[derive(Debug, Clone, Default)]
pub struct PartyGraph {
    ties: TieGraph,
    as_of_day: i32,
    reading: Reading,
}

impl Deref for PartyGraph {
    type Target = TieGraph;

    fn deref(&self) -> &TieGraph {
        &self.ties
    }
}

impl PartyGraph {
    /// The graph of all facts up to and including a day (days since 1970-01-01), read as the register reads
    /// now. O(facts log facts).
    #[must_use]
    pub fn build(facts: &Facts, register: &Register, as_of_day: i32) -> Self {
        Self::build_with_room(facts, register, as_of_day, 0)
    }

    /// The same with room for so many parties that come later ([`PartyGraph::grown`]).
    #[must_use]
    pub fn build_with_room(facts: &Facts, register: &Register, as_of_day: i32, room: usize) -> Self {
        let known = Known::read(facts, register);
        let (pairs, seats) = gather(facts, &known, as_of_day);
        let reading = Reading::of(facts, &known, &pairs);
        let pairs = standing(pairs);
        let (seats, alone) = with_company(seats, facts.occasions().len());
        let numbering = Numbering::new(&known, &pairs, &seats, facts.occasions(), room);
        let ties = lay_out(&numbering, &pairs, &seats, as_of_day);
        let places = numbering.places(&known, alone);
        Self { ties, as_of_day, reading: reading.with_places(places) }
    }

    /// The day up to which facts count, days since 1970-01-01.
    #[must_use]
    pub const fn as_of_day(&self) -> i32 {
        self.as_of_day
    }
}

/// The parties behind what was written, numbered by id.
struct Known {
    parties: Vec<PartyId>,
    of_written: Vec<Option<u32>>,
}

impl Known {
    fn read(facts: &Facts, register: &Register) -> Self {
        let resolved: Vec<Option<PartyId>> =
            facts.written().iter().map(|party| register.resolve(party)).collect();
        let mut parties: Vec<PartyId> = resolved.iter().flatten().copied().collect();
        parties.sort_unstable();
        parties.dedup();
        let of_written = resolved
            .iter()
            .map(|party| party.and_then(|id| parties.binary_search(&id).ok()).map(count_u32))
            .collect();
        Self { parties, of_written }
    }

    /// The party's id.
    fn id(&self, written: Written) -> Option<PartyId> {
        self.parties.get(self.party(written)? as usize).copied()
    }

    fn party(&self, written: Written) -> Option<u32> {
        self.of_written.get(written as usize).copied().flatten()
    }
}

/// A direct tie of two parties, or the end of one.
#[derive(Debug, Clone, Copy)]
struct Pair {
    a: u32,
    b: u32,
    ended: bool,
    event: Evidence,
}

/// A party at an occasion.
#[derive(Debug, Clone, Copy)]
struct Seat {
    occasion: OccasionIndex,
    party: u32,
    event: Evidence,
}

fn gather(facts: &Facts, known: &Known, as_of_day: i32) -> (Vec<Pair>, Vec<Seat>) {
    let (mut pairs, mut seats) = (Vec::new(), Vec::new());
    for fact in facts.all().iter().filter(|fact| fact.day <= as_of_day) {
        let event = Evidence::new(fact.day, fact.position, fact.tie);
        match fact.ends {
            Ends::Pair(a, b) | Ends::Ended(a, b) => {
                if let (Some(a), Some(b)) = (known.party(a), known.party(b))
                    && a != b
                {
                    let ended = matches!(fact.ends, Ends::Ended(..));
                    pairs.push(Pair { a: a.min(b), b: a.max(b), ended, event });
                }
            }
            Ends::Seat(occasion, party) => {
                if let Some(party) = known.party(party) {
                    seats.push(Seat { occasion, party, event });
                }
            }
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.a, pair.b, pair.event.order()));
    (pairs, by_occasion(seats, facts.occasions().len()))
}

/// Sorts seats by occasion, party and event: dealt out to occasions in one pass, then each by itself.
fn by_occasion(seats: Vec<Seat>, occasions: usize) -> Vec<Seat> {
    let mut next = vec![0_usize; occasions];
    for seat in &seats {
        next.iter_mut().skip(seat.occasion as usize).take(1).for_each(|count| *count += 1);
    }
    let mut start = 0;
    for slot in &mut next {
        start += std::mem::replace(slot, start);
    }
    let mut dealt = seats.clone();
    for seat in seats {
        let slot = next.get_mut(seat.occasion as usize);
        let place = slot.map(|slot| {
            *slot += 1;
            *slot - 1
        });
        if let Some(kept) = place.and_then(|place| dealt.get_mut(place)) {
            *kept = seat;
        }
    }
    for occasion in dealt.chunk_by_mut(|one, next| one.occasion == next.occasion) {
        occasion.sort_unstable_by_key(|seat| (seat.party, seat.event.order()));
    }
    dealt
}

/// Drops the structural ties that ended, and the ends. Sorted by pair and day.
fn standing(pairs: Vec<Pair>) -> Vec<Pair> {
    let mut standing: Vec<Pair> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        if pair.ended {
            let row = standing.partition_point(|other| (other.a, other.b) < (pair.a, pair.b));
            let ended: Vec<Pair> =
                standing.drain(row..).filter(|other| other.event.class != pair.event.class).collect();
            standing.extend(ended);
        } else {
            standing.push(pair);
        }
    }
    standing
}

/// The seats of occasions at which several parties are known, and those of the others.
fn with_company(seats: Vec<Seat>, occasions: usize) -> (Vec<Seat>, Vec<Seat>) {
    let mut first: Vec<Option<u32>> = vec![None; occasions];
    let mut several = vec![false; occasions];
    for seat in &seats {
        let at = seat.occasion as usize;
        if let (Some(first), Some(several)) = (first.get_mut(at), several.get_mut(at)) {
            *several |= *first.get_or_insert(seat.party) != seat.party;
        }
    }
    let company = |seat: &Seat| several.get(seat.occasion as usize).is_some_and(|one| *one);
    seats.into_iter().partition(company)
}

/// Which node a party or an occasion becomes.
struct Numbering {
    parties: Vec<PartyId>,
    established: Node,
    room: usize,
    occasions: Vec<OccasionName>,
    of_party: Vec<Node>,
    /// For each occasion of the facts: its node, or the largest number.
    of_occasion: Vec<Node>,
}

impl Numbering {
    fn new(known: &Known, pairs: &[Pair], seats: &[Seat], names: &[OccasionName], room: usize) -> Self {
        let mut ties = vec![0_u32; known.parties.len()];
        let mut tally = |party: u32| {
            if let Some(ties) = usize::try_from(party).ok().and_then(|at| ties.get_mut(at)) {
                *ties += 1;
            }
        };
        seats.chunk_by(same_seat).filter_map(<[Seat]>::first).for_each(|seat| tally(seat.party));
        for pair in pairs.chunk_by(same_pair).filter_map(<[Pair]>::first) {
            tally(pair.a);
            tally(pair.b);
        }
        let mut order: Vec<usize> =
            (0..ties.len()).filter(|at| ties.get(*at).is_some_and(|ties| *ties > 0)).collect();
        let is_new = |at: &usize| ties.get(*at).is_some_and(|ties| *ties < ESTABLISHED_TIES_MIN);
        order.sort_by_key(is_new);
        let established = count_u32(order.partition_point(|at| !is_new(at)));
        let mut of_party = vec![Node::MAX; ties.len()];
        for (node, at) in order.iter().enumerate() {
            if let Some(slot) = of_party.get_mut(*at) {
                *slot = count_u32(node);
            }
        }
        let parties: Vec<PartyId> = order.iter().filter_map(|at| known.parties.get(*at)).copied().collect();
        let (occasions, of_occasion) = number_occasions(seats, names, parties.len() + room);
        Self { parties, established, room, occasions, of_party, of_occasion }
    }

    fn party(&self, party: u32) -> Node {
        self.of_party.get(party as usize).copied().unwrap_or(Node::MAX)
    }

    fn occasion(&self, occasion: OccasionIndex) -> Option<Node> {
        self.of_occasion.get(occasion as usize).copied().filter(|node| *node != Node::MAX)
    }

    /// Where each occasion of the facts is, with those who were there alone.
    fn places(&self, known: &Known, alone: Vec<Seat>) -> Paged<Place> {
        let mut places: Vec<Place> = self.of_occasion.iter().map(|node| Place::at(*node)).collect();
        for seat in alone {
            let id = known.parties.get(seat.party as usize);
            if let (Some(place), Some(id)) = (places.get_mut(seat.occasion as usize), id) {
                place.add(*id, seat.event);
            }
        }
        places.into_iter().collect()
    }
}

fn number_occasions(seats: &[Seat], names: &[OccasionName], first: usize) -> (Vec<OccasionName>, Vec<Node>) {
    let mut named: Vec<(&OccasionName, OccasionIndex)> = seats
        .chunk_by(|one, next| one.occasion == next.occasion)
        .filter_map(<[Seat]>::first)
        .filter_map(|seat| Some((names.get(seat.occasion as usize)?, seat.occasion)))
        .collect();
    named.sort_unstable();
    let mut nodes = vec![Node::MAX; names.len()];
    for (at, (_, occasion)) in named.iter().enumerate() {
        nodes.iter_mut().skip(*occasion as usize).take(1).for_each(|node| *node = count_u32(first + at));
    }
    (named.into_iter().map(|(name, _)| name.clone()).collect(), nodes)
}

fn same_pair(one: &Pair, next: &Pair) -> bool {
    (one.a, one.b) == (next.a, next.b)
}

fn same_seat(one: &Seat, next: &Seat) -> bool {
    (one.occasion, one.party) == (next.occasion, next.party)
}

fn lay_out(numbering: &Numbering, pairs: &[Pair], seats: &[Seat], as_of_day: i32) -> TieGraph {
    let mut arcs = Vec::new();
    let mut events: Vec<Evidence> = Vec::with_capacity(pairs.len() + seats.len());
    for group in pairs.chunk_by(same_pair) {
        let Some(first) = group.first() else { continue };
        let start = events.len();
        events.extend(group.iter().map(|pair| pair.event));
        let behind = events.get(start..).unwrap_or(&[]);
        let (from, to) = (numbering.party(first.a), numbering.party(first.b));
        arcs.push(NewTie {
            from,
            to,
            weight: pair_weight(behind, as_of_day),
            evidence: count_u32(behind.len()),
        });
    }
    for occasion in seats.chunk_by(|one, next| one.occasion == next.occasion) {
        let Some(node) = occasion.first().and_then(|seat| numbering.occasion(seat.occasion)) else {
            continue;
        };
        let members = occasion.chunk_by(same_seat);
        let weight =
            occasion_weight(members.clone().count(), occasion.iter().map(|seat| &seat.event), as_of_day);
        for group in members {
            let Some(seat) = group.first() else { continue };
            let (from, evidence) = (numbering.party(seat.party), count_u32(group.len()));
            arcs.push(NewTie { from, to: node, weight, evidence });
            events.extend(group.iter().map(|seat| seat.event));
        }
    }
    TieGraph::new(
        numbering.parties.clone(),
        numbering.established,
        numbering.occasions.clone(),
        numbering.room,
        &arcs,
        events,
    )
}

/// What the events between two parties weigh together, each faded since its day.
fn pair_weight(events: &[Evidence], as_of_day: i32) -> f64 {
    events.iter().map(|event| faded(event.tie, as_of_day - event.day)).sum()
}

/// The heaviest tie said of the occasion, faded since its latest event, in a circle of its size.
fn occasion_weight<'a>(
    members: usize,
    events: impl Iterator<Item = &'a Evidence> + Clone,
    as_of_day: i32,
) -> f64 {
    let members = count_u32(members);
    if members > OCCASION_MEMBERS_MAX {
        return 0.0;
    }
    let latest = events.clone().map(|event| event.day).max().unwrap_or(as_of_day);
    let heaviest = events.map(|event| faded(event.tie, as_of_day - latest)).max_by(f64::total_cmp);
    heaviest.unwrap_or(0.0) * libm::pow(f64::from(members.max(2) - 1), SIZE_EXPONENT)
}

/// Weight of a tie so many days old.
fn faded(tie: Tie, age_days: i32) -> f64 {
    let weight = f64::from(tie.weight_milli) / 1000.0;
    match tie.half_life.days() {
        None => weight,
        Some(days) => weight * libm::exp2(-f64::from(age_days) / f64::from(days)),
    }
}
