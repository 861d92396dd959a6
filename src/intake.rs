//! Intake: office files in, events out. A file is read whole, row by row into entries, and handed to the desk;
//! what was not taken comes back by sheet, row and column.
//!
//! A row's keys are natural (a credit code, a contract number, an activity and a person id), so the same file
//! twice adds nothing. Names and phones of people go to the person store and nowhere else: not into an event, a
//! source, a key, a message or a log line.
//!
//! Reading order: `table` (bytes to cells), `heading` and `line` (cells to columns to values), `form`
//! with one file a form, `run` (the whole way), `submit`.

use jinqiao_events::clock;
use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::correction::{FileImported, ImportForm};
use jinqiao_events::log::envelope::hex;
use jinqiao_events::people::detect::mask_personal;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::occurred::Occurred;
use sm3::{Digest, Sm3};

use crate::desk::{Desk, Submission, draft};
use crate::error::AppError;
use heading::Missing;
use run::Import;

pub mod report;

mod chambers;
mod claims;
mod delegations;
mod enterprises;
mod form;
mod heading;
mod line;
mod names;
mod participations;
mod projects;
mod proposals;
mod purchases;
mod run;
mod sign_in;
mod submit;
mod table;
mod visits;
mod welfare;

#[cfg(test)]
mod samples_test;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod variations_test;

pub use crate::limits::{CELLS_MAX, FILE_MAX_BYTES, ROWS_MAX, UNPACKED_MAX_BYTES};
pub use report::ImportReport;

/// A file as a door received it.
#[derive(Debug, Clone, Copy)]
pub struct FileInput<'a> {
    /// Its name; folders in front of it are dropped.
    pub name: &'a str,
    /// Its bytes, at most [`FILE_MAX_BYTES`].
    pub bytes: &'a [u8],
}

/// How a file is to be read.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions {
    /// As which form.
    pub form: ImportForm,
    /// Say what would happen, write nothing, keep no person.
    pub dry_run: bool,
    /// Write nothing if any row is refused.
    pub strict: bool,
    /// The date of what the file says without a date of its own; otherwise the month in its title, otherwise today.
    pub date: Option<Occurred>,
}

/// Imports a file. Blocks: call it from a thread that may wait. `progress` is told how many rows are done.
///
/// # Errors
/// A refusal when the file cannot be read as the form. Otherwise when the store fails; what was written until
/// then stays, and the import can be repeated. With `strict` and a refused row, the report is that of a
/// rehearsal: nothing was written.
pub fn import(
    desk: &Desk,
    file: FileInput<'_>,
    options: &ImportOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, AppError> {
    if options.strict && !options.dry_run {
        let rehearsed = import(desk, file, &ImportOptions { dry_run: true, ..*options }, &mut |_| {})?;
        if !rehearsed.refused.is_empty() {
            return Ok(rehearsed);
        }
    }
    let mut report = match form::of(options.form) {
        Some(form) => Import { desk, file, options, form }.run(progress)?,
        None => participations::import(desk, file, options, progress)?,
    };
    if report.added > 0 && !options.dry_run {
        report.import = Some(note(desk, file, &report)?);
    }
    tracing::info!(
        form = form::name_of(options.form),
        accepted = report.accepted,
        unchanged = report.unchanged,
        refused = report.refused.len(),
        dry_run = options.dry_run,
        "file imported"
    );
    Ok(report)
}

/// Notes in the log that the file was imported.
fn note(desk: &Desk, file: FileInput<'_>, report: &ImportReport) -> Result<EventId, AppError> {
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let event = FileImported {
        form: report.form,
        hash: hash(file.bytes),
        accepted: report.accepted,
        refused: count(report.refused.len()),
        duplicates: count(report.duplicates.len()),
    };
    let units = vec![vec![draft(event.into(), clock::today(desk.clock()))]];
    let answer = desk.record_blocking(Submission { units, rehearsal: false })?.into_iter().next();
    match answer {
        Some(Ok(receipts)) => receipts.first().map(|receipt| receipt.id).ok_or(AppError::Busy),
        Some(Err(fault)) => Err(fault.refusal.into()),
        None => Err(AppError::Busy),
    }
}

/// SM3 of the bytes, hexadecimal.
fn hash(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

/// The name of the file without folders, and without numbers of persons.
fn file_name(file: FileInput<'_>) -> String {
    let name = file.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = table::clean(&mask_personal(name));
    let short: String = name.chars().take(100).collect();
    if short.is_empty() { "未命名".to_owned() } else { short }
}

fn column_missing(missing: &Missing) -> Refusal {
    let (columns, words) = (missing.columns.join("、"), missing.words.join("、"));
    let (zh, en) = if words.is_empty() {
        (
            "没有一行像表头，请核对是不是表格文件".to_owned(),
            "no row reads as a heading: check that it is a table".to_owned(),
        )
    } else {
        (format!("找到的表头是：{words}"), format!("found: {words}"))
    };
    Refusal::invalid(
        "column_missing",
        "",
        format!("缺少列：{columns}；{zh}。请核对表单类型，或补上所缺的列"),
        format!("missing columns: {columns}; {en}. Check the form, or add the columns"),
    )
}
