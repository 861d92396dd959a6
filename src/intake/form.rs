//! What a form is: the tables that a file of it may hold, and how a row of one becomes events.

use std::collections::BTreeSet;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::log::Log;
use jinqiao_events::people::PersonSeen;
use jinqiao_events::value::ids::PersonId;
use jinqiao_events::value::name::{self, OrgName};
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::Value;

use super::heading::Column;
use super::line::{Line, Page, RowFault};
use super::{
    chambers::Chambers, claims::Claims, delegations::Delegations, enterprises::Enterprises,
    projects::Projects, purchases::Purchases, sign_in::SignIn, visits::Visits, welfare::Welfare,
};

/// The form of that name. `None` for participations, which are not read into memory
/// ([`super::participations`]). Adding a form is its file, its name in the vocabulary and one line here.
pub(super) fn of(form: ImportForm) -> Option<Box<dyn Form>> {
    Some(match form {
        ImportForm::Enterprises => Box::<Enterprises>::default(),
        ImportForm::Chambers => Box::<Chambers>::default(),
        ImportForm::SignIn => Box::<SignIn>::default(),
        ImportForm::Purchases => Box::<Purchases>::default(),
        ImportForm::Projects => Box::<Projects>::default(),
        ImportForm::Delegations => Box::<Delegations>::default(),
        ImportForm::Visits => Box::<Visits>::default(),
        ImportForm::Welfare => Box::<Welfare>::default(),
        ImportForm::Claims => Box::<Claims>::default(),
        ImportForm::Participations => return None,
    })
}

/// The name of a form: what `--as` says, and the first part of every key.
pub(super) const fn name_of(form: ImportForm) -> &'static str {
    match form {
        ImportForm::Enterprises => "enterprises",
        ImportForm::Chambers => "chambers",
        ImportForm::SignIn => "sign-in",
        ImportForm::Purchases => "purchases",
        ImportForm::Projects => "projects",
        ImportForm::Delegations => "delegations",
        ImportForm::Visits => "visits",
        ImportForm::Welfare => "welfare",
        ImportForm::Claims => "claims",
        ImportForm::Participations => "participations",
    }
}

/// Columns that make a table. The first is blamed where nothing else is to blame.
pub(super) type Table = &'static [&'static Column];

/// A form of office file.
pub(super) trait Form {
    /// The tables that a file may hold, in the order in which they are to be recorded.
    fn tables(&self) -> &'static [Table];

    /// What a sheet says above its rows, as an entry of its own.
    fn open(&mut self, _page: &Page, _context: &Context<'_>) -> Result<Option<Entry>, RowFault> {
        Ok(None)
    }

    /// Reads a row of the table of that index.
    fn read(&mut self, table: usize, line: Line<'_>, context: &Context<'_>) -> Result<Reading, RowFault>;

    /// Takes the events of a row that stand in the log, added now or before, into the figures.
    fn tally(&mut self, events: &[Event]);

    /// The figures of the file as it stands in the log.
    fn totals(&self, register: &Register) -> Vec<(&'static str, Value)>;
}

/// What a form may look up while it reads.
pub(super) struct Context<'a> {
    pub(super) register: &'a Register,
    pub(super) log: &'a dyn Log,
}

/// What a row says once the ids of its persons are known.
pub(super) type Build = Box<dyn FnOnce(&[PersonId]) -> Entry>;

/// A row that was read.
pub(super) struct Reading {
    /// The persons that it names, whose ids the entry asks for in this order.
    pub(super) persons: Vec<PersonSeen>,
    pub(super) build: Build,
    pub(super) remarks: Vec<Remark>,
}

impl Reading {
    /// A row that names no person.
    pub(super) fn of(entry: Entry) -> Self {
        Self { persons: Vec::new(), build: Box::new(|_| entry), remarks: Vec::new() }
    }
}

/// Something noticed on a row that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) column: &'static Column,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Remark {
    pub(super) fn new(column: &'static Column, code: &'static str, message: impl Into<String>) -> Self {
        Self { column, code, message: message.into() }
    }

    pub(super) fn unreadable_phone(column: &'static Column) -> Self {
        Self::new(column, "person_bad_phone", "联系电话读不出完整号码，未记入；请把该列设为文本格式后重填")
    }
}

/// What a row becomes: events that are recorded together.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Entry {
    /// What the row is about: a row with the key of an earlier row repeats it.
    pub(super) key: String,
    pub(super) items: Vec<Item>,
    /// Fields of the events and the columns that they were read from.
    pub(super) fields: &'static [(&'static str, &'static Column)],
    /// Names that the row gives and no event could carry.
    pub(super) unknown: Vec<String>,
}

impl Entry {
    /// The names of the row that mean no registered party, each once.
    pub(super) fn unlinked(&self, register: &Register) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.unknown.iter().cloned().collect();
        for item in &self.items {
            item.event.each_party(&mut |party| {
                if let PartyRef::Name(name) = party {
                    names.insert(name.as_str().to_owned());
                }
            });
        }
        names.retain(|name| {
            let reference = name.parse::<OrgName>().map(PartyRef::Name);
            !reference.is_ok_and(|reference| register.resolve(&reference).is_some())
        });
        names
    }
}

/// One event of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// The natural key of the event within its form. It never holds a name or phone of a person.
    pub(super) key: String,
    pub(super) event: Event,
    pub(super) occurred: Occurred,
    /// True when the date is that of the file: a later edition of the file says the same again.
    pub(super) is_dated_by_file: bool,
    /// True when the row stands without this event.
    pub(super) is_optional: bool,
    /// Programmes that it belongs to.
    pub(super) programmes: Vec<String>,
}

impl Item {
    pub(super) fn new(key: impl Into<String>, event: impl Into<Event>, occurred: Occurred) -> Self {
        Self {
            key: key.into(),
            event: event.into(),
            occurred,
            is_dated_by_file: false,
            is_optional: false,
            programmes: Vec::new(),
        }
    }

    pub(super) fn dated_by_file(self) -> Self {
        Self { is_dated_by_file: true, ..self }
    }

    pub(super) fn of_programmes(self, programmes: &[String]) -> Self {
        Self { programmes: programmes.to_vec(), ..self }
    }

    pub(super) fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }
}

/// What distinguishes one party reference from another in a count of 家: the party, or the name as compared.
pub(super) fn face(party: &PartyRef, register: &Register) -> String {
    register.resolve(party).map_or_else(|| name::normalise(&party.to_string()), |id| id.to_string())
}
