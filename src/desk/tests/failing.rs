//! A log in memory that fails when it is told to.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use jinqiao_events::log::{
    Append, AppendError, Direction, Log, LogError, Placed, Query, Stored, Verified, Watermark,
};

use super::{MemoryLog, Position};

/// A log that fails when it is told to.
#[derive(Debug, Default)]
pub(crate) struct Failing {
    log: MemoryLog,
    fails_reads: AtomicBool,
    fails_writes: AtomicBool,
    fault: Mutex<Option<String>>,
    refuses: Mutex<Option<AppendError>>,
    gate: Mutex<Option<Arc<Gate>>>,
}

/// Holds whoever looks up a key until it is opened.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Gate {
    /// Waits until somebody is held.
    pub(crate) fn wait_for_reader(&self) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |(held, _)| !*held).unwrap());
    }

    /// Lets everybody go on.
    pub(crate) fn open(&self) {
        self.state.lock().unwrap().1 = true;
        self.changed.notify_all();
    }

    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |(_, open)| !*open).unwrap());
    }
}

impl Failing {
    /// Look-ups of keys fail from now on, or no longer.
    pub(crate) fn fail_reads(&self, fails: bool) {
        self.fails_reads.store(fails, Ordering::SeqCst);
    }

    /// Commits fail from now on; the log is read-only after the first.
    pub(crate) fn fail_writes(&self, fails: bool) {
        self.fails_writes.store(fails, Ordering::SeqCst);
    }

    /// The first append of the next commit is refused so.
    pub(crate) fn refuse_next(&self, error: AppendError) {
        *self.refuses.lock().unwrap() = Some(error);
    }

    /// Holds the next look-up of a key.
    pub(crate) fn hold_reads(&self) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }
}

impl Log for Failing {
    fn watermark(&self) -> &Watermark {
        self.log.watermark()
    }

    fn commit(&self, group: Vec<Append>) -> Result<Vec<Result<Vec<Placed>, AppendError>>, LogError> {
        if self.fails_writes.load(Ordering::SeqCst) {
            *self.fault.lock().unwrap() = Some("no space left".into());
            return Err(LogError::Store("no space left".into()));
        }
        let mut group = group;
        let Some(error) = self.refuses.lock().unwrap().take() else { return self.log.commit(group) };
        group.remove(0);
        let mut answers = self.log.commit(group)?;
        answers.insert(0, Err(error));
        Ok(answers)
    }

    fn read(
        &self,
        query: &Query,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        self.log.read(query, from, direction, limit)
    }

    fn scan(&self, after: Position, each: &mut dyn FnMut(Stored) -> ControlFlow<()>) -> Result<(), LogError> {
        self.log.scan(after, each)
    }

    fn find_key(&self, key: &str) -> Result<Option<(Position, [u8; 16])>, LogError> {
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.pass();
        }
        if self.fails_reads.load(Ordering::SeqCst) {
            return Err(LogError::Store("the disk does not answer".into()));
        }
        self.log.find_key(key)
    }

    fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap().clone()
    }

    fn verify(&self) -> Result<Verified, LogError> {
        self.log.verify()
    }

    fn close(&self) -> Result<(), LogError> {
        self.log.close()
    }
}
