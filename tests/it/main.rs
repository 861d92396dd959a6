//! The one integration test binary. A test's name is the promise it checks.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that trips over its own input has failed"
)]

mod article;
mod boundaries;
mod cli;
mod corpora;
mod damage;
mod duplicates;
mod hostile;
mod kill;
mod lists;
mod proofs;
mod support;
