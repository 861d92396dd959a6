//! Names as they are read aloud: matching what is typed as pinyin, in full (`qingdao`), in initials (`qd`) or
//! mixed (`qingd`, `青d`), with every reading of a character (重 is `chong` and `zhong`).
//!
//! A typed text matches a run of characters if it can be cut into pieces so that each piece is the character
//! itself or begins one of its readings. All ways to cut are followed at once, as bits of one word.

use std::collections::BTreeMap;

use pinyin::{Pinyin, ToPinyinMulti};

/// The most characters a typed text may have to be matched: the bits of a word, but one.
const MAX_CHARS: usize = 63;

/// Number of a distinct character. The first ends a name; the second stands for characters beyond the range.
type Symbol = u16;
const END: Symbol = 0;

/// All names as runs of numbered characters, with the readings of each character.
#[derive(Debug, Clone)]
pub(super) struct Spellings {
    /// Every name's characters, each name closed by [`END`].
    runs: Vec<Symbol>,
    symbols: BTreeMap<char, Symbol>,
    /// By symbol: the character and its readings.
    characters: Vec<(char, Vec<String>)>,
}

impl Default for Spellings {
    fn default() -> Self {
        let unmatched = ('\n', Vec::new());
        Self {
            runs: Vec::new(),
            symbols: BTreeMap::new(),
            characters: vec![unmatched.clone(), unmatched],
        }
    }
}

impl Spellings {
    /// Adds a normalised name.
    pub(super) fn push(&mut self, name: &str) {
        for character in name.chars() {
            let symbol = self.symbol(character);
            self.runs.push(symbol);
        }
        self.runs.push(END);
    }

    fn symbol(&mut self, character: char) -> Symbol {
        if let Some(symbol) = self.symbols.get(&character) {
            return *symbol;
        }
        let Ok(symbol) = Symbol::try_from(self.characters.len()) else {
            return END + 1;
        };
        self.symbols.insert(character, symbol);
        self.characters.push((character, readings(character)));
        symbol
    }
}

/// Every reading of a character without tones; `ü` is typed `v`, or `u` as on road signs.
fn readings(character: char) -> Vec<String> {
    let plain = character
        .to_pinyin_multi()
        .into_iter()
        .flatten()
        .map(Pinyin::plain);
    let mut readings: Vec<String> = plain
        .flat_map(|plain| [plain.replace('ü', "v"), plain.replace(['ü', 'v'], "u")])
        .collect();
    readings.sort_unstable();
    readings.dedup();
    readings
}

/// A typed text, prepared against the characters that names have.
#[derive(Debug)]
pub(super) struct Pattern {
    typed: Vec<char>,
    /// By symbol: bit i is set if the character can take a piece that begins at the i-th typed character.
    begins: Vec<u64>,
}

impl Pattern {
    /// The pattern of a normalised text; none if nothing in it can be pinyin, or if it is too long.
    pub(super) fn new(text: &str, spellings: &Spellings) -> Option<Self> {
        let typed: Vec<char> = text.chars().collect();
        let is_pinyin = typed.iter().any(char::is_ascii_lowercase) && typed.len() <= MAX_CHARS;
        if !is_pinyin {
            return None;
        }
        let can_begin = |(character, readings): &(char, Vec<String>), wanted: char| {
            *character == wanted || readings.iter().any(|reading| reading.starts_with(wanted))
        };
        let begins = |entry| {
            let bits = typed
                .iter()
                .enumerate()
                .filter(|(_, wanted)| can_begin(entry, **wanted));
            bits.fold(0, |bits, (place, _)| bits | 1 << place)
        };
        let begins = spellings.characters.iter().map(begins).collect();
        Some(Self { typed, begins })
    }

