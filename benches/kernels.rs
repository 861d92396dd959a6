//! The kernels, one by one, on the graph of a town of 100,000 enterprises and 880,000 ties.
#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to report")]

use criterion::{Criterion, criterion_group, criterion_main};
use jinqiao::bench::graph_town::GraphTown;
use jinqiao::bench::town::Town;
use jinqiao_projections::kernels::bounded_two_hop::bounded_two_hop;
use jinqiao_projections::kernels::introduction_paths::{PathsAsk, introduction_paths, reliability};
use jinqiao_projections::kernels::page_rank::{PageRank, page_rank};
use jinqiao_projections::kernels::push::{Push, mean_strength, push};
use jinqiao_projections::kernels::three_step::three_step;
use jinqiao_projections::kernels::two_hop::{
    AdamicAdar, ResourceAllocation, WeightedResourceAllocation, two_hop,
};
use jinqiao_projections::kernels::{Ask, Rows, Scratch, batch::batch};

const TOWN: Town = Town { enterprises: 100_000, occasions: 10_000, ties: 880_000, seed: 1 };

fn kernels(criterion: &mut Criterion) {
    let town = GraphTown::build(TOWN, &mut |_| {}).expect("a town");
    let graph = &town.graph;
    let mut from = 0;
    // Another enterprise every time, far from the last.
    let mut next = || {
        from = (from + 79_199) % town.enterprises;
        Ask { from, top: 50, among: 0..town.enterprises }
    };
    let (mut scratch, mut found, mean) = (Scratch::default(), Vec::new(), mean_strength(graph));
    criterion.bench_function("two hops, resource allocation, bounded", |bencher| {
        bencher.iter(|| bounded_two_hop::<_, ResourceAllocation>(graph, &next(), &mut scratch, &mut found));
    });
    criterion.bench_function("two hops, weighted resource allocation, bounded", |bencher| {
        bencher.iter(|| {
            bounded_two_hop::<_, WeightedResourceAllocation>(graph, &next(), &mut scratch, &mut found)
        });
    });
    criterion.bench_function("two hops, Adamic-Adar", |bencher| {
        bencher.iter(|| two_hop::<_, AdamicAdar>(graph, &next(), &mut scratch, &mut found));
    });
    criterion.bench_function("three steps", |bencher| {
        bencher.iter(|| three_step(graph, &next(), 0.3, &mut scratch, &mut found));
    });
    criterion.bench_function("push", |bencher| {
        bencher.iter(|| push(graph, &next(), Push::default(), mean, &mut scratch, &mut found));
    });
    criterion.bench_function("introduction paths", |bencher| {
        bencher.iter(|| {
            let (from, to) = (next().from, next().from);
            let ask = PathsAsk { from, to, most: 3, ties_max: 6, arcs_max: 400_000 };
            introduction_paths(graph, &ask, reliability, &mut scratch)
        });
    });
    let all: Vec<Ask> = (0..2_000).map(|_| next()).collect();
    criterion.bench_function("two hops for 2,000, on two threads", |bencher| {
        bencher.iter(|| {
            batch(&all, 2, |ask, scratch| {
                let mut found = Vec::new();
                bounded_two_hop::<_, ResourceAllocation>(graph, ask, scratch, &mut found);
                found
            })
        });
    });
}

fn global(criterion: &mut Criterion) {
    let town = GraphTown::build(TOWN, &mut |_| {}).expect("a town");
    let mut group = criterion.benchmark_group("20 rounds of PageRank");
    group.sample_size(10).throughput(criterion::Throughput::Elements(20 * town.graph.arc_count() as u64));
    for (name, weighted, threads) in
        [("one thread", false, 1), ("two threads", false, 2), ("weighted", true, 1)]
    {
        let how = PageRank { weighted, threads, ..PageRank::default() };
        group.bench_function(name, |bencher| bencher.iter(|| page_rank(&town.graph, &how)));
    }
    assert_eq!(town.graph.nodes(), 110_000);
    group.finish();
}

criterion_group!(benches, kernels, global);
criterion_main!(benches);
