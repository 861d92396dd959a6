//! Growing: facts appended since the graph was built are laid over it, so that an appended event is in the next
//! answer. What would change how older facts are read is left to building anew: the caller is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use jinqiao_events::kinds::Event;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::party_ref::PartyRef;

use super::{ESTABLISHED_TIES_MIN, Known, Pair, PartyGraph, occasion_weight, pair_weight};
use crate::facts::{Ends, Facts, OccasionIndex, Written};
use crate::paged::Paged;
use crate::register::Register;
use crate::tie_graph::grow::Stirred;
use crate::tie_graph::{Evidence, Node, TieGraph};

/// More facts at once are read faster by building anew, as one part of all so many.
const SHARE_MAX: usize = 50;

/// Whether facts of the log so far may read differently after this event: graphs are then built anew. New names
/// and links are not among them; growing finds out whether a loose name came to mean a party.
#[must_use]
pub const fn reshapes(event: &Event) -> bool {
    matches!(
        event,
        Event::OrgMerged(_)
            | Event::OrgUnmerged(_)
            | Event::OrgClosed(_)
            | Event::ChamberDissolved(_)
            | Event::MemberLeft(_)
            | Event::RoleEnded(_)
            | Event::EventCorrected(_)
            | Event::EventVoided(_)
    )
}

/// How far the facts were read, and what a later reading must agree with.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    facts: usize,
    written: usize,
    /// Loose names, with what they meant.
    loose: Arc<Vec<(Written, Option<PartyId>)>>,
    /// Whether a structural tie was ever ended: later ones may be undone by an end that is dated after them.
    has_ends: bool,
    places: Paged<Place>,
}

/// Where an occasion of the facts is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In the graph.
    At(Node),
    /// Nowhere: at most one party is known to have been there, by these events.
    Alone(Vec<(PartyId, Evidence)>),
}

impl Place {
    pub(super) const fn at(node: Node) -> Self {
        if node == Node::MAX { Self::Alone(Vec::new()) } else { Self::At(node) }
    }

    pub(super) fn add(&mut self, party: PartyId, event: Evidence) {
        if let Self::Alone(seats) = self {
            seats.push((party, event));
        }
    }
}

impl Reading {
    pub(super) fn of(facts: &Facts, known: &Known, pairs: &[Pair]) -> Self {
        let meant = facts.written().iter().zip(0..).map(|(party, at)| (party, at, known.id(at)));
        let loose = meant.filter(|(party, _, meant)| is_loose(party, *meant));
        Self {
            facts: facts.all().len(),
            written: facts.written().len(),
            loose: Arc::new(loose.map(|(_, at, meant)| (at, meant)).collect()),
            has_ends: pairs.iter().any(|pair| pair.ended),
            places: Paged::default(),
        }
    }

    pub(super) fn with_places(self, places: Paged<Place>) -> Self {
        Self { places, ..self }
    }

    /// Notes the loose names that came since.
    fn read_names(&mut self, facts: &Facts, register: &Register) {
        let new = facts.written().iter().zip(0..).skip(self.written);
        let meant = new.map(|(party, at)| (party, at, register.resolve(party)));
        let loose = meant.filter(|(party, _, meant)| is_loose(party, *meant));
        let read: Vec<_> = loose.map(|(_, at, meant)| (at, meant)).collect();
        if !read.is_empty() {
            Arc::make_mut(&mut self.loose).extend(read);
        }
        self.written = facts.written().len();
    }

    /// Whether every loose name means what it meant.
    fn holds(&self, facts: &Facts, register: &Register) -> bool {
        self.loose.iter().all(|(written, meant)| resolved(facts, register, *written) == *meant)
    }
}

/// Whether a reference may come to mean another party without a merge.
const fn is_loose(written: &PartyRef, meant: Option<PartyId>) -> bool {
    matches!(written, PartyRef::Name(_)) || meant.is_none()
}

fn resolved(facts: &Facts, register: &Register, written: Written) -> Option<PartyId> {
    register.resolve(facts.written().get(written as usize)?)
}

/// New facts, by what they concern.
#[derive(Debug, Default)]
struct News {
    pairs: BTreeMap<(PartyId, PartyId), Vec<Evidence>>,
    seats: BTreeMap<OccasionIndex, BTreeMap<PartyId, Vec<Evidence>>>,
}

