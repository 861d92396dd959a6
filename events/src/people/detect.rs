//! Finds personal data in free text, so that doors can refuse it before it enters an event.
//!
//! Found are mobile numbers, 18-digit identity numbers (GB 11643) and e-mail addresses. Names are not: nothing
//! tells them from other words. When in doubt a long number is let pass; 11 digits that read as a mobile number
//! and stand alone are not in doubt, unless they are money.

use std::borrow::Cow;
use std::ops::Range;

use super::phone::{Phone, is_mobile};

/// The stable code with which a door refuses a text in which [`find_personal`] finds something.
pub const PERSONAL_DATA: &str = "personal_data";

/// A sort of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// 手机号码.
    Mobile,
    /// 身份证号码.
    IdNumber,
    /// 电子邮箱.
    Email,
}

impl Personal {
    /// Its name in Chinese.
    #[must_use]
    pub const fn label_zh(self) -> &'static str {
        match self {
            Self::Mobile => "手机号码",
            Self::IdNumber => "身份证号码",
            Self::Email => "电子邮箱",
        }
    }
}

/// How the digits of a mobile number are grouped when they are not in one piece.
const MOBILE_GROUPS: [&[usize]; 5] = [&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[4, 3, 4]];
const MOBILE_DIGITS: usize = 11;
const ID_GROUPS: [&[usize]; 2] = [&[18], &[6, 8, 4]];
/// At most so many spaces and dashes between two groups.
const SEPARATORS_MAX: usize = 3;

/// The first personal data in the text. O(length).
#[must_use]
pub fn find_personal(text: &str) -> Option<Personal> {
    Scan::of(text).next().map(|found| found.sort)
}

/// Whether the text holds a mobile number.
#[must_use]
pub fn contains_phone(text: &str) -> bool {
    Scan::of(text).any(|found| found.sort == Personal::Mobile)
}

