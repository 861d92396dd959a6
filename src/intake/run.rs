//! The import of a form that is read into memory: sheets to pages, rows to entries, entries to the desk, and
//! the report of what became of them.

use std::collections::BTreeMap;

use jinqiao_events::clock;
use jinqiao_events::decide::Refusal;
use jinqiao_events::people::{PersonSeen, PersonStore};
use jinqiao_events::value::ids::PersonId;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::form::{self, Context, Form, Reading};
use super::heading::{Heading, Missing};
use super::line::{Line, Page, RowFault};
use super::report::{self, ImportReport};
use super::submit::{self, Fate, Prepared, Submitter};
use super::table::{self, Book};
use super::{FileInput, ImportOptions, column_missing, file_name, hash, proposals};
use crate::desk::Desk;
use crate::error::AppError;

/// Words with which a row of totals begins.
const TOTALS: [&str; 6] = ["合计", "小计", "总计", "共计", "累计", "本页合计"];
/// Words with which the label of a row of totals ends: 市南区小计, 一季度合计.
const SUBTOTALS: [&str; 4] = ["小计", "合计", "总计", "共计"];
/// Longer texts are no label of totals.
const LABEL_MAX_CHARS: usize = 16;
/// What stands before the colon in the lines under a table where people sign.
const SIGNATURES: [&str; 24] = [
    "制表",
    "制表人",
    "填表",
    "填表人",
    "填报",
    "填报人",
    "填报单位",
    "填报日期",
    "填表日期",
    "制表日期",
    "审核",
    "审核人",
    "复核",
    "复核人",
    "审批",
    "审批人",
    "经办",
    "经办人",
    "负责人",
    "单位负责人",
    "签字",
    "签名",
    "盖章",
    "单位盖章",
];

/// An import on its way.
pub(super) struct Import<'a> {
    pub(super) desk: &'a Desk,
    pub(super) file: FileInput<'a>,
    pub(super) options: &'a ImportOptions,
    pub(super) form: Box<dyn Form>,
}

/// A row that was read and waits for the ids of its persons.
struct Waiting {
    page: usize,
    table: usize,
    row: u64,
    reading: Reading,
}