impl PartyGraph {
    /// The graph with the facts laid over that were appended since it was built or last grown; nothing when it
    /// has to be built anew: older facts read differently, there is no room for new parties, or so much is new
    /// that building is faster. The caller makes sure that no event since then [`reshapes`] the readings.
    /// O(what the new facts touch).
    #[must_use]
    pub fn grown(&self, facts: &Facts, register: &Register) -> Option<Self> {
        let new = facts.all().get(self.reading.facts..)?;
        let too_much = new.len() > 64 + self.reading.facts / SHARE_MAX;
        if too_much || !self.reading.holds(facts, register) {
            return None;
        }
        let news = self.news(facts, register)?;
        let mut grown = self.clone();
        grown.reading.read_names(facts, register);
        grown.reading.facts = facts.all().len();
        for _ in grown.reading.places.len()..facts.occasions().len() {
            grown.reading.places.push(Place::Alone(Vec::new()));
        }
        let mut stirred = Stirred::default();
        for ((a, b), events) in news.pairs {
            grown.tie(a, b, events, &mut stirred)?;
        }
        for (occasion, guests) in news.seats {
            grown.seat(facts, occasion, guests, &mut stirred)?;
        }
        grown.ties.settle(stirred, ESTABLISHED_TIES_MIN as usize);
        Some(grown)
    }

    fn news(&self, facts: &Facts, register: &Register) -> Option<News> {
        let mut news = News::default();
        let new = facts.all().get(self.reading.facts..)?;
        for fact in new.iter().filter(|fact| fact.day <= self.as_of_day) {
            let event = Evidence::new(fact.day, fact.position, fact.tie);
            match fact.ends {
                Ends::Ended(..) => return None,
                Ends::Pair(a, b) => {
                    let (a, b) = (resolved(facts, register, a), resolved(facts, register, b));
                    let Some((a, b)) = a.zip(b).filter(|(a, b)| a != b) else { continue };
                    if self.reading.has_ends && fact.tie.half_life.days().is_none() {
                        return None;
                    }
                    news.pairs.entry((a.min(b), a.max(b))).or_default().push(event);
                }
                Ends::Seat(occasion, party) => {
                    if let Some(party) = resolved(facts, register, party) {
                        news.seats.entry(occasion).or_default().entry(party).or_default().push(event);
                    }
                }
            }
        }
        Some(news)
    }

    fn tie(&mut self, a: PartyId, b: PartyId, events: Vec<Evidence>, stirred: &mut Stirred) -> Option<()> {
        let (a, b) = (self.ties.node_or_new(a)?, self.ties.node_or_new(b)?);
        let events = together(self.ties.evidence(a, b), events);
        let weight = pair_weight(&events, self.as_of_day);
        self.ties.set_pair(a, b, weight, events, stirred);
        Some(())
    }

    fn seat(
        &mut self,
        facts: &Facts,
        occasion: OccasionIndex,
        mut guests: BTreeMap<PartyId, Vec<Evidence>>,
        stirred: &mut Stirred,
    ) -> Option<()> {
        let at = occasion as usize;
        let node = match self.reading.places.get(at)? {
            Place::At(node) => *node,
            Place::Alone(seats) => {
                for (party, event) in seats {
                    guests.entry(*party).or_default().push(*event);
                }
                if guests.len() < 2 {
                    let alone = guests
                        .into_iter()
                        .flat_map(|(party, events)| events.into_iter().map(move |event| (party, event)));
                    let alone = alone.collect();
                    self.reading.places.set(at, Place::Alone(alone));
                    return Some(());
                }
                let node = self.ties.new_occasion(facts.occasions().get(at)?.clone());
                self.reading.places.set(at, Place::At(node));
                node
            }
        };
        let mut seated = Vec::with_capacity(guests.len());
        for (party, events) in guests {
            let guest = self.ties.node_or_new(party)?;
            seated.push((guest, together(self.ties.evidence(guest, node), events)));
        }
        let as_of_day = self.as_of_day;
        self.ties.seat(node, seated, |ties, node| weigh(ties, node, as_of_day), stirred);
        Some(())
    }
}

/// What an occasion weighs, by the events of all who were there.
fn weigh(ties: &TieGraph, occasion: Node, as_of_day: i32) -> f64 {
    let events = || ties.ties_with_evidence(occasion).flat_map(|(_, events)| events);
    let members = ties.degree(occasion);
    let events: Vec<&Evidence> =
        if members > super::OCCASION_MEMBERS_MAX as usize { Vec::new() } else { events().collect() };
    occasion_weight(members, events.into_iter(), as_of_day)
}

/// Old and new events of one tie, in their order.
fn together(old: &[Evidence], new: Vec<Evidence>) -> Vec<Evidence> {
    let mut events = new;
    events.extend_from_slice(old);
    events.sort_unstable_by_key(Evidence::order);
    events
}

#[cfg(test)]
mod tests;
