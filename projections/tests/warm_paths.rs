//! Who should introduce, on a real register: of pairs that came to work together, how often was the broker that we
//! would have asked in that very undertaking? Beside a broker drawn at random and the first one on a shortest path.
//! Runs where `JINQIAO_REGISTERS` is set: `cargo test --release -p jinqiao-projections --test warm_paths -- --nocapture`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and their figures")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered};
use jinqiao_events::kinds::participation::ParticipationRecorded;
use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::log::Recorded;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::{EventId, PartyId};
use jinqiao_events::value::occurred::Occurred;
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::backtest::Row;
use jinqiao_projections::backtest::sample::SplitMix;
use jinqiao_projections::rank::Graphs;
use jinqiao_projections::views::Views;
use jinqiao_projections::warm_path::warmest;

/// How many pairs are asked about.
const PAIRS: usize = 600;

fn rows() -> Option<Vec<Row>> {
    std::env::var_os("JINQIAO_REGISTERS")?;
    let folders =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|up| up.join("shared/data/cordis_h2020"));
    let file =
        std::fs::File::open(folders.into_iter().find(|path| path.exists())?.join("events.tsv.gz")).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').from_reader(flate2::read::GzDecoder::new(file));
    Some(reader.deserialize().collect::<Result<Vec<_>, _>>().unwrap())
}

fn identifier(actor: &str) -> Identifier {
    Identifier::local("participations", actor).unwrap()
}

struct Teller {
    views: Views,
}

impl Teller {
    fn tell(&mut self, occurred: Occurred, event: Event) {
        let position = self.views.position + 1;
        let id = EventId::from_moment(position, [0; 10]);
        let recorded = Recorded {
            position,
            id,
            occurred,
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
            recorded_by: None,
            programmes: Vec::new(),
            event,
        };
        self.views.apply(&recorded);
    }
}

fn fold(rows: &[Row], before: i32) -> Views {
    let mut teller = Teller { views: Views::default() };
    let actors: BTreeSet<&str> = rows.iter().map(|row| row.actor.as_str()).collect();
    for actor in actors {
        let event = OrgRegistered {
            name: format!("actor {actor}"),
            kind: OrgKind::Enterprise,
            identifier: identifier(actor),
            region: None,
            industry: None,
            short_names: Vec::new(),
            chamber_type: None,
            home_place: None,
            products: Vec::new(),
        };
        teller.tell("2000".parse().unwrap(), Event::OrgRegistered(event));
    }
    for row in rows.iter().filter(|row| row.date.day_number() < before) {
        let party = PartyRef::Party(identifier(&row.actor).party_id());
        let group = RecordKey::try_from(row.group.clone()).unwrap();
        let event = ParticipationRecorded { group, party, category: None, role: None, amount: None };
        teller.tell(row.date, Event::ParticipationRecorded(event));
    }
    teller.views
}

/// Groups with their members, before a day or from it on for a year.
fn groups(rows: &[Row], within: impl Fn(i32) -> bool) -> BTreeMap<&str, BTreeSet<PartyId>> {
    let mut groups: BTreeMap<&str, BTreeSet<PartyId>> = BTreeMap::new();
    for row in rows.iter().filter(|row| within(row.date.day_number())) {
        groups.entry(&row.group).or_default().insert(identifier(&row.actor).party_id());
    }
    groups
}

/// Everyone's neighbours in groups of at most a hundred.
fn neighbours(groups: &BTreeMap<&str, BTreeSet<PartyId>>) -> BTreeMap<PartyId, BTreeSet<PartyId>> {
    let mut neighbours: BTreeMap<PartyId, BTreeSet<PartyId>> = BTreeMap::new();
    for members in groups.values().filter(|members| members.len() <= 100) {
        for member in members {
            neighbours.entry(*member).or_default().extend(members.iter().filter(|other| *other != member));
        }
    }
    neighbours
}

fn interval(differences: &[f64]) -> [f64; 3] {
    let mut random = SplitMix::new(1);
    let count = differences.len();
    let mean =
        |draw: &mut dyn FnMut() -> usize| (0..count).map(|_| differences[draw()]).sum::<f64>() / count as f64;
    let mut draws: Vec<f64> = (0..2_000).map(|_| mean(&mut || random.below(count))).collect();
    draws.sort_unstable_by(f64::total_cmp);
    let mut at = 0;
    let all = mean(&mut || {
        at += 1;
        at - 1
    });
    [all, draws[50], draws[1_949]]
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "tests")]
fn the_broker_we_would_ask_is_in_the_undertaking_more_often_than_a_random_or_a_shortest_path_one() {
    let Some(rows) = rows() else {
        println!(
            "skipped: set JINQIAO_REGISTERS and put the shared register cordis_h2020 beside the checkout"
        );
        return;
    };
    let day = |text: &str| text.parse::<Occurred>().unwrap().day_number();
    // An earlier cut than the one that rankings are measured on.
    let (start, end) = (day("2018-01-01"), day("2019-01-01"));
    let views = fold(&rows, start);
    let graphs = Graphs::build(&views, start - 1);
    let known = neighbours(&groups(&rows, |day| day < start));
    let mut pairs: Vec<(PartyId, PartyId, &str)> = Vec::new();
    let later = groups(&rows, |day| day >= start && day < end);
    for (group, members) in &later {
        for a in members {
            for b in members.iter().filter(|b| *b > a) {
                let strangers = known.get(a).is_some_and(|of| !of.contains(b));
                let shared =
                    strangers && known.get(b).is_some_and(|of| known[a].intersection(of).next().is_some());
                if shared {
                    pairs.push((*a, *b, group));
                }
            }
        }
    }
    let mut random = SplitMix::new(20_260_101);
    let (mut ours, mut by_chance, mut shortest) = (Vec::new(), Vec::new(), Vec::new());
    while ours.len() < PAIRS {
        let (a, b, group) = pairs[random.below(pairs.len())];
        let between: Vec<PartyId> = known[&a].intersection(&known[&b]).copied().collect();
        let hit = |broker: Option<PartyId>| {
            f64::from(u8::from(broker.is_some_and(|one| later[group].contains(&one))))
        };
        let path = warmest(&views, &graphs, a, b);
        ours.push(hit(path.first().and_then(|path| path.brokers.first()).map(|broker| broker.party)));
        by_chance.push(hit(between.get(random.below(between.len())).copied()));
        shortest.push(hit(between.first().copied()));
    }
    let share = |hits: &[f64]| hits.iter().sum::<f64>() / hits.len() as f64;
    println!(
        "{} pairs that met; broker in the undertaking: ours {:.3}, random {:.3}, shortest path {:.3}",
        ours.len(),
        share(&ours),
        share(&by_chance),
        share(&shortest)
    );
    for (name, other) in [("random", &by_chance), ("shortest path", &shortest)] {
        let differences: Vec<f64> = ours.iter().zip(other).map(|(one, other)| one - other).collect();
        let [mean, low, high] = interval(&differences);
        println!("ours less {name}: {mean:+.3} [{low:+.3}, {high:+.3}]");
        assert!(low > 0.0, "{name}: {mean} [{low}, {high}]");
    }
}
