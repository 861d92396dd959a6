//! Measuring: a seeded town of any size, and everything that a user waits for in it, beside what the machine can do
//! at most in the same run, so that every figure comes as a ratio to the limit.
//!
//! Each part is told as soon as it is measured ([`Report`]), so that a run may be cut short and loses nothing but the
//! part under way. The graph and its kernels are measured on a graph fed straight to the builder ([`graph_town`]), lists
//! on views folded in memory ([`in_memory`]), and what needs a store goes through the log in a town of the same shape
//! with at most [`Options::log_ties_max`] ties ([`through_log`]).

use std::path::Path;

use serde_json::{Value, json};

use crate::error::AppError;

pub mod fresh_ties;
pub mod graph_town;
pub mod in_memory;
pub mod kernels;
pub mod lists;
pub mod machine;
pub mod over_http;
pub mod scratch_dir;
pub mod soak;
pub mod through_log;
pub mod timing;
pub mod town;
pub mod truth;

use graph_town::GraphTown;
use machine::{Machine, load_average, resident_bytes, resident_bytes_peak};
use town::Town;

/// The array whose gather rate figures of lists are held against, in MiB.
const REFERENCE_MIB: usize = 24;
/// Views of larger towns do not fit in memory with the rest of a machine's work: no lists of them.
pub const LIST_TIES_MAX: u64 = 20_000_000;
/// Of larger graphs no precision is taken: the truth would take hours.
const PRECISION_TIES_MAX: u64 = 20_000_000;

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The graph: building, memory, kernels, fresh ties.
    Graph,
    /// Match lists in process.
    Lists,
    /// What goes through the log: append, replay, freshness, HTTP.
    Log,
}

/// What to measure.
#[derive(Debug, Clone)]
pub struct Options {
    /// The town.
    pub town: Town,
    /// Which parts, in the order of [`Part`].
    pub parts: Vec<Part>,
    /// On how many enterprises the precision of approximate answers is taken.
    pub precision_seeds: usize,
    /// How many ties at most go through the log: a larger town is made smaller for that.
    pub log_ties_max: u64,
}

/// Who is told what goes on and what came of it.
pub trait Report {
    /// A stage begins.
    fn say(&mut self, stage: &str);

    /// A part is measured: its name and its figures.
    ///
    /// # Errors
    /// When they cannot be passed on.
    fn tell(&mut self, part: &str, figures: &Value) -> Result<(), AppError>;
}

/// Measures a town and the machine. Stores are made in `dir`, and left there.
///
/// # Errors
/// When a store in `dir` fails, the town has fewer enterprises than lists are asked for, or the report cannot be made.
pub fn run(options: &Options, dir: &Path, report: &mut dyn Report) -> Result<(), AppError> {
    let (town, load_before) = (options.town, load_average());
    let has = |part| options.parts.contains(&part);
    report.tell(
        "town",
        &json!({ "enterprises": town.enterprises, "occasions": town.occasions, "ties": town.ties, "seed": town.seed }),
    )?;
    report.tell("version", &json!(env!("CARGO_PKG_VERSION")))?;
    report.say("machine: gathers and triad");
    let machine = Machine::measure();
    let gathers = machine.gathers_per_second(REFERENCE_MIB).unwrap_or(f64::NAN);
    report.tell("machine", &json!(machine))?;
    if has(Part::Graph) {
        measure_graph(options, report)?;
    }
    if has(Part::Lists) && town.ties <= LIST_TIES_MAX {
        lists::measure(town, gathers, report)?;
    }
    if has(Part::Log) {
        through_log::measure(town.with_ties_at_most(options.log_ties_max), dir, report)?;
    }
    report.tell("resident_bytes_peak", &json!(resident_bytes_peak()))?;
    report.tell("load_average", &json!({ "before": load_before, "after": load_average() }))
}

/// The graph by itself: building, memory, kernels, fresh ties.
fn measure_graph(options: &Options, report: &mut dyn Report) -> Result<(), AppError> {
    let (town, before) = (options.town, resident_bytes());
    let built = GraphTown::build(town, &mut |stage| report.say(stage))?;
    let after = resident_bytes();
    let per_tie = |bytes: u64| bytes as f64 / built.ties.max(1) as f64;
    let resident = before.zip(after).map(|(before, after)| per_tie(after.saturating_sub(before)));
    let own = built.built_in.saturating_sub(built.generated_in);
    let build = json!({
        "ties": built.ties,
        "ms": timing::ms(built.built_in),
        "ms_generating": timing::ms(built.generated_in),
        "ns_per_tie": own.as_secs_f64() * 1e9 / built.ties.max(1) as f64,
        "bytes_per_tie": per_tie(built.graph.bytes() as u64),
        "resident_bytes_per_tie": resident,
        "resident_bytes": after,
    });
    report.tell("graph_build", &build)?;
    let seeds = if built.ties <= PRECISION_TIES_MAX { options.precision_seeds } else { 0 };
    kernels::measure(&built, town.seed, seeds, report)?;
    let fresh = fresh_ties::measure(&built, town.seed, &mut |stage| report.say(stage));
    report.tell("graph_fresh", &fresh)?;
    report.tell("graph_resident_bytes", &json!(resident_bytes()))
}
