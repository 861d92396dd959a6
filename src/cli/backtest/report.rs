//! The report of a back-test: metrics, which form of model was chosen and why, baselines, reliability, spreading.

use std::io::Write;

use jinqiao_projections::backtest::{Metric, Report};

use crate::cli::{Globals, table, writing};
use crate::config::Format;
use crate::error::AppError;

/// Prints it: for people with everything, otherwise the metrics alone.
pub(super) fn print(out: &mut dyn Write, report: &Report, globals: &Globals) -> Result<(), AppError> {
    let for_people = globals.format == Format::Table;
    if for_people {
        heading(out, report, globals).map_err(writing)?;
    }
    let rows: Vec<Vec<String>> = report.metrics.iter().map(|metric| row(metric.name, metric)).collect();
    section(out, globals, &["metric", "mean", "low95", "high95"], &rows)?;
    if !for_people {
        return Ok(());
    }
    for (first, share) in &report.global_precision {
        let zh = format!("一张全体清单的前 {first} 条中实现的比例：{share:.3}");
        let en = format!("came true among the first {first} of the one global list: {share:.3}");
        writeln!(out, "{}", globals.lang.pick(&zh, &en)).map_err(writing)?;
    }
    choice(out, report, globals)?;
    baselines(out, report, globals)?;
    spreading(out, report, globals)?;
    reliability(out, report, globals)
}

fn row(name: &str, metric: &Metric) -> Vec<String> {
    let Metric { mean, low, high, .. } = metric;
    vec![name.to_owned(), format!("{mean:.6}"), format!("{low:.4}"), format!("{high:.4}")]
}

fn heading(out: &mut dyn Write, report: &Report, globals: &Globals) -> std::io::Result<()> {
    let cold = report.cold_start.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let (queries, candidates) = (report.queries, report.candidates);
    let zh = format!("查询 {queries} 个，候选 {candidates} 个；因一方历史不足而排不了的新配对占 {cold}");
    let en =
        format!("{queries} queries, {candidates} candidates; new pairs left out for want of history: {cold}");
    writeln!(out, "{}", globals.lang.pick(&zh, &en))
}

/// A table under a sentence.
fn titled(
    out: &mut dyn Write,
    globals: &Globals,
    (zh, en): (&str, &str),
    headings: &[&str],
    rows: &[Vec<String>],
) -> Result<(), AppError> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", globals.lang.pick(zh, en)).map_err(writing)?;
    section(out, globals, headings, rows)
}

fn section(
    out: &mut dyn Write,
    globals: &Globals,
    headings: &[&str],
    rows: &[Vec<String>],
) -> Result<(), AppError> {
    table::print::<Report>(out, globals.format, headings, rows, &[])
}

fn choice(out: &mut dyn Write, report: &Report, globals: &Globals) -> Result<(), AppError> {
    let Some(choice) = &report.choice else { return Ok(()) };
    let rows: Vec<Vec<String>> = choice
        .tried
        .iter()
        .map(|(form, gain)| {
            let chosen = if *form == choice.form { "*" } else { "" };
            vec![form.name().to_owned(), format!("{gain:.4}"), chosen.to_owned()]
        })
        .collect();
    let title = ("在更早的时段上选定的模型形式（*）：", "form of model, chosen (*) on earlier periods:");
    titled(out, globals, title, &["form", "ndcg@10", "chosen"], &rows)
}

fn baselines(out: &mut dyn Write, report: &Report, globals: &Globals) -> Result<(), AppError> {
    let rows: Vec<Vec<String>> = report
        .baselines
        .iter()
        .map(|one| {
            let Metric { mean, low, high, .. } = one.ahead;
            let ahead = format!("{mean:+.4} [{low:+.4}, {high:+.4}]");
            vec![one.name.to_owned(), format!("{:.4}", one.ndcg.mean), ahead]
        })
        .collect();
    let title = (
        "简单方法，及我们领先多少（nDCG@10 逐查询配对之差；括号内为对查询配对重抽样 2000 次的 95 % 区间）：",
        "simple methods, and how far ahead ours is (differences of nDCG@10 query by query; in brackets 95 % of 2,000 paired bootstrap draws of queries):",
    );
    titled(out, globals, title, &["method", "ndcg@10", "ahead"], &rows)?;
    best(out, report, globals)
}

/// The strongest of the simple methods, and what may be said of the distance to it.
fn best(out: &mut dyn Write, report: &Report, globals: &Globals) -> Result<(), AppError> {
    let strongest = report.baselines.iter().max_by(|one, other| one.ndcg.mean.total_cmp(&other.ndcg.mean));
    let Some(one) = strongest else { return Ok(()) };
    let Metric { mean, low, high, .. } = one.ahead;
    let (zh, en) = if low > 0.0 {
        ("区间在零以上：确有领先", "the interval lies above zero: ours is ahead")
    } else if high < 0.0 {
        ("区间在零以下：不如它", "the interval lies below zero: ours is behind")
    } else {
        ("区间含零：分不出高下", "the interval contains zero: neither is shown to be better")
    };
    let name = one.name;
    let zh = format!("最强的简单方法是 {name}：我们领先 {mean:+.4} [{low:+.4}, {high:+.4}]，{zh}。");
    let en =
        format!("the strongest of them is {name}: ours is {mean:+.4} [{low:+.4}, {high:+.4}] ahead; {en}.");
    writeln!(out, "{}", globals.lang.pick(&zh, &en)).map_err(writing)
}

fn spreading(out: &mut dyn Write, report: &Report, globals: &Globals) -> Result<(), AppError> {
    let rows: Vec<Vec<String>> = report
        .spreading
        .iter()
        .map(|row| {
            vec![
                format!("{}.{:03}", row.strength_milli / 1_000, row.strength_milli % 1_000),
                format!("{:.4}", row.ndcg),
                format!("{:.4}", row.gini),
                format!("{:.3}", row.top_percent),
            ]
        })
        .collect();
    let title = ("分散力度的代价与收益：", "what spreading lists out costs and gains:");
    titled(out, globals, title, &["strength", "ndcg@10", "gini", "top 1 %"], &rows)
}

fn reliability(out: &mut dyn Write, report: &Report, globals: &Globals) -> Result<(), AppError> {
    let rows: Vec<Vec<String>> = report
        .reliability
        .iter()
        .map(|row| vec![row.rows.to_string(), format!("{:.4}", row.said), format!("{:.4}", row.happened)])
        .collect();
    let title = ("概率是否可信（按概率分段）：", "reliability of the probabilities:");
    titled(out, globals, title, &["rows", "said", "happened"], &rows)
}
