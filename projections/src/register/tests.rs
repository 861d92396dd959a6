use jinqiao_events::kinds::identity::OrgKind;
use proptest::prelude::*;
use serde_json::json;

use super::{Face, How, Register};
use crate::story::{Story, party};
use crate::views::Views;
use jinqiao_events::value::{ids::PartyId, party_ref::PartyRef};

fn named(name: &str) -> PartyRef {
    let reference: PartyRef = name.parse().unwrap();
    assert!(reference.name().is_some());
    reference
}

fn digest(views: &Views, view: &str) -> String {
    views.digests().into_iter().find(|(name, _)| *name == view).unwrap().1
}

/// Two firms and a chamber, with things said of them by id and by loose name.
fn town() -> Story {
    let mut story = Story::default();
    let a = story.register("a", "青岛琅屿建设工程有限公司", "enterprise");
    let b = story.register("b", "青岛沧舟医疗科技有限公司", "enterprise");
    let c = story.register("c", "青岛市琴屿商会", "chamber");
    story.tell("member_joined", &json!({"chamber": c, "member": a, "level": "council"}));
    story.tell("member_joined", &json!({"chamber": c, "member": "琅屿建工"}));
    story.tell("member_visited", &json!({"visit": "v1", "chamber": c, "member": b}));
    story.tell("role_assigned", &json!({"organisation": c, "role": "president", "holder": b}));
    story
}

#[test]
fn taking_a_merge_back_restores_the_register_and_the_facts_exactly() {
    let mut story = town();
    let before = story.views();
    story.tell("org_merged", &json!({"from": party("b"), "into": party("a"), "reason": "同一企业"}));
    let merged = story.views();
    story.tell("org_unmerged", &json!({"from": party("b"), "into": party("a")}));
    let after = story.views();
    assert_ne!(digest(&merged, "register"), digest(&before, "register"));
    for view in ["register", "facts"] {
        assert_eq!(digest(&after, view), digest(&before, view));
    }
    let (register, id) = (&merged.register, party("a"));
    assert_eq!(register.resolve(&PartyRef::Party(party("b"))), Some(id));
    assert_eq!(register.offices(id).len(), 1);
    assert_eq!(register.parties().count(), 2);
    assert_eq!(
        register.entries(party("b")).iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [id, party("b")]
    );
    assert_eq!(after.register.offices(id).len(), 0);
    assert_eq!(after.register.search("沧舟", None, 9), before.register.search("沧舟", None, 9));
}

#[test]
fn an_office_in_a_chamber_does_not_speak_against_a_membership_that_is_told_of_later() {
    let mut story = Story::default();
    let (a, c) = (
        story.register("a", "青岛琅屿有限公司", "enterprise"),
        story.register("c", "青岛市琴屿商会", "chamber"),
    );
    story.tell_on(
        "2020-01-05",
        "role_assigned",
        &json!({"organisation": c, "role": "president", "holder": a}),
    );
    story.tell_on("2021-01-05", "member_joined", &json!({"chamber": c, "member": a}));
    let about = |story: &Story, day: &str| story.views().register.chambers_about(a, day.parse().unwrap());
    assert_eq!(about(&story, "2020-06-01").into_iter().collect::<Vec<_>>(), [c]);
    story.tell_on("2020-03-01", "member_left", &json!({"chamber": c, "member": a}));
    assert!(about(&story, "2020-06-01").is_empty(), "that it had left speaks against it");
}

#[test]
fn taking_a_link_back_restores_the_register_and_the_facts_exactly() {
    let mut story = town();
    let before = story.views();
    story.tell("party_linked", &json!({"name": "琅屿 建工", "party": party("b")}));
    let linked = story.views();
    story.tell("party_unlinked", &json!({"name": "琅屿建工", "party": party("b")}));
    let after = story.views();
    assert_ne!(digest(&linked, "register"), digest(&before, "register"));
    for view in ["register", "facts"] {
        assert_eq!(digest(&after, view), digest(&before, view));
    }
    let members = |views: &Views| views.register.members_of(party("c")).len();
    assert_eq!((members(&before), members(&linked), members(&after)), (1, 2, 1));
    let unlinked =
        |views: &Views| views.register.unlinked().map(|mention| mention.name.clone()).collect::<Vec<_>>();
    assert_eq!((unlinked(&before).len(), unlinked(&linked).len()), (1, 0));
    assert_eq!(after.register.faces(party("b")), before.register.faces(party("b")));
}

