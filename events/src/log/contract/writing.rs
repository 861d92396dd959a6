//! Promises about appending.

use jiff::Timestamp;

use super::{Open, append, commit, commit_one, event, everything, fill, guarded, keyed, new, void};
use crate::kinds::Tag;
use crate::log::{APPEND_MAX_BYTES, APPEND_MAX_EVENTS, AppendError, EVENT_MAX_BYTES, Placed, Query, Stored};

/// Positions are 1, 2, 3 … over appends and groups, and every event comes back as it was given.
pub fn positions_start_at_one_and_have_no_gaps(open: Open<'_>) {
    let log = open();
    assert_eq!(log.head(), 0);
    assert!(everything(&*log).is_empty());
    let answers = commit(&*log, [append([event(1), event(2)]), append([event(3)])]);
    assert_eq!(answers, [Ok(new([1, 2])), Ok(new([3]))]);
    assert_eq!(commit_one(&*log, append([event(4)])), Ok(new([4])));
    let expected: Vec<_> = (1..=4).map(|n| Stored { position: n, ..event(n) }).collect();
    assert_eq!(everything(&*log), expected);
    assert_eq!(log.head(), 4);
}

/// One event that is refused refuses its append, and only that.
pub fn an_append_enters_whole_or_not_at_all(open: Open<'_>) {
    let log = open();
    commit(&*log, [append([keyed(1, "a")])]);
    let answers = commit(
        &*log,
        [append([event(2)]), append([keyed(3, "b"), keyed(4, "a"), event(5)]), append([keyed(6, "b")])],
    );
    assert_eq!(answers.first(), Some(&Ok(new([2]))));
    assert_eq!(answers.get(1), Some(&Err(AppendError::KeyReused { key: "a".into(), at: 1 })));
    assert_eq!(answers.get(2), Some(&Ok(new([3]))), "a key of a refused append is still free");
    assert_eq!(everything(&*log).len(), 3);
}

/// A guard names the first match after its position; matches before it, and other events, are no matter.
pub fn a_guard_refuses_when_something_matching_came_after_its_position(open: Open<'_>) {
    let log = open();
    fill(&*log, 50);
    let tag = || Query::tagged(Tag::new("activity", &20));
    assert_eq!(commit_one(&*log, guarded([event(51)], tag(), 19)), Err(AppendError::Guarded { at: 20 }));
    assert_eq!(
        commit_one(&*log, guarded([event(51)], Query::of_kind("kind_2"), 0)),
        Err(AppendError::Guarded { at: 2 })
    );
    assert_eq!(
        commit_one(&*log, guarded([event(51)], Query::all(), 49)),
        Err(AppendError::Guarded { at: 50 })
    );
    assert_eq!(commit_one(&*log, guarded([event(51)], tag(), 20)), Ok(new([51])));
    assert_eq!(commit_one(&*log, guarded([event(52)], Query::of_kind("nothing"), 0)), Ok(new([52])));
    assert_eq!(commit_one(&*log, guarded([event(53)], Query::all(), 52)), Ok(new([53])));
}

/// Of two appends in one group that exclude each other the first wins.
pub fn a_guard_sees_the_earlier_appends_of_its_group(open: Open<'_>) {
    let log = open();
    let claim = |n| {
        guarded(
            [Stored { tags: vec![Tag::new("party", &"one")], ..event(n) }],
            Query::tagged(Tag::new("party", &"one")),
            0,
        )
    };
    let answers = commit(&*log, [append([event(1)]), claim(2), claim(3), append([event(4)]), claim(5)]);
    let refused = Err(AppendError::Guarded { at: 2 });
    assert_eq!(answers, [Ok(new([1])), Ok(new([2])), refused.clone(), Ok(new([3])), refused]);
}

/// To whatever comes after the void: a later append, one of the same group, or an event of the same append.
pub fn a_voided_event_gives_its_key_back(open: Open<'_>) {
    let log = open();
    let taken = |at| Err(AppendError::KeyReused { key: "a".into(), at });
    commit(&*log, [append([keyed(1, "a")])]);
    let answers = commit(&*log, [append([keyed(2, "a")]), append([void(3, 1)]), append([keyed(4, "a")])]);
    assert_eq!(answers, [taken(1), Ok(new([2])), Ok(new([3]))]);
    assert_eq!(log.find_key("a").unwrap().map(|(position, _)| position), Some(3));
    assert_eq!(commit_one(&*log, append([keyed(5, "a")])), taken(3), "what stands again holds it again");
    assert_eq!(commit_one(&*log, append([void(6, 4), keyed(7, "a")])), Ok(new([4, 5])));
    assert_eq!(commit_one(&*log, append([keyed(7, "a")])), Ok(vec![Placed { position: 5, repeated: true }]));
    assert_eq!(log.find_key("a").unwrap().map(|(position, _)| position), Some(5));
}

