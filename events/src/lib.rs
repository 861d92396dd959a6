//! The write side of 金桥: what can be said, who may say it, and the log that keeps it.
//!
//! Reading order: [`value`] (what a fact is made of), then the vocabulary, the decisions and the log.

pub mod value;
