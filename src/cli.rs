//! The command line: one file a subcommand. Data goes to stdout, messages to stderr.

use std::io::{self, Write};

use clap::{Args, Parser, Subcommand};

use jinqiao_events::decide::Refusal;

use crate::config::{Format, Hash, Lang, LogUrl};
use crate::desk::Desk;
use crate::error::AppError;
use crate::store::{Choices, Store};

mod asked;
mod backtest;
mod bench;
mod chain;
mod credit;
mod demo;
mod dormant;
mod duplicates;
mod explain;
mod import;
mod kinds;
mod link;
mod log;
mod matching;
mod needs;
mod reconcile;
mod record;
mod replay;
mod report;
mod serve;
mod show;
mod table;
mod train;
mod undo;
mod work;

/// 金桥：招商引资撮合引擎。每一次往来都是不可更改的事件，每一条推荐都能点开它背后的事件。
#[derive(Debug, Parser)]
#[command(name = "jinqiao", version, about, max_term_width = 100)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command knows.
#[derive(Debug, Clone, Args)]
pub struct Globals {
    /// 日志所在：sled:目录，或 memory:
    #[arg(long, global = true, env = "JINQIAO_LOG", default_value = "sled:./jinqiao-data")]
    pub log: LogUrl,
    /// 经由正在运行的服务执行（如 http://127.0.0.1:8650）
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// 新建的库用哪种杂凑算法建证明树；建库之后不能更改
    #[arg(long, global = true, value_enum)]
    pub hash: Option<Hash>,
    /// 列表的输出格式
    #[arg(long, global = true, value_enum, default_value_t)]
    pub format: Format,
    /// 语言
    #[arg(long, global = true, value_enum, default_value_t)]
    pub lang: Lang,
    /// 不显示进度与提示
    #[arg(long, global = true)]
    pub quiet: bool,
}

/// What a person decides about lost events.
#[derive(Debug, Clone, Copy, Default, Args)]
struct LossArgs {
    /// 两份日志都丢失了同样的已确认事件时，仍以余下的继续；这一决定会记入日志
    #[arg(long)]
    accept_loss: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 建一座虚构的示例城市，打印一家企业和一家商会的推荐，并打开页面
    Demo(demo::Args),
    /// 启动网页与 HTTP 接口
    Serve(serve::Args),
    /// 写入事件（JSON 行）
    Record(record::Args),
    /// 导入办公文件
    Import(import::Args),
    /// 确认一个名称指的是哪个主体
    Link(link::Args),
    /// 撤销一次导入
    Undo(undo::Args),
    /// 待办：名称、分支机构、更正建议
    Work(work::Args),
    /// 推荐清单
    Match(matching::Args),
    /// 两个主体之间：为什么推荐、为什么不推荐
    Explain(explain::Args),
    /// 查看一个主体、一个项目或一个事件
    Show(show::Args),
    /// 统计指标
    Report(report::Args),
    /// 公开表述与日志对账
    Reconcile(reconcile::Args),
    /// 商会活力：时限、红黄绿灯、沉睡预警
    Dormant(dormant::Args),
    /// 链团：产业链缺环与会员采购
    Chain(chain::Args),
    /// 诉求、直通车与后续跟进
    Needs(needs::Args),
    /// 项目归属：先后、引荐、计入、奖励与卷宗
    Credit(credit::Args),
    /// 项目查重：可能是同一项目的登记
    Duplicates(duplicates::Args),
    /// 事件词汇表
    Kinds(kinds::Args),
    /// 从日志重建全部视图并打印摘要
    Replay(replay::Args),
    /// 用日志自身训练排序模型
    Train(train::Args),
    /// 在数据集上回测排序
    Backtest(backtest::Args),
    /// 性能测量（合成城市），输出 JSON
    Bench(bench::Args),
    /// 日志本身：校验、证明、签名、导出导入、备份恢复
    Log(log::Args),
}

/// Runs the command; the exit code where it is not decided by an error.
///
/// # Errors
/// What the command refused or could not do.
pub fn run(cli: Cli) -> Result<u8, AppError> {
    let globals = cli.globals;
    if globals.format == Format::Xlsx && !matches!(cli.command, Command::Report(_)) {
        return Err(table::no_workbook().into());
    }
    if globals.server.is_some() && !cli.command.is_served() {
        return Err(not_served().into());
    }
    match cli.command {
        Command::Demo(args) => demo::run(args, globals),
        Command::Serve(args) => serve::run(&args, &globals),
        Command::Record(args) => record::run(&args, &globals),
        Command::Import(args) => import::run(&args, &globals),
        Command::Link(args) => link::run(&args, &globals),
        Command::Undo(args) => undo::run(&args, &globals),
        Command::Work(args) => work::run(&args, &globals),
        Command::Match(args) => matching::run(&args, &globals),
        Command::Explain(args) => explain::run(&args, &globals),
        Command::Show(args) => show::run(&args, &globals),
        Command::Report(args) => report::run(&args, &globals),
        Command::Reconcile(args) => reconcile::run(&args, &globals),
        Command::Dormant(args) => dormant::run(&args, &globals),
        Command::Chain(args) => chain::run(&args, &globals),
        Command::Needs(args) => needs::run(&args, &globals),
        Command::Credit(args) => credit::run(&args, &globals),
        Command::Duplicates(args) => duplicates::run(&args, &globals),
        Command::Kinds(args) => kinds::run(&args, &globals),
        Command::Replay(args) => replay::run(&args, &globals),
        Command::Train(args) => train::run(&args, &globals),
        Command::Backtest(args) => backtest::run(&args, &globals),
        Command::Bench(args) => bench::run(&args, &globals),
        Command::Log(args) => log::run(&args, &globals),
    }
}

