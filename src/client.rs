//! The client of a running `serve`: what the command line uses with `--server`. Blocking.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::config::Lang;
use crate::error::{AppError, ServerError};
use crate::intake::{ImportOptions, ImportReport};

/// The longest answer: an import with every row refused.
const ANSWER_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// An import of a large register takes minutes.
const TIME_OUT: Duration = Duration::from_secs(600);

/// A running server.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    lang: Lang,
}

impl Client {
    /// The server at `url`, such as `http://127.0.0.1:8650`. Nothing is sent yet.
    ///
    /// # Errors
    /// `server_url` when it is no `http://` address.
    pub fn new(url: &str) -> Result<Self, AppError> {
        let base = url.trim_end_matches('/').to_owned();
        let has_host = base
            .strip_prefix("http://")
            .is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#']));
        if !has_host {
            return Err(told(
                0,
                "server_url",
                format!("服务地址应如 http://127.0.0.1:8650，而不是「{url}」"),
            ));
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIME_OUT))
            .proxy(None);
        Ok(Self { agent: config.build().into(), base, lang: Lang::default() })
    }

    /// The same, answered in that language.
    #[must_use]
    pub fn speaking(self, lang: Lang) -> Self {
        Self { lang, ..self }
    }

    /// Records events, each a JSON object, all or nothing; one answer an event.
    ///
    /// # Errors
    /// The server's refusal, or that it cannot be reached.
    pub fn post_events(&self, lines: &[&str]) -> Result<Vec<Value>, AppError> {
        let body = format!("[{}]", lines.join(",\n"));
        let mut answer: Value = self.post("/api/v1/events", "application/json", body.as_bytes())?;
        match answer.get_mut("events").map(Value::take) {
            Some(Value::Array(events)) => Ok(events),
            _ => Err(strange()),
        }
    }

    /// Confirms that a name means a party.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn link(&self, name: &str, party: &str) -> Result<Value, AppError> {
        let body = json!({ "name": name, "party": party }).to_string();
        self.post("/api/v1/links", "application/json", body.as_bytes())
    }

    /// Sends an office file in.
    ///
    /// # Errors
    /// When the file cannot be read; else as [`Client::post_events`].
    pub fn import(&self, file: &Path, options: &ImportOptions) -> Result<ImportReport, AppError> {
        let bytes = std::fs::read(file).map_err(AppError::io(file.display().to_string()))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let form = serde_json::to_value(options.form).map_err(|_| strange())?;
        let mut query = vec![("as", form.as_str().unwrap_or_default().to_owned())];
        query.extend(options.dry_run.then(|| ("dry_run", "true".to_owned())));
        query.extend(options.strict.then(|| ("strict", "true".to_owned())));
        query.extend(options.date.map(|date| ("date", date.to_string())));
        let (media_type, body) = multipart(&name, &bytes);
        self.post(&format!("/api/v1/imports{}", written(&query)), &media_type, &body)
    }

    /// The match list of a party. `query` are the parameters of the route: `with`, `top`, `as_of`, `known_at`.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn match_list(&self, party: &str, query: &[(&str, String)]) -> Result<Value, AppError> {
        self.get(&format!("/api/v1/matches/{}{}", escaped(party), written(query)))
    }

    /// Why, and why not, to introduce two parties. `query`: `as_of`, `known_at`.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn explain(&self, party: &str, other: &str, query: &[(&str, String)]) -> Result<Value, AppError> {
        self.get(&format!("/api/v1/matches/{}/{}{}", escaped(party), escaped(other), written(query)))
    }

    /// The figures. `query`: `from`, `to`, `figure`, `evidence`, `known_at`.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn report(&self, query: &[(&str, String)]) -> Result<Value, AppError> {
        self.get(&format!("/api/v1/report{}", written(query)))
    }

    /// The article's rows as the log answers them. `query`: `known_at`.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn article(&self, query: &[(&str, String)]) -> Result<Value, AppError> {
        self.get(&format!("/api/v1/report/article{}", written(query)))
    }

    /// Claims beside the log. `query`: `from`, `to`, `article`.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn claims(&self, query: &[(&str, String)]) -> Result<Value, AppError> {
        self.get(&format!("/api/v1/report/claims{}", written(query)))
    }

    /// `credit`.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn credit(&self, project: &str, query: &[(&str, String)]) -> Result<Value, AppError> {
        self.get(&format!("/api/v1/projects/{}/credit{}", escaped(project), written(query)))
    }

    /// `duplicates`.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn duplicates(&self) -> Result<Value, AppError> {
        self.get("/api/v1/projects/duplicates")
    }

    /// Every import.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn imports(&self) -> Result<Value, AppError> {
        self.get("/api/v1/imports")
    }

    /// Takes an import back.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn undo(&self, import: &str, dry_run: bool, reason: Option<&str>) -> Result<Value, AppError> {
        let query = [("dry_run", dry_run.to_string())];
        let body = json!({ "reason": reason }).to_string();
        let path = format!("/api/v1/imports/{}/undo{}", escaped(import), written(&query));
        self.post(&path, "application/json", body.as_bytes())
    }

    /// What waits for a person.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn work(&self, top: usize) -> Result<Value, AppError> {
        self.get(&format!("/api/v1/work?top={top}"))
    }

    /// Any route that is only read; its path as the document writes it, with what goes into it escaped.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn ask(&self, path: &[&str], query: &[(&str, String)]) -> Result<Value, AppError> {
        let steps: Vec<String> = path.iter().map(|step| escaped(step)).collect();
        self.get(&format!("/api/v1/{}{}", steps.join("/"), written(query)))
    }

    /// Has the server back its log up, beside its store.
    ///
    /// # Errors
    /// As [`Client::post_events`].
    pub fn back_up(&self) -> Result<Value, AppError> {
        self.post("/api/v1/backup", "application/json", b"")
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, AppError> {
        let request = self.agent.get(format!("{}{path}", self.base));
        self.read(request.header("accept-language", self.lang.pick("zh", "en")).call())
    }

    fn post<T: DeserializeOwned>(&self, path: &str, media_type: &str, body: &[u8]) -> Result<T, AppError> {
        let request = self.agent.post(format!("{}{path}", self.base)).header("content-type", media_type);
        self.read(request.header("accept-language", self.lang.pick("zh", "en")).send(body))
    }

    fn read<T: DeserializeOwned>(
        &self,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, AppError> {
        let unreachable = |error: ureq::Error| {
            let zh = format!("连不上 {}：{error}；请确认 jinqiao serve 正在运行", self.base);
            let en = format!("{} cannot be reached: {error}; is jinqiao serve running?", self.base);
            told(0, "server_unreachable", self.lang.pick(&zh, &en).to_owned())
        };
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let text =
            answer.body_mut().with_config().limit(ANSWER_MAX_BYTES).read_to_string().map_err(unreachable)?;
        if status < 400 {
            return serde_json::from_str(&text).map_err(|_| strange());
        }
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        let field = |name: &str| problem.get(name).and_then(Value::as_str).map(str::to_owned);
        Err(AppError::Server(Box::new(ServerError {
            status,
            code: field("code").unwrap_or_else(|| "server_answer".into()),
            detail: field("detail").unwrap_or_else(|| format!("HTTP {status}")),
            pointer: field("pointer").unwrap_or_default(),
        })))
    }
}

fn told(status: u16, code: &str, detail: String) -> AppError {
    AppError::Server(Box::new(ServerError { status, code: code.to_owned(), detail, pointer: String::new() }))
}

fn strange() -> AppError {
    told(0, "server_answer", "服务的回答看不懂；请确认两边版本一致".into())
}

/// A path segment or query value with everything but unreserved characters escaped (RFC 3986).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

fn written(query: &[(&str, String)]) -> String {
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// The media type and body of a form with one file. The boundary does not occur in the file.
fn multipart(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let occurs = |boundary: &str| bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes());
    let mut boundary = String::from("jinqiao-upload");
    while occurs(&boundary) {
        boundary.push('x');
    }
    let name: String =
        name.chars().map(|c| if c == '"' || c == '\\' || c.is_control() { '_' } else { c }).collect();
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}
