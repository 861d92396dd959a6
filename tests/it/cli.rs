//! The command line as a user meets it.

use serde_json::json;

use crate::support::{Town, json_lines, registered, small_town};

#[test]
fn a_refused_line_leaves_nothing_of_its_file_behind() {
    let town = Town::new();
    let mut lines = small_town();
    lines.push(registered("青屿重复有限公司", "enterprise", "e1"));
    let output = town.record(&lines, &[]);
    assert_eq!(output.status.code(), Some(3));
    let told = json_lines(&output.stdout);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0]["code"].as_str(), told[0]["line"].as_u64()), (Some("identifier_taken"), Some(12)));
    assert_eq!(town.head(), 0);
}

#[test]
fn a_question_about_a_mistyped_directory_makes_none() {
    let town = Town::new();
    let asked = town.run(&["match", "青屿无此企业有限公司"]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&asked.stderr).contains("不存在"));
    for question in [
        &["report"][..],
        &["needs"],
        &["dormant"],
        &["work"],
        &["replay"],
        &["reconcile"],
        &["undo", "--list"],
        &["match", "--all"],
        &["log", "head"],
        &["log", "export"],
    ] {
        town.ok(question);
    }
    assert!(!town.path().join("store").exists());
}

#[test]
fn what_a_server_carries_out_is_asked_of_it() {
    for question in
        [&["report", "--format", "json"][..], &["reconcile"], &["needs"], &["work"], &["undo", "--list"]]
    {
        let mut asked = question.to_vec();
        asked.extend(["--server", "http://127.0.0.1:9"]);
        let told = Town::new().run(&asked);
        assert!(
            String::from_utf8_lossy(&told.stderr).contains("server_unreachable"),
            "{question:?}: {told:?}"
        );
    }
}

#[test]
fn a_command_that_no_server_carries_out_says_so() {
    let refused = Town::new().run(&["show", "1", "--server", "http://127.0.0.1:9"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not_served"));
}

#[test]
fn with_each_the_good_lines_are_kept() {
    let town = Town::new();
    let lines = [
        registered("甲", "enterprise", "1"),
        registered("乙", "enterprise", "1"),
        registered("丙", "enterprise", "2"),
    ];
    let output = town.record(&lines, &["--each"]);
    let told = json_lines(&output.stdout);
    assert_eq!(told[0]["position"], 1);
    assert_eq!(told[1]["code"], "identifier_taken");
    assert_eq!(told[2]["position"], 2);
    assert_eq!(town.head(), 2);
}

#[test]
fn the_same_file_under_keys_is_recorded_once() {
    let town = Town::new();
    let mut line = registered("甲", "enterprise", "1");
    line["key"] = json!("k1");
    assert!(town.record(std::slice::from_ref(&line), &[]).status.success());
    let again = json_lines(&town.record(std::slice::from_ref(&line), &[]).stdout);
    assert_eq!((again[0]["position"].as_u64(), again[0]["repeated"].as_bool()), (Some(1), Some(true)));
    line["body"]["name"] = json!("乙");
    let other = town.record(&[line], &[]);
    assert_eq!(other.status.code(), Some(3));
    assert_eq!(json_lines(&other.stdout)[0]["code"], "key_reused");
    assert_eq!(town.head(), 1);
}

#[test]
fn a_key_that_stands_twice_in_one_file_is_refused_and_the_store_goes_on() {
    let town = Town::new();
    let (mut one, mut other) = (registered("甲", "enterprise", "1"), registered("乙", "enterprise", "2"));
    one["key"] = json!("k");
    other["key"] = json!("k");
    let refused = town.record(&[one.clone(), other], &[]);
    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(json_lines(&refused.stdout)[0]["code"], "key_reused");
    assert_eq!(town.head(), 0);
    assert!(town.record(&[one], &[]).status.success());
}

#[test]
fn what_only_an_export_may_carry_is_refused() {
    let town = Town::new();
    for field in ["position", "id", "recorded_at"] {
        let mut line = registered("甲", "enterprise", "1");
        line[field] = match field {
            "position" => json!(7),
            "id" => json!("01890a5d-ac96-774b-bcce-b302099a8057"),
            _ => json!("2020-01-01T00:00:00Z"),
        };
        let output = town.record(&[line], &[]);
        assert_eq!(output.status.code(), Some(1), "{field}");
    }
    assert_eq!(town.head(), 0);
}

#[test]
fn an_export_restored_into_an_empty_store_exports_to_the_same_bytes() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let first = town.path().join("first.jsonl");
    town.ok(&["log", "export", "--out", first.to_str().unwrap()]);
    let other = Town::new();
    other.ok(&["log", "import", first.to_str().unwrap()]);
    assert_eq!(other.ok(&["log", "export"]).into_bytes(), std::fs::read(&first).unwrap());
    assert_eq!(other.ok(&["replay"]), town.ok(&["replay"]));
    let refused = other.run(&["log", "import", first.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(3), "a store that is not empty takes no import");
}

#[test]
fn replay_gives_the_same_digests_every_time_and_others_for_another_log() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let digests = town.ok(&["replay"]);
    assert!(digests.lines().count() >= 3);
    assert_eq!(town.ok(&["replay"]), digests);
    assert_ne!(town.ok(&["replay", "--to", "10"]), digests);
}

#[test]
fn a_voided_purchase_is_out_of_every_list() {
    let town = Town::new();
    let told = json_lines(&town.record(&small_town(), &[]).stdout);
    let purchase = told[9]["id"].clone();
    let before = town.ok(&["replay"]);
    let void = json!({"kind": "event_voided", "occurred": "2026-03-01", "body": {"event": purchase, "reason": "录入错误"}});
    assert!(town.record(std::slice::from_ref(&void), &[]).status.success());
    assert_ne!(town.ok(&["replay"]), before);
    let twice = town.record(&[void], &[]);
    assert_eq!(json_lines(&twice.stdout)[0]["code"], "event_voided");
}

#[test]
fn a_match_list_explains_itself_and_adds_up() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let head = town.head();
    let lines = json_lines(town.ok(&["match", "local:test/e1", "--format", "json"]).as_bytes());
    let list = &lines[0];
    let candidates = list["lines"].as_array().unwrap();
    assert!(!candidates.is_empty());
    for candidate in candidates {
        assert_ne!(candidate["name"], "青屿甲2有限公司", "a pair that already deals is no candidate");
        let terms = candidate["terms"].as_array().unwrap();
        let sum: i64 = terms.iter().map(|term| term["value_micro"].as_i64().unwrap()).sum();
        assert_eq!(candidate["score_micro"].as_i64(), Some(sum));
        for term in terms.iter().filter(|term| term["value_micro"] != 0) {
            let evidence = term["evidence"].as_array().unwrap();
            assert!(!evidence.is_empty());
            assert!(evidence.iter().all(|position| (1..=head).contains(&position.as_u64().unwrap())));
        }
    }
}

