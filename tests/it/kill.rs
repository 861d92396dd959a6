//! kill -9 of the whole program while it records: what it answered is there, once, without gaps.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Town, json_lines, registered};

/// Cycles in CI; more by hand with `JINQIAO_KILL_CYCLES`.
const CYCLES: usize = 12;

#[test]
fn nothing_acknowledged_is_lost_when_the_program_is_killed() {
    let cycles =
        std::env::var("JINQIAO_KILL_CYCLES").ok().and_then(|text| text.parse().ok()).unwrap_or(CYCLES);
    let town = Town::new();
    let mut acknowledged: Vec<(u64, String)> = Vec::new();
    for cycle in 0..cycles {
        acknowledged.extend(record_until_killed(&town, cycle));
        let events = json_lines(town.ok(&["log", "export"]).as_bytes());
        for (index, event) in events.iter().enumerate() {
            assert_eq!(event["position"].as_u64(), Some(index as u64 + 1), "positions have no gaps");
        }
        for (position, id) in &acknowledged {
            let event = &events[usize::try_from(*position).unwrap() - 1];
            assert_eq!(event["id"].as_str(), Some(id.as_str()), "an acknowledged event stays where it was");
        }
        let mut codes: Vec<&str> =
            events.iter().filter_map(|event| event["body"]["identifier"].as_str()).collect();
        let recorded = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), recorded, "nothing is there twice");
    }
    assert!(
        !acknowledged.is_empty(),
        "the program was always killed before its first answer: the test checked nothing"
    );
}

/// Feeds registrations one by one and kills the program after a while; what it had answered.
fn record_until_killed(town: &Town, cycle: usize) -> Vec<(u64, String)> {
    let mut child = town
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut listening = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut listening).unwrap();
    let address = listening.trim().rsplit('/').next().unwrap().to_owned();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let address = address.clone();
            std::thread::spawn(move || post_until_refused(&address, cycle, writer))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(40 + 13 * (cycle as u64 % 17)));
    child.kill().unwrap();
    child.wait().unwrap();
    writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
}

fn post_until_refused(address: &str, cycle: usize, writer: usize) -> Vec<(u64, String)> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let code = format!("{cycle}-{writer}-{number}");
        let Some(answer) = post(address, &registered(&format!("青屿{code}有限公司"), "enterprise", &code))
        else {
            break;
        };
        let event = &answer["events"][0];
        acknowledged.push((event["position"].as_u64().unwrap(), event["id"].as_str().unwrap().to_owned()));
    }
    acknowledged
}

/// One POST over a connection of its own; nothing when the program is gone.
fn post(address: &str, event: &Value) -> Option<Value> {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    let body = event.to_string();
    write!(
        stream,
        "POST /api/v1/events HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 201").then(|| serde_json::from_str(body).ok())?
}