    /// Calls `found` with the number of every name that contains the text, and whether it begins with it; a
    /// name may be reported twice. Linear in the length of all names.
    pub(super) fn scan(&self, spellings: &Spellings, mut found: impl FnMut(usize, bool)) {
        let whole: u64 = 1 << self.typed.len();
        let (mut name, mut anywhere, mut from_start) = (0, 1, 1);
        for symbol in &spellings.runs {
            if *symbol == END {
                (name, anywhere, from_start) = (name + 1, 1, 1);
                continue;
            }
            let begins = self.begins.get(usize::from(*symbol)).copied().unwrap_or(0);
            if anywhere & begins == 0 {
                (anywhere, from_start) = (1, 0);
                continue;
            }
            let entry = spellings.characters.get(usize::from(*symbol));
            let step = |states: u64| entry.map_or(0, |entry| self.step(entry, states & begins));
            from_start = step(from_start);
            anywhere = step(anywhere);
            if anywhere & whole != 0 {
                found(name, from_start & whole != 0);
            }
            anywhere |= 1;
        }
    }

    /// How far the text is matched after one more character, given how far it was matched before.
    fn step(&self, (character, readings): &(char, Vec<String>), states: u64) -> u64 {
        let mut after = 0;
        let mut left = states;
        while left != 0 {
            let place = left.trailing_zeros();
            left &= left - 1;
            let rest = usize::try_from(place)
                .ok()
                .and_then(|place| self.typed.get(place..))
                .unwrap_or(&[]);
            if rest.first() == Some(character) {
                after |= 2 << place;
            }
            for reading in readings {
                let taken = reading
                    .chars()
                    .zip(rest)
                    .take_while(|(letter, typed)| letter == *typed)
                    .count();
                // Any beginning of a reading may be typed: the bits above `place`, one a letter.
                after |= ((1 << taken) - 1) << (place + 1);
            }
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(name: &str, typed: &str) -> Option<bool> {
        let mut spellings = Spellings::default();
        spellings.push("别的名称");
        spellings.push(name);
        let mut best = None;
        Pattern::new(typed, &spellings)?.scan(&spellings, |index, from_start| {
            assert_eq!(index, 1, "{typed} must not find the other name");
            best = best.max(Some(from_start));
        });
        best
    }

    #[test]
    fn every_reading_of_a_character_is_found() {
        for (name, typed) in [
            ("重庆琅屿", "chongqing"),
            ("重庆琅屿", "zhongqing"),
            ("厦门琅屿", "xiamen"),
            ("厦门琅屿", "xm"),
            ("青岛琅屿", "qd"),
            ("单县琅屿", "shanxian"),
            ("仇氏琅屿", "qiushi"),
            ("解家琅屿", "xiejia"),
            ("绿洲", "lvzhou"),
            ("绿洲", "luzhou"),
        ] {
            assert_eq!(finds(name, typed), Some(true), "{name} by {typed}");
        }
    }

    #[test]
    fn full_initials_and_mixed_pinyin_find_a_name_at_its_start_or_within() {
        let name = "北京琅屿软件有限公司";
        for typed in [
            "bjlyrjyxgs",
            "beijinglangyu",
            "beijly",
            "bjlangyu",
            "北jly",
            "beijingl",
        ] {
            assert_eq!(finds(name, typed), Some(true), "{typed}");
        }
        for typed in ["lyrj", "langyu", "琅y软j", "yxgs", "ruanj"] {
            assert_eq!(finds(name, typed), Some(false), "{typed}");
        }
        for typed in ["bjrj", "shanghai", "yxgsa", "jb", "北京"] {
            assert_eq!(finds(name, typed), None, "{typed}");
        }
    }

    #[test]
    fn letters_and_digits_of_a_name_match_themselves() {
        assert_eq!(finds("abc软件", "abcrj"), Some(true));
        assert_eq!(finds("3d打印", "3ddy"), Some(true));
    }

    #[test]
    fn a_text_longer_than_the_word_is_not_matched() {
        assert_eq!(finds("青岛", &"q".repeat(64)), None);
        assert_eq!(finds(&"青".repeat(63), &"q".repeat(63)), Some(true));
    }
}