#[test]
fn chains_of_merges_read_as_their_last_entry() {
    let mut story = town();
    story.register("d", "青岛沧舟医疗有限公司", "enterprise");
    story.tell("org_merged", &json!({"from": party("d"), "into": party("b"), "reason": "同"}));
    story.tell("org_merged", &json!({"from": party("b"), "into": party("a"), "reason": "同"}));
    let register = story.views().register;
    assert_eq!(register.canonical(party("d")), party("a"));
    assert_eq!(register.entries(party("b")).len(), 3);
    assert_eq!(register.resolve(&named("青岛沧舟医疗有限公司")), Some(party("a")));
    let found = register.search("沧舟", None, 9);
    assert_eq!(found.iter().map(|hit| hit.party).collect::<Vec<_>>(), [party("a")]);
}

#[test]
fn a_name_means_the_one_party_that_carries_or_carried_it() {
    let mut story = town();
    story.tell("org_renamed", &json!({"party": party("a"), "name": "青岛琅屿控股有限公司"}));
    let register = story.views().register;
    let meant = |name| register.resolve(&named(name));
    assert_eq!(meant(" 青岛琅屿控股有限公司 "), Some(party("a")));
    assert_eq!(meant("青島琅屿建设工程有限公司"), Some(party("a")));
    assert_eq!(meant("琅屿建设"), None);
    assert_eq!(register.party(party("a")).unwrap().former_names, ["青岛琅屿建设工程有限公司"]);
}

#[test]
fn a_name_of_two_parties_means_neither_until_they_are_one_or_it_is_linked() {
    let mut story = town();
    story.register("e", "青岛沧舟医疗科技有限公司", "enterprise");
    let name = named("青岛沧舟医疗科技有限公司");
    assert_eq!(story.views().register.resolve(&name), None);
    assert_eq!(story.views().register.proposals_for(&name.to_string()).len(), 2);
    story.tell("org_merged", &json!({"from": party("e"), "into": party("b"), "reason": "同"}));
    assert_eq!(story.views().register.resolve(&name), Some(party("b")));
    story.tell("org_unmerged", &json!({"from": party("e"), "into": party("b")}));
    story.tell("party_linked", &json!({"name": name, "party": party("e")}));
    assert_eq!(story.views().register.resolve(&name), Some(party("e")));
    assert!(!story.views().register.faces(party("b")).contains(&Face::of(&name)));
}

#[test]
fn later_identifiers_mean_the_same_party() {
    let mut story = town();
    story.tell("identifier_added", &json!({"party": party("a"), "identifier": "uscc:91350100M000100Y43"}));
    let register = story.views().register;
    let reference = "uscc:91350100M000100Y43".parse().unwrap();
    assert_eq!(register.resolve(&reference), Some(party("a")));
    for query in ["91350100m000100y43", "uscc:91350100M000100Y43", "local:t/a", &party("a").to_string()] {
        let hits = register.search(query, None, 5);
        assert_eq!((hits[0].party, hits[0].how, hits.len()), (party("a"), How::Exact, 1), "{query}");
    }
}

#[test]
fn memberships_and_offices_stand_until_they_end() {
    let mut story = town();
    let (a, c) = (party("a"), party("c"));
    story.tell("membership_level_changed", &json!({"chamber": c, "member": a, "level": "vice_president"}));
    let joined = story.views().register.chambers_of(a);
    assert_eq!((joined.len(), joined[0].chamber, joined[0].joined.position), (1, c, 4));
    assert_eq!(json!(joined[0].level), "vice_president");
    story.tell("member_left", &json!({"chamber": c, "member": "青岛琅屿建设工程有限公司"}));
    story.tell("role_ended", &json!({"organisation": c, "role": "president", "holder": party("b")}));
    let register = story.views().register;
    assert_eq!((register.chambers_of(a), register.members_of(c)), (vec![], vec![]));
    assert_eq!(register.offices(c), []);
}

