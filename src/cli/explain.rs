//! `explain`: why, and why not, these two.

use std::io::Write;

use jinqiao_events::decide::Refusal;
use serde_json::Value;

use super::matching::{TimesArgs, items, micro, millionths, term_line, text};
use super::{Globals, finish, out, writing};
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
    let answer = match &globals.server {
        Some(url) => {
            let query: Vec<(&str, String)> = args.times.query().collect();
            Client::new(url)?.speaking(globals.lang).explain(&args.a, &args.b, &query)?
        }
        None => computed(args, globals)?,
    };
    let mut out = out();
    match globals.format {
        Format::Json => writeln!(out, "{answer}").map_err(writing)?,
        Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => {
            for_people(&mut out, &answer, globals.lang).map_err(writing)?
        }
    }
    finish(out)
}

fn computed(args: &Args, globals: &Globals) -> Result<Value, AppError> {
    let desk = globals.read_desk()?;
    let ground = Ground::gather(&desk, args.times.into())?;
    let explained = explained(&ground, args, globals.lang);
    drop(ground);
    desk.close()?;
    serde_json::to_value(explained?).map_err(|error| writing(error.into()))
}

fn explained(ground: &Ground, args: &Args, lang: Lang) -> Result<ExplainAnswer, Refusal> {
    let register = &ground.views.register;
    ground.explain(door::find_party(register, &args.a)?, door::find_party(register, &args.b)?, lang)
}

fn for_people(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    writeln!(out, "{}  ↔  {}", text(answer, "name"), text(answer, "other_name"))?;
    let (pool, score) = (micro(answer, "pool"), millionths(micro(answer, "score_micro")));
    match (answer.get("rank").and_then(Value::as_u64), lang) {
        (Some(rank), Lang::Zh) => writeln!(out, "在清单中列第 {rank}（候选 {pool} 家），得分 {score}")?,
        (Some(rank), Lang::En) => writeln!(out, "place {rank} of {pool}, score {score}")?,
        (None, Lang::Zh) => writeln!(out, "不在清单中")?,
        (None, Lang::En) => writeln!(out, "not on the list")?,
    }
    if answer.get("is_try").is_some() {
        writeln!(
            out,
            "{}",
            lang.pick(
                "按得分排在二十行的清单之外，由试探名额列入",
                "its score puts it beyond a list of 20 lines, which shows it as a try"
            )
        )?;
    }
    for term in items(answer, "terms") {
        term_line(out, term, lang)?;
    }
    for path in items(answer, "warm_paths").take(1) {
        let reliability = millionths(micro(path, "reliability_micro"));
        writeln!(out, "  {}  {}  [{reliability}]", lang.pick("牵线", "introducer"), text(path, "sentence"))?;
    }
    for reason in items(answer, "why_not") {
        writeln!(out, "  {}  {}", lang.pick("不推荐", "against"), text(reason, "sentence"))?;
    }
    Ok(())
}
