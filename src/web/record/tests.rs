//! The forms over the router: every kind has one, what was typed is kept, and what fits is recorded once.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use jinqiao_events::clock::{Manual, System};
use jinqiao_events::kinds::Kind;
use serde_json::Value;
use tower::ServiceExt;

use super::shape;
use crate::config::LogUrl;
use crate::desk::Desk;
use crate::http::state::Places;
use crate::limits::HEAVY_WAIT;
use crate::store::Store;
use crate::web::router;

struct House {
    desk: Desk,
    router: Router,
}

impl House {
    fn new() -> Self {
        let clock = Arc::new(Manual::at("2026-11-20T02:00:00Z".parse().unwrap()));
        let desk = Desk::open_with(Store::open(&LogUrl::Memory).unwrap(), clock, Arc::new(System)).unwrap();
        Self { router: router(desk.clone(), Arc::default(), Places::heavy(HEAVY_WAIT)), desk }
    }

    fn ask(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let place =
                response.headers().get(header::LOCATION).map(|place| place.to_str().unwrap().to_owned());
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (status, place.unwrap_or_default(), String::from_utf8(bytes.to_vec()).unwrap())
        })
    }

    fn get(&self, address: &str, language: &str) -> (StatusCode, String, String) {
        let request = Request::get(address).header(header::ACCEPT_LANGUAGE, language).body(Body::empty());
        self.ask(request.unwrap())
    }

    fn post(&self, address: &str, typed: &[(String, String)]) -> (StatusCode, String, String) {
        let body = serde_urlencoded::to_string(typed).unwrap();
        let request = Request::post(address)
            .header(header::ACCEPT_LANGUAGE, "zh-CN")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.ask(request.unwrap())
    }
}

fn pairs(typed: &[(&str, &str)]) -> Vec<(String, String)> {
    typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_kind_has_a_form_in_both_languages_whose_fields_are_labelled() {
    let house = House::new();
    let (_, _, index) = house.get("/record", "zh-CN");
    for kind in Kind::ALL.iter().copied() {
        let address = format!("/record/{kind}");
        assert!(index.contains(&address), "{kind} is on the list of forms");
        for (language, label) in [("zh-CN", kind.label_zh()), ("en", kind.label_en())] {
            let (status, _, page) = house.get(&address, language);
            assert_eq!(status, StatusCode::OK, "{kind}");
            assert!(
                page.contains(label) && page.contains("method=\"post\"") && !page.contains("<script"),
                "{kind}"
            );
            for field in shape::of_kind(kind) {
                assert!(page.contains(&format!("body.{}", field.name)), "{kind}.{} has an input", field.name);
            }
        }
    }
}

#[test]
fn what_an_example_says_typed_into_its_form_is_read_or_refused_by_a_rule_beside_its_field() {
    let house = House::new();
    let mut recorded = 0;
    for kind in Kind::ALL.iter().copied() {
        let line: Value = serde_json::from_str(kind.example()).unwrap();
        let mut typed: Vec<(String, String)> = Vec::new();
        for (name, value) in shape::typed(&shape::of_kind(kind), &line["body"]) {
            typed.push((name, value));
        }
        typed.push(("occurred".into(), line["occurred"].as_str().unwrap().to_owned()));
        typed.push(("token".into(), format!("t-{kind}")));
        let (status, place, page) = house.post(&format!("/record/{kind}"), &typed);
        match status {
            StatusCode::SEE_OTHER => {
                assert!(place.starts_with("/events/"), "{kind}: {place}");
                let (status, _, event) = house.get(&place, "zh-CN");
                assert!(status == StatusCode::OK && event.contains(kind.label_zh()), "{kind}");
                recorded += 1;
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                assert!(page.contains("class=\"error\""), "{kind} says why");
                for (name, value) in &typed {
                    let first =
                        value.lines().next().unwrap_or_default().replace('&', "&amp;").replace('"', "&quot;");
                    assert!(first.is_empty() || page.contains(&first), "{kind} keeps {name}");
                }
            }
            other => panic!("{kind}: {other} {page}"),
        }
    }
    assert!(recorded >= 20, "many examples stand by themselves: {recorded}");
}

#[test]
fn a_form_that_is_sent_twice_records_once() {
    let house = House::new();
    let typed = pairs(&[
        ("token", "abc"),
        ("occurred", "2020-05"),
        ("body.name", "青岛市琅屿商会"),
        ("body.kind", "chamber"),
        ("body.identifier", "uscc:51370200MJ0000018G"),
        ("body.region", "市南区"),
        ("body.short_names", "琅屿商会\n琅屿"),
        ("programmes", "双招双引、百企帮百村"),
    ]);
    let first = house.post("/record/org_registered", &typed);
    assert_eq!((first.0, first.1.as_str()), (StatusCode::SEE_OTHER, "/events/1?recorded=1"));
    assert_eq!(house.post("/record/org_registered", &typed).1, first.1);
    assert_eq!(house.desk.store().log.head(), 1);
    let stored = house.desk.store().log.at(1).unwrap().unwrap();
    assert_eq!(stored.programmes, ["双招双引", "百企帮百村"]);
    assert!(stored.body.contains("370202") && stored.body.contains("琅屿商会"), "{}", stored.body);
}

#[test]
fn a_fault_stands_beside_its_field_and_the_rest_stays() {
    let house = House::new();
    let typed = pairs(&[
        ("token", "abc"),
        ("occurred", "2020-13-40"),
        ("body.name", "<b>琅屿</b>"),
        ("body.kind", "chamber"),
        ("body.identifier", "uscc:51370200MJ0000018G"),
    ]);
    let (status, _, page) = house.post("/record/org_registered", &typed);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("id=\"occurred-fault\"") && page.contains("&lt;b&gt;琅屿"), "{page}");
    let wrong = pairs(&[
        ("occurred", "2020"),
        ("body.name", "琅屿"),
        ("body.kind", "chamber"),
        ("body.identifier", "uscc:51370200MJ0000018H"),
    ]);
    let (_, _, page) = house.post("/record/org_registered", &wrong);
    assert!(page.contains("id=\"body-identifier-fault\""), "{page}");
    let (_, _, page) = house.post("/record/org_registered", &pairs(&[("occurred", "2020")]));
    assert!(page.contains("id=\"body-name-fault\"") && page.contains("id=\"body-kind-fault\""), "{page}");
    assert_eq!(house.desk.store().log.head(), 0);
}

