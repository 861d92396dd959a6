//! The doors of 金桥: command line, HTTP, pages, spreadsheets in, reports out. No business rule lives here.
//!
//! Reading order: [`config`] (what was asked for), [`store`] (log and person store, opened together),
//! [`desk`] (the single writer), [`shelf`] (what readers see), then the doors.

pub mod config;
pub mod desk;
pub mod door;
pub mod error;
pub mod shelf;
pub mod store;
