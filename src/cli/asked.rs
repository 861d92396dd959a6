//! A question as of two times, answered from the store or by a running server: one JSON value either way.

use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::views::Views;
use serde::Serialize;
use serde_json::Value;

use super::{Globals, writing};
use crate::client::Client;
use crate::error::AppError;
use crate::matching::Times;

/// Asks the server if one is named, at `path` below `/api/v1`; otherwise opens the store and asks `local` with the
/// views as known then and the day.
pub(super) fn asked<T: Serialize>(
    globals: &Globals,
    times: Times,
    path: &[&str],
    query: &[(&str, String)],
    local: impl FnOnce(&Views, Occurred) -> Result<T, AppError>,
) -> Result<Value, AppError> {
    if let Some(url) = &globals.server {
        return Client::new(url)?.speaking(globals.lang).ask(path, query);
    }
    let desk = globals.read_desk()?;
    let views = times.views(&desk)?;
    let answer = local(&views, times.day(&desk));
    drop(views);
    desk.close()?;
    serde_json::to_value(answer?).map_err(|error| writing(error.into()))
}

/// Positions as people read them: `#3 #17`.
pub(super) fn positions(value: &Value, field: &str) -> String {
    let positions = value.get(field).and_then(Value::as_array).into_iter().flatten();
    positions.map(|position| format!("#{position}")).collect::<Vec<_>>().join(" ")
}

/// A number as text; nothing where there is none.
pub(super) fn number(value: &Value, field: &str) -> String {
    value.get(field).filter(|it| !it.is_null()).map(ToString::to_string).unwrap_or_default()
}
