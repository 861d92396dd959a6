//! `record`: events from JSON lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use jinqiao_events::decide::Draft;
use jinqiao_events::log::{APPEND_MAX_BYTES, APPEND_MAX_EVENTS};
use serde_json::{Value, json};

use super::{Globals, finish, out, writing};
use crate::client::Client;
use crate::config::Format;
use crate::desk::{Answer, Desk, Submission, Unit};
use crate::door;
use crate::error::AppError;

/// 写入事件：每行一个 JSON 对象，至少含 kind、occurred、body
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// JSON 行文件，- 为标准输入
    file: PathBuf,
    /// 逐行写入：被拒的行跳过，其余照写（缺省：有一行被拒则全不写）
    #[arg(long)]
    each: bool,
}

/// A line of the file: its number, and what it says or why it cannot be read.
struct Row {
    number: usize,
    draft: Result<Draft, AppError>,
    bytes: usize,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    if let Some(url) = &globals.server {
        return through_server(args, globals, &Client::new(url)?.speaking(globals.lang));
    }
    let rows = read(&args.file)?;
    let desk = globals.open_desk()?;
    let answered = if args.each { each(&desk, rows) } else { all_or_nothing(&desk, rows) };
    let closed = desk.close();
    let code = report(answered?, globals)?;
    closed.map(|()| code)
}

/// The lines that hold anything, as bytes, with their numbers from 1.
fn lines(file: &Path) -> Result<impl Iterator<Item = Result<(usize, Vec<u8>), AppError>>, AppError> {
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(file).map_err(AppError::io(file.display().to_string()))?))
    };
    let name = file.display().to_string();
    let numbered = reader.split(b'\n').enumerate().map(move |(index, line)| {
        let line = line.map_err(AppError::io(name.clone()))?;
        Ok((index + 1, line.trim_ascii().to_vec()))
    });
    Ok(numbered.filter(|line| !matches!(line, Ok((_, bytes)) if bytes.is_empty())))
}

fn read(file: &Path) -> Result<Vec<Row>, AppError> {
    lines(file)?
        .map(|line| {
            let (number, bytes) = line?;
            Ok(Row { number, bytes: bytes.len(), draft: door::read_draft(&bytes).map_err(AppError::from) })
        })
        .collect()
}

/// What became of one line.
struct Told {
    number: usize,
    answer: Result<Value, AppError>,
}

fn each(desk: &Desk, rows: Vec<Row>) -> Result<Vec<Told>, AppError> {
    let mut told = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Row> = rows.by_ref().take(APPEND_MAX_EVENTS).collect();
        let mut units = Vec::new();
        let first = told.len();
        for Row { number, draft, .. } in chunk {
            let answer = draft.map(|draft| units.push(vec![draft])).map(|()| Value::Null);
            told.push(Told { number, answer });
        }
        let mut answers = desk.record_blocking(Submission { units, rehearsal: false })?.into_iter();
        for told in told.iter_mut().skip(first).filter(|told| told.answer.is_ok()) {
            told.answer = answers.next().map_or(Err(AppError::Busy), one);
        }
    }
    Ok(told)
}

/// Decides the whole file first; only when nothing is refused is it written, in atomic batches.
fn all_or_nothing(desk: &Desk, rows: Vec<Row>) -> Result<Vec<Told>, AppError> {
    let mut drafts = Vec::with_capacity(rows.len());
    for Row { number, draft, bytes } in rows {
        match draft {
            Ok(draft) => drafts.push((number, draft, bytes)),
            Err(error) => return Ok(vec![Told { number, answer: Err(error) }]),
        }
    }
    let rehearsal: Vec<Unit> = drafts.iter().map(|(_, draft, _)| vec![draft.clone()]).collect();
    let answers = desk.record_blocking(Submission { units: rehearsal, rehearsal: true })?;
    let refused: Vec<Told> = drafts
        .iter()
        .zip(answers)
        .filter_map(|((number, ..), answer)| answer.err().map(|fault| (*number, fault)))
        .map(|(number, fault)| Told { number, answer: Err(fault.refusal.into()) })
        .collect();
    if !refused.is_empty() {
        return Ok(refused);
    }
    let mut told = Vec::with_capacity(drafts.len());
    for (numbers, unit) in batches(drafts) {
        let answer = desk.record_blocking(Submission { units: vec![unit], rehearsal: false })?.pop();
        match answer {
            Some(Ok(receipts)) => told.extend(
                numbers
                    .into_iter()
                    .zip(receipts)
                    .map(|(number, receipt)| Told { number, answer: Ok(receipt_json(receipt)) }),
            ),
            Some(Err(fault)) => {
                let number = numbers.get(fault.index).copied().unwrap_or_default();
                told.push(Told { number, answer: Err(fault.refusal.into()) });
                break;
            }
            None => return Err(AppError::Busy),
        }
    }
    Ok(told)
}

