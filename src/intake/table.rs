//! A file as sheets of rows of cells, whatever it was saved as. What it is, is told by its first bytes, never
//! by its name. Nothing is taken on trust: bytes, rows and cells are counted while they are read.

use std::io::{self, Read};

use jinqiao_events::decide::Refusal;
use jinqiao_events::value::occurred::Occurred;

use crate::limits::{CELLS_MAX, COLUMNS_MAX, FILE_MAX_BYTES, ROWS_MAX, UNPACKED_MAX_BYTES};

pub(super) mod text;
mod workbook;

/// What a cell holds. A formula is the value that it had when the file was saved, and a text that looks like a
/// formula is a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    Date(Occurred),
}

impl Cell {
    /// The cell as a person reads it; numbers without the exponent and point that they do not need.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => clean(text),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => clean(text).is_empty(),
            Self::Number(_) | Self::Date(_) => false,
        }
    }
}

/// A row that holds something.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row {
    /// As a spreadsheet numbers it, from 1; of a text file, the line where it begins.
    pub(super) number: u64,
    pub(super) cells: Vec<Cell>,
}

impl Row {
    pub(super) fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    pub(super) fn filled(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| !cell.is_blank())
    }
}

/// A sheet; of a text file, all of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sheet {
    pub(super) name: Option<String>,
    pub(super) rows: Vec<Row>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    /// Names of the hidden sheets: they are not read, for nobody has looked at them.
    pub(super) hidden: Vec<String>,
}

/// Reads a file.
///
/// # Errors
/// `file_too_large`, `file_encrypted`, `file_broken`, `file_format`, `file_empty`.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Refusal> {
    must_be_of_size(bytes)?;
    let book = if bytes.starts_with(b"PK\x03\x04") {
        workbook::read_xlsx(bytes)?
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        workbook::read_xls(bytes)?
    } else {
        let unpacked = unpacked(bytes)?;
        Book { sheets: vec![text::read(&unpacked)?], hidden: Vec::new() }
    };
    if book.sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(Refusal::invalid(
            "file_empty",
            "",
            "文件里没有内容；请核对是否选错文件",
            "the file is empty; check that it is the right one",
        ));
    }
    Ok(book)
}

/// Refuses a file of more bytes than are taken.
///
/// # Errors
/// `file_too_large`.
pub(super) fn must_be_of_size(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > FILE_MAX_BYTES { Err(too_large("字节", FILE_MAX_BYTES)) } else { Ok(()) }
}

/// The bytes of a text file, unpacked when they are packed.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut unpacked = Vec::new();
    text::unpacking(bytes).read_to_end(&mut unpacked).map_err(|error| unreadable(&error))?;
    Ok(unpacked)
}

/// The refusal of a file that cannot be unpacked, or unpacks to too much.
pub(super) fn unreadable(error: &io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::FileTooLarge {
        too_large("字节（解压后）", usize::try_from(UNPACKED_MAX_BYTES).unwrap_or(usize::MAX))
    } else {
        broken(error)
    }
}

/// A reader that stops with [`io::ErrorKind::FileTooLarge`] instead of reading more than its limit.
#[derive(Debug)]
pub(super) struct Counted<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Counted<R> {
    pub(super) const fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: limit }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(u64::try_from(count).unwrap_or(u64::MAX))
            .ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        Ok(count)
    }
}

/// A text as it enters an event: no control or invisible characters, white space as single blanks, none at
/// the ends. What begins with `=`, `+`, `-` or `@` stays the text that it is.
pub(super) fn clean(text: &str) -> String {
    let visible = text.chars().filter(|c| !is_invisible(*c));
    let plain: String = visible.map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that spreadsheets and web pages leave behind and nobody sees.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

fn too_large(what: &str, limit: usize) -> Refusal {
    Refusal::invalid(
        "file_too_large",
        "",
        format!("文件太大，最多 {limit} {what}；请拆成几个文件分别导入"),
        format!("the file is too large, at most {limit} {what}; split it into several files"),
    )
}

fn broken(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::invalid(
        "file_broken",
        "",
        "文件打不开，可能已损坏；请用办公软件打开后另存为 xlsx 再导入",
        format!("the file cannot be read ({error}); open it in the office program and save it as xlsx"),
    )
}

fn encrypted() -> Refusal {
    Refusal::invalid(
        "file_encrypted",
        "",
        "文件有打开密码；请去掉密码另存后再导入",
        "the file is protected by a password; save it without one",
    )
}

fn wrong_format(what: &str) -> Refusal {
    Refusal::invalid(
        "file_format",
        "",
        format!("文件其实是{what}；请另存为 xlsx 或 csv 再导入"),
        format!("the file is {what}; save it as xlsx or csv"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_what_cannot_be_seen_and_keeps_what_looks_like_a_formula() {
        assert_eq!(clean(" 青岛\u{3000}琅屿\n建设\u{200b} "), "青岛 琅屿 建设");
        assert_eq!(clean("=HYPERLINK(\"x\")"), "=HYPERLINK(\"x\")");
        assert_eq!(clean("\u{3000}"), "");
        assert_eq!(Cell::Number(13_800_000_761.0).text(), "13800000761");
        assert_eq!(Cell::Number(0.5).text(), "0.5");
    }

    #[test]
    fn what_is_no_table_is_refused_by_what_it_is() {
        let code = |bytes: &[u8]| read(bytes).unwrap_err().code;
        assert_eq!(code(b""), "file_empty");
        assert_eq!(code(b"\n\n ,,\n"), "file_empty");
        assert_eq!(code(b"%PDF-1.7 ..."), "file_format");
        assert_eq!(code(b"<html><table></table></html>"), "file_format");
        assert_eq!(code(b"PK\x03\x04nonsense"), "file_broken");
        assert_eq!(code(b"\xd0\xcf\x11\xe0nonsense"), "file_broken");
        assert_eq!(code(b"\x1f\x8bnonsense"), "file_broken");
        assert_eq!(code(&[0, 1, 2, 3, 0, 0]), "file_format");
    }

    #[test]
    fn a_reader_stops_at_its_limit() {
        let mut out = Vec::new();
        let error = Counted::new(io::repeat(7), 1000).read_to_end(&mut out).unwrap_err();
        assert_eq!(unreadable(&error).code, "file_too_large");
        assert!(out.len() <= 1000);
    }
}
