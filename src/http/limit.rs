//! How much and how long: the bounds of a server ([`crate::limits`]), and the reading of bodies within them.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use tokio_stream::StreamExt;

use super::problem::Problem;
use crate::limits::{
    BODY_BYTES, BODY_READ, CONNECTIONS, DRAIN, FOLLOWERS, HEADER_READ, HEARTBEAT, HEAVY_WAIT, UPLOAD_BYTES,
    UPLOADS,
};

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
            format!("the body was not complete within {} seconds: try again", time.as_secs()),
        )
    };
    tokio::time::timeout(time, collect(body, max)).await.unwrap_or_else(|_| Err(late()))
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
