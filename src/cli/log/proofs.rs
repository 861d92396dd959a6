//! `log prove` and `log checkpoint`: what can be given to somebody who does not trust this machine.

use std::io::Write;
use std::path::PathBuf;

use jinqiao_events::decide::Refusal;
use jinqiao_events::log::proof::{NotaryError, ProofError};
use jinqiao_events::log::{LogError, Position};

use super::super::{Globals, finish, writing};
use super::sink;
use crate::error::AppError;
use crate::store::Store;

/// What is to be proved.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(super) struct ProveArgs {
    /// 证明这一号事件在日志中
    #[arg(long, value_name = "POSITION", conflicts_with_all = ["from", "to"])]
    event: Option<Position>,
    /// 在前多少个事件的日志中；缺省为全部
    #[arg(long, value_name = "SIZE", requires = "event")]
    size: Option<u64>,
    /// 证明前 FROM 个事件的日志
    #[arg(long, requires = "to")]
    from: Option<u64>,
    /// 是前 TO 个事件的日志的开头
    #[arg(long, requires = "from")]
    to: Option<u64>,
    /// 写入文件；缺省为标准输出
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Where a checkpoint goes.
#[derive(Debug, clap::Args)]
pub(super) struct CheckpointArgs {
    /// 写入文件；缺省为标准输出
    #[arg(long)]
    out: Option<PathBuf>,
    /// 输出核对签名用的公钥，而不是检查点
    #[arg(long)]
    key: bool,
}

pub(super) fn prove(store: &Store, args: &ProveArgs) -> Result<u8, AppError> {
    let provable = store.provable()?;
    let json = match (args.event, args.from, args.to) {
        (Some(event), _, _) => provable.prove_event(event, args.size).map_err(unproved)?.to_json(),
        (None, Some(from), Some(to)) => provable.prove_growth(from, to).map_err(unproved)?.to_json(),
        (None, _, _) => return Err(nothing_asked().into()),
    };
    let json = json.map_err(|error| AppError::io("证明")(error.into()))?;
    let mut sink = sink(args.out.as_deref())?;
    writeln!(sink, "{json}").map_err(writing)?;
    store.close()?;
    finish(sink)
}

pub(super) fn checkpoint(store: &Store, globals: &Globals, args: &CheckpointArgs) -> Result<u8, AppError> {
    let signed = store.provable()?.checkpoint().map_err(unsigned)?;
    let mut sink = sink(args.out.as_deref())?;
    if args.key {
        writeln!(sink, "{}", signed.verifier).map_err(writing)?;
    } else {
        write!(sink, "{}", signed.note).map_err(writing)?;
        globals.say(
            "请把检查点与公钥（log checkpoint --key）交给外部保存：只有外部留存的检查点，才能发现有人重写整份日志并重新签名",
            "Give the checkpoint and the public key (log checkpoint --key) to somebody outside: only a checkpoint kept elsewhere shows a log that was rewritten and signed anew",
        );
    }
    store.close()?;
    finish(sink)
}

fn nothing_asked() -> Refusal {
    Refusal::invalid(
        "nothing_to_prove",
        "",
        "请写 --event 位置，或 --from 与 --to",
        "say --event POSITION, or --from and --to",
    )
}

fn unproved(error: ProofError) -> AppError {
    match error {
        ProofError::NoSuchLeaf { index, size } => {
            let position = index.wrapping_add(1);
            let zh = format!("前 {size} 个事件的日志中没有第 {position} 号事件");
            let en = format!("there is no event at position {position} in a log of {size}");
            Refusal::missing("no_such_event", "", zh, en).into()
        }
        ProofError::NotOlder { old, new } => {
            let zh = format!(
                "{old} 个事件的日志不是 {new} 个事件的日志的开头；请把较小的写在 --from，且不超过日志的长度"
            );
            let en = format!("a log of {old} events is no beginning of one of {new}");
            Refusal::invalid("not_older", "", zh, en).into()
        }
        ProofError::Log(error) => error.into(),
    }
}

/// The log contradicts what was signed, or the key cannot be used: the store is at fault.
fn unsigned(error: NotaryError) -> AppError {
    match error {
        NotaryError::Proof(error) => unproved(error),
        other @ (NotaryError::None
        | NotaryError::Exposed { .. }
        | NotaryError::KeyMissing { .. }
        | NotaryError::Key(_)
        | NotaryError::OtherStore { .. }
        | NotaryError::Note { .. }
        | NotaryError::Contradicts { .. }
        | NotaryError::Shorter { .. }
        | NotaryError::Io { .. }) => LogError::Store(other.to_string()).into(),
    }
}
