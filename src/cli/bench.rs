//! `bench`: figures of a synthetic town on this machine, as one JSON object.

use std::io::Write;

use super::{Globals, finish, out, writing};
use crate::bench::soak::{self, Load};
use crate::bench::{self, town::Town};
use crate::error::AppError;

/// 性能测量（合成城市），输出 JSON
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
    /// 只测图与算法，不经日志（往来超过两千万时总是如此）
    #[arg(long)]
    graph_only: bool,
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
    let options = bench::Options { town, graph_only: args.graph_only, precision_seeds: args.precision_seeds };
    let figures = match args.soak {
        Some(seconds) => soak::run(town, Load { seconds, appends_per_second: args.soak_rate })?,
        None => bench::run(options, &mut |stage| globals.say(stage, stage))?,
    };
    let mut out = out();
    writeln!(out, "{figures:#}").map_err(writing)?;
    finish(out)
}
