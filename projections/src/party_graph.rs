//! The party graph: everyone who ever met, bought, signed or belonged, as of one day.
//!
//! Parties are nodes; an event with several makes an occasion between them. Loose names that mean no party
//! never tie. Occasions of more than [`OCCASION_MEMBERS_MAX`] parties stay in the graph (they are evidence,
//! and a deal there is a deal), but nobody is introduced because both were in the same stadium: their weight
//! is 0. Building takes one pass over the facts and a few sorts.

use std::collections::BTreeMap;
use std::ops::Deref;

use jinqiao_events::value::ids::PartyId;

use crate::facts::{Ends, Fact, Facts, OccasionIndex, OccasionName, Written};
use crate::register::Register;
use crate::tie_graph::{Arc, Evidence, Node, TieGraph, count_u32};
use crate::ties::Tie;

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
        let known = Known::read(facts, register);
        let (pairs, seats) = gather(facts, &known, as_of_day);
        let pairs = standing(pairs);
        let seats = with_company(seats, facts.occasions().len());
        let numbering = Numbering::new(&known, &pairs, &seats, facts.occasions());
        let ties = lay_out(&numbering, &pairs, &seats, as_of_day);
        Self { ties, as_of_day }
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

    fn party(&self, written: Written) -> Option<u32> {
        self.of_written.get(usize::try_from(written).ok()?).copied().flatten()
    }
}

/// A direct tie of two parties, or the end of one.
#[derive(Debug, Clone, Copy)]
struct Pair {
    a: u32,
    b: u32,
    fact: Fact,
}

/// A party at an occasion.
#[derive(Debug, Clone, Copy)]
struct Seat {
    occasion: OccasionIndex,
    party: u32,
    fact: Fact,
}

fn gather(facts: &Facts, known: &Known, as_of_day: i32) -> (Vec<Pair>, Vec<Seat>) {
    let (mut pairs, mut seats) = (Vec::new(), Vec::new());
    for fact in facts.all().iter().filter(|fact| fact.day <= as_of_day) {
        match fact.ends {
            Ends::Pair(a, b) | Ends::Ended(a, b) => {
                if let (Some(a), Some(b)) = (known.party(a), known.party(b))
                    && a != b
                {
                    pairs.push(Pair { a: a.min(b), b: a.max(b), fact: *fact });
                }
            }
            Ends::Seat(occasion, party) => {
                if let Some(party) = known.party(party) {
                    seats.push(Seat { occasion, party, fact: *fact });
                }
            }
        }
    }
    pairs.sort_unstable_by_key(|pair| {
        (pair.a, pair.b, pair.fact.day, pair.fact.position, pair.fact.tie.class)
    });
    seats.sort_unstable_by_key(|seat| (seat.occasion, seat.party, seat.fact.day, seat.fact.position));
    (pairs, seats)
}

/// Drops the structural ties that ended, and the ends. Sorted by pair and day.
fn standing(pairs: Vec<Pair>) -> Vec<Pair> {
    let mut standing: Vec<Pair> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        match pair.fact.ends {
            Ends::Pair(..) | Ends::Seat(..) => standing.push(pair),
            Ends::Ended(..) => {
                let row = standing.partition_point(|other| (other.a, other.b) < (pair.a, pair.b));
                let ended: Vec<Pair> = standing
                    .drain(row..)
                    .filter(|other| other.fact.tie.class != pair.fact.tie.class)
                    .collect();
                standing.extend(ended);
            }
        }
    }
    standing
}

/// Leaves out the occasions at which only one party is known.
fn with_company(seats: Vec<Seat>, occasions: usize) -> Vec<Seat> {
    let mut first: Vec<Option<u32>> = vec![None; occasions];
    let mut several = vec![false; occasions];
    for seat in &seats {
        let at = usize::try_from(seat.occasion).unwrap_or(usize::MAX);
        if let (Some(first), Some(several)) = (first.get_mut(at), several.get_mut(at)) {
            *several |= *first.get_or_insert(seat.party) != seat.party;
        }
    }
    let company = |seat: &Seat| {
        usize::try_from(seat.occasion).ok().and_then(|at| several.get(at)).is_some_and(|one| *one)
    };
    seats.into_iter().filter(company).collect()
}

