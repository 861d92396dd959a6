//! The person store (人员库): names and telephone numbers, beside the log and never in it.
//!
//! Events hold a random [`PersonId`]. This store keeps, under a key per person, the name and phone behind it,
//! and finds the person again by keyed HMACs of what was seen. Without the key file it is noise, so erasing a
//! person's wrapped key erases the person, whatever copies of the log there are.
//!
//! Two files: `kek` (the keys, mode 0600; back it up apart from the rest) and `persons` (everything else, small
//! and rewritten whole, so that no page of an erased key stays behind). The log's engine holds the lock of the
//! store's directory; this store takes none of its own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::clock::IdSource;
use crate::value::{ids::PersonId, name::normalise};
use keys::Keys;
use phone::{Phone, mask_name};
use record::{People, Records, Sighting, State};

pub mod detect;
mod file;
mod keys;
pub mod phone;
mod record;

const KEK: &str = "kek";
const PERSONS: &str = "persons";

/// A person as a row of a sheet or a form names them. Its debug output is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonSeen {
    /// Full name, as written.
    pub name: String,
    /// Telephone number in any form that [`Phone::read`] takes.
    pub phone: Option<String>,
    /// Organisation as written beside the name; it tells apart people without a phone and is not kept.
    pub organisation: Option<String>,
}

impl fmt::Debug for PersonSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phone = self.phone.as_ref().map(|_| "****");
        f.debug_struct("PersonSeen").field("name", &mask_name(&self.name)).field("phone", &phone).finish()
    }
}

/// What stands behind a person id. Show it only to those who may see it; its debug output is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed {
    /// Full name as first written, or `[已删除]` once erased.
    pub name: String,
    /// Telephone number, when one is known.
    pub phone: Option<Phone>,
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revealed").field("name", &mask_name(&self.name)).field("phone", &self.phone).finish()
    }
}

/// Why the person store could not do what was asked. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it, and `index` counts the batch from 0")]
pub enum PeopleError {
    #[error("第 {} 人没有姓名,请补上姓名。", index + 1)]
    NoName { index: usize },
    #[error("第 {} 人的联系电话读不出完整号码,请把该列设为文本格式后重填。", index + 1)]
    BadPhone { index: usize },
    #[error("人员库中没有编号 {0},请核对编号。")]
    Unknown(PersonId),
    #[error("{0} 的个人信息已限制处理,只保存不查看,请联系负责人。")]
    Restricted(PersonId),
    #[error("密钥文件 {} 能被其他用户读取,请先执行 chmod 600。", .0.display())]
    KeyExposed(PathBuf),
    #[error("缺少文件 {},请从备份恢复,不要新建。", .0.display())]
    Missing(PathBuf),
    #[error("人员库与密钥不是一套,请换回与之配套的 kek 文件。")]
    WrongKey,
    #[error("人员库文件 {file} 已损坏或由更新的版本写成,请从备份恢复或升级程序。")]
    Damaged { file: &'static str },
    #[error("人员库文件读写失败:{0}。请检查磁盘空间和权限后重试。")]
    Io(#[from] std::io::Error),
}

impl PeopleError {
    /// The stable code of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoName { .. } => "person_no_name",
            Self::BadPhone { .. } => "person_bad_phone",
            Self::Unknown(_) => "person_unknown",
            Self::Restricted(_) => "person_restricted",
            Self::KeyExposed(_) => "people_key_exposed",
            Self::Missing(_) => "people_file_missing",
            Self::WrongKey => "people_wrong_key",
            Self::Damaged { .. } => "people_damaged",
            Self::Io(_) => "people_io",
        }
    }
}

/// The person store. Share it as an `Arc` between doors: every method takes `&self`.
pub struct PersonStore {
    /// `None` for the memory engine.
    dir: Option<PathBuf>,
    keys: Keys,
    people: Mutex<People>,
}

impl fmt::Debug for PersonStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonStore").field("persons", &self.lock().records.len()).finish_non_exhaustive()
    }
}

impl PersonStore {
    /// Opens the store in `dir` (`<store>/people/`), or makes it on first use.
    ///
    /// # Errors
    /// When a file is missing, damaged, of another store, or the key file can be read by others.
    pub fn open(dir: &Path) -> Result<Self, PeopleError> {
        file::prepare(dir)?;
        let kek = file::read_secret(dir, KEK)?;
        let stored = file::read(dir, PERSONS)?.map(|payload| keys::split(&payload)).transpose()?;
        // `kek` is written last, so without it only a store that never held anybody is begun anew.
        let (keys, records) = match (kek, stored) {
            (Some(kek), Some(stored)) => {
                let keys = Keys::from_secret(&kek)?;
                let records = keys.verified(&stored)?;
                (keys, records)
            }
            (Some(_), None) => return Err(PeopleError::Missing(dir.join(PERSONS))),
            (None, Some(stored)) if !stored.is_empty() => return Err(PeopleError::Missing(dir.join(KEK))),
            (None, _) => {
                let (keys, secret) = Keys::generate()?;
                file::replace(dir, PERSONS, &keys.stamped(&Records::new())?)?;
                file::replace(dir, KEK, &secret)?;
                (keys, Records::new())
            }
        };
        Ok(Self { dir: Some(dir.to_owned()), keys, people: Mutex::new(People::index(records)) })
    }

