use super::*;

#[tokio::test]
async fn an_event_is_recorded_and_read_back_as_it_was_sent() {
    let house = House::new();
    let sent = numbered(1);
    let answered = house.post("/api/v1/events", &sent).await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    let recorded = &answered.json["events"][0];
    assert_eq!(
        (&recorded["position"], &recorded["repeated"]),
        (&json!(1), &json!(false))
    );
    let page = house.get("/api/v1/events").await.json;
    assert_eq!(page["events"][0]["id"], recorded["id"]);
    assert_eq!(page["events"][0]["body"]["name"], sent["body"]["name"]);
    assert_eq!((&page["head"], &page["next_after"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn an_array_is_recorded_whole_or_not_at_all() {
    let house = House::new();
    let answered = house
        .post("/api/v1/events", json!([numbered(1), numbered(2), numbered(1)]))
        .await;
    assert_eq!(answered.status, StatusCode::CONFLICT, "{}", answered.text);
    assert_eq!(
        (answered.code(), &answered.json["pointer"]),
        ("identifier_taken", &json!("/2/body/identifier"))
    );
    assert_eq!(house.get("/api/v1/events").await.json["head"], 0);
    let answered = house
        .post("/api/v1/events", json!([numbered(1), numbered(2)]))
        .await;
    assert_eq!(answered.json["events"][1]["position"], 2);
}

#[tokio::test]
async fn a_rehearsal_writes_nothing() {
    let house = House::new();
    let answered = house
        .post("/api/v1/events?dry_run=true", json!([numbered(1), numbered(2)]))
        .await;
    assert_eq!(
        (answered.status, &answered.json["events"][1]["position"]),
        (StatusCode::OK, &json!(0))
    );
    assert_eq!(house.get("/api/v1/events").await.json["head"], 0);
    assert_eq!(
        house.post("/api/v1/events", numbered(1)).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_key_of_its_own_makes_an_event_repeatable() {
    let house = House::new();
    let mut event = numbered(1);
    event["key"] = json!("row 7");
    let first = house.post("/api/v1/events", &event).await;
    let again = house.post("/api/v1/events", &event).await;
    assert_eq!(
        (first.status, again.status),
        (StatusCode::CREATED, StatusCode::OK)
    );
    assert_eq!(again.json["events"][0]["id"], first.json["events"][0]["id"]);
    assert_eq!(again.json["events"][0]["repeated"], true);
    event["body"]["name"] = json!("另一家有限公司");
    let other = house.post("/api/v1/events", &event).await;
    assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "key_reused"));
}

#[tokio::test]
async fn the_same_idempotency_key_is_done_once_and_answered_the_same() {
    let house = House::new();
    let body = json!([numbered(1), numbered(2)]);
    let first = house.post_under("k-1", "/api/v1/events", &body).await;
    let again = house.post_under("k-1", "/api/v1/events", &body).await;
    assert_eq!(
        (first.status, again.status),
        (StatusCode::CREATED, StatusCode::OK)
    );
    assert_eq!(
        again.headers[header::CONTENT_TYPE],
        first.headers[header::CONTENT_TYPE]
    );
    for index in 0..2 {
        assert_eq!(
            again.json["events"][index]["id"],
            first.json["events"][index]["id"]
        );
    }
    assert_eq!(house.get("/api/v1/events").await.json["head"], 2);
}

#[tokio::test]
async fn the_same_idempotency_key_with_another_body_is_refused() {
    let house = House::new();
    house
        .post_under("k-1", "/api/v1/events", json!([numbered(1), numbered(2)]))
        .await;
    for other in [
        json!([numbered(1)]),
        json!([numbered(1), numbered(2), numbered(3)]),
        json!([numbered(1), numbered(4)]),
    ] {
        let answered = house.post_under("k-1", "/api/v1/events", &other).await;
        assert_eq!(
            (answered.status, answered.code()),
            (StatusCode::CONFLICT, "key_reused"),
            "{other}"
        );
    }
    assert_eq!(house.get("/api/v1/events").await.json["head"], 2);
}

#[tokio::test]
async fn idempotency_keys_are_1_to_200_visible_ascii_characters() {
    let house = House::new();
    for key in ["", "a b", "键", "a\tb", &"k".repeat(201)] {
        let answered = house.post_under(key, "/api/v1/events", numbered(1)).await;
        assert_eq!(
            (answered.status, answered.code()),
            (StatusCode::BAD_REQUEST, "bad_idempotency_key"),
            "{key:?}"
        );
    }
    let answered = house
        .post_under(&"k".repeat(200), "/api/v1/events", numbered(1))
        .await;
    assert_eq!(answered.status, StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_at_once_for_one_credit_code_exactly_one_wins() {
    one_of_64_wins(House::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let on_disk = desk_on(&LogUrl::Sled(folder.path().join("store")));
    one_of_64_wins(House::with(on_disk, Limits::default())).await;
}

async fn one_of_64_wins(house: House) {
    let house = Arc::new(house);
    let mut posts = tokio::task::JoinSet::new();
    for number in 0..64 {
        let house = Arc::clone(&house);
        let body = registered(&format!("第{number}家"), "enterprise", FIRM);
        posts.spawn(async move { house.post("/api/v1/events", body).await });
    }
    let answers = posts.join_all().await;
    let taken = |answered: &&Answered| {
        (answered.status, answered.code()) == (StatusCode::CONFLICT, "identifier_taken")
    };
    let won = answers
        .iter()
        .filter(|answered| answered.status == StatusCode::CREATED)
        .count();
    assert_eq!((won, answers.iter().filter(taken).count()), (1, 63));
    assert_eq!(house.get("/api/v1/events").await.json["head"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_at_once_under_one_idempotency_key_exactly_one_is_recorded() {
    let house = Arc::new(House::new());
    let mut posts = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let house = Arc::clone(&house);
        posts.spawn(async move { house.post_under("same", "/api/v1/events", numbered(1)).await });
    }
    let answers = posts.join_all().await;
    assert_eq!(
        answers
            .iter()
            .filter(|answered| answered.status == StatusCode::CREATED)
            .count(),
        1
    );
    assert_eq!(
        answers
            .iter()
            .filter(|answered| answered.status == StatusCode::OK)
            .count(),
        63
    );
    let ids: std::collections::BTreeSet<String> = answers
        .iter()
        .map(|answered| answered.json["events"][0]["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_overlap() {
    let house = House::new();
    let events: Vec<Value> = (1..=7).map(numbered).collect();
    house.post("/api/v1/events", json!(events)).await;
    let (mut after, mut seen) = (json!(0), Vec::new());
    while !after.is_null() {
        let page = house
            .get(&format!("/api/v1/events?limit=3&after={after}"))
            .await
            .json;
        seen.extend(
            page["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["position"].as_u64().unwrap()),
        );
        after = page["next_after"].clone();
    }
    assert_eq!(seen, (1..=7).collect::<Vec<_>>());
}

#[tokio::test]
async fn events_are_found_by_kind_and_by_party_under_any_of_its_names() {
    let house = house_with_town().await;
    let joined = house.get("/api/v1/events?kind=member_joined").await.json;
    assert_eq!(joined["events"].as_array().unwrap().len(), 2);
    for party in [
        FIRM,
        "91370202MA00003490",
        "%E9%9D%92%E5%B2%9B%E7%90%85%E5%B1%BF%E7%B2%BE%E5%AF%86%E6%9C%BA%E6%A2%B0%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8",
    ] {
        let page = house.get(&format!("/api/v1/events?party={party}")).await.json;
        let positions: Vec<_> = page["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["position"].clone())
            .collect();
        assert_eq!(positions, [json!(1), json!(4)], "{party}");
        let page = house
            .get(&format!("/api/v1/events?party={party}&kind=member_joined"))
            .await
            .json;
        assert_eq!(page["events"].as_array().unwrap().len(), 1);
    }
}
