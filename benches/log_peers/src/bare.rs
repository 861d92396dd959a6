//! The least that any durable log has to do: encode, write, sync. No index, no reading back.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use jinqiao_events::log::{Append, codec};

use crate::Sink;

struct Bare {
    file: File,
    next: u64,
}

pub(crate) fn open(directory: &Path) -> Box<dyn Sink> {
    Box::new(Bare { file: File::create(directory.join("bare")).unwrap(), next: 1 })
}

impl Sink for Bare {
    fn commit(&mut self, group: Vec<Append>) {
        let events = group.iter().flat_map(|append| &append.events);
        let payloads: Vec<_> = events.map(|event| codec::encode_event(event).unwrap()).collect();
        for (_, block) in codec::encode_blocks(self.next, &payloads) {
            self.file.write_all(&block).unwrap();
        }
        self.next += u64::try_from(payloads.len()).unwrap();
        self.file.sync_data().unwrap();
    }
}
