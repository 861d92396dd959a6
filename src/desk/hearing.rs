//! A hearing: units put to limits, keys and rules, one after the other, before anything is written.
//!
//! A unit that voids or corrects changes what the rules go by for whatever follows it. The rules are then folded
//! anew, from the log as it will count and from what was told since; a void at the end of a unit costs nothing,
//! for nobody is asked after it.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jinqiao_events::clock::IdSource;
use jinqiao_events::decide::{Draft, Refusal, Retelling, Rules};
use jinqiao_events::kinds::{Event, correction::EventCorrected};
use jinqiao_events::log::{
    APPEND_MAX_BYTES, APPEND_MAX_EVENTS, EVENT_MAX_BYTES, Effective, Horizon, Log, LogError, Recorded,
};

use super::slot::Slot;
use super::{Fault, REQUEST_KEY_PREFIX, Receipt, Unit, content, refusals};
use crate::limits::FOLDS_MAX;

/// Whether what counts changes with this unit.
pub(super) fn rewrites_history(unit: &Unit) -> bool {
    unit.iter().any(|draft| matches!(draft.event, Event::EventVoided(_) | Event::EventCorrected(_)))
}

/// What is heard, and what follows from it for the next that is heard.
pub(super) struct Hearing<'a> {
    log: &'a dyn Log,
    /// The rules of the log as it stands, and of what was told since, until history is rewritten.
    live: &'a mut Rules,
    ids: &'a dyn IdSource,
    now: Timestamp,
    /// Whether any unit rewrites history: only then is what is told kept.
    rewrites: bool,
    told: Vec<Recorded>,
    keys: BTreeMap<String, ([u8; 16], Receipt)>,
    rewritten: Option<Rewritten>,
    /// How often the unit that is heard has had history told anew.
    folds: usize,
}

/// History as it will count.
struct Rewritten {
    effective: Effective,
    /// Its rules; `None` until somebody has to be asked.
    rules: Option<Rules>,
    /// Whether it was rewritten again since `rules` were folded.
    is_stale: bool,
}

impl<'a> Hearing<'a> {
    pub(super) fn new(
        log: &'a dyn Log,
        live: &'a mut Rules,
        ids: &'a dyn IdSource,
        now: Timestamp,
        rewrites: bool,
    ) -> Self {
        Self {
            log,
            live,
            ids,
            now,
            rewrites,
            told: Vec::new(),
            keys: BTreeMap::new(),
            rewritten: None,
            folds: 0,
        }
    }

    /// Hears one unit. What it changes holds for the units after it, unless it is refused or fails.
    pub(super) fn hear(&mut self, unit: Unit) -> Result<Result<Vec<Slot>, Fault>, LogError> {
        let told = self.told.len();
        self.folds = 0;
        if !rewrites_history(&unit) {
            self.refold()?;
        }
        let effective =
            rewrites_history(&unit).then(|| self.rewritten.as_ref().map(|it| it.effective.clone()));
        self.each_rules(Rules::mark);
        let answer = self.decide_unit(unit);
        if matches!(answer, Ok(Ok(_))) {
            self.each_rules(Rules::keep);
            return answer;
        }
        self.each_rules(Rules::undo);
        if let Some(before) = effective
            && self.told.len() > told
        {
            self.told.truncate(told);
            self.rewritten = before.map(|effective| Rewritten { effective, rules: None, is_stale: true });
            self.refold()?;
        }
        answer
    }

    /// Keeps the keys of a unit that passed, for a rehearsal: the log will not know them.
    pub(super) fn remember_keys(&mut self, slots: &[Slot]) {
        for slot in slots {
            if let Slot::New(new) = slot
                && let (Some(key), Some(digest)) = (&new.0.key, new.0.digest)
            {
                self.keys.insert(key.clone(), (digest, slot.rehearsed()));
            }
        }
    }

    fn each_rules(&mut self, act: fn(&mut Rules)) {
        act(self.live);
        // Rules that were folded within the unit hold no mark: what is done to none is nothing.
        self.rewritten.iter_mut().filter_map(|rewritten| rewritten.rules.as_mut()).for_each(act);
    }

    fn rules(&mut self) -> &mut Rules {
        match self.rewritten.as_mut().and_then(|rewritten| rewritten.rules.as_mut()) {
            Some(rules) => rules,
            None => self.live,
        }
    }

    fn decide_unit(&mut self, unit: Unit) -> Result<Result<Vec<Slot>, Fault>, LogError> {
        let mut slots = Vec::with_capacity(unit.len());
        let (mut bytes, count) = (0, unit.len());
        if count > APPEND_MAX_EVENTS {
            return Ok(Err(Fault { index: APPEND_MAX_EVENTS, refusal: refusals::too_many(count) }));
        }
        let mut keys = HashSet::new();
        for (index, draft) in unit.into_iter().enumerate() {
            if let Some(key) = draft.key.clone().filter(|key| !keys.insert(key.clone())) {
                return Ok(Err(Fault { index, refusal: refusals::key_twice(&key) }));
            }
            if self.folds > FOLDS_MAX {
                return Ok(Err(Fault { index, refusal: refusals::too_many_rewrites(FOLDS_MAX) }));
            }
            let slot = match self.decide_draft(draft)? {
                Ok(slot) => slot,
                Err(refusal) => return Ok(Err(Fault { index, refusal })),
            };
            let of_slot = slot.bytes()?;
            bytes += of_slot;
            let refusal = if of_slot > EVENT_MAX_BYTES {
                refusals::too_large("event_too_large", of_slot, EVENT_MAX_BYTES)
            } else if bytes > APPEND_MAX_BYTES {
                refusals::too_large("batch_too_large", bytes, APPEND_MAX_BYTES)
            } else {
                self.tell(&slot)?;
                slots.push(slot);
                continue;
            };
            return Ok(Err(Fault { index, refusal }));
        }
        Ok(Ok(slots))
    }

