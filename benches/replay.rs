//! Replay: decoding the log of a town of stated size and folding it into every view, and both graphs from them.
#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to report")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jinqiao::bench::town::{self, Town};
use jinqiao::config::LogUrl;
use jinqiao::desk::{Desk, Submission};
use jinqiao::store::Store;
use jinqiao_events::log::{Effective, Horizon};
use jinqiao_projections::rank::Graphs;
use jinqiao_projections::views::Views;

const TOWN: Town = Town { enterprises: 2_000, occasions: 300, ties: 20_000, seed: 1 };

fn settled() -> Store {
    let store = Store::open(&LogUrl::Memory).expect("a store in memory");
    let desk = Desk::open(store.clone()).expect("an empty log");
    let units = TOWN.register().chain(TOWN.happenings()).map(|draft| vec![draft.expect("a draft")]).collect();
    desk.record_blocking(Submission { units, rehearsal: false }).expect("recorded");
    store
}

fn fold(store: &Store) -> Views {
    let mut views = Views::default();
    let log = store.log.as_ref();
    let effective = Effective::gather(log, Horizon::default()).expect("a readable log");
    effective.feed(log, 0, views.folds()).expect("a readable log");
    views
}

fn replay(criterion: &mut Criterion) {
    let store = settled();
    let views = fold(&store);
    let mut group = criterion.benchmark_group("town of 2,000 enterprises and 20,000 ties");
    group.sample_size(20);
    group.throughput(Throughput::Elements(store.log.head()));
    group.bench_function("replay", |bencher| bencher.iter(|| fold(&store)));
    group.throughput(Throughput::Elements(TOWN.ties));
    group.bench_function("build graphs", |bencher| bencher.iter(|| Graphs::build(&views, town::last_day())));
    group.finish();
}

criterion_group!(benches, replay);
criterion_main!(benches);
