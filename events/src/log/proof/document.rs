//! Proofs as they are handed out: JSON that needs neither this program nor its store to be checked.
//!
//! ```json
//! {"type": "jinqiao-inclusion-v1", "hash": "sm3", "position": 42, "size": 1713, "stored": "<base64 of the stored bytes>",
//!  "path": ["<hex>", ...], "root": "<hex>"}
//! {"type": "jinqiao-consistency-v1", "hash": "sm3", "from": 1000, "from_root": "<hex>", "to": 1713, "to_root": "<hex>",
//!  "path": ["<hex>", ...]}
//! ```
//! A line of `log export --proof` is a line of the export with one more field, from which the whole tree follows:
//! ```json
//! {..., "body": {...}, "proof": {"hash": "sm3", "stored": "<base64 of the stored bytes>", "leaf": "<hex>"}}
//! ```
//! The leaf's index is `position - 1`; `path` runs from the leaf to the root. Fields that are not named here are
//! none of ours and refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Serialize};

use super::hash::{NodeHash, Profile, TreeHash};
use super::verify::{TreeHead, Unproved, verify_consistency, verify_inclusion};
use crate::log::Position;
use crate::log::envelope::hex;

/// Shows that an event is in the log, at that position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The hash function.
    pub profile: Profile,
    /// The event's position, from 1.
    pub position: Position,
    /// Size of the log that the proof is about.
    pub size: u64,
    /// The event's stored bytes.
    pub payload: Vec<u8>,
    /// From the leaf to the root.
    pub path: Vec<NodeHash>,
    /// The root of the log of that size.
    pub root: NodeHash,
}

/// Shows that an older log is a beginning of a newer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The hash function.
    pub profile: Profile,
    /// The older log.
    pub old: TreeHead,
    /// The newer log.
    pub new: TreeHead,
    /// What leads from one to the other.
    pub path: Vec<NodeHash>,
}

impl InclusionProof {
    /// Checks it against its own root; whether that is the right one is told by a checkpoint.
    ///
    /// # Errors
    /// Says why it proves nothing.
    pub fn verify(&self) -> Result<(), Unproved> {
        let index = self.position.checked_sub(1).ok_or(Unproved::NoSuchLeaf)?;
        let leaf = self.profile.leaf(&self.payload);
        verify_inclusion(self.profile, &leaf, index, self.size, &self.path, &self.root)
    }

    /// As one line of JSON.
    ///
    /// # Errors
    /// Never for a proof; the serializer's error type asks for it.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&InclusionJson {
            kind: InclusionType::V1,
            hash: self.profile,
            position: self.position,
            size: self.size,
            stored: STANDARD.encode(&self.payload),
            path: self.path.iter().map(hex).collect(),
            root: hex(&self.root),
        })
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When it is no JSON, or not of this form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let json: InclusionJson = serde_json::from_str(text)?;
        Ok(Self {
            profile: json.hash,
            position: json.position,
            size: json.size,
            payload: STANDARD.decode(json.stored).map_err(serde_json::Error::custom)?,
            path: json.path.iter().map(|hash| unhex(hash)).collect::<Result<_, _>>()?,
            root: unhex(&json.root)?,
        })
    }
}

impl ConsistencyProof {
    /// Checks it against its own roots; whether those are the right ones is told by checkpoints.
    ///
    /// # Errors
    /// Says why it proves nothing.
    pub fn verify(&self) -> Result<(), Unproved> {
        verify_consistency(self.profile, &self.old, &self.new, &self.path)
    }

    /// As one line of JSON.
    ///
    /// # Errors
    /// Never for a proof; the serializer's error type asks for it.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&ConsistencyJson {
            kind: ConsistencyType::V1,
            hash: self.profile,
            from: self.old.size,
            from_root: hex(&self.old.root),
            to: self.new.size,
            to_root: hex(&self.new.root),
            path: self.path.iter().map(hex).collect(),
        })
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When it is no JSON, or not of this form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let json: ConsistencyJson = serde_json::from_str(text)?;
        Ok(Self {
            profile: json.hash,
            old: TreeHead { size: json.from, root: unhex(&json.from_root)? },
            new: TreeHead { size: json.to, root: unhex(&json.to_root)? },
            path: json.path.iter().map(|hash| unhex(hash)).collect::<Result<_, _>>()?,
        })
    }
}

/// A line of the export (a JSON object) with the stored bytes that it was read from, and their leaf.
#[must_use]
pub fn with_proof(line: &str, profile: Profile, payload: &[u8]) -> String {
    let (stored, leaf) = (STANDARD.encode(payload), hex(&profile.leaf(payload)));
    let object = line.strip_suffix('}').unwrap_or(line);
    format!(r#"{object},"proof":{{"hash":"{}","stored":"{stored}","leaf":"{leaf}"}}}}"#, profile.name())
}

#[derive(Serialize, Deserialize)]
enum InclusionType {
    #[serde(rename = "jinqiao-inclusion-v1")]
    V1,
}

#[derive(Serialize, Deserialize)]
enum ConsistencyType {
    #[serde(rename = "jinqiao-consistency-v1")]
    V1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InclusionJson {
    #[serde(rename = "type")]
    kind: InclusionType,
    hash: Profile,
    position: Position,
    size: u64,
    stored: String,
    path: Vec<String>,
    root: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsistencyJson {
    #[serde(rename = "type")]
    kind: ConsistencyType,
    hash: Profile,
    from: u64,
    from_root: String,
    to: u64,
    to_root: String,
    path: Vec<String>,
}

/// 64 lower-case hexadecimal digits. One spelling only, so that a proof has one form.
fn unhex(text: &str) -> Result<NodeHash, serde_json::Error> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    let hash = bytes.filter(|_| rest.is_empty()).and_then(|bytes| NodeHash::try_from(bytes).ok());
    hash.ok_or_else(|| serde_json::Error::custom("not 64 lower-case hexadecimal digits"))
}
