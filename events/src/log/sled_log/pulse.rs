//! The store's pulse: a thread that lets the head follow the log within a second, so that on a quiet store, too, an
//! end that both copies lost is noticed.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::engine::Engine;

/// What was acknowledged is under the head after so long at the latest, and the time that it takes to write it.
pub(super) const HEAD_INTERVAL: Duration = Duration::from_secs(1);

/// Beats until it is dropped.
#[derive(Debug)]
pub(super) struct Pulse {
    /// Dropped, it ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    /// Lets the head of `engine` follow.
    pub(super) fn start(engine: &Arc<Engine>) -> io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let engine = Arc::downgrade(engine);
        let thread = thread::Builder::new().name("log-head".into()).spawn(move || {
            while stopped.recv_timeout(HEAD_INTERVAL) == Err(std::sync::mpsc::RecvTimeoutError::Timeout)
                && let Some(engine) = Weak::upgrade(&engine)
            {
                engine.follow();
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.stop = None;
        // Whoever closes the log may open it again at once: the thread must have let go of it.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
