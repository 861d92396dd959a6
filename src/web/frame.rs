//! The frame of every page: head, search, language, foot; and the headers that go with it.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jinqiao_events::clock;
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::context::{Context, Reader};
use super::failure::Failure;
use super::texts::Text;
use crate::error::AppError;

/// What pages may load, and from where: ourselves only, and no script at all.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page, without its frame.
#[derive(Debug)]
pub struct Page {
    /// Title of the window.
    pub title: String,
    /// The content.
    pub body: Markup,
}

/// The page in its frame.
#[must_use]
pub fn response(context: &Context, page: &Page, status: StatusCode) -> Response {
    let position = context.views.position;
    let foot = if position == 0 {
        context.say(Text::FooterEmpty).to_owned()
    } else {
        context.with(Text::Footer, &[&position])
    };
    let body = html! {
        @if context.is_demo() { p.demo { (context.say(Text::Demo)) } }
        (page.body)
    };
    framed(&context.reader, status, &page.title, &body, &foot)
}

/// A failure as a page.
#[must_use]
pub fn failure(reader: &Reader, failure: &Failure) -> Response {
    if let Failure::App(error) = failure {
        tracing::error!(code = error.code(), %error, path = reader.path(), "a page failed");
    }
    let title = reader.say(failure.title());
    let body = html! {
        section.card.failure {
            h1 { (title) }
            p { (failure.sentence(reader)) }
            (search(reader, ""))
        }
    };
    let mut response = framed(reader, failure.status(), title, &body, "");
    if matches!(failure, Failure::App(error) if matches!(**error, AppError::Busy)) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The search form, alone.
#[must_use]
pub fn search(reader: &Reader, query: &str) -> Markup {
    html! {
        form.search action="/" method="get" role="search" {
            input type="search" name="q" value=(query) maxlength="100" aria-label=(reader.say(Text::FindLabel))
                placeholder=(reader.say(Text::FindShort));
            (reader.lang_field())
            button { (reader.say(Text::Find)) }
        }
    }
}

/// The ways to the lists and forms, on every page.
fn places(reader: &Reader) -> Markup {
    let places = [
        ("/record", Text::PlaceRecord),
        ("/work", Text::PlaceWork),
        ("/imports", Text::PlaceImports),
        ("/projects", Text::ProjectsTitle),
        ("/needs", Text::PlaceNeeds),
        ("/chains", Text::PlaceChains),
        ("/chambers/dormant", Text::PlaceDormant),
        ("/report", Text::PlaceReport),
    ];
    html! {
        nav.places.screen { div.wide {
            @for (path, text) in places {
                a href=(reader.href(path, &[])) aria-current=[(reader.path() == path).then_some("page")] { (reader.say(text)) }
            }
        } }
    }
}

fn framed(reader: &Reader, status: StatusCode, title: &str, body: &Markup, foot: &str) -> Response {
    let language = reader.lang.pick("zh-CN", "en");
    let at_home = reader.path() == "/";
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="renderer" content="webkit";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (reader.say(Text::Brand)) }
                link rel="icon" type="image/svg+xml" href=(assets::icon());
                link rel="stylesheet" href=(assets::style());
            }
            body {
                a.skip href="#content" { (reader.say(Text::ToContent)) }
                header.top {
                    div.wide {
                        a.brand href=(reader.href("/", &[])) {
                            span.name { (reader.say(Text::Brand)) } " " span.line { (reader.say(Text::BrandLine)) }
                        }
                        @if !at_home { (search(reader, "")) }
                        a.language href=(reader.in_other_language()) hreflang=(reader.lang.pick("en", "zh-CN")) {
                            (reader.say(Text::OtherLanguage))
                        }
                    }
                }
                (places(reader))
                main.wide id="content" { (body) }
                footer.wide { (foot) }
            }
        }
    };
    let headers = [
        (header::CONTENT_LANGUAGE, language),
        (header::VARY, "Accept-Language"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    (status, headers, Html(page.into_string())).into_response()
}

/// A moment as people read it: Asia/Shanghai, to the minute.
#[must_use]
pub fn moment(at: jiff::Timestamp) -> String {
    clock::in_shanghai(at).strftime("%Y-%m-%d %H:%M").to_string()
}
