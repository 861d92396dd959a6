//! The log against a model of it that a reader can check in one sitting: whatever is done to both, they answer
//! the same.

use proptest::collection::vec;
use proptest::prelude::*;

use super::SledLog;
use super::memory_tables::EngineCrash;
use super::rig::{Dice, Rig, everything, kill};
use crate::kinds::Tag;
use crate::log::contract::{append, event, keyed};
use crate::log::files::twin::Fault;
use crate::log::{Append, AppendError, Direction, Guard, Log, Placed, Position, Query, QueryItem, Stored};

/// The log as its promise reads: a list.
#[derive(Debug, Clone, Default)]
struct Model {
    events: Vec<Stored>,
}

impl Model {
    fn head(&self) -> Position {
        u64::try_from(self.events.len()).unwrap()
    }

    fn commit(&mut self, group: Vec<Append>) -> Vec<Result<Vec<Placed>, AppendError>> {
        group.into_iter().map(|append| self.append(append)).collect()
    }

    fn append(&mut self, append: Append) -> Result<Vec<Placed>, AppendError> {
        let (before, mut placed) = (self.events.len(), Vec::new());
        for mut event in append.events {
            match self.earlier(before, &event) {
                Some(Ok(position)) => placed.push(Placed { position, repeated: true }),
                Some(Err(refusal)) => {
                    self.events.truncate(before);
                    return Err(refusal);
                }
                None => {
                    event.position = self.head() + 1;
                    event.recorded_at = self
                        .events
                        .last()
                        .map_or(event.recorded_at, |last| last.recorded_at.max(event.recorded_at));
                    placed.push(Placed { position: event.position, repeated: false });
                    self.events.push(event);
                }
            }
        }
        let added = self.events.split_off(before);
        if let Some(guard) = append.guard
            && !added.is_empty()
            && let Some(found) = self.read(&guard.query, guard.after, Direction::Forward, 1).first()
        {
            return Err(AppendError::Guarded { at: found.position });
        }
        self.events.extend(added);
        Ok(placed)
    }

    /// Where the event's key was used. A clash within the append has no position to name.
    fn earlier(&self, before: usize, event: &Stored) -> Option<Result<Position, AppendError>> {
        let key = event.key.clone()?;
        let used = self.events.iter().find(|used| used.key.as_ref() == Some(&key))?;
        let own = used.position > u64::try_from(before).unwrap();
        let at = if own { 0 } else { used.position };
        let same = used.digest == event.digest;
        Some(if same { Ok(used.position) } else { Err(AppendError::KeyReused { key, at }) })
    }

    fn read(&self, query: &Query, from: Position, direction: Direction, limit: usize) -> Vec<Stored> {
        let fits = |event: &&Stored| {
            query.items.is_empty()
                || query.items.iter().any(|item| {
                    (item.kinds.is_empty() || item.kinds.contains(&event.kind))
                        && item.tags.iter().all(|tag| event.tags.contains(tag))
                })
        };
        let events = self.events.iter().filter(fits);
        match direction {
            Direction::Forward => events.filter(|event| event.position > from).take(limit).cloned().collect(),
            Direction::Backward => {
                events.rev().filter(|event| event.position < from).take(limit).cloned().collect()
            }
        }
    }
}

/// What is done to both.
#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<Append>),
    Read(Query, Position, Direction, usize),
    FindKey(u64),
    /// Somebody follows the log from here.
    Follow(Position),
    Close,
    /// The process dies.
    Kill,
    /// The power goes at some operation of a commit.
    Cut(u64, Vec<Append>, u64),
    /// Everything is copied into a new store.
    Restore,
}

fn query() -> impl Strategy<Value = Query> {
    let item = (vec(0_u64..5, 0..2), vec(0_u64..9, 0..2)).prop_map(|(kinds, tags)| QueryItem {
        kinds: kinds.iter().map(|n| format!("kind_{n}")).collect(),
        tags: tags.iter().map(|n| Tag::new("party", n)).collect(),
    });
    vec(item, 0..3).prop_map(|items| Query { items })
}

fn an_append() -> impl Strategy<Value = Append> {
    // Few keys and contents, so that they meet again.
    let event = prop_oneof![
        (0_u64..1000).prop_map(event),
        (0_u64..12, 0_u64..2).prop_map(|(key, content)| keyed(key * 2 + content, &format!("key {key}"))),
    ];
    let guard = prop::option::of((query(), 0_u64..40).prop_map(|(query, after)| Guard { query, after }));
    (vec(event, 0..4), guard).prop_map(|(events, guard)| Append { guard, ..append(events) })
}

