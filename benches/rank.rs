//! Ranking: one match list of twenty lines with its explanations, in a town of stated size.
#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to report")]

use criterion::{Criterion, criterion_group, criterion_main};
use jinqiao::bench::town::{self, Town};
use jinqiao_events::clock::{IdSource, System};
use jinqiao_events::log::Recorded;
use jinqiao_projections::rank::Room;
use jinqiao_projections::rank::{Ask, Graphs, rank};
use jinqiao_projections::views::Views;

const TOWN: Town = Town { enterprises: 10_000, occasions: 1_000, ties: 100_000, seed: 1 };

/// The views of the town without a log: ranking does not know where events come from.
fn views() -> Views {
    let recorded_at = jiff::Timestamp::UNIX_EPOCH;
    let mut views = Views::default();
    for (draft, position) in TOWN.register().chain(TOWN.happenings()).zip(1..) {
        let draft = draft.expect("a draft");
        let id = System.event_id(recorded_at);
        let (occurred, event) = (draft.occurred, draft.event);
        views.apply(&Recorded {
            position,
            id,
            occurred,
            recorded_at,
            recorded_by: None,
            programmes: draft.programmes,
            event,
        });
    }
    views
}

fn list(criterion: &mut Criterion) {
    let views = views();
    let graphs = Graphs::build(&views, town::last_day());
    let mut room = Room::default();
    let mut number = 0;
    criterion.bench_function("top 20 of 10,000 enterprises and 100,000 ties", |bencher| {
        bencher.iter(|| {
            // Another enterprise every time, far from the last.
            number = (number + 7_919) % TOWN.enterprises;
            let party = Town::enterprise(number).expect("an enterprise");
            rank(&views, &graphs, &Ask { party, with: None, top: 20 }, &mut room)
        });
    });
}

criterion_group!(benches, list);
criterion_main!(benches);
