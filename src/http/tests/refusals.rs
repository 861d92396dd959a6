use super::*;

/// What every refusal must have, whoever made it.
fn assert_problem(answered: &Answered, status: u16, code: &str) {
    assert_eq!((answered.status.as_u16(), answered.code()), (status, code), "{}", answered.text);
    assert_eq!(answered.headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(answered.json["status"], status);
    for field in ["type", "title", "detail", "instance"] {
        assert!(
            answered.json[field].as_str().is_some_and(|text| !text.is_empty()),
            "{field}: {}",
            answered.text
        );
    }
    assert_guarded(&answered.headers);
}

/// What every answer must have.
fn assert_guarded(headers: &HeaderMap) {
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "same-origin");
    assert_eq!(headers["cache-control"], "no-store");
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in ["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
}

#[tokio::test]
async fn what_the_framework_refuses_is_a_problem_too() {
    let house = House::new();
    assert_problem(&house.get("/api/v1/nothing").await, 404, "route_unknown");
    assert_problem(&house.get("/nothing").await, 404, "route_unknown");
    let wrong_method = house.send(request("PATCH", "/api/v1/events").body(Body::empty()).unwrap()).await;
    assert_problem(&wrong_method, 405, "method_unknown");
    assert!(wrong_method.headers[header::ALLOW].to_str().unwrap().contains("POST"));
    let trace = house.send(request("TRACE", "/api/v1/events").body(Body::empty()).unwrap()).await;
    assert_problem(&trace, 405, "method_unknown");
    assert_problem(&house.get("/api/v1/introductions/no-id").await, 404, "not_found");
    assert_problem(&house.get("/api/v1/introductions/%FF").await, 404, "not_found");
}

#[tokio::test]
async fn refusals_speak_the_readers_language() {
    let house = House::new();
    let zh = house.get("/api/v1/nothing").await;
    let request = request("GET", "/api/v1/nothing").header(header::ACCEPT_LANGUAGE, "en-GB,zh;q=0.2");
    let en = house.send(request.body(Body::empty()).unwrap()).await;
    assert!(zh.json["detail"].as_str().unwrap().contains("没有这个地址"));
    assert!(en.json["detail"].as_str().unwrap().contains("no such address"));
    assert_eq!(
        (&zh.headers["content-language"], &en.headers["content-language"]),
        (&"zh-CN".parse().unwrap(), &"en".parse().unwrap())
    );
}

#[tokio::test]
async fn every_answer_guards_the_browser() {
    let house = house_with_town().await;
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/docs/style.css",
        "/api/v1/events",
        "/api/v1/parties",
    ] {
        let answered = house.get(path).await;
        assert_eq!(answered.status, StatusCode::OK, "{path}");
        assert_guarded(&answered.headers);
        assert!(answered.headers.contains_key(header::CONTENT_TYPE), "{path}");
        assert!(!answered.headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn query_parameters_are_checked() {
    let house = House::new();
    for query in [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=x",
        "after=-1",
        "after=18446744073709551616",
        "nonsense=1",
        "limit=1&limit=2",
    ] {
        assert_problem(&house.get(&format!("/api/v1/events?{query}")).await, 400, "bad_query");
    }
    assert_problem(&house.get("/api/v1/events?kind=member_joind").await, 400, "unknown_kind");
    assert_problem(&house.get("/api/v1/events?party=uscc:1").await, 400, "uscc_length");
    assert_problem(&house.get("/api/v1/parties?kind=alien").await, 400, "bad_query");
    assert_problem(&house.get("/api/v1/parties/nobody").await, 404, "party_unknown");
    assert_problem(&house.get("/api/v1/matches/nobody").await, 404, "party_unknown");
    for query in ["top=0", "top=1001", "as_of=2020-13-01", "known_at=yesterday", "with=aliens"] {
        assert_problem(&house.get(&format!("/api/v1/matches/nobody?{query}")).await, 400, "bad_query");
    }
}

#[tokio::test]
async fn bodies_are_sent_as_json() {
    let house = House::new();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let request = request("POST", "/api/v1/events").header(header::CONTENT_TYPE, media_type);
        let answered = house.send(request.body(Body::from(numbered(1).to_string())).unwrap()).await;
        assert_problem(&answered, 415, "media_type");
    }
    let request =
        request("POST", "/api/v1/events").header(header::CONTENT_TYPE, "Application/JSON; charset=utf-8");
    assert_eq!(
        house.send(request.body(Body::from(numbered(1).to_string())).unwrap()).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn another_host_name_is_not_served() {
    let house = House::new();
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8650",
        "localhost.evil.example",
        "[::2]:80",
        "",
    ] {
        let request = Request::builder().uri("/healthz").header(header::HOST, host);
        assert_problem(&house.send(request.body(Body::empty()).unwrap()).await, 421, "wrong_host");
    }
    let nameless = Request::builder().uri("/healthz").body(Body::empty()).unwrap();
    assert_problem(&house.send(nameless).await, 421, "wrong_host");
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8650", "[::1]:8650", "[::1]"] {
        let request = Request::builder().uri("/healthz").header(header::HOST, host);
        assert_eq!(house.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn other_sites_cannot_post_through_a_browser() {
    let house = House::new();
    let foreign = [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:9999"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for (name, value) in foreign {
        let request = json_request("POST", "/api/v1/events").header(name, value);
        let answered = house.send(request.body(Body::from(numbered(1).to_string())).unwrap()).await;
        assert_problem(&answered, 403, "cross_site");
    }
    assert_eq!(house.get("/api/v1/events").await.json["head"], 0);
    let request = json_request("POST", "/api/v1/events")
        .header("origin", "http://127.0.0.1:8650")
        .header("sec-fetch-site", "same-origin");
    assert_eq!(
        house.send(request.body(Body::from(numbered(1).to_string())).unwrap()).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_panic_is_told_in_general_words() {
    use axum::middleware::from_fn;
    use axum::routing::get;
    async fn fall() {
        panic!("secret /home/somebody")
    }
    let router = Router::new()
        .route("/fall", get(fall))
        .layer(tower_http::catch_panic::CatchPanicLayer::new())
        .layer(from_fn(super::super::problem::dress))
        .layer(from_fn(super::super::gate::guard_browser));
    let house = House::new();
    let answered = House { router, ..house }.get("/fall").await;
    assert_problem(&answered, 500, "internal");
    assert!(!answered.text.contains("secret"));
}

#[tokio::test]
async fn reading_changes_nothing() {
    let house = house_with_town().await;
    let head = house.state.desk.store().log.head();
    for path in ["/api/v1/events", "/api/v1/parties?q=qd", "/metrics", "/healthz", "/docs"] {
        house.get(path).await;
    }
    assert_eq!(house.state.desk.store().log.head(), head);
}
