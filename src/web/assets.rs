//! The style sheet and the icon, under names that change with their content, so that browsers keep them for good.

use jinqiao_events::log::envelope::hex;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sm3::{Digest, Sm3};

/// A file that pages refer to.
struct Asset {
    name: String,
    media_type: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, text: &'static str) -> Self {
        let hash = hex(Sm3::digest(text).iter().take(6));
        Self { name: format!("{stem}.{hash}.{extension}"), media_type, text }
    }
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_str!("style.css")));
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("icon.svg")));

/// The address of the style sheet.
#[must_use]
pub fn style() -> String {
    format!("/assets/{}", STYLE.name)
}

/// The address of the icon.
#[must_use]
pub fn icon() -> String {
    format!("/assets/{}", ICON.name)
}

/// Serves an asset by its full name.
pub(super) async fn serve(Path(name): Path<String>) -> Response {
    let asset = [&*STYLE, &*ICON].into_iter().find(|asset| asset.name == name);
    let Some(asset) = asset else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.text).into_response()
}
