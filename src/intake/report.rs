//! What an import answers: how much was taken, and every row that was not, by sheet, row and column.

use std::borrow::Cow;
use std::fmt;

use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::log::Position;
use jinqiao_events::value::ids::{EventId, PartyId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::Lang;

/// The answer to an import. No sentence in it holds the name or phone of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// How the file was read.
    pub form: ImportForm,
    /// True when nothing was written, all that follows being what would happen: a rehearsal, or a strict import
    /// that had to refuse a row.
    pub dry_run: bool,
    /// The event that notes the import; absent when nothing was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<EventId>,
    /// Events that were added, of all tables.
    #[serde(default)]
    pub added: u64,
    /// Rows of the form's first table that added events.
    pub accepted: u64,
    /// Rows whose events were in the log already, word for word.
    pub unchanged: u64,
    /// Rows that repeat an earlier row of the same file.
    pub duplicates: Vec<DuplicateRow>,
    /// Rows that were refused, or that had a part refused.
    pub refused: Vec<RefusedRow>,
    /// What an officer may want to confirm: names to link, records to correct.
    pub proposed: Vec<Proposal>,
    /// What was noticed and did not stop a row.
    pub warnings: Vec<Warning>,
    /// The figures of the file as it stands in the log, by form; money in 分.
    pub totals: Map<String, Value>,
}

/// A row that repeats an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateRow {
    /// Its sheet; absent in text files.
    pub sheet: Option<String>,
    /// Its row.
    pub row: u64,
    /// The row that it repeats.
    pub of_row: u64,
    /// True when it says something else under the same key: the earlier row was taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub differs: bool,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Its sheet; absent in text files.
    pub sheet: Option<String>,
    /// Its row.
    pub row: u64,
    /// The column at fault, as the sheet heads it.
    pub column: String,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Something noticed that stopped nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The sheet; absent in text files.
    pub sheet: Option<String>,
    /// The row, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// What was noticed.
    pub message: String,
}

/// What an officer may want to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proposal", rename_all = "snake_case")]
pub enum Proposal {
    /// A name that means no registered party: it may be short for one, or one that is yet to be registered.
    Link {
        /// Sheet of the first row that has it.
        sheet: Option<String>,
        /// The first row that has it.
        row: u64,
        /// The name as written.
        name: String,
        /// In how many rows it stands.
        rows: u64,
        /// The parties that it may mean.
        candidates: Vec<Candidate>,
        /// The registered head office whose branch it is by its name: another party, never the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch_of: Option<Candidate>,
        /// The command that confirms it; with several candidates, or none, `PARTY` is to be replaced.
        command: String,
    },
    /// The file says something else than the log holds under the same key.
    Correction {
        /// The sheet.
        sheet: Option<String>,
        /// The row.
        row: u64,
        /// Kind of the event.
        kind: Cow<'static, str>,
        /// Where the log holds it.
        position: Position,
        /// What to do.
        message: String,
    },
}

/// A party that a name may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id.
    pub party: PartyId,
    /// Its full name.
    pub name: String,
}

impl ImportReport {
    pub(super) fn new(form: ImportForm, dry_run: bool) -> Self {
        Self {
            form,
            dry_run,
            import: None,
            added: 0,
            accepted: 0,
            unchanged: 0,
            duplicates: Vec::new(),
            refused: Vec::new(),
            proposed: Vec::new(),
            warnings: Vec::new(),
            totals: Map::new(),
        }
    }

    /// The outcome in a sentence.
    #[must_use]
    pub fn headline(&self, lang: Lang) -> String {
        let Self { accepted, unchanged, .. } = self;
        let (refused, duplicates, proposed) =
            (self.refused.len(), self.duplicates.len(), self.proposed.len());
        let counts = match lang {
            Lang::Zh => format!(
                "收下 {accepted} 行，已有 {unchanged} 行，重复 {duplicates} 行，拒收 {refused} 行，待确认 {proposed} 项"
            ),
            Lang::En => format!(
                "{accepted} rows accepted, {unchanged} known, {duplicates} repeated, {refused} refused, {proposed} to confirm"
            ),
        };
        if self.dry_run {
            format!("{counts}{}", lang.pick("（未写入）", " (nothing written)"))
        } else {
            counts
        }
    }

    /// Puts the lists in the order of the file's rows, sheet by sheet as they were read.
    pub(super) fn sort(&mut self, sheets: &[Option<String>]) {
        let place = |sheet: &Option<String>, row: u64| (sheets.iter().position(|name| name == sheet), row);
        self.duplicates.sort_by_key(|row| place(&row.sheet, row.row));
        self.refused.sort_by_key(|row| place(&row.sheet, row.row));
        self.warnings.sort_by_key(|warning| place(&warning.sheet, warning.row.unwrap_or(0)));
        self.proposed.sort_by_key(|proposal| match proposal {
            Proposal::Link { sheet, row, .. } | Proposal::Correction { sheet, row, .. } => place(sheet, *row),
        });
    }
}

/// `「第31期」第 72 行`.
fn place(sheet: Option<&String>, row: u64) -> String {
    let sheet = sheet.map(|sheet| format!("「{sheet}」")).unwrap_or_default();
    format!("{sheet}第 {row} 行")
}

impl fmt::Display for DuplicateRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differs = if self.differs { "，内容不同，以先出现的为准" } else { "" };
        write!(f, "{}与第 {} 行重复{differs}", place(self.sheet.as_ref(), self.row), self.of_row)
    }
}

impl fmt::Display for RefusedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, message, code, .. } = self;
        write!(f, "{} {column}：{message}（{code}）", place(self.sheet.as_ref(), self.row))
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.sheet, self.row) {
            (sheet, Some(row)) => write!(f, "{} ", place(sheet.as_ref(), row))?,
            (Some(sheet), None) => write!(f, "「{sheet}」")?,
            (None, None) => {}
        }
        if let Some(column) = &self.column {
            write!(f, "{column}：")?;
        }
        write!(f, "{}（{}）", self.message, self.code)
    }
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { sheet, row, name, rows, branch_of: Some(head), .. } => write!(
                f,
                "{} 「{name}」（共 {rows} 行）是「{}」的分支机构，不并入总部；请先登记该分支机构，再登记隶属关系",
                place(sheet.as_ref(), *row),
                head.name
            ),
            Self::Link { sheet, row, name, rows, candidates, command, .. } => {
                let names: Vec<&str> = candidates.iter().map(|candidate| candidate.name.as_str()).collect();
                let meant = if names.is_empty() {
                    "没有相近的已登记名称".to_owned()
                } else {
                    format!("可能是 {}", names.join("、"))
                };
                write!(
                    f,
                    "{} 「{name}」（共 {rows} 行）{meant}；确认：{command}",
                    place(sheet.as_ref(), *row)
                )
            }
            Self::Correction { sheet, row, kind, message, .. } => {
                write!(f, "{} {message}（{kind}）", place(sheet.as_ref(), *row))
            }
        }
    }
}
