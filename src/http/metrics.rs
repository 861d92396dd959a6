//! What is counted: requests by route, method and status with a histogram of their duration, and commits that
//! failed. Written in Prometheus's text form.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::state::AppState;

/// Media type of the text form.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds of the histogram's buckets, as they are written and in microseconds.
const BUCKETS: [(&str, u64); 10] = [
    ("0.001", 1_000),
    ("0.0025", 2_500),
    ("0.005", 5_000),
    ("0.01", 10_000),
    ("0.025", 25_000),
    ("0.05", 50_000),
    ("0.1", 100_000),
    ("0.25", 250_000),
    ("1", 1_000_000),
    ("5", 5_000_000),
];

/// Everything that is measured.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Series, Histogram>>,
    failed_commits: AtomicU64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, Copy, Default)]
struct Histogram {
    within: [u64; BUCKETS.len()],
    count: u64,
    sum_us: u64,
}

impl Histogram {
    fn add(&mut self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count += 1;
        self.sum_us = self.sum_us.saturating_add(us);
        for ((_, bound), within) in BUCKETS.iter().zip(&mut self.within) {
            *within += u64::from(us <= *bound);
        }
    }
}

impl Metrics {
    /// A commit failed; the log is read-only from then on.
    pub fn commit_failed(&self) {
        self.failed_commits.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self, series: Series, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.entry(series).or_default().add(took);
    }

    /// All figures as text, after those that are given: name, type, help, value.
    #[must_use]
    pub fn written(&self, figures: &[(&str, &str, &str, u64)]) -> String {
        let mut text = String::new();
        let failed = (
            "jinqiao_commit_failures_total",
            "counter",
            "Commits that failed.",
            self.failed_commits.load(Ordering::Relaxed),
        );
        for (name, kind, help, value) in figures.iter().chain([&failed]) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
        }
        let name = "jinqiao_http_request_duration_seconds";
        let _ =
            writeln!(text, "# HELP {name} Requests by route, method and status.\n# TYPE {name} histogram");
        for (series, histogram) in &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = format!(
                "route=\"{}\",method=\"{}\",status=\"{}\"",
                series.route, series.method, series.status
            );
            for ((bound, _), within) in BUCKETS.iter().zip(histogram.within) {
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {within}");
            }
            let Histogram { count, sum_us, .. } = histogram;
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{name}_sum{{{labels}}} {}.{:06}", sum_us / 1_000_000, sum_us % 1_000_000);
            let _ = writeln!(text, "{name}_count{{{labels}}} {count}");
        }
        text
    }
}

/// Counts a request under its route, never under its address: what is typed stays out of the figures.
pub async fn measure(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method =
        if request.method().as_str().len() > 7 { "OTHER" } else { request.method().as_str() }.to_owned();
    let response = next.run(request).await;
    state.metrics.count(Series { route, method, status: response.status().as_u16() }, started.elapsed());
    response
}
