//! A town through the log: append, replay, build, lists, freshness, as a user would wait for them.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use jinqiao_events::decide::Draft;
use jinqiao_events::log::{Effective, Horizon};
use jinqiao_projections::kernels::{Rows, batch::batch};
use jinqiao_projections::rank::{self, Ask, Depth, Graphs, Room};
use jinqiao_projections::views::Views;
use serde_json::{Value, json};

use super::machine::resident_bytes;
use super::over_http;
use super::scratch_dir::ScratchDir;
use super::timing::{Timings, ms, per_second};
use super::town::{self, Town};
use crate::config::LogUrl;
use crate::desk::{Desk, Submission};
use crate::dice::Dice;
use crate::error::AppError;
use crate::store::Store;

/// Events handed in together while appending: they share a flush.
const GROUP_EVENTS: usize = 512;
/// Lists that are timed, each for another enterprise.
const QUERIES: u64 = 500;
/// Lists that warm up before, for yet others.
const WARM_UP: u64 = 50;
/// Lines of each list.
const TOP: usize = 20;
/// Lists worked out on all processors at once: with every signal, and quick.
const FULL_AT_ONCE: usize = 2_000;
const QUICK_AT_ONCE: usize = 20_000;
/// How many times freshness is measured.
const FRESHNESS_TRIALS: u64 = 7;
/// Every figure of the town's way through the log, by name; `gathers` is the machine's rate of random reads.
///
/// # Errors
/// When the temporary store fails, or the town has fewer enterprises than lists are asked for.
pub fn measure(
    town: Town,
    gathers: f64,
    say: &mut dyn FnMut(&str),
) -> Result<Vec<(&'static str, Value)>, AppError> {
    let dir = ScratchDir::new().map_err(AppError::io("建临时目录"))?;
    let url = LogUrl::Sled(dir.path().join("log"));
    say("append: through the desk, durable");
    let append = measure_append(town, &url, &dir)?;
    say("replay: decode and fold every view");
    let (replay, views) = measure_replay(&url)?;
    say("graph: build both");
    let (build, graphs) = measure_build(&views, gathers);
    say("match lists: top 20 with explanations");
    let asking = asking(town);
    let lists = measure_lists(Depth::Full, &asking, &views, &graphs, gathers)?;
    let quick = measure_lists(Depth::Quick { breadth: TOP }, &asking, &views, &graphs, gathers)?;
    say("match lists: many at once");
    let all = measure_all(&asking, &views, &graphs)?;
    drop((views, graphs));
    say("freshness: one event, then a list that knows it");
    let freshness = measure_freshness(&url)?;
    say("http: lists over one connection and over many");
    let desk = Desk::open(Store::open(&url)?)?;
    let mut dice = Dice::new(town.seed ^ 0x6874_7470);
    let numbers: Vec<u64> = (0..2_000).map(|_| dice.below(town.enterprises)).collect();
    let http = over_http::measure(desk, &numbers)?;
    Ok(vec![
        ("http", http),
        ("append", append),
        ("replay", replay),
        ("graph_build", build),
        ("match_list", lists),
        ("match_list_quick", quick),
        ("match_lists_at_once", all),
        ("freshness", freshness),
    ])
}

/// Appends the whole town in groups, beside a bare write and flush of as many bytes.
fn measure_append(town: Town, url: &LogUrl, dir: &ScratchDir) -> Result<Value, AppError> {
    let desk = Desk::open(Store::open(url)?)?;
    let mut elapsed = Duration::ZERO;
    let mut events: u64 = 0;
    let mut drafts = town.register().chain(town.happenings());
    loop {
        let group: Vec<Draft> = drafts.by_ref().take(GROUP_EVENTS).collect::<Result<_, _>>()?;
        if group.is_empty() {
            break;
        }
        events += group.len() as u64;
        elapsed += append(&desk, group)?;
    }
    desk.close()?;
    let bytes = dir.bytes().map_err(AppError::io("读临时目录"))?;
    let groups = events.div_ceil(GROUP_EVENTS as u64);
    let bare = bare_flushes(dir.path(), bytes / groups.max(1)).map_err(AppError::io("写临时文件"))?;
    let groups_per_second = per_second(groups, elapsed);
    Ok(json!({
        "events": events,
        "events_per_second": per_second(events, elapsed),
        "events_per_group": GROUP_EVENTS,
        "bytes_per_event": bytes as f64 / events as f64,
        "bare_flushes_per_second": bare,
        "groups_per_second_over_bare_flushes": groups_per_second / bare,
    }))
}

fn append(desk: &Desk, drafts: Vec<Draft>) -> Result<Duration, AppError> {
    let units = drafts.into_iter().map(|draft| vec![draft]).collect();
    let started = Instant::now();
    let answers = desk.record_blocking(Submission { units, rehearsal: false })?;
    let elapsed = started.elapsed();
    for answer in answers {
        answer.map_err(|fault| AppError::Refused(fault.refusal))?;
    }
    Ok(elapsed)
}

/// How often as many bytes as a group has can be written and flushed with nothing else to do.
fn bare_flushes(dir: &Path, bytes: u64) -> std::io::Result<f64> {
    let block = vec![0x5a; usize::try_from(bytes).unwrap_or(1 << 20)];
    let mut file = File::create(dir.join("bare"))?;
    let started = Instant::now();
    let flushes = 64;
    for _ in 0..flushes {
        file.write_all(&block)?;
        file.sync_data()?;
    }
    Ok(per_second(flushes, started.elapsed()))
}

