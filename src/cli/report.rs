//! `report`: the figures, each with unit, filter, period and the events behind it.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use jinqiao_events::decide::Refusal;
use jinqiao_events::value::fen::Fen;
use jinqiao_events::value::occurred::Occurred;
use serde_json::Value;

use super::matching::{items, parse_moment, text};
use super::{Globals, finish, out, table, writing};
use crate::client::Client;
use crate::config::{Format, Lang};
use crate::error::AppError;
use crate::report::{self, FigureAnswer, Question, ReportAnswer, article, workbook};

/// 统计指标：每个数字都带单位、口径、期间，并能打开它背后的事件
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 只看这一个指标（英文名）
    figure: Option<String>,
    /// 起始日期（含）
    #[arg(long, value_name = "DATE")]
    from: Option<Occurred>,
    /// 截止日期（含），缺省为今天
    #[arg(long, value_name = "DATE", visible_alias = "as-of")]
    to: Option<Occurred>,
    /// 只用某时刻之前已登记的事：2026-01-31T12:00:00Z 或 YYYY-MM-DD（当日结束）
    #[arg(long, value_name = "TIME", value_parser = parse_moment)]
    known_at: Option<Timestamp>,
    /// 列出每个数字背后的名目和事件位置
    #[arg(long)]
    evidence: bool,
    /// 报道点到的 60 项：各由哪些事件记录、由哪个指标给出、与报道相比如何
    #[arg(long, conflicts_with_all = ["figure", "from", "to", "evidence"])]
    article: bool,
    /// 写入文件（--format xlsx 时必填）
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    if globals.format == Format::Xlsx && args.out.is_none() {
        return Err(Refusal::invalid(
            "out_missing",
            "",
            "xlsx 须写入文件：请加 --out 文件名.xlsx",
            "xlsx goes into a file: add --out FILE.xlsx",
        )
        .into());
    }
    if args.article {
        return of_the_article(args, globals);
    }
    if let Some(url) = &globals.server {
        return served(args, globals, url);
    }
    let desk = globals.read_desk()?;
    let evidence = args.evidence || globals.format == Format::Xlsx;
    let question = Question { from: args.from, to: args.to, known_at: args.known_at };
    let answered = question.period(&desk).map_err(AppError::from).and_then(|period| {
        let books = report::books(&desk, args.known_at)?;
        Ok(report::report(&books, period, args.figure.as_deref(), evidence, globals.lang)?)
    });
    desk.close()?;
    print(&answered?, args, globals)
}

/// The 60 rows of the article, as the log answers them.
fn of_the_article(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let answers = match &globals.server {
        Some(url) => {
            let query: Vec<_> =
                args.known_at.map(|time| ("known_at", time.to_string())).into_iter().collect();
            Client::new(url)?.speaking(globals.lang).article(&query)?
        }
        None => {
            let desk = globals.read_desk()?;
            let books = report::books(&desk, args.known_at);
            desk.close()?;
            serde_json::to_value(article::answers(&books?, globals.lang))
                .map_err(|error| writing(error.into()))?
        }
    };
    let answers = answers.as_array().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<Vec<String>> = answers.iter().map(row_of_the_article).collect();
    let headings = match (globals.format, globals.lang) {
        (Format::Table, Lang::Zh) => {
            ["#", "报道点到", "事件", "指标", "数值", "约述", "报道", "结论", "依据条数", "期间"]
        }
        _ => ["row", "named", "kinds", "figure", "value", "rough", "said", "verdict", "events", "period"],
    };
    let mut text = Vec::new();
    table::print(&mut text, globals.format, &headings, &rows, answers)?;
    deliver(&text, args, globals)
}

fn row_of_the_article(answer: &Value) -> Vec<String> {
    let field = |name: &str| text(answer, name);
    let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default().to_string();
    let kinds: Vec<&str> = items(answer, "kinds").filter_map(Value::as_str).collect();
    let figure = [field("figure"), field("part")].into_iter().filter(|text| !text.is_empty());
    vec![
        number("row"),
        field("named"),
        kinds.join(" "),
        figure.collect::<Vec<_>>().join(" · "),
        field("text"),
        field("rough"),
        field("said"),
        field("verdict"),
        number("rows"),
        field("period"),
    ]
}

/// The server's answer in its own form: JSON. Tables and workbooks are made where the log is.
fn served(args: &Args, globals: &Globals, url: &str) -> Result<u8, AppError> {
    if globals.format != Format::Json {
        return Err(Refusal::invalid(
            "format_local_only",
            "",
            "经由 --server 时只有 --format json；其他格式请打开页面 /report，或停用服务后直接执行",
            "with --server only --format json is given; see the page /report for others",
        )
        .into());
    }
    let mut query = vec![("evidence", args.evidence.to_string())];
    query.extend(args.figure.clone().map(|figure| ("figure", figure)));
    query.extend(args.from.map(|date| ("from", date.to_string())));
    query.extend(args.to.map(|date| ("to", date.to_string())));
    query.extend(args.known_at.map(|time| ("known_at", time.to_string())));
    let answer = Client::new(url)?.speaking(globals.lang).report(&query)?;
    let mut out = out();
    writeln!(out, "{answer}").map_err(writing)?;
    finish(out)
}

