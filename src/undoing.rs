//! Imports as they stand in the log, and taking one back (撤销导入): every event that it added is voided, newest first,
//! and what others recorded on top of it is listed. Nothing is deleted, and the same file can be imported again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use jinqiao_events::clock;
use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::correction::{EventVoided, FileImported, ImportForm};
use jinqiao_events::kinds::{Body, Event, Kind, Tag};
use jinqiao_events::log::{APPEND_MAX_BYTES, APPEND_MAX_EVENTS, Direction, Position, Query, Stored};
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use serde::Serialize;

use crate::config::Lang;
use crate::desk::{Desk, Submission, draft};
use crate::error::AppError;

/// Most bytes of a void beside its reason.
const VOID_BYTES: usize = 400;

/// One import.
#[derive(Debug, Clone, Serialize)]
pub struct ImportEntry {
    /// The event that notes it.
    pub import: EventId,
    /// Where that event stands.
    pub position: Position,
    /// How the file was read.
    pub form: ImportForm,
    /// Its name.
    pub file: Option<String>,
    /// SM3 of its bytes.
    pub hash: String,
    /// When it was recorded.
    pub recorded_at: jiff::Timestamp,
    /// Rows taken.
    pub accepted: u64,
    /// Rows refused.
    pub refused: u64,
    /// Events that it added.
    pub added: usize,
    /// How many of them are void.
    pub voided: usize,
    /// Whether the import was taken back.
    pub undone: bool,
}

/// What became of taking an import back, or would become of it.
#[derive(Debug, Clone, Serialize)]
pub struct UndoAnswer {
    /// The import.
    #[serde(flatten)]
    pub import: ImportEntry,
    /// True when nothing was written.
    pub dry_run: bool,
    /// The events that were voided now, or would be: how many of each kind.
    pub by_kind: BTreeMap<String, usize>,
    /// What others recorded on top of it, in log order. It stays as it is: look at each.
    pub depends: Vec<Dependent>,
}

/// An event that rests on what an import added.
#[derive(Debug, Clone, Serialize)]
pub struct Dependent {
    /// Where it stands.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// Its kind.
    pub kind: String,
    /// What the kind is called.
    pub label: String,
    /// When it happened.
    pub occurred: Occurred,
    /// By which of the things that the import brought in: `party:…`, `project:…`, `event:…`.
    pub by: Vec<String>,
}

/// An import with the events that it added.
struct Added {
    entry: ImportEntry,
    events: Vec<Stored>,
}

/// Every import, newest first. One pass over the log.
///
/// # Errors
/// When the log cannot be read.
pub fn imports(desk: &Desk) -> Result<Vec<ImportEntry>, AppError> {
    let voided = voided(desk);
    let mut pending: HashMap<String, (usize, usize, Option<String>)> = HashMap::new();
    let mut entries = Vec::new();
    let mut fault = None;
    desk.store().log.scan(0, &mut |stored| {
        if stored.kind == FileImported::NAME {
            match noted(&stored) {
                Ok(event) => {
                    let (added, void, file) = pending.remove(&event.hash).unwrap_or_default();
                    entries.push(entry(&stored, &event, (added, void), file, &voided));
                }
                Err(error) => {
                    fault = Some(error);
                    return ControlFlow::Break(());
                }
            }
        } else if let Some((hash, file)) = stored.source.and_then(|source| Some((source.hash?, source.file)))
        {
            let (added, void, name) = pending.entry(hash).or_default();
            *added += 1;
            *void += usize::from(voided.contains(&stored.id));
            name.get_or_insert(file);
        }
        ControlFlow::Continue(())
    })?;
    entries.reverse();
    fault.map_or(Ok(entries), Err)
}

