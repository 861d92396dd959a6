//! Every kind, by its golden example: read, written again, described.

use super::{Event, Kind};
use crate::log::envelope::Line;
use serde_json::Value;

fn example(kind: Kind) -> (Line, Value) {
    let text = kind.example();
    let line = serde_json::from_str(text).unwrap_or_else(|error| panic!("{kind}: {error}"));
    (line, serde_json::from_str(text).unwrap())
}

fn event(kind: Kind) -> Event {
    let (line, _) = example(kind);
    kind.decode(kind.version(), line.body.get()).unwrap_or_else(|error| panic!("{kind}: {error}"))
}

#[test]
fn every_golden_example_names_its_kind_and_is_one_line_as_record_reads_it() {
    for kind in Kind::ALL.iter().copied() {
        let (line, _) = example(kind);
        assert_eq!(line.kind, kind.name());
        assert!(line.version.is_none_or(|version| version == kind.version()), "{kind}");
        assert_eq!(line.export_field(), None, "{kind}");
        assert_eq!(kind.example().lines().count(), 1, "{kind}");
        assert_eq!(Kind::from_name(kind.name()), Some(kind));
    }
}

#[test]
fn every_golden_example_is_read_and_written_back_as_it_was() {
    for kind in Kind::ALL.iter().copied() {
        let event = event(kind);
        assert_eq!(event.kind(), kind);
        let written: Value = serde_json::from_str(&event.body_json().unwrap()).unwrap();
        assert_eq!(written, example(kind).1["body"], "{kind}");
    }
}

#[test]
fn every_schema_describes_an_object_with_exactly_the_fields_of_the_example() {
    for kind in Kind::ALL.iter().copied() {
        let schema = kind.schema();
        assert_eq!(schema["type"], "object", "{kind}");
        let described: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let line = example(kind).1;
        let mut shown: Vec<&String> = line["body"].as_object().unwrap().keys().collect();
        shown.sort_unstable();
        let mut described = described;
        described.sort_unstable();
        assert_eq!(described, shown, "{kind}: an example shows every field");
    }
}

#[test]
fn every_kind_has_its_own_name_and_a_label_in_both_languages() {
    let mut names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        assert!(
            !kind.label_zh().is_ascii() && kind.label_en().is_ascii() && !kind.label_en().is_empty(),
            "{kind}"
        );
    }
}

#[test]
fn the_parties_of_an_event_are_the_same_read_and_resolved_and_each_is_a_tag() {
    for kind in Kind::ALL.iter().copied() {
        let mut event = event(kind);
        let (mut read, mut resolved) = (Vec::new(), Vec::new());
        event.each_party(&mut |party| read.push(party.clone()));
        event.each_party_mut(&mut |field, party| {
            assert!(example(kind).1["body"].get(field).is_some(), "{kind}: {field}");
            resolved.push(party.clone());
        });
        assert_eq!(read, resolved, "{kind}");
        let tags = event.tags();
        assert!(
            tags.is_sorted() && read.iter().all(|party| tags.contains(&super::Tag::party(party))),
            "{kind}"
        );
    }
}

#[test]
fn a_wrong_body_is_refused_with_its_place() {
    let fault = |body: &str| Kind::MemberJoined.decode(1, body).unwrap_err();
    assert_eq!(fault(r#"{"chamber":"商会","member":"企业","level":"emperor"}"#).pointer, "/body/level");
    assert!(fault(r#"{"chamber":"商会","member":"企业","colour":"red"}"#).reason.contains("colour"));
    assert!(fault(r#"{"chamber":"商会"}"#).reason.contains("member"));
    assert!(Kind::MemberJoined.decode(2, "{}").unwrap_err().reason.contains("no version 2"));
    let list = Kind::DelegationVisited
        .decode(2, r#"{"delegation":"d","title":"t","direction":"inbound","hosts":["甲",""]}"#)
        .unwrap_err();
    assert_eq!(list.pointer, "/body/hosts/1");
}

#[test]
fn the_code_of_a_value_survives_in_the_fault_of_its_body() {
    let faults = [
        (
            r#"{"name":"甲","kind":"enterprise","identifier":"uscc:91350100M000100Y44"}"#,
            "uscc_check_digit",
            "/body/identifier",
        ),
        (
            r#"{"name":"甲","kind":"enterprise","identifier":"nowhere:1"}"#,
            "identifier_scheme",
            "/body/identifier",
        ),
        (
            r#"{"name":"甲","kind":"enterprise","identifier":"local:a/1","industry":"Z9"}"#,
            "industry_code",
            "/body/industry",
        ),
        (
            r#"{"name":"甲","kind":"enterprise","identifier":"local:a/1","region":"999999"}"#,
            "region_unknown",
            "/body/region",
        ),
        (r#"{"name":"甲","kind":"enterprise"}"#, "invalid_body", "/body"),
    ];
    for (body, code, pointer) in faults {
        let fault = Kind::OrgRegistered.decode(1, body).unwrap_err();
        assert_eq!((fault.code, fault.pointer.as_str()), (code, pointer), "{body}");
    }
}

/// The files of `tests/golden` that hold an older version of a kind.
fn older_examples() -> Vec<(Kind, u16, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden");
    let mut found = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        for version in 1..kind.version() {
            let text = std::fs::read_to_string(format!("{folder}/{kind}.v{version}.json"));
            found.push((kind, version, text.unwrap_or_else(|error| panic!("{kind} v{version}: {error}"))));
        }
    }
    found
}

#[test]
fn every_older_example_is_still_read() {
    let older = older_examples();
    assert!(older.iter().any(|(kind, ..)| *kind == Kind::DelegationVisited));
    for (kind, version, text) in older {
        let line: Line = serde_json::from_str(&text).unwrap();
        let event = kind.decode(version, line.body.get()).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(event.kind(), kind);
    }
}

#[test]
fn what_tells_of_party_building_is_of_that_class_whatever_its_kind() {
    use super::DataClass;
    let class = |kind: Kind, body: &str| kind.decode(kind.version(), body).unwrap().class();
    let role = |role: &str| format!(r#"{{"organisation":"商会","role":"{role}","holder":"某厂"}}"#);
    assert_eq!(class(Kind::RoleAssigned, &role("party_secretary")), DataClass::PartyBuilding);
    assert_eq!(class(Kind::RoleEnded, &role("liaison_officer")), DataClass::PartyBuilding);
    assert_eq!(class(Kind::RoleAssigned, &role("president")), DataClass::Ordinary);
    let need = |sort: &str| format!(r#"{{"need":"N","party":"商会","type":"{sort}","text":"组织生活"}}"#);
    assert_eq!(class(Kind::NeedDeclared, &need("party_building")), DataClass::PartyBuilding);
    assert_eq!(class(Kind::NeedDeclared, &need("talent")), DataClass::Ordinary);
    for kind in Kind::ALL.iter().copied() {
        assert!(event(kind).class() >= kind.class(), "{kind}: never less strict than its kind");
    }
}
