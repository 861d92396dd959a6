use super::*;

fn path(answered: &Answered, step: &str) -> String {
    format!(
        "/api/v1/introductions/{}{step}",
        answered.json["id"].as_str().unwrap()
    )
}

#[tokio::test]
async fn an_introduction_goes_from_proposal_to_outcome() {
    let house = house_with_town().await;
    let proposal = json!({ "a": FIRM, "b": OTHER_FIRM, "reason": "同在潮汐商会", "evidence": [4, 5] });
    let proposed = house.post("/api/v1/introductions", &proposal).await;
    assert_eq!(proposed.status, StatusCode::CREATED, "{}", proposed.text);
    for side in [FIRM, OTHER_FIRM] {
        let answered = house
            .post(
                &path(&proposed, "/consent"),
                json!({ "side": side, "consents": true }),
            )
            .await;
        assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    }
    let met = house
        .send(
            request("POST", &path(&proposed, "/meeting"))
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(met.status, StatusCode::CREATED, "{}", met.text);
    let concluded = house
        .post(
            &path(&proposed, "/outcome"),
            json!({ "outcome": "deal", "occurred": "2020-05-17" }),
        )
        .await;
    assert_eq!(concluded.status, StatusCode::CREATED, "{}", concluded.text);
    let shown = house.get(&path(&proposed, "")).await.json;
    assert_eq!(shown["state"], "concluded");
    assert_eq!(shown["a_name"], "青岛琅屿精密机械有限公司");
    assert_eq!(
        shown["introduction"]["proposed"]["occurred"], "2020-05-17",
        "today, by the desk's clock"
    );
}

#[tokio::test]
async fn a_side_may_decline_with_a_reason() {
    let house = house_with_town().await;
    let proposed = house
        .post("/api/v1/introductions", json!({ "a": FIRM, "b": OTHER_FIRM }))
        .await;
    let answered = house
        .post(
            &path(&proposed, "/consent"),
            json!({ "side": FIRM, "consents": true, "reason": "好" }),
        )
        .await;
    assert_eq!(
        (answered.status.as_u16(), answered.code()),
        (422, "reason_without_refusal")
    );
    let answered = house
        .post(
            &path(&proposed, "/consent"),
            json!({ "side": FIRM, "consents": false, "reason": "产能已满" }),
        )
        .await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    assert_eq!(house.get(&path(&proposed, "")).await.json["state"], "declined");
}

#[tokio::test]
async fn they_do_not_meet_before_both_consent() {
    let house = house_with_town().await;
    let proposed = house
        .post("/api/v1/introductions", json!({ "a": FIRM, "b": OTHER_FIRM }))
        .await;
    let met = house.post(&path(&proposed, "/meeting"), "{}").await;
    assert_eq!(
        (met.status, met.code()),
        (StatusCode::CONFLICT, "consent_missing"),
        "{}",
        met.text
    );
}

#[tokio::test]
async fn a_refusal_points_into_the_body_that_was_sent() {
    let house = house_with_town().await;
    let answered = house
        .post(
            "/api/v1/introductions",
            json!({ "a": FIRM, "b": "local:tests/404" }),
        )
        .await;
    assert_eq!(
        (answered.code(), &answered.json["pointer"]),
        ("party_unknown", &json!("/b")),
        "{}",
        answered.text
    );
    let answered = house
        .post("/api/v1/introductions", json!({ "a": FIRM, "b": "uscc:1" }))
        .await;
    assert_eq!(
        (answered.code(), &answered.json["pointer"]),
        ("invalid_body", &json!("/b")),
        "{}",
        answered.text
    );
}

#[tokio::test]
async fn an_unknown_introduction_is_not_found() {
    let house = house_with_town().await;
    let nobody = "/api/v1/introductions/0199c0de-0000-7000-8000-000000000001";
    for answered in [
        house.get(nobody).await,
        house.post(&format!("{nobody}/meeting"), "{}").await,
        house
            .post(
                &format!("{nobody}/consent"),
                json!({ "side": FIRM, "consents": true }),
            )
            .await,
    ] {
        assert_eq!(
            (answered.status, answered.code()),
            (StatusCode::NOT_FOUND, "introduction_unknown"),
            "{}",
            answered.text
        );
    }
}

#[tokio::test]
async fn a_repeated_proposal_is_one_introduction_even_on_a_later_day() {
    let house = house_with_town().await;
    let proposal = json!({ "a": FIRM, "b": OTHER_FIRM });
    let first = house.post_under("p-1", "/api/v1/introductions", &proposal).await;
    let again = house.post_under("p-1", "/api/v1/introductions", &proposal).await;
    assert_eq!(
        (first.status, again.status),
        (StatusCode::CREATED, StatusCode::OK),
        "{}",
        again.text
    );
    assert_eq!(first.json["id"], again.json["id"]);
    let other = house
        .post_under("p-1", "/api/v1/introductions", json!({ "a": FIRM, "b": CHAMBER }))
        .await;
    assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "key_reused"));
}

#[tokio::test]
async fn avoidance_is_honoured_until_lifted_and_reaching_it_twice_is_no_fault() {
    let house = house_with_town().await;
    let pair = format!("/api/v1/do-not-introduce/{FIRM}/{OTHER_FIRM}");
    let put = |body: &'static str| json_request("PUT", &pair).body(Body::from(body)).unwrap();
    let delete = || request("DELETE", &pair).body(Body::empty()).unwrap();
    assert_eq!(
        house.send(put("{\"reason\": \"合同纠纷\"}")).await.status,
        StatusCode::CREATED
    );
    assert_eq!(house.send(put("{}")).await.status, StatusCode::NO_CONTENT);
    let refused = house
        .post("/api/v1/introductions", json!({ "a": OTHER_FIRM, "b": FIRM }))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "do_not_introduce"),
        "{}",
        refused.text
    );
    assert_eq!(house.send(delete()).await.status, StatusCode::CREATED);
    assert_eq!(house.send(delete()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        house
            .post("/api/v1/introductions", json!({ "a": OTHER_FIRM, "b": FIRM }))
            .await
            .status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_name_is_linked_and_unlinked() {
    let house = house_with_town().await;
    let link = json!({ "name": "琅屿精机", "party": FIRM });
    let linked = house.post("/api/v1/links", &link).await;
    assert_eq!(linked.status, StatusCode::CREATED, "{}", linked.text);
    assert_eq!(
        house
            .get("/api/v1/parties/%E7%90%85%E5%B1%BF%E7%B2%BE%E6%9C%BA")
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(house.post("/api/v1/links", &link).await.code(), "name_linked");
    let unlink = json_request("DELETE", "/api/v1/links")
        .body(Body::from(link.to_string()))
        .unwrap();
    assert_eq!(house.send(unlink).await.status, StatusCode::CREATED);
    assert_eq!(
        house
            .get("/api/v1/parties/%E7%90%85%E5%B1%BF%E7%B2%BE%E6%9C%BA")
            .await
            .code(),
        "party_unknown"
    );
}