impl Import<'_> {
    /// Reads the file, records what it says and reports.
    pub(super) fn run(mut self, progress: &mut dyn FnMut(u64)) -> Result<ImportReport, AppError> {
        let mut report = ImportReport::new(self.options.form, self.options.dry_run);
        let book = table::read(self.file.bytes)?;
        let pages = self.pages(&book, &mut report)?;
        let names: Vec<Option<String>> = pages.iter().map(|(_, page)| page.sheet.clone()).collect();
        let (rows, waiting) = self.read(&book, &pages, &mut report);
        let prepared = self.identify(waiting)?;
        let prepared = without_repeats(prepared, &names, &mut report);
        let submitter = Submitter {
            desk: self.desk,
            form: form::name_of(self.options.form),
            file: file_name(self.file),
            hash: hash(self.file.bytes),
            is_rehearsal: self.options.dry_run,
        };
        let settled = submitter.submit(prepared, &names, progress)?;
        self.take(&settled, &pages, &mut report);
        submitter.propose(&settled, &names)?.tell(&mut report);
        let views = self.desk.shelf().views();
        report.proposed.extend(proposals::of(&settled, &names, &views.register));
        report.sort(&names);
        let figures = self.form.totals(&views.register).into_iter();
        report.totals.extend(figures.map(|(name, figure)| (name.to_owned(), figure)));
        report.totals.insert("rows".into(), json!(rows));
        Ok(report)
    }

    /// The sheets that hold a table of the form, in the order in which the form's tables are to be recorded.
    fn pages(&self, book: &Book, report: &mut ImportReport) -> Result<Vec<(usize, Page)>, Refusal> {
        let (today, given) = (clock::today(self.desk.clock()), self.options.date);
        let mut closest = Missing::default();
        let mut pages = Vec::new();
        for (index, sheet) in book.sheets.iter().enumerate().filter(|(_, sheet)| !sheet.rows.is_empty()) {
            let mut headings = self
                .form
                .tables()
                .iter()
                .enumerate()
                .map(|(table, columns)| (table, Heading::find(sheet, columns)));
            let found = headings.find_map(|(table, heading)| match heading {
                Ok(heading) => Some((table, heading)),
                Err(missing) => {
                    if closest.columns.is_empty() || missing.matched > closest.matched {
                        closest = missing;
                    }
                    None
                }
            });
            let Some((table, heading)) = found else {
                report.warnings.push(sheet_warning(
                    sheet.name.as_deref(),
                    "sheet_skipped",
                    "工作表中没有找到所需的表头，未读取",
                ));
                continue;
            };
            let unread: Vec<&str> = heading.unread().into_iter().collect();
            if !unread.is_empty() {
                let message =
                    format!("没有读取的列：{}；如需导入，请改用该表单认识的列名", unread.join("、"));
                report.warnings.push(sheet_warning(sheet.name.as_deref(), "columns_unread", &message));
            }
            let as_of = given.or_else(|| heading.title_date()).unwrap_or(today);
            pages.push((table, index, Page { sheet: sheet.name.clone(), heading, as_of, given }));
        }
        if pages.is_empty() {
            return Err(column_missing(&closest));
        }
        for name in &book.hidden {
            report.warnings.push(sheet_warning(
                Some(name),
                "sheet_hidden",
                "隐藏的工作表未读取；需要导入请先取消隐藏",
            ));
        }
        pages.sort_by_key(|(table, index, _)| (*table, *index));
        Ok(pages.into_iter().map(|(_, index, page)| (index, page)).collect())
    }

    /// Reads every row; how many rows of data the form's first table has, and those that could be read.
    fn read(
        &mut self,
        book: &Book,
        pages: &[(usize, Page)],
        report: &mut ImportReport,
    ) -> (u64, Vec<Waiting>) {
        let views = self.desk.shelf().views();
        let context = Context { register: &views.register, log: self.desk.store().log.as_ref() };
        let (mut rows, mut waiting) = (0, Vec::new());
        for (page_index, (sheet_index, page)) in pages.iter().enumerate() {
            let Some(sheet) = book.sheets.get(*sheet_index) else {
                continue;
            };
            let table = self.table_of(page);
            let columns = self.form.tables().get(table).copied().unwrap_or_default();
            match self.form.open(page, &context) {
                Ok(entry) => waiting.extend(entry.map(|entry| Waiting {
                    page: page_index,
                    table,
                    row: 0,
                    reading: Reading::of(entry),
                })),
                Err(fault) => {
                    report.refused.push(refused_row(page, 1, fault));
                    continue;
                }
            }
            for row in sheet.rows.iter().skip(page.heading.skip) {
                if is_no_data(row, &page.heading, columns) {
                    continue;
                }
                rows += u64::from(table == 0);
                match self.form.read(table, Line { page, row }, &context) {
                    Ok(reading) => {
                        report
                            .warnings
                            .extend(reading.remarks.iter().map(|remark| warning(page, row.number, remark)));
                        waiting.push(Waiting { page: page_index, table, row: row.number, reading });
                    }
                    Err(fault) => report.refused.push(refused_row(page, row.number, fault)),
                }
            }
        }
        (rows, waiting)
    }

    fn table_of(&self, page: &Page) -> usize {
        let is_whole = |columns: &form::Table| {
            columns.iter().all(|column| !column.required || page.heading.index(column).is_some())
        };
        self.form.tables().iter().position(is_whole).unwrap_or(0)
    }

    /// Gives the persons of the rows their ids. A rehearsal asks the person store who is known and keeps the
    /// others in a store that is gone afterwards.
    fn identify(&self, waiting: Vec<Waiting>) -> Result<Vec<Prepared>, AppError> {
        let persons: Vec<PersonSeen> =
            waiting.iter().flat_map(|row| row.reading.persons.iter().cloned()).collect();
        let people = &self.desk.store().people;
        let (ids, now) = (self.desk.ids(), self.desk.clock().now());
        let known = if self.options.dry_run { people.find(&persons)? } else { vec![None; persons.len()] };
        let scratch = PersonStore::in_memory()?;
        let store = if self.options.dry_run { &scratch } else { people };
        let given = if persons.is_empty() { Vec::new() } else { store.register(&persons, ids, now)? };
        let mut given: std::vec::IntoIter<PersonId> = known
            .into_iter()
            .zip(given)
            .map(|(known, given)| known.unwrap_or(given))
            .collect::<Vec<_>>()
            .into_iter();
        Ok(waiting
            .into_iter()
            .map(|row| {
                let ids: Vec<PersonId> = given.by_ref().take(row.reading.persons.len()).collect();
                Prepared { page: row.page, table: row.table, row: row.row, entry: (row.reading.build)(&ids) }
            })
            .collect())
    }

    /// Counts what became of the entries.
    fn take(&mut self, settled: &[(Prepared, Fate)], pages: &[(usize, Page)], report: &mut ImportReport) {
        for (prepared, fate) in settled {
            let Some((_, page)) = pages.get(prepared.page) else {
                continue;
            };
            let is_row = prepared.row > 0;
            let columns = self.form.tables().get(prepared.table).copied().unwrap_or_default();
            if let Some(refusal) = &fate.refused {
                let fault = submit::fault_of(refusal, prepared, page, columns);
                report.refused.push(refused_row(page, prepared.row.max(1), fault));
                continue;
            }
            for refusal in &fate.left_out {
                let fault = submit::fault_of(refusal, prepared, page, columns);
                report.warnings.push(report::Warning {
                    sheet: page.sheet.clone(),
                    row: is_row.then_some(prepared.row),
                    column: Some(fault.column),
                    code: fault.code.into(),
                    message: fault.message,
                });
            }
            report.added += u64::try_from(fate.added).unwrap_or(u64::MAX);
            self.form.tally(&fate.standing);
            // Rows of a second table (instalments) are in the totals; rows accepted are those of the first.
            let is_main_row = is_row && prepared.table == 0;
            if is_main_row && fate.added > 0 {
                report.accepted += 1;
            } else if is_main_row && !fate.standing.is_empty() && fate.contradicts.is_empty() {
                report.unchanged += 1;
            }
        }
    }
}

