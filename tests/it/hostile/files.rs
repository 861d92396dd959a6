//! Files: what is no table, what unpacks to too much, what pretends.

use flate2::{Compression, write::GzEncoder};
use rust_xlsxwriter::Workbook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// What is imported, under which name, as which form, and how it is refused.
struct Case(&'static str, &'static str, &'static str, Vec<u8>, &'static str);

fn workbook(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    write(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

/// An archive with these entries, each of so many zero bytes.
fn archive(entries: &[(&str, usize)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let zeros = vec![0; 1 << 20];
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        for _ in 0..bytes.div_ceil(zeros.len()) {
            writer.write_all(&zeros[..(*bytes).min(zeros.len())]).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn packed(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b'a'; 1 << 20];
    for _ in 0..bytes >> 20 {
        encoder.write_all(&zeros).unwrap();
    }
    encoder.finish().unwrap()
}

fn encrypted() -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(512, 0);
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(2_048, 0);
    bytes
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn cases() -> Vec<Case> {
    let table = workbook(|sheet| {
        sheet.write(0, 0, "别的表").unwrap();
        sheet.write(1, 0, "1").unwrap();
    });
    let bomb = archive(&[("xl/workbook.xml", 10), ("xl/worksheets/sheet1.xml", 300 << 20)]);
    vec![
        Case("an empty file", "a.csv", "purchases", Vec::new(), "file_empty"),
        Case("blank lines", "a.csv", "purchases", b"\n\n,,,\n".to_vec(), "file_empty"),
        Case("a PDF called xlsx", "a.xlsx", "purchases", b"%PDF-1.7 x".to_vec(), "file_format"),
        Case(
            "a web page called xls",
            "a.xls",
            "purchases",
            b"<html><table><tr><td>1</td></tr></table></html>".to_vec(),
            "file_format",
        ),
        Case(
            "a picture called csv",
            "a.csv",
            "purchases",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            "file_format",
        ),
        Case(
            "another archive called xlsx",
            "a.xlsx",
            "purchases",
            archive(&[("word/document.xml", 10)]),
            "file_format",
        ),
        Case("a workbook cut off", "a.xlsx", "purchases", table[..table.len() / 2].to_vec(), "file_broken"),
        Case(
            "an old workbook of nothing",
            "a.xls",
            "purchases",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1nonsense".to_vec(),
            "file_broken",
        ),
        Case("a workbook with a password", "a.xlsx", "purchases", encrypted(), "file_encrypted"),
        Case("a sheet that unpacks to 300 MiB", "a.xlsx", "purchases", bomb, "file_too_large"),
        Case(
            "a register that unpacks to 300 MiB",
            "a.tsv.gz",
            "participations",
            packed(300 << 20),
            "file_too_large",
        ),
        Case(
            "a list that unpacks to 300 MiB",
            "a.csv.gz",
            "enterprises",
            packed(300 << 20),
            "file_too_large",
        ),
        Case("another table", "../../a.xlsx", "purchases", table, "column_missing"),
        Case(
            "a register without its columns",
            "a.tsv",
            "participations",
            b"x\ty\n1\t2\n".to_vec(),
            "column_missing",
        ),
        Case(
            "text in no encoding",
            "a.csv",
            "purchases",
            [&b"\xff\xff\xfe\xfa,\x80\x81\n"[..]; 20].concat(),
            "file_encoding",
        ),
    ]
}

fn upload(served: &Served, form: &str, name: &str, language: &str, bytes: &[u8]) -> Answer {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    let headers = format!("Accept-Language: {language}\r\n");
    served.post(&format!("/api/v1/imports?as={form}"), "multipart/form-data; boundary=b", &headers, &body)
}

#[test]
fn files_that_are_no_tables_are_refused_at_both_doors() {
    let served = Served::start();
    let (town, head) = recorded_town();
    let mut wrong = Vec::new();
    for Case(what, name, form, bytes, code) in cases() {
        let (zh, en) = (upload(&served, form, name, "zh", &bytes), upload(&served, form, name, "en", &bytes));
        if zh.text("code") != code {
            wrong.push(format!("{what}: {code}: {} {}", zh.status, zh.body));
            continue;
        }
        check_problem(what, &zh, &en, 422, code);
        served.is_as_before(what);
        let file = town.path().join(name.rsplit('/').next().unwrap());
        std::fs::write(&file, &bytes).unwrap();
        let output = town.run(&["import", file.to_str().unwrap(), "--as", form, "--format", "json"]);
        check_refused(what, &output, code);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(town.head(), head, "no event is added");
}

#[test]
fn a_file_is_what_its_bytes_are_whatever_it_is_called() {
    let (town, _) = recorded_town();
    let heading = ["企业名称", "统一社会信用代码"];
    let row = ["青屿晨光机械有限公司", "91370202MA00003490"];
    let sheet = workbook(|sheet| {
        for (column, (heading, value)) in heading.into_iter().zip(row).enumerate() {
            sheet.write(0, u16::try_from(column).unwrap(), heading).unwrap();
            sheet.write(1, u16::try_from(column).unwrap(), value).unwrap();
        }
    });
    let text = format!("{}\n{}\n", heading.join(","), row.join(","));
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [("a.csv", sheet), ("b.xlsx", text.into_bytes()), ("c.xls", wide)] {
        let file = town.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let arguments =
            ["import", file.to_str().unwrap(), "--as", "enterprises", "--dry-run", "--format", "json"];
        let report: Value = serde_json::from_str(&town.ok(&arguments)).unwrap();
        assert_eq!(
            (report["accepted"].as_u64(), report["refused"].as_array().unwrap().len()),
            (Some(1), 0),
            "{name}: {report}"
        );
    }
}

#[test]
fn a_cell_that_is_a_formula_enters_as_text_and_leaves_harmless() {
    let (town, _) = recorded_town();
    let formula = "=HYPERLINK(\"http://evil.example\",\"青屿\")";
    let bytes = workbook(|sheet| {
        for (row, cells) in
            [["企业名称", "统一社会信用代码"], [formula, "91370202MA00003490"]].into_iter().enumerate()
        {
            for (column, cell) in cells.into_iter().enumerate() {
                sheet
                    .write_string(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), cell)
                    .unwrap();
            }
        }
    });
    let file = town.path().join("a.xlsx");
    std::fs::write(&file, bytes).unwrap();
    town.ok(&["import", file.to_str().unwrap(), "--as", "enterprises"]);
    let joined = serde_json::json!({"kind": "member_joined", "occurred": "2026-01-02",
        "body": {"chamber": "local:test/c1", "member": "uscc:91370202MA00003490"}});
    assert!(town.record(&[joined], &[]).status.success());
    let list = town.ok(&["match", "local:test/e1", "--format", "csv", "--top", "50"]);
    assert!(list.contains("HYPERLINK"), "{list}");
    for cell in list.lines().flat_map(|line| line.split(',')) {
        assert!(!cell.trim_start_matches('"').starts_with('='), "{cell}");
    }
}

/// Fifty thousand rows, in an address space that the sheet laid out whole, cell by cell, would not fit ten times.
#[test]
fn a_sheet_of_fifty_thousand_rows_is_read_in_bounded_memory() {
    let (town, head) = recorded_town();
    let bytes = workbook(|sheet| {
        sheet.write(0, 0, "企业名称").unwrap();
        sheet.write(0, 1, "统一社会信用代码").unwrap();
        for row in 1..=50_000 {
            sheet.write(row, 0, format!("青屿第{row}有限公司")).unwrap();
            sheet.write(row, 1, "91370202MA00003491").unwrap();
        }
    });
    let file = town.path().join("a.xlsx");
    std::fs::write(&file, bytes).unwrap();
    let url = town.url();
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 1500000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_jinqiao")])
        .args(["import", file.to_str().unwrap(), "--as", "enterprises", "--format", "json", "--log", &url])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["refused"].as_array().unwrap().len(), 50_000);
    assert_eq!(report["refused"][49_999]["row"], 50_001);
    assert_eq!(town.head(), head, "no event is added");
}
