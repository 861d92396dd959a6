//! `dormant`: chambers with their clocks and lights.

use std::io::Write;

use serde_json::Value;

use super::asked::{asked, number, positions};
use super::matching::{TimesArgs, items, text};
use super::{Globals, finish, out, table, writing};
use crate::config::{Format, Lang};
use crate::dormancy;
use crate::error::AppError;
use crate::web::texts::vocabulary;

/// 商会活力：时限与红黄绿灯，清理整顿、示范点、镇街登记，以及预警提前了多少
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    times: TimesArgs,
    /// 绿灯和未知的商会也列出
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let lang = globals.lang;
    let path = ["chambers", "dormant"];
    let query: Vec<(&str, String)> = args.times.query().collect();
    let answer = asked(globals, args.times.into(), &path, &query, |views, day| {
        Ok(dormancy::dormant(views, day, lang))
    })?;
    let mut out = out();
    match globals.format {
        Format::Json => writeln!(out, "{answer}").map_err(writing)?,
        Format::Table => for_people(&mut out, &answer, args.all, lang).map_err(writing)?,
        Format::Csv | Format::Tsv | Format::Xlsx => {
            let rows: Vec<Vec<String>> = items(&answer, "chambers").flat_map(rows).collect();
            let headings = [
                "chamber",
                "name",
                "members",
                "light",
                "clock",
                "clock_light",
                "due",
                "days_left",
                "evidence",
            ];
            table::print::<Value>(&mut out, globals.format, &headings, &rows, &[])?;
        }
    }
    finish(out)
}

fn rows(chamber: &Value) -> Vec<Vec<String>> {
    let row = |clock: &Value| {
        vec![
            text(chamber, "party"),
            text(chamber, "name"),
            number(chamber, "members"),
            text(chamber, "light"),
            text(clock, "clock"),
            text(clock, "light"),
            text(clock, "due"),
            number(clock, "days_left"),
            positions(clock, "evidence"),
        ]
    };
    items(chamber, "clocks").map(row).collect()
}

fn light(value: &Value, lang: Lang) -> &str {
    let word = value.get("light").and_then(Value::as_str).unwrap_or_default();
    vocabulary::value("light", word, lang).unwrap_or(word)
}

fn for_people(out: &mut dyn Write, answer: &Value, all: bool, lang: Lang) -> std::io::Result<()> {
    writeln!(out, "{}  {}", lang.pick("截至", "as of"), text(answer, "as_of"))?;
    for (word, count) in answer.get("lights").and_then(Value::as_object).into_iter().flatten() {
        writeln!(out, "  {}  {count}", vocabulary::value("light", word, lang).unwrap_or(word))?;
    }
    for chamber in items(answer, "chambers") {
        let is_calm = matches!(text(chamber, "light").as_str(), "green" | "unknown");
        if is_calm && !all {
            continue;
        }
        let members = number(chamber, "members");
        writeln!(
            out,
            "{}  {}  {}",
            light(chamber, lang),
            text(chamber, "name"),
            lang.pick(&format!("会员 {members} 家"), &format!("{members} members"))
        )?;
        for clock in items(chamber, "clocks") {
            let evidence = positions(clock, "evidence");
            writeln!(
                out,
                "    {}  {}：{}  {evidence}",
                light(clock, lang),
                text(clock, "label"),
                text(clock, "sentence")
            )?;
        }
    }
    cleared(out, answer, lang)?;
    townships(out, answer, lang)
}

fn cleared(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    writeln!(out, "{}", lang.pick("清理整顿", "cleared away"))?;
    for done in items(answer, "clean_up") {
        let noted = done.get("noted").cloned().unwrap_or_default();
        let what = text(done, "what");
        let word = vocabulary::value("clean_up", &what, lang).unwrap_or(&what);
        writeln!(
            out,
            "  #{}  {}  {}  {word}",
            number(&noted, "position"),
            text(&noted, "occurred"),
            text(done, "name")
        )?;
    }
    let warning = answer.get("warning").cloned().unwrap_or_default();
    let median = number(&warning, "median_months");
    let alarms = items(&warning, "false_alarms").count();
    let sentence = match lang {
        Lang::Zh if median.is_empty() => format!("预警提前：没有可比的认定；误报 {alarms} 家"),
        Lang::Zh => format!("预警提前：中位 {median} 个月；误报 {alarms} 家"),
        Lang::En if median.is_empty() => format!("lead time: nothing to compare with; {alarms} false alarms"),
        Lang::En => format!("lead time: {median} months at the median; {alarms} false alarms"),
    };
    writeln!(out, "{sentence}")?;
    Ok(())
}

fn townships(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    for city in items(answer, "townships") {
        let (registered, units) = (number(city, "registered"), number(city, "units"));
        let (with, districts) = (number(city, "districts_with"), items(city, "districts").count());
        let sentence = match lang {
            Lang::Zh => format!(
                "{}镇街商会登记 {registered} / {units}，有登记的区（市）{with} / {districts}",
                text(city, "name")
            ),
            Lang::En => format!(
                "{}: township chambers registered {registered} of {units}, districts {with} of {districts}",
                text(city, "name")
            ),
        };
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}
