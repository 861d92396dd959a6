//! Restoring an export: events enter an empty log exactly as they were, position, id and times included.

use std::io::BufRead;

use jinqiao_events::decide::Refusal;
use jinqiao_events::log::envelope::Line;
use jinqiao_events::log::{APPEND_MAX_BYTES, Append, Log, Position, Stored};

use crate::error::AppError;
use crate::store::Store;

/// Events that share one flush while restoring.
const BATCH_MAX_EVENTS: usize = 4_096;

/// Reads exported lines into an empty store; the position reached. Nothing is decided anew: what an export
/// holds was decided when it was recorded.
///
/// # Errors
/// When the store is not empty, or a line is no exported line or out of order (says which). Lines before the
/// one at fault are kept: run again into a new empty store.
pub fn restore(
    store: &Store,
    lines: impl BufRead,
    each: &mut dyn FnMut(Position),
) -> Result<Position, AppError> {
    if store.log.head() != 0 {
        return Err(not_empty(store.log.head()).into());
    }
    let (mut batch, mut bytes) = (Vec::new(), 0);
    let mut expected: Position = 1;
    for (index, line) in lines.lines().enumerate() {
        let line = line.map_err(AppError::io("读取导出文件"))?;
        let stored = read(&line, index + 1, expected)?;
        expected += 1;
        bytes += stored.body.len();
        batch.push(stored);
        if batch.len() == BATCH_MAX_EVENTS || bytes > APPEND_MAX_BYTES / 2 {
            commit(store.log.as_ref(), std::mem::take(&mut batch))?;
            bytes = 0;
            each(expected - 1);
        }
    }
    commit(store.log.as_ref(), batch)?;
    Ok(store.log.head())
}

fn read(line: &str, number: usize, expected: Position) -> Result<Stored, AppError> {
    let fault = |reason: String| {
        Refusal::invalid(
            "bad_export_line",
            "",
            format!("第 {number} 行不是导出的事件：{reason}"),
            format!("line {number} is no exported event: {reason}"),
        )
    };
    let parsed: Line = serde_json::from_str(line).map_err(|error| fault(error.to_string()))?;
    let stored = parsed.into_stored().map_err(|error| fault(error.to_string()))?;
    if stored.position != expected {
        return Err(fault(format!("position {}, expected {expected}", stored.position)).into());
    }
    Ok(stored)
}

fn commit(log: &dyn Log, events: Vec<Stored>) -> Result<(), AppError> {
    let group = events.into_iter().map(|event| Append { events: vec![event], guard: None }).collect();
    for answer in log.commit(group)? {
        answer.map_err(|error| {
            AppError::Refused(Refusal::invalid("bad_export_line", "", error.to_string(), error.to_string()))
        })?;
    }
    Ok(())
}

fn not_empty(head: Position) -> Refusal {
    Refusal::conflict(
        "store_not_empty",
        "",
        format!("目标库已有 {head} 个事件；导入导出文件须用空库，请换一个 --log 目录"),
        format!("the store holds {head} events already; import into an empty one (another --log)"),
    )
}
