//! Events: JSON that is broken, too much, untrue or against what stands.

use super::*;

/// What is sent, and how it is refused. The last is the JSON pointer, as far as it must go.
struct Case(&'static str, Vec<u8>, u16, &'static str, &'static str);

/// An event of a day.
fn event(kind: &str, body: &str) -> String {
    format!(r#"{{"kind":"{kind}","occurred":"2026-03-01","body":{body}}}"#)
}

fn registration(name: &str, identifier: &str) -> String {
    event(
        "org_registered",
        &format!(r#"{{"name":"{name}","kind":"enterprise","identifier":"{identifier}"}}"#),
    )
}

fn purchase(buyer: u8, seller: u8, amount: &str) -> String {
    let body =
        format!(r#"{{"buyer":"local:test/e{buyer}","seller":"local:test/e{seller}","amount":{amount}}}"#);
    event("member_purchase_made", &body)
}

fn dated(occurred: &str) -> String {
    registration("青屿新厂有限公司", "local:test/n").replace("2026-03-01", occurred)
}

/// JSON that is none, or says something twice, or is no event.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn broken() -> Vec<Case> {
    let whole = registration("青屿新厂有限公司", "local:test/n");
    let not_utf8: Vec<u8> = whole.bytes().map(|byte| if byte == b'n' { 0xff } else { byte }).collect();
    vec![
        Case("cut", whole.as_bytes()[..40].to_vec(), 400, "bad_json", ""),
        Case("nested", vec![b'['; 20_000], 400, "bad_json", ""),
        Case("nested objects", b"{\"a\":".repeat(20_000), 400, "bad_json", ""),
        Case(
            "a key twice",
            whole.replacen("\"name\"", "\"name\":\"甲\",\"name\"", 1).into(),
            400,
            "duplicate_key",
            "",
        ),
        Case(
            "a key twice, escaped",
            whole.replacen("\"name\"", "\"n\\u0061me\":\"甲\",\"name\"", 1).into(),
            400,
            "duplicate_key",
            "",
        ),
        Case("bad UTF-8", not_utf8, 400, "bad_json", ""),
        Case(
            "UTF-16",
            whole.encode_utf16().flat_map(u16::to_le_bytes).filter(|b| *b != b'\n').collect(),
            400,
            "bad_json",
            "",
        ),
        Case("a lone surrogate", whole.replace("新厂", "\\ud83d").into(), 400, "bad_json", ""),
        Case("not a number", purchase(1, 2, "NaN").into(), 400, "bad_json", ""),
        Case("two values", format!("{whole} {whole}").into(), 400, "bad_json", ""),
        Case("a text", b"\"org_registered\"".to_vec(), 422, "invalid_event", ""),
        Case("nothing in it", b"{}".to_vec(), 422, "invalid_event", ""),
        Case("an unknown field", whole.replacen('{', r#"{"extra":1,"#, 1).into(), 422, "invalid_event", ""),
        Case(
            "an unknown field of the body",
            whole.replacen("{\"name", "{\"extra\":1,\"name", 1).into(),
            422,
            "invalid_body",
            "/body",
        ),
        Case(
            "a field of the wrong type",
            whole.replacen("\"青屿新厂有限公司\"", "7", 1).into(),
            422,
            "invalid_body",
            "/body/name",
        ),
        Case("a body that is a list", event("org_registered", "[]").into(), 422, "invalid_body", "/body"),
        Case("an unknown kind", event("drop_table", "{}").into(), 422, "unknown_kind", "/kind"),
        Case(
            "what only the log gives",
            whole.replacen('{', r#"{"position":1,"#, 1).into(),
            422,
            "export_field",
            "/position",
        ),
        Case(
            "a time of recording",
            whole.replacen('{', r#"{"recorded_at":"2020-01-01T00:00:00Z","#, 1).into(),
            422,
            "export_field",
            "/recorded_at",
        ),
    ]
}

/// Values that no field takes.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn bad_values() -> Vec<Case> {
    let named = |name: &str| registration(name, "local:test/n");
    let coded = |code: &str| registration("青屿新厂有限公司", &format!("uscc:{code}"));
    let products = |count: usize, text: &str| {
        let list = vec![format!("\"{text}\""); count].join(",");
        named("青屿新厂有限公司").replacen("{\"name", &format!("{{\"products\":[{list}],\"name"), 1)
    };
    vec![
        Case("a zero byte", named("青屿\\u0000厂").into(), 422, "text_control", "/body/name"),
        Case("an escape", named("青屿\\u001b[31m厂").into(), 422, "text_control", "/body/name"),
        Case("a line break", named("青屿\\n厂").into(), 422, "text_control", "/body/name"),
        Case("writing turned round", named("青屿\\u202e厂").into(), 422, "text_invisible", "/body/name"),
        Case("a character of no width", named("青\\u200b屿厂").into(), 422, "text_invisible", "/body/name"),
        Case("nothing but blanks", named("　 ").into(), 422, "text_empty", "/body/name"),
        Case("a name without end", named(&"厂".repeat(2_001)).into(), 422, "text_too_long", "/body/name"),
        Case("a list without end", products(501, "钢").into(), 422, "list_too_long", "/body/products"),
        Case(
            "an event without end",
            products(500, &"钢".repeat(200)).into(),
            422,
            "event_too_large",
            "/body",
        ),
        Case(
            "a key without end",
            named("青屿新厂有限公司").replacen('{', &format!("{{\"key\":\"{}\",", "k".repeat(201)), 1).into(),
            422,
            "text_too_long",
            "/key",
        ),
        Case("a telephone number", named("青屿13800001111厂").into(), 422, "personal_data", "/body/name"),
        Case(
            "one in full-width digits",
            named("青屿１３８００００１１１１厂").into(),
            422,
            "personal_data",
            "/body/name",
        ),
        Case(
            "a wrong check character",
            coded("91370202MA00003491").into(),
            422,
            "uscc_check_digit",
            "/body/identifier",
        ),
        Case(
            "a look-alike letter",
            coded("9137O202MA00003490").into(),
            422,
            "uscc_charset",
            "/body/identifier",
        ),
        Case(
            "a letter of another script",
            coded("91370202МA00003490").into(),
            422,
            "uscc_charset",
            "/body/identifier",
        ),
        Case("a code too short", coded("91370202MA0000349").into(), 422, "uscc_length", "/body/identifier"),
        Case(
            "a control character in an identifier",
            registration("青屿新厂有限公司", "local:x/a\\u0007b").into(),
            422,
            "identifier_charset",
            "/body/identifier",
        ),
        Case(
            "a scheme of no kind",
            registration("青屿新厂有限公司", "javascript:alert(1)").into(),
            422,
            "identifier_scheme",
            "/body/identifier",
        ),
        Case("negative money", purchase(1, 2, "\"-5万元\"").into(), 422, "amount_range", "/body/amount"),
        Case(
            "money beyond counting",
            purchase(1, 2, "\"99999999999999999999亿元\"").into(),
            422,
            "amount_range",
            "/body/amount",
        ),
        Case(
            "fen beyond counting",
            purchase(1, 2, r#"{"fen":9223372036854775808}"#).into(),
            422,
            "invalid_body",
            "/body/amount",
        ),
        Case("negative fen", purchase(1, 2, r#"{"fen":-1}"#).into(), 422, "amount_range", "/body/amount"),
        Case(
            "money of two readings",
            purchase(1, 2, "\"1,5万元\"").into(),
            422,
            "amount_ambiguous",
            "/body/amount",
        ),
        Case("money of nothing", purchase(1, 2, "\"0元\"").into(), 422, "amount_zero", "/body/amount"),
        Case("a day that is none", dated("2026-02-30").into(), 422, "bad_date", "/occurred"),
        Case("a month that is none", dated("2026-13").into(), 422, "bad_date", "/occurred"),
        Case("a year before ours", dated("0001-01-01").into(), 422, "bad_date", "/occurred"),
        Case("a year beyond ours", dated("9999-01-01").into(), 422, "bad_date", "/occurred"),
        Case(
            "an id that is none",
            event("event_voided", r#"{"event":"1","reason":"错"}"#).into(),
            422,
            "id_format",
            "/body/event",
        ),
    ]
}

/// What stands against it.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn contradictions() -> Vec<Case> {
    let id = "0199c0de-0000-7000-8000-000000000000";
    let between = |kind: &str, a: &str, b: &str| {
        event(kind, &format!(r#"{{"a":"local:test/{a}","b":"local:test/{b}"}}"#))
    };
    let joined = |chamber: &str, member: &str| {
        event(
            "member_joined",
            &format!(r#"{{"chamber":"local:test/{chamber}","member":"local:test/{member}"}}"#),
        )
    };
    let merged = |from: &str, into: &str| {
        event(
            "org_merged",
            &format!(r#"{{"from":"local:test/{from}","into":"local:test/{into}","reason":"同一主体"}}"#),
        )
    };
    vec![
        Case(
            "an identifier that is taken",
            registration("青屿新厂有限公司", "local:test/e1").into(),
            409,
            "identifier_taken",
            "/body/identifier",
        ),
        Case("dealing with itself", purchase(1, 1, "\"1元\"").into(), 422, "self_edge", "/body/seller"),
        Case(
            "introduced to itself",
            between("introduction_proposed", "e1", "e1").into(),
            422,
            "self_edge",
            "/body/b",
        ),
        Case("a member of itself", joined("c1", "c1").into(), 422, "self_edge", "/body/member"),
        Case("a member twice", joined("c1", "e1").into(), 409, "already_member", "/body/member"),
        Case("a member of an enterprise", joined("e1", "e2").into(), 422, "not_a_chamber", "/body/chamber"),
        Case(
            "its own head office",
            event(
                "org_affiliated",
                r#"{"party":"local:test/e1","head_office":"local:test/e1","affiliation":"branch_office"}"#,
            )
            .into(),
            422,
            "self_edge",
            "/body/head_office",
        ),
        Case("merged into itself", merged("e1", "e1").into(), 409, "already_merged", "/body/from"),
        Case(
            "merged in a circle",
            format!("[{},{}]", merged("e1", "e2"), merged("e2", "e1")).into(),
            409,
            "already_merged",
            "/1/body/from",
        ),
        Case(
            "a party that nobody knows",
            purchase(1, 9, "\"1元\"").into(),
            404,
            "party_unknown",
            "/body/seller",
        ),
        Case(
            "an answer to no introduction",
            event("introduction_consented", &format!(r#"{{"introduction":"{id}","side":"local:test/e1"}}"#))
                .into(),
            404,
            "introduction_unknown",
            "/body/introduction",
        ),
        Case(
            "present where nothing was held",
            event("attendance_recorded", r#"{"activity":"无此活动","organisation":"local:test/e1","person":"6f1d2c3a-8b4e-4c5d-9a6f-0e1b2c3d4e5f"}"#).into(),
            404,
            "activity_unknown",
            "/body/activity",
        ),
        Case(
            "lifting what was not set",
            between("do_not_introduce_lifted", "e1", "e2").into(),
            409,
            "avoidance_not_set",
            "/body/b",
        ),
        Case(
            "the void of nothing",
            event("event_voided", &format!(r#"{{"event":"{id}","reason":"错"}}"#)).into(),
            404,
            "event_unknown",
            "/body/event",
        ),
    ]
}

fn cases() -> impl Iterator<Item = Case> {
    [broken(), bad_values(), contradictions()].into_iter().flatten()
}

#[test]
fn the_http_door_refuses_each_with_its_code_place_and_sentence() {
    let mut served = Served::start();
    let mut wrong = Vec::new();
    for Case(what, body, status, code, pointer) in cases() {
        let in_language = |language: &str| {
            let header = format!("Accept-Language: {language}\r\n");
            served.post("/api/v1/events", "application/json", &header, &body)
        };
        let (zh, en) = (in_language("zh-CN"), in_language("en"));
        if (zh.status, zh.text("code").as_str()) != (status, code) || !zh.text("pointer").starts_with(pointer)
        {
            wrong.push(format!("{what}: {status} {code} {pointer}: {}", zh.body));
            served.head = served.head_now();
            continue;
        }
        check_problem(what, &zh, &en, status, code);
        served.is_as_before(what);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_command_line_refuses_each_with_the_same_code() {
    let (town, head) = recorded_town();
    for Case(what, body, _, code, _) in cases().filter(|case| !case.1.starts_with(b"[{")) {
        let mut child = town
            .command(&["record", "-", "--format", "json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&body).unwrap();
        let output = child.wait_with_output().unwrap();
        check_refused(what, &output, code);
    }
    assert_eq!(town.head(), head, "no event is added");
}
