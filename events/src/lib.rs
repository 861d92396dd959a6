//! The write side of 金桥: what can be said, who may say it, and the log that keeps it.
//!
//! Reading order: [`value`] (what a fact is made of), [`kinds`] (the vocabulary), [`decide`] (the rules an
//! event must pass), [`log`] (where it is kept), [`kept`] (what it came to, between two starts), [`people`] (what
//! never enters it), [`rule_set`] and [`chain`] (reference data: recognition rules, industry chains), [`clock`]
//! (time and ids as parameters). No async, no HTTP, no graph.

pub mod chain;
pub mod clock;
pub mod decide;
pub mod duty;
pub mod kept;
pub mod kinds;
pub mod log;
pub mod people;
pub mod rule_set;
pub mod value;
