//! The one integration test binary. A test's name is the promise it checks.

mod boundaries;
mod cli;
mod kill;
mod support;