/// The text with personal data covered: `138****0761`, `[身份证号码]`, `[电子邮箱]`.
#[must_use]
pub fn mask_personal(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut done = 0;
    for found in Scan::of(text) {
        masked.push_str(text.get(done..found.bytes.start).unwrap_or_default());
        let label = || Some(format!("[{}]", found.sort.label_zh()));
        let cover = match found.sort {
            Personal::Mobile => {
                text.get(found.bytes.clone()).and_then(Phone::read).map(|phone| phone.masked())
            }
            Personal::IdNumber | Personal::Email => None,
        };
        masked.push_str(&cover.or_else(label).unwrap_or_default());
        done = found.bytes.end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(masked)
}

struct Found {
    sort: Personal,
    bytes: Range<usize>,
}

/// Walks the text once, from left to right; what is found does not overlap.
struct Scan {
    /// Characters with full-width forms made plain, each with its place in the text.
    plain: Vec<(usize, char)>,
    text_bytes: usize,
    at: usize,
    /// Nothing before this character is looked at again.
    done: usize,
}

impl Scan {
    /// Nearly every text holds too few digits for anything to be found: such a one is not copied.
    fn of(text: &str) -> Self {
        let characters = || text.char_indices().map(|(place, character)| (place, plain(character)));
        let digits = characters().filter(|(_, character)| character.is_ascii_digit()).count();
        let may_hold = digits >= MOBILE_DIGITS || characters().any(|(_, character)| character == '@');
        let plain = if may_hold { characters().collect() } else { Vec::new() };
        Self { plain, text_bytes: text.len(), at: 0, done: 0 }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.plain.get(at).map(|(_, character)| *character)
    }

    fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|at| self.char(at))
    }

    fn found_at(&self, at: usize) -> Option<(Personal, Range<usize>)> {
        if self.char(at)? == '@' {
            return self.email(at).map(|range| (Personal::Email, range));
        }
        let starts_here = self.char(at)?.is_ascii_digit() && !self.before(at).is_some_and(is_word);
        if !starts_here {
            return None;
        }
        let id = ID_GROUPS.iter().find_map(|groups| self.grouped(at, groups, is_id_number));
        let id = id.map(|end| (Personal::IdNumber, at..end));
        id.or_else(|| self.mobile(at).map(|range| (Personal::Mobile, range)))
    }

    /// A mobile number that starts here, with or without the country code.
    fn mobile(&self, at: usize) -> Option<Range<usize>> {
        let starts = ["", "86", "0086"].into_iter().filter_map(|code| {
            let is_there =
                code.chars().enumerate().all(|(offset, digit)| self.char(at + offset) == Some(digit));
            is_there.then(|| self.skip_separators(at + code.len()))
        });
        let end = starts.flat_map(|start| MOBILE_GROUPS.map(|groups| self.grouped(start, groups, is_mobile)));
        end.flatten().next().filter(|end| !self.is_money(at, *end)).map(|end| at..end)
    }

    /// Where digits in these groups end, if they start here, stand alone and pass the test.
    fn grouped(&self, start: usize, groups: &[usize], test: fn(&str) -> bool) -> Option<usize> {
        let mut digits = String::new();
        let mut at = start;
        for (index, length) in groups.iter().enumerate() {
            let next = if index == 0 { at } else { self.skip_separators(at) };
            if index > 0 && next == at {
                return None;
            }
            at = next + length;
            digits.extend(self.plain.get(next..at)?.iter().map(|(_, character)| character));
        }
        let is_decimal = self.char(at) == Some('.') && self.char(at + 1).is_some_and(|c| c.is_ascii_digit());
        let stands_alone = !self.char(at).is_some_and(is_word) && !is_decimal;
        (stands_alone && test(&digits)).then_some(at)
    }

    fn skip_separators(&self, at: usize) -> usize {
        let separators = self.plain.iter().skip(at).take(SEPARATORS_MAX);
        at + separators.take_while(|(_, c)| matches!(c, ' ' | '-')).count()
    }

    /// Whether the number is an amount: `¥13800000761`, `13800000761元`, `13800000761 万元`.
    fn is_money(&self, start: usize, end: usize) -> bool {
        let unit: String =
            self.plain.iter().skip(end).map(|(_, c)| *c).filter(|c| *c != ' ').take(2).collect();
        let named = unit.starts_with('元')
            || (unit.ends_with('元') && unit.starts_with(['万', '亿', '美', '欧', '日', '港']));
        named || matches!(self.before(start), Some('¥' | '￥' | '$' | '€'))
    }

    fn email(&self, at: usize) -> Option<Range<usize>> {
        let is_local = |c: char| is_word(c) || matches!(c, '.' | '_' | '%' | '+' | '-');
        let is_domain = |c: char| is_word(c) || matches!(c, '.' | '-');
        let mut start = at;
        while start > self.done && self.before(start).is_some_and(is_local) {
            start -= 1;
        }
        let domain: String =
            self.plain.iter().skip(at + 1).map(|(_, c)| *c).take_while(|c| is_domain(*c)).collect();
        let domain = domain.trim_end_matches(['.', '-']);
        let (host, top) = domain.rsplit_once('.')?;
        let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
        (start < at && !host.is_empty() && is_top).then(|| start..at + 1 + domain.len())
    }
}

impl Iterator for Scan {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        while self.at < self.plain.len() {
            if let Some((sort, range)) = self.found_at(self.at) {
                self.at = range.end;
                self.done = range.end;
                let place = |at: usize| self.plain.get(at).map_or(self.text_bytes, |(place, _)| *place);
                return Some(Found { sort, bytes: place(range.start)..place(range.end) });
            }
            self.at += 1;
        }
        None
    }
}

