//! What is acknowledged survives `kill -9`.
//!
//! The test starts itself as a process that writes to a store and prints what was acknowledged, kills it at a
//! random moment, and looks at what is there. `JINQIAO_KILL_CYCLES` says how often (default 20).

#![expect(clippy::unwrap_used, reason = "a check for tests: whatever fails, fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use jinqiao_events::log::contract::{append, keyed};
use jinqiao_events::log::proof::{Provable, RightEdge};
use jinqiao_events::log::sled_log::Options;
use jinqiao_events::log::{Append, Log, Placed, Position, SledLog, Stored};

const STORE: &str = "JINQIAO_KILL_STORE";
const RUN: &str = "JINQIAO_KILL_RUN";
const THREADS: u64 = 8;

/// Position and key of each event that was acknowledged.
type Acknowledged = BTreeMap<Position, String>;

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if let (Ok(store), Ok(run)) = (std::env::var(STORE), std::env::var(RUN)) {
        write_until_killed(Path::new(&store), run.parse().unwrap());
    }
    let cycles: u64 = std::env::var("JINQIAO_KILL_CYCLES").map_or(20, |cycles| cycles.parse().unwrap());
    let store = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::new();
    let mut events = 0;
    for run in 1..=cycles {
        let before = acknowledged.len();
        run_and_kill(store.path(), run, &mut acknowledged);
        events = check(store.path(), &acknowledged);
        println!("cycle {run}: {} acknowledged, {events} stored", acknowledged.len() - before);
    }
    assert!(!acknowledged.is_empty(), "no writer lived long enough to show anything");
    println!("{cycles} kills: {} acknowledged, {events} stored, none lost", acknowledged.len());
}

/// Starts a writer, kills it, and takes down what it had acknowledged.
fn run_and_kill(store: &Path, run: u64, acknowledged: &mut Acknowledged) {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_was_acknowledged_survives_a_kill", "--nocapture", "--quiet"])
        .env(STORE, store)
        .env(RUN, run.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(writer.stdout.take().unwrap());
    let random = uuid::Uuid::new_v4().as_u128();
    let (first_sent, first) = sync_channel(1);
    let reader = thread::spawn(move || {
        let (mut lines, mut line) = (Vec::new(), String::new());
        while output.read_line(&mut line).unwrap() > 0 {
            // The kill may have cut the last line short; that acknowledgement reached nobody.
            if let Some(answer) = line.strip_prefix("ack ").and_then(|answer| answer.strip_suffix('\n')) {
                let _ = first_sent.try_send(());
                lines.push(answer.to_owned());
            }
            line.clear();
        }
        lines
    });
    // Every fourth writer may be killed while it still opens the store, the others while they write.
    if !random.is_multiple_of(4) {
        first.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    thread::sleep(Duration::from_millis(u64::try_from(5 + random / 4 % 56).unwrap()));
    writer.kill().unwrap();
    writer.wait().unwrap();
    for line in reader.join().unwrap() {
        let (position, key) = line.split_once(' ').unwrap();
        assert_eq!(
            acknowledged.insert(position.parse().unwrap(), key.to_owned()),
            None,
            "given twice: {position}"
        );
    }
}

/// Opens the store and compares it with what was acknowledged; how many events it holds.
fn check(store: &Path, acknowledged: &Acknowledged) -> u64 {
    let log = SledLog::open(store, &Options::default()).unwrap();
    let (mut next, mut keys) = (1, BTreeSet::new());
    let mut of_writer: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    log.scan(0, &mut |event| {
        let key = event.key.clone().unwrap();
        let expected = event_of(&key);
        assert_eq!(event, Stored { position: next, recorded_at: event.recorded_at, ..expected });
        if let Some(promised) = acknowledged.get(&next) {
            assert_eq!(promised, &key);
        }
        let (run, thread, _) = parts_of(&key);
        *of_writer.entry((run, thread)).or_default() += 1;
        assert!(keys.insert(key), "twice: {:?}", event.key);
        next += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    let events = next - 1;
    assert!(
        acknowledged.keys().next_back().is_none_or(|last| *last <= events),
        "lost: {events} of {acknowledged:?}"
    );
    for ((_, thread), count) in of_writer {
        assert_eq!(count % append_size(thread), 0, "a part of an append");
    }
    let mut edge = RightEdge::new(log.identity().unwrap().1);
    log.each_stored(0, &mut |_, payload| {
        edge.push_payload(payload);
        ControlFlow::Continue(())
    })
    .unwrap();
    let verified = log.verify().unwrap();
    assert_eq!(
        (verified.events, verified.root),
        (events, Some(edge.root())),
        "the tree is that of the events"
    );
    assert_eq!(log.tree_head().unwrap().root, edge.root());

    for (position, key) in acknowledged.iter().rev().take(3).chain(acknowledged.iter().take(3)) {
        let retried = log.commit(vec![append([event_of(key)])]).unwrap();
        assert_eq!(retried, [Ok(vec![Placed { position: *position, repeated: true }])]);
    }
    assert_eq!(log.head(), events);
    events
}

/// The other side: producers that wait for their answers, and one thread that commits what has gathered.
fn write_until_killed(store: &Path, run: u64) -> ! {
    let log = SledLog::open(store, &Options::default()).unwrap();
    let (requests, inbox) = sync_channel(4096);
    for thread in 0..THREADS {
        let requests = requests.clone();
        thread::spawn(move || produce(&requests, run, thread));
    }
    commit_groups(&log, &inbox)
}

type Request = (Append, SyncSender<Vec<Placed>>);

fn commit_groups(log: &SledLog, inbox: &Receiver<Request>) -> ! {
    loop {
        let first = inbox.recv().unwrap();
        let (group, answers): (Vec<_>, Vec<_>) =
            std::iter::once(first).chain(inbox.try_iter().take(511)).unzip();
        for (placed, answer) in log.commit(group).unwrap().into_iter().zip(answers) {
            answer.send(placed.unwrap()).unwrap();
        }
    }
}

fn produce(requests: &SyncSender<Request>, run: u64, thread: u64) {
    let (answer, answered) = sync_channel(1);
    for round in 0.. {
        let numbers = round * append_size(thread)..(round + 1) * append_size(thread);
        let keys: Vec<_> = numbers.map(|n| format!("{run}-{thread}-{n}")).collect();
        let events = append(keys.iter().map(|key| event_of(key)));
        requests.send((events, answer.clone())).unwrap();
        let mut lines = String::new();
        for (placed, key) in answered.recv().unwrap().iter().zip(&keys) {
            lines.push_str(&format!("ack {} {key}\n", placed.position));
        }
        let mut output = std::io::stdout().lock();
        output.write_all(lines.as_bytes()).and_then(|()| output.flush()).unwrap();
    }
}

/// Threads differ in how many events they append at once.
fn append_size(thread: u64) -> u64 {
    1 + thread % 3
}

/// The event of a key, the same in both processes.
fn event_of(key: &str) -> Stored {
    let (run, thread, n) = parts_of(key);
    keyed(run * 1_000_000 + thread * 100_000 + n, key)
}

/// Run, thread and number of a key.
fn parts_of(key: &str) -> (u64, u64, u64) {
    let mut parts = key.split('-').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
}
