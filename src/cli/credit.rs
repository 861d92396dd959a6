//! `credit`: who did what first, the verdict under a dated rule set, the dossier.

use std::io::Write;

use super::matching::TimesArgs;
use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::crediting::{self, CreditAnswer};
use crate::error::AppError;
use crate::matching::Times;
use serde_json::Value;

use super::matching::{items, text};

/// 项目归属：谁先报、谁引荐、计入多少、奖励多少，附卷宗
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 项目编号
    project: String,
    /// 套用哪套认定规则；缺省为当时有效的
    #[arg(long, value_name = "NAME")]
    rules: Option<String>,
    #[command(flatten)]
    times: TimesArgs,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let answer = match &globals.server {
        Some(url) => {
            let rules = args.rules.iter().map(|rules| ("rules", rules.clone()));
            let query: Vec<(&str, String)> = rules.chain(args.times.query()).collect();
            Client::new(url)?.speaking(globals.lang).credit(&args.project, &query)?
        }
        None => serde_json::to_value(computed(args, globals)?).map_err(|error| writing(error.into()))?,
    };
    let mut out = out();
    print(&mut out, &answer, globals)?;
    finish(out)
}

fn computed(args: &Args, globals: &Globals) -> Result<CreditAnswer, AppError> {
    let desk = globals.read_desk()?;
    let times: Times = args.times.into();
    let views = times.views(&desk)?;
    let as_of = times.day(&desk);
    let verdict = crediting::verdict(&views, &args.project, args.rules.as_deref(), as_of, globals.lang);
    drop(views);
    desk.close()?;
    Ok(verdict?)
}

fn print(out: &mut dyn Write, answer: &Value, globals: &Globals) -> Result<(), AppError> {
    match globals.format {
        Format::Json => writeln!(out, "{answer}").map_err(writing),
        Format::Table => for_people(out, answer, globals.lang).map_err(writing),
        Format::Csv | Format::Tsv | Format::Xlsx => {
            let rows: Vec<Vec<String>> = items(answer, "dossier").map(row).collect();
            let headings = ["position", "kind", "occurred", "recorded_at", "lag_days", "parties"];
            table::print::<Value>(out, globals.format, &headings, &rows, &[])
        }
    }
}

fn row(item: &Value) -> Vec<String> {
    let parties: Vec<&str> = items(item, "parties").filter_map(Value::as_str).collect();
    let number = |field: &str| item.get(field).map(ToString::to_string).unwrap_or_default();
    vec![
        number("position"),
        text(item, "kind"),
        text(item, "occurred"),
        text(item, "recorded_at"),
        number("lag_days"),
        parties.join("、"),
    ]
}

pub(super) fn for_people(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    writeln!(out, "{}  {}", text(answer, "project"), text(answer, "title"))?;
    writeln!(out, "{}  {}", lang.pick("截至", "as of"), text(answer, "as_of"))?;
    for sentence in items(answer, "sentences") {
        writeln!(out, "  {}{}", text(sentence, "text"), positions(sentence))?;
    }
    writeln!(out, "{}", lang.pick("卷宗", "dossier"))?;
    for item in items(answer, "dossier") {
        let backfilled = item.get("backfilled").and_then(Value::as_bool).unwrap_or_default();
        let late = if backfilled {
            let days = item.get("lag_days").and_then(Value::as_i64).unwrap_or_default();
            match lang {
                Lang::Zh => format!("  【补录，迟 {days} 天】"),
                Lang::En => format!("  [recorded {days} days later]"),
            }
        } else {
            String::new()
        };
        let parties: Vec<&str> = items(item, "parties").filter_map(Value::as_str).collect();
        let recorded = text(item, "recorded_at");
        writeln!(
            out,
            "  #{}  {}  {}  {}  {} {recorded}{late}",
            item.get("position").map(ToString::to_string).unwrap_or_default(),
            text(item, "occurred"),
            text(item, "label"),
            parties.join("、"),
            lang.pick("登记于", "recorded"),
        )?;
    }
    Ok(())
}

fn positions(sentence: &Value) -> String {
    let positions: Vec<String> = items(sentence, "evidence")
        .filter_map(Value::as_u64)
        .map(|position| format!("#{position}"))
        .collect();
    if positions.is_empty() { String::new() } else { format!("  [{}]", positions.join(" ")) }
}
