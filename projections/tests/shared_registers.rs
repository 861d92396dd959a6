//! Figures on the shared registers. Skipped where they are not there; the product never needs them.
//!
//! `cargo test --release -p jinqiao-projections --test shared_registers -- --nocapture --ignored` measures all
//! queries of the valid cuts.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests and their figures")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jinqiao_events::kinds::Kind;
use jinqiao_events::log::Recorded;
use jinqiao_events::value::{identifier::Identifier, ids::EventId, occurred::Occurred};
use jinqiao_projections::backtest::{self, Cut, Report, Row, Split};
use jinqiao_projections::party_graph::PartyGraph;
use jinqiao_projections::rank::{Ask, Graphs, rank};
use jinqiao_projections::tie_graph::walk::Scratch;
use jinqiao_projections::views::Views;
use serde_json::{Value, json};

fn shared(set: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|up| up.join("shared/data").join(set));
    let found = folder.into_iter().find(|path| path.exists());
    if found.is_none() {
        println!("skipped: the shared register {set} is not here");
    }
    found
}

fn read(folder: &Path) -> (Vec<Row>, Split) {
    let file = std::fs::File::open(folder.join("events.tsv.gz")).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_reader(flate2::read::GzDecoder::new(file));
    let rows = reader.deserialize().collect::<Result<Vec<Row>, _>>().unwrap();
    let split = serde_json::from_str(&std::fs::read_to_string(folder.join("split.json")).unwrap()).unwrap();
    (rows, split)
}

fn metric(report: &Report, name: &str) -> f64 {
    report
        .metrics
        .iter()
        .find(|metric| metric.name == name)
        .unwrap()
        .mean
}

#[test]
fn the_ranker_finds_the_next_partners_in_a_real_register() {
    let Some(folder) = shared("cordis_h2020") else {
        return;
    };
    let (rows, mut split) = read(&folder);
    split
        .queries
        .values_mut()
        .for_each(|queries| queries.truncate(200));
    let report = backtest::run(&rows, &split, Cut::Valid).unwrap();
    assert!(metric(&report, "ndcg@10") >= 0.12, "{:?}", report.metrics);
}

#[test]
fn the_ranker_finds_the_next_memberships_in_a_real_register() {
    let Some(folder) = shared("cow_igo") else { return };
    let (rows, split) = read(&folder);
    let report = backtest::run(&rows, &split, Cut::Valid).unwrap();
    assert!(metric(&report, "ndcg@10") >= 0.40, "{:?}", report.metrics);
}

#[test]
#[ignore = "measures; run by hand in release"]
fn figures() {
    for (set, cut) in [("cordis_h2020", Cut::Valid), ("cow_igo", Cut::Valid)] {
        let Some(folder) = shared(set) else { continue };
        let (rows, split) = read(&folder);
        let cut = if std::env::var_os("CUT").is_some_and(|cut| cut == "test") {
            Cut::Test
        } else {
            cut
        };
        let started = Instant::now();
        let report = backtest::run(&rows, &split, cut).unwrap();
        println!(
            "{set} {cut:?}: {:?}, {} queries, {} candidates",
            started.elapsed(),
            report.queries,
            report.candidates
        );
        println!("cold start {:?}, listed {}", report.cold_start, report.listed);
        for metric in &report.metrics {
            println!(
                "{:10} {:.8} [{:.4}, {:.4}]",
                metric.name, metric.mean, metric.low, metric.high
            );
        }
        if let Some(out) = std::env::var_os("OUT") {
            let lines: String = report
                .ranking
                .iter()
                .map(|row| format!("{}\t{}\t{}\n", row.query, row.candidate, row.score_micro))
                .collect();
            std::fs::write(Path::new(&out).join(format!("{set}.tsv")), lines).unwrap();
        }
    }
}

/// The register's rows as the events that an import would make of them.
fn events(rows: &[Row]) -> Vec<Recorded> {
    let mut actors: Vec<&str> = rows.iter().map(|row| row.actor.as_str()).collect();
    actors.sort_unstable();
    actors.dedup();
    let registered = actors.into_iter().map(|actor| {
        let identifier = Identifier::local("participations", actor).unwrap();
        (
            "2010-01-01".parse().unwrap(),
            "org_registered",
            json!({"name": actor, "kind": "enterprise", "identifier": identifier}),
        )
    });
    let took_part = rows.iter().map(|row| {
        let party = Identifier::local("participations", &row.actor)
            .unwrap()
            .party_id();
        (
            row.date,
            "participation_recorded",
            json!({"group": row.group, "party": party}),
        )
    });
    let recorded = |(at, (occurred, kind, body)): (usize, (Occurred, &str, Value))| {
        let kind = Kind::from_name(kind).unwrap();
        let position = at as u64 + 1;
        let event = kind.decode(kind.version(), &body.to_string()).unwrap();
        let id = EventId::from_moment(position, [0; 10]);
        Recorded {
            position,
            id,
            occurred,
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_by: None,
            event,
        }
    };
    registered.chain(took_part).enumerate().map(recorded).collect()
}

#[test]
#[ignore = "measures; run by hand in release"]
fn speed() {
    let Some(folder) = shared("cordis_h2020") else {
        return;
    };
    let (rows, split) = read(&folder);
    let started = Instant::now();
    let views = Views::fold(&events(&rows));
    println!(
        "fold of {} facts: {:?}",
        views.facts.all().len(),
        started.elapsed()
    );
    let day = "2019-01-01".parse::<Occurred>().unwrap().day_number();
    for _ in 0..3 {
        let started = Instant::now();
        let graph = PartyGraph::build(&views.facts, &views.register, day);
        println!(
            "party graph as of 2019, {} parties: {:?}",
            graph.party_count(),
            started.elapsed()
        );
        let started = Instant::now();
        let graph = PartyGraph::build(&views.facts, &views.register, i32::MAX);
        println!(
            "party graph of everything, {} parties: {:?}",
            graph.party_count(),
            started.elapsed()
        );
    }
    let started = Instant::now();
    let graphs = Graphs::build(&views, day);
    println!("both graphs: {:?}", started.elapsed());
    let mut scratch = Scratch::default();
    for top in [0, 20] {
        let mut times: Vec<Duration> = Vec::new();
        for query in split.queries.values().flatten().take(1000) {
            let party = Identifier::local("participations", query).unwrap().party_id();
            let started = Instant::now();
            let list = rank(
                &views,
                &graphs,
                &Ask {
                    party,
                    with: None,
                    top,
                },
                &mut scratch,
            )
            .unwrap();
            times.push(started.elapsed());
            assert!(list.pool > 0);
        }
        times.sort_unstable();
        let mean = times.iter().sum::<Duration>() / 1000;
        println!(
            "list of {top}: mean {mean:?}, p50 {:?}, p99 {:?}",
            times[500], times[990]
        );
    }
}
