//! Kernels allocate nothing once their room has grown to the graph: the second time that the same questions are asked,
//! the allocator is not called at all.

use jinqiao_projections::compact_graph::{Builder, CompactGraph, Factors, PackedWeight};
use jinqiao_projections::kernels::bounded_two_hop::bounded_two_hop;
use jinqiao_projections::kernels::push::{Push, mean_strength, push};
use jinqiao_projections::kernels::three_step::three_step;
use jinqiao_projections::kernels::two_hop::{
    AdamicAdar, ResourceAllocation, WeightedResourceAllocation, two_hop,
};
use jinqiao_projections::kernels::{Ask, Found, Scratch};

const ENTERPRISES: u32 = 2_000;

/// Occasions of sizes that fall with their rank; the last ties are laid over the base.
fn town() -> CompactGraph<PackedWeight> {
    let ties: Vec<(u32, u32)> = (0..200_u32)
        .flat_map(|occasion| {
            let size = (2_000 / (occasion + 1)).max(8);
            (0..size).map(move |at| ((at * 7 + occasion * 131) % ENTERPRISES, ENTERPRISES + occasion))
        })
        .collect();
    let mut builder = Builder::new(ENTERPRISES as usize + 200);
    ties.iter().for_each(|(a, b)| builder.count(*a, *b));
    let mut filling = builder.fill();
    ties.iter().for_each(|(a, b)| filling.put(*a, *b, PackedWeight::new(1, 0.5)));
    let mut graph = filling.finish(Factors::default()).unwrap_or_default();
    (0..50).for_each(|at| graph.set_tie(at * 31, ENTERPRISES + 150 + at, PackedWeight::new(1, 0.25)));
    graph
}

type Kernel = fn(&CompactGraph<PackedWeight>, f32, &Ask, &mut Scratch, &mut Vec<Found>);

const KERNELS: [(&str, Kernel); 6] = [
    ("resource allocation, full", |graph, _, ask, scratch, found| {
        two_hop::<_, ResourceAllocation>(graph, ask, scratch, found);
    }),
    ("resource allocation", |graph, _, ask, scratch, found| {
        bounded_two_hop::<_, ResourceAllocation>(graph, ask, scratch, found);
    }),
    ("resource allocation, weighted", |graph, _, ask, scratch, found| {
        bounded_two_hop::<_, WeightedResourceAllocation>(graph, ask, scratch, found);
    }),
    ("Adamic-Adar", |graph, _, ask, scratch, found| {
        two_hop::<_, AdamicAdar>(graph, ask, scratch, found);
    }),
    ("three steps", |graph, _, ask, scratch, found| three_step(graph, ask, 0.3, scratch, found)),
    ("push", |graph, mean, ask, scratch, found| {
        push(graph, ask, Push::default(), mean, scratch, found);
    }),
];

#[test]
fn no_kernel_allocates_once_its_room_has_grown() {
    let graph = town();
    let mean = mean_strength(&graph);
    for (name, kernel) in KERNELS {
        let (mut scratch, mut found, mut answered) = (Scratch::default(), Vec::new(), 0);
        let mut ask_all = || {
            for from in (0..ENTERPRISES).step_by(37) {
                // Three steps end at occasions, the others at enterprises.
                let ask = Ask { from, top: 50, among: 0..ENTERPRISES + 200 };
                kernel(&graph, mean, &ask, &mut scratch, &mut found);
                answered += found.len();
            }
        };
        let grown = allocation_counter::measure(&mut ask_all).count_total;
        let again = allocation_counter::measure(&mut ask_all).count_total;
        assert!(grown > 0 && answered > 1_000, "{name}: {grown} allocations, {answered} answers at first");
        assert_eq!(again, 0, "{name}");
    }
}
