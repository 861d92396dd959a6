//! `import`: office files.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::value::occurred::Occurred;

use super::{Globals, finish, out, progress, writing};
use crate::client::Client;
use crate::config::Format;
use crate::error::AppError;
use crate::intake::{self, FileInput, ImportOptions, ImportReport};

/// 导入办公文件（xlsx、xls、csv、tsv，可为 .gz）：收下合格的行，逐行说明其余的行
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 文件
    file: PathBuf,
    /// 表格种类
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Form,
    /// 只预演，不写入
    #[arg(long)]
    dry_run: bool,
    /// 有一行被拒则全不写入，退出码 1
    #[arg(long)]
    strict: bool,
    /// 表中没有日期的事实（如名录）算在哪一天：YYYY-MM-DD、YYYY-MM 或 YYYY
    #[arg(long)]
    date: Option<Occurred>,
}

/// The forms by the names that the command line uses.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// 企业名录
    Enterprises,
    /// 商会名录
    Chambers,
    /// 签到表
    SignIn,
    /// 链团采购台账
    Purchases,
    /// 签约项目台账
    Projects,
    /// 考察接待台账
    Delegations,
    /// 走访诉求台账
    Visits,
    /// 捐赠与结对台账
    Welfare,
    /// 公开表述（报道、总结里的数字）
    Claims,
    /// 参与登记（TSV：date kind group actor role amount）
    Participations,
}

impl From<Form> for ImportForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Enterprises => Self::Enterprises,
            Form::Chambers => Self::Chambers,
            Form::SignIn => Self::SignIn,
            Form::Purchases => Self::Purchases,
            Form::Projects => Self::Projects,
            Form::Delegations => Self::Delegations,
            Form::Visits => Self::Visits,
            Form::Welfare => Self::Welfare,
            Form::Claims => Self::Claims,
            Form::Participations => Self::Participations,
        }
    }
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let options =
        ImportOptions { form: args.form.into(), dry_run: args.dry_run, strict: args.strict, date: args.date };
    let report = match &globals.server {
        Some(url) => Client::new(url)?.speaking(globals.lang).import(&args.file, &options)?,
        None => read(args, globals, &options)?,
    };
    let mut out = out();
    match globals.format {
        Format::Json => {
            let text = serde_json::to_string(&report).map_err(|error| writing(error.into()))?;
            writeln!(out, "{text}").map_err(writing)?;
        }
        Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => {
            print(&mut out, &report, globals).map_err(writing)?
        }
    }
    finish(out)?;
    Ok(u8::from(args.strict && !report.refused.is_empty()))
}

fn read(args: &Args, globals: &Globals, options: &ImportOptions) -> Result<ImportReport, AppError> {
    let shown = args.file.display().to_string();
    let bytes = std::fs::read(&args.file).map_err(AppError::io(shown))?;
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let desk = globals.open_desk()?;
    let bar = progress(globals, None);
    let report = intake::import(&desk, FileInput { name: &name, bytes: &bytes }, options, &mut |rows| {
        bar.set_position(rows)
    });
    bar.finish_and_clear();
    desk.close()?;
    report
}

fn print(out: &mut dyn Write, report: &ImportReport, globals: &Globals) -> std::io::Result<()> {
    let lang = globals.lang;
    writeln!(out, "{}", report.headline(lang))?;
    for (what, figure) in &report.totals {
        writeln!(out, "  {what}  {figure}")?;
    }
    for refused in &report.refused {
        writeln!(out, "{} {refused}", lang.pick("拒收", "refused"))?;
    }
    for duplicate in &report.duplicates {
        writeln!(out, "{} {duplicate}", lang.pick("重复", "duplicate"))?;
    }
    for proposed in &report.proposed {
        writeln!(out, "{} {proposed}", lang.pick("待确认", "to confirm"))?;
    }
    for warning in &report.warnings {
        writeln!(out, "{} {warning}", lang.pick("提醒", "note"))?;
    }
    Ok(())
}