#[test]
fn what_is_said_of_a_loose_name_counts_for_the_party_once_linked() {
    let mut story = town();
    story.tell_on("2019-08", "chamber_founded", &json!({"chamber": "琴屿商会"}));
    story.tell("capability_assessed", &json!({"party": "琴屿商会", "products": ["会展"]}));
    assert_eq!(story.views().register.founded(party("c")), None);
    story.tell("party_linked", &json!({"name": "琴屿商会", "party": party("c")}));
    let register = story.views().register;
    assert_eq!(register.founded(party("c")).unwrap().occurred.to_string(), "2019-08");
    assert!(register.products(party("c")).contains("会展"));
}

#[test]
fn a_closed_party_is_found_but_not_open() {
    let mut story = town();
    story.tell("org_closed", &json!({"party": party("a")}));
    let register = story.views().register;
    assert!(!register.is_open(party("a")) && register.is_open(party("b")));
    assert_eq!(register.search("琅屿", None, 5).len(), 1);
}

/// (query, what it must find first, how)
const SEARCHES: &[(&str, &str, How)] = &[
    ("青岛琅屿建设工程有限公司", "a", How::Exact),
    ("琅屿", "a", How::Exact),
    ("琅屿建", "a", How::Substring),
    ("青岛琅屿", "a", How::Prefix),
    ("医疗科技", "b", How::Substring),
    ("粤创", "x", How::Exact),
    ("旧港物流", "x", How::Prefix),
    ("qdlyjsgcyxgs", "a", How::Pinyin),
    ("qingdaolangyu", "a", How::Pinyin),
    ("qdlangyu", "a", How::Pinyin),
    ("cangzhou", "b", How::Pinyin),
    ("yiliao", "b", How::PinyinWithin),
    ("chongqing", "q", How::Pinyin),
    ("cqhy", "q", How::Pinyin),
    ("xiamen", "m", How::Pinyin),
    ("bjyrysmyxgs", "y", How::Pinyin),
    ("北京yrys", "y", How::Pinyin),
];

#[test]
fn a_party_is_found_by_name_short_name_former_name_and_pinyin() {
    let mut story = town();
    story.register("x", "旧港物流有限公司", "enterprise");
    story.tell("org_renamed", &json!({"party": party("x"), "name": "深圳海陆控股集团"}));
    story.register("q", "重庆华野机械有限公司", "enterprise");
    story.register("m", "厦门汐岚渔业有限公司", "enterprise");
    story.register("y", "北京元日云商贸有限公司", "enterprise");
    story.tell(
        "org_registered",
        &json!({"name": "深圳粤创控股集团", "kind": "enterprise", "identifier": "local:t/z", "short_names": ["粤创"]}),
    );
    story.tell("org_merged", &json!({"from": party("z"), "into": party("x"), "reason": "同"}));
    let register = story.views().register;
    for (query, code, how) in SEARCHES {
        let hit = register.search(query, None, 3).into_iter().next();
        assert_eq!(hit.map(|hit| (hit.party, hit.how)), Some((party(code), *how)), "{query}");
    }
    assert_eq!(register.search("没有这家", None, 3), []);
}

