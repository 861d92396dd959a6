//! The description of the API: OpenAPI 3.1 at `/openapi.json`, and a page made from it at `/docs` that needs
//! no script and no network.

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::get;
use jinqiao_events::kinds::Kind;
use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value, json};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};

use super::problem::{self, language};
use super::state::AppState;
use crate::config::Lang;

const STYLE: &str = "body{font-family:'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;max-width:60em;margin:2em auto;padding:0 1em;line-height:1.5}\
code{background:#f3f3f3;padding:0 .3em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left}\
section{border-top:1px solid #ccc;margin-top:1.5em}";

/// Where schemas stand in the document.
const SCHEMAS: &str = "#/components/schemas/";

/// The head of the document; the routes add the rest.
#[must_use]
pub fn head() -> OpenApi {
    let description = "Every interaction is an immutable event; every match can be opened to the events behind it. \
                       Refusals are application/problem+json with a stable `code`.";
    let info = InfoBuilder::new()
        .title("金桥 jinqiao")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description));
    OpenApiBuilder::new().info(info.build()).build()
}

/// The routes of the document and its page.
pub(super) fn routes(openapi: OpenApi) -> Router<AppState> {
    let document = document(openapi);
    let text = document.to_string();
    let (zh, en) = (
        page(&document, Lang::Zh).into_string(),
        page(&document, Lang::En).into_string(),
    );
    let json = (
        [(
            header::CONTENT_TYPE,
            "application/vnd.oai.openapi+json;version=3.1",
        )],
        text,
    );
    let style = ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE);
    let html = move |headers: HeaderMap| async move {
        let page = language(&headers).pick(&zh, &en).to_owned();
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
    };
    Router::new()
        .route("/openapi.json", get(move || async move { json }))
        .route("/docs", get(html))
        .route("/docs/style.css", get(move || async move { style }))
}

/// The whole document: what the routes say, the schemas of all kinds, and the refusals of every route.
#[must_use]
pub fn document(openapi: OpenApi) -> Value {
    let mut document = serde_json::to_value(openapi).unwrap_or_default();
    let mut schemas = Map::new();
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        add_schema(&mut schemas, kind.name(), kind.schema());
        lines.push(event_line(*kind));
    }
    schemas.insert(
        "EventLine".into(),
        json!({ "oneOf": lines, "discriminator": { "propertyName": "kind" } }),
    );
    schemas.insert("ExportedLine".into(), exported_line());
    schemas.insert("Problem".into(), problem_schema());
    if let Some(known) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        known.append(&mut schemas);
    }
    if let Some(body) =
        document.pointer_mut("/paths/~1api~1v1~1events/post/requestBody/content/application~1json")
    {
        let line = json!({ "$ref": format!("{SCHEMAS}EventLine") });
        *body = json!({ "schema": { "oneOf": [line.clone(), { "type": "array", "items": line, "maxItems": 500 }] } });
    }
    add_refusals(&mut document);
    document
}

/// Adds the schema of a body. What it defines for itself moves beside it, where references inside an OpenAPI
/// document can reach it.
fn add_schema(schemas: &mut Map<String, Value>, name: &str, mut schema: Value) {
    lift_references(&mut schema);
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("$schema");
        if let Some(Value::Object(mut definitions)) = fields.remove("$defs") {
            schemas.append(&mut definitions);
        }
    }
    schemas.insert(name.to_owned(), schema);
}

fn lift_references(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref") {
                *target = target.replace("#/$defs/", SCHEMAS);
            }
            fields.values_mut().for_each(lift_references);
        }
        Value::Array(items) => items.iter_mut().for_each(lift_references),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn event_line(kind: Kind) -> Value {
    let example: Value = serde_json::from_str(kind.example()).unwrap_or_default();
    json!({
        "title": kind.name(),
        "description": format!("{} · {}", kind.label_zh(), kind.label_en()),
        "type": "object",
        "required": ["kind", "occurred", "body"],
        "additionalProperties": false,
        "properties": {
            "kind": { "const": kind.name() },
            "occurred": {
                "type": "string",
                "description": "2017, 2017-08 or 2017-08-05 (Asia/Shanghai)",
                "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
            },
            "body": { "$ref": format!("{SCHEMAS}{}", kind.name()) },
            "version": { "type": "integer", "minimum": 1, "default": kind.version() },
            "key": { "type": "string", "description": "idempotency key" },
            "source": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": false,
                "properties": {
                    "file": { "type": "string" },
                    "sheet": { "type": "string" },
                    "row": { "type": "integer", "minimum": 0 },
                    "hash": { "type": "string" },
                },
            },
            "programmes": { "type": "array", "items": { "type": "string" } },
            "recorded_by": { "type": "string" },
            "organisation": { "type": "string" },
        },
        "examples": [example],
    })
}

