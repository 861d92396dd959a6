//! What an idempotency key stands for: the content under it, whatever the version of its shape.

use jinqiao_events::decide::{Draft, Rules};
use jinqiao_events::kinds::Event;
use jinqiao_events::log::{LogError, Stored};
use serde_json::Value;
use sm3::{Digest, Sm3};

/// First 16 bytes of the SM3 of kind, version, date and body as submitted.
pub(super) fn digest(draft: &Draft) -> Result<[u8; 16], LogError> {
    digest_in(draft, draft.event.kind().version())
}

fn digest_in(draft: &Draft, version: u16) -> Result<[u8; 16], LogError> {
    let mut hash = Sm3::new();
    hash.update(format!("{}\n{version}\n{}\n", draft.event.kind().name(), draft.occurred));
    hash.update(body_of(&draft.event)?);
    let mut digest = [0; 16];
    digest.iter_mut().zip(hash.finalize()).for_each(|(slot, byte)| *slot = byte);
    Ok(digest)
}

/// Whether the draft says what was recorded under its key.
///
/// The digest tells, as long as the kind keeps its shape. What an older program recorded was digested in the
/// shape of its time: there the draft is digested as it would have been then (fields were added), and failing
/// that (fields were changed) both are compared in today's shape, with their parties resolved. The rules may have
/// filled in what the draft leaves open.
pub(super) fn is_same(draft: &Draft, stored: &Stored, rules: &Rules) -> Result<bool, LogError> {
    let kind = draft.event.kind();
    if stored.kind != kind.name() {
        return Ok(false);
    }
    if stored.digest == Some(digest_in(draft, stored.version)?) {
        return Ok(true);
    }
    if stored.version == kind.version() || stored.occurred != draft.occurred {
        return Ok(false);
    }
    let Ok(recorded) = stored.decode() else { return Ok(false) };
    let (said, known) = (resolved(&draft.event, rules)?, resolved(&recorded.event, rules)?);
    Ok(is_stated_in(&said, &known))
}

fn resolved(event: &Event, rules: &Rules) -> Result<Value, LogError> {
    let mut event = event.clone();
    // A reference that means nobody today stays as it was written.
    drop(rules.resolve_parties(&mut event));
    value_of(&event)
}

/// Whether everything that `said` states stands in `known`, which may state more.
fn is_stated_in(said: &Value, known: &Value) -> bool {
    match (said, known) {
        (Value::Object(said), Value::Object(known)) => {
            said.iter().all(|(field, value)| known.get(field).is_some_and(|known| is_stated_in(value, known)))
        }
        (Value::Array(said), Value::Array(known)) => {
            said.len() == known.len() && said.iter().zip(known).all(|(said, known)| is_stated_in(said, known))
        }
        (said, known) => said == known,
    }
}

/// The body as a value.
pub(super) fn value_of(event: &Event) -> Result<Value, LogError> {
    serde_json::from_str(&body_of(event)?).map_err(|error| unreadable(&error))
}

/// The body as it is stored.
pub(super) fn body_of(event: &Event) -> Result<String, LogError> {
    event.body_json().map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> LogError {
    LogError::Store(format!("a body could not be written as JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use jinqiao_events::kinds::Kind;

    use super::super::slot::Slot;
    use super::*;
    use crate::door::read_draft;

    fn correction(body: &str) -> Draft {
        let line = format!(
            r#"{{"kind":"event_corrected","occurred":"2018-12-10","key":"k","body":{{"event":"0199c0de-0000-7000-8000-000000000001","reason":"误记","body":{{"a":1}}{body}}}}}"#
        );
        read_draft(line.as_bytes()).unwrap()
    }

    /// What a program of version 1 of the kind stored for it.
    fn stored_in_version_1(draft: &Draft) -> Stored {
        let digest = digest_in(draft, 1).unwrap();
        let Slot::New(new) = Slot::new(draft.clone(), Some(digest), jiff::Timestamp::UNIX_EPOCH).unwrap()
        else {
            panic!("new")
        };
        Stored { version: 1, ..new.0 }
    }

    #[test]
    fn a_key_stands_for_its_content_across_versions_of_the_kind() {
        assert!(Kind::EventCorrected.version() > 1, "the kind has had a version 1");
        let rules = Rules::default();
        let stored = stored_in_version_1(&correction(""));
        assert!(is_same(&correction(""), &stored, &rules).unwrap(), "digested in the version of its time");
        let lifted = correction(r#","version":1"#);
        assert!(is_same(&lifted, &stored, &rules).unwrap(), "compared in today's shape");
        assert!(!is_same(&correction(r#","version":2"#), &stored, &rules).unwrap());
        assert!(!is_same(&correction(r#","occurred":"2018""#), &stored, &rules).unwrap());
    }

    #[test]
    fn what_is_left_open_may_have_been_filled_in_but_nothing_said_is_missing() {
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let known = json(r#"{"a":{"b":1,"c":2},"d":[{"e":3,"f":4}]}"#);
        for said in [r#"{"a":{"b":1}}"#, r#"{"d":[{"e":3}]}"#, "{}"] {
            assert!(is_stated_in(&json(said), &known), "{said}");
        }
        for said in [r#"{"a":{"b":2}}"#, r#"{"d":[]}"#, r#"{"g":1}"#, r#"{"a":1}"#] {
            assert!(!is_stated_in(&json(said), &known), "{said}");
        }
    }
}
