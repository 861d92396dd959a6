//! Errors for people: the only place where an error becomes an exit code, an HTTP status and a sentence.

use jinqiao_events::decide::{Refusal, Severity};
use jinqiao_events::log::LogError;
use jinqiao_events::people::PeopleError;

use crate::config::Lang;

/// Anything that a door may have to tell its caller.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A rule said no; nothing was written.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The log could not do what was asked.
    #[error("{0}")]
    Log(#[from] LogError),
    /// The person store could not do what was asked.
    #[error("{0}")]
    People(#[from] PeopleError),
    /// A file or stream could not be read or written.
    #[error("{context}: {error}")]
    Io {
        /// What was being done, in plain words.
        context: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The writer is gone, or has more waiting than it takes: try again.
    #[error("the desk takes no more requests just now")]
    Busy,
    /// A running server said no, or could not be reached.
    #[error("{0}")]
    Server(Box<ServerError>),
}

/// What a running server answered in place of what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({pointer}) {detail}")]
pub struct ServerError {
    /// HTTP status; 0 when no answer came.
    pub status: u16,
    /// Its stable code.
    pub code: String,
    /// Its sentence, in the language that was asked for.
    pub detail: String,
    /// JSON pointer of the field at fault, or nothing.
    pub pointer: String,
}

impl AppError {
    /// Wraps a system error with what was being done.
    pub fn io(context: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let context = context.into();
        move |error| Self::Io { context, error }
    }

    /// Whether the reader of our output has gone away (`jinqiao ... | head`): nothing to report.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io { error, .. } if error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// Exit code: 1 refused, 2 usage, 3 conflict, 4 the store is at fault.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(refusal) => match refusal.severity {
                Severity::Invalid | Severity::Missing => 1,
                Severity::Conflict => 3,
            },
            Self::Io { .. } => 1,
            Self::Log(_) | Self::People(_) | Self::Busy => 4,
            Self::Server(error) => match error.status {
                409 => 3,
                400..=499 => 1,
                _ => 4,
            },
        }
    }

    /// HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => match refusal.severity {
                Severity::Invalid => 422,
                Severity::Missing => 404,
                Severity::Conflict => 409,
            },
            Self::Io { .. } | Self::People(_) => 500,
            Self::Log(_) | Self::Busy => 503,
            Self::Server(_) => 502,
        }
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Log(LogError::InUse { .. }) => "store_in_use",
            Self::Log(LogError::Lost { .. }) => "store_lost_events",
            Self::Log(LogError::Damaged { .. }) => "store_damaged",
            Self::Log(LogError::ReadOnly(_)) => "store_read_only",
            Self::Log(LogError::Store(_)) => "store_failed",
            Self::People(_) => "person_store_failed",
            Self::Io { .. } => "io",
            Self::Busy => "busy",
            Self::Server(error) => &error.code,
        }
    }

    /// Where the fault is: a JSON pointer, or nothing.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.pointer,
            Self::Server(error) => &error.pointer,
            Self::Log(_) | Self::People(_) | Self::Io { .. } | Self::Busy => "",
        }
    }

    /// What is wrong and what to do, in the reader's language.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            Self::Refused(refusal) => lang.pick(&refusal.zh, &refusal.en).to_owned(),
            Self::Log(LogError::InUse { owner }) => match lang {
                Lang::Zh => format!(
                    "数据目录正被 {owner} 使用；请关闭它，或加 --server 网址 让命令经由正在运行的服务执行"
                ),
                Lang::En => format!(
                    "the store is in use by {owner}; stop it, or add --server URL to go through the running server"
                ),
            },
            Self::Log(error @ LogError::Lost { .. }) => match lang {
                Lang::Zh => format!(
                    "数据缺失：日志的两份都丢失了已确认的事件（第 {} 号）；请从备份恢复，或加 --accept-loss 以余下的继续",
                    error.lost_positions()
                ),
                Lang::En => format!("{error}; restore a backup, or go on without them with --accept-loss"),
            },
            Self::Log(error) => match lang {
                Lang::Zh => format!("存储出错：{error}；请检查磁盘后重启"),
                Lang::En => format!("{error}; check the disk and restart"),
            },
            Self::People(error) => error.to_string(),
            Self::Io { context, error } => format!("{context}：{error}"),
            Self::Busy => lang.pick("系统繁忙，请稍后重试", "busy: try again in a moment").to_owned(),
            Self::Server(error) => error.detail.clone(),
        }
    }
}
