//! A town for tests: events said one by one, in the order of the log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jinqiao_events::kinds::Kind;
use jinqiao_events::log::Recorded;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::{EventId, PartyId};
use jinqiao_events::value::occurred::Occurred;
use serde_json::{Value, json};

use crate::views::Views;

/// Events and the parties that they register.
#[derive(Debug, Clone, Default)]
pub(crate) struct Town {
    pub(crate) events: Vec<Recorded>,
    parties: BTreeMap<String, PartyId>,
}

impl Town {
    pub(crate) fn day(text: &str) -> i32 {
        text.parse::<Occurred>().unwrap().day_number()
    }

    pub(crate) fn say(&mut self, kind: &str, occurred: &str, body: &Value) -> u64 {
        let kind = Kind::from_name(kind).unwrap();
        let position = u64::try_from(self.events.len()).unwrap() + 1;
        self.events.push(Recorded {
            position,
            id: EventId::from_moment(position, [0; 10]),
            occurred: occurred.parse().unwrap(),
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_by: None,
            programmes: Vec::new(),
            event: kind.decode(kind.version(), &body.to_string()).unwrap(),
        });
        position
    }

    fn register(&mut self, name: &str, full: &str, kind: &str) -> PartyId {
        let identifier = Identifier::local("town", name).unwrap();
        let id = identifier.party_id();
        self.parties.insert(name.to_owned(), id);
        self.say("org_registered", "2010", &json!({"name": full, "kind": kind, "identifier": identifier}));
        id
    }

    pub(crate) fn enterprise(&mut self, name: &str) -> PartyId {
        self.register(name, &format!("{name}公司"), "enterprise")
    }

    pub(crate) fn chamber(&mut self, name: &str) -> PartyId {
        self.register(name, &format!("{name}商会"), "chamber")
    }

    pub(crate) fn party(&self, name: &str) -> PartyId {
        self.parties[name]
    }

    pub(crate) fn salon(&mut self, key: &str, occurred: &str, guests: &[PartyId]) {
        for guest in guests {
            self.say("attendance_recorded", occurred, &json!({"activity": key, "organisation": guest}));
        }
    }

    pub(crate) fn undertaking(&mut self, key: &str, occurred: &str, parties: &[PartyId]) {
        for party in parties {
            self.say("participation_recorded", occurred, &json!({"group": key, "party": party}));
        }
    }

    pub(crate) fn purchase(&mut self, occurred: &str, buyer: PartyId, seller: PartyId) -> u64 {
        let body = json!({"buyer": buyer, "seller": seller, "amount": "10万元"});
        self.say("member_purchase_made", occurred, &body)
    }

    pub(crate) fn join(&mut self, occurred: &str, chamber: PartyId, member: PartyId) -> u64 {
        self.say("member_joined", occurred, &json!({"chamber": chamber, "member": member, "level": "member"}))
    }

    pub(crate) fn leave(&mut self, occurred: &str, chamber: PartyId, member: PartyId) {
        self.say("member_left", occurred, &json!({"chamber": chamber, "member": member}));
    }

    pub(crate) fn avoid(&mut self, a: PartyId, b: PartyId) -> u64 {
        self.say("do_not_introduce_set", "2019-01-01", &json!({"a": a, "b": b, "reason": "纠纷"}))
    }

    pub(crate) fn views(&self) -> Views {
        Views::fold(&self.events)
    }

    /// The same events in another order, registrations first.
    pub(crate) fn shuffled(&self, mut keys: impl FnMut() -> u64) -> Self {
        let mut town = self.clone();
        let first = town.parties.len();
        let mut rest: Vec<(u64, Recorded)> =
            town.events.split_off(first).into_iter().map(|e| (keys(), e)).collect();
        rest.sort_by_key(|(key, _)| *key);
        town.events.extend(rest.into_iter().map(|(_, event)| event));
        for (at, event) in town.events.iter_mut().enumerate() {
            event.position = u64::try_from(at).unwrap() + 1;
        }
        town
    }

    /// A town of ten enterprises and four chambers where these things happened: sort, day, who and with whom.
    pub(crate) fn of(things: &[(u8, u8, u8, u8)]) -> Self {
        let mut town = Self::default();
        let enterprises: Vec<PartyId> = (0..10).map(|at| town.enterprise(&format!("企{at}"))).collect();
        let chambers: Vec<PartyId> = (0..4).map(|at| town.chamber(&format!("会{at}"))).collect();
        for (sort, day, one, other) in things {
            let occurred = format!("2019-{:02}-{:02}", day % 12 + 1, day % 28 + 1);
            let (a, b) = (enterprises[usize::from(one % 10)], enterprises[usize::from(other % 10)]);
            let chamber = chambers[usize::from(other % 4)];
            match sort % 5 {
                0 => town.salon(&format!("沙龙{}", other % 6), &occurred, &[a]),
                1 => town.undertaking(&format!("项目{}", other % 6), &occurred, &[a]),
                2 if a != b => drop(town.purchase(&occurred, a, b)),
                3 => town.salon(&format!("沙龙{}", one % 6), &occurred, &[chamber]),
                _ => drop(town.join(&occurred, chamber, a)),
            }
        }
        town
    }
}
