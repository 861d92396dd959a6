use super::*;

async fn openapi() -> Value {
    House::new().get("/openapi.json").await.json
}

#[tokio::test]
async fn the_document_lists_exactly_the_routes_of_the_contract() {
    let document = openapi().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut listed: Vec<String> = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        listed.extend(
            operations.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    listed.sort();
    let expected = [
        "DELETE /api/v1/do-not-introduce/{a}/{b}",
        "DELETE /api/v1/links",
        "GET /api/v1/chains",
        "GET /api/v1/chains/{chain}",
        "GET /api/v1/chambers/dormant",
        "GET /api/v1/events",
        "GET /api/v1/events/stream",
        "GET /api/v1/imports",
        "GET /api/v1/introductions/{id}",
        "GET /api/v1/matches/{party}",
        "GET /api/v1/matches/{party}/{other}",
        "GET /api/v1/needs",
        "GET /api/v1/parties",
        "GET /api/v1/parties/{id}",
        "GET /api/v1/projects/duplicates",
        "GET /api/v1/projects/{id}",
        "GET /api/v1/projects/{id}/credit",
        "GET /api/v1/purchases",
        "GET /api/v1/report",
        "GET /api/v1/report/article",
        "GET /api/v1/report/claims",
        "GET /api/v1/work",
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
        "POST /api/v1/backup",
        "POST /api/v1/events",
        "POST /api/v1/imports",
        "POST /api/v1/imports/{import}/undo",
        "POST /api/v1/introductions",
        "POST /api/v1/introductions/{id}/consent",
        "POST /api/v1/introductions/{id}/meeting",
        "POST /api/v1/introductions/{id}/outcome",
        "POST /api/v1/links",
        "PUT /api/v1/do-not-introduce/{a}/{b}",
    ];
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn every_route_of_the_document_is_served() {
    let house = House::new();
    let document = house.get("/openapi.json").await.json;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|_| !path.ends_with("/stream")) {
            let address = path.replace(['{', '}'], "");
            let answered =
                house.send(request(&method.to_uppercase(), &address).body(Body::empty()).unwrap()).await;
            assert!(!matches!(answered.code(), "route_unknown" | "method_unknown"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_reference_leads_to_a_schema_and_every_route_may_refuse() {
    let document = openapi().await;
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            assert!(operation["responses"]["default"]["content"]["application/problem+json"].is_object());
            assert!(!operation["summary"].as_str().unwrap_or_default().is_empty());
        }
    }
}

#[tokio::test]
async fn every_kind_can_be_sent_by_the_document() {
    use jinqiao_events::kinds::Kind;
    let document = openapi().await;
    let lines = document.pointer("/components/schemas/EventLine/oneOf").unwrap().as_array().unwrap();
    assert_eq!(lines.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        assert!(document["components"]["schemas"][kind.name()].is_object(), "{kind}");
    }
}

#[tokio::test]
async fn the_page_lists_every_route_and_loads_nothing_from_elsewhere() {
    let house = House::new();
    let page = house.get("/docs").await.text;
    for path in house.get("/openapi.json").await.json["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path.as_str()), "{path}");
    }
    assert!(
        !page.contains("<script")
            && !page.contains("http://")
            && !page.contains("https://")
            && !page.contains("<style")
    );
}