/// The plain form of a full-width letter or digit, of a dash and of a space.
fn plain(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{2010}'..='\u{2015}' | '−' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Chinese characters end a number or an address; Latin letters and digits are part of a longer one.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

/// 18 characters with a plausible region and birthday and the right check character (GB 11643, ISO 7064 MOD 11-2).
fn is_id_number(text: &str) -> bool {
    let number = |range: Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let plausible = matches!(text.as_bytes().first(), Some(b'1'..=b'8'))
        && number(6..10).is_some_and(|year| (1900..2100).contains(&year))
        && number(10..12).is_some_and(|month| (1..=12).contains(&month))
        && number(12..14).is_some_and(|day| (1..=31).contains(&day));
    // Doubling and adding from the left weighs each digit by a power of two; a right number leaves 1.
    let remainder = text.chars().enumerate().try_fold(0, |sum, (place, character)| match character {
        'X' | 'x' if place == 17 => Some(sum * 2 + 10),
        digit => digit.to_digit(10).map(|digit| (sum * 2 + digit) % 11),
    });
    plausible && remainder.is_some_and(|remainder| remainder % 11 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn personal_data_is_found_in_every_spelling() {
        use Personal::{Email, IdNumber, Mobile};
        for (text, sort, masked) in [
            ("电话13800000761,请回", Mobile, "电话138****0761,请回"),
            ("138 0000 0761", Mobile, "138****0761"),
            ("电 138-0000—0761。", Mobile, "电 138****0761。"),
            ("１３８０００００７６１", Mobile, "138****0761"),
            ("+8613800000761", Mobile, "+138****0761"),
            ("0086 138 00000761;", Mobile, "138****0761;"),
            ("2026-01-05 13800000761", Mobile, "2026-01-05 138****0761"),
            ("13800000761/1380000 0762", Mobile, "138****0761/138****0762"),
            ("证11010519491231002X。", IdNumber, "证[身份证号码]。"),
            ("110105 19491231 002x", IdNumber, "[身份证号码]"),
            ("发到lin.ys@example.com.cn吧", Email, "发到[电子邮箱]吧"),
            ("13800000761@example.com", Mobile, "138****0761@example.com"),
        ] {
            assert_eq!((find_personal(text), &*mask_personal(text)), (Some(sort), masked), "{text}");
        }
    }

    #[test]
    fn business_numbers_are_let_pass() {
        for text in [
            "91350100M000100Y43",
            "合同LT2026-0001",
            "13800000761元",
            "￥13800000761",
            "13800000761.50",
            "67.5亿元",
            "138000007610",
            "HT13800000761",
            "13800000761A",
            "12800000761",
            "13,800,000,761",
            "单价@5元",
            "a@b",
            "0199c0de-0000-7000-8000-000000000000",
            "2020-05-17 至 2020-06-30",
            "110105194912310021",
            "13800000761 万元",
        ] {
            assert_eq!((find_personal(text), &*mask_personal(text)), (None, text));
        }
    }

    proptest! {
        #[test]
        fn credit_codes_and_contract_numbers_are_let_pass(
            code in "(5[1-3]|9[1-3])3501[0-9]{2}[0-9A-HJ-NPQRTUWXY]{10}|[A-Z]{2}20[0-9]{2}-[0-9]{4,8}",
        ) {
            // A county code that ends in 19 or 20 may leave what reads as a birthday; 1 in 11 of those pass the check.
            prop_assume!(!matches!(code.get(6..8), Some("19" | "20")));
            prop_assert_eq!(find_personal(&code), None);
        }

        #[test]
        fn nothing_is_left_after_masking(before in "[^0-9A-Za-z¥￥$€]", number in "1[3-9][0-9]{9}", after in "[^0-9A-Za-z.@元万亿美欧日港 ]") {
            let text = format!("{before}{number}{after}");
            prop_assert!(contains_phone(&text));
            prop_assert_eq!(find_personal(&mask_personal(&text)), None);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[0-9０-９ xX@.a-z元-]{0,40}|\\PC{0,30}") {
            let masked = mask_personal(&text).into_owned();
            prop_assert_eq!(masked != text, find_personal(&text).is_some());
        }
    }
}
