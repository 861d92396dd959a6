//! What a sender may send, in one place (a page that shows less at once says so itself). What is larger, longer, slower or more is refused with the code
//! named here, and nothing of it is recorded. Bounds that hold whatever the door are the vocabulary's and the
//! log's own; they are listed too, so that this file answers "how much may I send?".
//!
//! | what | bound | refused as |
//! | --- | --- | --- |
//! | JSON body of a request | [`BODY_BYTES`] | `body_too_large` (413) |
//! | uploaded file, packed | [`UPLOAD_BYTES`] over HTTP, [`FILE_MAX_BYTES`] on the command line | `body_too_large` (413), `file_too_large` |
//! | what a file unpacks to | [`UNPACKED_MAX_BYTES`] | `file_too_large` |
//! | rows and cells of a file | [`ROWS_MAX`], [`CELLS_MAX`]; columns beyond [`COLUMNS_MAX`] are not looked at | `file_too_large` |
//! | events and bytes of one atomic append | [`APPEND_MAX_EVENTS`], [`APPEND_MAX_BYTES`] | `too_many_events`, `batch_too_large` |
//! | bytes of one event | [`EVENT_MAX_BYTES`] | `event_too_large` |
//! | characters of a text, in the body and beside it | [`TEXT_MAX_CHARS`], [`HEADER_TEXT_MAX_CHARS`] | `text_too_long` |
//! | entries of a list | [`LIST_MAX_ENTRIES`] | `list_too_long` |
//! | characters of a record's key | [`RECORD_KEY_MAX_CHARS`] | `invalid_body` |
//! | nesting of JSON | 128 | `bad_json` |
//! | `Idempotency-Key` | [`IDEMPOTENCY_KEY_MAX_BYTES`] | `bad_idempotency_key` |
//! | lines of a page, of a match list, of a match list as a page | [`PAGE_MAX`], [`TOP_MAX`], [`PAGE_TOP_MAX`] | `bad_query` |
//! | names of a work list; branches, corrections and pairs of it | [`WORK_TOP_MAX`]; [`WORK_LINES_MAX`] | `bad_query`; the rest is counted |
//! | new proposals of corrections from one file | [`PROPOSALS_MAX`] | warning `proposals_cut` |
//! | headers, body not there in time | [`HEADER_READ`], [`BODY_READ`] | cut off, `timed_out` (408) |
//! | connections, followers, uploads at once | [`CONNECTIONS`], [`FOLLOWERS`], [`UPLOADS`] | wait, `busy` (503) |
//! | questions worked on at once, of the API and the pages together | [`heavy_at_once`], for at most [`HEAVY_WAIT`] | wait, `busy` (503) |
//! | events that wait for a slow follower | [`FOLLOWER_EVENTS_MAX`] | the follower waits for the log |
//! | requests that wait for the desk | [`WAITING_MAX`] | `busy` (503) |
//! | voids and corrections that tell history anew in one array | [`FOLDS_MAX`] | `too_many_rewrites` |

use std::time::Duration;

pub use jinqiao_events::decide::texts::{HEADER_TEXT_MAX_CHARS, LIST_MAX_ENTRIES, TEXT_MAX_CHARS};
pub use jinqiao_events::kinds::tag::RECORD_KEY_MAX_CHARS;
pub use jinqiao_events::log::{APPEND_MAX_BYTES, APPEND_MAX_EVENTS, EVENT_MAX_BYTES};

/// Four times one atomic append: JSON escapes and envelopes.
pub const BODY_BYTES: usize = 1024 * 1024;
/// The largest register that an office sends is a few megabytes.
pub const UPLOAD_BYTES: usize = 32 * 1024 * 1024;
/// Most bytes of a file.
pub const FILE_MAX_BYTES: usize = 64 * 1024 * 1024;
/// Most bytes that a packed file (xlsx, gz) may unpack to.
pub const UNPACKED_MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Most rows of a file that hold anything.
pub const ROWS_MAX: usize = 200_000;
/// Most cells of a file that hold anything.
pub const CELLS_MAX: usize = 4_000_000;
/// Columns looked at; no form has nearly as many.
pub const COLUMNS_MAX: usize = 256;
/// Longest file name that is kept, in characters.
pub const FILE_NAME_MAX_CHARS: usize = 120;

/// Longest `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_MAX_BYTES: usize = 200;
/// Most entries of a page.
pub const PAGE_MAX: usize = 1_000;
/// Most lines of a match list.
pub const TOP_MAX: usize = 1_000;
/// Most lines of a match list as a page.
pub const PAGE_TOP_MAX: usize = 200;
/// Most names of a work list.
pub const WORK_TOP_MAX: usize = 5_000;
/// Most branches, proposed corrections and pairs of projects of a work list; the rest is counted.
pub const WORK_LINES_MAX: usize = 200;
/// Most corrections that one import puts on the work list: a file that contradicts more is another file.
pub const PROPOSALS_MAX: usize = 1_000;

/// A client that dribbles its headers holds a connection no longer than this.
pub const HEADER_READ: Duration = Duration::from_secs(10);
/// A whole body, on a local network.
pub const BODY_READ: Duration = Duration::from_secs(30);
/// Connections are cheap but not free.
pub const CONNECTIONS: usize = 512;
/// Followers hold a connection for ever; most of the connections are left to others.
pub const FOLLOWERS: usize = 64;
/// Two files at once keep the desk busy.
pub const UPLOADS: usize = 2;
/// Longer than this a person has reloaded the page.
pub const HEAVY_WAIT: Duration = Duration::from_secs(10);
/// Events that may wait for a slow follower; beyond that the log waits to be read, nothing else does.
pub const FOLLOWER_EVENTS_MAX: usize = 256;
/// What a request may take at most, more or less, once the server is told to stop.
pub const DRAIN: Duration = Duration::from_secs(10);
/// Shorter than the idle time-outs of common proxies.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// Most requests that wait for the desk; more are told to try again later.
pub const WAITING_MAX: usize = 4_096;
/// How often one unit may have history told anew: each is a pass over the log, and everybody else waits.
pub const FOLDS_MAX: usize = 64;

/// How many questions are worked on at once: as many as there are cores.
#[must_use]
pub fn heavy_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
