//! Lines of a register of participations on their way to the desk, and what became of each.
//!
//! The first line of an actor that the register does not know yet brings its registration along, in one unit.
//! When that unit is refused, the actor's other lines of the same chunk were refused for want of it; they go in
//! again if the fault was the line's own, and share the refusal if it was the registration's.
//!
//! A rehearsal asks the rules like the real thing, chunk by chunk. It leaves nothing behind, so what its earlier
//! chunks would have left is brought along: their actors' registrations in front of a chunk, their keys here.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered};
use jinqiao_events::log::{Position, Source};
use jinqiao_events::value::money::{AmountKind, Money};
use serde_json::{Map, json};

use super::{Participation, REGISTER, refused};
use crate::desk::{Answer, Desk, Fault, Receipt, Submission, Unit, row_draft};
use crate::error::AppError;
use crate::intake::proposals::{self, Listed};
use crate::intake::report::{DuplicateRow, ImportReport, RefusedRow};
use crate::intake::{FileInput, ImportOptions, file_name, hash};
use crate::limits::PROPOSALS_MAX;

/// A line with its row.
pub(super) type Row = (u64, Participation);

/// A register on its way into the log, or being rehearsed.
pub(super) struct Recording<'a> {
    desk: &'a Desk,
    options: &'a ImportOptions,
    file: String,
    hash: String,
    /// What the log held before: a key found beyond it stands earlier in this file.
    started_at: Position,
    totals: Totals,
    report: ImportReport,
    rehearsed: Rehearsed,
    /// Proposals of the round that wait to be put on the work list.
    contradictions: Vec<Unit>,
    listed: Listed,
}

/// What a rehearsal would have left in the log.
#[derive(Debug, Default)]
struct Rehearsed {
    /// The line that would have registered each actor.
    actors: BTreeMap<String, Row>,
    /// Row and amount of each line by key; all else of a line is in its key.
    lines: BTreeMap<String, (u64, Option<Money>)>,
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

/// Why no line of an actor got through with its registration.
enum Unregistered {
    /// The registration was refused, and so is every line of the actor.
    For(RefusedRow),
    /// The line that brought it along was refused for a fault of its own.
    ByLine,
}

/// Lines that are handed in together.
struct Round {
    rows: Vec<Row>,
    /// Whether each brings the registration of its actor along.
    registers: Vec<bool>,
    /// Registrations in front of them that a rehearsal repeats.
    led_by: usize,
    units: Vec<Unit>,
}

impl<'a> Recording<'a> {
    pub(super) fn new(
        desk: &'a Desk,
        options: &'a ImportOptions,
        file: FileInput<'_>,
        report: ImportReport,
    ) -> Self {
        Self {
            desk,
            options,
            file: file_name(file),
            hash: hash(file.bytes),
            started_at: desk.store().log.head(),
            totals: Totals::default(),
            report,
            rehearsed: Rehearsed::default(),
            contradictions: Vec::new(),
            listed: Listed::default(),
        }
    }

    /// The report, once every line was recorded; `rows` is how many the file has.
    pub(super) fn finish(self, rows: u64) -> ImportReport {
        let mut report = self.report;
        self.listed.tell(&mut report);
        report.refused.sort_by_key(|refused| refused.row);
        report.duplicates.sort_by_key(|repeated| repeated.row);
        report.totals = self.totals.figures(rows);
        report
    }

    /// Records a chunk of lines. Every round settles the first line of each actor at least.
    pub(super) fn record(&mut self, rows: Vec<Row>) -> Result<(), AppError> {
        let mut waiting = rows;
        while !waiting.is_empty() {
            waiting = self.take_round(waiting)?;
        }
        Ok(())
    }

    /// Hands the lines in; those that must be handed in again.
    fn take_round(&mut self, waiting: Vec<Row>) -> Result<Vec<Row>, AppError> {
        let (rows, mut again) = self.without_repeats(waiting);
        let Round { rows, registers, led_by, units } = self.round(rows);
        let submission = Submission { units, rehearsal: self.options.dry_run };
        let answers = self.desk.record_blocking(submission)?.into_iter().skip(led_by);
        let mut unregistered: BTreeMap<String, Unregistered> = BTreeMap::new();
        for (((row, line), registers), answer) in rows.into_iter().zip(registers).zip(answers) {
            let answer = match (answer, unregistered.get(&line.name)) {
                (Err(_), Some(Unregistered::For(reason))) => {
                    self.report.refused.push(RefusedRow { row, ..reason.clone() });
                    continue;
                }
                (Err(_), Some(Unregistered::ByLine)) => {
                    again.push((row, line));
                    continue;
                }
                (answer, _) => answer,
            };
            match &answer {
                Err(Fault { index: 0, refusal }) if registers => {
                    let message = format!("参与方「{}」未能登记：{}", line.name, refusal.zh);
                    let reason = refused("actor", refusal.code, &message);
                    self.report.refused.push(RefusedRow { row, ..reason.clone() });
                    unregistered.insert(line.name, Unregistered::For(reason));
                    continue;
                }
                Err(_) if registers => {
                    unregistered.insert(line.name.clone(), Unregistered::ByLine);
                }
                Ok(_) | Err(_) => {}
            }
            self.take(row, line, answer, registers)?;
        }
        self.propose()?;
        again.sort_by_key(|(row, _)| *row);
        Ok(again)
    }

