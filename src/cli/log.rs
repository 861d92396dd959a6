//! `log`: the store itself.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use jinqiao_events::log::Position;
use jinqiao_events::log::envelope::hex;
use serde_json::json;

use super::{Globals, LossArgs, finish, out, progress, writing};
use crate::desk::restore;
use crate::error::AppError;
use crate::store::Store;

mod backup;
mod export;
mod proofs;
mod verify;

/// 日志本身
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    loss: LossArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 最新事件的位置，与证明树的根
    Head,
    /// 校验全部已存内容（不作修复）：每一字节、两份互校、证明树、检查点；指出哪一号有误
    Verify,
    /// 导出为 JSON 行（与引擎无关，逐字节稳定）
    Export {
        /// 写入文件；缺省为标准输出
        #[arg(long)]
        out: Option<PathBuf>,
        /// 每行附上存储字节与杂凑值，供独立校验程序 tests/verify_log.py 核对
        #[arg(long)]
        proof: bool,
    },
    /// 把导出的 JSON 行读入一个空库，位置、编号与登记时间照旧
    Import {
        /// 导出文件，- 为标准输入
        file: PathBuf,
    },
    /// 证明一个事件在日志中（--event），或较早的日志是较晚的开头（--from 与 --to）；输出一行 JSON
    Prove(proofs::ProveArgs),
    /// 对日志当前的长度与根签名，输出检查点；请交给外部保存
    Checkpoint(proofs::CheckpointArgs),
    /// 备份（服务运行中请加 --server）
    Backup(backup::BackupArgs),
    /// 从备份恢复到一个新的库（--log 所指），可只恢复到某一号事件
    Restore(backup::RestoreArgs),
    /// 压缩引擎文件：由日志文件重建后替换
    Compact,
}

impl Args {
    /// Whether a running server can do it.
    pub(super) const fn is_served(&self) -> bool {
        matches!(self.command, Command::Backup(_))
    }
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let there = || globals.read_store_with(args.loss);
    match &args.command {
        Command::Head => head(&there()?),
        Command::Verify => verify::run(globals),
        Command::Export { out, proof } => export::run(&there()?, globals, out.as_deref(), *proof),
        Command::Import { file } => import(&globals.open_store_with(args.loss)?, globals, file),
        Command::Prove(args) => proofs::prove(&there()?, args),
        Command::Checkpoint(args) => proofs::checkpoint(&there()?, globals, args),
        Command::Backup(backup) => backup::back_up(globals, args.loss, backup),
        Command::Restore(restore) => backup::restore(globals, restore),
        Command::Compact => backup::compact(globals, args.loss),
    }
}

fn head(store: &Store) -> Result<u8, AppError> {
    let mut answer = json!({ "position": store.log.head() });
    if let (Some(provable), Some(answer)) = (store.log.provable(), answer.as_object_mut()) {
        let (id, profile) = provable.identity()?;
        answer.insert("store".into(), json!(id));
        answer.insert("hash".into(), json!(profile.name()));
        answer.insert("root".into(), json!(hex(&provable.tree_head()?.root)));
    }
    print(store, &answer)
}

/// Closes the store and prints one object.
fn print(store: &Store, answer: &serde_json::Value) -> Result<u8, AppError> {
    let mut out = out();
    writeln!(out, "{answer}").map_err(writing)?;
    store.close()?;
    finish(out)
}

fn import(store: &Store, globals: &Globals, file: &Path) -> Result<u8, AppError> {
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(file).map_err(AppError::io(file.display().to_string()))?))
    };
    let bar = progress(globals, None);
    let restored = restore::restore(store, reader, &mut |position: Position| bar.set_position(position));
    bar.finish_and_clear();
    store.close()?;
    let mut out = out();
    writeln!(out, "{}", json!({ "position": restored? })).map_err(writing)?;
    finish(out)
}

/// A file to write to, or standard output.
fn sink(file: Option<&Path>) -> Result<Box<dyn Write>, AppError> {
    Ok(match file {
        Some(path) => {
            Box::new(BufWriter::new(File::create(path).map_err(AppError::io(path.display().to_string()))?))
        }
        None => Box::new(out()),
    })
}
