//! `chain`: industry chains with their gaps, and purchases among members.

use std::io::Write;

use jinqiao_events::value::fen::Fen;
use jinqiao_events::value::occurred::Occurred;
use serde_json::Value;

use super::asked::{asked, number, positions};
use super::matching::{TimesArgs, items, text};
use super::{Globals, finish, out, table, writing};
use crate::chains;
use crate::config::{Format, Lang};
use crate::door;
use crate::error::AppError;

/// 链团：产业链的环节与缺环、谁能补、谁认识他们；会员之间的优先采购
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 产业链（名称或编号）；不写则列出全部
    chain: Option<String>,
    /// 只看这家商会的会员
    #[arg(long, value_name = "PARTY")]
    chamber: Option<String>,
    /// 各商会的会员采购：金额、买卖对数、向会员采购的比重
    #[arg(long, conflicts_with_all = ["chain", "chamber"])]
    purchases: bool,
    /// 采购的起始日期（含）
    #[arg(long, value_name = "DATE", requires = "purchases")]
    from: Option<Occurred>,
    #[command(flatten)]
    times: TimesArgs,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let lang = globals.lang;
    let mut query: Vec<(&str, String)> = args.times.query().collect();
    let times = args.times.into();
    let answer = match &args.chain {
        _ if args.purchases => {
            query.extend(args.from.map(|from| ("from", from.to_string())));
            asked(globals, times, &["purchases"], &query, |views, day| {
                Ok(chains::purchases(views, args.from, day))
            })?
        }
        None => asked(globals, times, &["chains"], &query, |views, day| Ok(chains::list(views, day)))?,
        Some(chain) => {
            query.extend(args.chamber.clone().map(|chamber| ("chamber", chamber)));
            asked(globals, times, &["chains", chain], &query, |views, day| {
                let chamber = args.chamber.as_deref().map(|typed| door::find_party(&views.register, typed));
                Ok(chains::survey(views, chain, chamber.transpose()?, day, lang)?)
            })?
        }
    };
    let mut out = out();
    match (globals.format, &answer) {
        (Format::Json, Value::Array(chains)) => table::json_lines(&mut out, chains)?,
        (Format::Json, answer) => writeln!(out, "{answer}").map_err(writing)?,
        (format, Value::Array(chains)) => list(&mut out, chains, format, lang)?,
        (format, answer) if args.purchases => purchases(&mut out, answer, format, lang)?,
        (_, answer) => survey(&mut out, answer, lang).map_err(writing)?,
    }
    finish(out)
}

fn list(out: &mut dyn Write, chains: &[Value], format: Format, lang: Lang) -> Result<(), AppError> {
    let headings = match (format, lang) {
        (Format::Table, Lang::Zh) => ["编号", "产业链", "版本", "环节"],
        _ => ["chain", "title", "edition", "segments"],
    };
    let row =
        |it: &Value| vec![text(it, "chain"), text(it, "title"), text(it, "edition"), number(it, "segments")];
    let rows: Vec<Vec<String>> = chains.iter().map(row).collect();
    table::print(out, format, &headings, &rows, chains)
}

fn yuan(value: &Value, field: &str) -> String {
    let fen = value.get(field).and_then(Value::as_i64).unwrap_or_default();
    Fen::new(fen).yuan_text()
}

fn purchases(out: &mut dyn Write, answer: &Value, format: Format, lang: Lang) -> Result<(), AppError> {
    let headings = match (format, lang) {
        (Format::Table, Lang::Zh) => {
            ["商会", "会员", "笔数", "买卖对数", "向会员采购（元）", "会员全部采购（元）", "比重"]
        }
        _ => ["chamber", "members", "buys", "pairs", "from_members_yuan", "total_yuan", "share"],
    };
    let row = |it: &Value| {
        let share = it.get("share_milli").and_then(Value::as_i64);
        vec![
            text(it, "name"),
            number(it, "members"),
            number(it, "buys"),
            number(it, "pairs"),
            yuan(it, "from_members_fen"),
            yuan(it, "total_fen"),
            share.map(|milli| format!("{}.{}%", milli / 10, milli % 10)).unwrap_or_default(),
        ]
    };
    let rows: Vec<Vec<String>> = items(answer, "chambers").map(row).collect();
    table::print::<Value>(out, format, &headings, &rows, &[])
}

fn survey(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    let chamber = answer.get("chamber").map(|it| text(it, "name")).unwrap_or_default();
    writeln!(out, "{}（{}）  {chamber}", text(answer, "title"), text(answer, "edition"))?;
    let (filled, all) = (number(answer, "filled"), items(answer, "parts").count());
    let circle = number(answer, "circle");
    let sentence = match lang {
        Lang::Zh => format!("{circle} 家企业，{all} 个环节中有 {filled} 个有企业"),
        Lang::En => format!("{circle} enterprises; {filled} of {all} segments have a firm"),
    };
    writeln!(out, "{sentence}")?;
    for part in items(answer, "parts") {
        let is_gap = part.get("gap").and_then(Value::as_bool).unwrap_or_default();
        let mark = if is_gap { lang.pick("缺环", "gap") } else { lang.pick("有", "held") };
        let feeds: Vec<&str> = items(part, "feeds").filter_map(Value::as_str).collect();
        writeln!(out, "  [{mark}] {} -> {}", text(part, "name"), feeds.join("、"))?;
        for firm in items(part, "firms") {
            writeln!(
                out,
                "      {}  {}  {}",
                text(firm, "name"),
                text(firm, "why"),
                positions(firm, "evidence")
            )?;
        }
        for filler in items(part, "fillers") {
            writeln!(
                out,
                "    {} {}  {}  {}",
                lang.pick("可补", "could fill"),
                text(filler, "name"),
                text(filler, "why"),
                positions(filler, "evidence")
            )?;
            for who in items(filler, "known_by") {
                let times = number(who, "times");
                writeln!(
                    out,
                    "        {} {} ×{times}  {}",
                    lang.pick("认识：", "known by"),
                    text(who, "name"),
                    positions(who, "evidence")
                )?;
            }
        }
    }
    Ok(())
}
