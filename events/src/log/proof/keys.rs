//! Keys that sign checkpoints, in the textual form of C2SP signed notes.
//!
//! ```text
//! public:   <name>+<key id, 8 hexadecimal digits>+<base64(type ‖ public key)>
//! private:  PRIVATE+KEY+<name>+<key id>+<base64(type ‖ secret)>
//! key id  = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[..4]
//! ```
//! The type of Ed25519 is `0x01` and its public key 32 bytes. Signed notes have no type for SM2: ours is `0xff`
//! followed by `jinqiao/sm2-sm3`, as the format says for such cases; the public key is the uncompressed point (65
//! bytes), the signature `r ‖ s` (64 bytes) over the message with the signer's id `1234567812345678` of GB/T 32918.
//! Public witnesses cannot check it. The key id is SHA-256 in both, since it is part of the layout, not of the proof.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use sm2::dsa::signature::Verifier as _;
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use zeroize::Zeroizing;

use super::hash::{Profile, TreeHash};
use crate::log::envelope::hex;

const ED25519: &[u8] = &[1];
const SM2_SM3: &[u8] = b"\xffjinqiao/sm2-sm3";
/// The signer's id that GB/T 32918 and GM/T 0009 name where no other is agreed.
const SM2_SIGNER_ID: &str = "1234567812345678";
const PRIVATE: &str = "PRIVATE+KEY+";

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is no key of the named form.
    #[error("this is no key of the form {0}")]
    Malformed(&'static str),
    /// The numbers in it are no key of its algorithm.
    #[error("the key is none of its algorithm")]
    Unfit,
    /// The key id does not belong to the name and key.
    #[error("the key id does not belong to the key")]
    OtherId,
    /// A name may not be empty, nor have spaces, control characters or a plus sign.
    #[error("the key's name is empty or has a space, a control character or a plus sign")]
    BadName,
    /// The system has no random numbers to give, or the signature could not be made.
    #[error("the system's random numbers or the signature failed")]
    Failed,
}

#[derive(Clone)]
enum Secret {
    Sm2(Box<sm2::dsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

#[derive(Clone)]
enum Public {
    Sm2(Box<sm2::dsa::VerifyingKey>),
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
}

/// A key that signs. Never printed.
#[derive(Clone)]
pub struct SigningKey {
    secret: Secret,
    verifier: VerifierKey,
}

/// A key that checks: what an auditor needs besides the checkpoint.
#[derive(Clone)]
pub struct VerifierKey {
    name: String,
    public: Public,
}

impl SigningKey {
    /// A fresh key of the profile's algorithm.
    ///
    /// # Errors
    /// When the name is none, or the system gives no random numbers.
    pub fn generate(name: &str, profile: Profile) -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0; 32]);
        // Nearly all numbers of 256 bits are SM2 keys; all are of Ed25519.
        for _ in 0..8 {
            getrandom::fill(secret.as_mut_slice()).map_err(|_| KeyError::Failed)?;
            match Self::from_secret(name, profile, &secret) {
                Err(KeyError::Unfit) => {}
                made => return made,
            }
        }
        Err(KeyError::Failed)
    }

    fn from_secret(name: &str, profile: Profile, secret: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        let (secret, public) = match profile {
            Profile::Sm3 => {
                let key =
                    sm2::dsa::SigningKey::from_slice(SM2_SIGNER_ID, secret).map_err(|_| KeyError::Unfit)?;
                let public = Public::Sm2(Box::new(key.verifying_key().clone()));
                (Secret::Sm2(Box::new(key)), public)
            }
            Profile::Sha256 => {
                let key = ed25519_dalek::SigningKey::from_bytes(secret);
                let public = Public::Ed25519(Box::new(key.verifying_key()));
                (Secret::Ed25519(Box::new(key)), public)
            }
        };
        Ok(Self { secret, verifier: VerifierKey { name: name.to_owned(), public } })
    }

    /// The key that checks its signatures.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs; the same message gives the same 64 bytes.
    ///
    /// # Errors
    /// When the algorithm fails, which for SM2 has a chance of about 2^-256.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.secret {
            Secret::Sm2(key) => {
                let signature: sm2::dsa::Signature =
                    sm2::dsa::signature::Signer::try_sign(key.as_ref(), message)
                        .map_err(|_| KeyError::Failed)?;
                Ok(signature.to_bytes().to_vec())
            }
            Secret::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
        }
    }

    /// The private key as text, with a line break.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let secret: Zeroizing<Vec<u8>> = Zeroizing::new(match &self.secret {
            Secret::Sm2(key) => key.to_bytes().to_vec(),
            Secret::Ed25519(key) => key.to_bytes().to_vec(),
        });
        let typed = Zeroizing::new([self.verifier.kind(), &secret].concat());
        let encoded = Zeroizing::new(STANDARD.encode(&*typed));
        let VerifierKey { name, .. } = &self.verifier;
        Zeroizing::new(format!("{PRIVATE}{name}+{}+{}\n", hex(&self.verifier.id()), *encoded))
    }

    /// Reads the text back.
    ///
    /// # Errors
    /// When it is no private key, or its parts do not belong together.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        const FORM: KeyError = KeyError::Malformed("PRIVATE+KEY+name+id+base64");
        let (name, id, bytes) = split(text.trim_end().strip_prefix(PRIVATE).ok_or(FORM)?).ok_or(FORM)?;
        let bytes = Zeroizing::new(bytes);
        let (profile, secret) = typed(&bytes).ok_or(FORM)?;
        let secret = Zeroizing::new(<[u8; 32]>::try_from(secret).map_err(|_| FORM)?);
        let key = Self::from_secret(name, profile, &secret)?;
        if hex(&key.verifier.id()) == id { Ok(key) } else { Err(KeyError::OtherId) }
    }
}

