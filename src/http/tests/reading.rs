use jinqiao_events::people::PersonStore;

use super::*;
use crate::desk::tests::failing::Failing;

#[tokio::test]
async fn a_party_is_found_and_shown_by_id_code_identifier_and_name() {
    let house = house_with_town().await;
    let found = house.get("/api/v1/parties?q=%E7%90%85%E5%B1%BF").await.json;
    let id = found["parties"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(found["parties"][0]["identifiers"], json!([FIRM]));
    for typed in [
        id.as_str(),
        FIRM,
        "91370202MA00003490",
        "%E9%9D%92%E5%B2%9B%E7%90%85%E5%B1%BF%E7%B2%BE%E5%AF%86%E6%9C%BA%E6%A2%B0%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8",
    ] {
        let shown = house.get(&format!("/api/v1/parties/{typed}")).await;
        assert_eq!(shown.json["party"]["id"], id.as_str(), "{typed}: {}", shown.text);
        assert_eq!(shown.json["chambers"][0]["chamber"]["name"], "青岛潮汐商会");
        assert_eq!(shown.json["history"]["events"], 2);
    }
}

#[tokio::test]
async fn a_local_identifier_is_written_with_an_escaped_slash() {
    let house = House::new();
    house.post("/api/v1/events", numbered(7)).await;
    let shown = house.get("/api/v1/parties/local:tests%2F7").await;
    assert_eq!(shown.json["party"]["name"], "琅屿第7有限公司", "{}", shown.text);
}

#[tokio::test]
async fn everyone_is_listed_in_pages_by_id() {
    let house = House::new();
    house.post("/api/v1/events", json!((0..5).map(numbered).collect::<Vec<_>>())).await;
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let page = house.get(&format!("/api/v1/parties?limit=2{after}")).await.json;
        seen.extend(
            page["parties"].as_array().unwrap().iter().map(|party| party["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next_after"].as_str() else {
            break;
        };
        after = format!("&after={next}");
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted());
    assert_eq!(house.get("/api/v1/parties?kind=chamber").await.json["parties"], json!([]));
}

#[tokio::test]
async fn a_quick_list_is_worked_out_without_walks() {
    let house = house_with_town().await;
    let list = house.get(&format!("/api/v1/matches/{FIRM}?with=enterprises&quick=true")).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let lines = list.json["lines"].as_array().unwrap();
    let terms: Vec<&str> = lines
        .iter()
        .flat_map(|line| line["terms"].as_array().unwrap())
        .map(|term| term["signal"].as_str().unwrap())
        .collect();
    assert!(!terms.is_empty() && !terms.contains(&"three_step_walk"), "{terms:?}");
    let odd = house.get(&format!("/api/v1/matches/{FIRM}?quick=perhaps")).await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_match_list_has_lines_whose_terms_add_up_and_name_their_events() {
    let house = house_with_town().await;
    let list = house.get(&format!("/api/v1/matches/{FIRM}?with=enterprises")).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let line = &list.json["lines"][0];
    let sum: i64 =
        line["terms"].as_array().unwrap().iter().map(|term| term["value_micro"].as_i64().unwrap()).sum();
    assert_eq!(line["score_micro"], sum);
    assert_eq!(line["terms"][0]["evidence"], json!([4, 5]));
    assert_eq!(line["name"], "青岛潮汐医疗器械有限公司");
    let explained = house.get(&format!("/api/v1/matches/{FIRM}/{OTHER_FIRM}")).await;
    assert_eq!(explained.json["score_micro"], sum, "{}", explained.text);
}

#[tokio::test]
async fn a_list_is_as_it_stood_on_a_day_knowing_what_was_recorded_by_a_time() {
    let house = house_with_town().await;
    let before = house.get(&format!("/api/v1/matches/{FIRM}?as_of=2018-01-14")).await;
    assert_eq!(before.code(), "party_without_ties", "{}", before.text);
    let known = |time: &str| format!("/api/v1/matches/{FIRM}?with=enterprises&known_at={time}");
    assert_eq!(house.get(&known("2020-05-17T01:59:59Z")).await.code(), "party_unknown");
    let now = house.get(&known("2020-05-17T02:00:00Z")).await;
    assert_eq!(now.json["lines"].as_array().map(Vec::len), Some(1), "{}", now.text);
}

#[tokio::test]
async fn health_and_figures_tell_how_far_the_log_is() {
    let house = house_with_town().await;
    assert_eq!(house.get("/healthz").await.json, json!({ "status": "ok", "head": 5, "views": 5 }));
    assert_eq!(house.get("/readyz").await.status, StatusCode::OK);
    let figures = house.get("/metrics").await.text;
    for line in [
        "jinqiao_log_head_position 5",
        "jinqiao_parties 3",
        "jinqiao_commit_failures_total 0",
        "jinqiao_http_request_duration_seconds_count{route=\"/api/v1/events\",method=\"POST\",status=\"201\"} 1",
    ] {
        assert!(figures.lines().any(|written| written == line), "{line} in {figures}");
    }
}

#[tokio::test]
async fn after_a_failed_commit_it_is_alive_but_not_ready_and_says_why() {
    let log = Arc::new(Failing::default());
    let people = Arc::new(PersonStore::in_memory().unwrap());
    let house = House::with(Desk::open(Store { log: log.clone(), people }).unwrap(), Limits::default());
    assert_eq!(house.get("/readyz").await.json["status"], "ok");
    log.fail_writes(true);
    let refused = house.post("/api/v1/events", numbered(1)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "store_failed"));
    let refused = house.post("/api/v1/events", numbered(1)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "store_read_only"));
    let alive = house.get("/healthz").await;
    assert_eq!((alive.status, &alive.json["status"]), (StatusCode::OK, &json!("read_only")));
    assert!(
        alive.json["reason"].as_str().is_some_and(|reason| reason.contains("no space left")),
        "{}",
        alive.text
    );
    let ready = house.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.code()), (503, "store_read_only"));
    assert!(
        ready.json["detail"].as_str().is_some_and(|detail| detail.contains("no space left")),
        "{}",
        ready.text
    );
    assert_eq!(house.get("/api/v1/events").await.status, StatusCode::OK, "reads go on");
}

