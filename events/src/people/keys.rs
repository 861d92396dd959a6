//! The keys of a store, and all that is done with them: SM4-GCM for keeping, HMAC-SM3 for finding.

use aes_gcm::aead::{Aead, Payload, consts::U12};
use aes_gcm::{AesGcm, KeyInit};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

use super::{KEK, PERSONS, PeopleError, record::Records};
use crate::value::ids::PersonId;

type Sm4Gcm = AesGcm<Sm4, U12>;
/// An SM4 key: 128 bits.
type Key = Zeroizing<[u8; 16]>;
/// HMAC-SM3 under the store's own key.
pub(super) type Token = [u8; 32];

const NONCE_BYTES: usize = 12;

/// What a ciphertext is of: part of its associated data, so that none can stand in for another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    DataKey,
    Content,
}

/// What the key file holds. The matching key is apart, so that the KEK can be changed and people still found.
#[derive(Serialize, Deserialize)]
struct Secret {
    store: [u8; 16],
    version: u32,
    kek: [u8; 16],
    hmac: [u8; 32],
}

/// What the file of persons holds: records, and a stamp that only the store's two keys together can make.
#[derive(Serialize, Deserialize)]
pub(super) struct Stamped {
    stamp: Vec<u8>,
    records: Vec<u8>,
}

/// The keys of one store.
pub(super) struct Keys {
    store: [u8; 16],
    version: u32,
    kek: Key,
    hmac: Hmac<Sm3>,
}

impl Keys {
    /// Fresh keys, and the payload of their file.
    pub(super) fn generate() -> Result<(Self, Zeroizing<Vec<u8>>), PeopleError> {
        let secret = Secret { store: random()?, version: 1, kek: random()?, hmac: random()? };
        let secret = to_bytes(&secret)?;
        Ok((Self::from_secret(&secret)?, secret))
    }

    pub(super) fn from_secret(payload: &[u8]) -> Result<Self, PeopleError> {
        let secret: Secret = postcard::from_bytes(payload).map_err(|_| PeopleError::Damaged { file: KEK })?;
        let hmac = Hmac::new_from_slice(&secret.hmac).map_err(|_| PeopleError::Damaged { file: KEK })?;
        Ok(Self { store: secret.store, version: secret.version, kek: Zeroizing::new(secret.kek), hmac })
    }

    pub(super) const fn version(&self) -> u32 {
        self.version
    }

    /// A keyed digest of a normalised name and what tells namesakes apart. Normalised text has no NUL.
    pub(super) fn token(&self, by: &str, name: &str, with: &str) -> Token {
        self.digest(&[by, name, with].join("\0").into_bytes())
    }

    fn digest(&self, bytes: &[u8]) -> Token {
        self.hmac.clone().chain_update(bytes).finalize().into_bytes().into()
    }

    /// A fresh key for one person: wrapped, and plain.
    pub(super) fn new_data_key(&self, person: PersonId) -> Result<(Vec<u8>, Key), PeopleError> {
        let key = Zeroizing::new(random()?);
        Ok((self.seal(&self.kek, person, Part::DataKey, &*key)?, key))
    }

    pub(super) fn unwrap(&self, person: PersonId, wrapped: &[u8]) -> Result<Key, PeopleError> {
        let key = self.open(&self.kek, person, Part::DataKey, wrapped)?;
        let key = key.as_slice().try_into().map_err(|_| PeopleError::Damaged { file: PERSONS })?;
        Ok(Zeroizing::new(key))
    }

    /// Nonce, ciphertext and tag. A fresh random nonce each time; a key seals far fewer than 2^32 times.
    pub(super) fn seal(
        &self,
        key: &Key,
        person: PersonId,
        part: Part,
        plain: &[u8],
    ) -> Result<Vec<u8>, PeopleError> {
        encrypt(key, &self.bound_to(person, part), plain)
    }