fn measure_replay(url: &LogUrl) -> Result<(Value, Views), AppError> {
    let store = Store::open(url)?;
    let log = store.log.as_ref();
    let mut views = Views::default();
    let started = Instant::now();
    Effective::gather(log, Horizon::default())?.fold(log, &mut |recorded| views.apply(&recorded))?;
    let elapsed = started.elapsed();
    let events = log.head();
    store.close()?;
    Ok((
        json!({ "events": events, "events_per_second": per_second(events, elapsed), "ms": ms(elapsed) }),
        views,
    ))
}

fn measure_build(views: &Views, reference: f64) -> (Value, Graphs) {
    let before = resident_bytes();
    let started = Instant::now();
    let graphs = Graphs::build(views, town::last_day());
    let elapsed = started.elapsed();
    let csr = graphs.parties.petgraph();
    let ties = csr.arc_count() as f64 / 2.0;
    let csr_bytes = csr.bytes() as f64;
    let resident =
        before.zip(resident_bytes()).map(|(before, after)| after.saturating_sub(before) as f64 / ties);
    let gathers_per_tie = elapsed.as_secs_f64() * reference / ties;
    let figures = json!({
        "ms": ms(elapsed),
        "ties": ties,
        "csr_bytes_per_tie": csr_bytes / ties,
        "resident_bytes_per_tie": resident,
        "gathers_per_tie": gathers_per_tie,
    });
    (figures, graphs)
}

/// The enterprises of a town by number, in the order in which lists are asked for.
fn asking(town: Town) -> Vec<u64> {
    let mut dice = Dice::new(town.seed ^ 0x6c69_7374);
    let mut numbers: Vec<u64> = (0..town.enterprises).collect();
    dice.shuffle(&mut numbers);
    numbers
}

/// Lists for enterprises that were not asked for before, each with its explanations.
fn measure_lists(
    depth: Depth,
    asking: &[u64],
    views: &Views,
    graphs: &Graphs,
    reference: f64,
) -> Result<Value, AppError> {
    let mut room = Room::default();
    room.go(depth);
    let (mut times, mut visits, mut lines) = (Timings::default(), 0_u64, 0_usize);
    for (number, nth) in asking.iter().zip(0..WARM_UP + QUERIES) {
        let party = Town::enterprise(*number)?;
        let started = Instant::now();
        let list = rank::rank(views, graphs, &Ask { party, with: None, top: TOP }, &mut room);
        let elapsed = started.elapsed();
        if nth < WARM_UP {
            continue;
        }
        // An enterprise that was nowhere has no list; that answer is timed as well.
        lines += list.map_or(0, |list| list.lines.len());
        visits += two_hop_visits(graphs, party);
        times.push(elapsed);
    }
    let visits_mean = visits as f64 / times.len().max(1) as f64;
    let mut figures = times.figures();
    if let Some(figures) = figures.as_object_mut() {
        figures.insert("top".into(), json!(TOP));
        figures.insert("lines_mean".into(), json!(lines as f64 / times.len().max(1) as f64));
        figures.insert("two_hop_visits_mean".into(), json!(visits_mean));
        let gathers = times.mean_ms() / 1e3 * reference / visits_mean;
        figures.insert("gathers_per_two_hop_visit".into(), json!(gathers));
    }
    Ok(figures)
}

/// How many lists a second, on all processors, for enterprises that come after those timed one by one.
fn measure_all(asking: &[u64], views: &Views, graphs: &Graphs) -> Result<Value, AppError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let others = asking.iter().rev();
    let rate = |depth, count| -> Result<f64, AppError> {
        let some = others.clone().take(count).map(|number| Town::enterprise(*number));
        let parties = some.collect::<Result<Vec<_>, _>>()?;
        let started = Instant::now();
        let lists = batch(&parties, threads, |party, room: &mut Room| {
            room.go(depth);
            rank::rank(views, graphs, &Ask { party: *party, with: None, top: TOP }, room).is_ok()
        });
        Ok(per_second(lists.len() as u64, started.elapsed()))
    };
    Ok(json!({
        "threads": threads,
        "full_per_second": rate(Depth::Full, FULL_AT_ONCE)?,
        "quick_per_second": rate(Depth::Quick { breadth: TOP }, QUICK_AT_ONCE)?,
    }))
}

/// How many guests sit beside a party, counted at every occasion: what any answer over two steps must look at.
fn two_hop_visits(graphs: &Graphs, party: jinqiao_events::value::ids::PartyId) -> u64 {
    let csr = graphs.parties.petgraph();
    let Some(node) = graphs.parties.node(party) else {
        return 0;
    };
    csr.row(node).targets.iter().map(|occasion| csr.row(*occasion).targets.len() as u64).sum()
}

/// Records one event, then asks until the list knows it.
fn measure_freshness(url: &LogUrl) -> Result<Value, AppError> {
    let desk = Desk::open(Store::open(url)?)?;
    let day = town::last_day();
    let mut room = Room::default();
    let (mut durable, mut fresh) = (Timings::default(), Timings::default());
    drop(desk.shelf().graphs(&desk.shelf().views(), day));
    for trial in 0..FRESHNESS_TRIALS {
        let guest = trial * 2;
        let meeting = town::meeting(guest, guest + 1)?;
        let started = Instant::now();
        append(&desk, vec![meeting])?;
        durable.push(started.elapsed());
        let ask = Ask { party: Town::enterprise(guest)?, with: None, top: TOP };
        let head = desk.store().log.head();
        loop {
            let views = desk.shelf().views();
            let graphs = desk.shelf().graphs(&views, day);
            let list = rank::rank(&views, &graphs, &ask, &mut room);
            if list.is_ok_and(|list| list.position >= head) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        fresh.push(started.elapsed());
    }
    desk.close()?;
    Ok(json!({
        "trials": FRESHNESS_TRIALS,
        "durable_median_ms": durable.percentile_ms(50),
        "list_median_ms": fresh.percentile_ms(50),
        "list_worst_ms": fresh.percentile_ms(100),
    }))
}
