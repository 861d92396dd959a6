//! `reconcile`: published claims against the log.

use jinqiao_events::value::occurred::Occurred;

use serde_json::Value;

use super::matching::text;
use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::error::AppError;
use crate::report::{self, Question, claims};

/// 公开表述与日志对账：属实、少几、多几、自相矛盾
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 同时对照随程序附带的报道表述（青岛日报，27 条），不写入日志
    #[arg(long)]
    article: bool,
    /// 起始日期（含）：表述自己没有写明时间的，从这一天算起
    #[arg(long, value_name = "DATE")]
    from: Option<Occurred>,
    /// 截止日期（含），缺省为今天
    #[arg(long, value_name = "DATE", visible_alias = "as-of")]
    to: Option<Occurred>,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let answers = match &globals.server {
        Some(url) => {
            let mut query = vec![("article", args.article.to_string())];
            query.extend(args.from.map(|date| ("from", date.to_string())));
            query.extend(args.to.map(|date| ("to", date.to_string())));
            Client::new(url)?.speaking(globals.lang).claims(&query)?
        }
        None => here(args, globals)?,
    };
    let answers = answers.as_array().map(Vec::as_slice).unwrap_or_default();
    if answers.is_empty() {
        globals.say(
            "日志里没有公开表述；用 jinqiao import FILE --as claims 导入，或加 --article",
            "the log holds no claims; import them with --as claims, or add --article",
        );
    }
    let rows: Vec<Vec<String>> = answers
        .iter()
        .map(|claim| {
            vec![
                text(claim, "sentence"),
                text(claim, "claimed"),
                text(claim, "measured"),
                claim.get("rows").and_then(Value::as_u64).unwrap_or_default().to_string(),
                text(claim, "text"),
                text(claim, "filter"),
            ]
        })
        .collect();
    let headings = match globals.lang {
        crate::config::Lang::Zh => ["结论", "表述", "记录", "依据条数", "原文", "口径"],
        crate::config::Lang::En => ["verdict", "claimed", "log", "events", "text", "filter"],
    };
    let mut out = out();
    table::print(&mut out, globals.format, &headings, &rows, answers)?;
    finish(out)
}

/// What the log of this store says.
fn here(args: &Args, globals: &Globals) -> Result<Value, AppError> {
    let desk = globals.read_desk()?;
    let question = Question { from: args.from, to: args.to, known_at: None };
    let answers = question.period(&desk).map_err(AppError::from).and_then(|period| {
        let books = report::books(&desk, None)?;
        Ok(claims::reconcile(&books, period, args.article, globals.lang)?)
    });
    desk.close()?;
    serde_json::to_value(answers?).map_err(|error| writing(error.into()))
}
