//! The journal: every commit once more, in plain append-only files, made durable before the answer.
//!
//! ```text
//! <dir>/journal/00000000000000000001.seg    segment: named after the position of its first event
//! segment = header (64 bytes) · frame* · zeros
//! header  = "JQJOURNL" · format u16 (1) · hash profile u8 · 0 u8 · 0 u32 · store id [16] · first position u64
//!           · 0 [20] · crc32c u32 of the 60 bytes before it
//! frame   = magic u32 ("JQfr") · body bytes u32 · first position u64 · events u32 · body crc32c u32 · 0 u32
//!           · header crc32c u32 · body · zeros up to a multiple of 8
//! body    = section*
//! section = kind u8 · 0 [3] · bytes u32 · content
//!           kind 1: a block, the very bytes that go to the engine (see [`codec`](super::codec))
//!           kind 2: the tree after this commit: size u64 · right edge, one hash of 32 bytes after the other
//! ```
//! Numbers are little-endian. One frame is one commit and at most one frame is ever under way, so what follows
//! the last good frame and was not acknowledged is a torn end; a bad frame *before* a good one is damage. Both
//! checksums of a frame go on from the CRC of the store id: a frame of another store is no frame here.
//! Sections of unknown kinds are passed over. The **tree section** is optional: whoever resumes the tree takes
//! it from the last frame, or computes the tree anew from the blocks where it is missing.

pub mod frame;

pub use frame::{Frame, HashProfile, SegmentHeader, TreeEdge};
