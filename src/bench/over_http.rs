//! Match lists over HTTP: one connection, then many, while others ask for health and search for names.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener as StdListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::timing::{Timings, per_second};
use crate::desk::Desk;
use crate::error::AppError;
use crate::http::limit::Limits;
use crate::http::serve_until;

/// Requests over one connection, and over each of many.
const ALONE: usize = 200;
const EACH: usize = 20;
/// Connections at once.
const CONNECTIONS: usize = 64;
/// How often bystanders ask.
const BYSTANDER_PAUSE: Duration = Duration::from_millis(20);

/// Figures of lists for these enterprises, by number, over HTTP on this desk. Closes the desk.
///
/// # Errors
/// When there is no port to be had or the desk cannot be closed.
pub fn measure(desk: Desk, numbers: &[u64]) -> Result<Value, AppError> {
    let listener = StdListener::bind(("127.0.0.1", 0)).map_err(AppError::io("监听"))?;
    listener.set_nonblocking(true).map_err(AppError::io("监听"))?;
    let address = listener.local_addr().map_err(AppError::io("监听"))?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(AppError::io("启动服务"))?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = runtime.spawn(async move {
        let listener = TcpListener::from_std(listener).map_err(AppError::io("监听"))?;
        serve_until(desk, listener, Limits::default(), async move { drop(stopped.await) }).await
    });
    let figures = ask(address, numbers);
    let _told = stop.send(());
    runtime.block_on(serving).unwrap_or(Err(AppError::Busy))?;
    Ok(figures)
}

fn ask(address: SocketAddr, numbers: &[u64]) -> Value {
    let part =
        |at: usize, count: usize| numbers.iter().copied().cycle().skip(at).take(count).collect::<Vec<_>>();
    drop(lists(address, &part(0, EACH)));
    let alone = lists(address, &part(EACH, ALONE));
    let done = AtomicBool::new(false);
    let started = Instant::now();
    let (together, health, search, elapsed) = thread::scope(|scope| {
        let health = scope.spawn(|| bystander(address, "/healthz", &done));
        let search = scope.spawn(|| bystander(address, "/api/v1/parties?q=bench%3A1", &done));
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|at| {
                let own = part(EACH + ALONE + at * EACH, EACH);
                scope.spawn(move || lists(address, &own))
            })
            .collect();
        let together: Vec<Asked> =
            clients.into_iter().map(|client| client.join().unwrap_or_default()).collect();
        let elapsed = started.elapsed();
        done.store(true, Ordering::Relaxed);
        (together, health.join().unwrap_or_default(), search.join().unwrap_or_default(), elapsed)
    });
    let mut all = Asked::default();
    together.iter().for_each(|one| all.take(one));
    json!({
        "one_connection": alone.figures(),
        "connections": CONNECTIONS,
        "many_connections": all.figures(),
        "lists_per_second": per_second(all.answered.len() as u64, elapsed),
        "p99_over_one_connection_p50": all.answered.percentile_ms(99) / alone.answered.percentile_ms(50),
        "health_meanwhile": health.figures(),
        "search_meanwhile": search.figures(),
    })
}

/// What came back.
#[derive(Debug, Default)]
struct Asked {
    answered: Timings,
    /// 503: told to come again.
    put_off: usize,
    failed: usize,
}

impl Asked {
    fn take(&mut self, other: &Self) {
        self.answered.extend(&other.answered);
        self.put_off += other.put_off;
        self.failed += other.failed;
    }

    fn figures(&self) -> Value {
        let mut figures = self.answered.figures();
        if let Some(figures) = figures.as_object_mut() {
            figures.insert("put_off".into(), json!(self.put_off));
            figures.insert("failed".into(), json!(self.failed));
        }
        figures
    }
}

fn lists(address: SocketAddr, numbers: &[u64]) -> Asked {
    let paths = numbers.iter().map(|number| format!("/api/v1/matches/local:bench%2F{number}?top=20"));
    let mut asked = Asked::default();
    let Ok(mut connection) = Connection::open(address) else { return asked };
    for path in paths {
        let started = Instant::now();
        match connection.get(&path) {
            // An enterprise that was nowhere has no list; that answer is timed as well.
            Ok(200 | 404) => asked.answered.push(started.elapsed()),
            Ok(503) => asked.put_off += 1,
            Ok(_) | Err(_) => asked.failed += 1,
        }
    }
    asked
}

fn bystander(address: SocketAddr, path: &str, done: &AtomicBool) -> Timings {
    let mut timings = Timings::default();
    let Ok(mut connection) = Connection::open(address) else { return timings };
    while !done.load(Ordering::Relaxed) {
        let answer = timings.time(|| connection.get(path));
        if answer.is_err() {
            break;
        }
        thread::sleep(BYSTANDER_PAUSE);
    }
    timings
}

/// A connection that is kept.
struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Asks, reads the whole answer, and tells its status.
    fn get(&mut self, path: &str) -> std::io::Result<u16> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let mut length = 0;
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line.trim().is_empty() {
                break;
            }
            let header = line.to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(status)
    }
}
