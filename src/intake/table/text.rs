//! Text files: comma-, tab- or semicolon-separated, in UTF-8, UTF-16 or GB18030, packed by gzip or not.

use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, GB18030};
use flate2::read::MultiGzDecoder;
use jinqiao_events::decide::Refusal;

use super::{
    CELLS_MAX, COLUMNS_MAX, Cell, Counted, ROWS_MAX, Row, Sheet, UNPACKED_MAX_BYTES, broken, too_large,
    wrong_format,
};

/// A reader of the bytes, unpacked when they are packed, that gives no more than [`UNPACKED_MAX_BYTES`].
pub(in super::super) fn unpacking(bytes: &[u8]) -> Counted<Box<dyn Read + '_>> {
    let plain: Box<dyn Read + '_> = if bytes.starts_with(b"\x1f\x8b") {
        Box::new(MultiGzDecoder::new(bytes))
    } else {
        Box::new(bytes)
    };
    Counted::new(plain, UNPACKED_MAX_BYTES)
}

/// Reads a text file as one sheet. Rows are numbered by the line on which they begin.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, Refusal> {
    let text = decode(bytes)?;
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut lines = Lines::new(text.as_bytes());
    let mut record = ByteRecord::new();
    let (mut rows, mut cells) = (Vec::new(), 0);
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| broken(&error))?
    {
        let row = Row {
            number: lines.at(&record),
            cells: record.iter().take(COLUMNS_MAX).map(cell).collect(),
        };
        if row.filled().next().is_none() {
            continue;
        }
        cells += row.cells.len();
        rows.push(row);
        if rows.len() > ROWS_MAX {
            return Err(too_large("行", ROWS_MAX));
        }
        if cells > CELLS_MAX {
            return Err(too_large("格", CELLS_MAX));
        }
    }
    Ok(Sheet { name: None, rows })
}

fn cell(field: &[u8]) -> Cell {
    let text = String::from_utf8_lossy(field).into_owned();
    if text.trim().is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text)
    }
}

/// The text of a file: by its byte order mark, else UTF-8 where it is that, else GB18030, which holds GBK and
/// GB2312.
fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
        return Ok(text.into_owned());
    }
    if bytes.contains(&0) {
        return Err(wrong_format("二进制文件"));
    }
    let (text, faulty) = match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => {
            let (text, faulty) = GB18030.decode_without_bom_handling(bytes);
            (text.into_owned(), faulty)
        }
    };
    let start = text.trim_start();
    if start.starts_with("%PDF") {
        return Err(wrong_format(" PDF"));
    }
    if start.starts_with('<') {
        return Err(wrong_format("网页或 XML"));
    }
    if faulty {
        return Err(Refusal::invalid(
            "file_encoding",
            "",
            "文字编码认不出来；请另存为 UTF-8 或 GB18030 的 csv，或另存为 xlsx",
            "the text is neither UTF-8 nor GB18030; save it as one of them, or as xlsx",
        ));
    }
    Ok(text)
}

/// The separator: the one of the three that is found most often in the first lines.
fn delimiter(text: &str) -> u8 {
    const LINES: usize = 20;
    let count = |separator: &u8| {
        let lines = text.lines().take(LINES).flat_map(str::bytes);
        lines.filter(|byte| byte == separator).count()
    };
    b";,\t".iter().copied().max_by_key(count).unwrap_or(b',')
}

/// Counts lines along with the records: blank lines between records count, as in an editor.
#[derive(Debug)]
pub(in super::super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(in super::super) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line on which the record begins; records must come in order.
    pub(in super::super) fn at(&mut self, record: &ByteRecord) -> u64 {
        let start = record.position().map_or(0, csv::Position::byte);
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at) {
            if self.at >= start && !matches!(byte, b'\n' | b'\r') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let sheet = read(bytes).unwrap();
        sheet
            .rows
            .iter()
            .map(|row| (row.number, row.cells.iter().map(Cell::text).collect()))
            .collect()
    }

    fn owned(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn rows_have_the_number_of_their_line_past_blank_lines_and_breaks_in_quotes() {
        let text = "a,b\r\n\r\n1,\"x\r\ny\"\r\n,\r\n2,z\r\n";
        let expected = [
            (1, owned(&["a", "b"])),
            (3, owned(&["1", "x y"])),
            (6, owned(&["2", "z"])),
        ];
        assert_eq!(rows(text.as_bytes()), expected);
    }

    #[test]
    fn every_encoding_of_the_office_is_read() {
        let text = "姓名\t单位\n李㛃\t商会\n";
        let expected = vec![(1, owned(&["姓名", "单位"])), (2, owned(&["李㛃", "商会"]))];
        let (gb18030, ..) = GB18030.encode(text);
        let mut with_mark = b"\xef\xbb\xbf".to_vec();
        with_mark.extend_from_slice(text.as_bytes());
        let utf16: Vec<u8> = std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [text.as_bytes(), &gb18030, &with_mark, &utf16] {
            assert_eq!(rows(bytes), expected);
        }
    }

    #[test]
    fn the_separator_is_the_one_that_separates() {
        assert_eq!(rows("a;b\n1,5;2\n".as_bytes())[1].1, owned(&["1,5", "2"]));
        assert_eq!(rows("a,b\n\"1;2\",3\n".as_bytes())[1].1, owned(&["1;2", "3"]));
    }
}
