//! Texts and sizes: what may stand in any field of any event, whatever its kind.
//!
//! The rule reads the body as JSON, once, so that it holds for kinds that are yet to come.

use std::fmt::Display;

use serde_json::Value;

use super::{Draft, Refusal, Roll, Rule};
use crate::log::{EVENT_MAX_BYTES, Recorded};
use crate::people::detect;

/// Most characters of a text in a body.
pub const TEXT_MAX_CHARS: usize = 2_000;
/// Most characters of a text beside the body: keys, programmes, sources, accounts.
pub const HEADER_TEXT_MAX_CHARS: usize = 200;
/// Most entries of a list.
pub const LIST_MAX_ENTRIES: usize = 500;

/// Holds no state: a text is good or bad by itself.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Texts {}

impl Rule for Texts {
    fn decide(&self, draft: &mut Draft, _registry: &Roll) -> Result<(), Refusal> {
        let json = draft.event.body_json().map_err(|error| unreadable(&error))?;
        if json.len() > EVENT_MAX_BYTES {
            return Err(too_large(json.len()));
        }
        let body = serde_json::from_str(&json).map_err(|error| unreadable(&error))?;
        check_value("/body", &body)?;
        check_header(draft)
    }

    fn evolve(&mut self, _recorded: &Recorded, _registry: &Roll) {}
    fn mark(&mut self) {}
    fn keep(&mut self) {}
    fn undo(&mut self) {}
}

fn check_header(draft: &Draft) -> Result<(), Refusal> {
    let source = draft.source.as_ref();
    let texts = [
        ("/key", draft.key.as_ref()),
        ("/recorded_by", draft.recorded_by.as_ref()),
        ("/organisation", draft.organisation.as_ref()),
        ("/source/file", source.map(|source| &source.file)),
        ("/source/sheet", source.and_then(|source| source.sheet.as_ref())),
        ("/source/hash", source.and_then(|source| source.hash.as_ref())),
    ];
    for (pointer, text) in texts {
        text.map_or(Ok(()), |text| check_text(pointer, text, HEADER_TEXT_MAX_CHARS))?;
    }
    check_length("/programmes", draft.programmes.len())?;
    for (index, programme) in draft.programmes.iter().enumerate() {
        check_text(&format!("/programmes/{index}"), programme, HEADER_TEXT_MAX_CHARS)?;
    }
    Ok(())
}

