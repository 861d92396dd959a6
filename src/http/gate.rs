//! The gate: which requests are meant for us, and the headers that keep browsers from being used against us.
//!
//! Until there are accounts the server answers on this machine only. A page from elsewhere, open in a browser
//! on this machine, must not be able to speak to it: neither under a name of its own that it makes point here
//! (DNS rebinding, told by `Host`), nor by posting across sites (told by `Origin` and `Sec-Fetch-Site`).

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// What pages may load, and from where: ourselves only, and no script at all.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; \
                                       form-action 'self'; frame-ancestors 'none'";

/// Set on every answer. With `no-referrer` browsers would send `Origin: null` with our own forms.
const GUARDS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Refuses requests that are not meant for this server.
pub async fn check(request: Request, next: Next) -> Response {
    match judge(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Sets the headers that guard browsers. Nothing is kept by caches unless its handler says so.
pub async fn guard_browser(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in GUARDS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn judge(request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    if headers.contains_key(header::CONTENT_LENGTH) && headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "two_lengths",
            "请求同时带有 Content-Length 和 Transfer-Encoding；只能有一个",
            "the request has both Content-Length and Transfer-Encoding: send one",
        ));
    }
    let host = host(request)?;
    if request.method().is_safe() || is_same_origin(headers, host) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "请求来自别的网站，已拒绝；请在本站页面内操作",
        "the request comes from another site and is refused",
    ))
}

/// The host that the request is for, if it is this machine.
fn host(request: &Request) -> Result<&str, Problem> {
    let named = match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(header::HOST).and_then(|host| host.to_str().ok()),
    };
    let one = request.headers().get_all(header::HOST).iter().count() <= 1;
    match named {
        Some(host) if one && is_this_machine(host) => Ok(host),
        _ => Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "wrong_host",
            "只接受以 127.0.0.1 或 localhost 访问",
            "only 127.0.0.1 and localhost are served",
        )),
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]")
}

/// Whether a browser says that the request comes from our own page; other clients say nothing.
fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let site_fits = matches!(site, None | Some(b"same-origin" | b"none"));
    let origin_fits = match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let origin = origin.to_str().unwrap_or_default();
            origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
        }
    };
    site_fits && origin_fits
}
