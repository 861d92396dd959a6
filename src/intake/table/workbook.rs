//! Workbooks: xlsx cell by cell, so that a sheet that claims a million columns costs what it holds; xls whole.

use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, DataType, Dimensions, ExcelDateTime, Reader, Sheet as Metadata, SheetVisible, Xls, XlsError, Xlsx, XlsxError};
use jinqiao_events::decide::Refusal;
use jinqiao_events::value::occurred::from_excel_serial;
use zip::ZipArchive;

use super::{Book, CELLS_MAX, COLUMNS_MAX, Cell, Counted, ROWS_MAX, Row, Sheet, UNPACKED_MAX_BYTES, broken, encrypted, too_large, unreadable, wrong_format};

/// Reads an xlsx workbook.
pub(super) fn read_xlsx(bytes: &[u8]) -> Result<Book, Refusal> {
    weigh(bytes)?;
    guarded(|| {
        let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| xlsx_refusal(&error))?;
        let is_1904 = workbook.has_1904_epoch();
        let mut budget = Budget::default();
        book(workbook.sheets_metadata().to_vec(), |name| {
            let merged = workbook.merge_cells_by_sheet_name(name).map_err(|error| xlsx_refusal(&error))?;
            let mut grid = Grid::default();
            let mut cells = workbook.worksheet_cells_reader(name).map_err(|error| xlsx_refusal(&error))?;
            while let Some(cell) = cells.next_cell().map_err(|error| xlsx_refusal(&error))? {
                let value = match cell.get_value() {
                    DataRef::DateTime(date) => date_cell(date, is_1904),
                    other => plain_cell(other),
                };
                grid.put(cell.get_position(), value, &mut budget)?;
            }
            grid.fill(&merged, &mut budget)?;
            Ok(grid.rows())
        })
    })
}

/// Reads an xls workbook. Its reader lays every sheet out whole before anything can be counted: a sheet of that
/// format has at most 65,536 rows and 256 columns.
pub(super) fn read_xls(bytes: &[u8]) -> Result<Book, Refusal> {
    if contains(bytes, &"EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()) {
        return Err(encrypted());
    }
    guarded(|| {
        let mut workbook = Xls::new(Cursor::new(bytes)).map_err(|error| xls_refusal(&error))?;
        let is_1904 = workbook.has_1904_epoch();
        let mut budget = Budget::default();
        book(workbook.sheets_metadata().to_vec(), |name| {
            let range = workbook.worksheet_range(name).map_err(|error| xls_refusal(&error))?;
            let (first_row, first_column) = range.start().unwrap_or_default();
            let mut grid = Grid::default();
            for (row, column, data) in range.used_cells() {
                let value = match data {
                    Data::DateTime(date) => date_cell(date, is_1904),
                    other => plain_cell(other),
                };
                let offset = |by: usize| u32::try_from(by).unwrap_or(u32::MAX);
                grid.put((first_row + offset(row), first_column + offset(column)), value, &mut budget)?;
            }
            let merged = workbook.merge_cells_by_sheet_name(name).map_err(|error| xls_refusal(&error))?;
            grid.fill(&merged, &mut budget)?;
            Ok(grid.rows())
        })
    })
}

/// Reads the visible sheets and names the others.
fn book(
    sheets: Vec<Metadata>,
    mut rows: impl FnMut(&str) -> Result<Vec<Row>, Refusal>,
) -> Result<Book, Refusal> {
    let mut book = Book::default();
    for sheet in sheets {
        if sheet.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        if sheet.visible == SheetVisible::Visible {
            let rows = rows(&sheet.name)?;
            book.sheets.push(Sheet { name: Some(sheet.name), rows });
        } else {
            book.hidden.push(sheet.name);
        }
    }
    Ok(book)
}

/// Turns a panic of the reader, which a crafted file may cause, into a refusal.
fn guarded(read: impl FnOnce() -> Result<Book, Refusal>) -> Result<Book, Refusal> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(broken(&"the reader gave up")))
}

