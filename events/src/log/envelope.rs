//! The stored form of an event, its JSON line, and the decoded form that views and rules see.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Position;
use crate::kinds::{BodyError, Event, INVALID_BODY, Kind, Tag};
use crate::value::{ids::EventId, occurred::Occurred};

/// Where an event was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name of the file, without folders.
    pub file: String,
    /// Sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Row as a spreadsheet shows it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// SM3 of the file's bytes, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// An event as it is stored: the body stays the text that was written, in the version that it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Place in the log; 0 until the log gives one.
    pub position: Position,
    /// Id (UUIDv7).
    pub id: EventId,
    /// Name of the kind.
    pub kind: String,
    /// Version of the body's shape.
    pub version: u16,
    /// When it happened, as people said (发生时间).
    pub occurred: Occurred,
    /// When it was recorded (登记时间), in milliseconds; never decreases along positions.
    pub recorded_at: Timestamp,
    /// Who recorded it: an account, never a person's name.
    pub recorded_by: Option<String>,
    /// For which organisation it was recorded.
    pub organisation: Option<String>,
    /// Where it was read from.
    pub source: Option<Source>,
    /// Programmes it belongs to.
    pub programmes: Vec<String>,
    /// Idempotency key.
    pub key: Option<String>,
    /// First 16 bytes of the SM3 of the content as submitted; present exactly with a key.
    pub digest: Option<[u8; 16]>,
    /// Tags, sorted: derived from the body when it was written, kept so that the log need not know kinds.
    pub tags: Vec<Tag>,
    /// The body, JSON text.
    pub body: String,
}

/// What a fold needs of a stored event, borrowed from wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    /// Place in the log.
    pub position: Position,
    /// Id.
    pub id: EventId,
    /// Name of the kind.
    pub kind: &'a str,
    /// Version of the body's shape.
    pub version: u16,
    /// When it happened.
    pub occurred: Occurred,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub recorded_by: Option<&'a str>,
    /// Programmes it belongs to.
    pub programmes: Vec<&'a str>,
    /// The body, JSON text.
    pub body: &'a str,
}

/// An event in today's shape, with its header.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Place in the log.
    pub position: Position,
    /// Id.
    pub id: EventId,
    /// When it happened.
    pub occurred: Occurred,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub recorded_by: Option<String>,
    /// Programmes it belongs to.
    pub programmes: Vec<String>,
    /// The event.
    pub event: Event,
}

/// Why a stored event cannot be read by this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The kind is not in the vocabulary (a newer program wrote it).
    #[error("position {position}: unknown kind {kind:?}")]
    UnknownKind {
        /// Where.
        position: Position,
        /// The name.
        kind: String,
    },
    /// The body does not fit.
    #[error("position {position}: {error}")]
    Body {
        /// Where.
        position: Position,
        /// What does not fit.
        error: BodyError,
    },
}

impl Told<'_> {
    /// The event in today's shape.
    ///
    /// # Errors
    /// When the kind is unknown or the body does not fit it.
    pub fn decode(&self) -> Result<Recorded, DecodeError> {
        let position = self.position;
        let kind = Kind::from_name(self.kind)
            .ok_or_else(|| DecodeError::UnknownKind { position, kind: self.kind.to_owned() })?;
        let event =
            kind.decode(self.version, self.body).map_err(|error| DecodeError::Body { position, error })?;
        Ok(Recorded {
            position,
            id: self.id,
            occurred: self.occurred,
            recorded_at: self.recorded_at,
            recorded_by: self.recorded_by.map(str::to_owned),
            programmes: self.programmes.iter().map(|&name| name.to_owned()).collect(),
            event,
        })
    }
}

