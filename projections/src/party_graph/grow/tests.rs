//! A graph that has grown is the graph that building anew gives.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::chamber_graph::micro;
use crate::rank::survey::Field;
use crate::rank::{Ask, Graphs, Room, rank};
use crate::sample_town::Town;
use crate::signals::background::Background;
use crate::signals::surroundings::Circles;
use crate::signals::{self, Signal};
use crate::views::Views;

/// Room for all that a test town may bring.
const ROOM: usize = 64;

fn day() -> i32 {
    Town::day("2020-01-01")
}

/// What a graph says, by names: every tie with its weight and its events, who is established, every signal.
#[derive(Debug, Default, PartialEq)]
struct Told {
    ties: BTreeMap<(String, String), (i64, Vec<u64>)>,
    established: Vec<PartyId>,
    values: BTreeMap<(&'static str, PartyId, PartyId), i64>,
}

/// To six digits: newcomers are numbered otherwise, so sums are rounded otherwise.
fn rounded(value: f64) -> i64 {
    micro(value)
}

fn told(graph: &TieGraph) -> Told {
    let name = |node| match graph.party(node) {
        Some(id) => id.to_string(),
        None => graph.occasion(node).map(|name| format!("{name:?}")).unwrap_or_default(),
    };
    let mut told = Told::default();
    let background = Background::new(graph, day(), Vec::new(), Vec::new());
    let field = Field { graph, background: &background, circles: &Circles::default() };
    let mut room = Room::default();
    for node in (0..graph.party_count()).filter(|node| graph.degree(*node) > 0) {
        for (to, events) in graph.ties_with_evidence(node) {
            let events = events.iter().map(|event| event.position).collect();
            told.ties.insert((name(node), name(to)), (rounded(graph.weight(node, to)), events));
        }
        let from = graph.party(node).unwrap();
        told.established.extend(graph.is_established(node).then_some(from));
        let survey = room.survey(field, node, &|_| true);
        let names = signals::ALL.map(Signal::name);
        for (to, values) in survey.pool.iter().zip(room.values(field, &survey, &survey.pool)) {
            for (name, value) in names.iter().zip(values) {
                told.values.insert((name, from, graph.party(*to).unwrap()), rounded(value));
            }
        }
    }
    told.established.sort_unstable();
    told
}

fn alike(one: &Told, other: &Told) -> Result<(), TestCaseError> {
    prop_assert_eq!(&one.ties, &other.ties);
    prop_assert_eq!(&one.established, &other.established);
    prop_assert_eq!(one.values.len(), other.values.len());
    for ((key, one), (other_key, other)) in one.values.iter().zip(&other.values) {
        prop_assert_eq!(key, other_key);
        prop_assert!((one - other).abs() <= 2, "{key:?} {one} {other}");
    }
    Ok(())
}

fn views(town: &Town, events: usize) -> Views {
    Views::fold(&town.events[..events])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_grown_graph_says_what_a_built_one_says(
        things in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 1..60),
        first in 14_usize..40,
        step in 1_usize..7,
    ) {
        let town = Town::of(&things);
        let first = first.min(town.events.len());
        let mut graphs = Graphs::build_with_room(&views(&town, first), day(), ROOM);
        let mut at = first;
        while at < town.events.len() {
            at = (at + step).min(town.events.len());
            let views = views(&town, at);
            // Ends are not among what this town does, so everything can be laid over.
            graphs = graphs.grown(&views).unwrap();
            prop_assert_eq!(graphs.position, views.position);
        }
        let all = views(&town, town.events.len());
        alike(&told(&graphs.parties), &told(&Graphs::build(&all, day()).parties))?;
    }
}