#[tokio::test]
async fn without_its_writer_it_is_neither_alive_nor_ready() {
    let house = House::new();
    let desk = house.state.desk.clone();
    tokio::task::spawn_blocking(move || desk.close()).await.unwrap().unwrap();
    for path in ["/healthz", "/readyz"] {
        let answered = house.get(path).await;
        assert_eq!((answered.status.as_u16(), answered.code()), (503, "closed"), "{path}");
    }
    let refused = house.post("/api/v1/events", numbered(1)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "closed"));
}

#[tokio::test]
async fn a_figure_is_answered_with_unit_filter_period_and_the_events_that_add_up_to_it() {
    let house = house_with_town().await;
    let report = house.get("/api/v1/report").await;
    assert_eq!(report.status, StatusCode::OK, "{}", report.text);
    let figures = report.json["figures"].as_array().unwrap();
    assert!(figures.len() > 70 && figures.iter().all(|figure| figure["evidence"].is_null()));
    let one = house.get("/api/v1/report?figure=chambers_by_bond&evidence=true").await.json;
    let figure = &one["figures"][0];
    assert_eq!((one["figures"].as_array().unwrap().len(), &figure["unit"]), (1, &json!("家")));
    let groups = figure["evidence"].as_array().unwrap();
    let sum: i64 = groups.iter().map(|group| group["value"].as_i64().unwrap()).sum();
    assert!(sum > 0);
    assert_eq!(figure["value"], sum);
    assert!(groups.iter().all(|group| !group["events"].as_array().unwrap().is_empty()));
    assert_eq!(house.get("/api/v1/report?figure=none").await.code(), "figure_unknown");
    assert_eq!(house.get("/api/v1/report?from=2021&to=2020").await.code(), "period_backwards");
    assert_eq!(house.get("/api/v1/report?until=2020").await.code(), "bad_query");
}
