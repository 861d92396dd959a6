//! The writer's thread: decides, commits, publishes, answers.
//!
//! Rules and views are what the log says, or they are folded anew: after anything that failed half-way, and after
//! a void or correction, nobody is answered from what may be ahead of the log or behind it.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use jinqiao_events::clock::{Clock, IdSource};
use jinqiao_events::decide::Rules;
use jinqiao_events::log::{Append, Direction, LogError, Position, Query, Recorded};
use tokio::sync::{mpsc, oneshot, watch};

use super::hearing::{Hearing, rewrites_history};
use super::keeper::Keeper;
use super::slot::{Slot, receipts, stored_of};
use super::start::{Beginning, Start, fold, start};
use super::{Answer, Fault, Request, Unit, refusals};
use crate::error::AppError;
use crate::shelf::{Publisher, Shelf};
use crate::snapshots;
use crate::store::Store;

/// Most units that share one flush.
const GROUP_MAX_UNITS: usize = 512;

/// Owner of rules, views and the right to append.
pub(super) struct Clerk {
    store: Store,
    /// Empty until the first request: until then they are what `beginning` brings.
    rules: Rules,
    beginning: Option<Beginning>,
    publisher: Publisher,
    keeper: Keeper,
    moved: watch::Sender<Position>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    last_recorded_at: Timestamp,
    /// Whether rules or views may not be what the log says: they are folded anew before anything is decided.
    is_astray: bool,
}

/// Units that passed and wait for the flush, with whom to tell.
#[derive(Default)]
struct Group {
    units: Vec<(Place, Vec<Slot>)>,
    keys: HashSet<String>,
}

