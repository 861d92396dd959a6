//! Pair task: rows become events, events become views, and the ranker of match lists answers every query.

use std::thread;

use jiff::Timestamp;
use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered};
use jinqiao_events::kinds::participation::ParticipationRecorded;
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;

use super::{Answered, BacktestError, Outcome, Split, Table, falling, gather, index, metrics::float, number};
use crate::facts::Facts;
use crate::party_graph::PartyGraph;
use crate::rank::blend::{self, AMONG_PARTIES};
use crate::register::Register;
use crate::tie_graph::{Node, walk::Scratch};

pub(super) fn answer(
    table: &Table<'_>,
    split: &Split,
    listed: Option<&[String]>,
) -> Result<Outcome, BacktestError> {
    let people = People::read(table, split.min_groups);
    let with_positive: Vec<u32> =
        people.candidates.iter().copied().filter(|actor| !people.positives(*actor).is_empty()).collect();
    let queries = table.queries(&with_positive, listed, split.max_queries);
    let world = World::build(table)?;
    let answered = answer_all(&queries, &people, &world);
    Ok(Outcome { answered, candidates: people.candidates.len(), cold_start: Some(people.cold_start()) })
}

/// Who may ask and be offered, who knew whom, and who met whom afterwards. All lists ascend.
struct People {
    candidates: Vec<u32>,
    groups_of: Vec<Vec<u32>>,
    members_of: Vec<Vec<u32>>,
    later_groups_of: Vec<Vec<u32>>,
    later_members_of: Vec<Vec<u32>>,
}

impl People {
    fn read(table: &Table<'_>, min_groups: usize) -> Self {
        let (actors, groups) = (table.actors.len(), table.groups.len());
        let all = gather(table.history().map(|row| (row.2, row.1)), groups);
        let several =
            |row: &(i32, u32, u32, bool)| all.get(index(row.2)).is_some_and(|members| members.len() >= 2);
        let counted = gather(table.history().filter(several).map(|row| (row.1, row.2)), actors);
        let enough =
            |actor: &u32| counted.get(index(*actor)).is_some_and(|groups| groups.len() >= min_groups);
        let positive = || table.history().filter(|row| row.3);
        Self {
            candidates: (0..number(actors)).filter(enough).collect(),
            groups_of: gather(positive().map(|row| (row.1, row.2)), actors),
            members_of: gather(positive().map(|row| (row.2, row.1)), groups),
            later_groups_of: gather(table.future(), actors),
            later_members_of: gather(table.future().map(|(actor, group)| (group, actor)), groups),
        }
    }

    /// Everyone with whom the actor shared a positive group before the cut.
    fn known(&self, actor: u32) -> Vec<u32> {
        company(actor, &self.groups_of, &self.members_of)
    }

    /// The candidates with whom it shares one for the first time afterwards.
    fn positives(&self, actor: u32) -> Vec<u32> {
        let known = self.known(actor);
        let mut new = company(actor, &self.later_groups_of, &self.later_members_of);
        new.retain(|other| {
            known.binary_search(other).is_err() && self.candidates.binary_search(other).is_ok()
        });
        new
    }

    /// Which part of all new pairs has a side that is no candidate.
    fn cold_start(&self) -> f64 {
        let (mut all, mut warm) = (0, 0);
        for actor in 0..number(self.later_groups_of.len()) {
            let known = self.known(actor);
            let is_candidate = |one: &u32| self.candidates.binary_search(one).is_ok();
            let new = company(actor, &self.later_groups_of, &self.later_members_of)
                .into_iter()
                .filter(|other| known.binary_search(other).is_err());
            for other in new {
                all += 1;
                warm += usize::from(is_candidate(&actor) && is_candidate(&other));
            }
        }
        if all == 0 { 0.0 } else { 1.0 - float(warm) / float(all) }
    }
}

/// Everyone but the actor in the actor's groups, ascending.
fn company(actor: u32, groups_of: &[Vec<u32>], members_of: &[Vec<u32>]) -> Vec<u32> {
    let groups = groups_of.get(index(actor)).map_or(&[][..], Vec::as_slice);
    let mut company: Vec<u32> = groups
        .iter()
        .filter_map(|group| members_of.get(index(*group)))
        .flatten()
        .copied()
        .filter(|other| *other != actor)
        .collect();
    company.sort_unstable();
    company.dedup();
    company
}

/// The graph as it stood before the cut, with actors on its nodes.
struct World {
    graph: PartyGraph,
    node_of: Vec<Option<Node>>,
    actor_of: Vec<Option<u32>>,
}

