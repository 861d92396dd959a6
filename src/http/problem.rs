//! Refusals as `application/problem+json` (RFC 9457), in the reader's language.
//!
//! A handler answers with a [`Problem`]; [`dress`] writes it out, and does the same for refusals that the
//! framework made itself, so that no route and no fault has a form of its own.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jinqiao_events::decide::Refusal;
use serde::Serialize;

use crate::config::Lang;
use crate::desk::Fault;
use crate::error::AppError;

/// Media type of every refusal.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal: status, stable code, a sentence in both languages, and the place of the fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    zh: String,
    en: String,
    pointer: String,
    retry_after_s: Option<u32>,
}

/// The document that a refusal is sent as; its schema stands in `docs`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    /// Always `about:blank`: the code tells faults apart.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the status means.
    title: &'a str,
    /// HTTP status.
    status: u16,
    /// What is wrong and what to do, in the reader's language.
    detail: &'a str,
    /// Stable code, snake_case.
    code: &'a str,
    /// JSON pointer of the field at fault, relative to the request's body.
    #[serde(skip_serializing_if = "str::is_empty")]
    pointer: &'a str,
    /// Path of the request.
    instance: &'a str,
}

impl Problem {
    /// A refusal with that status.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
            zh: zh.into(),
            en: en.into(),
            pointer: String::new(),
            retry_after_s: None,
        }
    }

    /// The request itself cannot be read: 400.
    #[must_use]
    pub fn unreadable(refusal: Refusal) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            ..Self::from(refusal)
        }
    }

    /// The same, about the field at `pointer`.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// The same, about an element of the array that was sent.
    #[must_use]
    pub fn in_element(mut self, index: usize) -> Self {
        self.pointer = format!("/{index}{}", self.pointer);
        self
    }

    /// The same, where the request's body holds the fields of the event's body themselves; what the address
    /// names has no place in the body.
    #[must_use]
    pub fn in_fields(mut self) -> Self {
        let field = self.pointer.strip_prefix("/body").unwrap_or(&self.pointer);
        self.pointer = if field == "/introduction" {
            String::new()
        } else {
            field.to_owned()
        };
        self
    }

    /// All places are taken: 503, try again in a moment.
    #[must_use]
    pub fn busy() -> Self {
        AppError::Busy.into()
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the framework said with a bare status.
    fn of_status(status: StatusCode) -> Self {
        let (code, zh, en) = match status.as_u16() {
            404 => (
                "route_unknown",
                "没有这个地址；全部地址见 /docs",
                "no such address; /docs lists all",
            ),
            405 => (
                "method_unknown",
                "这个地址不接受这种方法；见 /docs",
                "this address does not take that method; see /docs",
            ),
            408 => (
                "timed_out",
                "请求没有在限定时间内发完；请重试",
                "the request was not complete in time: try again",
            ),
            413 => (
                "body_too_large",
                "内容过大；请分批提交",
                "the body is too large: send it in parts",
            ),
            415 => (
                "media_type",
                "内容类型不对；请以 application/json 发送",
                "send the body as application/json",
            ),
            500..=599 => (
                "internal",
                "服务出错，已记入日志；请稍后重试或联系管理员",
                "something went wrong here and was logged: try again later",
            ),
            _ => (
                "bad_request",
                "请求不合格式；见 /docs",
                "the request is malformed; see /docs",
            ),
        };
        Self::new(status, code, zh, en)
    }

    fn written(&self, lang: Lang, instance: &str) -> Response {
        let document = Document {
            kind: "about:blank",
            title: title(self.status, lang),
            status: self.status.as_u16(),
            detail: lang.pick(&self.zh, &self.en),
            code: &self.code,
            pointer: &self.pointer,
            instance,
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let content_language = lang.pick("zh-CN", "en");
        let headers = [
            (header::CONTENT_TYPE, MEDIA_TYPE),
            (header::CONTENT_LANGUAGE, content_language),
        ];
        let mut response = (self.status, headers, body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Only the status: [`dress`] knows the reader's language and writes the rest.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            // What the system said may name files and machines; it is for the log, not for the reader.
            tracing::error!(code = error.code(), %error, "a request failed");
            return Self {
                code: Cow::Owned(error.code().to_owned()),
                ..Self::of_status(status)
            };
        }
        Self {
            status,
            zh: error.sentence(Lang::Zh),
            en: error.sentence(Lang::En),
            pointer: error.pointer().to_owned(),
            retry_after_s: matches!(error, AppError::Busy).then_some(1),
            code: Cow::Owned(error.code().to_owned()),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        AppError::from(refusal).into()
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        fault.refusal.into()
    }
}

/// Writes every refusal out as a problem, the framework's own included. Pages write their own.
pub async fn dress(request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let instance = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let told = response.extensions_mut().remove::<Problem>();
    let is_page = |response: &Response| {
        let media_type = response.headers().get(header::CONTENT_TYPE);
        media_type.is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"))
    };
    let problem = match told {
        Some(problem) => problem,
        None if response.status().as_u16() >= 400 && !is_page(&response) => {
            Problem::of_status(response.status())
        }
        None => return response,
    };
    let mut written = problem.written(lang, &instance);
    if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
        written.headers_mut().insert(header::ALLOW, allow);
    }
    written
}

/// The language that the reader asks for.
#[must_use]
pub fn language(headers: &HeaderMap) -> Lang {
    Lang::from_accept_language(
        headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok()),
    )
}

fn title(status: StatusCode, lang: Lang) -> &'static str {
    let zh = match status.as_u16() {
        400 => "请求不合格式",
        403 => "不允许",
        404 => "没有找到",
        405 => "方法不对",
        408 => "超时",
        409 => "与已有记录冲突",
        413 => "内容过大",
        415 => "内容类型不对",
        421 => "主机名不对",
        422 => "内容有误",
        503 => "暂时不能服务",
        500..=599 => "服务出错",
        _ => "请求被拒",
    };
    lang.pick(zh, status.canonical_reason().unwrap_or("Refused"))
}
