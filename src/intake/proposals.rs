//! What an import leaves to an officer: names to link, and records that the file contradicts.

use std::collections::BTreeMap;

use jinqiao_events::kinds::Event;
use jinqiao_events::kinds::correction::CorrectionProposed;
use jinqiao_events::log::Position;
use jinqiao_events::log::envelope::hex;
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::name::OrgName;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::{Register, head_office_named};
use sm3::{Digest, Sm3};

use super::report::{Candidate, ImportReport, Proposal, Warning};
use super::submit::{Fate, Prepared, UNITS_AT_ONCE};
use crate::desk::{Desk, Submission, Unit};
use crate::error::AppError;
use crate::limits::PROPOSALS_MAX;

/// The proposals of an import, in the order of its rows: one a name, one a contradicted record.
pub(super) fn of(
    settled: &[(Prepared, Fate)],
    sheets: &[Option<String>],
    register: &Register,
) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (prepared, fate) in settled.iter().filter(|(_, fate)| fate.refused.is_none()) {
        let sheet = sheets.get(prepared.page).cloned().flatten();
        let row = prepared.row.max(1);
        for contradiction in &fate.contradicts {
            let kind = contradiction.item.event.kind().name();
            proposals.push(contradicted(sheet.clone(), row, kind, contradiction.position));
        }
        for name in prepared.entry.unlinked(register) {
            match seen.get(&name).and_then(|index| proposals.get_mut(*index)) {
                Some(Proposal::Link { rows, .. }) => *rows += 1,
                Some(Proposal::Correction { .. }) | None => {
                    seen.insert(name.clone(), proposals.len());
                    proposals.push(link(name, sheet.clone(), row, register));
                }
            }
        }
    }
    proposals
}

/// That a row says something else than the event at a position.
pub(super) fn contradicted(
    sheet: Option<String>,
    row: u64,
    kind: &'static str,
    position: Position,
) -> Proposal {
    let message = format!("与第 {position} 号事件不一致；已列入待办（jinqiao work），由人决定以哪个为准");
    Proposal::Correction { sheet, row, kind: kind.into(), position, message }
}

/// The proposal to correct an event as a file has it, with a digest of what is proposed. `None` for a body that is
/// no JSON, which no kind of the vocabulary makes.
pub(super) fn correction(
    event: EventId,
    right: &Event,
    occurred: Occurred,
    file: &str,
) -> Option<(String, CorrectionProposed)> {
    let text = right.body_json().ok()?;
    let digest = hex(Sm3::digest(format!("{event}\n{occurred}\n{text}")).iter().take(8));
    let proposed = CorrectionProposed {
        event,
        body: serde_json::from_str(&text).ok()?,
        version: Some(right.kind().version()),
        occurred: Some(occurred),
        reason: format!("「{file}」所载不同"),
    };
    Some((digest, proposed))
}

/// What became of the proposals of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Listed {
    /// How many were not on the list yet.
    pub(super) added: u64,
    /// How many were not looked at, for enough others had been put there.
    pub(super) cut: usize,
}

impl Listed {
    /// Says in the report what was added and what was not.
    pub(super) fn tell(self, report: &mut ImportReport) {
        report.added += self.added;
        if self.cut > 0 {
            let message = format!(
                "与已登记内容不一致之处太多：已列入待办 {PROPOSALS_MAX} 项，其余 {} 项只在本报告中列出；请核对是否选错文件，或先处理待办再导入",
                self.cut
            );
            report.warnings.push(Warning {
                sheet: None,
                row: None,
                column: None,
                code: "proposals_cut".into(),
                message,
            });
        }
    }
}

/// Records proposals, each on its own, a flush at a time, until `room` of them were new. One that the rules refuse (it
/// holds a phone number, say) stays in the report of the import alone.
pub(super) fn record(
    desk: &Desk,
    units: Vec<Unit>,
    room: usize,
    rehearsal: bool,
) -> Result<Listed, AppError> {
    let (mut added, mut units) = (0, units.into_iter());
    while added < room && units.len() > 0 {
        let flush = units.by_ref().take(UNITS_AT_ONCE.min(room - added)).collect();
        let answers = desk.record_blocking(Submission { units: flush, rehearsal })?;
        added += answers.iter().flatten().flatten().filter(|receipt| !receipt.repeated).count();
    }
    Ok(Listed { added: u64::try_from(added).unwrap_or(u64::MAX), cut: units.len() })
}

fn link(name: String, sheet: Option<String>, row: u64, register: &Register) -> Proposal {
    let candidate = |party| Some(Candidate { party, name: register.party(party)?.name.clone() });
    let head = head_office_named(&name).and_then(|head| head.parse::<OrgName>().ok());
    let head = head.and_then(|head| register.resolve(&PartyRef::Name(head)));
    let may_mean = register.proposals_for(&name).into_iter().filter(|party| Some(*party) != head);
    let candidates: Vec<Candidate> = may_mean.filter_map(candidate).collect();
    let party = match candidates.as_slice() {
        [only] => only.party.to_string(),
        _ => "PARTY".to_owned(),
    };
    let quoted = name.replace('\'', "'\\''");
    let command = format!("jinqiao link '{quoted}' {party}");
    Proposal::Link { sheet, row, name, rows: 1, candidates, branch_of: head.and_then(candidate), command }
}
