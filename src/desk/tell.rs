//! What the log itself has to say: that it healed a copy, or that a person accepted a loss. It becomes events
//! here, since only the desk appends. Rules are not asked: they refuse these kinds to everybody else.

use jinqiao_events::clock::{Clock, IdSource, today};
use jinqiao_events::kinds::Event;
use jinqiao_events::log::{Append, Log, LogError};

use super::slot::Slot;
use super::{content, draft};
use crate::error::AppError;

/// Records what the last open found, and lets the log forget it. A crash in between records nothing twice.
///
/// # Errors
/// When the log cannot be written.
pub fn tell(log: &dyn Log, clock: &dyn Clock, ids: &dyn IdSource) -> Result<(), AppError> {
    let report = log.untold()?;
    if report.is_empty() {
        return Ok(());
    }
    for reason in report.unread {
        tracing::warn!(reason, "a checkpoint could not be read, and was not asked which copy is the log");
    }
    let events = report.healed.into_iter().map(Event::from).chain(report.lost.into_iter().map(Event::from));
    let (now, mut group) = (clock.now(), Vec::new());
    for event in events {
        tracing::warn!(kind = event.kind().name(), body = %event.body_json().unwrap_or_default(), "the store was damaged");
        let mut draft = draft(event, today(clock));
        let digest = content::digest(&draft)?;
        draft.id = ids.event_id(now);
        draft.key = Some(format!("store/{:032x}", u128::from_be_bytes(digest)));
        if let Slot::New(new) = Slot::new(draft, Some(digest), now)? {
            group.push(Append { events: vec![new.0], guard: None });
        }
    }
    for answer in log.commit(group)? {
        answer.map_err(|error| LogError::Store(format!("what was healed could not be recorded: {error}")))?;
    }
    Ok(log.told()?)
}
