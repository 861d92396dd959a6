//! `bench`: figures of a synthetic town on this machine, as one JSON object.

use std::io::Write;

use super::{Globals, finish, out, writing};
use crate::bench::{self, town::Town};
use crate::error::AppError;

/// 性能测量（合成城市），输出 JSON
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 企业数
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(600..=60_000_000))]
    enterprises: u64,
    /// 活动数
    #[arg(long, value_name = "K", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=6_000_000))]
    occasions: u64,
    /// 往来数（企业与活动之间）
    #[arg(long, value_name = "M", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=600_000_000))]
    ties: u64,
    /// 种子：同一种子同一城市
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let town =
        Town { enterprises: args.enterprises, occasions: args.occasions, ties: args.ties, seed: args.seed };
    let figures = bench::run(town, &mut |stage| globals.say(stage, stage))?;
    let mut out = out();
    writeln!(out, "{figures:#}").map_err(writing)?;
    finish(out)
}
