//! The doors of 金桥: command line, HTTP, pages, spreadsheets in, reports out. No business rule lives here.
//!
//! Reading order: [`config`] (what was asked for), [`store`] (log and person store, opened together),
//! [`desk`] (the single writer), [`shelf`] (what readers see), then the doors.

pub mod bench;
pub mod chains;
pub mod cli;
pub mod client;
pub mod config;
pub mod crediting;
pub mod demo;
pub mod desk;
pub mod dice;
pub mod door;
pub mod dormancy;
pub mod duplicates;
pub mod error;
pub mod http;
pub mod intake;
pub mod liaison;
pub mod limits;
pub mod matching;
pub mod median;
pub mod naming;
pub mod projects;
pub mod report;
pub mod shelf;
pub mod snapshots;
pub mod store;
pub mod undoing;
pub mod web;
pub mod worklist;