/// Takes an import back, or says what that would do. Voids go in by the hundred, newest first; an undo that was cut
/// off is finished by asking again. Names and phones that the file brought stay in the person store, whence only
/// their erasure (`personal_data_erased`) removes them.
///
/// # Errors
/// `import_unknown`, `import_undone`; or when the store fails, what was voided until then staying void.
pub fn undo(
    desk: &Desk,
    import: &str,
    reason: Option<&str>,
    dry_run: bool,
    lang: Lang,
) -> Result<UndoAnswer, AppError> {
    let added = added(desk, import)?;
    if added.entry.undone && !dry_run {
        return Err(undone(&added.entry).into());
    }
    let depends = dependents(desk, &added, lang)?;
    let voided = voided(desk);
    let standing: Vec<&Stored> = added.events.iter().filter(|event| !voided.contains(&event.id)).collect();
    let mut by_kind: BTreeMap<String, usize> = BTreeMap::new();
    for event in &standing {
        *by_kind.entry(event.kind.clone()).or_default() += 1;
    }
    let mut entry = added.entry;
    if !dry_run {
        let file = entry.file.clone().unwrap_or_default();
        let reason = reason.map_or_else(|| format!("撤销导入「{file}」"), str::to_owned);
        let ids: Vec<EventId> = standing.iter().rev().map(|event| event.id).chain([entry.import]).collect();
        void(desk, &ids, &reason)?;
        entry.voided = entry.added;
        entry.undone = true;
    }
    Ok(UndoAnswer { import: entry, dry_run, by_kind, depends })
}

/// The events of an import that still count or are void, in log order.
///
/// # Errors
/// `import_unknown`, or when the log cannot be read.
pub fn events_of(desk: &Desk, import: &str) -> Result<Vec<Stored>, AppError> {
    added(desk, import).map(|added| added.events)
}

fn void(desk: &Desk, ids: &[EventId], reason: &str) -> Result<(), AppError> {
    let today = clock::today(desk.clock());
    // In JSON a sign may take twice its room.
    let at_once = APPEND_MAX_BYTES / (VOID_BYTES + 2 * reason.len());
    for chunk in ids.chunks(at_once.clamp(1, APPEND_MAX_EVENTS)) {
        let voids = chunk
            .iter()
            .map(|event| draft(EventVoided { event: *event, reason: reason.to_owned() }.into(), today));
        let answers = desk.record_blocking(Submission { units: vec![voids.collect()], rehearsal: false })?;
        for answer in answers {
            answer.map_err(|fault| fault.refusal)?;
        }
    }
    Ok(())
}

fn voided(desk: &Desk) -> HashSet<EventId> {
    desk.shelf().views().ledger.voided().iter().map(|void| void.event).collect()
}

fn noted(stored: &Stored) -> Result<FileImported, AppError> {
    let recorded = stored.decode().map_err(|error| {
        AppError::Log(jinqiao_events::log::LogError::Damaged {
            position: stored.position,
            reason: error.to_string(),
        })
    })?;
    let Event::FileImported(event) = recorded.event else {
        return Err(unknown(&stored.position.to_string()).into());
    };
    Ok(event)
}

fn entry(
    stored: &Stored,
    event: &FileImported,
    (added, void): (usize, usize),
    file: Option<String>,
    voided: &HashSet<EventId>,
) -> ImportEntry {
    ImportEntry {
        import: stored.id,
        position: stored.position,
        form: event.form,
        file,
        hash: event.hash.clone(),
        recorded_at: stored.recorded_at,
        accepted: event.accepted,
        refused: event.refused,
        added,
        voided: void,
        undone: voided.contains(&stored.id) && void == added,
    }
}

