//! The notary of a store: signs checkpoints and keeps them beside the log.
//!
//! ```text
//! <dir>/checkpoint.key                          the signing key, readable by its owner alone (mode 0600)
//! <dir>/checkpoint.vkey                         the key that checks: give it away, once, before it is needed
//! <dir>/checkpoints/00000000000000001713.note   what was signed, named after the size
//! ```
//! Before it signs it recomputes, from what is stored now, the root that the last checkpoint has signed: so two
//! checkpoints of one log that contradict each other are never signed, whatever happened to the files between.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::hash::Profile;
use super::keys::{KeyError, SigningKey, VerifierKey};
use super::tree::{Leaves, Tree};
use super::{Checkpoint, NoteError, ProofError};
use crate::log::files::{RealFiles, replace_whole};
use crate::log::journal::Identity;

const KEY: &str = "checkpoint.key";
const PUBLIC_KEY: &str = "checkpoint.vkey";
const NOTES: &str = "checkpoints";
const EXTENSION: &str = ".note";

/// Why nothing is signed, or what was signed cannot be relied on.
#[derive(Debug, thiserror::Error)]
pub enum NotaryError {
    /// The store has no place for a key.
    #[error("this log signs no checkpoints")]
    None,
    /// Others can read the key.
    #[error("{} can be read by others (mode {mode:o}): make it 0600, and tell those who rely on it", file.display())]
    Exposed {
        /// The key's file.
        file: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// There are checkpoints, but the key that signed them is gone.
    #[error("{} is missing, but there are checkpoints signed with it: put it back", file.display())]
    KeyMissing {
        /// The key's file.
        file: PathBuf,
    },
    /// The key is damaged, or that of another store.
    #[error("the signing key: {0}")]
    Key(#[from] KeyError),
    /// The key is that of another store.
    #[error("the signing key belongs to {name}")]
    OtherStore {
        /// The log that it signs for.
        name: String,
    },
    /// A checkpoint that was kept is damaged.
    #[error("{}: {error}", file.display())]
    Note {
        /// Its file.
        file: PathBuf,
        /// What is wrong with it.
        error: NoteError,
    },
    /// The log is not what was signed before.
    #[error("the first {size} events are not those that the checkpoint of {size} was signed for")]
    Contradicts {
        /// Size of the contradicted checkpoint.
        size: u64,
    },
    /// The log is shorter than what was signed before.
    #[error("the log holds {found} events, but a checkpoint of {size} was signed")]
    Shorter {
        /// Size of the contradicted checkpoint.
        size: u64,
        /// Events there are.
        found: u64,
    },
    /// The tree cannot be read.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The file system failed.
    #[error("{context}: {error}")]
    Io {
        /// The file.
        context: String,
        /// What the system said.
        error: std::io::Error,
    },
}

/// A checkpoint as it was signed, and the key that checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The note.
    pub note: String,
    /// The key, as text.
    pub verifier: VerifierKey,
}

/// Signs for one log.
#[derive(Debug)]
pub struct Notary {
    directory: PathBuf,
    key: SigningKey,
    last: Option<Signed>,
}

/// The origin of a store's checkpoints, which is also its key's name.
#[must_use]
pub fn origin(store: Uuid, profile: Profile) -> String {
    format!("jinqiao/{}/{}-v1", store.simple(), profile.name())
}

impl Notary {
    /// The notary of the store in `directory`; a key is made where there never was one.
    ///
    /// # Errors
    /// When the key is exposed, missing, damaged or another store's; when the newest checkpoint is damaged.
    pub fn open(directory: &Path, store: Uuid, profile: Profile) -> Result<Self, NotaryError> {
        let name = origin(store, profile);
        let key = match read_key(&directory.join(KEY))? {
            Some(key) => key,
            None if !note_files(directory)?.is_empty() => {
                return Err(NotaryError::KeyMissing { file: directory.join(KEY) });
            }
            None => make_key(directory, &name, profile)?,
        };
        if key.verifier().name() != name {
            return Err(NotaryError::OtherStore { name: key.verifier().name().to_owned() });
        }
        let newest = note_files(directory)?.pop();
        let last = newest.map(|file| read_note(&file, key.verifier())).transpose()?;
        Ok(Self { directory: directory.to_owned(), key, last })
    }

    /// Names of the files that a notary keeps in its directory.
    pub(in crate::log) const FILES: [&str; 3] = [KEY, PUBLIC_KEY, NOTES];

