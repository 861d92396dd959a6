//! Demo data: a year of an invented city, so that lists and pages can be tried without a record of anybody's.
//!
//! City, companies, chambers, streets and home places do not exist; every event carries [`LABEL`] among its
//! programmes; people are ids without names. [`city_year`] tells the year, [`build()`] records it in a store of
//! its own as if it had been recorded day by day.

mod build;
mod calendar;
mod city;
mod dealings;
mod diary;
mod gatherings;
mod introductions;
mod mishaps;
mod projects;
mod story;
mod words;

pub use build::{build, is_demo};

use std::collections::BTreeSet;

use crate::desk::Unit;
use crate::dice::Dice;
use crate::error::AppError;
use calendar::Year;
use city::City;
use diary::Diary;
use story::Story;

/// The programme of every event of the demo: what tells its store from any other.
pub const LABEL: &str = "示例数据（虚构）";
/// The seed that `jinqiao demo` uses.
pub const SEED: u64 = 20_250_101;
/// The year that `jinqiao demo` tells.
pub const YEAR: i16 = 2025;

/// A year of the invented city of that seed, as units in order of date: 800 companies in 26 trades, 40 chambers,
/// 131 activities with their guests, purchases along real chains, visits, needs, delegations, projects and
/// introductions in every state; some 7,800 events.
///
/// An event that refers to an earlier one names it by the id that its draft carries; [`build()`] puts the id in
/// its place that the log gave. The same seed and year give the same units.
///
/// # Errors
/// When the year is outside 1800 to 2200.
pub fn city_year(seed: u64, year: i16) -> Result<Vec<Unit>, AppError> {
    let mut dice = Dice::new(seed);
    let year = Year(year);
    let city = City::found(&mut dice);
    let mut diary = Diary::new(format!("demo/{seed}/{}", year.0), year.opening_day());
    city.register(&mut diary, year, &mut dice);
    let mut story = Story { city: &city, year, dice, diary, traded: BTreeSet::new() };
    gatherings::tell(&mut story);
    dealings::tell_purchases(&mut story);
    dealings::tell_visits(&mut story);
    dealings::tell_delegations(&mut story);
    projects::tell(&mut story);
    projects::tell_alliances(&mut story);
    introductions::tell(&mut story);
    mishaps::tell(&mut story);
    Ok(story.diary.close()?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jinqiao_events::kinds::identity::OrgKind;
    use jinqiao_events::log::{Effective, Horizon};
    use jinqiao_events::value::ids::PartyId;
    use jinqiao_projections::rank::Room;
    use jinqiao_projections::rank::{Ask, Graphs, rank};
    use jinqiao_projections::views::Views;

    use super::*;
    use crate::config::LogUrl;
    use crate::store::Store;

    fn counts(units: &[Unit]) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        units.iter().flatten().for_each(|draft| *counts.entry(draft.event.kind().name()).or_default() += 1);
        counts
    }

    #[test]
    fn the_same_seed_tells_the_same_year_and_another_seed_another() {
        let one = city_year(1, 2025).unwrap();
        assert!(one == city_year(1, 2025).unwrap());
        assert!(one != city_year(2, 2025).unwrap());
    }

    #[test]
    fn the_year_has_what_a_city_has() {
        let counts = counts(&city_year(SEED, YEAR).unwrap());
        let exactly = [
            ("org_registered", 841),
            ("chamber_founded", 40),
            ("activity_held", 131),
            ("delegation_visited", 30),
            ("member_visited", 60),
            ("lead_reported", 30),
            ("introduction_proposed", 12),
            ("introduction_declined", 2),
            ("introduction_expired", 2),
            ("do_not_introduce_set", 4),
            ("do_not_introduce_lifted", 1),
            ("org_renamed", 1),
            ("org_merged", 1),
            ("org_closed", 1),
            ("event_voided", 1),
            ("event_corrected", 1),
        ];
        for (kind, count) in exactly {
            assert_eq!(counts.get(kind), Some(&count), "{kind}");
        }
        assert!((200..=205).contains(&counts["member_purchase_made"]), "{counts:?}");
        assert!((3_000..6_000).contains(&counts["attendance_recorded"]), "{counts:?}");
    }

    #[test]
    fn everything_is_labelled_dated_in_order_and_keyed_once() {
        let units = city_year(SEED, YEAR).unwrap();
        let drafts: Vec<_> = units.iter().flatten().collect();
        assert!(drafts.iter().all(|draft| draft.programmes == [LABEL]));
        let keys: BTreeSet<_> = drafts.iter().map(|draft| draft.key.clone().unwrap()).collect();
        assert_eq!(keys.len(), drafts.len());
        let opening = Year(YEAR).opening_day();
        assert!(drafts.iter().map(|draft| draft.occurred.day_number().max(opening)).is_sorted());
        assert!(drafts.iter().all(|draft| draft.occurred.last_day().year() <= YEAR));
    }

    /// Whether one of the two sells what the other buys, by their registered products.
    fn neighbours(views: &Views, one: PartyId, other: PartyId) -> bool {
        let trade = |party| {
            let industry = views.register.party(party).and_then(|party| party.industry).unwrap();
            words::TRADES.iter().find(|trade| trade.industry.parse() == Ok(industry)).unwrap()
        };
        let (one, other) = (trade(one), trade(other));
        one.sold_to.contains(&other.name) || other.sold_to.contains(&one.name)
    }

    #[test]
    fn lists_bring_neighbours_of_a_chain_together_half_as_often_again_as_chance() {
        let store = Store::open(&LogUrl::Memory).unwrap();
        build(store.clone(), SEED, YEAR, &mut |_, _| {}).unwrap();
        let mut views = Views::default();
        let log = store.log.as_ref();
        let each = &mut |recorded| views.apply(&recorded);
        Effective::gather(log, Horizon::default()).unwrap().fold(log, each).unwrap();
        let graphs = Graphs::build(&views, Year(YEAR + 1).opening_day() - 1);
        let enterprises = views
            .register
            .parties()
            .filter(|party| party.kind == OrgKind::Enterprise && party.industry.is_some());
        let enterprises: Vec<PartyId> = enterprises.map(|party| party.id).collect();
        let (mut listed, mut listed_neighbours, mut chance_neighbours) = (0, 0, 0);
        let mut dice = Dice::new(1);
        for party in enterprises.iter().step_by(5) {
            let ask = Ask { party: *party, with: None, top: 5 };
            for line in rank(&views, &graphs, &ask, &mut Room::default())
                .map_or_else(|_| Vec::new(), |list| list.lines)
            {
                listed += 1;
                listed_neighbours += usize::from(neighbours(&views, *party, line.party));
                chance_neighbours +=
                    usize::from(neighbours(&views, *party, *dice.choose(&enterprises).unwrap()));
            }
        }
        let found = format!("{listed_neighbours} of {listed} lines, {chance_neighbours} by chance");
        println!("{found}");
        assert!(listed > 600 && 2 * listed_neighbours > 3 * chance_neighbours, "{found}");
    }
}