/// Batches that each fit one atomic append.
fn batches(drafts: Vec<(usize, Draft, usize)>) -> Vec<(Vec<usize>, Unit)> {
    let mut batches: Vec<(Vec<usize>, Unit)> = Vec::new();
    let mut bytes_in_last = 0;
    for (number, draft, bytes) in drafts {
        let fits = batches.last().is_some_and(|(_, unit)| {
            unit.len() < APPEND_MAX_EVENTS && bytes_in_last + bytes < APPEND_MAX_BYTES / 2
        });
        if !fits {
            batches.push((Vec::new(), Vec::new()));
            bytes_in_last = 0;
        }
        if let Some((numbers, unit)) = batches.last_mut() {
            numbers.push(number);
            unit.push(draft);
            bytes_in_last += bytes;
        }
    }
    batches
}

fn one(answer: Answer) -> Result<Value, AppError> {
    let receipts = answer.map_err(|fault| AppError::Refused(fault.refusal))?;
    Ok(receipts.into_iter().next().map_or(Value::Null, receipt_json))
}

fn receipt_json(receipt: crate::desk::Receipt) -> Value {
    json!({ "position": receipt.position, "id": receipt.id, "repeated": receipt.repeated })
}

/// Prints what became of the lines; the exit code is that of the first refusal.
fn report(told: Vec<Told>, globals: &Globals) -> Result<u8, AppError> {
    let mut out = out();
    let (mut recorded, mut repeated, mut code) = (0_u64, 0_u64, 0);
    for Told { number, answer } in told {
        match answer {
            Ok(receipt) => {
                if receipt.get("repeated") == Some(&Value::Bool(true)) {
                    repeated += 1
                } else {
                    recorded += 1
                }
                if globals.format == Format::Json {
                    writeln!(out, "{receipt}").map_err(writing)?;
                }
            }
            Err(error) => {
                code = if code == 0 { error.exit_code() } else { code };
                let sentence = error.sentence(globals.lang);
                if globals.format == Format::Json {
                    let refused = json!({ "refused": sentence, "code": error.code(), "line": number, "pointer": error.pointer() });
                    writeln!(out, "{refused}").map_err(writing)?;
                } else {
                    eprintln!("第 {number} 行 {} {}：{sentence}", error.code(), error.pointer());
                }
            }
        }
    }
    globals.say(
        &format!("写入 {recorded} 个事件，重复 {repeated} 个"),
        &format!("{recorded} events recorded, {repeated} repeated"),
    );
    finish(out)?;
    Ok(code)
}

/// Batches of lines through a server, each batch all or nothing (with `--each`, each line).
fn through_server(args: &Args, globals: &Globals, client: &Client) -> Result<u8, AppError> {
    let texts: Vec<(usize, String)> = lines(&args.file)?
        .map(|line| {
            let (number, bytes) = line?;
            Ok((number, door::json::check(&bytes)?.to_owned()))
        })
        .collect::<Result<_, AppError>>()?;
    let mut told = Vec::with_capacity(texts.len());
    let size = if args.each { 1 } else { APPEND_MAX_EVENTS };
    for chunk in texts.chunks(size) {
        let bodies: Vec<&str> = chunk.iter().map(|(_, text)| text.as_str()).collect();
        match client.post_events(&bodies) {
            Ok(receipts) => told.extend(
                chunk
                    .iter()
                    .zip(receipts)
                    .map(|((number, _), receipt)| Told { number: *number, answer: Ok(receipt) }),
            ),
            Err(error) => {
                let number = chunk.first().map_or(0, |(number, _)| *number);
                told.push(Told { number, answer: Err(error) });
                if !args.each {
                    break;
                }
            }
        }
    }
    report(told, globals)
}
