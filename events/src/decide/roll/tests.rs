//! The register: one party an identifier, names that mean one party or none, merges and links that come off again.

use super::*;
use crate::decide::scenario::{
    between, chamber, draft, enterprise, event, given, id as event_id, merged, org, recorded, registered,
    unmerged,
};

fn id(code: &str) -> PartyId {
    org(code).parse::<Identifier>().unwrap().party_id()
}

fn meant(story: &[Event], written: &str) -> Option<PartyId> {
    given(story.to_vec()).roll().resolve(&written.parse().unwrap())
}

fn about(kind: &str, party: &str, rest: &str) -> Event {
    event(kind, &format!(r#"{{"party":"{party}"{rest}}}"#))
}

fn linked(name: &str, code: &str) -> Event {
    about("party_linked", &org(code), &format!(r#","name":"{name}""#))
}

fn unlinked(name: &str, code: &str) -> Event {
    about("party_unlinked", &org(code), &format!(r#","name":"{name}""#))
}

fn renamed(code: &str, name: &str) -> Event {
    about("org_renamed", &org(code), &format!(r#","name":"{name}""#))
}

fn also(code: &str, identifier: &str) -> Event {
    about("identifier_added", &org(code), &format!(r#","identifier":"{}""#, org(identifier)))
}

fn closed(code: &str) -> Event {
    about("org_closed", &org(code), "")
}

#[test]
fn an_identifier_belongs_to_one_party() {
    given([enterprise("A")]).when(enterprise("B")).then_recorded(|_| {});
    given([enterprise("A")])
        .when(registered("enterprise", "另一名", "A"))
        .then_refused_at("identifier_taken", "/body/identifier");
    given([enterprise("A"), also("A", "A2")]).when(enterprise("A2")).then_refused("identifier_taken");
    given([enterprise("A"), enterprise("B")])
        .when(also("A", "B"))
        .then_refused_at("identifier_taken", "/body/identifier");
}

#[test]
fn an_added_identifier_means_the_same_party() {
    assert_eq!(meant(&[enterprise("A"), also("A", "A2")], &org("A2")), Some(id("A")));
}

#[test]
fn a_party_is_found_by_full_name_now_and_before_and_by_nothing_less() {
    let story = [enterprise("A"), renamed("A", "新名（青岛）厂")];
    for written in ["企业A", "新名(青岛)厂", "企业ａ"] {
        assert_eq!(meant(&story, written), Some(id("A")), "{written}");
    }
    assert_eq!(meant(&story, "新名"), None);
}

#[test]
fn a_name_that_two_parties_carry_means_neither_until_they_are_one() {
    let namesakes = vec![registered("enterprise", "同名厂", "A"), registered("enterprise", "同名厂", "B")];
    assert_eq!(meant(&namesakes, "同名厂"), None);
    let one = [namesakes.clone(), vec![merged("A", "B")]].concat();
    assert_eq!(meant(&one, "同名厂"), Some(id("A")));
    let apart = [one, vec![unmerged("A", "B")]].concat();
    assert_eq!(meant(&apart, "同名厂"), None);
    let told_apart = [namesakes, vec![linked("同名厂", "B")]].concat();
    assert_eq!(meant(&told_apart, "同名厂"), Some(id("B")));
}

#[test]
fn two_recorders_give_a_party_the_same_id_in_whatever_order() {
    let there = given([enterprise("A"), enterprise("B"), chamber("C")]);
    let here = given([chamber("C"), enterprise("B"), enterprise("A")]);
    for code in ["A", "B", "C"] {
        let reference = org(code).parse().unwrap();
        assert_eq!(there.roll().resolve(&reference), here.roll().resolve(&reference));
        assert_eq!(there.roll().party(id(code)), here.roll().party(id(code)));
    }
}

#[test]
fn a_merge_is_of_two_parties_once_and_taken_back_exactly() {
    let story = || vec![enterprise("A"), enterprise("B"), enterprise("C"), merged("A", "B")];
    given(story()).when(merged("A", "B")).then_refused_at("already_merged", "/body/from");
    given(story()).when(merged("B", "A")).then_refused("already_merged");
    given(story()).when(merged("A", "C")).then_refused("already_merged");
    given(story()).when(merged("A", "A")).then_refused("already_merged");
    given(story()).when(merged("B", "C")).then_recorded(|_| {});
    given(story()).when(unmerged("A", "C")).then_refused_at("not_merged", "/body/from");
    given(story()).when(unmerged("B", "A")).then_refused("not_merged");
    given(story()).when(merged("A", "X")).then_refused_at("party_unknown", "/body/into");
    given([story(), vec![unmerged("A", "B")]].concat()).when(unmerged("A", "B")).then_refused("not_merged");
}

#[test]
fn a_chain_of_merges_has_one_end_and_each_link_comes_off_alone() {
    let chain = vec![enterprise("A"), enterprise("B"), enterprise("C"), merged("A", "B"), merged("B", "C")];
    let roll = given(chain.clone());
    let roll = roll.roll();
    for code in ["A", "B", "C"] {
        assert_eq!(roll.canonical(id(code)), id("C"));
        assert_eq!(roll.entries_of(id(code)), [id("C"), id("B"), id("A")]);
    }
    let broken = given([chain, vec![unmerged("B", "C")]].concat());
    let roll = broken.roll();
    assert_eq!(roll.entries_of(id("A")), [id("B"), id("A")]);
    assert_eq!(roll.entries_of(id("C")), [id("C")]);
}

#[test]
fn a_merge_taken_back_loses_nothing() {
    let before =
        vec![enterprise("A"), enterprise("B"), also("A", "A2"), linked("甲", "A"), renamed("B", "乙厂")];
    let after = [before.clone(), vec![merged("A", "B"), unmerged("A", "B")]].concat();
    for written in ["企业A", "企业B", "乙厂", "甲", &org("A"), &org("A2"), &org("B"), "无名"] {
        assert_eq!(meant(&before, written), meant(&after, written), "{written}");
    }
    let (before, after) = (given(before), given(after));
    for code in ["A", "B"] {
        assert_eq!(before.roll().party(id(code)), after.roll().party(id(code)));
        assert_eq!(before.roll().entries_of(id(code)), after.roll().entries_of(id(code)));
    }
}

#[test]
fn a_name_is_linked_once_and_the_link_is_taken_back_exactly() {
    let story = || vec![enterprise("A"), enterprise("B"), linked("琅屿", "A")];
    assert_eq!(meant(&story(), "琅屿"), Some(id("A")));
    given(story()).when(linked("琅 屿", "B")).then_refused_at("name_linked", "/body/name");
    given(story()).when(linked("企业B", "A")).then_refused_at("name_taken", "/body/name");
    given(story()).when(linked("沧舟", "X")).then_refused_at("party_unknown", "/body/party");
    given(story()).when(unlinked("琅屿", "B")).then_refused_at("name_not_linked", "/body/name");
    given(story()).when(unlinked("沧舟", "A")).then_refused("name_not_linked");
    let apart = [story(), vec![unlinked("琅屿", "A")]].concat();
    assert_eq!(meant(&apart, "琅屿"), None);
    given(apart).when(linked("琅屿", "B")).then_recorded(|_| {});
}

#[test]
fn a_party_is_closed_once_under_whichever_entry() {
    given([enterprise("A")]).when(closed("A")).then_recorded(|_| {});
    given([enterprise("A"), closed("A")]).when(closed("A")).then_refused_at("party_closed", "/body/party");
    let one = [enterprise("A"), enterprise("B"), merged("A", "B"), closed("A")];
    given(one).when(closed("B")).then_refused("party_closed");
}

#[test]
fn a_closed_duplicate_does_not_close_the_party_that_it_is_merged_into() {
    let story = || [enterprise("A"), enterprise("B"), enterprise("C"), closed("A"), merged("A", "B")];
    let proposed = between("introduction_proposed", ("a", "A"), ("b", "C"));
    given(story()).when(proposed).then_recorded(|_| {});
    given(story()).when(closed("A")).then_recorded(|event| {
        let Event::OrgClosed(closed) = event else { panic!("{event:?}") };
        assert_eq!(closed.party.party(), Some(id("B")), "the party, not its duplicate");
    });
}

#[test]
fn what_must_be_registered_is_not_taken_by_a_loose_name() {
    let loose = |kind: &str, rest: &str| given([enterprise("A")]).when(about(kind, "某某厂", rest));
    loose("org_renamed", r#","name":"新名""#).then_refused_at("party_unknown", "/body/party");
    loose("identifier_added", r#","identifier":"local:t/Z""#).then_refused_at("party_unknown", "/body/party");
    loose("org_closed", "").then_refused_at("party_unknown", "/body/party");
    loose("party_linked", r#","name":"甲""#).then_refused_at("party_unknown", "/body/party");
}

#[test]
fn an_unknown_id_or_identifier_is_refused_and_an_unknown_name_stays() {
    let assessed =
        |party: &str| given([]).when(about("capability_assessed", party, r#","products":["轴承"]"#));
    assessed(&org("X")).then_refused_at("party_unknown", "/body/party");
    assessed(&id("X").to_string()).then_refused_at("party_unknown", "/body/party");
    assessed("某某厂").then_recorded(|event| {
        let Event::CapabilityAssessed(assessed) = event else { panic!("{event:?}") };
        assert_eq!(assessed.party.to_string(), "某某厂");
    });
}

#[test]
fn a_merge_made_unlawful_by_a_void_is_passed_over() {
    let mut rules = given([enterprise("A"), enterprise("B"), enterprise("C")]).into_rules();
    for event in [merged("A", "B"), merged("B", "A"), merged("A", "C"), unmerged("A", "C"), enterprise("A")] {
        rules.evolve(&recorded(&draft(event_id(9), event)));
    }
    assert_eq!(rules.roll().entries_of(id("A")), [id("B"), id("A")]);
    assert_eq!(rules.roll().entries_of(id("C")), [id("C")]);
}