/// Now, in the same group, and after other events.
pub fn the_same_key_hears_the_same_answer(open: Open<'_>) {
    let log = open();
    let first = append([keyed(1, "a"), keyed(2, "b")]);
    let repeated: Vec<_> = [1, 2].map(|position| Placed { position, repeated: true }).into();
    let answers = commit(&*log, [first.clone(), first.clone()]);
    assert_eq!(answers, [Ok(new([1, 2])), Ok(repeated.clone())]);
    fill(&*log, 40);
    assert_eq!(commit_one(&*log, first), Ok(repeated));
    assert_eq!(log.head(), 42);
}

/// Keys come before guards.
pub fn a_retry_hears_its_answer_although_its_own_event_breaks_its_guard(open: Open<'_>) {
    let log = open();
    let only_once = guarded([keyed(1, "a")], Query::of_kind("kind_1"), 0);
    assert_eq!(commit_one(&*log, only_once.clone()), Ok(new([1])));
    assert_eq!(commit_one(&*log, only_once), Ok(vec![Placed { position: 1, repeated: true }]));
}

/// The refusal names the key and where it was used.
pub fn a_key_with_other_content_is_refused(open: Open<'_>) {
    let log = open();
    fill(&*log, 4);
    commit(&*log, [append([keyed(5, "a")])]);
    let refused = Err(AppendError::KeyReused { key: "a".into(), at: 5 });
    assert_eq!(commit_one(&*log, append([keyed(6, "a")])), refused);
    let answers = commit(&*log, [append([keyed(7, "b")]), append([keyed(8, "b")])]);
    assert_eq!(answers.get(1), Some(&Err(AppendError::KeyReused { key: "b".into(), at: 6 })));
    assert_eq!(log.head(), 6);
}

/// The second use is a repetition, or a clash, which has no position: nothing was written.
pub fn a_key_may_stand_twice_in_one_append_only_with_the_same_content(open: Open<'_>) {
    let log = open();
    let twice = [Placed { position: 1, repeated: false }, Placed { position: 1, repeated: true }];
    assert_eq!(commit_one(&*log, append([keyed(1, "a"), keyed(1, "a")])), Ok(twice.to_vec()));
    let clash = Err(AppendError::KeyReused { key: "b".into(), at: 0 });
    assert_eq!(commit_one(&*log, append([keyed(2, "b"), keyed(3, "b")])), clash);
    assert_eq!(log.head(), 1);
}

/// An import that broke off is completed by running it again.
pub fn an_append_known_in_part_adds_only_the_rest(open: Open<'_>) {
    let log = open();
    commit(&*log, [append([keyed(1, "a")])]);
    let answer = commit_one(&*log, append([keyed(1, "a"), keyed(2, "b")])).unwrap();
    assert_eq!(answer, [Placed { position: 1, repeated: true }, Placed { position: 2, repeated: false }]);
}

/// At the limits it enters.
pub fn what_is_too_large_is_refused_and_the_rest_of_the_group_enters(open: Open<'_>) {
    let log = open();
    let sized = |n, bytes: usize| Stored { body: format!("\"{}\"", "x".repeat(bytes)), ..event(n) };
    let answers = commit(
        &*log,
        [
            append((1..=501).map(event)),
            append([sized(1, EVENT_MAX_BYTES)]),
            append((1..=5).map(|n| sized(n, EVENT_MAX_BYTES - 300))),
            append((1..=500).map(event)),
            append((1..=4).map(|n| sized(n, EVENT_MAX_BYTES - 300))),
        ],
    );
    let limits: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Err(AppendError::TooLarge { limit, actual, .. }) => (actual > limit).then_some(*limit),
            Ok(_) | Err(AppendError::Guarded { .. } | AppendError::KeyReused { .. }) => None,
        })
        .collect();
    assert_eq!(limits, [Some(APPEND_MAX_EVENTS), Some(EVENT_MAX_BYTES), Some(APPEND_MAX_BYTES), None, None]);
    assert_eq!(log.head(), 504);
    assert_eq!(log.verify().unwrap().events, 504);
}

/// A clock that goes back raises nothing but its own time; times have milliseconds.
pub fn the_recording_time_never_decreases(open: Open<'_>) {
    let log = open();
    let at = |nanos: i128| Stored { recorded_at: Timestamp::from_nanosecond(nanos).unwrap(), ..event(1) };
    commit(&*log, [append([at(5_000_000), at(2_000_000)]), append([at(7_999_999)])]);
    commit(&*log, [append([at(1)]), append([at(9_000_000)])]);
    let times: Vec<_> = everything(&*log).iter().map(|event| event.recorded_at.as_nanosecond()).collect();
    assert_eq!(times, [5_000_000, 5_000_000, 7_000_000, 7_000_000, 9_000_000]);
}

/// With nothing.
pub fn an_empty_group_and_an_empty_append_are_answered(open: Open<'_>) {
    let log = open();
    assert_eq!(commit(&*log, []), []);
    assert_eq!(
        commit(&*log, [append([]), append([event(1)]), append([])]),
        [Ok(vec![]), Ok(new([1])), Ok(vec![])]
    );
}
