//! Given, when, then: a scenario of the rules with one type a step, so that a step left out does not compile.
//!
//! The n-th event given has the id [`id`]`(n)`, counted from 1: that is how a story refers to its own events.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Draft, Refusal, Roll, Rules};
use crate::kinds::{Event, Kind};
use crate::log::Recorded;
use crate::value::ids::{EventId, PersonId};

/// What was recorded before; every event of it passed the rules.
#[must_use = "a scenario needs its `when`"]
pub(crate) struct Given {
    rules: Rules,
    count: u128,
}

/// What the rules answered.
#[must_use = "a scenario needs its `then_recorded` or `then_refused`"]
pub(crate) struct When {
    answer: Result<Draft, Refusal>,
}

/// Starts a story with the events that were recorded, in order.
pub(crate) fn given(story: impl IntoIterator<Item = Event>) -> Given {
    let mut given = Given { rules: Rules::default(), count: 0 };
    for event in story {
        given.count += 1;
        let draft = draft(id(given.count), event);
        given.rules.decide(draft, Timestamp::UNIX_EPOCH).expect("a story tells what may be said");
    }
    given
}

impl Given {
    /// Somebody wants to record this event.
    pub(crate) fn when(self, event: Event) -> When {
        let id = id(self.count + 1);
        self.when_draft(draft(id, event))
    }

    /// Somebody wants to record this event with this header.
    pub(crate) fn when_draft(self, draft: Draft) -> When {
        When::asked(self.rules, draft)
    }

    /// Only the register, as the story leaves it.
    pub(crate) fn roll(&self) -> &Roll {
        self.rules.roll()
    }

    /// Only the rules, as the story leaves them.
    pub(crate) fn into_rules(self) -> Rules {
        self.rules
    }
}

impl When {
    /// What rules with a story of their own answer to a draft.
    pub(crate) fn asked(mut rules: Rules, draft: Draft) -> Self {
        Self { answer: rules.decide(draft, Timestamp::UNIX_EPOCH) }
    }

    /// It may be said; `check` looks at the event as it is recorded.
    pub(crate) fn then_recorded(self, check: impl FnOnce(Event)) {
        check(self.answer.expect("recorded").event);
    }

    /// It may not be said, for this reason, said in both languages.
    pub(crate) fn then_refused(self, code: &str) {
        self.then_refused_at(code, "");
    }

    /// It may not be said, for this reason, at this place.
    pub(crate) fn then_refused_at(self, code: &str, pointer: &str) {
        let refusal = self.answer.expect_err("refused");
        assert_eq!(refusal.code, code, "{refusal}");
        assert!(pointer.is_empty() || refusal.pointer == pointer, "{refusal}");
        assert!(refusal.zh.contains(|c: char| !c.is_ascii()) && !refusal.en.is_empty(), "{refusal:?}");
    }
}

/// The id of the n-th event of a story.
pub(crate) fn id(n: u128) -> EventId {
    EventId::new(Uuid::from_u128(n))
}

/// A person.
pub(crate) fn person(n: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(n))
}

/// A draft without anything beside its event.
pub(crate) fn draft(id: EventId, event: Event) -> Draft {
    Draft {
        id,
        event,
        occurred: "2018-08-16".parse().unwrap(),
        key: None,
        source: None,
        programmes: Vec::new(),
        recorded_by: None,
        organisation: None,
    }
}

/// The draft as the log hands it back.
pub(crate) fn recorded(draft: &Draft) -> Recorded {
    Recorded {
        position: 0,
        id: draft.id,
        occurred: draft.occurred,
        recorded_at: Timestamp::UNIX_EPOCH,
        recorded_by: None,
        programmes: Vec::new(),
        event: draft.event.clone(),
    }
}

/// An event from the name of its kind and its body as JSON.
pub(crate) fn event(kind: &str, body: &str) -> Event {
    let kind = Kind::from_name(kind).expect("a kind of the vocabulary");
    kind.decode(kind.version(), body).unwrap_or_else(|error| panic!("{kind}: {error}"))
}

/// How the party with this code is referred to.
pub(crate) fn org(code: &str) -> String {
    format!("local:t/{code}")
}

/// An enterprise enters the register, by the name `企业<code>`.
pub(crate) fn enterprise(code: &str) -> Event {
    registered("enterprise", &format!("企业{code}"), code)
}

/// A chamber enters the register, by the name `商会<code>`.
pub(crate) fn chamber(code: &str) -> Event {
    registered("chamber", &format!("商会{code}"), code)
}

/// A party enters the register.
pub(crate) fn registered(kind: &str, name: &str, code: &str) -> Event {
    event("org_registered", &format!(r#"{{"name":"{name}","kind":"{kind}","identifier":"{}"}}"#, org(code)))
}

/// A party joins a chamber.
pub(crate) fn joined(chamber: &str, member: &str) -> Event {
    between("member_joined", ("chamber", chamber), ("member", member))
}

/// One entry is merged into another.
pub(crate) fn merged(from: &str, into: &str) -> Event {
    event("org_merged", &format!(r#"{{"from":"{}","into":"{}","reason":"同一主体"}}"#, org(from), org(into)))
}

/// A merge is taken back.
pub(crate) fn unmerged(from: &str, into: &str) -> Event {
    between("org_unmerged", ("from", from), ("into", into))
}

/// An event of two registered parties and nothing else.
pub(crate) fn between(kind: &str, one: (&str, &str), other: (&str, &str)) -> Event {
    event(kind, &format!(r#"{{"{}":"{}","{}":"{}"}}"#, one.0, org(one.1), other.0, org(other.1)))
}
