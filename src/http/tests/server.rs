use super::super::{refuse_public, serve_until};
use super::*;
use crate::client::Client;
use crate::error::AppError;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server on a port of its own.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), AppError>>,
}

async fn served(limits: Limits) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve_until(desk(), listener, limits, async move {
        drop(stopped.await)
    }));
    Served { address, stop, ended }
}

/// Sends bytes as they are and reads until the server closes.
fn exchange(address: SocketAddr, sent: &[u8]) -> String {
    let mut stream = connect(address);
    stream.write_all(sent).unwrap();
    read_all(&mut stream)
}

/// A raw connection, blocking: the server runs on the runtime's other threads.
fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Everything until the server closes. One that closes on what it has not read may reset the connection; what
/// came before counts.
fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(
            error.kind(),
            std::io::ErrorKind::ConnectionReset,
            "not closed in time"
        );
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn only_this_machine_is_served() {
    for public in ["0.0.0.0:8650", "192.168.1.2:80", "[::]:8650"] {
        let error = refuse_public(public.parse().unwrap()).unwrap_err();
        assert_eq!(error.code(), "listen_public");
    }
    assert!(refuse_public("127.0.0.1:8650".parse().unwrap()).is_ok());
    assert!(refuse_public("[::1]:8650".parse().unwrap()).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_dribbles_its_headers_is_cut_off() {
    let served = served(Limits {
        header_read: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    let mut stream = connect(served.address);
    let started = std::time::Instant::now();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        .unwrap();
    read_all(&mut stream);
    assert!(
        started.elapsed() >= Duration::from_millis(150),
        "not before its time"
    );
    let answer = exchange(
        served.address,
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lengths_never_hide_a_second_request() {
    let served = served(Limits::default()).await;
    for lengths in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
    ] {
        let smuggled = format!(
            "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{lengths}\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );
        let answer = exchange(served.address, smuggled.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    }
    let differing = b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}  ";
    let answer = exchange(served.address, differing);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_finishes_what_is_under_way_and_ends_followers() {
    let served = served(Limits::default()).await;
    let mut follower = connect(served.address);
    follower
        .write_all(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let body = numbered(1).to_string();
    let (head, tail) = body.split_at(10);
    let mut writer = connect(served.address);
    let headers = format!(
        "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    writer.write_all(headers.as_bytes()).unwrap();
    writer.write_all(head.as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    served.stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    writer.write_all(tail.as_bytes()).unwrap();
    let answer = read_all(&mut writer);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let ended = tokio::time::timeout(Duration::from_secs(8), served.ended)
        .await
        .expect("stopped in time");
    ended.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_does_not_wait_for_ever() {
    let served = served(Limits {
        drain: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    let mut stuck = connect(served.address);
    stuck.write_all(b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n").unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    served.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), served.ended)
        .await
        .expect("stopped in time")
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_records_reads_and_is_told_why_not() {
    let served = served(Limits::default()).await;
    let url = format!("http://{}", served.address);
    let asked = tokio::task::spawn_blocking(move || {
        let client = Client::new(&url).unwrap();
        let lines: Vec<String> = town()
            .as_array()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(client.post_events(&lines).unwrap().len(), 5);
        let taken = client.post_events(&lines[..1]).unwrap_err();
        assert_eq!(
            (taken.code(), taken.exit_code(), taken.pointer()),
            ("identifier_taken", 3, "/0/body/identifier")
        );
        assert_eq!(client.link("琅屿精机", FIRM).unwrap()["position"], 6);
        assert_eq!(
            client
                .match_list("琅屿精机", &[("with", "enterprises".into())])
                .unwrap()["lines"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert!(
            client.explain(FIRM, OTHER_FIRM, &[]).unwrap()["score_micro"]
                .as_i64()
                .unwrap()
                > 0
        );
        let unknown = client
            .clone()
            .speaking(crate::config::Lang::En)
            .explain("无名", FIRM, &[])
            .unwrap_err();
        assert_eq!((unknown.code(), unknown.exit_code()), ("party_unknown", 1));
        assert!(
            unknown
                .sentence(crate::config::Lang::En)
                .contains("no such party")
        );
    });
    asked.await.unwrap();
    served.stop.send(()).unwrap();
    served.ended.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_sends_office_files_in() {
    let served = served(Limits::default()).await;
    let url = format!("http://{}", served.address);
    let sent = tokio::task::spawn_blocking(move || {
        let file = tempfile::Builder::new().suffix(".tsv").tempfile().unwrap();
        std::fs::write(file.path(), super::imports::REGISTER).unwrap();
        let form = jinqiao_events::kinds::correction::ImportForm::Participations;
        let date = Some("2018".parse().unwrap());
        let options = crate::intake::ImportOptions {
            form,
            dry_run: false,
            strict: false,
            date,
        };
        Client::new(&url).unwrap().import(file.path(), &options).unwrap()
    });
    let report = sent.await.unwrap();
    assert_eq!((report.accepted, report.refused.len()), (2, 1));
    served.stop.send(()).unwrap();
    served.ended.await.unwrap().unwrap();
}

#[test]
fn a_client_without_a_server_says_so() {
    let unreachable = Client::new("http://127.0.0.1:1")
        .unwrap()
        .link("a", "b")
        .unwrap_err();
    assert_eq!(
        (unreachable.code(), unreachable.exit_code()),
        ("server_unreachable", 4)
    );
    for url in ["127.0.0.1:8650", "https://127.0.0.1", "http://", "http://x/y"] {
        assert_eq!(Client::new(url).unwrap_err().code(), "server_url", "{url}");
    }
}
