//! SQLite: WAL, synchronous FULL, one transaction a group.

use std::path::Path;

use jinqiao_events::log::Append;
use rusqlite::{Connection, params};

use crate::{Row, Sink, rows};

struct Sqlite {
    connection: Connection,
    next: u64,
}

pub(crate) fn open(directory: &Path) -> Box<dyn Sink> {
    let connection = Connection::open(directory.join("events.db")).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE events (position INTEGER PRIMARY KEY, payload BLOB NOT NULL);
             CREATE TABLE keys (key TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
             CREATE TABLE tags (tag TEXT, position INTEGER, PRIMARY KEY (tag, position)) WITHOUT ROWID;",
        )
        .unwrap();
    Box::new(Sqlite { connection, next: 1 })
}

impl Sink for Sqlite {
    fn commit(&mut self, group: Vec<Append>) {
        let transaction = self.connection.transaction().unwrap();
        for Row { position, payload, key, tags } in rows(group, &mut self.next) {
            let position = i64::try_from(position).unwrap();
            let run = |sql, parameters: &[&dyn rusqlite::ToSql]| {
                transaction.prepare_cached(sql).unwrap().execute(parameters).unwrap();
            };
            run("INSERT INTO events VALUES (?, ?)", params![position, payload]);
            run("INSERT INTO keys VALUES (?, ?)", params![key, position]);
            for tag in tags {
                run("INSERT INTO tags VALUES (?, ?)", params![tag, position]);
            }
        }
        transaction.commit().unwrap();
    }
}
