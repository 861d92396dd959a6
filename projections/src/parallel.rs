//! Many questions on all processors, each thread with room of its own; answers come in the order of questions.

use std::thread::ScopedJoinHandle;

/// Answers every question. O(questions / processors).
pub(crate) fn parallel<Q: Copy + Send, R: Default, T: Send>(
    questions: &[Q],
    answer: impl Fn(Q, &mut R) -> T + Sync,
) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = questions.len().div_ceil(threads).max(1);
    let answer = &answer;
    std::thread::scope(|scope| {
        let part = |part: &'_ [Q]| {
            let part = part.to_vec();
            scope.spawn(move || {
                let mut room = R::default();
                part.into_iter().map(|question| answer(question, &mut room)).collect::<Vec<T>>()
            })
        };
        let parts: Vec<_> = questions.chunks(share).map(part).collect();
        parts.into_iter().flat_map(joined).collect()
    })
}

/// What a thread came to. Its panic goes on in the one that waits: a part must not be missing without a word.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
