//! What the doors share, so that every door gives one answer: an event's JSON read into a draft, the day that
//! counts as today, a party found by whatever was typed, and the answer for an event that was recorded.

use jiff::Timestamp;
use jinqiao_events::decide::{Draft, Refusal};
use jinqiao_events::kinds::Kind;
use jinqiao_events::log::Position;
use jinqiao_events::log::envelope::Line;
use jinqiao_events::value::credit_code::CreditCode;
use jinqiao_events::value::ids::{EventId, PartyId};
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_events::value::text_value::{english, known_code, split_code};
use jinqiao_projections::register::Register;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::desk::{Fault, Receipt, draft};

pub mod json;
pub mod spelling;

/// How many parties a refusal proposes for a name that means none.
const PROPOSALS_MAX: usize = 3;

/// The answer for one event: where it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiptAnswer {
    /// Place in the log, from 1; 0 in a rehearsal.
    pub position: Position,
    /// Its id (UUIDv7).
    #[schema(value_type = String, format = "uuid")]
    pub id: EventId,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// True when the same key and content had been recorded before.
    pub repeated: bool,
}

impl From<Receipt> for ReceiptAnswer {
    fn from(receipt: Receipt) -> Self {
        let Receipt { position, id, recorded_at, repeated } = receipt;
        Self { position, id, recorded_at, repeated }
    }
}

/// Reads one event, a JSON object, as `record` and `POST /api/v1/events` take it.
///
/// # Errors
/// `bad_json` and `duplicate_key` with line and column; `invalid_event`, `invalid_body`, `unknown_kind` and
/// `export_field` with the pointer of the field.
pub fn read_draft(bytes: &[u8]) -> Result<Draft, Refusal> {
    let text = json::check(bytes)?;
    draft_of(text)
}

/// Reads one event or an array of them from text that [`json::check`] has passed; true when it was an array.
///
/// # Errors
/// As [`read_draft`], with the index of the event at fault.
pub fn read_drafts(text: &str) -> Result<(Vec<Draft>, bool), Fault> {
    if !text.trim_start().starts_with('[') {
        let draft = draft_of(text).map_err(|refusal| Fault { index: 0, refusal })?;
        return Ok((vec![draft], false));
    }
    let items: Vec<&RawValue> =
        serde_json::from_str(text).map_err(|error| Fault { index: 0, refusal: json::unreadable(&error) })?;
    let drafts = items
        .into_iter()
        .enumerate()
        .map(|(index, item)| draft_of(item.get()).map_err(|refusal| Fault { index, refusal }));
    Ok((drafts.collect::<Result<_, _>>()?, true))
}

fn draft_of(text: &str) -> Result<Draft, Refusal> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let line: Line = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let reason = error.inner().to_string();
        if let Some((code, sentence)) = split_code(&reason) {
            let en = english(code).unwrap_or("the value is refused; check it");
            return Refusal::invalid(known_code(code), &json::pointer(error.path()), sentence, en);
        }
        Refusal::invalid(
            "invalid_event",
            &json::pointer(error.path()),
            format!("事件不合格式：{reason}；至少须有 kind、occurred、body"),
            format!("this is no event: {reason}; kind, occurred and body are required"),
        )
    })?;
    into_draft(line)
}

/// The draft of a line. What only the log gives, and only an export carries, is refused.
///
/// # Errors
/// `export_field`, `unknown_kind` or `invalid_body`.
pub fn into_draft(line: Line) -> Result<Draft, Refusal> {
    if let Some(field) = line.export_field() {
        return Err(Refusal::invalid(
            "export_field",
            &format!("/{field}"),
            format!("{field} 由日志给出，登记时不能填写；恢复导出的日志请用 log import"),
            format!("{field} is given by the log; leave it out (log import restores an export)"),
        ));
    }
    let kind = kind(&line.kind, "/kind")?;
    let event = kind.decode(line.version.unwrap_or_else(|| kind.version()), line.body.get())?;
    Ok(Draft {
        key: line.key,
        source: line.source,
        programmes: line.programmes,
        recorded_by: line.recorded_by,
        organisation: line.organisation,
        ..draft(event, line.occurred)
    })
}

/// The kind of that name.
///
/// # Errors
/// `unknown_kind`, which names the kinds that are spelled nearly so.
pub fn kind(name: &str, pointer: &str) -> Result<Kind, Refusal> {
    Kind::from_name(name).ok_or_else(|| {
        let near = spelling::nearest(name, Kind::ALL.iter().map(|kind| kind.name()));
        let (zh, en) = if near.is_empty() {
            ("运行 jinqiao kinds 可查看全部种类".to_owned(), "run jinqiao kinds for all of them".to_owned())
        } else {
            (format!("是否指 {}？", near.join("、")), format!("did you mean {}?", near.join(", ")))
        };
        let name: String = name.chars().take(40).collect();
        Refusal::invalid(
            "unknown_kind",
            pointer,
            format!("没有「{name}」这种事件；{zh}"),
            format!("no kind of event is called {name:?}; {en}"),
        )
    })
}

