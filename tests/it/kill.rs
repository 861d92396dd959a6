//! kill -9 of the whole program while it records: what it answered is there, once, without gaps.

use std::io::Write;
use std::process::Child;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Town, json_lines, registered, serving};

/// Cycles in CI; more by hand with `JINQIAO_KILL_CYCLES`.
const CYCLES: usize = 12;

#[test]
fn nothing_acknowledged_is_lost_when_the_program_is_killed() {
    let cycles =
        std::env::var("JINQIAO_KILL_CYCLES").ok().and_then(|text| text.parse().ok()).unwrap_or(CYCLES);
    let town = Town::new();
    let mut acknowledged: Vec<(u64, String)> = Vec::new();
    let mut checked = 0;
    let mut new = Vec::new();
    for cycle in 0..=cycles {
        let mut served = Served::start(&town);
        // Only what the last cycle added: reading the whole log each time would make the test quadratic.
        let events = events_after(&served.address, checked);
        check(&events, checked, &new);
        checked += events.len() as u64;
        acknowledged.append(&mut new);
        if cycle < cycles {
            new = record_until_killed(served, cycle);
        } else {
            served.kill();
        }
    }
    assert!(
        !acknowledged.is_empty(),
        "the program was always killed before its first answer: the test checked nothing"
    );
    let events = json_lines(town.ok(&["log", "export"]).as_bytes());
    assert_eq!(events.len() as u64, checked, "nothing came or went once it had been checked");
    check(&events, 0, &acknowledged);
    let mut codes: Vec<&str> =
        events.iter().filter_map(|event| event["body"]["identifier"].as_str()).collect();
    let recorded = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), recorded, "nothing is there twice");
    eprintln!("{cycles} cycles, {} acknowledged of {checked} events", acknowledged.len());
}

/// The events beyond a position, as a program started anew sees them.
fn events_after(address: &str, position: u64) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let after = position + events.len() as u64;
        let request = format!("GET /api/v1/events?after={after}&limit=1000");
        let page = ask(address, &request, "").expect("a program started anew answers");
        let page = page["events"].as_array().unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page.iter().cloned());
    }
}

/// Checks the events that follow a position: no gap, and every one of the acknowledged where it was said to be.
fn check(events: &[Value], after: u64, acknowledged: &[(u64, String)]) {
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event["position"].as_u64(), Some(after + index as u64 + 1), "positions have no gaps");
    }
    for (position, id) in acknowledged {
        let index =
            usize::try_from(position.checked_sub(after + 1).expect("a new event comes last")).unwrap();
        let event = events.get(index).expect("an acknowledged event is there");
        assert_eq!(event["id"].as_str(), Some(id.as_str()), "an acknowledged event stays where it was");
    }
}

/// A program that serves.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(town: &Town) -> Self {
        let (child, address) = serving(&mut town.command(&["serve", "--listen", "127.0.0.1:0"]));
        Self { child, address }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Feeds registrations one by one and kills the program after a while; what it had answered.
fn record_until_killed(mut served: Served, cycle: usize) -> Vec<(u64, String)> {
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let address = served.address.clone();
            std::thread::spawn(move || post_until_refused(&address, cycle, writer))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(40 + 13 * (cycle as u64 % 17)));
    served.kill();
    writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
}

fn post_until_refused(address: &str, cycle: usize, writer: usize) -> Vec<(u64, String)> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let code = format!("{cycle}-{writer}-{number}");
        let event = registered(&format!("青屿{code}有限公司"), "enterprise", &code);
        let Some(answer) = ask(address, "POST /api/v1/events", &event.to_string()) else {
            break;
        };
        let event = &answer["events"][0];
        acknowledged.push((event["position"].as_u64().unwrap(), event["id"].as_str().unwrap().to_owned()));
    }
    acknowledged
}

/// One request over a connection of its own; nothing when the program is gone.
fn ask(address: &str, request: &str, body: &str) -> Option<Value> {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 20").then(|| serde_json::from_str(body).ok())?
}
