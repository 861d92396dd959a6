//! A report as a workbook (xlsx): one sheet of figures, one of the rows behind them.
//!
//! Everything is written as text or number, never as a formula: a cell that begins with `=` stays the text it is.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::{FigureAnswer, ReportAnswer};
use crate::config::Lang;
use crate::error::AppError;

/// The report as the bytes of an xlsx file.
///
/// # Errors
/// When the workbook cannot be written.
pub fn bytes(report: &ReportAnswer, lang: Lang) -> Result<Vec<u8>, AppError> {
    let fault = |error: XlsxError| AppError::io("写 xlsx")(std::io::Error::other(error));
    let mut workbook = Workbook::new();
    figures(workbook.add_worksheet(), report, lang).map_err(fault)?;
    rows(workbook.add_worksheet(), report, lang).map_err(fault)?;
    workbook.save_to_buffer().map_err(fault)
}

struct Looks {
    head: Format,
    cell: Format,
    number: Format,
}

impl Looks {
    fn new() -> Self {
        let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
        Self { head: cell.clone().set_bold(), number: cell.clone().set_num_format("#,##0.##"), cell }
    }

    fn heading(&self, sheet: &mut Worksheet, words: &[&str], widths: &[u16]) -> Result<(), XlsxError> {
        for (column, (word, width)) in (0..).zip(words.iter().zip(widths)) {
            sheet.write_string_with_format(0, column, *word, &self.head)?;
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        Ok(())
    }

    fn row(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        cells: &[String],
        values: &[(u16, f64)],
    ) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(cells) {
            match values.iter().find(|(at, _)| *at == column) {
                Some((_, value)) => sheet.write_number_with_format(row, column, *value, &self.number)?,
                None => sheet.write_string_with_format(row, column, cell, &self.cell)?,
            };
        }
        Ok(())
    }
}

/// A number as a spreadsheet holds it: money in yuan, exact up to 2^53 fen (90 万亿元).
fn shown(value: &Value, is_money: bool) -> f64 {
    let number = value.as_f64().unwrap_or_default();
    if is_money { number / 100.0 } else { number }
}

fn figures(sheet: &mut Worksheet, report: &ReportAnswer, lang: Lang) -> Result<(), XlsxError> {
    let looks = Looks::new();
    sheet.set_name(lang.pick("指标", "Figures"))?;
    let words = match lang {
        Lang::Zh => ["指标", "数值", "单位", "约述", "分项", "期间", "依据条数", "口径", "名称"],
        Lang::En => ["Figure", "Value", "Unit", "Rough", "Parts", "Period", "Events", "Filter", "Name"],
    };
    looks.heading(sheet, &words, &[28, 16, 8, 12, 36, 22, 9, 48, 26])?;
    for (row, figure) in (1..).zip(&report.figures) {
        let parts: Vec<String> =
            figure.parts.iter().map(|(part, value)| part_text(figure, part, value)).collect();
        let cells = [
            figure.label.to_owned(),
            String::new(),
            figure.unit.to_owned(),
            figure.rough.clone().unwrap_or_default(),
            parts.join("；"),
            figure.period.clone(),
            String::new(),
            figure.filter.to_owned(),
            figure.figure.to_owned(),
        ];
        let rows = u32::try_from(figure.rows).unwrap_or(u32::MAX);
        looks.row(
            sheet,
            row,
            &cells,
            &[(1, shown(&figure.value, is_money(figure))), (6, f64::from(rows))],
        )?;
    }
    Ok(())
}

fn is_money(figure: &FigureAnswer) -> bool {
    figure.amount_kind.is_some()
}

fn part_text(figure: &FigureAnswer, part: &str, value: &Value) -> String {
    if is_money(figure) { format!("{part} {}", shown(value, true)) } else { format!("{part} {value}") }
}

fn rows(sheet: &mut Worksheet, report: &ReportAnswer, lang: Lang) -> Result<(), XlsxError> {
    let looks = Looks::new();
    sheet.set_name(lang.pick("依据", "Evidence"))?;
    let words = match lang {
        Lang::Zh => ["指标", "名目", "分项", "计入", "事件位置"],
        Lang::En => ["Figure", "Key", "Parts", "Adds", "Events"],
    };
    looks.heading(sheet, &words, &[28, 40, 28, 14, 40])?;
    let groups = report
        .figures
        .iter()
        .flat_map(|figure| figure.evidence.iter().flatten().map(move |group| (figure, group)));
    for (row, (figure, group)) in (1..).zip(groups) {
        let events: Vec<String> = group.events.iter().map(|position| format!("#{position}")).collect();
        // A cell holds at most 32,767 characters; the rest is in the JSON form.
        let events: String = events.join(" ").chars().take(32_000).collect();
        let cells =
            [figure.label.to_owned(), group.label.clone(), group.parts.join("、"), String::new(), events];
        looks.row(sheet, row, &cells, &[(3, shown(&group.value, is_money(figure)))])?;
    }
    Ok(())
}
