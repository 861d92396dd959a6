//! 查重 as an officer meets it: a pair is listed, looked at, marked, and then gone from the list.

use serde_json::{Value, json};

use crate::support::{Town, json_lines};

fn signed(key: &str, title: &str, amount: &str) -> Value {
    json!({"kind": "project_signed", "occurred": "2020-05-17", "body": {"project": key, "title": title,
        "investors": ["青屿琅岳重工有限公司"], "agreement": "contract", "amount": amount, "region": "370211"}})
}

fn listed(town: &Town) -> Vec<(String, String, String)> {
    let answer: Value = serde_json::from_str(&town.ok(&["duplicates", "--format", "json"])).unwrap();
    assert_eq!(answer["projects"].as_u64(), Some(if town.head() > 3 { 2 } else { 3 }));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pairs = answer["proposed"].as_array().unwrap().iter();
    let face = |pair: &Value, side: &str| text(&pair[side]["project"]);
    pairs.map(|pair| (face(pair, "of"), face(pair, "project"), text(&pair["sentence"]))).collect()
}

#[test]
fn a_copy_is_listed_until_an_officer_says_what_it_is() {
    let town = Town::new();
    let lines = [
        signed("P-1", "琅岳重工高端铸件基地", "5亿元"),
        signed("P-2", "高端铸件基地建设项目", "8亿元"),
        signed("P-3", "员工公寓", "1亿元"),
    ];
    assert!(town.record(&lines, &[]).status.success());
    let sentence = "投资方相同、项目名称相近、地点相同";
    assert_eq!(listed(&town), [("P-1".into(), "P-2".into(), sentence.to_owned())]);
    assert!(town.ok(&["duplicates"]).contains("高端铸件基地建设项目"));
    // Without a reason nothing is said; a key that nobody knows is refused.
    assert_eq!(town.run(&["duplicates", "P-2", "P-1"]).status.code(), Some(2));
    let unknown = town.run(&["duplicates", "P-9", "P-1", "--reason", "同一合同"]);
    assert_eq!((unknown.status.code(), town.head()), (Some(1), 3));
    let marked = town.ok(&["duplicates", "P-2", "P-1", "--reason", "同一合同，两处登记"]);
    assert_eq!(json_lines(marked.as_bytes())[0]["position"].as_u64(), Some(4));
    assert_eq!(listed(&town), []);
    // The project counts once from then on, with what was signed first.
    let report = town.ok(&["report", "contract_amount", "--format", "json"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["figures"][0]["value_yuan"], "600000000.00");
}
