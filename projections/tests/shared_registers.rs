//! Figures on the shared registers. Skipped where they are not there; the product never needs them.
//!
//! `cargo test --release -p jinqiao-projections --test shared_registers -- --nocapture --ignored` measures all
//! queries of the valid cuts.

use std::path::{Path, PathBuf};

use jinqiao_projections::backtest::{self, Cut, Report, Row, Split};

fn shared(set: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|up| up.join("shared/data").join(set));
    let found = folder.into_iter().find(|path| path.exists());
    if found.is_none() {
        println!("skipped: the shared register {set} is not here");
    }
    found
}

fn read(folder: &Path) -> (Vec<Row>, Split) {
    let file = std::fs::File::open(folder.join("events.tsv.gz")).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').from_reader(flate2::read::GzDecoder::new(file));
    let rows = reader.deserialize().collect::<Result<Vec<Row>, _>>().unwrap();
    let split = serde_json::from_str(&std::fs::read_to_string(folder.join("split.json")).unwrap()).unwrap();
    (rows, split)
}

fn metric(report: &Report, name: &str) -> f64 {
    report.metrics.iter().find(|metric| metric.name == name).unwrap().mean
}

#[test]
fn the_ranker_finds_the_next_partners_in_a_real_register() {
    let Some(folder) = shared("cordis_h2020") else { return };
    let (rows, mut split) = read(&folder);
    split.queries.values_mut().for_each(|queries| queries.truncate(200));
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
        let cut = if std::env::var_os("CUT").is_some_and(|cut| cut == "test") { Cut::Test } else { cut };
        let started = std::time::Instant::now();
        let report = backtest::run(&rows, &split, cut).unwrap();
        println!("{set} {cut:?}: {:?}, {} queries, {} candidates", started.elapsed(), report.queries, report.candidates);
        println!("cold start {:?}, listed {}", report.cold_start, report.listed);
        for metric in &report.metrics {
            println!("{:10} {:.8} [{:.4}, {:.4}]", metric.name, metric.mean, metric.low, metric.high);
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
