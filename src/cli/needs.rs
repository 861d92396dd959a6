//! `needs`: needs, suggestions, and meetings that nothing followed.

use std::io::Write;

use serde_json::Value;

use super::asked::{asked, number, positions};
use super::matching::{TimesArgs, items, text};
use super::{Globals, finish, out, table, writing};
use crate::config::{Format, Lang};
use crate::error::AppError;
use crate::liaison;
use crate::web::texts::vocabulary;

/// 诉求办理、直通车建议，以及见面后三十天没有下文的
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    times: TimesArgs,
    /// 已办结的也列出
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let query: Vec<(&str, String)> = args.times.query().collect();
    let answer =
        asked(globals, args.times.into(), &["needs"], &query, |views, day| Ok(liaison::liaison(views, day)))?;
    let mut out = out();
    match globals.format {
        Format::Json => writeln!(out, "{answer}").map_err(writing)?,
        Format::Table => for_people(&mut out, &answer, args.all, globals.lang).map_err(writing)?,
        Format::Csv | Format::Tsv | Format::Xlsx => {
            let headings =
                ["need", "party", "type", "status", "owner", "due", "light", "days", "met", "evidence"];
            let row = |it: &Value| {
                vec![
                    text(it, "need"),
                    text(it, "party"),
                    text(it, "type"),
                    text(it, "status"),
                    text(it, "owner"),
                    text(it, "due"),
                    text(it, "light"),
                    number(it, "days"),
                    number(it, "met"),
                    positions(it, "evidence"),
                ]
            };
            let rows: Vec<Vec<String>> = items(&answer, "needs").map(row).collect();
            table::print::<Value>(&mut out, globals.format, &headings, &rows, &[])?;
        }
    }
    finish(out)
}

fn for_people(out: &mut dyn Write, answer: &Value, all: bool, lang: Lang) -> std::io::Result<()> {
    let is_open = |it: &&Value, field: &str| it.get(field).is_none_or(Value::is_null);
    let label = |it: &Value, field: &str| {
        let word = text(it, field);
        vocabulary::value(field, &word, lang).map_or(word.clone(), str::to_owned)
    };
    let days = |it: &Value| days(it, lang);
    let needs: Vec<&Value> = items(answer, "needs").filter(|it| all || is_open(it, "resolved")).collect();
    writeln!(out, "{}（{}）", lang.pick("诉求", "needs"), needs.len())?;
    for it in needs {
        writeln!(
            out,
            "  {}  {}  {}  {}  {}  {}  {}  {}",
            label(it, "light"),
            text(it, "party"),
            label(it, "type"),
            text(it, "text"),
            label(it, "status"),
            text(it, "owner"),
            days(it),
            positions(it, "evidence")
        )?;
    }
    let suggestions: Vec<&Value> =
        items(answer, "suggestions").filter(|it| all || is_open(it, "closed")).collect();
    writeln!(out, "{}（{}）", lang.pick("直通车建议", "suggestions"), suggestions.len())?;
    for it in suggestions {
        writeln!(
            out,
            "  {}  {}  {}  {}  {}",
            text(it, "chamber"),
            text(it, "text"),
            label(it, "status"),
            days(it),
            positions(it, "evidence")
        )?;
    }
    gaps(out, answer, lang)
}

fn days(it: &Value, lang: Lang) -> String {
    let days = number(it, "days");
    lang.pick(&format!("{days} 天"), &format!("{days} days")).to_owned()
}

fn gaps(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    let days = |it: &Value| days(it, lang);
    let gaps: Vec<&Value> = items(answer, "gaps").collect();
    let meetings = number(answer, "meetings");
    writeln!(
        out,
        "{}（{} / {meetings}）",
        lang.pick("见面后三十天没有下文", "met, and nothing for thirty days"),
        gaps.len()
    )?;
    for it in gaps {
        let name = |field: &str| it.get(field).map(|party| text(party, "name")).unwrap_or_default();
        writeln!(
            out,
            "  {}  {} — {}  {}  #{}",
            text(it, "met_on"),
            name("a"),
            name("b"),
            days(it),
            number(it, "met")
        )?;
    }
    let delegations: Vec<&Value> = items(answer, "delegations").collect();
    writeln!(out, "{}（{}）", lang.pick("待跟进的考察", "delegations to follow up"), delegations.len())?;
    for it in delegations {
        writeln!(out, "  {}  {}", text(it, "title"), days(it))?;
    }
    Ok(())
}
