use super::*;
use crate::sample_town::Town;

const TODAY: &str = "2020-01-01";

/// 甲 met 乙, 丙, 丁, 戊 through 己, with whom each trades.
fn town() -> Town {
    let mut town = Town::default();
    for name in ["甲", "乙", "丙", "丁", "戊", "己"] {
        town.enterprise(name);
    }
    for name in ["甲", "乙", "丙", "丁", "戊"] {
        town.purchase("2019-06-01", town.party("己"), town.party(name));
    }
    town
}

fn listed(town: &Town, ask: &Ask) -> Result<MatchList, NoList> {
    let views = town.views();
    rank(&views, &Graphs::build(&views, Town::day(TODAY)), ask, &mut Room::default())
}

fn names_for(town: &Town, name: &str, with: Option<With>) -> Vec<PartyId> {
    let ask = Ask { party: town.party(name), with, top: 20 };
    let mut parties: Vec<PartyId> = listed(town, &ask).unwrap().lines.iter().map(|line| line.party).collect();
    parties.sort_unstable();
    parties
}

fn explained(town: &Town, a: &str, b: &str) -> Explanation {
    let views = town.views();
    let graphs = Graphs::build(&views, Town::day(TODAY));
    explain_pair(&views, &graphs, town.party(a), town.party(b), &mut Room::default()).unwrap()
}

fn sorted(town: &Town, names: &[&str]) -> Vec<PartyId> {
    let mut parties: Vec<PartyId> = names.iter().map(|name| town.party(name)).collect();
    parties.sort_unstable();
    parties
}

#[test]
fn those_who_deal_are_no_candidates() {
    let mut town = town();
    let ids = sorted(&town, &["甲", "丁"]);
    town.undertaking("港口", "2019-07-01", &ids);
    assert_eq!(names_for(&town, "甲", None), sorted(&town, &["乙", "丙", "戊"]));
    assert!(matches!(explained(&town, "甲", "己").why_not[..], [WhyNot::AlreadyDeals { since: 7 }]));
}

#[test]
fn avoidance_and_closing_take_a_party_off_the_list_and_say_so() {
    let mut town = town();
    let set = town.avoid(town.party("甲"), town.party("乙"));
    town.say("org_closed", "2019-08-01", &serde_json::json!({"party": town.party("丙")}));
    assert_eq!(names_for(&town, "甲", None), sorted(&town, &["丁", "戊"]));
    assert_eq!(explained(&town, "甲", "乙").why_not, [WhyNot::DoNotIntroduce { since: set }]);
    assert_eq!(explained(&town, "甲", "丙").why_not, [WhyNot::Closed]);
    let closed = Ask { party: town.party("丙"), with: None, top: 1 };
    assert_eq!(listed(&town, &closed).unwrap_err().code(), "party_closed");
}

#[test]
fn a_merged_entry_is_not_listed_and_asks_for_the_one_that_stands_for_it() {
    let mut town = town();
    let (from, into) = (town.party("乙"), town.party("丙"));
    town.say("org_merged", "2019-08-01", &serde_json::json!({"from": from, "into": into, "reason": "重复"}));
    assert_eq!(names_for(&town, "甲", None), sorted(&town, &["丙", "丁", "戊"]));
    assert_eq!(names_for(&town, "乙", None), names_for(&town, "丙", None));
}

#[test]
fn terms_add_up_and_a_pair_is_explained_by_the_terms_of_its_line() {
    let mut town = town();
    town.salon("沙龙", "2019-03-01", &[town.party("甲"), town.party("乙")]);
    let list = listed(&town, &Ask { party: town.party("甲"), with: None, top: 20 }).unwrap();
    assert_eq!(list.lines[0].party, town.party("乙"));
    for line in &list.lines {
        assert_eq!(line.score_micro, line.terms.iter().map(|term| term.value_micro).sum::<i64>());
        assert!(line.terms.iter().all(|term| !term.evidence.is_empty()));
    }
    let explained = explained(&town, "甲", "乙");
    assert_eq!((explained.terms, explained.rank), (list.lines[0].terms.clone(), Some(1)));
    assert!(explained.why_not.is_empty());
}

#[test]
fn a_members_own_chamber_is_no_candidate_while_it_is_a_member() {
    let mut town = town();
    let (one, other) = (town.chamber("东"), town.chamber("西"));
    let (a, b) = (town.party("甲"), town.party("己"));
    town.join("2019-01-01", one, a);
    town.join("2019-01-01", one, b);
    town.join("2019-01-01", other, b);
    assert_eq!(names_for(&town, "甲", Some(With::Chambers)), sorted(&town, &["西"]));
    town.leave("2019-02-01", one, a);
    assert_eq!(names_for(&town, "甲", Some(With::Chambers)), sorted(&town, &["东", "西"]));
}