impl Stored {
    /// What a fold needs of it.
    #[must_use]
    pub fn told(&self) -> Told<'_> {
        Told {
            position: self.position,
            id: self.id,
            kind: &self.kind,
            version: self.version,
            occurred: self.occurred,
            recorded_at: self.recorded_at,
            recorded_by: self.recorded_by.as_deref(),
            programmes: self.programmes.iter().map(String::as_str).collect(),
            body: &self.body,
        }
    }

    /// The event in today's shape.
    ///
    /// # Errors
    /// When the kind is unknown or the body does not fit it.
    pub fn decode(&self) -> Result<Recorded, DecodeError> {
        self.told().decode()
    }

    /// One JSON line of the public form, without a line break; the body verbatim.
    ///
    /// # Errors
    /// When the body is no JSON: the store is damaged.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        let body: &RawValue = serde_json::from_str(&self.body)?;
        serde_json::to_string(&LineOut {
            position: self.position,
            id: self.id,
            kind: &self.kind,
            version: self.version,
            occurred: self.occurred,
            recorded_at: self.recorded_at,
            recorded_by: self.recorded_by.as_deref(),
            organisation: self.organisation.as_deref(),
            source: self.source.as_ref(),
            programmes: &self.programmes,
            key: self.key.as_deref(),
            digest: self.digest.map(|digest| hex(&digest)),
            body,
        })
    }
}

/// The public JSON form, going out. Fields in the order people read them.
#[derive(Serialize)]
struct LineOut<'a> {
    position: Position,
    id: EventId,
    kind: &'a str,
    version: u16,
    occurred: Occurred,
    recorded_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Source>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    programmes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    body: &'a RawValue,
}

/// The public JSON form, coming in: every field that may stand on a line. Which of them a door accepts is
/// the door's rule ([`Line::export_field`]).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Name of the kind.
    pub kind: String,
    /// When it happened.
    pub occurred: Occurred,
    /// The body.
    pub body: Box<RawValue>,
    /// Version of the body's shape; today's when left out.
    #[serde(default)]
    pub version: Option<u16>,
    /// Idempotency key.
    #[serde(default)]
    pub key: Option<String>,
    /// Where it was read from.
    #[serde(default)]
    pub source: Option<Source>,
    /// Programmes.
    #[serde(default)]
    pub programmes: Vec<String>,
    /// Who recorded it.
    #[serde(default)]
    pub recorded_by: Option<String>,
    /// For which organisation.
    #[serde(default)]
    pub organisation: Option<String>,
    /// Only in an export.
    #[serde(default)]
    pub position: Option<Position>,
    /// Only in an export.
    #[serde(default)]
    pub id: Option<EventId>,
    /// Only in an export.
    #[serde(default)]
    pub recorded_at: Option<Timestamp>,
    /// Only in an export.
    #[serde(default)]
    pub digest: Option<String>,
}

impl Line {
    /// The first field that only an export may carry, if one is there.
    #[must_use]
    pub const fn export_field(&self) -> Option<&'static str> {
        if self.position.is_some() {
            Some("position")
        } else if self.id.is_some() {
            Some("id")
        } else if self.recorded_at.is_some() {
            Some("recorded_at")
        } else if self.digest.is_some() {
            Some("digest")
        } else {
            None
        }
    }

    /// The stored event of an exported line, exactly as it was.
    ///
    /// # Errors
    /// Names the field that an export must carry and this line lacks, or the body's fault.
    pub fn into_stored(self) -> Result<Stored, BodyError> {
        let missing = |field: &str| BodyError {
            code: INVALID_BODY,
            pointer: format!("/{field}"),
            reason: "missing in an exported line".into(),
        };
        let version = self.version.ok_or_else(|| missing("version"))?;
        let kind = Kind::from_name(&self.kind).ok_or_else(|| BodyError {
            code: INVALID_BODY,
            pointer: "/kind".into(),
            reason: format!("unknown kind {:?}", self.kind),
        })?;
        let tags = kind.decode(version, self.body.get())?.tags();
        Ok(Stored {
            position: self.position.ok_or_else(|| missing("position"))?,
            id: self.id.ok_or_else(|| missing("id"))?,
            kind: self.kind,
            version,
            occurred: self.occurred,
            recorded_at: self.recorded_at.ok_or_else(|| missing("recorded_at"))?,
            recorded_by: self.recorded_by,
            organisation: self.organisation,
            source: self.source,
            programmes: self.programmes,
            key: self.key,
            digest: self.digest.as_deref().map(unhex).transpose()?,
            tags,
            body: self.body.get().to_owned(),
        })
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Result<[u8; 16], BodyError> {
    u128::from_str_radix(text, 16).ok().filter(|_| text.len() == 32).map(u128::to_be_bytes).ok_or_else(|| {
        BodyError {
            code: INVALID_BODY,
            pointer: "/digest".into(),
            reason: "not 32 hexadecimal digits".into(),
        }
    })
}
