//! `log backup`, `log restore`, `log compact`.

use std::io::Write;
use std::path::{Path, PathBuf};

use jinqiao_events::decide::Refusal;
use jinqiao_events::log::Position;
use jinqiao_events::log::envelope::hex;
use jinqiao_events::log::sled_log::{self, Backup};
use serde_json::json;

use super::super::{Globals, LossArgs, finish, out, writing};
use crate::client::Client;
use crate::config::LogUrl;
use crate::error::AppError;

/// Where a backup goes.
#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    /// 备份目录（须为空或不存在）；经 --server 时由服务放在数据目录旁的「-backups」下，不写此项
    directory: Option<PathBuf>,
}

/// What is restored.
#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// 备份目录
    backup: PathBuf,
    /// 只恢复到这一号事件；缺省为全部
    #[arg(long, value_name = "POSITION")]
    to: Option<Position>,
}

pub(super) fn back_up(globals: &Globals, loss: LossArgs, args: &BackupArgs) -> Result<u8, AppError> {
    let answer = match (&globals.server, &args.directory) {
        (Some(url), None) => Client::new(url)?.speaking(globals.lang).back_up()?,
        (None, Some(directory)) => {
            if taken(directory) {
                return Err(not_empty(directory).into());
            }
            let store = globals.open_store_with(loss)?;
            let backup = store.provable()?.back_up(directory)?;
            store.close()?;
            told(directory, &backup)
        }
        (Some(_), Some(_)) | (None, None) => return Err(one_of_both().into()),
    };
    say_what_is_not_in_it(globals);
    let mut out = out();
    writeln!(out, "{answer}").map_err(writing)?;
    finish(out)
}

/// What a finished backup is told as, here and over HTTP.
pub(crate) fn told(directory: &Path, backup: &Backup) -> serde_json::Value {
    json!({
        "directory": directory.display().to_string(),
        "position": backup.position,
        "root": backup.root,
        "hash": backup.hash,
        "store": backup.store,
        "bytes": backup.bytes,
    })
}

pub(super) fn restore(globals: &Globals, args: &RestoreArgs) -> Result<u8, AppError> {
    let LogUrl::Sled(directory) = &globals.log else { return Err(only_on_disk().into()) };
    if taken(directory) {
        return Err(not_empty(directory).into());
    }
    let said = Backup::read(&args.backup)?.ok_or_else(|| no_backup(&args.backup))?;
    if let Some(to) = args.to.filter(|to| *to > said.position) {
        return Err(beyond(to, said.position).into());
    }
    let options = globals.choices(LossArgs::default()).options();
    let head = sled_log::restore(&args.backup, directory, args.to, &options)?;
    globals.say(
        "已恢复并逐字节校验。签名密钥与人员库（people/）不在备份里：如有另存，请在首次打开前放回，否则将生成新的签名密钥",
        "Restored and verified byte by byte. The signing key and the person store (people/) are not in a backup: put them back before the first use if they were kept, else a new key is made",
    );
    let mut out = out();
    writeln!(out, "{}", json!({ "position": head.size, "root": hex(&head.root) })).map_err(writing)?;
    finish(out)
}

pub(super) fn compact(globals: &Globals, loss: LossArgs) -> Result<u8, AppError> {
    let LogUrl::Sled(directory) = &globals.log else { return Err(only_on_disk().into()) };
    // Tells what the open finds, as every open does.
    globals.open_store_with(loss)?.close()?;
    let compacted = sled_log::compact(directory, &globals.choices(loss).options())?;
    let mut out = out();
    writeln!(out, "{}", json!(compacted)).map_err(writing)?;
    finish(out)
}

fn say_what_is_not_in_it(globals: &Globals) {
    globals.say(
        "备份含全部事件、证明树与检查点；不含签名密钥（checkpoint.key）与人员库（people/），请另行保管",
        "The backup holds every event, the tree and the checkpoints; the signing key (checkpoint.key) and the person store (people/) are not in it: keep them apart",
    );
}

fn taken(directory: &Path) -> bool {
    std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some())
}

fn not_empty(directory: &Path) -> Refusal {
    let shown = directory.display();
    Refusal::conflict(
        "directory_not_empty",
        "",
        format!("目录 {shown} 不是空的；请换一个空目录或不存在的目录"),
        format!("{shown} is not empty: name a directory that is, or is not there yet"),
    )
}

fn no_backup(directory: &Path) -> Refusal {
    let shown = directory.display();
    Refusal::missing(
        "no_backup",
        "",
        format!("{shown} 里没有完成的备份（缺 backup.json）"),
        format!("there is no finished backup in {shown} (no backup.json)"),
    )
}

fn beyond(to: Position, position: Position) -> Refusal {
    Refusal::invalid(
        "beyond_backup",
        "",
        format!("备份只到第 {position} 号事件，无法恢复到第 {to} 号"),
        format!("the backup ends at position {position}; it cannot be restored to {to}"),
    )
}

fn one_of_both() -> Refusal {
    Refusal::invalid(
        "backup_directory",
        "",
        "请写备份目录；经 --server 备份时不写，由服务放在数据目录旁",
        "name the directory of the backup; with --server leave it out, the server puts it beside its store",
    )
}

fn only_on_disk() -> Refusal {
    Refusal::invalid("not_on_disk", "", "请用 --log sled:目录", "use --log sled:DIR")
}
