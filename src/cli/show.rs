//! `show`: one party's history, one project's file (一项目一档), or one event.

use std::io::Write;

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::RecordKey;
use jinqiao_events::log::{Log, Position, Stored};
use jinqiao_events::value::{ids::PartyId, party_ref::PartyRef};
use jinqiao_projections::ledger::Sum;
use jinqiao_projections::views::Views;
use serde_json::{Value, json};

use super::{Globals, finish, out, writing};
use crate::config::{Format, Lang};
use crate::error::AppError;
use crate::matching;
use crate::naming;
use crate::projects::{self, ProjectFile};
use crate::web::texts::vocabulary;

/// 查看一个主体的往来、一个项目的档案，或一个事件
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 主体（编号、代码或全称）、项目编号，或事件位置
    what: String,
}

pub(super) fn run(args: &Args, globals: &Globals) -> Result<u8, AppError> {
    let desk = globals.read_desk()?;
    let views = desk.shelf().views();
    let log = desk.store().log.as_ref();
    let found = shown(log, &views, &args.what);
    let mut out = out();
    match found? {
        Found::Event(stored) => {
            let line = stored.to_line().map_err(|error| writing(error.into()))?;
            writeln!(out, "{line}").map_err(writing)?;
        }
        Found::Party(id) => party(&mut out, globals, log, &views, id)?,
        Found::Project(key) => {
            let today = matching::today(&desk);
            let file = projects::file(&views, key.as_str(), None, today, globals.lang)?;
            project(&mut out, globals, &file)?;
        }
    }
    drop(views);
    desk.close()?;
    finish(out)
}

enum Found {
    Event(Box<Stored>),
    Party(PartyId),
    Project(RecordKey),
}

fn shown(log: &dyn Log, views: &Views, what: &str) -> Result<Found, AppError> {
    if let Ok(position) = what.parse::<Position>()
        && let Some(event) = log.at(position)?
    {
        return Ok(Found::Event(Box::new(event)));
    }
    if let Some(party) =
        what.parse::<PartyRef>().ok().and_then(|reference| views.register.resolve(&reference))
    {
        return Ok(Found::Party(party));
    }
    let project = RecordKey::try_from(what.to_owned()).ok();
    if let Some(key) = project.filter(|key| views.ledger.project(key).is_some()) {
        return Ok(Found::Project(key));
    }
    Err(Refusal::missing(
        "not_found",
        "",
        format!("没有找到「{what}」：既不是登记的主体、项目编号，也不是事件位置"),
        format!("{what:?} is no registered party, project or position"),
    )
    .into())
}

fn party(
    out: &mut dyn Write,
    globals: &Globals,
    log: &dyn Log,
    views: &Views,
    id: PartyId,
) -> Result<(), AppError> {
    let history = views.ledger.history(&views.register, id);
    if globals.format == Format::Json {
        let chambers: Vec<Value> =
            views.register.chambers_of(id).iter().map(|membership| json!(membership)).collect();
        let answer = json!({ "party": views.register.party(id), "chambers": chambers, "history": history });
        return writeln!(out, "{answer}").map_err(writing);
    }
    let lang = globals.lang;
    if let Some(party) = views.register.party(id) {
        writeln!(out, "{}  [{}]", party.name, naming::org_kind(party.kind, lang)).map_err(writing)?;
        let identifiers: Vec<String> = party.identifiers.iter().map(ToString::to_string).collect();
        writeln!(out, "{}  {}", lang.pick("标识", "identifiers"), identifiers.join("  ")).map_err(writing)?;
    }
    for membership in views.register.chambers_of(id) {
        let chamber = naming::party(views, membership.chamber);
        writeln!(out, "{}  {chamber}", lang.pick("所属商会", "member of")).map_err(writing)?;
    }
    writeln!(out, "{}（{}）", lang.pick("往来", "history"), history.len()).map_err(writing)?;
    for position in history {
        if let Some(event) = log.at(position)? {
            writeln!(out, "  #{position}  {}  {}", event.occurred, event_line(views, &event, lang))
                .map_err(writing)?;
        }
    }
    Ok(())
}

/// An event in a line: its label and the other parties that it names.
fn event_line(views: &Views, stored: &Stored, lang: Lang) -> String {
    let Ok(recorded) = stored.decode() else { return stored.kind.clone() };
    let kind = recorded.event.kind();
    let mut names = Vec::new();
    recorded.event.each_party(&mut |party| names.push(naming::party_ref(views, party)));
    format!("{}  {}", lang.pick(kind.label_zh(), kind.label_en()), names.join("、"))
}

fn project(out: &mut dyn Write, globals: &Globals, file: &ProjectFile) -> Result<(), AppError> {
    if globals.format == Format::Json {
        let answer = serde_json::to_string(file).map_err(|error| writing(error.into()))?;
        return writeln!(out, "{answer}").map_err(writing);
    }
    let lang = globals.lang;
    for_people(out, file, lang).map_err(writing)?;
    super::credit::for_people(out, &json!(file.credit), lang).map_err(writing)
}

fn for_people(out: &mut dyn Write, file: &ProjectFile, lang: Lang) -> std::io::Result<()> {
    let entry = &file.entry;
    let (zh, en) = entry.stage.labels();
    writeln!(out, "{}  {}  [{}]", entry.project, entry.title, lang.pick(zh, en))?;
    writeln!(out, "{}", lang.pick("签约与首次签约认定", "signings, and how each counts"))?;
    for signed in &file.signings {
        let amount = signed.amount.as_ref();
        let amount = amount.map(|money| naming::money(money.fen().get().into(), money.currency(), lang));
        let amount = amount.unwrap_or_default();
        let (noted, investors) = (signed.noted, signed.investors.join("、"));
        writeln!(
            out,
            "  #{}  {}  {}  {amount}  {investors}",
            noted.position, noted.occurred, signed.decision
        )?;
    }
    for (label, sums) in
        [(lang.pick("计入", "counted"), &entry.signed), (lang.pick("到位", "arrived"), &entry.arrived)]
    {
        for sum in sums {
            let kind = lang.pick(sum.kind.label_zh(), sum.kind.label_en());
            writeln!(out, "  {label}  {kind}  {}", amount_text(sum, lang))?;
        }
    }
    if let Some(milli) = file.arrived_milli {
        writeln!(out, "  {}  {}.{}%", lang.pick("资金到位率", "share arrived"), milli / 10, milli % 10)?;
    }
    writeln!(out, "{}", lang.pick("生命周期", "life cycle"))?;
    for stage in &file.stages {
        writeln!(out, "  #{}  {}  {}", stage.noted.position, stage.noted.occurred, stage.label)?;
    }
    writeln!(out, "{}", lang.pick("时限", "clocks"))?;
    for clock in &file.clocks {
        let light = vocabulary::label("light", &clock.clock.light, lang);
        let (label, since, days) = (clock.label, clock.clock.since.occurred, clock.clock.days);
        writeln!(out, "  {light}  {label}  {since}  {days} {}", lang.pick("天", "days"))?;
    }
    Ok(())
}

fn amount_text(sum: &Sum, lang: Lang) -> String {
    let events: Vec<String> = sum.evidence.iter().map(|position| format!("#{position}")).collect();
    format!("{}  {}", naming::money(sum.fen, sum.currency, lang), events.join(" "))
}
