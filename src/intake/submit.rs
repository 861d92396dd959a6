//! Entries handed to the desk, and what became of each.
//!
//! An event whose key the log knows with other content is taken out of its entry and proposed as a correction;
//! the rest of the entry goes in. An event dated by the file keeps the date of its first recording: next
//! month's edition of a directory repeats what this month's said.

use jinqiao_events::decide::{Draft, Refusal};
use jinqiao_events::kinds::Event;
use jinqiao_events::log::{Position, Source, Stored};
use jinqiao_events::value::{ids::EventId, name, party_ref::PartyRef};

use super::form::{Entry, Item, Table};
use super::line::{Page, RowFault};
use super::proposals::{self, Listed};
use crate::desk::{Answer, Desk, Fault, Receipt, Submission, Unit, row_draft};
use crate::error::AppError;
use crate::limits::PROPOSALS_MAX;

/// Units handed in at once: one flush.
pub(super) const UNITS_AT_ONCE: usize = 500;
/// What is said again in other words needs no remark.
const SAID_BEFORE: [&str; 4] =
    ["already_member", "identifier_taken", "visit_exists", "welfare_activity_exists"];

/// An entry on its way, with the place that it was read from.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) page: usize,
    pub(super) table: usize,
    /// 0 for what a sheet says above its rows.
    pub(super) row: u64,
    pub(super) entry: Entry,
}

/// What became of an entry.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// Its events that stand in the log now, added or already there.
    pub(super) standing: Vec<Event>,
    /// How many of them it added.
    pub(super) added: usize,
    /// The event that the whole entry was refused for.
    pub(super) refused: Option<Refusal>,
    /// Optional events that were refused.
    pub(super) left_out: Vec<Refusal>,
    /// Its events that the log holds otherwise under the same key.
    pub(super) contradicts: Vec<Contradiction>,
}

/// An event of a file that the log holds otherwise under the same key.
#[derive(Debug)]
pub(super) struct Contradiction {
    /// What the file says.
    pub(super) item: Item,
    /// Where the log holds the other, 0 when it cannot be found.
    pub(super) position: Position,
    /// The id of the other.
    pub(super) event: Option<EventId>,
}

/// Hands entries to the desk under the name of a form and the source of a file.
pub(super) struct Submitter<'a> {
    pub(super) desk: &'a Desk,
    pub(super) form: &'static str,
    pub(super) file: String,
    pub(super) hash: String,
    pub(super) is_rehearsal: bool,
}

struct Job {
    prepared: Prepared,
    items: Vec<Item>,
    fate: Fate,
    is_done: bool,
}

