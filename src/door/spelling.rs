//! Words that are spelled nearly like a given one.

/// How many neighbours are named.
const NEIGHBOURS_MAX: usize = 3;
/// The longest word that is compared; nothing we know is longer.
const WORD_MAX_CHARS: usize = 64;

/// The words of a list that differ from `word` in at most a third of its letters, nearest first, at most three.
#[must_use]
pub fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let chars: Vec<char> = word.chars().take(WORD_MAX_CHARS).collect();
    let limit = chars.len() / 3;
    let mut near: Vec<(usize, &str)> = words
        .map(|other| (distance(&chars, other), other))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_unstable();
    near.into_iter()
        .map(|(_, other)| other)
        .take(NEIGHBOURS_MAX)
        .collect()
}

/// Letters to add, drop or change to make one word from the other (Levenshtein, Soviet Physics Doklady 10, 1966).
/// Time is the product of the lengths.
fn distance(word: &[char], other: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (above, letter) in other.chars().enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        let mut next = vec![left];
        for (known, up) in word.iter().zip(row.iter().skip(1)) {
            let changed = diagonal + usize::from(*known != letter);
            left = changed.min(left + 1).min(up + 1);
            diagonal = *up;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_letters_added_dropped_and_changed() {
        for (one, other, expected) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("活动", "活动", 0),
            ("abc", "", 3),
        ] {
            assert_eq!(
                distance(&one.chars().collect::<Vec<_>>(), other),
                expected,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn only_near_words_are_named() {
        let words = ["org_registered", "org_renamed", "meeting_held"];
        assert_eq!(nearest("org_registred", words.into_iter()), ["org_registered"]);
        assert!(nearest("nonsense", words.into_iter()).is_empty());
    }
}
