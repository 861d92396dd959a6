//! Workbooks: xlsx cell by cell, so that a sheet that claims a million columns costs what it holds; xls whole.

use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Data, DataRef, DataType, Dimensions, ExcelDateTime, Reader, Sheet as Metadata, SheetVisible, Xls,
    XlsError, Xlsx, XlsxError,
};
use jinqiao_events::decide::Refusal;
use jinqiao_events::value::occurred::from_excel_serial;
use zip::ZipArchive;

use super::{
    Book, CELLS_MAX, COLUMNS_MAX, Cell, Counted, ROWS_MAX, Row, Sheet, UNPACKED_MAX_BYTES, broken, encrypted,
    too_large, unreadable, wrong_format,
};

/// Reads an xlsx workbook.
pub(super) fn read_xlsx(bytes: &[u8]) -> Result<Book, Refusal> {
    weigh(bytes, UNPACKED_MAX_BYTES)?;
    guarded(|| {
        let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| xlsx_refusal(&error))?;
        let is_1904 = workbook.has_1904_epoch();
        let mut budget = Budget::default();
        book(workbook.sheets_metadata().to_vec(), |name| {
            let merged = workbook
                .merge_cells_by_sheet_name(name)
                .map_err(|error| xlsx_refusal(&error))?;
            let mut grid = Grid::default();
            let mut cells = workbook
                .worksheet_cells_reader(name)
                .map_err(|error| xlsx_refusal(&error))?;
            while let Some(cell) = cells.next_cell().map_err(|error| xlsx_refusal(&error))? {
                let value = if let DataRef::DateTime(date) = cell.get_value() {
                    date_cell(date, is_1904)
                } else {
                    plain_cell(cell.get_value())
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
    if contains(
        bytes,
        &"EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    ) {
        return Err(encrypted());
    }
    guarded(|| {
        let mut workbook = Xls::new(Cursor::new(bytes)).map_err(|error| xls_refusal(&error))?;
        let is_1904 = workbook.has_1904_epoch();
        let mut budget = Budget::default();
        book(workbook.sheets_metadata().to_vec(), |name| {
            let range = workbook
                .worksheet_range(name)
                .map_err(|error| xls_refusal(&error))?;
            let (first_row, first_column) = range.start().unwrap_or_default();
            let mut grid = Grid::default();
            for (row, column, data) in range.used_cells() {
                let value = if let Data::DateTime(date) = data {
                    date_cell(date, is_1904)
                } else {
                    plain_cell(data)
                };
                let offset = |by: usize| u32::try_from(by).unwrap_or(u32::MAX);
                grid.put(
                    (first_row + offset(row), first_column + offset(column)),
                    value,
                    &mut budget,
                )?;
            }
            let merged = workbook
                .merge_cells_by_sheet_name(name)
                .map_err(|error| xls_refusal(&error))?;
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
            book.sheets.push(Sheet {
                name: Some(sheet.name),
                rows,
            });
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
fn weigh(bytes: &[u8], limit: u64) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(wrong_format("别的压缩文件"));
    }
    let mut left = limit;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| broken(&error))?;
        let bytes =
            io::copy(&mut Counted::new(entry, left), &mut io::sink()).map_err(|error| unreadable(&error))?;
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
        Self {
            rows: ROWS_MAX,
            cells: CELLS_MAX,
        }
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
            budget.rows = budget
                .rows
                .checked_sub(1)
                .ok_or_else(|| too_large("行", ROWS_MAX))?;
        }
        let cells = self.rows.entry(row).or_default();
        let grown = (column + 1).saturating_sub(cells.len());
        budget.cells = budget
            .cells
            .checked_sub(grown)
            .ok_or_else(|| too_large("格", CELLS_MAX))?;
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
            let Some(value) = self.rows.get(&first).and_then(|cells| cells.get(index)).cloned() else {
                continue;
            };
            let spanned: Vec<u32> = self
                .rows
                .range(first..=span.end.0)
                .skip(1)
                .map(|(row, _)| *row)
                .collect();
            budget.cells = budget
                .cells
                .checked_sub(spanned.len())
                .ok_or_else(|| too_large("格", CELLS_MAX))?;
            for row in spanned {
                self.put((row, column), value.clone(), budget)?;
            }
        }
        Ok(())
    }

    fn rows(self) -> Vec<Row> {
        self.rows
            .into_iter()
            .map(|(row, cells)| Row {
                number: u64::from(row) + 1,
                cells,
            })
            .collect()
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

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "another crate's errors: only one of them is told apart"
)]
fn xlsx_refusal(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => encrypted(),
        other => broken(other),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "another crate's errors: only one of them is told apart"
)]
fn xls_refusal(error: &XlsError) -> Refusal {
    match error {
        XlsError::Password => encrypted(),
        other => broken(other),
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime as Day, Format, Formula, Workbook};

    use super::*;

    fn sheet(write: impl FnOnce(&mut Workbook)) -> Vec<u8> {
        let mut workbook = Workbook::new();
        write(&mut workbook);
        workbook.save_to_buffer().unwrap()
    }

    fn texts(row: &Row) -> Vec<String> {
        row.cells.iter().map(Cell::text).collect()
    }

    #[test]
    fn cells_come_as_what_they_are_and_rows_with_the_number_that_excel_shows() {
        let bytes = sheet(|workbook| {
            let sheet = workbook.add_worksheet();
            let day = Format::new().set_num_format("yyyy-mm-dd");
            sheet.write(1, 0, "=1+1").unwrap();
            sheet.write(1, 1, 13_800_000_761_i64).unwrap();
            sheet
                .write_formula(1, 2, Formula::new("=SUM(B2)").set_result("42"))
                .unwrap();
            sheet
                .write_with_format(4, 0, Day::from_ymd(2026, 7, 8).unwrap(), &day)
                .unwrap();
        });
        let book = read_xlsx(&bytes).unwrap();
        let rows = &book.sheets[0].rows;
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(texts(&rows[0]), ["=1+1", "13800000761", "42"]);
        assert_eq!(rows[1].cells, [Cell::Date("2026-07-08".parse().unwrap())]);
    }

    #[test]
    fn a_merged_cell_counts_for_each_of_its_rows_and_hidden_sheets_are_named_not_read() {
        let bytes = sheet(|workbook| {
            let sheet = workbook.add_worksheet();
            let plain = Format::new();
            sheet.merge_range(0, 0, 0, 2, "签到表", &plain).unwrap();
            sheet.merge_range(1, 1, 2, 1, "琅屿", &plain).unwrap();
            sheet.write(1, 0, "甲").unwrap();
            sheet.write(2, 0, "乙").unwrap();
            workbook
                .add_worksheet()
                .set_name("底稿")
                .unwrap()
                .set_hidden(true)
                .write(0, 0, "x")
                .unwrap();
        });
        let book = read_xlsx(&bytes).unwrap();
        let rows: Vec<_> = book.sheets[0].rows.iter().map(texts).collect();
        assert_eq!(rows, [vec!["签到表"], vec!["甲", "琅屿"], vec!["乙", "琅屿"]]);
        assert_eq!((book.sheets.len(), book.hidden), (1, vec!["底稿".to_owned()]));
    }

    #[test]
    fn two_cells_at_the_far_ends_of_a_sheet_cost_two_cells() {
        let bytes = sheet(|workbook| {
            let sheet = workbook.add_worksheet();
            sheet.write(0, 0, "a").unwrap();
            sheet.write(1_048_575, 16_383, "far").unwrap();
            sheet.write(1_048_575, 0, "z").unwrap();
        });
        let rows = read_xlsx(&bytes).unwrap().sheets.remove(0).rows;
        assert_eq!(
            rows.iter()
                .map(|row| (row.number, row.cells.len()))
                .collect::<Vec<_>>(),
            [(1, 1), (1_048_576, 1)]
        );
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_before_it_is_read() {
        let bytes = sheet(|workbook| {
            workbook.add_worksheet().write(0, 0, "琅".repeat(30_000)).unwrap();
        });
        assert!(weigh(&bytes, 1 << 20).is_ok());
        assert_eq!(weigh(&bytes, 20_000).unwrap_err().code, "file_too_large");
    }

    #[test]
    fn a_grid_stops_at_its_limits() {
        let mut budget = Budget { rows: 2, cells: 5 };
        let mut grid = Grid::default();
        let mut put = |place| {
            grid.put(place, Cell::Number(1.0), &mut budget)
                .map_err(|refusal| refusal.code)
        };
        assert_eq!((put((0, 1)), put((9, 2))), (Ok(()), Ok(())));
        assert_eq!(
            (put((9, 3)), put((10, 0))),
            (Err("file_too_large"), Err("file_too_large"))
        );
        assert_eq!(put((0, 300)), Ok(()), "beyond the columns that are looked at");
    }

    #[test]
    fn a_workbook_with_a_password_is_refused_as_such() {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(read_xls(&bytes).unwrap_err().code, "file_encrypted");
    }

    #[test]
    fn a_truncated_workbook_is_refused_wherever_it_ends() {
        let bytes = sheet(|workbook| {
            workbook.add_worksheet().write(0, 0, "a").unwrap();
        });
        for end in (4..bytes.len()).step_by(97) {
            assert_eq!(
                super::super::read(&bytes[..end]).unwrap_err().code,
                "file_broken",
                "{end}"
            );
        }
    }
}
