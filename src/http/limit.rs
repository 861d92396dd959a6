//! How much and how long: every bound on a request, and the reading of bodies within them.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use tokio_stream::StreamExt;

use super::problem::Problem;

/// The bounds that a server keeps. Tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A client that has not sent its headers by then is cut off.
    pub header_read: Duration,
    /// A body that is not complete by then is refused.
    pub body_read: Duration,
    /// Most bytes of a JSON body: one atomic append with its envelope.
    pub body_bytes: usize,
    /// Most bytes of an uploaded file.
    pub upload_bytes: usize,
    /// Most connections at once; more wait to be accepted.
    pub connections: usize,
    /// Most clients that follow the log at once.
    pub followers: usize,
    /// Most files that are read in at once, each held in memory.
    pub uploads: usize,
    /// How long a request may wait for a place among the heavy ones.
    pub heavy_wait: Duration,
    /// How long requests in flight may take once the server is told to stop.
    pub drain: Duration,
    /// After how long without an event a follower is sent a sign of life.
    pub heartbeat: Duration,
}

/// A client that dribbles its headers holds a connection no longer than this.
const HEADER_READ: Duration = Duration::from_secs(10);
/// A whole body, on a local network.
const BODY_READ: Duration = Duration::from_secs(30);
/// Four times one atomic append: JSON escapes and envelopes.
const BODY_BYTES: usize = 1024 * 1024;
/// The largest register that an office sends is a few megabytes.
const UPLOAD_BYTES: usize = 32 * 1024 * 1024;
/// Connections are cheap but not free.
const CONNECTIONS: usize = 512;
/// Followers hold a connection for ever; most of the connections are left to others.
const FOLLOWERS: usize = 64;
/// Two files at once keep the desk busy.
const UPLOADS: usize = 2;
/// Longer than this a person has reloaded the page.
const HEAVY_WAIT: Duration = Duration::from_secs(10);
/// What a request may take at most, more or less.
const DRAIN: Duration = Duration::from_secs(10);
/// Shorter than the idle time-outs of common proxies.
const HEARTBEAT: Duration = Duration::from_secs(15);

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_read: HEADER_READ,
            body_read: BODY_READ,
            body_bytes: BODY_BYTES,
            upload_bytes: UPLOAD_BYTES,
            connections: CONNECTIONS,
            followers: FOLLOWERS,
            uploads: UPLOADS,
            heavy_wait: HEAVY_WAIT,
            drain: DRAIN,
            heartbeat: HEARTBEAT,
        }
    }
}

/// Reads a whole body of at most `max` bytes within `time`.
///
/// # Errors
/// 413 when it is larger, 408 when it is slower, 400 when it breaks off.
pub async fn read_body(body: Body, max: usize, time: Duration) -> Result<Bytes, Problem> {
    let late = || {
        Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "timed_out",
            format!("内容没有在 {} 秒内发完；请重试", time.as_secs()),
            format!(
                "the body was not complete within {} seconds: try again",
                time.as_secs()
            ),
        )
    };
    tokio::time::timeout(time, collect(body, max))
        .await
        .unwrap_or_else(|_| Err(late()))
}

async fn collect(body: Body, max: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "body_broken_off",
                "内容没有发完整；请重试",
                format!("the body broke off: {error}"),
            )
        })?;
        if whole.len() + chunk.len() > max {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                format!("内容超过 {max} 字节；请分批提交"),
                format!("the body has more than {max} bytes: send it in parts"),
            ));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}
