//! `undo`: takes back what one import added, and lists what rests on it.

use std::io::Write;

use serde_json::Value;

use super::matching::{items, text};
use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::error::AppError;
use crate::undoing;

/// 撤销一次导入：作废它增加的全部事件，并列出依赖它们的事件；不删除任何记录，同一文件可以重新导入
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 导入的编号，或其事件位置
    #[arg(required_unless_present = "list")]
    import: Option<String>,
    /// 列出全部导入
    #[arg(long, conflicts_with = "import")]
    list: bool,
    /// 只说明会怎样，不写入
    #[arg(long)]
    dry_run: bool,
    /// 为什么撤销
    #[arg(long)]
    reason: Option<String>,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let answer = match (&globals.server, &args.import) {
        (Some(url), Some(import)) => {
            let client = Client::new(url)?.speaking(globals.lang);
            client.undo(import, args.dry_run, args.reason.as_deref())?
        }
        (Some(url), None) => Client::new(url)?.speaking(globals.lang).imports()?,
        (None, import) => local(args, import.as_deref(), globals)?,
    };
    let mut out = out();
    if let Value::Array(imports) = &answer {
        list(&mut out, imports, globals)?;
    } else {
        told(&mut out, &answer, globals)?;
    }
    finish(out)
}

fn local(args: &Args, import: Option<&str>, globals: &Globals) -> Result<Value, AppError> {
    let desk = globals.read_desk()?;
    let answer = match import {
        None => undoing::imports(&desk).map(serde_json::to_value),
        Some(import) => {
            let reason = args.reason.as_deref();
            undoing::undo(&desk, import, reason, args.dry_run, globals.lang).map(serde_json::to_value)
        }
    };
    desk.close()?;
    answer?.map_err(|error| writing(error.into()))
}

fn number(value: &Value, field: &str) -> String {
    value.get(field).map(ToString::to_string).unwrap_or_default()
}

fn list(out: &mut dyn Write, imports: &[Value], globals: &Globals) -> Result<(), AppError> {
    let headings = match (globals.format, globals.lang) {
        (Format::Table, Lang::Zh) => ["位置", "表格", "文件", "增加", "已作废", "登记时间", "编号"],
        (Format::Table | Format::Json | Format::Csv | Format::Tsv | Format::Xlsx, _) => {
            ["position", "form", "file", "added", "voided", "recorded_at", "import"]
        }
    };
    let row = |one: &Value| {
        vec![
            number(one, "position"),
            text(one, "form"),
            text(one, "file"),
            number(one, "added"),
            number(one, "voided"),
            text(one, "recorded_at"),
            text(one, "import"),
        ]
    };
    let rows: Vec<Vec<String>> = imports.iter().map(row).collect();
    table::print(out, globals.format, &headings, &rows, imports)
}

fn told(out: &mut dyn Write, answer: &Value, globals: &Globals) -> Result<(), AppError> {
    if globals.format == Format::Json {
        return writeln!(out, "{answer}").map_err(writing);
    }
    let lang = globals.lang;
    let dry_run = answer.get("dry_run").and_then(Value::as_bool).unwrap_or_default();
    let head = match (dry_run, lang) {
        (true, Lang::Zh) => "将作废（未写入）",
        (true, Lang::En) => "would be voided (nothing written)",
        (false, Lang::Zh) => "已作废",
        (false, Lang::En) => "voided",
    };
    writeln!(out, "{head}").map_err(writing)?;
    for (kind, count) in answer.get("by_kind").and_then(Value::as_object).into_iter().flatten() {
        writeln!(out, "  {kind}  {count}").map_err(writing)?;
    }
    let depends: Vec<&Value> = items(answer, "depends").collect();
    let say = lang.pick("依赖这次导入、仍然有效的事件", "events that rest on it and still count");
    writeln!(out, "{say}（{}）", depends.len()).map_err(writing)?;
    for event in depends {
        let by: Vec<&str> = items(event, "by").filter_map(Value::as_str).collect();
        let (position, occurred, label) =
            (number(event, "position"), text(event, "occurred"), text(event, "label"));
        writeln!(out, "  #{position}  {occurred}  {label}  {}", by.join(" ")).map_err(writing)?;
    }
    Ok(())
}