/// The import of that id or position: what came of its file since the import before it of the same file.
fn added(desk: &Desk, import: &str) -> Result<Added, AppError> {
    let log = desk.store().log.as_ref();
    let imports = log.read(&Query::of_kind(FileImported::NAME), 0, Direction::Forward, usize::MAX)?;
    let position = import.trim_start_matches('#').parse::<Position>().ok();
    let is_meant = |stored: &&Stored| stored.id.to_string() == import || Some(stored.position) == position;
    let stored = imports.iter().find(is_meant).ok_or_else(|| unknown(import))?;
    let event = noted(stored)?;
    let mut after = 0;
    for earlier in imports.iter().filter(|earlier| earlier.position < stored.position) {
        if noted(earlier)?.hash == event.hash {
            after = earlier.position;
        }
    }
    let mut events = Vec::new();
    log.scan(after, &mut |other| {
        if other.position >= stored.position {
            return ControlFlow::Break(());
        }
        if other.source.as_ref().and_then(|source| source.hash.as_ref()) == Some(&event.hash) {
            events.push(other);
        }
        ControlFlow::Continue(())
    })?;
    let voided = voided(desk);
    let void = events.iter().filter(|event| voided.contains(&event.id)).count();
    let file = events.first().and_then(|event| event.source.as_ref()).map(|source| source.file.clone());
    Ok(Added { entry: entry(stored, &event, (events.len(), void), file, &voided), events })
}

/// What rests on an import: later events that name a party it registered, a thing it was the first to speak of (a
/// project, an activity, a need), or one of its events. One pass over the log.
fn dependents(desk: &Desk, added: &Added, lang: Lang) -> Result<Vec<Dependent>, AppError> {
    let own: HashSet<EventId> =
        added.events.iter().map(|event| event.id).chain([added.entry.import]).collect();
    let voided = voided(desk);
    let mut named: HashSet<Tag> = HashSet::new();
    let mut brought: HashSet<Tag> = own.iter().map(|id| Tag::new("event", id)).collect();
    for event in &added.events {
        named.extend(event.tags.iter().filter(|tag| is_thing(tag)).cloned());
        if let Ok(recorded) = event.decode()
            && let Event::OrgRegistered(party) = &recorded.event
        {
            brought.insert(Tag::party(&PartyRef::Identifier(party.identifier.clone())));
        }
    }
    let mut depends = Vec::new();
    desk.store().log.scan(0, &mut |stored| {
        if own.contains(&stored.id) {
            // The first to speak of a thing brought it in; what was known before is not taken away with it.
            brought.extend(stored.tags.iter().filter(|tag| named.remove(*tag)).cloned());
        } else if !voided.contains(&stored.id) {
            for tag in &stored.tags {
                named.remove(tag);
            }
            depends.extend(dependent(&stored, &brought, added.entry.import, lang));
        }
        ControlFlow::Continue(())
    })?;
    Ok(depends)
}

/// Whether a tag names a thing with a key of its own, not a party or a person.
fn is_thing(tag: &Tag) -> bool {
    !["party:", "name:", "person:", "event:"].iter().any(|class| tag.as_str().starts_with(class))
}

fn dependent(stored: &Stored, brought: &HashSet<Tag>, import: EventId, lang: Lang) -> Option<Dependent> {
    let kind = Kind::from_name(&stored.kind);
    if kind == Some(Kind::EventVoided) {
        return None;
    }
    let mut by: BTreeSet<String> =
        stored.tags.iter().filter(|tag| brought.contains(*tag)).map(ToString::to_string).collect();
    if let Ok(recorded) = stored.decode()
        && let Event::PartyLinked(link) = &recorded.event
        && link.import == Some(import)
    {
        by.insert(format!("event:{import}"));
    }
    let label = kind.map_or(stored.kind.as_str(), |kind| lang.pick(kind.label_zh(), kind.label_en()));
    (!by.is_empty()).then(|| Dependent {
        position: stored.position,
        id: stored.id,
        kind: stored.kind.clone(),
        label: label.to_owned(),
        occurred: stored.occurred,
        by: by.into_iter().collect(),
    })
}

fn unknown(import: &str) -> Refusal {
    let import: String = import.chars().take(60).collect();
    Refusal::missing(
        "import_unknown",
        "",
        format!("没有编号为「{import}」的导入；jinqiao undo --list 可查看全部导入"),
        format!("no import {import:?}; jinqiao undo --list shows them all"),
    )
}

fn undone(entry: &ImportEntry) -> Refusal {
    Refusal::conflict(
        "import_undone",
        "",
        format!("第 {} 号导入已撤销，无须再撤", entry.position),
        format!("import {} was taken back already", entry.position),
    )
}

#[cfg(test)]
mod tests;