    pub(super) fn open(
        &self,
        key: &Key,
        person: PersonId,
        part: Part,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PeopleError> {
        decrypt(key, &self.bound_to(person, part), sealed).ok_or(PeopleError::Damaged { file: PERSONS })
    }

    fn bound_to(&self, person: PersonId, part: Part) -> Vec<u8> {
        let part: &[u8] = match part {
            Part::DataKey => b"data_key",
            Part::Content => b"name,phone",
        };
        [&self.store, person.uuid().as_bytes().as_slice(), part].concat()
    }

    /// The payload of the file of persons: sorted by id, and stamped against change by who lacks the keys.
    pub(super) fn stamped(&self, records: &Records) -> Result<Vec<u8>, PeopleError> {
        let records = to_bytes(records)?.to_vec();
        let stamp = encrypt(&self.kek, &self.digest(&records), b"")?;
        Ok(to_bytes(&Stamped { stamp, records })?.to_vec())
    }

    /// The records, when these very keys stamped them.
    pub(super) fn verified(&self, stored: &Stamped) -> Result<Records, PeopleError> {
        decrypt(&self.kek, &self.digest(&stored.records), &stored.stamp).ok_or(PeopleError::WrongKey)?;
        from_bytes(&stored.records)
    }
}

impl Stamped {
    /// Whether nobody was ever kept: an empty map is one byte.
    pub(super) fn is_empty(&self) -> bool {
        self.records == [0]
    }
}

/// Takes the payload of the file of persons apart, unverified.
pub(super) fn split(payload: &[u8]) -> Result<Stamped, PeopleError> {
    from_bytes(payload)
}

fn encrypt(key: &Key, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, PeopleError> {
    let nonce: [u8; NONCE_BYTES] = random()?;
    let sealed = Sm4Gcm::new(&(**key).into()).encrypt(&nonce.into(), Payload { msg: plain, aad });
    let sealed = sealed.map_err(|_| std::io::Error::other("SM4-GCM"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn decrypt(key: &Key, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let plain = Sm4Gcm::new(&(**key).into()).decrypt(&(*nonce).into(), Payload { msg: sealed, aad });
    plain.ok().map(Zeroizing::new)
}

fn random<const N: usize>() -> Result<[u8; N], PeopleError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes)
}

pub(super) fn to_bytes<T: Serialize>(value: &T) -> Result<Zeroizing<Vec<u8>>, PeopleError> {
    let bytes = postcard::to_stdvec(value).map_err(std::io::Error::other)?;
    Ok(Zeroizing::new(bytes))
}

pub(super) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, PeopleError> {
    postcard::from_bytes(bytes).map_err(|_| PeopleError::Damaged { file: PERSONS })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn sm4_gcm_gives_the_vector_of_rfc_8998_a_1() {
        let key = Zeroizing::new(hex("0123456789abcdeffedcba9876543210").try_into().unwrap());
        let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let plain: Vec<u8> =
            [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa].iter().flat_map(|b| [*b; 8]).collect();
        let sealed = hex(concat!(
            "00001234567800000000abcd", // the nonce
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735",
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
            "83de3541e4c2b58177e065a9bf7b62ec", // the tag
        ));
        assert_eq!(**decrypt(&key, &aad, &sealed).unwrap(), plain);
        assert!(decrypt(&key, &aad[1..], &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(decrypt(&key, &aad, &changed).is_none(), "byte {at}");
        }
    }

    #[test]
    fn a_ciphertext_cannot_stand_in_for_another() {
        let (keys, _) = Keys::generate().unwrap();
        let [one, other] = [1, 2].map(|n| PersonId::new(uuid::Uuid::from_u128(n)));
        let (wrapped, key) = keys.new_data_key(one).unwrap();
        assert!(keys.unwrap(other, &wrapped).is_err());
        let sealed = keys.seal(&key, one, Part::Content, b"x").unwrap();
        assert!(keys.open(&key, one, Part::Content, &sealed).is_ok());
        assert!(keys.open(&key, other, Part::Content, &sealed).is_err());
        assert!(keys.open(&key, one, Part::DataKey, &sealed).is_err());
    }
}