/// Which node a party or an occasion becomes.
struct Numbering {
    parties: Vec<PartyId>,
    established: Node,
    occasions: Vec<OccasionName>,
    of_party: Vec<Node>,
    of_occasion: BTreeMap<OccasionIndex, Node>,
}

impl Numbering {
    fn new(known: &Known, pairs: &[Pair], seats: &[Seat], names: &[OccasionName]) -> Self {
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
        let (occasions, of_occasion) = number_occasions(seats, names, parties.len());
        Self { parties, established, occasions, of_party, of_occasion }
    }

    fn party(&self, party: u32) -> Node {
        usize::try_from(party).ok().and_then(|at| self.of_party.get(at)).copied().unwrap_or(Node::MAX)
    }
}

fn number_occasions(
    seats: &[Seat],
    names: &[OccasionName],
    parties: usize,
) -> (Vec<OccasionName>, BTreeMap<OccasionIndex, Node>) {
    let mut named: Vec<(&OccasionName, OccasionIndex)> = seats
        .chunk_by(|one, next| one.occasion == next.occasion)
        .filter_map(<[Seat]>::first)
        .filter_map(|seat| Some((names.get(usize::try_from(seat.occasion).ok()?)?, seat.occasion)))
        .collect();
    named.sort_unstable();
    let nodes =
        named.iter().enumerate().map(|(at, (_, occasion))| (*occasion, count_u32(parties + at))).collect();
    (named.into_iter().map(|(name, _)| name.clone()).collect(), nodes)
}

fn same_pair(one: &Pair, next: &Pair) -> bool {
    (one.a, one.b) == (next.a, next.b)
}

fn same_seat(one: &Seat, next: &Seat) -> bool {
    (one.occasion, one.party) == (next.occasion, next.party)
}

fn lay_out(numbering: &Numbering, pairs: &[Pair], seats: &[Seat], as_of_day: i32) -> TieGraph {
    let mut groups: Vec<(Arc, Vec<Evidence>)> = Vec::new();
    for group in pairs.chunk_by(same_pair) {
        let Some(first) = group.first() else { continue };
        let (a, b) = (numbering.party(first.a), numbering.party(first.b));
        let weight = group.iter().map(|pair| faded(pair.fact.tie, as_of_day - pair.fact.day)).sum();
        let evidence = group.iter().map(|pair| evidence(&pair.fact)).collect();
        groups
            .push((Arc { from: a.min(b), to: a.max(b), weight, evidence: count_u32(group.len()) }, evidence));
    }
    for occasion in seats.chunk_by(|one, next| one.occasion == next.occasion) {
        let Some(node) = occasion.first().and_then(|seat| numbering.of_occasion.get(&seat.occasion)) else {
            continue;
        };
        let weight = occasion_weight(occasion, as_of_day);
        for group in occasion.chunk_by(same_seat) {
            let Some(seat) = group.first() else { continue };
            let arc = Arc {
                from: numbering.party(seat.party),
                to: *node,
                weight,
                evidence: count_u32(group.len()),
            };
            groups.push((arc, group.iter().map(|seat| evidence(&seat.fact)).collect()));
        }
    }
    groups.sort_unstable_by_key(|(arc, _)| (arc.from, arc.to));
    let arcs: Vec<Arc> = groups.iter().map(|(arc, _)| *arc).collect();
    let evidence = groups.into_iter().flat_map(|(_, evidence)| evidence).collect();
    TieGraph::new(
        numbering.parties.clone(),
        numbering.established,
        numbering.occasions.clone(),
        &arcs,
        evidence,
    )
}

/// The heaviest tie said of the occasion, faded since its latest fact, in a circle of its size.
fn occasion_weight(seats: &[Seat], as_of_day: i32) -> f64 {
    let members = count_u32(seats.chunk_by(same_seat).count());
    if members > OCCASION_MEMBERS_MAX {
        return 0.0;
    }
    let latest = seats.iter().map(|seat| seat.fact.day).max().unwrap_or(as_of_day);
    let heaviest = seats.iter().map(|seat| faded(seat.fact.tie, as_of_day - latest)).max_by(f64::total_cmp);
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

fn evidence(fact: &Fact) -> Evidence {
    Evidence { day: fact.day, position: fact.position, class: fact.tie.class, deal: fact.tie.deal }
}
