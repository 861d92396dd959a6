//! The writer's thread: decides, commits, publishes, answers.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use jinqiao_events::clock::{Clock, IdSource};
use jinqiao_events::decide::{Draft, Refusal, Rules};
use jinqiao_events::kinds::Event;
use jinqiao_events::log::codec;
use jinqiao_events::log::{
    APPEND_MAX_BYTES, APPEND_MAX_EVENTS, Append, Direction, EVENT_MAX_BYTES, Effective, Log, LogError,
    Placed, Position, Query, Recorded, Stored,
};
use jinqiao_events::value::ids::EventId;
use jinqiao_projections::views::Views;
use sm3::{Digest, Sm3};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Answer, Fault, Receipt, Request, Unit};
use crate::error::AppError;
use crate::shelf::{Publisher, Shelf};
use crate::store::Store;

/// Most units that share one flush.
const GROUP_MAX_UNITS: usize = 512;

/// Owner of rules, views and the right to append.
pub(super) struct Clerk {
    store: Store,
    rules: Rules,
    publisher: Publisher,
    moved: watch::Sender<Position>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    last_recorded_at: Timestamp,
}

/// One draft of a unit on its way.
enum Slot {
    /// Recorded before under the same key.
    Repeated(Receipt),
    /// Goes into the log with this group.
    New(Box<(Stored, Event)>),
}

/// Units that passed and wait for the flush, with whom to tell.
#[derive(Default)]
struct Group {
    units: Vec<(usize, usize, Vec<Slot>)>,
    keys: HashSet<String>,
}

/// A request being answered.
struct Open {
    reply: oneshot::Sender<Result<Vec<Answer>, AppError>>,
    answers: Vec<Option<Answer>>,
}

impl Clerk {
    pub(super) fn new(
        store: Store,
        shelf: Arc<Shelf>,
        moved: watch::Sender<Position>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, AppError> {
        let (rules, views) = fold(store.log.as_ref())?;
        let newest = store.log.read(&Query::all(), Position::MAX, Direction::Backward, 1)?;
        let last_recorded_at = newest.first().map_or(Timestamp::UNIX_EPOCH, |stored| stored.recorded_at);
        let publisher = Publisher::new(shelf, views);
        Ok(Self { store, rules, publisher, moved, clock, ids, last_recorded_at })
    }

    pub(super) fn run(mut self, mut waiting: mpsc::Receiver<Request>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut requests = vec![first];
            let mut units = requests.iter().map(|request| request.submission.units.len()).sum::<usize>();
            while units < GROUP_MAX_UNITS {
                let Ok(next) = waiting.try_recv() else { break };
                units += next.submission.units.len();
                requests.push(next);
            }
            self.serve(requests);
        }
    }

    fn serve(&mut self, requests: Vec<Request>) {
        let mut open = Vec::new();
        let mut group = Group::default();
        for request in requests {
            if request.submission.rehearsal {
                let answer =
                    self.flush(&mut group, &mut open).and_then(|()| self.rehearse(request.submission.units));
                // The asker may have gone away; that is its own business.
                drop(request.reply.send(answer));
                continue;
            }
            open.push(Open { reply: request.reply, answers: Vec::new() });
            for unit in request.submission.units {
                if let Err(error) = self.take(unit, &mut group, &mut open) {
                    return fail(open, &error);
                }
            }
        }
        match self.flush(&mut group, &mut open) {
            Ok(()) => open.into_iter().for_each(Open::reply),
            Err(error) => fail(open, &error),
        }
    }

    /// Decides one unit and adds it to the group.
    fn take(&mut self, unit: Unit, group: &mut Group, open: &mut [Open]) -> Result<(), AppError> {
        let uses_waiting_key =
            unit.iter().filter_map(|draft| draft.key.as_ref()).any(|key| group.keys.contains(key));
        let rewrites_history =
            unit.iter().any(|draft| matches!(draft.event, Event::EventVoided(_) | Event::EventCorrected(_)));
        if uses_waiting_key || rewrites_history || group.units.len() >= GROUP_MAX_UNITS {
            self.flush(group, open)?;
        }
        let request = open.len() - 1;
        let Some(asker) = open.last_mut() else { return Ok(()) };
        let index = asker.answers.len();
        self.rules.mark();
        match self.decide_unit(unit)? {
            Err(fault) => {
                self.rules.undo();
                asker.answers.push(Some(Err(fault)));
            }
            Ok(slots) => {
                self.rules.keep();
                asker.answers.push(None);
                group.keys.extend(slots.iter().filter_map(Slot::key));
                group.units.push((request, index, slots));
            }
        }
        if rewrites_history {
            self.flush(group, open)?;
            self.start_over()?;
        }
        Ok(())
    }