impl Submitter<'_> {
    /// Submits the entries in order. A rehearsal goes in whole, for later entries rely on earlier ones.
    pub(super) fn submit(
        &self,
        entries: Vec<Prepared>,
        sheets: &[Option<String>],
        progress: &mut dyn FnMut(u64),
    ) -> Result<Vec<(Prepared, Fate)>, AppError> {
        let at_once = if self.is_rehearsal { entries.len().max(1) } else { UNITS_AT_ONCE };
        let mut entries = entries.into_iter().peekable();
        let mut settled = Vec::new();
        while entries.peek().is_some() {
            let jobs = entries.by_ref().take(at_once).map(Job::new).collect();
            settled.extend(self.settle(jobs, sheets)?);
            progress(u64::try_from(settled.len()).unwrap_or(u64::MAX));
        }
        Ok(settled)
    }

    fn settle(
        &self,
        mut jobs: Vec<Job>,
        sheets: &[Option<String>],
    ) -> Result<Vec<(Prepared, Fate)>, AppError> {
        loop {
            let open: Vec<&mut Job> = jobs.iter_mut().filter(|job| !job.is_done).collect();
            if open.is_empty() {
                break;
            }
            let units = open.iter().map(|job| self.unit(job, sheets)).collect();
            let answers = self.desk.record_blocking(Submission { units, rehearsal: self.is_rehearsal })?;
            let mut is_settled = true;
            for (job, answer) in open.into_iter().zip(answers) {
                is_settled &= self.take(job, answer)?;
            }
            // A rehearsal leaves nothing behind, so what passed must be rehearsed again with what changed.
            if self.is_rehearsal && !is_settled {
                jobs.iter_mut().filter(|job| job.fate.refused.is_none()).for_each(Job::reopen);
            }
        }
        Ok(jobs.into_iter().map(|job| (job.prepared, job.fate)).collect())
    }

    fn unit(&self, job: &Job, sheets: &[Option<String>]) -> Unit {
        let source = self.source(&job.prepared, sheets);
        let draft = |item: &Item| Draft {
            programmes: item.programmes.clone(),
            ..row_draft(item.event.clone(), item.occurred, self.key(item), source.clone())
        };
        job.items.iter().map(draft).collect()
    }

    fn source(&self, Prepared { page, row, .. }: &Prepared, sheets: &[Option<String>]) -> Source {
        Source {
            file: self.file.clone(),
            sheet: sheets.get(*page).cloned().flatten(),
            row: (*row > 0).then_some(*row),
            hash: Some(self.hash.clone()),
        }
    }

    fn key(&self, item: &Item) -> String {
        format!("{}:{}", self.form, item.key)
    }

    /// Takes in the answer to a job; false when the job was changed and is to be handed in again.
    fn take(&self, job: &mut Job, answer: Answer) -> Result<bool, AppError> {
        match answer {
            Ok(receipts) => {
                job.close(&receipts);
                Ok(true)
            }
            Err(Fault { index, refusal }) => {
                let Some(item) = job.items.get(index).cloned() else {
                    job.refuse(refusal);
                    return Ok(true);
                };
                if refusal.code == "key_reused" {
                    self.take_reused(job, index, &item)?;
                } else if item.is_optional || self.is_registered(&item) {
                    job.items.remove(index);
                    if !SAID_BEFORE.contains(&refusal.code) {
                        job.fate.left_out.push(refusal);
                    }
                } else {
                    job.refuse(refusal);
                    return Ok(true);
                }
                job.is_done = job.items.is_empty();
                Ok(job.is_done)
            }
        }
    }

    /// Whether the event registers a party that was registered, under the same name, by another door.
    fn is_registered(&self, item: &Item) -> bool {
        let Event::OrgRegistered(event) = &item.event else {
            return false;
        };
        let views = self.desk.shelf().views();
        let id = views.register.resolve(&PartyRef::Identifier(event.identifier.clone()));
        let known = id.and_then(|id| views.register.party(id));
        known.is_some_and(|party| name::normalise(&party.name) == name::normalise(&event.name))
    }

    fn take_reused(&self, job: &mut Job, index: usize, item: &Item) -> Result<(), AppError> {
        let held = self.held(&self.key(item))?;
        let first_date = held.as_ref().map(|held| held.occurred).filter(|_| item.is_dated_by_file);
        match (first_date, job.items.get_mut(index)) {
            (Some(date), Some(item)) if item.occurred != date => item.occurred = date,
            (Some(_) | None, Some(_) | None) => {
                job.items.remove(index);
                let position = held.as_ref().map_or(0, |held| held.position);
                let event = held.map(|held| held.id);
                job.fate.contradicts.push(Contradiction { item: item.clone(), position, event });
            }
        }
        Ok(())
    }

    /// Puts what the file contradicts on the work list, as proposed corrections. The same file proposes the same once.
    pub(super) fn propose(
        &self,
        settled: &[(Prepared, Fate)],
        sheets: &[Option<String>],
    ) -> Result<Listed, AppError> {
        let mut units = Vec::new();
        for (prepared, fate) in settled.iter().filter(|(_, fate)| fate.refused.is_none()) {
            for contradiction in &fate.contradicts {
                let Some(event) = contradiction.event else { continue };
                let item = &contradiction.item;
                let proposed = proposals::correction(event, &item.event, item.occurred, &self.file);
                let (Some((digest, event)), source) = (proposed, self.source(prepared, sheets)) else {
                    continue;
                };
                let key = format!("{}:proposed:{digest}", self.key(item));
                units.push(vec![row_draft(event, item.occurred, key, source)]);
            }
        }
        proposals::record(self.desk, units, PROPOSALS_MAX, self.is_rehearsal)
    }

    /// What the log holds under a key.
    fn held(&self, key: &str) -> Result<Option<Stored>, AppError> {
        let log = &self.desk.store().log;
        let Some((position, _)) = log.find_key(key)? else {
            return Ok(None);
        };
        Ok(log.at(position)?)
    }
}

impl Job {
    fn new(prepared: Prepared) -> Self {
        let items = prepared.entry.items.clone();
        let is_done = items.is_empty();
        Self { prepared, items, fate: Fate::default(), is_done }
    }

    fn close(&mut self, receipts: &[Receipt]) {
        self.fate.standing = self.items.iter().zip(receipts).map(|(item, _)| item.event.clone()).collect();
        self.fate.added = receipts.iter().filter(|receipt| !receipt.repeated).count();
        self.is_done = true;
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.fate.refused = Some(refusal);
        self.is_done = true;
    }

    fn reopen(&mut self) {
        self.is_done = self.items.is_empty();
    }
}

/// A refusal of the rules as a fault of the row: its field named by the column that it was read from.
pub(super) fn fault_of(refusal: &Refusal, prepared: &Prepared, page: &Page, columns: Table) -> RowFault {
    let field =
        refusal.pointer.strip_prefix("/body/").unwrap_or_default().split('/').next().unwrap_or_default();
    let known = prepared.entry.fields.iter().find(|(name, _)| *name == field).map(|(_, column)| *column);
    let column = known.or_else(|| columns.first().copied());
    RowFault {
        column: column.map(|column| page.heading.written(column)).unwrap_or_default(),
        code: refusal.code,
        message: refusal.zh.clone(),
    }
}
