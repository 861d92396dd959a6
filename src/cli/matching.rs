//! `match`: whom to introduce to a party, and why.

use std::io::Write;

use clap::ValueEnum;
use jiff::Timestamp;
use jinqiao_events::clock;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::rank::{Ask, TOP_DEFAULT, With};
use serde_json::Value;

use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::door;
use crate::error::AppError;
use crate::matching::{Ground, Mode, Times, Tries};

mod city;
mod issue;

/// 推荐清单：该把谁引荐给一个主体，为什么；或全城每一家的清单
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 主体：编号、代码（uscc:…、local:…）或全称
    #[arg(required_unless_present_any = ["all", "global"], conflicts_with_all = ["all", "global"])]
    party: Option<String>,
    /// 每一家的清单：query、candidate、score（制表符分隔）
    #[arg(long)]
    all: bool,
    /// 全体合为一张清单，按可能性排列
    #[arg(long)]
    global: bool,
    /// 分散力度，0 为不分散：同一家上的清单越多，越往后让
    #[arg(long, value_name = "P", default_value_t = 0.35, value_parser = parse_strength)]
    spread: f64,
    /// 与谁；缺省为同类
    #[arg(long, value_enum)]
    with: Option<WithArg>,
    /// 最多几条
    #[arg(long, default_value_t = TOP_DEFAULT)]
    top: usize,
    /// 快速：只看共同往来与直接往来，不作游走
    #[arg(long)]
    quick: bool,
    /// 不留试探名额：清单全按得分取最前的
    #[arg(long)]
    no_tries: bool,
    /// 把清单记为已发出（事件 match_list_issued），推荐漏斗由此算起
    #[arg(long, conflicts_with_all = ["all", "global"])]
    issue: bool,
    #[command(flatten)]
    times: TimesArgs,
}

/// With whom.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum WithArg {
    /// 企业
    Enterprises,
    /// 商协会
    Chambers,
}

impl From<WithArg> for With {
    fn from(with: WithArg) -> Self {
        match with {
            WithArg::Enterprises => Self::Enterprises,
            WithArg::Chambers => Self::Chambers,
        }
    }
}

/// The two times, as flags.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct TimesArgs {
    /// 截至某日（含）已发生的事：YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    as_of: Option<Occurred>,
    /// 只用某时刻之前已登记的事：2026-01-31T12:00:00Z 或 YYYY-MM-DD（当日结束）
    #[arg(long, value_name = "TIME", value_parser = parse_moment)]
    known_at: Option<Timestamp>,
}

impl TimesArgs {
    /// As parameters of a route.
    pub(super) fn query(self) -> impl Iterator<Item = (&'static str, String)> {
        let as_of = self.as_of.map(|date| ("as_of", date.to_string()));
        as_of.into_iter().chain(self.known_at.map(|time| ("known_at", time.to_string())))
    }
}

impl From<TimesArgs> for Times {
    fn from(args: TimesArgs) -> Self {
        Self { as_of: args.as_of, known_at: args.known_at }
    }
}

/// A moment, or the end of a day.
pub(super) fn parse_moment(text: &str) -> Result<Timestamp, String> {
    let day = |text: &str| text.parse().map(clock::end_of_day);
    text.parse()
        .or_else(|_| day(text))
        .map_err(|error: jiff::Error| format!("「{text}」不是时刻也不是日期：{error}"))
}

/// A strength of spreading: 0 to 10.
fn parse_strength(text: &str) -> Result<f64, String> {
    let strength: f64 = text.parse().map_err(|_| format!("「{text}」不是数字"))?;
    if (0.0..=10.0).contains(&strength) {
        Ok(strength)
    } else {
        Err("请给 0 到 10 之间的数".to_owned())
    }
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    if args.all || args.global {
        return city::run(args, globals);
    }
    let answer = match &globals.server {
        Some(url) => served(args, globals, url)?,
        None => computed(args, globals)?,
    };
    let mut out = out();
    print_list(&mut out, &answer, globals)?;
    if args.issue {
        let position = issue::issue(&answer, globals)?;
        globals.say(
            &format!("已记为发出的清单，事件 #{position}"),
            &format!("recorded as handed out, event #{position}"),
        );
    }
    finish(out)
}

fn served(args: &Args, globals: &Globals, url: &str) -> Result<Value, AppError> {
    let with = args.with.and_then(|with| with.to_possible_value());
    let with = with.map(|with| ("with", with.get_name().to_owned()));
    let quick = args.quick.then(|| ("quick", true.to_string()));
    let tries = args.no_tries.then(|| ("tries", false.to_string()));
    let query: Vec<(&str, String)> = with
        .into_iter()
        .chain([("top", args.top.to_string())])
        .chain(quick)
        .chain(tries)
        .chain(args.times.query())
        .collect();
    Client::new(url)?.speaking(globals.lang).match_list(args.party.as_deref().unwrap_or_default(), &query)
}