    fn rehearse(&mut self, units: Vec<Unit>) -> Result<Vec<Answer>, AppError> {
        self.rules.mark();
        let answers = units.into_iter().map(|unit| {
            self.rules.mark();
            let decided = self.decide_unit(unit)?;
            match decided {
                Ok(slots) => {
                    self.rules.keep();
                    Ok(Ok(slots.iter().map(Slot::rehearsed).collect()))
                }
                Err(fault) => {
                    self.rules.undo();
                    Ok(Err(fault))
                }
            }
        });
        let answers = answers.collect();
        self.rules.undo();
        answers
    }

    fn decide_unit(&mut self, unit: Unit) -> Result<Result<Vec<Slot>, Fault>, AppError> {
        let now = self.clock.now().max(self.last_recorded_at);
        let mut slots = Vec::with_capacity(unit.len());
        let (mut bytes, count) = (0, unit.len());
        if count > APPEND_MAX_EVENTS {
            return Ok(Err(Fault { index: APPEND_MAX_EVENTS, refusal: too_many(count) }));
        }
        let mut keys = HashSet::new();
        for (index, draft) in unit.into_iter().enumerate() {
            if let Some(key) = draft.key.clone().filter(|key| !keys.insert(key.clone())) {
                return Ok(Err(Fault { index, refusal: key_twice(&key) }));
            }
            let slot = match self.decide_draft(draft, now)? {
                Ok(slot) => slot,
                Err(refusal) => return Ok(Err(Fault { index, refusal })),
            };
            bytes += slot.bytes()?;
            if bytes > APPEND_MAX_BYTES {
                return Ok(Err(Fault {
                    index,
                    refusal: too_large("batch_too_large", bytes, APPEND_MAX_BYTES),
                }));
            }
            slots.push(slot);
        }
        Ok(Ok(slots))
    }

