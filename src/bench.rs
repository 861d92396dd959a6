//! Measuring: a seeded town of any size, and everything that a user waits for in it, beside what the machine can do
//! at most in the same run, so that every figure comes as a ratio to the limit.
//!
//! The graph and its kernels are measured on a graph fed straight to the builder ([`graph_town`]); what goes
//! through the log ([`through_log`]) is left out of towns of more than [`LOG_TIES_MAX`] ties.

use serde_json::{Map, Value, json};

use crate::error::AppError;

pub mod fresh_ties;
pub mod graph_town;
pub mod kernels;
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

/// The array whose gather rate figures of the log are held against, in MiB.
const REFERENCE_MIB: usize = 24;
/// Larger towns are fed to the builder only.
pub const LOG_TIES_MAX: u64 = 20_000_000;
/// Of larger graphs no precision is taken: the truth would take hours.
const PRECISION_TIES_MAX: u64 = 20_000_000;

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The town.
    pub town: Town,
    /// Leave out what goes through the log.
    pub graph_only: bool,
    /// On how many enterprises the precision of approximate answers is taken.
    pub precision_seeds: usize,
}

/// Measures a town and the machine; what is going on is said to `say`.
///
/// # Errors
/// When the temporary store fails, or the town has fewer enterprises than lists are asked for.
pub fn run(options: Options, say: &mut dyn FnMut(&str)) -> Result<Value, AppError> {
    let town = options.town;
    let load_before = load_average();
    say("machine: gathers and triad");
    let machine = Machine::measure();
    let gathers = machine.gathers_per_second(REFERENCE_MIB).unwrap_or(f64::NAN);
    let mut figures = Map::new();
    let mut tell = |name: &str, value: Value| drop(figures.insert(name.to_owned(), value));
    tell(
        "town",
        json!({ "enterprises": town.enterprises, "occasions": town.occasions, "ties": town.ties, "seed": town.seed }),
    );
    tell("version", json!(env!("CARGO_PKG_VERSION")));
    tell("machine", json!(machine));
    tell("graph", measure_graph(options, say)?);
    if !options.graph_only && town.ties <= LOG_TIES_MAX {
        through_log::measure(town, gathers, say)?.into_iter().for_each(|(name, value)| tell(name, value));
    }
    tell("resident_bytes_peak", json!(resident_bytes_peak()));
    tell("load_average", json!({ "before": load_before, "after": load_average() }));
    Ok(Value::Object(figures))
}

/// The graph by itself: building, memory, kernels, fresh ties.
fn measure_graph(options: Options, say: &mut dyn FnMut(&str)) -> Result<Value, AppError> {
    let (town, before) = (options.town, resident_bytes());
    let built = GraphTown::build(town, say)?;
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
    let seeds = if built.ties <= PRECISION_TIES_MAX { options.precision_seeds } else { 0 };
    let kernels = kernels::measure(&built, town.seed, seeds, say);
    let fresh = fresh_ties::measure(&built, town.seed, say);
    Ok(json!({ "build": build, "kernels": kernels, "fresh": fresh, "resident_bytes": resident_bytes() }))
}