impl World {
    fn build(table: &Table<'_>) -> Result<Self, BacktestError> {
        let identifiers: Vec<Identifier> = (0..table.actors.len())
            .map(|at| {
                Identifier::local("participations", &at.to_string()).map_err(|error| refused(at, &error))
            })
            .collect::<Result<_, _>>()?;
        let (facts, register) = fold(table, &identifiers)?;
        let graph = PartyGraph::build(&facts, &register, table.start - 1);
        let node_of: Vec<Option<Node>> =
            identifiers.iter().map(|identifier| graph.node(identifier.party_id())).collect();
        let mut actor_of = vec![None; index(graph.party_count())];
        for (actor, node) in node_of.iter().enumerate() {
            if let Some(slot) = node.and_then(|node| actor_of.get_mut(index(node))) {
                *slot = Some(number(actor));
            }
        }
        Ok(Self { graph, node_of, actor_of })
    }
}

/// The views of the rows before the cut that a graph is made of, folded from events as from the log.
fn fold(table: &Table<'_>, identifiers: &[Identifier]) -> Result<(Facts, Register), BacktestError> {
    let (mut facts, mut register) = (Facts::default(), Register::default());
    let mut position: Position = 0;
    let mut apply = |day: i32, event: Event| -> Result<(), String> {
        position += 1;
        let recorded = recorded(position, day, event)?;
        facts.apply(&recorded);
        register.apply(&recorded);
        Ok(())
    };
    for (at, identifier) in identifiers.iter().enumerate() {
        apply(0, registered(at, identifier)).map_err(|reason| BacktestError::Row { row: at + 1, reason })?;
    }
    for (at, (day, actor, group, _)) in table.history().enumerate() {
        let Some(identifier) = identifiers.get(index(actor)) else {
            continue;
        };
        let event = RecordKey::try_from(format!("g{group}")).map_err(|error| refused(at, &error))?;
        let event = participation(event, PartyRef::Party(identifier.party_id()));
        apply(day, event).map_err(|reason| BacktestError::Row { row: at + 1, reason })?;
    }
    Ok((facts, register))
}

fn refused(at: usize, error: &dyn std::fmt::Display) -> BacktestError {
    BacktestError::Row { row: at + 1, reason: error.to_string() }
}

fn recorded(position: Position, day: i32, event: Event) -> Result<Recorded, String> {
    let date =
        jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).map_err(|e| e.to_string())?;
    Ok(Recorded {
        position,
        id: EventId::from_moment(position, [0; 10]),
        occurred: Occurred::day(date).map_err(|error| error.to_string())?,
        recorded_at: Timestamp::UNIX_EPOCH,
        recorded_by: None,
        programmes: Vec::new(),
        event,
    })
}

fn registered(at: usize, identifier: &Identifier) -> Event {
    Event::OrgRegistered(OrgRegistered {
        name: format!("actor {at}"),
        kind: OrgKind::Enterprise,
        identifier: identifier.clone(),
        region: None,
        industry: None,
        short_names: Vec::new(),
        chamber_type: None,
        home_place: None,
        products: Vec::new(),
    })
}

fn participation(group: RecordKey, party: PartyRef) -> Event {
    Event::ParticipationRecorded(ParticipationRecorded {
        group,
        party,
        category: None,
        role: None,
        amount: None,
    })
}

/// Answers the queries on all processors, in their order.
fn answer_all(queries: &[u32], people: &People, world: &World) -> Vec<Answered> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = queries.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = queries
            .chunks(share)
            .map(|part| {
                scope.spawn(move || {
                    let mut scratch = Scratch::default();
                    part.iter()
                        .map(|query| answer_one(*query, people, world, &mut scratch))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    })
}

fn answer_one(query: u32, people: &People, world: &World, scratch: &mut Scratch) -> Answered {
    let known = people.known(query);
    let is_valid = |actor: &u32| *actor != query && known.binary_search(actor).is_err();
    let mut allowed = vec![false; world.actor_of.len()];
    for actor in people.candidates.iter().filter(|actor| is_valid(actor)) {
        let node = world.node_of.get(index(*actor)).copied().flatten();
        if let Some(slot) = node.and_then(|node| allowed.get_mut(index(node))) {
            *slot = true;
        }
    }
    let allows = |node: Node| allowed.get(index(node)).copied().unwrap_or(false);
    let node = world.node_of.get(index(query)).copied().flatten();
    let scored =
        node.map(|node| blend::blend(&world.graph, AMONG_PARTIES, node, &allows, usize::MAX, scratch).scored);
    let actor = |node: Node| world.actor_of.get(index(node)).copied().flatten();
    let mut ranked: Vec<(u32, i64)> = scored
        .unwrap_or_default()
        .iter()
        .filter_map(|scored| Some((actor(scored.node)?, scored.score_micro)))
        .collect();
    falling(&mut ranked);
    let valid = people.candidates.iter().filter(|actor| is_valid(actor)).count();
    Answered { query, ranked, positives: people.positives(query), valid }
}
