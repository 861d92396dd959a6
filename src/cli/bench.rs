//! `bench`: figures of a synthetic town on this machine, as one JSON object that grows by a line a part.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, process, thread};

use serde_json::{Value, json};

use super::{Globals, finish, out, writing};
use crate::bench::scratch_dir::ScratchDir;
use crate::bench::soak::{self, Load};
use crate::bench::{self, Part, Report, town::Town};
use crate::error::AppError;
use crate::http::stop_signal;

/// What a run that was stopped answers with, as a shell says of an interrupted program.
const STOPPED: i32 = 130;

/// 性能测量（合成城市），输出 JSON，测完一项写一行
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 企业数
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(600..=120_000_000))]
    enterprises: u64,
    /// 活动数；默认为企业数的十分之一
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..=12_000_000))]
    occasions: Option<u64>,
    /// 往来数（企业与活动之间）；默认为企业数的十倍
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..=1_200_000_000))]
    ties: Option<u64>,
    /// 种子：同一种子同一城市
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// 只测图与算法，等于 --parts graph
    #[arg(long, conflicts_with = "parts")]
    graph_only: bool,
    /// 测哪几项：graph 图与算法，lists 推荐名单（往来超过两千万时略去），log 经日志的读写、新鲜度与 HTTP
    #[arg(long, value_delimiter = ',', default_value = "graph,lists,log")]
    parts: Vec<Part>,
    /// 最多让多少往来经过日志：更大的城市按比例缩小后再测这一项
    #[arg(long, value_name = "M", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(6_000..))]
    log_ties: u64,
    /// 用多少家企业核对近似结果的准确率
    #[arg(long, value_name = "P", default_value_t = 200)]
    precision_seeds: usize,
    /// 改为持续读写这么多秒，报告吞吐、p99 漂移与内存增长
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    soak: Option<u64>,
    /// 持续读写时每秒写入多少个事件
    #[arg(long, value_name = "N", default_value_t = 200, requires = "soak", value_parser = clap::value_parser!(u64).range(1..))]
    soak_rate: u64,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let town = Town {
        enterprises: args.enterprises,
        occasions: args.occasions.unwrap_or(args.enterprises / 10),
        ties: args.ties.unwrap_or(args.enterprises * 10),
        seed: args.seed,
    };
    if let Some(seconds) = args.soak {
        let figures = soak::run(town, Load { seconds, appends_per_second: args.soak_rate })?;
        let mut out = out();
        writeln!(out, "{figures:#}").map_err(writing)?;
        return finish(out);
    }
    let options = bench::Options {
        town,
        parts: if args.graph_only { vec![Part::Graph] } else { args.parts.clone() },
        precision_seeds: args.precision_seeds,
        log_ties_max: args.log_ties,
    };
    let dir = ScratchDir::new().map_err(AppError::io("建临时目录"))?;
    let lines = Arc::new(Mutex::new(Lines::default()));
    end_when_stopped(&lines, dir.path().to_owned()).map_err(AppError::io("等待停止信号"))?;
    let measured = bench::run(&options, dir.path(), &mut Told { lines: &lines, globals });
    lock(&lines).end(out()).map_err(writing)?;
    measured.map(|()| 0)
}

/// One JSON object on standard output, a member a line, each passed on as soon as it is known.
#[derive(Debug, Default)]
struct Lines {
    members: usize,
    stage: String,
    has_ended: bool,
}

impl Lines {
    fn put(&mut self, mut out: impl Write, member: &str, figures: &Value) -> io::Result<()> {
        if self.has_ended {
            return Ok(());
        }
        let before = if self.members == 0 { "{" } else { "," };
        write!(out, "{before}\n{}: {figures}", Value::from(member))?;
        self.members += 1;
        out.flush()
    }

    fn end(&mut self, mut out: impl Write) -> io::Result<()> {
        if std::mem::replace(&mut self.has_ended, true) {
            return Ok(());
        }
        writeln!(out, "{}", if self.members == 0 { "{}" } else { "\n}" })?;
        out.flush()
    }
}

/// Says stages on standard error and passes figures on.
struct Told<'a> {
    lines: &'a Mutex<Lines>,
    globals: &'a Globals,
}

impl Report for Told<'_> {
    fn say(&mut self, stage: &str) {
        stage.clone_into(&mut lock(self.lines).stage);
        self.globals.say(stage, stage);
    }

    fn tell(&mut self, part: &str, figures: &Value) -> Result<(), AppError> {
        lock(self.lines).put(out(), part, figures).map_err(writing)
    }
}

/// A run that is interrupted or terminated ends the object with what it was at, so that what was measured can be read.
fn end_when_stopped(lines: &Arc<Mutex<Lines>>, dir: PathBuf) -> io::Result<()> {
    let (lines, runtime) =
        (Arc::clone(lines), tokio::runtime::Builder::new_current_thread().enable_io().build()?);
    let wait = move || {
        runtime.block_on(stop_signal());
        let ended = cut_short(&mut lock(&lines), out());
        // Stores may still be written there; what is left lies where temporary files lie.
        let _ = fs::remove_dir_all(&dir);
        process::exit(if ended.is_ok() { STOPPED } else { 1 })
    };
    thread::Builder::new().name("stop".into()).spawn(wait).map(drop)
}

fn cut_short(lines: &mut Lines, mut out: impl Write) -> io::Result<()> {
    let during = json!({ "during": lines.stage });
    lines.put(&mut out, "cut_short", &during)?;
    lines.end(out)
}

fn lock(lines: &Mutex<Lines>) -> MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_cut_short_leaves_one_object_with_all_that_was_measured() {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        lines.put(&mut out, "town", &json!({ "ties": 5 })).unwrap();
        lines.put(&mut out, "append", &json!(7)).unwrap();
        "replay".clone_into(&mut lines.stage);
        assert_eq!(String::from_utf8(out.clone()).unwrap().lines().count(), 3, "a line a part");
        cut_short(&mut lines, &mut out).unwrap();
        let object: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            object,
            json!({ "town": { "ties": 5 }, "append": 7, "cut_short": { "during": "replay" } })
        );
    }
}
