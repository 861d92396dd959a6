//! What requests bring: JSON bodies, query parameters and path segments, each refused in one way.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use jinqiao_events::decide::Refusal;
use serde::de::DeserializeOwned;

use super::limit::read_body;
use super::problem::Problem;
use super::state::AppState;
use crate::door::json;

/// A body sent as JSON, checked for meaning one thing ([`json::check`]) and not read further.
#[derive(Debug)]
pub struct JsonText(pub String);

/// A body sent as JSON and read into a type that knows its fields.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// The same where the body may be left out.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

/// Query parameters. Unknown and repeated ones are refused by types that say `deny_unknown_fields`.
#[derive(Debug)]
pub struct Params<T>(pub T);

/// Path segments, decoded.
#[derive(Debug)]
pub struct Segments<T>(pub T);

impl FromRequest<AppState> for JsonText {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type",
                "请以 Content-Type: application/json 发送",
                "send the body with Content-Type: application/json",
            ));
        }
        let limits = state.limits;
        let bytes = read_body(request.into_body(), limits.body_bytes, limits.body_read).await?;
        Ok(Self(json::check(&bytes).map_err(Problem::unreadable)?.to_owned()))
    }
}

impl<T: DeserializeOwned> FromRequest<AppState> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let JsonText(text) = JsonText::from_request(request, state).await?;
        read(&text).map(Self)
    }
}

impl<T: DeserializeOwned + Default> FromRequest<AppState> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            return Json::from_request(request, state)
                .await
                .map(|Json(value)| Self(value));
        }
        let bytes = read_body(request.into_body(), 0, state.limits.body_read).await?;
        debug_assert!(bytes.is_empty());
        Ok(Self(T::default()))
    }
}

impl<T: DeserializeOwned> FromRequestParts<AppState> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(value)| Self(value)).map_err(|error| {
            let reason =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            bad_query(&reason)
        })
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        Path::<T>::from_request_parts(parts, state)
            .await
            .map(|Path(value)| Self(value))
            .map_err(|error| {
                Problem::new(
                    StatusCode::NOT_FOUND,
                    "not_found",
                    "没有找到；请核对地址中的编号",
                    format!("no such thing: {}", error.body_text()),
                )
            })
    }
}

/// The refusal of a query parameter.
#[must_use]
pub fn bad_query(reason: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_query",
        format!("查询参数有误：{reason}；可用的参数见 /docs"),
        format!("a query parameter is wrong: {reason}; /docs lists them"),
    )
}

/// A whole number within bounds, or its default.
///
/// # Errors
/// 400 that names the bounds.
pub fn within(name: &str, given: Option<usize>, default: usize, max: usize) -> Result<usize, Problem> {
    match given {
        None => Ok(default),
        Some(number) if (1..=max).contains(&number) => Ok(number),
        Some(number) => Err(bad_query(&format!("{name}={number}, 1..={max}"))),
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let reason = error.inner();
        let refusal = Refusal::invalid(
            "invalid_body",
            &json::pointer(error.path()),
            format!("内容不合格式：{reason}"),
            format!("the body does not fit: {reason}"),
        );
        refusal.into()
    })
}

fn is_json(request: &Request) -> bool {
    let mut types = request.headers().get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else {
        return false;
    };
    let media_type = value
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}
