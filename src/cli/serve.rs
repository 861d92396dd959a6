//! `serve`: HTTP API and pages.

use std::net::SocketAddr;

use super::Globals;
use crate::error::AppError;
use crate::http;

/// 启动网页与 HTTP 接口
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 监听地址；在有账号之前只接受本机地址
    #[arg(long, default_value = "127.0.0.1:8650", env = "JINQIAO_LISTEN")]
    pub(super) listen: SocketAddr,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    http::refuse_public(args.listen)?;
    let desk = globals.open_desk()?;
    globals
        .say(&format!("金桥已启动：http://{}", args.listen), &format!("serving on http://{}", args.listen));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(AppError::io("启动异步运行时"))?;
    runtime.block_on(http::serve(desk, args.listen))?;
    globals.say("已停止，数据已落盘", "stopped, everything is on disk");
    Ok(0)
}
