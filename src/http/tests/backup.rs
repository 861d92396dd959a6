//! Backing up through the server.

use jinqiao_events::log::sled_log;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_taken_while_the_server_runs_and_restores_to_what_was_there() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join("store");
    let house = House::with(desk_on(&LogUrl::Sled(store.clone())), Limits::default());
    assert_eq!(house.post("/api/v1/events", town()).await.status, StatusCode::CREATED);
    let head = house.get("/healthz").await.json["head"].as_u64().unwrap();
    let first = house.post_under("one", "/api/v1/backup", "").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!(first.json["position"].as_u64(), Some(head));
    house.post("/api/v1/events", registered("后来的企业", "enterprise", "local:test/late")).await;
    let again = house.post_under("one", "/api/v1/backup", "").await;
    assert_eq!((again.status, &again.json), (StatusCode::OK, &first.json), "one key, one backup");
    let second = house.post_under("two", "/api/v1/backup", "").await;
    assert_eq!(second.json["position"].as_u64(), Some(head + 1));

    for (answer, expected) in [(first, head), (second, head + 1)] {
        let backup = std::path::PathBuf::from(answer.json["directory"].as_str().unwrap());
        assert!(backup.starts_with(home.path().join("store-backups")));
        let restored = home.path().join(format!("restored-{expected}"));
        let reached = sled_log::restore(&backup, &restored, None, &sled_log::Options::default()).unwrap();
        assert_eq!(reached.size, expected);
    }
}

#[tokio::test]
async fn a_log_in_memory_has_nothing_to_back_up_and_says_so() {
    let answered = House::new().post("/api/v1/backup", "").await;
    assert_eq!((answered.status, answered.code()), (StatusCode::UNPROCESSABLE_ENTITY, "no_proofs"));
}
