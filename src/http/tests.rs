//! The promises of the HTTP door, asked of the whole router on a log in memory.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use jinqiao_events::clock::Manual;
use serde_json::{Value, json};
use tokio::sync::watch;
use tower::ServiceExt;

use super::limit::Limits;
use super::{AppState, router};
use crate::config::LogUrl;
use crate::desk::Desk;
use crate::store::Store;

mod backup;
mod document;
mod events;
mod hostile;
mod imports;
mod introductions;
mod reading;
mod refusals;
mod server;
mod stream;

/// The service on an empty log, its clock standing on 2020-05-17.
struct House {
    router: Router,
    state: AppState,
    _closing: watch::Sender<bool>,
}

/// An answer, its body read as JSON where it is JSON.
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    json: Value,
}

impl Answered {
    fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

fn desk() -> Desk {
    desk_on(&LogUrl::Memory)
}

fn desk_on(log: &LogUrl) -> Desk {
    let time = Arc::new(Manual::at("2020-05-17T02:00:00Z".parse().unwrap()));
    Desk::open_with(Store::open(log).unwrap(), time.clone(), time).unwrap()
}

impl House {
    fn new() -> Self {
        Self::within(Limits::default())
    }

    fn within(limits: Limits) -> Self {
        Self::with(desk(), limits)
    }

    fn with(desk: Desk, limits: Limits) -> Self {
        let (closing, is_closing) = watch::channel(false);
        let state = AppState::new(desk, limits, is_closing);
        Self { router: router(state.clone()), state, _closing: closing }
    }

    async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answered { status: parts.status, headers: parts.headers, text, json }
    }

    async fn get(&self, path: &str) -> Answered {
        self.send(request("GET", path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, body: impl ToString) -> Answered {
        self.send(json_request("POST", path).body(Body::from(body.to_string())).unwrap()).await
    }

    async fn post_under(&self, key: &str, path: &str, body: impl ToString) -> Answered {
        let request = json_request("POST", path).header("idempotency-key", key);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8650")
}

fn json_request(method: &str, path: &str) -> axum::http::request::Builder {
    request(method, path).header(header::CONTENT_TYPE, "application/json")
}

const FIRM: &str = "uscc:91370202MA00003490";
const OTHER_FIRM: &str = "uscc:91370202MA000004XW";
const CHAMBER: &str = "uscc:51370200MJ0000018G";

fn registered(name: &str, kind: &str, identifier: &str) -> Value {
    json!({ "kind": "org_registered", "occurred": "2017-03-08", "body": { "name": name, "kind": kind, "identifier": identifier } })
}

fn numbered(number: usize) -> Value {
    registered(&format!("琅屿第{number}有限公司"), "enterprise", &format!("local:tests/{number}"))
}

fn town() -> Value {
    let member = |firm: &str| json!({ "kind": "member_joined", "occurred": "2018-01-15", "body": { "chamber": CHAMBER, "member": firm } });
    json!([
        registered("青岛琅屿精密机械有限公司", "enterprise", FIRM),
        registered("青岛潮汐医疗器械有限公司", "enterprise", OTHER_FIRM),
        registered("青岛潮汐商会", "chamber", CHAMBER),
        member(FIRM),
        member(OTHER_FIRM),
    ])
}

async fn house_with_town() -> House {
    let house = House::new();
    let answered = house.post("/api/v1/events", town()).await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    house
}
