//! Requests: media types, lengths, paths, ranges, replays.

use super::*;
use crate::support::registered;

/// What it is, path, media type, body; the status and code of the answer.
type Sent = (&'static str, &'static str, &'static str, Vec<u8>, u16, &'static str);

#[test]
fn what_is_sent_in_another_way_than_agreed_is_refused() {
    let served = Served::start();
    let event = registered("青屿新厂有限公司", "enterprise", "n").to_string();
    let cases: Vec<Sent> = vec![
        ("no media type", "/api/v1/events", "", event.clone().into(), 415, "media_type"),
        (
            "a form",
            "/api/v1/events",
            "application/x-www-form-urlencoded",
            event.clone().into(),
            415,
            "media_type",
        ),
        ("plain text", "/api/v1/events", "text/plain", event.clone().into(), 415, "media_type"),
        (
            "more than a body may hold",
            "/api/v1/events",
            "application/json",
            vec![b' '; 1024 * 1024 + 1],
            413,
            "body_too_large",
        ),
        (
            "a route of nothing",
            "/api/v1/../../etc/passwd",
            "application/json",
            event.clone().into(),
            404,
            "route_unknown",
        ),
        (
            "a file that is no upload",
            "/api/v1/imports?as=purchases",
            "application/json",
            event.into(),
            415,
            "media_type",
        ),
        (
            "a form of no name",
            "/api/v1/imports?as=../x",
            "multipart/form-data; boundary=b",
            Vec::new(),
            400,
            "bad_query",
        ),
        (
            "an upload cut off",
            "/api/v1/imports?as=purchases",
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx".to_vec(),
            400,
            "bad_upload",
        ),
    ];
    for (what, path, media_type, body, status, code) in cases {
        let zh = served.post(path, media_type, "Accept-Language: zh\r\n", &body);
        let en = served.post(path, media_type, "Accept-Language: en\r\n", &body);
        check_problem(what, &zh, &en, status, code);
        served.is_as_before(what);
    }
}

#[test]
fn ranges_and_paths_that_mean_nothing_are_refused() {
    let served = Served::start();
    let cases = [
        ("/api/v1/events?limit=0", 400, "bad_query"),
        ("/api/v1/events?limit=1001", 400, "bad_query"),
        ("/api/v1/events?after=-1", 400, "bad_query"),
        ("/api/v1/events?after=99999999999999999999", 400, "bad_query"),
        ("/api/v1/events?limit=1&limit=2", 400, "bad_query"),
        ("/api/v1/events?kind=drop_table", 400, "unknown_kind"),
        ("/api/v1/matches/local:test%2Fe1?as_of=2026-02-30", 400, "bad_query"),
        ("/api/v1/matches/local:test%2Fe1?top=100000", 400, "bad_query"),
        ("/api/v1/parties/..%2F..%2Fetc%2Fpasswd", 404, "party_unknown"),
        ("/api/v1/introductions/..%2Fx", 404, "not_found"),
        ("/api/v1/projects/..%2F..%2Fx/credit", 404, "project_unknown"),
    ];
    for (path, status, code) in cases {
        let (zh, en) = (served.get(path, ""), served.get(path, "Accept-Language: en\r\n"));
        check_problem(path, &zh, &en, status, code);
        served.is_as_before(path);
    }
}

#[test]
fn lengths_that_contradict_each_other_end_the_connection() {
    let served = Served::start();
    for lengths in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999",
    ] {
        let request = format!(
            "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{lengths}\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );
        let answer = served.exchange(request.as_bytes());
        assert_eq!(answer.status, 400, "{lengths}: {}", answer.head);
        assert!(!answer.body.contains("HTTP/1.1"), "{lengths}: no second request: {}", answer.body);
        served.is_as_before(lengths);
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(200_000));
    let answer = served.exchange(long.as_bytes());
    assert!(matches!(answer.status, 0 | 404 | 414 | 431), "{}", answer.head);
    served.is_as_before("an address without end");
}

#[test]
fn a_key_replayed_with_another_body_is_refused_and_with_the_same_answered_the_same() {
    let mut served = Served::start();
    let event = |name: &str| registered(name, "enterprise", "n").to_string();
    let post = |served: &Served, language: &str, name: &str| {
        let headers = format!("Idempotency-Key: once\r\nAccept-Language: {language}\r\n");
        served.post("/api/v1/events", "application/json", &headers, event(name).as_bytes())
    };
    let first = post(&served, "zh", "青屿新厂有限公司");
    assert_eq!(first.status, 201, "{}", first.body);
    served.head += 1;
    let again = post(&served, "zh", "青屿新厂有限公司");
    assert_eq!(
        again.json()["events"][0]["position"],
        first.json()["events"][0]["position"],
        "{}",
        again.body
    );
    let (zh, en) = (post(&served, "zh", "青屿别厂有限公司"), post(&served, "en", "青屿别厂有限公司"));
    check_problem("another body", &zh, &en, 409, "key_reused");
    served.is_as_before("a replayed key");
    for key in ["", "a b", &"k".repeat(201)] {
        let headers = |language: &str| format!("Idempotency-Key: {key}\r\nAccept-Language: {language}\r\n");
        let send = |language: &str| {
            let body = event("青屿别厂有限公司");
            served.post("/api/v1/events", "application/json", &headers(language), body.as_bytes())
        };
        check_problem("a key that is none", &send("zh"), &send("en"), 400, "bad_idempotency_key");
    }
    served.is_as_before("keys that are none");
}
