//! `demo`: the invented city in a store of its own, two match lists, and the pages.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::rank::Room;
use jinqiao_projections::rank::{self, Ask, MatchList};
use jinqiao_projections::views::Views;

use super::{Globals, LossArgs, finish, matching, out, progress, serve, writing};
use crate::config::{Format, LogUrl};
use crate::demo;
use crate::error::AppError;
use crate::http;
use crate::matching::{Ground, Times};

/// 建一座虚构的示例城市，打印一家企业和一家商会的推荐，并打开页面
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 只建库和打印，不打开页面
    #[arg(long)]
    no_serve: bool,
    /// 示例库的目录；绝不会用缺省库
    #[arg(long, value_name = "DIR", default_value = "./jinqiao-demo")]
    data: PathBuf,
    /// 监听地址
    #[arg(long, default_value = "127.0.0.1:8650")]
    listen: SocketAddr,
}

/// Lines of each list that is printed.
const LINES: usize = 5;

pub(super) fn run(args: Args, globals: Globals) -> Result<u8, AppError> {
    let Args { no_serve, data, listen } = args;
    if matches!(&globals.log, LogUrl::Sled(dir) if is_same(dir, &data)) {
        return Err(not_a_demo(&data).into());
    }
    if !no_serve {
        http::refuse_taken(listen)?;
    }
    let globals = Globals { log: LogUrl::Sled(data), ..globals };
    build(&globals)?;
    print(&globals)?;
    if no_serve { Ok(0) } else { serve::run(&serve::Args { listen, loss: LossArgs::default() }, &globals) }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let plain = |path: &Path| {
        path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
    };
    plain(one) == plain(other)
}

fn not_a_demo(dir: &Path) -> Refusal {
    let dir = dir.display();
    Refusal::conflict(
        "not_a_demo_store",
        "",
        format!("目录 {dir} 不是示例库，示例数据不会写进去；请用 --data 另指一个目录"),
        format!("{dir} is not a demo's store and is left alone; name another directory with --data"),
    )
}

fn build(globals: &Globals) -> Result<(), AppError> {
    let store = globals.open_store()?;
    if !demo::is_demo(&store)? {
        store.close()?;
        let LogUrl::Sled(dir) = &globals.log else {
            return Ok(());
        };
        return Err(not_a_demo(dir).into());
    }
    if store.log.head() == 0 {
        globals.say("正在建示例城市……", "building the demo city ...");
    }
    let bar = progress(globals, None);
    let head = demo::build(store, demo::SEED, demo::YEAR, &mut |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let head = head?;
    globals.say(&format!("示例库共 {head} 个事件"), &format!("{head} events in the demo store"));
    Ok(())
}

fn print(globals: &Globals) -> Result<(), AppError> {
    let desk = globals.open_desk()?;
    let ground = Ground::gather(&desk, Times { as_of: demo::YEAR.to_string().parse().ok(), known_at: None })?;
    let mut out = out();
    if globals.format == Format::Table {
        let label = globals.lang.pick(
            "【示例数据（虚构）】城市、企业、商会与往来均为程序虚构，如有雷同纯属巧合。",
            "[Invented demo data] City, companies, chambers and dealings are made up by this program.",
        );
        writeln!(out, "{label}").map_err(writing)?;
    }
    for kind in [OrgKind::Enterprise, OrgKind::Chamber] {
        let Some(party) = richest(&ground, kind) else {
            continue;
        };
        let list = ground.list(party, None, LINES, globals.lang)?;
        let list = serde_json::to_value(list).map_err(|error| writing(error.into()))?;
        if globals.format == Format::Table {
            writeln!(out).map_err(writing)?;
        }
        matching::print_list(&mut out, &list, globals)?;
    }
    finish(out)?;
    drop(ground);
    desk.close()
}

/// So many lines with partners of other trades are enough.
const PARTNERS_ENOUGH: usize = 3;

/// The party with most to read in its list; among equals the one with the smallest id.
fn richest(ground: &Ground, kind: OrgKind) -> Option<PartyId> {
    let mut room = Room::default();
    let parties = ground.views.register.parties().filter(|party| party.kind == kind);
    let lists = parties.filter_map(|party| {
        let ask = Ask { party: party.id, with: None, top: LINES };
        rank::rank(&ground.views, &ground.graphs, &ask, &mut room).ok()
    });
    lists.max_by_key(|list| (richness(&ground.views, list), Reverse(list.party))).map(|list| list.party)
}

/// How much a list has to say: partners of other trades first, for one's own are competitors, as soon as there
/// are a few; then sorts of ties that its sentences tell of (a purchase, a visit, a salon); then events.
fn richness(views: &Views, list: &MatchList) -> (usize, usize, usize) {
    let trade = |party| views.register.party(party).and_then(|party| party.industry);
    let partners = list.lines.iter().filter(|line| trade(line.party) != trade(list.party)).count();
    let terms = || list.lines.iter().flat_map(|line| &line.terms);
    let told: BTreeSet<_> = terms()
        .filter_map(|term| Some((term.signal, term.paths.first()?)))
        .flat_map(|(signal, path)| path.steps.iter().map(move |step| (signal, step.class)))
        .collect();
    let events: BTreeSet<_> = terms().flat_map(|term| &term.evidence).collect();
    (partners.min(PARTNERS_ENOUGH), told.len(), events.len())
}
