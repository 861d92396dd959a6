//! What was asked for, checked before anything starts: where the log is, which language, how to print.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use jinqiao_events::log::proof::Profile;

/// Where the log is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogUrl {
    /// `sled:DIR`: embedded, one owner.
    Sled(PathBuf),
    /// `memory:`: gone with the process; for trying things out.
    Memory,
}

impl FromStr for LogUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sled", "")) => Err("sled: 之后须写目录，如 sled:./jinqiao-data".into()),
            Some(("sled", dir)) => Ok(Self::Sled(PathBuf::from(dir))),
            Some(("memory", "")) => Ok(Self::Memory),
            _ => Err(format!("不认识的日志地址「{text}」；可用 sled:目录 或 memory:")),
        }
    }
}

/// Language of sentences for people. Names in code, JSON and flags are English either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The text in this language.
    #[must_use]
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The language a reader asks for by `Accept-Language`; Chinese unless English comes first.
    #[must_use]
    pub fn from_accept_language(header: Option<&str>) -> Self {
        let first = header.and_then(|value| value.split([',', ';', '-']).next()).unwrap_or_default();
        if first.trim().eq_ignore_ascii_case("en") { Self::En } else { Self::Zh }
    }
}

/// How the tree of proofs of a new store is hashed, and its checkpoints signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hash {
    /// 国密：SM3 与 SM2（缺省）.
    Sm3,
    /// SHA-256 与 Ed25519，公共见证方可验证.
    Sha256,
}

impl From<Hash> for Profile {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sm3 => Self::Sm3,
            Hash::Sha256 => Self::Sha256,
        }
    }
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// One object, or JSON lines.
    Json,
    /// Comma-separated.
    Csv,
    /// Tab-separated.
    Tsv,
    /// A workbook, into a file (`report --out FILE`).
    Xlsx,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_urls_are_read_or_refused_with_a_way_out() {
        assert_eq!("sled:./x".parse(), Ok(LogUrl::Sled("./x".into())));
        assert_eq!("memory:".parse(), Ok(LogUrl::Memory));
        assert!("sled:".parse::<LogUrl>().is_err());
        assert!("postgres://x".parse::<LogUrl>().unwrap_err().contains("sled:"));
    }

    #[test]
    fn the_reader_is_answered_in_the_first_language_asked_for() {
        assert_eq!(Lang::from_accept_language(Some("en-GB,zh;q=0.5")), Lang::En);
        assert_eq!(Lang::from_accept_language(Some("zh-CN,en;q=0.5")), Lang::Zh);
        assert_eq!(Lang::from_accept_language(None), Lang::Zh);
    }
}