    fn decide_draft(&mut self, mut draft: Draft, now: Timestamp) -> Result<Result<Slot, Refusal>, AppError> {
        let digest = match &draft.key {
            None => None,
            Some(key) => {
                let digest = content_digest(&draft)?;
                if let Some((position, known)) = self.store.log.find_key(key)? {
                    return self.repeated(key, position, known == digest);
                }
                Some(digest)
            }
        };
        draft.id = self.ids.event_id(now);
        if let Event::EventCorrected(_) = &draft.event {
            draft = match self.correct(draft, now)? {
                Ok(draft) => draft,
                Err(refusal) => return Ok(Err(refusal)),
            };
        }
        let draft = match self.rules.decide(draft, now) {
            Ok(draft) => draft,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let stored = stored(&draft, digest, now)?;
        let bytes = codec::encode_event(&stored)?.len();
        if bytes > EVENT_MAX_BYTES {
            return Ok(Err(too_large("event_too_large", bytes, EVENT_MAX_BYTES)));
        }
        Ok(Ok(Slot::New(Box::new((stored, draft.event)))))
    }

    fn repeated(&self, key: &str, position: Position, same: bool) -> Result<Result<Slot, Refusal>, AppError> {
        if !same {
            return Ok(Err(Refusal::conflict(
                "key_reused",
                "/key",
                format!("键「{key}」已用于第 {position} 号事件，内容不同；请换一个键，或改用更正"),
                format!(
                    "key {key:?} was used for event {position} with other content; use another key, or a correction"
                ),
            )));
        }
        let found = self.store.log.read(&Query::all(), position.saturating_sub(1), Direction::Forward, 1)?;
        let stored = found
            .first()
            .ok_or(LogError::Damaged { position, reason: "its key is known, it is not".into() })?;
        let receipt = Receipt { position, id: stored.id, recorded_at: stored.recorded_at, repeated: true };
        Ok(Ok(Slot::Repeated(receipt)))
    }

    /// Decides the corrected body against what stood before the event that it corrects, and resolves its parties.
    fn correct(&mut self, mut draft: Draft, now: Timestamp) -> Result<Result<Draft, Refusal>, AppError> {
        let Event::EventCorrected(correction) = &draft.event else { return Ok(Ok(draft)) };
        let Some((kind, occurred)) = self.rules.correctable(correction.event) else { return Ok(Ok(draft)) };
        let text = correction.body.to_string();
        let event = match kind.decode(kind.version(), &text) {
            Ok(event) => event,
            Err(error) => return Ok(Err(nested(error.into()))),
        };
        let mut rules = self.rules_before(correction.event)?;
        let occurred = correction.occurred.unwrap_or(occurred);
        let right = match rules.decide(Draft { id: correction.event, event, occurred, ..draft.clone() }, now)
        {
            Ok(right) => right,
            Err(refusal) => return Ok(Err(nested(refusal))),
        };
        if let Event::EventCorrected(correction) = &mut draft.event {
            correction.body =
                serde_json::from_str(&body_of(&right.event)?).map_err(|error| unreadable(&error))?;
        }
        Ok(Ok(draft))
    }

    /// The rules as they stood just before an event. A pass over the log: corrections are rare.
    fn rules_before(&self, event: EventId) -> Result<Rules, AppError> {
        let (mut rules, mut reached) = (Rules::default(), false);
        let log = self.store.log.as_ref();
        Effective::gather(log, None)?.fold(log, Position::MAX, &mut |recorded| {
            reached |= recorded.id == event;
            if !reached {
                rules.evolve(&recorded);
            }
        })?;
        Ok(rules)
    }

    /// Makes the group durable, publishes it, and fills in its answers.
    fn flush(&mut self, group: &mut Group, open: &mut [Open]) -> Result<(), AppError> {
        let group = std::mem::take(group);
        if group.units.is_empty() {
            return Ok(());
        }
        let appends = group
            .units
            .iter()
            .map(|(_, _, slots)| Append { events: stored_of(slots), guard: None })
            .collect();
        let placed = self.store.log.commit(appends)?;
        let mut published = Vec::new();
        for ((request, index, slots), placed) in group.units.into_iter().zip(placed) {
            let placed =
                placed.map_err(|error| LogError::Store(format!("a decided append was refused: {error}")))?;
            let receipts = receipts(slots, placed, &mut published);
            if let Some(answer) = open.get_mut(request).and_then(|open| open.answers.get_mut(index)) {
                *answer = Some(Ok(receipts));
            }
        }
        if let Some(last) = published.last() {
            self.last_recorded_at = last.recorded_at;
        }
        self.publisher.publish(published);
        self.moved.send_replace(self.store.log.head());
        Ok(())
    }

    /// Folds rules and views anew: history was rewritten by a void or correction.
    fn start_over(&mut self) -> Result<(), AppError> {
        let (rules, views) = fold(self.store.log.as_ref())?;
        self.rules = rules;
        self.publisher.replace(views);
        Ok(())
    }
}

/// Rules and views of everything that counts.
fn fold(log: &dyn Log) -> Result<(Rules, Views), AppError> {
    let (mut rules, mut views) = (Rules::default(), Views::default());
    Effective::gather(log, None)?.fold(log, Position::MAX, &mut |recorded| {
        rules.evolve(&recorded);
        views.apply(&recorded);
    })?;
    rules.keep();
    Ok((rules, views))
}

impl Open {
    fn reply(self) {
        // The asker may have gone away; what it asked for is done all the same.
        drop(self.reply.send(Ok(self.answers.into_iter().flatten().collect())));
    }
}

/// Tells everybody in the group that the store failed: nothing of it was acknowledged.
fn fail(open: Vec<Open>, error: &AppError) {
    tracing::error!(%error, "the store failed; the log is read-only from now on");
    for open in open {
        drop(open.reply.send(Err(AppError::Log(LogError::ReadOnly(error.to_string())))));
    }
}

impl Slot {
    fn key(&self) -> Option<String> {
        match self {
            Self::New(new) => new.0.key.clone(),
            Self::Repeated(_) => None,
        }
    }