    fn decide_draft(&mut self, mut draft: Draft) -> Result<Result<Slot, Refusal>, LogError> {
        // One void does not depend on another: a row of them costs one fold, not one each.
        if !matches!(draft.event, Event::EventVoided(_)) {
            self.refold()?;
        }
        let digest = match draft.key.clone() {
            None => None,
            Some(key) => match self.held(&key, &draft)? {
                Some(answer) => return Ok(answer.map(Slot::Repeated)),
                None => Some(content::digest(&draft)?),
            },
        };
        draft.id = self.ids.event_id(self.now);
        if let Event::EventCorrected(correction) = &mut draft.event
            && self.rules().is_correctable(correction.event)
            && let Err(refusal) = self.put_right(correction)?
        {
            return Ok(Err(refusal));
        }
        let now = self.now;
        match self.rules().decide(draft, now) {
            Ok(draft) => Slot::new(draft, digest, now).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// What is recorded under the key, if it is taken: the receipt of the same content, or the refusal of other.
    /// The key of a thing is free again when its event was voided. The key of a request stays taken: whoever
    /// repeats the request, not knowing of the void, means what was done.
    fn held(&mut self, key: &str, draft: &Draft) -> Result<Option<Result<Receipt, Refusal>>, LogError> {
        if let Some((known, receipt)) = self.keys.get(key) {
            let (is_same, receipt) = (*known == content::digest(draft)?, *receipt);
            let repeated = Receipt { repeated: true, ..receipt };
            return Ok(Some(if is_same { Ok(repeated) } else { Err(refusals::key_reused(key, 0)) }));
        }
        let Some((position, _)) = self.log.find_key(key)? else { return Ok(None) };
        let stored = self
            .log
            .at(position)?
            .ok_or_else(|| LogError::Damaged { position, reason: "its key is known, it is not".into() })?;
        if !key.starts_with(REQUEST_KEY_PREFIX) && self.rules().is_voided(stored.id) {
            return Ok(None);
        }
        if !content::is_same(draft, &stored, self.rules())? {
            return Ok(Some(Err(refusals::key_reused(key, position))));
        }
        let (id, recorded_at) = (stored.id, stored.recorded_at);
        Ok(Some(Ok(Receipt { position, id, recorded_at, repeated: true })))
    }

    /// Judges a correction where it stands and against everything after it, and resolves its parties as of there.
    fn put_right(&mut self, correction: &mut EventCorrected) -> Result<Result<(), Refusal>, LogError> {
        self.folds += 1;
        let effective = self.effective()?.clone();
        let retold = |mut retelling: Retelling| -> Result<Retelling, LogError> {
            effective.fold(self.log, &mut |recorded| retelling.tell(&recorded))?;
            self.told.iter().for_each(|recorded| retelling.tell(recorded));
            Ok(retelling)
        };
        let with = retold(Retelling::with(correction))?;
        // Told a second time only where something later would be refused: it may have been so before.
        let mut now = Retelling::as_it_counts(correction.event);
        if with.has_refused() {
            now = retold(now)?;
        }
        match with.verdict(&now) {
            Ok(None) => Ok(Ok(())),
            Ok(Some(right)) => {
                correction.version = Some(right.kind().version());
                correction.body = content::value_of(&right)?;
                Ok(Ok(()))
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Takes in what passed, for whoever is heard next.
    fn tell(&mut self, slot: &Slot) -> Result<(), LogError> {
        let Some(recorded) = slot.recorded().filter(|_| self.rewrites) else { return Ok(()) };
        if matches!(recorded.event, Event::EventVoided(_) | Event::EventCorrected(_)) {
            self.effective()?.amend(&recorded.event);
            if let Some(rewritten) = &mut self.rewritten {
                rewritten.is_stale = true;
            }
        }
        self.told.push(recorded);
        Ok(())
    }

    fn effective(&mut self) -> Result<&mut Effective, LogError> {
        let rewritten = match self.rewritten.take() {
            Some(rewritten) => rewritten,
            None => Rewritten {
                effective: Effective::gather(self.log, Horizon::default())?,
                rules: None,
                is_stale: false,
            },
        };
        Ok(&mut self.rewritten.insert(rewritten).effective)
    }

    /// Folds the rules anew if history was rewritten since.
    fn refold(&mut self) -> Result<(), LogError> {
        let Some(rewritten) = self.rewritten.as_mut().filter(|rewritten| rewritten.is_stale) else {
            return Ok(());
        };
        self.folds += 1;
        let mut rules = Rules::default();
        rewritten.effective.fold(self.log, &mut |recorded| rules.evolve(&recorded))?;
        self.told.iter().for_each(|recorded| rules.evolve(recorded));
        rewritten.rules = Some(rules);
        rewritten.is_stale = false;
        Ok(())
    }
}
