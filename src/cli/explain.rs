//! `explain`: why, and why not, these two.

use std::io::Write;

use jinqiao_events::decide::Refusal;

use super::matching::{TimesArgs, millionths, term_line};
use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::door;
use crate::error::AppError;
use crate::matching::{ExplainAnswer, Ground};

/// 两个主体之间：为什么推荐、为什么不推荐
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 一方：编号、代码或全称
    a: String,
    /// 另一方
    b: String,
    #[command(flatten)]
    times: TimesArgs,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let mut out = out();
    if let Some(url) = &globals.server {
        let answer = Client::new(url)?.explain(&args.a, &args.b, globals.lang)?;
        writeln!(out, "{answer}").map_err(writing)?;
        return finish(out);
    }
    let desk = globals.open_desk()?;
    let ground = Ground::gather(&desk, args.times.into())?;
    let explained = explained(&ground, args, globals.lang);
    drop(ground);
    desk.close()?;
    let answer = explained?;
    match globals.format {
        Format::Json => table::json_lines(&mut out, &[answer])?,
        Format::Table | Format::Csv | Format::Tsv => for_people(&mut out, &answer, globals.lang).map_err(writing)?,
    }
    finish(out)
}

fn explained(ground: &Ground, args: &Args, lang: Lang) -> Result<ExplainAnswer, Refusal> {
    let register = &ground.views.register;
    ground.explain(door::find_party(register, &args.a)?, door::find_party(register, &args.b)?, lang)
}

fn for_people(out: &mut dyn Write, answer: &ExplainAnswer, lang: Lang) -> std::io::Result<()> {
    writeln!(out, "{}  ↔  {}", answer.name, answer.other_name)?;
    match (answer.rank, lang) {
        (Some(rank), Lang::Zh) => writeln!(out, "在清单中列第 {rank}（候选 {} 家），得分 {}", answer.pool, millionths(answer.score_micro))?,
        (Some(rank), Lang::En) => writeln!(out, "place {rank} of {}, score {}", answer.pool, millionths(answer.score_micro))?,
        (None, Lang::Zh) => writeln!(out, "不在清单中")?,
        (None, Lang::En) => writeln!(out, "not on the list")?,
    }
    for term in &answer.terms {
        term_line(out, term, lang)?;
    }
    for reason in &answer.why_not {
        writeln!(out, "  {}  {}", lang.pick("不推荐", "against"), reason.sentence)?;
    }
    Ok(())
}
