//! `demo`: the invented city in a store of its own, two match lists, and the pages.

use std::cmp::Reverse;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::rank::{self, Ask, Graphs, MatchList, Step, Term};
use jinqiao_projections::signals;
use jinqiao_projections::tie_graph::walk::Scratch;
use jinqiao_projections::views::Views;

use super::{Globals, finish, out, progress, serve, writing};
use crate::config::{Lang, LogUrl};
use crate::demo;
use crate::error::AppError;
use crate::naming;
use crate::store::Store;

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
    let globals = Globals { log: LogUrl::Sled(data), ..globals };
    build(&globals)?;
    print(&globals)?;
    if no_serve { Ok(0) } else { serve::run(&serve::Args { listen }, &globals) }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let plain = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
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
        let LogUrl::Sled(dir) = &globals.log else { return Ok(()) };
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
    let desk = crate::desk::Desk::open(Store::open(&globals.log)?)?;
    let views = desk.shelf().views();
    let graphs = desk.shelf().graphs(&views, demo::last_day());
    let mut out = out();
    let label = globals.lang.pick(
        "【示例数据（虚构）】城市、企业、商会与往来均为程序虚构，如有雷同纯属巧合。",
        "[Invented demo data] City, companies, chambers and dealings are made up by this program.",
    );
    writeln!(out, "{label}").map_err(writing)?;
    for kind in [OrgKind::Enterprise, OrgKind::Chamber] {
        if let Some(list) = richest(&views, &graphs, kind) {
            print_list(&mut out, &views, &list, globals.lang).map_err(writing)?;
        }
    }
    finish(out)?;
    desk.close()
}

/// The list with most to say: distinct occasions and ties behind its first lines; then by party id.
fn richest(views: &Views, graphs: &Graphs, kind: OrgKind) -> Option<MatchList> {
    let mut scratch = Scratch::default();
    let parties: Vec<PartyId> = views.register.parties().filter(|party| party.kind == kind).map(|party| party.id).collect();
    let lists = parties.into_iter().filter_map(|party| {
        rank::rank(views, graphs, &Ask { party, with: None, top: LINES }, &mut scratch).ok()
    });
    lists.max_by_key(|list| (richness(list), Reverse(list.party)))
}

fn richness(list: &MatchList) -> usize {
    let evidence = list.lines.iter().map(|line| {
        let mut positions: Vec<_> = line.terms.iter().flat_map(|term| &term.evidence).collect();
        positions.sort_unstable();
        positions.dedup();
        positions.len() * line.terms.len()
    });
    evidence.sum()
}

/// A list for people, with the reasons of every line.
fn print_list(out: &mut dyn Write, views: &Views, list: &MatchList, lang: Lang) -> std::io::Result<()> {
    let heading = lang.pick("推荐给", "for");
    writeln!(out, "\n{heading} {}", described(views, list.party))?;
    for (rank, line) in list.lines.iter().enumerate() {
        writeln!(out, "{:>3}. {}  {:.3}", rank + 1, described(views, line.party), micro(line.score_micro))?;
        for term in &line.terms {
            print_term(out, views, term, lang)?;
        }
    }
    Ok(())
}

fn print_term(out: &mut dyn Write, views: &Views, term: &Term, lang: Lang) -> std::io::Result<()> {
    let signal = signals::ALL.into_iter().find(|signal| signal.name() == term.signal);
    let label = signal.map_or(term.signal, |signal| lang.pick(signal.label_zh(), signal.label_en()));
    writeln!(out, "       +{:.3} {label}", micro(term.value_micro))?;
    for path in &term.paths {
        let steps: Vec<String> = path.steps.iter().map(|step| told(views, step)).collect();
        let positions: Vec<String> = path.steps.iter().flat_map(|step| &step.evidence).map(|at| format!("#{at}")).collect();
        writeln!(out, "              {} 〔{}〕", steps.join(" → "), positions.join(" "))?;
    }
    Ok(())
}

fn told(views: &Views, step: &Step) -> String {
    let to = naming::party(views, step.to);
    step.occasion.as_ref().map_or_else(|| to.clone(), |occasion| format!("「{}」 {to}", occasion.key))
}

/// Name and what the party makes.
fn described(views: &Views, party: PartyId) -> String {
    let products: Vec<&str> = views.register.products(party).into_iter().take(2).collect();
    let name = naming::party(views, party);
    if products.is_empty() { name } else { format!("{name}（{}）", products.join("、")) }
}

/// Millionths as a number for people.
fn micro(value: i64) -> f64 {
    value as f64 / 1e6
}