/// Takes out the rows that repeat an earlier row of the file.
fn without_repeats(
    prepared: Vec<Prepared>,
    sheets: &[Option<String>],
    report: &mut ImportReport,
) -> Vec<Prepared> {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Prepared> = Vec::with_capacity(prepared.len());
    for row in prepared {
        match first.get(&row.entry.key).and_then(|index| kept.get(*index)) {
            Some(earlier) if row.row > 0 => report.duplicates.push(report::DuplicateRow {
                sheet: sheets.get(row.page).cloned().flatten(),
                row: row.row,
                of_row: earlier.row,
                differs: earlier.entry != row.entry,
            }),
            Some(_) => {}
            None => {
                first.insert(row.entry.key.clone(), kept.len());
                kept.push(row);
            }
        }
    }
    kept
}

/// Whether a row below the heading is none of data: a total, a line to sign, the heading again, or a note alone.
fn is_no_data(row: &table::Row, heading: &Heading, columns: form::Table) -> bool {
    let filled: Vec<String> =
        row.filled().map(|cell| cell.text().nfkc().filter(|c| *c != ' ').collect()).collect();
    let first = filled.first().map(String::as_str).unwrap_or_default();
    let is_total = TOTALS.iter().any(|word| {
        let rest = first.strip_prefix(word).map(|rest| rest.chars().next());
        rest.is_some_and(|next| next.is_none_or(|next| !next.is_alphabetic()))
    });
    // The label may stand behind the number of the row.
    let is_subtotal = filled.iter().take(2).any(|text| {
        text.chars().count() <= LABEL_MAX_CHARS && SUBTOTALS.iter().any(|word| text.ends_with(word))
    });
    let signed = first.split_once(':').map_or(first, |(word, _)| word).trim_matches(['(', ')']);
    let is_signature =
        SIGNATURES.contains(&signed) || ["注:", "备注:", "说明:"].iter().any(|word| first.starts_with(word));
    let is_note = filled.is_empty() || filled.len() == 1 && is_lone_note(row, first, heading, columns);
    is_total || is_subtotal || is_signature || is_note || heading.is_repeated_by(row)
}

/// Whether the only cell of a row is a note, the title of a section or a number printed in advance. One that stands in
/// a column that every row must fill is a row that somebody has not finished: it is refused with its reason.
fn is_lone_note(row: &table::Row, text: &str, heading: &Heading, columns: form::Table) -> bool {
    let is_numbered = text.starts_with('(')
        || text.split_once(['、', '.']).is_some_and(|(number, _)| {
            number.chars().all(|digit| "一二三四五六七八九十".contains(digit) || digit.is_ascii_digit())
        });
    let place = row.cells.iter().position(|cell| !cell.is_blank());
    let must_be_there = columns.iter().any(|column| column.required && place == heading.index(column));
    !must_be_there || is_numbered || text.contains(':')
}

fn refused_row(page: &Page, row: u64, fault: RowFault) -> report::RefusedRow {
    let RowFault { column, code, message } = fault;
    report::RefusedRow { sheet: page.sheet.clone(), row, column, code: code.into(), message }
}

fn warning(page: &Page, row: u64, remark: &form::Remark) -> report::Warning {
    report::Warning {
        sheet: page.sheet.clone(),
        row: Some(row),
        column: Some(page.heading.written(remark.column)),
        code: remark.code.into(),
        message: remark.message.clone(),
    }
}

fn sheet_warning(sheet: Option<&str>, code: &'static str, message: &str) -> report::Warning {
    report::Warning {
        sheet: sheet.map(str::to_owned),
        row: None,
        column: None,
        code: code.into(),
        message: message.to_owned(),
    }
}
