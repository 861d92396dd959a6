//! What the tests share: the program, a store of one's own, a small town as JSON lines.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A store of one's own, gone with the test.
pub(crate) struct Town {
    dir: TempDir,
}

impl Town {
    pub(crate) fn new() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn url(&self) -> String {
        format!("sled:{}", self.path().join("store").display())
    }

    /// The program on this store.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jinqiao"));
        command
            .args(arguments)
            .args(["--log", &self.url()])
            .env_remove("JINQIAO_LOG")
            .env_remove("JINQIAO_LISTEN");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs and expects exit code 0; standard output.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// `record` of these lines from standard input.
    pub(crate) fn record(&self, lines: &[Value], flags: &[&str]) -> Output {
        let mut arguments = vec!["record", "-", "--format", "json"];
        arguments.extend(flags);
        let mut child = self
            .command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for line in lines {
            writeln!(stdin, "{line}").unwrap();
        }
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    pub(crate) fn head(&self) -> u64 {
        let answer: Value = serde_json::from_str(&self.ok(&["log", "head"])).unwrap();
        answer["position"].as_u64().unwrap()
    }
}

/// JSON lines of an output.
pub(crate) fn json_lines(output: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A registration.
pub(crate) fn registered(name: &str, kind: &str, code: &str) -> Value {
    json!({"kind": "org_registered", "occurred": "2026-01-01",
           "body": {"name": name, "kind": kind, "identifier": format!("local:test/{code}")}})
}

/// A chamber with four members: two purchases, one salon. Enough for a list.
pub(crate) fn small_town() -> Vec<Value> {
    let mut lines = vec![registered("青屿市测试商会", "chamber", "c1")];
    for index in 1..=4 {
        lines.push(registered(&format!("青屿甲{index}有限公司"), "enterprise", &format!("e{index}")));
    }
    for index in 1..=4 {
        lines.push(json!({"kind": "member_joined", "occurred": "2026-01-02",
            "body": {"chamber": "local:test/c1", "member": format!("local:test/e{index}")}}));
    }
    for (buyer, seller) in [(1, 2), (2, 3)] {
        lines.push(json!({"kind": "member_purchase_made", "occurred": "2026-02-01",
            "body": {"buyer": format!("local:test/e{buyer}"), "seller": format!("local:test/e{seller}"), "amount": "1.5万元"}}));
    }
    lines
}

/// Starts a server that chooses its own port; it, and the address where it listens.
pub(crate) fn serving(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut listening = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut listening).unwrap();
    (child, listening.trim().rsplit('/').next().unwrap().to_owned())
}
