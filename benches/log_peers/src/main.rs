//! Durable appends per second: the log beside a bare segment file with one `fdatasync` a group, SQLite, redb and
//! fjall, with the same two indexes (key → position, tag · position), in one harness and one run. See README.md.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use jinqiao_events::log::contract::event;
use jinqiao_events::log::{Append, Stored, codec};

mod bare;
mod fjall;
mod ours;
mod redb;
mod sqlite;

const GROUP_MAX_APPENDS: usize = 512;
/// Stored bytes of an event: the mean of an import.
const EVENT_BYTES: usize = 317;

/// Makes a group durable: every event and both its index entries.
trait Sink: Send {
    fn commit(&mut self, group: Vec<Append>);
}

/// A way to open one of the stores, empty, in a directory.
type Open = fn(&Path) -> Box<dyn Sink>;

const STORES: [(&str, Open); 5] = [
    ("bare file", bare::open),
    ("jinqiao", ours::open),
    ("sqlite", sqlite::open),
    ("redb", redb::open),
    ("fjall", fjall::open),
];

/// What the others store of an event: position, payload, key, tags.
struct Row {
    position: u64,
    payload: Vec<u8>,
    key: String,
    tags: Vec<String>,
}

/// The rows of a group, from `next` on, which moves behind them.
fn rows(group: Vec<Append>, next: &mut u64) -> Vec<Row> {
    let events = group.into_iter().flat_map(|append| append.events);
    let row = |event: Stored| {
        let position = *next;
        *next += 1;
        let payload = codec::encode_event(&event).unwrap();
        let tags = event.tags.iter().map(|tag| format!("{tag:?}")).collect();
        Row { position, payload, key: event.key.unwrap_or_default(), tags }
    };
    events.map(row).collect()
}

fn main() {
    let parent = std::env::var("JINQIAO_BENCH_DIR").unwrap_or_else(|_| ".".into());
    let (rounds, round_ms) = (number("JINQIAO_BENCH_ROUNDS", 5), number("JINQIAO_BENCH_ROUND_MS", 1500));
    let round = Duration::from_millis(round_ms);
    let only = std::env::var("JINQIAO_BENCH_STORES").unwrap_or_default();
    let is_wanted = |name: &str| only.is_empty() || only.split(',').any(|wanted| wanted == name);
    let stores: Vec<_> = STORES.into_iter().filter(|(name, _)| is_wanted(name)).collect();
    let producers = std::env::var("JINQIAO_BENCH_PRODUCERS").unwrap_or_else(|_| "1,8,64,512".into());
    print!("| producers |");
    stores.iter().for_each(|(name, _)| print!(" {name} |"));
    println!(" second / first |\n|---:|---:|{}", "---:|".repeat(stores.len()));
    for producers in producers.split(',').map(|count| count.parse().unwrap()) {
        let mut rates: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for turn in 0..rounds {
            // In turns, each beginning with another, so that all meet the same moods of the disk.
            for place in 0..stores.len() {
                let store = (place + usize::try_from(turn).unwrap()) % stores.len();
                let directory = tempfile::tempdir_in(&parent).unwrap();
                let sink = (stores[store].1)(directory.path());
                rates.entry(store).or_default().push(appends_per_second(sink, producers, round));
            }
        }
        let medians: Vec<f64> = rates.into_values().map(median).collect();
        print!("| {producers} |");
        medians.iter().for_each(|rate| print!(" {rate:.0} |"));
        match medians[..] {
            [first, second, ..] => println!(" {:.2} |", second / first),
            _ => println!(" |"),
        }
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Each producer waits for its answer before it sends the next append, as a request over HTTP does.
fn appends_per_second(mut sink: Box<dyn Sink>, producers: u64, round: Duration) -> f64 {
    let (requests, inbox) = sync_channel(4096);
    thread::scope(|scope| {
        scope.spawn(move || serve(&mut *sink, &inbox));
        let started = Instant::now();
        let threads: Vec<_> = (0..producers)
            .map(|producer| {
                let requests = requests.clone();
                scope.spawn(move || produce(&requests, producer, started, round))
            })
            .collect();
        drop(requests);
        let done: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        f64::from(u32::try_from(done).unwrap()) / started.elapsed().as_secs_f64()
    })
}

type Request = (Append, SyncSender<()>);

fn serve(sink: &mut dyn Sink, inbox: &Receiver<Request>) {
    while let Ok(first) = inbox.recv() {
        let (group, answers): (Vec<_>, Vec<_>) =
            std::iter::once(first).chain(inbox.try_iter().take(GROUP_MAX_APPENDS - 1)).unzip();
        sink.commit(group);
        answers.into_iter().for_each(|answer| answer.send(()).unwrap());
    }
}

fn produce(requests: &SyncSender<Request>, producer: u64, started: Instant, round: Duration) -> u64 {
    let (answer, answered) = sync_channel(1);
    let mut done = 0;
    while started.elapsed() < round {
        let append = Append { events: vec![bench_event(producer, done)], guard: None };
        requests.send((append, answer.clone())).unwrap();
        answered.recv().unwrap();
        done += 1;
    }
    done
}

fn bench_event(producer: u64, n: u64) -> Stored {
    let key = format!("purchases/HT-{producer:03}-{n:07}");
    let event = Stored { key: Some(key), digest: Some([7; 16]), ..event(producer * 1_000_000 + n) };
    let missing = EVENT_BYTES.saturating_sub(codec::encode_event(&event).unwrap().len() + 1);
    Stored { body: format!("{}{}", event.body, " ".repeat(missing)), ..event }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
