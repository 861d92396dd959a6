//! `match --all` and `match --global`: everyone's lists, spread out; or one list over everyone.

use std::io::Write;

use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::rank::city::{City, CityAsk, CityLine, global};
use jinqiao_projections::rank::{TOP_DEFAULT, With};

use super::{Args, Ground};
use crate::cli::{Globals, finish, not_served, out, table, writing};
use crate::config::Format;
use crate::error::AppError;

/// Rows of the one list over everyone where nobody asks for another number.
const GLOBAL_LINES: usize = 1_000;
/// Lines of every list from which the one list is drawn.
const DRAWN_LINES: usize = 100;

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    if globals.server.is_some() {
        return Err(not_served().into());
    }
    let desk = globals.read_desk()?;
    let ground = Ground::gather(&desk, args.times.into());
    let ask = CityAsk {
        with: args.with.map(With::from),
        top: if args.global { args.top.max(DRAWN_LINES) } else { args.top },
        strength_milli: if args.global { 0 } else { milli(args.spread) },
        tries: !args.global && !args.no_tries,
    };
    let city = ground.map(|ground| ground.city(ask));
    desk.close()?;
    let city = city?;
    let mut out = out();
    if args.global {
        let top = if args.top == TOP_DEFAULT { GLOBAL_LINES } else { args.top };
        one_list(&mut out, &global(&city, top), globals)?;
    } else {
        tell(&city, args, globals);
        lists(&mut out, &city, globals)?;
    }
    finish(out)
}

#[expect(clippy::cast_possible_truncation, reason = "a strength is 0 to 10")]
fn milli(strength: f64) -> i64 {
    (strength * 1_000.0).round() as i64
}

/// What spreading did, on stderr.
fn tell(city: &City, args: &Args, globals: &Globals) {
    let [before, after] = city.gini;
    let (count, without, spread) = (city.lists.len(), city.without_history, args.spread);
    globals.say(
        &format!(
            "{count} 份清单；{without} 家没有往来记录，排不出清单。分散力度 {spread}：曝光基尼系数 {before:.3} → {after:.3}"
        ),
        &format!(
            "{count} lists; {without} parties without history have none. Spread {spread}: Gini of exposure {before:.3} -> {after:.3}"
        ),
    );
}

fn lists(out: &mut dyn Write, city: &City, globals: &Globals) -> Result<(), AppError> {
    match globals.format {
        Format::Json => table::json_lines(out, &city.lists),
        Format::Table | Format::Csv | Format::Tsv | Format::Xlsx => {
            let row = |party: PartyId, line: &CityLine| {
                let is_try = if line.is_try { "try" } else { "" };
                let score = line.score_micro.to_string();
                vec![party.to_string(), line.candidate.to_string(), score, is_try.to_owned()]
            };
            let rows: Vec<Vec<String>> = city
                .lists
                .iter()
                .flat_map(|list| list.lines.iter().map(move |line| row(list.party, line)))
                .collect();
            let format = if globals.format == Format::Csv { Format::Csv } else { Format::Tsv };
            table::print::<()>(out, format, &["query", "candidate", "score", "try"], &rows, &[])
        }
    }
}

fn one_list(out: &mut dyn Write, list: &[(PartyId, CityLine)], globals: &Globals) -> Result<(), AppError> {
    if list.iter().all(|(_, line)| line.probability.is_none()) {
        globals.say(
            "在用的是默认模型，按得分排列，没有概率；jinqiao train 从往来中训练，往来太少时仍留用默认模型",
            "the default model is in use: sorted by score, without probabilities; jinqiao train fits one, and keeps the default where there is too little history",
        );
    }
    if globals.format == Format::Json {
        for (party, line) in list {
            let line = serde_json::json!({
                "query": party, "candidate": line.candidate,
                "probability": line.probability, "score_micro": line.score_micro,
            });
            writeln!(out, "{line}").map_err(writing)?;
        }
        return Ok(());
    }
    let rows: Vec<Vec<String>> = list
        .iter()
        .map(|(party, line)| {
            let likely = line.probability.map_or_else(String::new, |likely| format!("{likely:.9}"));
            vec![party.to_string(), line.candidate.to_string(), likely, line.score_micro.to_string()]
        })
        .collect();
    let format = if globals.format == Format::Csv { Format::Csv } else { Format::Tsv };
    table::print::<()>(out, format, &["query", "candidate", "probability", "score"], &rows, &[])
}
