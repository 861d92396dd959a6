use super::*;

async fn refused(house: &House, body: impl Into<Body>) -> (u16, String) {
    let answered = house.send(json_request("POST", "/api/v1/events").body(body.into()).unwrap()).await;
    assert_eq!(answered.headers[header::CONTENT_TYPE], "application/problem+json", "{}", answered.text);
    (answered.status.as_u16(), answered.code().to_owned())
}

#[tokio::test]
async fn json_that_is_cut_anywhere_is_refused() {
    let house = House::new();
    let whole = numbered(1).to_string();
    for cut in (0..whole.len()).step_by(7) {
        let (status, code) = refused(&house, whole.as_bytes()[..cut].to_vec()).await;
        assert_eq!((status, code.as_str()), (400, "bad_json"), "cut at {cut}");
    }
    assert_eq!(house.get("/api/v1/events").await.json["head"], 0);
}

#[tokio::test]
async fn hostile_bodies_get_a_plain_refusal() {
    let house = House::new();
    let whole = numbered(1).to_string();
    let twice = whole.replacen("\"name\":", "\"name\": \"甲\", \"name\":", 1);
    let half = whole.replace("琅屿", "\\ud800");
    let cases: Vec<(Vec<u8>, u16, &str)> = vec![
        (vec![b'['; 10_000], 400, "bad_json"),
        (b"{\"a\":".repeat(10_000), 400, "bad_json"),
        (twice.into_bytes(), 400, "duplicate_key"),
        (half.into_bytes(), 400, "bad_json"),
        (
            whole
                .replace("琅屿", "\u{fffd}")
                .into_bytes()
                .iter()
                .map(|byte| if *byte == 0xEF { 0xFF } else { *byte })
                .collect(),
            400,
            "bad_json",
        ),
        (b"[]x".to_vec(), 400, "bad_json"),
        (b"\"text\"".to_vec(), 422, "invalid_event"),
        (b"{}".to_vec(), 422, "invalid_event"),
        (b"[[]]".to_vec(), 422, "invalid_event"),
        (whole.replace("org_registered", "drop_table").into_bytes(), 422, "unknown_kind"),
        (whole.replacen('{', "{\"position\": 1, ", 1).into_bytes(), 422, "export_field"),
        (whole.replacen('{', "{\"extra\": 1, ", 1).into_bytes(), 422, "invalid_event"),
    ];
    for (body, status, code) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert_eq!(refused(&house, body).await, (status, code.to_owned()), "{shown}");
    }
    assert_eq!(house.get("/api/v1/events").await.json["head"], 0);
}

#[tokio::test]
async fn an_empty_array_records_nothing() {
    let house = House::new();
    let answered = house.post("/api/v1/events", "[]").await;
    assert_eq!((answered.status, &answered.json["events"]), (StatusCode::OK, &json!([])));
}

#[tokio::test]
async fn too_much_is_refused() {
    let limits = Limits { body_bytes: 10_000, ..Limits::default() };
    let house = House::within(limits);
    let (status, code) = refused(&house, format!("[{}]", " ".repeat(10_000))).await;
    assert_eq!((status, code.as_str()), (413, "body_too_large"));
    let house = House::new();
    let many: Vec<Value> = (0..501).map(numbered).collect();
    let answered = house.post("/api/v1/events", json!(many)).await;
    assert_eq!((answered.status.as_u16(), answered.code()), (422, "too_many_events"));
}

#[tokio::test]
async fn money_that_overflows_is_refused() {
    let house = house_with_town().await;
    for amount in
        ["9223372036854775808", "1e400", "1e30", "-9223372036854775809", "\"99999999999999999999亿元\""]
    {
        let money = if amount.starts_with('"') {
            amount.to_owned()
        } else {
            format!("{{\"fen\": {amount}, \"currency\": \"CNY\", \"kind\": \"purchase\"}}")
        };
        let body = format!(
            "{{\"kind\": \"member_purchase_made\", \"occurred\": \"2018-12-03\", \"body\": {{\"buyer\": \"{FIRM}\", \"seller\": \"{OTHER_FIRM}\", \"chamber\": \"{CHAMBER}\", \"amount\": {money}}}}}"
        );
        let (status, code) = refused(&house, body).await;
        assert!(
            matches!((status, code.as_str()), (422, "invalid_body" | "amount_range") | (400, "bad_json")),
            "{amount}: {status} {code}"
        );
    }
}

#[tokio::test]
async fn ids_in_paths_lead_nowhere_else() {
    let house = House::new();
    for id in [
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e",
        "%00",
        "%F0%9F%98%80",
        "a%0d%0aSet-Cookie:x=1",
        "local:x%2F..%2Fy",
    ] {
        for path in [
            format!("/api/v1/parties/{id}"),
            format!("/api/v1/matches/{id}"),
            format!("/api/v1/introductions/{id}"),
        ] {
            let answered = house.get(&path).await;
            assert!(matches!(answered.status.as_u16(), 404 | 422), "{path}: {}", answered.text);
            assert!(!answered.headers.contains_key("set-cookie"));
        }
    }
    assert_eq!(house.get("/api/v1/../../etc/passwd").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let house = House::new();
    let pieces: Vec<Result<&str, std::io::Error>> =
        vec![Ok("{\"kind\":"), Err(std::io::Error::other("gone"))];
    let body = Body::from_stream(tokio_stream::iter(pieces));
    assert_eq!(refused(&house, body).await, (400, "body_broken_off".to_owned()));
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let limits = Limits { body_read: std::time::Duration::from_millis(50), ..Limits::default() };
    let house = House::within(limits);
    let body = Body::from_stream(tokio_stream::pending::<Result<String, std::io::Error>>());
    assert_eq!(refused(&house, body).await, (408, "timed_out".to_owned()));
}
