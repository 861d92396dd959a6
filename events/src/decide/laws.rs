//! What holds for the rules as a whole, whatever is said.

use jiff::Timestamp;
use proptest::prelude::*;

use super::scenario::{
    between, chamber, draft, enterprise, event, given, id, joined, merged, org, recorded, unmerged,
};
use super::{Draft, Refusal, Rules};
use crate::kept::{ChunkWriter, Chunks};
use crate::kinds::{Event, Kind};

/// Many things that may be said of three enterprises and two chambers; much of it stands against other parts.
fn sayings() -> Vec<Event> {
    let parties = ["A", "B", "C", "Y", "Z"];
    let mut sayings = records();
    sayings.extend(["A", "B", "C"].map(enterprise));
    sayings.extend(["Y", "Z"].map(chamber));
    for one in parties {
        sayings.extend(parties.into_iter().flat_map(|other| between_two(one, other)));
        sayings.extend((1..8).map(|n| {
            let body = format!(r#"{{"introduction":"{}","side":"{}"}}"#, id(n), org(one));
            event("introduction_consented", &body)
        }));
    }
    sayings
        .extend((1..8).map(|n| event("introduction_expired", &format!(r#"{{"introduction":"{}"}}"#, id(n)))));
    sayings
}

fn between_two(one: &str, other: &str) -> Vec<Event> {
    let with = |kind: &str| between(kind, ("a", one), ("b", other));
    vec![
        joined(one, other),
        between("member_left", ("chamber", one), ("member", other)),
        merged(one, other),
        unmerged(one, other),
        with("introduction_proposed"),
        with("do_not_introduce_set"),
        with("do_not_introduce_lifted"),
    ]
}

fn records() -> Vec<Event> {
    let of_a = |kind: &str| event(kind, &format!(r#"{{"name":"甲厂","party":"{}"}}"#, org("A")));
    vec![
        event("activity_held", r#"{"activity":"沙龙","title":"沙龙","type":"salon"}"#),
        event("attendance_recorded", r#"{"activity":"沙龙","organisation":"企业A"}"#),
        event("attendance_recorded", r#"{"activity":"沙龙","organisation":"企业B"}"#),
        event("need_declared", r#"{"need":"N","party":"企业A","type":"land","text":"用地"}"#),
        event("need_declared", r#"{"need":"M","party":"甲厂","type":"land","text":"13800001234"}"#),
        event("need_resolved", r#"{"need":"N","met":true}"#),
        event("lead_reported", r#"{"project":"P","title":"园","reporter":"商会Y"}"#),
        event("project_signed", r#"{"project":"P","title":"园","investors":["企业A"],"agreement":"intent"}"#),
        event(
            "project_signed",
            r#"{"project":"P","title":"园","investors":["企业A"],"agreement":"contract"}"#,
        ),
        event("funds_arrived", r#"{"project":"P","instalment":1,"amount":"1万元"}"#),
        of_a("party_linked"),
        of_a("party_unlinked"),
        event("event_voided", &format!(r#"{{"event":"{}","reason":"误"}}"#, id(1))),
    ]
}

fn story() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(prop::sample::select(sayings()), 0..40)
}

fn ask(rules: &mut Rules, n: u128, event: &Event) -> Result<Draft, Refusal> {
    rules.decide(draft(id(n), event.clone()), Timestamp::UNIX_EPOCH)
}

/// Says one thing after another, each a batch of its own; what was recorded.
fn tell(rules: &mut Rules, story: &[Event]) -> Vec<Draft> {
    let mut told = Vec::new();
    for (n, event) in (1..).zip(story) {
        rules.mark();
        match ask(rules, n, event) {
            Ok(draft) => {
                rules.keep();
                told.push(draft);
            }
            Err(_) => rules.undo(),
        }
    }
    told
}

/// What the rules answer to everything that may be said.
fn answers(rules: &mut Rules) -> Vec<Result<Draft, Refusal>> {
    let answer = |event| {
        rules.mark();
        let answer = ask(rules, 1_000, event);
        rules.undo();
        answer
    };
    sayings().iter().map(answer).collect()
}

/// Laid down and taken up again.
fn kept(rules: &Rules) -> Rules {
    let mut again = Rules::default();
    for ((_, state), (_, slot)) in rules.parts().into_iter().zip(again.parts_mut()) {
        let mut bytes = Vec::new();
        state.lay_down(&mut ChunkWriter::new(&mut bytes, 0)).unwrap();
        let length = u64::try_from(bytes.len()).unwrap();
        slot.take_up(&mut Chunks::new(&mut bytes.as_slice(), 0, length)).unwrap();
    }
    again
}

#[test]
fn what_any_kind_leaves_in_the_rules_is_kept() {
    let mut rules = town();
    for (n, kind) in (1..).zip(Kind::ALL) {
        let example: serde_json::Value = serde_json::from_str(kind.example()).unwrap();
        rules.evolve(&recorded(&draft(id(n), event(kind.name(), &example["body"].to_string()))));
    }
    // Maps print themselves in no order.
    let printed = |rules: &Rules| {
        let printed = format!("{rules:?}");
        let words = printed.split(|c: char| " ,{}[]()".contains(c)).map(str::to_owned);
        let mut words: Vec<String> = words.collect();
        words.sort();
        words
    };
    assert_eq!(printed(&kept(&rules)), printed(&rules));
}

/// Enough of the town stands already for most stories to get somewhere.
fn town() -> Rules {
    let parties = [enterprise("A"), enterprise("B"), chamber("Y"), joined("Y", "A")];
    given(parties).into_rules()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_refused_batch_changes_no_answer(before in story(), batch in story()) {
        let (mut asked, mut untouched) = (town(), town());
        tell(&mut asked, &before);
        tell(&mut untouched, &before);
        asked.mark();
        let said = (100..).zip(&batch).take_while(|(n, event)| ask(&mut asked, *n, event).is_ok());
        let _ = said.count();
        asked.undo();
        prop_assert_eq!(answers(&mut asked), answers(&mut untouched));
    }

    #[test]
    fn replaying_what_was_recorded_gives_the_same_answers(story in story()) {
        let (mut told, mut replayed) = (town(), town());
        for draft in tell(&mut told, &story) {
            replayed.evolve(&recorded(&draft));
        }
        prop_assert_eq!(answers(&mut told), answers(&mut replayed));
    }

    #[test]
    fn rules_that_were_kept_answer_as_if_they_had_never_stopped(before in story(), after in story()) {
        let (mut stopped, mut never) = (town(), town());
        tell(&mut stopped, &before);
        tell(&mut never, &before);
        let mut again = kept(&stopped);
        tell(&mut again, &after);
        tell(&mut never, &after);
        prop_assert_eq!(answers(&mut again), answers(&mut never));
    }

    #[test]
    fn a_replay_with_any_gap_is_taken_in_and_answered_from(events in story()) {
        let mut rules = town();
        for (n, event) in (1..).zip(events) {
            rules.evolve(&recorded(&draft(id(n), event)));
        }
        prop_assert_eq!(answers(&mut rules).len(), sayings().len());
    }

    #[test]
    fn a_recorded_event_holds_no_reference_that_could_come_to_mean_another_party(story in story()) {
        for draft in tell(&mut town(), &story) {
            draft.event.each_party(&mut |party| assert!(party.party().is_some() || party.name().is_some()));
        }
    }
}
