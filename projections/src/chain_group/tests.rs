//! Purchases under a roof, and a gap that is hidden and found again.

use serde_json::json;

use super::*;
use crate::story::{Story, party};

/// A chamber of three moulds-and-metal firms, and two firms outside.
fn town() -> Story {
    let mut story = Story::default();
    story.register("c", "青岛琅屿商会", "chamber");
    for (code, name, industry, product) in [
        ("a", "青岛甲家电有限公司", "C3852", "空调"),
        ("b", "青岛乙电机有限公司", "C3812", "电机"),
        ("d", "青岛丁铝材有限公司", "C3252", "铝型材"),
        ("x", "青岛外模具有限公司", "C3525", "注塑模具"),
        ("y", "青岛外塑料有限公司", "C2929", "塑料件"),
    ] {
        story.tell(
            "org_registered",
            &json!({"name": name, "kind": "enterprise", "identifier": format!("local:t/{code}"), "industry": industry, "products": [product]}),
        );
    }
    for member in ["a", "b", "d"] {
        story.tell("member_joined", &json!({"chamber": party("c"), "member": party(member)}));
    }
    story
}

fn define(story: &mut Story, edition: &str, day: &str, segments: &serde_json::Value) -> Position {
    let body = json!({"chain": "appliances", "title": "家电", "edition": edition, "source": "测试", "segments": segments});
    story.tell_on(day, "chain_defined", &body)
}

fn segments() -> serde_json::Value {
    json!([
        {"name": "模具", "industries": ["C3525"], "products": ["模具"], "feeds": ["整机"]},
        {"name": "电机", "industries": ["C381"], "products": ["电机"], "feeds": ["整机"]},
        {"name": "整机", "industries": ["C385"], "products": ["空调"]},
    ])
}

fn day(text: &str) -> Occurred {
    text.parse().unwrap()
}

#[test]
fn the_edition_of_the_day_is_the_latest_that_was_defined_by_then() {
    let mut story = town();
    define(&mut story, "2019", "2019-01-01", &segments());
    let later = define(&mut story, "2022", "2022-01-01", &json!([{"name": "整机", "industries": ["C385"]}]));
    let views = story.views();
    let at = |text: &str| {
        views.chain_group.edition("家电", day(text)).map(|edition| edition.chain.edition.clone())
    };
    assert_eq!(at("2018-12-31"), None);
    assert_eq!((at("2020-01-01").as_deref(), at("2022-01-01").as_deref()), (Some("2019"), Some("2022")));
    assert_eq!(views.chain_group.edition("appliances", day("2023")).unwrap().noted.unwrap().position, later);
    assert!(views.chain_group.editions(day("2023")).len() > 1, "those that ship are there too");
}

#[test]
fn a_gap_names_who_could_fill_it_and_who_knows_them() {
    let mut story = town();
    define(&mut story, "2019", "2019-01-01", &segments());
    let met = story.tell("meeting_held", &json!({"a": party("b"), "b": party("x")}));
    let views = story.views();
    let edition = views.chain_group.edition("appliances", day("2020-12-31")).unwrap();
    let survey = survey(&views, edition.chain, Some(party("c")), day("2020-12-31"));
    assert_eq!((survey.circle, survey.filled, survey.segments.len()), (3, 2, 3));
    let gap = &survey.segments[0];
    assert!(gap.gap && gap.firms.is_empty());
    assert_eq!((gap.fillers[0].party, gap.fillers[0].in_segment), (party("x"), true));
    assert_eq!(gap.fillers[0].by, survey::Placing::Product("模具".into()));
    assert_eq!(gap.fillers[0].known_by, [Knower { party: party("b"), times: 1, evidence: vec![met] }]);
    assert_eq!(survey.segments[1].firms[0].party, party("b"));
    // The firm that fills it joins: the gap is gone, with the day of its joining.
    story.tell_on("2021-01-01", "member_joined", &json!({"chamber": party("c"), "member": party("x")}));
    let views = story.views();
    let edition = views.chain_group.edition("appliances", day("2021-12-31")).unwrap();
    let filled = |text: &str| super::survey(&views, edition.chain, Some(party("c")), day(text)).filled;
    assert_eq!((filled("2020-12-31"), filled("2021-01-01")), (2, 3));
}

#[test]
fn an_assessment_places_a_firm_and_its_event_is_the_evidence() {
    let mut story = town();
    define(&mut story, "2019", "2019-01-01", &segments());
    let assessed = story.tell(
        "capability_assessed",
        &json!({"party": party("d"), "products": ["压铸模具"], "assessor": party("c")}),
    );
    let views = story.views();
    let edition = views.chain_group.edition("appliances", day("2020-12-31")).unwrap();
    let survey = survey(&views, edition.chain, Some(party("c")), day("2020-12-31"));
    assert_eq!((survey.filled, &survey.segments[0].firms[0].evidence), (3, &vec![assessed]));
}

#[test]
fn the_share_bought_from_members_is_that_of_all_that_members_bought() {
    let mut story = town();
    let buy = |story: &mut Story, buyer: &str, seller: &str, fen: i64, named: bool| {
        let mut body = json!({"buyer": party(buyer), "seller": party(seller), "amount": {"fen": fen, "currency": "CNY", "kind": "purchase"}});
        if named {
            body["chamber"] = json!(party("c"));
        }
        story.tell("member_purchase_made", &body)
    };
    let first = buy(&mut story, "a", "b", 300, true);
    let second = buy(&mut story, "a", "b", 100, false);
    buy(&mut story, "a", "x", 600, false);
    buy(&mut story, "x", "y", 999, false);
    let views = story.views();
    let [one] = purchases(&views, None, day("2020-12-31")).try_into().unwrap();
    assert_eq!((one.chamber, one.members, one.buys, one.pairs), (party("c"), 3, 2, 1));
    assert_eq!((one.from_members_fen, one.total_fen, one.share_milli), (400, 1_000, Some(400)));
    assert_eq!(one.evidence, [first, second]);
    assert!(purchases(&views, Some(day("2020-06")), day("2020-12-31")).is_empty(), "out of the period");
}

#[test]
fn a_purchase_counts_with_the_chambers_that_its_sides_belonged_to_then() {
    let mut story = town();
    let left = json!({"chamber": party("c"), "member": party("b")});
    story.tell_on("2020-09-01", "member_left", &left);
    let buy = |story: &mut Story, day: &str, fen: i64| {
        let amount = json!({"fen": fen, "currency": "CNY", "kind": "purchase"});
        let body = json!({"buyer": party("a"), "seller": party("b"), "amount": amount});
        story.tell_on(day, "member_purchase_made", &body)
    };
    let before = buy(&mut story, "2020-08-31", 300);
    buy(&mut story, "2020-09-02", 700);
    let views = story.views();
    let [one] = purchases(&views, None, day("2020-12-31")).try_into().unwrap();
    assert_eq!((one.from_members_fen, one.total_fen, one.evidence), (300, 1_000, vec![before]));
    assert_eq!(one.members + 1, views.register.members_on(party("c"), day("2020-08-31")).len());
    // A directory says who is a member, not since when: what is first told of later counts too.
    let early = buy(&mut story, "2019-01-01", 50);
    let views = story.views();
    let [one] = purchases(&views, None, day("2019-12-31")).try_into().unwrap();
    assert_eq!(one.evidence, [early]);
}
