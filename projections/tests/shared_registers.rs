//! Figures on the shared registers. Skipped where they are not there; the product never needs them.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests and their figures")]

use std::path::{Path, PathBuf};

use jinqiao_projections::backtest::{self, Cut, Data, Report};

/// Training on a whole register takes minutes unoptimised: these run where `JINQIAO_REGISTERS` is set, best with
/// `cargo test --release -p jinqiao-projections --test shared_registers`.
fn shared(set: &str) -> Option<PathBuf> {
    if std::env::var_os("JINQIAO_REGISTERS").is_none() {
        println!("skipped: set JINQIAO_REGISTERS to train on the shared register {set}");
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|up| up.join("shared/data").join(set));
    let found = folder.into_iter().find(|path| path.exists());
    if found.is_none() {
        println!("skipped: the shared register {set} is not here");
    }
    found
}

fn read(folder: &Path) -> Data {
    let file = std::fs::File::open(folder.join("events.tsv.gz")).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').from_reader(flate2::read::GzDecoder::new(file));
    let rows = reader.deserialize().collect::<Result<Vec<_>, _>>().unwrap();
    let split = serde_json::from_str(&std::fs::read_to_string(folder.join("split.json")).unwrap()).unwrap();
    Data { rows, split, actors: std::collections::BTreeMap::new() }
}

fn metric(report: &Report, name: &str) -> f64 {
    report.metrics.iter().find(|metric| metric.name == name).unwrap().mean
}

#[test]
fn the_ranker_finds_the_next_partners_in_a_real_register() {
    let Some(folder) = shared("cordis_h2020") else {
        return;
    };
    let mut data = read(&folder);
    data.split.queries.values_mut().for_each(|queries| queries.truncate(200));
    let report = backtest::run(&data, Cut::Valid).unwrap();
    assert!(metric(&report, "ndcg@10") >= 0.13, "{:?}", report.metrics);
}

#[test]
fn the_ranker_finds_the_next_memberships_in_a_real_register() {
    let Some(folder) = shared("cow_igo") else { return };
    let data = read(&folder);
    let report = backtest::run(&data, Cut::Valid).unwrap();
    assert!(metric(&report, "ndcg@10") >= 0.45, "{:?}", report.metrics);
}
