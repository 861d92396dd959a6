//! `backtest` without a folder: what lists would have been worth in the log's own past periods.

use std::io::Write;

use jinqiao_events::kinds::ranking::Among;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::backtest::{Baseline, Metric};
use jinqiao_projections::train::past::{OwnBacktest, Past, ask_again};

use crate::cli::{Globals, finish, not_served, out, table, writing};
use crate::config::Format;
use crate::error::AppError;
use crate::matching::{self, date_of};

pub(super) fn run(as_of: Option<Occurred>, globals: &Globals) -> Result<u8, AppError> {
    if globals.server.is_some() {
        return Err(not_served().into());
    }
    let desk = globals.read_desk()?;
    let day = as_of.unwrap_or_else(|| matching::today(&desk)).day_number();
    let views = desk.shelf().views();
    let mut each = |past: &Past| {
        let (from, to, queries) = (date_of(past.from_day), date_of(past.until_day - 1), past.queries);
        globals.say(
            &format!("{from} 至 {to}：已重排 {queries} 份清单"),
            &format!("{from} to {to}: {queries} lists made again"),
        );
    };
    let results = [Among::Enterprises, Among::Chambers].map(|among| ask_again(&views, among, day, &mut each));
    drop(views);
    desk.close()?;
    let mut out = out();
    match globals.format {
        Format::Json => table::json_lines(&mut out, &results)?,
        Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => {
            results.iter().try_for_each(|result| print(&mut out, result, globals))?;
        }
    }
    finish(out)
}

fn print(out: &mut dyn Write, result: &OwnBacktest, globals: &Globals) -> Result<(), AppError> {
    let lang = globals.lang;
    let say =
        |out: &mut dyn Write, zh: &str, en: &str| writeln!(out, "{}", lang.pick(zh, en)).map_err(writing);
    let (zh, en) = match result.among {
        Among::Enterprises => ("企业之间", "among enterprises"),
        Among::Chambers => ("商协会之间", "among chambers"),
    };
    if result.periods.is_empty() {
        let why = (
            format!("{zh}：历史不足，没有可以回测的时期（每期至少要有 20 家结识新的合作方）。"),
            format!(
                "{en}: too little history for a period to be asked again (each takes 20 parties that came to deal with somebody new)."
            ),
        );
        return say(out, &why.0, &why.1);
    }
    say(
        out,
        &format!("{zh}：过去各期，都只用期初已知的事训练和排序，再与期内新结成的合作对照"),
        &format!(
            "{en}: each past period, trained and ranked from what was known on its first day, against who then came to deal with whom"
        ),
    )?;
    let rows: Vec<Vec<String>> = result.periods.iter().map(period).collect();
    let headings = ["from", "to", "parties", "form", "ndcg@10", "hits@10", "new_pairs", "cold_pairs"];
    table::print::<()>(out, globals.format, &headings, &rows, &[])?;
    if globals.format != Format::Table {
        return Ok(());
    }
    told(out, result, globals)?;
    let rows: Vec<Vec<String>> = result.baselines.iter().map(baseline).collect();
    say(
        out,
        "简单方法，及我们领先多少（nDCG@10 逐查询配对之差，95 % 重抽样区间）：",
        "simple methods, and how far ahead ours is (differences of nDCG@10 query by query, 95 % bootstrap):",
    )?;
    table::print::<()>(out, globals.format, &["method", "ndcg@10", "ahead"], &rows, &[])
}

/// Hit rate, and what no list can foresee, in a sentence each.
fn told(out: &mut dyn Write, result: &OwnBacktest, globals: &Globals) -> Result<(), AppError> {
    if let Some(Metric { mean, low, high, .. }) = result.metrics.iter().find(|one| one.name == "hits@10") {
        let zh = format!(
            "命中率：期内结成新合作的各方中，合作对象排在其清单前十名的占 {mean:.3} [{low:.3}, {high:.3}]。"
        );
        let en = format!(
            "hit rate: of the parties that came to deal with somebody new, {mean:.3} [{low:.3}, {high:.3}] had one of them among the first ten of their list."
        );
        writeln!(out, "{}", globals.lang.pick(&zh, &en)).map_err(writing)?;
    }
    let sum = |count: fn(&Past) -> usize| result.periods.iter().map(count).sum::<usize>();
    let (new, cold) = (sum(|past| past.new_pairs), sum(|past| past.cold_pairs));
    let zh = format!("新结成的 {new} 对合作中，{cold} 对有一方在期初没有任何往来记录：这些从日志排不出来。");
    let en = format!(
        "of {new} new pairs, {cold} had a side without any tie before the period: no list from the log can name them."
    );
    writeln!(out, "{}", globals.lang.pick(&zh, &en)).map_err(writing)
}

fn period(past: &Past) -> Vec<String> {
    vec![
        date_of(past.from_day).to_string(),
        date_of(past.until_day - 1).to_string(),
        past.queries.to_string(),
        past.form.name().to_owned(),
        format!("{:.4}", past.ndcg),
        format!("{:.4}", past.hits),
        past.new_pairs.to_string(),
        past.cold_pairs.to_string(),
    ]
}

fn baseline(one: &Baseline) -> Vec<String> {
    let Metric { mean, low, high, .. } = one.ahead;
    vec![one.name.to_owned(), format!("{:.4}", one.ndcg.mean), format!("{mean:+.4} [{low:+.4}, {high:+.4}]")]
}