impl Command {
    /// Whether the command can be carried out by a running server.
    const fn is_served(&self) -> bool {
        match self {
            Self::Record(_)
            | Self::Import(_)
            | Self::Link(_)
            | Self::Undo(_)
            | Self::Work(_)
            | Self::Match(_)
            | Self::Explain(_)
            | Self::Report(_)
            | Self::Reconcile(_)
            | Self::Dormant(_)
            | Self::Chain(_)
            | Self::Needs(_)
            | Self::Credit(_)
            | Self::Duplicates(_) => true,
            Self::Log(args) => args.is_served(),
            Self::Demo(_)
            | Self::Serve(_)
            | Self::Show(_)
            | Self::Kinds(_)
            | Self::Replay(_)
            | Self::Train(_)
            | Self::Backtest(_)
            | Self::Bench(_) => false,
        }
    }
}

/// The refusal of `--server` by a command that works on a store itself.
fn not_served() -> Refusal {
    Refusal::invalid(
        "not_served",
        "",
        "这条命令不经服务执行：请去掉 --server，在服务停止时运行，或用其日志的副本",
        "this command is not carried out by a server: leave --server out and run it on the store itself, or on a copy",
    )
}

impl Globals {
    /// Opens the store that the flags name, to read it. Where nothing is there, an empty log in memory answers: a
    /// mistyped directory does not become a store.
    fn read_store(&self) -> Result<Store, AppError> {
        self.read_store_with(LossArgs::default())
    }

    /// The same, going on without lost events if a person says so.
    fn read_store_with(&self, loss: LossArgs) -> Result<Store, AppError> {
        match &self.log {
            LogUrl::Sled(dir) if !dir.exists() => {
                let dir = dir.display();
                self.say(
                    &format!("目录 {dir} 不存在，按空日志回答；请核对 --log"),
                    &format!("there is no directory {dir}: answered from an empty log; check --log"),
                );
                Store::open(&LogUrl::Memory)
            }
            LogUrl::Sled(_) | LogUrl::Memory => self.open_store_with(loss),
        }
    }

    /// The same, with a desk on it.
    fn read_desk(&self) -> Result<Desk, AppError> {
        Desk::open(self.read_store()?)
    }

    /// Opens the store that the flags name.
    fn open_store(&self) -> Result<Store, AppError> {
        self.open_store_with(LossArgs::default())
    }

    /// The same, going on without lost events if a person says so.
    fn open_store_with(&self, loss: LossArgs) -> Result<Store, AppError> {
        Store::open_with(&self.log, self.choices(loss))
    }

    fn choices(&self, loss: LossArgs) -> Choices {
        Choices { accept_loss: loss.accept_loss, hash: self.hash.map(Into::into) }
    }

    /// Opens the store and puts a desk on it.
    fn open_desk(&self) -> Result<Desk, AppError> {
        Desk::open(self.open_store()?)
    }

    /// A message for people, on stderr.
    fn say(&self, zh: &str, en: &str) {
        if !self.quiet {
            eprintln!("{}", self.lang.pick(zh, en));
        }
    }
}

/// Standard output, buffered; flush with [`finish`].
fn out() -> io::BufWriter<io::StdoutLock<'static>> {
    io::BufWriter::new(io::stdout().lock())
}

/// Flushes standard output.
fn finish(mut out: impl Write) -> Result<u8, AppError> {
    out.flush().map_err(writing)?;
    Ok(0)
}

/// A failed write to standard output.
fn writing(error: io::Error) -> AppError {
    AppError::Io { context: "写标准输出".into(), error }
}

/// A bar on stderr for what lasts over a second on a terminal; silent otherwise.
fn progress(globals: &Globals, total: Option<u64>) -> indicatif::ProgressBar {
    use std::io::IsTerminal;
    if globals.quiet || !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    total.map_or_else(indicatif::ProgressBar::new_spinner, indicatif::ProgressBar::new)
}