fn exported_line() -> Value {
    json!({
        "type": "object",
        "description": "A line of `log export`: what was sent in, in the version it was written in, with what the log gave",
        "required": ["position", "id", "kind", "version", "occurred", "recorded_at", "body"],
        "properties": {
            "position": { "type": "integer", "minimum": 1 },
            "id": { "type": "string", "format": "uuid" },
            "kind": { "enum": Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>() },
            "version": { "type": "integer", "minimum": 1 },
            "occurred": { "type": "string" },
            "recorded_at": { "type": "string", "format": "date-time" },
            "body": { "type": "object" },
        },
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "A refusal (RFC 9457)",
        "required": ["type", "title", "status", "detail", "code", "instance"],
        "properties": {
            "type": { "const": "about:blank" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "what is wrong and what to do, in the reader's language" },
            "code": { "type": "string", "description": "stable, snake_case" },
            "pointer": { "type": "string", "description": "JSON pointer of the field at fault" },
            "instance": { "type": "string" },
        },
    })
}

/// Every route may refuse, and always in the one form.
fn add_refusals(document: &mut Value) {
    let refusal = json!({
        "description": "Refused",
        "content": { (problem::MEDIA_TYPE): { "schema": { "$ref": format!("{SCHEMAS}Problem") } } },
    });
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for operation in paths
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
    {
        if let Some(responses) = operation.pointer_mut("/responses").and_then(Value::as_object_mut) {
            responses.insert("default".into(), refusal.clone());
        }
    }
}

fn page(document: &Value, lang: Lang) -> Markup {
    let paths = document.get("paths").and_then(Value::as_object);
    html! {
        (DOCTYPE)
        html lang=(lang.pick("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                title { (lang.pick("金桥 接口说明", "jinqiao API")) }
                link rel="stylesheet" href="/docs/style.css";
            }
            body {
                h1 { (lang.pick("金桥 接口说明", "jinqiao API")) }
                p { (lang.pick("机器可读的完整说明（OpenAPI 3.1）：", "The whole of it for machines (OpenAPI 3.1): ")) a href="/openapi.json" { "/openapi.json" } }
                @for (path, operations) in paths.into_iter().flatten() {
                    @for (method, operation) in operations.as_object().into_iter().flatten() {
                        (section(path, method, operation, lang))
                    }
                }
                (vocabulary(lang))
            }
        }
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn section(path: &str, method: &str, operation: &Value, lang: Lang) -> Markup {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let responses = operation.get("responses").and_then(Value::as_object);
    html! {
        section {
            h2 { code { (method.to_uppercase()) " " (path) } " " (text(operation, "summary")) }
            p { (text(operation, "description")) }
            @if let Some(parameters) = parameters {
                table {
                    tr { th { (lang.pick("参数", "parameter")) } th { (lang.pick("位置", "in")) } th { (lang.pick("说明", "meaning")) } }
                    @for parameter in parameters {
                        tr { td { code { (text(parameter, "name")) } } td { (text(parameter, "in")) } td { (text(parameter, "description")) } }
                    }
                }
            }
            ul {
                @for (status, response) in responses.into_iter().flatten() {
                    li { code { (status) } " " (text(response, "description")) }
                }
            }
        }
    }
}

fn vocabulary(lang: Lang) -> Markup {
    html! {
        section {
            h2 { (lang.pick("事件词汇表", "Kinds of events")) }
            table {
                @for kind in Kind::ALL {
                    tr { td { code { (kind.name()) } } td { (lang.pick(kind.label_zh(), kind.label_en())) } td { code { (kind.example()) } } }
                }
            }
        }
    }
}
