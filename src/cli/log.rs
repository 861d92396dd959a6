//! `log`: the store itself.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Globals, LossArgs, finish, out, progress, writing};
use crate::desk::restore;
use crate::error::AppError;
use crate::store::Store;

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
    /// 最新事件的位置
    Head,
    /// 校验全部已存内容：两份逐字节相同、校验和、位置无缺
    Verify,
    /// 导出为 JSON 行（与引擎无关，逐字节稳定）
    Export {
        /// 写入文件；缺省为标准输出
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// 把导出的 JSON 行读入一个空库，位置、编号与登记时间照旧
    Import {
        /// 导出文件，- 为标准输入
        file: PathBuf,
    },
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let store = globals.open_store_with(args.loss)?;
    match &args.command {
        Command::Head => head(&store),
        Command::Verify => verify(&store),
        Command::Export { out } => export(&store, globals, out.as_deref()),
        Command::Import { file } => import(&store, globals, file),
    }
}

fn head(store: &Store) -> Result<u8, AppError> {
    let mut out = out();
    writeln!(out, "{}", json!({ "position": store.log.head() })).map_err(writing)?;
    store.close()?;
    finish(out)
}

fn verify(store: &Store) -> Result<u8, AppError> {
    let verified = store.log.verify()?;
    let mut out = out();
    let answer = json!({ "ok": true, "events": verified.events, "bytes": verified.bytes });
    writeln!(out, "{answer}").map_err(writing)?;
    store.close()?;
    finish(out)
}

fn export(store: &Store, globals: &Globals, file: Option<&Path>) -> Result<u8, AppError> {
    let mut sink: Box<dyn Write> = match file {
        Some(path) => {
            Box::new(BufWriter::new(File::create(path).map_err(AppError::io(path.display().to_string()))?))
        }
        None => Box::new(out()),
    };
    let bar = progress(globals, Some(store.log.head()));
    let mut fault = None;
    store.log.scan(0, &mut |stored| {
        bar.inc(1);
        let written =
            stored.to_line().map_err(std::io::Error::from).and_then(|line| writeln!(sink, "{line}"));
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                fault = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    bar.finish_and_clear();
    store.close()?;
    fault.map_or(Ok(()), |error| Err(writing(error)))?;
    finish(sink)
}

fn import(store: &Store, globals: &Globals, file: &Path) -> Result<u8, AppError> {
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(file).map_err(AppError::io(file.display().to_string()))?))
    };
    let bar = progress(globals, None);
    let restored = restore::restore(store, reader, &mut |position| bar.set_position(position));
    bar.finish_and_clear();
    store.close()?;
    let mut out = out();
    writeln!(out, "{}", json!({ "position": restored? })).map_err(writing)?;
    finish(out)
}
