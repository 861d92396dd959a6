//! `kinds`: the vocabulary.

use std::io::Write;

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::Kind;
use serde_json::{Value, json};

use super::{Globals, finish, out, table, writing};
use crate::error::AppError;

/// 事件词汇表：全部种类，或一个种类的说明、格式与示例
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 种类名，如 member_purchase_made
    kind: Option<String>,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let mut out = out();
    match &args.kind {
        None => {
            let label = |kind: &Kind| globals.lang.pick(kind.label_zh(), kind.label_en()).to_owned();
            let rows: Vec<Vec<String>> = Kind::ALL
                .iter()
                .map(|kind| vec![kind.name().into(), kind.version().to_string(), label(kind)])
                .collect();
            let records: Vec<Value> = Kind::ALL.iter().map(|kind| described(*kind)).collect();
            table::print(&mut out, globals.format, &["kind", "version", "label"], &rows, &records)?;
        }
        Some(name) => {
            let kind = Kind::from_name(name).ok_or_else(|| unknown(name))?;
            let text =
                serde_json::to_string_pretty(&described(kind)).map_err(|error| writing(error.into()))?;
            writeln!(out, "{text}").map_err(writing)?;
        }
    }
    finish(out)
}

fn described(kind: Kind) -> Value {
    let example: Value = serde_json::from_str(kind.example()).unwrap_or_default();
    json!({
        "kind": kind.name(), "version": kind.version(), "label_zh": kind.label_zh(), "label_en": kind.label_en(),
        "example": example, "schema": kind.schema(),
    })
}

fn unknown(name: &str) -> Refusal {
    Refusal::missing(
        "unknown_kind",
        "/kind",
        format!("没有「{name}」这种事件；用 jinqiao kinds 查看全部种类"),
        format!("no kind {name:?}; jinqiao kinds lists them"),
    )
}
