//! Names as they are read aloud: matching what is typed as pinyin, in full (`qingdao`), in initials (`qd`) or
//! mixed (`qingd`, `青d`), with every reading of a character (重 is `chong` and `zhong`).
//!
//! A typed text matches a run of characters if it can be cut into pieces so that each piece is the character
//! itself or begins one of its readings. All ways to cut are followed at once, as bits of one word.

use std::collections::BTreeMap;

use pinyin::{Pinyin, ToPinyinMulti};

/// The most characters a typed text may have to be matched: the bits of a word, but one.
const MAX_CHARS: usize = 63;

/// Number of a distinct character. The first one stands for characters beyond the range, which match nothing.
type Symbol = u16;
const UNMATCHED: Symbol = 0;

/// All names as runs of numbered characters, with the readings of each character.
#[derive(Debug, Clone, borsh::BorshSerialize, borsh::BorshDeserialize)]
#[borsh(init = number_anew)]
pub(super) struct Spellings {
    /// The characters of all names, one name after the other.
    runs: Vec<Symbol>,
    /// Where each name ends in `runs`.
    ends: Vec<usize>,
    #[borsh(skip)]
    symbols: BTreeMap<char, Symbol>,
    /// By symbol.
    #[borsh(serialize_with = "characters::serialize", deserialize_with = "characters::deserialize_reader")]
    characters: Vec<Character>,
}

/// A character and its readings.
#[derive(Debug, Clone)]
struct Character {
    itself: char,
    readings: Vec<String>,
}

impl Default for Spellings {
    fn default() -> Self {
        let unmatched = Character { itself: '\n', readings: Vec::new() };
        Self { runs: Vec::new(), ends: Vec::new(), symbols: BTreeMap::new(), characters: vec![unmatched] }
    }
}

impl Spellings {
    /// Adds a normalised name.
    pub(super) fn push(&mut self, name: &str) {
        for character in name.chars() {
            let symbol = self.symbol(character);
            self.runs.push(symbol);
        }
        self.ends.push(self.runs.len());
    }

    /// What follows from the characters, after they were taken up.
    fn number_anew(&mut self) {
        let numbered = (UNMATCHED..).zip(&self.characters).skip(1);
        self.symbols = numbered.map(|(symbol, character)| (character.itself, symbol)).collect();
    }

    fn symbol(&mut self, itself: char) -> Symbol {
        if let Some(symbol) = self.symbols.get(&itself) {
            return *symbol;
        }
        let Ok(symbol) = Symbol::try_from(self.characters.len()) else {
            return UNMATCHED;
        };
        self.symbols.insert(itself, symbol);
        self.characters.push(Character { itself, readings: readings(itself) });
        symbol
    }

    /// Every name's symbols, in the order in which the names were added.
    fn names(&self) -> impl Iterator<Item = &[Symbol]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| self.runs.get(*start..*end).unwrap_or_default())
    }
}

/// Characters are kept as themselves: how they are read follows.
mod characters {
    use borsh::{BorshDeserialize, BorshSerialize, io};

    use super::{Character, readings};

    pub(super) fn serialize<W: io::Write>(characters: &[Character], to: &mut W) -> io::Result<()> {
        characters.iter().map(|character| character.itself).collect::<String>().serialize(to)
    }

    pub(super) fn deserialize_reader<R: io::Read>(from: &mut R) -> io::Result<Vec<Character>> {
        let all = String::deserialize_reader(from)?;
        Ok(all.chars().map(|itself| Character { itself, readings: readings(itself) }).collect())
    }
}

/// Every reading of a character without tones; `ü` is typed `v`, or `u` as on road signs.
fn readings(character: char) -> Vec<String> {
    let plain = character.to_pinyin_multi().into_iter().flatten().map(Pinyin::plain);
    let mut readings: Vec<String> =
        plain.flat_map(|plain| [plain.replace('ü', "v"), plain.replace(['ü', 'v'], "u")]).collect();
    readings.sort_unstable();
    readings.dedup();
    readings
}

/// A typed text, prepared against the characters that names have.
///
/// A set of bits says how far the text is matched: bit i for its first i characters.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The bit of a text that is matched as a whole.
    whole: u64,
    /// By symbol.
    moves: Vec<Moves>,
}

/// Where one character can take a match: from each place in `begins`, in order, to the places in `reached`.
#[derive(Debug, Default)]
struct Moves {
    begins: u64,
    reached: Vec<u64>,
}

impl Pattern {
    /// The pattern of a normalised text; none if nothing in it can be pinyin, or if it is too long.
    pub(super) fn new(text: &str, spellings: &Spellings) -> Option<Self> {
        let typed: Vec<char> = text.chars().collect();
        let is_pinyin = typed.iter().any(char::is_ascii_lowercase) && typed.len() <= MAX_CHARS;
        let moves = |character| Moves::of(character, &typed);
        is_pinyin.then(|| Self {
            whole: 1 << typed.len(),
            moves: spellings.characters.iter().map(moves).collect(),
        })
    }

    /// Calls `found` with the number of every name that contains the text, and whether it begins with it.
    /// Linear in the length of all names.
    pub(super) fn scan(&self, spellings: &Spellings, mut found: impl FnMut(usize, bool)) {
        for (number, name) in spellings.names().enumerate() {
            if let Some(from_start) = self.find(name) {
                found(number, from_start);
            }
        }
    }

    /// Whether the name contains the text, and if so, whether it begins with it.
    fn find(&self, name: &[Symbol]) -> Option<bool> {
        let (mut anywhere, mut from_start) = (1, 1);
        let mut is_within = false;
        for symbol in name {
            let moves = self.moves.get(usize::from(*symbol))?;
            from_start = moves.after(from_start);
            if from_start & self.whole != 0 {
                return Some(true);
            }
            if !is_within {
                anywhere = moves.after(anywhere) | 1;
                is_within = anywhere & self.whole != 0;
            }
            if is_within && from_start == 0 {
                break;
            }
        }
        is_within.then_some(false)
    }
}

impl Moves {
    fn of(character: &Character, typed: &[char]) -> Self {
        let mut moves = Self::default();
        for place in 0..typed.len() {
            let reached = character.reach(typed.get(place..).unwrap_or_default()) << place;
            if reached != 0 {
                moves.begins |= 1 << place;
                moves.reached.push(reached);
            }
        }
        moves
    }

    /// How far the text is matched after this character, given how far it was matched before.
    fn after(&self, before: u64) -> u64 {
        let mut left = before & self.begins;
        let mut after = 0;
        while left != 0 {
            let lower = (left & left.wrapping_neg()) - 1;
            let index = usize::try_from((self.begins & lower).count_ones()).unwrap_or(usize::MAX);
            after |= self.reached.get(index).copied().unwrap_or(0);
            left &= left - 1;
        }
        after
    }
}

impl Character {
    /// How many characters at the start of `rest` it can stand for: bit n for n of them.
    fn reach(&self, rest: &[char]) -> u64 {
        let itself = if rest.first() == Some(&self.itself) { 0b10 } else { 0 };
        self.readings.iter().fold(itself, |reached, reading| {
            let taken = reading.chars().zip(rest).take_while(|(letter, typed)| letter == *typed).count();
            // Any beginning of a reading may be typed.
            reached | (((1 << taken) - 1) << 1)
        })
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
        for typed in ["bjlyrjyxgs", "beijinglangyu", "beijly", "bjlangyu", "北jly", "beijingl"] {
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