    /// The lines to hand in now, and those of a rehearsal that wait to see whether an earlier line with their key
    /// is refused. What would have been recorded by an earlier line is said here.
    fn without_repeats(&mut self, waiting: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
        if !self.options.dry_run {
            return (waiting, Vec::new());
        }
        let (mut rows, mut later) = (Vec::with_capacity(waiting.len()), Vec::new());
        let mut keys = BTreeSet::new();
        for (row, line) in waiting {
            if let Some((of_row, amount)) = self.rehearsed.lines.get(&line.key) {
                let (of_row, differs) = (*of_row, *amount != line.event.amount);
                self.report.duplicates.push(DuplicateRow { sheet: None, row, of_row, differs });
            } else if keys.insert(line.key.clone()) {
                rows.push((row, line));
            } else {
                later.push((row, line));
            }
        }
        (rows, later)
    }

    /// The lines as units, the first of each unknown actor led by its registration.
    fn round(&self, rows: Vec<Row>) -> Round {
        let views = self.desk.shelf().views();
        let (mut met, mut units) = (BTreeSet::new(), Vec::with_capacity(rows.len()));
        for name in rows.iter().map(|(_, line)| &line.name) {
            if let Some((row, first)) = self.rehearsed.actors.get(name)
                && met.insert(name.clone())
            {
                units.push(vec![self.registration(*row, first)]);
            }
        }
        let led_by = units.len();
        let mut registers = Vec::with_capacity(rows.len());
        for (row, line) in &rows {
            let is_known = views.register.resolve(&line.event.party).is_some();
            let is_new = !is_known && met.insert(line.name.clone());
            let mut unit: Unit = is_new.then(|| self.registration(*row, line)).into_iter().collect();
            unit.push(row_draft(line.event.clone(), line.date, line.key.clone(), self.source(*row)));
            units.push(unit);
            registers.push(is_new);
        }
        Round { rows, registers, led_by, units }
    }

    fn registration(&self, row: u64, line: &Participation) -> jinqiao_events::decide::Draft {
        let key = format!("{REGISTER}:actor:{}", line.name);
        let event = OrgRegistered {
            name: line.name.clone(),
            kind: OrgKind::Enterprise,
            identifier: line.actor.clone(),
            region: None,
            industry: None,
            short_names: Vec::new(),
            chamber_type: None,
            home_place: None,
            products: Vec::new(),
        };
        row_draft(event, line.date, key, self.source(row))
    }

    fn source(&self, row: u64) -> Source {
        Source { file: self.file.clone(), sheet: None, row: Some(row), hash: Some(self.hash.clone()) }
    }

    fn take(
        &mut self,
        row: u64,
        line: Participation,
        answer: Answer,
        registers: bool,
    ) -> Result<(), AppError> {
        match answer {
            Ok(receipts) => match receipts.last() {
                Some(receipt) if receipt.repeated => self.say_repeated(row, receipt)?,
                Some(_) | None => self.count(row, line, registers),
            },
            Err(Fault { refusal, .. }) if refusal.code == "key_reused" => {
                let position = self.desk.store().log.find_key(&line.key)?.map_or(0, |(position, _)| position);
                if position > self.started_at {
                    self.say_duplicate(row, position, true)?;
                } else {
                    self.contradict(row, &line, position)?;
                }
            }
            Err(Fault { refusal, .. }) => {
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
        self.contradictions.push(vec![row_draft(event, line.date, key, self.source(row))]);
        Ok(())
    }

    /// Puts the round's proposals on the work list, as long as there is room for them.
    fn propose(&mut self) -> Result<(), AppError> {
        let units = std::mem::take(&mut self.contradictions);
        let listed = usize::try_from(self.listed.added).unwrap_or(usize::MAX);
        let room = PROPOSALS_MAX.saturating_sub(listed);
        let Listed { added, cut } = proposals::record(self.desk, units, room, self.options.dry_run)?;
        self.listed = Listed { added: self.listed.added + added, cut: self.listed.cut + cut };
        Ok(())
    }

    fn count(&mut self, row: u64, line: Participation, registers: bool) {
        self.report.accepted += 1;
        self.report.added += 1 + u64::from(registers);
        self.totals.actors += u64::from(registers);
        self.totals.fen += line.event.amount.as_ref().map_or(0, |amount| i128::from(amount.fen().get()));
        if self.options.dry_run {
            self.rehearsed.lines.insert(line.key.clone(), (row, line.event.amount.clone()));
            if registers {
                self.rehearsed.actors.insert(line.name.clone(), (row, line));
            }
        }
    }

    fn say_repeated(&mut self, row: u64, receipt: &Receipt) -> Result<(), AppError> {
        if receipt.position > self.started_at {
            return self.say_duplicate(row, receipt.position, false);
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
}
