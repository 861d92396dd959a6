use super::*;
use std::time::Duration;
use tokio_stream::StreamExt;

/// Follows until `count` messages came; their ids.
async fn follow(house: &House, request: Request<Body>, count: usize) -> Vec<u64> {
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut chunks = response.into_body().into_data_stream();
    let (mut text, mut ids) = (String::new(), Vec::new());
    while ids.len() < count {
        let chunk = tokio::time::timeout(Duration::from_secs(10), chunks.next())
            .await
            .expect("a message in time");
        text.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
        while let Some((message, rest)) = text.split_once("\n\n") {
            let field = |name: &str| {
                message
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(str::trim)
            };
            if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                let line: Value = serde_json::from_str(data).unwrap();
                assert_eq!(line["position"].to_string(), id);
                ids.push(id.parse().unwrap());
            }
            text = rest.to_owned();
        }
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_sees_every_event_once_while_others_write() {
    let house = Arc::new(House::new());
    house
        .post(
            "/api/v1/events",
            json!((0..300).map(numbered).collect::<Vec<_>>()),
        )
        .await;
    let writer = {
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            for number in 300..600 {
                assert_eq!(
                    house.post("/api/v1/events", numbered(number)).await.status,
                    StatusCode::CREATED
                );
            }
        })
    };
    let one = follow(
        &house,
        request("GET", "/api/v1/events/stream")
            .body(Body::empty())
            .unwrap(),
        600,
    );
    let other = follow(
        &house,
        request("GET", "/api/v1/events/stream?after=250")
            .body(Body::empty())
            .unwrap(),
        350,
    );
    let (one, other) = tokio::join!(one, other);
    writer.await.unwrap();
    assert_eq!(one, (1..=600).collect::<Vec<_>>());
    assert_eq!(other, (251..=600).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_follower_goes_on_where_it_was_cut_off() {
    let house = House::new();
    house
        .post("/api/v1/events", json!((0..5).map(numbered).collect::<Vec<_>>()))
        .await;
    let request = request("GET", "/api/v1/events/stream?after=1").header("last-event-id", "3");
    assert_eq!(
        follow(&house, request.body(Body::empty()).unwrap(), 2).await,
        [4, 5]
    );
}

#[tokio::test]
async fn followers_beyond_their_places_are_told_to_come_back() {
    let house = House::within(Limits {
        followers: 1,
        ..Limits::default()
    });
    let first = house
        .router
        .clone()
        .oneshot(
            request("GET", "/api/v1/events/stream")
                .body(Body::empty())
                .unwrap(),
        )
        .await
        .unwrap();
    let second = house.get("/api/v1/events/stream").await;
    assert_eq!(
        (second.status, second.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "busy")
    );
    assert_eq!(second.headers[header::RETRY_AFTER], "1");
    drop(first);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let third = house
        .router
        .clone()
        .oneshot(
            request("GET", "/api/v1/events/stream")
                .body(Body::empty())
                .unwrap(),
        )
        .await
        .unwrap();
    assert_eq!(third.status(), StatusCode::OK);
}
