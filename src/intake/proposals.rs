//! What an import leaves to an officer: names to link, and records that the file contradicts.

use std::collections::BTreeMap;

use jinqiao_projections::register::Register;

use super::report::{Candidate, Proposal};
use super::submit::{Fate, Prepared};

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
        for (kind, position) in fate.corrections.iter().copied() {
            let message = format!("与第 {position} 号事件不一致；如以本表为准，请对该事件登记更正");
            proposals.push(Proposal::Correction {
                sheet: sheet.clone(),
                row,
                kind: kind.into(),
                position,
                message,
            });
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

fn link(name: String, sheet: Option<String>, row: u64, register: &Register) -> Proposal {
    let candidate = |party| {
        Some(Candidate {
            party,
            name: register.party(party)?.name.clone(),
        })
    };
    let candidates: Vec<Candidate> = register
        .proposals_for(&name)
        .into_iter()
        .filter_map(candidate)
        .collect();
    let party = match candidates.as_slice() {
        [only] => only.party.to_string(),
        _ => "PARTY".to_owned(),
    };
    let quoted = name.replace('\'', "'\\''");
    let command = format!("jinqiao link '{quoted}' {party}");
    Proposal::Link {
        sheet,
        row,
        name,
        rows: 1,
        candidates,
        command,
    }
}
