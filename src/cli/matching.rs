//! `match`: whom to introduce to a party, and why.

use std::io::Write;

use clap::ValueEnum;
use jiff::Timestamp;
use jinqiao_events::log::Position;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::rank::With;
use serde_json::Value;

use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::door;
use crate::error::AppError;
use crate::matching::{Ground, ListAnswer, TermAnswer, Times};

/// 推荐清单：该把谁引荐给一个主体，为什么
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 主体：编号、代码（uscc:…、local:…）或全称
    party: String,
    /// 与谁；缺省为同类
    #[arg(long, value_enum)]
    with: Option<WithArg>,
    /// 最多几条
    #[arg(long, default_value_t = 20)]
    top: usize,
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

impl From<TimesArgs> for Times {
    fn from(args: TimesArgs) -> Self {
        Self { as_of: args.as_of, known_at: args.known_at }
    }
}

fn parse_moment(text: &str) -> Result<Timestamp, String> {
    let day = |text: &str| text.parse().map(super::replay::end_of_day);
    text.parse().or_else(|_| day(text)).map_err(|error: jiff::Error| format!("「{text}」不是时刻也不是日期：{error}"))
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    if let Some(url) = &globals.server {
        let query = [
            ("with", args.with.and_then(|with| with.to_possible_value()).map(|value| value.get_name().to_owned())),
            ("top", Some(args.top.to_string())),
            ("as_of", args.times.as_of.map(|date| date.to_string())),
            ("known_at", args.times.known_at.map(|time| time.to_string())),
        ];
        return print_served(&Client::new(url)?.matches(&args.party, &query, globals.lang)?, globals);
    }
    let desk = globals.open_desk()?;
    let ground = Ground::gather(&desk, args.times.into())?;
    let listed = door::find_party(&ground.views.register, &args.party)
        .and_then(|party| ground.list(party, args.with.map(With::from), args.top, globals.lang));
    drop(ground);
    desk.close()?;
    let mut out = out();
    print_list(&mut out, &listed?, globals)?;
    finish(out)
}

/// Prints a list the way the flags ask.
pub(super) fn print_list(out: &mut dyn Write, list: &ListAnswer, globals: &Globals) -> Result<(), AppError> {
    match globals.format {
        Format::Table => for_people(out, list, globals.lang).map_err(writing),
        Format::Json => table::json_lines(out, std::slice::from_ref(list)),
        Format::Csv | Format::Tsv => {
            let rows: Vec<Vec<String>> = list
                .lines
                .iter()
                .map(|line| vec![list.party.to_string(), line.party.to_string(), line.score_micro.to_string(), line.name.clone()])
                .collect();
            table::print::<ListAnswer>(out, globals.format, &["query", "candidate", "score", "name"], &rows, &[])
        }
    }
}

fn for_people(out: &mut dyn Write, list: &ListAnswer, lang: Lang) -> std::io::Result<()> {
    let with = match list.with {
        With::Enterprises => lang.pick("企业", "enterprises"),
        With::Chambers => lang.pick("商协会", "chambers"),
    };
    match lang {
        Lang::Zh => writeln!(
            out,
            "{}：可引荐的{with}（截至 {}，日志第 {} 号，模型 {}，候选 {} 家）",
            list.name, list.as_of, list.position, list.model, list.pool
        )?,
        Lang::En => writeln!(
            out,
            "{}: {with} to introduce (as of {}, log position {}, model {}, {} candidates)",
            list.name, list.as_of, list.position, list.model, list.pool
        )?,
    }
    for (index, line) in list.lines.iter().enumerate() {
        let open = line.open_introduction.map_or("", |_| lang.pick("  [引荐进行中]", "  [introduction under way]"));
        writeln!(out, "{:>3}. {}  {}{open}", index + 1, line.name, millionths(line.score_micro))?;
        for term in &line.terms {
            term_line(out, term, lang)?;
        }
    }
    Ok(())
}

/// A term: sign and size, what it is called, the sentence, the events.
pub(super) fn term_line(out: &mut dyn Write, term: &TermAnswer, lang: Lang) -> std::io::Result<()> {
    let evidence = positions(&term.evidence);
    let label = lang.pick("证据", "evidence");
    writeln!(out, "       {:>+10}  {}  {}  [{label} {evidence}]", Millionths(term.value_micro), term.label, term.sentence)
}

pub(super) fn positions(positions: &[Position]) -> String {
    positions.iter().map(|position| format!("#{position}")).collect::<Vec<_>>().join(" ")
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

/// Prints a list that a server answered: as it came, or name and score a line.
fn print_served(answer: &Value, globals: &Globals) -> Result<u8, AppError> {
    let mut out = out();
    if globals.format == Format::Json {
        writeln!(out, "{answer}").map_err(writing)?;
        return finish(out);
    }
    served_lines(&mut out, answer, globals.lang).map_err(writing)?;
    finish(out)
}

fn served_lines(out: &mut dyn Write, answer: &Value, lang: Lang) -> std::io::Result<()> {
    let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let micro = |value: &Value, field: &str| value.get(field).and_then(Value::as_i64).unwrap_or_default();
    writeln!(out, "{}", text(answer, "name"))?;
    for (index, line) in answer.get("lines").and_then(Value::as_array).into_iter().flatten().enumerate() {
        writeln!(out, "{:>3}. {}  {}", index + 1, text(line, "name"), millionths(micro(line, "score_micro")))?;
        for term in line.get("terms").and_then(Value::as_array).into_iter().flatten() {
            let evidence: Vec<Position> =
                term.get("evidence").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64).collect();
            let value = Millionths(micro(term, "value_micro"));
            let label = lang.pick("证据", "evidence");
            let (name, sentence) = (text(term, "label"), text(term, "sentence"));
            writeln!(out, "       {value:>+10}  {name}  {sentence}  [{label} {}]", positions(&evidence))?;
        }
    }
    Ok(())
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
