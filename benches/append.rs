//! Durable appends: the log on sled beside a bare file with one fdatasync a group, in the same run.
//!
//! `cargo bench --bench append` prints a table of rates and ratios. Absolute rates say more about the disk than
//! about the program; the ratio to the bare file is what counts. `JINQIAO_BENCH_EVENTS` sets the size of the
//! import (default 200,000), `JINQIAO_BENCH_DIR` the directory whose disk is measured.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its table, and breaks off on any error"
)]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use jinqiao_events::log::contract::event;
use jinqiao_events::log::sled_log::Options;
use jinqiao_events::log::{Append, Log, SledLog, Stored, codec};

const ROUND: Duration = Duration::from_millis(1500);
const ROUNDS: usize = 3;
const GROUP_MAX_APPENDS: usize = 512;
const EVENT_BYTES: usize = 317;

/// Makes a group durable.
trait Sink {
    fn commit(&mut self, group: Vec<Append>);
}

impl Sink for &SledLog {
    fn commit(&mut self, group: Vec<Append>) {
        assert!(Log::commit(*self, group).unwrap().iter().all(Result::is_ok));
    }
}

/// The least that any durable log has to do: encode, write, sync.
struct BareFile {
    file: File,
    next: u64,
}

impl Sink for BareFile {
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

fn main() {
    let parent = std::env::var("JINQIAO_BENCH_DIR").unwrap_or_else(|_| ".".into());
    let directory = tempfile::tempdir_in(parent).unwrap();
    println!("| producers | bare file, appends/s | sled, appends/s | ratio |");
    println!("|---:|---:|---:|---:|");
    for producers in [1, 8, 64] {
        // In turns, so that both meet the same moods of the disk; the medians are compared.
        let (mut bare, mut sled) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let file = File::create(directory.path().join("bare")).unwrap();
            bare.push(appends_per_second(BareFile { file, next: 1 }, producers));
            let log = open(&directory.path().join(format!("sled-{producers}-{round}")));
            sled.push(appends_per_second(&log, producers));
        }
        let (bare, sled) = (median(bare), median(sled));
        println!("| {producers} | {bare:.0} | {sled:.0} | {:.2} |", sled / bare);
    }
    import(directory.path());
}

fn import(directory: &Path) {
    let count =
        std::env::var("JINQIAO_BENCH_EVENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(200_000);
    let store = directory.join("import");
    let log = open(&store);
    let events: Vec<_> = (0..500).map(bench_event).collect();
    let started = Instant::now();
    let mut slowest = Duration::ZERO;
    for batch in 0..count / 500 {
        let numbered = events.iter().enumerate().map(|(place, event)| Stored {
            key: Some(format!("purchases/HT-{batch:06}-{place:03}")),
            digest: Some([7; 16]),
            ..event.clone()
        });
        let group = vec![Append { events: numbered.collect(), guard: None }];
        let commit = Instant::now();
        assert!(log.commit(group).unwrap().iter().all(Result::is_ok));
        slowest = slowest.max(commit.elapsed());
    }
    let rate = per_second(count, started);
    let close = Instant::now();
    log.close().unwrap();
    println!(
        "\nimport of {count} events with keys, 500 an append: {rate:.0} events/s, slowest commit {slowest:?}"
    );
    println!("close {:?}, {} bytes an event on disk", close.elapsed(), size_of(&store) / count);
    let opening = Instant::now();
    let log = open(&store);
    println!("open {:?}", opening.elapsed());
    let scan = Instant::now();
    let verified = log.verify().unwrap();
    println!(
        "verify: {:.0} events/s, {} bytes a payload",
        per_second(count, scan),
        verified.bytes / verified.events
    );
    let keys = Instant::now();
    for n in 0..20_000_u64 {
        let batch = n.wrapping_mul(7919) % (count / 500);
        assert!(log.find_key(&format!("purchases/HT-{batch:06}-123")).unwrap().is_some());
    }
    println!("find_key: {:.0}/s", per_second(20_000, keys));
}

/// Each producer waits for its answer before it sends the next append, as a request over HTTP does.
fn appends_per_second(mut sink: impl Sink + Send, producers: u64) -> f64 {
    let (requests, inbox) = sync_channel(4096);
    thread::scope(|scope| {
        scope.spawn(move || serve(&mut sink, &inbox));
        let started = Instant::now();
        let threads: Vec<_> = (0..producers)
            .map(|n| {
                let requests = requests.clone();
                scope.spawn(move || produce(&requests, n, started))
            })
            .collect();
        drop(requests);
        let done = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        per_second(done, started)
    })
}

type Request = (Append, SyncSender<()>);

fn serve(sink: &mut impl Sink, inbox: &Receiver<Request>) {
    while let Ok(first) = inbox.recv() {
        let (group, answers): (Vec<_>, Vec<_>) =
            std::iter::once(first).chain(inbox.try_iter().take(GROUP_MAX_APPENDS - 1)).unzip();
        sink.commit(group);
        for answer in answers {
            answer.send(()).unwrap();
        }
    }
}

fn produce(requests: &SyncSender<Request>, producer: u64, started: Instant) -> u64 {
    let (answer, answered) = sync_channel(1);
    let mut done = 0;
    while started.elapsed() < ROUND {
        let append = Append { events: vec![bench_event(producer * 1_000_000 + done)], guard: None };
        requests.send((append, answer.clone())).unwrap();
        answered.recv().unwrap();
        done += 1;
    }
    done
}

/// An event of [`EVENT_BYTES`] bytes, stored.
fn bench_event(n: u64) -> Stored {
    let event = event(n);
    let missing = EVENT_BYTES.saturating_sub(codec::encode_event(&event).unwrap().len() + 1);
    Stored { body: format!("{}{}", event.body, " ".repeat(missing)), ..event }
}

fn open(directory: &Path) -> SledLog {
    SledLog::open(directory, &Options::default()).unwrap()
}

fn per_second(count: u64, started: Instant) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / started.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap()
}

fn size_of(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            let data = entry.metadata().unwrap();
            if data.is_dir() { size_of(&entry.path()) } else { data.len() }
        })
        .sum()
}