#[test]
fn chambers_meet_through_members_in_common() {
    let mut town = town();
    let chambers: Vec<PartyId> = ["东", "西", "南"].map(|name| town.chamber(name)).to_vec();
    let joined = town.join("2019-01-01", chambers[0], town.party("甲"));
    town.join("2019-01-01", chambers[1], town.party("甲"));
    town.join("2019-01-01", chambers[2], town.party("乙"));
    let list = listed(&town, &Ask { party: chambers[0], with: None, top: 5 }).unwrap();
    assert_eq!(list.with, With::Chambers);
    assert_eq!(list.lines[0].party, chambers[1]);
    let direct = list.lines[0].terms.iter().find(|term| term.signal == "direct_contact").unwrap();
    assert_eq!(direct.evidence, [joined + 1]);
}

#[test]
fn what_happens_after_the_day_asked_for_changes_nothing() {
    let town = town();
    let ask = Ask { party: town.party("甲"), with: None, top: 20 };
    let before = listed(&town, &ask).unwrap();
    let mut later = town.clone();
    later.purchase("2020-01-02", later.party("甲"), later.party("乙"));
    assert_eq!(listed(&later, &ask).unwrap().lines, before.lines);
}

fn adopted(town: &mut Town, day: &str, name: &str, signal: &str, slope_micro: i64) -> u64 {
    let reading = serde_json::json!({"slope": {"floor_log2": -8, "slope_micro": slope_micro}});
    let body = serde_json::json!({
        "model": name, "among": "enterprises", "weights": [{"signal": signal, "reading": reading}],
        "model_form": "single", "queries": 200, "trained_to": day, "at_position": 1, "program": "p",
    });
    town.say("ranking_model_adopted", day, &body)
}

fn models_as_of(town: &Town, days: &[&str]) -> Vec<String> {
    let views = town.views();
    let ask = Ask { party: town.party("甲"), with: None, top: 20 };
    let model = |day: &&str| {
        rank(&views, &Graphs::build(&views, Town::day(day)), &ask, &mut Room::default()).unwrap().model
    };
    days.iter().map(model).collect()
}

#[test]
fn a_list_of_last_year_is_made_with_last_years_model() {
    let mut town = town();
    adopted(&mut town, "2019-07-01", "first", "resource_allocation", 1_000_000);
    adopted(&mut town, "2020-07-01", "second", "adamic_adar", 1_000_000);
    let days = ["2019-06-30", "2019-07-01", "2020-06-30", "2020-07-01"];
    assert_eq!(models_as_of(&town, &days), [model::DEFAULT, "first", "first", "second"]);
    adopted(&mut town, "2020-08-01", "of another program", "telepathy", 1_000_000);
    assert_eq!(models_as_of(&town, &["2020-09-01"]), ["second"]);
}

#[test]
fn a_model_of_absurd_weights_ranks_without_overflow() {
    let mut town = town();
    adopted(&mut town, "2019-07-01", "absurd", "resource_allocation", i64::MAX);
    let list = listed(&town, &Ask { party: town.party("甲"), with: None, top: 20 }).unwrap();
    assert_eq!(list.model, "absurd");
    for line in &list.lines {
        assert_eq!(line.score_micro, line.terms.iter().map(|term| term.value_micro).sum::<i64>());
    }
}

/// 乙 is known to 甲 through 己 as 丙 is; what was said of the two introductions is against 乙 alone.
#[test]
fn who_declined_or_came_to_nothing_before_is_moved_down_by_terms_with_their_events() {
    let mut town = town();
    let (a, b) = (town.party("甲"), town.party("乙"));
    let body = serde_json::json!({"a": a, "b": b});
    town.say("introduction_proposed", "2019-06-10", &body);
    let introduction = town.events.last().unwrap().id;
    let declined = town.say(
        "introduction_declined",
        "2019-06-20",
        &serde_json::json!({"introduction": introduction, "side": b}),
    );
    let list = listed(&town, &Ask { party: a, with: None, top: 20 }).unwrap();
    let line = list.lines.iter().find(|line| line.party == b).unwrap();
    let against: Vec<_> = line.terms.iter().filter(|term| term.value_micro < 0).collect();
    assert_eq!(line.score_micro, line.terms.iter().map(|term| term.value_micro).sum::<i64>());
    let [term] = against.as_slice() else { panic!("{against:?}") };
    assert_eq!((term.signal, term.evidence.as_slice()), ("declined", &[declined][..]));
    assert_eq!(list.lines.last().unwrap().party, b, "the others have the same reasons and nothing against");
    assert_eq!(explained(&town, "甲", "乙").terms, line.terms);
    // As of a day before the refusal nothing is held against it.
    let views = town.views();
    let graphs = Graphs::build(&views, Town::day("2019-06-15"));
    let then = explain_pair(&views, &graphs, a, b, &mut Room::default()).unwrap();
    assert!(then.terms.iter().all(|term| term.value_micro > 0));
}