    /// A store that is gone with the process.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn in_memory() -> Result<Self, PeopleError> {
        let (keys, _) = Keys::generate()?;
        Ok(Self { dir: None, keys, people: Mutex::default() })
    }

    /// The ids of these people, in their order; who was not known is from now on, durably before this returns.
    ///
    /// With a phone, a person is the same when name and phone are; without, when name and organisation text
    /// are. A person first seen without a phone learns it at the same organisation. Of two namesakes at one
    /// organisation, a row without a phone means the one seen there first. The whole batch costs one rewrite of
    /// the file: O(persons kept). A batch that fails may be tried again.
    ///
    /// # Errors
    /// When a name or phone cannot be read or the file cannot be written; then nobody of the batch is kept.
    pub fn register(
        &self,
        batch: &[PersonSeen],
        ids: &dyn IdSource,
        now: Timestamp,
    ) -> Result<Vec<PersonId>, PeopleError> {
        let sightings = batch.iter().enumerate().map(|(index, seen)| self.sight(index, seen));
        let sightings = sightings.collect::<Result<Vec<_>, _>>()?;
        let mut people = self.lock();
        let mut next = people.clone();
        let mut changed = false;
        let mut answer = Vec::with_capacity(sightings.len());
        for seen in &sightings {
            let (person, is_new) = match next.find(seen) {
                Some(person) => (person, false),
                None => (next.create(&self.keys, seen, ids, now)?, true),
            };
            changed |= is_new | next.learn(&self.keys, person, seen)?;
            answer.push(person);
        }
        if changed {
            if let Some(dir) = &self.dir {
                file::replace(dir, PERSONS, &self.keys.stamped(&next.records)?)?;
            }
            *people = next;
        }
        Ok(answer)
    }

    /// The ids of those of these people who are known, in their order, as [`PersonStore::register`] would give
    /// them. Keeps nothing.
    ///
    /// # Errors
    /// When a name or phone cannot be read.
    pub fn find(&self, batch: &[PersonSeen]) -> Result<Vec<Option<PersonId>>, PeopleError> {
        let people = self.lock();
        let sightings = batch.iter().enumerate().map(|(index, seen)| self.sight(index, seen));
        sightings.map(|seen| Ok(people.find(&seen?))).collect()
    }

    /// Name and phone of a person; of an erased one `[已删除]`. The caller has checked who asks.
    ///
    /// # Errors
    /// When the id is unknown, its data is restricted, or the record is damaged.
    pub fn reveal(&self, person: PersonId) -> Result<Revealed, PeopleError> {
        let people = self.lock();
        let record = people.records.get(&person).ok_or(PeopleError::Unknown(person))?;
        match record.state {
            State::Active => record.content(&self.keys, person),
            State::Restricted => Err(PeopleError::Restricted(person)),
            State::Erased => Ok(Revealed { name: "[已删除]".into(), phone: None }),
        }
    }

    fn sight(&self, index: usize, seen: &PersonSeen) -> Result<Sighting, PeopleError> {
        let name = normalise(&seen.name);
        if name.is_empty() {
            return Err(PeopleError::NoName { index });
        }
        let written = seen.phone.as_deref().filter(|text| !text.trim().is_empty());
        let phone =
            written.map(|text| Phone::read(text).ok_or(PeopleError::BadPhone { index })).transpose()?;
        let organisation = seen.organisation.as_deref().map(normalise).unwrap_or_default();
        // A name alone is no place to learn a phone at: it would give a stranger's to a namesake.
        let has_place = !organisation.is_empty() || phone.is_none();
        Ok(Sighting {
            by_phone: phone.as_ref().map(|phone| self.keys.token("phone", &name, phone.as_str())),
            by_place: has_place.then(|| self.keys.token("place", &name, &organisation)),
            name: seen.name.trim().to_owned(),
            phone,
        })
    }

    fn lock(&self) -> MutexGuard<'_, People> {
        // A change is made on a copy and put in place whole, so a panic elsewhere leaves nothing half done.
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
