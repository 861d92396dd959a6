//! A town through the log: append, replay, freshness, HTTP, as a user would wait for them.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use jinqiao_events::decide::Draft;
use jinqiao_events::log::{Effective, Horizon};
use jinqiao_projections::rank::{self, Ask, Room};
use jinqiao_projections::views::Views;
use serde_json::{Value, json};

use super::scratch_dir::bytes_of;
use super::timing::{Timings, ms, per_second};
use super::town::{self, Town};
use super::{Report, over_http};
use crate::config::LogUrl;
use crate::desk::{Desk, Submission};
use crate::dice::Dice;
use crate::error::AppError;
use crate::snapshots;
use crate::store::Store;

/// Events handed in together while appending: they share a flush.
const GROUP_EVENTS: usize = 512;
/// Lines of each list.
const TOP: usize = 20;
/// How many times freshness is measured.
const FRESHNESS_TRIALS: u64 = 7;

/// Tells every figure of the town's way through the log; stores are made in `dir`.
///
/// # Errors
/// When a store fails, or the report cannot be made.
pub fn measure(town: Town, dir: &Path, report: &mut dyn Report) -> Result<(), AppError> {
    report.tell("log_town", &json!({ "enterprises": town.enterprises, "ties": town.ties }))?;
    let url = LogUrl::Sled(dir.join("log"));
    report.say("append: through the desk, durable");
    report.tell("append", &measure_append(town, &url, dir)?)?;
    report.say("replay: decode and fold every view");
    report.tell("replay", &measure_replay(&url)?)?;
    report.say("open: from the snapshot, and without one");
    report.tell("open", &measure_open(&url)?)?;
    let snapshot = dir.join("log").join(snapshots::FILE);
    let snapshot_bytes = fs::metadata(&snapshot).map_or(0, |file| file.len());
    // There is none after fewer events than are worth one.
    drop(fs::remove_file(&snapshot));
    report.tell("open_without_snapshot", &measure_open(&url)?)?;
    report.tell("snapshot", &json!({ "bytes": snapshot_bytes }))?;
    report.say("freshness: one event, then a list that knows it");
    report.tell("freshness", &measure_freshness(&url)?)?;
    report.say("http: lists over one connection and over many");
    let desk = Desk::open(Store::open(&url)?)?;
    let mut dice = Dice::new(town.seed ^ 0x6874_7470);
    let numbers: Vec<u64> = (0..2_000).map(|_| dice.below(town.enterprises)).collect();
    report.tell("http", &over_http::measure(desk, &numbers)?)
}

/// Appends the whole town in groups, beside a bare write and flush of as many bytes.
fn measure_append(town: Town, url: &LogUrl, dir: &Path) -> Result<Value, AppError> {
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
    let bytes = bytes_of(dir).map_err(AppError::io("读临时目录"))?;
    let groups = events.div_ceil(GROUP_EVENTS as u64);
    let bare = bare_flushes(dir, bytes / groups.max(1)).map_err(AppError::io("写临时文件"))?;
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

fn measure_replay(url: &LogUrl) -> Result<Value, AppError> {
    let store = Store::open(url)?;
    let log = store.log.as_ref();
    let mut views = Views::default();
    let started = Instant::now();
    Effective::gather(log, Horizon::default())?.feed(log, 0, views.folds())?;
    let elapsed = started.elapsed();
    let events = log.head();
    store.close()?;
    drop(views);
    Ok(json!({ "events": events, "events_per_second": per_second(events, elapsed), "ms": ms(elapsed) }))
}

/// How long it takes until the log is open, until readers are answered, and until somebody who writes is.
fn measure_open(url: &LogUrl) -> Result<Value, AppError> {
    let started = Instant::now();
    let store = Store::open(url)?;
    let log = started.elapsed();
    let events = store.log.head();
    let desk = Desk::open(store)?;
    let readers = started.elapsed();
    // A rehearsal waits for the rules and writes nothing.
    desk.record_blocking(Submission { units: vec![vec![town::meeting(0, 1)?]], rehearsal: true })?;
    let writers = started.elapsed();
    let closing = Instant::now();
    desk.close()?;
    Ok(json!({
        "events": events,
        "log_ms": ms(log),
        "readers_ms": ms(readers),
        "writers_ms": ms(writers),
        "close_ms": ms(closing.elapsed()),
    }))
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