fn computed(args: &Args, globals: &Globals) -> Result<Value, AppError> {
    let desk = globals.read_desk()?;
    let ground = Ground::gather(&desk, args.times.into())?;
    let listed = door::find_party(&ground.views.register, args.party.as_deref().unwrap_or_default())
        .and_then(|party| {
            let ask = Ask { party, with: args.with.map(With::from), top: args.top };
            ground.answer(&ask, Mode::quick(args.quick), Tries::unless(args.no_tries), globals.lang)
        });
    drop(ground);
    desk.close()?;
    serde_json::to_value(listed?).map_err(|error| writing(error.into()))
}

/// Prints a list, in the JSON form that every door hands out, the way the flags ask.
pub(super) fn print_list(out: &mut dyn Write, list: &Value, globals: &Globals) -> Result<(), AppError> {
    match globals.format {
        Format::Table => for_people(out, list, globals.lang).map_err(writing),
        Format::Json => writeln!(out, "{list}").map_err(writing),
        Format::Csv | Format::Tsv | Format::Xlsx => {
            let rows: Vec<Vec<String>> = items(list, "lines")
                .map(|line| {
                    let is_try = line.get("is_try").and_then(Value::as_bool) == Some(true);
                    vec![
                        text(list, "party"),
                        text(line, "party"),
                        micro(line, "score_micro").to_string(),
                        text(line, "name"),
                        if is_try { "try" } else { "" }.to_owned(),
                    ]
                })
                .collect();
            table::print::<Value>(
                out,
                globals.format,
                &["query", "candidate", "score", "name", "try"],
                &rows,
                &[],
            )
        }
    }
}

fn for_people(out: &mut dyn Write, list: &Value, lang: Lang) -> std::io::Result<()> {
    let with = match text(list, "with").as_str() {
        "chambers" => lang.pick("商协会", "chambers"),
        _enterprises => lang.pick("企业", "enterprises"),
    };
    let (name, as_of, model) = (text(list, "name"), text(list, "as_of"), text(list, "model"));
    let (position, pool) = (micro(list, "position"), micro(list, "pool"));
    match lang {
        Lang::Zh => writeln!(
            out,
            "{name}：可引荐的{with}（截至 {as_of}，日志第 {position} 号，模型 {model}，候选 {pool} 家）"
        )?,
        Lang::En => {
            writeln!(
                out,
                "{name}: {with} to introduce (as of {as_of}, log position {position}, model {model}, {pool} candidates)"
            )?;
        }
    }
    if text(list, "basis") == "declared" {
        writeln!(
            out,
            "{}",
            lang.pick(
                "该主体没有往来记录：以下依据申报的需求与供给，不是往来排序。",
                "nothing ties it to anyone: this list rests on declared needs and offers, not on ties."
            )
        )?;
    }
    for (index, line) in items(list, "lines").enumerate() {
        let open = line
            .get("open_introduction")
            .map_or("", |_| lang.pick("  [引荐进行中]", "  [introduction under way]"));
        let tried = if line.get("is_try").is_some() { lang.pick("  [试探]", "  [try]") } else { "" };
        writeln!(
            out,
            "{:>3}. {}  {}{open}{tried}",
            index + 1,
            text(line, "name"),
            millionths(micro(line, "score_micro"))
        )?;
        for term in items(line, "terms") {
            term_line(out, term, lang)?;
        }
    }
    Ok(())
}

/// A term: sign and size, what it is called, the sentence, the events.
pub(super) fn term_line(out: &mut dyn Write, term: &Value, lang: Lang) -> std::io::Result<()> {
    let positions: Vec<String> =
        items(term, "evidence").filter_map(Value::as_u64).map(|position| format!("#{position}")).collect();
    let value = Millionths(micro(term, "value_micro"));
    let (label, sentence, evidence) =
        (text(term, "label"), text(term, "sentence"), lang.pick("证据", "evidence"));
    writeln!(out, "       {value:>+10}  {label}  {sentence}  [{evidence} {}]", positions.join(" "))
}

pub(super) fn items<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn text(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

pub(super) fn micro(value: &Value, field: &str) -> i64 {
    value.get(field).and_then(Value::as_i64).unwrap_or_default()
}

/// Millionths as a decimal number, exactly.
pub(super) fn millionths(micro: i64) -> String {
    Millionths(micro).to_string()
}

struct Millionths(i64);

impl std::fmt::Display for Millionths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = self.0.unsigned_abs();
        f.pad_integral(self.0 >= 0, "", &format!("{}.{:06}", size / 1_000_000, size % 1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millionths_are_printed_exactly() {
        assert_eq!(millionths(12_345_678), "12.345678");
        assert_eq!(millionths(-5), "-0.000005");
        assert_eq!(format!("{:>+10}", Millionths(500_000)), " +0.500000");
    }
}
