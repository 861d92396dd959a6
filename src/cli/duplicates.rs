//! `duplicates`: projects that may be one under two keys; and what an officer finds of a pair.

use std::io::Write;

use clap::ValueEnum;
use jinqiao_events::clock;
use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::RecordKey;
use jinqiao_events::kinds::project::{Likeness, ProjectDuplicateMarked};
use serde_json::{Value, json};

use super::matching::{items, text};
use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::desk::{Submission, draft};
use crate::duplicates;
use crate::error::AppError;
use crate::matching::Times;

/// 项目查重：列出可能是同一项目的登记；写明 PROJECT OF 即登记查看结论
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 查看过的项目编号
    #[arg(requires = "of")]
    project: Option<String>,
    /// 它（是或不是）哪个项目
    #[arg(requires = "reason")]
    of: Option<String>,
    /// 结论：duplicate 重复，distinct 不重复
    #[arg(long, value_enum, default_value = "duplicate", requires = "of")]
    finding: Finding,
    /// 依据，一句话
    #[arg(long, value_name = "TEXT", requires = "of")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Finding {
    Duplicate,
    Distinct,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    match (&args.project, &args.of) {
        (Some(project), Some(of)) => mark(args, project, of, globals),
        _ => list(globals),
    }
}

fn list(globals: &Globals) -> Result<u8, AppError> {
    let answer = match &globals.server {
        Some(url) => Client::new(url)?.speaking(globals.lang).duplicates()?,
        None => {
            let desk = globals.read_desk()?;
            let views = Times::default().views(&desk)?;
            let answer = duplicates::proposed(&views, globals.lang, usize::MAX);
            drop(views);
            desk.close()?;
            serde_json::to_value(answer).map_err(|error| writing(error.into()))?
        }
    };
    let mut out = out();
    if globals.format == Format::Json {
        writeln!(out, "{answer}").map_err(writing)?;
        return finish(out);
    }
    let headings = match (globals.format, globals.lang) {
        (Format::Table, Lang::Zh) => ["原项目", "名称", "可能重复", "名称", "相同之处", "事件"],
        _ => ["of", "title", "project", "title", "agrees", "events"],
    };
    let rows: Vec<Vec<String>> = items(&answer, "proposed").map(row).collect();
    if rows.is_empty() {
        globals.say("没有待查看的重复项目", "no pair of projects waits to be looked at");
    }
    table::print(&mut out, globals.format, &headings, &rows, &[] as &[Value])?;
    finish(out)
}

fn row(pair: &Value) -> Vec<String> {
    let face = |side: &str| pair.get(side).cloned().unwrap_or_default();
    let (of, project) = (face("of"), face("project"));
    let first = |face: &Value| format!("#{}", face.get("first").and_then(Value::as_u64).unwrap_or_default());
    vec![
        text(&of, "project"),
        text(&of, "title"),
        text(&project, "project"),
        text(&project, "title"),
        text(pair, "sentence"),
        format!("{} {}", first(&of), first(&project)),
    ]
}

/// Records what was found of a pair.
fn mark(args: &Args, project: &str, of: &str, globals: &Globals) -> Result<u8, AppError> {
    let finding = match args.finding {
        Finding::Duplicate => Likeness::Duplicate,
        Finding::Distinct => Likeness::Distinct,
    };
    let marked = ProjectDuplicateMarked {
        project: key(project, "/project")?,
        of: key(of, "/of")?,
        finding,
        reason: args.reason.clone().unwrap_or_default(),
    };
    let receipt = match &globals.server {
        Some(url) => {
            let today = clock::today(&clock::System);
            let line =
                json!({"kind": "project_duplicate_marked", "occurred": today, "body": marked}).to_string();
            Client::new(url)?.speaking(globals.lang).post_events(&[&line])?.pop().unwrap_or_default()
        }
        None => record(marked, globals)?,
    };
    let mut out = out();
    writeln!(out, "{receipt}").map_err(writing)?;
    globals.say("已登记", "recorded");
    finish(out)
}

fn record(marked: ProjectDuplicateMarked, globals: &Globals) -> Result<Value, AppError> {
    let desk = globals.open_desk()?;
    let unit = vec![draft(marked.into(), clock::today(desk.clock()))];
    let answers = desk.record_blocking(Submission { units: vec![unit], rehearsal: false });
    desk.close()?;
    let answer = answers?.pop().ok_or(AppError::Busy)?.map_err(|fault| fault.refusal)?;
    let receipt = answer.first();
    Ok(receipt.map_or(Value::Null, |receipt| json!({ "position": receipt.position, "id": receipt.id })))
}

fn key(text: &str, pointer: &'static str) -> Result<RecordKey, Refusal> {
    RecordKey::try_from(text.to_owned()).map_err(|error| {
        let en = "a key has 1 to 120 characters and no control characters";
        Refusal::invalid("record_key", pointer, error.to_string(), en)
    })
}
