//! The united-front channel: liaison officers, suggestions, days.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::identity::Role;
use jinqiao_events::kinds::united_front::{Qualification, SuggestionStatus};
use jinqiao_events::kinds::{DataClass, RecordKey};
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::occurred::Occurred;

use super::books::told;
use super::{Figure, Key, Measure};

fn batch(batch: Option<u32>) -> String {
    batch.map_or_else(|| "批次未注明".to_owned(), |batch| format!("第{batch}批"))
}

pub(super) const LIAISON_CHAMBERS: Figure = Figure {
    name: "liaison_chambers",
    label: ("设立统战联络员的商会", "chambers with a liaison officer"),
    filter: (
        "选定过联络员的商协会，分批次；同一家记一次",
        "chambers for which an officer was appointed, by batch; each once",
    ),
    class: DataClass::PartyBuilding,
    measure: Measure::Distinct(Counter::Organisations, |ask, out| {
        for (row, event) in told!(ask, LiaisonOfficerAppointed) {
            out.add_in(batch(event.batch), ask.party(&event.chamber), row);
        }
    }),
    of: None,
};

pub(super) const LIAISON_OFFICERS: Figure = Figure {
    name: "liaison_officers",
    label: ("统战联络员", "liaison officers"),
    filter: ("选定的联络员，分批次；同一人记一名", "persons appointed, by batch; each once"),
    class: DataClass::PartyBuilding,
    measure: Measure::Distinct(Counter::Appointees, |ask, out| {
        for (row, event) in told!(ask, LiaisonOfficerAppointed) {
            let key = Key { id: event.person.to_string(), label: ask.party(&event.chamber).label };
            out.add_in(batch(event.batch), key, row);
        }
    }),
    of: None,
};

pub(super) const LIAISON_VIOLATIONS: Figure = Figure {
    name: "liaison_violations",
    label: ("联络员任职条件不符", "liaison officers without the office that qualifies"),
    filter: (
        "选定时没有相应任职（党组织书记、秘书长）记录的联络员；应为零",
        "appointments without the office recorded before; ought to be none",
    ),
    class: DataClass::PartyBuilding,
    measure: Measure::Distinct(Counter::Appointees, |ask, out| {
        let offices: BTreeMap<(String, String, Role), u64> = told!(ask, until, RoleAssigned)
            .filter_map(|(row, event)| {
                let person = event.person?.to_string();
                Some(((ask.party(&event.organisation).id, person, event.role), row.position))
            })
            .collect();
        for (row, event) in told!(ask, LiaisonOfficerAppointed) {
            let role = match event.qualification {
                Qualification::PartySecretary => Role::PartySecretary,
                Qualification::SecretaryGeneral => Role::SecretaryGeneral,
            };
            let chamber = ask.party(&event.chamber);
            let held = offices.get(&(chamber.id, event.person.to_string(), role));
            if held.is_none_or(|held| *held > row.position) {
                out.add(Key { id: event.person.to_string(), label: chamber.label }, row);
            }
        }
    }),
    of: None,
};

pub(super) const SUGGESTIONS: Figure = Figure {
    name: "suggestions",
    label: ("直通车意见建议", "suggestions submitted"),
    filter: (
        "联络员提交的意见建议，分期末状态；按建议编号",
        "suggestions submitted, by status at the end of the period; by key",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Records, |ask, out| {
        let status: BTreeMap<&RecordKey, SuggestionStatus> = told!(ask, until, SuggestionStatusChanged)
            .map(|(_, event)| (&event.suggestion, event.status))
            .collect();
        for (row, event) in told!(ask, SuggestionSubmitted) {
            let part = match status.get(&event.suggestion) {
                None => "已提交",
                Some(SuggestionStatus::Accepted) => "已受理",
                Some(SuggestionStatus::Rejected) => "不予受理",
                Some(SuggestionStatus::Assigned) => "已交办",
                Some(SuggestionStatus::Resolved) => "已办结",
                Some(SuggestionStatus::Answered) => "已反馈",
                Some(SuggestionStatus::Rated) => "已评价",
            };
            out.add_in(part, &event.suggestion, row);
        }
    }),
    of: None,
};

pub(super) const SUGGESTIONS_CLOSED: Figure = Figure {
    name: "suggestions_closed",
    label: ("直通车办结", "suggestions resolved"),
    filter: ("办结的意见建议；按建议编号", "suggestions resolved; by key"),
    class: DataClass::Ordinary,
    measure: Measure::Distinct(Counter::Records, |ask, out| {
        for (row, event) in told!(ask, SuggestionStatusChanged) {
            if event.status == SuggestionStatus::Resolved {
                out.add(&event.suggestion, row);
            }
        }
    }),
    of: None,
};

pub(super) const SUGGESTION_DAYS: Figure = Figure {
    name: "suggestion_days",
    label: ("直通车办理天数合计", "days from submission to resolution, added up"),
    filter: (
        "办结的意见建议自提交至办结的天数；每条建议一项，除以办结条数即平均天数",
        "days of each suggestion resolved; divided by their number, the mean",
    ),
    class: DataClass::Ordinary,
    measure: Measure::Total(Counter::Days, |ask, out| {
        let submitted: BTreeMap<&RecordKey, Occurred> = told!(ask, until, SuggestionSubmitted)
            .map(|(row, event)| (&event.suggestion, row.occurred))
            .collect();
        let mut counted = BTreeSet::new();
        for (row, event) in told!(ask, SuggestionStatusChanged) {
            let Some(since) = submitted.get(&event.suggestion) else { continue };
            if event.status == SuggestionStatus::Resolved {
                // Resolved again later: the days to the first time stand.
                let days = row.occurred.day_number() - since.day_number();
                let days = if counted.insert(&event.suggestion) { days.max(0) } else { 0 };
                out.add(None, &event.suggestion, days, row);
            }
        }
    }),
    of: None,
};