/// Unpacks the archive into nothing, to know before anything is kept what it unpacks to.
fn weigh(bytes: &[u8]) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(wrong_format("别的压缩文件"));
    }
    let mut left = UNPACKED_MAX_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| broken(&error))?;
        let bytes = io::copy(&mut Counted::new(entry, left), &mut io::sink()).map_err(|error| unreadable(&error))?;
        left = left.saturating_sub(bytes);
    }
    Ok(())
}

/// What may still be read of a file.
#[derive(Debug)]
struct Budget {
    rows: usize,
    cells: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { rows: ROWS_MAX, cells: CELLS_MAX }
    }
}

/// The cells of a sheet that hold something.
#[derive(Debug, Default)]
struct Grid {
    rows: BTreeMap<u32, Vec<Cell>>,
}

impl Grid {
    fn put(&mut self, (row, column): (u32, u32), value: Cell, budget: &mut Budget) -> Result<(), Refusal> {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS_MAX || value.is_blank() {
            return Ok(());
        }
        if !self.rows.contains_key(&row) {
            budget.rows = budget.rows.checked_sub(1).ok_or_else(|| too_large("行", ROWS_MAX))?;
        }
        let cells = self.rows.entry(row).or_default();
        let grown = (column + 1).saturating_sub(cells.len());
        budget.cells = budget.cells.checked_sub(grown).ok_or_else(|| too_large("格", CELLS_MAX))?;
        cells.resize(cells.len() + grown, Cell::Empty);
        if let Some(slot) = cells.get_mut(column) {
            *slot = value;
        }
        Ok(())
    }

    /// Gives the value of a merged cell to the rows that it spans, in its first column: one 单位 for several
    /// persons. Along a row it stands once, so that a title is not taken for a row full of titles.
    fn fill(&mut self, merged: &[Dimensions], budget: &mut Budget) -> Result<(), Refusal> {
        for span in merged {
            let (first, column) = span.start;
            let index = usize::try_from(column).unwrap_or(usize::MAX);
            let Some(value) = self.rows.get(&first).and_then(|cells| cells.get(index)).cloned() else { continue };
            let spanned: Vec<u32> = self.rows.range(first..=span.end.0).skip(1).map(|(row, _)| *row).collect();
            budget.cells = budget.cells.checked_sub(spanned.len()).ok_or_else(|| too_large("格", CELLS_MAX))?;
            for row in spanned {
                self.put((row, column), value.clone(), budget)?;
            }
        }
        Ok(())
    }

    fn rows(self) -> Vec<Row> {
        self.rows.into_iter().map(|(row, cells)| Row { number: u64::from(row) + 1, cells }).collect()
    }
}

fn plain_cell(data: &impl DataType) -> Cell {
    if data.is_empty() {
        Cell::Empty
    } else if let Some(number) = data.get_float() {
        Cell::Number(number)
    } else if let Some(number) = data.get_int() {
        // Exact up to 2^53, beyond anything that a form counts; through text, so that no cast is needed.
        number.to_string().parse().map_or(Cell::Empty, Cell::Number)
    } else if let Some(text) = data.get_string().or_else(|| data.get_datetime_iso()) {
        Cell::Text(text.to_owned())
    } else if let Some(yes) = data.get_bool() {
        Cell::Text(if yes { "是" } else { "否" }.to_owned())
    } else {
        // `#N/A` and the like: as good as nothing, so a column that must be filled says so.
        Cell::Empty
    }
}

fn date_cell(date: &ExcelDateTime, is_1904: bool) -> Cell {
    match from_excel_serial(date.as_f64(), is_1904) {
        Ok(day) if date.is_datetime() => Cell::Date(day),
        Ok(_) | Err(_) => Cell::Text(date.as_f64().to_string()),
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "another crate's errors: only one of them is told apart")]
fn xlsx_refusal(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => encrypted(),
        other => broken(other),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "another crate's errors: only one of them is told apart")]
fn xls_refusal(error: &XlsError) -> Refusal {
    match error {
        XlsError::Password => encrypted(),
        other => broken(other),
    }
}