/// 甲 to 癸 at one salon with each guest in turn; enough of them that the salon weighs nothing in the end.
#[test]
fn a_salon_that_outgrows_its_circle_weighs_nothing_and_a_kept_copy_is_unmoved() {
    let mut town = Town::default();
    let guests: Vec<PartyId> = (0..104).map(|at| town.enterprise(&format!("客{at}"))).collect();
    town.salon("沙龙", "2019-03-01", &guests[..99]);
    let before = town.views();
    let graphs = Graphs::build_with_room(&before, day(), ROOM);
    let kept = told(&graphs.parties);
    town.salon("沙龙", "2019-03-01", &guests[99..]);
    let after = town.views();
    let grown = graphs.grown(&after).unwrap();
    alike(&told(&grown.parties), &told(&Graphs::build(&after, day()).parties)).unwrap();
    let node = grown.parties.node(guests[0]).unwrap();
    assert!(grown.parties.ties(node).all(|(_, weight)| weight <= 0.0));
    assert_eq!(told(&graphs.parties), kept);
}

#[test]
fn a_new_party_is_found_and_listed_at_once() {
    let mut town = Town::default();
    let (a, b) = (town.enterprise("甲"), town.enterprise("乙"));
    town.purchase("2019-03-01", a, b);
    let graphs = Graphs::build_with_room(&town.views(), day(), 1);
    let c = town.enterprise("丙");
    town.purchase("2019-04-01", b, c);
    let views = town.views();
    let grown = graphs.grown(&views).unwrap();
    let ask = Ask { party: a, with: None, top: 5 };
    let list = rank(&views, &grown, &ask, &mut Room::default()).unwrap();
    assert_eq!(list.lines.iter().map(|line| line.party).collect::<Vec<_>>(), [c]);
    assert_eq!(list.position, views.position);
    let d = town.enterprise("丁");
    town.purchase("2019-04-01", b, d);
    assert!(grown.grown(&town.views()).is_none(), "there was room for one");
}

#[test]
fn what_reads_older_facts_otherwise_is_left_to_building_anew() {
    let mut town = Town::default();
    let (a, b) = (town.enterprise("甲"), town.enterprise("乙"));
    town.salon("沙龙", "2019-03-01", &[a]);
    town.say("attendance_recorded", "2019-03-01", &json!({"activity": "沙龙", "organisation": "丙"}));
    let graphs = Graphs::build_with_room(&town.views(), day(), ROOM);
    let mut linked = town.clone();
    linked.say("party_linked", "2019-04-01", &json!({"name": "丙", "party": b}));
    assert!(graphs.grown(&linked.views()).is_none(), "a loose name has come to mean a party");
    let mut ended = town.clone();
    ended.leave("2019-04-01", a, b);
    assert!(graphs.grown(&ended.views()).is_none(), "a structural tie has ended");
    town.purchase("2019-04-01", a, b);
    assert!(graphs.grown(&town.views()).is_some());
    assert!(reshapes(&ended.events.last().unwrap().event));
    assert!(!reshapes(&town.events.last().unwrap().event));
}

#[test]
fn what_was_asked_before_a_graph_grew_is_not_kept_beyond_it() {
    let mut town = Town::default();
    let firms: Vec<PartyId> = (0..6).map(|at| town.enterprise(&format!("企{at}"))).collect();
    town.salon("早", "2019-03-01", &firms[..3]);
    let before = town.views();
    let [asked, fresh] = [(); 2].map(|()| Graphs::build_with_room(&before, day(), ROOM));
    let list = |views: &Views, graphs: &Graphs, party| {
        rank(views, graphs, &Ask { party, with: None, top: 9 }, &mut Room::default()).ok()
    };
    let old: Vec<_> = firms.iter().map(|firm| list(&before, &asked, *firm)).collect();
    town.salon("晚", "2019-09-01", &firms[1..]);
    let after = town.views();
    let [asked, fresh] = [asked, fresh].map(|graphs| graphs.grown(&after).unwrap());
    for (firm, old) in firms.iter().zip(old) {
        let new = list(&after, &asked, *firm);
        assert_ne!(new, old);
        assert_eq!(new, list(&after, &fresh, *firm));
    }
}