/// Checks every text and list of a JSON value. The depth is bounded by that of the parser.
fn check_value(pointer: &str, value: &Value) -> Result<(), Refusal> {
    let child = |key: &dyn Display, value: &Value| check_value(&format!("{pointer}/{key}"), value);
    match value {
        Value::String(text) => check_text(pointer, text, TEXT_MAX_CHARS),
        Value::Array(entries) => {
            check_length(pointer, entries.len())?;
            entries.iter().enumerate().try_for_each(|(index, entry)| child(&index, entry))
        }
        // Money: its text was read as an amount, and an amount of eleven digits is no telephone number.
        Value::Object(fields) if fields.contains_key("fen") => Ok(()),
        Value::Object(fields) => fields.iter().try_for_each(|(key, field)| child(&pointer_step(key), field)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// A key as a step of a JSON pointer (RFC 6901).
#[must_use]
pub fn pointer_step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn check_length(pointer: &str, entries: usize) -> Result<(), Refusal> {
    if entries <= LIST_MAX_ENTRIES {
        return Ok(());
    }
    Err(Refusal::invalid(
        "list_too_long",
        pointer,
        format!("列表有 {entries} 项，最多 {LIST_MAX_ENTRIES} 项；请分成几条登记"),
        format!("the list has {entries} entries, at most {LIST_MAX_ENTRIES}; split it over several events"),
    ))
}

fn check_text(pointer: &str, text: &str, max_chars: usize) -> Result<(), Refusal> {
    let chars = text.chars().count();
    if chars > max_chars {
        return Err(Refusal::invalid(
            "text_too_long",
            pointer,
            format!("文字有 {chars} 字，最多 {max_chars} 字；请缩短"),
            format!("the text has {chars} characters, at most {max_chars}; shorten it"),
        ));
    }
    if text.trim().is_empty() {
        return Err(Refusal::invalid(
            "text_empty",
            pointer,
            "文字是空的；请填写内容，没有内容就不要带这一项",
            "the text is empty; fill it in, or leave the field out",
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::invalid(
            "text_control",
            pointer,
            "文字中有换行、制表符或其他控制字符；请删去",
            "the text has a line break, tab or other control character; remove it",
        ));
    }
    if text.chars().any(is_invisible) {
        return Err(Refusal::invalid(
            "text_invisible",
            pointer,
            "文字中有看不见的字符（零宽字符或改变文字方向的字符）；请重新手工输入",
            "the text has invisible characters (zero-width, or turning the direction of writing); type it anew",
        ));
    }
    if let Some(found) = detect::find_personal(text) {
        return Err(Refusal::invalid(
            detect::PERSONAL_DATA,
            pointer,
            format!("文字中有{}；个人信息请只填在人员字段，记录里用人员编号", found.label_zh()),
            "the text has a mobile number, identity number or e-mail address; refer to persons by their id",
        ));
    }
    Ok(())
}

/// Characters that show nothing and make a text look like what it is not.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00ad}'
            | '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn unreadable(error: &serde_json::Error) -> Refusal {
    Refusal::invalid(
        "invalid_body",
        "/body",
        format!("内容无法写成 JSON：{error}"),
        format!("the body cannot be written as JSON: {error}"),
    )
}

fn too_large(bytes: usize) -> Refusal {
    Refusal::invalid(
        "event_too_large",
        "/body",
        format!("内容有 {bytes} 字节，最多 {EVENT_MAX_BYTES} 字节；请分成几条登记"),
        format!("the body has {bytes} bytes, at most {EVENT_MAX_BYTES}; split it over several events"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{When, draft, event, given, id, registered};
    use super::*;
    use crate::kinds::Event;
    use crate::log::Source;

    fn need(text: &str) -> Event {
        let body = serde_json::json!({"need": "N-1", "party": "某厂", "type": "talent", "text": text});
        event("need_declared", &body.to_string())
    }

    fn when_text(text: &str) -> When {
        given([]).when(need(text))
    }

    fn capability(products: &[String]) -> When {
        given([]).when(event(
            "capability_assessed",
            &serde_json::json!({"party": "某厂", "products": products}).to_string(),
        ))
    }

    #[test]
    fn a_text_is_neither_empty_nor_endless() {
        when_text(&"长".repeat(TEXT_MAX_CHARS)).then_recorded(|_| {});
        when_text(&"长".repeat(TEXT_MAX_CHARS + 1)).then_refused_at("text_too_long", "/body/text");
        when_text("").then_refused_at("text_empty", "/body/text");
        when_text(" \u{3000}").then_refused_at("text_empty", "/body/text");
        given([]).when(registered("enterprise", "", "A")).then_refused_at("text_empty", "/body/name");
    }

    #[test]
    fn a_text_has_no_characters_that_break_lines_or_cannot_be_seen() {
        for text in ["甲\n乙", "甲\t乙", "甲\u{0}乙", "甲\u{7f}乙", "甲\u{85}乙"] {
            when_text(text).then_refused_at("text_control", "/body/text");
        }
        for text in
            ["甲\u{202e}乙", "甲\u{2066}乙", "甲\u{200b}乙", "甲\u{feff}乙", "甲\u{200f}乙", "甲\u{ad}乙"]
        {
            when_text(text).then_refused_at("text_invisible", "/body/text");
        }
        when_text("甲·乙—丙（丁）“戊” ①㎡ 😀").then_recorded(|_| {});
    }

    #[test]
    fn a_telephone_or_identity_number_is_refused_wherever_it_stands() {
        let mobiles = [
            "请联系13800001234",
            "电话：138 0000 1234。",
            "138-0000-1234",
            "１３８００００１２３４",
            "+86 13800001234",
            "8613800001234",
            "2018 13800001234 a",
            "手机138 00001234转企业",
        ];
        let identities = ["身份证11010519491231002X", "11010519491231002x", "证号 11010519491231002Ｘ 止"];
        for text in mobiles.into_iter().chain(identities) {
            when_text(text).then_refused_at("personal_data", "/body/text");
        }
        capability(&["轴承".into(), "13800001234".into()])
            .then_refused_at("personal_data", "/body/products/1");
    }

    #[test]
    fn numbers_that_are_no_telephone_or_identity_numbers_pass() {
        let innocent = [
            "12800001234",
            "138000012345",
            "1380000123",
            "A13800001234",
            "110105194912310021",
            "0532-80001234",
            "2018-08-16 10:30",
            "0199c0de-1380-7000-8000-138000012345",
            "91350100M000100Y43",
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        ];
        for text in innocent {
            when_text(text).then_recorded(|_| {});
        }
    }

    #[test]
    fn an_amount_of_eleven_digits_is_no_telephone_number() {
        let body = r#"{"project":"P","title":"园","reporter":"某商会","amount":"13800001234元"}"#;
        given([]).when(event("lead_reported", body)).then_recorded(|_| {});
    }

    #[test]
    fn texts_beside_the_body_are_checked_too() {
        let when = |change: &dyn Fn(&mut Draft)| {
            let mut draft = draft(id(1), need("招工"));
            change(&mut draft);
            given([]).when_draft(draft)
        };
        let source = |file: &str| Some(Source { file: file.into(), sheet: None, row: None, hash: None });
        when(&|draft| draft.key = Some("k".repeat(HEADER_TEXT_MAX_CHARS))).then_recorded(|_| {});
        when(&|draft| draft.key = Some("k".repeat(HEADER_TEXT_MAX_CHARS + 1)))
            .then_refused_at("text_too_long", "/key");
        when(&|draft| draft.recorded_by = Some("13800001234".into()))
            .then_refused_at("personal_data", "/recorded_by");
        when(&|draft| draft.organisation = Some(String::new()))
            .then_refused_at("text_empty", "/organisation");
        when(&|draft| draft.source = source("签到13800001234.xlsx"))
            .then_refused_at("personal_data", "/source/file");
        when(&|draft| draft.programmes = vec!["甲".into(), "乙\n".into()])
            .then_refused_at("text_control", "/programmes/1");
        when(&|draft| draft.programmes = vec!["甲".into(); LIST_MAX_ENTRIES + 1])
            .then_refused_at("list_too_long", "/programmes");
    }

    #[test]
    fn a_list_and_an_event_have_their_limits() {
        capability(&vec!["轴承".into(); LIST_MAX_ENTRIES]).then_recorded(|_| {});
        capability(&vec!["轴承".into(); LIST_MAX_ENTRIES + 1])
            .then_refused_at("list_too_long", "/body/products");
        capability(&vec!["长".repeat(TEXT_MAX_CHARS); 12]).then_refused_at("event_too_large", "/body");
    }

    #[test]
    fn the_texts_of_a_correction_are_checked() {
        let body = serde_json::json!({
            "event": id(1), "reason": "误记",
            "body": {"need": "N-1", "party": "某厂", "type": "talent", "text": "13800001234"},
        });
        given([need("招工")])
            .when(event("event_corrected", &body.to_string()))
            .then_refused_at("personal_data", "/body/body/text");
    }
}
