//! What holds for every figure, asked of the article's year and of years like it: its evidence adds up, and without
//! the events of a key it is less by what the key brought.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jinqiao_events::log::{Position, Recorded};
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::article_year::{Scale, told};
use super::*;

/// The article's year with a smaller crowd at the annual meeting.
static YEAR: LazyLock<Vec<Recorded>> = LazyLock::new(|| told(Scale { attendees: 131 }));

/// Periods that reports ask for.
const PERIODS: [(Option<&str>, &str); 4] = [
    (Some("2020-01-01"), "2020-12-31"),
    (None, "2020-12-31"),
    (Some("2020-03-01"), "2020-06-30"),
    (None, "2021-12-31"),
];

fn period((from, to): (Option<&str>, &str)) -> Period {
    Period { from: from.map(|from| from.parse().unwrap()), to: to.parse().unwrap() }
}

/// The year as if these had never been told. Names and merges are part of the register: without one of those the
/// whole year is told anew.
fn without(events: &[Recorded], books: &Books, gone: &BTreeSet<Position>) -> Books {
    let is_name =
        |at: &Position| books.at(*at).is_some_and(|event| event.event.kind().name().starts_with("org_"));
    if gone.iter().any(is_name) {
        return Books::fold(events.iter().filter(|event| !gone.contains(&event.position)));
    }
    books.without(gone)
}

/// What a figure should be without these events: keys that nothing else says bring nothing any more.
fn left_of(measured: &Measured, gone: &BTreeSet<Position>) -> i128 {
    let stands = |group: &&Group| !group.evidence.is_subset(gone);
    measured.groups.iter().filter(stands).map(|group| group.value).sum()
}

#[test]
fn every_figure_says_something_of_the_articles_year_and_its_rows_add_up() {
    let books = Books::fold(&*YEAR);
    let known: BTreeSet<Position> = YEAR.iter().map(|event| event.position).collect();
    let mut silent = Vec::new();
    for figure in ALL {
        let measured = figure.measured(&books, period(PERIODS[1]));
        let sum: i128 = measured.groups.iter().map(|group| group.value).sum();
        assert_eq!(measured.value(), sum, "{}", figure.name);
        for group in &measured.groups {
            assert!(!group.evidence.is_empty(), "{} {}: no evidence", figure.name, group.label);
            assert!(
                group.evidence.is_subset(&known),
                "{} {}: evidence that does not count",
                figure.name,
                group.label
            );
        }
        if sum == 0 {
            silent.push(figure.name);
        }
    }
    // The article tells of no lists of suggestions (their figures have a story of their own), and what ought to be
    // none is none; everything else the year tells.
    silent.retain(|name| !name.starts_with("suggestions_"));
    assert_eq!(silent, ["liaison_violations"]);
}

#[test]
fn without_the_events_of_a_key_every_figure_is_less_by_what_the_key_brought() {
    let books = Books::fold(&*YEAR);
    let (mut alone, mut shared) = (0, 0);
    for figure in ALL {
        let measured = figure.measured(&books, period(PERIODS[0]));
        // The first, one in the middle and the last: a key of every part would take minutes.
        let picks: BTreeSet<usize> =
            [0, measured.groups.len() / 2, measured.groups.len().saturating_sub(1)].into();
        for group in picks.iter().filter_map(|index| measured.groups.get(*index)) {
            let less = figure.measured(&without(&YEAR, &books, &group.evidence), measured.period).value();
            assert_eq!(less, left_of(&measured, &group.evidence), "{} without {}", figure.name, group.label);
            let others = measured.groups.iter().filter(|other| other.key != group.key);
            if others.into_iter().all(|other| !other.evidence.is_subset(&group.evidence)) {
                assert_eq!(measured.value() - less, group.value, "{} without {}", figure.name, group.label);
                alone += 1;
            } else {
                shared += 1;
            }
        }
    }
    println!("{alone} keys stand on events of their own, {shared} share all of theirs with another key");
    assert!(alone > 150, "{alone}");
}

#[test]
fn every_row_of_the_article_is_answered_and_needs_each_of_its_kinds() {
    let books = Books::fold(&*YEAR);
    for (number, row) in (1..).zip(&article::ROWS) {
        assert_eq!(row.number, number);
        assert!(!row.answers.is_empty() && !row.kinds.is_empty(), "row {number}");
        let answers = |books: &Books| -> Vec<_> {
            let answered = row.answers.iter().map(|answer| answer.answered(books).unwrap());
            answered
                .map(|answered| (answered.value, answered.measured.groups.len(), shape(&answered)))
                .collect()
        };
        let whole = answers(&books);
        for kind in row.kinds {
            let of_kind = YEAR.iter().filter(|event| event.event.kind() == *kind);
            let gone: BTreeSet<Position> = of_kind.map(|event| event.position).collect();
            assert!(!gone.is_empty(), "row {number}: the year tells no {kind}");
            assert_ne!(answers(&without(&YEAR, &books, &gone)), whole, "row {number} does not need {kind}");
        }
        // The crowd is smaller here; the program's own test asks it of the whole year.
        for answered in row.answers.iter().filter_map(|answer| answer.answered(&books)) {
            let is_proved = answered.standing.is_none_or(|standing| standing == spoken::Standing::Proved);
            assert!(
                is_proved || number == 36,
                "row {number}: {} is {}",
                answered.answer.figure,
                answered.value
            );
        }
    }
}

/// The parts of an answer: a kind may change those alone.
fn shape(answered: &article::Answered) -> Vec<(String, i128)> {
    answered.measured.parts().into_iter().map(|(part, value)| (part.to_owned(), value)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    /// Some keys of some figure, in some period, in a year of which only a part was recorded.
    #[test]
    fn in_any_year_a_figure_without_some_keys_is_what_the_other_keys_bring(
        figure in 0..ALL.len(),
        span in 0..PERIODS.len(),
        dropped in subsequence((0..40_usize).collect::<Vec<_>>(), 0..12),
        picks in proptest::collection::btree_set(0..200_usize, 1..6),
    ) {
        // Parties stay: an event of a party that nobody registered would not have passed the rules.
        let is_party = |event: &Recorded| event.event.kind().name().starts_with("org_");
        let told: Vec<Recorded> = YEAR
            .iter()
            .enumerate()
            .filter(|(index, event)| is_party(event) || !dropped.contains(&(index % 40)))
            .map(|(_, event)| event.clone())
            .collect();
        let figure = &ALL[figure];
        let books = Books::fold(&told);
        let measured = figure.measured(&books, period(PERIODS[span]));
        let count = measured.groups.len().max(1);
        let gone: BTreeSet<Position> = picks
            .iter()
            .filter_map(|pick| measured.groups.get(pick % count))
            .flat_map(|group| group.evidence.iter().copied())
            .collect();
        let less = figure.measured(&without(&told, &books, &gone), measured.period).value();
        prop_assert_eq!(less, left_of(&measured, &gone), "{}", figure.name);
    }
}

/// How many cases: few by default, as many as `PROPTEST_CASES` asks for.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(32)
}
