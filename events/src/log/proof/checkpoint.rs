//! Checkpoints: size and root of the log, signed, as text that can be given away (C2SP tlog-checkpoint, signed-note).
//!
//! ```text
//! <origin>
//! <size>
//! <base64 of the root>
//!
//! — <key name> <base64(key id ‖ signature)>
//! ```
//! The origin is the key's name: the store's id and its profile, `jinqiao/<id>/sm3-v1` or `jinqiao/<id>/sha256-v1`.
//! The signature covers the three lines with their line breaks. Extension lines are neither written nor read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::keys::{KeyError, SigningKey, VerifierKey};
use super::verify::TreeHead;

/// Most bytes of a note that is read: three lines and some dozens of witnesses' signatures.
const NOTE_MAX_BYTES: usize = 64 * 1024;
const DASH: &str = "\u{2014} ";

/// What a checkpoint says: this log, of this size, had this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Its size and root.
    pub head: TreeHead,
}

/// Why a note is no checkpoint to rely on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not written as a checkpoint.
    #[error("it is no checkpoint: {0}")]
    Malformed(&'static str),
    /// It is about another log.
    #[error("it is about the log {origin}")]
    OtherLog {
        /// The log that it names.
        origin: String,
    },
    /// It is not signed by this key.
    #[error("it is not signed by {key}")]
    Unsigned {
        /// Name of the key.
        key: String,
    },
    /// It has a signature under this key's name and id which the key did not make.
    #[error("its signature is not that of {key}")]
    BadSignature {
        /// Name of the key.
        key: String,
    },
}

impl Checkpoint {
    /// The text that is signed.
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.head.size, STANDARD.encode(self.head.root))
    }

    /// The signed note.
    ///
    /// # Errors
    /// When the signature cannot be made.
    pub fn sign(&self, key: &SigningKey) -> Result<String, KeyError> {
        let text = self.text();
        let verifier = key.verifier();
        let signature = [verifier.id().as_slice(), &key.sign(text.as_bytes())?].concat();
        Ok(format!("{text}\n{DASH}{} {}\n", verifier.name(), STANDARD.encode(signature)))
    }

    /// Reads a note and checks that this key has signed it, for the log that has the key's name. Signatures of
    /// others (witnesses) are passed over.
    ///
    /// # Errors
    /// Says why it cannot be relied on.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, NoteError> {
        let (checkpoint, text, signatures) = parse(note)?;
        if checkpoint.origin != key.name() {
            return Err(NoteError::OtherLog { origin: checkpoint.origin });
        }
        let mut signed = false;
        for (name, signature) in signatures {
            let Some((id, signature)) = signature.split_first_chunk::<4>() else {
                return Err(NoteError::Malformed("a signature is too short"));
            };
            if name == key.name() && *id == key.id() {
                if !key.accepts(text.as_bytes(), signature) {
                    return Err(NoteError::BadSignature { key: key.name().to_owned() });
                }
                signed = true;
            }
        }
        if signed { Ok(checkpoint) } else { Err(NoteError::Unsigned { key: key.name().to_owned() }) }
    }
}

/// What a note says, the text that its signatures cover, and the signatures with their keys' names.
type Parsed<'a> = (Checkpoint, &'a str, Vec<(&'a str, Vec<u8>)>);

fn parse(note: &str) -> Result<Parsed<'_>, NoteError> {
    if note.len() > NOTE_MAX_BYTES {
        return Err(NoteError::Malformed("it is too long"));
    }
    if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return Err(NoteError::Malformed("it has control characters"));
    }
    let end = note.rfind("\n\n").ok_or(NoteError::Malformed("no empty line before the signatures"))?;
    let (text, signatures) = note.split_at(end + 1);
    let mut lines = text.split('\n');
    let mut line = || lines.next().ok_or(NoteError::Malformed("a line is missing"));
    let (origin, size, root, nothing) = (line()?, line()?, line()?, line()?);
    if origin.is_empty() || !nothing.is_empty() || line().is_ok() {
        return Err(NoteError::Malformed("it has not exactly three lines"));
    }
    let head = TreeHead { size: parse_size(size)?, root: parse_root(root)? };
    let signatures = signatures.strip_prefix('\n').unwrap_or_default();
    let signatures =
        signatures.strip_suffix('\n').ok_or(NoteError::Malformed("it ends without a line break"))?;
    let signatures = signatures.split('\n').map(parse_signature).collect::<Result<_, _>>()?;
    Ok((Checkpoint { origin: origin.to_owned(), head }, text, signatures))
}

/// A decimal number in its one spelling.
fn parse_size(text: &str) -> Result<u64, NoteError> {
    let size: Option<u64> = text.parse().ok();
    size.filter(|size| size.to_string() == text).ok_or(NoteError::Malformed("the size is no plain number"))
}

fn parse_root(text: &str) -> Result<[u8; 32], NoteError> {
    let root = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    root.ok_or(NoteError::Malformed("the root is not 32 bytes in base64"))
}

fn parse_signature(line: &str) -> Result<(&str, Vec<u8>), NoteError> {
    let parts = line.strip_prefix(DASH).and_then(|line| line.split_once(' '));
    let decoded = parts.and_then(|(name, encoded)| Some((name, STANDARD.decode(encoded).ok()?)));
    decoded.filter(|(name, _)| !name.is_empty()).ok_or(NoteError::Malformed("a signature line is wrong"))
}
