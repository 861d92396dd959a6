//! `replay`: rebuilds every view from the log and prints a digest for each.

use std::io::Write;

use jiff::civil::Date;
use jinqiao_events::clock::end_of_day;
use jinqiao_events::log::{Effective, Horizon, Position};
use jinqiao_projections::views::Views;
use serde_json::json;

use super::{Globals, finish, out, progress, writing};
use crate::config::Format;
use crate::error::AppError;

/// 从日志重建全部视图，并打印每个视图的摘要
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 只到某个位置，或某日（含）为止已登记的事件
    #[arg(long, value_name = "POSITION|DATE", value_parser = parse_until)]
    to: Option<Until>,
}

/// Where a replay ends.
#[derive(Debug, Clone, Copy)]
enum Until {
    /// At a position.
    Position(Position),
    /// At the end of a day: what had been recorded by then.
    Day(Date),
}

fn parse_until(text: &str) -> Result<Until, String> {
    text.parse()
        .map(Until::Position)
        .or_else(|_| text.parse().map(Until::Day))
        .map_err(|_| format!("「{text}」既不是位置也不是日期（YYYY-MM-DD）"))
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let store = globals.read_store()?;
    let horizon = match args.to {
        None => Horizon::default(),
        Some(Until::Position(position)) => Horizon::position(position),
        Some(Until::Day(day)) => Horizon::known_at(end_of_day(day)),
    };
    let bar = progress(globals, Some(horizon.to.min(store.log.head())));
    let mut views = Views::default();
    let mut folds = views.folds();
    folds.push(Box::new(|_| bar.inc(1)));
    Effective::gather(store.log.as_ref(), horizon)?.feed(store.log.as_ref(), 0, folds)?;
    bar.finish_and_clear();
    store.close()?;
    let mut out = out();
    for (view, digest) in views.digests() {
        match globals.format {
            Format::Json => {
                writeln!(out, "{}", json!({ "view": view, "digest": digest, "position": views.position }))
            }
            Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => writeln!(out, "{view}\t{digest}"),
        }
        .map_err(writing)?;
    }
    finish(out)
}