    /// Whether there is one: a key, or something that was signed.
    pub(in crate::log) fn is_at(directory: &Path) -> bool {
        directory.join(KEY).exists() || directory.join(NOTES).exists()
    }

    /// The store that the key in that directory signs for, and its profile, if there is one that can be read.
    pub(in crate::log) fn identify(directory: &Path) -> Option<(Uuid, Profile)> {
        let text = fs::read_to_string(directory.join(PUBLIC_KEY)).ok()?;
        let key = VerifierKey::from_text(&text).ok()?;
        let store = key.name().strip_prefix("jinqiao/")?.split('/').next()?.parse().ok()?;
        (origin(store, key.profile()) == key.name()).then(|| (store, key.profile()))
    }

    /// Copies what may be given away to another directory: the key that checks, and what was signed.
    pub(in crate::log) fn copy_public(from: &Path, to: &Path) -> Result<(), NotaryError> {
        if !from.join(PUBLIC_KEY).exists() {
            return Ok(());
        }
        fs::create_dir_all(to.join(NOTES)).map_err(failed(to))?;
        let notes = note_files(from)?;
        for file in std::iter::once(from.join(PUBLIC_KEY)).chain(notes) {
            let bytes = fs::read(&file).map_err(failed(&file))?;
            let name = file.strip_prefix(from).unwrap_or(&file);
            replace_whole(&RealFiles, &to.join(name), &bytes).map_err(failed(&file))?;
        }
        Ok(())
    }

    /// What was signed for that store, as [`Notary::copy_public`] left it, each checked against the key there.
    pub(in crate::log) fn read_public(
        directory: &Path,
        store: Uuid,
        profile: Profile,
    ) -> Result<Vec<Signed>, NotaryError> {
        if !directory.join(PUBLIC_KEY).exists() {
            return Ok(Vec::new());
        }
        let key = own_key(read_public_key(directory)?, store, profile)?;
        note_files(directory)?.iter().map(|file| read_note(file, &key)).collect()
    }

    /// What was kept of checkpoints, smallest first: each that holds against the key, and for the others why not.
    /// Makes no key, and where the one that signs cannot be read takes the one that checks.
    pub(in crate::log) fn notes(
        directory: &Path,
        Identity { store, profile }: Identity,
    ) -> Vec<Result<Signed, NotaryError>> {
        let files = match note_files(directory) {
            Ok(files) if files.is_empty() => return Vec::new(),
            Ok(files) => files,
            Err(error) => return vec![Err(error)],
        };
        let key = match read_key(&directory.join(KEY)) {
            Ok(Some(key)) => Ok(key.verifier().clone()),
            Ok(None) | Err(_) => read_public_key(directory),
        };
        match key.and_then(|key| own_key(key, store, profile)) {
            Ok(key) => files.iter().map(|file| read_note(file, &key)).collect(),
            Err(error) => vec![Err(error)],
        }
    }

    /// The key that checks what is signed here.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The newest checkpoint.
    #[must_use]
    pub const fn last(&self) -> Option<&Signed> {
        self.last.as_ref()
    }

    /// Signs the log as it is; the last checkpoint again when nothing has been added since.
    ///
    /// # Errors
    /// When the log contradicts the last checkpoint, or a file cannot be written. Nothing is signed then.
    pub fn sign(&mut self, tree: &Tree, leaves: &dyn Leaves) -> Result<Signed, NotaryError> {
        let head = tree.head();
        self.check(tree, leaves)?;
        if let Some(last) = self.last.as_ref().filter(|last| last.checkpoint.head == head) {
            return Ok(last.clone());
        }
        let verifier = self.key.verifier().clone();
        let checkpoint = Checkpoint { origin: verifier.name().to_owned(), head };
        let note = checkpoint.sign(&self.key)?;
        let file = self.directory.join(NOTES).join(format!("{:020}{EXTENSION}", head.size));
        let written = fs::create_dir_all(self.directory.join(NOTES))
            .and_then(|()| replace_whole(&RealFiles, &file, note.as_bytes()));
        written.map_err(failed(&file))?;
        let signed = Signed { checkpoint, note, verifier };
        self.last = Some(signed.clone());
        Ok(signed)
    }

    /// Whether the log still is what the last checkpoint says it was. Costs as much as a proof.
    ///
    /// # Errors
    /// When it is not, or cannot be read.
    pub(in crate::log) fn check(&self, tree: &Tree, leaves: &dyn Leaves) -> Result<(), NotaryError> {
        self.last.as_ref().map_or(Ok(()), |last| contradiction(tree, leaves, &last.checkpoint))
    }