fn step() -> impl Strategy<Value = Step> {
    let direction = prop_oneof![Just(Direction::Forward), Just(Direction::Backward)];
    let from = prop_oneof![0_u64..60, Just(Position::MAX)];
    prop_oneof![
        6 => vec(an_append(), 0..4).prop_map(Step::Commit),
        4 => (query(), from, direction, 0_usize..30).prop_map(|(q, from, way, limit)| Step::Read(q, from, way, limit)),
        1 => (0_u64..14).prop_map(Step::FindKey),
        1 => (0_u64..60).prop_map(Step::Follow),
        1 => Just(Step::Close),
        1 => Just(Step::Kill),
        2 => (0_u64..6, vec(an_append(), 1..3), any::<u64>()).prop_map(|(at, group, seed)| Step::Cut(at, group, seed)),
        1 => Just(Step::Restore),
    ]
}

/// Both, side by side.
struct Pair {
    rig: Rig,
    log: Option<SledLog>,
    model: Model,
}

impl Pair {
    fn new() -> Self {
        let rig = Rig::new();
        Self { log: Some(rig.open().unwrap()), rig, model: Model::default() }
    }

    fn log(&self) -> &SledLog {
        self.log.as_ref().unwrap()
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Commit(group) => {
                assert_eq!(self.log().commit(group.clone()).unwrap(), self.model.commit(group));
            }
            Step::Read(query, from, direction, limit) => {
                let expected = self.model.read(&query, from, direction, limit);
                assert_eq!(self.log().read(&query, from, direction, limit).unwrap(), expected);
            }
            Step::FindKey(key) => {
                let key = format!("key {key}");
                let used = self.model.events.iter().find(|event| event.key.as_ref() == Some(&key));
                let expected = used.map(|event| (event.position, event.digest.unwrap_or_default()));
                assert_eq!(self.log().find_key(&key).unwrap(), expected);
            }
            Step::Follow(after) => {
                let mut seen = Vec::new();
                self.log()
                    .scan(after, &mut |event| {
                        seen.push(event);
                        std::ops::ControlFlow::Continue(())
                    })
                    .unwrap();
                assert_eq!(seen, self.model.read(&Query::all(), after, Direction::Forward, usize::MAX));
            }
            Step::Close => {
                self.log().close().unwrap();
                self.log = Some(self.rig.open().unwrap());
            }
            Step::Kill => self.come_back(self.rig.after_kill()),
            Step::Cut(at, group, seed) => self.cut(at, group, seed),
            Step::Restore => self.restore(),
        }
        assert_eq!(self.log().head(), self.model.head());
    }

    fn come_back(&mut self, rig: Rig) {
        self.log.take().into_iter().for_each(kill);
        self.rig = rig;
        self.log = Some(self.rig.open().unwrap());
    }

    /// The group enters, or a part of it that is whole appends, or nothing.
    fn cut(&mut self, at: u64, group: Vec<Append>, seed: u64) {
        self.rig.twin.fail_at(self.rig.twin.operations() + at, Fault::PowerCut);
        let answer = self.log().commit(group.clone());
        let before = self.model.clone();
        let expected = self.model.commit(group);
        let known = answer.is_ok();
        if let Ok(answer) = answer {
            assert_eq!(answer, expected);
        }
        let mut dice = Dice(seed);
        let rig = self.rig.after_cut(EngineCrash::ALL[(seed % 5) as usize], &mut || dice.survival());
        self.come_back(rig);
        let head = self.log().head();
        assert!(if known {
            head == self.model.head()
        } else {
            (before.head()..=self.model.head()).contains(&head)
        });
        self.model.events.truncate(usize::try_from(head).unwrap());
    }

    fn restore(&mut self) {
        let rig = Rig::new();
        let copy = rig.open().unwrap();
        for event in everything(self.log()) {
            copy.commit(vec![append([event])]).unwrap().remove(0).unwrap();
        }
        copy.close().unwrap();
        self.come_back(rig);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        u32::try_from(super::rig::rounds("JINQIAO_MODEL_CASES", 100)).unwrap()
    ))]

    #[test]
    fn log_and_model_answer_the_same(steps in vec(step(), 1..50)) {
        let mut pair = Pair::new();
        for step in steps {
            pair.take(step);
        }
        assert_eq!(everything(pair.log()), pair.model.events);
        assert_eq!(pair.log().verify().unwrap().events, pair.model.head());
    }
}
