//! A thread that works beside the disk: it hashes the events of a commit while they are written, and lets go of what the
//! commit needs no more. That memory came from many threads, and giving it back takes as long as hashing it.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::store_error;
use crate::log::proof::{Growth, RightEdge};
use crate::log::{LogError, Stored};

/// Stored bytes of the events of one flush.
pub(super) type Payloads = Arc<Vec<Vec<u8>>>;

/// Hashes one commit at a time, until it is dropped.
#[derive(Debug)]
pub(super) struct Hasher {
    work: SyncSender<(RightEdge, Payloads, Vec<Stored>)>,
    done: Receiver<Growth>,
}

impl Hasher {
    pub(super) fn start() -> io::Result<Self> {
        let (work, to_do) = sync_channel::<(RightEdge, Payloads, Vec<Stored>)>(1);
        let (finished, done) = sync_channel(1);
        thread::Builder::new().name("log-hash".into()).spawn(move || {
            while let Ok((edge, payloads, _spent)) = to_do.recv()
                && finished.send(edge.growth(&payloads)).is_ok()
            {}
        })?;
        Ok(Self { work, done })
    }

    /// Begins; [`Hasher::finish`] has to be called before the next.
    pub(super) fn begin(
        &self,
        edge: RightEdge,
        payloads: Payloads,
        spent: Vec<Stored>,
    ) -> Result<(), LogError> {
        self.work.send((edge, payloads, spent)).map_err(store_error)
    }

    /// What the events add to the tree.
    pub(super) fn finish(&self) -> Result<Growth, LogError> {
        self.done.recv().map_err(store_error)
    }
}