/// The party that was typed: its id, a credit code with or without `uscc:`, another identifier, its exact full
/// name, or a name that was linked to it.
///
/// # Errors
/// `party_unknown`, which proposes parties that may be meant; or the code of a faulty identifier.
pub fn find_party(register: &Register, typed: &str) -> Result<PartyId, Refusal> {
    let reference = reference(typed)?;
    register.resolve(&reference).ok_or_else(|| unknown(register, typed))
}

/// What was typed for a party, as a reference; a bare credit code is taken as one.
///
/// # Errors
/// The code of a faulty identifier or name.
pub fn reference(typed: &str) -> Result<PartyRef, Refusal> {
    if let Ok(code) = typed.parse::<CreditCode>() {
        return Ok(PartyRef::Identifier(code.into()));
    }
    typed.parse().map_err(|error: jinqiao_events::value::party_ref::PartyRefError| {
        let en = english(error.code()).unwrap_or("this names no party; write an identifier or a full name");
        Refusal::invalid(error.code(), "", error.to_string(), en)
    })
}

fn unknown(register: &Register, typed: &str) -> Refusal {
    let proposed = register.proposals_for(typed);
    let names: Vec<&str> = proposed
        .iter()
        .filter_map(|id| register.party(*id))
        .map(|party| party.name.as_str())
        .take(PROPOSALS_MAX)
        .collect();
    let (zh, en) = if names.is_empty() {
        ("请核对名称或代码".to_owned(), "check the name or code".to_owned())
    } else {
        (format!("是否指：{}？", names.join("、")), format!("did you mean {}?", names.join(", ")))
    };
    Refusal::missing(
        "party_unknown",
        "",
        format!("未登记的主体：{typed}；{zh}"),
        format!("no such party: {typed}; {en}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (&'static str, String) {
        let refusal = read_draft(text.as_bytes()).unwrap_err();
        (refusal.code, refusal.pointer)
    }

    const CHAMBER: &str = r#"{"kind": "org_registered", "occurred": "2017-03", "body": {"name": "青岛潮汐商会", "kind": "chamber", "identifier": "uscc:51370200MJ0000018G"}}"#;

    #[test]
    fn every_example_of_the_vocabulary_is_read() {
        for kind in Kind::ALL {
            let draft = read_draft(kind.example().as_bytes()).unwrap();
            assert_eq!(draft.event.kind(), *kind);
        }
    }

    #[test]
    fn what_only_the_log_gives_is_refused() {
        for (field, value) in
            [("position", "3"), ("recorded_at", "\"2020-01-01T00:00:00Z\""), ("digest", "\"00\"")]
        {
            let text = CHAMBER.replacen('{', &format!("{{\"{field}\": {value}, "), 1);
            assert_eq!(refusal(&text), ("export_field", format!("/{field}")));
        }
    }

    #[test]
    fn an_unknown_kind_names_its_neighbours() {
        let text = CHAMBER.replace("org_registered", "org_registred");
        let refusal = read_draft(text.as_bytes()).unwrap_err();
        assert_eq!(refusal.code, "unknown_kind");
        assert!(refusal.zh.contains("org_registered"), "{}", refusal.zh);
    }

    #[test]
    fn the_field_at_fault_is_pointed_at() {
        assert_eq!(refusal(&CHAMBER.replace("2017-03", "2017-13")), ("bad_date", "/occurred".into()));
        assert_eq!(
            refusal(&CHAMBER.replace("018G", "018H")),
            ("uscc_check_digit", "/body/identifier".into())
        );
        assert_eq!(refusal(&CHAMBER.replace("\"name\"", "\"nom\"")).0, "invalid_body");
        assert_eq!(refusal("{}").0, "invalid_event");
        assert_eq!(refusal("[]").0, "invalid_event");
        assert_eq!(refusal(&CHAMBER.replacen('{', "{\"version\": 9, ", 1)).0, "invalid_body");
    }

    #[test]
    fn an_array_is_read_in_order_and_a_fault_names_its_place() {
        let (drafts, many) = read_drafts(&format!(" [{CHAMBER}, {CHAMBER}]")).unwrap();
        assert_eq!((drafts.len(), many), (2, true));
        let fault = read_drafts(&format!("[{CHAMBER}, {{}}]")).unwrap_err();
        assert_eq!(fault.index, 1);
    }
}
