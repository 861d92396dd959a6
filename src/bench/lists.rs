//! Match lists in process: one after the other, quick ones, many at once on all processors.

use std::time::Instant;

use jinqiao_projections::kernels::{Rows, batch::batch};
use jinqiao_projections::rank::{self, Ask, Depth, Graphs, Room};
use jinqiao_projections::views::Views;
use serde_json::{Value, json};

use super::machine::resident_bytes;
use super::timing::{Timings, ms, per_second};
use super::town::{self, Town};
use super::{Report, in_memory};
use crate::dice::Dice;
use crate::error::AppError;

/// Lists that are timed, each for another enterprise.
const QUERIES: u64 = 500;
/// Lists that warm up before, for yet others.
const WARM_UP: u64 = 50;
/// Lines of each list.
const TOP: usize = 20;
/// Lists worked out on all processors at once: with every signal, and quick.
const FULL_AT_ONCE: usize = 2_000;
const QUICK_AT_ONCE: usize = 20_000;

/// Tells the figures of lists of a town; `gathers` is the machine's rate of random reads.
///
/// # Errors
/// When the report cannot be made.
pub fn measure(town: Town, gathers: f64, report: &mut dyn Report) -> Result<(), AppError> {
    report.say("views: fold every event in memory");
    let (views, folding) = in_memory::fold(town)?;
    report.tell("views", &folding)?;
    report.say("graphs: build both");
    let (build, graphs) = measure_build(&views, gathers);
    report.tell("list_graph_build", &build)?;
    let asking = asking(town);
    report.say("match lists: top 20 with explanations");
    report.tell("match_list", &measure_lists(Depth::Full, &asking, &views, &graphs, gathers)?)?;
    report.say("match lists: quick");
    let quick = Depth::Quick { breadth: TOP };
    report.tell("match_list_quick", &measure_lists(quick, &asking, &views, &graphs, gathers)?)?;
    report.say("match lists: many at once");
    report.tell("match_lists_at_once", &measure_all(&asking, &views, &graphs)?)
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
