//! redb: durability "immediate", one write transaction a group.

use std::path::Path;

use jinqiao_events::log::Append;
use redb::{Database, TableDefinition};

use crate::{Row, Sink, rows};

const EVENTS: TableDefinition<u64, &[u8]> = TableDefinition::new("events");
const KEYS: TableDefinition<&str, u64> = TableDefinition::new("keys");
const TAGS: TableDefinition<(&str, u64), ()> = TableDefinition::new("tags");

struct Redb {
    database: Database,
    next: u64,
}

pub(crate) fn open(directory: &Path) -> Box<dyn Sink> {
    Box::new(Redb { database: Database::create(directory.join("events.redb")).unwrap(), next: 1 })
}

impl Sink for Redb {
    fn commit(&mut self, group: Vec<Append>) {
        let transaction = self.database.begin_write().unwrap();
        {
            let mut events = transaction.open_table(EVENTS).unwrap();
            let mut keys = transaction.open_table(KEYS).unwrap();
            let mut all_tags = transaction.open_table(TAGS).unwrap();
            for Row { position, payload, key, tags } in rows(group, &mut self.next) {
                events.insert(position, payload.as_slice()).unwrap();
                keys.insert(key.as_str(), position).unwrap();
                for tag in &tags {
                    all_tags.insert((tag.as_str(), position), ()).unwrap();
                }
            }
        }
        transaction.commit().unwrap();
    }
}
