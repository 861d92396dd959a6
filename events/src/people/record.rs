//! What is kept of each person, and by what a person is found again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::keys::{self, Keys, Part, Token};
use super::phone::Phone;
use super::{PeopleError, Revealed};
use crate::clock::IdSource;
use crate::value::ids::PersonId;

/// The ciphers of a record: its algorithm byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Algorithm {
    Sm4GcmHmacSm3,
}

/// What may be done with a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    Active,
    /// 限制处理: kept, but neither shown nor added to.
    Restricted,
    /// 已删除: key, content and tokens are gone; the id stays so that it is never given again.
    Erased,
}

/// All that is kept of one person; no byte of it is personal in clear.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) algorithm: Algorithm,
    pub(super) state: State,
    /// Version of the key encryption key that wraps this person's key.
    pub(super) key_version: u32,
    pub(super) created_ms: i64,
    pub(super) has_phone: bool,
    /// By which the person is found again; each token belongs to one person.
    pub(super) tokens: Vec<Token>,
    pub(super) wrapped_key: Vec<u8>,
    /// (name, phone) under the person's own key.
    pub(super) content: Vec<u8>,
}

pub(super) type Records = BTreeMap<PersonId, Record>;

#[derive(Debug, Clone, Default)]
pub(super) struct People {
    pub(super) records: Records,
    pub(super) by_token: BTreeMap<Token, PersonId>,
}

/// A [`PersonSeen`](super::PersonSeen) read and turned into tokens.
pub(super) struct Sighting {
    pub(super) name: String,
    pub(super) phone: Option<Phone>,
    pub(super) by_phone: Option<Token>,
    pub(super) by_place: Option<Token>,
}

impl People {
    pub(super) fn index(records: Records) -> Self {
        let tokens =
            records.iter().flat_map(|(person, record)| record.tokens.iter().map(|token| (*token, *person)));
        Self { by_token: tokens.collect(), records }
    }

    pub(super) fn find(&self, seen: &Sighting) -> Option<PersonId> {
        let at = |token: &Option<Token>| token.and_then(|token| self.by_token.get(&token)).copied();
        let lacks_phone =
            |person: &PersonId| self.records.get(person).is_some_and(|record| !record.has_phone);
        match seen.phone {
            Some(_) => at(&seen.by_phone).or_else(|| at(&seen.by_place).filter(lacks_phone)),
            None => at(&seen.by_place),
        }
    }

    pub(super) fn create(
        &mut self,
        keys: &Keys,
        seen: &Sighting,
        ids: &dyn IdSource,
        now: Timestamp,
    ) -> Result<PersonId, PeopleError> {
        let mut person = ids.person_id();
        while self.records.contains_key(&person) {
            person = ids.person_id();
        }
        let (wrapped_key, data_key) = keys.new_data_key(person)?;
        let content = keys::to_bytes(&(&seen.name, seen.phone.as_ref().map(Phone::as_str)))?;
        let record = Record {
            algorithm: Algorithm::Sm4GcmHmacSm3,
            state: State::Active,
            key_version: keys.version(),
            created_ms: now.as_millisecond(),
            has_phone: seen.phone.is_some(),
            tokens: Vec::new(),
            content: keys.seal(&data_key, person, Part::Content, &content)?,
            wrapped_key,
        };
        self.records.insert(person, record);
        Ok(person)
    }

    /// Adds to a known person the tokens and the phone that are new; true when there were any.
    pub(super) fn learn(
        &mut self,
        keys: &Keys,
        person: PersonId,
        seen: &Sighting,
    ) -> Result<bool, PeopleError> {
        let record = self.records.get_mut(&person).ok_or(PeopleError::Unknown(person))?;
        if record.state != State::Active {
            return Ok(false);
        }
        let mut learnt = false;
        for token in seen.by_phone.iter().chain(&seen.by_place) {
            if !self.by_token.contains_key(token) {
                self.by_token.insert(*token, person);
                record.tokens.push(*token);
                learnt = true;
            }
        }
        if let (Some(phone), false) = (&seen.phone, record.has_phone) {
            let known = record.content(keys, person)?;
            let content = keys::to_bytes(&(&known.name, Some(phone.as_str())))?;
            let data_key = keys.unwrap(person, &record.wrapped_key)?;
            record.content = keys.seal(&data_key, person, Part::Content, &content)?;
            record.has_phone = true;
        }
        Ok(learnt)
    }
}

impl Record {
    pub(super) fn content(&self, keys: &Keys, person: PersonId) -> Result<Revealed, PeopleError> {
        let data_key = keys.unwrap(person, &self.wrapped_key)?;
        let content = keys.open(&data_key, person, Part::Content, &self.content)?;
        let (name, phone): (String, Option<String>) = keys::from_bytes(&content)?;
        Ok(Revealed { name, phone: phone.map(Phone::from_digits) })
    }
}
