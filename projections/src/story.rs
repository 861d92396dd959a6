//! Logs for tests, told event by event.

use jinqiao_events::kinds::Kind;
use jinqiao_events::log::{Position, Recorded};
use jinqiao_events::value::{ids::EventId, ids::PartyId, party_ref::PartyRef};
use serde_json::{Value, json};

use crate::views::Views;

/// A log being told.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) events: Vec<Recorded>,
}

impl Story {
    /// Tells one event that happened on a day; its position follows.
    pub(crate) fn tell_on(&mut self, occurred: &str, kind: &str, body: &Value) -> Position {
        self.tell_of(&[], occurred, kind, body)
    }

    /// The same, as part of programmes.
    pub(crate) fn tell_of(
        &mut self,
        programmes: &[&str],
        occurred: &str,
        kind: &str,
        body: &Value,
    ) -> Position {
        let kind = Kind::from_name(kind).unwrap();
        let position = u64::try_from(self.events.len()).unwrap() + 1;
        self.events.push(Recorded {
            position,
            id: event_id(position),
            occurred: occurred.parse().unwrap(),
            recorded_at: "2020-06-01T00:00:00Z".parse().unwrap(),
            recorded_by: None,
            programmes: programmes.iter().map(|name| (*name).to_owned()).collect(),
            event: kind.decode(kind.version(), &body.to_string()).unwrap(),
        });
        position
    }

    /// Tells one event.
    pub(crate) fn tell(&mut self, kind: &str, body: &Value) -> Position {
        self.tell_on("2020-05-17", kind, body)
    }

    /// Registers a party under a local code.
    pub(crate) fn register(&mut self, code: &str, name: &str, kind: &str) -> PartyId {
        self.tell(
            "org_registered",
            &json!({"name": name, "kind": kind, "identifier": format!("local:t/{code}")}),
        );
        party(code)
    }

    pub(crate) fn views(&self) -> Views {
        Views::fold(&self.events)
    }
}

/// The id of the event at a position.
pub(crate) fn event_id(position: Position) -> EventId {
    EventId::from_moment(position, [7; 10])
}

/// The id of the party registered under a local code.
pub(crate) fn party(code: &str) -> PartyId {
    let PartyRef::Identifier(identifier) = format!("local:t/{code}").parse().unwrap() else {
        panic!("no identifier")
    };
    identifier.party_id()
}