#[test]
fn a_pair_under_avoidance_is_never_proposed() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let set = json!({"kind": "do_not_introduce_set", "occurred": "2026-03-01", "body": {"a": "local:test/e4", "b": "local:test/e1"}});
    assert!(town.ok(&["match", "local:test/e1"]).contains("青屿甲4有限公司"));
    assert!(town.record(&[set], &[]).status.success());
    assert!(!town.ok(&["match", "local:test/e1"]).contains("青屿甲4有限公司"));
    let why_not = town.ok(&["explain", "local:test/e1", "local:test/e4"]);
    assert!(why_not.contains("回避"), "{why_not}");
}

#[test]
fn usage_and_unknown_parties_have_their_own_exit_codes() {
    let town = Town::new();
    assert_eq!(town.run(&["match"]).status.code(), Some(2));
    assert_eq!(town.run(&["match", "没有这家公司"]).status.code(), Some(1));
    assert_eq!(town.run(&["kinds", "no_such_kind"]).status.code(), Some(1));
}

#[test]
fn every_kind_shows_an_example_that_can_be_read() {
    let town = Town::new();
    let kinds = json_lines(town.ok(&["kinds", "--format", "json"]).as_bytes());
    assert!(kinds.len() >= 35);
    for kind in kinds {
        assert_eq!(kind["example"]["kind"], kind["kind"]);
        assert!(kind["schema"]["properties"].is_object());
    }
}

#[test]
fn the_demo_fits_on_a_bare_machine_and_never_touches_the_default_store() {
    let town = Town::new();
    let data = town.path().join("demo");
    let mut command = town.command(&["demo", "--no-serve", "--data", data.to_str().unwrap()]);
    let output = command.current_dir(town.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("虚构"), "the demo is labelled as invented");
    assert!(text.contains("商会") && text.lines().count() > 20, "{text}");
    assert!(!town.path().join("store").exists() && !town.path().join("jinqiao-data").exists());
}

#[test]
fn a_list_that_is_handed_out_is_an_event_and_counts_as_shown() {
    let town = Town::new();
    assert!(town.record(&small_town(), &[]).status.success());
    let head = town.head();
    let list = json_lines(town.ok(&["match", "local:test/e1", "--issue", "--format", "json"]).as_bytes());
    let shown = list[0]["lines"].as_array().unwrap().len();
    assert!(shown > 0 && town.head() == head + 1);
    let event = json_lines(town.ok(&["log", "export"]).as_bytes()).pop().unwrap();
    assert_eq!(event["kind"], "match_list_issued");
    assert_eq!(event["body"]["candidates"].as_array().unwrap().len(), shown);
    assert_eq!(event["body"]["at_position"].as_u64(), Some(head));
    town.ok(&["match", "local:test/e1"]);
    assert_eq!(town.head(), head + 1, "looking records nothing");
}