    /// Every checkpoint that was kept, smallest first, each checked against the key.
    ///
    /// # Errors
    /// When one is damaged or cannot be read.
    pub fn all(&self) -> Result<Vec<Signed>, NotaryError> {
        note_files(&self.directory)?.iter().map(|file| read_note(file, self.verifier())).collect()
    }
}

/// Refuses a log that is not what a checkpoint says it was. Costs as much as a proof.
fn contradiction(tree: &Tree, leaves: &dyn Leaves, earlier: &Checkpoint) -> Result<(), NotaryError> {
    let size = earlier.head.size;
    if size > tree.size() {
        return Err(NotaryError::Shorter { size, found: tree.size() });
    }
    if tree.head_at(leaves, size)? == earlier.head { Ok(()) } else { Err(NotaryError::Contradicts { size }) }
}

fn failed(file: &Path) -> impl Fn(std::io::Error) -> NotaryError {
    let context = file.display().to_string();
    move |error| NotaryError::Io { context: context.clone(), error }
}

/// The key in that file; `None` where there is none. One that others can read is no secret.
fn read_key(file: &Path) -> Result<Option<SigningKey>, NotaryError> {
    let mode = match fs::metadata(file) {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(file)(error)),
    };
    if mode & 0o077 != 0 {
        return Err(NotaryError::Exposed { file: file.to_owned(), mode });
    }
    let text = zeroize::Zeroizing::new(fs::read_to_string(file).map_err(failed(file))?);
    Ok(Some(SigningKey::from_text(&text)?))
}

/// The key, if it is that store's.
fn own_key(key: VerifierKey, store: Uuid, profile: Profile) -> Result<VerifierKey, NotaryError> {
    if key.name() == origin(store, profile) {
        return Ok(key);
    }
    Err(NotaryError::OtherStore { name: key.name().to_owned() })
}

fn read_public_key(directory: &Path) -> Result<VerifierKey, NotaryError> {
    let file = directory.join(PUBLIC_KEY);
    Ok(VerifierKey::from_text(&fs::read_to_string(&file).map_err(failed(&file))?)?)
}

/// Makes the key of a store: the private half first, so that none is ever given away that cannot sign.
fn make_key(directory: &Path, name: &str, profile: Profile) -> Result<SigningKey, NotaryError> {
    let key = SigningKey::generate(name, profile)?;
    let (file, temporary) = (directory.join(KEY), directory.join("checkpoint.key.new"));
    let write = || {
        let mut new =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        new.write_all(key.to_text().as_bytes())?;
        new.sync_all()?;
        fs::rename(&temporary, &file)?;
        replace_whole(&RealFiles, &directory.join(PUBLIC_KEY), format!("{}\n", key.verifier()).as_bytes())
    };
    write().map_err(failed(&file))?;
    Ok(key)
}

