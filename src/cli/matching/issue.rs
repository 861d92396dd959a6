//! `match --issue`: records that a list was handed out, so that the funnel of suggestions begins with it.

use jinqiao_events::clock::{self, System};
use jinqiao_events::kinds::Kind;
use serde_json::{Value, json};

use super::{items, text};
use crate::cli::{Globals, writing};
use crate::client::Client;
use crate::desk::{Submission, draft};
use crate::error::AppError;

/// Records the list as handed out today; the position of the event. Candidates stand in the order of the list.
pub(super) fn issue(list: &Value, globals: &Globals) -> Result<u64, AppError> {
    let kind = Kind::MatchListIssued;
    let candidates: Vec<String> = items(list, "lines").map(|line| text(line, "party")).collect();
    let body = json!({
        "party": text(list, "party"), "candidates": candidates, "model": text(list, "model"),
        "at_position": list.get("position"),
    });
    if let Some(url) = &globals.server {
        let line =
            json!({ "kind": kind.name(), "occurred": clock::today(&System).to_string(), "body": body });
        let receipts = Client::new(url)?.speaking(globals.lang).post_events(&[&line.to_string()])?;
        let position = receipts.first().and_then(|receipt| receipt.get("position")).and_then(Value::as_u64);
        return Ok(position.unwrap_or_default());
    }
    let event = kind
        .decode(kind.version(), &body.to_string())
        .map_err(|error| writing(std::io::Error::other(error.to_string())))?;
    let desk = globals.open_desk()?;
    let unit = vec![draft(event, clock::today(desk.clock()))];
    let answers = desk.record_blocking(Submission { units: vec![unit], rehearsal: false });
    desk.close()?;
    let receipts = answers?.pop().ok_or(AppError::Busy)?.map_err(|fault| fault.refusal)?;
    Ok(receipts.first().map_or(0, |receipt| receipt.position))
}
