//! Times of many queries, and what is told of them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long each of some queries took.
#[derive(Debug, Clone, Default)]
pub struct Timings(Vec<Duration>);

impl Timings {
    /// Times a piece of work.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let answer = work();
        self.0.push(started.elapsed());
        answer
    }

    /// Adds a time taken elsewhere.
    pub fn push(&mut self, elapsed: Duration) {
        self.0.push(elapsed);
    }

    /// Adds all times of others.
    pub fn extend(&mut self, others: &Self) {
        self.0.extend(&others.0);
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was timed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The time that so many of a hundred took at most, in milliseconds; 0 of none.
    #[must_use]
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).copied().map_or(0.0, ms)
    }

    /// The mean in milliseconds; 0 of none.
    #[must_use]
    pub fn mean_ms(&self) -> f64 {
        ms(self.0.iter().sum()) / self.0.len().max(1) as f64
    }

    /// Count, median, 99th percentile, mean and worst.
    #[must_use]
    pub fn figures(&self) -> Value {
        json!({
            "queries": self.len(),
            "p50_ms": self.percentile_ms(50),
            "p99_ms": self.percentile_ms(99),
            "mean_ms": self.mean_ms(),
            "worst_ms": self.percentile_ms(100),
        })
    }

    /// The same, with the random reads that a query needs at least, and how many times longer it took than
    /// those would take by themselves.
    #[must_use]
    pub fn against(&self, reads_mean: f64, gathers_per_second: f64) -> Value {
        let mut figures = self.figures();
        if let Some(figures) = figures.as_object_mut() {
            let limit_ms = reads_mean / gathers_per_second * 1e3;
            figures.insert("reads_mean".into(), json!(reads_mean));
            figures.insert("ratio_to_gather_limit".into(), json!(self.mean_ms() / limit_ms));
        }
        figures
    }
}

/// A duration in milliseconds.
#[must_use]
pub fn ms(elapsed: Duration) -> f64 {
    elapsed.as_secs_f64() * 1e3
}

/// How many in a second.
#[must_use]
pub fn per_second(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let mut timings = Timings::default();
        assert!(timings.is_empty() && timings.percentile_ms(50) <= 0.0);
        (1..=200).rev().for_each(|at| timings.push(Duration::from_millis(at)));
        let at = |percent| format!("{:.0}", timings.percentile_ms(percent));
        assert_eq!([at(0), at(50), at(99), at(100)], ["1", "101", "199", "200"]);
    }
}