fn print(answer: &ReportAnswer, args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let lang = globals.lang;
    let mut text = Vec::new();
    match globals.format {
        Format::Xlsx => text = workbook::bytes(answer, lang)?,
        Format::Json => {
            let json = serde_json::to_string(answer).map_err(|error| writing(error.into()))?;
            writeln!(text, "{json}").map_err(writing)?;
        }
        Format::Table => for_people(&mut text, answer, globals)?,
        Format::Csv | Format::Tsv if args.evidence => rows(&mut text, answer, globals)?,
        Format::Csv | Format::Tsv => list(&mut text, answer, globals)?,
    }
    deliver(&text, args, globals)
}

/// Into the file that was named, else to standard output.
fn deliver(text: &[u8], args: &Args, globals: &Globals) -> Result<u8, AppError> {
    if let Some(path) = &args.out {
        std::fs::write(path, text).map_err(AppError::io(path.display().to_string()))?;
        let shown = path.display();
        globals.say(&format!("已写入 {shown}"), &format!("written to {shown}"));
        return Ok(0);
    }
    let mut out = out();
    out.write_all(text).map_err(writing)?;
    finish(out)
}

fn list(out: &mut dyn Write, answer: &ReportAnswer, globals: &Globals) -> Result<(), AppError> {
    let headings = match globals.format {
        Format::Table if globals.lang == Lang::Zh => ["指标", "数值", "约述", "依据条数", "期间", "名称"],
        Format::Table => ["figure", "value", "rough", "events", "period", "name"],
        Format::Json | Format::Csv | Format::Tsv | Format::Xlsx => {
            ["figure", "value", "unit", "rows", "period", "name"]
        }
    };
    let is_table = globals.format == Format::Table;
    let rows: Vec<Vec<String>> = answer
        .figures
        .iter()
        .map(|figure| {
            let value = if is_table { with_whole(figure) } else { exact(figure, &figure.value) };
            let third = if is_table { figure.rough.clone().unwrap_or_default() } else { figure.unit.into() };
            let rows = figure.rows.to_string();
            vec![figure.label.into(), value, third, rows, figure.period.clone(), figure.figure.into()]
        })
        .collect();
    table::print(out, globals.format, &headings, &rows, &[] as &[Value])
}

/// `12家 / 40`: a value, and what it is a part of.
fn with_whole(figure: &FigureAnswer) -> String {
    match &figure.of {
        Some(of) => format!("{} / {of}", figure.text),
        None => figure.text.clone(),
    }
}

fn for_people(out: &mut dyn Write, answer: &ReportAnswer, globals: &Globals) -> Result<(), AppError> {
    list(out, answer, globals)?;
    let lang = globals.lang;
    let detailed = answer.figures.iter().filter(|figure| figure.evidence.is_some());
    for figure in detailed {
        let lines = evidence(figure, lang);
        lines.iter().try_for_each(|line| writeln!(out, "{line}")).map_err(writing)?;
    }
    Ok(())
}

/// What a figure rests on, line by line.
fn evidence(figure: &FigureAnswer, lang: Lang) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        format!("{}  {}  [{}]", figure.label, with_whole(figure), figure.figure),
        format!("  {}{}", lang.pick("口径：", "counts: "), figure.filter),
    ];
    lines.extend(figure.parts.iter().map(|(part, value)| format!("  {part}  {}", exact(figure, value))));
    for group in figure.evidence.iter().flatten() {
        let events: Vec<String> = group.events.iter().map(|position| format!("#{position}")).collect();
        let adds = exact(figure, &group.value);
        lines.push(format!("    {}  +{adds}  {}", group.label, events.join(" ")));
    }
    for left in &figure.left_out {
        let why = lang.pick("金额类别或币种不同，未计入", "another kind of amount or currency: left out");
        lines.push(format!("    #{}  {why}", left.position));
    }
    lines
}

/// The evidence as rows for programs, one a key: the values of a figure's rows add up to the figure.
fn rows(out: &mut dyn Write, answer: &ReportAnswer, globals: &Globals) -> Result<(), AppError> {
    let mut rows = Vec::new();
    for figure in &answer.figures {
        for group in figure.evidence.iter().flatten() {
            let events: Vec<String> = group.events.iter().map(ToString::to_string).collect();
            rows.push(vec![
                figure.figure.to_owned(),
                group.key.clone(),
                group.label.clone(),
                group.parts.join("、"),
                exact(figure, &group.value),
                figure.unit.to_owned(),
                events.join(" "),
            ]);
        }
    }
    let headings = ["figure", "key", "label", "parts", "value", "unit", "events"];
    table::print(out, globals.format, &headings, &rows, &[] as &[Value])
}

/// A value in the figure's own unit: of money, in yuan.
fn exact(figure: &FigureAnswer, value: &Value) -> String {
    value
        .as_i64()
        .filter(|_| figure.amount_kind.is_some())
        .map_or_else(|| value.to_string(), |fen| Fen::new(fen).yuan_text())
}