/// Whose unit it is, and which of that request's.
#[derive(Debug, Clone, Copy)]
struct Place {
    request: usize,
    unit: usize,
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
    ) -> Result<Self, LogError> {
        let Start { rules: beginning, views, kept } = start(store.log.as_ref())?;
        let newest = store.log.read(&Query::all(), Position::MAX, Direction::Backward, 1)?;
        let last_recorded_at = newest.first().map_or(Timestamp::UNIX_EPOCH, |stored| stored.recorded_at);
        let publisher = Publisher::new(shelf, views);
        let (rules, beginning, is_astray) = (Rules::default(), Some(beginning), false);
        let keeper = Keeper::new(Arc::clone(&store.log), kept);
        Ok(Self {
            store,
            rules,
            beginning,
            publisher,
            keeper,
            moved,
            clock,
            ids,
            last_recorded_at,
            is_astray,
        })
    }

    pub(super) fn run(mut self, mut waiting: mpsc::Receiver<Request>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut units = first.submission.units.len();
            let mut requests = vec![first];
            while units < GROUP_MAX_UNITS {
                let Ok(next) = waiting.try_recv() else { break };
                units += next.submission.units.len();
                requests.push(next);
            }
            self.serve(requests);
        }
        if let Err(error) = self.keep() {
            // The next start replays the log.
            tracing::warn!(%error, "no snapshot could be written");
        }
    }

    /// Writes a snapshot for the next start, if it is worth it.
    fn keep(&mut self) -> Result<(), AppError> {
        let log = Arc::clone(&self.store.log);
        let (head, kept) = (log.head(), self.keeper.stop());
        if log.fault().is_some() || !snapshots::is_due(kept, head) {
            return Ok(());
        }
        let Some((stamp, home)) =
            snapshots::Stamp::of(log.as_ref(), head)?.zip(snapshots::home(log.as_ref()))
        else {
            return Ok(());
        };
        self.regain()?;
        let views = self.publisher.views();
        snapshots::write(&home, &stamp, &self.rules, &views).map_err(AppError::io("写快照"))
    }

    fn serve(&mut self, requests: Vec<Request>) {
        let (mut open, mut submissions) = (Vec::new(), Vec::new());
        for Request { submission, reply } in requests {
            open.push(Open { reply, answers: vec![None; submission.units.len()] });
            submissions.push(submission);
        }
        let mut group = Group::default();
        let outcome = self.regain().and_then(|()| {
            for (request, submission) in submissions.into_iter().enumerate() {
                if submission.rehearsal {
                    self.flush(&mut group, &mut open)?;
                    let answers = self.rehearse(submission.units)?;
                    fill(&mut open, request, answers);
                    continue;
                }
                for (unit, drafts) in submission.units.into_iter().enumerate() {
                    self.take(drafts, Place { request, unit }, &mut group, &mut open)?;
                }
            }
            self.flush(&mut group, &mut open)
        });
        if let Err(error) = &outcome {
            tracing::error!(%error, "a group of requests could not be recorded");
            // What was decided and will not be written stands in the rules all the same.
            self.is_astray |= !group.units.is_empty();
        }
        for open in open {
            open.reply(outcome.as_ref().err());
        }
    }

    /// Brings in the rules that the start left to be read, and folds rules and views anew if something failed half-way
    /// since.
    fn regain(&mut self) -> Result<(), LogError> {
        if let Some(beginning) = self.beginning.take() {
            match beginning.wait() {
                Some(rules) => self.rules = rules,
                None => self.is_astray = true,
            }
        }
        if self.is_astray { self.start_over() } else { Ok(()) }
    }

    /// Decides one unit and adds it to the group.
    fn take(
        &mut self,
        unit: Unit,
        place: Place,
        group: &mut Group,
        open: &mut [Open],
    ) -> Result<(), LogError> {
        if let Some(reason) = self.store.log.fault() {
            return Err(LogError::ReadOnly(reason));
        }
        let uses_waiting_key =
            unit.iter().filter_map(|draft| draft.key.as_ref()).any(|key| group.keys.contains(key));
        let rewrites = rewrites_history(&unit);
        if uses_waiting_key || rewrites || group.units.len() >= GROUP_MAX_UNITS {
            self.flush(group, open)?;
        }
        match self.hearing(rewrites).hear(unit)? {
            Err(fault) => answer(open, place, Err(fault)),
            Ok(slots) => {
                group.keys.extend(slots.iter().filter_map(Slot::key).map(str::to_owned));
                group.units.push((place, slots));
            }
        }
        if rewrites && !group.units.is_empty() {
            // Readers go from what counted before to what counts now; in between there is nothing to be seen.
            self.commit(group, open)?;
            self.start_over()?;
        }
        Ok(())
    }

    fn hearing(&mut self, rewrites: bool) -> Hearing<'_> {
        let now = self.clock.now().max(self.last_recorded_at);
        Hearing::new(self.store.log.as_ref(), &mut self.rules, self.ids.as_ref(), now, rewrites)
    }

    fn rehearse(&mut self, units: Vec<Unit>) -> Result<Vec<Answer>, LogError> {
        self.rules.mark();
        let mut hearing = self.hearing(units.iter().any(rewrites_history));
        let answers = units.into_iter().map(|unit| {
            Ok(hearing.hear(unit)?.map(|slots| {
                hearing.remember_keys(&slots);
                slots.iter().map(Slot::rehearsed).collect()
            }))
        });
        let answers = answers.collect();
        self.rules.undo();
        answers
    }

    /// Makes the group durable and fills in its answers; the events that it added. What the log refuses, although
    /// it was decided, is that unit's fault alone, but others were decided after it: rules go astray.
    fn commit(&mut self, group: &mut Group, open: &mut [Open]) -> Result<Vec<Recorded>, LogError> {
        let group = std::mem::take(group);
        if group.units.is_empty() {
            return Ok(Vec::new());
        }
        let appends =
            group.units.iter().map(|(_, slots)| Append { events: stored_of(slots), guard: None }).collect();
        let placed = self.store.log.commit(appends).inspect_err(|_| self.is_astray = true)?;
        let mut added = Vec::new();
        for ((place, slots), placed) in group.units.into_iter().zip(placed) {
            match placed {
                Ok(placed) => answer(open, place, Ok(receipts(slots, placed, &mut added))),
                Err(error) => {
                    tracing::error!(%error, "the log refused what was decided");
                    self.is_astray = true;
                    answer(open, place, Err(Fault { index: 0, refusal: refusals::by_the_log(&error) }));
                }
            }
        }
        if let Some(last) = added.last() {
            self.last_recorded_at = last.recorded_at;
        }
        Ok(added)
    }

    /// Makes the group durable, publishes it, and fills in its answers.
    fn flush(&mut self, group: &mut Group, open: &mut [Open]) -> Result<(), LogError> {
        let added = self.commit(group, open)?;
        if self.is_astray {
            return self.start_over();
        }
        if !added.is_empty() {
            self.publisher.publish(added);
            self.moved.send_replace(self.store.log.head());
            self.keeper.look(self.store.log.head());
        }
        Ok(())
    }

    /// Folds rules and views anew and publishes them: history was rewritten, or rules and log had parted.
    fn start_over(&mut self) -> Result<(), LogError> {
        // Until it is done, what is there is not to be relied on.
        self.is_astray = true;
        self.keeper.forget();
        let (rules, views) = fold(self.store.log.as_ref())?;
        self.rules = rules;
        self.publisher.replace(views);
        self.moved.send_replace(self.store.log.head());
        self.keeper.look(self.store.log.head());
        self.is_astray = false;
        Ok(())
    }
}

fn answer(open: &mut [Open], place: Place, answer: Answer) {
    if let Some(slot) = open.get_mut(place.request).and_then(|open| open.answers.get_mut(place.unit)) {
        *slot = Some(answer);
    }
}

fn fill(open: &mut [Open], request: usize, answers: Vec<Answer>) {
    for (unit, said) in answers.into_iter().enumerate() {
        answer(open, Place { request, unit }, said);
    }
}

impl Open {
    /// Answers. Whoever has all answers hears them whatever befell others; who lacks one hears why.
    fn reply(self, error: Option<&LogError>) {
        let answers: Option<Vec<Answer>> = self.answers.into_iter().collect();
        let lost = || error.cloned().unwrap_or_else(|| LogError::Store("a unit was not answered".into()));
        // The asker may have gone away; what it asked for is done all the same.
        drop(self.reply.send(answers.ok_or_else(|| AppError::Log(lost()))));
    }
}
