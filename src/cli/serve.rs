//! `serve`: HTTP API and pages.

use std::io::Write;
use std::net::SocketAddr;

use super::{Globals, LossArgs, out};
use crate::desk::Desk;
use crate::error::AppError;
use crate::http;

/// 启动网页与 HTTP 接口
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 监听地址；在有账号之前只接受本机地址
    #[arg(long, default_value = "127.0.0.1:8650", env = "JINQIAO_LISTEN")]
    pub(super) listen: SocketAddr,
    #[command(flatten)]
    pub(super) loss: LossArgs,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    http::refuse_public(args.listen)?;
    let desk = Desk::open(globals.open_store_with(args.loss)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(AppError::io("启动异步运行时"))?;
    runtime.block_on(http::serve(desk, args.listen, |address| announce(address, globals)))?;
    globals.say("已停止，数据已落盘", "stopped, everything is on disk");
    Ok(0)
}

/// The address on standard output, a line that a program can read; the rest is for people.
fn announce(address: SocketAddr, globals: &Globals) {
    let mut out = out();
    // Whoever started the server may have closed its output: it serves all the same.
    drop(writeln!(out, "http://{address}").and_then(|()| out.flush()));
    globals.say("金桥已启动，按 Ctrl-C 停止", "serving; stop with Ctrl-C");
}
