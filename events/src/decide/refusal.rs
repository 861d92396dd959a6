//! A refusal: the answer of a rule that says no.

use std::fmt;

use crate::kinds::{BodyError, INVALID_BODY};
use crate::value::text_value::english;

/// What the caller can do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The input is at fault: mend it and send it again.
    Invalid,
    /// The input is well formed but something recorded earlier stands against it.
    Conflict,
    /// It refers to something that is not there.
    Missing,
}

/// Why something may not be recorded: a stable code, the place, and a sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Stable code, snake_case.
    pub code: &'static str,
    /// What the caller can do.
    pub severity: Severity,
    /// JSON pointer of the field at fault, relative to the event (`/body/buyer`).
    pub pointer: String,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

impl Refusal {
    /// The input is at fault.
    #[must_use]
    pub fn invalid(code: &'static str, pointer: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, severity: Severity::Invalid, pointer: pointer.to_owned(), zh: zh.into(), en: en.into() }
    }

    /// Something recorded earlier stands against it.
    #[must_use]
    pub fn conflict(code: &'static str, pointer: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { severity: Severity::Conflict, ..Self::invalid(code, pointer, zh, en) }
    }

    /// It refers to something that is not there.
    #[must_use]
    pub fn missing(code: &'static str, pointer: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { severity: Severity::Missing, ..Self::invalid(code, pointer, zh, en) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) {}", self.code, self.pointer, self.zh)
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        let BodyError { code, pointer, reason } = error;
        let en =
            english(code).map_or_else(|| format!("the body does not fit its kind: {reason}"), str::to_owned);
        let zh = if code == INVALID_BODY { format!("内容不合格式：{reason}") } else { reason };
        Self::invalid(code, &pointer, zh, en)
    }
}
