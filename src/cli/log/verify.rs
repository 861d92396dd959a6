//! `log verify`: looks at every byte of a store, as it is on disk, and mends nothing.

use std::io::Write;

use jinqiao_events::log::envelope::hex;
use jinqiao_events::log::sled_log::{self, Examination};
use serde_json::{Value, json};

use super::super::{Globals, LossArgs, finish, out, writing};
use crate::config::LogUrl;
use crate::error::AppError;

/// Exit code when something is wrong with the store.
const STORE_AT_FAULT: u8 = 4;

pub(super) fn run(globals: &Globals) -> Result<u8, AppError> {
    let LogUrl::Sled(directory) = &globals.log else { return in_memory(globals) };
    let found = sled_log::examine(directory, &globals.choices(LossArgs::default()).options())?;
    let code = print(&found)?;
    let Some(first) = found.findings.first() else { return Ok(code) };
    let at = first.positions.first;
    let count = found.more.saturating_add(u64::try_from(found.findings.len()).unwrap_or(u64::MAX));
    globals.say(
        &format!(
            "存储有误，共 {count} 处，第一处在第 {at} 号：{}。两份中只要有一份完好，下次打开时自动以它修复另一份并记入日志",
            first.reason
        ),
        &format!(
            "{count} findings, the first at position {at}: {}. As long as one of the two copies is sound, the next open makes the other good from it and records that",
            first.reason
        ),
    );
    Ok(STORE_AT_FAULT)
}

fn in_memory(globals: &Globals) -> Result<u8, AppError> {
    let verified = globals.open_store()?.log.verify()?;
    print(&Examination { events: verified.events, bytes: verified.bytes, ..Examination::default() })
}

fn print(found: &Examination) -> Result<u8, AppError> {
    let mut answer = json!({
        "ok": found.findings.is_empty(),
        "events": found.events,
        "bytes": found.bytes,
        "checkpoints": found.checkpoints,
        "root": found.root.map(|root| hex(&root)),
    });
    if !found.findings.is_empty()
        && let Value::Object(answer) = &mut answer
    {
        answer.insert("findings".into(), json!(found.findings));
        answer.insert("more".into(), json!(found.more));
    }
    let mut out = out();
    writeln!(out, "{answer}").map_err(writing)?;
    finish(out)
}