    /// Bytes in the log, as the log counts them.
    fn bytes(&self) -> Result<usize, LogError> {
        match self {
            Self::New(new) => Ok(codec::encode_event(&new.0)?.len()),
            Self::Repeated(_) => Ok(0),
        }
    }

    fn rehearsed(&self) -> Receipt {
        match self {
            Self::New(new) => {
                Receipt { position: 0, id: new.0.id, recorded_at: new.0.recorded_at, repeated: false }
            }
            Self::Repeated(receipt) => *receipt,
        }
    }
}

fn stored_of(slots: &[Slot]) -> Vec<Stored> {
    slots
        .iter()
        .filter_map(|slot| match slot {
            Slot::New(new) => Some(new.0.clone()),
            Slot::Repeated(_) => None,
        })
        .collect()
}

fn receipts(slots: Vec<Slot>, placed: Vec<Placed>, published: &mut Vec<Recorded>) -> Vec<Receipt> {
    let mut placed = placed.into_iter();
    let mut receipts = Vec::with_capacity(slots.len());
    for slot in slots {
        match slot {
            Slot::Repeated(receipt) => receipts.push(receipt),
            Slot::New(new) => {
                let (stored, event) = *new;
                let Some(Placed { position, repeated }) = placed.next() else { continue };
                let Stored { id, occurred, recorded_at, recorded_by, programmes, .. } = stored;
                receipts.push(Receipt { position, id, recorded_at, repeated });
                if repeated {
                    continue;
                }
                published.push(Recorded {
                    position,
                    id,
                    occurred,
                    recorded_at,
                    recorded_by,
                    programmes,
                    event,
                });
            }
        }
    }
    receipts
}

pub(super) fn stored(
    draft: &Draft,
    digest: Option<[u8; 16]>,
    recorded_at: Timestamp,
) -> Result<Stored, AppError> {
    let kind = draft.event.kind();
    Ok(Stored {
        position: 0,
        id: draft.id,
        kind: kind.name().to_owned(),
        version: kind.version(),
        occurred: draft.occurred,
        recorded_at,
        recorded_by: draft.recorded_by.clone(),
        organisation: draft.organisation.clone(),
        source: draft.source.clone(),
        programmes: draft.programmes.clone(),
        key: draft.key.clone(),
        digest,
        tags: draft.event.tags(),
        body: body_of(&draft.event)?,
    })
}

/// First 16 bytes of the SM3 of kind, version, date and body as submitted: what a key stands for.
pub(super) fn content_digest(draft: &Draft) -> Result<[u8; 16], AppError> {
    let kind = draft.event.kind();
    let mut hash = Sm3::new();
    hash.update(format!("{}\n{}\n{}\n", kind.name(), kind.version(), draft.occurred));
    hash.update(body_of(&draft.event)?);
    let mut digest = [0; 16];
    digest.iter_mut().zip(hash.finalize()).for_each(|(slot, byte)| *slot = byte);
    Ok(digest)
}

fn body_of(event: &Event) -> Result<String, AppError> {
    event.body_json().map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> AppError {
    AppError::Log(LogError::Store(format!("a body could not be written as JSON: {error}")))
}

/// The refusal of a corrected body, placed where that body stands.
fn nested(refusal: Refusal) -> Refusal {
    Refusal { pointer: format!("/body{}", refusal.pointer), ..refusal }
}

fn key_twice(key: &str) -> Refusal {
    Refusal::conflict(
        "key_reused",
        "/key",
        format!("键「{key}」在同一批中用了两次；每个事件须有自己的键"),
        format!("key {key:?} stands twice in one batch: give every event its own"),
    )
}

fn too_many(count: usize) -> Refusal {
    Refusal::invalid(
        "too_many_events",
        "",
        format!("一次提交 {count} 个事件，最多 {APPEND_MAX_EVENTS} 个；请分批提交"),
        format!("{count} events in one append, at most {APPEND_MAX_EVENTS}: send them in batches"),
    )
}

fn too_large(code: &'static str, actual: usize, limit: usize) -> Refusal {
    Refusal::invalid(
        code,
        "/body",
        format!("内容 {actual} 字节，最多 {limit} 字节；请缩短或分批提交"),
        format!("{actual} bytes, at most {limit}: shorten it or send it in batches"),
    )
}
