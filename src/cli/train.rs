//! `train`: a ranking model from the log's own earlier periods, recorded as an event.

use std::io::Write;

use jinqiao_events::kinds::ranking::Among;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::learn::choose::Form;
use jinqiao_projections::train::{Trained, train};
use serde_json::{Value, json};

use super::{Globals, finish, out, writing};
use crate::config::{Format, Lang};
use crate::desk::{Desk, Submission, Unit, draft};
use crate::error::AppError;
use crate::matching::{self, PROGRAM, date_of};

/// 用日志自身较早的时期训练排序模型，并把所采用的模型记为事件
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 只用到某日（含）为止的事；缺省为今天
    #[arg(long, value_name = "DATE")]
    as_of: Option<Occurred>,
    /// 只训练和比较，不写入
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let desk = globals.open_desk()?;
    let results = trained(&desk, args);
    desk.close()?;
    let results = results?;
    let mut out = out();
    match globals.format {
        Format::Json => results.iter().try_for_each(|result| writeln!(out, "{result}")).map_err(writing)?,
        Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => results
            .iter()
            .try_for_each(|result| for_people(&mut out, result, globals.lang))
            .map_err(writing)?,
    }
    finish(out)
}

fn trained(desk: &Desk, args: &Args) -> Result<Vec<Value>, AppError> {
    let snapshot = desk.shelf().views();
    let as_of = args.as_of.unwrap_or_else(|| matching::today(desk));
    let (day, position) = (as_of.day_number(), snapshot.position);
    let mut results = Vec::new();
    for (among, called) in [(Among::Enterprises, "enterprises"), (Among::Chambers, "chambers")] {
        let name = format!("{called}-{}-{position}", date_of(day));
        let trained = train(&snapshot, among, day, &name);
        let adopted = trained.adopted(as_of, position, PROGRAM).filter(|_| !args.dry_run);
        let recorded = adopted.map(|event| {
            let mut draft = draft(event.into(), as_of);
            draft.key = Some(format!("ranking_model:{name}"));
            record(desk, vec![draft])
        });
        results.push(result(&trained, called, recorded.transpose()?));
    }
    Ok(results)
}

/// Records the unit; the position of its only event.
fn record(desk: &Desk, unit: Unit) -> Result<u64, AppError> {
    let mut answers = desk.record_blocking(Submission { units: vec![unit], rehearsal: false })?;
    let receipts = answers.pop().ok_or(AppError::Busy)?.map_err(|fault| fault.refusal)?;
    Ok(receipts.first().map_or(0, |receipt| receipt.position))
}

fn result(trained: &Trained, among: &str, position: Option<u64>) -> Value {
    let tried: Vec<Value> = trained
        .choice
        .tried
        .iter()
        .map(|(form, ndcg)| json!({ "form": form.name(), "ndcg_at_10": ndcg }))
        .collect();
    json!({
        "among": among,
        "model": trained.choice.model.name,
        "form": trained.choice.form.name(),
        "queries": trained.queries,
        "trained_to": date_of(trained.as_of_day),
        "tried": tried,
        "position": position,
        "program": PROGRAM,
    })
}

fn for_people(out: &mut dyn Write, result: &Value, lang: Lang) -> std::io::Result<()> {
    let text = |field: &str| result.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let among = match (text("among").as_str(), lang) {
        ("chambers", Lang::Zh) => "商协会之间",
        ("chambers", Lang::En) => "among chambers",
        (_enterprises, Lang::Zh) => "企业之间",
        (_enterprises, Lang::En) => "among enterprises",
    };
    let queries = result.get("queries").and_then(Value::as_u64).unwrap_or_default();
    let (model, form) = (text("model"), text("form"));
    for tried in result.get("tried").and_then(Value::as_array).into_iter().flatten() {
        let form = tried.get("form").and_then(Value::as_str).unwrap_or_default();
        let ndcg = tried.get("ndcg_at_10").and_then(Value::as_f64).unwrap_or_default();
        writeln!(out, "  {form:<20} nDCG@10 {ndcg:.4}")?;
    }
    let outcome = match (result.get("position").and_then(Value::as_u64), form == Form::Default.name(), lang) {
        (Some(position), _, Lang::Zh) => format!("采用 {model}（{form}），事件 #{position}"),
        (Some(position), _, Lang::En) => format!("adopted {model} ({form}), event #{position}"),
        (None, true, Lang::Zh) => "历史不足或默认模型不逊色，沿用默认模型".to_owned(),
        (None, true, Lang::En) => {
            "too little history, or nothing beats it: the default model stays".to_owned()
        }
        (None, false, Lang::Zh) => format!("选中 {form}，未写入"),
        (None, false, Lang::En) => format!("chose {form}, recorded nothing"),
    };
    match lang {
        Lang::Zh => writeln!(out, "{among}：学习了 {queries} 份清单；{outcome}"),
        Lang::En => writeln!(out, "{among}: learned from {queries} lists; {outcome}"),
    }
}