impl VerifierKey {
    /// The key's name: the origin of the log whose checkpoints it checks.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The profile of the logs whose checkpoints it checks.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        match self.public {
            Public::Sm2(_) => Profile::Sm3,
            Public::Ed25519(_) => Profile::Sha256,
        }
    }

    const fn kind(&self) -> &'static [u8] {
        match self.public {
            Public::Sm2(_) => SM2_SM3,
            Public::Ed25519(_) => ED25519,
        }
    }

    /// Type and public key.
    fn typed(&self) -> Vec<u8> {
        let key = match &self.public {
            Public::Sm2(key) => key.as_affine().to_sec1_point(false).as_bytes().to_vec(),
            Public::Ed25519(key) => key.to_bytes().to_vec(),
        };
        [self.kind(), &key].concat()
    }

    /// The four bytes that, with the name, say by which key a signature was made.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = Profile::Sha256.hash(&[self.name.as_bytes(), b"\n", &self.typed()]);
        [a, b, c, d]
    }

    /// Whether the signature is this key's over the message.
    pub(super) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Sm2(key) => sm2::dsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }

    /// Reads the textual form of a public key.
    ///
    /// # Errors
    /// When it is none, or its parts do not belong together.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        const FORM: KeyError = KeyError::Malformed("name+id+base64");
        let (name, id, bytes) = split(text.trim_end()).ok_or(FORM)?;
        check_name(name)?;
        let (profile, key) = typed(&bytes).ok_or(FORM)?;
        let public = match profile {
            // One spelling of a key only: the uncompressed one.
            Profile::Sm3 if key.len() == 65 => sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_SIGNER_ID, key)
                .map(|key| Public::Sm2(Box::new(key)))
                .map_err(|_| KeyError::Unfit)?,
            Profile::Sm3 => return Err(KeyError::Unfit),
            Profile::Sha256 => <&[u8; 32]>::try_from(key)
                .ok()
                .and_then(|key| ed25519_dalek::VerifyingKey::from_bytes(key).ok())
                .map(|key| Public::Ed25519(Box::new(key)))
                .ok_or(KeyError::Unfit)?,
        };
        let key = Self { name: name.to_owned(), public };
        if hex(&key.id()) == id { Ok(key) } else { Err(KeyError::OtherId) }
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.typed() == other.typed()
    }
}

impl Eq for VerifierKey {}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex(&self.id()), STANDARD.encode(self.typed()))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

/// Name, key id and decoded bytes of `name+id+base64`. The base64 may have plus signs of its own.
fn split(text: &str) -> Option<(&str, &str, Vec<u8>)> {
    let (name, rest) = text.split_once('+')?;
    let (id, encoded) = rest.split_once('+')?;
    Some((name, id, STANDARD.decode(encoded).ok()?))
}

/// Takes the type off a key.
fn typed(bytes: &[u8]) -> Option<(Profile, &[u8])> {
    let sm2 = bytes.strip_prefix(SM2_SM3).map(|key| (Profile::Sm3, key));
    sm2.or_else(|| bytes.strip_prefix(ED25519).map(|key| (Profile::Sha256, key)))
}

fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) { Err(KeyError::BadName) } else { Ok(()) }
}
