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

use super::report::{Candidate, Proposal};
use super::submit::{Fate, Prepared};
use crate::desk::{Desk, Submission, Unit};
use crate::error::AppError;

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

/// Records proposals, each on its own; how many were not on the list yet. One that the rules refuse (it holds a
/// phone number, say) stays in the report of the import alone.
pub(super) fn record(desk: &Desk, units: Vec<Unit>, rehearsal: bool) -> Result<u64, AppError> {
    if units.is_empty() {
        return Ok(0);
    }
    let answers = desk.record_blocking(Submission { units, rehearsal })?;
    let added = answers.iter().flatten().flatten().filter(|receipt| !receipt.repeated).count();
    Ok(u64::try_from(added).unwrap_or(u64::MAX))
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
