//! `log export`: the whole log as JSON lines, in bounded memory.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use jinqiao_events::log::proof::with_proof;
use jinqiao_events::log::{LogError, codec};

use super::super::{Globals, finish, progress, writing};
use super::sink;
use crate::error::AppError;
use crate::store::Store;

pub(super) fn run(
    store: &Store,
    globals: &Globals,
    file: Option<&Path>,
    proof: bool,
) -> Result<u8, AppError> {
    let mut sink = sink(file)?;
    let bar = progress(globals, Some(store.log.head()));
    let mut written = Ok(());
    let mut each = |line: io::Result<String>| {
        bar.inc(1);
        written = line.and_then(|line| writeln!(sink, "{line}"));
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    if proof {
        each_proved(store, &mut each)?;
    } else {
        store.log.scan(0, &mut |stored| each(stored.to_line().map_err(io::Error::from)))?;
    }
    bar.finish_and_clear();
    store.close()?;
    written.map_err(writing)?;
    finish(sink)
}

/// Hands every line with what proves it to `each`.
fn each_proved(
    store: &Store,
    each: &mut dyn FnMut(io::Result<String>) -> ControlFlow<()>,
) -> Result<(), AppError> {
    let provable = store.provable()?;
    let (_, profile) = provable.identity()?;
    let mut damaged = None;
    provable.each_stored(0, &mut |position, payload| {
        let Some(stored) = codec::decode_event(position, payload) else {
            damaged = Some(position);
            return ControlFlow::Break(());
        };
        each(stored.to_line().map_err(io::Error::from).map(|line| with_proof(&line, profile, payload)))
    })?;
    damaged.map_or(Ok(()), |position| {
        Err(LogError::Damaged { position, reason: "its stored bytes are no event".into() }.into())
    })
}
