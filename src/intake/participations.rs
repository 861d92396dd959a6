//! 参与登记: any register of who took part in what, a line each of `date kind group actor role amount`.
//!
//! Such registers are large, so nothing of the file is kept: it is read once to check every line, and a second
//! time to record those that passed. Whether a line was said before, the log knows by its key.

use std::collections::BTreeSet;

use csv::{ByteRecord, Reader, ReaderBuilder};
use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered};
use jinqiao_events::kinds::participation::ParticipationRecorded;
use jinqiao_events::log::{Position, Source};
use jinqiao_events::value::amount::{Unit, parse_amount};
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::money::{AmountKind, Money};
use jinqiao_events::value::occurred::{Occurred, parse_date};
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::Register;
use serde_json::{Map, json};

use super::line::Coded;
use super::proposals;
use super::report::{DuplicateRow, ImportReport, RefusedRow};
use super::table::{Counted, FILE_MAX_BYTES, text::unpacking, unreadable};
use super::{FileInput, ImportOptions, file_name, hash};
use crate::desk::{Answer, Desk, Submission, Unit as DeskUnit, row_draft};
use crate::error::AppError;

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
    if file.bytes.len() > FILE_MAX_BYTES {
        return Err(unreadable(&std::io::ErrorKind::FileTooLarge.into()).into());
    }
    let mut report = ImportReport::new(options.form, options.dry_run);
    let mut rows = 0_u64;
    let mut lines = Lines::open(file.bytes)?;
    while let Some((row, line)) = lines.next()? {
        rows += 1;
        if let Err(fault) = line {
            report.refused.push(RefusedRow { sheet: None, row, ..fault });
        }
    }
    let mut run = Run {
        desk,
        options,
        file: file_name(file),
        hash: hash(file.bytes),
        started_at: desk.store().log.head(),
        totals: Totals::default(),
        report,
    };
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
    let mut report = run.report;
    report.refused.sort_by_key(|refused| refused.row);
    report.totals = run.totals.figures(rows);
    Ok(report)
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
    reader.read_byte_record(record).map_err(|error| unreadable(&std::io::Error::from(error)))
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

struct Run<'a> {
    desk: &'a Desk,
    options: &'a ImportOptions,
    file: String,
    hash: String,
    /// What the log held before: a key found beyond it stands earlier in this file.
    started_at: Position,
    totals: Totals,
    report: ImportReport,
}

#[derive(Debug, Default)]
struct Totals {
    actors: u64,
    fen: i128,
}

impl Totals {
    fn figures(&self, rows: u64) -> Map<String, serde_json::Value> {
        [
            ("rows", json!(rows)),
            ("distinct_actors", json!(self.actors)),
            ("money_fen", json!({ AmountKind::Participation.label_zh(): json!(self.fen) })),
        ]
        .into_iter()
        .map(|(name, figure)| (name.to_owned(), figure))
        .collect()
    }
}

