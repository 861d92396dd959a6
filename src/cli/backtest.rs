//! `backtest`: the ranker on past cuts of a register, or on the past periods of the log itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use flate2::bufread::MultiGzDecoder;
use jinqiao_events::decide::Refusal;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::backtest::{self, Cut, Data, Report, Row, Split};

use super::{Globals, finish, out, table};
use crate::config::Format;
use crate::error::AppError;
use crate::matching::date_of;

mod own;
mod report;

/// 回测排序：给出目录（含 events.tsv.gz 与 split.json）则用该数据集，不给则用日志自身过去的时期
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 数据目录；不给则回测日志自身
    dir: Option<PathBuf>,
    /// 回测日志自身时，只用到某日（含）为止的事；缺省为今天
    #[arg(long, value_name = "DATE", conflicts_with = "dir")]
    as_of: Option<Occurred>,
    /// 用哪一段
    #[arg(long, value_enum, default_value = "test", requires = "dir")]
    cut: CutArg,
    /// 把排序写入文件：query、candidate、score（制表符分隔）
    #[arg(long, requires = "dir")]
    out: Option<PathBuf>,
    /// 把全体的一张清单写入文件，按概率排列：query、candidate、probability
    #[arg(long, value_name = "FILE", requires = "dir")]
    out_global: Option<PathBuf>,
    /// 同时用几种简单方法排序，逐查询比较（耗时约为两倍）
    #[arg(long, requires = "dir")]
    baselines: bool,
    /// 把各切分日整体提前若干个月，查询重新抽取
    #[arg(long, value_name = "MONTHS", default_value_t = 0, requires = "dir", value_parser = clap::value_parser!(u16).range(0..=1200))]
    earlier_by: u16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CutArg {
    Train,
    Valid,
    Test,
}

impl From<CutArg> for Cut {
    fn from(cut: CutArg) -> Self {
        match cut {
            CutArg::Train => Self::Train,
            CutArg::Valid => Self::Valid,
            CutArg::Test => Self::Test,
        }
    }
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let Some(dir) = &args.dir else { return own::run(args.as_of, globals) };
    let split = read_split(&dir.join("split.json"))?;
    let rows = read_rows(&events_file(dir))?;
    let actors = read_actors(dir)?;
    let data = Data { rows, split: earlier(split, args.earlier_by)?, actors };
    let report = backtest::run_beside(&data, args.cut.into(), args.baselines)
        .map_err(|error| Refusal::invalid("backtest_data", "", error.to_string(), error.to_string()))?;
    if let Some(path) = &args.out {
        write_ranking(path, &report).map_err(AppError::io(path.display().to_string()))?;
    }
    if let Some(path) = &args.out_global {
        write_global(path, &report).map_err(AppError::io(path.display().to_string()))?;
    }
    let mut out = out();
    match globals.format {
        Format::Json => table::json_lines(&mut out, &[&report])?,
        Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => {
            report::print(&mut out, &report, globals)?
        }
    }
    finish(out)
}

/// `events.tsv.gz`, or the same unpacked.
fn events_file(dir: &Path) -> PathBuf {
    let packed = dir.join("events.tsv.gz");
    if packed.exists() { packed } else { dir.join("events.tsv") }
}

fn read_split(path: &Path) -> Result<Split, AppError> {
    let text = std::fs::read_to_string(path).map_err(AppError::io(path.display().to_string()))?;
    serde_json::from_str(&text).map_err(|error| bad_file(path, &error))
}

fn read_rows(path: &Path) -> Result<Vec<Row>, AppError> {
    csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .from_reader(open(path)?)
        .into_deserialize()
        .collect::<Result<Vec<Row>, csv::Error>>()
        .map_err(|error| bad_file(path, &error))
}

/// What `actors.tsv.gz` says of each actor, beside its name; nothing where there is no such file.
fn read_actors(dir: &Path) -> Result<BTreeMap<String, Vec<String>>, AppError> {
    let packed = dir.join("actors.tsv.gz");
    let path = if packed.exists() { packed } else { dir.join("actors.tsv") };
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(open(&path)?);
    let mut actors = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| bad_file(&path, &error))?;
        let mut fields = record.iter().map(str::to_owned);
        if let Some(actor) = fields.next() {
            actors.insert(actor, fields.collect());
        }
    }
    Ok(actors)
}

/// A text file, packed with gzip or not.
fn open(path: &Path) -> Result<Box<dyn BufRead>, AppError> {
    let file = BufReader::new(File::open(path).map_err(AppError::io(path.display().to_string()))?);
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    Ok(if packed { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
}

fn bad_file(path: &Path, error: &dyn std::fmt::Display) -> AppError {
    let shown = path.display();
    Refusal::invalid("backtest_data", "", format!("{shown} 读不懂：{error}"), format!("{shown}: {error}"))
        .into()
}

fn write_ranking(path: &Path, report: &Report) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "query\tcandidate\tscore")?;
    for row in &report.ranking {
        writeln!(file, "{}\t{}\t{}", row.query, row.candidate, row.score_micro)?;
    }
    file.flush()
}

fn write_global(path: &Path, report: &Report) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "query\tcandidate\tprobability")?;
    for row in &report.global {
        writeln!(file, "{}\t{}\t0.{:09}", row.query, row.candidate, row.score_micro)?;
    }
    file.flush()
}

/// The same cuts so many months earlier; the queries listed are those of the cuts as they were, so they go.
fn earlier(mut split: Split, months: u16) -> Result<Split, AppError> {
    if months == 0 {
        return Ok(split);
    }
    let moved = |cut: &Occurred| {
        let day = date_of(cut.day_number()).saturating_sub(jiff::Span::new().months(i64::from(months)));
        Occurred::day(day).map_err(|error| {
            Refusal::invalid("backtest_data", "", error.to_string(), "a cut lies before all dates")
        })
    };
    split.cuts = split.cuts.iter().map(moved).collect::<Result<_, _>>()?;
    split.queries.clear();
    Ok(split)
}
