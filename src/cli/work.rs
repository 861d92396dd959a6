//! `work`: what waits for a person.

use std::io::Write;

use jinqiao_events::clock;
use jinqiao_events::log::Position;
use serde_json::{Value, json};

use super::asked::number;
use super::matching::{items, text};
use super::{Globals, finish, out, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::desk::{Submission, draft};
use crate::error::AppError;
use crate::web::texts::vocabulary;
use crate::worklist;

/// 待办：待挂接的名称、待确认的分支机构、文件提出的更正建议、可能重复的项目
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 最多列出多少个名称
    #[arg(long, default_value_t = worklist::LINKS_MAX)]
    top: usize,
    /// 采纳这条更正建议（事件位置）
    #[arg(long, value_name = "POSITION", conflicts_with = "decline")]
    accept: Option<Position>,
    /// 不采纳这条更正建议（事件位置），须说明原因
    #[arg(long, value_name = "POSITION", requires = "reason")]
    decline: Option<Position>,
    /// 不采纳的原因
    #[arg(long)]
    reason: Option<String>,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    if args.accept.is_some() || args.decline.is_some() {
        return decide(args, globals);
    }
    let answer = match &globals.server {
        Some(url) => Client::new(url)?.speaking(globals.lang).work(args.top)?,
        None => {
            let desk = globals.read_desk()?;
            let views = desk.shelf().views();
            let answer = worklist::list(desk.store().log.as_ref(), &views, args.top, globals.lang);
            drop(views);
            desk.close()?;
            serde_json::to_value(answer?).map_err(|error| writing(error.into()))?
        }
    };
    let mut out = out();
    match globals.format {
        Format::Json => writeln!(out, "{answer}").map_err(writing)?,
        Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => {
            for_people(&mut out, &answer, globals.lang).map_err(writing)?;
        }
    }
    finish(out)
}

/// Follows or declines a proposal. It is an event like any other, so a running server takes it as one.
fn decide(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let reason = args.reason.clone().unwrap_or_default();
    let desk = match &globals.server {
        None => globals.open_desk()?,
        Some(_) => {
            return Err(jinqiao_events::decide::Refusal::invalid(
                "local_only",
                "",
                "经由 --server 时请在页面 /work 上采纳或不予更正，或用接口登记 event_corrected、correction_declined",
                "with --server, decide on the page /work, or record event_corrected or correction_declined",
            )
            .into());
        }
    };
    let views = desk.shelf().views();
    let event = match (args.accept, args.decline) {
        (Some(position), _) => worklist::accepted(&views, position),
        (None, position) => worklist::declined(&views, position.unwrap_or_default(), &reason),
    };
    drop(views);
    let answer = event.map_err(AppError::from).and_then(|event| {
        let units = vec![vec![draft(event, clock::today(desk.clock()))]];
        let answer = desk.record_blocking(Submission { units, rehearsal: false })?.pop();
        answer.ok_or(AppError::Busy)?.map_err(|fault| fault.refusal.into())
    });
    desk.close()?;
    let mut out = out();
    for receipt in answer? {
        writeln!(out, "{}", json!({ "position": receipt.position, "id": receipt.id })).map_err(writing)?;
    }
    finish(out)
}

/// What follows, and how many there are in all.
fn heading(out: &mut dyn Write, answer: &Value, count: &str, title: &str) -> std::io::Result<()> {
    writeln!(out, "{title}（{}）", number(answer, count))
}

fn for_people(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    let name = |value: &Value| text(value, "name");
    heading(out, answer, "unlinked", lang.pick("待挂接的名称", "names to link"))?;
    for task in items(answer, "links") {
        let candidates: Vec<String> = items(task, "candidates").map(name).collect();
        let branch = task.get("branch_of").map(|head| match lang {
            Lang::Zh => format!("「{}」的分支机构，请单独登记", name(head)),
            Lang::En => format!("a branch of {}: register it by itself", name(head)),
        });
        let meant = branch.unwrap_or_else(|| candidates.join("、"));
        writeln!(out, "  {}  ×{}  {meant}", text(task, "name"), number(task, "times"))?;
    }
    heading(out, answer, "unconfirmed", lang.pick("待确认的分支机构", "branches to confirm"))?;
    for task in items(answer, "branches") {
        let part = |field: &str| task.get(field).map(name).unwrap_or_default();
        writeln!(out, "  {} -> {}", part("branch"), part("head_office"))?;
    }
    heading(out, answer, "proposed", lang.pick("更正建议", "proposed corrections"))?;
    for task in items(answer, "corrections") {
        let place = text(task, "place");
        writeln!(out, "  #{} {} {place}", number(task, "proposal"), text(task, "label"))?;
        for change in items(task, "changes") {
            let (held, proposed) = (text(change, "held_text"), text(change, "proposed_text"));
            let field = text(change, "field");
            writeln!(out, "      {}: {held} -> {proposed}", vocabulary::field(&field, lang))?;
        }
    }
    heading(out, answer, "alike", lang.pick("可能重复的项目", "projects that may be one"))?;
    for pair in items(answer, "duplicates") {
        let key = |side: &str| pair.get(side).map(|face| text(face, "project")).unwrap_or_default();
        writeln!(out, "  {} ? {}  {}", key("project"), key("of"), text(pair, "sentence"))?;
    }
    Ok(())
}