impl Run<'_> {
    fn record(&mut self, lines: Vec<(u64, Participation)>) -> Result<(), AppError> {
        if self.options.dry_run {
            return self.rehearse(lines);
        }
        let views = self.desk.shelf().views();
        let mut entered = BTreeSet::new();
        let units: Vec<DeskUnit> =
            lines.iter().map(|(row, line)| self.unit(*row, line, &views.register, &mut entered)).collect();
        drop(views);
        let sizes: Vec<usize> = units.iter().map(Vec::len).collect();
        let answers = self.desk.record_blocking(Submission { units, rehearsal: false })?;
        for (((row, line), answer), events) in lines.into_iter().zip(answers).zip(sizes) {
            self.take(row, &line, answer, events)?;
        }
        Ok(())
    }

    /// The line, led by the registration of its actor when the register does not know it yet.
    fn unit(
        &self,
        row: u64,
        line: &Participation,
        register: &Register,
        entered: &mut BTreeSet<String>,
    ) -> DeskUnit {
        let source = self.source(row);
        let mut unit = Vec::with_capacity(2);
        let is_known = register.resolve(&line.event.party).is_some();
        if !is_known && entered.insert(line.name.clone()) {
            let key = format!("{REGISTER}:actor:{}", line.name);
            unit.push(row_draft(registration(line), line.date, key, source.clone()));
        }
        unit.push(row_draft(line.event.clone(), line.date, line.key.clone(), source));
        unit
    }

    fn take(
        &mut self,
        row: u64,
        line: &Participation,
        answer: Answer,
        events: usize,
    ) -> Result<(), AppError> {
        match answer {
            Ok(receipts) => match receipts.last() {
                Some(receipt) if receipt.repeated => self.say_repeated(row, receipt.position)?,
                Some(_) | None => self.count(line, events > 1),
            },
            Err(fault) if fault.refusal.code == "key_reused" => {
                let position = self.desk.store().log.find_key(&line.key)?.map_or(0, |(position, _)| position);
                if position > self.started_at {
                    self.say_duplicate(row, position, true)?;
                } else {
                    self.contradict(row, line, position)?;
                }
            }
            Err(fault) => {
                let refusal = fault.refusal;
                let column = match refusal.pointer.as_str() {
                    "/body/group" => "group",
                    "/body/category" => "kind",
                    "/body/role" => "role",
                    "/body/amount" => "amount",
                    _ => "actor",
                };
                self.report.refused.push(RefusedRow { row, ..refused(column, refusal.code, &refusal.zh) });
            }
        }
        Ok(())
    }

    /// Puts a line that says something else than the log on the work list.
    fn contradict(&mut self, row: u64, line: &Participation, position: Position) -> Result<(), AppError> {
        let kind = "participation_recorded";
        self.report.proposed.push(proposals::contradicted(None, row, kind, position));
        let Some(held) = self.desk.store().log.at(position)? else { return Ok(()) };
        if held.source.and_then(|source| source.hash).as_ref() == Some(&self.hash) {
            // The file contradicts itself: its earlier line was taken, as its first import said.
            return Ok(());
        }
        let proposed = proposals::correction(held.id, &line.event.clone().into(), line.date, &self.file);
        let Some((digest, event)) = proposed else { return Ok(()) };
        let key = format!("{}:proposed:{digest}", line.key);
        let unit = vec![row_draft(event, line.date, key, self.source(row))];
        self.report.added += proposals::record(self.desk, vec![unit], false)?;
        Ok(())
    }

    fn source(&self, row: u64) -> Source {
        Source { file: self.file.clone(), sheet: None, row: Some(row), hash: Some(self.hash.clone()) }
    }

    fn count(&mut self, line: &Participation, with_actor: bool) {
        self.report.accepted += 1;
        self.report.added += 1 + u64::from(with_actor);
        self.totals.actors += u64::from(with_actor);
        self.totals.fen += line.event.amount.as_ref().map_or(0, |amount| i128::from(amount.fen().get()));
    }

    fn say_repeated(&mut self, row: u64, position: Position) -> Result<(), AppError> {
        if position > self.started_at {
            return self.say_duplicate(row, position, false);
        }
        self.report.unchanged += 1;
        Ok(())
    }

    /// Says which earlier line of this file the row repeats: the log keeps its number.
    fn say_duplicate(&mut self, row: u64, position: Position, differs: bool) -> Result<(), AppError> {
        let found = self.desk.store().log.at(position)?;
        let of_row = found.and_then(|stored| stored.source?.row).unwrap_or_default();
        self.report.duplicates.push(DuplicateRow { sheet: None, row, of_row, differs });
        Ok(())
    }

    /// What recording would say, as far as keys tell: an actor of an earlier chunk is not there in a rehearsal.
    fn rehearse(&mut self, lines: Vec<(u64, Participation)>) -> Result<(), AppError> {
        for (_, line) in lines {
            match self.desk.store().log.find_key(&line.key)? {
                Some(_) => self.report.unchanged += 1,
                None => self.count(&line, false),
            }
        }
        Ok(())
    }
}

fn registration(line: &Participation) -> OrgRegistered {
    OrgRegistered {
        name: line.name.clone(),
        kind: OrgKind::Enterprise,
        identifier: line.actor.clone(),
        region: None,
        industry: None,
        short_names: Vec::new(),
        chamber_type: None,
        home_place: None,
        products: Vec::new(),
    }
}
