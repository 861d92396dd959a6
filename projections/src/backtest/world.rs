//! The graph as it stood before a cut, with actors on its nodes.

use jiff::Timestamp;
use jinqiao_events::kinds::activity::AttendanceRecorded;
use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered};
use jinqiao_events::kinds::participation::ParticipationRecorded;
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;

use super::{BacktestError, Seat, Table};
use crate::facts::Facts;
use crate::numbers::{index, number};
use crate::party_graph::PartyGraph;
use crate::rank::survey::Field;
use crate::register::Register;
use crate::signals::background::Background;
use crate::signals::surroundings::Circles;
use crate::tie_graph::Node;

/// The views of all rows before a day.
pub(super) struct Folded {
    facts: Facts,
    register: Register,
    identifiers: Vec<Identifier>,
}

/// The graph as it stood before a cut, with actors on its nodes.
pub(super) struct World {
    pub(super) graph: PartyGraph,
    background: Background,
    node_of: Vec<Option<Node>>,
    pub(super) actor_of: Vec<Option<u32>>,
}

impl World {
    pub(super) fn build(table: &Table<'_>, folded: &Folded, start: i32) -> Self {
        let graph = PartyGraph::build(&folded.facts, &folded.register, start - 1);
        let node_of: Vec<Option<Node>> =
            folded.identifiers.iter().map(|identifier| graph.node(identifier.party_id())).collect();
        let mut actor_of = vec![None; index(graph.party_count())];
        for (actor, node) in node_of.iter().enumerate() {
            if let Some(slot) = node.and_then(|node| actor_of.get_mut(index(node))) {
                *slot = Some(number(actor));
            }
        }
        let said = |attribute: &Vec<Option<u32>>| {
            let of = |actor: &Option<u32>| attribute.get(index((*actor)?)).copied().flatten();
            actor_of.iter().map(of).collect()
        };
        let attributes = table.attributes.iter().map(said).collect();
        let sorts = sorts(table, &graph);
        let background = Background::new(&graph, start - 1, attributes, sorts);
        Self { graph, background, node_of, actor_of }
    }

    pub(super) fn field<'a>(&'a self, circles: &'a Circles) -> Field<'a> {
        Field { graph: &self.graph, background: &self.background, circles }
    }

    pub(super) fn node(&self, actor: u32) -> Option<Node> {
        self.node_of.get(index(actor)).copied().flatten()
    }

    pub(super) fn actor(&self, node: Node) -> Option<u32> {
        self.actor_of.get(index(node)).copied().flatten()
    }
}

/// The sort of every occasion of the graph: its group's kind.
fn sorts(table: &Table<'_>, graph: &PartyGraph) -> Vec<Option<u32>> {
    let mut sorts = Vec::new();
    let mut node = graph.party_count();
    while let Some(occasion) = graph.occasion(node) {
        let group = occasion.key.strip_prefix('g').and_then(|text| text.parse::<u32>().ok());
        sorts.push(group.and_then(|group| table.sort_of.get(index(group))).copied());
        node += 1;
    }
    sorts
}

/// The views of the rows before a day that a graph is made of, folded from events as from the log.
pub(super) fn fold(table: &Table<'_>, before: i32) -> Result<Folded, BacktestError> {
    let identifiers: Vec<Identifier> = (0..table.actors.len())
        .map(|at| Identifier::local("participations", &at.to_string()).map_err(|error| refused(at, &error)))
        .collect::<Result<_, _>>()?;
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
    for (at, seat) in table.seats.iter().enumerate().filter(|(_, seat)| seat.day < before) {
        let Some(identifier) = identifiers.get(index(seat.actor)) else { continue };
        let group = RecordKey::try_from(format!("g{}", seat.group)).map_err(|error| refused(at, &error))?;
        let event = event(seat, group, PartyRef::Party(identifier.party_id()));
        apply(seat.day, event).map_err(|reason| BacktestError::Row { row: at + 1, reason })?;
    }
    Ok(Folded { facts, register, identifiers })
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

/// A row of a kind that counts is a joint undertaking; of another kind, presence at the same occasion.
fn event(seat: &Seat, group: RecordKey, party: PartyRef) -> Event {
    if seat.positive {
        Event::ParticipationRecorded(ParticipationRecorded {
            group,
            party,
            category: None,
            role: None,
            amount: None,
        })
    } else {
        Event::AttendanceRecorded(AttendanceRecorded {
            activity: group,
            organisation: Some(party),
            person: None,
            post: None,
        })
    }
}
