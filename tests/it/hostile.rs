//! Hostile input at every door: each case gets the answer of its kind (status, stable code, place, a plain sentence
//! in both languages), adds no event, and leaves the server up. One table for events, one for files; each row goes
//! through the HTTP door and the command line.

mod events;
mod files;
mod wire;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::{Town, serving, small_town};

/// The program serving a small town; killed with the test.
struct Served {
    child: Child,
    address: String,
    head: u64,
}

/// An answer of the server.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Served {
    /// A server on a store in memory with the small town in it.
    fn start() -> Self {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jinqiao"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "memory:"])
            .env_remove("JINQIAO_LOG")
            .env_remove("JINQIAO_LISTEN");
        let (child, address) = serving(&mut command);
        let mut served = Self { child, address, head: 0 };
        let town = Value::Array(small_town()).to_string();
        let answer = served.post("/api/v1/events", "application/json", "", town.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.body);
        served.head = served.head_now();
        served
    }

    /// Sends bytes as they are and reads until the server closes.
    fn exchange(&self, sent: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // A server that refuses early may close while the rest is being sent.
        drop(stream.write_all(sent));
        let mut bytes = Vec::new();
        drop(stream.read_to_end(&mut bytes));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&self, path: &str, headers: &str) -> Answer {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n");
        self.exchange(request.as_bytes())
    }

    fn post(&self, path: &str, media_type: &str, headers: &str, body: &[u8]) -> Answer {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n{headers}Connection: close\r\n\r\n",
            body.len()
        );
        self.exchange(&[head.as_bytes(), body].concat())
    }

    fn head_now(&self) -> u64 {
        let answer = self.get("/api/v1/events?limit=1", "");
        answer.json()["head"].as_u64().expect("the server is up")
    }

    /// Nothing was added, and it still answers.
    fn is_as_before(&self, what: &str) {
        assert_eq!(self.head_now(), self.head, "{what}: no event is added");
        assert_eq!(self.get("/healthz", "").status, 200, "{what}: the server is still up");
    }
}

fn is_chinese(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

/// What every refusal over HTTP must be.
fn check_problem(what: &str, zh: &Answer, en: &Answer, status: u16, code: &str) {
    for answer in [zh, en] {
        assert_eq!((answer.status, answer.text("code").as_str()), (status, code), "{what}: {}", answer.body);
        assert!(answer.head.contains("application/problem+json"), "{what}: {}", answer.head);
    }
    let (zh, en) = (zh.text("detail"), en.text("detail"));
    assert!(zh.chars().any(is_chinese), "{what}: a Chinese sentence: {zh}");
    assert!(
        en.chars().filter(|c| c.is_ascii_alphabetic()).count() > 10 && en != zh,
        "{what}: an English one: {en}"
    );
    let chinese = en.chars().filter(|c| is_chinese(*c)).count();
    assert!(chinese * 3 < en.chars().count(), "{what}: an English sentence is English: {en}");
}

/// What every refusal on the command line must be: an exit code for the input, one JSON line with the code.
fn check_refused(what: &str, output: &Output, code: &str) {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(matches!(output.status.code(), Some(1 | 3)), "{what}: {:?}: {said}", output.status);
    assert!(said.contains(code), "{what}: {code}: {said}");
    assert!(!said.contains("panicked"), "{what}: {said}");
}

/// A town in a store of its own, for the command line.
fn recorded_town() -> (Town, u64) {
    let town = Town::new();
    let output = town.record(&small_town(), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let head = town.head();
    (town, head)
}