#[test]
fn better_fits_come_first_then_names_in_order_and_only_of_the_wanted_kind() {
    let mut story = Story::default();
    for (code, name) in [("1", "大琅屿"), ("2", "琅屿乙"), ("3", "琅屿甲"), ("4", "琅屿"), ("5", "朗雨琅屿")]
    {
        story.register(code, name, "enterprise");
    }
    story.register("6", "琅屿商会", "chamber");
    let register = story.views().register;
    let found = |query, kind, limit| {
        register
            .search(query, kind, limit)
            .iter()
            .map(|hit| register.party(hit.party).unwrap().name.clone())
            .collect::<Vec<_>>()
    };
    let enterprise = Some(OrgKind::Enterprise);
    assert_eq!(found("琅屿", enterprise, 9), ["琅屿", "琅屿乙", "琅屿甲", "大琅屿", "朗雨琅屿"]);
    assert_eq!(found("琅屿", None, 2), ["琅屿", "琅屿商会"]);
    assert_eq!(found("琅屿", Some(OrgKind::School), 2), Vec::<String>::new());
    assert_eq!(found(" ", enterprise, 9).len(), 5);
    assert_eq!(found("langyu", None, 9).first().map(String::as_str), Some("朗雨琅屿"));
}

#[test]
fn short_names_are_proposed_but_never_resolved() {
    let mut story = town();
    story.tell(
        "org_registered",
        &json!({"name": "深圳粤创控股集团", "kind": "enterprise", "identifier": "local:t/z", "short_names": ["YC集团"]}),
    );
    let register = story.views().register;
    for (name, code) in
        [("琅屿建设", "a"), ("青岛琅屿", "a"), ("沧舟医疗", "b"), ("yc集团", "z"), ("粤创", "z")]
    {
        assert_eq!(register.proposals_for(name), [party(code)], "{name}");
        assert_eq!(register.resolve(&named(name)), None);
    }
    assert_eq!(register.proposals_for("琅屿医疗"), []);
    assert_eq!(register.proposals_for("济南琅屿"), []);
}

/// The made-up 字号 of the n-th party.
fn trade_name(n: usize) -> String {
    let characters: Vec<char> = "琅屿沧舟汐岚元日云华野海陆琴峰远达恒瑞鼎丰盛泰嘉".chars().collect();
    [1, 24, 576].map(|step| characters[(n / step) % characters.len()]).iter().collect()
}

/// A register of many parties with made-up names.
fn city(parties: usize) -> Register {
    let places = ["青岛", "重庆", "厦门", "北京", "深圳", "平度市", "胶州市", "青岛市黄岛区"];
    let trades = ["建设工程", "医疗科技", "软件", "物流", "铝业", "食品", "新能源", "装饰工程"];
    let mut story = Story::default();
    for n in 0..parties {
        let (place, trade) = (places[n % places.len()], trades[(n / 8) % trades.len()]);
        let name = format!("{place}{}{trade}有限公司", trade_name(n));
        story.register(&n.to_string(), &name, "enterprise");
    }
    let mut register = Register::default();
    story.events.iter().for_each(|recorded| register.apply(recorded));
    register
}

#[test]
fn a_search_among_many_parties_gives_what_matches_and_no_more_than_asked_for() {
    let register = city(2_000);
    for query in ["琅屿", "有限公司", "y", "yxgs", "qdlyjs", "chongqing", "青岛l", "91350100M000100Y43", ""]
    {
        assert!(register.search(query, None, 20).len() <= 20, "{query}");
    }
    let proposed: usize =
        (0..1_000).map(|n| register.proposals_for(&format!("{}建设", trade_name(n))).len()).sum();
    assert!(proposed >= 100, "{proposed}");
}

proptest! {
    #[test]
    fn whoever_is_registered_is_found_by_name_and_by_the_start_of_it(names in prop::collection::vec("[青岛重庆琅屿沧舟a-c]{2,6}", 1..12), taken in 1_usize..6) {
        let mut story = Story::default();
        let ids: Vec<PartyId> = names.iter().enumerate().map(|(n, name)| story.register(&n.to_string(), name, "enterprise")).collect();
        let register = story.views().register;
        for (name, id) in names.iter().zip(ids) {
            let hit = |query: &str| register.search(query, None, 99).into_iter().find(|hit| hit.party == id).map(|hit| hit.how);
            prop_assert_eq!(hit(name), Some(How::Exact));
            let start: String = name.chars().take(taken).collect();
            prop_assert!(hit(&start).is_some_and(|how| how <= How::Prefix));
        }
    }
}
