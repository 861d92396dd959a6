//! What a form of ours sends in.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::{FromRequest, Request};
use axum::http::header;

use super::failure::Failure;
use super::texts::Text;
use crate::http::limit::{Limits, read_body};

/// The inputs of a form by name. An input that was sent several times (boxes that were ticked) holds its values one
/// a line.
pub type Inputs = BTreeMap<String, String>;

/// What was sent in, if it arrived whole: the page that answers says so otherwise.
#[derive(Debug)]
pub struct Posted(pub Result<Inputs, Failure>);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(read(request).await.ok_or_else(|| Failure::field(Text::WrongForm, &[]))))
    }
}

async fn read(request: Request) -> Option<Inputs> {
    let media_type = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !media_type.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let limits = Limits::default();
    let bytes = read_body(request.into_body(), limits.body_bytes, limits.body_read).await.ok()?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).ok()?;
    let mut inputs = Inputs::new();
    for (name, value) in pairs {
        if let Some(held) = inputs.get_mut(&name) {
            held.push('\n');
            held.push_str(&value);
        } else {
            inputs.insert(name, value);
        }
    }
    Some(inputs)
}