#[test]
fn the_address_fills_a_form_in() {
    let house = House::new();
    let (_, _, page) = house.get("/record/party_linked?name=%E7%90%85%E5%B1%BF&party=p", "zh-CN");
    assert!(page.contains("value=\"琅屿\"") && page.contains("value=\"p\""), "{page}");
    assert_eq!(house.get("/record/no_such_kind", "zh-CN").0, StatusCode::NOT_FOUND);
}

#[test]
fn lists_of_work_and_imports_are_shown_when_there_is_nothing_too() {
    let house = House::new();
    for address in ["/work", "/imports"] {
        for language in ["zh-CN", "en"] {
            assert_eq!(house.get(address, language).0, StatusCode::OK, "{address}");
        }
    }
    assert_eq!(house.get("/imports/1", "zh-CN").0, StatusCode::NOT_FOUND);
}

#[test]
fn a_proposal_is_followed_by_the_form_that_it_fills_in_with_its_version() {
    let house = House::new();
    let party = |code: &str, name: &str, kind: &str| {
        let fields =
            [("occurred", "2020"), ("body.name", name), ("body.kind", kind), ("body.identifier", code)];
        pairs(&fields)
    };
    house.post("/record/org_registered", &party("local:t/a", "甲厂", "enterprise"));
    house.post("/record/org_registered", &party("local:t/b", "乙厂", "enterprise"));
    house.post("/record/org_registered", &party("local:t/c", "丙商会", "chamber"));
    for member in ["甲厂", "乙厂"] {
        let joined = [("occurred", "2020"), ("body.chamber", "丙商会"), ("body.member", member)];
        house.post("/record/member_joined", &pairs(&joined));
    }
    let bought = [
        ("occurred", "2020-05-17"),
        ("body.buyer", "甲厂"),
        ("body.seller", "乙厂"),
        ("body.amount", "1万元"),
    ];
    let (_, place, page) = house.post("/record/member_purchase_made", &pairs(&bought));
    assert_eq!(place, "/events/6?recorded=1", "{page}");
    let held = house.desk.store().log.at(6).unwrap().unwrap();
    let right = held.body.replace("1000000", "2000000").replace("1万元", "2万元");
    let proposal = [
        ("occurred", "2020-06-01"),
        ("body.event", &held.id.to_string()),
        ("body.body", &right),
        ("body.version", "1"),
        ("body.reason", "台账所载不同"),
    ];
    let (_, place, page) = house.post("/record/correction_proposed", &pairs(&proposal));
    assert_eq!(place, "/events/7?recorded=1", "{page}");
    let id = house.desk.store().log.at(7).unwrap().unwrap().id.to_string();
    let (_, _, work) = house.get("/work", "zh-CN");
    assert!(work.contains(&format!("/record/event_corrected?proposal={id}")), "{work}");
    assert!(work.contains("<del>1万元</del>") && work.contains("<ins>2万元</ins>"), "{work}");
    let (_, _, form) = house.get(&format!("/record/event_corrected?proposal={id}"), "zh-CN");
    for filled in ["2000000", "台账所载不同", "name=\"body.version\" value=\"1\""] {
        assert!(form.contains(filled), "{filled}: {form}");
    }
}