/// The files of checkpoints, smallest first.
fn note_files(directory: &Path) -> Result<Vec<PathBuf>, NotaryError> {
    let notes = directory.join(NOTES);
    let entries = match fs::read_dir(&notes) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(&notes)(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed(&notes))?.path();
        if path.to_string_lossy().ends_with(EXTENSION) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_note(file: &Path, verifier: &VerifierKey) -> Result<Signed, NotaryError> {
    let bytes = fs::read(file).map_err(failed(file))?;
    let fault = |error| NotaryError::Note { file: file.to_owned(), error };
    let note = String::from_utf8(bytes).map_err(|_| fault(NoteError::Malformed("it is no text")))?;
    let checkpoint = Checkpoint::open(&note, verifier).map_err(fault)?;
    Ok(Signed { checkpoint, note, verifier: verifier.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::Log;
    use super::*;

    const STORE: Uuid = Uuid::from_u128(7);

    fn notary(directory: &Path) -> Result<Notary, NotaryError> {
        Notary::open(directory, STORE, Profile::Sm3)
    }

    #[test]
    fn checkpoints_are_kept_and_the_key_is_its_owner_s_alone() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::new(Profile::Sm3, 700);
        let mut first = notary(dir.path()).unwrap();
        let signed = first.sign(&log.tree, &log).unwrap();
        assert_eq!(first.sign(&log.tree, &log).unwrap(), signed, "nothing new, nothing signed");
        let mode = fs::metadata(dir.path().join(KEY)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let longer = Log::new(Profile::Sm3, 701);
        let mut again = notary(dir.path()).unwrap();
        assert_eq!(again.last(), Some(&signed));
        again.sign(&longer.tree, &longer).unwrap();
        let sizes: Vec<u64> = again.all().unwrap().iter().map(|signed| signed.checkpoint.head.size).collect();
        assert_eq!(sizes, [700, 701]);
        let public = fs::read_to_string(dir.path().join(PUBLIC_KEY)).unwrap();
        assert_eq!(VerifierKey::from_text(&public).as_ref(), Ok(again.verifier()));
    }

    #[test]
    fn a_note_that_cannot_be_read_silences_no_other() {
        let dir = tempfile::tempdir().unwrap();
        for size in [3, 4, 5] {
            let log = Log::new(Profile::Sm3, size);
            notary(dir.path()).unwrap().sign(&log.tree, &log).unwrap();
        }
        let notes = || {
            let sizes = |note: Result<Signed, NotaryError>| note.ok().map(|note| note.checkpoint.head.size);
            let identity = Identity { store: STORE, profile: Profile::Sm3 };
            Notary::notes(dir.path(), identity).into_iter().map(sizes).collect::<Vec<_>>()
        };
        assert_eq!(notes(), [Some(3), Some(4), Some(5)]);
        let files = note_files(dir.path()).unwrap();
        fs::write(&files[2], [0xFF]).unwrap();
        assert_eq!(notes(), [Some(3), Some(4), None], "the newest");
        fs::write(&files[0], "").unwrap();
        assert_eq!(notes(), [None, Some(4), None]);
        fs::remove_file(dir.path().join(KEY)).unwrap();
        assert_eq!(notes(), [None, Some(4), None], "without the key that signs");
        fs::remove_file(dir.path().join(PUBLIC_KEY)).unwrap();
        assert_eq!(notes(), [None]);
    }

    #[test]
    fn a_log_that_contradicts_its_last_checkpoint_is_not_signed() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::new(Profile::Sm3, 600);
        notary(dir.path()).unwrap().sign(&log.tree, &log).unwrap();
        for changed in [0, 255, 599] {
            let mut payloads = Log::new(Profile::Sm3, 650).payloads;
            payloads[changed].push(b'!');
            let rewritten = Log::of(Profile::Sm3, payloads);
            let refused = notary(dir.path()).unwrap().sign(&rewritten.tree, &rewritten);
            assert!(matches!(refused, Err(NotaryError::Contradicts { size: 600 })), "{refused:?}");
        }
        let shorter = Log::new(Profile::Sm3, 599);
        let refused = notary(dir.path()).unwrap().sign(&shorter.tree, &shorter);
        assert!(matches!(refused, Err(NotaryError::Shorter { size: 600, found: 599 })), "{refused:?}");
        assert_eq!(notary(dir.path()).unwrap().all().unwrap().len(), 1);
    }

    #[test]
    fn a_key_that_is_exposed_missing_damaged_or_another_store_s_signs_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::new(Profile::Sm3, 3);
        notary(dir.path()).unwrap().sign(&log.tree, &log).unwrap();
        let key = dir.path().join(KEY);
        fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(notary(dir.path()), Err(NotaryError::Exposed { mode: 0o640, .. })));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let other = Notary::open(dir.path(), Uuid::from_u128(8), Profile::Sm3);
        assert!(matches!(other, Err(NotaryError::OtherStore { .. })));
        let text = fs::read_to_string(&key).unwrap();
        fs::write(&key, text.replace("sm3-v1", "sm3-v2")).unwrap();
        assert!(matches!(notary(dir.path()), Err(NotaryError::Key(KeyError::OtherId))));
        fs::remove_file(&key).unwrap();
        assert!(matches!(notary(dir.path()), Err(NotaryError::KeyMissing { .. })));
    }

    #[test]
    fn a_checkpoint_that_was_changed_on_disk_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::new(Profile::Sha256, 3);
        let open = || Notary::open(dir.path(), STORE, Profile::Sha256);
        open().unwrap().sign(&log.tree, &log).unwrap();
        let file = note_files(dir.path()).unwrap().remove(0);
        let note = fs::read_to_string(&file).unwrap();
        fs::write(&file, note.replacen("\n3\n", "\n4\n", 1)).unwrap();
        assert!(matches!(open(), Err(NotaryError::Note { error: NoteError::BadSignature { .. }, .. })));
    }
}