/// How many pairs and later events the long laws look at.
fn many() -> usize {
    std::env::var("JINQIAO_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(40)
}

/// A town in which much has happened, drawn with a fixed seed.
fn busy_town(seed: u64, things: usize) -> Town {
    let mut random = crate::backtest::sample::SplitMix::new(seed);
    let mut byte = || u8::try_from(random.below(256)).unwrap();
    let things: Vec<_> = (0..things).map(|_| (byte(), byte(), byte(), byte())).collect();
    Town::of(&things)
}

#[test]
fn terms_of_any_pair_add_up_to_the_bit_and_open_to_events_that_exist() {
    let town = busy_town(5, 120);
    let (views, head) = (town.views(), u64::try_from(town.events.len()).unwrap());
    let graphs = Graphs::build(&views, Town::day(TODAY));
    let mut random = crate::backtest::sample::SplitMix::new(9);
    let parties: Vec<PartyId> = views.register.parties().map(|party| party.id).collect();
    let mut room = Room::default();
    let mut explained = 0;
    for _ in 0..many() {
        let (a, b) = (parties[random.below(parties.len())], parties[random.below(parties.len())]);
        let Ok(pair) = explain_pair(&views, &graphs, a, b, &mut room) else { continue };
        explained += 1;
        assert_eq!(pair.score_micro, pair.terms.iter().map(|term| term.value_micro).sum::<i64>());
        for term in &pair.terms {
            assert!(!term.evidence.is_empty(), "{}", term.signal);
            assert!(term.evidence.iter().all(|at| (1..=head).contains(at)), "{}", term.signal);
        }
    }
    assert!(explained * 2 > many(), "{explained}");
}

#[test]
fn a_list_as_of_then_is_the_same_bytes_after_many_later_events() {
    let mut town = busy_town(6, 120);
    adopted(&mut town, "2019-12-31", "then", "resource_allocation", 1_000_000);
    let lists = |town: &Town| -> String {
        let views = town.views();
        let graphs = Graphs::build(&views, Town::day(TODAY));
        let ask = |party| Ask { party, with: None, top: 20 };
        let list = |party| rank(&views, &graphs, &ask(party), &mut Room::default()).ok();
        let mut lists: Vec<MatchList> = views.register.parties().filter_map(|party| list(party.id)).collect();
        // The position that a list names is that of the views it was made from; all else must stand.
        lists.iter_mut().for_each(|list| list.position = 0);
        serde_json::to_string(&lists).unwrap()
    };
    let before = lists(&town);
    let parties: Vec<PartyId> = ["企0", "企1", "企2", "企3", "企4"].map(|name| town.party(name)).to_vec();
    let mut random = crate::backtest::sample::SplitMix::new(4);
    for at in 0..many() {
        let day = format!("2020-{:02}-{:02}", at % 12 + 1, at % 27 + 2);
        let (a, b) = (parties[random.below(5)], parties[random.below(5)]);
        match at % 4 {
            0 if a != b => drop(town.purchase(&day, a, b)),
            1 => town.salon(&format!("新沙龙{at}"), &day, &[a, b]),
            2 => drop(adopted(&mut town, &day, "later", "adamic_adar", 2_000_000)),
            _ => {
                let body = serde_json::json!({"party": a, "candidates": [b], "model": "m", "at_position": 1});
                town.say("match_list_issued", &day, &body);
            }
        }
    }
    assert!(before.contains("\"model\":\"then\"") && before == lists(&town));
}

#[test]
fn who_has_no_ties_gets_a_list_of_declared_needs_that_says_so_and_never_of_party_building() {
    let mut town = town();
    let (newcomer, b, c) = (town.enterprise("新"), town.party("乙"), town.party("丙"));
    let ask = Ask { party: newcomer, with: None, top: 20 };
    assert_eq!(listed(&town, &ask).unwrap_err().code(), "party_without_ties");
    let need = |key: &str, sort: &str| serde_json::json!({"need": key, "party": newcomer, "type": sort, "text": "铝合金模板"});
    town.say("need_declared", "2019-05-01", &need("党", "party_building"));
    let supply = serde_json::json!({"supply": "s", "party": b, "type": "supply", "text": "模板、铝合金模板"});
    let offered = town.say("supply_offered", "2019-05-02", &supply);
    let other = serde_json::json!({"supply": "t", "party": c, "type": "talent", "text": "招工"});
    town.say("supply_offered", "2019-05-02", &other);
    assert_eq!(listed(&town, &ask).unwrap_err().code(), "party_without_ties");
    let declared = town.say("need_declared", "2019-05-03", &need("货", "supply"));
    let list = listed(&town, &ask).unwrap();
    assert_eq!((list.model.as_str(), list.pool), (declared::MODEL, 1));
    assert_eq!(list.lines[0].party, b);
    let term = &list.lines[0].terms[0];
    assert_eq!((term.signal, term.evidence.as_slice()), ("meets_my_need", &[offered, declared][..]));
}
