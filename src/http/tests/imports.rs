use super::*;

pub(super) const REGISTER: &str = "date\tkind\tgroup\tactor\trole\tamount\n\
                        2018-09-01\tproject\t733001\t100\tlead\t\n\
                        2018-09-01\tproject\t733001\t200\tpartner\t\n\
                        2018-13-01\tproject\t733001\t300\tpartner\t\n";

fn upload(query: &str, field: &str, bytes: &str) -> Request<Body> {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"../../x.tsv\"\r\n\r\n{bytes}\r\n--b--\r\n"
    );
    let request = request("POST", &format!("/api/v1/imports?{query}"));
    request
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_file_is_read_in_once_and_its_refused_rows_are_named() {
    let house = House::new();
    let rehearsed = house
        .send(upload("as=participations&dry_run=true", "file", REGISTER))
        .await;
    assert_eq!(rehearsed.status, StatusCode::OK, "{}", rehearsed.text);
    let strict = house
        .send(upload("as=participations&strict=true", "file", REGISTER))
        .await;
    assert_eq!(
        (strict.status, &strict.json["dry_run"]),
        (StatusCode::OK, &json!(true)),
        "{}",
        strict.text
    );
    assert_eq!(house.get("/api/v1/events").await.json["head"], 0);
    let first = house.send(upload("as=participations", "file", REGISTER)).await;
    assert_eq!(
        (
            &first.json["accepted"],
            first.json["refused"].as_array().map(Vec::len)
        ),
        (&json!(2), Some(1))
    );
    assert_eq!(
        (
            &first.json["refused"][0]["row"],
            &first.json["refused"][0]["code"]
        ),
        (&json!(4), &json!("bad_date"))
    );
    let head = house.get("/api/v1/events").await.json["head"].clone();
    let again = house.send(upload("as=participations", "file", REGISTER)).await;
    assert_eq!(again.json["accepted"], 0, "{}", again.text);
    assert_eq!(house.get("/api/v1/events").await.json["head"], head);
    let events = house.get("/api/v1/events?kind=participation_recorded").await.json;
    assert_eq!(
        events["events"][0]["source"]["file"], "x.tsv",
        "folders of the client stay with the client"
    );
}

#[tokio::test]
async fn uploads_that_cannot_be_read_are_refused() {
    let house = House::within(Limits {
        upload_bytes: 1_000,
        ..Limits::default()
    });
    let code = async |request| house.send(request).await.code().to_owned();
    assert_eq!(
        code(upload("as=participations", "other", REGISTER)).await,
        "bad_upload"
    );
    assert_eq!(code(upload("as=nonsense", "file", REGISTER)).await, "bad_query");
    assert_eq!(code(upload("dry_run=true", "file", REGISTER)).await, "bad_query");
    assert_eq!(
        code(upload("as=participations", "file", &"x".repeat(2_000))).await,
        "body_too_large"
    );
    let cut = request("POST", "/api/v1/imports?as=participations")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    assert_eq!(
        code(cut.body(Body::from("--b\r\nContent-Disp")).unwrap()).await,
        "bad_upload"
    );
    let json = json_request("POST", "/api/v1/imports?as=participations")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(code(json).await, "media_type");
    assert_eq!(house.get("/api/v1/events").await.json["head"], 0);
}

#[tokio::test]
async fn files_beyond_their_places_wait_and_are_told_to_come_back() {
    let house = House::within(Limits {
        uploads: 0,
        heavy_wait: std::time::Duration::from_millis(20),
        ..Limits::default()
    });
    let answered = house.send(upload("as=participations", "file", REGISTER)).await;
    assert_eq!(
        (answered.status, answered.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "busy")
    );
}
