//! fjall: one batch a group, `fdatasync` of its journal.

use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use jinqiao_events::log::Append;

use crate::{Row, Sink, rows};

struct Fjall {
    database: Database,
    events: Keyspace,
    keys: Keyspace,
    tags: Keyspace,
    next: u64,
}

pub(crate) fn open(directory: &Path) -> Box<dyn Sink> {
    let database = Database::builder(directory).open().unwrap();
    let keyspace = |name| database.keyspace(name, KeyspaceCreateOptions::default).unwrap();
    let (events, keys, tags) = (keyspace("events"), keyspace("keys"), keyspace("tags"));
    Box::new(Fjall { database, events, keys, tags, next: 1 })
}

impl Sink for Fjall {
    fn commit(&mut self, group: Vec<Append>) {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for Row { position, payload, key, tags } in rows(group, &mut self.next) {
            let position = position.to_be_bytes();
            batch.insert(&self.events, position, payload);
            batch.insert(&self.keys, key, position);
            for tag in tags {
                batch.insert(&self.tags, [tag.as_bytes(), &position].concat(), []);
            }
        }
        batch.commit().unwrap();
    }
}
