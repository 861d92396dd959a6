//! Feeding several folds from one pass over a log: reading on one thread, every fold on another.
//!
//! To read an event costs about as much as to fold it, and what is folded into one state does not wait for what is
//! folded into another. Events go from hand to hand in chunks, a few of which are under way: memory is bounded, and
//! every fold sees every event in log order, as if it were alone.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::{Effective, Log, LogError, Position, Recorded};

/// Takes in one event after the other.
pub type Fold<'a> = Box<dyn FnMut(&Recorded) + Send + 'a>;

/// Events that go from hand to hand at once.
const CHUNK_EVENTS: usize = 512;
/// Chunks that a fold may be behind.
const CHUNKS_AHEAD: usize = 8;

impl Effective {
    /// Hands every event behind `after` that counts to each fold, in log order, in bounded memory. Few events are handed
    /// out on the spot.
    ///
    /// # Errors
    /// When the log cannot be read. The folds have then taken in only some of it.
    pub fn feed(&self, log: &dyn Log, after: Position, mut folds: Vec<Fold<'_>>) -> Result<(), LogError> {
        let events = log.head().min(self.horizon().to).saturating_sub(after);
        if usize::try_from(events).is_ok_and(|events| events <= CHUNK_EVENTS) {
            return self
                .fold_after(after, log, &mut |recorded| folds.iter_mut().for_each(|fold| fold(&recorded)));
        }
        thread::scope(|scope| {
            let mut belts = Vec::new();
            for mut fold in folds {
                let (belt, chunks) = sync_channel::<Arc<Vec<Recorded>>>(CHUNKS_AHEAD);
                belts.push(belt);
                scope.spawn(move || chunks.iter().for_each(|chunk| chunk.iter().for_each(&mut fold)));
            }
            let mut chunk = Vec::with_capacity(CHUNK_EVENTS);
            self.fold_after(after, log, &mut |recorded| {
                chunk.push(recorded);
                if chunk.len() == CHUNK_EVENTS {
                    send(&belts, std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_EVENTS)));
                }
            })?;
            send(&belts, chunk);
            Ok(())
        })
    }
}

/// A fold that has panicked takes nothing more; the panic goes on once all others have ended.
fn send(belts: &[SyncSender<Arc<Vec<Recorded>>>], chunk: Vec<Recorded>) {
    let chunk = Arc::new(chunk);
    for belt in belts {
        drop(belt.send(Arc::clone(&chunk)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Horizon;
    use super::super::MemoryLog;
    use super::super::contract::append;
    use super::super::envelope::Line;
    use super::*;

    fn log(events: u64) -> MemoryLog {
        let log = MemoryLog::new();
        for position in 1..=events {
            let line = format!(
                r#"{{"position":{position},"id":"0199c0de-0000-7000-8000-{position:012x}","kind":"org_registered","version":1,"occurred":"2018","recorded_at":"2020-01-01T00:00:00Z","body":{{"name":"甲","kind":"enterprise","identifier":"local:t/{position}"}}}}"#
            );
            let stored = serde_json::from_str::<Line>(&line).unwrap().into_stored().unwrap();
            log.commit(vec![append([stored])]).unwrap().remove(0).unwrap();
        }
        log
    }

    #[test]
    fn every_fold_sees_every_event_behind_a_position_in_order() {
        for events in [0_u64, 3, 511, 512, 513, 2_000] {
            let log = log(events);
            for after in [0, 1, events / 2, events] {
                let (mut one, mut other) = (Vec::new(), Vec::new());
                let folds: Vec<Fold<'_>> = vec![
                    Box::new(|recorded| one.push(recorded.position)),
                    Box::new(|recorded| other.push(recorded.position)),
                ];
                Effective::gather(&log, Horizon::default()).unwrap().feed(&log, after, folds).unwrap();
                let expected: Vec<Position> = (after + 1..=events).collect();
                assert_eq!((&one, &other), (&expected, &expected), "{events} behind {after}");
            }
        }
    }
}
