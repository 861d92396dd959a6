//! Many queries at once, on all processors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::parallel::joined;

/// Queries that a thread takes at a time.
const CHUNK: usize = 64;

/// Answers every query, in their order, on so many threads: each has its own room and takes the next few
/// queries when it is done with its last, so that hubs hold up nobody else. The answers do not depend on the number
/// of threads.
pub fn batch<Q: Sync, R: Default, A: Send>(
    queries: &[Q],
    threads: usize,
    answer: impl Fn(&Q, &mut R) -> A + Sync,
) -> Vec<A> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut room = R::default();
        let mut answered = Vec::new();
        loop {
            let first = next.fetch_add(CHUNK, Ordering::Relaxed);
            let Some(rest) = queries.get(first..).filter(|rest| !rest.is_empty()) else { break };
            let own = rest.iter().take(CHUNK);
            answered.push((first, own.map(|query| answer(query, &mut room)).collect::<Vec<A>>()));
        }
        answered
    };
    let mut answered: Vec<(usize, Vec<A>)> = thread::scope(|scope| {
        let working: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        working.into_iter().flat_map(joined).collect()
    });
    answered.sort_unstable_by_key(|(first, _)| *first);
    answered.into_iter().flat_map(|(_, answers)| answers).collect()
}
