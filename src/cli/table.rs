//! Rows printed as a table for people, or as CSV, TSV or JSON lines for programs.

use std::io::Write;

use jinqiao_events::decide::Refusal;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::writing;
use crate::config::Format;
use crate::error::AppError;

/// Prints rows under headings. JSON prints `records` instead, one line each.
pub(super) fn print<T: Serialize>(
    out: &mut dyn Write,
    format: Format,
    headings: &[&str],
    rows: &[Vec<String>],
    records: &[T],
) -> Result<(), AppError> {
    match format {
        Format::Table => aligned(out, headings, rows).map_err(writing),
        Format::Json => json_lines(out, records),
        Format::Csv => delimited(out, b',', headings, rows),
        Format::Tsv => delimited(out, b'\t', headings, rows),
        Format::Xlsx => Err(no_workbook().into()),
    }
}

/// The refusal of a workbook where only lines are printed.
pub(super) fn no_workbook() -> Refusal {
    Refusal::invalid(
        "format_unsupported",
        "",
        "这个命令没有 xlsx 格式；可用 table、json、csv、tsv",
        "this command has no xlsx form; use table, json, csv or tsv",
    )
}

/// One JSON line a record.
pub(super) fn json_lines<T: Serialize>(out: &mut dyn Write, records: &[T]) -> Result<(), AppError> {
    for record in records {
        let line = serde_json::to_string(record).map_err(|error| writing(error.into()))?;
        writeln!(out, "{line}").map_err(writing)?;
    }
    Ok(())
}

fn delimited(
    out: &mut dyn Write,
    delimiter: u8,
    headings: &[&str],
    rows: &[Vec<String>],
) -> Result<(), AppError> {
    let fault = |error: csv::Error| writing(std::io::Error::other(error));
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(headings).map_err(fault)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| neutralised(cell))).map_err(fault)?;
    }
    writer.flush().map_err(writing)
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe in front (CWE-1236).
fn neutralised(cell: &str) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn aligned(out: &mut dyn Write, headings: &[&str], rows: &[Vec<String>]) -> std::io::Result<()> {
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    line(out, &widths, headings.iter().copied())?;
    for row in rows {
        line(out, &widths, row.iter().map(String::as_str))?;
    }
    Ok(())
}

fn line<'a>(
    out: &mut dyn Write,
    widths: &[usize],
    cells: impl Iterator<Item = &'a str>,
) -> std::io::Result<()> {
    let mut text = String::new();
    for (width, cell) in widths.iter().zip(cells) {
        let padding = width.saturating_sub(cell.width()) + 2;
        text.push_str(cell);
        text.extend(std::iter::repeat_n(' ', padding));
    }
    writeln!(out, "{}", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_columns_line_up() {
        let mut out = Vec::new();
        let rows = vec![vec!["青岛".into(), "1".into()], vec!["ab".into(), "2".into()]];
        print::<()>(&mut out, Format::Table, &["名", "n"], &rows, &[]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "名    n\n青岛  1\nab    2\n");
    }

    #[test]
    fn formulas_do_not_leave_the_house() {
        let mut out = Vec::new();
        let rows = vec![vec!["=1+1".into()], vec!["-5.2".into()]];
        print::<()>(&mut out, Format::Csv, &["a"], &rows, &[]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\n'=1+1\n-5.2\n");
    }
}
