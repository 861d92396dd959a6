//! 参与登记: any register of who took part in what, a line each of `date kind group actor role amount`.
//!
//! Such registers are large, so nothing of the file is kept: it is read once to check every line, and a second
//! time to record those that passed ([`recording`]). Whether a line was said before, the log knows by its key.

use csv::{ByteRecord, Reader, ReaderBuilder};
use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::participation::ParticipationRecorded;
use jinqiao_events::value::amount::{Unit, parse_amount};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::money::{AmountKind, Money};
use jinqiao_events::value::occurred::{Occurred, parse_date};
use jinqiao_events::value::party_ref::PartyRef;

use super::line::Coded;
use super::report::{ImportReport, RefusedRow};
use super::table::{Counted, must_be_of_size, text::unpacking, unreadable};
use super::{FileInput, ImportOptions};
use crate::desk::Desk;
use crate::error::AppError;

mod recording;

use recording::Recording;

/// Lines recorded at once: each brings one event, or two with its actor; one flush.
const LINES_AT_ONCE: usize = 500;
/// The register whose codes the actors are: `local:participations/<actor>`.
const REGISTER: &str = "participations";
const COLUMNS: [&str; 6] = ["date", "kind", "group", "actor", "role", "amount"];

/// Imports a register of participations.
pub(super) fn import(
    desk: &Desk,
    file: FileInput<'_>,
    options: &ImportOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, AppError> {
    must_be_of_size(file.bytes)?;
    let mut report = ImportReport::new(options.form, options.dry_run);
    let mut rows = 0_u64;
    let mut lines = Lines::open(file.bytes)?;
    while let Some((row, line)) = lines.next()? {
        rows += 1;
        if let Err(fault) = line {
            report.refused.push(RefusedRow { sheet: None, row, ..fault });
        }
    }
    let mut run = Recording::new(desk, options, file, report);
    let mut lines = Lines::open(file.bytes)?;
    let mut chunk = Vec::with_capacity(LINES_AT_ONCE);
    let mut done = 0;
    while let Some((row, line)) = lines.next()? {
        done += 1;
        chunk.extend(line.ok().map(|line| (row, line)));
        if chunk.len() >= LINES_AT_ONCE {
            run.record(std::mem::take(&mut chunk))?;
            progress(done);
        }
    }
    run.record(chunk)?;
    progress(done);
    Ok(run.finish(rows))
}

/// One line, read.
#[derive(Debug, Clone, PartialEq)]
struct Participation {
    date: Occurred,
    actor: Identifier,
    name: String,
    key: String,
    event: ParticipationRecorded,
}

/// The lines of a register, one after the other.
struct Lines<'a> {
    reader: Reader<Counted<Box<dyn std::io::Read + 'a>>>,
    /// Where the six columns are.
    places: [usize; 6],
    record: ByteRecord,
}

/// What a line is: its number, and what it says or why it says nothing.
type NumberedLine = (u64, Result<Participation, RefusedRow>);

impl<'a> Lines<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let mut reader = ReaderBuilder::new()
            .delimiter(b'\t')
            .quoting(false)
            .has_headers(false)
            .flexible(true)
            .from_reader(unpacking(bytes));
        let mut record = ByteRecord::new();
        read(&mut reader, &mut record)?;
        let words: Vec<String> = record
            .iter()
            .map(|field| String::from_utf8_lossy(field).trim_start_matches('\u{feff}').trim().to_lowercase())
            .collect();
        let mut places = [0; 6];
        let mut missing = Vec::new();
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            match words.iter().position(|word| word == column) {
                Some(index) => *place = index,
                None => missing.push(column),
            }
        }
        if !missing.is_empty() {
            let matched = COLUMNS.len() - missing.len();
            let words = words.iter().map(|word| word.chars().take(40).collect()).take(20).collect();
            return Err(super::column_missing(&super::Missing { columns: missing, words, matched }));
        }
        Ok(Self { reader, places, record })
    }

    fn next(&mut self) -> Result<Option<NumberedLine>, Refusal> {
        if !read(&mut self.reader, &mut self.record)? {
            return Ok(None);
        }
        let row = self.record.position().map_or(0, csv::Position::line);
        Ok(Some((row, self.line())))
    }

    fn line(&self) -> Result<Participation, RefusedRow> {
        let mut fields = [""; 6];
        for ((field, place), column) in fields.iter_mut().zip(self.places).zip(COLUMNS) {
            let bytes = self.record.get(place).unwrap_or_default();
            *field = std::str::from_utf8(bytes)
                .map_err(|_| refused(column, "text_encoding", "不是 UTF-8 文字；请另存为 UTF-8"))?
                .trim();
        }
        participation(fields)
    }
}

fn read<R: std::io::Read>(reader: &mut Reader<R>, record: &mut ByteRecord) -> Result<bool, Refusal> {
    reader.read_byte_record(record).map_err(|error| {
        // Turned into an error of its own kind, it would no longer say that the file unpacks to too much.
        if let csv::ErrorKind::Io(error) = error.kind() {
            unreadable(error)
        } else {
            unreadable(&std::io::Error::other(error))
        }
    })
}

fn participation([date, kind, group, actor, role, amount]: [&str; 6]) -> Result<Participation, RefusedRow> {
    let occurred = parse_date(date).map_err(|error| blamed("date", &error))?;
    let identifier = Identifier::local(REGISTER, actor).map_err(|error| blamed("actor", &error))?;
    let event = ParticipationRecorded {
        group: group.to_owned().try_into().map_err(|error| blamed("group", &error))?,
        party: PartyRef::Identifier(identifier.clone()),
        category: said(kind),
        role: said(role),
        amount: share(amount)?,
    };
    let key = format!("{REGISTER}:{group}:{actor}:{occurred}:{kind}:{role}");
    Ok(Participation { date: occurred, actor: identifier, name: actor.to_owned(), key, event })
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A share of the money, in a currency that the register does not name; 0 and nothing are none.
fn share(text: &str) -> Result<Option<Money>, RefusedRow> {
    if text.is_empty() {
        return Ok(None);
    }
    let parsed = parse_amount(text, Unit::Yuan).map_err(|error| blamed("amount", &error))?;
    let Some(amount) = parsed.stated().filter(|amount| amount.fen.get() > 0) else {
        return Ok(None);
    };
    let money = Money::new(amount.fen, Currency::NONE).map_err(|error| blamed("amount", &error))?;
    Ok(Some(money.with_kind(AmountKind::Participation)))
}

fn blamed(column: &str, error: &impl Coded) -> RefusedRow {
    refused(column, error.stable_code(), &error.to_string())
}

fn refused(column: &str, code: &'static str, message: &str) -> RefusedRow {
    RefusedRow {
        sheet: None,
        row: 0,
        column: column.to_owned(),
        code: code.into(),
        message: message.to_owned(),
    }
}
